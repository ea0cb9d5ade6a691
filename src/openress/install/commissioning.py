"""Commissioning a rack: the steps from the crate to the first cycle, in their order."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from openress.install.connectors import Inverter
from openress.install.dip import switch_of
from openress.install.guidance import HEAT, TOPICS
from openress.install.judging import FULL_SOC_PCT, SPREAD_V, address_wait
from openress.products import AddressSwitch, Product, Role
from openress.products.switch import SwitchRow

__all__ = ["Check", "Step", "row_line", "steps", "switch_rows"]


class Check(StrEnum):
    """What ends a step."""

    CONFIRM = "confirm"
    PART_NUMBERS = "part numbers"
    SWITCHES = "switches"
    ALONE = "alone"
    GATE = "gate"
    RACK = "rack"
    CHARGE = "charge"
    DISCHARGE = "discharge"


@dataclass(frozen=True, slots=True)
class Step:
    """One step: its name in the state file, its title, what to do, and what ends it."""

    key: str
    title: str
    lines: tuple[str, ...]
    check: Check
    pack: int | None = None


def steps(product: Product, inverter: Inverter, packs: int, scheme: str | None = None) -> tuple[Step, ...]:
    """List the steps for a rack, in their order.

    Raises:
        ParameterError: a scheme was named that does not fit.
    """
    switch = switch_of(product, packs, scheme) if product.address_switch or scheme else None
    several = packs > 1
    alone = [_alone(product, number) for number in range(1, packs + 1)]
    joined = (_gate(), _wiring(product), _switching_on(product), _rack(packs)) if several else (_switching_on(product),)
    return (
        Step("safety", "Safety", _safety(product), Check.CONFIRM),
        Step(
            "part-numbers",
            "Part numbers",
            ("Read the part number on the label of each pack. All of them must be the same.",),
            Check.PART_NUMBERS,
        ),
        _switches(product, switch, packs),
        *alone,
        *joined,
        Step(
            "settings",
            "Settings of the inverter",
            (f"Set the inverter as `openress sheet {inverter.key} --battery {product.key} --packs {packs}` prints.",),
            Check.CONFIRM,
        ),
        Step(
            "inverter-on",
            "Inverter",
            (
                "Plug the cable to the inverter into the master only, and switch on the inverter last.",
                "With communication the inverter shows the battery's state of charge within a minute.",
            ),
            Check.CONFIRM,
        ),
        Step("first-charge", "First charge", ("Let the inverter charge with a few amperes.",), Check.CHARGE),
        Step("first-discharge", "First discharge", ("Let a load discharge the battery.",), Check.DISCHARGE),
    )


def _safety(product: Product) -> tuple[str, ...]:
    """What holds for any battery, and the heat that this one stands."""
    use, store = product.operating_max_c, product.storage_max_c
    told = (
        "No open flame."
        if use is None or store is None
        else f"Not above {use:g} C in use, not above {store:g} C in storage, and no open flame."
    )
    return tuple(told if line == HEAT else line for line in TOPICS["safety"][1])


def _switches(product: Product, switch: AddressSwitch | None, packs: int) -> Step:
    lines = ["Every breaker is off while the switches are set."]
    if switch is None:
        lines.append(
            "If the packs have address switches, set each as its label says: nothing is published of them."
            if product.switch_positions is None
            else "The table of the switches is not published: set each pack as its label says."
        )
    else:
        lines += [row_line(number, row) for number, row in switch_rows(switch, packs)]
    lines.append(f"Leave the breakers off for {address_wait(product)}.")
    return Step("switches", "Address switches", tuple(lines), Check.SWITCHES)


def switch_rows(switch: AddressSwitch, packs: int) -> list[tuple[int, SwitchRow]]:
    """How the switches of each pack of a rack are set, with its number."""
    return list(enumerate([row for row in switch.rows if row.role is not Role.STAND_ALONE][:packs], start=1))


def row_line(number: int, row: SwitchRow) -> str:
    """How the switches of a pack are set, as the step says it."""
    return f"Pack {number}: {row.picture}  (address {row.address}, {row.role})"


def _alone(product: Product, number: int) -> Step:
    volts = product.charge_voltage_v
    return Step(
        f"alone-{number}",
        f"Pack {number} alone",
        (
            f"Connect nothing but pack {number}: no other pack, no link, no inverter.",
            "Switch it on.",
            "Charge it to full with a CC/CV charger, to the voltage its maker gives."
            if volts is None
            else f"Charge it to full with a CC/CV charger, to {volts:g} V.",
            "Let it rest for some minutes, then take the charger off.",
        ),
        Check.ALONE,
        number,
    )


def _gate() -> Step:
    return Step(
        "gate",
        "May they be joined?",
        (f"All packs are full ({FULL_SOC_PCT:g} % or more), and their voltages differ by at most {SPREAD_V:g} V.",),
        Check.GATE,
    )


def _wiring(product: Product) -> Step:
    torque = product.terminal_torque_max_nm
    return Step(
        "wiring",
        "Links and power cables",
        (
            "Every breaker is off.",
            "Plug the links and screw the power cables as the wiring plan shows: + to +, - to -.",
            "Tighten the terminals with the torque on the label."
            if torque is None
            else f"Tighten the terminals with at most {torque:g} Nm.",
            "Measure the polarity at both ends of each power cable before the last one is screwed.",
        ),
        Check.CONFIRM,
    )


def _switching_on(product: Product) -> Step:
    told = product.switch_on or ("Switch on the packs one after the other, as the maker says.",)
    return Step("switch-on", "Switching on", (*told, "The inverter stays off for now."), Check.CONFIRM)


def _rack(packs: int) -> Step:
    return Step("rack", "All packs together", (f"All {packs} packs answer, each under its own number.",), Check.RACK)
