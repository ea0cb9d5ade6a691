"""The asking side of every serial dialect: what each kind of inverter asks, what it takes, and when it gives up."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.protocols.seriallines import MANNERS, OPTIONS, battery, inverter, registers, sealed, talk, text
from tests.samples import rack

from openress.errors import ParameterError
from openress.protocols.serialbus import SerialInverter

every_manner = pytest.mark.parametrize(("dialect", "manner"), MANNERS)


def questions(asking: SerialInverter, count: int) -> list[bytes]:
    """What it asks a line on which nobody answers."""
    asked: list[bytes] = []
    now_s = 0.0
    while len(asked) < count:
        asked += asking.due(now_s)
        now_s = max(now_s, asking.next_due_s)
    return asked


def test_an_axpert_asks_for_version_values_and_limits_and_never_for_alarms() -> None:
    cycle = [text(2, 0x4F), text(2, 0x42, "02"), text(2, 0x92, "02")]
    assert questions(inverter("pylontech", "axpert"), 6) == 2 * cycle


def test_an_srne_takes_only_answers_of_address_02() -> None:
    asked = questions(inverter("pylontech", "srne"), 5)
    assert asked == [text(2, 0x61), text(2, 0x62), text(2, 0x63), text(0x12, 0x61), text(0x22, 0x61)]
    told = rack(2)
    group = replace(OPTIONS, group=1)
    deaf = inverter("pylontech", "srne")
    talk(battery("pylontech", group), deaf, told, 10)
    assert not deaf.believes
    assert deaf.view.charge is None
    hearing = inverter("pylontech", "srne")
    talk(battery("pylontech", replace(group, reply_address=2)), hearing, told, 9)
    assert hearing.view.charge is not None
    assert hearing.view.charge.soc_pct == 52


def test_a_givenergy_wants_seven_good_answers_in_a_row() -> None:
    asking, machine = inverter("pace-modbus", "givenergy"), battery("pace-modbus")
    assert questions(asking, 1) == [bytes.fromhex("01030000001AC401")]
    for misses in (0, 1):
        asking = inverter("pace-modbus", "givenergy")
        now_s = talk(machine, asking, rack(1), 6)
        assert (asking.believes, asking.view.charge) == (False, None)
        if misses:
            now_s += asking.manner.pause_s
            assert asking.due(now_s) != []
            now_s += asking.manner.wait_s
            assert asking.due(now_s) == []
        for number in range(7):
            now_s += asking.manner.pause_s + 0.1
            (question,) = asking.due(now_s)
            machine.feed(question, now_s)
            (answer,) = machine.due(rack(1), now_s + 0.01)
            asking.feed(answer, now_s + 0.05)
            assert asking.believes is (number == 6 if misses else True)
        assert asking.view.charge is not None


def test_a_growatt_cuts_off_on_silence_and_asks_on() -> None:
    asking = inverter("growatt-485")
    assert asking.manner.name == "spf"
    assert asking.manner.cuts_off_after_s is not None
    assert questions(asking, 3) == 3 * [bytes.fromhex("01030010001305C2")]
    now_s = talk(battery("growatt-485"), inverter("growatt-485"), rack(1), 1)
    assert now_s < 1.0
    assert not asking.believes


def test_one_that_looks_for_its_group_asks_on_where_it_was_answered() -> None:
    asking = inverter("pylontech", "probing")
    probes = [text(address, 0x4F, version=0) for address in (0x52, 0x42, 0x32, 0x22, 0x12, 0x02)]
    assert questions(asking, 7) == [*probes, probes[0]]
    for group, address in ((0, 0x02), (4, 0x42)):
        asking = inverter("pylontech", "probing")
        machine = battery("pylontech", replace(OPTIONS, group=group))
        talk(machine, asking, rack(2), 8)
        assert asking.believes
        assert asking.view.limits is not None
        assert asking.view.limits.charge_current_limit_a == 100.0
        asking.due(asking.next_due_s)
        assert machine.heard.values["address"] == address


def test_a_pause_lies_between_an_answer_and_the_next_question() -> None:
    asking = inverter("pylontech", "stack-master")
    asking.due(0.0)
    asking.feed(text(2, 0, "11011000"), 0.05)
    asking.feed(text(2, 0, "1100"), 0.1)
    assert asking.next_due_s == pytest.approx(2.14)
    assert asking.due(2.0) == []
    assert asking.due(2.14) == [text(2, 0x42, "FF")]


@every_manner
def test_what_is_no_answer_to_the_open_question_changes_nothing(dialect: str, manner: str) -> None:
    asking, machine = inverter(dialect, manner), battery(dialect)
    talk(machine, asking, rack(1), 18)
    before = asking.view
    (question,) = questions(asking, 1)
    now_s = asking.next_due_s - 0.4
    for noise in (
        question,
        b"",
        b"\x00\xff~20\r",
        text(3, 0, "00"),
        text(2, 0x02),
        registers(1, 2),
        sealed(1, 0x83, 2),
        sealed(2, 3, 2, 0, 1),
    ):
        asking.feed(noise, now_s)
        assert asking.view == before, noise
    machine.feed(question, now_s)
    answer = machine.due(rack(2), now_s + 0.01)
    # Too late: it has given up.
    for late in answer:
        asking.feed(late, now_s + 5.0)
    assert asking.view == before


@every_manner
def test_an_echo_before_the_answer_costs_nothing(dialect: str, manner: str) -> None:
    asking, machine = inverter(dialect, manner), battery(dialect)
    now_s = 0.0
    for _ in range(20):
        now_s = max(now_s, asking.next_due_s)
        for question in asking.due(now_s):
            machine.feed(question, now_s)
            for answer in machine.due(rack(1), now_s + 0.005):
                asking.feed(question + answer, now_s + 0.05)
    assert asking.believes


@every_manner
def test_a_voice_that_falls_silent_is_no_longer_believed_and_the_view_keeps_its_time(dialect: str, manner: str) -> None:
    asking = inverter(dialect, manner)
    now_s = talk(battery(dialect), asking, rack(1), 20)
    before = asking.view
    questions(asking, 3)
    assert not asking.believes
    assert asking.view == before
    for group in (before.limits, before.charge, before.measured):
        assert group is None or group.at_s <= now_s


def test_a_manner_that_is_not_there_is_named_with_its_neighbour() -> None:
    with pytest.raises(ParameterError, match="axpert"):
        inverter("pylontech", "axpart")


@every_manner
def test_every_manner_names_its_source(dialect: str, manner: str) -> None:
    found = inverter(dialect, manner).manner
    assert found.source.title
    assert 0.1 <= found.wait_s <= found.pause_s <= 5.0
    assert found.needed >= 1


def test_an_axpert_that_wants_counts_in_one_byte_is_served_so() -> None:
    asking = inverter("voltronic-485", one_byte_counts=True)
    talk(battery("voltronic-485", replace(OPTIONS, one_byte_counts=True)), asking, rack(2), 4)
    assert asking.view.limits is not None
    assert asking.view.limits.charge_voltage_limit_v == 56.0
    confused = inverter("voltronic-485")
    talk(battery("voltronic-485", replace(OPTIONS, one_byte_counts=True)), confused, rack(2), 4)
    assert confused.view.limits is None


def test_what_inverters_understand_of_a_rack() -> None:
    told = rack(3)
    told = replace(told, limits=replace(told.limits, charge_immediately=True, discharge_current_limit_a=0.0))  # type: ignore[type-var]
    for dialect, manner in MANNERS:
        asking = inverter(dialect, manner)
        talk(battery(dialect), asking, told, 20)
        view = asking.view
        assert view.charge is not None
        assert view.charge.soc_pct == 52
        assert view.measured is not None
        assert (view.measured.pack_voltage_v, view.measured.pack_current_a) == (53.0, -36.0)
        if view.limits is not None:
            assert view.limits.charge_current_limit_a == 150.0
            assert view.limits.discharge_current_limit_a in (None, 0.0)
        if view.requests is not None:
            assert (view.requests.charge_enabled, view.requests.discharge_enabled) == (True, False)
            assert view.requests.force_charge in (None, True)
