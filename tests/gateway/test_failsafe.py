"""Each profile when its source is frozen, killed, slowed or corrupted: every frame against the printed table."""

from __future__ import annotations

from itertools import pairwise
from math import inf, nan

import pytest
from tests.gateway.bench import reading
from tests.gateway.wire import PROFILES, TICK_S, Wire, frozen_at, killed_at, new_wire, slowed_from

from openress.inverters import ChargeStop, FailSafe, Stage
from openress.model import RackSample, fresh_for
from openress.sim.inverter import Quirk

EACH = pytest.mark.parametrize("dialect", PROFILES)
STOP_S = 40.0
WITHOUT_DISCHARGE_VOLTAGE = {"growatt-can"}
"""Its document has no field for it."""
TABLES = {
    "usual": FailSafe(),
    "to pack voltage": FailSafe(charge_stop=ChargeStop.TO_PACK_VOLTAGE, silent_after_s=60.0),
    "soon": FailSafe(silent_after_s=10.0, ramp_s=0.0),
}


def checked_against_the_table(wire: Wire, source_ends_s: float) -> None:
    """Every set of limits after the end of the source lies in the stage that the table prints for its age."""
    table = wire.setup.fail_safe
    fresh_s = fresh_for(None)
    before = [said for said in wire.said if said.at_s <= source_ends_s][-1]
    after = [said for said in wire.said if said.at_s > source_ends_s]
    assert after
    for said in after:
        age_s = said.at_s - source_ends_s
        stage = table.stage(age_s, fresh_s)
        assert stage is not Stage.SILENT
        share = table.share(age_s, fresh_s)
        for now_a, then_a in ((said.charge_a, before.charge_a), (said.discharge_a, before.discharge_a)):
            assert then_a
            assert now_a == pytest.approx(share * then_a, abs=0.1)
        assert said.measured is (stage is Stage.LIVE)
    # It does go on talking until then: the silence comes when the table says, not before.
    assert after[-1].at_s - source_ends_s > table.silent_s(fresh_s) - 2.0
    assert wire.breaches == []


@EACH
@pytest.mark.parametrize("table", TABLES.values(), ids=TABLES)
def test_f12_frozen_source(dialect: str, table: FailSafe):
    wire = new_wire(dialect, frozen_at(STOP_S), fail_safe=table)
    wire.run(STOP_S + 90.0)
    checked_against_the_table(wire, STOP_S)
    assert wire.silence_s() > 20.0


@EACH
def test_f12_killed_source(dialect: str):
    wire = new_wire(dialect, killed_at(STOP_S))
    wire.run(STOP_S + 60.0)
    checked_against_the_table(wire, STOP_S - TICK_S)


@EACH
@pytest.mark.parametrize("period_s", [9.0, 14.0, 45.0])
def test_f12_slowed_source(dialect: str, period_s: float):
    """However slow, nothing breaks the contract; up to 9 s nothing needs to fall."""
    wire = new_wire(dialect, slowed_from(STOP_S, period_s))
    wire.run(STOP_S + 100.0)
    assert wire.breaches == []
    least = min(said.charge_a or 0.0 for said in wire.said if said.at_s > STOP_S)
    assert (least > 0.0) is (period_s < 15.0)


LIMITS = (
    "charge_current_limit_a",
    "discharge_current_limit_a",
    "charge_voltage_limit_v",
    "discharge_voltage_limit_v",
)
NO_NUMBERS = (nan, inf, -inf, -50.0, None)


@EACH
def test_f12_corrupted_source(dialect: str):
    """One wrong value after another, five seconds each: what is no limit allows nothing, and nothing wraps."""
    cases = [(name, value) for name in LIMITS for value in (*NO_NUMBERS, 1e9)]

    def source(now_s: float) -> RackSample:
        place = int((now_s - STOP_S) // 5.0)
        return reading(now_s, **dict([cases[place]])) if 0 <= place < len(cases) else reading(now_s)

    wire = new_wire(dialect, source)
    wire.run(STOP_S)
    for name, value in cases:
        wire.run(5.0)
        last = wire.said[-1]
        assert wire.breaches == []
        assert wire.silence_s() < 2.0
        if value in NO_NUMBERS and name != "discharge_voltage_limit_v":
            assert (last.discharge_a if name.startswith("discharge") else last.charge_a) == 0.0


@EACH
def test_after_a_gap_everything_begins_at_zero(dialect: str):
    def source(now_s: float) -> RackSample | None:
        return None if 40.0 <= now_s < 100.0 else reading(now_s)

    wire = new_wire(dialect, source)
    wire.run(150.0)
    assert wire.breaches == []
    anew = [said for said in wire.said if said.at_s >= 100.0]
    assert (anew[0].charge_a, anew[0].discharge_a) == (0.0, 0.0)
    assert anew[-1].charge_a == pytest.approx(100.0, abs=0.1)


@pytest.mark.req("REQ-181")
@EACH
def test_the_bms_sets_the_inverters_limits_again_and_again(dialect: str):
    """Charge voltage, both currents and, where the dialect has it, the voltage at which discharging ends."""
    wire = new_wire(dialect)
    wire.run(40.0)
    limits = wire.inverter.wire.view.limits
    assert limits is not None
    assert limits.charge_voltage_limit_v == pytest.approx(56.0, abs=1.0)
    assert limits.charge_current_limit_a
    assert limits.discharge_current_limit_a
    assert (limits.discharge_voltage_limit_v is None) is (dialect in WITHOUT_DISCHARGE_VOLTAGE)
    steady = [said.at_s for said in wire.said if said.at_s > 20.0]
    assert max(later - earlier for earlier, later in pairwise(steady)) <= 1.0
    assert 40.0 - steady[-1] <= 1.0


@EACH
def test_before_the_first_reading_nothing_is_said(dialect: str):
    wire = new_wire(dialect, lambda _: None)
    wire.run(60.0)
    assert wire.sent == []


@EACH
def test_the_inverter_that_cuts_off_and_the_one_that_keeps_its_last_values_both_stop(dialect: str):
    for quirk in (Quirk.CUTS_OFF, Quirk.KEEPS_LAST):
        wire = new_wire(dialect, frozen_at(STOP_S), quirk)
        wire.run(STOP_S)
        assert wire.inverter.demand(500.0, 52.0).current_a > 90.0
        wire.run(60.0)
        assert wire.inverter.demand(500.0, 52.0).current_a == 0.0
        assert wire.inverter.demand(-500.0, 52.0).current_a == 0.0
        assert wire.inverter.lost is (quirk is Quirk.CUTS_OFF)
