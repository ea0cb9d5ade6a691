"""Packs in parallel on one bus with one source or load: which voltage and which currents satisfy Kirchhoff.

Seen from the bus every pack is a current that never falls as the bus voltage rises, made of straight pieces:
nothing while blocked, a slope while conducting, a ceiling at its limiter. Their sum is of the same kind, so
the bus voltage for a wanted current lies between two neighbouring corners of the sum and is found by halving
the list of corners: no state is guessed, nothing can cycle. Switches that are closed or open make no corners
and one formula remains, V = (I + sum E/R) / sum 1/R.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from openress.sim.pack import Path

__all__ = ["Bus", "Demand", "Settled"]


@dataclass(frozen=True, slots=True)
class Demand:
    """What is connected to the bus: a source (CC/CV charger) or a load with an under-voltage limit.

    Args:
        current_a: wanted, positive charges.
        voltage_max_v: a source reduces its current so that the bus does not pass this; absent for no limit.
        voltage_min_v: a load reduces its current so that the bus does not fall below this; absent for none
            but 0 V.
    """

    current_a: float
    voltage_max_v: float | None = None
    voltage_min_v: float | None = None


@dataclass(frozen=True, slots=True)
class Settled:
    """The bus after the switches and the source have found their place.

    Args:
        bus_v: voltage of the bus.
        currents_a: of every pack, positive charges.
        halvings: how often the list of corners was halved; at most the binary logarithm of its length, plus
            one.
    """

    bus_v: float
    currents_a: list[float]
    halvings: int = 0


class Bus:
    """The bus of a rack.

    Args:
        ceiling_v: where a source without a voltage limit ends when nobody takes its current.
    """

    def __init__(self, ceiling_v: float) -> None:
        self._ceiling_v = ceiling_v
        self._paths: Sequence[Path] = ()
        self._plain = True

    def switch(self, paths: Sequence[Path]) -> None:
        """Take the packs' switch positions for the next calls of `settle`."""
        self._paths = tuple(paths)
        self._plain = all(path.plain for path in paths)

    def settle(self, emf_v: Sequence[float], ohm: Sequence[float], demand: Demand) -> Settled:
        """Find the bus voltage and the pack currents.

        A source that cannot place its current rises to its voltage limit, or to the ceiling when it states
        none. A load that cannot draw its current falls to its limit, or to 0 V when no pack can feed the bus
        at all. With nothing connected and no pack able to feed it, the bus floats at the mean of the packs
        behind their switches
        (leakage), and at 0 V when every breaker is open.

        Args:
            emf_v: voltage of each pack at zero current.
            ohm: resistance of each pack from there to the bus.
            demand: the source or load.
        """
        curve: _Line | _Corners = (_Line if self._plain else _Corners)(emf_v, ohm, self._paths)
        bus_v = curve.voltage_for(demand.current_a)
        if demand.current_a > 0:
            highest_v = demand.voltage_max_v
            if highest_v is None and bus_v == math.inf:
                highest_v = max(self._ceiling_v, curve.last_v)
            if highest_v is not None and bus_v > highest_v:
                # A source cannot take current: packs that stand above its limit leave it idle.
                bus_v = highest_v if curve.current_at(highest_v) >= 0 else curve.voltage_for(0.0)
        elif demand.current_a < 0:
            lowest_v = 0.0 if demand.voltage_min_v is None else demand.voltage_min_v
            if bus_v < lowest_v:
                bus_v = lowest_v if curve.current_at(lowest_v) < 0 else curve.voltage_for(0.0)
        if bus_v == -math.inf:
            bus_v = 0.0 if demand.current_a < 0 else self._floating_v(emf_v)
        return Settled(bus_v, curve.currents_at(bus_v), curve.halvings)

    def _floating_v(self, emf_v: Sequence[float]) -> float:
        behind = [emf for emf, path in zip(emf_v, self._paths, strict=True) if path.joined]
        if not behind:
            return 0.0
        taking = [emf + path.charge_drop_v for emf, path in zip(emf_v, self._paths, strict=True) if path.charges]
        return min([sum(behind) / len(behind), *taking])


