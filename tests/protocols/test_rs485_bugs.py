"""Mistakes seen in public programs that speak RS485 to inverters, one test for each that we do not make them."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.protocols.seriallines import answers, battery, inverter, reads, registers, sealed, talk, text
from tests.samples import pack, rack, with_analog

from openress.bms.aggregate import aggregate
from openress.codec import HexFrame
from openress.codec.checksum import length_field
from openress.errors import FrameError
from openress.model import RackSample
from openress.protocols.battery.pylontech import PylontechDecoder


def limited(told: RackSample, **changes: object) -> RackSample:
    return replace(told, limits=replace(told.limits, **changes))  # type: ignore[arg-type, type-var]


def test_1_the_length_check_of_no_info_is_one_digit() -> None:
    """(~sum & 0xF) + 1 gives 0x10 when the nibbles add up to 0 modulo 16, INFO of no length among them."""
    assert length_field(0) == 0x0000
    for length in range(0x1000):
        nibbles = (length >> 8) + (length >> 4 & 15) + (length & 15)
        assert length_field(length) == (-nibbles % 16) << 12 | length
    (version,) = answers(battery("pylontech"), text(2, 0x4F), rack(1))
    assert version == b"~200246000000FDB2\r"


def test_2_the_length_counts_characters_and_adds_nibbles() -> None:
    vectors = {0: 0x0000, 2: 0xE002, 4: 0xC004, 8: 0x8008, 0x12: 0xD012, 0x14: 0xB014, 0x32: 0xB032, 0x40: 0xC040,
               0x62: 0x8062, 0x7A: 0xF07A}  # fmt: skip
    assert {length: length_field(length) for length in vectors} == vectors


@pytest.mark.parametrize(("current_a", "raw"), [(38.0, "017C"), (150.0, "05DC")])
def test_3_currents_of_63_are_tenths_and_not_hundredths(current_a: float, raw: str) -> None:
    told = limited(rack(1), charge_current_limit_a=current_a, discharge_current_limit_a=current_a)
    (answer,) = answers(battery("pylontech"), text(2, 0x63), told)
    assert answer[21:29].decode() == raw + raw


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({}, 0xC0),
        ({"charge_current_limit_a": 0.0}, 0x40),
        ({"discharge_enabled": False}, 0x80),
        ({"charge_immediately": True}, 0xE0),
        ({"full_charge_request": True}, 0xD0),
        # Nobody is asked to charge a battery that must not be charged.
        ({"charge_immediately": True, "charge_enabled": False}, 0x40),
    ],
)
def test_4_the_status_of_63_follows_what_is_allowed(changes: dict[str, object], status: int) -> None:
    (answer,) = answers(battery("pylontech"), text(2, 0x63), limited(rack(1), **changes))
    assert answer[29:31].decode() == f"{status:02X}"


def test_5_replies_to_42_and_92_have_their_leading_bytes() -> None:
    machine = battery("pylontech")
    (analog,) = answers(machine, text(2, 0x42, "02"), rack(1))
    (again,) = answers(machine, text(2, 0x42, "FF"), rack(1), 1.0)
    (limits,) = answers(machine, text(2, 0x92, "02"), rack(1), 2.0)
    # INFOFLAG and the pack, INFOFLAG and the number of packs, the pack.
    assert (analog[13:17], again[13:17], limits[13:15]) == (b"1102", b"1101", b"02")


def test_6_a_reply_carries_the_return_code_and_not_the_command() -> None:
    for code in (0x42, 0x44, 0x4F, 0x61, 0x62, 0x63, 0x92):
        (answer,) = answers(battery("pylontech"), text(2, code), rack(1))
        assert answer[5:9] == b"4600", code


def test_7_and_8_degrees_are_tenths_of_kelvin_from_2731() -> None:
    """25.0 degrees are 2981: not 5231, and not 2980 as PACE's own protocol counts."""
    told = aggregate([with_analog(pack(1), temperatures_c=(25.0,) * 4)], 0.0)
    machine = battery("pylontech")
    (analog,) = answers(machine, text(2, 0x42, "02"), told)
    assert analog.count(b"0BA5") == 4
    (wide,) = answers(battery("voltronic-485"), reads(0x26, 1), told)
    assert wide == registers(2981, wide=True)


def test_9_the_limit_of_discharge_is_negative_in_92_and_positive_in_63() -> None:
    machine = battery("pylontech")
    (of_pack,) = answers(machine, text(2, 0x92, "02"), rack(1))
    (of_system,) = answers(machine, text(2, 0x63), rack(1), 1.0)
    assert (of_pack[27:31], of_system[25:29]) == (b"FE0C", b"01F4")
    for manner in ("axpert", "srne", "deye"):
        asking = inverter("pylontech", manner)
        talk(machine, asking, rack(1), 10)
        assert asking.view.limits is not None
        assert asking.view.limits.discharge_current_limit_a == 50.0


