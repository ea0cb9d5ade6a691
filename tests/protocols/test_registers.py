"""Address maps: what a table refuses to be, how windows cut it, and how unknown values are told."""

from __future__ import annotations

import pytest

from openress.codec.modbus import Function
from openress.errors import FrameError, ParameterError, StateError
from openress.model import Condition, Fault
from openress.model.history import Calendar
from openress.protocols.calendar import SIX_BYTES, SIX_BYTES_OR_NONE, YEAR_WORD_LOW_FIRST
from openress.protocols.modbus import ModbusMap, Space
from openress.protocols.registers import (
    Block,
    Register,
    alarm,
    bits,
    each_bit,
    fault,
    flag,
    measured,
    packed,
    protection,
    setting,
    switch,
    text,
)
from openress.protocols.registertable import REMEMBERED, RegisterTable


def table(*rows: Register, unit: int = 2, order: str = ">", last: int = 99) -> RegisterTable:
    return RegisterTable("test", rows, blocks=(Block("all", 0, last),), unit=unit, order=order)


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        ((measured(0, "a", "I"), measured(1, "b", "H")), "two rows stand on address 1"),
        ((measured(100, "a", "H"),), "is in no block"),
        ((measured(99, "a", "I"),), "is in no block"),
        ((text(0, "a", 3),), "ends inside an address"),
        ((measured(0, "a", "B"),), "ends inside an address"),
    ],
)
def test_a_table_that_contradicts_itself_cannot_be_made(rows: tuple[Register, ...], reason: str) -> None:
    with pytest.raises(StateError, match=reason):
        table(*rows)


def test_rows_may_be_written_down_in_any_order() -> None:
    assert table(measured(5, "b", "H"), measured(0, "a", "H")).decode(0, bytes((0, 1) + (0,) * 8 + (0, 2))) == {
        "a": 1,
        "b": 2,
    }


def test_a_row_that_a_window_cuts_is_left_out() -> None:
    cut = table(measured(0, "a", "H"), measured(1, "b", "I"), text(3, "c", 4))
    assert cut.decode(0, bytes(4)) == {"a": 0}
    assert cut.decode(2, bytes.fromhex("0001 4142")) == {}
    assert cut.encode({"b": 0x12345678, "c": "ABCD"}, 2, 2) == bytes.fromhex("5678 4142")


def test_part_of_a_list_says_where_it_begins() -> None:
    cells = table(measured(10, "cells", "H", count=4, filler=0))
    assert cells.decode(11, bytes.fromhex("0001 0002")) == {"cells": (1, 2), "cells_first": 2}
    assert cells.decode(10, bytes.fromhex("0001 0000 0002 0000")) == {"cells": (1, 0, 2)}
    assert cells.decode(10, bytes(8)) == {}
    assert cells.encode({"cells": (1, 2, 3)}, 12, 2) == bytes.fromhex("0003 0000")


def test_half_an_address_is_refused() -> None:
    with pytest.raises(FrameError, match="end inside an address"):
        table(measured(0, "a", "H")).decode(0, b"\0")


@pytest.mark.parametrize(
    ("row", "values"),
    [
        (measured(0, "a", "H"), {}),
        (measured(0, "a", "H", count=2, filler=0), {}),
        (measured(0, "a", "H", count=2, filler=0), {"a": (1, 2, 3)}),
        (measured(0, "a", "H", count=2), {"a": (1,)}),
        (setting(0, "a", "H"), {"a": 70000}),
        (text(0, "a", 4), {"a": "\u4e2d"}),
        (packed(0, "a", 6, SIX_BYTES), {}),
        (bits(0, alarm(0, Condition.SOC_LOW)), {}),
        (bits(0, switch(0, "charge", needed=True)), {"switches": {}}),
    ],
)
def test_what_is_not_known_or_does_not_fit_is_refused(row: Register, values: dict[str, object]) -> None:
    with pytest.raises(ParameterError):
        table(row).encode(values, 0, 1)


def test_unknown_values_that_the_wire_can_leave_out() -> None:
    map_ = table(
        measured(0, "a", "H", absent=0xFFFF),
        measured(1, "b", "h", count=2, absent=-2000),
        text(3, "c", 2),
        each_bit(4, "d", 16),
        bits(5, flag(0, "e"), switch(1, "limit")),
        packed(6, "f", 6, SIX_BYTES_OR_NONE),
    )
    assert map_.encode({}, 0, 9) == bytes.fromhex("FFFF F830 F830 0000 0000 0000 0000 0000 0000")


def test_measured_values_saturate_and_settings_do_not() -> None:
    assert table(measured(0, "a", "h", step=0.01)).encode({"a": 500.0}, 0, 1) == b"\x7f\xff"
    with pytest.raises(ParameterError, match="fits on the wire"):
        table(setting(0, "a", "h", step=0.01)).encode({"a": 500.0}, 0, 1)


def test_32_bits_with_the_low_register_first() -> None:
    swapped = table(measured(0, "a", "i", swapped=True), measured(2, "b", "I", swapped=True, step=0.1))
    data = bytes.fromhex("FFFE FFFF 86A0 0001")
    assert swapped.decode(0, data) == {"a": -2, "b": 10000.0}
    assert swapped.encode({"a": -2, "b": 10000.0}, 0, 4) == data


