"""What a rack is connected to over the day: a solar household, a constant current, or a recorded profile."""

from __future__ import annotations

import csv
import math
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from typing import Protocol

import numpy as np

from openress.errors import ParameterError
from openress.sim.curves import Floats

__all__ = ["ConstantLoad", "Load", "ProfileLoad", "SolarHousehold", "parse_profile"]

_DAY_S = 86_400.0
_MINUTES = 1440
_SECONDS_PER_HOUR = 3600.0


class Load(Protocol):
    """A wish for battery current over time; what the packs allow is for others to decide."""

    def current_at(self, now_s: float) -> float:
        """Wanted current in A, positive charges."""
        ...


@dataclass(frozen=True, slots=True)
class ConstantLoad:
    """The same current for ever, positive charges."""

    current_a: float

    def current_at(self, now_s: float) -> float:  # noqa: ARG002 - the same at any time
        """Wanted current in A."""
        return self.current_a


@dataclass(frozen=True, slots=True)
class ProfileLoad:
    """Currents by row: each holds from its time to the next row's.

    The last row ends the profile; its own current is not used. Before the first row and after the end the
    current is 0, unless the profile repeats, which it does from its first row.

    Args:
        times_s: ascending.
        currents_a: one per time, positive charges.
        repeats: start again after the last row.

    Raises:
        ParameterError: fewer than two rows, times that do not ascend, a value that is no number.
    """

    times_s: tuple[float, ...]
    currents_a: tuple[float, ...]
    repeats: bool = False

    def __post_init__(self) -> None:
        if len(self.times_s) < 2 or len(self.times_s) != len(self.currents_a):
            raise ParameterError(
                f"a profile of {len(self.times_s)} times and {len(self.currents_a)} currents has no end; "
                "give two rows or more"
            )
        for row, (time_s, current_a) in enumerate(zip(self.times_s, self.currents_a, strict=True), start=1):
            if not (math.isfinite(time_s) and math.isfinite(current_a)):
                raise ParameterError(f"profile row {row} holds {time_s} s, {current_a} A; give finite numbers")
        for row, (earlier, later) in enumerate(pairwise(self.times_s), start=2):
            if later <= earlier:
                raise ParameterError(f"profile row {row} is at {later} s, not after {earlier} s; sort the rows by time")

    def current_at(self, now_s: float) -> float:
        """Wanted current in A."""
        start_s, end_s = self.times_s[0], self.times_s[-1]
        if self.repeats:
            now_s = start_s + (now_s - start_s) % (end_s - start_s)
        if not start_s <= now_s < end_s:
            return 0.0
        return self.currents_a[bisect_right(self.times_s, now_s) - 1]


def parse_profile(lines: Iterable[str], *, capacity_ah: float, repeats: bool = False) -> ProfileLoad:
    """Read a profile from the lines of a CSV table.

    The header names a column `time_s` and one of `current_a`, `soc` (a fraction) or `soc_pct`, in any case;
    other columns are skipped. From states of charge the current follows as difference times capacity over the
    interval.

    Args:
        lines: the table, header first.
        capacity_ah: of the rack that the profile is for; only used for states of charge.
        repeats: start again after the last row.

    Raises:
        ParameterError: a header without these columns, or a row that cannot be read.
    """
    table = csv.reader(lines)
    header = [name.strip().lower() for name in next(table, [])]
    quantity = next((name for name in ("current_a", "soc", "soc_pct") if name in header), None)
    if "time_s" not in header or quantity is None:
        raise ParameterError(
            f"the profile's first line names {', '.join(header) or 'nothing'}; "
            "it must name time_s and one of current_a, soc, soc_pct"
        )
    at_time, at_value = header.index("time_s"), header.index(quantity)
    times: list[float] = []
    values: list[float] = []
    for row in table:
        if not row:
            continue
        try:
            times.append(float(row[at_time]))
            values.append(float(row[at_value]))
        except (ValueError, IndexError) as fault:
            raise ParameterError(
                f"line {table.line_num} of the profile reads {','.join(row)!r}; "
                f"it needs a number for time_s and {quantity}"
            ) from fault
    if quantity != "current_a":
        per_unit_ah = capacity_ah / (100.0 if quantity == "soc_pct" else 1.0)
        values = _currents_from_charge(times, [value * per_unit_ah for value in values])
    return ProfileLoad(tuple(times), tuple(values), repeats)


