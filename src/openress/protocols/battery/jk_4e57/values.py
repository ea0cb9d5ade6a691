"""Between the items of a JK board and the project's values: temperatures, current, switches, warnings, names."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from openress.codec.rows import Kind
from openress.errors import ParameterError
from openress.model import Condition, Fault
from openress.protocols.battery.jk_4e57 import frames as f

__all__ = [
    "WARNS",
    "charge_a",
    "current_raw",
    "degrees",
    "degrees_raw",
    "named",
    "names",
    "settings_raw",
    "warned",
    "warning_bits",
]

WARNS = frozenset({Condition.SOC_LOW})
"""The one condition that JK tells before it protects."""

_CHARGES = 0x8000
_NO_CURRENT = 10000
_COLDEST = 40
_FACTORY_NAME = "Input Userda"
"""What stands in BA in front of the board type until somebody gives the pack a name."""


def degrees(raw: int) -> float:
    """Temperature: up to 100 as it is, above it the degrees below zero."""
    return float(raw) if raw <= 100 else float(100 - raw)


def degrees_raw(value_c: float) -> int:
    """The raw count of a temperature; the wire ends at -40 and at 100."""
    whole = max(-_COLDEST, min(100, round(value_c)))
    return whole if whole >= 0 else 100 - whole


def charge_a(raw: int, protocol: int) -> float:
    """Current, + charges. Protocol 1 has the direction in its highest bit, 0 counts down from 10000 while charging."""
    if protocol == 0:
        return (_NO_CURRENT - raw) / 100
    magnitude = (raw & ~_CHARGES) / 100
    return magnitude if raw & _CHARGES or not magnitude else -magnitude


def current_raw(current_a: float) -> int:
    """The raw count of a current in protocol 1."""
    magnitude = min(round(abs(current_a) * 100), _CHARGES - 1)
    return magnitude | (_CHARGES if current_a > 0 else 0)


def warned(bits: int) -> frozenset[Condition | Fault]:
    """What the bits of 8B may mean."""
    return frozenset(member for bit, members in f.WARNINGS.items() if bits >> bit & 1 for member in members)


def warning_bits(wrong: Iterable[Condition | Fault]) -> int:
    """The bits of 8B; a fault without a bit is told as one of the measuring chip."""
    present = set(wrong)
    if any(isinstance(one, Fault) and one is not Fault.CELL_IMBALANCE for one in present):
        present.add(Fault.SAMPLING)
    return sum(1 << bit for bit, members in f.WARNINGS.items() if not present.isdisjoint(members))


def names(text: str | None) -> tuple[str | None, str | None]:
    """Serial number and model from BA: a pack that nobody has named tells its board type only."""
    if text is None or not text.startswith(_FACTORY_NAME):
        return text, None
    return None, text[len(_FACTORY_NAME) :].strip() or None


def named(serial: str | None, model: str | None) -> str | None:
    """BA for a pack: its serial number, or the factory name with its model."""
    return serial or (None if model is None else _FACTORY_NAME + model)


def settings_raw(values: Mapping[str, float], *, exact: bool) -> dict[int, bytes]:
    """The items of settings.

    Args:
        values: settings by key; those that JK does not have are left out.
        exact: refuse a value between two counts instead of taking the nearest.

    Raises:
        ParameterError: a value does not fit.
    """
    items: dict[int, bytes] = {}
    for key, item in f.SETTINGS.items():
        if key not in values:
            continue
        raw = f.raw_of(item, values[key])
        stands = f.value_of(item, raw)
        if exact and item.row.kind is Kind.NUMBER and stands != values[key]:
            raise ParameterError(f"{key} is {values[key]:g}: the nearest this pack can keep is {stands}.")
        items[item.id] = raw
    return items
