"""Changing the settings of a pack: plan, write down, order, read back, and put back when anything was not as it should.

Whatever happens, a pack ends with all of its old or all of the new settings, or the journal says which it has. An
intent is written down before the first order; one that never ended is found by whoever comes next and taken up.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from openress.errors import FrameError, OpenRESSError, ParameterError, PortError
from openress.model.change import Change, ChangeKind, Outcome
from openress.params import BY_KEY, Rounded, accepted, stricter
from openress.protocols.access import ParameterAccess
from openress.rack.journal import standing, undoable, unfinished
from openress.rack.poll import NoAnswerError
from openress.rack.readout import access_of, read
from openress.rack.session import Author, Reached, Session, exchange
from openress.rack.values import differing, neighbourhood, same, steps, text

__all__ = ["Plan", "Report", "carry_out", "plan", "plan_undo", "settle", "settled", "unsettled", "write"]

PUT_BACK_TRIES = 2


@dataclass(frozen=True, slots=True)
class Plan:
    """What a change would do.

    Attributes:
        reached: the pack.
        kind: what was asked for.
        old: values before of what differs.
        new: values after of what differs.
        rounded: values that were rounded to their steps.
        undoes: number of the change that is taken back.
    """

    reached: Reached
    kind: ChangeKind
    old: Mapping[str, float]
    new: Mapping[str, float]
    rounded: tuple[Rounded, ...] = ()
    undoes: int | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """How a change ended: its entry in the journal, in which `outcome` is `None` when it had to be left open."""

    reached: Reached
    change: Change
    sentence: str

    @property
    def done(self) -> bool:
        """Whether the pack keeps what was asked for."""
        return self.change.outcome is Outcome.DONE


async def plan(
    session: Session, reached: Reached, values: Mapping[str, object], *, who: Author, kind: ChangeKind
) -> Plan:
    """Check a change against the pack as it is; a refusal goes into the journal.

    Args:
        session: the line.
        reached: the pack.
        values: settings by key; not all need to differ from what the pack has.
        who: asks for it.
        kind: what is asked for.

    Raises:
        ParameterError: everything that is wrong with it, in sentences.
        NoAnswerError: the pack does not tell its settings.
    """
    access = access_of(session)
    wrong, changes, known = await _checked(session, reached, values, who, access)
    if wrong:
        before = {key: known.get(key) for key in values}
        asked = {key: float(v) if isinstance(v, int | float) and abs(v) < 1e300 else None for key, v in values.items()}
        await _refused(session, reached, who, kind, before, asked, " ".join(wrong))
        raise ParameterError(" ".join(wrong))
    new = {key: changes[key] for key in BY_KEY if key in changes and not same(known[key], changes[key])}
    rounded = tuple(
        Rounded(key, float(asked), changes[key])
        for key, asked in values.items()
        if isinstance(asked, int | float) and not same(asked, changes[key])
    )
    return Plan(reached, kind, {key: known[key] for key in new}, new, rounded)


async def _checked(
    session: Session, reached: Reached, values: Mapping[str, object], who: Author, access: ParameterAccess
) -> tuple[list[str], dict[str, float], dict[str, float]]:
    """What is wrong, the rounded values, and the settings before."""
    product, cells = session.product, reached.cells
    if cells is not None and cells != product.cells_in_series:
        fault = (
            f"{_begin(reached)} has {cells} cells in series and {product.title} has {product.cells_in_series}; "
            "name the right product with --product."
        )
        return [fault], {}, {}
    if who.access < max((BY_KEY[key].access for key in values if key in BY_KEY), default=who.access):
        return [f"{who.name} may not change settings: that takes an installer."], {}, {}
    absent = [key for key in values if key in BY_KEY and key not in access.keys]
    if absent:
        return [f"{session.dialect.title} does not have {', '.join(absent)}."], {}, {}
    told = await read(session, reached.pack, neighbourhood([key for key in values if key in BY_KEY], access.keys))
    stored, problems = accepted(product, told.values, values)
    if problems:
        return [problem.sentence for problem in problems], stored, told.all
    unread = [key for key in values if key not in told.values]
    if unread:
        why = told.problems[0] if told.problems else "it is not in its answer."
        return [f"{_begin(reached)} does not tell its {', '.join(unread)}, so nothing is changed: {why}"], stored, {}
    try:
        # What a dialect cannot carry is to be known before anything is asked for.
        steps(access, reached.pack, {key: stored[key] for key in differing(told.all, stored)}, told.all)
    except ParameterError as error:
        return [str(error)], stored, told.all
    return [], stored, told.all


def _begin(reached: Reached) -> str:
    name = str(reached)
    return name[0].upper() + name[1:]


async def _refused(
    session: Session,
    reached: Reached,
    who: Author,
    kind: ChangeKind,
    old: Mapping[str, float | None],
    new: Mapping[str, float | None],
    why: str,
) -> None:
    intent = _intent(session, reached, who, kind, old, new)
    intent = replace(intent, number=await session.journal.begin(intent))
    await session.journal.end(intent, Outcome.REFUSED, why, session.clock_s())


def _intent(
    session: Session,
    reached: Reached,
    who: Author,
    kind: ChangeKind,
    old: Mapping[str, float | None],
    new: Mapping[str, float | None],
    undoes: int | None = None,
) -> Change:
    return Change(
        serial=reached.serial,
        at_s=session.clock_s(),
        who=who.name,
        link=session.link,
        pack=reached.pack,
        kind=kind,
        old=dict(old),
        new=dict(new),
        undoes=undoes,
    )


async def plan_undo(session: Session, reached: Reached, *, who: Author) -> Plan:
    """Plan to take back the last change of a pack that was carried out.

    Raises:
        ParameterError: there is none, or the pack's settings were changed otherwise since; see also `plan`.
        NoAnswerError: see `plan`.
    """
    last = undoable(await session.journal.changes(reached.serial))
    if last is None:
        raise ParameterError(f"The journal has no change of {reached} that could be taken back.")
    back = {key: value for key, value in last.old.items() if value is not None}
    planned = await plan(session, reached, back, who=who, kind=ChangeKind.UNDO)
    strange = [key for key, value in planned.old.items() if not same(value, last.new[key])]
    if strange:
        key = strange[0]
        raise ParameterError(
            f"{key} is {text(key, planned.old[key])} now and not the {text(key, last.new[key])} that change "
            f"{last.number} wrote, so somebody else has changed it since; set it with `params write`."
        )
    return replace(planned, undoes=last.number)


def _unheard(_keys: Collection[str]) -> None:
    """Nobody wants to know how far a change is."""


async def carry_out(
    session: Session, planned: Plan, *, who: Author, ordered: Callable[[Collection[str]], None] = _unheard
) -> Report:
    """Make a planned change: journal, orders, read-back; put everything back when something is not as it should be.

    Args:
        session: the line.
        planned: the change.
        who: makes it.
        ordered: told of the keys whose order is about to be sent.

    Raises:
        ParameterError: the pack's settings are not those of the plan any more.
        PortError: the journal cannot be kept; nothing was sent.
        NoAnswerError: the pack fell silent before anything was sent.
        asyncio.CancelledError: somebody stopped it; what had been written was put back.
    """
    reached, access = planned.reached, access_of(session)
    told = await read(session, reached.pack, neighbourhood(planned.new, access.keys))
    if told.problems:
        raise NoAnswerError(f"Nothing was changed: {told.problems[0]}")
    known = told.all
    moved = differing(known, planned.old)
    if moved:
        raise ParameterError(
            f"{moved[0]} is {text(moved[0], known.get(moved[0]))} now, it was "
            f"{text(moved[0], planned.old[moved[0]])} when the change was planned; nothing was sent, plan it again."
        )
    orders = steps(access, reached.pack, planned.new, known)
    change = _intent(session, reached, who, planned.kind, planned.old, planned.new, planned.undoes)
    change = replace(change, number=await session.journal.begin(change))
    session.hold(reached.pack, stricter(planned.old, planned.new))
    stopped: asyncio.CancelledError | None = None
    try:
        try:
            for step in orders:
                ordered(step.values.keys())
                await exchange(session, step.queries, access.written)
            why = await _not_there(session, reached.pack, planned.new)
        except (PortError, FrameError) as error:
            why = str(error)
        except asyncio.CancelledError as cancelled:
            stopped, why = cancelled, "it was stopped."
        if not why:
            report = await _end(session, reached, change, Outcome.DONE, "every value was read back")
        else:
            report = await _put_back(session, reached, change, why, known)
    finally:
        session.hold(reached.pack, None)
    if stopped is not None:
        raise stopped
    return report


async def _not_there(session: Session, pack: int, wanted: Mapping[str, float | None]) -> str:
    """What is read back otherwise than it was asked for; empty when all is as it should be."""
    told = await read(session, pack, wanted.keys())
    wrong = differing(told.values, wanted)
    if not wrong:
        return ""
    parts = [f"{key} reads {text(key, told.values.get(key))} instead of {text(key, wanted[key])}" for key in wrong]
    return f"{'; '.join(parts)}."


async def _end(session: Session, reached: Reached, change: Change, outcome: Outcome, sentence: str) -> Report:
    at_s = session.clock_s()
    await session.journal.end(change, outcome, sentence, at_s)
    return Report(reached, replace(change, outcome=outcome, result=sentence, ended_s=at_s), sentence)


async def _put_back(session: Session, reached: Reached, change: Change, why: str, known: Mapping[str, float]) -> Report:
    """Bring the old values back; leave the change open when the pack cannot be asked."""
    access = access_of(session)
    trouble = ""
    for _ in range(PUT_BACK_TRIES):
        try:
            told = await read(session, reached.pack, neighbourhood(change.old, access.keys))
            known = {**known, **told.all}
            back = {key: value for key in differing(told.values, change.old) if (value := change.old[key]) is not None}
            if not back:
                return await _end(
                    session, reached, change, Outcome.RESTORED, f"all values are as they were before, because {why}"
                )
            for step in steps(access, reached.pack, back, known):
                await exchange(session, step.queries, access.written)
        except (OpenRESSError, OSError) as error:
            trouble = str(error)
    keeps = await _told(session, reached.pack, change.old.keys())
    if keeps is None:
        sentence = (
            f"{why} The old values could not be put back either: {trouble} The change stays open in the journal; "
            f"the next command for {reached} takes it up."
        )
        return Report(reached, replace(change, result=sentence), sentence)
    left = differing(keeps, change.old)
    if not left:
        return await _end(
            session, reached, change, Outcome.RESTORED, f"all values are as they were before, because {why}"
        )
    stand = ", ".join(f"{key} {text(key, keeps.get(key))}" for key in left)
    return await _end(
        session, reached, change, Outcome.FAILED, f"{why} The pack does not take its old values back; it has {stand}."
    )


async def _told(session: Session, pack: int, keys: Collection[str]) -> Mapping[str, float] | None:
    """What a pack keeps; nothing when it did not tell all of it, for silence is not a refusal."""
    try:
        told = await read(session, pack, keys)
    except (PortError, FrameError):
        return None
    return None if told.problems else told.values


async def unsettled(session: Session, reached: Reached) -> list[str]:
    """Sentences about changes of a pack that never ended; nothing is written."""
    found = []
    for change in unfinished(await session.journal.changes(reached.serial)):
        begun = f"Change {change.number} of {reached}, begun by {change.who}, never ended"
        if change.kind is ChangeKind.CONTROL:
            found.append(f"{begun}: whether the order was carried out is not known.")
            continue
        stands = standing(change, (await read(session, reached.pack, change.new.keys())).values)
        if stands.new or stands.other:
            parts = [f"{key} has its new value" for key in stands.new] + [f"{key} is unclear" for key in stands.other]
            found.append(f"{begun}: {', '.join(parts)}. `openress params recover` puts the old values back.")
        else:
            found.append(f"{begun}: the pack has all its old values.")
    return found


async def settle(session: Session, reached: Reached) -> list[Report]:
    """Take up changes of a pack that never ended, oldest first: all new is done, anything else is put back.

    Raises:
        NoAnswerError: the pack does not tell its settings; the changes stay open.
    """
    reports: list[Report] = []
    for change in unfinished(await session.journal.changes(reached.serial)):
        if change.kind is ChangeKind.CONTROL:
            said = "it was interrupted; whether the order was carried out is not known"
            reports.append(await _end(session, reached, change, Outcome.FAILED, said))
            continue
        access = access_of(session)
        told = await read(session, reached.pack, neighbourhood(change.new, access.keys))
        stands = standing(change, told.values)
        if stands.new and not stands.old and not stands.other:
            said = "it was interrupted behind its last order; every value was read back later"
            reports.append(await _end(session, reached, change, Outcome.DONE, said))
        else:
            reports.append(await _put_back(session, reached, change, "it was interrupted.", told.all))
    return reports


async def write(
    session: Session,
    reached: Reached,
    values: Mapping[str, object],
    *,
    who: Author,
    confirm: Callable[[Plan], Awaitable[bool]],
    kind: ChangeKind = ChangeKind.WRITE,
) -> Report | None:
    """Settle what was left open, plan, ask, carry out; `None` when nothing differs or the answer was no.

    Raises:
        ParameterError: see `plan` and `carry_out`; also when an earlier change of the pack cannot be settled.
        PortError: see `carry_out`.
    """
    await settled(session, reached)
    planned = await plan(session, reached, values, who=who, kind=kind)
    if not planned.new or not await confirm(planned):
        return None
    return await carry_out(session, planned, who=who)


async def settled(session: Session, reached: Reached) -> Sequence[Report]:
    """As `settle`, for those who go on only when all is settled.

    Raises:
        PortError: a change of the pack had to be left open.
    """
    reports = await settle(session, reached)
    for report in reports:
        if report.change.outcome is None:
            raise PortError(report.sentence)
    return reports
