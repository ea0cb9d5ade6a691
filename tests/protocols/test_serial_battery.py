"""The battery side of every serial dialect towards inverters: what it answers to the byte, and when it is silent."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.captured import captured
from tests.protocols.seriallines import (
    OPTIONS,
    answers,
    battery,
    reads,
    registers,
    sealed,
    text,
)
from tests.samples import rack

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
