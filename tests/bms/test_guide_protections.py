"""The A5L guide's protections as it tells them, in whole streams (8.3)."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from tests.bms.streams import LARGE, SMALL, Stream, charge_limit_a, products, switches

from openress.bms.protect import ChangeKind
from openress.errors import ParameterError
from openress.model import Condition, Fault, PackState
from openress.params import PARAMETERS, ParameterSet
from openress.products import Product

C = Condition


@pytest.mark.req("REQ-020", "REQ-021", "REQ-022", "REQ-023", "REQ-024", "REQ-025")
@products
def test_cell_over_voltage(product: Product) -> None:
    stream = Stream(product).settled()
    stream.hold(2.0, current_a=10.0, highest_mv=3501)
    assert stream.last.alarms == {C.CELL_OVER_VOLTAGE}
    assert switches(stream) == (True, True)
    stream.hold(0.4, highest_mv=3700)
    stream.hold(0.1, highest_mv=3600)
    assert switches(stream) == (True, True)
    stream.hold(1.6, highest_mv=3700)
    assert switches(stream) == (False, True)
    stream.hold(10.0, current_a=0.0, highest_mv=3381)
    assert switches(stream) == (False, True)
    stream.hold(10.0, current_a=-0.9)
    assert switches(stream) == (False, True)
    stream.hold(1.0, current_a=-1.1)
    assert switches(stream) == (True, True)


@pytest.mark.req("REQ-026", "REQ-027", "REQ-029", "REQ-030")
@products
def test_cell_low_voltage_and_a_charger_at_the_terminals(product: Product) -> None:
    stream = Stream(product).settled()
    stream.hold(2.0, current_a=-10.0, lowest_mv=2799)
    assert stream.last.alarms == {C.CELL_UNDER_VOLTAGE}
    stream.hold(1.6, lowest_mv=2500)
    assert switches(stream) == (True, False)
    stream.hold(10.0, current_a=0.0, lowest_mv=2899, terminal_v=0.0)
    assert switches(stream) == (True, False)
    pack_v = stream.world.measured(stream.cells, 0).pack_voltage_v
    assert pack_v is not None
    stream.hold(10.0, terminal_v=pack_v + 0.49)
    assert switches(stream) == (True, False)
    stream.hold(0.875, terminal_v=pack_v + 0.6)
    assert switches(stream) == (True, False)
    stream.hold(0.25)
    assert switches(stream) == (True, True)


@pytest.mark.req("REQ-031", "REQ-032", "REQ-034", "REQ-035")
@pytest.mark.parametrize(
    ("product", "alarm_v", "trip_v", "release_v"), [(SMALL, 52.5, 54.0, 50.70), (LARGE, 56.0, 57.6, 54.08)]
)
def test_system_over_voltage(product: Product, alarm_v: float, trip_v: float, release_v: float) -> None:
    stream = Stream(product).settled()

    def at(pack_v: float, **more: object) -> dict[str, object]:
        return {"pack_v": pack_v, "cell_mv": 1000 * pack_v / product.cells_in_series, **more}

    stream.hold(3.0, **at(alarm_v))
    assert C.PACK_OVER_VOLTAGE not in stream.last.alarms
    stream.hold(3.0, **at(trip_v - 0.01))
    assert C.PACK_OVER_VOLTAGE in stream.last.alarms
    assert switches(stream) == (True, True)
    stream.hold(1.6, **at(trip_v))
    assert switches(stream) == (False, True)
    stream.hold(60.0, 1000, **at(release_v + 0.01))
    assert switches(stream) == (False, True)
    stream.hold(0.0, **at(release_v))
    assert switches(stream) == (True, True)


@pytest.mark.req("REQ-036", "REQ-037", "REQ-039", "REQ-040")
@pytest.mark.parametrize(("product", "trip_v", "release_v"), [(SMALL, 42.0, 43.5), (LARGE, 44.8, 46.4)])
def test_system_low_voltage_releases_at_its_own_alarm(product: Product, trip_v: float, release_v: float) -> None:
    stream = Stream(product).settled()
    n = product.cells_in_series
    stream.hold(1.6, pack_v=trip_v, cell_mv=1000 * trip_v / n)
    assert switches(stream) == (True, False)
    stream.hold(60.0, 1000, pack_v=round(release_v - 0.01, 2), cell_mv=1000 * release_v / n)
    assert switches(stream) == (True, False)
    stream.hold(0.0, pack_v=release_v)
    assert switches(stream) == (True, True)
    assert C.PACK_UNDER_VOLTAGE in stream.last.alarms
    stream.hold(0.0, pack_v=release_v + 0.02 * n + 0.01, cell_mv=1000 * release_v / n + 21)
    assert C.PACK_UNDER_VOLTAGE not in stream.last.alarms


@pytest.mark.req("REQ-041", "REQ-042", "REQ-043", "REQ-044")
def test_charge_over_current() -> None:
    stream = Stream().settled()
    stream.hold(5.0, current_a=105.1)
    assert C.CHARGE_OVER_CURRENT in stream.last.alarms
    began_s = stream.now_s
    stream.hold(1.0, current_a=110.0)
    assert switches(stream) == (False, True)
    stream.hold(59.0, 500, current_a=0.0)
    assert switches(stream) == (False, True)
    stream.hold(2.0, 500)
    assert switches(stream) == (True, True)
    (released_s,) = stream.times(ChangeKind.RELEASE, C.CHARGE_OVER_CURRENT)
    assert released_s - began_s == pytest.approx(61.0, abs=1.0)


@pytest.mark.req("REQ-052")
def test_the_second_level_of_discharge_over_current_is_faster() -> None:
    stream = Stream().settled()
    began_s = stream.now_s
    stream.hold(0.1, 50, current_a=-150.0)
    assert switches(stream) == (True, False)
    (tripped_s,) = stream.times(ChangeKind.TRIP, C.DISCHARGE_OVER_CURRENT_2)
    assert tripped_s - began_s == pytest.approx(0.1)


@pytest.mark.req("REQ-053", "REQ-054")
def test_a_short_circuit_opens_the_discharge_switch_at_once() -> None:
    stream = Stream().settled()
    stream.step(short=True, terminal_v=0.0, current_a=-500.0)
    assert switches(stream) == (True, False)
    stream.hold(7200.0, 10_000, short=False, current_a=0.0)
    assert switches(stream) == (True, False)
    stream.hold(2.0, terminal_v=52.8)
    assert switches(stream) == (True, True)


@pytest.mark.req("REQ-053", "REQ-055")
def test_no_parameter_switches_the_short_circuit_protection_off() -> None:
    values = ParameterSet.defaults(LARGE)
    (row,) = [row for row in PARAMETERS if "short" in row.key]
    assert (row.key, row.default, row.low, row.high, row.step) == ("short_circuit_delay_us", 300, 100, 500, 50)
    for wrong in (0, 50, 550):
        with pytest.raises(ParameterError, match="short_circuit_delay_us"):
            values.with_values({row.key: wrong})
    for delay_us in (100, 500):
        stream = Stream(values=values.with_values({row.key: delay_us})).settled()
        stream.step(short=True, terminal_v=0.0)
        assert C.SHORT_CIRCUIT in stream.last.protections


@pytest.mark.req("REQ-056", "REQ-057", "REQ-062")
def test_a_hot_board_opens_both_and_is_no_cell() -> None:
    stream = Stream().settled()
    stream.hold(10.0, mos_c=110.0)
    assert switches(stream) == (False, False)
    assert stream.last.protections == {C.MOS_OVER_TEMPERATURE}
    assert stream.last.alarms == {C.MOS_OVER_TEMPERATURE}
    stream.hold(10.0, mos_c=90.1)
    assert switches(stream) == (False, False)
    stream.hold(5.0, mos_c=90.0)
    assert switches(stream) == (True, True)


@pytest.mark.req("REQ-062")
def test_surroundings_are_no_cell_and_lows_take_the_coldest_highs_the_hottest() -> None:
    stream = Stream().settled()
    stream.hold(10.0, env_c=66.0)
    assert stream.last.alarms == {C.AMBIENT_OVER_TEMPERATURE}
    stream.hold(10.0, env_c=25.0, hottest_c=61.0, coldest_c=-1.0)
    assert stream.last.alarms == {C.CHARGE_OVER_TEMPERATURE, C.CHARGE_UNDER_TEMPERATURE}


@pytest.mark.req("REQ-063")
def test_a_spike_of_a_second_trips_no_temperature_protection() -> None:
    stream = Stream().settled()
    stream.hold(1.0, coldest_c=-40.0)
    stream.hold(1.0, coldest_c=25.0)
    stream.hold(1.0, hottest_c=90.0)
    stream.hold(1.0, hottest_c=25.0, mos_c=120.0)
    stream.hold(1.0, mos_c=30.0, env_c=-40.0)
    stream.hold(1.0, env_c=25.0)
    assert not [change for change in stream.changes if change.kind is ChangeKind.TRIP]


@pytest.mark.req("REQ-064", "REQ-058")
def test_at_minus_seven_a_discharging_pack_goes_on_discharging() -> None:
    stream = Stream().settled()
    stream.hold(5.0, current_a=-20.0, cell_c=-7.0)
    assert switches(stream) == (False, True)
    assert C.CHARGE_UNDER_TEMPERATURE not in stream.last.alarms


@pytest.mark.req("REQ-065")
def test_below_zero_nothing_may_be_charged_although_the_switch_is_closed() -> None:
    stream = Stream().settled()
    stream.hold(5.0, cell_c=-1.0)
    assert switches(stream) == (True, True)
    assert charge_limit_a(stream) == 0.0
    stream.hold(60.0, 1000, cell_c=10.0)
    assert charge_limit_a(stream) == 50.0


@pytest.mark.req("REQ-066", "REQ-067", "REQ-068")
@pytest.mark.parametrize(("env_c", "held_c", "released_c"), [(-25.0, -20.1, -20.0), (70.0, 65.1, 65.0)])
def test_surroundings_too_cold_or_too_hot_open_both(env_c: float, held_c: float, released_c: float) -> None:
    stream = Stream().settled()
    stream.hold(3.0, env_c=env_c)
    assert switches(stream) == (False, False)
    stream.hold(3.0, env_c=held_c)
    assert switches(stream) == (False, False)
    stream.hold(3.0, env_c=released_c)
    assert switches(stream) == (True, True)


@pytest.mark.req("REQ-069")
@pytest.mark.parametrize(
    "key", ["ov_release_current_a", "oc_release_current_a", "oc_auto_release_s", "discharge_oc_lock_count"]
)
def test_what_the_guide_does_not_call_adjustable_is_fixed(key: str) -> None:
    with pytest.raises(ParameterError, match="fixed"):
        ParameterSet.defaults(LARGE).with_values({key: 5})


@pytest.mark.req("REQ-069")
def test_new_thresholds_hold_from_the_next_measurement() -> None:
    stream = Stream().settled()
    stream.hold(5.0, highest_mv=3460)
    assert not stream.last.alarms
    stream.bms.set_values(ParameterSet.defaults(LARGE).with_values({"cell_ov_alarm_mv": 3450}))
    stream.step()
    assert stream.last.alarms == {C.CELL_OVER_VOLTAGE}


@pytest.mark.req("REQ-070", "REQ-071")
@pytest.mark.parametrize(
    "changes",
    [
        {"cell_ov_alarm_mv": 3650},
        {"cell_ov_release_mv": 3510},
        {"cell_uv_protect_mv": 2900},
        {"charge_ot_release_c": 61},
        {"charge_ut_protect_c": 1},
        {"cell_ov_protect_mv": 3660},
        {"charge_ut_protect_c": -10},
        {"charge_ot_protect_c": 66},
        {"discharge_ot_protect_c": 71},
        {"charge_oc_protect_a": 120},
    ],
    ids=lambda changes: "-".join(f"{key}-{value}" for key, value in changes.items()),
)
def test_values_against_an_order_or_beyond_the_cells_are_refused(changes: Mapping[str, float]) -> None:
    with pytest.raises(ParameterError):
        ParameterSet.defaults(LARGE).with_values(changes)


LOST: dict[str, tuple[dict[str, object], Fault]] = {
    "current": ({"current_a": None}, Fault.CURRENT_SENSOR),
    "board": ({"mos_c": None}, Fault.TEMPERATURE_SENSOR),
    "surroundings": ({"env_c": float("nan")}, Fault.TEMPERATURE_SENSOR),
    "cell temperature": ({"hottest_c": 200.0}, Fault.TEMPERATURE_SENSOR),
    "cell": ({"lowest_mv": 0}, Fault.CELL_SENSOR),
    "sum": ({"pack_v": 49.0}, Fault.SAMPLING),
}


@pytest.mark.req("REQ-072")
@pytest.mark.parametrize("lost", LOST)
def test_a_lost_sensor_stops_both_at_once_and_is_trusted_again_after_five_seconds(lost: str) -> None:
    world, fault = LOST[lost]
    stream = Stream().settled()
    before = stream.world
    stream.step(**world)
    assert switches(stream) == (False, False)
    assert fault in stream.last.faults
    assert (stream.last.limits.charge_current_limit_a, stream.last.limits.discharge_current_limit_a) == (0.0, 0.0)
    assert stream.last.state is PackState.FAULT
    stream.world = before
    stream.hold(4.75)
    assert switches(stream) == (False, False)
    stream.hold(0.25)
    assert switches(stream) == (True, True)
    assert not stream.last.faults
