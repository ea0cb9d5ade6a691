"""The A5L guide as it reads, in whole streams: safety rules, protections, button and dormancy, history, charging."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest
from tests.bms.streams import LARGE, PRODUCTS, SMALL, Stream, remembering
from tests.samples import pack, with_limits, with_status

from openress.bms.aggregate import aggregate
from openress.bms.charge import Stage
from openress.bms.core import Bms
from openress.bms.history import HistoryRing, record_of
from openress.bms.measure import Measurement
from openress.bms.power import PowerState
from openress.bms.protect import ChangeKind
from openress.bms.settings import BmsSettings
from openress.errors import ParameterError
from openress.model import Condition, Fault, Limits, Notice, PackState, Switches
from openress.model.history import Calendar, HistoryRecord
from openress.params import PARAMETERS, ParameterSet
from openress.products import Product
from openress.sim.loads import ConstantLoad
from openress.sim.pack import PackBuild
from openress.sim.panel import Panel
from openress.sim.virtual import VirtualRack

C = Condition
HOUR_S = 3600.0

products = pytest.mark.parametrize("product", PRODUCTS, ids=lambda product: f"{product.cells_in_series}S")


def switches(stream: Stream) -> tuple[bool | None, bool | None]:
    """(CHG, DSG)."""
    return stream.last.switches.charge, stream.last.switches.discharge


def charge_limit_a(stream: Stream) -> float:
    limit = stream.last.limits.charge_current_limit_a
    assert limit is not None
    return limit


# 8.1 Safety rules


@pytest.mark.req("REQ-008")
@products
def test_a_cell_above_55_degrees_in_use_is_told_and_nothing_opens(product: Product) -> None:
    stream = Stream(product).settled()
    stream.hold(5.0, hottest_c=55.0)
    assert Notice.ABOVE_OPERATING_LIMIT not in stream.last.notices
    stream.hold(5.0, hottest_c=55.1)
    assert Notice.ABOVE_OPERATING_LIMIT in stream.last.notices
    assert switches(stream) == (True, True)
    assert charge_limit_a(stream) == 0.0


@pytest.mark.req("REQ-008")
@pytest.mark.parametrize("asleep", [True, False], ids=["asleep", "off"])
def test_a_cell_above_60_degrees_in_storage_is_told(asleep: bool) -> None:
    stream = Stream().settled()
    if asleep:
        stream.hold(24 * HOUR_S, 3_600_000)
    else:
        stream.bms.press_button(stream.now_s)
    stream.hold(5.0, hottest_c=60.0)
    assert stream.last.state in (PackState.DORMANT, PackState.OFF)
    assert not stream.last.notices
    stream.hold(5.0, hottest_c=60.1)
    assert stream.last.notices == {Notice.ABOVE_STORAGE_LIMIT}


@pytest.mark.req("REQ-009")
@products
def test_a_new_pack_is_half_full(product: Product) -> None:
    assert Stream(product).step().charge.soc_pct == 50.0
    assert product.shipping_soc_pct == 50.0


# 8.2 Product configurations


@pytest.mark.req("REQ-011", "REQ-012", "REQ-013")
def test_two_variants_of_15_and_16_iron_phosphate_cells() -> None:
    assert [product.cells_in_series for product in PRODUCTS] == [15, 16]
    assert [product.nominal_voltage_v for product in PRODUCTS] == [48.0, 51.2]
    for product in PRODUCTS:
        assert product.chemistry == "LiFePO4"
        assert product.pack_limit == 15
        assert product.mounting == ("19 inch rack", "21 inch rack", "wall")
        values = ParameterSet.defaults(product)
        for row in PARAMETERS:
            if row.per_cell:
                assert values[row.key] == pytest.approx(float(row.default) * product.cells_in_series)


@pytest.mark.req("REQ-014")
@products
def test_the_front_panel_has_what_the_guide_lists(product: Product) -> None:
    panel = {
        "power terminals", "MCB", "RS485", "CAN", "LINK-IN", "LINK-OUT", "ADD switch", "RUN lamp", "ALM lamp",
        "SOC lamp 1", "SOC lamp 2", "SOC lamp 3", "SOC lamp 4", "ON/OFF button",
    }  # fmt: skip
    assert set(product.front_panel or ()) == panel


# 8.3 Protections, as the guide tells them


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


# 8.7 Button, dormancy, wake


@pytest.mark.req("REQ-120")
def test_off_opens_everything_and_only_the_button_leaves_it() -> None:
    stream = Stream().settled()
    stream.bms.press_button(stream.now_s)
    stream.hold(10.0, communication=True, charger=True)
    assert stream.last.state is PackState.OFF
    assert stream.last.switches == Switches(
        charge=False,
        discharge=False,
        limit=False,
        heating=False,
        dry_contact_1=False,
        dry_contact_2=False,
        precharge=False,
    )
    assert (stream.last.limits.charge_enabled, stream.last.limits.discharge_enabled) == (False, False)
    stream.bms.press_button(stream.now_s)
    stream.hold(5.0)
    assert switches(stream) == (True, True)


@pytest.mark.req("REQ-121")
def test_terminals_carry_voltage_only_with_button_and_breaker_on() -> None:
    panel = Panel()
    for breaker, button in ((False, False), (True, False), (False, True), (True, True)):
        panel = Panel()
        panel.set_breaker(closed=breaker, now_s=0.0)
        if button:
            panel.press_button(now_s=1.0)
        assert panel.terminal_voltage_v(51.2) == (51.2 if breaker and button else 0.0)
    stream = Stream()
    stream.hold(5.0)
    assert switches(stream) == (True, True)


IDLE_MIN = 24 * 60


@pytest.mark.req("REQ-122", "REQ-124")
@pytest.mark.parametrize("product", PRODUCTS, ids=["15S", "16S"])
def test_after_24_hours_without_use_a_pack_sleeps(product: Product) -> None:
    stream = Stream(product)
    stream.hold((IDLE_MIN - 1) * 60.0, 60_000, current_a=0.5)
    assert stream.last.state is not PackState.DORMANT
    stream.now_ms = IDLE_MIN * 60_000
    stream.step(current_a=-0.5)
    assert stream.last.state is PackState.DORMANT
    assert switches(stream) == (False, False)


@pytest.mark.req("REQ-122", "REQ-124")
@pytest.mark.parametrize(
    "use",
    [{"current_a": 0.51}, {"current_a": -0.51}, {"communication": True}, {"charger": True}, {"current_a": None}],
    ids=["charge", "discharge", "communication", "charger", "unknown current"],
)
def test_any_use_starts_the_24_hours_again(use: dict[str, object]) -> None:
    stream = Stream()
    stream.hold(23.5 * HOUR_S, 900_000)
    stream.step(1000, **use)
    used_s = stream.now_s - 1.0
    stream.step(current_a=0.0, communication=False, charger=None)
    stream.hold(used_s + 24 * HOUR_S - 60.0 - stream.now_s, 600_000)
    assert stream.last.state is not PackState.DORMANT
    stream.hold(used_s + 24 * HOUR_S - stream.now_s, 60_000)
    assert stream.last.state is PackState.DORMANT


@pytest.mark.req("REQ-122")
def test_a_product_may_say_other_hours() -> None:
    stream = Stream(replace(LARGE, dormancy_after_h=2.0))
    stream.hold(2 * HOUR_S, 60_000)
    assert stream.last.state is PackState.DORMANT
    stream = Stream(replace(LARGE, dormancy_after_h=None))
    stream.hold(23.9 * HOUR_S, 60_000)
    assert stream.last.state is not PackState.DORMANT


@pytest.mark.req("REQ-124")
def test_a_product_may_say_what_counts_as_use() -> None:
    for idle_a, state in ((1.0, PackState.DORMANT), (0.4, PackState.CHARGE)):
        stream = Stream(replace(LARGE, idle_current_a=idle_a))
        stream.hold(24 * HOUR_S, 60_000, current_a=0.7)
        assert stream.last.state is state


@pytest.mark.req("REQ-123")
@pytest.mark.parametrize("wake", ["charge", "charger", "communication", "button"])
def test_each_alone_wakes_a_dormant_pack(wake: str) -> None:
    stream = Stream()
    stream.hold(24 * HOUR_S, 600_000)
    stream.hold(HOUR_S, 600_000)
    assert stream.last.state is PackState.DORMANT
    match wake:
        case "charge":
            stream.step(terminal_v=54.0)
            stream.hold(1.0)
        case "charger":
            stream.step(charger=True)
        case "communication":
            stream.step(communication=True)
        case "button":
            stream.bms.press_button(stream.now_s)
            stream.step()
    assert stream.last.state is PackState.STANDBY
    stream.hold(5.0)
    assert switches(stream) == (True, True)


@pytest.mark.req("REQ-122", "REQ-123")
def test_a_pack_that_was_woken_stays_awake_for_another_day() -> None:
    stream = Stream()
    stream.hold(24 * HOUR_S, 600_000)
    woken_ms = stream.now_ms
    stream.bms.press_button(stream.now_s)
    stream.hold(23 * HOUR_S, 600_000)
    assert stream.last.state is PackState.STANDBY
    stream.hold(woken_ms / 1000 + 24 * HOUR_S - stream.now_s, 600_000)
    assert stream.last.state is PackState.DORMANT


@pytest.mark.req("REQ-123")
def test_limits_rise_slowly_after_a_pack_was_woken() -> None:
    stream = Stream().settled()
    stream.hold(24 * HOUR_S, 600_000)
    assert charge_limit_a(stream) == 0.0
    stream.step(1000, communication=True)
    stream.hold(60.0, 1000)
    assert charge_limit_a(stream) == 50.0
    stream = Stream().settled()
    stream.bms.press_button(stream.now_s)
    stream.hold(60.0, 1000)
    stream.bms.press_button(stream.now_s)
    stream.step(1000)
    assert charge_limit_a(stream) == pytest.approx(0.02 * 50.0)
    stream.hold(60.0, 1000)
    assert charge_limit_a(stream) == 50.0


@pytest.mark.req("REQ-125")
def test_low_voltage_puts_a_pack_to_sleep_only_where_that_is_chosen() -> None:
    stream = Stream().settled()
    stream.hold(HOUR_S, 10_000, lowest_mv=3000)
    assert stream.last.state is PackState.STANDBY
    stream = Stream(settings=BmsSettings(low_voltage_sleep=True)).settled()
    stream.hold(HOUR_S, 10_000, lowest_mv=3100)
    assert stream.last.state is PackState.STANDBY
    stream.hold(299.0, 1000, lowest_mv=3099)
    assert stream.last.state is PackState.STANDBY
    stream.hold(10.0, 1000, lowest_mv=3100)
    stream.hold(299.0, 1000, lowest_mv=3099)
    assert stream.last.state is PackState.STANDBY
    stream.hold(1.0, 1000)
    assert stream.last.state is PackState.DORMANT
    stream.hold(299.0, 1000, communication=True)
    assert stream.last.state is PackState.STANDBY
    stream.hold(10.0, 1000, communication=False)
    assert stream.last.state is PackState.DORMANT
    stream.hold(HOUR_S, 10_000, charger=True)
    assert stream.last.state is PackState.STANDBY


@pytest.mark.req("REQ-125")
def test_sleep_at_low_voltage_follows_its_parameters() -> None:
    stream = Stream(settings=BmsSettings(low_voltage_sleep=True)).settled()
    changed = ParameterSet.defaults(LARGE).with_values({"sleep_cell_mv": 3000, "sleep_delay_min": 1})
    stream.bms.set_values(changed)
    stream.hold(600.0, 1000, lowest_mv=3000)
    assert stream.last.state is PackState.STANDBY
    stream.hold(60.0, 1000, lowest_mv=2999)
    assert stream.last.state is PackState.DORMANT


@pytest.mark.req("REQ-120")
def test_a_forced_shutdown_is_as_the_button() -> None:
    stream = Stream().settled()
    stream.bms.shut_down()
    assert stream.step().state is PackState.OFF
    assert stream.bms.memory().power is PowerState.OFF
    again = Stream(memory=stream.bms.memory())
    assert again.step().state is PackState.OFF


# 8.8 History


def at_second(second: int) -> HistoryRecord:
    return HistoryRecord(at=Calendar(2026, 1, 1, 0, second // 60, second % 60))


@pytest.mark.req("REQ-130")
@products
def test_the_501st_record_overwrites_the_oldest(product: Product) -> None:
    assert product.history_records == 500
    ring = HistoryRing(product.history_records)
    for second in range(501):
        ring.add(at_second(second))
    records = ring.read()
    assert len(records) == 500
    assert records[0] == at_second(500)
    assert records[-1] == at_second(1)


@pytest.mark.req("REQ-130", "REQ-132")
def test_a_ring_that_starts_with_more_than_it_keeps_drops_the_oldest() -> None:
    newest_first = [at_second(second) for second in reversed(range(10))]
    ring = HistoryRing(4, newest_first)
    assert ring.read() == tuple(newest_first[:4])
    assert HistoryRing(20, newest_first).read() == tuple(newest_first)


@pytest.mark.req("REQ-130", "REQ-132")
def test_alarms_trips_releases_and_locks_are_recorded_with_what_was_measured() -> None:
    stream = Stream().settled()
    ring = HistoryRing()

    def record(now: Measurement, dt_ms: int = 500) -> None:
        decision = stream.measure(now, dt_ms)
        found = record_of(
            now,
            decision.changes,
            at=Calendar(2026, 7, 1, 12, 0, int(stream.now_s) % 60),
            alarms=decision.alarms,
            protections=decision.protections,
            faults=decision.faults,
            remaining_ah=decision.charge.remaining_ah,
            full_ah=decision.charge.full_ah,
        )
        if found is not None:
            ring.add(found)

    high = replace(stream.world, highest_mv=3700)
    for tick in range(4):
        record(high.measured(16, tick))
    for tick in range(3):
        record(stream.world.measured(16, tick))
    newest, trip, alarm = ring.read()
    assert alarm.conditions == {C.CELL_OVER_VOLTAGE}
    assert alarm.protections == frozenset()
    assert trip.protections == {C.CELL_OVER_VOLTAGE}
    assert trip.cell_voltage_max_mv == 3700
    assert trip.cell_voltage_min_mv == min(trip.cell_voltages_mv or ())
    assert trip.cell_voltages_mv is not None
    assert len(trip.cell_voltages_mv) == 16
    assert trip.temperatures_c == (25.0,) * 4
    assert (trip.mos_temperature_c, trip.env_temperature_c, trip.pack_current_a) == (30.0, 25.0, 0.0)
    assert (trip.remaining_ah, trip.full_ah) == (50.0, 100.0)
    assert newest.protections == frozenset()


@pytest.mark.req("REQ-132")
def test_a_record_leaves_out_what_was_not_measured() -> None:
    stream = Stream().settled()
    now = replace(stream.world, mos_c=111.0).measured(16, 0)
    for _ in range(25):
        decision = stream.measure(now, 100)
    (trip,) = [change for change in stream.changes if change.kind is ChangeKind.TRIP]
    broken = replace(now, cell_voltages_mv=(None,) * 16, temperatures_c=(25.0, None))
    found = record_of(
        broken,
        [trip],
        at=None,
        alarms=decision.alarms,
        protections=decision.protections,
        faults=decision.faults,
        remaining_ah=49.996,
        full_ah=100.0,
    )
    assert found is not None
    assert (found.cell_voltages_mv, found.temperatures_c, found.cell_voltage_max_mv) == (None, None, None)
    assert found.remaining_ah == 50.0
    assert record_of(
        now, [], at=None, alarms=frozenset(), protections=frozenset(), faults=frozenset(), remaining_ah=1, full_ah=1
    ) is None  # fmt: skip


# 8.12 Charging and settings


@pytest.mark.req("REQ-180", "REQ-183", "REQ-184")
@pytest.mark.parametrize(
    ("product", "charge_v", "float_v", "end_v"), [(SMALL, 52.5, 50.5, 45.0), (LARGE, 56.0, 53.9, 48.0)]
)
def test_constant_current_then_constant_voltage_then_float(
    product: Product, charge_v: float, float_v: float, end_v: float
) -> None:
    stream = Stream(product, memory=remembering(product, 95.0)).settled()
    n = product.cells_in_series
    stream.hold(60.0, 1000, current_a=50.0, cell_mv=3340)
    assert stream.last.stage is Stage.BULK
    assert stream.last.limits.charge_voltage_limit_v == charge_v
    assert charge_limit_a(stream) == 50.0
    assert stream.last.limits.discharge_voltage_limit_v == end_v
    stream.hold(10.0, 1000, current_a=20.0, cell_mv=1000 * charge_v / n)
    assert stream.last.stage is Stage.ABSORPTION
    stream.hold(117.0, 1000, current_a=5.0)
    assert stream.last.stage is Stage.ABSORPTION
    stream.hold(5.0, 1000)
    assert stream.last.stage is Stage.FLOAT
    stream.hold(600.0, 1000, current_a=0.0, cell_mv=1000 * float_v / n - 40)
    assert stream.last.limits.charge_voltage_limit_v == pytest.approx(float_v)


@pytest.mark.req("REQ-181")
@products
def test_the_bms_gives_all_four_limits_in_every_step(product: Product) -> None:
    limits = Stream(product).settled().step().limits
    assert limits.charge_voltage_limit_v == product.charge_voltage_v
    assert limits.charge_current_limit_a == product.charge_current_a == 50.0
    assert limits.discharge_voltage_limit_v == product.discharge_end_voltage_v
    assert limits.discharge_current_limit_a == pytest.approx(0.9 * 110)
    assert (limits.charge_enabled, limits.discharge_enabled) == (True, True)


@pytest.mark.req("REQ-185")
def test_a_full_charge_of_an_unbalanced_pack_rings_no_alarm() -> None:
    offset = (1.0, *(0.0,) * 15)
    build = PackBuild(
        initial_soc_pct=88.0, soc_spread_pct=0.0, cell_soc_offset_pct=offset, spread=0.0, sensor_errors=0.0
    )
    rack = VirtualRack(LARGE, ParameterSet.defaults(LARGE), [build], load=ConstantLoad(50.0), seed=7)
    (pack_1,) = rack.packs
    highest, rang = 0, False
    for _ in range(int(2 * HOUR_S)):
        rack.step(1.0)
        assert pack_1.sense is not None
        assert pack_1.decision is not None
        highest = max(highest, *(mv for mv in pack_1.sense.cell_voltages_mv if mv is not None))
        rang = rang or C.CELL_OVER_VOLTAGE in pack_1.decision.alarms
    assert highest > 3400
    assert highest <= 3480
    assert not rang
    assert pack_1.decision is not None
    assert pack_1.decision.balance.bleeding == (True, *(False,) * 15)
    soc_pct = rack.plant.truth().soc_pct[0]
    assert 0.75 < soc_pct[0] - soc_pct[1:].mean() < 0.9


@pytest.mark.req("REQ-186")
def test_half_the_capacity_for_each_pack_that_takes_part() -> None:
    whole = aggregate([with_limits(pack(n), charge_current_limit_a=50.0) for n in (1, 2, 3)], 0.0)
    assert whole.limits is not None
    assert whole.limits.charge_current_limit_a == 150.0
    away = with_status(pack(3), switches=Switches(charge=False, discharge=True))
    less = aggregate([pack(1), pack(2), away], 0.0)
    assert less.limits is not None
    assert less.limits.charge_current_limit_a == 100.0
    blocked = with_limits(pack(3), charge_current_limit_a=0.0, charge_enabled=False)
    nothing = aggregate([pack(1), pack(2), blocked], 0.0)
    assert nothing.limits is not None
    assert nothing.limits.charge_current_limit_a == 0.0


@pytest.mark.req("REQ-187")
@products
def test_the_low_voltage_limit_is_three_volts_a_cell(product: Product) -> None:
    limit = Stream(product).step().limits.discharge_voltage_limit_v
    assert limit is not None
    assert limit >= 3.0 * product.cells_in_series


@pytest.mark.req("REQ-005")
@products
def test_a_persons_caps_only_tighten(product: Product) -> None:
    values = ParameterSet.defaults(product)

    def limits_with(settings: BmsSettings) -> Limits:
        stream = Stream(product, values, settings=settings)
        return stream.hold(120.0, 1000).limits

    free = limits_with(BmsSettings())
    loose = limits_with(BmsSettings(charge_cap_a=500.0, discharge_cap_a=500.0))
    tight = limits_with(BmsSettings(charge_cap_a=7.0, discharge_cap_a=9.0))
    never = limits_with(BmsSettings(charge_cap_a=-1.0, discharge_cap_a=0.0))
    assert replace(loose, at_s=0.0) == replace(free, at_s=0.0)
    assert (tight.charge_current_limit_a, tight.discharge_current_limit_a) == (7.0, 9.0)
    assert (never.charge_current_limit_a, never.discharge_current_limit_a) == (0.0, 0.0)


def test_a_bms_needs_no_memory() -> None:
    assert Bms(LARGE, ParameterSet.defaults(LARGE)).memory().charge.soc_pct == 50.0
