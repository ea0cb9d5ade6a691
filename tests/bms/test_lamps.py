"""The front panel against the guide: rhythms, rows in real situations, the capacity bar, who comes first."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest
from tests.bms.streams import LARGE, Stream, remembering

from openress.bms.lamps import DARK, LampRow, lamps, lit, soc_bar
from openress.bms.modes import lamp_row, pack_state
from openress.model import Condition, Fault, Lamp, Lamps, PackState
from openress.products import Lamps as LampTable
from openress.products import Product

SAMPLE_S, SAMPLED_S = 0.05, 20.0
LIT_AND_DARK_S = {Lamp.FLASH1: (0.25, 3.75), Lamp.FLASH2: (0.5, 0.5), Lamp.FLASH3: (0.5, 1.5)}

NOBODY: frozenset[Condition] = frozenset()
NO_FAULT: frozenset[Fault] = frozenset()
OFF, ON, F1, F2, F3 = Lamp.OFF, Lamp.ON, Lamp.FLASH1, Lamp.FLASH2, Lamp.FLASH3
DARK_BAR, FULL_BAR = (OFF, OFF, OFF, OFF), (ON, ON, ON, ON)
HALF_BAR, HALF_CHARGING = (ON, ON, ON, OFF), (ON, ON, F2, OFF)
"""At 60 %."""


def runs(lamp: Lamp) -> tuple[list[float], list[float]]:
    """How long it was lit and dark each time, sampled; the last, unfinished run is left out."""
    samples = [lit(lamp, SAMPLE_S * index) for index in range(int(SAMPLED_S / SAMPLE_S))]
    edges = [0, *(index for index, (one, two) in enumerate(pairwise(samples), start=1) if one is not two)]
    lasted = [(samples[start], SAMPLE_S * (end - start)) for start, end in pairwise(edges)]
    return [s for on, s in lasted if on], [s for on, s in lasted if not on]


def flashes_as_printed(lamp: Lamp) -> bool:
    """Every flash of 20 s within 50 ms of what is printed, duty and period; a steady lamp never changes."""
    on, off = runs(lamp)
    if lamp not in LIT_AND_DARK_S:
        return not on and not off and lit(lamp, 7.3) is (lamp is ON)
    lit_s, dark_s = LIT_AND_DARK_S[lamp]
    enough = len(on) >= SAMPLED_S / (lit_s + dark_s) - 1
    period = all(abs(a + b - lit_s - dark_s) <= SAMPLE_S for a, b in zip(on, off, strict=False))
    return enough and period and all(abs(s - lit_s) <= SAMPLE_S for s in on)


@pytest.mark.req("REQ-080")
@pytest.mark.parametrize("lamp", list(Lamp))
def test_every_rhythm_keeps_its_duty_and_period(lamp: Lamp) -> None:
    assert flashes_as_printed(lamp)


@pytest.mark.req("REQ-080")
def test_a_rhythm_begins_lit_and_ends_on_time() -> None:
    for lamp, (lit_s, dark_s) in LIT_AND_DARK_S.items():
        assert lit(lamp, 0.0)
        assert lit(lamp, lit_s - 0.01)
        assert not lit(lamp, lit_s)
        assert not lit(lamp, lit_s + dark_s - 0.01)
        assert lit(lamp, lit_s + dark_s)


TABLE = {
    LampRow.SHUT_DOWN: (OFF, OFF, DARK_BAR),
    LampRow.STANDBY: (F1, OFF, HALF_BAR),
    LampRow.STANDBY_WARNING: (F1, F3, HALF_BAR),
    LampRow.CHARGE: (ON, OFF, HALF_CHARGING),
    LampRow.CHARGE_WARNING: (ON, F3, HALF_CHARGING),
    LampRow.OVER_CHARGE: (ON, OFF, FULL_BAR),
    LampRow.CHARGE_PROTECTION: (OFF, OFF, DARK_BAR),
    LampRow.DISCHARGE: (ON, OFF, HALF_BAR),
    LampRow.DISCHARGE_WARNING: (ON, F3, HALF_BAR),
    LampRow.UNDER_VOLTAGE: (OFF, OFF, DARK_BAR),
    LampRow.DISCHARGE_PROTECTION: (OFF, ON, DARK_BAR),
    LampRow.FAILURE: (OFF, ON, DARK_BAR),
}
"""(RUN, ALM, SOC) as printed, at 60 %."""


@pytest.mark.req(
    "REQ-080", "REQ-081", "REQ-082", "REQ-083", "REQ-084", "REQ-085", "REQ-086", "REQ-087", "REQ-088", "REQ-089",
    "REQ-090", "REQ-091", "REQ-092",
)  # fmt: skip
@pytest.mark.parametrize("row", list(LampRow), ids=lambda row: row.name.lower())
@pytest.mark.parametrize("alm_on_fault", [False, True])
def test_every_row_of_the_table_gives_the_printed_light(row: LampRow, alm_on_fault: bool) -> None:
    run, alm, soc = TABLE[row]
    if alm_on_fault and row is LampRow.CHARGE_PROTECTION:
        alm = ON
    shown = lamps(row, 60.0, alm_on_fault=alm_on_fault)
    assert shown == Lamps(run, alm, soc)
    assert all(flashes_as_printed(lamp) for lamp in (shown.run, shown.alm, *shown.soc))


BAR = (
    (0.0, 1),
    (24.9, 1),
    (25.0, 2),
    (49.9, 2),
    (50.0, 3),
    (74.9, 3),
    (75.0, 4),
    (100.0, 4),
)


@pytest.mark.req("REQ-093")
@pytest.mark.parametrize(("soc_pct", "count"), BAR)
def test_a_lamp_stands_for_25_percent_and_the_topmost_flashes_while_charging(soc_pct: float, count: int) -> None:
    assert soc_bar(soc_pct, charging=False) == (ON,) * count + (OFF,) * (4 - count)
    assert soc_bar(soc_pct, charging=True) == (ON,) * (count - 1) + (F2,) + (OFF,) * (4 - count)


@pytest.mark.req("REQ-093")
def test_an_unknown_state_of_charge_lights_no_bar() -> None:
    assert soc_bar(None, charging=True) == DARK_BAR


# Every row in a real situation: the world, how long it lasts, and the row that the pack shows at 60 %.
SITUATIONS: dict[str, tuple[dict[str, object], float, LampRow]] = {
    "standby": ({}, 1, LampRow.STANDBY),
    "standby, cell low": ({"lowest_mv": 2790}, 1, LampRow.STANDBY_WARNING),
    "standby after over-charge, no charger": ({"highest_mv": 3660}, 2, LampRow.STANDBY_WARNING),
    "idle, charging is closed by cold": ({"coldest_c": -6.0}, 4, LampRow.STANDBY_WARNING),
    "charge": ({"current_a": 20.0}, 1, LampRow.CHARGE),
    "a current of half an ampere is none": ({"current_a": 0.5}, 1, LampRow.STANDBY),
    "charge begins above half an ampere": ({"current_a": 0.51}, 1, LampRow.CHARGE),
    "charge, cell high": ({"current_a": 20.0, "highest_mv": 3510}, 1, LampRow.CHARGE_WARNING),
    "charge, over-charge": ({"terminal_v": 58.0, "highest_mv": 3660}, 3, LampRow.OVER_CHARGE),
    "charge, pack over-voltage": ({"terminal_v": 60.0, "pack_v": 57.7, "cell_mv": 3606}, 3, LampRow.OVER_CHARGE),
    "charge, too cold": ({"terminal_v": 58.0, "coldest_c": -6.0}, 4, LampRow.CHARGE_PROTECTION),
    "charge, too hot": ({"terminal_v": 58.0, "hottest_c": 66.0}, 4, LampRow.CHARGE_PROTECTION),
    "charge, board too hot": ({"terminal_v": 58.0, "mos_c": 111.0}, 4, LampRow.CHARGE_PROTECTION),
    "charge, over-current": ({"current_a": 112.0}, 1.5, LampRow.CHARGE_PROTECTION),
    "discharge": ({"current_a": -20.0}, 1, LampRow.DISCHARGE),
    "discharge begins above half an ampere": ({"current_a": -0.51}, 1, LampRow.DISCHARGE),
    "discharge, cell low": ({"current_a": -20.0, "lowest_mv": 2790}, 1, LampRow.DISCHARGE_WARNING),
    "discharge, under-voltage": ({"lowest_mv": 2490}, 2, LampRow.UNDER_VOLTAGE),
    "discharge, pack under-voltage": ({"pack_v": 44.7, "cell_mv": 2794}, 2, LampRow.UNDER_VOLTAGE),
    "discharge, over-current": ({"current_a": -125.0}, 1.5, LampRow.DISCHARGE_PROTECTION),
    "short circuit": ({"short": True, "terminal_v": 0.0}, 0.5, LampRow.DISCHARGE_PROTECTION),
    "discharge, too hot": ({"hottest_c": 71.0}, 4, LampRow.DISCHARGE_PROTECTION),
    "surroundings too cold": ({"env_c": -26.0}, 4, LampRow.DISCHARGE_PROTECTION),
    "failure": ({"mos_c": None}, 0.5, LampRow.FAILURE),
    "failure while charging": ({"current_a": 20.0, "env_c": None}, 0.5, LampRow.FAILURE),
    "current unknown": ({"current_a": None}, 0.5, LampRow.FAILURE),
}


def shown(product: Product, world: dict[str, object], lasts_s: float) -> Lamps:
    stream = Stream(product, memory=remembering(product, 60.0))
    stream.hold(10.0, 500)
    return stream.hold(lasts_s, 50, **world).lamps


@pytest.mark.req(
    "REQ-082", "REQ-083", "REQ-084", "REQ-085", "REQ-086", "REQ-087", "REQ-088", "REQ-089", "REQ-090", "REQ-091",
    "REQ-092", "REQ-095",
)  # fmt: skip
@pytest.mark.parametrize("situation", SITUATIONS)
def test_a_pack_shows_the_row_of_its_situation(situation: str) -> None:
    world, lasts_s, row = SITUATIONS[situation]
    run, alm, soc = TABLE[row]
    assert shown(LARGE, world, lasts_s) == Lamps(run, alm, soc)


@pytest.mark.req("REQ-087")
def test_a_product_may_light_alm_where_the_guide_leaves_the_pack_dark() -> None:
    world, lasts_s, _ = SITUATIONS["charge, too cold"]
    assert shown(LARGE, world, lasts_s) == DARK
    lights = replace(LARGE, lamps=LampTable.ALM_ON_FAULT)
    assert shown(lights, world, lasts_s) == Lamps(OFF, ON, DARK_BAR)
    for name, (other, other_s, row) in SITUATIONS.items():
        if row is not LampRow.CHARGE_PROTECTION:
            assert shown(lights, other, other_s) == shown(LARGE, other, other_s), name


@pytest.mark.req("REQ-086")
def test_a_full_pack_turns_to_standby_when_the_supply_goes_away() -> None:
    stream = Stream(memory=remembering(LARGE, 60.0))
    stream.hold(10.0, 500)
    assert stream.hold(3.0, highest_mv=3660, terminal_v=58.0).lamps == Lamps(ON, OFF, FULL_BAR)
    assert stream.hold(3.0, terminal_v=None).lamps.run is F1


@pytest.mark.req("REQ-081", "REQ-120")
def test_off_and_dormant_are_dark() -> None:
    stream = Stream(memory=remembering(LARGE, 60.0)).settled()
    stream.bms.press_button(stream.now_s)
    assert stream.step(current_a=0.0).lamps == DARK
    stream.bms.press_button(stream.now_s)
    assert stream.step().lamps != DARK
    stream.hold(24 * 3600.0, 3_600_000)
    assert stream.last.state is PackState.DORMANT
    assert stream.last.lamps == DARK


def row_of(*conditions: Condition, fault: bool = False, charger: bool = False, current_a: float = 0.0) -> LampRow:
    protections = frozenset(conditions)
    faults = frozenset({Fault.CELL_SENSOR}) if fault else NO_FAULT
    state = pack_state(current_a, protections, faults)
    return lamp_row(state, charger=charger, alarms=protections, protections=protections, faults=faults)


@pytest.mark.req("REQ-094")
def test_failure_comes_before_protections_and_those_before_warnings() -> None:
    everything = tuple(Condition)
    assert row_of(*everything, fault=True, charger=True) is LampRow.FAILURE
    assert row_of(*everything, fault=True, current_a=-20.0) is LampRow.FAILURE
    assert row_of(*everything) is LampRow.DISCHARGE_PROTECTION
    assert row_of(*everything, current_a=-20.0) is LampRow.DISCHARGE_PROTECTION
    assert row_of(*everything, charger=True) is LampRow.CHARGE_PROTECTION
    voltage = (Condition.CELL_OVER_VOLTAGE, Condition.CELL_UNDER_VOLTAGE)
    assert row_of(*voltage, Condition.SHORT_CIRCUIT) is LampRow.DISCHARGE_PROTECTION
    assert row_of(*voltage, Condition.CHARGE_OVER_CURRENT, charger=True) is LampRow.CHARGE_PROTECTION
    assert row_of(*voltage) is LampRow.UNDER_VOLTAGE
    assert row_of(*voltage, charger=True) is LampRow.OVER_CHARGE


CHARGE_STOPPED = (
    Condition.CHARGE_OVER_CURRENT,
    Condition.CHARGE_UNDER_TEMPERATURE,
    Condition.CHARGE_OVER_TEMPERATURE,
)
DISCHARGE_STOPPED = (
    Condition.DISCHARGE_OVER_CURRENT,
    Condition.DISCHARGE_OVER_CURRENT_2,
    Condition.SHORT_CIRCUIT,
    Condition.DISCHARGE_UNDER_TEMPERATURE,
    Condition.DISCHARGE_OVER_TEMPERATURE,
)
BOTH_STOPPED = (
    Condition.MOS_OVER_TEMPERATURE,
    Condition.AMBIENT_UNDER_TEMPERATURE,
    Condition.AMBIENT_OVER_TEMPERATURE,
)


@pytest.mark.req("REQ-087", "REQ-091")
def test_each_protection_shows_in_its_own_direction() -> None:
    for condition in (*CHARGE_STOPPED, *BOTH_STOPPED):
        assert row_of(condition, charger=True) is LampRow.CHARGE_PROTECTION
    for condition in (*DISCHARGE_STOPPED, *BOTH_STOPPED):
        assert row_of(condition) is LampRow.DISCHARGE_PROTECTION
    for condition in CHARGE_STOPPED:
        assert row_of(condition) is LampRow.STANDBY_WARNING
        assert row_of(condition, charger=True, current_a=-20.0) is LampRow.DISCHARGE_WARNING
    for condition in (Condition.PACK_UNDER_VOLTAGE, Condition.CELL_UNDER_VOLTAGE):
        assert row_of(condition) is LampRow.UNDER_VOLTAGE


def test_the_state_of_a_pack_follows_its_current_and_its_protections() -> None:
    tripped = frozenset({Condition.CELL_OVER_VOLTAGE})
    assert pack_state(0.0, NOBODY, NO_FAULT) is PackState.STANDBY
    assert pack_state(0.0, tripped, NO_FAULT) is PackState.PROTECT
    assert pack_state(-5.0, tripped, NO_FAULT) is PackState.DISCHARGE
    assert pack_state(5.0, tripped, NO_FAULT) is PackState.CHARGE
    assert pack_state(5.0, tripped, frozenset({Fault.CELL})) is PackState.FAULT
    assert pack_state(None, NOBODY, NO_FAULT) is PackState.FAULT
