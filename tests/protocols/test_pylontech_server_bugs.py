"""The battery side: what others got wrong is not wrong here."""

from __future__ import annotations

import pytest
from tests.protocols.pylontechserversamples import OPTIONS, ask, reading
from tests.samples import pack, rack, with_analog, with_limits

from openress.bms.aggregate import aggregate
from openress.codec.checksum import sum16
from openress.protocols.battery.pylontech import PylontechServer

# The bugs below were found in public implementations; each has the test that would have found it.


def test_bug_length_checksum_of_zero_prints_one_digit() -> None:
    """(~sum & 0xF) + 1 becomes 0x10 when the nibbles sum to a multiple of 16, LENID 0 among them."""
    (answer,) = ask(0x4F)
    assert answer[9:13] == b"0000"


def test_bug_length_nibbles_summed_per_byte() -> None:
    (answer,) = ask(0x61)
    assert answer[9:13] == b"8062"


def test_bug_length_counted_in_bytes() -> None:
    (answer,) = ask(0x92, b"\x02")
    assert answer[9:13] == b"B014"
    assert len(answer) == 1 + 12 + 20 + 4 + 1


def test_bug_system_current_limits_ten_times_too_high() -> None:
    """63 counts 0.1 A; x100 would allow ten times the current."""
    (answer,) = ask(0x63)
    assert answer[13:-5] == b"DAC0" + b"BB80" + b"07D0" + b"07D0" + b"C0"


def test_bug_status_fixed_at_c0() -> None:
    """A stop request must reach the inverter."""
    full = with_limits(pack(1), charge_enabled=False)
    values = reading(0x63, on=aggregate([full], 0.0)).values
    assert values["charge_enabled"] is False
    assert values["charge_current_limit_a"] == 0.0
    assert reading(0x92, b"\x02", on=aggregate([full], 0.0)).values["charge_enabled"] is False


def test_bug_force_charge_ignored() -> None:
    low = with_limits(pack(1), charge_immediately=True, full_charge_request=True)
    for code, info in ((0x63, b""), (0x92, b"\x02")):
        values = reading(code, info, on=aggregate([low], 0.0)).values
        assert values["full_charge_request"] is True
        assert True in (values.get("charge_immediately"), values.get("charge_immediately_1"))


def test_bug_replies_without_infoflag_or_command_byte() -> None:
    (analog,) = ask(0x42, b"\x02")
    assert analog[13:19] == b"110210"
    (limits,) = ask(0x92, b"\x02")
    assert limits[13:15] == b"02"


@pytest.mark.parametrize("code", [0x42, 0x44, 0x47, 0x4F, 0x51, 0x60, 0x61, 0x62, 0x63, 0x92, 0x93, 0x96])
def test_bug_command_echoed_instead_of_return_code(code: int) -> None:
    (answer,) = ask(code)
    assert answer[5:9] == b"4600"


def test_bug_temperature_scaled_twice_and_bug_offset_2730() -> None:
    """25.0 C is 2981, neither 5231 nor 2980."""
    warm = with_analog(pack(1), temperatures_c=(25.0,), env_temperature_c=None, mos_temperature_c=None)
    (answer,) = ask(0x42, b"\x02", on=aggregate([warm], 0.0))
    assert int(answer[13 + 2 * 36 : 13 + 2 * 38], 16) == 2981


def test_bug_discharge_limit_sign_and_bug_status_bit_4() -> None:
    """92 counts discharge negative and has full-charge at bit 3; 63 counts it positive and has it at bit 4."""
    low = aggregate([with_limits(pack(1), full_charge_request=True)], 0.0)
    (pack_limits,) = ask(0x92, b"\x02", on=low)
    assert pack_limits[27:33] == b"FE0CC8"
    (system_limits,) = ask(0x63, on=low)
    assert system_limits[25:31] == b"01F4D0"


def test_bug_voltage_limit_wrapped_modulo_65_536_v() -> None:
    """16 x 4.19 V was seen on a wire as 1.504 V."""
    high = with_limits(pack(1), charge_voltage_limit_v=67.04)
    assert reading(0x63, on=aggregate([high], 0.0)).values["charge_voltage_limit_v"] == 65.535


def test_bug_sixteen_bit_currents_wrap() -> None:
    many = aggregate([with_analog(pack(n), pack_current_a=100.0) for n in range(1, 9)], 0.0)
    assert reading(0x61, on=many).values["pack_current_a"] == 327.67


def test_bug_damaged_request_answered() -> None:
    """On a shared line a damaged frame gets silence, not RTN 02."""
    body = b"20024642E00202"
    server = PylontechServer(OPTIONS)
    assert server.feed(b"~%b%04X\r" % (body, sum16(body) ^ 1), rack(), 0.0) == []
    assert server.feed(b"~20024642E00302FD32\r", rack(), 0.0) == []


def test_bug_own_echo_taken_for_a_request() -> None:
    """A half-duplex adapter returns what was sent: a reply is never a request."""
    server = PylontechServer(OPTIONS)
    (answer,) = ask(0x42, b"\xff", server=server)
    assert server.feed(answer, rack(), 0.0) == []


def test_bug_current_read_as_10_ma() -> None:
    """Real Pylontech packs count 100 mA."""
    (answer,) = ask(0x42, b"\x02")
    at = 13 + 2 * (2 + 1 + 32 + 1 + 10)
    assert int.from_bytes(bytes.fromhex(answer[at : at + 4].decode()), "big", signed=True) == -110
