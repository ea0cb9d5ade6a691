"""An incident as a value: what it is, its steps, and what was on the line to the packs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from openress.bms.aggregate import aggregate
from openress.gateway.tape import Saw, Step
from openress.incidents.events import Event
from openress.incidents.ring import Head

__all__ = ["About", "Chunk", "Incident"]


@dataclass(frozen=True, slots=True)
class Chunk:
    """Bytes on the line to the packs: `<` came from them, `>` went to them."""

    at_s: float
    direction: str
    data: bytes


@dataclass(frozen=True, slots=True)
class About:
    """What an incident is.

    Attributes:
        id: its name, without a suffix.
        version: of the program that recorded it.
        event: what it was opened for.
        events: everything that happened in it.
        ahead_s: unix seconds are monotonic seconds and this.
        from_s: monotonic seconds of the first step.
        to_s: and of the last.
        product: of the packs, by its name.
        values: parameters by which the packs decide, as far as they are known.
        links: to the inverter and to the packs.
        battery: dialect of the packs; empty where they are simulated.
        redacted: it has been made to be shown to others.
        missed: a sentence where it cannot be run again as a whole; empty where it can.
    """

    id: str
    version: str
    event: Event
    events: tuple[Event, ...]
    ahead_s: float
    from_s: float
    to_s: float
    product: str
    values: Mapping[str, float]
    links: tuple[str, ...] = ()
    battery: str = ""
    redacted: bool = False
    missed: str = ""

    def as_json(self) -> dict[str, Any]:
        """Under public keys; times are unix seconds."""
        return {
            "id": self.id,
            "version": self.version,
            "time_s": round(self.event.at_s + self.ahead_s, 3),
            "kind": self.event.kind.value,
            "what": self.event.what,
            "pack": self.event.pack,
            "sentence": self.event.sentence,
            "from_s": round(self.from_s + self.ahead_s, 3),
            "to_s": round(self.to_s + self.ahead_s, 3),
            "redacted": self.redacted,
            "missed": self.missed,
        }


@dataclass(frozen=True, slots=True)
class Incident:
    """What it is, from where it runs, its steps, and what was on the line to the packs.

    `summed` are the places of the readings whose sum is that of their packs, by the program that recorded them.
    """

    about: About
    head: Head | None
    steps: tuple[Step, ...]
    line: tuple[Chunk, ...] = ()
    summed: frozenset[int] = frozenset()

    def noted(self) -> Incident:
        """With `summed` found out."""
        places = [place for place, step in enumerate(self.steps) if isinstance(step, Saw) and _is_sum(step)]
        return replace(self, summed=frozenset(places))


def _is_sum(step: Saw) -> bool:
    rack = step.rack
    return rack is not None and aggregate(rack.packs, rack.at_s) == rack
