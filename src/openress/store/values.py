"""What is kept of a pack: its events, its settings and their changes, its charge, lock-out and power state."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from enum import StrEnum
from math import isfinite
from typing import Any

from openress.errors import ParameterError
from openress.model.history import HistoryRecord

__all__ = [
    "DONE",
    "HISTORY_RECORDS",
    "EventKind",
    "JournalEntry",
    "Orders",
    "Power",
    "SavedState",
    "StoredRecord",
    "checked_serial",
    "checked_time",
]

HISTORY_RECORDS = 500
"""Events a pack keeps when its product does not say otherwise (A5L guide)."""

LATEST_S = 253_402_300_800.0
"""The first second of the year 10000: no clock shows it."""
LONGEST_SERIAL = 64
DONE = "done"
"""Result of a write that was carried out; any other result is the sentence that refused it."""


class EventKind(StrEnum):
    """What happened when a history record was written; the first five are called as the BMS calls them."""

    ALARM = "alarm"
    ALARM_END = "alarm_end"
    TRIP = "trip"
    RELEASE = "release"
    LOCK = "lock"
    UNLOCK = "unlock"
    FAULT = "fault"
    FAULT_END = "fault_end"
    POWER_ON = "power_on"
    POWER_OFF = "power_off"
    DORMANT = "dormant"
    WAKE = "wake"


class Power(StrEnum):
    """Power state of a pack (REQ-120 to REQ-123)."""

    ON = "on"
    DORMANT = "dormant"
    OFF = "off"


@dataclass(frozen=True, slots=True)
class StoredRecord:
    """A history record with the time at which it was kept.

    Attributes:
        at_s: unix seconds of the computer; `record.at` is what the pack's own clock showed.
        event: what happened; `None` when a newer OpenRESS wrote a kind that this one does not know.
        record: what was measured.
    """

    at_s: float
    event: EventKind | None
    record: HistoryRecord = field(default_factory=HistoryRecord)


@dataclass(frozen=True, slots=True)
class JournalEntry:
    """One setting that somebody wrote, or tried to write (REQ-213).

    Attributes:
        at_s: unix seconds.
        who: the user, or the part of the program, that asked for it.
        key: the setting.
        old: value before; `None` when none was kept.
        new: value asked for; `None` when what was asked for is no number.
        result: `DONE`, or the sentence that refused it.
    """

    at_s: float
    who: str
    key: str
    old: float | None
    new: float | None
    result: str = DONE


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedState:
    """What a pack must know again after a power loss.

    Attributes:
        at_s: unix seconds at which this held.
        remaining_ah: charge counted.
        full_ah: capacity it counts up to.
        throughput_ah: charged and discharged together.
        cycles: full equivalent cycles.
        anchored: the count has been set at full or empty since the last gap.
        trips: discharge over-currents in a row, on the way to the lock-out.
        locked: the lock-out holds.
        power: power state.
        protections: names of those that hold a switch open.
        ahead_ah: charge by which each cell is ahead of the one furthest behind; empty until learned.
        estimate: of the charge, in the estimator's own words; absent when none was kept.
        health: what was learned and counted, likewise.

    Raises:
        ParameterError: a number that cannot be one.
    """

    at_s: float
    remaining_ah: float
    full_ah: float
    throughput_ah: float = 0.0
    cycles: int = 0
    anchored: bool = False
    trips: int = 0
    locked: bool = False
    power: Power = Power.ON
    protections: tuple[str, ...] = ()
    ahead_ah: tuple[float, ...] = ()
    estimate: Mapping[str, Any] | None = None
    health: Mapping[str, Any] | None = None

    def __post_init__(self) -> None:
        """Refuse what could not be read back."""
        checked_time(self.at_s)
        if not all(isfinite(ah) and ah >= 0 for ah in self.ahead_ah):
            raise ParameterError(f"ahead_ah of a pack's state is {self.ahead_ah}; it must be numbers, 0 or more.")
        for item in fields(self):
            value = getattr(self, item.name)
            if isinstance(value, int | float) and not (isfinite(value) and 0 <= value < LATEST_S):
                raise ParameterError(
                    f"{item.name} of a pack's state is {value}; it must be a number that is not negative."
                )

    def must_not_wait(self, before: SavedState | None) -> bool:
        """Whether something differs that no power loss may take away: lock-out, trips, protections, power state."""
        if before is None:
            return True
        return (self.trips, self.locked, self.protections, self.power) != (
            before.trips,
            before.locked,
            before.protections,
            before.power,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Orders:
    """What a pack was told to do, and knows again after a power loss.

    Attributes:
        at_s: unix seconds at which this held.
        switched: controls by name, and whether they were switched on.
        clock_ahead_s: how far the pack's clock is ahead of the computer's.
        can: number of its inverter protocol on CAN.
        rs485: likewise on RS485.
        automatic: whether it finds the protocol by itself.
        limiter_start_a: above which charge current its limiter comes in by itself; `None` where it was never set.
    """

    at_s: float
    switched: Mapping[str, bool] = field(default_factory=dict)
    clock_ahead_s: float = 0.0
    can: int | None = None
    rs485: int | None = None
    automatic: bool | None = None
    limiter_start_a: float | None = None


def checked_time(at_s: float) -> float:
    """Give `at_s` if it can be unix seconds.

    Raises:
        ParameterError: it cannot.
    """
    if not 0.0 <= at_s < LATEST_S:
        raise ParameterError(f"{at_s} is no time: unix seconds between 1970 and the year 9999 are needed.")
    return float(at_s)


def checked_serial(serial: str) -> str:
    """Give `serial` without blanks around it if a pack can be known by it.

    Raises:
        ParameterError: it is empty, too long, or holds what cannot be printed.
    """
    known = serial.strip()
    if not known or len(known) > LONGEST_SERIAL or not known.isprintable():
        raise ParameterError(
            f"{serial[:80]!r} is no serial number: 1 to {LONGEST_SERIAL} printable characters are needed."
        )
    return known
