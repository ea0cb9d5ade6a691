"""Whether the software of a BMS may be changed now: only while everything is disconnected."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from openress.install.judging import InRack

__all__ = ["CURRENT_LIMIT_A", "judge_update"]

CURRENT_LIMIT_A = 0.5
"""A larger current means that something is connected. Our decision."""


def judge_update(packs: Sequence[InRack], heard: Mapping[str, int]) -> list[str]:
    """Tell what stands against an update.

    Args:
        packs: what the packs tell.
        heard: bytes or frames of others that were heard on each line while nobody of ours spoke.
    """
    problems = [
        f"Something still talks on {line} ({count} bytes in a few seconds): an inverter or a monitor is alive; "
        "switch it off and disconnect it."
        for line, count in heard.items()
        if count
    ]
    for pack in packs:
        if pack.current_a is None:
            problems.append(f"Pack {pack.pack} does not tell its current: nobody knows whether something is connected.")
        elif abs(pack.current_a) > CURRENT_LIMIT_A:
            verb = "charged" if pack.current_a > 0 else "discharged"
            problems.append(
                f"Pack {pack.pack} is being {verb} with {abs(pack.current_a):.1f} A: disconnect every inverter, "
                "charger and load first."
            )
    if not packs:
        problems.append("No pack answers: an update cannot be judged.")
    return problems
