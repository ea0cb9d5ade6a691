"""LiFePO4 cells: two RC pairs and one hysteresis state (Plett), for all cells of a rack at once.

    V = OCV(soc) + M(soc, T) h + v1 + v2 + R0(T) I          I > 0 charges

    d soc / dt = (I - (1 - eta) max(I, 0) - leakage) / Q
    d h   / dt = -|I| gamma / Q  (h - sign I)
    d v_j / dt = -(v_j - R_j(T) I) / tau_j

With I held over a step all three have closed solutions, so a step of any length is stable. Arrays have the
shape
(packs, cells). Source of the form: G. Plett, Battery Management Systems vol. 1, Artech House 2015, chapter 2.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from openress.sim import parameters as p
from openress.sim.curves import Bundle, Curve, Floats, Grid
from openress.sim.scatter import Scatter

__all__ = ["CellHeat", "CellRows"]

_SECONDS_PER_HOUR = 3600.0
_HOURS_PER_MONTH = 730.0

# Wide enough that no cell reaches the ends: the voltage has gone far beyond every limit long before.
_SOC_GRID = Grid(-0.5, 1.5, 0.0025)
_OCV_V = Curve(_SOC_GRID, p.OCV_V)
_BY_SOC = Bundle(_OCV_V, Curve(_SOC_GRID, [(soc, mv * 1e-3) for soc, mv in p.HYSTERESIS_MV]))

_TEMPERATURE_GRID = Grid(-60.0, 120.0, 1.0)
_BY_TEMPERATURE = Bundle(
    Curve(_TEMPERATURE_GRID, p.R0_BY_TEMPERATURE),
    Curve(_TEMPERATURE_GRID, p.RC_BY_TEMPERATURE),
    Curve(_TEMPERATURE_GRID, p.HYSTERESIS_BY_TEMPERATURE),
)


@dataclass(frozen=True, slots=True)
class CellHeat:
    """Heat of one step in W, shape (packs, cells), by where it arises.

    Hysteresis may be negative for a while after the current turns: the cell gives back what the branch held.
    """

    resistive_w: Floats
    hysteresis_w: Floats
    side_reaction_w: Floats


class CellRows:
    """The cells of packs in a rack: parameters, states and the step.

    Args:
        soc: state of charge of every cell as a fraction, shape (packs, cells).
        rated_ah: rated capacity of each pack, shape (packs,).
        temperature_c: of every cell, shape (packs, cells).
        scatter: draws the cells' parameters.
    """

    def __init__(self, soc: Floats, rated_ah: Floats, temperature_c: Floats, scatter: Scatter) -> None:
        size = (rated_ah / p.REFERENCE_CAPACITY_AH)[:, None]
        self.capacity_ah = rated_ah[:, None] * scatter.per_cell(p.CELL_CAPACITY)
        self.heat_j_per_k = size * scatter.per_cell(p.CELL_HEAT_J_PER_K)
        self.leakage_a = (
            rated_ah[:, None] * scatter.per_cell(p.SELF_DISCHARGE_PER_MONTH).clip(min=0.0) / _HOURS_PER_MONTH
        )
        self._r0_at_25_ohm = scatter.per_cell(p.R0_OHM) / size
        self._r1_at_25_ohm = scatter.per_cell(p.R1_OHM) / size
        self._r2_at_25_ohm = scatter.per_cell(p.R2_OHM) / size
        self._tau1_s = scatter.per_cell(p.TAU1_S)
        self._tau2_s = scatter.per_cell(p.TAU2_S)
        self._rate = scatter.per_cell(p.HYSTERESIS_RATE)
        self._loss = 1.0 - scatter.per_cell(p.COULOMBIC_EFFICIENCY)

        self.soc = soc
        self.hysteresis = np.zeros_like(soc)
        self.v1_v = np.zeros_like(soc)
        self.v2_v = np.zeros_like(soc)
        self.lost_a = np.zeros_like(soc)
        self._dt_s = 0.0
        self.warm(temperature_c)
        self._look_up()

    def warm(self, temperature_c: Floats) -> None:
        """Take the cells' temperatures for the next step; shape (packs, cells)."""
        where = _TEMPERATURE_GRID.locate(temperature_c)
        factors = _BY_TEMPERATURE.at(where)
        r0: Floats = factors[0]
        rc: Floats = factors[1]
        self._hysteresis_factor: Floats = factors[2]
        self.r0_ohm = self._r0_at_25_ohm * r0
        self.r1_ohm = self._r1_at_25_ohm * rc
        self.r2_ohm = self._r2_at_25_ohm * rc

    def predict(self, dt_s: float) -> tuple[Floats, Floats]:
        """What each cell will show at the end of a step, as a straight line over its current.

        Returns:
            The voltage at zero current and the resistance: R0, the part of the RC pairs that responds within
            the step, and the rise of the OCV. Using the end of the step keeps parallel packs stable at any
            dt.
        """
        if dt_s != self._dt_s:
            self._dt_s = dt_s
            self._keep1 = np.exp(-dt_s / self._tau1_s)
            self._keep2 = np.exp(-dt_s / self._tau2_s)
            self._share1 = 1.0 - self._keep1
            self._share2 = 1.0 - self._keep2
            self._soc_per_a = dt_s / (_SECONDS_PER_HOUR * self.capacity_ah)
            self._turn_per_a = self._rate * self._soc_per_a
        self._gain1 = self.r1_ohm * self._share1
        self._gain2 = self.r2_ohm * self._share2
        voltage = self.emf_v - self._share1 * self.v1_v - self._share2 * self.v2_v
        resistance = self.r0_ohm + self._gain1 + self._gain2 + _OCV_V.slope_at(self._where) * self._soc_per_a
        return voltage, resistance

    def advance(self, current_a: Floats) -> CellHeat:
        """Hold a current through every cell over the step that was predicted; shape (packs, cells)."""
        self.lost_a = self._loss * np.maximum(current_a, 0.0) + self.leakage_a
        self.soc = self.soc + (current_a - self.lost_a) * self._soc_per_a

        direction = np.sign(current_a)
        kept = np.exp(-np.abs(current_a) * self._turn_per_a)
        self.hysteresis = direction + kept * (self.hysteresis - direction)

        self.v1_v = self._keep1 * self.v1_v + self._gain1 * current_a
        self.v2_v = self._keep2 * self.v2_v + self._gain2 * current_a
        self._look_up()
        return CellHeat(
            resistive_w=self.r0_ohm * current_a * current_a
            + self.v1_v * self.v1_v / self.r1_ohm
            + self.v2_v * self.v2_v / self.r2_ohm,
            hysteresis_w=self.hysteresis_span_v() * self.hysteresis * current_a,
            side_reaction_w=self.lost_a * self.ocv_v,
        )

    def hysteresis_span_v(self) -> Floats:
        """Half the gap between the charge and the discharge branch, now."""
        return self._hysteresis_v * self._hysteresis_factor

    def stored_j(self) -> Floats:
        """Energy held by charge (from the low end of the OCV table) and by the RC pairs, for balances."""
        charge_c = self.capacity_ah * _SECONDS_PER_HOUR
        return (
            charge_c * _OCV_V.integral_at(self._where)
            + 0.5 * self.v1_v * self.v1_v * self._tau1_s / self.r1_ohm
            + 0.5 * self.v2_v * self.v2_v * self._tau2_s / self.r2_ohm
        )

    def _look_up(self) -> None:
        self._where = _SOC_GRID.locate(self.soc)
        looked_up = _BY_SOC.at(self._where)
        self.ocv_v: Floats = looked_up[0]
        self._hysteresis_v: Floats = looked_up[1]
        #: Voltage behind R0.
        self.emf_v = self.ocv_v + self.hysteresis_span_v() * self.hysteresis + self.v1_v + self.v2_v
