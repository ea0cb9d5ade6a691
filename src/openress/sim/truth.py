"""What the plant knows and a BMS does not: exact states, and books of charge and energy that must balance."""

from __future__ import annotations

from dataclasses import dataclass

from openress.sim.curves import Floats

__all__ = ["Books", "Truth"]


@dataclass(slots=True)
class Books:
    """Charge and energy since the start, positive as named; (packs, cells) unless said otherwise.

    Charge: each cell's stored charge has changed by pack_ah - bleed_ah - draw_ah - lost_ah.
    Energy: terminal_j = path_j + draw_j + the cells' sums of (bleed_j + resistive_j + hysteresis_j +
        side_reaction_j
    + the change of stored_j), to the accuracy of the steps.

    Args:
        pack_ah: net charge into the pack, shape (packs,).
        draw_ah: taken by the BMS supply, shape (packs,).
        bleed_ah: taken by the balancing resistors.
        lost_ah: lost in imperfect charging and by self-discharge.
        terminal_j: energy into the pack's terminals, shape (packs,).
        path_j: turned to heat in cable, breaker, FETs, diodes, limiter and precharge resistor, shape
            (packs,).
        draw_j: taken by the BMS supply, shape (packs,).
        bleed_j: turned to heat in the balancing resistors.
        resistive_j: turned to heat in the cells' resistances and their joints.
        hysteresis_j: left on the way between the charge and the discharge branch.
        side_reaction_j: carried by the lost charge.
        stored_j: held by the cells, counted from the low end of the OCV table.
    """

    pack_ah: Floats
    draw_ah: Floats
    bleed_ah: Floats
    lost_ah: Floats
    terminal_j: Floats
    path_j: Floats
    draw_j: Floats
    bleed_j: Floats
    resistive_j: Floats
    hysteresis_j: Floats
    side_reaction_j: Floats
    stored_j: Floats


@dataclass(frozen=True, slots=True)
class Truth:
    """Exact state of the plant, for tests and drills; (packs, cells) unless said otherwise.

    Args:
        soc_pct: of every cell.
        capacity_ah: of every cell.
        stored_ah: SOC times capacity.
        ocv_v: rest voltage without hysteresis.
        hysteresis: -1 on the discharge branch, 1 on the charge branch.
        hysteresis_span_v: what a hysteresis of 1 adds to the voltage.
        v1_v: voltage of the fast RC pair.
        v2_v: voltage of the slow RC pair.
        cell_v: at the sense wires, so with the cell's joint.
        temperature_c: of every cell.
        case_c: of the case, shape (packs,).
        mos_c: of the FET board, shape (packs,).
        pack_v: sum of the cells, behind the FETs, shape (packs,).
        terminal_v: outside the FETs, 0 with the breaker open, shape (packs,).
        current_a: positive charges, shape (packs,).
        bus_v: of the rack.
        books: charge and energy since the start.
    """

    soc_pct: Floats
    capacity_ah: Floats
    stored_ah: Floats
    ocv_v: Floats
    hysteresis: Floats
    hysteresis_span_v: Floats
    v1_v: Floats
    v2_v: Floats
    cell_v: Floats
    temperature_c: Floats
    case_c: Floats
    mos_c: Floats
    pack_v: Floats
    terminal_v: Floats
    current_a: Floats
    bus_v: float
    books: Books
