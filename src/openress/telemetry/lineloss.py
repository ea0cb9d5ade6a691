"""Whether packs are silent because their line is dead: one cause, to be told once and not once for each pack."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from openress.model import Freshness
from openress.rack.numberwords import span

__all__ = ["NOT_ASKED", "RETURN_S", "WAIT_S", "DeadLine", "LineLoss", "of_the_line"]

NOT_ASKED = ("parked", "opening")
"""States of the connection in which nobody is asked, or not for long."""
WAIT_S = 3.0
"""A port that is back so soon was away for less than a round of questions or two: nothing has come of it."""
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
        told: it has lasted for long enough to be told.
    """

    packs: tuple[int, ...]
    why: str
    told: bool

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
        self._since_s: float | None = None
        self._back_s: float | None = None

    def see(self, snapshot: Mapping[str, Any]) -> DeadLine | None:
        """The dead line; `None` while packs are silent for reasons of their own, or not at all."""
        if (snapshot.get("connection") or {}).get("state") in NOT_ASKED:
            return self._dead
        now_s, packs = float(snapshot["time_s"]), snapshot["packs"]
        silent = {int(number) for number, pack in packs.items() if _was_heard(pack)}
        fresh = {int(number) for number, pack in packs.items() if pack.get("freshness") == Freshness.FRESH.value}
        why = _cause(snapshot, silent, fresh)
        if why is not None:
            self._back_s = None
            self._since_s = now_s if self._since_s is None else self._since_s
            # Where nobody says that the line is gone it may be this program that was late itself.
            told = (bool(silent) and why != "") or now_s - self._since_s >= WAIT_S
            # The last values of some hold a little longer than those of others: they are silent like them.
            self._dead = DeadLine(tuple(sorted(silent | fresh)), why, told)
        else:
            self._since_s = None
            self._dead = self._coming_back(silent, now_s, heard=bool(fresh))
        return self._dead

    def _coming_back(self, silent: set[int], now_s: float, *, heard: bool) -> DeadLine | None:
        """Nothing speaks against the line now: who of those behind it is not heard yet, as long as that takes."""
        before, missed = self._dead, silent.intersection(self._dead.packs if self._dead else ())
        if heard:
            self._back_s = now_s if self._back_s is None else self._back_s
        waits = self._back_s is None or now_s - self._back_s < RETURN_S
        if before is not None and before.told and missed and waits:
            return DeadLine(tuple(sorted(missed)), before.why, told=True)
        self._back_s = None
        return None


def _was_heard(pack: Mapping[str, Any]) -> bool:
    """Whether a pack is silent that has been heard: of one that never was nobody knows whether it is there."""
    freshness = pack.get("freshness")
    return freshness in _UNHEARD and (pack.get("serial") is not None or freshness == Freshness.STALE.value)


def _cause(snapshot: Mapping[str, Any], silent: set[int], fresh: set[int]) -> str | None:
    """Why nobody is heard; `None` where that is nothing about the line, or nobody ever was."""
    if silent or fresh:
        for finding in snapshot["rack"].get("findings") or ():
            if of_the_line(finding):
                return str(finding["sentence"])
    return "" if len(silent) > 1 and not fresh else None


def of_the_line(finding: Mapping[str, Any]) -> bool:
    """Whether a finding says no more than that the line is dead."""
    return finding["trouble"] == _GONE or (finding["trouble"] == _LOST and len(finding["packs"]) > 1)
