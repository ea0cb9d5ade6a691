"""Guards one by one: exact edges, what releases them, what they forbid."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.bms.streams import LARGE, PRODUCTS, SMALL, Stream, remembering

from openress.bms.judge import ALARM, CALM, RELEASE, TRIP, judge, thresholds
from openress.bms.measure import Signal, Signals
from openress.bms.protect import Change, ChangeKind, Guard, Protections
from openress.bms.rows import ROWS, Path, Row, Way
from openress.model import Condition
from openress.params import ParameterSet

C = Condition
ROW = {row.condition: row for row in ROWS}
VALUES = ParameterSet.defaults(LARGE)
OVERLOAD_2 = Condition.DISCHARGE_OVER_CURRENT_2


def found(signal: Signal, value: float | None) -> Signals:
    signals: Signals = [None] * len(Signal)
    signals[signal] = value
    return signals


class One:
    """One guard alone, with the signal that it watches."""

    def __init__(self, condition: Condition) -> None:
        self.row = ROW[condition]
        self.guard = Guard(self.row, VALUES, 16)

    def see(
        self, value: float | None, now_s: float, present: int = Path.NONE, way: int = Way.BOTH, *, locked: bool = False
    ) -> list[tuple[ChangeKind, int]]:
        changes = self.guard.step(found(self.row.signal, value), now_s, present, way, locked=locked)
        return [(change.kind, change.path) for change in changes]


def test_a_short_circuit_trips_whatever_flows_and_stays_while_the_comparator_reports_it() -> None:
    one = One(C.SHORT_CIRCUIT)
    charger = Path.CHARGING | Path.CHARGER
    assert one.see(1.0, 0.0, charger) == [(ChangeKind.TRIP, Path.NONE)]
    assert one.see(1.0, 1.0, charger) == []
    assert one.see(0.0, 2.0) == []
    assert [kind for kind, _ in one.see(0.0, 3.0, charger)] == [ChangeKind.RELEASE]


def test_a_charger_detector_does_not_suspend_under_voltage_while_the_pack_delivers() -> None:
    drained = Stream().settled()
    drained.hold(10.0, cell_mv=2600, current_a=-20.0, charger=True)
    assert C.PACK_UNDER_VOLTAGE in drained.last.protections
    assert not drained.last.switches.discharge


@pytest.mark.req("REQ-020", "REQ-021", "REQ-023", "REQ-073")
def test_a_value_is_judged_on_its_bad_side() -> None:
    above = thresholds(ROW[C.CELL_OVER_VOLTAGE], VALUES, 16)
    for mv, verdict in (
        (3380, CALM | RELEASE),
        (3381, CALM),
        (3480, CALM),
        (3481, 0),
        (3500, 0),
        (3501, ALARM),
        (3649, ALARM),
        (3650, ALARM | TRIP),
        (4000, ALARM | TRIP),
    ):
        assert judge(above, mv) == verdict, mv
    below = thresholds(ROW[C.CELL_UNDER_VOLTAGE], VALUES, 16)
    for mv, verdict in (
        (2900, CALM | RELEASE),
        (2899, CALM),
        (2820, CALM),
        (2819, 0),
        (2800, 0),
        (2799, ALARM),
        (2501, ALARM),
        (2500, ALARM | TRIP),
    ):
        assert judge(below, mv) == verdict, mv


def test_limits_that_a_row_does_not_have_are_never_reached() -> None:
    second = thresholds(ROW[OVERLOAD_2], VALUES, 16)
    assert (judge(second, 149.9), judge(second, 150.0)) == (CALM, CALM | TRIP)
    short = thresholds(ROW[C.SHORT_CIRCUIT], VALUES, 16)
    assert (judge(short, 0.0), judge(short, 0.4), judge(short, 1.0)) == (CALM, CALM, CALM | TRIP)
    assert short.delay_s == 0.0
    low = thresholds(ROW[C.SOC_LOW], VALUES, 16)
    assert (judge(low, 7.0), judge(low, 5.0), judge(low, 4.9), judge(low, 0.0)) == (CALM, 0, ALARM, ALARM)
    assert judge(thresholds(ROW[C.CHARGE_OVER_CURRENT], VALUES, 16), 0.0) == CALM


@pytest.mark.parametrize("product", PRODUCTS, ids=["15S", "16S"])
def test_hysteresis_of_the_pack_grows_with_its_cells(product: object) -> None:
    cells = 15 if product is SMALL else 16
    values = ParameterSet.defaults(SMALL if product is SMALL else LARGE)
    for condition, sign in ((C.PACK_OVER_VOLTAGE, 1), (C.PACK_UNDER_VOLTAGE, -1)):
        limits = thresholds(ROW[condition], values, cells)
        assert limits.alarm - limits.calm == pytest.approx(0.02 * cells)
        assert limits.sign == sign
    cell = thresholds(ROW[C.CELL_OVER_VOLTAGE], values, cells)
    assert cell.alarm - cell.calm == 20
    assert cell.delay_s == 1.0
    assert thresholds(ROW[C.MOS_OVER_TEMPERATURE], values, cells).delay_s == 2.0


@pytest.mark.req("REQ-022")
def test_the_delay_runs_without_a_break() -> None:
    one = One(C.CELL_OVER_VOLTAGE)
    assert one.see(3700, 10.0) == [(ChangeKind.ALARM, 0)]
    assert one.see(3700, 10.75) == []
    assert one.see(3649, 10.8) == []
    assert one.see(3650, 11.0) == []
    assert one.see(3650, 11.999) == []
    assert one.see(3650, 12.0) == [(ChangeKind.TRIP, 0)]
    assert one.guard.tripped
    assert one.guard.tripped_s == 12.0


@pytest.mark.req("REQ-022")
def test_the_delay_begins_again_after_the_signal_was_calm_or_lost() -> None:
    for gap in (3300, None):
        one = One(C.CELL_OVER_VOLTAGE)
        one.see(3700, 0.0)
        one.see(gap, 0.5)
        assert one.see(3700, 1.0) == ([(ChangeKind.ALARM, 0)] if gap else [])
        assert one.see(3700, 1.75) == []
        assert one.see(3700, 2.0) == [(ChangeKind.TRIP, 0)]


@pytest.mark.req("REQ-052")
def test_a_row_without_alarm_forgets_a_peak_as_well() -> None:
    one = One(OVERLOAD_2)
    assert one.see(160, 0.0) == []
    assert one.see(0, 0.05) == []
    assert one.see(160, 0.1) == []
    assert one.see(160, 0.2) == [(ChangeKind.TRIP, 0)]


@pytest.mark.parametrize(
    ("condition", "value", "present"),
    [
        (C.CELL_UNDER_VOLTAGE, 2400.0, Path.CHARGER),
        (C.CHARGE_OVER_CURRENT, 120.0, Path.DISCHARGING),
        (C.DISCHARGE_OVER_CURRENT, 130.0, Path.CHARGING),
    ],
)
def test_each_releasing_circumstance_stops_the_delay_of_its_rows(
    condition: Condition, value: float, present: int
) -> None:
    one = One(condition)
    for at in range(5):
        one.see(value, float(at), present)
        assert not one.guard.tripped
    one.see(value, 5.0, Path.LOAD_REMOVED)
    one.see(value, 6.0, Path.LOAD_REMOVED)
    assert one.guard.tripped


@pytest.mark.req("REQ-064")
def test_an_alarm_of_a_direction_needs_that_direction() -> None:
    one = One(C.CHARGE_UNDER_TEMPERATURE)
    assert one.see(-1.0, 0.0, way=Way.DISCHARGE) == []
    assert one.see(-1.0, 1.0, way=Way.CHARGE) == [(ChangeKind.ALARM, 0)]
    assert one.see(-1.0, 2.0, way=Way.BOTH) == []
    assert one.see(-1.0, 3.0, way=Way.DISCHARGE) == [(ChangeKind.ALARM_END, 0)]


def test_a_new_guard_and_new_protections_hold_nothing() -> None:
    one = One(C.CELL_OVER_VOLTAGE)
    assert (one.guard.tripped, one.guard.tripped_s, one.guard.alarm, one.guard.beyond) == (False, 0.0, False, False)
    fresh = Protections(VALUES, 16)
    assert (fresh.count, fresh.locked, fresh.opened) == (0, False, Way.NONE)
    signals: Signals = [3300, 3300, 52.8, 0.0, 0.0, 0.0, 30.0, 25.0, 25.0, 25.0, 50.0]
    assert fresh.step(signals, 5.0, Path.NONE, Way.BOTH) == []
    assert (fresh.alarms, fresh.protections) == (frozenset(), frozenset())


def test_protections_take_new_limits() -> None:
    protections = Protections(VALUES, 16)
    signals: Signals = [3490, 3300, 52.8, 0.0, 0.0, 0.0, 30.0, 25.0, 25.0, 25.0, 50.0]
    assert protections.step(signals, 0.0, Path.NONE, Way.BOTH) == []
    protections.set_limits(VALUES.with_values({"cell_ov_alarm_mv": 3480}))
    protections.step(signals, 1.0, Path.NONE, Way.BOTH)
    assert protections.alarms == {C.CELL_OVER_VOLTAGE}
    assert protections.protections == frozenset()


@pytest.mark.req("REQ-049")
def test_trips_are_forgiven_at_ten_minutes_sharp() -> None:
    protections = Protections(VALUES, 16)
    over: Signals = [3300, 3300, 52.8, 0.0, 160.0, 0.0, 30.0, 25.0, 25.0, 25.0, 50.0]
    calm: Signals = [3300, 3300, 52.8, 0.0, 0.0, 0.0, 30.0, 25.0, 25.0, 25.0, 50.0]
    protections.step(over, 0.0, Path.NONE, Way.DISCHARGE)
    protections.step(over, 1.0, Path.NONE, Way.DISCHARGE)
    assert protections.count == 1
    protections.step(calm, 600.9, Path.NONE, Way.BOTH)
    assert protections.count == 1
    protections.step(calm, 601.0, Path.NONE, Way.BOTH)
    assert protections.count == 0


@pytest.mark.req("REQ-072")
def test_a_lost_signal_holds_what_stands() -> None:
    one = One(C.CELL_OVER_VOLTAGE)
    one.see(3700, 0.0)
    one.see(3700, 1.0)
    assert one.see(None, 2.0, Path.DISCHARGING) == []
    assert (one.guard.tripped, one.guard.alarm, one.guard.beyond) == (True, True, True)
    assert one.see(3380, 3.0) == [(ChangeKind.ALARM_END, 0), (ChangeKind.RELEASE, Path.VALUE)]
    assert not one.guard.beyond


@pytest.mark.req("REQ-024")
def test_the_delay_does_not_run_while_a_releasing_current_flows() -> None:
    one = One(C.CELL_OVER_VOLTAGE)
    for at in range(10):
        one.see(3700, float(at), Path.DISCHARGING, Way.DISCHARGE)
        assert not one.guard.tripped
    one.see(3700, 10.0)
    one.see(3700, 10.75, Path.CHARGING)
    assert one.see(3700, 11.0, Path.CHARGER | Path.CHARGING | Path.LOAD_REMOVED | Path.MINUTE) == [(ChangeKind.TRIP, 0)]


def test_after_a_release_the_delay_begins_at_nothing() -> None:
    one = One(C.CELL_OVER_VOLTAGE)
    one.see(3700, 0.0)
    one.see(3700, 1.0)
    assert one.see(3700, 2.0, Path.DISCHARGING, Way.DISCHARGE) == [(ChangeKind.RELEASE, Path.DISCHARGING)]
    assert one.see(3700, 2.5) == []
    assert one.see(3700, 3.4) == []
    assert one.see(3700, 3.5) == [(ChangeKind.TRIP, 0)]


@pytest.mark.req("REQ-043", "REQ-048", "REQ-049")
def test_a_minute_releases_unless_locked() -> None:
    one = One(C.DISCHARGE_OVER_CURRENT)
    one.see(130, 5.0)
    assert one.see(130, 6.0) == [(ChangeKind.TRIP, 0)]
    assert one.see(0, 65.99, locked=False) == [(ChangeKind.ALARM_END, 0)]
    assert one.see(0, 66.0, locked=True) == []
    assert one.see(0, 66.0, locked=False) == [(ChangeKind.RELEASE, Path.MINUTE)]
    voltage = One(C.CELL_OVER_VOLTAGE)
    voltage.see(3700, 0.0)
    voltage.see(3700, 1.0)
    assert voltage.see(3390, 1000.0) == [(ChangeKind.ALARM_END, 0)]
    assert voltage.guard.tripped


def test_a_change_says_what_when_and_why() -> None:
    guard = Guard(ROW[C.CELL_UNDER_VOLTAGE], VALUES, 16)
    guard.step(found(Signal.CELL_MIN_MV, 2400), 0.0, 0, Way.BOTH, locked=False)
    (trip,) = guard.step(found(Signal.CELL_MIN_MV, 2410), 1.0, 0, Way.BOTH, locked=False)
    assert trip == Change(ChangeKind.TRIP, C.CELL_UNDER_VOLTAGE, 1.0, 2410)
    (release,) = guard.step(found(Signal.CELL_MIN_MV, 2420), 1.5, Path.CHARGER, Way.CHARGE, locked=False)
    assert release == Change(ChangeKind.RELEASE, C.CELL_UNDER_VOLTAGE, 1.5, 2420, Path.CHARGER)


def test_new_limits_hold_for_what_stands() -> None:
    one = One(C.CELL_OVER_VOLTAGE)
    one.see(3490, 0.0)
    assert not one.guard.alarm
    one.guard.set_limits(VALUES.with_values({"cell_ov_alarm_mv": 3480}), 16)
    assert one.see(3490, 1.0) == [(ChangeKind.ALARM, 0)]
    one.guard.set_limits(VALUES, 16)
    assert one.see(3485, 2.0) == []
    assert one.see(3480, 3.0) == [(ChangeKind.ALARM_END, 0)]


def test_paths_have_names_to_print() -> None:
    assert Path.names(Path.VALUE | Path.LOAD_REMOVED) == ("value", "load removed")
    assert Path.names(Path.NONE) == ()
    assert Path.names(63) == ("value", "discharging", "charging", "charger", "load removed", "minute")


def test_forbidden_is_what_is_tripped_or_at_its_limit() -> None:
    stream = Stream().settled()
    decision = stream.step(highest_mv=3650, current_a=5.0)
    assert not decision.protections
    assert decision.switches.charge is True
    assert decision.limits.charge_current_limit_a == 0.0
    assert decision.limits.charge_enabled is False
    assert decision.limits.discharge_current_limit_a != 0.0
    # A spike trips nothing, and holds the limit until the release value.
    assert stream.step(highest_mv=3381).limits.charge_enabled is False
    assert stream.step(highest_mv=3380).limits.charge_enabled is True
    assert Protections(VALUES, 16).forbidden == Way.NONE


@pytest.mark.req("REQ-073")
def test_a_trembling_cell_rings_once() -> None:
    stream = Stream().settled()
    for tick in range(200):
        stream.step(highest_mv=3505 if tick % 2 else 3495)
    assert [c.kind for c in stream.changes if c.condition is C.CELL_OVER_VOLTAGE] == [ChangeKind.ALARM]


def test_a_low_state_of_charge_warns_and_opens_nothing() -> None:
    # The cells stand as low as the count says, or it would not be believed for long.
    low_mv = 2950
    memory = remembering(LARGE, 5.0)
    stream = Stream(memory=replace(memory, charge=replace(memory.charge, anchored=True)))
    stream.hold(5.0, cell_mv=low_mv)
    assert C.SOC_LOW not in stream.last.alarms
    assert stream.last.switches.dry_contact_2 is False
    stream.hold(20.0, 1000, current_a=-50.0, cell_mv=low_mv)
    assert C.SOC_LOW in stream.last.alarms
    assert stream.last.switches.dry_contact_2 is True
    assert stream.last.switches.discharge is True
    stream.hold(3600.0 * 1.9 / 40, 10_000, current_a=40.0, cell_mv=low_mv)
    assert C.SOC_LOW in stream.last.alarms
    stream.hold(3600.0 * 1.5 / 40, 10_000, current_a=40.0, cell_mv=3200)
    assert C.SOC_LOW not in stream.last.alarms


def test_every_row_cites_what_asks_for_it() -> None:
    row: Row
    for row in ROWS:
        assert row.requirement.startswith("REQ-")
