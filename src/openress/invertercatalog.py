"""The inverters at hand: the data files that come with OpenRESS, found by any name that people use."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files
from types import MappingProxyType

from openress.errors import ParameterError
from openress.inverters import Inverter, inverter_from_mapping
from openress.names import nearest
from openress.protocols.base import Bus

__all__ = ["find_inverter", "inverters", "inverters_of_pace"]

SUFFIX = ".toml"
SHORTEST = 3
"""Fewer letters than this are no beginning of a name."""


@cache
def inverters() -> Mapping[str, Inverter]:
    """All inverters by their keys, in the order of the keys."""
    data = files("openress.inverters") / "data"
    found = [
        inverter_from_mapping(tomllib.loads(file.read_text(encoding="utf-8")), name=file.name)
        for file in data.iterdir()
        if file.name.endswith(SUFFIX)
    ]
    return MappingProxyType({inverter.key: inverter for inverter in sorted(found, key=lambda one: one.key)})


def find_inverter(name: str) -> Inverter:
    """Find an inverter by key, model or maker; capitals, spaces and marks do not count, ends may be missing or added.

    Raises:
        ParameterError: nothing fits, or several do; the sentence gives the nearest, or those.
    """
    names = _names()
    wanted = _folded(name)
    fitting = names.get(wanted) or _fitting(wanted, names)
    if len(fitting) == 1:
        return inverters()[fitting[0]]
    if fitting:
        raise ParameterError(f"{name} may be {_choice(fitting)}: choose one.")
    near = nearest(wanted, names)
    close = names[near] if near is not None else ()
    hint = f"did you mean {_choice(close)}?" if close else f"known: {', '.join(inverters())}."
    raise ParameterError(f"There is no inverter {name!r} here; {hint} For one not listed try `pylontech`.")


def inverters_of_pace(bus: Bus, number: int) -> tuple[Inverter, ...]:
    """The inverters that a pack with a PACE board serves when its protocol on `bus` is set to `number`."""
    return tuple(inverter for inverter in inverters().values() if number in inverter.pace.get(bus, ()))


def _names() -> dict[str, tuple[str, ...]]:
    """Every name, folded, with the keys it may mean; a key means itself alone."""
    names: dict[str, tuple[str, ...]] = {}
    for key, inverter in inverters().items():
        for name in (inverter.title, inverter.maker, *inverter.also):
            if name:
                names[_folded(name)] = (*(k for k in names.get(_folded(name), ()) if k != key), key)
    return names | {_folded(key): (key,) for key in inverters()}


def _fitting(wanted: str, names: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    """Keys of the names that begin with what is wanted, or contain it, or of the longest that it begins with."""
    if len(wanted) < SHORTEST:
        return ()
    for fits in (str.startswith, str.__contains__):
        if found := {key for name, keys in names.items() if fits(name, wanted) for key in keys}:
            return tuple(sorted(found))
    shorter = [name for name in names if len(name) >= SHORTEST and wanted.startswith(name)]
    return names[max(shorter, key=len)] if shorter else ()


def _folded(name: str) -> str:
    return "".join(character for character in name.casefold() if character.isalnum())


def _choice(keys: Iterable[str]) -> str:
    return " or ".join(keys)
