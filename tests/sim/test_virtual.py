"""The virtual rack: packs, their BMS and an inverter that obeys, together over hours."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

from openress.catalog import load_product
from openress.errors import ParameterError
from openress.model import Condition, LimitRule, RackSample
from openress.params import ParameterSet
from openress.sim.loads import ConstantLoad, Load, SolarHousehold
from openress.sim.pack import PackBuild
from openress.sim.virtual import VirtualRack

PRODUCT = load_product("syscom-a5l-51v2")
VALUES = ParameterSet.defaults(PRODUCT)
OVER_VOLTAGE = {Condition.CELL_OVER_VOLTAGE, Condition.PACK_OVER_VOLTAGE}


def built(load: Load, *builds: PackBuild, seed: int = 1) -> VirtualRack:
    return VirtualRack(PRODUCT, VALUES, builds, load=load, seed=seed)


@dataclass
class Seen:
    """The extremes of a run."""

    highest_mv: int = 0
    lowest_mv: int = 9999
    lowest_pack_v: float = 99.0
    alarms: set[Condition] = field(default_factory=set)
    protections: set[Condition] = field(default_factory=set)
    rack: RackSample = field(default_factory=lambda: RackSample(0.0))


def run(rack: VirtualRack, seconds: float, dt_s: float, until: Callable[[RackSample], bool] = lambda _: False) -> Seen:
    seen = Seen()
    for _ in range(round(seconds / dt_s)):
        rack.step(dt_s)
        seen.rack = sample = rack.rack(rack.plant.now_s)
        for pack in sample.packs:
            assert pack.analog is not None
            assert pack.analog.cell_voltages_mv is not None
            seen.highest_mv = max(seen.highest_mv, *pack.analog.cell_voltages_mv)
            seen.lowest_mv = min(seen.lowest_mv, *pack.analog.cell_voltages_mv)
            assert pack.analog.pack_voltage_v is not None
            seen.lowest_pack_v = min(seen.lowest_pack_v, pack.analog.pack_voltage_v)
        assert sample.status is not None
        assert sample.status.alarms is not None
        assert sample.status.protections is not None
        seen.alarms |= sample.status.alarms
        seen.protections |= sample.status.protections
        if until(sample):
            break
    return seen


def soc(sample: RackSample, pack: int = 1) -> float:
    analog = sample.packs[pack - 1].analog
    assert analog is not None
    assert analog.soc_pct is not None
    return analog.soc_pct


def current(sample: RackSample) -> float:
    assert sample.analog is not None
    assert sample.analog.pack_current_a is not None
    return sample.analog.pack_current_a


def test_packs_with_different_charge_share_a_bus_and_come_closer() -> None:
    charges = (80.0, 70.0, 60.0, 50.0)
    rack = built(ConstantLoad(0.0), *(PackBuild(initial_soc_pct=charge) for charge in charges))
    start = run(rack, 2, 1).rack
    assert [soc(start, pack) for pack in (1, 2, 3, 4)] == pytest.approx(charges, abs=0.5)
    assert [pack.pack for pack in start.packs] == [1, 2, 3, 4]
    assert [pack.identity.serial for pack in start.packs if pack.identity] == [f"VIRTUAL-000{n}" for n in (1, 2, 3, 4)]
    end = run(rack, 3600, 5).rack
    assert soc(end, 1) < charges[0]
    assert soc(end, 4) > charges[3]
    # What leaves one pack enters another.
    assert current(end) == pytest.approx(0.0, abs=2.0)
    assert end.analog is not None
    assert end.analog.soc_pct == pytest.approx(sum(charges) / 4, abs=0.5)


@pytest.mark.parametrize(("wanted_a", "allowed_a"), [(1000.0, 100.0), (-1000.0, 198.0), (60.0, 60.0), (-60.0, 60.0)])
def test_the_inverter_keeps_to_the_limits_it_is_told(wanted_a: float, allowed_a: float) -> None:
    """Two packs of 100 Ah: 0.5 C of charge and, below the alarm of 110 A, 99 A of discharge each."""
    rack = built(ConstantLoad(wanted_a), PackBuild(), PackBuild())
    run(rack, 5, 1)
    flowing = [current(run(rack, 1, 1).rack) for _ in range(30)]
    assert rack.wanted_a == wanted_a
    # The sensors of two packs: 0.5 % and 0.1 A each, at most.
    assert [abs(value) for value in flowing] == pytest.approx([allowed_a] * 30, rel=0.01, abs=0.5)
    assert all((value > 0) == (wanted_a > 0) for value in flowing)


def test_a_frozen_pack_is_not_charged_but_may_be_discharged() -> None:
    for wanted_a, flows in ((50.0, False), (-20.0, True)):
        rack = built(ConstantLoad(wanted_a), PackBuild(ambient_c=-5.0))
        seen = run(rack, 60, 1)
        assert seen.rack.limits is not None
        assert (abs(current(seen.rack)) > 5.0) is flows
        if not flows:
            assert seen.rack.limits.charge_current_limit_a == 0.0
            assert seen.rack.limits.charge_reason is not None
            assert seen.rack.limits.charge_reason.rule in (LimitRule.COLD, LimitRule.PROTECTION)


def test_a_balanced_pack_is_charged_full_without_an_alarm() -> None:
    rack = built(ConstantLoad(50.0), PackBuild(initial_soc_pct=93.0, soc_spread_pct=0.0))
    seen = run(rack, 4 * 3600, 2, until=lambda sample: soc(sample) == 100.0)
    assert soc(seen.rack) == 100.0
    assert (seen.alarms, seen.protections) == (set(), set())
    assert seen.highest_mv <= 3480
    # The counter was reset because the pack looked full, not because it counted so far.
    assert rack.packs[0].decision is not None
    assert rack.packs[0].decision.charge.anchored
    after = run(rack, 600, 2)
    # Nothing more flows but what the offset of the current sensor makes of nothing.
    assert soc(after.rack) == pytest.approx(100.0, abs=0.1)
    assert (after.alarms, after.protections) == (set(), set())


def test_a_wrong_count_is_set_right_at_full() -> None:
    """The pack holds 97 %, its BMS believes 50 %."""
    rack = built(ConstantLoad(50.0), PackBuild(initial_soc_pct=97.0))
    rack.packs[0].bms._charge = rack.packs[0].bms._charge.__class__(remaining_ah=50.0, full_ah=100.0)
    assert soc(run(rack, 1, 1).rack) == pytest.approx(50.0, abs=0.1)
    seen = run(rack, 3 * 3600, 2, until=lambda sample: soc(sample) == 100.0)
    assert soc(seen.rack) == 100.0


@pytest.mark.parametrize(("dt_s", "cell"), [(1.0, 0), (5.0, 9)])
def test_a_cell_with_an_ampere_hour_more_is_steered_not_alarmed(dt_s: float, cell: int) -> None:
    """REQ-185: the charge voltage gives way, so that the highest cell stays at 3.45 V and no alarm rings."""
    ahead = tuple(1.0 if number == cell else 0.0 for number in range(16))
    build = PackBuild(initial_soc_pct=94.0, soc_spread_pct=0.0, cell_soc_offset_pct=ahead)
    rack = built(ConstantLoad(50.0), build)
    seen = run(rack, 2 * 3600, dt_s)
    assert 3440 <= seen.highest_mv <= 3480
    assert (seen.alarms | seen.protections).isdisjoint(OVER_VOLTAGE)
    assert seen.rack.limits is not None
    assert seen.rack.limits.charge_voltage_limit_v is not None
    assert seen.rack.limits.charge_voltage_limit_v < 56.0
    assert soc(seen.rack) >= 98.0


def test_a_rack_is_charged_together() -> None:
    packs = [PackBuild(initial_soc_pct=charge) for charge in (95.0, 90.0)]
    seen = run(built(ConstantLoad(1000.0), *packs), 2 * 3600, 2)
    assert (seen.alarms | seen.protections).isdisjoint(OVER_VOLTAGE)
    assert seen.highest_mv <= 3480
    assert min(soc(seen.rack, 1), soc(seen.rack, 2)) >= 97.0


@pytest.mark.parametrize("weakest_pct", [0.0, -3.0])
@pytest.mark.parametrize("wanted_a", [-20.0, -1000.0])
def test_discharge_ends_before_a_cell_is_hurt(wanted_a: float, weakest_pct: float) -> None:
    weakest = tuple(weakest_pct if number == 4 else 0.0 for number in range(16))
    rack = built(ConstantLoad(wanted_a), PackBuild(initial_soc_pct=8.0, cell_soc_offset_pct=weakest))
    seen = run(rack, 2 * 3600, 2)
    assert seen.lowest_mv >= 2400
    # The inverter also keeps the end of discharge that it was told, as far as sensors can tell.
    assert seen.lowest_pack_v >= 47.9
    # The inverter still wants to, and nothing flows.
    assert rack.wanted_a == wanted_a
    assert abs(current(seen.rack)) < 1.0
    assert soc(seen.rack) == pytest.approx(float(rack.plant.truth().soc_pct.mean()), abs=1.0)
    assert soc(seen.rack) < 7.0
    limits = seen.rack.limits
    assert limits is not None
    assert limits.discharge_reason is not None
    assert limits.discharge_reason.rule is LimitRule.CELL_VOLTAGE
    # Limits end it, before a protection has to.
    assert seen.protections == set()
    if weakest_pct:
        assert limits.discharge_reason.cell == 5


def told(seed: int, seconds: int = 120) -> list[RackSample]:
    packs = [PackBuild(initial_soc_pct=charge) for charge in (60.0, 50.0)]
    rack = built(SolarHousehold(seed=seed, capacity_ah=200.0), *packs, seed=seed)
    samples = []
    for _ in range(seconds):
        rack.step(1.0)
        samples.append(rack.rack(rack.plant.now_s))
    return samples


def test_the_seed_decides_everything() -> None:
    assert told(3) == told(3)
    assert told(3) != told(4)


def test_before_its_first_look_a_pack_has_nothing_to_tell() -> None:
    sample = built(ConstantLoad(0.0), PackBuild()).rack(0.0)
    assert sample.packs[0].analog is None
    assert sample.packs[0].at_s is None
    assert sample.analog is None


def test_a_rack_has_packs_but_no_more_than_it_has_addresses() -> None:
    for count in (0, 16):
        with pytest.raises(ParameterError, match=rf"^A rack of syscom-a5l-51v2 has 1 to 15 packs, not {count}\.$"):
            built(ConstantLoad(0.0), *[PackBuild()] * count)
