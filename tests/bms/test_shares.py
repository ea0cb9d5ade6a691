"""Packs that carry more than their part: measured, told, and the rack held within what they may carry."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.samples import pack, with_analog, with_limits, with_status

from openress.bms.aggregate import Way
from openress.bms.shares import FOR_S, FORGET_S, OVER, OVER_A, Share, Shares
from openress.bms.totals import RackTotals
from openress.gateway.because import because
from openress.model import LimitRule, PackSample, RackSample, Reason, Switches
from openress.sim.pack import SwitchCommand, path_of
from openress.sim.rack import Bus, Demand


def carrying(currents_a: Sequence[float | None], limit_a: float = 50.0) -> list[PackSample]:
    return [
        with_limits(
            with_analog(pack(number), pack_current_a=current_a),
            charge_current_limit_a=limit_a,
            discharge_current_limit_a=limit_a,
        )
        for number, current_a in enumerate(currents_a, 1)
    ]


def learned(packs: list[PackSample]) -> tuple[Shares, dict[Way, Share]]:
    """What is known after it has gone on for long enough."""
    shares = Shares()
    assert shares.step(packs, 0.0) == {}
    assert shares.step(packs, FOR_S - 0.1) == {}
    return shares, shares.step(packs, FOR_S)


def charge(rack: RackSample) -> tuple[float | None, Reason | None]:
    assert rack.limits is not None
    return rack.limits.charge_current_limit_a, rack.limits.charge_reason


def test_a_pack_that_carries_two_fifths_of_the_current_holds_four_packs_to_what_is_left() -> None:
    _, found = learned(carrying([80.0, 40.0, 40.0, 40.0]))
    assert found == {Way.CHARGE: Share(125.0, 1, 40.0)}
    _, found = learned(carrying([-40.0, -40.0, -80.0, -40.0]))
    assert found == {Way.DISCHARGE: Share(125.0, 3, 40.0)}


def test_the_total_falls_and_says_why() -> None:
    totals = RackTotals(rise_per_s=None)
    packs = carrying([80.0, 40.0, 40.0, 40.0])
    assert charge(totals.step(packs, 0.0))[0] == 200.0
    held = charge(totals.step(packs, FOR_S))
    assert held == (125.0, Reason(LimitRule.SHARE, 40.0, pack=1))
    assert held[1] is not None
    assert because(held[1]) == "pack 1 carries 40 % of the current"
    # The pack may carry less meanwhile, as cold cells do: its share is of that.
    assert charge(totals.step(carrying([22.0, 13.0, 13.0, 13.0], 20.0), FOR_S + 1.0))[0] == pytest.approx(
        50.0, rel=0.01
    )


def test_what_is_within_the_error_of_a_sensor_or_over_in_a_moment_changes_nothing() -> None:
    within = OVER * 50.0 + OVER_A
    assert learned(carrying([within, 40.0, 40.0, 40.0]))[1] == {}
    shares = Shares()
    for at_s in range(100):
        over = at_s % 10 != 9
        assert shares.step(carrying([80.0 if over else 50.0, 40.0]), float(at_s)) == {}


def test_packs_that_charge_one_another_leave_the_rack_as_much_as_one_pack_may_carry() -> None:
    _, found = learned(carrying([135.0, -45.0, -44.0, -44.0]))
    assert found[Way.CHARGE] == Share(50.0, 1, 100.0)
    assert Way.DISCHARGE not in found


def test_a_share_is_forgotten_slowly_and_at_once_with_the_pack() -> None:
    shares, _ = learned(carrying([80.0, 40.0, 40.0, 40.0]))
    even = carrying([30.0, 30.0, 30.0, 30.0])
    later = shares.step(even, FOR_S + 600.0)[Way.CHARGE]
    assert 125.0 < later.total_a < 150.0
    assert shares.step(even, FOR_S + FORGET_S) == {}
    shares, _ = learned(carrying([80.0, 40.0, 40.0, 40.0]))
    opened = with_status(even[0], switches=Switches(charge=False, discharge=True))
    assert shares.step([opened, *even[1:]], 20.0) == {}
    assert shares.step(even, 21.0) == {}


def test_nothing_is_made_of_a_current_that_is_not_known() -> None:
    assert learned(carrying([80.0, None, 40.0, 40.0]))[1] == {}
    assert learned(carrying([None, None]))[1] == {}
    unlimited = [with_limits(sample, charge_current_limit_a=None) for sample in carrying([80.0, 20.0])]
    assert learned(unlimited)[1] == {}


@given(
    st.lists(st.lists(st.none() | st.floats(-300.0, 300.0), min_size=3, max_size=3), min_size=1, max_size=8),
    st.floats(0.5, 120.0),
    st.floats(0.0, 30.0),
)
def test_it_only_ever_tightens_and_never_below_what_one_pack_may_carry(
    currents_a: list[list[float | None]], limit_a: float, every_s: float
) -> None:
    totals, shares = RackTotals(rise_per_s=None), Shares()
    for step, one in enumerate(currents_a):
        packs = carrying(one, limit_a)
        for share in shares.step(packs, step * every_s).values():
            assert share.total_a >= limit_a * (1.0 - 1e-9)
        limits = totals.step(packs, step * every_s).limits
        assert limits is not None
        for total_a in (limits.charge_current_limit_a, limits.discharge_current_limit_a):
            assert total_a is not None
            assert limit_a * (1.0 - 1e-9) <= total_a <= 3 * limit_a


def test_an_inverter_that_takes_all_it_may_does_not_drive_the_best_joined_pack_into_its_protection() -> None:
    """Four packs of 50 A, one of them joined with half the resistance; the inverter follows within some seconds."""
    ohm = [0.006, 0.012, 0.012, 0.012]
    bus, totals = Bus(60.0), RackTotals()
    bus.switch([path_of(SwitchCommand(charge=True, discharge=True))] * 4)
    flows_a, charger_a, over_s, longest_s = [0.0] * 4, 0.0, 0.0, 0.0
    for second in range(1800):
        allowed_a = charge(totals.step(carrying(flows_a), float(second)))[0] or 0.0
        charger_a += (allowed_a - charger_a) / 3.0
        flows_a = list(bus.settle([53.0] * 4, ohm, Demand(charger_a)).currents_a)
        over_s = over_s + 1.0 if max(flows_a) > OVER * 50.0 + OVER_A else 0.0
        longest_s = max(longest_s, over_s)
    assert longest_s <= FOR_S + 5.0
    assert max(flows_a) <= OVER * 50.0 + OVER_A
    assert charger_a == pytest.approx(125.0, rel=0.1)
