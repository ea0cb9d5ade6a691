"""The battery side of every serial dialect towards inverters: what it answers to the byte, and when it is silent."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tests.captured import captured
from tests.protocols.racks import racks
from tests.protocols.seriallines import (
    MANNERS,
    OPTIONS,
    SERIAL,
    answers,
    battery,
    inverter,
    reads,
    registers,
    sealed,
    talk,
    text,
)
from tests.samples import pack, rack, with_analog

from openress.bms.aggregate import aggregate
from openress.errors import ParameterError
from openress.model import Analog, Condition, Fault, Limits, RackSample

every_dialect = pytest.mark.parametrize("dialect", SERIAL)
every_manner = pytest.mark.parametrize(("dialect", "manner"), MANNERS)

FIRST = {
    "pylontech": text(2, 0x92, "02"),
    "pace-modbus": reads(0, 37),
    "voltronic-485": reads(0x70, 8),
    "growatt-485": reads(0x10, 0x13),
    "tianbangda": reads(0x1000, 0x17, function=4),
}
"""A question that tells what is allowed."""

CELLS = [3300 + number for number in range(1, 17)]
PACK_42 = (
    "10" + "".join(f"{mv:04X}" for mv in CELLS)
    # The board, then the cells' sensors of the first pack: 32.0, 25.0, 25.0, 25.5, 24.5 degrees.
    + "050BEB0BA50BA50BAA0BA0"
    # -36.0 A, 53.000 V, 24 bits of capacity, 20 cycles, 156.000 of 300.000 Ah.
    + "FE98CF08FFFF04FFFF0014026160" + "0493E0"
)  # fmt: skip
"""Three packs of `tests.samples` as one, by hand."""
SYSTEM_61 = "".join(
    (
        "CF08F1F034",  # 53.000 V, -36.00 A, 52 %
        "0014001E6363",  # 20 cycles, 30 at most, 99 % of health, 99 at least
        "0CF600040CE50002",  # 3318 mV in the third pack, 3301 mV in the first
        "0BA70BB900040BA00002",  # cells: 25.2 degrees on average, 27.0 and 24.5
        "0BCF0BCF00040BCF0002",  # MOS: 29.2 everywhere
        "0BF50BFF00040BEB0002",  # board: 33.0, 34.0 and 32.0
    )
)

PAPER = {
    # Frames that inverters sent, by their number in the collection, and what three packs answer; None is silence.
    "~0002464F0000FD9A": text(2, 0x00),
    "~0052464F0000FD95": None,
    "~0042464F0000FD96": None,
    "~0032464F0000FD97": None,
    "~0022464F0000FD98": None,
    "~0012464F0000FD99": None,
    "~20024642E002FFFD09": text(2, 0, "1101" + PACK_42),
    "~20024642E00202FD33": text(2, 0, "1102" + PACK_42),
    # A pack behind the first: the rack is one battery, so nobody counts it twice.
    "~20044642E00204FD2F": None,
    "~200246610000FDAB": text(2, 0, SYSTEM_61),
    "~20024661E00201FD33": text(2, 0, SYSTEM_61),
    "~201246630000FDA8": None,
}


@pytest.mark.parametrize("question", PAPER)
def test_every_recorded_question_of_an_inverter_is_answered_to_the_byte(question: str) -> None:
    expected = PAPER[question]
    assert answers(battery("pylontech"), question.encode() + b"\r", rack(3)) == ([] if expected is None else [expected])


def test_no_recorded_question_of_an_inverter_is_left_out() -> None:
    recorded = [item.frame for item in captured("pylontech-rs485.txt") if item.mark == ">"][: len(PAPER)]
    assert set(recorded) == set(PAPER)


def test_pylontech_limits_to_the_byte() -> None:
    machine = battery("pylontech")
    # 56.000 V, 48.000 V, 150.0 A, in 92 -150.0 A and in 63 +150.0 A, both directions enabled.
    assert answers(machine, text(2, 0x92, "02"), rack(3)) == [text(2, 0, "02DAC0BB8005DCFA24C0")]
    assert answers(machine, text(2, 0x63), rack(3), 1.0) == [text(2, 0, "DAC0BB8005DC05DCC0")]
    assert answers(machine, text(2, 0x62), rack(3), 2.0) == [text(2, 0, "00000000")]
    name = ("A5L".ljust(10, "\0") + "OpenRESS".ljust(20, "\0")).encode().hex().upper()
    serial = "SERIAL-0001".ljust(16, "\0").encode().hex().upper()
    assert answers(machine, text(2, 0x60), rack(1), 3.0) == [text(2, 0, f"{name}010201{serial}")]


def test_a_group_answers_at_its_masters_address_alone() -> None:
    options = replace(OPTIONS, group=1)
    assert answers(battery("pylontech", options), text(0x12, 0x63), rack(3)) == [text(0x12, 0, "DAC0BB8005DC05DCC0")]
    for address in (0x02, 0x13, 0x22, 0x00):
        assert answers(battery("pylontech", options), text(address, 0x63), rack(3)) == []


def test_the_address_of_replies_can_be_fixed() -> None:
    options = replace(OPTIONS, group=1, reply_address=2)
    (answer,) = answers(battery("pylontech", options), text(0x12, 0x63), rack(3))
    assert answer == text(2, 0, "DAC0BB8005DC05DCC0")


def test_an_order_to_shut_down_is_refused() -> None:
    assert answers(battery("pylontech"), text(2, 0x64), rack(3)) == [text(2, 0x04)]
    assert answers(battery("pylontech"), text(2, 0x95, "02"), rack(3)) == [text(2, 0x04)]


def test_what_a_growatt_asks_is_answered_where_a_working_emulation_has_it() -> None:
    """`01 03 26` and 38 bytes: state of charge in the sixth word, charge current in hundredths in the tenth."""
    question = bytes.fromhex("010300100013 05C2")
    (answer,) = answers(battery("growatt-485"), question, rack(3))
    assert answer == registers(
        0xF1F0, 0, 0, 0x0D6B, 0, 52, 5300, 0xF1F0, 27, 15000, 15600, 30000, 0, 17, 20, 1, 99, 5600, 0
    )
    assert answer[:3] == bytes.fromhex("010326")


def test_what_an_eg4_asks_is_answered() -> None:
    (answer,) = answers(battery("growatt-485"), bytes.fromhex("0103001300117403"), rack(3))
    assert answer == registers(0x0D6B, 0, 52, 5300, 0xF1F0, 27, 15000, 15600, 30000, 0, 17, 20, 1, 99, 5600, 0, 15000)


def test_what_a_givenergy_asks_is_answered() -> None:
    (answer,) = answers(battery("pace-modbus"), bytes.fromhex("01030000001AC401"), rack(3))
    # Current, voltage, charge, health, capacities, cycles; no warning, no protection, both switches on; eleven cells.
    head = (0xF1F0, 5300, 52, 99, 15600, 30000, 30000, 20, 0, 0, 0, 0x0E00, 0, 0, 0)
    assert answer == registers(*head, *CELLS[:11])


def test_what_a_jk_pack_was_asked_as_voltronic_is_answered_with_a_count_of_two_bytes() -> None:
    question = bytes.fromhex("01030010000185CF")
    assert answers(battery("voltronic-485"), question, rack(1)) == [
        bytes.fromhex("01030001") + registers(16, wide=True)[4:]
    ]
    one_byte = replace(OPTIONS, one_byte_counts=True)
    assert answers(battery("voltronic-485", one_byte), question, rack(1)) == [registers(16)]


def test_voltronic_to_the_byte() -> None:
    machine = battery("voltronic-485")
    (limits,) = answers(machine, reads(0x70, 8), rack(3))
    # 260 minutes at 36 A, 156 000 mAh with the high word first.
    assert limits == registers(560, 480, 1500, 1500, 0xC0, 260, 2, 24928, wide=True)
    (whole,) = answers(machine, reads(0x30, 16), rack(3), 1.0)
    assert whole == registers(0, 360, 530, 52, 4, 37856, 3, 0, 0, 0, 0, 0, 0, 0, 4, 37856, wide=True)
    (cells,) = answers(machine, reads(0x10, 28), rack(3), 2.0)
    assert cells == registers(16, *[33] * 16, 0, 0, 0, 0, 6, 2981, 2981, 2986, 2976, 0, 3023, wide=True)
    assert answers(machine, reads(0x40, 20), rack(3), 3.0) == [registers(*[0] * 20, wide=True)]


def test_tianbangda_to_the_byte() -> None:
    (answer,) = answers(battery("tianbangda"), reads(0x1000, 0x17, function=4), rack(3))
    assert answer == registers(
        5300, 0xF1F0, 15600, 252, 320, 0, 0, 0x0E00, 520, 990, 30000, 20, 15000, 3318, 3301, *[0] * 8, function=4
    )


def test_the_handshake_of_a_growatt_box_is_heard_and_changes_nothing() -> None:
    machine = battery("growatt-485")
    write = sealed(1, 0x10, 0, 0x13, 0, 1, 2, 0x01, 0x01)
    assert answers(machine, write, rack(1)) == [sealed(1, 0x10, 0, 0x13, 0, 1)]
    assert machine.heard.values["parallel"] == 1
    refused = sealed(1, 0x10, 0, 0x19, 0, 1, 2, 0x27, 0x10)
    assert answers(machine, refused, rack(1), 1.0) == [sealed(1, 0x90, 2)]


@pytest.mark.parametrize("start", [0x10, 0x13, 0x15, 0x17, 0x22, 0x25, 0x70, 0x71])
@pytest.mark.parametrize("count", [1, 2, 9])
def test_a_growatt_may_ask_for_any_window(start: int, count: int) -> None:
    machine = battery("growatt-485")
    (whole,) = answers(machine, reads(0x10, 0x20), rack(1))
    (cells,) = answers(machine, reads(0x70, 17), rack(1), 1.0)
    image = {0x10 + at: whole[3 + 2 * at : 5 + 2 * at] for at in range(0x20)}
    image |= {0x70 + at: cells[3 + 2 * at : 5 + 2 * at] for at in range(17)}
    (answer,) = answers(machine, reads(start, count), rack(1), 2.0)
    assert answer[3:-2] == b"".join(image[at] for at in range(start, start + count))


def test_what_a_map_does_not_have_is_refused_or_passed_over() -> None:
    growatt, tian, wide = battery("growatt-485"), battery("tianbangda"), battery("voltronic-485")
    assert answers(growatt, reads(0x31, 4), rack(1)) == [sealed(1, 0x83, 2)]
    assert answers(growatt, reads(0x10, 0), rack(1), 1.0) == [sealed(1, 0x83, 3)]
    assert answers(growatt, reads(0x10, 4, function=4), rack(1), 2.0) == [sealed(1, 0x84, 1)]
    assert answers(tian, reads(0x1000, 0x18, function=4), rack(1)) == [sealed(1, 0x84, 2)]
    # Voltronic has a code for an unknown command and none for anything else.
    assert answers(wide, reads(0x10, 1, function=4), rack(1)) == [sealed(1, 0x84, 2)]
    assert answers(wide, reads(0x80, 1), rack(1), 1.0) == []
    assert answers(wide, sealed(1, 0x10, 0, 0x70, 0, 1, 2, 2, 0x30), rack(1), 2.0) == [sealed(1, 0x90, 2)]


@every_dialect
def test_an_answer_leaves_after_the_turnaround_and_not_before(dialect: str) -> None:
    machine = battery(dialect, replace(OPTIONS, turnaround_s=0.02))
    assert machine.next_due_s is None
    machine.feed(FIRST[dialect], 5.0)
    assert machine.next_due_s == pytest.approx(5.02)
    assert machine.due(rack(2), 5.019) == []
    assert len(machine.due(rack(2), 5.021)) == 1
    assert machine.due(rack(2), 5.03) == []


@every_dialect
@pytest.mark.parametrize("turnaround_s", [0.0, 0.003, 0.16, math.nan])
def test_a_turnaround_below_three_and_a_half_characters_is_refused(dialect: str, turnaround_s: float) -> None:
    with pytest.raises(ParameterError, match="turnaround"):
        battery(dialect, replace(OPTIONS, turnaround_s=turnaround_s))


@every_dialect
def test_a_question_that_has_waited_too_long_gets_no_answer(dialect: str) -> None:
    machine = battery(dialect)
    machine.feed(FIRST[dialect], 0.0)
    assert machine.due(rack(2), 0.3) == []
    machine.feed(FIRST[dialect], 1.0)
    machine.reset()
    assert (machine.next_due_s, machine.due(rack(2), 1.01)) == (None, [])


@every_dialect
def test_a_question_with_a_wrong_check_gets_no_answer(dialect: str) -> None:
    frame = FIRST[dialect]
    for at in range(len(frame)):
        spoilt = bytearray(frame)
        spoilt[at] ^= 0x01
        assert answers(battery(dialect), bytes(spoilt), rack(2)) == [], at


@every_dialect
def test_its_own_echo_is_no_rival_and_another_battery_is(dialect: str) -> None:
    machine = battery(dialect)
    (answer,) = answers(machine, FIRST[dialect], rack(2))
    machine.feed(answer, 0.1)
    assert machine.heard.rival_at_s is None
    assert machine.due(rack(2), 0.2) == []
    machine.feed(FIRST[dialect], 1.0)
    machine.reset()
    machine.feed(answer, 1.1)
    assert machine.heard.rival_at_s == 1.1
    assert machine.heard.rival_id == (2 if dialect == "pylontech" else 1)
    assert machine.due(rack(2), 1.2) == []
    assert machine.heard.alive_at_s == 1.0


def test_a_rivals_answer_of_one_register_is_not_taken_for_a_question() -> None:
    """`01 03 00 01 00 08` is a reply of one register and the question for eight: what came before tells."""
    machine = battery("voltronic-485")
    machine.feed(bytes.fromhex("01030010000185CF"), 0.0)
    machine.feed(bytes.fromhex("01030001000815CC"), 0.1)
    assert machine.heard.rival_at_s == 0.1
    assert len(machine.due(rack(1), 0.11)) == 1
    machine.feed(bytes.fromhex("01030001000815CC"), 5.0)
    assert len(machine.due(rack(1), 5.1)) == 1


@every_dialect
def test_a_question_for_somebody_else_shows_an_inverter_and_gets_no_answer(dialect: str) -> None:
    machine = battery(dialect)
    frame = text(0x52, 0x4F, version=0) if dialect == "pylontech" else reads(0, 4, address=9)
    assert answers(machine, frame, rack(2)) == []
    assert machine.heard.alive_at_s == 0.0


@every_manner
@settings(max_examples=60)
@given(told=racks())
@example(told=rack(15))
@example(told=RackSample(0.0))
@example(told=replace(rack(1), limits=Limits(0.0, math.nan, math.inf, -5.0, math.nan)))
@example(told=replace(rack(1), limits=Limits(0.0, 67.04, 40_000.0, 40_000.0, 44.0)))
def test_whatever_a_rack_holds_an_inverter_understands_no_more_than_it_allows(
    dialect: str, manner: str, told: RackSample
) -> None:
    asking = inverter(dialect, manner)
    talk(battery(dialect), asking, told, 12)
    limits, requests, allowed = asking.view.limits, asking.view.requests, told.limits or Limits(0.0)
    if limits is not None:
        for name in ("charge_current_limit_a", "discharge_current_limit_a"):
            understood, given_ = getattr(limits, name), getattr(allowed, name)
            if understood:
                assert given_ is not None
                assert understood <= given_ + 1e-6
        if limits.charge_current_limit_a:
            assert allowed.charge_enabled is not False
            if limits.charge_voltage_limit_v is not None:
                assert allowed.charge_voltage_limit_v is not None
                assert limits.charge_voltage_limit_v <= allowed.charge_voltage_limit_v + 1e-6
        if (
            limits.discharge_current_limit_a
            and limits.discharge_voltage_limit_v
            and _finite(allowed.discharge_voltage_limit_v)
        ):
            assert limits.discharge_voltage_limit_v >= (allowed.discharge_voltage_limit_v or 0.0) - 1e-6
        if limits.charge_voltage_limit_v is not None:
            assert 41.0 <= limits.charge_voltage_limit_v <= 63.0
    if requests is not None and requests.charge_enabled:
        assert allowed.charge_enabled is not False
    if requests is not None and requests.discharge_enabled:
        assert allowed.discharge_enabled is not False
    if requests is not None and requests.force_charge:
        assert requests.charge_enabled


def _finite(value: float | None) -> bool:
    return value is not None and math.isfinite(value)


@every_dialect
@given(st.lists(st.binary(max_size=120), max_size=8), racks())
def test_arbitrary_bytes_never_raise(dialect: str, pieces: list[bytes], told: RackSample) -> None:
    machine, asking = battery(dialect), inverter(dialect)
    for number, piece in enumerate(pieces):
        asking.due(float(number))
        asking.feed(piece, number + 0.1)
        machine.feed(piece, number + 0.1)
        machine.due(told, number + 0.2)
    assert asking.view.limits is None
    assert not asking.believes


def test_a_capacity_that_is_not_known_gives_an_inverter_no_state_of_charge() -> None:
    told = aggregate([with_analog(pack(1), remaining_ah=None, full_ah=50.0)], 0.0)
    asking = inverter("pylontech", "axpert")
    talk(battery("pylontech"), asking, told, 6)
    assert asking.view.charge is not None
    assert (asking.view.charge.soc_pct, asking.view.charge.remaining_ah) == (None, None)
    assert asking.view.charge.full_ah == 50.0


def unmeasured(told: RackSample) -> RackSample:
    """Values have grown old: no measurement is told any more, and nothing is allowed."""
    packs = tuple(replace(sample, analog=None, limits=None) for sample in told.packs)
    limits = Limits(
        100.0, 56.0, 0.0, 0.0, 48.0, charge_enabled=False, discharge_enabled=False,
    )  # fmt: skip
    return RackSample(100.0, packs, None, told.status, limits)


def test_limits_of_zero_are_told_when_measured_values_are_not() -> None:
    told = unmeasured(rack(3))
    pylontech, voltronic = battery("pylontech"), battery("voltronic-485")
    assert answers(pylontech, text(2, 0x92, "02"), told) == [text(2, 0, "02DAC0BB800000000000")]
    assert answers(pylontech, text(2, 0x63), told, 1.0) == [text(2, 0, "DAC0BB800000000000")]
    (limits,) = answers(voltronic, reads(0x70, 8), told)
    assert limits == registers(560, 480, 0, 0, 0, 0, 0, 0, wide=True)


def test_a_measured_value_that_is_not_known_is_refused_and_never_zero() -> None:
    told = unmeasured(rack(3))
    # Internal communication error, device failure; Voltronic has no code for it.
    assert answers(battery("pylontech"), text(2, 0x42, "02"), told) == [text(2, 0x91)]
    assert answers(battery("pylontech"), text(2, 0x61), told) == [text(2, 0x91)]
    assert answers(battery("voltronic-485"), reads(0x30, 4), told) == []
    assert answers(battery("growatt-485"), reads(0x10, 0x13), told) == [sealed(1, 0x83, 4)]
    assert answers(battery("tianbangda"), reads(0x1000, 0x17, function=4), told) == [sealed(1, 0x84, 4)]
    assert answers(battery("pace-modbus"), reads(0, 37), told) == [sealed(1, 0x83, 4)]
    # What remains can still be asked for by itself.
    assert answers(battery("growatt-485"), reads(0x19, 1), told) == [registers(0)]


def test_a_rack_whose_voltages_nobody_knows_says_nothing_at_all() -> None:
    told = replace(unmeasured(rack(3)), limits=Limits(100.0))
    for dialect in SERIAL:
        assert answers(battery(dialect), FIRST[dialect], told) == []


def test_16_bits_end_and_do_not_wrap() -> None:
    big = with_analog(pack(1), remaining_ah=1900.0, full_ah=2000.0, design_ah=2000.0, pack_current_a=-900.0)
    told = aggregate([big], 0.0)
    told = replace(told, limits=replace(told.limits, charge_current_limit_a=5000.0, discharge_current_limit_a=5000.0))  # type: ignore[type-var]
    (growatt,) = answers(battery("growatt-485"), reads(0x17, 5), told)
    # -327.68 A, then 655.35 A of limit and 655.34 Ah of capacity: 0xFFFF would say that it is not known.
    assert growatt == registers(0x8000, 26, 0xFFFF, 0xFFFE, 0xFFFE)
    (tian,) = answers(battery("tianbangda"), reads(0x100C, 1, function=4), told)
    assert tian == registers(0xFFFF, function=4)
    (pylontech,) = answers(battery("pylontech"), text(2, 0x92, "02"), told)
    # 3276.7 A and -3276.7 A, the largest magnitude that both signs hold.
    assert pylontech == text(2, 0, "02DAC0BB807FFF8001C0")
    (analog,) = answers(battery("pylontech"), text(2, 0x61), told, 1.0)
    assert analog[13:21] == b"CEA4" + b"8000"


def test_pace_shows_what_is_not_allowed_as_an_open_switch() -> None:
    told = rack(2)
    told = replace(told, limits=replace(told.limits, charge_current_limit_a=0.0))  # type: ignore[type-var]
    (status,) = answers(battery("pace-modbus"), reads(11, 1), told)
    assert status == registers(0x0A00)
    asking = inverter("pace-modbus")
    talk(battery("pace-modbus"), asking, told, 2)
    assert asking.view.limits is None
    assert asking.view.requests is not None
    assert (asking.view.requests.charge_enabled, asking.view.requests.discharge_enabled) == (False, True)


UNSPOKEN = {
    ("voltronic-485", "alarms"): {
        Condition.DISCHARGE_OVER_CURRENT,
        Condition.DISCHARGE_OVER_CURRENT_2,
        Condition.SHORT_CIRCUIT,
    },
    ("tianbangda", "alarms"): {Condition.SOC_LOW, Condition.AMBIENT_UNDER_TEMPERATURE},
    ("tianbangda", "protections"): {Condition.SOC_LOW},
}
"""What a dialect has no place for at all."""


@pytest.mark.parametrize("condition", list(Condition))
@pytest.mark.parametrize("dialect", ["voltronic-485", "growatt-485", "tianbangda"])
def test_no_protection_is_lost_on_the_wire(dialect: str, condition: Condition) -> None:
    for name in ("protections", "alarms"):
        told = rack(1)
        told = replace(told, status=replace(told.status, **{name: frozenset({condition})}))  # type: ignore[type-var]
        asking = inverter(dialect)
        talk(battery(dialect), asking, told, 5)
        assert asking.view.status is not None
        heard = getattr(asking.view.status, name)
        assert heard or condition in UNSPOKEN.get((dialect, name), set()), (name, condition)


@pytest.mark.parametrize("broken", list(Fault))
@pytest.mark.parametrize("dialect", ["voltronic-485", "growatt-485", "tianbangda"])
def test_no_fault_is_lost_on_the_wire(dialect: str, broken: Fault) -> None:
    told = rack(1)
    told = replace(told, status=replace(told.status, faults=frozenset({broken})))  # type: ignore[type-var]
    asking = inverter(dialect)
    talk(battery(dialect), asking, told, 5)
    assert asking.view.status is not None
    assert asking.view.status.faults


def test_a_rack_that_does_not_know_its_protections_does_not_say_that_all_is_well() -> None:
    told = replace(rack(1), status=None)
    assert answers(battery("growatt-485"), reads(0x14, 1), told) == [sealed(1, 0x83, 4)]
    assert answers(battery("voltronic-485"), reads(0x39, 4), told) == []
    assert answers(battery("tianbangda"), reads(0x1006, 1, function=4), told) == [sealed(1, 0x84, 4)]
    assert answers(battery("pylontech"), text(2, 0x62), told) == [text(2, 0x91)]


def test_the_largest_current_a_rack_may_have_is_never_passed() -> None:
    """The published maxima of one pack times the packs that are awake."""
    told = rack(3)
    told = replace(told, limits=replace(told.limits, charge_current_limit_a=500.0, discharge_current_limit_a=500.0))  # type: ignore[type-var]
    rated = Limits(0.0, charge_current_limit_a=110.0, discharge_current_limit_a=120.0)
    asking = inverter("voltronic-485")
    talk(battery("voltronic-485", replace(OPTIONS, rated=rated)), asking, told, 4)
    assert asking.view.limits is not None
    assert asking.view.limits.charge_current_limit_a == 330.0
    assert asking.view.limits.discharge_current_limit_a == 360.0


def test_voltronic_states_of_cells_and_sensors() -> None:
    status = rack(1).status
    assert status is not None
    hot = replace(
        status,
        alarms=frozenset({Condition.CELL_UNDER_VOLTAGE, Condition.CHARGE_OVER_TEMPERATURE}),
        protections=frozenset({Condition.CELL_OVER_VOLTAGE}),
    )
    told = replace(rack(1), status=hot)
    (states,) = answers(battery("voltronic-485"), reads(0x40, 42), told)
    cells = [0x0100, *[0] * 6, 0x0002, 0, 0, 0]
    assert states == registers(*cells, *[0] * 5, 0x0000, 0x0200, *[0] * 14, *[0xF0F0] * 10, wide=True)


def test_the_analog_values_of_nobody_are_not_those_of_a_calm_pack() -> None:
    told = replace(rack(1), analog=Analog(0.0, pack_voltage_v=53.0, pack_current_a=-1.0, soc_pct=50.0))
    told = replace(told, packs=tuple(replace(one, analog=None) for one in told.packs))
    (answer,) = answers(battery("growatt-485"), reads(0x1A, 5), told)
    # Capacities, versions, spread and cycles: not known, and said so.
    assert answer == registers(0xFFFF, 0xFFFF, 0, 0xFFFF, 0xFFFF)
