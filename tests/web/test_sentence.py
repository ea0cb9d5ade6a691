"""The sentence at the top of the page, as a person reads it."""

from __future__ import annotations

from datetime import datetime

import pytest

from openress.model import (
    Analog,
    Condition,
    Fault,
    Freshness,
    LimitRule,
    Limits,
    PackSample,
    PackState,
    RackSample,
    Reason,
    Status,
    Switches,
)
from openress.web.sentence import rack_state, sentence

AT_NOON = datetime(2026, 6, 1, 12, 3)  # noqa: DTZ001  # the sentence is in local time, whichever it is


def rack(
    current_a: float | None = 0.0,
    *,
    remaining_ah: float | None = 200.0,
    limits: Limits | None = None,
    packs: tuple[PackSample, ...] = (PackSample(1),),
) -> RackSample:
    full_ah = None if remaining_ah is None else 400.0
    total = Analog(0.0, pack_current_a=current_a, remaining_ah=remaining_ah, full_ah=full_ah)
    return RackSample(0.0, packs, total, None, limits)


def said(sample: RackSample, freshness: Freshness = Freshness.FRESH, now: datetime = AT_NOON) -> str:
    return sentence(sample, freshness, now)


@pytest.mark.parametrize(
    ("current_a", "remaining_ah", "expected"),
    [
        (0.0, 200.0, "At rest."),
        (0.5, 200.0, "At rest."),
        (-0.5, 200.0, "At rest."),
        (None, 200.0, "The current is not known."),
        # Within the hour to the minute, then to ten minutes, then to the hour.
        (400.0, 200.0, "Charging with 400 A, full about 12:33."),
        (-400.0, 200.0, "Discharging with 400 A, empty about 12:33."),
        (100.0, 200.0, "Charging with 100 A, full about 14:00."),
        (-100.0, 150.0, "Discharging with 100 A, empty about 13:30."),
        (-25.0, 200.0, "Discharging with 25 A, empty about 20:00."),
        (-15.0, 200.0, "Discharging with 15 A, empty about 01:00 tomorrow."),
        # A day is as far as anybody can tell.
        (-8.4, 200.0, "Discharging with 8 A, empty about 12:00 tomorrow."),
        (-8.0, 200.0, "Discharging with 8 A."),
        (20.0, None, "Charging with 20 A."),
        (20.0, 400.0, "Charging with 20 A, full about 12:03."),
        (0.6, 399.9, "Charging with 1 A, full about 12:13."),
    ],
)
def test_what_the_rack_does_and_how_long_it_will(
    current_a: float | None, remaining_ah: float | None, expected: str
) -> None:
    assert said(rack(current_a, remaining_ah=remaining_ah)) == expected


def part(
    number: int, voltage_v: float, remaining_ah: float, *, charge: bool = True, discharge: bool = True
) -> PackSample:
    switches = Switches(charge=charge, discharge=discharge)
    analog = Analog(0.0, pack_voltage_v=voltage_v, remaining_ah=remaining_ah, full_ah=100.0)
    return PackSample(number, analog=analog, status=Status(0.0, switches=switches))


def between_voltages(charge_a: float, rule: LimitRule = LimitRule.CELL_VOLTAGE) -> Limits:
    reason = Reason(rule, 3440.0, 13, pack=3)
    return Limits(0.0, 55.0, charge_a, charge_a, 48.0, charge_reason=reason, discharge_reason=reason)


def test_at_its_charge_voltage_a_rack_has_no_time_and_the_voltage_is_what_holds_it() -> None:
    # The fourth is blocked by its own protection: neither its charge nor its voltage belong to those that are charged.
    packs = (part(1, 54.9, 98.7), part(2, 54.9, 98.3), part(3, 54.9, 98.6), part(4, 53.1, 60.0, charge=False))
    tapering = rack(4.0, remaining_ah=355.6, limits=between_voltages(33.0), packs=packs)
    assert said(tapering) == (
        "Charging with 4 A, nearly full: charging slows down. "
        "The charge voltage of 55.0 V is reached, so less and less flows in."
    )
    # The limit of the current holds it where it flows, and falls with the cells: no time either.
    held = rack(32.0, remaining_ah=355.6, limits=between_voltages(33.0), packs=packs)
    assert said(held) == (
        "Charging with 32 A, nearly full: charging slows down. Limited to 33 A: cell 13 of pack 3 is at 3.44 V."
    )


