"""What installers are told, against the simulated pack: switches, equalisation, addresses on the line."""

from __future__ import annotations

import pytest

from openress.bms.charge import ChargePlan, ChargeSettings, Equalisation, plan_charge
from openress.catalog import battery_names, load_battery, load_product
from openress.install.connectors import INVERTERS
from openress.install.connectors import find_inverter as find_socket
from openress.params import ParameterSet
from openress.sim.loads import ConstantLoad
from openress.sim.pack import PackBuild
from openress.sim.panel import Panel
from openress.sim.virtual import VirtualRack

DAY_S = 86_400.0


def settings(equalise_voltage_v: float | None) -> ChargeSettings:
    """Powersync's rhythm; the voltages are entered, for none is published."""
    product = load_battery("powersync-lfp-lv-51v2-8bit")
    assert product.equalise_minutes is not None
    return ChargeSettings(
        56.0, None, 100.0, 57.0, product.equalise_every_days, product.equalise_minutes, equalise_voltage_v
    )


def hour(plan: ChargePlan, of: ChargeSettings, start_s: float, minutes: int, volts: float) -> ChargePlan:
    for minute in range(minutes):
        plan = plan_charge(plan, of, start_s + 60.0 * minute, 60.0, current_a=1.0, pack_voltage_v=volts, soc_pct=100.0)
    return plan


@pytest.mark.req("REQ-290", "REQ-291", "REQ-292")
def test_an_hour_at_least_every_seven_days_and_an_interrupted_one_does_not_count() -> None:
    of = settings(57.0)
    done = hour(ChargePlan(), of, 0.0, 60, 57.0)
    assert done.equalisation(of, 6.9 * DAY_S) is Equalisation.DONE
    assert done.equalisation(of, 7.1 * DAY_S) is Equalisation.DUE
    broken = hour(hour(done, of, 7.1 * DAY_S, 59, 57.0), of, 7.2 * DAY_S, 1, 54.0)
    assert broken.interruptions == 1
    assert broken.equalisation(of, 7.3 * DAY_S) is Equalisation.DUE
    again = hour(broken, of, 7.3 * DAY_S, 60, 57.0)
    assert again.equalisation(of, 7.4 * DAY_S) is Equalisation.DONE


@pytest.mark.req("REQ-291", "REQ-292")
def test_without_its_voltage_nothing_is_equalised_and_with_it_never_above_the_alarm() -> None:
    assert ChargePlan().equalisation(settings(None), 100 * DAY_S) is Equalisation.VOLTAGE_UNKNOWN
    assert ChargePlan().voltage_v(settings(60.0), 0.0) == 57.0
    for name in battery_names():
        if not name.startswith("powersync"):
            assert load_battery(name).equalise_every_days is None


@pytest.mark.req("REQ-283", "REQ-284")
def test_switches_are_read_when_the_pack_comes_on_after_twenty_seconds_off() -> None:
    panel = Panel((True, False, False, False))
    panel.set_breaker(closed=True, now_s=0.0)
    panel.press_button(now_s=1.0)
    assert panel.address == 1
    panel.add_switch = (False, True, False, False)
    panel.set_breaker(closed=False, now_s=10.0)
    panel.set_breaker(closed=True, now_s=29.0)
    assert panel.address == 1
    panel.set_breaker(closed=False, now_s=30.0)
    panel.set_breaker(closed=True, now_s=50.0)
    assert panel.address == 2
    assert load_battery("powersync-lfp-lv-51v2-8bit").address_wait_s == 20.0


@pytest.mark.req("REQ-009")
def test_a_new_simulated_pack_is_half_full() -> None:
    product = load_product("syscom-a5l-51v2")
    rack = VirtualRack(product, ParameterSet.defaults(product), [PackBuild()], load=ConstantLoad(0.0), seed=1)
    rack.step(1.0)
    analog = rack.packs[0].sample(1.0).analog
    assert analog is not None
    assert analog.soc_pct == pytest.approx(product.shipping_soc_pct, abs=1.0)


def test_the_cables_of_the_inverter_catalogue_are_known_here() -> None:
    catalogue = pytest.importorskip("openress.invertercatalog")
    for inverter in catalogue.inverters().values():
        if inverter.cable is not None:
            assert inverter.cable in INVERTERS, inverter.key
            assert find_socket(inverter.cable).key == inverter.cable
