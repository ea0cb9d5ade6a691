"""Seplos v3: the traps of the wire."""

from __future__ import annotations

import pytest
from tests.protocols.modbuscases import OPTIONS, read_pack
from tests.protocols.seplos3samples import ask, read
from tests.samples import pack, rack, with_analog, with_status

from openress.bms.aggregate import aggregate
from openress.errors import ParameterError
from openress.model import Condition, PackState
from openress.protocols import find_dialect
from openress.protocols.battery.seplos3 import (
    Seplos3Server,
    seplos3_client,
)
from openress.protocols.battery.seplos3.maps import REGISTERS

# Traps.


def test_trap_the_master_has_address_0_and_answers() -> None:
    client = seplos3_client()
    assert client.address(1) == 0
    assert client.first(1).frame == bytes.fromhex("000410000012 7516")
    assert Seplos3Server(OPTIONS).feed(client.first(1).frame, rack(1), 0.0)
    for number in (0, 17):
        with pytest.raises(ParameterError):
            client.address(number)


def test_trap_32_bits_come_low_register_first() -> None:
    assert REGISTERS.decode(0x2002, bytes.fromhex("FFF3FFFF")) == {"pack_current_a": -1.3}
    assert REGISTERS.encode({"pack_current_a": -1.3}, 0x2002, 2) == bytes.fromhex("FFF3FFFF")


def test_trap_rack_current_has_another_step_than_pack_current() -> None:
    assert REGISTERS.decode(0x1001, b"\xff\x9c") == {"pack_current_a": -1.0}
    assert REGISTERS.decode(0x2002, b"\xff\x9c\xff\xff") == {"pack_current_a": -10.0}


def test_trap_pack_temperatures_are_kelvin_and_rack_temperatures_celsius() -> None:
    assert REGISTERS.decode(0x1110, b"\x0b\x81") == {"temperatures_c": (21.4,)}
    assert REGISTERS.decode(0x2108, b"\x00\xe5") == {"temperature_max_c": 22.9}


def test_trap_kelvin_zero_is_2731() -> None:
    assert REGISTERS.encode({"temperatures_c": (25.0,)}, 0x1110, 1) == (2981).to_bytes(2, "big")


def test_a_temperature_that_is_not_known_is_sent_as_a_place_without_a_sensor() -> None:
    known = with_analog(pack(1), mos_temperature_c=None, env_temperature_c=None)
    reply = ask(Seplos3Server(OPTIONS), read(0x1110, 10), on=aggregate([known], 0.0))
    assert reply.data[16:] == bytes(4)
    assert REGISTERS.decode(0x1118, bytes(4)) == {}


def test_trap_1314_is_the_release_of_the_cell_difference() -> None:
    (row,) = [row for row in REGISTERS.rows if row.at == 0x1314]
    assert row.key == "cell_difference_release_mv"


def test_trap_discharge_thresholds_count_below_zero() -> None:
    assert REGISTERS.encode({"discharge_oc_alarm_a": 205}, 0x131C, 1) == b"\xff\x33"


def test_trap_the_extremes_have_22_registers_not_26() -> None:
    """A captured reader asks for 26 and is refused."""
    assert ask(Seplos3Server(OPTIONS), read(0x2100, 22)) is not None


def test_trap_the_first_event_of_a_record_is_the_high_half() -> None:
    assert REGISTERS.decode(0x1606, b"\x02\x00")["charging"] is True
    assert REGISTERS.decode(0x1606, b"\x00\x02")["protections"] == {Condition.CELL_OVER_VOLTAGE}


def test_states() -> None:
    for current, state in ((5.0, PackState.CHARGE), (-5.0, PackState.DISCHARGE), (0.0, PackState.STANDBY)):
        sample = with_status(with_analog(pack(1), pack_current_a=current), state=None)
        got = read_pack(seplos3_client(), Seplos3Server(OPTIONS), aggregate([sample], 0.0), 1)
        assert got.status is not None
        assert got.status.state is state


def test_it_is_found_by_name() -> None:
    parts = find_dialect("seplos3").parts()
    assert parts.client is not None
    assert parts.client().max_packs == 16
    assert None not in (parts.server, parts.parameters, parts.clock, parts.history, parts.controls)
