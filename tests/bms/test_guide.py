"""The A5L guide as it reads, in whole streams: safety rules, product configurations, charging and settings."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.bms.streams import LARGE, PRODUCTS, SMALL, Stream, charge_limit_a, products, remembering, switches
from tests.samples import pack, with_limits, with_status

from openress.bms.aggregate import aggregate
from openress.bms.charge import Stage
from openress.bms.core import Bms
from openress.bms.settings import BmsSettings
from openress.model import Condition, Limits, Notice, PackState, Switches
from openress.params import PARAMETERS, ParameterSet
from openress.products import Product
from openress.sim.loads import ConstantLoad
from openress.sim.pack import PackBuild
from openress.sim.virtual import VirtualRack

C = Condition
HOUR_S = 3600.0


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
