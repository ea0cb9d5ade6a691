"""What JK PB records say of a pack, and what fills them."""

from __future__ import annotations

from typing import Any

from openress.model import Identity, PackSample
from openress.protocols.battery.jk_pb.frames import TABLES, Kind, Record
from openress.protocols.packvalues import merged, pack_values
from openress.protocols.registertable import Values

__all__ = ["merge_record", "record_values", "wire_values"]

_GROUPS = {Kind.LIVE: ("analog", "status"), Kind.ABOUT: ("identity",), Kind.SETTINGS: ()}


def record_values(record: Record) -> Values:
    """Values of a record by public key; the cell sensors, which lie in two places, as one list."""
    values = TABLES[record.kind].decode(0, record.payload)
    if record.kind is Kind.LIVE:
        sensors = (*values.get("temperatures_c", ()), *values.pop("more_temperatures_c", ()))
        if sensors:
            values["temperatures_c"] = sensors
    return values


def merge_record(sample: PackSample, record: Record, now_s: float) -> PackSample:
    """Add what a record says to `sample`; settings say nothing of it."""
    if record.kind is Kind.SETTINGS:
        return sample
    values = record_values(record)
    if record.kind is Kind.LIVE:
        current = values["pack_current_a"]
        values |= {"charging": current > 0, "discharging": current < 0}
    return merged(sample, values, now_s, opens=_GROUPS[record.kind])


def wire_values(sample: PackSample, identity: Identity) -> dict[str, Any]:
    """What the live and about records of a pack are filled from."""
    values = pack_values(sample, identity)
    cells = values.get("cell_voltages_mv") or ()
    sensors = values.get("temperatures_c") or ()
    volts, amperes = values.get("pack_voltage_v"), values.get("pack_current_a")
    values |= {
        "cells_present": (1 << len(cells)) - 1,
        "temperatures_c": sensors[:2],
        "more_temperatures_c": sensors[2:],
        "temperature_5_c": values.get("mos_temperature_c"),
        "battery_voltage_v": volts,
        "balance_current_a": 0.0,
        "balance_state": int(bool(values.get("balancing_on"))),
        "name": values.get("model"),
    }
    if cells:
        values |= {
            "cell_voltage_max_index": values["cell_voltage_max_cell"] - 1,
            "cell_voltage_min_index": values["cell_voltage_min_cell"] - 1,
        }
    if volts is not None and amperes is not None:
        values["power_w"] = abs(volts * amperes)
    return values
