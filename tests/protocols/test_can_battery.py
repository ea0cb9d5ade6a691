"""The battery side of every CAN dialect: what it may ever send, and when."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from tests.protocols.canstates import STATES
from tests.protocols.racks import racks
from tests.samples import rack

from openress.codec.canframe import CanFrame
from openress.errors import ParameterError
from openress.model import Analog, Limits, PackSample, RackSample
from openress.protocols import DIALECTS, find_dialect
from openress.protocols.base import Bus
from openress.protocols.canbus import CanBattery, CanInverter, CanOptions, InverterView

CAN = [dialect.name for dialect in DIALECTS.values() if dialect.bus is Bus.CAN]
POLLED = ["growatt-can", "afore-can", "megarevo-can"]
HOLDING = ["victron-can", "deye-can"]
NO_CUT_OFF = ["growatt-can"]
SIZES = {
    "pylontech-can": {0x351: 8, 0x355: 4, 0x356: 6, 0x359: 7, 0x35C: 2, 0x35E: 8},
    "pylontech-can-v13": {0x351: 8, 0x355: 6, 0x356: 6, 0x35A: 8, 0x35E: 8, 0x35F: 8},
    "victron-can": {
        0x351: 8, 0x355: 6, 0x356: 6, 0x35A: 8, 0x35E: 8, 0x35F: 8, 0x360: 8, 0x372: 8, 0x373: 8,
        0x374: 8, 0x375: 8, 0x376: 8, 0x377: 8, 0x379: 8, 0x382: 8,
    },
    "sma-can": {0x351: 8, 0x355: 6, 0x356: 6, 0x35A: 8, 0x35E: 8, 0x35F: 8},
    "sol-ark-can": dict.fromkeys((0x351, 0x355, 0x356, 0x359, 0x35C, 0x35E, 0x379), 8),
    "deye-can": {0x351: 8, 0x355: 4, 0x356: 6, 0x359: 7, 0x35C: 2, 0x35E: 8},
    "luxpower-can": dict.fromkeys((0x351, 0x355, 0x356, 0x359, 0x35C, 0x35E), 8),
    "growatt-can": dict.fromkeys(
        (0x311, 0x312, 0x313, 0x314, 0x315, 0x316, 0x317, 0x318, 0x319, 0x320, 0x321), 8
    ),
    "seplos-can": dict.fromkeys((0x351, 0x355, 0x356, 0x359, 0x35C, 0x35E, 0x370, 0x371), 8),
    "afore-can": dict.fromkeys(range(0x350, 0x35B), 8),
    "megarevo-can": dict.fromkeys(range(0x1F000300, 0x1F000305), 8),
}  # fmt: skip
"""Every identifier that a battery may send, and its data bytes."""
CLAMPS = dict.fromkeys(CAN, ((41.0, 63.0), (36.0, 60.0), 6553.5)) | {"sma-can": ((41.0, 63.0), (41.0, 48.0), 1200.0)}

every_dialect = pytest.mark.parametrize("dialect", CAN)
TINY = 1e-6


def battery(dialect: str, **options: object) -> CanBattery:
    make = find_dialect(dialect).parts().can_battery
    assert make is not None
    return make(CanOptions(experimental=True, **options))  # type: ignore[arg-type]


def inverter(dialect: str) -> CanInverter:
    make = find_dialect(dialect).parts().can_inverter
    assert make is not None
    return make(CanOptions())


def burst(dialect: str, told: RackSample, **options: object) -> list[CanFrame]:
    machine = battery(dialect, **options)
    for frame in inverter(dialect).due(0.0):
        machine.feed(frame, 0.0)
    return machine.due(told, 0.0)


def heard(dialect: str, frames: list[CanFrame]) -> InverterView:
    listener = inverter(dialect)
    for frame in frames:
        listener.feed(frame, 0.0)
    return listener.view


@every_dialect
def test_the_whitelist_is_exactly_what_the_documents_list(dialect: str) -> None:
    machine = battery(dialect)
    assert machine.identifiers == frozenset(SIZES[dialect])
    assert machine.extended == (dialect == "megarevo-can")


@every_dialect
@given(told=racks())
@example(told=rack(15))
@example(told=RackSample(0.0))
@example(told=replace(rack(1), limits=Limits(0.0, math.nan, math.inf, -5.0, math.nan)))
def test_whatever_a_rack_holds_its_frames_are_safe(dialect: str, told: RackSample) -> None:
    frames = burst(dialect, told)
    sizes, ((cvl_low, cvl_high), (dvl_low, dvl_high), most_a) = SIZES[dialect], CLAMPS[dialect]
    assert len({frame.id for frame in frames}) == len(frames)
    for frame in frames:
        assert len(frame.data) == sizes[frame.id]
        assert frame.extended == (dialect == "megarevo-can")
    view = heard(dialect, frames)
    if not frames:
        # Only a rack that knows neither its charge voltage limit nor its own voltage is silent.
        assert told.analog is None or not _finite(told.analog.pack_voltage_v)
        assert told.limits is None or not _finite(told.limits.charge_voltage_limit_v, cvl_low)
        return
    limits, given_ = view.limits, told.limits or Limits(0.0)
    assert limits is not None
    assert limits.charge_current_limit_a is not None
    assert limits.discharge_current_limit_a is not None
    assert limits.charge_voltage_limit_v is not None
    assert 0 <= limits.charge_current_limit_a <= most_a
    assert 0 <= limits.discharge_current_limit_a <= most_a
    assert cvl_low <= limits.charge_voltage_limit_v <= cvl_high
    assert limits.charge_current_limit_a <= max(0.0, given_.charge_current_limit_a or 0.0) + TINY
    assert limits.discharge_current_limit_a <= max(0.0, given_.discharge_current_limit_a or 0.0) + TINY
    if limits.charge_current_limit_a > 0:
        assert given_.charge_enabled is not False
        assert given_.charge_voltage_limit_v is not None
        assert limits.charge_voltage_limit_v <= given_.charge_voltage_limit_v + TINY
    if limits.discharge_current_limit_a > 0:
        assert given_.discharge_enabled is not False
        if dialect not in NO_CUT_OFF and _finite(given_.discharge_voltage_limit_v):
            assert limits.discharge_voltage_limit_v is not None
            assert limits.discharge_voltage_limit_v >= given_.discharge_voltage_limit_v - TINY  # type: ignore[operator]
    if limits.discharge_voltage_limit_v is not None:
        assert dvl_low <= limits.discharge_voltage_limit_v <= dvl_high
    if view.requests is not None:
        requests = view.requests
        if requests.charge_enabled is not None:
            assert requests.charge_enabled == (limits.charge_current_limit_a > 0)
            assert requests.discharge_enabled == (limits.discharge_current_limit_a > 0)
        if requests.force_charge or requests.full_charge_request:
            assert limits.charge_current_limit_a > 0
    _absent_stays_absent(told, view)


def _finite(value: float | None, least: float = -math.inf) -> bool:
    return value is not None and math.isfinite(value) and value >= least


def _absent_stays_absent(told: RackSample, view: InverterView) -> None:
    analog = told.analog or Analog(0.0)
    if not _finite(analog.soc_pct):
        assert view.charge is None or view.charge.soc_pct is None
    if not _finite(analog.pack_voltage_v):
        assert view.measured is None or view.measured.pack_voltage_v is None
    if not _finite(analog.pack_current_a):
        assert view.measured is None or view.measured.pack_current_a is None
    if not any(pack.analog and pack.analog.cell_voltages_mv for pack in told.packs):
        assert view.cells is None or view.cells.cell_voltage_max_mv is None
    if told.status is None or told.status.protections is None:
        assert view.status is None or view.status.protections is None
    for found in (view.charge and view.charge.soc_pct, view.charge and view.charge.soh_pct):
        assert found is None or 0 <= found <= 100


@every_dialect
@pytest.mark.parametrize("state", STATES, ids=str)
def test_an_inverter_of_the_dialect_understands_the_battery(dialect: str, state: object) -> None:
    told = state.rack  # type: ignore[attr-defined]
    view = heard(dialect, burst(dialect, told))
    assert view.limits is not None
    assert view.limits.charge_current_limit_a == min(told.limits.charge_current_limit_a, CLAMPS[dialect][2])
    assert view.limits.discharge_current_limit_a == min(told.limits.discharge_current_limit_a, CLAMPS[dialect][2])
    if told.analog.soc_pct is not None:
        assert view.charge is not None
        assert view.charge.soc_pct == pytest.approx(told.analog.soc_pct, abs=0.5)
    if told.status is not None and view.status is not None and view.status.protections is not None:
        assert bool(told.status.faults) == bool(view.status.faults)


@pytest.mark.parametrize("dialect", HOLDING)
@given(told=racks())
def test_where_the_voltage_is_held_it_is_never_near_zero(dialect: str, told: RackSample) -> None:
    """Victron empties a battery at CVL 0; Deye warns (W31) at tiny voltages."""
    view = heard(dialect, burst(dialect, told))
    if view.limits is not None:
        assert view.limits.charge_voltage_limit_v is not None
        assert view.limits.charge_voltage_limit_v >= 41.0


@pytest.mark.parametrize("dialect", HOLDING)
def test_blocked_charging_brings_the_voltage_down_to_the_rack(dialect: str) -> None:
    told = rack(2)
    assert told.limits is not None
    blocked = replace(told, limits=replace(told.limits, charge_current_limit_a=0.0))
    for sample, wanted in ((told, 56.0), (blocked, 52.9)):
        view = heard(dialect, burst(dialect, sample))
        assert view.limits is not None
        assert view.limits.charge_voltage_limit_v == wanted


@every_dialect
def test_a_charge_voltage_that_cannot_be_told_permits_no_charging(dialect: str) -> None:
    told = rack(1)
    assert told.limits is not None
    for voltage in (None, 0.0, 12.0, math.nan, -1.0):
        view = heard(
            dialect, burst(dialect, replace(told, limits=replace(told.limits, charge_voltage_limit_v=voltage)))
        )
        assert view.limits is not None
        assert view.limits.charge_current_limit_a == 0
        assert view.limits.charge_voltage_limit_v == 52.9
        assert view.limits.discharge_current_limit_a == 50.0


@every_dialect
def test_without_any_voltage_there_is_silence_and_time_goes_on(dialect: str) -> None:
    machine = battery(dialect)
    for frame in inverter(dialect).due(0.0):
        machine.feed(frame, 0.0)
    assert machine.due(RackSample(0.0, limits=Limits(0.0, None, 50.0, 50.0)), 0.0) == []
    assert machine.next_due_s is None or machine.next_due_s > 0.0


@every_dialect
def test_nothing_above_the_published_maxima_goes_out(dialect: str) -> None:
    told = rack(4)
    rated = Limits(0.0, 55.0, 120.0, 130.0, 47.5)
    view = heard(dialect, burst(dialect, told, rated=rated))
    assert view.limits is not None
    assert view.limits.charge_voltage_limit_v == 55.0
    assert view.limits.charge_current_limit_a == 120.0
    assert view.limits.discharge_current_limit_a == 130.0
    # The cut-off of the rack is stricter than the published one.
    assert dialect in NO_CUT_OFF or view.limits.discharge_voltage_limit_v == 48.0
    assert burst(dialect, told, rated=Limits(0.0, 60.0, 900.0, 900.0, 40.0)) == burst(dialect, told)


def test_a_cut_off_beyond_sma_stops_discharging() -> None:
    told = rack(1)
    assert told.limits is not None
    view = heard(
        "sma-can", burst("sma-can", replace(told, limits=replace(told.limits, discharge_voltage_limit_v=48.2)))
    )
    assert view.limits is not None
    assert (view.limits.discharge_current_limit_a, view.limits.discharge_voltage_limit_v) == (0.0, 48.0)
    assert view.limits.charge_current_limit_a == 50.0


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
