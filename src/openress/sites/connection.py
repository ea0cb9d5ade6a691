"""How a connection to packs stands, in the words of the service tool: "Communication Normal" and its opposites."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from openress.model import Freshness
from openress.rack.numberwords import span
from openress.rack.standing import Member, RackView, Standing, Trouble

__all__ = ["Connection", "ConnectionState", "of_rack"]


POLLS = 3
"""So many may go unanswered before the words change."""


class ConnectionState(StrEnum):
    """What may be said of a connection."""

    NORMAL = "normal"
    """Every pack answers."""
    VIRTUAL = "virtual"
    """The packs are simulated here; nothing can be disturbed."""
    OPENING = "opening"
    """The port is being opened."""
    CANNOT_OPEN = "cannot_open"
    """The port cannot be opened, or is gone; it is tried again."""
    OCCUPIED = "occupied"
    """Somebody else asks on the line, so nothing is sent."""
    SEARCHING = "searching"
    """The port is open and no pack has answered yet."""
    BUSY = "busy"
    """A job has the line, and packs have not been asked for a while."""
    DISTURBED = "disturbed"
    """Some packs answer and some do not."""
    LOST = "lost"
    """Packs have answered, and none does any more."""
    ASLEEP = "asleep"
    """The packs sleep."""
    PARKED = "parked"
    """The line is being scanned."""
    NONE = "disconnected"
    """There is no connection."""


TITLES = {
    ConnectionState.NORMAL: "Communication Normal",
    ConnectionState.VIRTUAL: "Communication Normal",
    ConnectionState.OPENING: "Connecting",
    ConnectionState.CANNOT_OPEN: "Communication Interrupted",
    ConnectionState.OCCUPIED: "Line Occupied",
    ConnectionState.SEARCHING: "Searching Packs",
    ConnectionState.BUSY: "Line in Use",
    ConnectionState.DISTURBED: "Communication Disturbed",
    ConnectionState.LOST: "Communication Lost",
    ConnectionState.ASLEEP: "Packs Asleep",
    ConnectionState.PARKED: "Scanning",
    ConnectionState.NONE: "Not Connected",
}


@dataclass(frozen=True, slots=True)
class Connection:
    """How it stands.

    Attributes:
        state: in one word.
        sentence: what it is and what to do.
        link: where the packs are; empty where there is none.
        dialect: what they speak; empty likewise.
        silent: the packs that are asked and do not answer.
    """

    state: ConnectionState
    sentence: str
    link: str = ""
    dialect: str = ""
    silent: tuple[int, ...] = ()

    @property
    def title(self) -> str:
        """The words of the service tool's footer."""
        return TITLES[self.state]

    def as_json(self) -> dict[str, Any]:
        """For the page."""
        return {
            "state": self.state.value,
            "title": self.title,
            "sentence": self.sentence,
            "link": self.link,
            "dialect": self.dialect,
            "silent": list(self.silent),
        }


def of_rack(
    view: RackView,
    link: str,
    dialect: str,
    *,
    failed: bool,
    opening: str | None,
    cycle_s: float,
    unanswered: Collection[int] | None = None,
) -> Connection:
    """How the connection to polled packs stands.

    Args:
        view: the rack.
        link: where the packs are.
        dialect: what they speak.
        failed: the port could not be opened.
        opening: why the port is not open; `None` while it is.
        cycle_s: how long a round of questions takes in which everybody answers.
        unanswered: while a job has the line, the packs that were asked in vain; `None` without a job.
    """

    def tell(state: ConnectionState, sentence: str, silent: Sequence[Member] = ()) -> Connection:
        return Connection(state, sentence, link, dialect, tuple(member.pack for member in silent))

    if opening is not None:
        return tell(ConnectionState.CANNOT_OPEN if failed else ConnectionState.OPENING, opening)
    for found in view.findings:
        if found.trouble is Trouble.SECOND_MASTER:
            return tell(ConnectionState.OCCUPIED, found.sentence)
        if found.trouble is Trouble.LINE_GONE:
            return tell(ConnectionState.CANNOT_OPEN, found.sentence)
    missed = [member for member in view.members if _missed(member, cycle_s)]
    answering = [m.pack for m in view.members if m.state is Freshness.FRESH and m not in missed]
    asleep = [member.pack for member in view.members if member.state is Freshness.ASLEEP]
    silent = [m for m in view.members if m.state in (Freshness.STALE, Freshness.ABSENT) or m in missed]
    if not silent and answering:
        one = len(answering) == 1
        says = f"Pack {answering[0]} answers on {link}." if one else f"Packs {span(answering)} answer on {link}."
        return tell(ConnectionState.NORMAL, says)
    if not silent and asleep:
        says = (
            f"Pack {asleep[0]} sleeps; a charger or its button wakes it."
            if len(asleep) == 1
            else f"Packs {span(asleep)} sleep; a charger or its button wakes it."
        )
        return tell(ConnectionState.ASLEEP, says)
    ages = [member.age_s for member in silent if member.age_s is not None]
    waiting = unanswered is not None and not any(member.pack in unanswered for member in silent)
    if waiting and silent and len(ages) == len(silent):
        return tell(ConnectionState.BUSY, f"A job has the line {link}; the oldest values are {max(ages):.0f} s old.")
    if answering:
        lost = [member.pack for member in silent]
        says = (
            f"Pack {lost[0]} does not answer on {link}, the others do."
            if len(lost) == 1
            else f"Packs {span(lost)} do not answer on {link}, the others do."
        )
        return tell(ConnectionState.DISTURBED, says, silent)
    if all(member.standing is Standing.AWAITED for member in silent):
        return tell(
            ConnectionState.SEARCHING,
            f"No pack answers on {link} yet: check that they are on, the cable, the dialect and the speed, or scan.",
        )
    return tell(
        ConnectionState.LOST,
        f"No pack has answered on {link}{f' for {min(ages):.0f} s' if ages else ''}; the values shown are old.",
        silent,
    )


def _missed(member: Member, cycle_s: float) -> bool:
    """Whether a pack has let more than three rounds pass, though its values still hold (REQ-201)."""
    return member.state is Freshness.FRESH and member.age_s is not None and member.age_s > (POLLS + 1) * cycle_s
