"""Switching a pack from outside: what is refused, what is read back, what the journal has."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from tests.rack.packline import NOW_S, WHO, Line, MemoryJournal, Packs, session
from tests.samples import pack as a_pack
from tests.samples import with_analog, with_status

from openress.errors import ParameterError, PortError
from openress.model import Condition, Fault, PackSample, PackState
from openress.model.change import ChangeKind, Outcome
from openress.model.history import Calendar
from openress.params import Access
from openress.protocols.access import Choice, Control
from openress.rack import control as module
from openress.rack.control import ControlReport, choose, chosen, clock, hardware_version, refusal, set_clock, switch
from openress.rack.limiter import LIMITER_START, limiter_span_a, limiter_start, set_limiter_start
from openress.rack.session import Author, reach

C = Control
SWITCHES = {"pace", "seplos3", "jbd", "jk-pb", "jk-4e57", "daly", "daly-modbus", "jbd-up16s"}


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "READ_EVERY_S", 0.001)
    monkeypatch.setattr(module, "READ_BACK_S", 0.01)


async def ordered(
    packs: Packs,
    what: Control,
    *,
    on: bool,
    dialect: str = "pace",
    journal: MemoryJournal | None = None,
    force: bool = False,
) -> ControlReport:
    async with session(Line(packs, dialect), dialect, journal) as talk:
        return await switch(talk, await reach(talk, 1), what, on=on, who=WHO, forced=force)


def carrying(current_a: float | None) -> PackSample:
    return with_analog(a_pack(1), pack_current_a=current_a)


@pytest.mark.req("REQ-203")
@pytest.mark.parametrize(
    ("what", "on", "current_a", "said"),
    [
        (C.SHUTDOWN, True, 12.0, "being charged with 12.0 A"),
        (C.SHUTDOWN, True, -12.0, "delivers 12.0 A"),
        (C.SHUTDOWN, True, None, "does not tell its current"),
        (C.SHUTDOWN, True, 0.5, None),
        (C.CHARGE_SWITCH, False, 12.0, "being charged"),
        (C.CHARGE_SWITCH, False, -12.0, None),
        (C.DISCHARGE_SWITCH, False, -12.0, "delivers"),
        (C.DISCHARGE_SWITCH, False, 12.0, None),
        (C.DISCHARGE_SWITCH, False, None, "does not tell"),
        (C.CHARGE_SWITCH, True, 12.0, None),
        (C.CHARGE_LIMITER, True, 12.0, None),
        (C.BUZZER, False, None, None),
    ],
)
def test_nothing_is_opened_under_load_unless_somebody_insists(
    what: Control, on: bool, current_a: float | None, said: str | None
) -> None:
    why = refusal(what, carrying(current_a), on=on, forced=False)
    assert (why is None) if said is None else (why is not None and said in why)
    assert refusal(what, carrying(current_a), on=on, forced=True) is None


@pytest.mark.parametrize("forced", [False, True])
def test_no_switch_is_closed_against_a_protection(forced: bool) -> None:
    calm = a_pack(1)
    for status in (
        {"protections": frozenset({Condition.CELL_OVER_VOLTAGE})},
        {"faults": frozenset({Fault.CELL})},
        {"protections": None},
    ):
        for what in (C.CHARGE_SWITCH, C.DISCHARGE_SWITCH):
            assert refusal(what, with_status(calm, **status), on=True, forced=forced) is not None
    assert refusal(C.CHARGE_SWITCH, replace(calm, status=None), on=True, forced=forced) is not None
    assert refusal(C.CHARGE_SWITCH, calm, on=True, forced=forced) is None


@pytest.mark.parametrize("dialect", sorted(SWITCHES))
async def test_a_switch_is_opened_and_let_be_over_every_dialect_that_can(dialect: str) -> None:
    packs, journal = Packs(), MemoryJournal()
    for on in (False, True):
        report = await ordered(packs, C.CHARGE_SWITCH, on=on, dialect=dialect, journal=journal)
        assert report == ControlReport(Outcome.DONE, f"The charge switch reads {'on' if on else 'off'}.")
        decision = packs.rack.packs[0].decision
        assert decision is not None
        assert decision.switches.charge is on
        assert (journal.last.kind, journal.last.outcome) == (ChangeKind.CONTROL, Outcome.DONE)
        assert (dict(journal.last.old), dict(journal.last.new)) == ({"charge_switch": not on}, {"charge_switch": on})


async def test_an_open_discharge_switch_stays_with_its_pack_alone() -> None:
    packs = Packs(2)
    await ordered(packs, C.DISCHARGE_SWITCH, on=False)
    first, second = (pack.decision for pack in packs.rack.packs)
    assert first is not None
    assert second is not None
    assert (first.switches.discharge, second.switches.discharge) == (False, True)


@pytest.mark.req("REQ-202")
async def test_the_limiter_goes_in_and_caps_the_charge_limit() -> None:
    packs = Packs()
    assert (await ordered(packs, C.CHARGE_LIMITER, on=True)).sentence == "The charge current limiter reads on."
    decision = packs.rack.packs[0].decision
    assert decision is not None
    assert decision.limits.charge_current_limit_a is not None
    assert decision.limits.charge_current_limit_a <= 10.0
    assert (await ordered(packs, C.CHARGE_LIMITER, on=False)).outcome is Outcome.DONE


@pytest.mark.req("REQ-203")
async def test_a_shutdown_turns_the_pack_off() -> None:
    packs, journal = Packs(), MemoryJournal()
    report = await ordered(packs, C.SHUTDOWN, on=True, journal=journal)
    assert report.outcome is Outcome.DONE
    assert packs.rack.packs[0].decision is not None
    assert packs.rack.packs[0].decision.state is PackState.OFF
    assert not packs.rack.packs[0].panel.supplied
    packs.rack.packs[0].press_button(packs.rack.plant.now_s)
    packs.rack.step(1.0)
    assert packs.rack.packs[0].decision.state is not PackState.OFF


@pytest.mark.req("REQ-203")
async def test_a_shutdown_under_charge_is_refused_and_the_refusal_is_kept() -> None:
    packs, journal = Packs(current_a=20.0), MemoryJournal()
    with pytest.raises(ParameterError, match="starts a pack again"):
        await ordered(packs, C.SHUTDOWN, on=True, journal=journal)
    assert journal.last.outcome is Outcome.REFUSED
    assert packs.rack.packs[0].decision is not None
    assert packs.rack.packs[0].decision.state is PackState.CHARGE
    assert (await ordered(packs, C.SHUTDOWN, on=True, journal=journal, force=True)).outcome is Outcome.DONE


async def test_what_the_pack_refuses_is_told() -> None:
    journal = MemoryJournal()
    report = await ordered(Packs(), C.LAMP_ALARM, on=False, journal=journal)
    assert report.outcome is Outcome.FAILED
    assert "operation refused" in report.sentence
    assert journal.last.outcome is Outcome.FAILED


async def test_an_order_without_a_reading_says_so() -> None:
    packs = Packs()
    assert "does not tell how it stands" in (await ordered(packs, C.BUZZER, on=True)).sentence
    assert (await ordered(packs, C.BALANCING, on=False)).outcome is Outcome.DONE


async def test_an_order_whose_answer_is_lost_is_read_back() -> None:
    packs, journal = Packs(), MemoryJournal()

    def deaf(_position: int, frame: bytes, pack: Callable[[bytes], list[bytes]]) -> list[bytes]:
        answers = pack(frame)
        # CID2 9A orders the charge switch.
        return [] if frame[7:9] == b"9A" else answers

    async with session(Line(packs, "pace", deaf), "pace", journal) as talk:
        report = await switch(talk, await reach(talk, 1), C.CHARGE_SWITCH, on=False, who=WHO)
    assert report == ControlReport(Outcome.DONE, "The charge switch reads off.")


async def test_a_switch_that_does_not_obey_is_noticed() -> None:
    packs = Packs()
    packs.memory.control = lambda _pack, _control, *, on: None if on in (True, False) else ""  # type: ignore[method-assign]
    report = await ordered(packs, C.CHARGE_SWITCH, on=False)
    assert report == ControlReport(Outcome.FAILED, "The pack accepted charge switch off, but it reads on.")
    assert "still answers" in (await ordered(packs, C.SHUTDOWN, on=True)).sentence


async def test_who_may_not_does_not() -> None:
    packs, journal = Packs(), MemoryJournal()
    async with session(Line(packs, "pace"), "pace", journal) as talk:
        with pytest.raises(ParameterError, match="takes an installer"):
            await switch(talk, await reach(talk, 1), C.SHUTDOWN, on=True, who=Author("guest", Access.OPERATOR))
    assert journal.last.outcome is Outcome.REFUSED


async def test_without_a_journal_nothing_is_ordered() -> None:
    packs, journal = Packs(), MemoryJournal()
    journal.broken = True
    with pytest.raises(PortError):
        await ordered(packs, C.CHARGE_SWITCH, on=False, journal=journal)
    assert packs.rack.packs[0].decision is not None
    assert packs.rack.packs[0].decision.switches.charge


@pytest.mark.parametrize(
    ("dialect", "what", "said"),
    [
        ("pylontech", C.CHARGE_SWITCH, "has no way to switch the charge switch"),
        ("pace-modbus", C.BUZZER, "has no way to switch the buzzer"),
        ("jbd", C.BUZZER, "it has: charge switch, discharge switch"),
    ],
)
async def test_what_a_dialect_cannot_switch_is_said(dialect: str, what: Control, said: str) -> None:
    with pytest.raises(ParameterError, match=said):
        await ordered(Packs(), what, on=True, dialect=dialect)


@pytest.mark.req("REQ-201")
@pytest.mark.parametrize("dialect", ["pace", "pace-modbus", "seplos3"])
async def test_a_clock_is_set_and_read_back(dialect: str) -> None:
    packs, journal = Packs(), MemoryJournal()
    wanted = Calendar(2027, 2, 28, 23, 59, 58)
    async with session(Line(packs, dialect), dialect, journal) as talk:
        before = await clock(talk, 1)
        assert before.seconds == NOW_S
        report = await set_clock(talk, await reach(talk, 1), wanted, who=WHO)
        assert report.outcome is Outcome.DONE
        assert await clock(talk, 1) == wanted
        with pytest.raises(ParameterError, match="is no date"):
            await set_clock(talk, await reach(talk, 1), Calendar(2027, 2, 29, 0, 0, 0), who=WHO)
    assert dict(journal.last.new) == {"clock_s": wanted.seconds}


async def test_a_dialect_without_a_clock_says_so() -> None:
    async with session(Line(Packs(), "jbd"), "jbd") as talk:
        with pytest.raises(ParameterError, match="has no way to read or set a clock"):
            await clock(talk, 1)


@pytest.mark.req("REQ-209")
async def test_inverter_protocols_are_chosen_and_read_back() -> None:
    packs, journal = Packs(), MemoryJournal()
    async with session(Line(packs, "pace"), "pace", journal) as talk:
        reached = await reach(talk, 1)
        report = await choose(talk, reached, Choice(can=3, automatic=False), who=WHO)
        assert report == ControlReport(Outcome.DONE, "The pack's choice reads: CAN 3, RS485 none, chosen by hand.")
        told = await chosen(talk, 1)
    assert (told.can, told.rs485, told.automatic) == (3, None, False)
    assert dict(journal.last.new) == {"can": 3, "automatic": 0}


@pytest.mark.req("REQ-202", "REQ-208")
async def test_the_start_current_of_the_limiter_is_set_by_an_installer_and_read_back() -> None:
    packs, journal = Packs(), MemoryJournal()
    async with session(Line(packs, "pace"), "pace", journal) as talk:
        reached = await reach(talk, 1)
        assert await limiter_start(talk, 1) == 100.0
        # Packs take up to 150 A; what the product may be charged with is less.
        most_a = talk.product.charge_current_max_a
        assert most_a is not None
        assert limiter_span_a(talk) == (5, min(150, int(most_a)))
        report = await set_limiter_start(talk, reached, 60, who=WHO)
        assert (report.outcome, report.sentence) == (
            Outcome.DONE,
            "The limiter's start current was 100 A, now it reads 60 A.",
        )
        assert await limiter_start(talk, 1) == 60.0
        assert (dict(journal.last.old), dict(journal.last.new)) == ({LIMITER_START: 100.0}, {LIMITER_START: 60})
        for wrong_a in (4, most_a + 1, 60.5, float("nan")):
            with pytest.raises(ParameterError, match=r"The limiter starts at 5 to \d+ A, in whole amperes"):
                await set_limiter_start(talk, reached, wrong_a, who=WHO)
        with pytest.raises(ParameterError, match="that takes an installer"):
            await set_limiter_start(talk, reached, 50, who=Author("otto", Access.OPERATOR))
        assert journal.last.outcome is Outcome.REFUSED
        assert await limiter_start(talk, 1) == 60.0
        # The memory of a virtual pack takes what PACE packs take, and nothing else of the settings changes.
        assert packs.memory.write(1, {LIMITER_START: 151.0}) == "The limiter of this pack cannot start at 151 A."
        assert packs.values() == Packs().values()


async def test_a_start_current_that_was_not_kept_is_told() -> None:
    packs, journal = Packs(), MemoryJournal()
    async with session(Line(packs, "pace"), "pace", journal) as talk:
        reached = await reach(talk, 1)
        packs.memory.write = lambda _pack, _values: None  # type: ignore[method-assign]  # it nods, and keeps nothing
        report = await set_limiter_start(talk, reached, 60, who=WHO)
    assert (report.outcome, report.sentence) == (
        Outcome.FAILED,
        "The limiter's start current was 100 A, now it reads 100 A.",
    )
    assert journal.last.outcome is Outcome.FAILED


async def test_the_version_of_the_electronics_is_told_where_the_dialect_has_it() -> None:
    async with session(Line(Packs(), "pace"), "pace") as talk:
        assert await hardware_version(talk, 1) == "SYSCOM-A5L"
    async with session(Line(Packs(), "jbd"), "jbd") as talk:
        assert await hardware_version(talk, 1) is None
        with pytest.raises(ParameterError, match="has no way to tell or set the start current"):
            await limiter_start(talk, 1)
