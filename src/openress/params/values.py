"""A complete, valid set of parameter values for one product: nothing that exists here breaks a bound or a rule."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from openress.errors import ParameterError
from openress.names import hint
from openress.params.parameter import Parameter, Ratings, scaled
from openress.params.rules import RULES, Rule
from openress.params.table import BY_KEY, FIXED
from openress.wording import ENGLISH, Wording

__all__ = ["SENTENCES", "Bounds", "ParameterSet", "Problem", "Rounded", "accepted", "bounds", "problems"]

ABSURD = 1e9
"""A magnitude no parameter has; also keeps infinities and huge integers out of the arithmetic."""

SAME = 1e-9
"""Differences up to this come from binary fractions, not from rounding to a step."""

FIXED_BY_KEY = {row.key: row for row in FIXED}

NO_NUMBER = "{key} must be a number in {unit}, not {value}."
ENDLESS = "{key} must be from {low} to {high}; what was given is infinite, absurdly large or no number."
TOO_LOW = "{key} must be at least {low}, not {value}: {reason}."
TOO_HIGH = "{key} must be at most {high}, not {value}: {reason}."
OUTSIDE = "{key} must be from {low} to {high}, not {value}."
UNPUBLISHED = "{product} publishes no maximum, so the default is the most there is"
NOT_BELOW = "{lower} ({low}) must be below {upper} ({high}): {reason} (rule {rule})."
NOT_UP_TO = "{lower} ({low}) must be no higher than {upper} ({high}): {reason} (rule {rule})."
SENTENCES = (NO_NUMBER, ENDLESS, TOO_LOW, TOO_HIGH, OUTSIDE, UNPUBLISHED, NOT_BELOW, NOT_UP_TO)
"""What is said of values that are refused."""


@dataclass(frozen=True, slots=True)
class Rounded:
    """A value that was stored differently from what was asked, because of the row's step."""

    key: str
    asked: float
    stored: float

    def __str__(self) -> str:
        row = BY_KEY[self.key]
        return (
            f"{self.key} was rounded from {row.text(self.asked)} to {row.text(self.stored)}, "
            f"to its step of {row.text(row.step)}."
        )


@dataclass(frozen=True, slots=True)
class Problem:
    """Why values are refused: one sentence, and the keys it is about."""

    keys: tuple[str, ...]
    sentence: str


@dataclass(frozen=True, slots=True)
class Bounds:
    """What a product accepts for one parameter once range and hard envelope are put together."""

    low: float
    high: float


def bounds(row: Parameter, product: Ratings) -> Bounds:
    """Give the least and the greatest value that `product` accepts."""
    low, high = _envelope(row, product)
    return Bounds(row.low if low is None else max(row.low, low), row.high if high is None else min(row.high, high))


