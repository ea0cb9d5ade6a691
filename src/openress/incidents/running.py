"""An incident run again: the same readings, words and times through the code of today, step by step."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from openress.bms.aggregate import aggregate
from openress.codec.canframe import CanFrame
from openress.errors import ParameterError
from openress.gateway.session import Session
from openress.gateway.setup import SessionSetup
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
from openress.gateway.taped import AnySession, any_session, decided, resumed
from openress.incidents.incident import Incident
from openress.model import RackSample

__all__ = ["Moment", "again", "run_again"]

Changed = Callable[[SessionSetup], SessionSetup]
Reading = Callable[[RackSample], RackSample]


@dataclass(frozen=True, slots=True)
class Moment:
    """One time the session was asked.

    Attributes:
        at_s: when.
        was_sent: by the recording.
        sent: now.
        was: decided, by the recording.
        now: decided now.
        rack: the last reading; `None` before the first.
        heard: what came off the line since the moment before.
    """

    at_s: float
    was_sent: tuple[CanFrame | bytes, ...]
    sent: tuple[CanFrame | bytes, ...]
    was: Decided | None
    now: Decided
    rack: RackSample | None = None
    heard: tuple[CanFrame | bytes, ...] = ()

    @property
    def same(self) -> bool:
        """Whether the same bytes went out, for the same reasons."""
        return self.was_sent == self.sent and (self.was is None or self.was == self.now)


def run_again(
    incident: Incident, change: Changed = lambda setup: setup, reading: Reading = lambda rack: rack
) -> Iterator[Moment]:
    """Run an incident.

    Args:
        incident: the recording.
        change: what is set otherwise.
        reading: what the packs would have told.

    Raises:
        ParameterError: it cannot be run, or not with these changes.
    """
    if incident.head is None:
        raise ParameterError(f"The incident {incident.about.id} has no beginning from which it could be run again.")
    began = incident.head.began
    session = resumed(change(began.setup), began.at_s, incident.head.mark)
    was: Decided | None = None
    heard: list[CanFrame | bytes] = []
    rack: RackSample | None = None
    first = True
    for place, step in enumerate(incident.steps):
        if isinstance(step, Began):
            if not first:
                session = any_session(change(step.setup), step.at_s)
            was = None
        elif isinstance(step, Marked):
            was = None
        elif isinstance(step, Due | Looked):
            was = step.decided or was
            sent = _sent(session, step)
            now = decided(session.report(step.at_s))
            yield Moment(step.at_s, step.sent if isinstance(step, Due) else (), sent, was, now, rack, tuple(heard))
            heard = []
        elif isinstance(step, Saw):
            if step.rack is not None:
                rack = reading(_summed(step.rack) if place in incident.summed else step.rack)
                session.see(rack, step.at_s, step.fresh_for_s)
        else:
            if isinstance(step, Came):
                heard.append(step.message)
            _tell(session, step)
        first = False


def _summed(rack: RackSample) -> RackSample:
    return aggregate(rack.packs, rack.at_s)


def _sent(session: AnySession, step: Due | Looked) -> tuple[CanFrame | bytes, ...]:
    if isinstance(step, Due):
        return tuple(session.due(step.line, step.at_s))
    session.look(step.line, step.at_s)
    return ()


def _tell(session: AnySession, step: Step) -> None:
    match step:
        case Capped():
            session.set_remote(step.caps, step.at_s)
        case TookOver():
            session.take_over(step.found, step.at_s)
        case Ended():
            session.end(step.at_s)
        case LineLost():
            session.line_lost()
        case Came():
            _hear(session, step)
        case _:
            return


def _hear(session: Session[CanFrame] | Session[bytes], step: Came) -> None:
    hear: Callable[[CanFrame | bytes, float], None] = session.hear  # type: ignore[assignment]  # its line's messages
    hear(step.message, step.at_s)


def again(incident: Incident) -> Incident:
    """The incident with what comes out of it today in place of what was recorded."""
    steps = list(incident.steps)
    moments = run_again(incident)
    for place, step in enumerate(steps):
        if isinstance(step, Due | Looked):
            moment = next(moments)
            told = moment.now
            steps[place] = (
                replace(step, sent=moment.sent, decided=told) if isinstance(step, Due) else replace(step, decided=told)
            )
    return replace(incident, steps=tuple(steps))
