"""From which charge current a pack's limiter comes in: read, set by an installer, and read back."""

from __future__ import annotations

from dataclasses import replace

from openress.errors import FrameError, ParameterError, PortError
from openress.model.change import Outcome
from openress.params import Access
from openress.rack.control import ControlReport, intent
from openress.rack.session import Author, Reached, Session, needed

__all__ = ["LIMITER_START", "limiter_span_a", "limiter_start", "set_limiter_start"]

LIMITER_START = "limiter_start_a"
"""In the journal."""
_START = "tell or set the start current of a limiter"


async def limiter_start(session: Session, pack: int) -> float:
    """The charge current from which the pack's limiter comes in, A.

    Raises:
        ParameterError: the dialect does not tell it.
        NoAnswerError: the pack does not tell it.
    """
    access = needed(session, session.parts.limiter, _START)()
    query = access.limiter_query(pack)
    return await session.poller.put(query, lambda reply: access.limiter_start_a(query, reply))


def limiter_span_a(session: Session) -> tuple[int, int]:
    """The least and the greatest start current that is written: never above what the product may be charged with.

    Raises:
        ParameterError: the dialect has no such setting.
    """
    low, high = needed(session, session.parts.limiter, _START)().limiter_span_a
    most_a = session.product.charge_current_max_a
    return low, high if most_a is None else min(high, int(most_a))


async def set_limiter_start(session: Session, reached: Reached, start_a: float, *, who: Author) -> ControlReport:
    """Set the charge current from which the limiter comes in, and read it back.

    Raises:
        ParameterError: the dialect cannot, `who` may not, or it is no such current; the refusal is in the journal.
        NoAnswerError: the pack does not tell what it has; nothing was sent.
        PortError: the journal cannot be kept; nothing was sent.
    """
    access = needed(session, session.parts.limiter, _START)()
    low, high = limiter_span_a(session)
    before = await limiter_start(session, reached.pack)
    asked = intent(session, reached, who, {LIMITER_START: before}, {LIMITER_START: start_a})
    why = None
    if not (low <= start_a <= high and start_a == int(start_a)):
        why = f"The limiter starts at {low} to {high} A, in whole amperes; {start_a:g} A was asked for."
    if who.access < Access.INSTALLER:
        why = f"{who.name} may not set the limiter's start current: that takes an installer."
    asked = replace(asked, number=await session.journal.begin(asked))
    if why is not None:
        await session.journal.end(asked, Outcome.REFUSED, why, session.clock_s())
        raise ParameterError(why)
    query = access.set_limiter_query(reached.pack, int(start_a))
    try:
        await session.poller.put(query, lambda reply: access.written(query, reply))
        told_a = await limiter_start(session, reached.pack)
        outcome = Outcome.DONE if told_a == start_a else Outcome.FAILED
        report = ControlReport(outcome, f"The limiter's start current was {before:g} A, now it reads {told_a:g} A.")
    except (PortError, FrameError) as error:
        report = ControlReport(Outcome.FAILED, str(error))
    await session.journal.end(asked, report.outcome, report.sentence, session.clock_s())
    return report
