"""One session with an inverter, without I/O: readings and frames go in, frames to send and a report come out."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf

from openress.codec.canframe import CanFrame
from openress.gateway.caps import Caps
from openress.gateway.hold import GAP_S, Hold, State, Told
from openress.gateway.supervise import Alarm, Line, Supervisor
from openress.model import Limits, RackSample
from openress.protocols.canbus import CanBattery, Heard

__all__ = ["LOOK_EVERY_S", "Report", "Session"]

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
        frames: the last frame of every identifier that was sent since the last silence, in order of first sending.
    """

    at_s: float
    told: Told
    talks: bool = False
    alarms: tuple[Alarm, ...] = ()
    heard: Heard = Heard()
    said: Limits | None = None
    frames: tuple[CanFrame, ...] = ()


class Session:
    """The machine of a session.

    Args:
        battery: what we are on the bus.
        hold: the freshness contract.
        supervisor: who watches.
        start_s: when listening begins.
    """

    def __init__(self, battery: CanBattery, hold: Hold, supervisor: Supervisor, start_s: float) -> None:
        self._battery = battery
        self._hold = hold
        self._supervisor = supervisor
        self._told = Told(State.WAITING)
        self._talks = False
        self._alarms: tuple[Alarm, ...] = ()
        self._said: Limits | None = None
        self._frames: dict[int, CanFrame] = {}
        self._looked_s = start_s
        self._sent_s = -inf

    def see(self, rack: RackSample, now_s: float, fresh_for_s: float) -> None:
        """Take a reading of the rack; see `Hold.see`."""
        self._hold.see(rack, now_s, fresh_for_s)

    def set_remote(self, caps: Caps | None, now_s: float) -> None:
        """Take caps from afar; see `Hold.set_remote`."""
        self._hold.set_remote(caps, now_s)

    def hear(self, frame: CanFrame, now_s: float) -> None:
        """Take a frame off the bus; ask for what is due afterwards."""
        self._battery.feed(frame, now_s)

    def end(self, now_s: float) -> None:
        """Begin the orderly end; see `Hold.end`."""
        self._hold.end(now_s)

    @property
    def next_due_s(self) -> float:
        """When to ask for what is due at the latest."""
        look_s = self._looked_s + LOOK_EVERY_S
        due_s = self._battery.next_due_s
        return look_s if not self._talks or due_s is None else min(look_s, due_s)

    def due(self, line: Line, now_s: float) -> list[CanFrame]:
        """The frames to send now on an open port; none while there is nothing that may be told."""
        self.look(line, now_s)
        told = self._told.rack
        self._talks = told is not None and self._supervisor.may_talk(self._battery.heard, now_s)
        if told is None or not self._talks:
            self._hush()
            return []
        frames = self._battery.due(told, now_s)
        if frames:
            self._sent_s = now_s
            self._supervisor.spoke(now_s)
            self._said = told.limits
            self._frames |= {frame.id: frame for frame in frames}
        return frames

    def look(self, line: Line, now_s: float) -> None:
        """Let time pass without a port to send on."""
        self._looked_s = now_s
        if now_s - self._sent_s > GAP_S:
            self._hold.unheard()
        self._told = self._hold.tell(now_s)
        self._alarms = self._supervisor.look(self._battery.heard, line, self._told, now_s, talks=self._talks)

    def line_lost(self) -> None:
        """The bus was off or the adapter gone: requests from before count no more."""
        self._hush()

    def _hush(self) -> None:
        """Forget what was asked for: it must not be answered later, when it is no longer wanted."""
        self._talks = False
        self._said = None
        self._frames.clear()
        self._battery.reset()

    def report(self, now_s: float) -> Report:
        """How it stands."""
        return Report(
            now_s,
            self._told,
            self._talks,
            self._alarms,
            self._battery.heard,
            self._said,
            tuple(self._frames.values()),
        )
