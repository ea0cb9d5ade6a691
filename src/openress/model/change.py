"""A change of what a pack keeps that somebody asked for over a link, from the intent to how it ended."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

__all__ = ["Change", "ChangeKind", "Outcome"]


class ChangeKind(StrEnum):
    """What was asked for."""

    WRITE = "write"
    RESTORE = "restore"
    CLONE = "clone"
    UNDO = "undo"
    CONTROL = "control"


class Outcome(StrEnum):
    """How a change ended."""

    DONE = "done"
    """Carried out and read back."""
    REFUSED = "refused"
    """Nothing was sent."""
    RESTORED = "restored"
    """It failed, and everything was read back as it was before."""
    FAILED = "failed"
    """It failed, and what the pack keeps now is neither known to be the old nor the new; the result says what is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One change of one pack; `outcome` is `None` from the intent until it has ended.

    Attributes:
        number: of the change in the pack's journal, from 1 on; 0 for one that is not in it yet.
        serial: serial number of the pack; what stands for it where the dialect tells none.
        at_s: unix seconds of the intent.
        who: the user that asked for it.
        link: line on which the pack was reached.
        pack: its number on that line.
        kind: what was asked for.
        old: values before by key; `None` for one that could not be read.
        new: values asked for; `None` for one that is no number.
        undoes: number of the change that this one takes back.
        ended_s: unix seconds of its end.
        outcome: how it ended.
        result: the sentence to it.
    """

    serial: str
    at_s: float
    who: str
    link: str
    pack: int
    kind: ChangeKind
    old: Mapping[str, float | None] = field(default_factory=dict)
    new: Mapping[str, float | None] = field(default_factory=dict)
    number: int = 0
    undoes: int | None = None
    ended_s: float | None = None
    outcome: Outcome | None = None
    result: str = ""