def test_bits_raise_all_that_they_may_mean_and_are_set_by_each() -> None:
    c, f = Condition, Fault
    map_ = table(
        bits(
            0,
            protection(0, c.DISCHARGE_OVER_CURRENT, c.DISCHARGE_OVER_CURRENT_2, also=(c.SHORT_CIRCUIT,)),
            protection(1, c.PACK_OVER_VOLTAGE, sent=False),
            fault(2, f.CELL, also=(f.CELL_IMBALANCE,)),
        )
    )
    told = map_.decode(0, b"\x00\x07")
    assert told["protections"] == {c.DISCHARGE_OVER_CURRENT, c.DISCHARGE_OVER_CURRENT_2, c.PACK_OVER_VOLTAGE}
    assert told["faults"] == {f.CELL}
    assert "alarms" not in told
    for protections, faults, raw in (
        ({c.DISCHARGE_OVER_CURRENT_2}, set(), 1),
        ({c.SHORT_CIRCUIT}, set(), 1),
        ({c.PACK_OVER_VOLTAGE}, set(), 0),
        (set(), {f.CELL_IMBALANCE}, 4),
    ):
        values = {"protections": frozenset(protections), "faults": frozenset(faults)}
        assert map_.encode(values, 0, 1) == bytes((0, raw))


def test_what_may_be_written_is_whole_writable_rows_only() -> None:
    map_ = table(setting(0, "a", "H"), setting(1, "b", "I"), setting(3, "c", "H", writable=False), setting(5, "d", "H"))
    assert map_.writable(0, 1)
    assert map_.writable(0, 3)
    assert not map_.writable(0, 2)
    assert not map_.writable(2, 1)
    assert not map_.writable(3, 1)
    assert not map_.writable(4, 2)
    assert not map_.writable(0, 0)


def test_a_block_that_is_not_served_is_understood_all_the_same() -> None:
    map_ = RegisterTable(
        "test",
        (setting(0, "a", "H"), setting(4, "b", "H")),
        blocks=(Block("one", 0, 1), Block("two", 4, 5, served=False)),
    )
    assert map_.covers(0, 2)
    assert not map_.covers(0, 3)
    assert not map_.covers(4, 1)
    assert not map_.covers(0, 0)
    assert map_.decode(4, b"\0\1") == {"b": 1}


def test_what_is_remembered_is_bounded() -> None:
    map_ = table(*(measured(at, f"k{at}", "H") for at in range(99)), bits(99, flag(0, "odd")))
    for start in range(90):
        for count in range(1, 10):
            map_.decode(start, bytes(2 * count))
            map_.encode({f"k{at}": at for at in range(99)}, start, count)
            assert map_.covers(start, count)
    for raw in range(1000):
        assert map_.decode(99, raw.to_bytes(2, "big")) == {"odd": bool(raw & 1)}
    for kept in (map_._plans, map_._images, map_._covered):
        assert len(kept) <= REMEMBERED


def test_offsets_in_bytes_low_byte_first() -> None:
    map_ = table(measured(0, "a", "B"), measured(1, "b", "H"), measured(4, "c", "i"), unit=1, order="<")
    assert map_.decode(0, bytes.fromhex("01 0201 00 FEFFFFFF")) == {"a": 1, "b": 0x0102, "c": -2}
    assert map_.decode(1, bytes.fromhex("0201")) == {"b": 0x0102}


def test_clocks() -> None:
    now = Calendar(2026, 11, 20, 23, 59, 58)
    assert SIX_BYTES.write(now) == bytes((26, 11, 20, 23, 59, 58))
    assert SIX_BYTES.read(SIX_BYTES.write(now)) == now
    assert YEAR_WORD_LOW_FIRST.read(YEAR_WORD_LOW_FIRST.write(now)) == now
    for raw in (bytes(6), bytes((26, 13, 1, 0, 0, 0)), bytes((26, 1, 1, 24, 0, 0)), b"\xff" * 6):
        assert SIX_BYTES.read(raw) is None
    with pytest.raises(ParameterError):
        SIX_BYTES.write(Calendar(1999, 1, 1, 0, 0, 0))


def test_coils_of_part_of_a_byte() -> None:
    space = Space(
        table(bits(0, flag(0, "a"), flag(7, "b"), code="B"), each_bit(1, "c", 8, code="B"), unit=1), base=0x1200
    )
    values = {"a": True, "b": False, "c": (True, False) * 4}
    assert space.image(values, 0x1200, 16) == bytes((0x01, 0x55))
    assert space.image(values, 0x1207, 3) == bytes((0b010,))
    assert space.decode(0x1207, 9, bytes((0xAA, 0x00)))["c"] == (True, False) * 4
    assert space.decode(0x1201, 3, b"\x07") == {}
    assert space.covers(0x1200, 800)
    assert not space.covers(0x1200, 801)
    assert space.block(0x1207) is not None


def test_a_map_knows_its_functions() -> None:
    space = Space(table(setting(0, "a", "H")))
    both = (Function.WRITE_REGISTER, Function.WRITE_REGISTERS)
    map_ = ModbusMap("test", {Function.READ_HOLDING: space}, writes={Function.READ_HOLDING: both}, decimal=True)
    assert map_.functions == {Function.READ_HOLDING, *both}
    assert map_.read_by(Function.WRITE_REGISTER) is space
    assert map_.read_by(Function.WRITE_COILS) is None
    assert (map_.written(16), ModbusMap("test", {}).written(16)) == ("16", "0x0010")
