"""Which measured values can be believed.

A value that cannot be is taken away (`None`), and what is not known counts as the worst case for the directions it
guards: limits 0 at once, both switches open. Steps and spread between 2.0 and 4.0 V never make a cell unbelievable: the
delay of its protection judges them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from openress.bms.measure import Measurement
from openress.model import Fault, Switches

__all__ = ["Ranges", "Sensors"]

GOOD_AGAIN_AFTER_S = 5.0
"""A fault ends when everything has been believable for so long."""
OPEN_SWITCH_A = 2.0
OPEN_SWITCH_FOR_S = 5.0
"""Current against an open switch for so long: the switch does not open (foxBMS: "current on open string")."""
STUCK_FOR_S = 120.0
STUCK_SWING_A = 20.0
"""Cells that do not move by a millivolt while the current swings by this are not being measured."""


@dataclass(frozen=True, slots=True)
class Ranges:
    """What a sensor of the pack can report.

    Attributes:
        cell_mv: a connected cell; an open wire reads far outside.
        open_wire_mv: neighbours of which one is below the first and the other above the second share a broken wire.
        temperature_c: of the sensors.
        current_a: either way.
        sum_v: between the sum of the cells and the pack voltage (foxBMS allows 3 V; ours has millivolt sensors).
    """

    cells: int
    cell_mv: tuple[int, int] = (1000, 4500)
    open_wire_mv: tuple[int, int] = (2000, 4000)
    temperature_c: tuple[float, float] = (-45.0, 130.0)
    current_a: float = 600.0
    sum_v: float = 1.5


class Sensors:
    """Machine that lets through what can be believed and names the faults.

    Args:
        ranges: of the pack's sensors.
        live: also watch the actuators: a switch that lets current through although it is open, cells that are stuck.
            Not in a replay, where the switches of the recording were not ours.
    """

    __slots__ = ("_against_s", "_bad_s", "_current_span", "_faults", "_last_cells", "_live", "_ranges", "_still_s")

    def __init__(self, ranges: Ranges, *, live: bool) -> None:
        self._ranges = ranges
        self._live = live
        self._faults: frozenset[Fault] = frozenset()
        self._bad_s = 0.0
        self._against_s: dict[Fault, float] = {}
        self._still_s: float | None = None
        self._last_cells: tuple[int | None, ...] = ()
        self._current_span = (0.0, 0.0)

    def step(self, now: Measurement, now_s: float, switches: Switches) -> tuple[Measurement, frozenset[Fault]]:
        """Look at one measurement; `switches` are those that were set when it was taken."""
        clean, faults = self._believable(now)
        if self._live:
            faults |= self._actuators(clean, now_s, switches)
            faults |= self._stuck(clean, now_s)
        if faults:
            self._bad_s = now_s
            self._faults = frozenset(faults)
        elif self._faults and now_s - self._bad_s >= GOOD_AGAIN_AFTER_S:
            self._faults = frozenset()
        return clean, self._faults

    def _believable(self, now: Measurement) -> tuple[Measurement, set[Fault]]:
        r = self._ranges
        cells, faults = self._cells(now.cell_voltages_mv)
        pack_v = _within(now.pack_voltage_v, r.cell_mv[0] * r.cells / 1000.0, r.cell_mv[1] * r.cells / 1000.0)
        if pack_v is None:
            faults.add(Fault.CELL_SENSOR)
        elif None not in cells and abs(sum(cells) / 1000.0 - pack_v) > r.sum_v:  # type: ignore[arg-type]  # none is None
            # One of the two is wrong and nothing tells which: neither is believed.
            faults.add(Fault.SAMPLING)
            cells, pack_v = (None,) * r.cells, None
        current = _within(now.pack_current_a, -r.current_a, r.current_a)
        if current is None:
            faults.add(Fault.CURRENT_SENSOR)
        low_c, high_c = r.temperature_c
        warmth = tuple([_within(value, low_c, high_c) for value in now.temperatures_c])
        mos = _within(now.mos_temperature_c, low_c, high_c)
        env = _within(now.env_temperature_c, low_c, high_c)
        if not warmth or None in warmth or mos is None or env is None:
            faults.add(Fault.TEMPERATURE_SENSOR)
        if not faults:
            return now, faults
        return (
            replace(
                now,
                cell_voltages_mv=cells,
                pack_voltage_v=pack_v,
                pack_current_a=current,
                temperatures_c=warmth,
                mos_temperature_c=mos,
                env_temperature_c=env,
            ),
            faults,
        )

    def _cells(self, cells: tuple[int | None, ...]) -> tuple[tuple[int | None, ...], set[Fault]]:
        r = self._ranges
        if len(cells) != r.cells:
            return (None,) * r.cells, {Fault.CELL_SENSOR}
        low, high = r.cell_mv
        known = [value for value in cells if value is not None]
        if len(known) == r.cells and min(known) >= r.open_wire_mv[0] and max(known) <= r.open_wire_mv[1]:
            return cells, set()
        good = [value if value is not None and low <= value <= high else None for value in cells]
        for left, right in _open_wires(good, r.open_wire_mv):
            good[left] = good[right] = None
        return tuple(good), {Fault.CELL_SENSOR} if None in good else set()

    def _actuators(self, now: Measurement, now_s: float, switches: Switches) -> set[Fault]:
        current = now.pack_current_a or 0.0
        against = {
            Fault.CHARGE_SWITCH: switches.charge is False and current > OPEN_SWITCH_A,
            Fault.DISCHARGE_SWITCH: switches.discharge is False and current < -OPEN_SWITCH_A,
        }
        for fault, holds in against.items():
            if holds:
                self._against_s.setdefault(fault, now_s)
            else:
                self._against_s.pop(fault, None)
        return {fault for fault, since_s in self._against_s.items() if now_s - since_s >= OPEN_SWITCH_FOR_S}

    def _stuck(self, now: Measurement, now_s: float) -> set[Fault]:
        current = now.pack_current_a
        if now.cell_voltages_mv != self._last_cells or current is None:
            self._last_cells, self._still_s = now.cell_voltages_mv, now_s
            self._current_span = (current or 0.0, current or 0.0)
            return set()
        self._current_span = min(self._current_span[0], current), max(self._current_span[1], current)
        swung = self._current_span[1] - self._current_span[0] >= STUCK_SWING_A
        still = self._still_s is not None and now_s - self._still_s >= STUCK_FOR_S
        return {Fault.CELL_SENSOR} if swung and still else set()


def _within(value: float | None, low: float, high: float) -> float | None:
    """The value, or `None` when it is unknown, no number or out of range."""
    return value if value is not None and low <= value <= high else None


def _open_wires(cells: Sequence[int | None], bounds: tuple[int, int]) -> list[tuple[int, int]]:
    """Neighbours between which the sense wire is broken: what one lacks the other has too much."""
    low, high = bounds
    found = []
    for left in range(len(cells) - 1):
        one, two = cells[left], cells[left + 1]
        if one is not None and two is not None and min(one, two) < low and max(one, two) > high:
            found.append((left, left + 1))
    return found
