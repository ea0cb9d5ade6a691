"""What a session knows at a moment, as data: from it another one goes on that does the same with the same input.

It holds only what differs from a session that was just made of the same set-up. So what a set-up decides comes from the
set-up, also a changed one, and a session of a newer program takes what it still has a place for.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from enum import Enum
from typing import Any

from openress.errors import StateError

__all__ = ["Memento", "differences", "overlay"]

_ATOMS = (bool, int, float, str, bytes, bytearray, Enum, type(None))
_CONTAINERS = (tuple, list, set, frozenset, Mapping)
_NOTHING = object()


@dataclass(frozen=True, slots=True)
class Memento:
    """What one machine knows, and the machines in it.

    Attributes:
        values: by the machine's own names.
        parts: likewise.
    """

    values: Mapping[str, Any] = field(default_factory=dict)
    parts: Mapping[str, Memento] = field(default_factory=dict)


def differences(machine: object, new: object) -> Memento:
    """What `machine` knows and `new`, made alike, does not.

    Raises:
        StateError: it holds something that is no data and that `new` has not.
    """
    return _differences(machine, new, set())


def _differences(machine: object, new: object, seen: set[int]) -> Memento:
    seen.add(id(machine))
    values: dict[str, Any] = {}
    parts: dict[str, Memento] = {}
    for name, value in _attributes(machine):
        fresh = getattr(new, name, _NOTHING)
        if value is fresh or callable(value) or id(value) in seen:
            continue
        if _plain(value):
            if type(value) is not type(fresh) or value != fresh:
                values[name] = _copied(value)
        elif type(value) is not type(fresh):
            raise StateError(f"{type(machine).__name__}.{name} cannot be written down.")
        elif isinstance(value, _CONTAINERS):
            if not _alike(value, fresh, seen):
                raise StateError(f"{type(machine).__name__}.{name} cannot be written down.")
        elif not is_dataclass(value):
            # A value that holds functions is a table; it was made by the set-up and does not change.
            inner = _differences(value, fresh, seen)
            if inner != Memento():
                parts[name] = inner
    return Memento(values, parts)


def _alike(value: Any, fresh: Any, seen: set[int]) -> bool:
    """Whether a container that holds more than data is as the set-up has made it."""
    if isinstance(value, Mapping):
        value, fresh = [*value.keys(), *value.values()], [*fresh.keys(), *fresh.values()]
    if len(value) != len(fresh):
        return False
    for one, other in zip(value, fresh, strict=True):
        if type(one) is not type(other) or (_plain(one) and one != other):
            return False
        tabled = _plain(one) or callable(one) or is_dataclass(one)
        if not tabled and _differences(one, other, seen) != Memento():
            return False
    return True


def overlay(machine: object, known: Mapping[str, Any], parts: Mapping[str, Memento]) -> None:
    """Let a machine that was just made know what another one knew; what it has no place for is left out."""
    own = dict(_attributes(machine))
    for name, value in known.items():
        if name in own and (own[name] is None or _plain(own[name])):
            setattr(machine, name, _copied(value))
    for name, inner in parts.items():
        if name in own and not callable(own[name]) and not _plain(own[name]):
            overlay(own[name], inner.values, inner.parts)


def _attributes(machine: object) -> Iterator[tuple[str, Any]]:
    names = dict.fromkeys(name for kind in type(machine).__mro__ for name in _slots(kind))
    names |= dict.fromkeys(getattr(machine, "__dict__", ()))
    for name in names:
        value = getattr(machine, name, _NOTHING)
        if value is not _NOTHING:
            yield name, value


def _slots(kind: type) -> tuple[str, ...]:
    slots = kind.__dict__.get("__slots__", ())
    return (slots,) if isinstance(slots, str) else tuple(slots)


def _plain(value: object) -> bool:
    """Whether a value is data through and through."""
    if isinstance(value, _ATOMS):
        return True
    if isinstance(value, Mapping):
        return all(_plain(key) and _plain(one) for key, one in value.items())
    if isinstance(value, tuple | list | set | frozenset):
        return all(_plain(one) for one in value)
    if is_dataclass(value) and not isinstance(value, type):
        frozen = type(value).__dict__["__dataclass_params__"].frozen
        return bool(frozen) and all(_plain(getattr(value, item.name)) for item in fields(value))
    return False


def _copied(value: Any) -> Any:
    if isinstance(value, bytearray | list | set):
        return type(value)(value)
    return dict(value) if isinstance(value, Mapping) else value
