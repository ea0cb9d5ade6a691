"""Sums that every multi-pack project has got wrong once."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.samples import pack, with_analog, with_limits, with_status

from openress.bms.aggregate import aggregate
from openress.model import (
    BLOCKS_CHARGE,
    BLOCKS_DISCHARGE,
    Condition,
    Fault,
    LimitRule,
    PackSample,
    RackSample,
    Reason,
    Switches,
)


def charge_a(rack: RackSample) -> float | None:
    assert rack.limits is not None
    return rack.limits.charge_current_limit_a


def discharge_a(rack: RackSample) -> float | None:
    assert rack.limits is not None
    return rack.limits.discharge_current_limit_a


def test_soc_is_weighted_by_capacity() -> None:
    small = with_analog(pack(1), soc_pct=10.0, full_ah=280.0)
    large = with_analog(pack(2), soc_pct=90.0, full_ah=600.0)
    rack = aggregate([small, large], 0.0)
    assert rack.analog is not None
    assert rack.analog.soc_pct == pytest.approx((10 * 280 + 90 * 600) / 880)
    assert rack.analog.full_ah == 880.0


def test_a_limit_is_the_number_of_packs_times_the_smallest() -> None:
    rack = aggregate([pack(1), with_limits(pack(2), charge_current_limit_a=12.0), pack(3)], 0.0)
    assert (charge_a(rack), discharge_a(rack)) == (36.0, 150.0)


def test_a_pack_whose_switch_is_open_leaves_that_direction_only() -> None:
    away = with_status(pack(2), switches=Switches(charge=False, discharge=True))
    full = with_limits(away, charge_current_limit_a=0.0, charge_enabled=False)
    rack = aggregate([pack(1), full, pack(3)], 0.0)
    assert (charge_a(rack), discharge_a(rack)) == (100.0, 150.0)


@pytest.mark.parametrize("switches", [None, Switches(), Switches(charge=True, discharge=True)])
def test_a_pack_that_must_not_be_charged_behind_a_closed_or_unknown_switch_forces_zero(
    switches: Switches | None,
) -> None:
    blocked = with_status(pack(2), protections=frozenset({Condition.CELL_OVER_VOLTAGE}), switches=switches)
    rack = aggregate([pack(1), blocked], 0.0)
    assert (charge_a(rack), discharge_a(rack)) == (0.0, 100.0)
    assert rack.limits is not None
    assert rack.limits.charge_enabled is False


def test_a_fault_stops_both_directions() -> None:
    rack = aggregate([pack(1), with_status(pack(2), faults=frozenset({Fault.CELL}))], 0.0)
    assert (charge_a(rack), discharge_a(rack)) == (0.0, 0.0)


def test_a_limit_that_one_pack_does_not_know_is_not_invented() -> None:
    rack = aggregate([pack(1), with_limits(pack(2), charge_current_limit_a=None)], 0.0)
    assert charge_a(rack) is None
    assert aggregate([pack(1), replace(pack(2), limits=None)], 0.0).limits is None
    assert aggregate([], 0.0) == RackSample(0.0)


def test_with_every_switch_open_nothing_is_allowed() -> None:
    rack = aggregate([with_status(pack(n), switches=Switches(charge=False, discharge=False)) for n in (1, 2)], 0.0)
    assert (charge_a(rack), discharge_a(rack)) == (0.0, 0.0)


def test_the_oldest_pack_dates_the_rack() -> None:
    rack = aggregate([pack(1, at_s=5.0), pack(2, at_s=3.0)], 6.0)
    assert rack.analog is not None
    assert rack.analog.at_s == 3.0


AMPERES = st.none() | st.floats(0, 200)
SWITCH = st.none() | st.booleans()


@st.composite
def packs(draw: st.DrawFn) -> list[PackSample]:
    found = []
    for number in range(1, draw(st.integers(1, 16)) + 1):
        sample = with_limits(
            pack(number),
            charge_current_limit_a=draw(AMPERES),
            discharge_current_limit_a=draw(AMPERES),
            charge_enabled=draw(SWITCH),
            discharge_enabled=draw(SWITCH),
        )
        found.append(
            with_status(
                sample,
                switches=draw(st.none() | st.builds(Switches, SWITCH, SWITCH)),
                protections=draw(st.none() | st.frozensets(st.sampled_from(Condition), max_size=2)),
                faults=draw(st.none() | st.frozensets(st.sampled_from(Fault), max_size=1)),
            )
        )
    return found


@given(packs())
def test_no_current_is_allowed_into_a_pack_that_must_not_have_it(samples: list[PackSample]) -> None:
    rack = aggregate(samples, 0.0)
    assert rack.limits is not None
    for direction, blocks in (("charge", BLOCKS_CHARGE), ("discharge", BLOCKS_DISCHARGE)):
        allowed = getattr(rack.limits, f"{direction}_current_limit_a")
        assert allowed is None or (math.isfinite(allowed) and allowed >= 0)
        for sample in samples:
            assert sample.status is not None
            assert sample.limits is not None
            own = getattr(sample.limits, f"{direction}_current_limit_a")
            open_switch = sample.status.switches is not None and getattr(sample.status.switches, direction) is False
            forbidden = (
                bool(sample.status.faults)
                or bool((sample.status.protections or frozenset()) & blocks)
                or getattr(sample.limits, f"{direction}_enabled") is False
            )
            if not open_switch and forbidden:
                assert allowed == 0.0
            if not open_switch and own is not None and allowed:
                assert allowed <= own * len(samples) * (1 + 1e-12)


def test_a_rack_without_packs_allows_nothing_known() -> None:
    rack = aggregate([], 3.0)
    assert (rack.analog, rack.status, rack.limits, rack.packs) == (None, None, None, ())


def test_a_state_of_charge_without_a_capacity_is_unknown() -> None:
    rack = aggregate([pack(1), with_analog(pack(2), full_ah=None)], 0.0)
    assert rack.analog is not None
    assert (rack.analog.soc_pct, rack.analog.full_ah) == (None, None)


def test_when_every_switch_is_open_nothing_flows() -> None:
    apart = Switches(charge=False, discharge=False)
    rack = aggregate([with_status(pack(number), switches=apart) for number in (1, 2)], 0.0)
    assert (charge_a(rack), discharge_a(rack)) == (0.0, 0.0)


def test_a_limit_that_one_pack_does_not_know_is_unknown() -> None:
    rack = aggregate([pack(1), with_limits(pack(2), charge_current_limit_a=None)], 0.0)
    assert charge_a(rack) is None
    assert discharge_a(rack) == 100.0


def test_packs_that_tell_no_limits_or_no_status_make_none_up() -> None:
    silent = replace(pack(2), limits=None, status=None)
    rack = aggregate([pack(1), silent], 0.0)
    assert rack.limits is None
    assert rack.status is not None
    nothing = aggregate([replace(pack(1), status=None)], 0.0)
    assert nothing.status is None
    assert charge_a(nothing) == 50.0


def test_the_reason_of_the_rack_names_the_pack_that_decides() -> None:
    tight = with_limits(
        pack(2), charge_current_limit_a=5.0, charge_reason=Reason(LimitRule.COLD, 4.0), discharge_reason=None
    )
    rack = aggregate([pack(1), tight], 0.0)
    assert rack.limits is not None
    assert rack.limits.charge_reason == Reason(LimitRule.COLD, 4.0, pack=2)
    assert rack.limits.discharge_reason is None
