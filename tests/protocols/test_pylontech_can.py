from __future__ import annotations

from typing import Any

import pytest

from openress.codec.canframe import CanFrame
from openress.errors import FrameError
from openress.protocols.canbus import CanOptions
from openress.protocols.inverter.pylontech_can import V12

TABLE = V12.table(CanOptions())


def values(line: str) -> dict[str, Any]:
    return dict(TABLE.read(CanFrame.parse(line)).values)


def test_alarm_bits_of_0x359() -> None:
    assert values("359#02000000025 04E".replace(" ", ""))["protections"] == ["cell_over_voltage", "pack_over_voltage"]
    assert values("359#0000 0801 02504E".replace(" ", ""))["alarms"] == [
        "charge_over_current",
        "charge_over_temperature",
        "discharge_over_temperature",
    ]
    # System error is bit 3 of byte 1, not bit 7; charge over-current is bit 0, not bit 7.
    assert values("359#0008000002504E")["faults"] == ["system"]
    assert values("359#0080000002504E")["faults"] == []
    assert values("359#0080000002504E")["protections"] == []


def test_over_temperature_does_not_raise_under_voltage() -> None:
    """A public emulator sends 0x0C for heat and so raises the low-voltage bit too."""
    assert values("359#0800000002504E")["protections"] == ["charge_over_temperature", "discharge_over_temperature"]


def test_request_bits_of_0x35c() -> None:
    got = values("35C#E8")
    assert (got["charge_enabled"], got["discharge_enabled"], got["force_charge_1"]) == (True, True, True)
    assert (got["force_charge_2"], got["full_charge_request"]) == (False, True)


def test_pairs_of_0x35a_are_raised_by_the_low_bit() -> None:
    assert values("35A#AAAAAAAAAAAAAAAA")["alarms"] == []
    got = values("35A#A6AAAAAAAAA9AAAA".replace("A9", "A9"))
    assert got["protections"] == ["cell_over_voltage", "pack_over_voltage"]
    assert got["alarms"] == ["discharge_under_temperature"]
    assert "alarms" not in values("35A#AAAAAAAA00000000")


def test_fine_state_of_charge_wins_when_it_is_used() -> None:
    assert values("355#3C0064008417")["soc_pct"] == 60.2
    assert values("355#540060000000")["soc_pct"] == 84


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("352#00", "identifier 352 is not Pylontech's; known are 305, 351"),
        ("00000351#1402C012C012C201", "not Pylontech's"),
        ("351#1402", "needs 6 bytes, there are 2"),
        ("351#140", "no CAN frame"),
        ("351 1402", "no CAN frame"),
        ("351#1402C012C012C20111", "at most 8 bytes"),
        ("can0  351   [4]  14 02 C0", "says 4 bytes and has 3"),
        ("FFF#00", "above the 11-bit range"),
    ],
)
def test_what_cannot_be_read_is_said(line: str, message: str) -> None:
    with pytest.raises(FrameError, match=message):
        values(line)


def test_lines_of_candump_are_read() -> None:
    wanted = CanFrame.parse("351#1402C012C012C201")
    assert CanFrame.parse("  can0  351   [8]  14 02 C0 12 C0 12 C2 01") == wanted
    assert CanFrame.parse("(1679510400.123456) can0 351#1402C012C012C201") == wanted
    assert str(wanted) == "351#1402C012C012C201"
    assert CanFrame.parse("1F000300#00").extended