def test_a_blocked_pack_is_not_charged_and_an_open_way_out_empties_nothing() -> None:
    packs = (part(1, 53.5, 80.0), part(2, 53.0, 60.0, charge=False, discharge=False))
    assert said(rack(20.0, remaining_ah=140.0, packs=packs)) == "Charging with 20 A, full about 13:03."
    assert said(rack(-80.0, remaining_ah=140.0, packs=packs)) == "Discharging with 80 A, empty about 13:03."


def test_where_discharging_ends_there_is_no_time() -> None:
    packs = (part(1, 48.1, 2.0), part(2, 48.1, 2.0))
    trickle = rack(-2.0, remaining_ah=4.0, limits=between_voltages(127.0), packs=packs)
    assert said(trickle) == (
        "Discharging with 2 A, nearly empty. The end-of-discharge voltage of 48.0 V is reached, "
        "so less and less flows out."
    )


def test_a_low_charge_voltage_is_not_called_nearly_full() -> None:
    half = rack(
        3.0, remaining_ah=100.0, limits=between_voltages(99.0), packs=(part(1, 54.9, 50.0), part(2, 54.9, 50.0))
    )
    assert said(half) == "Charging with 3 A. The charge voltage of 55.0 V is reached, so less and less flows in."


def test_a_limit_far_above_what_flows_is_not_the_cause() -> None:
    free = rack(20.0, remaining_ah=100.0, limits=between_voltages(60.0, LimitRule.COLD), packs=(part(1, 53.0, 50.0),))
    assert said(free) == "Charging with 20 A, full about 14:30. The packs allow 60 A; the inverter gives no more."
    out = rack(-20.0, remaining_ah=100.0, limits=between_voltages(60.0, LimitRule.COLD), packs=(part(1, 53.0, 50.0),))
    assert said(out) == "Discharging with 20 A, empty about 14:30. The packs allow 60 A; the inverter takes no more."


def test_what_the_inverter_is_told_is_named_where_it_is_less() -> None:
    sample = rack(20.0, remaining_ah=100.0, limits=between_voltages(60.0), packs=(part(1, 53.0, 50.0),))
    told = sentence(sample, Freshness.FRESH, AT_NOON, Limits(0.0, 55.0, 21.0, 21.0, 48.0))
    assert told == "Charging with 20 A, full about 14:30. The inverter is told 21 A at most."


def test_midnight_and_the_turn_of_the_year() -> None:
    late = datetime(2026, 12, 31, 23, 50)  # noqa: DTZ001  # as above
    assert said(rack(-400.0), now=late) == "Discharging with 400 A, empty about 00:20 tomorrow."


def test_when_there_is_nothing_to_tell() -> None:
    assert said(RackSample(0.0)) == "No pack answers."
    assert said(RackSample(0.0, (PackSample(1),))) == "No pack answers."
    assert said(rack(40.0), Freshness.STALE) == "The values are old: the rack does not answer any more."


def pack(
    number: int, state: PackState = PackState.CHARGE, **found: frozenset[Condition] | frozenset[Fault]
) -> PackSample:
    return PackSample(number, status=Status(0.0, state=state, **found))  # type: ignore[arg-type]  # by keyword


def test_trouble_comes_first_and_names_its_pack() -> None:
    packs = (
        pack(1),
        pack(2, protections=frozenset({Condition.PACK_OVER_VOLTAGE, Condition.CELL_OVER_VOLTAGE})),
        pack(3, faults=frozenset({Fault.CELL_SENSOR})),
    )
    assert said(rack(0.0, packs=packs[:2])) == "Pack 2 protects itself: cell over voltage, pack over voltage. At rest."
    assert said(rack(0.0, packs=packs)) == "Pack 3 has a fault: cell sensor. At rest."
    # An alarm only warns; the page lists it below the sentence.
    assert said(rack(0.0, packs=(pack(1, alarms=frozenset({Condition.SOC_LOW})),))) == "At rest."


