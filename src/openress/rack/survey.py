"""What a scan has found: who answered, what was garbled, mixed or upside down, and what was overheard."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from openress.model import PackSample
from openress.rack.overhear import Overheard
from openress.rack.probing import Attempt

__all__ = ["Answerer", "Garbled", "Survey"]


@dataclass(frozen=True, slots=True)
class Answerer:
    """A pack that answered.

    Attributes:
        pack: its number, 1 = master.
        address: on the wire.
        attempt: how it was asked.
        sample: what it told.
        twice: a second answer came to one question.
        asked: how many questions it was asked.
        garbled: how many of its answers could not be read.
    """

    pack: int
    address: int
    attempt: Attempt
    sample: PackSample
    twice: bool = False
    asked: int = 1
    garbled: int = 0

    @property
    def mostly_garbled(self) -> bool:
        """More of its answers were garbled than not."""
        return 2 * self.garbled > self.asked


@dataclass(frozen=True, slots=True)
class Garbled:
    """An address from which only garbled answers came."""

    pack: int
    address: int
    attempt: Attempt


@dataclass(frozen=True, slots=True)
class Survey:
    """Everything that a scan has found.

    Attributes:
        answerers: packs that answered.
        garbled: addresses whose answers were garbled each time.
        mixed: packs of another dialect whose answers ran into those of a pack with the same address on the wire.
        swapped: packs that answered through swapped wires, as (number, how it was asked).
        echo: what was sent came back.
        overheard: what somebody else spoke.
        upside_down: dialect and speed of talk that was heard through swapped wires.
        unread: how many bytes were overheard of which nothing was understood.
        tried: which numbers were asked in which way.
        skipped: ways of asking that were not tried.
    """

    answerers: tuple[Answerer, ...] = ()
    garbled: tuple[Garbled, ...] = ()
    mixed: tuple[Garbled, ...] = ()
    swapped: tuple[tuple[int, Attempt], ...] = ()
    echo: bool = False
    overheard: Overheard | None = None
    upside_down: tuple[str, int] | None = None
    unread: int = 0
    tried: Mapping[Attempt, tuple[int, ...]] = field(default_factory=dict)
    skipped: tuple[Attempt, ...] = ()

    @property
    def usual(self) -> Attempt | None:
        """How most of the packs are asked; of two alike the way in which the master is."""
        if not self.answerers:
            return None
        counts = Counter(answerer.attempt for answerer in self.answerers)
        masters = {answerer.attempt for answerer in self.answerers if answerer.pack == 1}
        return max(counts, key=lambda attempt: (counts[attempt], attempt in masters))
