"""Settings of a pack are changed as a whole or not at all, whatever happens on the line, and the journal knows."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from tests.rack.packline import PRODUCT, WHO, Line, MemoryJournal, Packs, session
from tests.rack.parametersamples import DEFAULTS, NEW, PACE, _planned, told_truly, written, yes

from openress.errors import ParameterError, PortError
from openress.model.change import ChangeKind, Outcome
from openress.params import BY_KEY, PARAMETERS, RULES, Access, bounds, problems, stricter
from openress.rack.parameters import Plan, Report, carry_out, plan, plan_undo, write
from openress.rack.readout import read
from openress.rack.session import Author, reach


def another(key: str) -> float:
    """A value of one setting alone that the product accepts and that is not the default."""
    row = BY_KEY[key]
    for steps in (1, -1, 2, -2, 5, -5):
        value = row.rounded(DEFAULTS[key] + steps * row.step)
        if not problems(DEFAULTS, {key: value}):
            return value
    raise AssertionError(key)


@pytest.mark.req("REQ-204", "REQ-213")
@pytest.mark.parametrize("dialect", PACE)
@pytest.mark.parametrize("key", list(BY_KEY))
async def test_every_row_is_written_read_back_through_both_dialects_and_restored(key: str, dialect: str) -> None:
    packs, journal, wanted = Packs(), MemoryJournal(), another(key)
    report = await written(Line(packs, dialect), dialect, {key: wanted}, journal)
    assert report is not None
    assert report.done, report.sentence
    assert packs.values() == {**DEFAULTS, key: wanted}
    for reader in PACE:
        async with session(Line(packs, reader), reader) as talk:
            told = await read(talk, 1)
        assert told.missing == told.unread == ()
        assert dict(told.values) == pytest.approx({**DEFAULTS, key: wanted})
    other = next(name for name in PACE if name != dialect)
    async with session(Line(packs, other), other, journal) as talk:
        reached = await reach(talk, 1)
        restored = await write(talk, reached, dict(DEFAULTS), who=WHO, confirm=yes, kind=ChangeKind.RESTORE)
    assert restored is not None
    assert restored.done, restored.sentence
    assert packs.values() == dict(DEFAULTS)
    first, second = journal.entries
    assert (first.kind, first.who, first.serial) == (ChangeKind.WRITE, "somebody", "VIRTUAL-0001")
    assert (dict(first.old), dict(first.new)) == ({key: DEFAULTS[key]}, {key: wanted})
    assert (dict(second.old), dict(second.new)) == ({key: wanted}, {key: DEFAULTS[key]})
    assert {first.outcome, second.outcome} == {Outcome.DONE}


def wrong_values() -> list[Any]:
    cases = []
    for row in PARAMETERS:
        limits = bounds(row, PRODUCT)
        ends = (row.low - row.step, row.high + row.step, limits.low - row.step, limits.high + row.step)
        cases += [pytest.param({row.key: value}, id=f"{row.key}={value:g}") for value in ends]
    # The lower one goes above the upper one.
    cases += [
        pytest.param({rule.lower: DEFAULTS[rule.upper] + BY_KEY[rule.lower].step}, id=rule.name) for rule in RULES
    ]
    cases += [pytest.param({"cell_ov_protect_mv": float("nan")}, id="nan"), pytest.param({"nonsense": 1}, id="key")]
    return cases


@pytest.mark.req("REQ-005", "REQ-204")
@pytest.mark.parametrize("values", wrong_values())
async def test_what_is_out_of_range_order_or_envelope_changes_nothing(values: dict[str, float]) -> None:
    packs, journal = Packs(), MemoryJournal()
    line = Line(packs, "pace")
    also = {"balance_delta_mv": 40.0, **values}
    with pytest.raises(ParameterError) as refused:
        await written(line, "pace", also, journal)
    assert str(refused.value).endswith(".")
    assert packs.values() == dict(DEFAULTS)
    assert packs.rack.packs[0].in_force is packs.rack.packs[0].values
    assert journal.last.outcome is Outcome.REFUSED
    assert journal.last.result == str(refused.value)
    assert journal.last.old["balance_delta_mv"] == 30


async def test_every_mistake_is_told_at_once() -> None:
    with pytest.raises(ParameterError) as refused:
        await written(
            Line(Packs(), "pace"), "pace", {"cell_ov_protect_mv": 3700, "mos_ot_alarm_c": 500}, MemoryJournal()
        )
    assert "3.65 V" in str(refused.value)
    assert "mos_ot_alarm_c must be" in str(refused.value)


@pytest.mark.req("REQ-007", "REQ-205")
async def test_who_may_not_change_settings_changes_none() -> None:
    packs, journal = Packs(), MemoryJournal()
    async with session(Line(packs, "pace"), "pace", journal) as talk:
        with pytest.raises(ParameterError, match="takes an installer"):
            await plan(
                talk,
                await reach(talk, 1),
                {"balance_delta_mv": 40},
                who=Author("guest", Access.OPERATOR),
                kind=ChangeKind.WRITE,
            )
    assert packs.values() == dict(DEFAULTS)
    assert journal.last.outcome is Outcome.REFUSED


async def test_the_stricter_of_both_holds_while_a_write_is_in_flight() -> None:
    packs, held = Packs(), []
    line = Line(packs, "pace")
    expected = stricter({key: DEFAULTS[key] for key in NEW}, NEW)

    def seen(_position: int, frame: bytes, pack: Callable[[bytes], list[bytes]]) -> list[bytes]:
        if any(values is not None for _, values in held):
            # The BMS of the pack itself works with nothing looser than old and new.
            force = packs.rack.packs[0].in_force
            assert stricter(force, stricter(DEFAULTS, packs.values())) == dict(force)
        return pack(frame)

    async with session(line, "pace", hold=lambda pack, values: held.append((pack, values))) as talk:
        planned = await plan(talk, await reach(talk, 1), NEW, who=WHO, kind=ChangeKind.WRITE)
        line.meddler = seen
        assert (await carry_out(talk, planned, who=WHO)).done
    assert held == [(1, expected), (1, None)]
    for _ in range(12):
        packs.rack.step(1.0)
    assert dict(packs.rack.packs[0].in_force) == packs.values()


async def test_it_can_be_stopped_and_is_put_back() -> None:
    packs, journal = Packs(), MemoryJournal()
    line = Line(packs, "pace")
    async with session(line, "pace", journal) as talk:
        planned = await _planned(talk, line)
        task: asyncio.Task[Report] | None = None

        def stop(position: int, frame: bytes, pack: Callable[[bytes], list[bytes]]) -> list[bytes]:
            if position == 12 and task is not None:
                task.cancel()
            return pack(frame)

        line.meddler = stop
        task = asyncio.create_task(carry_out(talk, planned, who=WHO))
        with pytest.raises(asyncio.CancelledError):
            await task
    assert journal.last.outcome is Outcome.RESTORED
    assert "it was stopped" in journal.last.result
    told_truly(packs, journal)


async def test_a_line_that_goes_leaves_the_change_open() -> None:
    packs, journal = Packs(), MemoryJournal()
    line = Line(packs, "pace")

    def cut(position: int, frame: bytes, pack: Callable[[bytes], list[bytes]]) -> list[bytes]:
        line.dead = position == 12
        return pack(frame)

    async with session(line, "pace", journal) as talk:
        planned = await _planned(talk, line)
        line.meddler = cut
        report = await carry_out(talk, planned, who=WHO)
    assert report.change.outcome is None
    async with session(Line(packs, "pace"), "pace", journal) as talk:
        reached = await reach(talk, 1)
        # Whoever writes next takes it up first.
        again = await write(talk, reached, {"balance_delta_mv": 40}, who=WHO, confirm=yes)
    assert again is not None
    assert again.done
    assert journal.entries[0].outcome is Outcome.RESTORED
    assert packs.values() == {**DEFAULTS, "balance_delta_mv": 40}


async def test_without_a_journal_nothing_is_sent() -> None:
    packs, journal = Packs(), MemoryJournal()
    journal.broken = True
    with pytest.raises(PortError, match="disk is full"):
        await written(Line(packs, "pace"), "pace", NEW, journal)
    assert packs.values() == dict(DEFAULTS)


async def test_a_pack_that_was_changed_between_question_and_answer_is_left_alone() -> None:
    packs, journal = Packs(), MemoryJournal()

    async def meanwhile(_plan: Plan) -> bool:
        assert packs.memory.write(1, {"cell_ov_alarm_mv": 3480}) is None
        return True

    async with session(Line(packs, "pace"), "pace", journal) as talk:
        with pytest.raises(ParameterError, match="cell_ov_alarm_mv is 3480 mV now, it was 3500 mV"):
            await write(talk, await reach(talk, 1), NEW, who=WHO, confirm=meanwhile)
    assert packs.values() == {**DEFAULTS, "cell_ov_alarm_mv": 3480}


async def test_no_is_an_answer_and_what_is_so_already_is_not_written() -> None:
    packs, journal = Packs(), MemoryJournal()

    async def no(_plan: Plan) -> bool:
        return False

    async with session(Line(packs, "pace"), "pace", journal) as talk:
        reached = await reach(talk, 1)
        assert await write(talk, reached, NEW, who=WHO, confirm=no) is None
        assert await write(talk, reached, {"cell_ov_alarm_mv": 3500}, who=WHO, confirm=yes) is None
    assert journal.entries == []


async def test_changes_are_taken_back_one_after_another() -> None:
    packs, journal = Packs(), MemoryJournal()
    async with session(Line(packs, "pace"), "pace", journal) as talk:
        reached = await reach(talk, 1)
        for value in (3490, 3480):
            await write(talk, reached, {"cell_ov_alarm_mv": value}, who=WHO, confirm=yes)
        for number, value in ((2, 3490), (1, 3500)):
            planned = await plan_undo(talk, reached, who=WHO)
            assert planned.undoes == number
            assert (await carry_out(talk, planned, who=WHO)).done
            assert packs.values()["cell_ov_alarm_mv"] == value
        with pytest.raises(ParameterError, match="no change of pack 1"):
            await plan_undo(talk, reached, who=WHO)


async def test_what_somebody_else_changed_since_is_not_taken_back() -> None:
    packs, journal = Packs(), MemoryJournal()
    async with session(Line(packs, "pace"), "pace", journal) as talk:
        reached = await reach(talk, 1)
        await write(talk, reached, {"cell_ov_alarm_mv": 3490}, who=WHO, confirm=yes)
        assert packs.memory.write(1, {"cell_ov_alarm_mv": 3450}) is None
        with pytest.raises(ParameterError, match="somebody else has changed it since"):
            await plan_undo(talk, reached, who=WHO)


@pytest.mark.parametrize(
    ("dialect", "has"), [("seplos3", 45), ("jbd", 24), ("jk-4e57", 25), ("jk-pb", 20), ("daly-modbus", 23)]
)
async def test_a_dialect_with_fewer_settings_says_which_it_does_not_have(dialect: str, has: int) -> None:
    packs, journal = Packs(), MemoryJournal()
    line = Line(packs, dialect)
    async with session(line, dialect, journal) as talk:
        told = await read(talk, 1)
        assert len(told.values) == has
        assert set(told.missing) == BY_KEY.keys() - told.values.keys()
        assert dict(told.values) == pytest.approx({key: DEFAULTS[key] for key in told.values})
        reached = await reach(talk, 1)
        with pytest.raises(ParameterError, match=f"does not have {told.missing[0]}"):
            await write(talk, reached, {told.missing[0]: DEFAULTS[told.missing[0]]}, who=WHO, confirm=yes)
        done = []
        for key in told.values:
            # Whatever the dialect can write is written and put back; of the others it says why not.
            try:
                report = await write(talk, reached, {key: another(key)}, who=WHO, confirm=yes)
            except ParameterError as error:
                assert key in str(error)
                continue
            assert report is not None
            assert report.done, (key, report.sentence)
            assert packs.values() == {**DEFAULTS, key: another(key)}
            assert (await carry_out(talk, await plan_undo(talk, reached, who=WHO), who=WHO)).done
            done.append(key)
        assert len(done) >= has // 2


@pytest.mark.parametrize("dialect", ["pylontech", "daly"])
async def test_a_dialect_without_settings_says_so(dialect: str) -> None:
    async with session(Line(Packs(), dialect), dialect) as talk:
        with pytest.raises(ParameterError, match="has no way to read or change settings"):
            await read(talk, 1)


async def test_a_pack_of_another_number_of_cells_is_not_changed() -> None:
    packs, journal = Packs(), MemoryJournal()
    async with session(Line(packs, "pace"), "pace", journal) as talk:
        reached = await reach(talk, 1)
        assert reached.cells == 16
        analog = reached.sample.analog
        assert analog is not None
        fewer = replace(reached, sample=replace(reached.sample, analog=replace(analog, cell_voltages_mv=(3300,) * 15)))
        with pytest.raises(ParameterError, match="has 15 cells in series"):
            await plan(talk, fewer, {"balance_delta_mv": 40}, who=WHO, kind=ChangeKind.WRITE)
