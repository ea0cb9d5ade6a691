"""What stands against the next step of a commissioning, judged from what was read or entered.

Judgements are pure: they take what was seen and give the sentences that stand against going on.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from openress.products import AddressSwitch, Product, Role

__all__ = [
    "FULL_SOC_PCT",
    "SPREAD_V",
    "WAIT_S",
    "Alone",
    "InRack",
    "address_wait",
    "judge_alone",
    "judge_cycle",
    "judge_gate",
    "judge_part_numbers",
    "judge_rack",
]

FULL_SOC_PCT = 95.0
"""Below it a pack may not join others. Our decision."""
SPREAD_V = 0.5
"""Packs whose voltages differ by more may not be joined: the current between them has no limit. Our decision."""
CYCLE_LEAST_A = 2.0
"""A rack current below it tells nothing of how packs share."""
SHARE_LEAST = 0.1
"""Of the mean current: a pack that takes less has an open breaker or a bad joint. Full packs share unevenly, so that
no more can be asked of them. Our decision."""
WAIT_S = 20.0
"""Breaker off for so long before switches are read again, where the product does not say: our decision, as long as
the Powersync page asks for."""


@dataclass(frozen=True, slots=True)
class Alone:
    """What was seen of one pack while no other was connected.

    Attributes:
        pack: its place in the rack.
        answers_as: numbers under which something answered; empty when it was read by eye.
        voltage_v: of its terminals.
        soc_pct: state of charge.
        serial: serial number.
        troubles: protections and faults that stand, by name.
    """

    pack: int
    answers_as: tuple[int, ...] = ()
    voltage_v: float | None = None
    soc_pct: float | None = None
    serial: str | None = None
    troubles: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class InRack:
    """What one pack told while all were connected."""

    pack: int
    voltage_v: float | None = None
    current_a: float | None = None
    serial: str | None = None
    part_number: str | None = None
    troubles: tuple[str, ...] = ()


def judge_part_numbers(numbers: Mapping[int, str]) -> list[str]:
    """Tell what is wrong with the part numbers of the packs."""
    usual, _ = Counter(numbers.values()).most_common(1)[0]
    return [
        f"Pack {pack} has part number {number}, others have {usual}: batteries of one rack must have the same part "
        "number."
        for pack, number in sorted(numbers.items())
        if number != usual
    ]


def judge_alone(seen: Alone, product: Product, switch: AddressSwitch | None, others: Mapping[int, Alone]) -> list[str]:
    """Tell what stands against a pack that was looked at alone.

    Args:
        seen: what was seen.
        product: what it is.
        switch: its switch table.
        others: what was seen of the packs before it.
    """
    problems = []
    if len(seen.answers_as) > 1:
        numbers = ", ".join(str(number) for number in seen.answers_as)
        problems.append(f"More than one pack answers ({numbers}): connect pack {seen.pack} alone.")
    elif seen.answers_as and seen.answers_as[0] != seen.pack:
        problems.append(_wrong_address(seen, switch, product, others))
    twins = [pack for pack, other in others.items() if other.serial is not None and other.serial == seen.serial]
    if twins:
        problems.append(
            f"This is the pack with serial number {seen.serial}, which was pack {twins[0]} before: connect pack "
            f"{seen.pack}."
        )
    if seen.troubles:
        problems.append(f"Pack {seen.pack} protects itself or has a fault: {', '.join(seen.troubles)}.")
    if seen.soc_pct is None or seen.voltage_v is None:
        problems.append(f"Pack {seen.pack} does not tell its voltage and its state of charge.")
    elif seen.soc_pct < FULL_SOC_PCT:
        volts = product.charge_voltage_v
        problems.append(
            f"Pack {seen.pack} is at {seen.soc_pct:.0f} %: charge it alone{'' if volts is None else f' to {volts:g} V'}"
            f" with a CC/CV charger until it is full; below {FULL_SOC_PCT:g} % it may not join the others."
        )
    return problems


def _wrong_address(seen: Alone, switch: AddressSwitch | None, product: Product, others: Mapping[int, Alone]) -> str:
    number = seen.answers_as[0]
    row = None
    if switch is not None:
        rows = [row for row in switch.rows if row.role is not Role.STAND_ALONE]
        row = rows[seen.pack - 1] if seen.pack <= len(rows) else None
    return (
        f"Pack {seen.pack} answers as pack {number}"
        f"{', and that address is taken: both would answer at once' if number in others else ''}. Breaker off, set "
        f"its switches {'as the plan says' if row is None else f'to {row.picture}'}, wait {address_wait(product)}, "
        "breaker on."
    )


def address_wait(product: Product) -> str:
    """How long breakers stay off for switches to count, and that it is our practice where the product does not say."""
    if product.address_wait_s is None:
        return f"{WAIT_S:g} s (general practice; it is not published for these packs)"
    return f"{product.address_wait_s:g} s"


def judge_gate(seen: Mapping[int, Alone], packs: int) -> list[str]:
    """Tell what stands against joining so many packs."""
    volts = {pack: alone.voltage_v for pack, alone in seen.items() if alone.voltage_v is not None}
    problems = []
    for pack in range(1, packs + 1):
        soc_pct = None if pack not in seen else seen[pack].soc_pct
        if soc_pct is None:
            problems.append(f"Nobody knows how full pack {pack} is: look at it alone first.")
        elif soc_pct < FULL_SOC_PCT:
            problems.append(f"Pack {pack} is at {soc_pct:.0f} %, below {FULL_SOC_PCT:g} %: charge it alone to full.")
    if len(volts) > 1:
        low, high = min(volts, key=lambda pack: volts[pack]), max(volts, key=lambda pack: volts[pack])
        spread = volts[high] - volts[low]
        if spread > SPREAD_V:
            problems.append(
                f"Pack {high} has {volts[high]:.2f} V and pack {low} {volts[low]:.2f} V, {spread:.2f} V apart: joined, "
                f"a current without limit would flow between them. Bring them within {SPREAD_V:g} V."
            )
    return problems


def judge_rack(seen: Sequence[InRack], packs: int, alone: Mapping[int, Alone]) -> list[str]:
    """Tell what is wrong with the packs when all are connected."""
    there = {one.pack: one for one in seen}
    problems = [
        f"Pack {number} does not answer: look at its link cables, its breaker and its switches. If they stand for the "
        "address of another pack, both answer at once."
        for number in range(1, packs + 1)
        if number not in there
    ]
    for number, one in sorted(there.items()):
        before = alone.get(number)
        if before is not None and None not in (before.serial, one.serial) and before.serial != one.serial:
            problems.append(
                f"Under number {number} answers the pack with serial number {one.serial}; alone it was "
                f"{before.serial}: look at the switches of both."
            )
        if one.troubles:
            problems.append(f"Pack {number} protects itself or has a fault: {', '.join(one.troubles)}.")
    volts = [one.voltage_v for one in seen if one.voltage_v is not None]
    if volts and max(volts) - min(volts) > SPREAD_V:
        problems.append(
            f"The packs show {min(volts):.2f} to {max(volts):.2f} V: joined they must agree; look for a breaker that "
            "is off or a loose cable."
        )
    numbers = {one.pack: one.part_number for one in seen if one.part_number}
    return [*problems, *(judge_part_numbers(numbers) if numbers else [])]


def judge_cycle(seen: Sequence[InRack], *, charging: bool) -> list[str]:
    """Tell what is wrong with the way the packs share a current."""
    currents = {one.pack: one.current_a for one in seen if one.current_a is not None}
    if not currents:
        return ["No pack tells its current."]
    sign = 1.0 if charging else -1.0
    mean = sum(currents.values()) * sign / len(currents)
    if mean * len(currents) < CYCLE_LEAST_A:
        total = sum(currents.values())
        return [
            (
                f"The battery carries {total:+.1f} A: let it {'charge' if charging else 'discharge'} with more than "
                f"{CYCLE_LEAST_A:g} A, and look again."
            )
        ]
    return [
        f"Pack {pack} carries {current:+.1f} A of {sum(currents.values()):+.1f} A: look at its breaker, its cables and "
        "their length."
        for pack, current in sorted(currents.items())
        if current * sign < SHARE_LEAST * mean
    ]
