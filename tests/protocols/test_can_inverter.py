"""The inverter side of every CAN dialect: what it sends to keep a battery talking, and what it understands."""

from __future__ import annotations

import pytest
from tests.protocols.canbatterysamples import CAN, battery, burst, inverter
from tests.samples import rack

from openress.codec.canframe import CanFrame
from openress.model import Condition, Fault
from openress.protocols.canbus import InverterView, ViewLimits

EVOKED = {"sol-ark-can": 0x351, "deye-can": 0x356}
SAID = {
    "pylontech-can": ["305#0000000000000000"],
    "pylontech-can-v13": ["305#0000000000000000"],
    "victron-can": ["305#0000000000000000", "307#1234567856494300"],
    "sma-can": [],
    "luxpower-can": ["305#0000000000000000"],
    "growatt-can": ["301#1122334455667788"],
    "seplos-can": ["305#0000000000000000"],
    "afore-can": ["305#41464F5245000001"],
    "megarevo-can": ["1F000100#0000000000000000", "0001001F#0000000000000000"],
}
"""What an inverter sends before it has heard a battery."""


@pytest.mark.parametrize("dialect", SAID)
def test_signs_of_life_come_every_second(dialect: str) -> None:
    machine = inverter(dialect)
    assert machine.next_due_s is not None
    assert machine.next_due_s <= 5.0
    assert [str(frame) for frame in machine.due(5.0)] == SAID[dialect]
    assert machine.next_due_s == 6.0
    assert machine.due(5.9) == []
    assert [str(frame) for frame in machine.due(6.01)] == SAID[dialect]
    assert machine.next_due_s == pytest.approx(7.0)
    assert {frame.id for frame in machine.due(9.0)} <= machine.identifiers


@pytest.mark.parametrize("dialect", EVOKED)
def test_some_answer_only_when_a_battery_has_spoken(dialect: str) -> None:
    machine = inverter(dialect)
    assert machine.next_due_s is None
    assert machine.due(5.0) == []
    for frame in burst(dialect, rack(1)):
        machine.feed(frame, 6.0)
        assert (machine.next_due_s is not None) == (machine.due(6.0) != []) == (frame.id == EVOKED[dialect])
    assert machine.due(6.1) == []


def test_a_gx_sends_0x306_once_there_is_a_battery() -> None:
    machine = inverter("victron-can")
    machine.due(0.0)
    for frame in burst("victron-can", rack(1)):
        machine.feed(frame, 0.5)
    assert [frame.id for frame in machine.due(1.0)] == [0x305, 0x307, 0x306]


def test_a_sunny_island_tells_what_it_measures_in_its_own_sign() -> None:
    machine = inverter("sma-can")
    for frame in burst("sma-can", rack(1)):
        machine.feed(frame, 0.5)
    # 52.9 V is 0211; -11.0 A discharges and is told as +110 (006E); 25.2 C (25.0, 25.0, 25.5, 24.5: 250); 51.0 %.
    status = "306#63000A0100003002"
    assert [str(frame) for frame in machine.due(1.0)] == ["305#11026E00FA00FE01", status]


def test_the_view_has_groups_with_their_times() -> None:
    machine = inverter("pylontech-can")
    assert machine.view == InverterView()
    machine.feed(CanFrame.parse("351#1402C012C0120000"), 1.0)
    machine.feed(CanFrame.parse("35C#A000"), 2.0)
    machine.feed(CanFrame.parse("355#58005E00"), 3.0)
    machine.feed(CanFrame.parse("356#7A13F2FE6B01"), 4.0)
    machine.feed(CanFrame.parse("359#0800010006504E"), 5.0)
    machine.feed(CanFrame.parse("35E#50594C4F4E202020"), 6.0)
    view = machine.view
    assert view.limits == ViewLimits(1.0, 53.2, 480.0, 480.0, 0.0)
    assert view.requests is not None
    assert (view.requests.charge_enabled, view.requests.discharge_enabled) == (True, False)
    assert (view.requests.force_charge, view.requests.full_charge_request) == (True, False)
    assert view.charge is not None
    assert (view.charge.at_s, view.charge.soc_pct, view.charge.soh_pct) == (3.0, 88, 94)
    assert view.measured is not None
    assert (view.measured.pack_voltage_v, view.measured.pack_current_a) == (49.86, -27.0)
    assert view.status is not None
    assert view.status.protections == {Condition.CHARGE_OVER_TEMPERATURE, Condition.DISCHARGE_OVER_TEMPERATURE}
    assert view.status.alarms == frozenset()
    assert view.modules is not None
    assert (view.modules.at_s, view.modules.modules) == (5.0, 6)
    assert view.name == "PYLON"
    assert view.cells is None
    machine.feed(CanFrame.parse("351#1002C012"), 7.0)
    assert machine.view == view, "a frame that is too short changes nothing"
    machine.feed(CanFrame.parse("305#0000000000000000"), 7.0)
    machine.feed(CanFrame.parse("7E8#00"), 7.0)
    assert machine.view == view
    machine.feed(CanFrame.parse("351#1002C012C012"), 8.0)
    assert machine.view.limits == ViewLimits(8.0, 52.8, 480.0, 480.0, 0.0)
    assert machine.view.measured == view.measured


def test_pairs_that_say_nothing_leave_what_is_known() -> None:
    machine = inverter("victron-can")
    machine.feed(CanFrame.parse("35A#AA9A6A02AAAAAA0A"), 1.0)
    raised = machine.view.status
    assert raised is not None
    assert raised.protections == {Condition.CHARGE_UNDER_TEMPERATURE}
    assert raised.faults == {Fault.INTERNAL_COMMUNICATION}
    machine.feed(CanFrame.parse("35A#0000000000000000"), 2.0)
    assert machine.view.status == raised
    machine.feed(CanFrame.parse("35A#AAAAAA02AAAAAA0A"), 3.0)
    assert machine.view.status is not None
    assert (machine.view.status.at_s, machine.view.status.protections) == (3.0, frozenset())


@pytest.mark.parametrize("dialect", CAN)
def test_a_battery_and_an_inverter_keep_each_other_talking(dialect: str) -> None:
    """Ten seconds of both machines: the battery speaks every second, the inverter stays fresh."""
    ours, theirs, told = battery(dialect), inverter(dialect), rack(3)
    bursts = 0
    for tick in range(100):
        now_s = tick / 10
        for frame in theirs.due(now_s):
            ours.feed(frame, now_s)
        frames = ours.due(told, now_s)
        bursts += bool(frames)
        for frame in frames:
            theirs.feed(frame, now_s)
        for frame in theirs.due(now_s):
            ours.feed(frame, now_s)
    assert bursts == 10
    assert theirs.view.limits is not None
    assert theirs.view.limits.at_s == 9.0
    assert theirs.view.limits.charge_current_limit_a == 150.0
    assert ours.heard.alive_at_s == 9.0
    assert ours.heard.rival_at_s is None
