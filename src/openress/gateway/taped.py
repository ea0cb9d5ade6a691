"""A session that is recorded on a tape, and a session made of what a tape tells."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Generic, Protocol, TypeVar

from openress.codec.canframe import CanFrame
from openress.errors import StateError
from openress.gateway.caps import Caps
from openress.gateway.handover import HandOver
from openress.gateway.memento import differences, overlay
from openress.gateway.session import Report, Session
from openress.gateway.setup import SessionSetup, build_serial_session, build_session
from openress.gateway.supervise import Line
from openress.gateway.tape import (
    Began,
    Came,
    Capped,
    Decided,
    Due,
    Ended,
    LineLost,
    Looked,
    Marked,
    Saw,
    Step,
    TookOver,
)
from openress.model import RackSample
from openress.protocols.base import Bus
from openress.protocols.inverter.recognise import Verdict

__all__ = [
    "MARK_EVERY_S",
    "AnySession",
    "Machine",
    "TapedSession",
    "any_session",
    "decided",
    "marked",
    "resumed",
    "taped",
]

Message = TypeVar("Message")

MARK_EVERY_S = 30.0
"""So often the tape tells what the session knows, so that it can be run again from there."""

AnySession = Session[CanFrame] | Session[bytes]


class Machine(Protocol[Message]):
    """A session, as whoever carries it on a port drives it; see `Session`."""

    @property
    def verdict(self) -> Verdict | None:
        """See `Session`."""
        ...

    @property
    def next_due_s(self) -> float:
        """See `Session`."""
        ...

    def see(self, rack: RackSample, now_s: float, fresh_for_s: float) -> None:
        """See `Session`."""
        ...

    def take_over(self, found: HandOver, now_s: float) -> str | None:
        """See `Session`."""
        ...

    def set_remote(self, caps: Caps | None, now_s: float) -> None:
        """See `Session`."""
        ...

    def hear(self, message: Message, now_s: float) -> None:
        """See `Session`."""
        ...

    def end(self, now_s: float) -> None:
        """See `Session`."""
        ...

    def due(self, line: Line, now_s: float) -> list[Message]:
        """See `Session`."""
        ...

    def look(self, line: Line, now_s: float) -> None:
        """See `Session`."""
        ...

    def line_lost(self) -> None:
        """See `Session`."""
        ...

    def report(self, now_s: float) -> Report:
        """See `Session`."""
        ...


def any_session(setup: SessionSetup, start_s: float) -> AnySession:
    """The machine of `setup`, whatever its line.

    Raises:
        ParameterError: see `build_session` and `build_serial_session`.
    """
    return build_session(setup, start_s) if setup.bus is Bus.CAN else build_serial_session(setup, start_s)


def marked(session: AnySession, setup: SessionSetup, start_s: float, now_s: float) -> Marked:
    """What a session knows.

    Raises:
        StateError: that cannot be written down.
    """
    dialect = session.report(now_s).dialect if setup.auto is not None else None
    new = any_session(setup, start_s)
    if dialect is not None:
        new.resume(dialect, now_s)
    return Marked(now_s, differences(session, new), dialect)


def resumed(setup: SessionSetup, start_s: float, mark: Marked | None) -> AnySession:
    """A session that goes on where another was.

    Raises:
        ParameterError: none can be made of the set-up.
    """
    session = any_session(setup, start_s)
    if mark is not None:
        if mark.dialect is not None and setup.auto is not None:
            session.resume(mark.dialect, mark.at_s)
        overlay(session, mark.known.values, mark.known.parts)
    return session


def decided(report: Report) -> Decided:
    """A report in numbers."""
    rack = report.told.rack
    limits = None if rack is None else rack.limits
    return Decided(
        report.told.state.value,
        None if limits is None else limits.charge_voltage_limit_v,
        None if limits is None else limits.charge_current_limit_a,
        None if limits is None else limits.discharge_current_limit_a,
        tuple(step.rule.value for step in report.told.steps),
        None if limits is None else limits.charge_reason,
        None if limits is None else limits.discharge_reason,
        report.talks,
        tuple(alarm.trouble.value for alarm in report.alarms),
        report.dialect,
    )


def taped(
    session: Session[Message], setup: SessionSetup, start_s: float, tap: Callable[[Sequence[Step]], None] | None
) -> Machine[Message]:
    """A session with its steps given to `tap` at once; without one as it is."""
    return session if tap is None else TapedSession(session, setup, start_s, lambda step: tap([step]))


class TapedSession(Generic[Message]):
    """A session that is recorded; see `Session`.

    Args:
        session: the machine.
        setup: what it was made of.
        start_s: and when.
        put: given every step.
    """

    def __init__(
        self, session: Session[Message], setup: SessionSetup, start_s: float, put: Callable[[Step], None]
    ) -> None:
        self._session = session
        self._setup = setup
        self._start_s = start_s
        self._put = put
        self._seen = 0
        self._marked_s = start_s
        self._decided: Decided | None = None
        self._last_s = start_s
        put(Began(start_s, setup))

    @property
    def verdict(self) -> Verdict | None:
        """See `Session`."""
        return self._session.verdict

    @property
    def next_due_s(self) -> float:
        """See `Session`."""
        return self._session.next_due_s

    def see(self, rack: RackSample, now_s: float, fresh_for_s: float) -> None:
        """See `Session`."""
        self._put(Saw(now_s, self._seen, fresh_for_s, rack))
        self._seen += 1
        self._session.see(rack, now_s, fresh_for_s)

    def take_over(self, found: HandOver, now_s: float) -> str | None:
        """See `Session`."""
        self._put(TookOver(now_s, found))
        return self._session.take_over(found, now_s)

    def set_remote(self, caps: Caps | None, now_s: float) -> None:
        """See `Session`."""
        self._put(Capped(now_s, caps))
        self._session.set_remote(caps, now_s)

    def hear(self, message: Message, now_s: float) -> None:
        """See `Session`."""
        if isinstance(message, CanFrame | bytes):
            self._put(Came(now_s, message))
        self._session.hear(message, now_s)

    def end(self, now_s: float) -> None:
        """See `Session`."""
        self._put(Ended(now_s))
        self._session.end(now_s)

    def due(self, line: Line, now_s: float) -> list[Message]:
        """See `Session`."""
        self._mark(now_s)
        messages = self._session.due(line, now_s)
        sent = tuple(message for message in messages if isinstance(message, CanFrame | bytes))
        self._put(Due(now_s, line, sent, self._news(now_s)))
        return messages

    def look(self, line: Line, now_s: float) -> None:
        """See `Session`."""
        self._mark(now_s)
        self._session.look(line, now_s)
        self._put(Looked(now_s, line, self._news(now_s)))

    def line_lost(self) -> None:
        """See `Session`."""
        self._put(LineLost(self._last_s))
        self._session.line_lost()

    def report(self, now_s: float) -> Report:
        """See `Session`."""
        return self._session.report(now_s)

    def _news(self, now_s: float) -> Decided | None:
        self._last_s = now_s
        now = decided(self._session.report(now_s))
        news, self._decided = (None if now == self._decided else now), now
        return news

    def _mark(self, now_s: float) -> None:
        if now_s - self._marked_s < MARK_EVERY_S:
            return
        self._marked_s = now_s
        session: Any = self._session
        try:
            self._put(marked(session, self._setup, self._start_s, now_s))
        except StateError:
            # The tape can still be run from its beginning, or where it was marked before.
            return
        # Whoever begins to read here is told everything.
        self._decided = None
