"""What is worth an incident: a machine that looks at every step of the gateway and every reading of the packs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from openress.gateway.hold import State
from openress.gateway.supervise import Trouble
from openress.gateway.tape import Began, Decided, Due, Looked, Saw, Step
from openress.model import LimitRule, PackSample, RackSample

__all__ = ["Event", "Kind", "Watcher"]


class Kind(StrEnum):
    """What happened."""

    PROTECTION = "protection"
    FAULT = "fault"
    PACK_LOST = "pack_lost"
    CELL_LIMIT = "cell_limit"
    STALE = "stale"
    STOPPED = "stopped"
    TROUBLE = "trouble"
    RESTARTED = "restarted"
    LINK = "link"
    OVER = "over"
    """Something of these has ended; no incident by itself."""


@dataclass(frozen=True, slots=True)
class Event:
    """One moment worth a mark.

    Attributes:
        at_s: monotonic seconds.
        kind: what it is.
        what: which one, in a word: the condition, the trouble.
        sentence: for a person.
        pack: whom it is about; `None` for the rack.
    """

    at_s: float
    kind: Kind
    what: str
    sentence: str
    pack: int | None = None

    @property
    def opens(self) -> bool:
        """Whether it is worth an incident of its own."""
        return self.kind is not Kind.OVER


_TROUBLES = {
    Trouble.INVERTER_SILENT.value: "The inverter is not heard any more.",
    Trouble.BUS_OFF.value: "The CAN controller has left the bus.",
    Trouble.UNACKNOWLEDGED.value: "Nobody on the CAN bus acknowledges our frames.",
    Trouble.PORT_GONE.value: "The adapter of the inverter's line is gone.",
    Trouble.RIVAL.value: "Somebody else talks to the inverter.",
    Trouble.CHARGE_DISOBEYED.value: "More is charged than is allowed.",
    Trouble.DISCHARGE_DISOBEYED.value: "More is discharged than is allowed.",
}
_FALLEN = {
    State.FADING.value: (Kind.STALE, "The packs' values are old: what is allowed falls to 0."),
    State.STOPPED.value: (Kind.STOPPED, "The packs' values are old: the inverter is told to stop."),
    State.SILENT.value: (Kind.STOPPED, "The packs' values are too old: nothing is told to the inverter."),
}
_WAYS = (
    ("charging", "charge_reason", "charge_current_limit_a"),
    ("discharging", "discharge_reason", "discharge_current_limit_a"),
)


class Watcher:
    """See the module; give it every step in order, what comes out are the events."""

    def __init__(self) -> None:
        self._packs: dict[int, tuple[frozenset[str], frozenset[str]]] = {}
        self._awake: frozenset[int] = frozenset()
        self._held: frozenset[str] = frozenset()
        self._decided: Decided | None = None
        self._began = False
        self._link = ""

    def look(self, step: Step) -> list[Event]:
        """The events of a step."""
        if isinstance(step, Saw) and step.rack is not None:
            return list(self._rack(step.rack, step.at_s))
        if isinstance(step, Due | Looked) and step.decided is not None:
            return list(self._decisions(step.decided, step.at_s))
        if isinstance(step, Began):
            again, self._began, self._decided = self._began, True, None
            if again:
                return [Event(step.at_s, Kind.RESTARTED, "gateway", "The gateway was started again.")]
        return []

    def link(self, state: str, sentence: str, at_s: float) -> list[Event]:
        """The events of how the link to the packs stands."""
        before, self._link = self._link, state
        if state in ("lost", "cannot_open") and before not in ("", "opening", "searching", "parked", state):
            return [Event(at_s, Kind.LINK, state, sentence)]
        return []

    def _rack(self, rack: RackSample, at_s: float) -> Iterator[Event]:
        awake = frozenset(pack.pack for pack in rack.packs if not pack.asleep)
        for pack in rack.packs:
            yield from self._pack(pack, at_s)
        for number in sorted(self._awake - {pack.pack for pack in rack.packs}):
            yield Event(at_s, Kind.PACK_LOST, "pack_lost", f"Pack {number} does not count any more.", number)
        for number in sorted(awake - self._awake if self._packs else ()):
            yield Event(at_s, Kind.OVER, "pack_lost", f"Pack {number} counts.", number)
        self._awake = awake
        held = frozenset(_held(rack))
        for way in sorted(held - self._held):
            yield Event(at_s, Kind.CELL_LIMIT, way, f"The voltage of a cell has ended {way}.")
        for way in sorted(self._held - held):
            yield Event(at_s, Kind.OVER, way, f"The voltages of the cells permit {way} again.")
        self._held = held

    def _pack(self, pack: PackSample, at_s: float) -> Iterator[Event]:
        status = pack.status
        if status is None:
            return
        now = (
            frozenset(one.value for one in status.protections or ()),
            frozenset(one.value for one in status.faults or ()),
        )
        # What stands when it is first looked at has not happened now.
        before = self._packs.get(pack.pack, now)
        self._packs[pack.pack] = now
        for kind, word, old, new in zip(
            (Kind.PROTECTION, Kind.FAULT), ("protection", "fault"), before, now, strict=True
        ):
            for name in sorted(new - old):
                yield Event(at_s, kind, name, f"Pack {pack.pack}: {word} {_words(name)}.", pack.pack)
            for name in sorted(old - new):
                yield Event(at_s, Kind.OVER, name, f"Pack {pack.pack}: {word} {_words(name)} is over.", pack.pack)

    def _decisions(self, now: Decided, at_s: float) -> Iterator[Event]:
        before, self._decided = self._decided, now
        if before is None:
            return
        if now.state != before.state and now.state in _FALLEN and before.state != State.WAITING.value:
            kind, sentence = _FALLEN[now.state]
            yield Event(at_s, kind, now.state, sentence)
        if now.state == State.LIVE.value != before.state:
            yield Event(at_s, Kind.OVER, now.state, "The packs' values are fresh.")
        for name, sentence in _TROUBLES.items():
            if name in now.troubles and name not in before.troubles:
                yield Event(at_s, Kind.TROUBLE, name, sentence)
            if name in before.troubles and name not in now.troubles:
                yield Event(at_s, Kind.OVER, name, f"It is over: {_words(name)}.")


def _held(rack: RackSample) -> Iterator[str]:
    if rack.limits is not None:
        for way, reason_key, limit_key in _WAYS:
            reason = getattr(rack.limits, reason_key)
            if reason is not None and reason.rule is LimitRule.CELL_VOLTAGE and getattr(rack.limits, limit_key) == 0.0:
                yield way


def _words(name: str) -> str:
    return name.replace("_", " ")
