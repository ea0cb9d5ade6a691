"""The A5L guide's button, dormancy and waking, in whole streams (8.7)."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.bms.streams import LARGE, PRODUCTS, Stream, charge_limit_a, switches

from openress.bms.power import PowerState
from openress.bms.settings import BmsSettings
from openress.model import PackState, Switches
from openress.params import ParameterSet
from openress.products import Product
from openress.sim.panel import Panel

HOUR_S = 3600.0


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
