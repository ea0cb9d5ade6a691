"""Button, sleep and waking of virtual packs, as the manual tells it."""

from __future__ import annotations

from openress.catalog import load_product
from openress.model import Freshness, PackState
from openress.model.flat import pack_json
from openress.params import ParameterSet
from openress.sim.loads import ConstantLoad
from openress.sim.pack import PackBuild
from openress.sim.virtual import VirtualRack

HOUR_S = 3600.0


def rack(packs: int = 2, current_a: float = 0.0) -> VirtualRack:
    product = load_product("syscom-a5l-51v2")
    builds = [PackBuild(spread=0, sensor_errors=0) for _ in range(packs)]
    return VirtualRack(product, ParameterSet.defaults(product), builds, load=ConstantLoad(current_a), seed=1)


def states(virtual: VirtualRack) -> list[PackState]:
    return [pack.decision.state for pack in virtual.packs if pack.decision is not None]


def run(virtual: VirtualRack, seconds: float, dt_s: float = 1.0) -> None:
    for _ in range(round(seconds / dt_s)):
        virtual.step(dt_s)


def test_a_rack_comes_up_by_itself_and_carries_current() -> None:
    virtual = rack(current_a=-20.0)
    run(virtual, 10)
    assert states(virtual) == [PackState.DISCHARGE, PackState.DISCHARGE]
    total = virtual.rack(0.0).analog
    assert total is not None
    assert total.pack_current_a is not None
    assert abs(total.pack_current_a + 20.0) < 0.5


def test_the_button_switches_a_pack_off_and_on_and_the_rest_carries_on() -> None:
    virtual = rack(current_a=-20.0)
    run(virtual, 5)
    virtual.packs[0].press_button(virtual.plant.now_s)
    run(virtual, 5)
    assert states(virtual) == [PackState.OFF, PackState.DISCHARGE]
    sample = virtual.packs[0].sample(0.0)
    assert sample.analog is None
    assert pack_json(sample, 0.0)["freshness"] == Freshness.ASLEEP.value
    whole = virtual.rack(0.0)
    assert whole.analog is not None
    assert whole.limits is not None
    assert whole.limits.discharge_current_limit_a == virtual.packs[1].sample(0.0).limits.discharge_current_limit_a  # type: ignore[union-attr]
    virtual.packs[0].press_button(virtual.plant.now_s)
    run(virtual, 5)
    assert states(virtual) == [PackState.DISCHARGE, PackState.DISCHARGE]


def test_a_pack_nobody_uses_falls_asleep_after_24_hours_and_a_word_wakes_it() -> None:
    virtual = rack(packs=1)
    run(virtual, 23.9 * HOUR_S, 60.0)
    assert states(virtual) == [PackState.STANDBY]
    run(virtual, 0.3 * HOUR_S, 60.0)
    assert states(virtual) == [PackState.DORMANT]
    virtual.heard()
    run(virtual, 3)
    assert states(virtual) == [PackState.STANDBY]
