"""The rack as JSON for the Venus OS driver dbus-mqtt-battery, by which a GX device sees it without any wire.

The structure is that of the driver's README (mr-manuel/venus-os_dbus-mqtt-battery, commit 0099114): `Dc`, `Soc`,
`Info`, `System`, `Alarms` with 0 for nothing, 1 for a warning and 2 for an alarm. Limits are never absent: what is not
known is 0, for readers of them fail on null.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from openress.telemetry.mqttstates import fresh

__all__ = ["venus_json"]

_ALARMS = {
    "LowVoltage": ("pack_under_voltage",),
    "HighVoltage": ("pack_over_voltage", "cell_over_voltage"),
    "LowSoc": ("soc_low",),
    "HighChargeCurrent": ("charge_over_current",),
    "HighDischargeCurrent": ("discharge_over_current", "discharge_over_current_2", "short_circuit"),
    "CellImbalance": ("cell_imbalance",),
    "HighChargeTemperature": ("charge_over_temperature",),
    "LowChargeTemperature": ("charge_under_temperature",),
    "LowCellVoltage": ("cell_under_voltage",),
    "LowTemperature": ("discharge_under_temperature", "ambient_under_temperature"),
    "HighTemperature": ("discharge_over_temperature", "ambient_over_temperature", "mos_over_temperature"),
}
_LIMITS = {
    "MaxChargeVoltage": "charge_voltage_limit_v",
    "MaxChargeCurrent": "charge_current_limit_a",
    "MaxDischargeCurrent": "discharge_current_limit_a",
}


def venus_json(snapshot: Mapping[str, Any]) -> dict[str, Any] | None:
    """The rack of a snapshot; `None` without fresh values of voltage, current and charge, for then nothing is said.

    The limits are those that the gateway tells its inverter; without a gateway those of the rack.
    """
    rack = snapshot["rack"]
    voltage, current, soc = (rack.get(key) for key in ("pack_voltage_v", "pack_current_a", "soc_pct"))
    if not fresh(rack) or voltage is None or current is None or soc is None:
        return None
    found = {
        "Dc": _known(
            {
                "Power": round(voltage * current, 1),
                "Voltage": voltage,
                "Current": current,
                "Temperature": rack.get("temperature_max_c"),
            }
        ),
        "InstalledCapacity": rack.get("full_ah"),
        "Capacity": rack.get("remaining_ah"),
        "Soc": soc,
        "Alarms": {name: _level(rack, conditions) for name, conditions in _ALARMS.items()},
        "Info": _limits(snapshot),
        "History": _known({"ChargeCycles": rack.get("cycles")}),
        "System": _system(snapshot),
        "Io": _known({"AllowToCharge": _flag(rack, "charge"), "AllowToDischarge": _flag(rack, "discharge")}),
    }
    return _known(found)


def _limits(snapshot: Mapping[str, Any]) -> dict[str, float]:
    gateway = snapshot.get("gateway")
    source = snapshot["rack"] if gateway is None else gateway.get("told") or {}
    return {name: source.get(key) or 0.0 for name, key in _LIMITS.items()}


def _system(snapshot: Mapping[str, Any]) -> dict[str, Any]:
    rack, packs = snapshot["rack"], snapshot["packs"].values()
    online = [pack for pack in packs if fresh(pack)]
    low, high = rack.get("cell_voltage_min_mv"), rack.get("cell_voltage_max_mv")
    return _known(
        {
            "MinCellVoltage": None if low is None else low / 1000,
            "MaxCellVoltage": None if high is None else high / 1000,
            "MinVoltageCellId": _cell(online, "cell_voltage_min_mv", low),
            "MaxVoltageCellId": _cell(online, "cell_voltage_max_mv", high),
            "MinCellTemperature": rack.get("temperature_min_c"),
            "MaxCellTemperature": rack.get("temperature_max_c"),
            "MOSTemperature": rack.get("mos_temperature_c"),
            "NrOfModulesOnline": len(online),
            "NrOfModulesOffline": len(packs) - len(online),
            "NrOfModulesBlockingCharge": sum(pack.get("charge_enabled") is False for pack in online),
            "NrOfModulesBlockingDischarge": sum(pack.get("discharge_enabled") is False for pack in online),
        }
    )


def _cell(packs: list[Mapping[str, Any]], key: str, wanted: int | None) -> str | None:
    """Which cell it is: `P2C11` is cell 11 of the pack with address 2."""
    for pack in packs:
        if wanted is not None and pack.get(key) == wanted and wanted in pack.get("cell_voltages_mv", ()):
            return f"P{pack['pack']}C{pack['cell_voltages_mv'].index(wanted) + 1}"
    return None


def _level(rack: Mapping[str, Any], conditions: tuple[str, ...]) -> int:
    worst = {*rack.get("protections", ()), *rack.get("faults", ())}
    if worst.intersection(conditions):
        return 2
    return int(bool(set(rack.get("alarms", ())).intersection(conditions)))


def _flag(rack: Mapping[str, Any], way: str) -> int | None:
    value = rack.get(f"{way}_enabled")
    return None if value is None else int(value)


def _known(values: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in values.items() if value is not None}
