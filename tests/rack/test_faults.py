"""Faults of a line and of its packs, each by its number in the fault catalogue, over the service as it runs."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.fasttime import run_fast
from tests.rack.bench import PRODUCT, Bench, alike, standings, troubles
from tests.rack.line import Line, healthy, serving, until
from tests.samples import with_analog, with_limits

from openress.answering import server_options
from openress.bms.aggregate import aggregate
from openress.checker import RackChecker
from openress.errors import FrameError
from openress.model import Freshness, PackSample
from openress.protocols import find_dialect
from openress.rack.joining import JoinRules
from openress.rack.service import RackService
from openress.rack.standing import Objection, RackView, Standing, Trouble


def ready(view: RackView) -> bool:
    return view.ready


def charge_a(rack: RackService) -> float:
    limits = rack.rack().limits
    assert limits is not None
    return limits.charge_current_limit_a or 0.0


def line_of(*numbers: int) -> Line:
    return Line({number: healthy(number) for number in numbers})


@asynccontextmanager
async def watched(rack: RackService, line: Line) -> AsyncIterator[list[str]]:
    """The checker beside the rack, at every second."""
    checker, breaches = RackChecker(PRODUCT, expected=list(line.packs)), list[str]()

    async def look() -> None:
        while True:
            view = rack.view()
            samples = [member.sample for member in view.members]
            breaches.extend(str(breach) for breach in checker.check(samples, view.sample, view.at_s))
            await asyncio.sleep(1.0)

    looking = asyncio.create_task(look())
    try:
        yield breaches
    finally:
        looking.cancel()
        await asyncio.gather(looking, return_exceptions=True)


@pytest.mark.parametrize(
    "change",
    [
        {"temperatures_c": (-40.0, 25.0, 25.0, 25.0)},
        {"temperatures_c": (125.0, 25.0, 25.0, 25.0)},
        {"temperatures_c": ()},
        {"cell_voltages_mv": (3300,) * 7 + (150, 4980) + (3300,) * 7},
        {"cell_voltages_mv": (3300,) * 15},
    ],
    ids=["sensor open", "sensor short", "no sensor", "cell wire off", "cell missing"],
)
def test_f29_a_sensor_or_a_cell_wire_that_is_off_takes_both_directions_away(change: dict[str, object]) -> None:
    """What cannot be measured is taken for the worst, while that pack may hang on the busbar with closed switches."""
    bench = Bench([1, 2, 3])
    bench.rounds(5)
    assert bench.charge_a is not None
    assert bench.charge_a > 0.0
    bench.changed[2] = lambda sample: with_analog(sample, **change)
    bench.rounds(5)
    limits = bench.view.sample.limits
    assert limits is not None
    assert (limits.charge_current_limit_a, limits.discharge_current_limit_a) == (0.0, 0.0)
    assert bench.breaches == []


def noisy(dice: random.Random) -> Callable[[int, bytes], bytes]:
    return lambda _number, answer: dice.randbytes(dice.randrange(8)) + answer + dice.randbytes(dice.randrange(8))


def test_f01_noise_between_frames_changes_nothing() -> None:
    async def main() -> None:
        line = line_of(1, 2, 3)
        line.befalls = noisy(random.Random(1))
        async with serving(line) as rack:
            await until(rack, ready)
            await asyncio.sleep(300.0)
            view = rack.view()
            assert standings(view) == dict.fromkeys((1, 2, 3), Standing.COUNTED)
            assert charge_a(rack) == pytest.approx(150.0)
            assert [member.sample.analog.soc_pct for member in view.members if member.sample.analog] == [50.0] * 3

    run_fast(main())


def test_f02_half_a_frame_is_asked_for_again() -> None:
    async def main() -> None:
        line, dice = line_of(1, 2), random.Random(2)
        line.befalls = lambda _number, answer: answer[: dice.randrange(len(answer))] if dice.random() < 0.2 else answer
        async with serving(line) as rack:
            await until(rack, ready)
            for _ in range(300):
                await asyncio.sleep(1.0)
                assert set(standings(rack.view()).values()) == {Standing.COUNTED}

    run_fast(main())


def test_f02_a_pack_that_never_ends_its_frames_is_lost() -> None:
    async def main() -> None:
        line = line_of(1, 2)
        async with serving(line) as rack:
            await until(rack, ready)
            line.befalls = lambda number, answer: answer[:40] if number == 2 else answer
            await until(rack, lambda view: standings(view)[2] is not Standing.COUNTED)
            assert charge_a(rack) <= 50.0

    run_fast(main())


@pytest.mark.parametrize("dialect", ["pace", "pylontech", "pace-modbus"])
def test_f03_a_damaged_frame_is_dropped_as_a_whole(dialect: str) -> None:
    """Every bit of every answer of a cycle, one after the other: what is accepted says the same as the right frame."""
    parts = find_dialect(dialect).parts()
    assert parts.client is not None
    assert parts.server is not None
    client, server = parts.client(), parts.server(server_options(PRODUCT))
    rejected = harmless = 0
    for query in client.cycle(1):
        (answer,) = server.feed(query.frame, aggregate([alike(1)], 0.0), 0.0)
        (right,) = client.splitter().feed(answer)
        whole = client.merge(PackSample(1), query, right, 0.0)
        for bit in range(8 * len(answer)):
            damaged = bytearray(answer)
            damaged[bit // 8] ^= 1 << bit % 8
            accepted = []
            for frame in client.splitter().feed(bytes(damaged)):
                with suppress(FrameError):
                    accepted.append(client.merge(PackSample(1), query, frame, 0.0))
            # A checksum in lower case is the same checksum.
            assert accepted in ([], [whole])
            rejected, harmless = rejected + (not accepted), harmless + len(accepted)
    assert rejected > 500
    assert harmless < rejected / 50


def test_f05_two_packs_at_one_address_that_answer_in_turn() -> None:
    async def main() -> None:
        line = line_of(1, 2, 3)
        turn = {"even": False}

        def either(at_s: float) -> PackSample:
            turn["even"] = not turn["even"]
            return alike(2, at_s=at_s) if turn["even"] else with_analog(alike(7, at_s=at_s), cycles=900)

        async with serving(line) as rack:
            await until(rack, ready)
            before = charge_a(rack)
            assert before <= 150.0
            line.packs[2] = lambda at_s: replace(either(at_s), pack=2)
            view = await until(rack, lambda view: standings(view)[2] is Standing.EXCLUDED)
            assert troubles(view) == {Trouble.DUPLICATE_ADDRESS}
            for _ in range(60):
                await asyncio.sleep(1.0)
                assert charge_a(rack) <= 100.0
                assert [sample.pack for sample in rack.rack().packs] == [1, 3]

    run_fast(main())


def test_f05_two_packs_at_one_address_that_answer_at_once() -> None:
    async def main() -> None:
        line = line_of(1, 2, 3)
        async with serving(line) as rack:
            await until(rack, ready)
            dice = random.Random(5)
            # Two drivers on one pair: what arrives is neither.
            line.befalls = lambda number, answer: (
                bytes(byte & dice.randrange(256) for byte in answer[:-1]) + answer[-1:] if number == 2 else answer
            )
            view = await until(rack, lambda view: Trouble.GARBLED in troubles(view))
            assert any("two packs may have this address" in finding.sentence for finding in view.findings)
            await until(rack, lambda view: standings(view)[2] is not Standing.COUNTED)
            assert charge_a(rack) <= 100.0

    run_fast(main())


def test_f07_when_the_master_dies_nobody_takes_its_place() -> None:
    async def main() -> None:
        line = line_of(1, 2, 3)
        async with serving(line) as rack:
            await until(rack, ready)
            await asyncio.sleep(60.0)
            line.packs.pop(1)
            died = line.clock()
            view = await until(rack, lambda view: standings(view)[1] is Standing.LOST)
            assert line.clock() - died < 12.0
            assert [sample.pack for sample in view.sample.packs] == [2, 3]
            assert charge_a(rack) <= 100.0
            await asyncio.sleep(600.0)
            assert charge_a(rack) <= 100.0
            assert "Pack 1 has been silent" in rack.view().findings[0].sentence

    run_fast(main())


def test_f07_when_all_packs_are_silent_nothing_is_allowed_and_the_values_grow_old() -> None:
    async def main() -> None:
        line = line_of(1, 2, 3)
        async with serving(line) as rack:
            await until(rack, ready)
            await asyncio.sleep(60.0)
            line.packs.clear()
            died = line.clock()
            await until(rack, lambda view: set(standings(view).values()) == {Standing.LOST})
            assert line.clock() - died < 15.0
            limits = rack.rack().limits
            assert limits is not None
            assert (limits.charge_current_limit_a, limits.discharge_current_limit_a) == (0.0, 0.0)
            assert line.clock() - limits.at_s > 10.0

    run_fast(main())


@settings(max_examples=25)
@given(st.lists(st.tuples(st.integers(1, 5), st.booleans(), st.integers(1, 30)), max_size=8))
def test_f08_packs_that_come_and_go_never_raise_the_total_by_going(story: list[tuple[int, bool, int]]) -> None:
    bench = Bench(range(1, 6), rise_per_s=0.02, rules=JoinRules(settle_s=6.0))
    for number in bench.there:
        bench.changed[number] = lambda sample: with_limits(sample, charge_current_limit_a=10.0 * sample.pack)
    mute: set[int] = set()
    for number, silent, rounds in story:
        (mute.add if silent else mute.discard)(number)
        bench.rounds(rounds, mute=mute)
    assert [str(breach) for breach in bench.breaches] == []


@pytest.mark.req("REQ-288")
def test_f09_a_pack_that_returns_with_another_voltage_waits_and_then_ramps() -> None:
    async def main() -> None:
        line = line_of(1, 2, 3)
        async with serving(line, rules=JoinRules(settle_s=20.0)) as rack, watched(rack, line) as breaches:
            await until(rack, ready)
            await asyncio.sleep(60.0)
            line.packs.pop(3)
            await until(rack, lambda view: standings(view)[3] is Standing.LOST)
            line.packs[3] = lambda at_s: with_analog(
                alike(3, at_s=at_s), pack_voltage_v=54.8, cell_voltages_mv=(3425,) * 16
            )
            await until(rack, lambda view: view.members[2].objections[:1] == (Objection.VOLTAGE,))
            member = rack.view().members[2]
            assert member.equalising_a == pytest.approx(-2.0 / 0.015)
            assert Objection.EQUALISING_CURRENT in member.objections
            await asyncio.sleep(120.0)
            assert charge_a(rack) <= 100.0
            line.packs[3] = healthy(3)
            back = line.clock()
            await until(rack, lambda view: standings(view)[3] is Standing.COUNTED)
            assert line.clock() - back >= 20.0
            assert charge_a(rack) <= 101.0
            await asyncio.sleep(60.0)
            assert charge_a(rack) == pytest.approx(150.0)
            assert breaches == []

    run_fast(main())


def test_f30_packs_of_another_product_are_explained_and_not_used() -> None:
    async def main() -> None:
        line = line_of(1, 2)
        for number in line.packs:
            line.packs[number] = lambda at_s, number=number: with_analog(  # type: ignore[misc]
                alike(number, at_s=at_s), cell_voltages_mv=(3300,) * 15, pack_voltage_v=49.5
            )
        async with serving(line) as rack:
            await asyncio.sleep(60.0)
            view = rack.view()
            assert troubles(view) == {Trouble.WRONG_PRODUCT}
            assert "another number of cells than Syscom A5L 51.2 V" in view.findings[0].sentence
            assert view.sample.limits is None or charge_a(rack) == 0.0
            assert {member.state for member in view.members} == {Freshness.FRESH}

    run_fast(main())
