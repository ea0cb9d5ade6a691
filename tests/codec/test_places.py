"""Where a field lies in its frame: every place holds the count of the value that was encoded."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openress.codec.places import place_of
from openress.protocols.inverter.core import PYLONTECH_V12, AlarmBits, Charge, Limits, Requests, layout

LIMITS = layout(Limits, PYLONTECH_V12)


@given(st.integers(0, 600), st.integers(-3000, 3000), st.integers(0, 3000))
def test_the_count_at_a_place_is_that_of_the_value(voltage: int, charge: int, discharge: int):
    data = LIMITS.encode(Limits(voltage / 10, charge / 10, discharge / 10, 48.0))
    keys = (
        "charge_voltage_limit_v",
        "charge_current_limit_a",
        "discharge_current_limit_a",
        "discharge_voltage_limit_v",
    )
    places = [place_of(LIMITS, key, data) for key in keys]
    assert [(place.at, place.size, place.raw, place.step) for place in places if place is not None] == [
        (0, 2, voltage, 0.1),
        (2, 2, charge, 0.1),
        (4, 2, discharge, 0.1),
        (6, 2, 480, 0.1),
    ]


@pytest.mark.parametrize(("key", "bit"), [("charge_enabled", 7), ("discharge_enabled", 6), ("full_charge_request", 3)])
def test_a_flag_is_a_bit_of_the_byte_that_it_shares(key: str, bit: int):
    place = place_of(layout(Requests, PYLONTECH_V12), key, bytes([1 << bit, 0]))
    assert place is not None
    assert (place.at, place.bit, place.raw) == (0, bit, 1)


def test_a_private_row_before_it_counts_and_a_short_frame_has_no_place():
    alarms = layout(AlarmBits, PYLONTECH_V12)
    place = place_of(alarms, "modules", bytes.fromhex("0000000005504E"))
    assert place is not None
    assert (place.at, place.raw) == (4, 5)
    assert place_of(alarms, "nothing", bytes(7)) is None
    assert place_of(layout(Charge, PYLONTECH_V12), "soh_pct", bytes(3)) is None
