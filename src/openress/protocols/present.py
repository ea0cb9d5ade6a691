"""A frame under the project's public keys, as JSON can say it."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import Any, TypeVar

from openress.codec import Layout, Row
from openress.model import Fault
from openress.protocols.base import Value

__all__ = ["in_order", "public"]

T = TypeVar("T")
E = TypeVar("E", bound=StrEnum)


def public(layout: Layout[T], frame: T) -> dict[str, Value]:
    """Name the values of `frame`; what the frame does not say is left out.

    Sets of names become lists in table order; faults that share a byte with alarms or protections are told under
    `faults`.
    """
    values: dict[str, Value] = {}
    faults: set[Fault] | None = None
    for name, row in layout.rows.items():
        value = getattr(frame, name)
        key = name if row.key is None else row.key
        if value is not None and _names_faults(row):
            faults = (faults or set()) | {member for member in value if isinstance(member, Fault)}
            value = frozenset(member for member in value if not isinstance(member, Fault))
        if key and value is not None:
            values[key] = _plain(value, row.block)
    if faults is not None:
        values["faults"] = in_order(faults)
    return values


def _names_faults(row: Row) -> bool:
    if row.bits is None:
        return False
    return any(isinstance(member, Fault) for members in row.bits.values() for member in members)


def _plain(value: Any, block: Layout[Any] | None) -> Value:
    if block is not None:
        return [public(block, item) for item in value]
    if isinstance(value, frozenset):
        return in_order(value)
    if isinstance(value, tuple):
        return list(value)
    return value.value if isinstance(value, StrEnum) else value


def in_order(names: Iterable[E]) -> list[Value]:
    """Names of enum members in the order in which their enum lists them."""
    members = list(names)
    order = {member: index for index, member in enumerate(type(members[0]))} if members else {}
    return [member.value for member in sorted(members, key=lambda member: order.get(member, len(order)))]
