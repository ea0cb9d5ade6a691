"""SMA Sunny Island with an external BMS: SMA's own technical information is the source of nearly every row.

11-bit identifiers, 500 kbit/s, low byte first, no value more often than every 200 ms. The inverter supervises 0x355
and 0x351 for 60 s. Fields that are not used carry SMA's mark for that; a limit outside SMA's ranges would be rejected
in silence and the last one kept, so none is ever sent. No other identifier may appear on the bus: in particular not
0x35C, by which the inverter can be started and stopped. Any alarm stops the inverter at once, so a protection against
temperature that blocks charging alone goes out as a warning, beside a charge current of 0.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from openress.codec import DOWN, UP, dotted, wire
from openress.model import Condition, Confidence, Source
from openress.protocols.base import Direction
from openress.protocols.canbus import CanOptions, InverterView
from openress.protocols.inverter import core
from openress.protocols.inverter.core import SMA_PAPER, layout
from openress.protocols.inverter.machine import CanProfile, parts
from openress.protocols.inverter.table import CanRow, CanTable
from openress.protocols.inverter.told import LimitRules, Told

__all__ = ["PARTS", "SMA", "WARNED_ONLY"]

SUNNY_ISLAND = Source("Sunny Island, madsci1016/SMAVenusDriver", Confidence.OPEN)

SIZES = Source("as many as the fields that SMA's paper names need", Confidence.INFERENCE)

_NO_S16 = -0x8000
_NO_U16 = 0xFFFF

WARNED_ONLY = frozenset({Condition.CHARGE_UNDER_TEMPERATURE, Condition.CHARGE_OVER_TEMPERATURE})
"""Protections that CCL 0 serves, and that must not stop discharging."""


@dataclass(frozen=True, slots=True)
class SmaLimits:
    """0x351: what the inverter may do now; 41 to 63 V, 0 to 1200 A, cut-off 41 to 48 V."""

    charge_voltage_limit_v: float = wire("H", step=0.1, absent=_NO_U16, saturate=True, rounding=DOWN)
    charge_current_limit_a: float = wire("h", step=0.1, absent=_NO_S16, saturate=True, rounding=DOWN)
    discharge_current_limit_a: float = wire(
        "h", step=0.1, absent=_NO_S16, saturate=True, rounding=DOWN, note="positive; obeyed on the grid only"
    )
    discharge_voltage_limit_v: float | None = wire(
        "H", step=0.1, absent=_NO_U16, saturate=True, rounding=UP, note="without it the inverter takes 42 V"
    )


@dataclass(frozen=True, slots=True)
class SmaCharge:
    """0x355: state of charge and health; the hundredths win where they are valid."""

    soc_pct: float | None = wire("H", absent=_NO_U16, saturate=True)
    soh_pct: float | None = wire("H", absent=_NO_U16, saturate=True)
    soc_fine_pct: float | None = wire(
        "H", step=0.01, absent=_NO_U16, saturate=True, optional=True, key="soc_pct", note="used instead when valid"
    )


@dataclass(frozen=True, slots=True)
class SmaMeasured:
    """0x356: voltage, current, temperature; shown, not used."""

    pack_voltage_v: float | None = wire("h", step=0.01, absent=_NO_S16, saturate=True)
    pack_current_a: float | None = wire(
        "h", step=0.1, absent=_NO_S16, saturate=True, note="+ charges; SMA's paper does not say"
    )
    temperature_c: float | None = wire("h", step=0.1, absent=_NO_S16, saturate=True)


@dataclass(frozen=True, slots=True)
class SmaInformation:
    """0x35F: type, version, capacity, maker."""

    battery_type: int | None = wire("H", absent=_NO_U16, key="")
    software_version: str = dotted(2, note="high byte first")
    full_ah: float | None = wire("H", absent=_NO_U16, saturate=True, rounding=DOWN, note="installed capacity")
    maker: int | None = wire("H", optional=True, key="", note="FFFF, SMA's mark for not said, is sent")


@dataclass(frozen=True, slots=True)
class SmaBattery:
    """0x305: the battery as the inverter measures it."""

    measured_voltage_v: float | None = wire("H", step=0.1, absent=_NO_U16, saturate=True)
    measured_current_a: float | None = wire(
        "h", step=-0.1, absent=_NO_S16, saturate=True, note="negative while charging"
    )
    measured_temperature_c: float | None = wire("h", step=0.1, absent=_NO_S16, saturate=True)
    measured_soc_pct: float | None = wire("h", step=0.1, absent=_NO_S16, saturate=True)


@dataclass(frozen=True, slots=True)
class SmaStatus:
    """0x306: the inverter's own state."""

    inverter_soh_pct: int | None = wire("H", absent=_NO_U16)
    charging_procedure: int = wire("B", note="10 is an external BMS")
    operating_state: int = wire("B", note="1 operates, 3 warning, 4 failure")
    error_number: int = wire("H")
    charge_voltage_setpoint_v: float | None = wire("H", step=0.1, absent=_NO_U16, saturate=True)


