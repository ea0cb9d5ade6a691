"""The rack service on a line in memory: it finds, polls, backs off, rests, and takes a lost line up again."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from itertools import pairwise

import pytest
from tests.fasttime import run_fast
from tests.rack.bench import PRODUCT, alike, standings, troubles
from tests.rack.line import Line, healthy, serving, until
from tests.samples import with_analog

from openress.answering import RackSource
from openress.catalog import load_product
from openress.codec import HexFrame
from openress.errors import ParameterError, PortError
from openress.model import Freshness
from openress.ports import BytePort, memory_pair
from openress.rack.asking import IDENTITY_EVERY_S
from openress.rack.membership import ABSENT_AFTER_S
from openress.rack.poll import Timing
from openress.rack.service import RackService
from openress.rack.standing import RackView, Standing, Trouble
from openress.rack.timing import TIMINGS, timing_of


def ready(view: RackView) -> bool:
    return view.ready


def rack_of(*numbers: int, dialect: str = "pace") -> Line:
    return Line({number: healthy(number) for number in numbers}, dialect)


def codes(line: Line) -> list[str]:
    """CID2 of every question."""
    return [frame[7:9].decode() for frame in line.asked]


@pytest.mark.parametrize(("dialect", "count"), [("pace", 15), ("pylontech", 14), ("pace-modbus", 15)])
def test_a_rack_is_found_polled_and_summed(dialect: str, count: int) -> None:
    async def main() -> None:
        line = rack_of(*range(1, count + 1), dialect=dialect)
        async with serving(line, timing=timing_of(dialect)) as rack:
            view = await until(rack, ready)
            assert standings(view) == dict.fromkeys(range(1, count + 1), Standing.COUNTED)
            await asyncio.sleep(60.0)
            sample = rack.rack()
            assert sample.limits is not None
            assert sample.limits.charge_current_limit_a == pytest.approx(50.0 * count)
            assert rack.view().findings == ()
            assert [change.sentence for change in rack.changes()][-1] == f"Pack {count} counts."

    run_fast(main())


def test_the_service_is_a_source_of_answers() -> None:
    async def main() -> None:
        line = rack_of(1, 2)
        async with serving(line) as rack:
            source: RackSource = rack
            source.heard()
            assert source.rack().packs == ()
            await until(rack, ready)
            source.refresh(line.clock() + 30.0)
            assert {member.standing for member in rack.view().members} == {Standing.LOST}

    run_fast(main())


def test_analog_values_of_all_packs_come_before_anything_else() -> None:
    async def main() -> None:
        line = rack_of(1, 2, 3)
        async with serving(line, expected=[1, 2, 3]) as rack:
            await until(rack, ready)
            assert codes(line)[:6] == ["42", "42", "42", "44", "44", "44"]
            assert codes(line)[6:12] == ["C1", "C2"] * 3
            line.asked.clear()
            await asyncio.sleep(IDENTITY_EVERY_S - 10.0)
            assert set(codes(line)) == {"42", "44"}
            await asyncio.sleep(20.0)
            assert codes(line).count("C2") == 3

    run_fast(main())


def test_an_absent_pack_does_not_slow_the_others() -> None:
    async def main() -> None:
        line = rack_of(1, 2, 3)
        async with serving(line) as rack:
            await until(rack, ready)
            line.packs.pop(2)
            await until(rack, lambda view: standings(view)[2] is Standing.LOST)
            await asyncio.sleep(60.0)
            begun, asked = line.clock(), len(line.asked)
            await asyncio.sleep(120.0)
            rounds = [frame for frame in line.asked[asked:] if frame[3:5] == b"01" and frame[7:9] == b"42"]
            gone = [frame for frame in line.asked[asked:] if frame[3:5] == b"02"]
            assert len(rounds) > 100 * (line.clock() - begun) / 120.0
            assert len(gone) <= 5
            assert rack.view().members[1].state is Freshness.ABSENT
            line.packs[2] = healthy(2)
            await until(rack, lambda view: standings(view)[2] is Standing.COUNTED)

    run_fast(main())


def test_asking_in_vain_does_not_make_a_dead_line_look_slow() -> None:
    async def main() -> None:
        line = rack_of(1, 2, 3)
        async with serving(line) as rack:
            await until(rack, ready)
            await asyncio.sleep(10.0)
            usual_s = rack.answered_s
            line.packs.clear()
            await until(rack, lambda _: rack.cycle_s > usual_s)
            assert all(member.state is Freshness.FRESH for member in rack.view().members)
            assert rack.answered_s == usual_s
            line.packs[1] = healthy(1)
            # Those that are lost are asked seldom, and no longer hold anything up.
            await until(rack, lambda view: standings(view)[1] is Standing.COUNTED, within_s=200.0)
            await asyncio.sleep(10.0)
            assert rack.answered_s == pytest.approx(rack.cycle_s)

    run_fast(main())


def test_a_pack_that_is_added_is_found() -> None:
    async def main() -> None:
        line = rack_of(1, 2)
        async with serving(line) as rack:
            await until(rack, ready)
            line.packs[3] = healthy(3)
            view = await until(rack, lambda view: standings(view).get(3) is Standing.COUNTED, within_s=200.0)
            assert len(view.sample.packs) == 3

    run_fast(main())


def test_a_pack_that_was_taken_away_is_forgotten_and_may_come_back() -> None:
    async def main() -> None:
        line = rack_of(1, 2)
        async with serving(line) as rack:
            await until(rack, ready)
            line.packs.pop(2)
            await until(rack, lambda view: standings(view)[2] is Standing.LOST)
            rack.remove(2)
            await asyncio.sleep(ABSENT_AFTER_S)
            assert standings(rack.view()) == {1: Standing.COUNTED}
            line.packs[2] = healthy(2)
            await until(rack, lambda view: standings(view).get(2) is Standing.COUNTED)

    run_fast(main())


def test_before_the_first_pack_is_there_the_service_keeps_looking() -> None:
    async def main() -> None:
        line = rack_of()
        async with serving(line) as rack:
            await asyncio.sleep(30.0)
            assert rack.view().members == ()
            assert rack.rack().limits is None
            line.packs[1] = healthy(1)
            await until(rack, ready)

    run_fast(main())


def test_numbers_with_a_gap_wait_for_a_person() -> None:
    async def main() -> None:
        line = rack_of(1, 3)
        async with serving(line) as rack:
            await asyncio.sleep(60.0)
            view = rack.view()
            assert not view.ready
            assert troubles(view) == {Trouble.GAP}
            assert view.sample.limits is not None
            assert view.sample.limits.charge_current_limit_a == 0.0
            rack.confirm()
            await until(rack, ready)
        assert sum(frame[3:5] == b"02" for frame in line.asked) >= 4  # a gap is looked at twice before it is one

    run_fast(main())


def test_a_pack_that_differs_can_be_accepted() -> None:
    async def main() -> None:
        line = rack_of(1, 2)
        line.packs[3] = lambda at_s: with_analog(alike(3, at_s=at_s), soc_pct=90.0, remaining_ah=90.0)
        async with serving(line) as rack:
            view = await until(rack, ready)
            assert standings(view)[3] is Standing.JOINING
            assert troubles(view) == {Trouble.JOIN_REFUSED}
            rack.accept(3)
            await until(rack, lambda view: standings(view)[3] is Standing.COUNTED)

    run_fast(main())


def test_somebody_elses_questions_are_listened_to_and_not_talked_over() -> None:
    async def main() -> None:
        line = rack_of(1)
        near, far = memory_pair()
        async with RackService(near, line.client(), product=PRODUCT, clock=line.clock) as rack:
            running = asyncio.create_task(rack.run())
            for _ in range(20):
                await far.write(b"~20014642E00201FD33\r")
                await asyncio.sleep(1.0)
            assert troubles(rack.view()) == {Trouble.SECOND_MASTER}
            assert "somebody else asks" in rack.view().findings[0].sentence
            answering = asyncio.create_task(line.answer(far))
            assert line.asked == []
            await until(rack, ready)
            assert rack.view().findings == ()
            for task in (running, answering):
                task.cancel()
            await asyncio.gather(running, answering, return_exceptions=True)

    run_fast(main())


@pytest.mark.req("REQ-126")
def test_a_day_without_anybody_lets_the_packs_sleep() -> None:
    async def main() -> None:
        line = rack_of(1, 2)
        async with serving(line, quiet_after_s=600.0) as rack:
            await until(rack, ready)
            await asyncio.sleep(24 * 3600.0)
            last = line.spoken[-1]
            assert last < 700.0
            assert {member.state for member in rack.view().members} == {Freshness.ASLEEP}
            assert rack.view().findings == ()
            assert not rack.view().ready
            rack.heard()
            await until(rack, ready)
            assert line.spoken[-1] > 24 * 3600.0

    run_fast(main())


@pytest.mark.req("REQ-126")
def test_with_an_inverter_or_a_current_polling_goes_on() -> None:
    async def main() -> None:
        line = rack_of(1)
        async with serving(line, quiet_after_s=60.0) as rack:
            await until(rack, ready)
            for _ in range(10):
                await asyncio.sleep(50.0)
                rack.heard()
            assert line.clock() - line.spoken[-1] < 2.0
            line.packs[1] = lambda at_s: with_analog(alike(1, at_s=at_s), pack_current_a=-0.7)
            await asyncio.sleep(300.0)
            assert line.clock() - line.spoken[-1] < 2.0
            line.packs[1] = healthy(1)
            await asyncio.sleep(120.0)
            assert line.clock() - line.spoken[-1] > 50.0

    run_fast(main())


def test_f31_a_line_that_was_unplugged_is_taken_up_again() -> None:
    async def main() -> None:
        line = rack_of(1, 2)
        ends: list[BytePort] = []
        plugged = asyncio.Event()

        async def again() -> BytePort:
            await plugged.wait()
            near, far = memory_pair()
            ends.append(far)
            tasks.append(asyncio.create_task(line.answer(far)))
            return near

        tasks: list[asyncio.Task[None]] = []
        plugged.set()
        first = await again()
        plugged.clear()
        async with RackService(first, line.client(), product=PRODUCT, clock=line.clock, again=again) as rack:
            tasks.append(asyncio.create_task(rack.run()))
            await until(rack, ready)
            await ends[0].close()
            view = await until(rack, lambda view: Trouble.LINE_GONE in troubles(view))
            await asyncio.sleep(20.0)
            view = rack.view()
            assert troubles(view) == {Trouble.LINE_GONE}
            assert set(standings(view).values()) == {Standing.LOST}
            assert view.sample.limits is not None
            assert view.sample.limits.charge_current_limit_a == 0.0
            assert line.clock() - view.sample.limits.at_s > 10.0
            plugged.set()
            view = await until(rack, ready)
            assert view.sample.limits is not None
            assert (view.sample.limits.charge_current_limit_a or 0.0) < 10.0
            await until(rack, lambda view: set(standings(view).values()) == {Standing.COUNTED})
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    run_fast(main())


def test_without_a_way_to_get_it_again_a_lost_line_is_an_error() -> None:
    async def main() -> None:
        near, far = memory_pair()
        line = rack_of(1)
        async with RackService(near, line.client(), product=PRODUCT, clock=line.clock) as rack:
            await far.close()
            with pytest.raises(PortError, match="gone"):
                await rack.run()

    run_fast(main())


def test_a_serial_number_that_is_not_told_this_time_is_asked_for_again() -> None:
    async def main() -> None:
        line = rack_of(1, 2)
        async with serving(line, expected=[1, 2]) as rack:
            await until(rack, ready)
            line.packs[1] = lambda at_s: replace(alike(1, at_s=at_s), identity=None)
            line.befalls = lambda _number, answer: b"" if len(answer) > 60 and answer[13:15] == b"31" else answer
            await asyncio.sleep(3 * IDENTITY_EVERY_S)
            assert rack.view().members[0].serial == "SERIAL-0001"

    run_fast(main())


def test_a_question_that_a_firmware_refuses_is_not_put_for_ever() -> None:
    async def main() -> None:
        line = rack_of(1, 2, dialect="pylontech")
        asked_limits = {"count": 0}

        def refuse(number: int, answer: bytes) -> bytes:
            if number == 1 and line.asked[-1][7:9] == b"92":
                asked_limits["count"] += 1
                return HexFrame(0x20, 2, 0x46, 0x04, b"").encode()
            return answer

        line.befalls = refuse
        async with serving(line, expected=[1, 2]) as rack:
            await until(rack, ready)
            await asyncio.sleep(60.0)
            assert asked_limits["count"] <= 3 * 3
            assert rack.view().findings == ()
            assert set(standings(rack.view()).values()) == {Standing.COUNTED}

    run_fast(main())


def test_the_poller_keeps_the_pause_that_a_dialect_asks_for() -> None:
    async def main() -> None:
        line = rack_of(1, 2, dialect="pace-modbus")
        async with serving(line, expected=[1, 2], timing=timing_of("pace-modbus")) as rack:
            await until(rack, ready)
        assert min(later - earlier for earlier, later in pairwise(line.spoken)) >= 0.149

    run_fast(main())


def test_timing_is_a_table() -> None:
    assert timing_of("pace-modbus").pause_s == 0.1
    assert timing_of("jbd") == Timing()
    assert all(timing.timeout_s > 0 for timing in TIMINGS.values())


@pytest.mark.req("REQ-105")
def test_more_packs_than_the_product_has_are_refused() -> None:
    near, _ = memory_pair()
    line = rack_of(1)
    with pytest.raises(ParameterError, match=r"pack 16: a rack of Syscom A5L 51\.2 V has at most 15 packs"):
        RackService(near, line.client(), product=PRODUCT, expected=[1, 16], clock=lambda: 0.0)
    small = replace(load_product("syscom-a5l-48v"), pack_limit=4)
    with pytest.raises(ParameterError, match="5 packs: a rack of Syscom A5L 48 V has at most 4 packs"):
        RackService(near, line.client(), product=small, expected=range(1, 6), clock=lambda: 0.0)
