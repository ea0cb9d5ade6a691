"""What a pack remembers: records of its alarms and protections, and its calendar clock."""

from __future__ import annotations

from dataclasses import dataclass

from openress.model.condition import Condition, Fault

_DAYS_OF_400_YEARS = 146_097
_DAYS_BEFORE_1970 = 719_468
"""From 1 March of the year 0."""

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

    @property
    def seconds(self) -> int:
        """Seconds since this clock showed 1970-01-01 00:00:00 (proleptic Gregorian; no zone, no leap seconds)."""
        # Years begin in March, so that the leap day is the last of its year.
        year, month = (self.year, self.month - 3) if self.month > 2 else (self.year - 1, self.month + 9)
        of_year = (153 * month + 2) // 5 + self.day - 1
        days = 365 * year + year // 4 - year // 100 + year // 400 + of_year - _DAYS_BEFORE_1970
        return 86_400 * days + 3_600 * self.hour + 60 * self.minute + self.second

    @classmethod
    def of_seconds(cls, seconds: float) -> Calendar:
        """What a clock shows so long after it showed 1970-01-01 00:00:00; parts of a second are dropped."""
        days, rest = divmod(int(seconds // 1), 86_400)
        era, of_era = divmod(days + _DAYS_BEFORE_1970, _DAYS_OF_400_YEARS)
        of_era_year = (of_era - of_era // 1_460 + of_era // 36_524 - of_era // 146_096) // 365
        of_year = of_era - (365 * of_era_year + of_era_year // 4 - of_era_year // 100)
        month = (5 * of_year + 2) // 153
        day = of_year - (153 * month + 2) // 5 + 1
        year = of_era_year + 400 * era + (month >= 10)
        return cls(year, month + 3 if month < 10 else month - 9, day, rest // 3_600, rest // 60 % 60, rest % 60)

    @property
    def exists(self) -> bool:
        """Whether there is such a day and such a time of day."""
        return 1 <= self.month <= 12 and Calendar.of_seconds(self.seconds) == self


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
