"""Deciding: delays, latches, releases and lock-outs of the protections, one guard for each row.

- A protection trips when its judgement has held for the delay without a break.
- While something that releases it is present (discharge current for over-voltage, a charger for under-voltage), the
  delay does not run: otherwise a full cell that is being discharged would trip and release every second. When it
  ends, a cell that is still too high trips again after the delay.
- Discharge over-current releases itself after a minute; the tenth trip in a row locks. Charging unlocks.
- A signal that cannot be had holds what stands: the sensor fault that goes with it opens both switches anyway.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from openress.bms.judge import ALARM, CALM, RELEASE, TRIP, judge, thresholds
from openress.bms.measure import Signals
from openress.bms.rows import LOCK_CLEARS_AFTER_S, LOCK_COUNT, ROWS, Path, Row, Way
from openress.model import Condition

__all__ = ["AUTO_RELEASE_S", "Change", "ChangeKind", "Guard", "Protections"]

AUTO_RELEASE_S = 60.0
"""Over-current releases itself after one minute (guide, S/N 5 and 6)."""
CLOCK_S = 1e-6
"""Times are binary fractions: what lacks less than this of a delay has lasted it."""


class ChangeKind(StrEnum):
    """What happened to a condition."""

    ALARM = "alarm"
    ALARM_END = "alarm_end"
    TRIP = "trip"
    RELEASE = "release"
    LOCK = "lock"


@dataclass(frozen=True, slots=True)
class Change:
    """One event of a protection, at the time of the measurement that caused it.

    `path` says what released it; `signal` is the value that decided, where there is one.
    """

    kind: ChangeKind
    condition: Condition
    at_s: float
    signal: float | None = None
    path: int = Path.NONE


class Guard:
    """State of one row: its alarm, its trip, and since when."""

    __slots__ = (
        "_alarm_way",
        "_index",
        "_limits",
        "_paths",
        "_prevents",
        "_since_s",
        "alarm",
        "beyond",
        "opens",
        "row",
        "tripped",
        "tripped_s",
    )

    def __init__(self, row: Row, values: Mapping[str, float], cells: int) -> None:
        self.row = row
        self.alarm = False
        self.beyond = False
        self.tripped = False
        self.tripped_s = 0.0
        self._since_s: float | None = None
        self.opens = row.opens
        self._index = int(row.signal)
        self._paths = row.paths
        self._prevents = row.paths & _PREVENTS
        # A row without a direction is of interest in both.
        self._alarm_way = row.alarm_way or Way.BOTH
        self.set_limits(values, cells)

    def set_limits(self, values: Mapping[str, float], cells: int) -> None:
        """Take new parameters; what stands, stands until its own conditions end it."""
        self._limits = thresholds(self.row, values, cells)

    def step(self, found: Signals, now_s: float, present: int, way: int, *, locked: bool) -> Sequence[Change]:
        """Judge one measurement and decide.

        Args:
            found: the signals.
            now_s: time of the measurement.
            present: the `Path` bits of releasing circumstances that are there now.
            way: the `Way` bits of the current, both when idle.
            locked: the lock-out holds: time no longer releases.
        """
        signal = found[self._index]
        if signal is None:
            self._since_s = None
            return ()
        verdict = judge(self._limits, signal)
        self._hold(verdict, present)
        if verdict & _QUIET == CALM and not self.alarm and not self.tripped:
            self._since_s = None
            return ()
        changes = self._warn(verdict, signal, now_s, way)
        if self.tripped:
            path = self._released_by(verdict, now_s, present, locked=locked)
            if path:
                self.tripped = False
                self._since_s = None
                changes.append(Change(ChangeKind.RELEASE, self.row.condition, now_s, signal, path))
        elif not verdict & TRIP or present & self._prevents:
            self._since_s = None
        else:
            if self._since_s is None:
                self._since_s = now_s
            if now_s - self._since_s >= self._limits.delay_s - CLOCK_S:
                self.tripped, self.tripped_s = True, now_s
                changes.append(Change(ChangeKind.TRIP, self.row.condition, now_s, signal))
        return changes

    def _hold(self, verdict: int, present: int) -> None:
        """A limit that fell to 0 stays there until something that would release the protection is there.

        A spike shorter than the delay trips nothing, and would otherwise make the limit chatter.
        """
        if verdict & TRIP:
            self.beyond = True
        elif self.beyond and (verdict & RELEASE or present & self._paths or not self._paths & Path.VALUE):
            self.beyond = False

    def _warn(self, verdict: int, signal: float, now_s: float, way: int) -> list[Change]:
        of_interest = self._alarm_way & way
        if not self.alarm and verdict & ALARM and of_interest:
            self.alarm = True
            return [Change(ChangeKind.ALARM, self.row.condition, now_s, signal)]
        if self.alarm and (verdict & CALM or not of_interest):
            self.alarm = False
            return [Change(ChangeKind.ALARM_END, self.row.condition, now_s, signal)]
        return []

    def _released_by(self, verdict: int, now_s: float, present: int, *, locked: bool) -> int:
        if self._paths & Path.VALUE and verdict & RELEASE:
            return Path.VALUE
        circumstance = present & self._paths
        if circumstance:
            return circumstance
        if self._paths & Path.MINUTE and not locked and now_s - self.tripped_s >= AUTO_RELEASE_S - CLOCK_S:
            return Path.MINUTE
        return 0


_QUIET = CALM | ALARM | TRIP
_PREVENTS = Path.DISCHARGING | Path.CHARGING | Path.CHARGER
"""Circumstances that keep a protection from tripping as long as they last."""


class Protections:
    """All guards of a pack, and the lock-out they share."""

    __slots__ = ("_cells", "_count", "_last_trip_s", "_locking", "_restored", "guards", "locked")

    def __init__(self, values: Mapping[str, float], cells: int) -> None:
        self._cells = cells
        self.guards = [Guard(row, values, cells) for row in ROWS]
        self._locking = [guard for guard in self.guards if guard.row.locks]
        self.locked = False
        self._count = 0
        self._last_trip_s = 0.0
        self._restored = False

    def set_limits(self, values: Mapping[str, float]) -> None:
        """Take new parameters."""
        for guard in self.guards:
            guard.set_limits(values, self._cells)

    def step(self, found: Signals, now_s: float, present: int, way: int) -> list[Change]:
        """Judge and decide every row on one measurement; gives what changed, in the order of the rows."""
        if self._restored:
            self._date(now_s)
        if self._count:
            self._forgive(now_s, charging=bool(present & Path.CHARGING))
        # Both levels may trip on one over-current, which counts once.
        counts = not any(guard.tripped for guard in self._locking)
        changes: list[Change] = []
        for guard in self.guards:
            for change in guard.step(found, now_s, present, way, locked=self.locked):
                changes.append(change)
                if change.kind is ChangeKind.TRIP and guard.row.locks and counts:
                    changes += self._counted(change)
                    counts = False
        return changes

    def _date(self, now_s: float) -> None:
        """A clock that began anew knows no times from before: what was kept counts from now."""
        self._restored = False
        self._last_trip_s = now_s
        for guard in self.guards:
            guard.tripped_s = now_s

    def _counted(self, trip: Change) -> list[Change]:
        self._count += 1
        self._last_trip_s = trip.at_s
        if self._count < LOCK_COUNT:
            return []
        self.locked = True
        return [Change(ChangeKind.LOCK, trip.condition, trip.at_s, trip.signal)]

    def _forgive(self, now_s: float, *, charging: bool) -> None:
        # Time forgives trips, but it does not open a lock: only charging, or the next power-up, does.
        if charging or (not self.locked and now_s - self._last_trip_s >= LOCK_CLEARS_AFTER_S):
            self._count = 0
            self.locked = False

    @property
    def count(self) -> int:
        """Discharge over-current trips in a row."""
        return self._count

    def restore(self, count: int, *, locked: bool, tripped: frozenset[Condition]) -> None:
        """Take up what was kept over a restart of the software, which is no power-up of the pack.

        A lock without the trip that it holds is the trip of level 1: a restart must not close the switch.
        """
        self._count, self.locked, self._restored = count, locked, True
        for guard in self.guards:
            guard.tripped = guard.row.condition in tripped
        if locked and not any(guard.tripped for guard in self._locking):
            self._locking[0].tripped = True

    def power_up(self) -> None:
        """Forget trips and the lock-out, as a pack does that was switched off and on (INC-10)."""
        self._count = 0
        self.locked = False

    @property
    def alarms(self) -> frozenset[Condition]:
        """Conditions that warn."""
        return frozenset([guard.row.condition for guard in self.guards if guard.alarm])

    @property
    def protections(self) -> frozenset[Condition]:
        """Conditions that hold a switch open."""
        return frozenset([guard.row.condition for guard in self.guards if guard.tripped])

    @property
    def forbidden(self) -> int:
        """Directions in which nothing may flow: what protections hold open, and what is at its limit already.

        A limit does not wait for the delay of a switch: the inverter can be told at once.
        """
        forbidden = Way.NONE
        for guard in self.guards:
            if guard.tripped or guard.beyond:
                forbidden |= guard.opens
        return forbidden

    @property
    def opened(self) -> int:
        """The switches that protections hold open."""
        opened = Way.NONE
        for guard in self.guards:
            if guard.tripped:
                opened |= guard.opens
        return opened
