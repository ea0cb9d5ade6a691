"""What a pack remembers: records of its alarms and protections, and its calendar clock."""

from __future__ import annotations

from dataclasses import dataclass

from openress.model.condition import Condition, Fault

__all__ = ["Calendar", "HistoryRecord"]


@dataclass(frozen=True, slots=True, order=True)
class Calendar:
    """Date and time as a pack's own clock shows them, without a time zone; packs know none."""

    year: int
    month: int
    day: int
    hour: int
    minute: int
    second: int

    def __str__(self) -> str:
        return f"{self.year:04}-{self.month:02}-{self.day:02} {self.hour:02}:{self.minute:02}:{self.second:02}"


@dataclass(frozen=True, slots=True)
class HistoryRecord:
    """One record of an alarm or protection event; a field that the pack does not keep is `None`.

    `conditions` hold while the record was written; `protections` those of them that had opened a switch.
    """

    at: Calendar | None = None
    conditions: frozenset[Condition] | None = None
    protections: frozenset[Condition] | None = None
    faults: frozenset[Fault] | None = None
    pack_voltage_v: float | None = None
    pack_current_a: float | None = None
    remaining_ah: float | None = None
    full_ah: float | None = None
    cell_voltage_max_mv: int | None = None
    cell_voltage_min_mv: int | None = None
    cell_voltages_mv: tuple[int, ...] | None = None
    temperatures_c: tuple[float, ...] | None = None
    mos_temperature_c: float | None = None
    env_temperature_c: float | None = None