def _currents_from_charge(times_s: list[float], charge_ah: list[float]) -> list[float]:
    """Mean current of each interval; the last row has none."""
    currents = [
        (later_ah - earlier_ah) * _SECONDS_PER_HOUR / (later_s - earlier_s) if later_s != earlier_s else math.nan
        for (earlier_s, earlier_ah), (later_s, later_ah) in pairwise(zip(times_s, charge_ah, strict=True))
    ]
    return [*currents, 0.0] if currents else []


class SolarHousehold:
    """A house whose surplus of sun charges the rack and whose use discharges it.

    Time 0 is midnight. Every day has its own weather and its own habits, drawn from the seed and the day's
    number, in steps of a minute. The sun is scaled so that a mean day about refills what a mean day takes.
    Synthetic: shapes and shares are assumed.

    Args:
        seed: of all days.
        capacity_ah: of the rack; currents are scaled to it.
    """

    #: Currents per Ah of capacity, durations and times of day in hours.
    SUN_PEAK_C = 0.36
    SUN_FROM_H, SUN_TO_H = 6.5, 18.5
    BASE_C = 0.02
    MORNING_C, MORNING_H, MORNING_WIDTH_H = 0.06, 7.5, 0.75
    EVENING_C, EVENING_H, EVENING_WIDTH_H = 0.16, 19.5, 1.5
    APPLIANCE_C, APPLIANCES = 0.10, 6

    def __init__(self, *, seed: int, capacity_ah: float) -> None:
        self._seed = seed
        self._capacity_ah = capacity_ah
        self._day: int | None = None
        self._currents_a: list[float] = []

    def current_at(self, now_s: float) -> float:
        """Wanted current in A, positive charges."""
        day, second = divmod(now_s, _DAY_S)
        if day != self._day:
            self._day = int(day)
            self._currents_a = (self._capacity_ah * self._day_c(self._day)).tolist()
        return self._currents_a[int(second / 60.0)]

    def _day_c(self, day: int) -> Floats:
        """Current of each minute of a day, per Ah of capacity."""
        rng = np.random.default_rng((self._seed, day))
        hour = np.arange(_MINUTES) / 60.0
        height = np.clip((hour - self.SUN_FROM_H) / (self.SUN_TO_H - self.SUN_FROM_H), 0.0, 1.0)
        clear_sky = self.SUN_PEAK_C * np.sin(np.pi * height) ** 1.5
        use = self.BASE_C * np.ones(_MINUTES)
        use += self.MORNING_C * _bell(hour, self.MORNING_H + rng.normal(0, 0.3), self.MORNING_WIDTH_H)
        use += (
            self.EVENING_C
            * rng.uniform(0.7, 1.3)
            * _bell(hour, self.EVENING_H + rng.normal(0, 0.4), self.EVENING_WIDTH_H)
        )
        for _ in range(self.APPLIANCES):
            start = rng.integers(6 * 60, 22 * 60)
            use[start : start + rng.integers(5, 30)] += self.APPLIANCE_C
        net: Floats = clear_sky * _clouds(rng) - use
        return net


def _bell(hour: Floats, centre_h: float, width_h: float) -> Floats:
    bell: Floats = np.exp(-0.5 * ((hour - centre_h) / width_h) ** 2)
    return bell


def _clouds(rng: np.random.Generator) -> Floats:
    """Share of the sun that arrives in each minute: the day's haze, and clouds of ten minutes or so."""
    haze = rng.uniform(0.45, 1.0)
    drift = np.repeat(rng.standard_normal(_MINUTES // 10 + 2), 10)
    smooth = np.convolve(drift, np.ones(10) / 10.0, mode="valid")[:_MINUTES]
    return haze * np.clip(1.1 - 0.35 * np.abs(smooth), 0.1, 1.0)
