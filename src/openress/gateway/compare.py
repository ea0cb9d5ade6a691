"""What we would say to an inverter against what another battery says to it, value by value."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from openress.protocols.canbus import InverterView

__all__ = ["Comparison", "Difference", "compare"]

HOLDS_S = 10.0
"""What the other battery said longer ago is not compared: it may be gone."""
_STEPS = {"V": 0.1, "A": 1.0, "%": 1.0}
"""Differences up to here are those of sensors and of counts on the wire."""
_VALUES = (
    ("limits", "charge_voltage_limit_v", "CVL", "V"),
    ("limits", "charge_current_limit_a", "CCL", "A"),
    ("limits", "discharge_current_limit_a", "DCL", "A"),
    ("limits", "discharge_voltage_limit_v", "DVL", "V"),
    ("charge", "soc_pct", "SOC", "%"),
    ("measured", "pack_voltage_v", "voltage", "V"),
    ("measured", "pack_current_a", "current", "A"),
    ("requests", "charge_enabled", "charging permitted", ""),
    ("requests", "discharge_enabled", "discharging permitted", ""),
)
_ALLOW_MORE = ("CVL", "CCL", "DCL", "charging permitted", "discharging permitted")


@dataclass(frozen=True, slots=True)
class Difference:
    """One value; `None` where one of the two does not tell it.

    Attributes:
        key: its public key.
        name: what people call it.
        unit: empty for a flag.
        ours: what we would tell.
        theirs: what the other battery tells.
    """

    key: str
    name: str
    unit: str
    ours: float | None
    theirs: float | None

    @property
    def by(self) -> float | None:
        """Theirs less ours."""
        return None if self.ours is None or self.theirs is None else self.theirs - self.ours

    @property
    def agrees(self) -> bool | None:
        """Whether the two are the same as far as sensors can tell; `None` where they cannot be compared."""
        return None if self.by is None else abs(self.by) <= _STEPS.get(self.unit, 0.0) + 1e-9

    def as_json(self) -> dict[str, Any]:
        """Under public keys."""
        ours, theirs = (
            None if value is None else bool(value) if not self.unit else round(value, 2)
            for value in (self.ours, self.theirs)
        )
        by = None if self.by is None or not self.unit else round(self.by, 2)
        return {
            "key": self.key,
            "name": self.name,
            "unit": self.unit,
            "ours": ours,
            "theirs": theirs,
            "difference": by,
            "agrees": self.agrees,
        }


@dataclass(frozen=True, slots=True)
class Comparison:
    """All values at one moment, and a sentence."""

    sentence: str
    values: tuple[Difference, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Under public keys."""
        return {"sentence": self.sentence, "values": [value.as_json() for value in self.values]}


def compare(ours: InverterView | None, theirs: InverterView | None, now_s: float) -> Comparison:
    """Compare what an inverter would understand of either.

    Args:
        ours: of the frames that we would send; `None` while there are none.
        theirs: of those that were heard; `None` while there are none.
        now_s: the present.
    """
    values = tuple(
        Difference(key, name, unit, _value(ours, group, key, now_s), _value(theirs, group, key, now_s))
        for group, key, name, unit in _VALUES
    )
    return Comparison(" ".join(("Nothing is sent.", _sentence(values))), values)


def _value(view: InverterView | None, group: str, key: str, now_s: float) -> float | None:
    found = None if view is None else getattr(view, group)
    if found is None or not 0.0 <= now_s - found.at_s <= HOLDS_S:
        return None
    value = getattr(found, key)
    return None if value is None else float(value)


def _sentence(values: tuple[Difference, ...]) -> str:
    if all(value.theirs is None for value in values):
        return "No other battery is heard on this line."
    if all(value.ours is None for value in values):
        return "Another battery talks to the inverter; there is nothing that we would say."
    apart = [value for value in values if value.agrees is False]
    if not apart:
        told = [value.name for value in values if value.agrees]
        return f"The other battery says the same as we would: {', '.join(told)}."
    first = _more(apart)
    return first if len(apart) == 1 else " ".join((first, f"{len(apart)} values differ."))


def _more(apart: list[Difference]) -> str:
    """The difference that matters most: where the other allows more than we would."""
    looser = [one for one in apart if one.name in _ALLOW_MORE and (one.by or 0.0) > 0.0]
    one = (looser or apart)[0]
    if not one.unit:
        what = one.name.removesuffix(" permitted")
        return f"The other battery {'permits' if looser else 'forbids'} {what}, which we would not."
    theirs, ours = f"{one.theirs:.1f} {one.unit}", f"{one.ours:.1f} {one.unit}"
    if looser:
        return f"The other battery allows more than we would: {one.name} {theirs}, and we would say {ours}."
    return f"The other battery differs: {one.name} {theirs}, and we would say {ours}."
