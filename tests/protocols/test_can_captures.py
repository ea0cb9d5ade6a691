"""Captured frames of batteries and inverters on CAN decode to what their origins state, whatever their length."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.captured import Captured, captured

from openress.codec.canframe import CanFrame
from openress.errors import FrameError
from openress.protocols import DIALECTS, find_dialect
from openress.protocols.base import Bus, Direction
from openress.protocols.inverter.table import CanTable

CAPTURED = captured("can-inverters.txt")
PYLONTECH = captured("pylontech-can.txt")
CAN = [dialect.name for dialect in DIALECTS.values() if dialect.bus is Bus.CAN]

every_dialect = pytest.mark.parametrize("dialect", CAN)


def table(dialect: str) -> CanTable:
    made = find_dialect(dialect).parts().can_table
    assert made is not None
    return made()


def check(known: Captured, dialect: str) -> None:
    says: dict[str, Any] = dict(known.says)
    says.pop("dialect", None)
    frame = CanFrame.parse(known.frame)
    error, absent, warnings = says.pop("error", None), says.pop("absent", []), says.pop("warnings", 0)
    if error is not None:
        with pytest.raises(FrameError, match=error):
            table(dialect).read(frame)
        return
    reading = table(dialect).read(frame)
    assert reading.kind == says.pop("kind")
    assert len(reading.warnings) == warnings
    assert not set(absent) & set(reading.values)
    assert {key: reading.values.get(key) for key in says} == says


@pytest.mark.parametrize("known", CAPTURED, ids=lambda known: f"{known} {known.frame}")
def test_captured_frame(known: Captured) -> None:
    check(known, known.says["dialect"])


@pytest.mark.parametrize("dialect", ["deye-can", "sol-ark-can", "seplos-can"])
@pytest.mark.parametrize("known", PYLONTECH, ids=lambda known: f"{known} {known.frame}")
def test_dialects_that_descend_from_pylontech_read_its_frames(known: Captured, dialect: str) -> None:
    if known.frame[:3] in ("35A", "35F"):
        with pytest.raises(FrameError, match="is not"):
            table(dialect).read(CanFrame.parse(known.frame))
    else:
        check(known, dialect)


@pytest.mark.parametrize(
    "line",
    [
        "400#1402FA007D00BD01",  # Pytes' own profile
        "41E#A6020000B2020000",
        "361#2D0D080DE600E600",  # Deye's own profile
        "364#0101000001000000",
        "110#0000000000000031",
        "3010#0EDF140000000000".replace("3010", "00003010"),  # Growatt, high voltage
        "00004200#02000000000000E3",
    ],
)
@every_dialect
def test_native_sets_that_are_not_spoken_are_refused(dialect: str, line: str) -> None:
    with pytest.raises(FrameError, match=r"is not .* known are"):
        table(dialect).read(CanFrame.parse(line))


@every_dialect
def test_an_identifier_of_the_other_width_is_not_ours(dialect: str) -> None:
    can = table(dialect)
    identifier = min(can.rows)
    if identifier <= 0x7FF or not can.extended:
        with pytest.raises(FrameError, match="is not"):
            can.read(CanFrame(identifier, bytes(8), extended=not can.extended))


@every_dialect
@given(data=st.data())
def test_any_bytes_give_a_reading_or_a_frame_error(dialect: str, data: st.DataObject) -> None:
    can = table(dialect)
    wide = st.integers(0, 0x1FFFFFFF if can.extended else 0x7FF)
    identifier = data.draw(st.sampled_from(sorted(can.rows)) | wide)
    frame = CanFrame(identifier, data.draw(st.binary(max_size=8)), can.extended)
    try:
        reading = can.read(frame)
    except FrameError as error:
        assert 0 <= error.at <= 8
    else:
        assert reading.values["id"] == can.name(identifier)


@every_dialect
def test_every_shorter_length_is_read_or_refused_and_eight_bytes_are_always_read(dialect: str) -> None:
    can = table(dialect)
    for identifier in can.rows:
        for size in range(8):
            try:
                can.read(CanFrame(identifier, bytes(size), can.extended))
            except FrameError:
                continue
        can.read(CanFrame(identifier, bytes(8), can.extended))


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("351#14025002C805", {"charge_voltage_limit_v": 53.2, "discharge_current_limit_a": 148.0}),
        ("351#14025002C805C201", {"discharge_voltage_limit_v": 45.0}),
        ("355#5F006300", {"soc_pct": 95}),
        ("355#540060000000", {"soc_pct": 84}),
        ("355#4300640000000000", {"soc_pct": 67}),
        ("356#7713A9FE0B01", {"pack_current_a": -34.3}),
        ("356#BE14F9FF8C000000", {"pack_current_a": -0.7}),
        ("359#0000000004504E", {"modules": 4}),
        ("359#0000000004504E00", {"modules": 4}),
        ("35C#C0", {"charge_enabled": True}),
        ("35C#C000", {"charge_enabled": True}),
        ("35C#C000000000000000", {"charge_enabled": True}),
    ],
)
def test_the_lengths_that_real_devices_use(line: str, says: dict[str, Any]) -> None:
    values = table("pylontech-can").read(CanFrame.parse(line)).values
    assert {key: values[key] for key in says} == says


@every_dialect
def test_a_battery_and_an_inverter_never_share_an_identifier(dialect: str) -> None:
    can = table(dialect)
    assert can.told
    assert can.said
    for row in can.rows.values():
        assert (row.sender is Direction.TO_BATTERY) == (row.id not in can.told and row.tell is None and _to_us(row.id))


def _to_us(identifier: int) -> bool:
    """Identifiers that go to a battery in some dialect, as the documents list them."""
    return identifier in {0x300, 0x301, 0x305, 0x306, 0x307, 0x1F000100, 0x0001001F}
