"""Changing settings of packs as a job: each value with its state, and an end that says what every pack keeps."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from openress.errors import ParameterError
from openress.model.change import ChangeKind, Outcome
from openress.params import BY_KEY
from openress.rack.parameters import Plan, Report, carry_out
from openress.rack.session import Author, Reached, Session
from openress.rack.values import same
from openress.servicing.jobs import FieldState, Job, JobField

__all__ = ["begin", "change", "require_as_shown", "tell_report"]

_STATES = {
    Outcome.DONE: FieldState.WRITTEN,
    Outcome.RESTORED: FieldState.PUT_BACK,
    Outcome.FAILED: FieldState.FAILED,
}


def begin(reached: Reached) -> str:
    """How a sentence about a pack begins."""
    return f"P{str(reached)[1:]}"


def tell_report(job: Job, report: Report) -> None:
    """Note how an earlier change was settled."""
    settled = report.change
    state = "is left open" if settled.outcome is None else f"ends as {settled.outcome.value}"
    job.note(f"Change {settled.number} of {report.reached}, begun by {settled.who}, {state}: {report.sentence}")


def require_as_shown(planned: Plan, shown: Mapping[str, float]) -> None:
    """Refuse a change of values that a person saw otherwise.

    Raises:
        ParameterError: the pack has another value than the person was shown.
    """
    moved = [key for key, value in planned.old.items() if key in shown and not same(value, shown[key])]
    if moved:
        row = BY_KEY[moved[0]]
        raise ParameterError(
            f"{row.label} of {row.group} is {row.text(planned.old[moved[0]])} now, you were shown "
            f"{row.text(shown[moved[0]])}; nothing was sent, read the pack again."
        )


@dataclass(slots=True)
class _Fields:
    """The values of one change in a job."""

    job: Job
    fields: list[JobField]

    def ordered(self, keys: Collection[str]) -> None:
        """These go out now."""
        for one in self.fields:
            if one.key in keys:
                one.state = FieldState.ORDERED
        done = sum(one.state is not FieldState.WAITING for one in self.job.fields)
        self.job.tell(f"Writing {', '.join(BY_KEY[key].label for key in keys)}", done=done, of=len(self.job.fields))

    def ended(self, outcome: Outcome | None) -> None:
        """How all of them ended."""
        for one in self.fields:
            sent = one.state is not FieldState.WAITING
            left = FieldState.UNKNOWN if sent else FieldState.NOT_SENT
            one.state = left if outcome is None else _STATES.get(outcome, left)
        self.job.touch()


async def change(job: Job, session: Session, planned: Plan, who: Author) -> tuple[bool, str]:
    """Carry a plan out, with each value told; gives whether the pack keeps what was asked for, and a sentence.

    Raises:
        ParameterError: see `carry_out`.
        PortError: see `carry_out`.
        asyncio.CancelledError: it was stopped; what had been written was put back.
    """
    reached = planned.reached
    for rounded in planned.rounded:
        job.note(str(rounded))
    if not planned.new:
        return True, f"{begin(reached)} has these settings already; nothing was changed."
    mine = [JobField(reached.pack, key, planned.old[key], value) for key, value in planned.new.items()]
    job.fields += mine
    fields = _Fields(job, mine)
    job.tell(f"Writing to {reached}", of=len(job.fields))
    try:
        report = await carry_out(session, planned, who=who, ordered=fields.ordered)
    except asyncio.CancelledError:
        last = next(iter(await session.journal.changes(reached.serial)), None)
        fields.ended(None if last is None else last.outcome)
        how = "it was stopped" if last is None else last.result.rstrip(".")
        job.stopped_sentence = f"{begin(reached)}: {how}."
        raise
    except BaseException:
        # Nothing had been sent.
        fields.ended(None)
        raise
    entry = report.change
    fields.ended(entry.outcome)
    if entry.outcome is Outcome.DONE:
        count = len(entry.new)
        kept = f"{count} of {count} {'put back' if entry.kind is ChangeKind.UNDO else 'written'} and read back"
        return True, f"{begin(reached)}: {kept}; change {entry.number}."
    said = f"Not written, {report.sentence}" if entry.outcome is Outcome.RESTORED else report.sentence
    return False, f"{begin(reached)}: {said}"
