"""Whether a pack may join: what speaks against it, and the current to expect when it is connected.

Packs in parallel make each other's voltage: one that is fuller drives current into the emptier ones, limited by nothing
but the resistance of the packs and their cables.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from openress.model import PackSample
from openress.rack.standing import Objection

__all__ = ["JoinRules", "equalising_current_a", "objections"]


@dataclass(frozen=True, slots=True)
class JoinRules:
    """How far a pack may be from those that count.

    Attributes:
        voltage_v: REQ-288's commissioning limit for paralleling, 0.5 V.
        soc_pct: ours; on the plateau of iron phosphate equal voltages say little about charge.
        temperature_c: ours; a pack that comes from a cold van shares current badly.
        resistance_ohm: of one pack with its cables, low so that the current comes out high (ours; 16 cells of 0.4
            milliohm, busbars, switches and cables).
        settle_s: a pack is watched for so long before it counts; twenty seconds are what Powersync asks for between
            connecting and using (LiFePO4 series manual, start-up).
    """

    voltage_v: float = 0.5
    soc_pct: float = 20.0
    temperature_c: float = 20.0
    resistance_ohm: float = 0.010
    settle_s: float = 20.0


def equalising_current_a(candidate: PackSample, others: Sequence[PackSample], rules: JoinRules) -> float | None:
    """The current that would flow into `candidate` at the moment of connection; negative out of it.

    `None` while a voltage is unknown, or when there is nobody to be connected to.
    """
    own = None if candidate.analog is None else candidate.analog.pack_voltage_v
    voltages = [v for sample in others if sample.analog and (v := sample.analog.pack_voltage_v) is not None]
    if own is None or not voltages:
        return None
    return (median(voltages) - own) / (rules.resistance_ohm * (1.0 + 1.0 / len(voltages)))


def objections(
    candidate: PackSample, others: Sequence[PackSample], rules: JoinRules, *, cells: int, most_a: float | None
) -> tuple[Objection, ...]:
    """What speaks against counting `candidate` beside `others`, which are fresh.

    Args:
        candidate: the pack; it must have been asked for everything.
        others: the packs that count; with none, only what the pack is by itself is judged.
        rules: the distances.
        cells: in series, of the product.
        most_a: the published charge or discharge maximum of one pack, whichever is less.
    """
    analog = candidate.analog
    if analog is None or candidate.limits is None or analog.pack_voltage_v is None:
        return (Objection.INCOMPLETE,)
    found = []
    if analog.cell_voltages_mv is not None and len(analog.cell_voltages_mv) != cells:
        found.append(Objection.CELLS)
    if _differs([_part(sample) for sample in others], _part(candidate)):
        found.append(Objection.PART_NUMBER)
    voltages = [sample.analog.pack_voltage_v for sample in others if sample.analog]
    if _far(voltages, analog.pack_voltage_v, rules.voltage_v):
        found.append(Objection.VOLTAGE)
    if _far([sample.analog.soc_pct for sample in others if sample.analog], analog.soc_pct, rules.soc_pct):
        found.append(Objection.CHARGE)
    warmth = [_warmth(sample) for sample in others]
    if _far(warmth, _warmth(candidate), rules.temperature_c):
        found.append(Objection.TEMPERATURE)
    expected_a = equalising_current_a(candidate, others, rules)
    if expected_a is not None and most_a is not None and abs(expected_a) > most_a:
        found.append(Objection.EQUALISING_CURRENT)
    return tuple(found)


def _part(sample: PackSample) -> str | None:
    """The part number; where a dialect has none, the model tells the same."""
    identity = sample.identity
    return None if identity is None else identity.part_number or identity.model


def _differs(others: Sequence[str | None], own: str | None) -> bool:
    return own is not None and any(other is not None and other != own for other in others)


def _warmth(sample: PackSample) -> float | None:
    warmth = None if sample.analog is None else sample.analog.temperatures_c
    return sum(warmth) / len(warmth) if warmth else None


def _far(others: Sequence[float | None], own: float | None, most: float) -> bool:
    known = [value for value in others if value is not None]
    return own is not None and bool(known) and abs(own - median(known)) > most