@dataclass(frozen=True, slots=True)
class SmaRelays:
    """0x307: relays."""

    relays: int = wire("H")


def _limits(told: Told) -> SmaLimits:
    found = told.limits
    return SmaLimits(found.cvl_v, found.ccl_a, found.dcl_a, found.dvl_v)


def _charge(told: Told) -> SmaCharge | None:
    """0x355; left out while the state of charge is not known: SMA's mark would make it 0 %."""
    return None if told.soc_pct is None else SmaCharge(told.soc_pct, told.soh_pct, told.soc_pct)


def _measured(told: Told) -> SmaMeasured:
    return SmaMeasured(told.voltage_v, told.current_a, told.temperature_c)


def _pairs(told: Told) -> core.Pairs:
    """0x35A, with protections that block charging alone among the warnings."""
    if told.protections is None:
        return core.pairs(told)
    warned = told.protections & WARNED_ONLY
    alarms = warned | told.alarms if told.alarms is not None else warned or None
    return core.pairs(replace(told, protections=told.protections - warned, alarms=alarms))


def _information(told: Told) -> SmaInformation:
    return SmaInformation(None, "1.0", told.installed_ah, _NO_U16)


def _battery(view: InverterView) -> SmaBattery | None:
    """0x305 of an inverter that measures what it is told; silent until it has been told anything."""
    found = view.measured
    if found is None:
        return None
    soc = view.charge.soc_pct if view.charge else None
    return SmaBattery(found.pack_voltage_v, found.pack_current_a, found.temperature_c, soc)


def _status(view: InverterView) -> SmaStatus | None:
    limits, charge = view.limits, view.charge
    if limits is None:
        return None
    soh = None if charge is None or charge.soh_pct is None else round(charge.soh_pct)
    return SmaStatus(soh, 10, 1, 0, limits.charge_voltage_limit_v)


def _table(options: CanOptions) -> CanTable:
    steps = core.measured_steps(options)
    name = core.name_teller(options.name or core.OWN_NAME)
    return CanTable(
        "SMA's",
        (
            CanRow(0x351, "limits", layout(SmaLimits, SMA_PAPER), tell=_limits),
            CanRow(0x35A, "alarm_pairs", layout(core.Pairs, SMA_PAPER), tell=_pairs),
            CanRow(0x355, "charge", layout(SmaCharge, SMA_PAPER), 6, tell=_charge),
            CanRow(0x356, "measured", layout(SmaMeasured, SMA_PAPER, steps), 6, tell=_measured),
            CanRow(0x35E, "name", layout(core.Name, SMA_PAPER), tell=name),
            CanRow(0x35F, "information", layout(SmaInformation, SMA_PAPER), tell=_information),
            CanRow(0x305, "battery", layout(SmaBattery, SMA_PAPER), sender=Direction.TO_BATTERY, say=_battery),
            CanRow(0x306, "status", layout(SmaStatus, SMA_PAPER), sender=Direction.TO_BATTERY, say=_status),
            CanRow(0x307, "relays", layout(SmaRelays, SUNNY_ISLAND), 2, sender=Direction.TO_BATTERY),
        ),
        sizes=SIZES,
    )


SMA = CanProfile("SMA Sunny Island", _table, LimitRules(dvl_v=(41.0, 48.0), current_a=1200.0, dvl_fill_v=None))

PARTS = parts(SMA)
