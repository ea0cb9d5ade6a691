"""Settings of a pack as they are compared, printed and brought into an order in which they may be written."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from openress.errors import ParameterError
from openress.params import BY_KEY, RULES
from openress.protocols.access import ParameterAccess
from openress.protocols.base import Query

__all__ = ["Step", "differing", "neighbourhood", "same", "steps", "text"]

SAME = 1e-6
"""Values that differ by less are the same: binary fractions; every wire is coarser."""


def same(one: float | None, other: float | None) -> bool:
    """Whether two values are the same; an unknown one is the same as none."""
    return one is not None and other is not None and abs(one - other) <= SAME


def differing(now: Mapping[str, float], wanted: Mapping[str, float | None]) -> list[str]:
    """Keys of `wanted` that do not stand in `now` as they should."""
    return [key for key, value in wanted.items() if not same(now.get(key), value)]


def text(key: str, value: float | None) -> str:
    """A value with its unit; `-` for an unknown one."""
    if value is None:
        return "-"
    return BY_KEY[key].text(value) if key in BY_KEY else f"{value:g}"


def neighbourhood(keys: Collection[str], has: Collection[str]) -> list[str]:
    """`keys` with all that a PACE pack keeps in the same groups, as far as a dialect `has` it; in screen order."""
    groups = {_group(key) for key in keys}
    return [key for key in BY_KEY if key in has and (key in keys or _group(key) in groups)]


def _group(key: str) -> int:
    """Settings of one group are written together by PACE, and no rule goes beyond a group."""
    pace = BY_KEY[key].pace
    return -1 if pace is None else pace.write


@dataclass(frozen=True, slots=True)
class Step:
    """Orders that leave a pack in a state that is allowed.

    Attributes:
        values: what they set, neighbours that stay as they are not counted.
        queries: the orders.
    """

    values: Mapping[str, float]
    queries: tuple[Query, ...]


def steps(
    access: ParameterAccess, pack: int, changes: Mapping[str, float], known: Mapping[str, float]
) -> tuple[Step, ...]:
    """The orders that make `changes`, such that the rules between settings hold after every single one.

    A group goes out in one order where the dialect can do that, with neighbours that stay where this joins two
    stretches of registers; otherwise setting by setting, in an order in which no threshold passes another.

    Raises:
        ParameterError: a key the dialect does not have or cannot write, a neighbour that is not known, a value that
            does not fit the wire.
    """
    found: list[Step] = []
    for group in dict.fromkeys(_group(key) for key in BY_KEY if key in changes):
        part = {key: changes[key] for key in BY_KEY if key in changes and _group(key) == group}
        found += _of_group(access, pack, part, known)
        known = {**known, **part}
    return tuple(found)


def _of_group(access: ParameterAccess, pack: int, part: Mapping[str, float], known: Mapping[str, float]) -> list[Step]:
    queries = access.write_queries(pack, part, known)
    if _orders(queries) <= 1:
        return [Step(part, queries)]
    whole = {key: part.get(key, known.get(key)) for key in neighbourhood(part, access.keys)}
    try:
        joined = access.write_queries(pack, {key: v for key, v in whole.items() if v is not None}, known)
    except ParameterError:
        # A neighbour that cannot be written.
        joined = ()
    if _orders(joined) == 1:
        return [Step(part, joined)]
    found, left = [], dict(part)
    while left:
        key = next((key for key in left if _allowed({**known, key: left[key]}, key)), next(iter(left)))
        value = left.pop(key)
        found.append(Step({key: value}, access.write_queries(pack, {key: value}, known)))
        known = {**known, key: value}
    return found


def _orders(queries: Collection[Query]) -> int:
    """How many orders there are; one that ends a mode has one that begins it, and they count as none."""
    modes = sum(query.closes for query in queries)
    return len(queries) - 2 * modes


def _allowed(values: Mapping[str, float], key: str) -> bool:
    return all(rule.holds(values) for rule in RULES if key in rule.keys and all(end in values for end in rule.keys))
