"""The simulated inverter: obedient, and each of its quirks."""

from __future__ import annotations

import pytest

from openress.codec.canframe import CanFrame
from openress.protocols.canbus import (
    InverterView,
    ViewCharge,
    ViewLimits,
    ViewRequests,
)
from openress.sim.inverter import Behaviour, Quirk, SimInverter
from openress.simulatedinverter import display


class Wire:
    """A dialect whose view a test sets."""

    identifiers = frozenset({0x305})
    extended = False
    next_due_s = None

    def __init__(self) -> None:
        self.view = InverterView()

    def feed(self, frame: CanFrame, now_s: float) -> None:
        raise NotImplementedError

    def due(self, now_s: float) -> list[CanFrame]:
        assert now_s >= 0.0
        return [CanFrame(0x305, bytes(8))]

    def told(self, now_s: float, *, charge_a: float = 50.0, discharge_a: float = 80.0, **requests: bool) -> None:
        self.view = InverterView(
            ViewLimits(now_s, 56.0, charge_a, discharge_a, 48.0),
            ViewRequests(now_s, **requests) if requests else None,
            ViewCharge(now_s, soc_pct=50.0),
        )


def new(*quirks: Quirk) -> tuple[SimInverter, Wire]:
    wire = Wire()
    return SimInverter(wire, Behaviour.of(quirks)), wire


def flows(inverter: SimInverter, wanted_a: float, bus_v: float = 52.0) -> float:
    return inverter.demand(wanted_a, bus_v).current_a


def test_nothing_flows_before_it_has_been_told_anything():
    inverter, _ = new()
    inverter.due(0.0)
    assert flows(inverter, 40.0) == flows(inverter, -40.0) == 0.0
    assert inverter.lost is None


def test_it_keeps_to_limits_and_voltages():
    inverter, wire = new()
    wire.told(0.0)
    inverter.due(0.0)
    assert (flows(inverter, 40.0), flows(inverter, 90.0), flows(inverter, -90.0)) == (40.0, 50.0, -80.0)
    demand = inverter.demand(40.0, 52.0)
    assert (demand.voltage_max_v, demand.voltage_min_v) == (56.0, 48.0)
    assert flows(inverter, -40.0, bus_v=47.9) == 0.0
    assert flows(inverter, 40.0, bus_v=47.9) == 40.0
    assert flows(inverter, 40.0, bus_v=20.0) == 0.0


def test_bits_that_forbid_a_direction():
    inverter, wire = new()
    wire.told(0.0, charge_enabled=False, discharge_enabled=True)
    inverter.due(0.0)
    assert (flows(inverter, 40.0), flows(inverter, -40.0)) == (0.0, -40.0)


def test_its_own_power_is_bounded():
    inverter, wire = new()
    wire.told(0.0, charge_a=900.0)
    inverter.due(0.0)
    assert flows(inverter, 1000.0) == Behaviour().charge_a


@pytest.mark.parametrize(
    ("quirks", "gone_after_s"), [((), 60.0), ((Quirk.CUTS_OFF,), 3.0), ((Quirk.KEEPS_LAST,), None)]
)
def test_silence_of_the_battery(quirks: tuple[Quirk, ...], gone_after_s: float | None):
    inverter, wire = new(*quirks)
    wire.told(0.0)
    for second in range(200):
        inverter.due(float(second))
        gone = gone_after_s is not None and second > gone_after_s
        assert inverter.lost is gone
        assert flows(inverter, 40.0) == (0.0 if gone else 40.0)
    wire.told(200.0)
    inverter.due(200.0)
    assert (inverter.lost, flows(inverter, 40.0)) == (False, 40.0)


@pytest.mark.req("REQ-274")
def test_a_sol_ark_stops_with_f58_where_bms_err_stop_is_on_and_goes_on_where_it_is_off():
    stopping, wire = new(Quirk.BMS_ERR_STOP)
    going_on, other = new(Quirk.KEEPS_LAST)
    wire.told(0.0)
    other.told(0.0)
    for second in range(60):
        stopping.due(float(second))
        going_on.due(float(second))
        stopped = second > 10
        assert flows(stopping, -40.0) == (0.0 if stopped else -40.0)
        assert stopping.seen.fault == ("F58" if stopped else None)
        assert flows(going_on, -40.0) == -40.0
        assert going_on.seen.fault is None
    assert display(stopping.seen) == "BATTERY LOST: stopped, fault F58"
    wire.told(60.0)
    stopping.due(60.0)
    assert (stopping.seen.fault, flows(stopping, -40.0)) == (None, -40.0)


def test_ignoring_one_limit_keeps_the_other():
    inverter, wire = new(Quirk.IGNORES_CCL)
    wire.told(0.0, charge_a=0.0)
    inverter.due(0.0)
    assert (flows(inverter, 90.0), flows(inverter, -90.0)) == (90.0, -80.0)
    inverter, wire = new(Quirk.IGNORES_DCL)
    wire.told(0.0)
    inverter.due(0.0)
    assert (flows(inverter, 90.0), flows(inverter, -90.0)) == (50.0, -90.0)


def test_a_slow_one_follows_ten_seconds_late():
    inverter, wire = new(Quirk.SLOW)
    wire.told(0.0)
    seen = []
    for second in range(30):
        if second >= 15:
            wire.told(float(second), charge_a=20.0)
        inverter.due(float(second))
        seen.append(flows(inverter, 90.0))
    assert seen == [0.0] * 10 + [50.0] * 15 + [20.0] * 5


def test_one_that_looks_at_the_charge_alone():
    inverter, wire = new(Quirk.SOC_ONLY)
    wire.told(0.0, charge_a=0.0, discharge_a=0.0)
    inverter.due(0.0)
    assert (flows(inverter, 90.0), flows(inverter, -90.0)) == (90.0, -90.0)
    for soc_pct, expected in ((100.0, (0.0, -90.0)), (10.0, (90.0, 0.0)), (None, (0.0, 0.0))):
        wire.view = InverterView(wire.view.limits, None, ViewCharge(1.0, soc_pct=soc_pct))
        inverter.due(1.0)
        assert (flows(inverter, 90.0), flows(inverter, -90.0)) == expected


def test_signs_of_life():
    assert new()[0].due(0.0)
    assert not new(Quirk.MUTE)[0].due(0.0)
    inverter, _ = new(Quirk.GAPS)
    speaks = [bool(inverter.due(float(second))) for second in range(60)]
    assert speaks == ([True] * 25 + [False] * 5) * 2


def test_what_its_owner_sees():
    inverter, wire = new()
    wire.told(0.0)
    inverter.due(0.0)
    inverter.demand(90.0, 52.0)
    seen = inverter.seen
    assert (seen.lost, seen.wanted_a, seen.set_a, seen.orders.charge_a) == (False, 90.0, 50.0, 50.0)
