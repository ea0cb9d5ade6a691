"""The battery side of every CAN dialect: when it talks, what it hears, and its options."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.protocols.canbatterysamples import CAN, TINY, battery, burst, every_dialect, heard, inverter
from tests.samples import rack

from openress.codec.canframe import CanFrame
from openress.errors import ParameterError
from openress.model import PackSample
from openress.protocols import find_dialect
from openress.protocols.canbus import CanOptions

POLLED = ["growatt-can", "afore-can", "megarevo-can"]


@pytest.mark.parametrize("dialect", [name for name in CAN if name not in POLLED])
def test_a_burst_comes_at_once_then_every_period_without_drift(dialect: str) -> None:
    machine, told = battery(dialect), rack(1)
    assert machine.period_s == 1.0
    assert machine.next_due_s is not None
    assert machine.next_due_s <= 100.0
    assert machine.due(told, 100.0)
    # After a first burst at once the beat is counted from there.
    assert machine.next_due_s == 101.0
    assert machine.due(told, 100.999) == []
    assert machine.due(told, 101.004)
    assert machine.next_due_s == pytest.approx(102.0)
    assert machine.due(told, 150.0)
    assert machine.next_due_s == 151.0
    machine.reset()
    assert machine.due(told, 150.1)


@pytest.mark.parametrize("dialect", POLLED)
def test_a_polled_battery_answers_once_in_time_and_never_by_itself(dialect: str) -> None:
    machine, asker, told = battery(dialect), inverter(dialect), rack(1)
    assert machine.next_due_s is None
    assert machine.due(told, 0.0) == []
    questions = asker.due(10.0)
    machine.feed(questions[0], 10.0)
    assert machine.next_due_s == 10.0
    first = machine.due(told, 10.01)
    assert first
    assert machine.next_due_s is None
    assert machine.due(told, 10.02) == []
    # The same question once more at once, as in the other byte order, has been answered.
    machine.feed(questions[-1], 10.03)
    assert machine.due(told, 10.03) == []
    machine.feed(questions[0], 11.0)
    assert machine.due(told, 11.0) == first
    machine.feed(questions[0], 12.0)
    assert machine.due(told, 12.6) == [], "an old question gets no answer"
    machine.feed(questions[0], 13.0)
    machine.reset()
    assert machine.due(told, 13.0) == []


@every_dialect
def test_signs_of_life_are_noted_and_rivals_and_damage_told(dialect: str) -> None:
    machine, other = battery(dialect), inverter(dialect)
    assert machine.heard.alive_at_s is None
    for frame in burst(dialect, rack(1)):
        other.feed(frame, 4.0)
    for frame in other.due(5.0):
        machine.feed(frame, 5.0)
    assert machine.heard.alive_at_s == 5.0
    ours = min(machine.identifiers)
    machine.feed(CanFrame(ours, bytes(8), machine.extended), 6.0)
    assert (machine.heard.rival_at_s, machine.heard.rival_id) == (6.0, ours)
    before = machine.heard
    machine.feed(CanFrame(0x7E8, b"\x01", extended=False), 7.0)
    machine.feed(CanFrame(ours, bytes(8), not machine.extended), 7.0)
    assert machine.heard == before


def test_what_the_inverter_says_is_told() -> None:
    sunny = battery("sma-can")
    sunny.feed(CanFrame.parse("305#0402CEFFE600DE03"), 3.0)
    # 0x204 is 516; -50 tenths negative while charging is +5.0 A.
    assert sunny.heard.values["measured_voltage_v"] == 51.6
    assert sunny.heard.values["measured_current_a"] == 5.0
    assert sunny.heard.values["measured_soc_pct"] == 99.0
    sunny.feed(CanFrame(0x305, b"\x04"), 4.0)
    assert (sunny.heard.damaged, sunny.heard.alive_at_s) == (1, 3.0)
    luxpower = battery("luxpower-can")
    luxpower.feed(CanFrame.parse("300#0100000000000000"), 1.0)
    assert luxpower.heard.values["shut_down"] is True
    gx = battery("victron-can")
    gx.feed(CanFrame.parse("307#1234567856494300"), 1.0)
    assert gx.heard.values["identification"] == "VIC"
    afore = battery("afore-can")
    afore.feed(CanFrame(0x305, b"AFORE\0\0\x03"), 1.0)
    assert afore.heard.values == {"brand": "AFORE", "inverter_state": 3}
    # The pack that a person woke with limits in 0x305 is of no dialect here: it is a sign of life and no more.
    pylontech = battery("pylontech-can")
    pylontech.feed(CanFrame.parse("305#3002E803E803C001"), 1.0)
    assert (pylontech.heard.alive_at_s, dict(pylontech.heard.values)) == (1.0, {})


@pytest.mark.parametrize(
    ("dialect", "options", "message"),
    [
        ("victron-can", {"voltage_step_v": 1.0}, r"0\.01 or 0\.1 V is in use"),
        ("growatt-can", {"voltage_step_v": 0.1}, "has no choice"),
        ("afore-can", {"current_reversed": True}, "has no choice"),
        ("victron-can", {"period_s": 3.0}, r"0\.2 to 1\.0 s"),
        ("sma-can", {"period_s": 0.1}, r"0\.2 to 1\.0 s"),
        ("sma-can", {"period_s": math.nan}, r"0\.2 to 1\.0 s"),
        ("deye-can", {"name": "TOO LONG A NAME"}, "one to eight Latin letters"),
        ("deye-can", {"name": ""}, "one to eight Latin letters"),
        ("deye-can", {"name": "Akku\n"}, "one to eight Latin letters"),
        ("afore-can", {"name": "X"}, "tells no maker's name"),
    ],
)
def test_options_that_a_dialect_does_not_have_are_refused(
    dialect: str, options: dict[str, object], message: str
) -> None:
    with pytest.raises(ParameterError, match=message):
        battery(dialect, **options)


def test_an_experimental_dialect_needs_consent() -> None:
    make = find_dialect("megarevo-can").parts().can_battery
    assert make is not None
    assert find_dialect("megarevo-can").experimental
    with pytest.raises(ParameterError, match="is experimental: no document of a maker confirms it"):
        make(CanOptions())
    assert [name for name in CAN if find_dialect(name).experimental] == ["megarevo-can"]


def test_options_change_period_and_name() -> None:
    machine = battery("sol-ark-can", period_s=0.5, name="POWER")
    machine.due(rack(1), 0.0)
    assert (machine.period_s, machine.next_due_s) == (0.5, 0.5)
    assert CanFrame.parse("35E#504F574552000000") in burst("sol-ark-can", rack(1), name="POWER")
    assert CanFrame.parse("35E#504F574552202020") in burst("pylontech-can", rack(1), name="POWER")


@every_dialect
def test_more_than_fifteen_modules_and_more_than_a_byte_holds(dialect: str) -> None:
    for count in (18, 300):
        sample = rack(1)
        packs = tuple(replace(sample.packs[0], pack=number) for number in range(1, count + 1))
        view = heard(dialect, burst(dialect, replace(sample, packs=packs)))
        if view.modules is not None:
            assert view.modules.modules == (count if dialect == "victron-can" else min(count, 255))


def test_a_rack_without_packs_has_one_module() -> None:
    """One program tells inverters of 0 modules."""
    view = heard("pylontech-can", burst("pylontech-can", replace(rack(1), packs=())))
    assert view.modules is not None
    assert view.modules.modules == 1


@given(temperature=st.floats(-30, 90))
def test_kelvin_is_rounded_and_read_back_to_half_a_degree(temperature: float) -> None:
    sample = rack(1)
    analog = sample.packs[0].analog
    assert analog is not None
    told = replace(sample, packs=(PackSample(1, analog=replace(analog, temperatures_c=(temperature,))),))
    view = heard("victron-can", burst("victron-can", told))
    assert view.cells is not None
    assert view.cells.temperature_min_c is not None
    assert abs(view.cells.temperature_min_c - temperature) <= 0.5


@given(st.floats(-3276.7, 3276.7), st.floats(-40, 90))
def test_signed_values_come_back_signed(current: float, temperature: float) -> None:
    sample = rack(1)
    assert sample.analog is not None
    analog = sample.packs[0].analog
    assert analog is not None
    told = replace(
        sample,
        analog=replace(sample.analog, pack_current_a=current),
        packs=(PackSample(1, analog=replace(analog, temperatures_c=(temperature,))),),
    )
    for dialect in ("pylontech-can", "sma-can", "sol-ark-can", "seplos-can"):
        view = heard(dialect, burst(dialect, told))
        assert view.measured is not None
        assert view.measured.pack_current_a == pytest.approx(current, abs=0.05 + TINY)
        assert view.measured.temperature_c == pytest.approx(temperature, abs=0.05 + TINY)
