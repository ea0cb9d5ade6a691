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
    path: Path = Path.NONE


class Guard:
    """State of one row: its alarm, its trip, and since when.

    Ways and paths are handled as the whole numbers behind their flags here: sixteen guards run in every step of
    every pack.
    """

    __slots__ = (
        "_alarm_way",
        "_index",
        "_limits",
        "_paths",
        "_prevents",
        "_since_s",
        "alarm",
        "row",
        "tripped",
        "tripped_s",
    )

    def __init__(self, row: Row, values: Mapping[str, float], cells: int) -> None:
        self.row = row
        self.alarm = False
        self.tripped = False
        self.tripped_s = 0.0
        self._since_s: float | None = None
        self._index = row.signal.value
        self._paths = row.paths.value
        self._prevents = (row.paths & _PREVENTS).value
        # A row without a direction is of interest in both.
        self._alarm_way = (row.alarm_way or Way.BOTH).value
        self.set_limits(values, cells)

    def set_limits(self, values: Mapping[str, float], cells: int) -> None:
        """Take new parameters; what stands, stands until its own conditions end it."""
        self._limits = thresholds(self.row, values, cells)

    def step(self, found: Signals, now_s: float, present: int, way: int, *, locked: bool) -> Sequence[Change]:
        """Judge one measurement and decide.

        Args:
            found: the signals.
            now_s: time of the measurement.
            present: value of the `Path` of releasing circumstances that are there now.
            way: value of the `Way` of the current, both when idle.
            locked: the lock-out holds: time no longer releases.
        """
        signal = found[self._index]
        if signal is None:
            self._since_s = None
            return ()
        verdict = judge(self._limits, signal)
        if verdict & _QUIET == CALM and not self.alarm and not self.tripped:
            self._since_s = None
            return ()
        changes = self._warn(verdict, signal, now_s, way)
        if self.tripped:
            path = self._released_by(verdict, now_s, present, locked=locked)
            if path:
                self.tripped = False
                self._since_s = None
                changes.append(Change(ChangeKind.RELEASE, self.row.condition, now_s, signal, Path(path)))
        elif not verdict & TRIP or present & self._prevents:
            self._since_s = None
        else:
            if self._since_s is None:
                self._since_s = now_s
            if now_s - self._since_s >= self._limits.delay_s:
                self.tripped, self.tripped_s = True, now_s
                changes.append(Change(ChangeKind.TRIP, self.row.condition, now_s, signal))
        return changes

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
        if self._paths & _VALUE and verdict & RELEASE:
            return _VALUE
        circumstance = present & self._paths
        if circumstance:
            return circumstance
        if self._paths & _MINUTE and not locked and now_s - self.tripped_s >= AUTO_RELEASE_S:
            return _MINUTE
        return 0


_QUIET = CALM | ALARM | TRIP
_VALUE, _MINUTE, _CHARGING = Path.VALUE.value, Path.MINUTE.value, Path.CHARGING.value
_PREVENTS = Path.DISCHARGING | Path.CHARGING | Path.CHARGER
"""Circumstances that keep a protection from tripping as long as they last."""


class Protections:
    """All guards of a pack, and the lock-out they share."""

    __slots__ = ("_cells", "_count", "_last_trip_s", "_way", "guards", "locked")

    def __init__(self, values: Mapping[str, float], cells: int) -> None:
        self._cells = cells
        self.guards = [Guard(row, values, cells) for row in ROWS]
        self.locked = False
        self._count = 0
        self._last_trip_s = 0.0

    def set_limits(self, values: Mapping[str, float]) -> None:
        """Take new parameters."""
        for guard in self.guards:
            guard.set_limits(values, self._cells)

    def step(self, found: Signals, now_s: float, present: Path, way: Way) -> list[Change]:
        """Judge and decide every row on one measurement; gives what changed, in the order of the rows."""
        circumstances, direction = present.value, way.value
        if self._count:
            self._forgive(now_s, charging=bool(circumstances & _CHARGING))
        changes: list[Change] = []
        for guard in self.guards:
            for change in guard.step(found, now_s, circumstances, direction, locked=self.locked):
                changes.append(change)
                if change.kind is ChangeKind.TRIP and guard.row.locks:
                    changes += self._counted(change)
        return changes

    def _counted(self, trip: Change) -> list[Change]:
        self._count += 1
        self._last_trip_s = trip.at_s
        if self._count < LOCK_COUNT or self.locked:
            return []
        self.locked = True
        return [Change(ChangeKind.LOCK, trip.condition, trip.at_s, trip.signal)]

    def _forgive(self, now_s: float, *, charging: bool) -> None:
        # Time forgives trips, but it does not open a lock: only charging, or the next power-up, does.
        if charging or (not self.locked and now_s - self._last_trip_s >= LOCK_CLEARS_AFTER_S):
            self._count = 0
            self.locked = False

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
    def opened(self) -> Way:
        """The switches that protections hold open."""
        opened = Way.NONE
        for guard in self.guards:
            if guard.tripped:
                opened |= guard.row.opens
        return opened
