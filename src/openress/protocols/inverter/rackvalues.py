"""A rack as one battery: the values that a dialect with one voice puts into its registers, and the pack it looks like.

Sums and means are the rack's; cells and sensors are those of the first pack that is awake, as batteries do whose first
pack speaks for all.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from openress.model import Analog, Identity, Limits, PackSample, RackSample, Status, Switches
from openress.protocols.inverter.told import Told

__all__ = ["SOH_FILL_PCT", "as_one", "as_told", "rack_values"]

SOH_FILL_PCT = 100.0
"""Told when the state of health is not known and the dialect has no mark for that, as on CAN."""


_SENSIBLE = 1e6
"""Nothing that a pack measures in our units is larger."""


def _speaker(rack: RackSample) -> PackSample | None:
    """The pack whose cells and sensors are told: the first that is awake and knows its own."""
    awake = (pack for pack in rack.packs if not pack.asleep and pack.analog is not None)
    return min(awake, key=lambda pack: pack.pack, default=None)


def _finite(values: tuple[float, ...] | None) -> tuple[float, ...] | None:
    return None if values is None or None in map(_one, values) else values


def _one(value: float | None) -> float | None:
    return value if value is not None and abs(value) <= _SENSIBLE else None


def rack_values(told: Told, rack: RackSample) -> dict[str, Any]:
    """What is told of a rack under public keys; what is not known is `None`.

    Alarms and faults that nobody knows are told as none where protections are known: dialects have no mark for that,
    and most batteries tell no more than their protections.
    """
    speaker = _speaker(rack)
    analog = speaker.analog if speaker is not None and speaker.analog is not None else Analog(0.0)
    limits, known = told.limits, told.protections is not None
    low, high, cold, hot = told.cell_low_mv, told.cell_high_mv, told.coldest_c, told.hottest_c
    return {
        "pack_voltage_v": told.voltage_v,
        "pack_current_a": told.current_a,
        "soc_pct": told.soc_pct,
        "soh_pct": told.soh_pct,
        "remaining_ah": told.remaining_ah,
        "full_ah": told.full_ah,
        "design_ah": told.installed_ah,
        "cycles": told.cycles,
        "charge_voltage_limit_v": limits.cvl_v,
        "discharge_voltage_limit_v": limits.dvl_v,
        "charge_current_limit_a": limits.ccl_a,
        "discharge_current_limit_a": limits.dcl_a,
        "charge_enabled": limits.charge,
        "discharge_enabled": limits.discharge,
        "force_charge": told.force_charge,
        "full_charge_request": told.full_charge,
        "protections": told.protections,
        "alarms": (told.alarms or frozenset()) if known else None,
        "faults": (told.faults or frozenset()) if known else None,
        "modules": told.modules,
        "cell_voltages_mv": analog.cell_voltages_mv,
        "cells_in_series": told.cells_in_series,
        "temperatures_c": _finite(analog.temperatures_c),
        "mos_temperature_c": _one(analog.mos_temperature_c),
        "env_temperature_c": _one(analog.env_temperature_c),
        "temperature_average_c": told.temperature_c,
        "temperature_min_c": None if cold is None else cold.value,
        "temperature_max_c": None if hot is None else hot.value,
        "cell_voltage_min_mv": None if low is None else round(low.value),
        "cell_voltage_max_mv": None if high is None else round(high.value),
        "cell_voltage_min_cell": None if low is None else low.number,
        "cell_voltage_max_cell": None if high is None else high.number,
        "cell_voltage_difference_mv": None if low is None or high is None else round(high.value - low.value),
        "serial": told.serial,
        "model": told.model,
    }


_MEASURED = (
    "pack_voltage_v", "pack_current_a", "cell_voltages_mv", "temperatures_c", "mos_temperature_c", "env_temperature_c",
    "soc_pct", "soh_pct", "remaining_ah", "full_ah", "design_ah", "cycles",
)  # fmt: skip


def as_told(told: Told, rack: RackSample, now_s: float) -> RackSample:
    """The rack with what is told of it as a whole, and its packs that are awake, all as if measured at `now_s`."""
    packs = tuple(_restamped(pack, now_s) for pack in rack.packs if not pack.asleep)
    whole = as_one(told, rack, now_s)
    return replace(whole, packs=packs)


def _restamped(pack: PackSample, now_s: float) -> PackSample:
    return replace(
        pack,
        analog=None if pack.analog is None else _sound(pack.analog, now_s),
        status=None if pack.status is None else replace(pack.status, at_s=now_s),
        limits=None if pack.limits is None else replace(pack.limits, at_s=now_s),
        identity=_identity(pack.identity),
    )


def _sound(analog: Analog, now_s: float) -> Analog:
    """Measured values without those that are no numbers."""
    temperatures = _finite(analog.temperatures_c)
    plain = (name for name in _MEASURED if name not in ("cell_voltages_mv", "temperatures_c", "cycles"))
    changes: dict[str, Any] = {name: _one(getattr(analog, name)) for name in plain}
    return replace(analog, at_s=now_s, temperatures_c=temperatures, **changes)


def as_one(told: Told, rack: RackSample, now_s: float, *, permission_as_switches: bool = False) -> RackSample:
    """The rack as a rack of one pack, number 1, that has all the current and capacity.

    Args:
        told: what the inverter may know.
        rack: what it was made from.
        now_s: the moment at which the one pack knows all this; the age of values is the caller's business.
        permission_as_switches: a direction that is not allowed shows its switch as open, for dialects that have no
            other way to say so.
    """
    values = rack_values(told, rack)
    speaker = _speaker(rack)
    measured = {key: values[key] for key in _MEASURED}
    pack = PackSample(
        1,
        analog=Analog(now_s, **measured) if rack.analog is not None else None,
        status=_status(told, rack, now_s, permission_as_switches=permission_as_switches),
        limits=_limits(told, now_s),
        identity=None if speaker is None else _identity(speaker.identity),
    )
    return RackSample(now_s, (pack,), pack.analog, pack.status, pack.limits)


def _limits(told: Told, now_s: float) -> Limits:
    limits = told.limits
    return Limits(
        now_s,
        charge_voltage_limit_v=limits.cvl_v,
        charge_current_limit_a=limits.ccl_a,
        discharge_current_limit_a=limits.dcl_a,
        discharge_voltage_limit_v=limits.dvl_v,
        charge_enabled=limits.charge,
        discharge_enabled=limits.discharge,
        charge_immediately=told.force_charge,
        full_charge_request=told.full_charge,
    )


def _status(told: Told, rack: RackSample, now_s: float, *, permission_as_switches: bool) -> Status | None:
    if told.protections is None:
        return None
    charge, discharge = _closed(rack, "charge"), _closed(rack, "discharge")
    if permission_as_switches:
        charge = told.limits.charge if charge is not False else False
        discharge = told.limits.discharge if discharge is not False else False
    return Status(
        now_s,
        switches=Switches(charge=charge, discharge=discharge),
        alarms=told.alarms or frozenset(),
        protections=told.protections,
        faults=told.faults or frozenset(),
    )


def _closed(rack: RackSample, name: str) -> bool | None:
    """Whether any pack's switch is closed; `None` when no pack says so and one does not know."""
    known = [
        getattr(pack.status.switches, name)
        for pack in rack.packs
        if not pack.asleep and pack.status is not None and pack.status.switches is not None
    ]
    if any(known):
        return True
    return None if None in known or not known else False


def _identity(identity: Identity | None) -> Identity | None:
    if identity is None:
        return None
    latin = {
        name: value if value is None or value.isascii() else None
        for name in ("serial", "manufacturer", "model", "software_version", "part_number")
        for value in (getattr(identity, name),)
    }
    return Identity(identity.at_s, **latin)
