"""Whether the software of a BMS may be changed now: only while everything is disconnected."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from openress.install.judging import InRack

__all__ = ["CURRENT_LIMIT_A", "OnCan", "judge_update", "told_on_can"]

CURRENT_LIMIT_A = 0.5
"""A larger current means that something is connected. Our decision."""


@dataclass(frozen=True, slots=True)
class OnCan:
    """Who was heard on a CAN bus on which nobody of ours spoke; identifiers as people write them, such as 305.

    Attributes:
        inverter: identifiers that only an inverter sends.
        battery: identifiers of batteries. A BMS sends them by itself, whether or not anybody listens.
        others: all that no known dialect has.
        current_a: what the battery told, positive charges.
    """

    inverter: tuple[str, ...] = ()
    battery: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    current_a: float | None = None


def judge_update(
    packs: Sequence[InRack], heard: Mapping[str, int], can: Mapping[str, OnCan] = MappingProxyType({})
) -> list[str]:
    """Tell what stands against an update.

    Args:
        packs: what the packs tell.
        heard: bytes of others that were heard on each serial line while nobody of ours spoke.
        can: who was heard on each CAN bus.
    """
    problems = [
        f"Something still talks on {line} ({count} bytes in a few seconds): an inverter or a monitor is alive; "
        "switch it off and disconnect it."
        for line, count in heard.items()
        if count
    ]
    for line, found in can.items():
        problems += _on_can(line, found)
    for pack in packs:
        if pack.current_a is None:
            problems.append(f"Pack {pack.pack} does not tell its current: nobody knows whether something is connected.")
        elif abs(pack.current_a) > CURRENT_LIMIT_A:
            problems.append(_flows(f"Pack {pack.pack}", pack.current_a))
    if not packs and all(found.current_a is None for found in can.values()):
        problems.append("No pack answers: an update cannot be judged.")
    return problems


def told_on_can(can: Mapping[str, OnCan]) -> list[str]:
    """What is worth a word and stands against nothing."""
    return [
        f"The battery itself talks on {line} ({_listed(found.battery)}), and no inverter answers it."
        for line, found in can.items()
        if found.battery and not found.inverter
    ]


def _on_can(line: str, found: OnCan) -> list[str]:
    problems = []
    if found.inverter:
        problems.append(
            f"An inverter is alive on {line} ({_listed(found.inverter)}): switch it off and unplug its cable."
        )
    if found.others:
        problems.append(f"Somebody unknown talks on {line} ({_listed(found.others)}): find out who, and disconnect it.")
    if found.current_a is not None and abs(found.current_a) > CURRENT_LIMIT_A:
        problems.append(_flows(f"The battery on {line}", found.current_a))
    return problems


def _flows(who: str, current_a: float) -> str:
    verb = "charged" if current_a > 0 else "discharged"
    return f"{who} is being {verb} with {abs(current_a):.1f} A: disconnect every inverter, charger and load first."


def _listed(identifiers: Iterable[str]) -> str:
    names = sorted(set(identifiers))
    more = f" and {len(names) - 4} more" if len(names) > 4 else ""
    return ", ".join(names[:4]) + more
