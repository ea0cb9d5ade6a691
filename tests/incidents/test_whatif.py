"""A recorded rack with other settings: what its packs would have told, and a sum that never gets looser than it was."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.samples import pack, with_analog, with_status

from openress.bms.aggregate import aggregate
from openress.catalog import load_product
from openress.gateway.tape import Saw
from openress.incidents.whatif import Instead, Packs
from openress.model import Condition, LimitRule, PackSample, RackSample, Reason
from openress.params import ParameterSet

PRODUCT = load_product("syscom-a5l-51v2")
DEFAULTS = ParameterSet.defaults(PRODUCT)
LESS = DEFAULTS.with_values({"charge_oc_alarm_a": 30.0})
"""Charging stays a tenth below the alarm: 27 A for each pack."""
LONG_S = 90


def told(number: int, at_s: float, cell_mv: int) -> PackSample:
    return with_analog(pack(number, at_s=at_s), pack_current_a=0.0, cell_voltages_mv=(cell_mv,) * 16)


def racks(cell_mv: int = 3300) -> list[RackSample]:
    return [aggregate([told(number, float(at), cell_mv) for number in (1, 2)], float(at)) for at in range(LONG_S)]


def instead(recorded: list[RackSample]) -> Instead:
    steps = [Saw(rack.at_s, number, 10.0, rack) for number, rack in enumerate(recorded)]
    return Instead(steps, Packs(PRODUCT, DEFAULTS), Packs(PRODUCT, LESS))


def summed(rack: RackSample, **limits: object) -> RackSample:
    assert rack.limits is not None
    return replace(rack, limits=replace(rack.limits, **limits))  # type: ignore[arg-type]


def charge(rack: RackSample) -> tuple[float | None, Reason | None]:
    assert rack.limits is not None
    return rack.limits.charge_current_limit_a, rack.limits.charge_reason


def test_a_sum_follows_its_packs() -> None:
    recorded = racks()
    found = instead(recorded)(recorded[-1])
    assert [sample.limits.charge_current_limit_a for sample in found.packs if sample.limits] == [27.0, 27.0]
    assert charge(found)[0] == 54.0


@pytest.mark.parametrize(("held_a", "expected_a"), [(20.0, 20.0), (54.0, 54.0), (70.0, 54.0), (0.0, 0.0)])
def test_a_sum_that_a_lost_pack_held_down_gets_no_looser(held_a: float, expected_a: float) -> None:
    recorded = racks()
    lost = Reason(LimitRule.PACK_LOST, held_a, pack=3)
    last = summed(recorded[-1], charge_current_limit_a=held_a, charge_enabled=held_a > 0, charge_reason=lost)
    found = instead(recorded)(last)
    assert charge(found)[0] == expected_a
    assert (charge(found)[1] == lost) == (held_a <= expected_a)
    assert found.limits is not None
    assert found.limits.charge_enabled is (expected_a > 0)


def test_what_stands_of_a_lost_pack_goes_on_to_stand() -> None:
    low = DEFAULTS.with_values({"cell_ov_alarm_mv": 3400})
    recorded = racks(3420)
    last = recorded[-1]
    assert last.status is not None
    last = replace(last, status=replace(last.status, alarms=frozenset({Condition.MOS_OVER_TEMPERATURE})))
    steps = [Saw(rack.at_s, number, 10.0, rack) for number, rack in enumerate(recorded)]
    found = Instead(steps, Packs(PRODUCT, DEFAULTS), Packs(PRODUCT, low))(last)
    assert found.status is not None
    assert found.status.alarms == {Condition.MOS_OVER_TEMPERATURE, Condition.CELL_OVER_VOLTAGE}


def test_settings_that_change_nothing_leave_the_reading_as_it_was() -> None:
    recorded = racks()
    steps = [Saw(rack.at_s, number, 10.0, rack) for number, rack in enumerate(recorded)]
    same = Instead(steps, Packs(PRODUCT, DEFAULTS), Packs(PRODUCT, DEFAULTS))
    odd = summed(recorded[-1], charge_current_limit_a=1.5)
    assert same(odd) is odd


def test_a_status_that_is_not_known_stays_unknown() -> None:
    recorded = [
        replace(rack, packs=tuple(with_status(one, alarms=None) for one in rack.packs), status=None) for rack in racks()
    ]
    assert instead(recorded)(recorded[-1]).status is None
