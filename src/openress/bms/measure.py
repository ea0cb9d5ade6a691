"""What a BMS gets to judge: one measurement of its pack, and the signals that the protections look at."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

__all__ = ["CURRENT_EFFECTIVE_A", "Measurement", "Signal", "Signals", "signals"]

CURRENT_EFFECTIVE_A = 0.5
"""Below this a current is neither charge nor discharge (REQ-124; Seplos takes 0.7 to 1.0 A)."""


@dataclass(frozen=True, slots=True)
class Measurement:
    """What the front end reports at one moment; `None` is a value that cannot be had.

    Attributes:
        cell_voltages_mv: one for each cell in series.
        pack_voltage_v: over all cells.
        terminal_voltage_v: at the terminals, behind the switches; tells whether a charger or a load is there.
        pack_current_a: + charges.
        temperatures_c: cell sensors.
        short_circuit: the front end's own comparator has tripped.
        communication: somebody has talked to the pack since the last measurement.
    """

    cell_voltages_mv: tuple[int | None, ...]
    pack_voltage_v: float | None
    terminal_voltage_v: float | None
    pack_current_a: float | None
    temperatures_c: tuple[float | None, ...]
    mos_temperature_c: float | None
    env_temperature_c: float | None
    short_circuit: bool = False
    communication: bool = False


class Signal(IntEnum):
    """A quantity that protections watch."""

    CELL_MAX_MV = 0
    CELL_MIN_MV = 1
    PACK_V = 2
    CHARGE_A = 3
    DISCHARGE_A = 4
    SHORT = 5
    MOS_C = 6
    CELL_MAX_C = 7
    CELL_MIN_C = 8
    ENV_C = 9
    SOC_PCT = 10


Signals = list[float | None]
"""Value of each signal, by `Signal`; `None` when it cannot be had."""


def signals(now: Measurement, soc_pct: float | None) -> Signals:
    """Reduce a measurement to the signals.

    An extreme over cells or sensors is unknown as soon as one of them is: the one that cannot be read may be the
    worst. MOS and environment are not among the cell sensors (the guide's Max and Min leave them out, REQ-062).
    """
    cells, warmth, current = now.cell_voltages_mv, now.temperatures_c, now.pack_current_a
    cells_known = None not in cells and len(cells) > 0
    warmth_known = None not in warmth and len(warmth) > 0
    return [
        max(cells) if cells_known else None,  # type: ignore[type-var]  # no None among them
        min(cells) if cells_known else None,  # type: ignore[type-var]
        now.pack_voltage_v,
        None if current is None else (max(0.0, current)),
        None if current is None else (-current if current < 0.0 else 0.0),
        1.0 if now.short_circuit else 0.0,
        now.mos_temperature_c,
        max(warmth) if warmth_known else None,  # type: ignore[type-var]
        min(warmth) if warmth_known else None,  # type: ignore[type-var]
        now.env_temperature_c,
        soc_pct,
    ]
