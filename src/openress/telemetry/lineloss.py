"""Whether packs are silent because their line is dead: one cause, to be told once and not once for each pack."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from openress.model import Freshness
from openress.rack.numberwords import span

__all__ = ["NOT_ASKED", "RETURN_S", "DeadLine", "LineLoss", "of_the_line"]

NOT_ASKED = ("parked", "opening")
"""States of the connection in which nobody is asked, or not for long."""
RETURN_S = 15.0
"""Behind a dead line packs come back one after another; who stays silent for longer than this is silent by himself."""
_UNHEARD = (Freshness.STALE.value, Freshness.ABSENT.value)
_GONE, _LOST = "line_gone", "lost"


@dataclass(frozen=True, slots=True)
class DeadLine:
    """A line on which nobody is heard any more.

    Attributes:
        packs: their numbers, in order: while nobody is heard all that ever were, then those that are missed still.
        why: a sentence; empty where no more is known than that.
    """

    packs: tuple[int, ...]
    why: str

    @property
    def sentence(self) -> str:
        """For a person."""
        one = len(self.packs) == 1
        who = f"pack {self.packs[0]} is" if one else f"packs {span(self.packs)} are"
        return f"The line to the packs is dead: {who} not heard any more{f'. {self.why}' if self.why else '.'}"


class LineLoss:
    """Machine that is shown every snapshot.

    A line is dead when its port is gone, or when several packs were heard and none is any more. It stays so until
    all of them are heard again, or until they have had time to be.
    """

    def __init__(self) -> None:
        self._dead: DeadLine | None = None
        self._back_s: float | None = None

    def see(self, snapshot: Mapping[str, Any]) -> DeadLine | None:
        """The dead line; `None` while packs are silent for reasons of their own, or not at all."""
        if (snapshot.get("connection") or {}).get("state") in NOT_ASKED:
            return self._dead
        packs = snapshot["packs"]
        silent = tuple(sorted(int(number) for number, pack in packs.items() if _was_heard(pack)))
        heard = bool(_fresh(packs))
        found = _cause(snapshot, silent, heard=heard)
        if found is not None:
            self._back_s = None
        elif self._dead is not None and heard:
            now_s = float(snapshot["time_s"])
            self._back_s = now_s if self._back_s is None else self._back_s
            late = now_s - self._back_s >= RETURN_S
            found = None if late else self._dead.why
        elif self._dead is not None:
            found = self._dead.why
        # The last values of some hold a little longer than those of others: they are silent like them.
        known = silent if self._back_s is not None else sorted({*silent, *_fresh(packs)})
        behind = [n for n in known if self._back_s is None or (self._dead is not None and n in self._dead.packs)]
        self._dead = None if found is None or not behind else DeadLine(tuple(behind), found)
        if self._dead is None:
            self._back_s = None
        return self._dead


def _fresh(packs: Mapping[str, Mapping[str, Any]]) -> list[int]:
    return [int(number) for number, pack in packs.items() if pack.get("freshness") == Freshness.FRESH.value]


def _was_heard(pack: Mapping[str, Any]) -> bool:
    """Whether a pack is silent that has been heard: of one that never was nobody knows whether it is there."""
    freshness = pack.get("freshness")
    return freshness in _UNHEARD and (pack.get("serial") is not None or freshness == Freshness.STALE.value)


def _cause(snapshot: Mapping[str, Any], silent: tuple[int, ...], *, heard: bool) -> str | None:
    """Why nobody is heard; `None` where that is nothing about the line."""
    if not silent:
        return None
    for finding in snapshot["rack"].get("findings") or ():
        if of_the_line(finding):
            return str(finding["sentence"])
    return "" if len(silent) > 1 and not heard else None


def of_the_line(finding: Mapping[str, Any]) -> bool:
    """Whether a finding says no more than that the line is dead."""
    return finding["trouble"] == _GONE or (finding["trouble"] == _LOST and len(finding["packs"]) > 1)
