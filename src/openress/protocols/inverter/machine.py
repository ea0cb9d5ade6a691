"""The small machines under every CAN dialect: a battery that sends its table, an inverter that hears it.

They know no dialect. What they can send is what the table tells, so nothing of another dialect can leak out.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from math import inf

from openress.codec.canframe import CanFrame
from openress.errors import FrameError, ParameterError
from openress.model import RackSample
from openress.protocols.base import Direction, Parts, Value
from openress.protocols.canbus import CanOptions, Heard, InverterView
from openress.protocols.inverter.table import CanRow, CanTable
from openress.protocols.inverter.told import LimitRules, Told, tell
from openress.protocols.inverter.view import seen

__all__ = ["ANSWER_WITHIN_S", "CanProfile", "TableBattery", "TableInverter", "parts"]

ANSWER_WITHIN_S = 0.5
"""An older question gets no answer: the inverter has asked again, or has given up."""

PERIODS_S = (0.2, 1.0)
"""SMA takes a value no more often than every 200 ms; every document asks for at least one burst a second, and Victron
is said to stop when 3 s pass without limits."""

_BEAT_S = 1.0


@dataclass(frozen=True, slots=True)
class CanProfile:
    """One dialect as the machines need it.

    Attributes:
        title: whose it is, for messages.
        table: makes the rows, for options that are allowed.
        rules: what limits its inverters take.
        polled: the battery speaks only when asked.
        scaled: the options for 0x356 apply: it is of the family that disagrees about it.
        named: it tells a maker's name.
        experimental: neither vendor document nor capture confirms it.
    """

    title: str
    table: Callable[[CanOptions], CanTable]
    rules: LimitRules
    polled: bool = False
    scaled: bool = True
    named: bool = True
    experimental: bool = False

    def check(self, options: CanOptions) -> None:
        """Refuse options that the dialect does not have.

        Raises:
            ParameterError: names the option and what is allowed.
        """
        step, period, name = options.voltage_step_v, options.period_s, options.name
        if step is not None and step not in (0.01, 0.1):
            raise ParameterError(f"The voltage step of 356 is {step}: 0.01 or 0.1 V is in use.")
        if not self.scaled and (step is not None or options.current_reversed):
            raise ParameterError(f"{self.title} has no choice of the voltage step or the sign of current.")
        if period is not None and not PERIODS_S[0] <= period <= PERIODS_S[1]:
            raise ParameterError(f"The period is {period} s: {PERIODS_S[0]} to {PERIODS_S[1]} s is allowed.")
        if name is not None and not self.named:
            raise ParameterError(f"{self.title} tells no maker's name.")
        if name is not None and not (0 < len(name) <= 8 and name.isascii() and name.isprintable()):
            raise ParameterError(f"The maker's name is {name!r}: one to eight Latin letters fit.")


class TableBattery:
    """Battery of one dialect; see `CanBattery`.

    Raises:
        ParameterError: options that the dialect does not have; an experimental dialect without consent.
    """

    def __init__(self, profile: CanProfile, options: CanOptions) -> None:
        profile.check(options)
        if profile.experimental and not options.experimental:
            raise ParameterError(
                f"{profile.title} is experimental: no document of a maker confirms it; consent to it to use it."
            )
        self._profile = profile
        self._rated = options.rated
        self._table = profile.table(options)
        self._heard = Heard()
        self._next_s = -inf
        self._asked_s: float | None = None
        self._answered_s = -inf
        self.identifiers = self._table.told
        self.extended = self._table.extended
        self.period_s = options.period_s or PERIODS_S[1]

    @property
    def heard(self) -> Heard:
        """What has come in so far."""
        return self._heard

    @property
    def next_due_s(self) -> float | None:
        """When `due` will have something to send; `None` when the inverter must ask first."""
        return self._asked_s if self._profile.polled else self._next_s

    def feed(self, frame: CanFrame, now_s: float) -> None:
        """Take a frame off the bus."""
        row = self._table.row(frame)
        if row is None:
            return
        if row.sender is Direction.FROM_BATTERY:
            if row.id in self.identifiers:
                self._heard = replace(self._heard, rival_at_s=now_s, rival_id=row.id)
            return
        try:
            reading = self._table.read(frame)
        except FrameError:
            # An unreadable sign of life is none; the count lets a person see that something came.
            self._heard = replace(self._heard, damaged=self._heard.damaged + 1)
            return
        self._heard = replace(self._heard, alive_at_s=now_s, values={**self._heard.values, **_said(reading.values)})
        if row.asks:
            self._asked_s = now_s

    def due(self, told: RackSample, now_s: float) -> list[CanFrame]:
        """The frames to send now, limits first."""
        if not (self._asked(now_s) if self._profile.polled else self._timely(now_s)):
            return []
        safe = tell(told, self._profile.rules, self._rated)
        return [] if safe is None else self._frames(safe)

    def reset(self) -> None:
        """Forget requests and times."""
        self._next_s, self._asked_s, self._answered_s = -inf, None, -inf

    def _timely(self, now_s: float) -> bool:
        if now_s < self._next_s:
            return False
        following = self._next_s + self.period_s
        self._next_s = following if following > now_s else now_s + self.period_s
        return True

    def _asked(self, now_s: float) -> bool:
        asked, self._asked_s = self._asked_s, None
        if asked is None or not 0 <= now_s - asked <= ANSWER_WITHIN_S:
            return False
        # A question that is repeated at once, as in two byte orders, has been answered.
        if 0 <= now_s - self._answered_s < PERIODS_S[0]:
            return False
        self._answered_s = now_s
        return True

    def _frames(self, told: Told) -> list[CanFrame]:
        frames = []
        for row in self._table.rows.values():
            content = None if row.tell is None else row.tell(told)
            if content is not None:
                frames.append(CanFrame(row.id, row.data(content), self.extended))
        return frames


class TableInverter:
    """Inverter of one dialect; see `CanInverter`.

    Raises:
        ParameterError: options that the dialect does not have.
    """

    def __init__(self, profile: CanProfile, options: CanOptions) -> None:
        profile.check(options)
        self._table = profile.table(options)
        self._view = InverterView()
        self._next_s = -inf
        self._evoked: list[CanRow] = []
        self.identifiers = self._table.said
        self.extended = self._table.extended
        self._periodic = any(row.say is not None and row.after is None for row in self._table.rows.values())

    @property
    def view(self) -> InverterView:
        """What it has understood so far."""
        return self._view

    @property
    def next_due_s(self) -> float | None:
        """When `due` will have something to send; `None` before a frame has come."""
        if self._evoked:
            return -inf
        return self._next_s if self._periodic else None

    def feed(self, frame: CanFrame, now_s: float) -> None:
        """Take a frame off the bus."""
        row = self._table.row(frame)
        if row is None or row.sender is not Direction.FROM_BATTERY:
            return
        try:
            reading = self._table.read(frame)
        except FrameError:
            return
        self._view = seen(self._view, reading.values, now_s)
        self._evoked += [
            other for other in self._table.rows.values() if other.after == row.id and other not in self._evoked
        ]

    def due(self, now_s: float) -> list[CanFrame]:
        """Signs of life and requests to send now."""
        rows, self._evoked = self._evoked, []
        if self._periodic and now_s >= self._next_s:
            following = self._next_s + _BEAT_S
            self._next_s = following if following > now_s else now_s + _BEAT_S
            rows = rows + [row for row in self._table.rows.values() if row.after is None]
        frames = []
        for row in rows:
            content = None if row.say is None else row.say(self._view)
            if content is not None:
                frames.append(CanFrame(row.id, row.data(content), self.extended))
        return frames


def _said(values: Mapping[str, Value]) -> dict[str, Value]:
    return {key: value for key, value in values.items() if key != "id"}


def parts(profile: CanProfile) -> Parts:
    """What a dialect provides, out of its profile."""
    plain = CanOptions()

    def table() -> CanTable:
        return profile.table(plain)

    return Parts(
        can_decoder=table,
        can_battery=lambda options: TableBattery(profile, options),
        can_inverter=lambda options: TableInverter(profile, options),
        can_table=table,
    )