def test_9_bit_4_is_a_request_for_full_charge_in_63_and_for_charge_in_92() -> None:
    machine, told = battery("pylontech"), limited(rack(1), full_charge_request=True)
    (of_pack,) = answers(machine, text(2, 0x92, "02"), told)
    (of_system,) = answers(machine, text(2, 0x63), told, 1.0)
    assert (of_pack[31:33], of_system[29:31]) == (b"C8", b"D0")


@pytest.mark.parametrize("voltage_v", [65.535, 65.536, 67.04, 131.0, 1e9])
def test_10_a_voltage_above_65_volts_does_not_wrap(voltage_v: float) -> None:
    """67.04 V was recorded as 1.504 V; more than any inverter takes is told as the most that one takes, 63 V."""
    told = limited(rack(1), charge_voltage_limit_v=voltage_v)
    (answer,) = answers(battery("pylontech"), text(2, 0x63), told)
    assert answer[13:17] == f"{63000:04X}".encode()
    (growatt,) = answers(battery("growatt-485"), reads(0x21, 1), told)
    assert growatt == registers(6300)


@pytest.mark.parametrize(
    "frame",
    [
        # A character changed, a wrong sum, a wrong nibble, a wrong length: each with all else in order.
        b"~20024693E00202FD2E\r",
        b"~20024692E00202FD2F\r",
        b"~20024692D00202FD2F\r",
        b"~20024692C00402FD2E\r",
    ],
)
def test_11_a_request_with_a_wrong_check_gets_no_answer_not_even_a_refusal(frame: bytes) -> None:
    machine = battery("pylontech")
    assert answers(machine, frame, rack(1)) == []
    assert machine.heard.damaged == 1
    assert answers(machine, text(2, 0x92, "02"), rack(1), 1.0) != []


def test_11_a_modbus_request_with_a_wrong_check_gets_no_answer() -> None:
    for dialect in ("growatt-485", "voltronic-485", "pace-modbus"):
        assert answers(battery(dialect), reads(0x10, 1)[:-1] + b"\x00", rack(1)) == []


def test_12_what_was_just_sent_is_not_heard_as_somebody_elses() -> None:
    machine = battery("voltronic-485")
    question = bytes.fromhex("01030010000185CF")
    (answer,) = answers(machine, question, rack(1))
    # A reply of one register has the shape of a question: answered, it would go round for ever.
    assert len(answer) == len(question)
    assert answers(machine, answer, rack(1), 0.02) == []
    handshake = sealed(1, 0x10, 0, 0x13, 0, 1, 2, 0, 0)
    growatt = battery("growatt-485")
    (done,) = answers(growatt, handshake, rack(1))
    assert answers(growatt, done, rack(1), 0.02) == []
    assert growatt.heard.rival_at_s is None


# The known errors of vendors' own examples.


def test_the_example_of_v33_with_a_wrong_sum_is_not_taken() -> None:
    wrong = (
        b"~20024600F07A11020F0D450D440D450D440D450D440D3E0D450D4A0D4A0D4B0D4A0D4A0D4A0D4A"
        b"050BC30BC30BC30BCD0BCD0000C725FFFF04FFFF000200CA58012110E1A2\r"
    )
    with pytest.raises(FrameError, match="E27A"):
        PylontechDecoder().read(wrong)
    decoder = PylontechDecoder()
    decoder.expect("42")
    assert decoder.read(wrong.replace(b"E1A2", b"E27A")).values["pack_voltage_v"] == 50.981


def test_the_example_of_v33_with_fc72_is_off_by_one() -> None:
    frame = HexFrame(0x20, 0x02, 0x46, 0x92, b"\x02").encode()
    with pytest.raises(FrameError):
        PylontechDecoder().read(frame[:-2] + bytes([frame[-2] + 1]) + b"\r")


def test_the_example_of_v35_with_a_wrong_length_is_read_and_never_written() -> None:
    decoder = PylontechDecoder()
    decoder.expect("63")
    reading = decoder.read(b"~201246008008DCD35DC009C407E4B0F985\r")
    assert (reading.values["charge_voltage_limit_v"], reading.values["charge_current_limit_a"]) == (56.531, 250.0)
    assert "8" in reading.warnings[0]
    (answer,) = answers(battery("pylontech"), text(2, 0x63), rack(1))
    assert answer[9:13] == b"D012"
