"""One session with an inverter, without I/O: readings and what it says go in, what to send and a report come out."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import inf
from typing import Generic, TypeVar

from openress.gateway.caps import Caps
from openress.gateway.compare import Comparison
from openress.gateway.handover import HandOver
from openress.gateway.hold import Hold, State, Told
from openress.gateway.supervise import LISTEN_S, Alarm, Line, Supervisor
from openress.gateway.voice import Frame, Voice
from openress.model import Limits, RackSample
from openress.protocols.canbus import Heard
from openress.protocols.inverter.recognise import Verdict

__all__ = ["LOOK_EVERY_S", "Report", "Session"]

Message = TypeVar("Message")

LOOK_EVERY_S = 0.25
"""How often it is looked whether there is something to say, while there is nothing."""


@dataclass(frozen=True, slots=True)
class Report:
    """How a session stands.

    Attributes:
        at_s: when.
        told: what the contract lets be told; without a reading it is silence.
        talks: whether it is sent: not while it is only listened, or somebody else talks.
        alarms: what is wrong.
        heard: what the inverter has said.
        said: the limits of the last frames, until the next silence.
        frames: the last frame of every identifier that is still sent, or the last answer to every question that is
            still answered, since the last silence, in order of first sending.
        frame_ages_s: how long ago each of them left.
        dialect: what is spoken; `None` while that has not been recognised.
        verdict: what is made of what was heard, where the dialect is to be recognised.
        trying: whether it is only tried if anybody answers.
        basis: what was to be told when they were made; `None` before the first and in silence.
        hand_over: what a successor must know of the last frames, also in silence after them.
        shadow: what another battery says against what would be sent, where nothing is sent.
    """

    at_s: float
    told: Told
    talks: bool = False
    alarms: tuple[Alarm, ...] = ()
    heard: Heard = Heard()
    said: Limits | None = None
    frames: tuple[Frame, ...] = ()
    dialect: str | None = None
    verdict: Verdict | None = None
    trying: bool = False
    basis: Told | None = None
    hand_over: HandOver | None = None
    shadow: Comparison | None = None
    frame_ages_s: tuple[float, ...] = ()


class Session(Generic[Message]):
    """The machine of a session.

    Args:
        voice: what we are on the line.
        hold: the freshness contract.
        supervisor: who watches.
        start_s: when listening begins.
    """

    def __init__(self, voice: Voice[Message], hold: Hold, supervisor: Supervisor, start_s: float) -> None:
        self._voice = voice
        self._hold = hold
        self._supervisor = supervisor
        self._told = Told(State.WAITING)
        self._talks = False
        self._alarms: tuple[Alarm, ...] = ()
        self._basis: Told | None = None
        self._handed: HandOver | None = None
        self._looked_s = start_s
        self._sent_s = -inf

    def see(self, rack: RackSample, now_s: float, fresh_for_s: float) -> None:
        """Take a reading of the rack; see `Hold.see`."""
        self._hold.see(rack, now_s, fresh_for_s)

    def take_over(self, found: HandOver, now_s: float) -> str | None:
        """Go on where another gateway has ended; gives why not, in a sentence, where that cannot be.

        It listens before its first word all the same when the line was silent for as long as another would listen.
        """
        why_not = self._hold.take_over(found, now_s)
        if why_not is None:
            self._sent_s = found.told_s
            if found.dialect is not None:
                self._voice.resume(found.dialect, now_s)
            if now_s - found.told_s <= LISTEN_S:
                self._supervisor.resume(found.told_s)
        return why_not

    def resume(self, dialect: str, now_s: float) -> None:
        """Go on in a dialect that another session has recognised on this line."""
        self._voice.resume(dialect, now_s)

    def set_remote(self, caps: Caps | None, now_s: float) -> None:
        """Take caps from afar; see `Hold.set_remote`."""
        self._hold.set_remote(caps, now_s)

    def hear(self, message: Message, now_s: float) -> None:
        """Take what came off the line; ask for what is due afterwards."""
        self._voice.feed(message, now_s)

    def end(self, now_s: float) -> None:
        """Begin the orderly end; see `Hold.end`."""
        self._hold.end(now_s)

    @property
    def verdict(self) -> Verdict | None:
        """What is made of what was heard, where the dialect is to be recognised."""
        return self._voice.verdict

    @property
    def next_due_s(self) -> float:
        """When to ask for what is due at the latest."""
        look_s = self._looked_s + LOOK_EVERY_S
        due_s = self._voice.next_due_s
        return look_s if not self._talks or due_s is None else min(look_s, due_s)

    def due(self, line: Line, now_s: float) -> list[Message]:
        """What to send now on an open port; none while there is nothing that may be told."""
        self.look(line, now_s)
        told = self._told.rack
        self._talks = told is not None and self._supervisor.may_talk(self._voice.heard, now_s)
        if told is None or not self._talks:
            self._hush()
            return []
        messages = self._voice.due(told, now_s)
        if messages:
            self._sent_s = now_s
            self._supervisor.spoke(now_s)
            self._basis = self._told
            self._handed = self._to_hand_over()
        return messages

    def _to_hand_over(self) -> HandOver | None:
        found = self._hold.hand_over(self._told)
        recognised = self._voice.verdict is not None and not self._voice.trying
        return found if found is None or not recognised else replace(found, dialect=self._voice.dialect)

    def look(self, line: Line, now_s: float) -> None:
        """Let time pass without a port to send on."""
        self._looked_s = now_s
        if self._voice.trying or now_s - self._sent_s > self._voice.gap_s:
            self._hold.unheard()
        self._told = self._hold.tell(now_s)
        self._alarms = self._supervisor.look(self._voice.heard, line, self._told, now_s, talks=self._talks)

    def line_lost(self) -> None:
        """The line was off or the adapter gone: requests from before count no more."""
        self._hush()

    def _hush(self) -> None:
        """Forget what was asked for: it must not be answered later, when it is no longer wanted."""
        self._talks = False
        self._basis = None
        self._voice.reset()

    def report(self, now_s: float) -> Report:
        """How it stands."""
        basis = None if self._basis is None else self._basis.rack
        recent = self._voice.recent(now_s)
        return Report(
            now_s,
            self._told,
            self._talks,
            self._alarms,
            self._voice.heard,
            None if basis is None else basis.limits,
            tuple(frame for frame, _ in recent),
            self._voice.dialect,
            self._voice.verdict,
            self._voice.trying,
            self._basis,
            self._handed,
            frame_ages_s=tuple(age_s for _, age_s in recent),
        )
