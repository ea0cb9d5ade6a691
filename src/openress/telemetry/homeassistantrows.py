"""One row for each entity that Home Assistant is shown: key, name, unit, device class, state class, category.

Device classes, the units and state classes each allows: Home Assistant, `components/sensor/const.py`; which quantity
takes which: SOC is `battery` because only that is legal with %, SOH is none so that it is not shown as a charge level
(Sleeper85/esphome-yambms issue 160), totals of the energy dashboard are `total_increasing`.
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["CAPS", "CELL", "GATEWAY", "INVERTER", "PACK", "RACK", "TEMPERATURE", "Entity"]


@dataclass(frozen=True, slots=True)
class Entity:
    """One entity.

    Attributes:
        key: of the value in the state, and part of the identifier.
        name: as shown after the device's.
        unit: of measurement.
        device_class: of Home Assistant.
        state_class: likewise; `None` for what is no series of numbers.
        decimals: to show.
        platform: the component.
        diagnostic: whether it stands apart from what a person wants to see every day.
        shown: enabled from the beginning.
    """

    key: str
    name: str
    unit: str | None = None
    device_class: str | None = None
    state_class: str | None = None
    decimals: int | None = None
    platform: str = "sensor"
    diagnostic: bool = False
    shown: bool = True


def _measured(key: str, name: str, unit: str, kind: str | None, decimals: int, *, diagnostic: bool = False) -> Entity:
    return Entity(key, name, unit, kind, "measurement", decimals, diagnostic=diagnostic)


def _yes_no(key: str, name: str, kind: str | None, *, diagnostic: bool = False) -> Entity:
    return Entity(key, name, device_class=kind, platform="binary_sensor", diagnostic=diagnostic)


_BATTERY = (
    _measured("soc_pct", "State of charge", "%", "battery", 1),
    _measured("soh_pct", "State of health", "%", None, 1, diagnostic=True),
    _measured("pack_voltage_v", "Voltage", "V", "voltage", 2),
    _measured("pack_current_a", "Current", "A", "current", 1),
    _measured("power_w", "Power", "W", "power", 0),
    _measured("stored_wh", "Stored energy", "Wh", "energy_storage", 0),
    Entity("charged_kwh", "Energy charged", "kWh", "energy", "total_increasing", 2),
    Entity("discharged_kwh", "Energy discharged", "kWh", "energy", "total_increasing", 2),
    _measured("remaining_ah", "Charge left", "Ah", None, 1),
    _measured("full_ah", "Capacity", "Ah", None, 1, diagnostic=True),
    Entity("cycles", "Cycles", None, None, "total_increasing", 0, diagnostic=True),
    _measured("charge_voltage_limit_v", "Charge voltage limit", "V", "voltage", 1),
    _measured("charge_current_limit_a", "Charge current limit", "A", "current", 1),
    _measured("discharge_current_limit_a", "Discharge current limit", "A", "current", 1),
    _measured("cell_voltage_min_v", "Lowest cell", "V", "voltage", 3),
    _measured("cell_voltage_max_v", "Highest cell", "V", "voltage", 3),
    _measured("cell_voltage_spread_v", "Cell spread", "V", "voltage", 3),
    _measured("temperature_min_c", "Lowest temperature", "°C", "temperature", 1),
    _measured("temperature_max_c", "Highest temperature", "°C", "temperature", 1),
    _measured("mos_temperature_c", "MOSFET temperature", "°C", "temperature", 1, diagnostic=True),
    _measured("env_temperature_c", "Ambient temperature", "°C", "temperature", 1, diagnostic=True),
    Entity("state", "State"),
    _yes_no("charging", "Charging", "battery_charging"),
    _yes_no("problem", "Problem", "problem"),
    Entity("words", "Alarms"),
    _yes_no("charge_enabled", "Charging allowed", None, diagnostic=True),
    _yes_no("discharge_enabled", "Discharging allowed", None, diagnostic=True),
    _measured("age_s", "Age of values", "s", "duration", 1, diagnostic=True),
)

PACK = (*_BATTERY, _yes_no("balancing", "Balancing", None), Entity("address", "Address", diagnostic=True))
RACK = (
    *_BATTERY,
    _measured("time_to_go_s", "Time to go", "s", "duration", 0),
    _measured("time_to_full_s", "Time to full", "s", "duration", 0),
    _measured("modules", "Packs", "packs", None, 0, diagnostic=True),
    _measured("modules_online", "Packs online", "packs", None, 0, diagnostic=True),
    Entity("sentence", "In a sentence"),
)
GATEWAY = (
    Entity("version", "Version", diagnostic=True),
    _yes_no("virtual", "Packs are simulated", None, diagnostic=True),
    _measured("records_waiting", "Records waiting", "records", None, 0, diagnostic=True),
)
INVERTER = (
    Entity("inverter", "Inverter", diagnostic=True),
    Entity("state", "Gateway", diagnostic=True),
    Entity("sentence", "In a sentence"),
    _yes_no("problem", "Problem", "problem"),
    Entity("words", "Alarms"),
    _measured("told_charge_voltage_limit_v", "Told charge voltage", "V", "voltage", 1),
    _measured("told_charge_current_limit_a", "Told charge current", "A", "current", 1),
    _measured("told_discharge_current_limit_a", "Told discharge current", "A", "current", 1),
)
CAPS = (
    Entity("charge_current_limit_a", "Cap on charge current", "A", "current", platform="number"),
    Entity("discharge_current_limit_a", "Cap on discharge current", "A", "current", platform="number"),
    Entity("charge_voltage_limit_v", "Cap on charge voltage", "V", "voltage", platform="number"),
)
CELL = Entity("cell", "Cell", "V", "voltage", "measurement", 3, diagnostic=True, shown=False)
"""One for each cell of a pack; not shown at first, to spare the recorder."""
TEMPERATURE = Entity("temperature", "Temperature", "°C", "temperature", "measurement", 1, diagnostic=True, shown=False)
"""One for each sensor."""
