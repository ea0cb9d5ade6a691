"""Settings of a pack are changed over a line that loses, alters, repeats and falls silent."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest
from tests.rack.packline import WHO, Line, Meddler, MemoryJournal, Packs, honest, session
from tests.rack.parametersamples import DEFAULTS, NEW, PACE, _planned, told_truly, written

from openress.errors import ParameterError
from openress.model.change import Outcome
from openress.rack.parameters import carry_out, settle, unsettled
from openress.rack.poll import NoAnswerError
from openress.rack.session import reach

Spoil = Callable[[int], Meddler]


def loses_the_order(at: int) -> Meddler:
    return lambda position, frame, pack: [] if position == at else pack(frame)


def loses_the_answer(at: int) -> Meddler:
    def meddle(position: int, frame: bytes, pack: Callable[[bytes], list[bytes]]) -> list[bytes]:
        answers = pack(frame)
        return [] if position == at else answers

    return meddle


def _flipped(frame: bytes) -> bytes:
    at = len(frame) // 2
    return frame[:at] + bytes([frame[at] ^ 0x01]) + frame[at + 1 :]


def alters_the_order(at: int) -> Meddler:
    return lambda position, frame, pack: pack(_flipped(frame)) if position == at else pack(frame)


def alters_the_answer(at: int) -> Meddler:
    return lambda position, frame, pack: [_flipped(a) for a in pack(frame)] if position == at else pack(frame)


def loses_one_answer(at: int) -> Meddler:
    lost: list[int] = []

    def meddle(position: int, frame: bytes, pack: Callable[[bytes], list[bytes]]) -> list[bytes]:
        answers = pack(frame)
        if position == at and not lost:
            lost.append(at)
            return []
        return answers

    return meddle


def repeats_the_answer_before(at: int) -> Meddler:
    before: list[list[bytes]] = [[]]

    def meddle(position: int, frame: bytes, pack: Callable[[bytes], list[bytes]]) -> list[bytes]:
        answers = pack(frame)
        told = before[0] if position == at else answers
        before[0] = answers
        return told

    return meddle


def falls_silent(at: int) -> Meddler:
    return lambda position, frame, pack: [] if position >= at else pack(frame)


def comes_and_goes(at: int, quiet: int) -> Meddler:
    """Now and then one question gets through, and nothing behind it."""
    calls = 0

    def meddle(position: int, frame: bytes, pack: Callable[[bytes], list[bytes]]) -> list[bytes]:
        nonlocal calls
        calls += position >= at
        return [] if calls % (quiet + 1) else pack(frame)

    return meddle


async def _exchanges(dialect: str) -> int:
    """How many there are when nothing goes wrong."""
    line = Line(Packs(), dialect)
    async with session(line, dialect) as talk:
        assert (await carry_out(talk, await _planned(talk, line), who=WHO)).done
    return line.exchanges


@pytest.mark.req("REQ-206", "REQ-213")
@pytest.mark.parametrize("dialect", PACE)
@pytest.mark.parametrize(
    "spoil",
    [
        loses_the_order,
        loses_the_answer,
        alters_the_order,
        alters_the_answer,
        loses_one_answer,
        repeats_the_answer_before,
    ],
)
async def test_f28_a_reply_or_order_lost_or_altered_at_any_position(dialect: str, spoil: Spoil) -> None:
    for at in range(await _exchanges(dialect)):
        packs, journal = Packs(), MemoryJournal()
        line = Line(packs, dialect)
        async with session(line, dialect, journal) as talk:
            planned = await _planned(talk, line)
            line.meddler = spoil(at)
            try:
                report = await carry_out(talk, planned, who=WHO)
            except (NoAnswerError, ParameterError):
                # The last look before the first order: nothing had been sent.
                assert journal.entries == []
                assert packs.values() == dict(DEFAULTS)
                continue
            assert report.sentence
            if report.change.outcome is None:
                # The same question again was lost too: left open, for whoever comes next.
                assert journal.last.outcome is None
                line.begin()
                line.meddler = honest
                (report,) = await settle(talk, planned.reached)
        assert report.change == journal.last
        told_truly(packs, journal)


@pytest.mark.parametrize("dialect", PACE)
async def test_f28_a_pack_that_falls_silent_at_any_position_is_taken_up_later(dialect: str) -> None:
    for at in range(await _exchanges(dialect)):
        packs, journal = Packs(), MemoryJournal()
        line = Line(packs, dialect)
        async with session(line, dialect, journal) as talk:
            planned = await _planned(talk, line)
            line.meddler = falls_silent(at)
            try:
                report = await carry_out(talk, planned, who=WHO)
            except NoAnswerError:
                assert journal.entries == []
                continue
        assert report.change.outcome is None
        assert "stays open in the journal" in report.sentence
        async with session(Line(packs, dialect), dialect, journal) as talk:
            reached = await reach(talk, 1)
            (said,) = await unsettled(talk, reached)
            assert "never ended" in said
            (taken_up,) = await settle(talk, reached)
            assert await settle(talk, reached) == []
        assert taken_up.change == journal.last
        told_truly(packs, journal)


@pytest.mark.parametrize(
    ("quiet", "every"),
    [(3, 5), *(pytest.param(quiet, 1, marks=pytest.mark.soak) for quiet in (3, 4, 5, 7, 11))],
)
async def test_f28_a_pack_that_comes_and_goes_is_never_said_to_refuse(quiet: int, every: int) -> None:
    for at in range(0, await _exchanges("pace"), every):
        packs, journal = Packs(), MemoryJournal()
        line = Line(packs, "pace")
        async with session(line, "pace", journal) as talk:
            planned = await _planned(talk, line)
            line.meddler = comes_and_goes(at, quiet)
            try:
                report = await carry_out(talk, planned, who=WHO)
            except NoAnswerError:
                assert journal.entries == []
                continue
            assert report.change.outcome is not Outcome.FAILED, report.sentence
            line.meddler = honest
            await settle(talk, planned.reached)
        told_truly(packs, journal)


@pytest.mark.parametrize("dialect", PACE)
async def test_f28_a_value_that_the_pack_keeps_otherwise_is_noticed_and_put_back(dialect: str) -> None:
    packs, journal = Packs(), MemoryJournal()
    take, forged = packs.memory.write, []

    def write_otherwise(pack: int, values: Mapping[str, float]) -> str | None:
        if "cell_ov_alarm_mv" in values and not forged:
            forged.append(values)
            return take(pack, {**values, "cell_ov_alarm_mv": 3400})
        return take(pack, values)

    packs.memory.write = write_otherwise  # type: ignore[method-assign]
    report = await written(Line(packs, dialect), dialect, NEW, journal)
    assert report is not None
    assert "cell_ov_alarm_mv reads 3400 mV instead of 3490 mV" in report.sentence
    assert journal.last.outcome is Outcome.RESTORED
    told_truly(packs, journal)


async def test_a_pack_that_refuses_one_group_gets_the_others_back() -> None:
    packs, journal = Packs(), MemoryJournal()
    take = packs.memory.write
    packs.memory.write = lambda pack, values: (  # type: ignore[method-assign]
        "no" if values.get("soc_low_alarm_pct") == 10 else take(pack, values)
    )
    report = await written(Line(packs, "pace"), "pace", NEW, journal)
    assert report is not None
    assert "operation refused" in report.sentence
    told_truly(packs, journal)
    assert journal.last.outcome is Outcome.RESTORED


async def test_a_pack_that_does_not_take_its_old_values_back_is_told_as_it_is() -> None:
    packs, journal = Packs(), MemoryJournal()
    take = packs.memory.write

    def once(pack: int, values: Mapping[str, float]) -> str | None:
        changed = [key for key, value in values.items() if packs.values()[key] != value]
        return take(pack, values) if changed == ["pack_ov_alarm_v", "pack_ov_release_v"] and not once_done else "no"

    once_done: list[bool] = []

    def write_once(pack: int, values: Mapping[str, float]) -> str | None:
        done = once(pack, values)
        once_done.append(True)
        return done

    packs.memory.write = write_once  # type: ignore[method-assign]
    report = await written(Line(packs, "pace"), "pace", NEW, journal)
    assert report is not None
    assert report.change.outcome is Outcome.FAILED
    assert "it has pack_ov_alarm_v 55 V, pack_ov_release_v 53.5 V" in report.sentence
