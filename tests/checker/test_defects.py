"""A correct decision with one thing damaged: each invariant must fire, and none may before."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from math import inf, nan
from typing import Any

import pytest
from tests.checker.packs import PRODUCT, VALUES, N, Stream, held, invariants, new_bms, one_after_another, seen, texts
from tests.checker.tour import REST, charger

from openress.bms.counting import Charge
from openress.bms.decision import Decision
from openress.bms.measure import Measurement
from openress.checker import PackChecker
from openress.model import Condition, Fault, LimitRule, Notice, PackState, Reason

Damage = Callable[[Decision], Decision]


def limits(**changes: Any) -> Damage:
    return lambda decision: replace(decision, limits=replace(decision.limits, **changes))


def switches(**changes: Any) -> Damage:
    return lambda decision: replace(decision, switches=replace(decision.switches, **changes))


def but(**changes: Any) -> Damage:
    return lambda decision: replace(decision, **changes)


def hidden(damage: Damage) -> Damage:
    """The same defect in a BMS that names nothing."""
    return lambda decision: replace(damage(decision), protections=frozenset(), alarms=frozenset())


CHARGES, GIVES = limits(charge_current_limit_a=5.0), limits(discharge_current_limit_a=5.0)
CLOSED_IN, CLOSED_OUT = switches(charge=True), switches(discharge=True)
COLD, FROST, ICE = ((c, 5.0, 5.0, 5.0) for c in (-6.0, -1.0, -21.0))
HOT, HOTTER = ((50.0, 50.0, c, 50.0) for c in (66.0, 71.0))
OV_TRIPPED = (REST, 5), (seen(3400, odd_mv=3655), 3)
UV_TRIPPED = (REST, 5), (seen(3000, odd_mv=2490), 3)
FULL = seen(3420, odd_mv=3460)
UNEQUAL = seen(3460, cell_voltages_mv=(3300, 3400, *[3460] * 14))
SHORTED = seen(short_circuit=True, terminal_voltage_v=0.0)


def bleeding(*numbers: int) -> Damage:
    return bled(tuple(number in numbers for number in range(1, N + 1)))


def bled(mask: tuple[bool, ...]) -> Damage:
    return lambda decision: replace(decision, balance=replace(decision.balance, bleeding=mask))


@dataclass(frozen=True)
class Case:
    """What goes before, the measurement whose decision is damaged, how, and which invariant says so."""

    name: str
    before: tuple[tuple[Measurement, float], ...]
    now: Measurement
    damage: Damage
    invariant: str


CASES = [
    Case("limit with a cell too high", ((REST, 5),), seen(3400, odd_mv=3650), CHARGES, "S1"),
    Case("limit with a cell too low", ((REST, 5),), seen(3000, odd_mv=2500), GIVES, "S2"),
    Case("under-voltage opens both", UV_TRIPPED, seen(3000, odd_mv=2490), switches(charge=False), "S2"),
    Case("limit with the pack too high", ((REST, 5),), seen(3600), CHARGES, "S3"),
    Case("limit with the pack too low", ((REST, 5),), seen(2800), GIVES, "S3"),
    Case("charge in cold", ((REST, 5),), seen(temperatures_c=COLD), CHARGES, "S4"),
    Case("charge in frost", ((REST, 5),), seen(temperatures_c=FROST), CHARGES, "S4"),
    Case("charge in heat", ((REST, 5),), seen(temperatures_c=HOT), CHARGES, "S4"),
    Case("discharge in ice", ((REST, 5),), seen(temperatures_c=ICE), GIVES, "S4"),
    Case("discharge in heat", ((REST, 5),), seen(temperatures_c=HOTTER), GIVES, "S4"),
    Case("limit with hot switches", ((REST, 5),), seen(mos_temperature_c=110.0), GIVES, "S4"),
    Case("limit while it stands", OV_TRIPPED, seen(3420), CHARGES, "S5"),
    Case("limit after a spike", ((REST, 5), (seen(3400, odd_mv=3655), 0.5)), seen(3400, odd_mv=3520), CHARGES, "S5"),
    Case("closed while it stands", OV_TRIPPED, seen(3420), CLOSED_IN, "S16"),
    Case("closed and hidden", OV_TRIPPED, seen(3420), hidden(CLOSED_IN), "S16"),
    Case("switch unknown", OV_TRIPPED, seen(3420), switches(charge=None), "S16"),
    Case("closed on a low cell", UV_TRIPPED, seen(3000, odd_mv=2899), hidden(CLOSED_OUT), "S16"),
    Case("too much charge", ((REST, 5),), REST, limits(charge_current_limit_a=110.5), "S6"),
    Case("too much discharge", ((REST, 5),), REST, limits(discharge_current_limit_a=6553.5), "S6"),
    Case("no number", ((REST, 5),), REST, limits(charge_current_limit_a=nan), "S7"),
    Case("no end", ((REST, 5),), REST, limits(charge_voltage_limit_v=inf), "S7"),
    Case("negative", ((REST, 5),), REST, limits(discharge_current_limit_a=-1.0), "S7"),
    Case("nothing said", ((REST, 5),), REST, limits(charge_current_limit_a=None), "S7"),
    Case("charge voltage above the product", ((REST, 5),), REST, limits(charge_voltage_limit_v=56.1), "S7"),
    Case("discharge below the protection", ((REST, 5),), REST, limits(discharge_voltage_limit_v=44.0), "S7"),
    Case("voltages the wrong way round", ((REST, 5),), REST, limits(charge_voltage_limit_v=47.0), "S7"),
    Case("too full", ((REST, 5),), REST, but(charge=Charge(101.0, 100.0)), "S8"),
    Case("no state of charge", ((REST, 5),), REST, but(charge=Charge(nan, 100.0)), "S8"),
    Case("a cell lost", ((REST, 5),), seen(cell_voltages_mv=(None, *[3300] * 15)), GIVES, "S13"),
    Case("the current lost", ((REST, 5),), seen(current_a=None), CHARGES, "S13"),
    Case("a sensor lost", ((REST, 5),), seen(temperatures_c=(25.0, 25.0, None, 25.0)), CHARGES, "S13"),
    Case("switches without MOS", ((seen(mos_temperature_c=None), 4),), seen(mos_temperature_c=None),
         lambda d: replace(CLOSED_IN(d), faults=frozenset()), "S13"),
    Case("closed with a fault", ((REST, 5),), REST, but(faults=frozenset({Fault.CELL})), "S16"),
    Case("closed in a protection", ((REST, 5),), REST,
         but(protections=frozenset({Condition.AMBIENT_OVER_TEMPERATURE})), "S16"),
    Case("closed when off", ((REST, 5),), REST, but(state=PackState.OFF), "S16"),
    Case("closed when asleep", ((REST, 5),), REST, but(state=PackState.DORMANT), "S16"),
    Case("closed on a short", ((REST, 5),), SHORTED, hidden(CLOSED_OUT), "S16"),
    Case("bleeds the lowest", ((REST, 5),), seen(3420, odd_mv=3400), bleeding(1), "S21"),
    Case("bleeds all alike", ((REST, 5),), REST, bleeding(2), "S21"),
    Case("bleeds one behind", ((REST, 5),), UNEQUAL, bleeding(2), "S21"),
    Case("bleeds one that is not there", ((REST, 5),), FULL, bled((False,) * N + (True,)), "S21"),
    Case("bleeds when empty", UV_TRIPPED, seen(3000, odd_mv=2490), bleeding(3), "S21"),
    Case("bleeds when hot", ((REST, 5),), seen(3420, odd_mv=3460, temperatures_c=HOT), bleeding(1), "S21"),
    Case("bleeds blindly", ((REST, 5),), seen(3420, odd_mv=3460, current_a=None), bleeding(1), "S21"),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_one_thing_damaged(case: Case) -> None:
    stream = one_after_another(*case.before, (case.now, 0.5))
    assert case.invariant not in fired(stream, lambda decision: decision)
    assert case.invariant in fired(stream, case.damage)


def fired(stream: Stream, damage: Damage) -> set[str]:
    """What is found in the last decision when that alone is damaged."""
    bms, checker = new_bms(), PackChecker(PRODUCT, VALUES)
    *before, (last_s, last) = stream
    for now_s, now in before:
        assert texts(checker.check(now, bms.step(now, now_s), now_s)) == []
    return invariants(checker.check(last, damage(bms.step(last, last_s)), last_s))


@pytest.mark.parametrize(
    ("reason", "forgiven"),
    [(Reason(LimitRule.SWITCHED_OFF), True), (Reason(LimitRule.RISING), False)],
)
def test_a_person_may_open_the_charge_switch_of_an_empty_pack(reason: Reason, *, forgiven: bool) -> None:
    stream = one_after_another(*UV_TRIPPED, (seen(3000, odd_mv=2490), 0.5))
    damage = limits(charge_reason=reason, charge_current_limit_a=0.0)
    assert ("S2" not in fired(stream, lambda d: damage(switches(charge=False)(d)))) is forgiven


def test_cells_that_are_ahead_may_be_bled() -> None:
    assert fired(held(FULL, 2), bleeding(1)) == set()
    plateau = seen(3300, cell_voltages_mv=(3290, 3295, *[3310] * 14))
    assert "S21" not in fired(held(plateau, 2), bleeding(2)), "voltage does not tell charge there"


@pytest.mark.parametrize(("recovery", "expected"), [(True, set()), (False, {"S2"})])
def test_below_two_volts_only_recovery_charges(recovery: bool, expected: set[str]) -> None:
    empty = seen(2600, odd_mv=1990)
    bms, checker = new_bms(), PackChecker(PRODUCT, VALUES)
    found = []
    for now_s, now in held(empty, 4):
        decision = CHARGES(CLOSED_IN(bms.step(now, now_s)))
        found += checker.check(now, replace(decision, recovery=recovery), now_s)
    assert invariants(found) == expected
    assert any("switch is closed" in breach.sentence for breach in found) is not recovery


@pytest.mark.parametrize(
    ("told_s", "silent"),
    [(None, False), (10.0, True), (11.0, True), (12.0, False)],
    ids=["never", "due", "next", "late"],
)
def test_a_current_above_its_limit_is_told(told_s: float | None, silent: bool) -> None:
    stream = [(0.0, REST), *held(seen(current_a=60.0), 30, start_s=1.0, dt_s=1.0)]
    bms, checker = new_bms(), PackChecker(PRODUCT, VALUES)
    found = []
    for now_s, now in stream:
        told = told_s is not None and now_s == 1.0 + told_s
        notices = frozenset({Notice.ABOVE_CHARGE_LIMIT}) if told else frozenset()
        found += checker.check(now, replace(bms.step(now, now_s), notices=notices), now_s)
    assert (found == []) is silent
    assert invariants(found) <= {"S23"}


def test_within_tolerance_and_for_a_while_nothing_needs_telling() -> None:
    bms, checker = new_bms(), PackChecker(PRODUCT, VALUES)
    for now_s, now in [
        *held(seen(current_a=52.0), 60, dt_s=1.0),
        *held(seen(current_a=90.0), 9, start_s=60.0, dt_s=1.0),
        *held(REST, 5, start_s=69.0, dt_s=1.0),
    ]:
        assert checker.check(now, bms.step(now, now_s), now_s) == []


def off(decision: Decision) -> Decision:
    quiet = limits(charge_current_limit_a=0.0, discharge_current_limit_a=0.0)(decision)
    return replace(switches(charge=False, discharge=False)(quiet), state=PackState.OFF, protections=frozenset())


def test_a_pack_without_supply_forgets() -> None:
    """After OFF it starts over; after mere silence what stood still stands."""
    for state, expected in ((PackState.OFF, set()), (PackState.DORMANT, {"S16", "S5"})):
        checker = PackChecker(PRODUCT, VALUES)
        bms = new_bms()
        for now_s, now in one_after_another(*OV_TRIPPED):
            checker.check(now, bms.step(now, now_s), now_s)
        between = replace(off(bms.step(REST, 9.0)), state=state)
        assert checker.check(seen(3420), between, 9.0) == []
        fresh = CHARGES(new_bms().step(seen(3420), 10.0))
        assert invariants(checker.check(seen(3420), fresh, 10.0)) == expected


def test_a_charger_lets_an_empty_pack_go_and_time_alone_does_not() -> None:
    bms = new_bms()
    checker = PackChecker(PRODUCT, VALUES)
    for now_s, now in one_after_another(*UV_TRIPPED, (charger(2600), 2)):
        assert texts(checker.check(now, bms.step(now, now_s), now_s)) == []


def test_a_breach_reads_like_a_sentence() -> None:
    now, decision = seen(3400, odd_mv=3655), CHARGES(new_bms().step(REST, 7.0))
    found = PackChecker(PRODUCT, VALUES).check(now, decision, 7.0)[0]
    assert str(found) == "S1 at 7 s: cell_over_voltage at 3655, and charge is offered 5 A."


def test_values_that_contradict_each_other_convict_no_switch() -> None:
    """The BMS may believe either; the limits must be right for both."""
    torn = seen(3300, odd_mv=3655, pack_voltage_v=48.0)
    checker = PackChecker(PRODUCT, VALUES)
    found = [
        breach
        for now_s, now in held(torn, 5)
        for breach in checker.check(now, limits(charge_current_limit_a=0.0)(new_bms().step(REST, now_s)), now_s)
    ]
    assert found == []
