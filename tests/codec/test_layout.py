from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.layouts import frames

from openress.codec import DOWN, UP, Layout, blocks, coded, counted, dotted, flag, named_bits, text, wire
from openress.errors import FrameError, ParameterError, StateError


class Colour(StrEnum):
    RED = "red"
    GREEN = "green"
    BLUE = "blue"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Inner:
    level_v: float = wire("H", step=0.1)


INNER = Layout(Inner)


@dataclass(frozen=True, slots=True)
class Rich:
    """One row of every kind."""

    voltage_v: float = wire("H", step=0.001, saturate=True)
    temperature_c: float | None = wire("h", step=0.1, zero=2731, absent=0x7FFF)
    charge_limit_a: float = wire("h", step=0.1, rounding=DOWN, saturate=True)
    discharge_limit_a: float = wire("h", step=-0.1, rounding=DOWN, magnitude=True, saturate=True)
    cut_off_v: float = wire("H", step=0.1, rounding=UP)
    power_w: int = wire("h", step=10)
    name: str | None = text(6)
    version: str = dotted(2)
    colour: Colour = coded({1: Colour.RED, 2: Colour.GREEN}, other=Colour.NONE)
    on: bool = flag(7, "switches")
    off: bool = flag(0, "switches")
    alone: bool = flag(7, "other")
    lights: frozenset[Colour] = named_bits({0: Colour.RED, 3: (Colour.GREEN, Colour.BLUE)}, code="H")
    cells_mv: tuple[int, ...] = counted("H")
    temperatures_c: tuple[float, ...] = counted("H", step=0.1, zero=2731)
    inner: tuple[Inner, ...] = blocks(INNER)
    kind: int = wire("B")
    wide_ah: float | None = wire("T", step=0.001, only_if=("kind", 4))
    tail: int | None = wire("H", optional=True)


RICH = Layout(Rich, byte_order=">")
LITTLE = Layout(Rich, byte_order="<")


def rich(**changes: object) -> Rich:
    plain: dict[str, object] = {
        "voltage_v": 53.2,
        "temperature_c": 25.0,
        "charge_limit_a": 50.0,
        "discharge_limit_a": 50.0,
        "cut_off_v": 46.0,
        "power_w": 2000,
        "name": "PYLON",
        "version": "2.3",
        "colour": Colour.RED,
        "on": True,
        "off": False,
        "alone": True,
        "lights": frozenset({Colour.RED}),
        "cells_mv": (3300, 3301),
        "temperatures_c": (25.0,),
        "inner": (Inner(1.5),),
        "kind": 4,
        "wide_ah": 100.0,
        "tail": 7,
    }
    return Rich(**(plain | changes))  # type: ignore[arg-type]


@pytest.mark.parametrize("layout", [RICH, LITTLE])
@given(data=st.data())
def test_every_frame_comes_back_as_it_was_sent(layout: Layout[Rich], data: st.DataObject) -> None:
    frame = data.draw(frames(layout))
    assert layout.decode(layout.encode(frame)) == frame


@given(st.binary(max_size=80))
def test_arbitrary_bytes_give_a_frame_or_a_frame_error(data: bytes) -> None:
    try:
        RICH.decode(data)
    except FrameError as error:
        assert 0 <= error.at <= len(data)


def test_bytes_on_the_wire_are_those_of_the_table() -> None:
    raw = RICH.encode(rich())
    assert raw.hex(" ") == (
        "cf d0 0b a5 01 f4 fe 0c 01 cc 00 c8 50 59 4c 4f 4e 00 02 03 01 80 80 00 01 "
        "02 0c e4 0c e5 01 0b a5 01 00 0f 04 01 86 a0 00 07"
    )


def test_too_few_and_too_many_bytes_are_named_with_their_place() -> None:
    raw = RICH.encode(rich())
    with pytest.raises(FrameError, match="ends before them"):
        RICH.decode(raw[:27])
    with pytest.raises(FrameError, match="1 too many") as caught:
        RICH.decode(raw + b"x")
    assert caught.value.at == len(raw)


def test_rounding_of_limits_only_goes_to_the_safe_side() -> None:
    frame = RICH.decode(RICH.encode(rich(charge_limit_a=49.99, discharge_limit_a=49.99, cut_off_v=46.01)))
    assert (frame.charge_limit_a, frame.discharge_limit_a, frame.cut_off_v) == (49.9, 49.9, 46.1)


