"""What a pack writes down when a protection changes: the record of its history, and the ring that keeps them."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from itertools import islice

from openress.bms.measure import Measurement
from openress.bms.protect import Change, ChangeKind
from openress.model import Condition, Fault
from openress.model.history import Calendar, HistoryRecord

__all__ = ["RECORDED", "HistoryRing", "record_of"]

RECORDED = frozenset({ChangeKind.ALARM, ChangeKind.TRIP, ChangeKind.RELEASE, ChangeKind.LOCK})
"""Changes that are worth a record; the end of an alarm is told by the records around it."""


def record_of(
    now: Measurement,
    changes: Iterable[Change],
    *,
    at: Calendar | None,
    alarms: frozenset[Condition],
    protections: frozenset[Condition],
    faults: frozenset[Fault],
    remaining_ah: float,
    full_ah: float,
    faults_before: frozenset[Fault] = frozenset(),
) -> HistoryRecord | None:
    """The record of one measurement, or `None` when nothing worth it changed: a condition, or the faults."""
    if faults == faults_before and not any(change.kind in RECORDED for change in changes):
        return None
    cells = [mv for mv in now.cell_voltages_mv if mv is not None]
    warmth = tuple([value for value in now.temperatures_c if value is not None])
    return HistoryRecord(
        at=at,
        conditions=alarms | protections,
        protections=protections,
        faults=faults,
        pack_voltage_v=now.pack_voltage_v,
        pack_current_a=now.pack_current_a,
        remaining_ah=round(remaining_ah, 2),
        full_ah=full_ah,
        cell_voltage_max_mv=max(cells, default=None),
        cell_voltage_min_mv=min(cells, default=None),
        cell_voltages_mv=tuple(cells) if len(cells) == len(now.cell_voltages_mv) else None,
        temperatures_c=warmth if len(warmth) == len(now.temperatures_c) else None,
        mos_temperature_c=now.mos_temperature_c,
        env_temperature_c=now.env_temperature_c,
    )


class HistoryRing:
    """The last records of a pack, newest first.

    Args:
        most: how many it keeps; 500 by the A5L guide.
        records: those it starts with, newest first.
    """

    __slots__ = ("_records",)

    def __init__(self, most: int = 500, records: Iterable[HistoryRecord] = ()) -> None:
        self._records: deque[HistoryRecord] = deque(islice(records, most), maxlen=most)

    def add(self, record: HistoryRecord) -> None:
        """Put a record first; the oldest goes when the ring is full."""
        self._records.appendleft(record)

    def read(self) -> tuple[HistoryRecord, ...]:
        """All of them, newest first."""
        return tuple(self._records)
