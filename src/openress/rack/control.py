"""Switching something of a pack from outside: what is refused and why, the order, and what was read back after it.

A switch is never opened under load and never closed against a protection; both would be done by the pack in the end,
but what stands at its terminals would pay for it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, replace

from openress.errors import FrameError, ParameterError, PortError
from openress.model import PackSample, PackState, Switches
from openress.model.change import Change, ChangeKind, Outcome
from openress.model.history import Calendar
from openress.params import Access
from openress.protocols.access import Control, LearningControlAccess, ProtocolChoice
from openress.rack.poll import NoAnswerError
from openress.rack.session import Author, Reached, Session, needed

__all__ = [
    "CONTROLS",
    "EFFECTIVE_A",
    "ControlReport",
    "choice_text",
    "choose",
    "chosen",
    "clock",
    "hardware_version",
    "intent",
    "refusal",
    "set_clock",
    "switch",
]

EFFECTIVE_A = 0.5
"""Below this magnitude nothing flows (REQ-004, REQ-124)."""
READ_BACK_S, READ_EVERY_S = 4.0, 0.4
"""A pack measures and tells its switches about once a second."""
CLOCK_S = 3
"""Seconds that may pass between setting a clock and reading it."""


@dataclass(frozen=True, slots=True)
class _Row:
    """What is to be known of a control.

    Attributes:
        title: in words.
        access: who may.
        reads: field of `Switches` that tells how it stands; empty for none.
    """

    title: str
    access: Access
    reads: str = ""


CONTROLS: Mapping[Control, _Row] = {
    Control.CHARGE_SWITCH: _Row("charge switch", Access.INSTALLER, "charge"),
    Control.DISCHARGE_SWITCH: _Row("discharge switch", Access.INSTALLER, "discharge"),
    Control.CHARGE_LIMITER: _Row("charge current limiter", Access.OPERATOR, "limit"),
    Control.LIMITER_LOW_GEAR: _Row("low gear of the limiter", Access.OPERATOR),
    Control.BUZZER: _Row("buzzer", Access.OPERATOR),
    Control.LAMP_ALARM: _Row("alarm lamp", Access.OPERATOR),
    Control.BALANCING: _Row("balancer", Access.OPERATOR),
    Control.SHUTDOWN: _Row("forced shutdown", Access.INSTALLER),
}


@dataclass(frozen=True, slots=True)
class ControlReport:
    """How an order ended.

    Attributes:
        outcome: done when the pack accepted it and, where it tells that, stands as ordered or says why not.
        sentence: in words.
    """

    outcome: Outcome
    sentence: str


def refusal(control: Control, sample: PackSample, *, on: bool, forced: bool) -> str | None:
    """Why an order is not sent; `None` when it may be.

    Args:
        control: what is to be switched.
        sample: the pack, just read.
        on: which way.
        forced: a person insists on opening under load.
    """
    if control in (Control.CHARGE_SWITCH, Control.DISCHARGE_SWITCH) and on:
        return _against_protections(sample)
    opens = control is Control.SHUTDOWN or (control in (Control.CHARGE_SWITCH, Control.DISCHARGE_SWITCH) and not on)
    if not opens or forced:
        return None
    current_a = None if sample.analog is None else sample.analog.pack_current_a
    insist = "or insist (on the page: Also under load; in a shell: --force)"
    if current_a is None:
        return f"The pack does not tell its current, so it may carry some; stop the inverter first, {insist}."
    if current_a > EFFECTIVE_A and control is not Control.DISCHARGE_SWITCH:
        told = f"The pack is being charged with {current_a:.1f} A: stop the charger first, {insist}."
        # REQ-203: PACE packs do.
        return f"{told} A charger starts a pack again that was shut down." if control is Control.SHUTDOWN else told
    if current_a < -EFFECTIVE_A and control is not Control.CHARGE_SWITCH:
        return f"The pack delivers {-current_a:.1f} A: stop what draws it first, {insist}."
    return None


def _against_protections(sample: PackSample) -> str | None:
    status = sample.status
    if status is None or status.protections is None:
        return "The pack does not tell its protections; a switch is not closed blindly."
    stands = [member.value for member in (*status.protections, *(status.faults or ()))]
    if stands:
        return f"The pack protects itself ({', '.join(sorted(stands))}); a switch is not closed against that."
    return None


async def switch(
    session: Session, reached: Reached, control: Control, *, on: bool, who: Author, forced: bool = False
) -> ControlReport:
    """Switch, and read back.

    Raises:
        ParameterError: the dialect cannot, `who` may not, or it is refused; the refusal is in the journal.
        PortError: the journal cannot be kept; nothing was sent.
    """
    row = CONTROLS[control]
    access = needed(session, session.parts.controls, f"switch the {row.title}")()
    if control not in access.controls:
        able = ", ".join(CONTROLS[known].title for known in CONTROLS if known in access.controls)
        raise ParameterError(f"{session.dialect.title} cannot switch the {row.title}; it has: {able}.")
    before = _reading(reached.sample, row)
    asked = intent(session, reached, who, {control.value: before}, {control.value: float(on)})
    why = refusal(control, reached.sample, on=on, forced=forced)
    if who.access < row.access:
        why = f"{who.name} may not switch the {row.title}: that takes an {row.access.name.lower()}."
    if why is not None:
        asked = replace(asked, number=await session.journal.begin(asked))
        await session.journal.end(asked, Outcome.REFUSED, why, session.clock_s())
        raise ParameterError(why)
    if isinstance(access, LearningControlAccess):
        status = reached.sample.status
        access.learn(reached.pack, (None if status is None else status.switches) or Switches())
    query = access.control_query(reached.pack, control, on=on)
    asked = replace(asked, number=await session.journal.begin(asked))
    silent = ""
    try:
        await session.poller.put(query, lambda reply: access.written(query, reply))
    except NoAnswerError as error:
        # The order may have been carried out all the same.
        silent = str(error)
    report = await _read_back(session, reached, control, on=on, silent=silent)
    await session.journal.end(asked, report.outcome, report.sentence, session.clock_s())
    return report


def _reading(sample: PackSample, row: _Row) -> float | None:
    switches = None if sample.status is None else sample.status.switches
    told = getattr(switches, row.reads) if switches is not None and row.reads else None
    return None if told is None else float(told)


def intent(
    session: Session, reached: Reached, who: Author, old: Mapping[str, float | None], new: Mapping[str, float | None]
) -> Change:
    """What is noted before an order is sent: values as they are and as they shall be."""
    return Change(
        serial=reached.serial,
        at_s=session.clock_s(),
        who=who.name,
        link=session.link,
        pack=reached.pack,
        kind=ChangeKind.CONTROL,
        old=old,
        new=new,
    )


async def _read_back(session: Session, reached: Reached, control: Control, *, on: bool, silent: str) -> ControlReport:
    row = CONTROLS[control]
    if control is not Control.SHUTDOWN and not row.reads:
        if silent:
            return ControlReport(Outcome.FAILED, silent)
        return ControlReport(
            Outcome.DONE, f"The pack accepted: {row.title} {'on' if on else 'off'}; it does not tell how it stands."
        )
    waited_s = 0.0
    while True:
        sample = await _look(session, reached.pack)
        if control is Control.SHUTDOWN and (sample is None or _is_off(sample)):
            return ControlReport(Outcome.DONE, "The pack is off: it has fallen silent, or says so.")
        told = None if sample is None else _reading(sample, row)
        if told == float(on):
            return ControlReport(Outcome.DONE, f"The {row.title} reads {'on' if on else 'off'}.")
        if waited_s >= READ_BACK_S:
            return _otherwise(control, sample, told, silent, on=on)
        await asyncio.sleep(READ_EVERY_S)
        waited_s += READ_EVERY_S


async def _look(session: Session, pack: int) -> PackSample | None:
    """The pack as it is now; `None` when it is silent."""
    sample = PackSample(pack)
    try:
        for query in session.client.cycle(pack):
            sample = await session.poller.ask(sample, query, tries=2)
    except NoAnswerError:
        return None
    return sample


def _is_off(sample: PackSample) -> bool:
    return sample.status is not None and sample.status.state is PackState.OFF


def _otherwise(
    control: Control, sample: PackSample | None, told: float | None, silent: str, *, on: bool
) -> ControlReport:
    """It does not stand as ordered, or does not say how."""
    row = CONTROLS[control]
    if silent:
        return ControlReport(Outcome.FAILED, silent)
    if sample is None:
        said = (
            f"The pack accepted {row.title} {'on' if on else 'off'} and then fell silent; how it stands is not known."
        )
        return ControlReport(Outcome.FAILED, said)
    if told is None and control is not Control.SHUTDOWN:
        return ControlReport(
            Outcome.DONE, f"The pack accepted: {row.title} {'on' if on else 'off'}; it does not tell how it stands."
        )
    status = sample.status
    holds = [] if status is None else [c.value for c in (*(status.protections or ()), *(status.faults or ()))]
    if on and holds:
        said = f"The pack accepted, and keeps its {row.title} off itself: {', '.join(sorted(holds))}."
        return ControlReport(Outcome.DONE, said)
    if control is Control.SHUTDOWN:
        return ControlReport(Outcome.FAILED, "The pack accepted the shutdown and still answers as before.")
    reads = "on" if told else "off"
    return ControlReport(
        Outcome.FAILED, f"The pack accepted {row.title} {'on' if on else 'off'}, but it reads {reads}."
    )


async def clock(session: Session, pack: int) -> Calendar:
    """What the pack's clock shows.

    Raises:
        ParameterError: the dialect has no clock.
        NoAnswerError: the pack does not tell it.
    """
    access = needed(session, session.parts.clock, "read or set a clock")()
    query = access.clock_query(pack)
    return await session.poller.put(query, lambda reply: access.clock(query, reply))


async def set_clock(session: Session, reached: Reached, now: Calendar, *, who: Author) -> ControlReport:
    """Set the pack's clock, and read it back.

    Raises:
        ParameterError: the dialect has no clock, or there is no such time.
        NoAnswerError: the pack does not tell its clock; nothing was sent.
        PortError: the journal cannot be kept; nothing was sent.
    """
    access = needed(session, session.parts.clock, "read or set a clock")()
    if not now.exists:
        raise ParameterError(f"{now} is no date and time.")
    before = await clock(session, reached.pack)
    query = access.set_clock_query(reached.pack, now)
    asked = intent(session, reached, who, {"clock_s": float(before.seconds)}, {"clock_s": float(now.seconds)})
    asked = replace(asked, number=await session.journal.begin(asked))
    try:
        await session.poller.put(query, lambda reply: access.written(query, reply))
        shows = await clock(session, reached.pack)
        right = 0 <= shows.seconds - now.seconds <= CLOCK_S
        report = ControlReport(Outcome.DONE if right else Outcome.FAILED, f"The clock showed {before}, now {shows}.")
    except (PortError, FrameError) as error:
        report = ControlReport(Outcome.FAILED, str(error))
    await session.journal.end(asked, report.outcome, report.sentence, session.clock_s())
    return report


async def chosen(session: Session, pack: int) -> ProtocolChoice:
    """The inverter protocols that the pack itself speaks.

    Raises:
        ParameterError: the dialect does not tell them.
        NoAnswerError: the pack does not tell them.
    """
    access = needed(session, session.parts.protocol_choice, "tell or choose inverter protocols")()
    query = access.choice_query(pack)
    return await session.poller.put(query, lambda reply: access.choice(query, reply))


async def choose(session: Session, reached: Reached, choice: ProtocolChoice, *, who: Author) -> ControlReport:
    """Choose inverter protocols, and read back; what is `None` in `choice` stays as it is.

    Raises:
        ParameterError: the dialect cannot.
        NoAnswerError: the pack does not tell its choice; nothing was sent.
        PortError: the journal cannot be kept; nothing was sent.
    """
    access = needed(session, session.parts.protocol_choice, "tell or choose inverter protocols")()
    before = _numbers(await chosen(session, reached.pack))
    wanted = {key: value for key, value in _numbers(choice).items() if value is not None}
    query = access.choose_query(reached.pack, choice)
    asked = intent(session, reached, who, {key: before[key] for key in wanted}, wanted)
    asked = replace(asked, number=await session.journal.begin(asked))
    try:
        await session.poller.put(query, lambda reply: access.written(query, reply))
        told = await chosen(session, reached.pack)
        after = _numbers(told)
        right = all(after[key] == value for key, value in wanted.items())
        shown = choice_text(told)
        report = ControlReport(Outcome.DONE if right else Outcome.FAILED, f"The pack's choice reads: {shown}.")
    except (PortError, FrameError) as error:
        report = ControlReport(Outcome.FAILED, str(error))
    await session.journal.end(asked, report.outcome, report.sentence, session.clock_s())
    return report


def _numbers(choice: ProtocolChoice) -> dict[str, float | None]:
    told = {"can": choice.can, "rs485": choice.rs485, "automatic": choice.automatic}
    return {key: None if value is None else float(value) for key, value in told.items()}


def choice_text(choice: ProtocolChoice) -> str:
    """A choice in words; numbers are the maker's own."""
    numbers = [
        f"{name} {'none' if number is None else number}"
        for name, number in (("CAN", choice.can), ("RS485", choice.rs485))
    ]
    how = {True: "found by itself", False: "chosen by hand", None: "by itself or by hand is not told"}
    return ", ".join([*numbers, how[choice.automatic]])


async def hardware_version(session: Session, pack: int) -> str | None:
    """The version of the pack's electronics; `None` where the dialect or the pack does not tell it.

    Raises:
        NoAnswerError: the pack does not answer that.
    """
    if session.parts.hardware is None:
        return None
    access = session.parts.hardware()
    query = access.hardware_query(pack)
    return await session.poller.put(query, lambda reply: access.hardware_version(query, reply)) or None
