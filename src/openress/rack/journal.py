"""The journal that changes of packs need: what is about to be done is on the disk before the first order goes out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from openress.model.change import Change, ChangeKind, Outcome
from openress.rack.values import same

__all__ = ["Journal", "Standing", "standing", "undoable", "unfinished"]


class Journal(Protocol):
    """Keeps changes by the serial number of their pack; nothing in it is ever altered."""

    async def begin(self, intent: Change) -> int:
        """Write an intent down; gives its number.

        Raises:
            PortError: it is not on the disk; then nothing may be sent.
        """
        ...

    async def end(self, change: Change, outcome: Outcome, result: str, at_s: float) -> None:
        """Write down how a change ended."""
        ...

    async def changes(self, serial: str) -> Sequence[Change]:
        """All changes of a pack, newest first."""
        ...


def unfinished(changes: Sequence[Change]) -> list[Change]:
    """Those that never ended, oldest first."""
    return [change for change in reversed(changes) if change.outcome is None]


def undoable(changes: Sequence[Change]) -> Change | None:
    """The last change of settings that was carried out and has not been taken back."""
    taken_back = {change.undoes for change in changes if change.outcome is Outcome.DONE}
    kinds = (ChangeKind.WRITE, ChangeKind.RESTORE, ChangeKind.CLONE)
    return next(
        (
            change
            for change in changes
            if change.outcome is Outcome.DONE and change.kind in kinds and change.number not in taken_back
        ),
        None,
    )


class Standing:
    """How a pack stands to a change that never ended.

    Attributes:
        old: keys that have their value from before.
        new: keys that have the value asked for.
        other: keys that have neither, or could not be read.
    """

    def __init__(self, old: Sequence[str], new: Sequence[str], other: Sequence[str]) -> None:
        self.old, self.new, self.other = tuple(old), tuple(new), tuple(other)


def standing(change: Change, now: Mapping[str, float]) -> Standing:
    """Compare what a pack keeps with a change; a key whose two values are the same counts as old."""
    old, new, other = [], [], []
    for key in change.new:
        if same(now.get(key), change.old[key]):
            old.append(key)
        elif same(now.get(key), change.new[key]):
            new.append(key)
        else:
            other.append(key)
    return Standing(old, new, other)
