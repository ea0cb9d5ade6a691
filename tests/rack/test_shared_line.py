"""The rack service on a line that packs really share, at 9600 baud: collisions, noise, cut frames, time."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest
from tests.busrack import BusRack, speaker
from tests.fasttime import run_fast
from tests.rack.bench import PRODUCT, alike, standings, troubles
from tests.rack.line import until
from tests.samples import with_analog

from openress.checker import RackChecker
from openress.codec.uart import character_s
from openress.ports.busend import LiveBus
from openress.ports.sharedbus import Faults, Station
from openress.protocols import find_dialect
from openress.rack.service import RackService
from openress.rack.standing import RackView, Standing, Trouble
from openress.rack.timing import timing_of

FIFTEEN = range(1, 16)


@dataclass
class Shared(BusRack):
    """A line with packs that are alike, watched by the checker."""

    breaches: list[str] = field(default_factory=list)
    took_s: list[float] = field(default_factory=list)

    def put(self, number: int, *, serial: str | None = None, faults: Faults | None = None) -> Station:
        pack = speaker(number, "pace", serial=serial, sample=lambda at_s: alike(number, at_s=at_s))
        return self.bus.attach(f"pack {number}", pack, faults=faults, turnaround_s=0.03)

    @asynccontextmanager
    async def served(self, expected: range) -> AsyncIterator[RackService]:
        loop = asyncio.get_running_loop()
        make = find_dialect("pace").parts().client
        assert make is not None
        async with LiveBus(self.bus) as live:
            service = RackService(
                live.end("us"),
                make(),
                product=PRODUCT,
                expected=list(expected),
                timing=timing_of("pace"),
                clock=loop.time,
            )
            async with service as rack:
                tasks = [asyncio.create_task(rack.run()), asyncio.create_task(self._watch(rack, expected))]
                yield rack
                for task in tasks:
                    task.cancel()
                await asyncio.gather(*tasks, return_exceptions=True)

    async def _watch(self, rack: RackService, expected: range) -> None:
        checker = RackChecker(PRODUCT, expected=expected)
        while True:
            view = rack.view()
            checker.fresh_for_s = view.fresh_for_s
            samples = [member.sample for member in view.members]
            self.breaches += [str(breach) for breach in checker.check(samples, view.sample, view.at_s)]
            await asyncio.sleep(0.5)


def ready(view: RackView) -> bool:
    return view.ready


def test_fifteen_packs_are_polled_as_fast_as_the_line_allows() -> None:
    line = Shared()
    for number in FIFTEEN:
        line.put(number)

    async def main() -> tuple[float, float]:
        async with line.served(FIFTEEN) as rack:
            view = await until(rack, ready)
            assert set(standings(view).values()) == {Standing.COUNTED}
            await asyncio.sleep(200.0)
            assert rack.view().fresh_for_s < 20.0
            heard = list(line.said)
            return heard[0].start_s, heard[-1].end_s

    first_s, last_s = run_fast(main())
    bytes_s = sum(len(said.data) for said in line.said) * character_s(9600)
    answers = sum(said.station != "us" for said in line.said)
    assert line.breaches == []
    # Nothing but bytes, turnaround, and the pause of a round that would begin within the same second.
    assert last_s - first_s <= 1.08 * (bytes_s + answers * 0.03)


@pytest.mark.req("REQ-103")
def test_f05_two_packs_with_one_address_collide_and_are_not_counted() -> None:
    line = Shared()
    for number in range(1, 5):
        line.put(number)

    async def main() -> None:
        async with line.served(range(1, 5)) as rack:
            await until(rack, ready)
            # Both tell the same values at the same time, so only their serial numbers collide.
            line.put(3, serial="INTRUDER")
            view = await until(rack, lambda view: standings(view)[3] is not Standing.COUNTED, within_s=300.0)
            await asyncio.sleep(60.0)
            view = rack.view()
            assert standings(view)[3] is not Standing.COUNTED
            assert troubles(view) & {Trouble.DUPLICATE_ADDRESS, Trouble.GARBLED}
            limits = view.sample.limits
            assert limits is not None
            assert (limits.charge_current_limit_a or 0.0) <= 150.0

    run_fast(main())
    assert line.breaches == []


@pytest.mark.req("REQ-103")
def test_f05_a_second_pack_that_answers_later_is_noticed_by_its_serial_number() -> None:
    line = Shared()
    for number in range(1, 4):
        line.put(number)

    async def main() -> None:
        async with line.served(range(1, 4)) as rack:
            await until(rack, ready)
            twin = speaker(3, "pace", serial="INTRUDER", sample=lambda at_s: alike(3, at_s=at_s))
            station = line.bus.attach("late", twin, turnaround_s=0.25)
            await until(rack, lambda view: standings(view)[3] is Standing.EXCLUDED, within_s=900.0)
            assert Trouble.DUPLICATE_ADDRESS in troubles(rack.view())
            assert standings(rack.view())[1] is standings(rack.view())[2] is Standing.COUNTED
            await asyncio.sleep(120.0)
            assert standings(rack.view())[3] is not Standing.COUNTED
            line.bus.detach(station)
            await until(rack, lambda view: standings(view)[3] is Standing.COUNTED, within_s=300.0)
            assert not troubles(rack.view())

    run_fast(main())
    assert line.breaches == []


@pytest.mark.req("REQ-103")
@pytest.mark.parametrize("turnaround_s", [0.02, 0.1])
def test_f05_two_that_answer_at_once_are_told_with_their_cause_within_seconds(turnaround_s: float) -> None:
    line = Shared()
    for number in range(1, 4):
        line.put(number)

    async def main() -> None:
        async with line.served(range(1, 4)) as rack:
            await until(rack, ready)
            await asyncio.sleep(10.0)
            twin = speaker(2, "pace", serial="TWIN", sample=lambda at_s: with_analog(alike(2, at_s=at_s), soc_pct=31.0))
            station = line.bus.attach("twin", twin, turnaround_s=turnaround_s)
            view = await until(
                rack,
                lambda view: Trouble.GARBLED in troubles(view) and standings(view)[2] is not Standing.COUNTED,
                within_s=18.0,
            )
            told = {finding.trouble: finding for finding in view.findings}
            assert told[Trouble.GARBLED].packs == (2,)
            assert "two packs may have this address" in told[Trouble.GARBLED].sentence
            assert Trouble.NOISE not in told
            await asyncio.sleep(15.0)
            assert "has not been understood for" in " ".join(finding.sentence for finding in rack.view().findings)
            line.bus.detach(station)
            await until(rack, lambda view: standings(view)[2] is Standing.COUNTED, within_s=90.0)
            assert not troubles(rack.view())

    run_fast(main())
    assert line.breaches == []


@pytest.mark.req("REQ-103")
def test_f05_two_with_the_same_address_from_the_start_are_not_called_unplugged() -> None:
    line = Shared()
    for number in range(1, 4):
        line.put(number)
    line.put(2, serial="TWIN")
    different = speaker(2, "pace", serial="TWIN", sample=lambda at_s: with_analog(alike(2, at_s=at_s), soc_pct=31.0))
    line.bus.attach("twin", different, turnaround_s=0.05)

    async def main() -> None:
        async with line.served(range(1, 4)) as rack:
            view = await until(rack, lambda view: Trouble.GARBLED in troubles(view), within_s=30.0)
            assert troubles(view) == {Trouble.GARBLED}
            assert not view.ready

    run_fast(main())
    assert line.breaches == []


def test_f01_a_pack_that_is_unplugged_on_a_line_with_hum_is_silent_and_not_doubled() -> None:
    line = Shared()
    stations = [line.put(number) for number in range(1, 4)]

    async def main() -> None:
        async with line.served(range(1, 4)) as rack:
            await until(rack, ready)
            await asyncio.sleep(60.0)
            line.bus.detach(stations[1])
            hum = line.bus.attach("hum")
            for _ in range(100):
                await asyncio.sleep(0.4)
                line.bus.say(hum, b"\xfe", asyncio.get_running_loop().time())
            assert troubles(rack.view()) == {Trouble.LOST}
            assert "Pack 2 has been silent for" in rack.view().findings[0].sentence

    run_fast(main())
    assert line.breaches == []


def test_f01_f02_noise_and_cut_frames_cost_repeats_and_nothing_else() -> None:
    line = Shared(seed=7, noise=0.0003)
    for number in range(1, 5):
        line.put(number, faults=Faults(loses=0.02, cuts=0.02))

    async def main() -> None:
        async with line.served(range(1, 5)) as rack:
            await until(rack, ready)
            for _ in range(120):
                await asyncio.sleep(5.0)
                assert set(standings(rack.view()).values()) == {Standing.COUNTED}

    run_fast(main())
    assert line.breaches == []


def test_f08_a_pack_that_is_unplugged_and_plugged_in_again() -> None:
    line = Shared()
    stations = [line.put(number) for number in range(1, 5)]

    async def main() -> None:
        async with line.served(range(1, 5)) as rack:
            await until(rack, ready)
            await asyncio.sleep(60.0)
            line.bus.detach(stations[2])
            await until(rack, lambda view: standings(view)[3] is Standing.LOST)
            assert troubles(rack.view()) == {Trouble.LOST}
            await asyncio.sleep(60.0)
            line.put(3)
            await until(rack, lambda view: standings(view)[3] is Standing.COUNTED)
            await asyncio.sleep(60.0)
            limits = rack.view().sample.limits
            assert limits is not None
            assert limits.charge_current_limit_a == pytest.approx(200.0)

    run_fast(main())
    assert line.breaches == []
