"""The checker beside a running rack: what it finds is said once, and opens nothing."""

from __future__ import annotations

from collections.abc import Callable

from openress.checker import PackChecker
from openress.sim.virtual import VirtualPack, VirtualRack

__all__ = ["watch"]


def watch(rack: VirtualRack, say: Callable[[str], None]) -> None:
    """Let a checker see every step of every pack; each breach is told when it begins."""
    checkers = {pack.number: PackChecker(rack.product, pack.in_force) for pack in rack.packs}
    judged_by = {pack.number: pack.in_force for pack in rack.packs}
    standing: dict[int, set[str]] = {pack.number: set() for pack in rack.packs}

    def look(pack: VirtualPack, now_s: float) -> None:
        if pack.measurement is None or pack.decision is None:
            return
        if judged_by[pack.number] is not pack.in_force:
            judged_by[pack.number] = pack.in_force
            checkers[pack.number].set_values(pack.in_force)
        breaches = checkers[pack.number].check(pack.measurement, pack.decision, now_s)
        found = {breach.invariant: breach for breach in breaches}
        for invariant in found.keys() - standing[pack.number]:
            say(f"The checker of pack {pack.number} found a breach: {found[invariant]}")
        standing[pack.number] = set(found)

    rack.on_step = look
