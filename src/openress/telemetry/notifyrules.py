"""Who is told of what: from the troubles of each moment to a few messages worth reading.

A trouble is told when it begins, and again when it is over for good: one that comes and goes is one trouble until it
has been gone for a while. No more than so many messages leave in an hour; what is held back is told as a number in the
next that leaves.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import IntEnum
from typing import Any

from openress.telemetry.lineloss import DeadLine, of_the_line

__all__ = ["Level", "Message", "Notifications", "Trouble", "troubles_of"]

_HOUR_S = 3600.0


class Level(IntEnum):
    """How bad; the names are those of the configuration."""

    NOTICE = 0
    ALARM = 1
    PROTECTION = 2
    FAULT = 3


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something wrong, as long as it lasts.

    Attributes:
        where: `pack SERIAL`, `rack` or `gateway`.
        name: what it is, the same at each moment.
        level: how bad.
        words: for a person.
        virtual: it befell packs that are simulated.
    """

    where: str
    name: str
    level: Level
    words: str
    virtual: bool = False


@dataclass(frozen=True, slots=True)
class Message:
    """Something to be sent.

    Attributes:
        trouble: of which.
        over: it has gone.
        held_back: messages that were not sent before it.
        at_s: Unix seconds.
    """

    trouble: Trouble
    over: bool
    held_back: int
    at_s: float

    @property
    def sentence(self) -> str:
        """For a person."""
        before = "Over: " if self.over else ""
        more = f" Held back before this: {self.held_back}." if self.held_back else ""
        return f"{before}{self.trouble.words}.{more}"

    def as_json(self, name: str) -> dict[str, Any]:
        """For a program.

        Args:
            name: of the rack.
        """
        return {
            "rack": name,
            "time_s": round(self.at_s, 3),
            "level": self.trouble.level.name.lower(),
            "where": self.trouble.where,
            "name": self.trouble.name,
            "virtual": self.trouble.virtual,
            "over": self.over,
            "held_back": self.held_back,
            "text": self.sentence,
        }


_KINDS = (
    ("faults", Level.FAULT, "fault"),
    ("protections", Level.PROTECTION, "protects itself"),
    ("alarms", Level.ALARM, "alarm"),
    ("notices", Level.NOTICE, "notice"),
)


def troubles_of(snapshot: Mapping[str, Any], dead: DeadLine | None = None) -> list[Trouble]:
    """Everything that is wrong in a snapshot.

    Args:
        snapshot: see `openress.app`.
        dead: the line, while it is; what follows from that is one trouble.
    """
    found = []
    if dead is not None and dead.told:
        found.append(Trouble("rack", "silent", Level.FAULT, dead.sentence.rstrip(".")))
    for number, pack in snapshot["packs"].items():
        serial = pack.get("serial")
        who = f"Pack {number}" + (f" ({serial})" if serial else "")
        where = f"pack {serial or number}"
        for kind, level, words in _KINDS:
            found += [
                Trouble(where, f"{kind}.{name}", level, f"{who}: {words}: {name.replace('_', ' ')}")
                for name in pack.get(kind) or ()
            ]
        if pack.get("freshness") in ("stale", "absent") and (dead is None or int(number) not in dead.packs):
            found.append(Trouble(where, "silent", Level.PROTECTION, f"{who}: does not answer any more"))
    if dead is None and snapshot["packs"] and snapshot["rack"].get("freshness") in ("stale", "absent"):
        found.append(Trouble("rack", "silent", Level.FAULT, "The rack: its values are old"))
    for finding in snapshot["rack"].get("findings") or ():
        if dead is not None and of_the_line(finding):
            continue
        name = ".".join(["finding", finding["trouble"], *map(str, finding["packs"])])
        found.append(Trouble("rack", name, Level.ALARM, f"The rack: {finding['sentence'].rstrip('.')}"))
    for alarm in (snapshot.get("gateway") or {}).get("alarms", []):
        words = f"The gateway: {alarm['sentence'].rstrip('.')}"
        found.append(Trouble("gateway", alarm["trouble"], Level.PROTECTION, words))
    return [_marked(one) for one in found] if snapshot.get("virtual") else found


def _marked(trouble: Trouble) -> Trouble:
    """A trouble of packs that are simulated, which nobody must take for one of a real battery."""
    where = trouble.where if trouble.where.startswith("pack") else f"virtual {trouble.where}"
    return replace(trouble, where=where, words=f"Virtual rack, no real battery: {trouble.words}", virtual=True)


class Notifications:
    """Decides at each moment what leaves.

    Args:
        level: the least that is told.
        over: whether the end is told too.
        settle_s: a trouble that has been gone for so long is over.
        per_hour: messages at most.
    """

    def __init__(self, level: Level, *, over: bool, settle_s: float, per_hour: int) -> None:
        self._level = level
        self._over = over
        self._settle_s = settle_s
        self._per_hour = per_hour
        self._standing: dict[tuple[str, str], tuple[Trouble, float]] = {}
        self._silent: set[tuple[str, str]] = set()
        self._sent: deque[float] = deque()
        self._held_back = 0

    def see(self, troubles: Iterable[Trouble], now_s: float, *, at_s: float) -> list[Message]:
        """Messages that leave now, worst first.

        Args:
            troubles: that last at this moment.
            now_s: monotonic seconds.
            at_s: Unix seconds, for the messages.
        """
        begun = []
        for trouble in troubles:
            key = (trouble.where, trouble.name)
            if trouble.level < self._level:
                continue
            if key not in self._standing:
                begun.append(trouble)
            self._standing[key] = (trouble, now_s)
        over = self._ended(now_s)
        # What had to wait for its hour is told late rather than never.
        waiting = [self._standing[key][0] for key in self._silent]
        found = []
        for trouble in sorted([*begun, *waiting], key=lambda one: -one.level):
            key = (trouble.where, trouble.name)
            if self._may_leave(trouble.level, now_s):
                self._silent.discard(key)
                found.append(self._message(trouble, now_s, at_s, over=False))
            else:
                self._silent.add(key)
        for trouble in over:
            if self._may_leave(trouble.level, now_s):
                found.append(self._message(trouble, now_s, at_s, over=True))
            else:
                self._held_back += 1
        return found

    def _ended(self, now_s: float) -> list[Trouble]:
        """Forget what is over for good; those whose end is told."""
        gone = [key for key, (_, last_s) in self._standing.items() if now_s - last_s > self._settle_s]
        ended = {key: self._standing.pop(key)[0] for key in gone}
        unheard = ended.keys() & self._silent
        # Whose beginning nobody was told of has no end to tell.
        self._silent -= unheard
        self._held_back += len(unheard)
        return [trouble for key, trouble in ended.items() if self._over and key not in unheard]

    def _may_leave(self, level: Level, now_s: float) -> bool:
        """Whether the hour has room; faults have as much again for themselves."""
        while self._sent and now_s - self._sent[0] >= _HOUR_S:
            self._sent.popleft()
        return len(self._sent) < self._per_hour * (2 if level is Level.FAULT else 1)

    def _message(self, trouble: Trouble, now_s: float, at_s: float, *, over: bool) -> Message:
        self._sent.append(now_s)
        held_back, self._held_back = self._held_back, 0
        return Message(trouble, over, held_back, at_s)
