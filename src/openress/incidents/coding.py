"""Values of this program as JSON and back: every dataclass and closed set by its name, nothing else by name.

A file from a stranger can make values of the modules named here and nothing more: no code of it runs.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields, is_dataclass
from enum import Enum
from functools import cache
from typing import Any

from openress.errors import OpenRESSError, ParameterError

__all__ = ["decode", "encode"]

_FROM = ("openress.model.", "openress.gateway.", "openress.inverters.", "openress.codec.", "openress.protocols.")
_AS_IT_IS = frozenset({bool, int, float, str})
_KIND = "~"
"""Key of the name; no dataclass has a field of that name."""


def encode(value: Any) -> Any:
    """A value as JSON; fields that have their usual value are left out.

    Raises:
        ParameterError: something in it is no value of this program.
    """
    if value is None or type(value) in _AS_IT_IS:
        return value
    if isinstance(value, Enum):
        return {_KIND: _name(type(value)), "is": value.name}
    if isinstance(value, bytes | bytearray):
        return {_KIND: type(value).__name__, "is": value.hex()}
    if isinstance(value, list):
        return [encode(one) for one in value]
    if is_dataclass(value) and not isinstance(value, type):
        name, plan = _plan(type(value))
        own: dict[str, Any] = {_KIND: name}
        for key, usual in plan:
            one = getattr(value, key)
            if usual is MISSING or not _same(one, usual):
                own[key] = encode(one)
        return own
    if isinstance(value, Mapping):
        return {_KIND: "dict", "is": [[encode(key), encode(one)] for key, one in value.items()]}
    if isinstance(value, frozenset | set):
        # In one order, so that the same values make the same file.
        items = sorted((encode(one) for one in value), key=repr)
        return {_KIND: type(value).__name__, "is": items}
    if isinstance(value, tuple):
        name = "tuple" if type(value) is tuple else _name(type(value))
        return {_KIND: name, "is": [encode(one) for one in value]}
    raise ParameterError(f"A {type(value).__name__} cannot be kept in an incident.")


def decode(found: Any) -> Any:
    """The value again.

    Raises:
        ParameterError: it is none, or of another version of this program.
    """
    if isinstance(found, list):
        return [decode(one) for one in found]
    if not isinstance(found, dict):
        return found
    try:
        name = found[_KIND]
        make = _MADE.get(name)
        if make is not None:
            return make(found["is"])
        kind = _kind(name)
        if issubclass(kind, Enum):
            return kind[found["is"]]
        if issubclass(kind, tuple):
            return kind(decode(one) for one in found["is"])
        known = {item.name for item in fields(kind)}
        # What a newer version no longer has is left out; what it has besides keeps its usual value.
        return kind(**{key: decode(one) for key, one in found.items() if key in known})
    except OpenRESSError:
        raise
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError) as error:
        raise ParameterError("It holds a value that this version of OpenRESS does not have.") from error


_MADE: Mapping[str, Callable[[Any], Any]] = {
    "bytes": bytes.fromhex,
    "bytearray": bytearray.fromhex,
    "dict": lambda items: {decode(key): decode(one) for key, one in items},
    "set": lambda items: {decode(one) for one in items},
    "frozenset": lambda items: frozenset(decode(one) for one in items),
    "tuple": lambda items: tuple(decode(one) for one in items),
}


@cache
def _plan(kind: Any) -> tuple[str, tuple[tuple[str, Any], ...]]:
    """The name of a dataclass, its fields and their usual values."""
    return _name(kind), tuple((item.name, _usual(item)) for item in fields(kind))


def _usual(item: Any) -> Any:
    if item.default is not MISSING:
        return item.default
    return MISSING if item.default_factory is MISSING else item.default_factory()


def _same(one: Any, usual: Any) -> bool:
    return type(one) is type(usual) and bool(one == usual)


@cache
def _name(kind: type) -> str:
    if not kind.__module__.startswith(_FROM):
        raise ParameterError(f"A {kind.__name__} cannot be kept in an incident.")
    return f"{kind.__module__}:{kind.__qualname__}"


@cache
def _kind(name: str) -> Any:
    module, _, inner = name.partition(":")
    if not module.startswith(_FROM) or "." in inner:
        raise ParameterError(f"It holds a {name[:80]!r}, which is no value of OpenRESS.")
    try:
        found = getattr(importlib.import_module(module), inner)
    except (ImportError, AttributeError) as error:
        raise ParameterError(f"It holds a {name[:80]!r}, which this version of OpenRESS does not have.") from error
    value = isinstance(found, type) and (is_dataclass(found) or issubclass(found, Enum | tuple))
    if not value or found.__module__ != module:
        raise ParameterError(f"It holds a {name[:80]!r}, which is no value of OpenRESS.")
    return found
