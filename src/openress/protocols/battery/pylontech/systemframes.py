"""Pylontech low-voltage RS485: every INFO field of what newer inverters ask of the group at once (60 to 63)."""

from __future__ import annotations

from dataclasses import dataclass

from openress.codec import DOWN, UP, Layout, blocks, dotted, flag, named_bits, text, wire
from openress.model import Condition, Confidence, Fault, Source

__all__ = [
    "SYSTEM_ALARMS",
    "SYSTEM_ANALOG",
    "SYSTEM_BATTERY",
    "SYSTEM_INFORMATION",
    "SYSTEM_LIMITS",
    "SystemAlarms",
    "SystemAnalog",
    "SystemInformation",
    "SystemLimits",
]

V35 = Source("PYLON low voltage protocol RS485 V3.5, 2019-08-07", Confidence.VENDOR)
SITE = Source("reply of a single pack pasted in a site controller's firmware", Confidence.CAPTURE)
JK = Source("JK-PB pack in its Pylontech V3.5 mode", Confidence.CAPTURE)


@dataclass(frozen=True, slots=True)
class SystemBattery:
    """Bar code of one battery (inside the reply to 60)."""

    serial: str | None = text(16)


SYSTEM_BATTERY = Layout(SystemBattery, source=V35)


@dataclass(frozen=True, slots=True)
class SystemInformation:
    """Who the system is (reply to 60)."""

    model: str | None = text(10)
    manufacturer: str | None = text(20)
    software_version: str = dotted(2)
    batteries: tuple[SystemBattery, ...] = blocks(SYSTEM_BATTERY)


SYSTEM_INFORMATION = Layout(SystemInformation, source=V35)

_KELVIN = 2731
_NONE = 0xFFFF


@dataclass(frozen=True, slots=True)
class SystemAnalog:
    """Analog values of the whole system (reply to 61), 49 bytes; FF where a value is not supported."""

    pack_voltage_v: float | None = wire("H", step=0.001, absent=_NONE, saturate=True, note="average of the packs")
    pack_current_a: float = wire(
        "h", step=0.01, saturate=True, note="sum, + charges; the document's example contradicts its own text"
    )
    soc_pct: float | None = wire("B", absent=0xFF, saturate=True)
    cycles: int | None = wire("H", absent=_NONE, saturate=True, note="average")
    cycles_max: int | None = wire("H", absent=_NONE, saturate=True)
    soh_pct: float | None = wire("B", absent=0xFF, saturate=True, note="average")
    soh_min_pct: float | None = wire("B", absent=0xFF, saturate=True)
    cell_voltage_max_mv: int | None = wire("H", absent=_NONE)
    cell_voltage_max_module: int | None = wire("H", absent=_NONE, source=SITE, note="0x0002 = pack 2")
    cell_voltage_min_mv: int | None = wire("H", absent=_NONE)
    cell_voltage_min_module: int | None = wire("H", absent=_NONE, source=SITE)
    temperature_c: float | None = wire("H", step=0.1, zero=_KELVIN, absent=_NONE, note="cells, average")
    temperature_max_c: float | None = wire("H", step=0.1, zero=_KELVIN, absent=_NONE)
    temperature_max_module: int | None = wire("H", absent=_NONE, source=SITE)
    temperature_min_c: float | None = wire("H", step=0.1, zero=_KELVIN, absent=_NONE)
    temperature_min_module: int | None = wire("H", absent=_NONE, source=SITE)
    mos_temperature_c: float | None = wire("H", step=0.1, zero=_KELVIN, absent=_NONE, note="average")
    mos_temperature_max_c: float | None = wire("H", step=0.1, zero=_KELVIN, absent=_NONE)
    mos_temperature_max_module: int | None = wire("H", absent=_NONE, source=SITE)
    mos_temperature_min_c: float | None = wire("H", step=0.1, zero=_KELVIN, absent=_NONE)
    mos_temperature_min_module: int | None = wire("H", absent=_NONE, source=SITE)
    env_temperature_c: float | None = wire("H", step=0.1, zero=_KELVIN, absent=_NONE, note="BMS board, average")
    env_temperature_max_c: float | None = wire("H", step=0.1, zero=_KELVIN, absent=_NONE)
    env_temperature_max_module: int | None = wire("H", absent=_NONE, source=SITE)
    env_temperature_min_c: float | None = wire("H", step=0.1, zero=_KELVIN, absent=_NONE)
    env_temperature_min_module: int | None = wire("H", absent=_NONE, source=SITE)


