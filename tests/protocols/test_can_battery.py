"""The battery side of every CAN dialect: what it may ever send, and when."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from hypothesis import example, given
from tests.protocols.canbatterysamples import CAN, TINY, battery, burst, every_dialect, heard, inverter
from tests.protocols.canstates import STATES
from tests.protocols.racks import racks
from tests.samples import rack

from openress.model import Analog, Limits, RackSample
from openress.protocols.canbus import InverterView

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
