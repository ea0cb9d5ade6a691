"""A pack out of flat JSON: the reverse of `flat`, for state files that people write by hand."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import fields
from enum import StrEnum
from typing import Any, TypeVar

from openress.errors import ParameterError
from openress.model.condition import Condition, Fault, PackState
from openress.model.limits import Limits
from openress.model.pack import Analog, Identity, PackSample, Status, Switches
from openress.names import hint

__all__ = ["PACK_KEYS", "pack_from_json"]

E = TypeVar("E", bound=StrEnum)
G = TypeVar("G", Analog, Status, Limits, Identity)


def _number(value: Any, where: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise ParameterError(f"{where} is {value!r}: a number is needed.")
    return float(value)


def _whole(value: Any, where: str) -> int:
    number = _number(value, where)
    if number != int(number):
        raise ParameterError(f"{where} is {value!r}: a whole number is needed.")
    return int(number)


def _flag(value: Any, where: str) -> bool:
    if not isinstance(value, bool):
        raise ParameterError(f"{where} is {value!r}: true or false is needed.")
    return value


def _text(value: Any, where: str) -> str:
    if not isinstance(value, str):
        raise ParameterError(f"{where} is {value!r}: a text is needed.")
    return value


def _list(one: Callable[[Any, str], Any]) -> Callable[[Any, str], tuple[Any, ...]]:
    def read(value: Any, where: str) -> tuple[Any, ...]:
        if not isinstance(value, list):
            raise ParameterError(f"{where} is {value!r}: a list is needed.")
        return tuple(one(item, f"{where}[{index}]") for index, item in enumerate(value))

    return read


def _member(enum: type[E]) -> Callable[[Any, str], E]:
    def read(value: Any, where: str) -> E:
        names = [member.value for member in enum]
        if value not in names:
            raise ParameterError(f"{where} is {value!r}; {hint(str(value), names)}")
        return enum(value)

    return read


def _members(enum: type[E]) -> Callable[[Any, str], frozenset[E]]:
    read_list = _list(_member(enum))
    return lambda value, where: frozenset(read_list(value, where))


def _switches(value: Any, where: str) -> Switches:
    if not isinstance(value, dict):
        raise ParameterError(f'{where} is {value!r}: an object such as {{"charge": true}} is needed.')
    names = [item.name for item in fields(Switches)]
    for name in value:
        check_key(name, names, where)
    return Switches(**{name: _flag(switch, f"{where}.{name}") for name, switch in value.items()})


_READERS: Mapping[type, Mapping[str, Callable[[Any, str], Any]]] = {
    Identity: {
        "serial": _text,
        "manufacturer": _text,
        "model": _text,
        "software_version": _text,
        "part_number": _text,
    },
    Analog: {
        "pack_voltage_v": _number,
        "pack_current_a": _number,
        "cell_voltages_mv": _list(_whole),
        "temperatures_c": _list(_number),
        "mos_temperature_c": _number,
        "env_temperature_c": _number,
        "soc_pct": _number,
        "soc_low_pct": _number,
        "soc_high_pct": _number,
        "soh_pct": _number,
        "remaining_ah": _number,
        "full_ah": _number,
        "design_ah": _number,
        "cycles": _whole,
    },
    Limits: {
        "charge_voltage_limit_v": _number,
        "charge_current_limit_a": _number,
        "discharge_current_limit_a": _number,
        "discharge_voltage_limit_v": _number,
        "charge_enabled": _flag,
        "discharge_enabled": _flag,
        "charge_immediately": _flag,
        "full_charge_request": _flag,
    },
    Status: {
        "state": _member(PackState),
        "switches": _switches,
        "alarms": _members(Condition),
        "protections": _members(Condition),
        "faults": _members(Fault),
        "balancing": _list(_flag),
    },
}

_TOLD_ELSEWHERE = (
    "pack",
    "address",
    "age_s",
    "freshness",
    "lamps",
    "notices",
    "charge_reason",
    "discharge_reason",
    "modules",
    "temperature_c",
    "cell_voltage_min_mv",
    "cell_voltage_max_mv",
    "temperature_min_c",
    "temperature_max_c",
)
"""Keys that `flat` writes and that follow from others: accepted and not used."""

PACK_KEYS = tuple(name for readers in _READERS.values() for name in readers) + _TOLD_ELSEWHERE


def check_key(name: str, names: list[str] | tuple[str, ...], where: str) -> None:
    """Refuse a key that does not exist, with the nearest that does.

    Raises:
        ParameterError: `name` is not among `names`.
    """
    if name not in names:
        raise ParameterError(f"{where} has an unknown key {name!r}; {hint(name, names)}")


def pack_from_json(values: Mapping[str, Any], number: int, at_s: float, *, where: str) -> PackSample:
    """Read one pack; every value counts as measured at `at_s`.

    Args:
        values: the flat object.
        number: number of the pack in the rack.
        at_s: time of measurement.
        where: how to name the pack in an error.

    Raises:
        ParameterError: an unknown key or a value of the wrong kind; the message says which.
    """
    for name in values:
        check_key(name, PACK_KEYS, where)
    for name in ("charge_current_limit_a", "discharge_current_limit_a"):
        if isinstance(values.get(name), int | float) and values[name] < 0:
            raise ParameterError(f"{where}.{name} is {values[name]}: limits are magnitudes, 0 or more.")
    return PackSample(
        number,
        analog=_read(Analog, values, at_s, where),
        status=_read(Status, values, at_s, where),
        limits=_read(Limits, values, at_s, where),
        identity=_read(Identity, values, at_s, where),
    )


def _read(group: type[G], values: Mapping[str, Any], at_s: float, where: str) -> G | None:
    found = {
        name: reader(values[name], f"{where}.{name}")
        for name, reader in _READERS[group].items()
        if values.get(name) is not None
    }
    return group(at_s, **found) if found else None
