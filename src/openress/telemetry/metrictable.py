"""The metrics: which value of the page's snapshot is told to Prometheus, under which name and in which unit.

Names are of one-word prefix, quantity and base unit, as Prometheus' naming guide asks; shares are ratios from 0 to 1.
Serial numbers are on the info metrics alone, so that a replaced pack begins no new series of everything.
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["ENERGY", "GATEWAY", "HOUR_S", "PACK", "PACK_LISTS", "RACK", "TOLD", "Metric", "names"]

PREFIX = "openress_"


@dataclass(frozen=True, slots=True)
class Metric:
    """One gauge.

    Attributes:
        key: of the value in the snapshot.
        name: behind the prefix.
        help: what it is, for a reader of the exposition.
        factor: from the snapshot's unit to the metric's.
        label: name of the label that numbers the items of a list, from 1; `None` for a single value.
    """

    key: str
    name: str
    help: str
    factor: float = 1.0
    label: str | None = None


_MILLI, _PERCENT, HOUR_S = 1e-3, 1e-2, 3600.0

_ANALOG = (
    ("pack_voltage_v", "voltage_volts", "Voltage{of}.", 1.0),
    ("pack_current_a", "current_amperes", "Current{of}; positive while charging.", 1.0),
    ("soc_pct", "soc_ratio", "State of charge{of}, 0 to 1.", _PERCENT),
    ("soh_pct", "soh_ratio", "State of health{of}, 0 to 1.", _PERCENT),
    ("remaining_ah", "remaining_charge_coulombs", "Charge left{of}.", HOUR_S),
    ("full_ah", "full_charge_coulombs", "Charge that fits{of}.", HOUR_S),
    ("cycles", "cycles", "Full cycles{of} so far, as the battery counts them.", 1.0),
    ("mos_temperature_c", "mos_temperature_celsius", "Temperature of the switches{of}.", 1.0),
    ("env_temperature_c", "ambient_temperature_celsius", "Temperature around the cells{of}.", 1.0),
    ("charge_voltage_limit_v", "charge_voltage_limit_volts", "Highest charging voltage allowed{of}.", 1.0),
    ("charge_current_limit_a", "charge_current_limit_amperes", "Highest charging current allowed{of}.", 1.0),
    ("discharge_current_limit_a", "discharge_current_limit_amperes", "Highest discharging current allowed{of}.", 1.0),
    ("discharge_voltage_limit_v", "discharge_voltage_limit_volts", "Lowest voltage to discharge to{of}.", 1.0),
    ("charge_enabled", "charge_enabled", "1 while charging is allowed{of}.", 1.0),
    ("discharge_enabled", "discharge_enabled", "1 while discharging is allowed{of}.", 1.0),
    ("cell_voltage_min_mv", "cell_voltage_min_volts", "Voltage of the lowest cell{of}.", _MILLI),
    ("cell_voltage_max_mv", "cell_voltage_max_volts", "Voltage of the highest cell{of}.", _MILLI),
)


def _of(prefix: str, of: str) -> tuple[Metric, ...]:
    return tuple(Metric(key, f"{prefix}_{name}", text.format(of=of), factor) for key, name, text, factor in _ANALOG)


RACK = (
    *_of("rack", " of the rack"),
    Metric("modules", "rack_packs", "Packs that are read."),
    Metric("time_to_empty_s", "rack_time_to_empty_seconds", "Until the rack is empty; absent where it cannot be told."),
    Metric("time_to_full_s", "rack_time_to_full_seconds", "Until the rack is full; absent where it cannot be told."),
)
"""Of all packs together."""

PACK = (
    *_of("pack", " of the pack"),
    Metric("cell_voltages_mv", "cell_voltage_volts", "Voltage of one cell.", _MILLI, "cell"),
    Metric("balancing", "cell_balancing", "1 while the cell is being discharged by the balancer.", 1.0, "cell"),
    Metric("temperatures_c", "temperature_celsius", "Temperature of one sensor at the cells.", 1.0, "sensor"),
)
"""Of one pack, with the label `pack`: its address."""

ENERGY = (
    ("charged_wh", "energy_charged_joules", "Energy that went into{of} since this program was started."),
    ("discharged_wh", "energy_discharged_joules", "Energy that came out of{of} since this program was started."),
)
"""Counters of the rack and of each pack, from watt-hours; an exposition adds `_total` to their names."""

PACK_LISTS = (
    ("alarms", "pack_alarm_active", "1 while the pack warns of this condition."),
    ("protections", "pack_protection_active", "1 while this condition has opened a switch of the pack."),
    ("faults", "pack_fault_active", "1 while this part of the pack does not work."),
)
"""Lists of codes of a pack, each told as 0 or 1 for every code there is, with the label `code`."""

TOLD = (
    Metric("charge_voltage_limit_v", "gateway_told_charge_voltage_limit_volts", "Charging voltage limit told."),
    Metric("charge_current_limit_a", "gateway_told_charge_current_limit_amperes", "Charging current limit told."),
    Metric(
        "discharge_current_limit_a", "gateway_told_discharge_current_limit_amperes", "Discharging current limit told."
    ),
    Metric("discharge_voltage_limit_v", "gateway_told_discharge_voltage_limit_volts", "Lowest voltage told."),
)
"""What stands in the last frames to the inverter; absent while nothing is told."""

GATEWAY = (
    Metric("age_s", "gateway_data_age_seconds", "Age of the values from which the inverter's limits are made."),
    Metric("inverter_heard_s", "gateway_inverter_silent_seconds", "Time since the inverter was last heard."),
)


def names() -> frozenset[str]:
    """Every metric name there can be."""
    rows = [metric.name for metric in (*RACK, *PACK, *TOLD, *GATEWAY)]
    lists = [name for _, name, _ in PACK_LISTS]
    counters = [f"{of}_{name}_total" for _, name, _ in ENERGY for of in ("rack", "pack")]
    others = ["build_info", "pack_info", "rack_info", "gateway_info", "pack_data_age_seconds", "pack_freshness"]
    gateway = ["gateway_state", "gateway_alarm_active"]
    return frozenset(PREFIX + name for name in (*rows, *lists, *counters, *others, *gateway))
