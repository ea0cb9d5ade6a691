"""What a virtual pack does because of its address: alone, master, slave."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest
from tests.busrack import BusRack, speaker
from tests.samples import pack, with_limits

from openress.bms.aggregate import aggregate
from openress.catalog import load_product
from openress.errors import FrameError
from openress.model import Identity, PackSample, RackSample
from openress.ports.sharedbus import PackSpeaker
from openress.products.switch import Role
from openress.protocols import find_dialect
from openress.protocols.base import BatteryClient, BatteryServer, ServerOptions
from openress.sim.master import ALONE, LAST, MASTER, VirtualMaster, told_upstream

A5L = load_product("syscom-a5l-51v2")


def asking(dialect: str = "pylontech") -> BatteryClient:
    make = find_dialect(dialect).parts().client
    assert make is not None
    return make()


def answering(dialect: str = "pylontech") -> BatteryServer:
    make = find_dialect(dialect).parts().server
    assert make is not None
    return make(ServerOptions(Identity(0.0, manufacturer="OpenRESS", model="A5L")))


def mastered(slaves: range, dialect: str = "pylontech", **how: float) -> tuple[BusRack, VirtualMaster]:
    """A LINK with slaves and a master that answers for itself too."""
    rack = BusRack()
    rack.add(slaves, dialect)
    own = speaker(MASTER, dialect)
    master = VirtualMaster(asking(dialect), lambda now_s: pack(MASTER, at_s=now_s), answer=own.feed, **how)
    rack.bus.attach("master", master)
    return rack, master


@pytest.mark.req("REQ-104", "REQ-105")
def test_the_master_of_a_chain_of_fifteen_hears_them_all() -> None:
    rack, master = mastered(range(2, 16), "pace")
    rack.bus.advance(40.0)
    whole = master.rack(40.0)
    assert [sample.pack for sample in whole.packs] == list(range(1, 16))
    assert all(sample.analog is not None and sample.status is not None for sample in whole.packs)
    for number in range(2, 16):
        heard, true = whole.packs[number - 1].analog, pack(number).analog
        assert heard is not None
        assert true is not None
        assert heard.cell_voltages_mv == true.cell_voltages_mv
        assert heard.pack_current_a == pytest.approx(true.pack_current_a)
    assert {said.station for said in rack.said} == {"master", *(f"pack {number}" for number in range(2, 16))}
    assert all(before.end_s <= after.start_s for before, after in pairwise(rack.said)), "one talks at a time"


@pytest.mark.req("REQ-105")
def test_there_is_no_sixteenth() -> None:
    rack, _ = mastered(range(2, 4), "pace")
    rack.bus.advance(30.0)
    asked = {query[3:5] for query in rack.by("master")}
    assert max(int(address, 16) for address in asked) == LAST


@pytest.mark.req("REQ-107")
def test_the_master_tells_the_inverter_the_sum_of_the_rack() -> None:
    rack, master = mastered(range(2, 5))
    rack.bus.advance(20.0)
    told = told_upstream(MASTER, pack(MASTER, at_s=20.0), master, 20.0)
    expected = aggregate([pack(number, at_s=20.0) for number in range(1, 5)], 20.0)
    assert told is not None
    assert told.limits is not None
    assert expected.limits is not None
    assert told.limits.charge_current_limit_a == expected.limits.charge_current_limit_a == 200.0
    assert told.analog is not None
    assert expected.analog is not None
    assert told.analog.pack_current_a == pytest.approx(expected.analog.pack_current_a)
    inverter, battery = asking(), answering()
    for number in range(1, 5):
        for query in inverter.cycle(number):
            (answer,) = battery.feed(query.frame, told, 20.0)
            assert inverter.merge(PackSample(number), query, answer, 20.0) != PackSample(number)


@pytest.mark.req("REQ-107")
def test_a_slave_tells_an_inverter_nothing() -> None:
    assert told_upstream(2, pack(2), None, 0.0) is None


@pytest.mark.req("REQ-102")
def test_a_pack_alone_tells_of_itself_and_asks_nobody() -> None:
    told = told_upstream(ALONE, replace(pack(1), pack=ALONE), None, 0.0)
    assert told is not None
    assert [sample.pack for sample in told.packs] == [ALONE]
    inverter = asking()
    (answer,) = answering().feed(inverter.first(MASTER).frame, told, 0.0)
    assert inverter.merge(PackSample(1), inverter.first(MASTER), answer, 0.0).analog is not None


@pytest.mark.req("REQ-100", "REQ-101", "REQ-106")
def test_every_row_of_the_switch_table_makes_a_pack_of_its_role() -> None:
    switch = A5L.address_switch
    assert switch is not None
    assert len(switch.rows) == 16
    for row in switch.rows:
        # Switches 1# to 4# count 1, 2, 4, 8.
        assert row.address == sum(1 << place for place, on in enumerate(row.positions) if on)
        wanted = Role.STAND_ALONE if row.address == ALONE else Role.MASTER if row.address == MASTER else Role.SLAVE
        assert row.role is wanted
        master = VirtualMaster(asking("pace"), pack) if row.role is Role.MASTER else None
        told = told_upstream(row.address, pack(max(1, row.address)), master, 0.0)
        assert (told is None) is (row.role is Role.SLAVE)


def test_the_master_answers_on_link_for_itself_in_the_midst_of_asking() -> None:
    rack, _ = mastered(range(2, 4), round_s=3.0)
    tool = rack.bus.attach("tool")
    rack.bus.advance(15.0)
    quiet_s = rack.said[-1].end_s + 0.7
    rack.bus.advance(quiet_s)
    client = asking()
    tool.heard.clear()
    rack.bus.say(tool, client.first(MASTER).frame, quiet_s)
    rack.bus.advance(quiet_s + 0.5)
    (frame,) = client.splitter().feed(bytes(tool.heard))
    assert client.merge(PackSample(1), client.first(MASTER), frame, 0.0).analog is not None


def test_a_slave_that_falls_silent_leaves_the_rack_within_one_stale_time_and_only_lowers_the_totals() -> None:
    rack, master = mastered(range(2, 5))
    rack.bus.advance(20.0)
    gone = next(station for station in rack.bus.stations if station.name == "pack 3")
    gone.speaker = Deaf()
    limits = []
    for at_s in range(20, 45):
        rack.bus.advance(float(at_s))
        whole = master.rack(float(at_s))
        assert whole.limits is not None
        limits.append(whole.limits.charge_current_limit_a or 0.0)
    assert limits[0] == 200.0
    assert limits == sorted(limits, reverse=True)
    assert limits[-1] == 150.0
    assert limits.index(150.0) <= 12
    assert master.heard == [2, 4]
    gone.speaker = speaker(3)
    rack.bus.advance(60.0)
    assert master.heard == [2, 3, 4]


class Deaf:
    deadline_s = None

    def feed(self, data: bytes, now_s: float) -> list[bytes]:  # noqa: ARG002  # a pack without power
        return []


def test_what_a_slave_may_not_binds_the_rack() -> None:
    rack, master = mastered(range(2, 4))
    rack.bus.attach(
        "forbidden",
        PackSpeaker(
            answering(),
            lambda now_s: RackSample(now_s, (with_limits(pack(4, at_s=now_s), charge_current_limit_a=5.0),)),
        ),
    )
    rack.bus.advance(20.0)
    whole = master.rack(20.0)
    assert whole.limits is not None
    assert whole.limits.charge_current_limit_a == 20.0, "four packs times the least"


def test_two_masters_trample_on_each_other_and_no_value_is_mixed_up() -> None:
    rack, first = mastered(range(2, 6))
    second = VirtualMaster(asking(), lambda now_s: pack(MASTER, at_s=now_s), begins_s=0.3)
    rack.bus.attach("second", second)
    rack.bus.advance(60.0)
    assert any(after.start_s < before.end_s for before, after in pairwise(rack.said)), "they collide"
    for master in (first, second):
        for sample in master.rack(60.0).packs:
            true = pack(sample.pack).analog
            assert sample.analog is not None
            assert true is not None
            assert sample.analog.cell_voltages_mv == true.cell_voltages_mv


def test_a_master_passes_over_what_is_no_answer_to_its_question() -> None:
    client = asking()
    master = VirtualMaster(client, pack, slaves=(2, 3))
    (question,) = master.feed(b"", 0.0)
    assert question == client.first(2).frame
    other = answering().feed(client.first(3).frame, aggregate([pack(3)], 0.0), 0.0)[0]
    with pytest.raises(FrameError):
        client.merge(PackSample(2), client.first(2), other, 0.0)
    assert master.feed(other, 0.1) == []
    assert master.heard == []
    assert master.deadline_s == pytest.approx(0.5)
