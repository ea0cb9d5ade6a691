"""Values that the history is fed with: who they are about, what happened, and what is written together."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from openress.store.bucket import Row

__all__ = [
    "RACK",
    "VIRTUAL_RACK",
    "Batch",
    "Ended",
    "Event",
    "HealthNote",
    "Level",
    "Minute",
    "Piece",
    "Source",
    "SourceKind",
]


class SourceKind(StrEnum):
    """What a series is about."""

    RACK = "rack"
    PACK = "pack"


@dataclass(frozen=True, slots=True)
class Source:
    """Who a series is about; a pack is known by its serial number, one that tells none by its place.

    Attributes:
        kind: pack or rack.
        name: the serial number, `pack 3` without one.
    """

    kind: SourceKind
    name: str

    @property
    def virtual(self) -> bool:
        """Whether it is simulated: its alarms are none."""
        return self == VIRTUAL_RACK or (self.kind is SourceKind.PACK and self.name.startswith(_VIRTUAL_SERIAL))

    @property
    def numbered(self) -> bool:
        """Whether it is a pack that is known by its place only: who stands there may be another one tomorrow."""
        return self.kind is SourceKind.PACK and _PLACE.fullmatch(self.name) is not None


_VIRTUAL_SERIAL = "VIRTUAL-"
_PLACE = re.compile(r"pack \d+")
RACK = Source(SourceKind.RACK, "rack")
VIRTUAL_RACK = Source(SourceKind.RACK, "virtual rack")
"""What is simulated is no past of real packs."""


class Level(StrEnum):
    """How grave something is."""

    INFO = "info"
    WARNING = "warning"
    CRITICAL = "critical"


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that happened.

    Attributes:
        source: whom it befell.
        pack: number of the pack then.
        kind: what sort: `alarm`, `protection`, `fault`, `notice`, `gateway`, `link`, `clock`, `state`, `finding`.
        code: which of them.
        level: how grave.
        began_s: unix seconds.
        ended_s: likewise; `None` while it stands, `began_s` for what has no duration.
        text: for a person.
    """

    source: Source
    pack: int | None
    kind: str
    code: str
    level: Level
    began_s: float
    ended_s: float | None = None
    text: str

    @property
    def key(self) -> tuple[Source, str, str]:
        """What may stand only once."""
        return (self.source, self.kind, self.code)


@dataclass(frozen=True, slots=True)
class Ended:
    """The end of what stood."""

    source: Source
    kind: str
    code: str
    at_s: float


@dataclass(frozen=True, slots=True)
class Minute:
    """A minute of a source."""

    at_s: int
    source: Source
    row: Row


@dataclass(frozen=True, slots=True)
class Piece:
    """Samples of a source as bytes, see `openress.store.rawchunk`."""

    at_s: int
    source: Source
    until_s: int
    content: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class HealthNote:
    """How well a pack is; amounts are what came since the note before, see `openress.store.health`."""

    at_s: float
    source: Source
    soh_pct: float | None = None
    full_ah: float | None = None
    design_ah: float | None = None
    cycles: int | None = None
    steps: int = 0
    volt_amperes: float = 0.0
    ampere_squares: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """What is written together.

    Attributes:
        number: one more than that of the batch before.
        at_s: unix seconds when it was closed.
        durable: it is on the disk when it is done, not some seconds later.
        forget: what is too old may be forgotten, see `openress.store.retention`.
        packs: number of every pack seen.
    """

    number: int
    at_s: float
    durable: bool = False
    forget: bool = False
    packs: dict[Source, int] = field(default_factory=dict)
    minutes: Sequence[Minute] = ()
    pieces: Sequence[Piece] = ()
    health: Sequence[HealthNote] = ()
    begun: Sequence[Event] = ()
    ended: Sequence[Ended] = ()
