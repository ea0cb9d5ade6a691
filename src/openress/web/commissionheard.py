"""What a commissioning takes from the packs that the page is connected to: values that are fresh now, and no others."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from openress.install.judging import Alone, InRack
from openress.model import Freshness

__all__ = ["NOTHING", "Heard", "Source", "heard_in"]


class Source(StrEnum):
    """Where values come from."""

    NONE = "none"
    """Nothing is connected: a person enters what is seen."""
    VIRTUAL = "virtual"
    PACKS = "packs"


@dataclass(frozen=True, slots=True)
class Heard:
    """The packs that are heard now.

    Attributes:
        source: where they are.
        packs: those whose values are fresh, in the order of their numbers.
        soc_pct: state of charge of those that tell it.
    """

    source: Source
    packs: tuple[InRack, ...] = ()
    soc_pct: Mapping[int, float] | None = None

    def alone(self, pack: int) -> Alone | None:
        """What is seen of the only pack that should be connected; `None` where nothing is heard.

        Nobody can unplug the packs of a virtual rack: there each is looked at as if it were alone.
        """
        there = [one for one in self.packs if self.source is not Source.VIRTUAL or one.pack == pack]
        if not there:
            return None
        seen = next((one for one in there if one.pack == pack), there[0])
        numbers = tuple(one.pack for one in there)
        return Alone(pack, numbers, seen.voltage_v, (self.soc_pct or {}).get(seen.pack), seen.serial, seen.troubles)

    def rack(self, packs: int) -> list[InRack]:
        """The packs of a rack of so many."""
        return [one for one in self.packs if 1 <= one.pack <= packs]


NOTHING = Heard(Source.NONE)


def heard_in(snapshot: Mapping[str, Any] | None, age_s: float, *, fresh_for_s: float) -> Heard:
    """Read a snapshot, see `openress.app`.

    Args:
        snapshot: the last one; `None` before the first.
        age_s: since it came.
        fresh_for_s: the age up to which it holds at all.
    """
    if snapshot is None or (snapshot.get("connection") or {}).get("state") == "disconnected":
        return NOTHING
    source = Source.VIRTUAL if snapshot.get("virtual") is True else Source.PACKS
    if age_s > fresh_for_s:
        return Heard(source)
    fresh = {
        int(number): pack
        for number, pack in snapshot["packs"].items()
        if pack.get("freshness") == Freshness.FRESH.value
    }
    told = {number: pack["soc_pct"] for number, pack in fresh.items() if pack.get("soc_pct") is not None}
    return Heard(source, tuple(_in_rack(number, fresh[number]) for number in sorted(fresh)), told)


def _in_rack(number: int, pack: Mapping[str, Any]) -> InRack:
    troubles = {*(pack.get("protections") or ()), *(pack.get("faults") or ())}
    return InRack(
        number,
        pack.get("pack_voltage_v"),
        pack.get("pack_current_a"),
        pack.get("serial"),
        pack.get("part_number"),
        tuple(sorted(troubles)),
    )
