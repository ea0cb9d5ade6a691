"""What a Seplos v3 master tells of its rack: sums, extremes and where they are."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import fmean
from typing import Any

from openress.model import Identity, PackSample, RackSample
from openress.protocols.packvalues import pack_values

__all__ = ["rack_values"]

PLACES = 16
"""Cells of one pack in the counting of positions."""
SENSORS = 4


def rack_values(rack: RackSample) -> dict[str, Any]:
    """Values of the rack's registers and coils; what one pack does not know is unknown for the rack."""
    total = PackSample(0, rack.analog, rack.status, rack.limits)
    values = pack_values(total, Identity(rack.at_s))
    closed = [sample.status.switches for sample in rack.packs if sample.status is not None and sample.status.switches]
    if closed:
        values["switches"] = {
            "charge": any(switches.charge for switches in closed),
            "discharge": any(switches.discharge for switches in closed),
        }
    values["modules"] = len(rack.packs)
    values["packs_online"] = sum(1 << place for place in range(len(rack.packs)))
    values["packs_protected"] = sum(
        1 << place for place, sample in enumerate(rack.packs) if sample.status is not None and sample.status.protections
    )
    return values | _extremes(rack)


def _extremes(rack: RackSample) -> dict[str, Any]:
    groups = [(place, sample.analog) for place, sample in enumerate(rack.packs) if sample.analog is not None]
    cells = [
        (cell, PLACES * place + index)
        for place, analog in groups
        for index, cell in enumerate(analog.cell_voltages_mv or ())
    ]
    warmth = [
        (value, SENSORS * place + index)
        for place, analog in groups
        for index, value in enumerate(analog.temperatures_c or ())
    ]
    volts = [(analog.pack_voltage_v, place) for place, analog in groups if analog.pack_voltage_v is not None]
    mos = [(analog.mos_temperature_c, place) for place, analog in groups if analog.mos_temperature_c is not None]
    charge = [analog.soc_pct for _, analog in groups if analog.soc_pct is not None]
    return {
        **_ends("cell_voltage", "mv", cells),
        **_ends("pack_voltage", "v", volts),
        **_ends("temperature", "c", warmth),
        **_ends("mos_temperature", "c", mos),
        "soc_max_pct": max(charge, default=None),
        "soc_min_pct": min(charge, default=None),
        "cycles_max": max((analog.cycles for _, analog in groups if analog.cycles is not None), default=None),
        "soh_max_pct": max((analog.soh_pct for _, analog in groups if analog.soh_pct is not None), default=None),
    }


def _ends(name: str, unit: str, spots: Sequence[tuple[float, int]]) -> dict[str, Any]:
    """Greatest, least and average of values, and the places of the first two."""
    if not spots:
        return {}
    most, least = max(spots, key=lambda spot: spot[0]), min(spots, key=lambda spot: spot[0])
    return {
        f"{name}_max_{unit}": most[0],
        f"{name}_max_position": most[1],
        f"{name}_min_{unit}": least[0],
        f"{name}_min_position": least[1],
        f"{name}_average_{unit}": fmean(value for value, _ in spots),
    }