class ParameterSet(Mapping[str, float]):
    """All 51 values of one product, complete and valid; never changes.

    Reads like a mapping in screen order: `values["cell_ov_alarm_mv"]`. Where values are needed in every cycle,
    `pick` them once when the set changes.

    Args:
        product: the ratings that scale and bound the values.
        values: a number for every key of the table; rounded to the steps.

    Raises:
        ParameterError: a key is unknown or missing, or a value breaks its range, its envelope or a rule.
    """

    __slots__ = ("_product", "_rounded", "_values")

    def __init__(self, product: Ratings, values: Mapping[str, object]) -> None:
        stored = {key: _accepted(product, key, value) for key, value in values.items()}
        missing = [key for key in BY_KEY if key not in stored]
        if missing:
            raise ParameterError(f"{missing[0]} has no value; a set needs all {len(BY_KEY)}.")
        for problem in _broken_rules(stored):
            raise ParameterError(problem.sentence)
        self._product = product
        self._values = {key: stored[key] for key in BY_KEY}
        self._rounded = tuple(
            Rounded(key, asked, stored[key])
            for key, asked in values.items()
            if isinstance(asked, int | float) and abs(asked - stored[key]) > SAME
        )

    @classmethod
    def defaults(cls, product: Ratings) -> ParameterSet:
        """Give the factory values of a product: the table's, with those its own file sets instead.

        Raises:
            ParameterError: the product's own values cannot be used.
        """
        table = {row.key: row.default_for(product.cells_in_series) for row in BY_KEY.values()}
        return cls(product, {**table, **product.parameters})

    def with_values(self, changes: Mapping[str, object]) -> ParameterSet:
        """Give a new set with some values changed; its `rounded` says what was rounded.

        The changes are taken together: two thresholds may pass each other in one call.

        Raises:
            ParameterError: the first thing wrong, in one sentence; `problems` gives all of them.
        """
        unchanged = {key: value for key, value in self._values.items() if key not in changes}
        return ParameterSet(self._product, {**changes, **unchanged})

    @property
    def product(self) -> Ratings:
        """The ratings these values were checked against."""
        return self._product

    @property
    def rounded(self) -> tuple[Rounded, ...]:
        """What was rounded when this set was made."""
        return self._rounded

    def pick(self, *keys: str) -> tuple[float, ...]:
        """Give several values at once, in the order asked."""
        return tuple([self[key] for key in keys])

    def changes_from(self, other: Mapping[str, float]) -> dict[str, tuple[float | None, float]]:
        """Give what differs from `other`, in screen order: key -> (value there, value here)."""
        return {key: (other.get(key), value) for key, value in self._values.items() if other.get(key) != value}

    def __getitem__(self, key: str) -> float:
        return self._values[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def __repr__(self) -> str:
        differing = self.changes_from(ParameterSet.defaults(self._product))
        return f"<ParameterSet of {self._product.title}: {len(differing)} of {len(self)} differ from its defaults>"


def accepted(
    product: Ratings, known: Mapping[str, float], changes: Mapping[str, object], wording: Wording = ENGLISH
) -> tuple[dict[str, float], tuple[Problem, ...]]:
    """What `changes` come to in a pack of which only some settings are `known`, and everything wrong with them.

    Values are rounded to their steps. Of the rules between settings those count that are about something changed and
    whose other end is known; how a pack stood before is not the fault of who changes it.
    """
    stored: dict[str, float] = {}
    found: list[Problem] = []
    for key, value in changes.items():
        try:
            stored[key] = _accepted(product, key, value, wording)
        except ParameterError as error:
            found.append(Problem((key,), str(error)))
    after = {**known, **stored}
    unknown = changes.keys() - stored.keys()
    touched = [
        rule
        for rule in RULES
        if not stored.keys().isdisjoint(rule.keys) and after.keys() >= set(rule.keys) and unknown.isdisjoint(rule.keys)
    ]
    return stored, (*found, *_broken(touched, after, wording))


def problems(values: ParameterSet, changes: Mapping[str, object]) -> tuple[Problem, ...]:
    """Tell everything that would be refused if `changes` were made; empty when they would be accepted.

    Rules are not looked at for a value that is not acceptable by itself.
    """
    found: list[Problem] = []
    stored = dict(values)
    for key, value in changes.items():
        try:
            stored[key] = _accepted(values.product, key, value)
        except ParameterError as error:
            found.append(Problem((key,), str(error)))
    refused = {key for problem in found for key in problem.keys}
    return (*found, *_broken((rule for rule in RULES if refused.isdisjoint(rule.keys)), stored))


def _accepted(product: Ratings, key: str, value: object, wording: Wording = ENGLISH) -> float:
    row = BY_KEY.get(key)
    if row is None:
        raise _unknown(key)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ParameterError(wording.say(NO_NUMBER, {"key": key, "unit": row.unit, "value": repr(value)}))
    accepted = bounds(row, product)

    def shown(number: float) -> str:
        return wording.figure(row.text(number))

    span = {"key": key, "low": shown(accepted.low), "high": shown(accepted.high)}
    if not abs(value) < ABSURD:
        raise ParameterError(wording.say(ENDLESS, span))
    stored, given = row.rounded(value), shown(value)
    low, high = _envelope(row, product)
    if row.envelope is not None and low is not None and stored < low:
        reason = wording.say(row.envelope.reason)
        raise ParameterError(wording.say(TOO_LOW, {"key": key, "low": shown(low), "value": given, "reason": reason}))
    if row.envelope is not None and high is not None and stored > high:
        reason = wording.say(row.envelope.reason)
        if row.envelope.rating is not None and getattr(product, row.envelope.rating) is None:
            reason = wording.say(UNPUBLISHED, {"product": product.title})
        raise ParameterError(wording.say(TOO_HIGH, {"key": key, "high": shown(high), "value": given, "reason": reason}))
    if not row.low <= stored <= row.high:
        raise ParameterError(wording.say(OUTSIDE, {**span, "value": given}))
    return stored


def _envelope(row: Parameter, product: Ratings) -> tuple[float | None, float | None]:
    hard = row.envelope
    if hard is None:
        return None, None
    if hard.rating is not None:
        published = getattr(product, hard.rating)
        return None, row.default if published is None else published
    n = product.cells_in_series
    return (
        None if hard.low is None else scaled(hard.low, n),
        None if hard.high is None else scaled(hard.high, n),
    )


def _broken_rules(values: Mapping[str, float]) -> list[Problem]:
    return _broken(RULES, values)


def _broken(rules: Iterable[Rule], values: Mapping[str, float], wording: Wording = ENGLISH) -> list[Problem]:
    return [
        Problem(
            rule.keys,
            wording.say(
                NOT_UP_TO if rule.may_equal else NOT_BELOW,
                {
                    "lower": rule.lower,
                    "low": wording.figure(BY_KEY[rule.lower].text(values[rule.lower])),
                    "upper": rule.upper,
                    "high": wording.figure(BY_KEY[rule.upper].text(values[rule.upper])),
                    "reason": wording.say(rule.sentence),
                    "rule": rule.name,
                },
            ),
        )
        for rule in rules
        if not rule.holds(values)
    ]


def _unknown(key: str) -> ParameterError:
    fixed = FIXED_BY_KEY.get(key)
    if fixed is not None:
        return ParameterError(
            f"{key} is fixed at {fixed.text(fixed.default)} by the {fixed.source.title} and cannot be written."
        )
    return ParameterError(f"{key} is no parameter; {hint(key, BY_KEY)}")