CHARGE_REASONS = [
    (Reason(LimitRule.CELL_VOLTAGE, 3462.0, 7, pack=3), "cell 7 of pack 3 is at 3.46 V"),
    (Reason(LimitRule.CELL_VOLTAGE, 3462.0, 7), "cell 7 is at 3.46 V"),
    (Reason(LimitRule.COLD, 3.6, pack=1), "the cells of pack 1 are cold, 4 °C"),
    (Reason(LimitRule.HEAT, 48.0), "the cells are hot, 48 °C"),
    (Reason(LimitRule.MOS_HEAT, 95.0, pack=2), "the switches of pack 2 are hot, 95 °C"),
    (Reason(LimitRule.PROTECTION, names=("cell_over_voltage",), pack=4), "pack 4: cell over voltage"),
    (Reason(LimitRule.FAULT, names=("cell_sensor", "system")), "a pack: cell sensor, system"),
    (Reason(LimitRule.RISING, 50.0, pack=1), "the limit is rising again"),
    (Reason(LimitRule.USER_CAP, 30.0), "you set this limit"),
    (Reason(LimitRule.SWITCHED_OFF, pack=2), "pack 2 is switched off"),
    (Reason(LimitRule.SWITCHED_OFF), "a pack is switched off"),
    (Reason(LimitRule.PACK_VOLTAGE, 56.2, pack=2), "pack 2 is at 56.2 V"),
    (Reason(LimitRule.AMBIENT, 66.0, pack=2), "pack 2 stands in 66 °C"),
    (Reason(LimitRule.DEEP_DISCHARGE, 2.0, pack=2), "a cell of pack 2 is deeply discharged"),
    (Reason(LimitRule.LIMITER, 10.0), "the charge limiter is on"),
    (Reason(LimitRule.UNKNOWN, pack=2), "a value of pack 2 is not known"),
    (Reason(LimitRule.UNKNOWN), "a value is not known"),
    (Reason(LimitRule.CELL_VOLTAGE, pack=2), "a value of pack 2 is not known"),
    (Reason(LimitRule.PACK_LOST, 8.0, pack=4), "pack 4 is not heard any more"),
    (Reason(LimitRule.PACK_LOST), "no pack is heard any more"),
    (Reason(LimitRule.SHARE, 40.0, pack=4), "pack 4 carries 40 % of the current"),
    (Reason(LimitRule.STARTING), "not all packs have been heard yet"),
    (Reason(LimitRule.OWN_WORD, 20.0, pack=2), "pack 2 allows no more"),
    (Reason(LimitRule.SETTINGS, 18.0, pack=2), "the settings of pack 2 allow no more"),
]


@pytest.mark.parametrize(("reason", "because"), CHARGE_REASONS)
def test_what_holds_it_back(reason: Reason, because: str) -> None:
    other = Reason(LimitRule.RATED, 100.0)
    charging = Limits(0.0, charge_current_limit_a=40.4, charge_reason=reason, discharge_reason=other)
    assert said(rack(40.0, remaining_ah=None, limits=charging)) == f"Charging with 40 A. Limited to 40 A: {because}."
    discharging = Limits(0.0, discharge_current_limit_a=12.0, discharge_reason=reason, charge_reason=other)
    expected = f"Discharging with 12 A. Limited to 12 A: {because}."
    assert said(rack(-12.0, remaining_ah=None, limits=discharging)) == expected


def test_every_rule_has_words() -> None:
    assert {reason.rule for reason, _ in CHARGE_REASONS} | {LimitRule.RATED} == set(LimitRule)


@pytest.mark.parametrize(
    ("current_a", "limits"),
    [
        (40.0, None),
        (40.0, Limits(0.0, charge_current_limit_a=50.0, charge_reason=Reason(LimitRule.RATED, 50.0))),
        (40.0, Limits(0.0, charge_current_limit_a=50.0)),
        (40.0, Limits(0.0, charge_reason=Reason(LimitRule.COLD, 3.0))),
        (40.0, Limits(0.0, discharge_current_limit_a=5.0, discharge_reason=Reason(LimitRule.COLD, 3.0))),
    ],
)
def test_nothing_is_said_of_limits_that_hold_nothing_back(current_a: float, limits: Limits | None) -> None:
    assert said(rack(current_a, remaining_ah=None, limits=limits)) == "Charging with 40 A."


def test_nothing_is_held_back_at_rest() -> None:
    cold = Limits(0.0, charge_current_limit_a=5.0, charge_reason=Reason(LimitRule.COLD, 3.0))
    assert said(rack(0.0, limits=cold)) == "At rest."
    assert said(rack(0.2, limits=cold)) == "At rest."


@pytest.mark.parametrize(
    ("packs", "current_a", "state"),
    [
        ((pack(1), pack(2, PackState.PROTECT), pack(3, PackState.FAULT)), 5.0, PackState.FAULT),
        ((pack(1), pack(2, PackState.PROTECT)), 5.0, PackState.PROTECT),
        ((pack(1),), 5.0, PackState.CHARGE),
        ((pack(1),), -5.0, PackState.DISCHARGE),
        ((pack(1),), 0.4, PackState.STANDBY),
        ((PackSample(1),), None, PackState.OFF),
    ],
)
def test_the_state_of_the_rack(packs: tuple[PackSample, ...], current_a: float | None, state: PackState) -> None:
    assert rack_state(rack(current_a, packs=packs)) is state


def test_a_rack_without_values_is_off() -> None:
    assert rack_state(RackSample(0.0)) is PackState.OFF