SYSTEM_ANALOG = Layout(SystemAnalog, source=V35)


@dataclass(frozen=True, slots=True)
class SystemAlarms:
    """Alarms and protections of the whole system (reply to 62), 4 bytes."""

    alarms: frozenset[Condition | Fault] = named_bits(
        {
            15: Condition.PACK_OVER_VOLTAGE,
            14: Condition.PACK_UNDER_VOLTAGE,
            13: Condition.CELL_OVER_VOLTAGE,
            12: Condition.CELL_UNDER_VOLTAGE,
            11: (Condition.CHARGE_OVER_TEMPERATURE, Condition.DISCHARGE_OVER_TEMPERATURE),
            10: (Condition.CHARGE_UNDER_TEMPERATURE, Condition.DISCHARGE_UNDER_TEMPERATURE),
            9: Condition.MOS_OVER_TEMPERATURE,
            8: Fault.CELL_IMBALANCE,
            7: Fault.TEMPERATURE_IMBALANCE,
            6: Condition.CHARGE_OVER_CURRENT,
            5: (Condition.DISCHARGE_OVER_CURRENT, Condition.DISCHARGE_OVER_CURRENT_2),
            4: Fault.INTERNAL_COMMUNICATION,
        },
        code="H",
        note="alarm 1 is the high byte, alarm 2 the low one",
    )
    protections: frozenset[Condition | Fault] = named_bits(
        {
            15: Condition.PACK_OVER_VOLTAGE,
            14: Condition.PACK_UNDER_VOLTAGE,
            13: Condition.CELL_OVER_VOLTAGE,
            12: Condition.CELL_UNDER_VOLTAGE,
            11: (Condition.CHARGE_OVER_TEMPERATURE, Condition.DISCHARGE_OVER_TEMPERATURE),
            10: (Condition.CHARGE_UNDER_TEMPERATURE, Condition.DISCHARGE_UNDER_TEMPERATURE),
            9: Condition.MOS_OVER_TEMPERATURE,
            6: Condition.CHARGE_OVER_CURRENT,
            5: (Condition.DISCHARGE_OVER_CURRENT, Condition.DISCHARGE_OVER_CURRENT_2, Condition.SHORT_CIRCUIT),
            3: Fault.SYSTEM,
        },
        code="H",
        note="protect 1 is the high byte, protect 2 the low one",
    )


SYSTEM_ALARMS = Layout(SystemAlarms, source=V35)


@dataclass(frozen=True, slots=True)
class SystemLimits:
    """What the whole system allows (reply to 63), 9 bytes."""

    charge_voltage_limit_v: float = wire("H", step=0.001, saturate=True, rounding=DOWN, note="ends at 65.535 V")
    discharge_voltage_limit_v: float = wire("H", step=0.001, saturate=True, rounding=UP)
    charge_current_limit_a: float = wire("h", step=0.1, saturate=True, rounding=DOWN, magnitude=True)
    discharge_current_limit_a: float = wire(
        "h", step=0.1, saturate=True, rounding=DOWN, magnitude=True, source=JK, note="positive, unlike 92"
    )
    charge_enabled: bool = flag(7, "status", note="0 = request to stop charging")
    discharge_enabled: bool = flag(6, "status", note="0 = request to stop discharging")
    charge_immediately: bool = flag(5, "status")
    full_charge_request: bool = flag(4, "status", note="bit 4 here, bit 3 in 92")


SYSTEM_LIMITS = Layout(SystemLimits, source=V35)