class _Line:
    """The rack's current over the bus voltage when every path is a resistor or nothing."""

    halvings = 0
    last_v = 0.0

    def __init__(self, emf_v: Sequence[float], ohm: Sequence[float], paths: Sequence[Path]) -> None:
        self._packs = list(zip(emf_v, ohm, [path.charges for path in paths], strict=True))
        self._siemens = 0.0
        self._short_a = 0.0
        for emf, resistance, conducts in self._packs:
            if conducts:
                self._siemens += 1.0 / resistance
                self._short_a += emf / resistance

    def voltage_for(self, current_a: float) -> float:
        """Bus voltage at which the packs together take a current; infinite when they cannot."""
        if self._siemens:
            return (current_a + self._short_a) / self._siemens
        return math.inf if current_a > 0 else -math.inf

    def current_at(self, bus_v: float) -> float:
        """Current of all packs at a bus voltage."""
        return bus_v * self._siemens - self._short_a

    def currents_at(self, bus_v: float) -> list[float]:
        """Current of each pack at a bus voltage."""
        return [(bus_v - emf) / resistance if conducts else 0.0 for emf, resistance, conducts in self._packs]


class _Branch:
    """One pack seen from the bus when its path is more than a resistor."""

    __slots__ = ("charge_from_v", "charge_limit_a", "discharge_from_v", "discharge_ohm", "ohm")

    def __init__(self, emf_v: float, ohm: float, path: Path) -> None:
        # Absolute voltages, so that the current at a corner is exactly 0, not a rounding error.
        self.charge_from_v = emf_v + path.charge_drop_v if path.charges else math.inf
        self.discharge_from_v = emf_v - path.discharge_drop_v if path.discharges else -math.inf
        self.charge_limit_a = path.charge_limit_a
        self.ohm = ohm
        self.discharge_ohm = ohm + path.discharge_ohm

    def corners_v(self) -> list[float]:
        """Where the current bends; infinite where it never does."""
        saturated_v = self.charge_from_v + self.charge_limit_a * self.ohm
        return [v for v in (self.discharge_from_v, self.charge_from_v, saturated_v) if math.isfinite(v)]

    def current_at(self, bus_v: float) -> float:
        """Current at a bus voltage."""
        if bus_v > self.charge_from_v:
            return min((bus_v - self.charge_from_v) / self.ohm, self.charge_limit_a)
        if bus_v < self.discharge_from_v:
            return (bus_v - self.discharge_from_v) / self.discharge_ohm
        return 0.0


class _Corners:
    """The rack's current over the bus voltage with diodes, limiters or precharge resistors in the paths."""

    def __init__(self, emf_v: Sequence[float], ohm: Sequence[float], paths: Sequence[Path]) -> None:
        self._branches = [_Branch(*pack) for pack in zip(emf_v, ohm, paths, strict=True)]
        self._corners_v = sorted(v for branch in self._branches for v in branch.corners_v())
        self.last_v = self._corners_v[-1]
        self.halvings = 0

    def voltage_for(self, current_a: float) -> float:
        """Lowest bus voltage at which the packs together take a current; infinite when they cannot."""
        corners = self._corners_v
        # The current stays below the wanted one at `low` and reaches it at `high`.
        low, high = -1, len(corners)
        below_a = reached_a = 0.0
        while high - low > 1:
            self.halvings += 1
            middle = (low + high) // 2
            at_middle_a = self.current_at(corners[middle])
            if at_middle_a >= current_a:
                high, reached_a = middle, at_middle_a
            else:
                low, below_a = middle, at_middle_a
        if low < 0:
            siemens = sum(1.0 / b.discharge_ohm for b in self._branches if b.discharge_from_v > -math.inf)
            return corners[0] - (reached_a - current_a) / siemens if siemens else -math.inf
        if high == len(corners):
            unlimited = [b for b in self._branches if b.charge_limit_a == math.inf]
            siemens = sum(1.0 / b.ohm for b in unlimited if b.charge_from_v < math.inf)
            return corners[-1] + (current_a - below_a) / siemens if siemens else math.inf
        return corners[low] + (current_a - below_a) * (corners[high] - corners[low]) / (reached_a - below_a)

    def current_at(self, bus_v: float) -> float:
        """Current of all packs at a bus voltage."""
        return sum(self.currents_at(bus_v))

    def currents_at(self, bus_v: float) -> list[float]:
        """Current of each pack at a bus voltage."""
        return [branch.current_at(bus_v) for branch in self._branches]