@pytest.mark.parametrize("tenths", range(700))
def test_safe_rounding_leaves_a_value_of_the_table_alone(tenths: int) -> None:
    value = tenths / 10
    frame = RICH.decode(RICH.encode(rich(charge_limit_a=value, discharge_limit_a=value, cut_off_v=value)))
    assert (frame.charge_limit_a, frame.discharge_limit_a, frame.cut_off_v) == (value, value, value)


def test_a_value_that_does_not_fit_saturates_only_where_the_row_says_so() -> None:
    assert RICH.decode(RICH.encode(rich(voltage_v=67.04))).voltage_v == 65.535
    with pytest.raises(ParameterError, match=r"Rich.cut_off_v is 7000: 0 to 6553.5 fits"):
        RICH.encode(rich(cut_off_v=7000.0))


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
def test_what_is_no_number_never_reaches_the_wire(bad: float) -> None:
    with pytest.raises(ParameterError, match="not a number"):
        RICH.encode(rich(charge_limit_a=bad))


def test_absent_is_sent_as_the_row_says_or_refused() -> None:
    assert RICH.decode(RICH.encode(rich(temperature_c=None))).temperature_c is None
    with pytest.raises(ParameterError, match="no way to say so"):
        RICH.encode(rich(voltage_v=None))


def test_saturation_steps_around_the_count_that_means_absent() -> None:
    @dataclass(frozen=True, slots=True)
    class Capacity:
        full_ah: float | None = wire("H", step=0.001, absent=0xFFFF, saturate=True)

    layout = Layout(Capacity)
    assert layout.encode(Capacity(100.0)) == b"\xff\xfe"
    assert layout.encode(Capacity(65.535)) == b"\xff\xfe"


def test_a_bit_named_twice_is_refused_when_the_table_is_made() -> None:
    @dataclass(frozen=True, slots=True)
    class TwoFlags:
        one: bool = flag(3, "byte")
        two: bool = flag(3, "byte")

    @dataclass(frozen=True, slots=True)
    class TwoBits:
        lights: frozenset[Colour] = named_bits({0: Colour.RED, 1: Colour.RED})

    @dataclass(frozen=True, slots=True)
    class NoWire:
        value: int

    with pytest.raises(StateError, match="bit 3 of byte byte is taken"):
        Layout(TwoFlags)
    with pytest.raises(StateError, match="two bits"):
        Layout(TwoBits)
    with pytest.raises(StateError, match="no place on the wire"):
        Layout(NoWire)


def test_text_and_versions_that_cannot_be_sent_are_refused() -> None:
    with pytest.raises(ParameterError, match="Latin letters"):
        RICH.encode(rich(name="电池"))
    with pytest.raises(ParameterError, match="up to 2 numbers"):
        RICH.encode(rich(version="1.2.3"))


@dataclass(frozen=True, slots=True)
class Growing:
    """Items that a count announces, a list with gaps, and a text that may miss."""

    sensors_c: tuple[float | None, ...] = counted("H", step=0.1, absent=0x8000)
    items: int = wire("B")
    first: int | None = wire("B", from_count=("items", 1))
    second: int | None = wire("H", from_count=("items", 2))
    name: str | None = text(4, optional=True)


GROWING = Layout(Growing)


@pytest.mark.parametrize(
    ("frame", "raw"),
    [
        (Growing((25.0, None), 0, None, None, None), "0200fa800000"),
        (Growing((), 1, 7, None, None), "000107"),
        (Growing((), 2, 7, 8, "AB"), "000207000841420000"),
        (Growing((), 9, 7, 8, None), "0009070008"),
    ],
)
def test_rows_that_a_count_announces(frame: Growing, raw: str) -> None:
    assert GROWING.encode(frame).hex() == raw
    assert GROWING.decode(bytes.fromhex(raw)) == frame


def test_an_announced_row_must_be_there() -> None:
    with pytest.raises(FrameError, match="needs 5 bytes"):
        GROWING.decode(bytes.fromhex("000207"))


@given(st.data())
def test_growing_frames_come_back(data: st.DataObject) -> None:
    frame = data.draw(frames(GROWING))
    assert GROWING.decode(GROWING.encode(frame)) == frame
