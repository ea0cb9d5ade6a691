"""The words in which a rack tells of its packs: where each stands, what is wrong, and what has changed."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from openress.model import Freshness, PackSample, RackSample

__all__ = ["Change", "Finding", "Member", "Objection", "RackView", "Standing", "Trouble"]


class Standing(StrEnum):
    """What a pack is to the rack."""

    AWAITED = "awaited"
    """Should be there and has not been heard since the start."""
    JOINING = "joining"
    """Is heard and not counted yet: it can lower the totals and not raise them."""
    COUNTED = "counted"
    """Takes part in the sums."""
    LOST = "lost"
    """Was on the bus and has fallen silent; it may still be there, so its last limits hold."""
    ASLEEP = "asleep"
    """Has said that it sleeps, or was so empty that it must."""
    EXCLUDED = "excluded"
    """Is heard, and it is not certain who answers there."""


class Trouble(StrEnum):
    """What can be wrong with a rack as a whole."""

    NO_MASTER = "no_master"
    GAP = "gap"
    STAND_ALONE = "stand_alone"
    TOO_MANY = "too_many"
    DUPLICATE_ADDRESS = "duplicate_address"
    DUPLICATE_SERIAL = "duplicate_serial"
    MIXED_PARTS = "mixed_parts"
    WRONG_PRODUCT = "wrong_product"
    NOT_SEEN = "not_seen"
    LOST = "lost"
    JOIN_REFUSED = "join_refused"
    GARBLED = "garbled"
    NOISE = "noise"
    SECOND_MASTER = "second_master"
    LINE_GONE = "line_gone"
    LINE_LENT = "line_lent"
    """Somebody else of this OpenRESS has the line for a while, and nobody is asked on it."""


@dataclass(frozen=True, slots=True)
class Finding:
    """Something wrong, as long as it is.

    Attributes:
        trouble: its kind.
        packs: the packs it is about, in order; empty for the line or the whole rack.
        sentence: what it is and what to do, for a person.
    """

    trouble: Trouble
    packs: tuple[int, ...]
    sentence: str


class Objection(StrEnum):
    """Why a pack is not counted although it is heard."""

    INCOMPLETE = "incomplete"
    IDENTITY = "identity"
    CELLS = "cells"
    PART_NUMBER = "part_number"
    VOLTAGE = "voltage"
    CHARGE = "charge"
    TEMPERATURE = "temperature"
    EQUALISING_CURRENT = "equalising_current"
    SETTLING = "settling"
    """Nothing speaks against it; it is watched for some seconds before it counts."""

    @property
    def waivable(self) -> bool:
        """Whether an operator may accept the pack in spite of it."""
        return self in _WAIVABLE


_WAIVABLE = frozenset({Objection.PART_NUMBER, Objection.CHARGE, Objection.TEMPERATURE, Objection.SETTLING})


@dataclass(frozen=True, slots=True)
class Member:
    """One pack of the rack at one moment.

    Attributes:
        pack: its number, 1 = master.
        state: what may be done with its values.
        standing: what it is to the rack.
        sample: what was heard last, old or new; its limits are what the pack told, tightened by what is seen of it.
        age_s: age of the oldest value that control relies on; `None` when nothing has been heard.
        serial: who it is; `None` when it does not say.
        objections: why it is not counted, while it joins.
        equalising_a: current to expect when it joins, + into the pack; `None` when it cannot be told.
    """

    pack: int
    state: Freshness
    standing: Standing
    sample: PackSample
    age_s: float | None = None
    serial: str | None = None
    objections: tuple[Objection, ...] = ()
    equalising_a: float | None = None


@dataclass(frozen=True, slots=True)
class RackView:
    """The rack at `at_s`.

    Attributes:
        at_s: when this was formed.
        sample: what is told of the rack: the packs that count or sleep, and their totals.
        members: every pack that is known or awaited, in order.
        findings: what is wrong now.
        ready: every awaited pack has been heard since the start or the last return of the line; until then the
            totals are 0.
        fresh_for_s: age up to which values hold on this line.
    """

    at_s: float
    sample: RackSample
    members: tuple[Member, ...] = ()
    findings: tuple[Finding, ...] = ()
    ready: bool = False
    fresh_for_s: float = 10.0


@dataclass(frozen=True, slots=True)
class Change:
    """Something that happened, once.

    Attributes:
        at_s: when.
        pack: to which pack; `None` for the rack.
        sentence: what, for a person.
    """

    at_s: float
    pack: int | None
    sentence: str
