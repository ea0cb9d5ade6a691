"""Replies that a Pylontech master forms from packs and rack: 47, 60 to 63, 92."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from statistics import fmean
from typing import TypeVar

from openress.errors import ParameterError
from openress.model import Analog, Identity, Limits, RackSample
from openress.protocols.battery.pylontech import frames as f
from openress.protocols.battery.pylontech import systemframes as sf

__all__ = ["alarms", "analog", "information", "limits", "parameters", "system_limits", "tighter", "version_of"]


def limits(address: int, pack: Limits) -> f.LimitsFrame:
    """Reply to 92 for the pack at `address`."""
    return f.LimitsFrame(
        pack=address,
        charge_voltage_limit_v=pack.charge_voltage_limit_v,  # type: ignore[arg-type]  # absent is refused by the encoder
        discharge_voltage_limit_v=pack.discharge_voltage_limit_v,  # type: ignore[arg-type]
        charge_current_limit_a=pack.charge_current_limit_a,  # type: ignore[arg-type]
        discharge_current_limit_a=pack.discharge_current_limit_a,  # type: ignore[arg-type]
        charge_enabled=bool(pack.charge_enabled),
        discharge_enabled=bool(pack.discharge_enabled),
        charge_immediately_1=bool(pack.charge_immediately),
        charge_immediately_2=bool(pack.charge_immediately),
        full_charge_request=bool(pack.full_charge_request),
    )


def tighter(own: Limits, order: f.SetLimits) -> Limits:
    """`own`, never wider than `order` and never wider than itself."""
    return replace(
        own,
        charge_voltage_limit_v=_least(own.charge_voltage_limit_v, order.charge_voltage_limit_v),
        charge_current_limit_a=_least(own.charge_current_limit_a, order.charge_current_limit_a),
        discharge_current_limit_a=_least(own.discharge_current_limit_a, order.discharge_current_limit_a),
        discharge_voltage_limit_v=_most(own.discharge_voltage_limit_v, order.discharge_voltage_limit_v),
    )


def parameters(values: Mapping[str, float], rated: Limits) -> f.SystemParameters:
    """Reply to 47: thresholds of the parameter table under the names Pylontech gives them.

    Raises:
        ParameterError: a threshold that the reply needs is not known.
    """
    needed = {name: values.get(name) for name in f.SYSTEM_PARAMETERS.rows if name in _THRESHOLDS}
    missing = [name for name, value in needed.items() if value is None]
    if missing:
        raise ParameterError(f"The reply to 47 needs {', '.join(missing)}.")
    return f.SystemParameters(
        unread_switch_change=False,
        unread_alarm_change=False,
        charge_current_limit_a=rated.charge_current_limit_a,  # type: ignore[arg-type]  # refused by the encoder
        discharge_current_limit_a=rated.discharge_current_limit_a,  # type: ignore[arg-type]
        **needed,  # type: ignore[arg-type]  # every name is a field of the frame
    )


_THRESHOLDS = frozenset(f.SYSTEM_PARAMETERS.rows) - {
    "unread_switch_change",
    "unread_alarm_change",
    "charge_current_limit_a",
    "discharge_current_limit_a",
}


def system_limits(rack: RackSample) -> bytes:
    """Reply to 63.

    Raises:
        ParameterError: the rack's limits are not known.
    """
    known = rack.limits
    if known is None:
        raise ParameterError("The rack has no limits.")
    return sf.SYSTEM_LIMITS.encode(
        sf.SystemLimits(
            charge_voltage_limit_v=known.charge_voltage_limit_v,  # type: ignore[arg-type]  # refused by the encoder
            discharge_voltage_limit_v=known.discharge_voltage_limit_v,  # type: ignore[arg-type]
            charge_current_limit_a=known.charge_current_limit_a,  # type: ignore[arg-type]
            discharge_current_limit_a=known.discharge_current_limit_a,  # type: ignore[arg-type]
            charge_enabled=bool(known.charge_enabled),
            discharge_enabled=bool(known.discharge_enabled),
            charge_immediately=bool(known.charge_immediately),
            full_charge_request=bool(known.full_charge_request),
        )
    )


def alarms(rack: RackSample) -> sf.SystemAlarms:
    """Reply to 62: what is wrong with any pack."""
    status = rack.status
    if status is None or status.alarms is None or status.protections is None:
        raise ParameterError("The rack's alarms are not known.")
    faults = status.faults or frozenset()
    return sf.SystemAlarms(alarms=status.alarms | faults, protections=status.protections | faults)


def version_of(version: str | None, parts: int) -> str:
    """The first `parts` numbers of a version, as far as each fits a byte; "0" when it has none."""
    numbers = [part for part in (version or "").split(".") if part.isdecimal() and int(part) <= 0xFF]
    return ".".join(numbers[:parts]) or "0"


def information(rack: RackSample, identities: Sequence[Identity]) -> bytes:
    """Reply to 60: who the master is, and the bar code of every pack."""
    master = identities[0]
    return sf.SYSTEM_INFORMATION.encode(
        sf.SystemInformation(
            model=master.model,
            manufacturer=master.manufacturer,
            software_version=version_of(master.software_version, 2),
            batteries=tuple(sf.SystemBattery(identity.serial) for identity in identities[: len(rack.packs)]),
        )
    )


_Spot = tuple[float, int]
"""A value and the module it was measured in."""


def analog(rack: RackSample, modules: Mapping[int, int]) -> sf.SystemAnalog:
    """Reply to 61; `modules` gives the address of each pack number.

    Raises:
        ParameterError: the rack's current is not known; everything else may be missing.
    """
    total = rack.analog or Analog(0.0)
    packs = [(sample.analog, modules[sample.pack]) for sample in rack.packs if sample.analog is not None]
    cells = [(cell, at) for group, at in packs for cell in group.cell_voltages_mv or ()]
    warmth = [(value, at) for group, at in packs for value in group.temperatures_c or ()]
    mos = [(group.mos_temperature_c, at) for group, at in packs if group.mos_temperature_c is not None]
    board = [(group.env_temperature_c, at) for group, at in packs if group.env_temperature_c is not None]
    cycles = [group.cycles for group, _ in packs if group.cycles is not None]
    health = [group.soh_pct for group, _ in packs if group.soh_pct is not None]
    return sf.SystemAnalog(
        pack_voltage_v=total.pack_voltage_v,
        pack_current_a=total.pack_current_a,  # type: ignore[arg-type]  # absent is refused by the encoder
        soc_pct=total.soc_pct,
        cycles=total.cycles,
        cycles_max=max(cycles, default=None),
        soh_pct=total.soh_pct,
        soh_min_pct=min(health, default=None),
        cell_voltage_max_mv=_value(max, cells, int),
        cell_voltage_max_module=_module(max, cells),
        cell_voltage_min_mv=_value(min, cells, int),
        cell_voltage_min_module=_module(min, cells),
        temperature_c=_average(warmth),
        temperature_max_c=_value(max, warmth, float),
        temperature_max_module=_module(max, warmth),
        temperature_min_c=_value(min, warmth, float),
        temperature_min_module=_module(min, warmth),
        mos_temperature_c=_average(mos),
        mos_temperature_max_c=_value(max, mos, float),
        mos_temperature_max_module=_module(max, mos),
        mos_temperature_min_c=_value(min, mos, float),
        mos_temperature_min_module=_module(min, mos),
        env_temperature_c=_average(board),
        env_temperature_max_c=_value(max, board, float),
        env_temperature_max_module=_module(max, board),
        env_temperature_min_c=_value(min, board, float),
        env_temperature_min_module=_module(min, board),
    )


_Extreme = Callable[[Iterable[_Spot]], _Spot]
N = TypeVar("N", int, float)


def _value(extreme: _Extreme, spots: Sequence[_Spot], kind: Callable[[float], N]) -> N | None:
    return kind(extreme(spots)[0]) if spots else None


def _module(extreme: _Extreme, spots: Sequence[_Spot]) -> int | None:
    return extreme(spots)[1] if spots else None


def _average(spots: Sequence[_Spot]) -> float | None:
    return fmean(value for value, _ in spots) if spots else None


def _least(own: float | None, order: float) -> float | None:
    return None if own is None else min(own, order)


def _most(own: float | None, order: float) -> float | None:
    return None if own is None else max(own, order)
