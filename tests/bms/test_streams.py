"""Random streams of measurements, parameters, restarts and button presses: what must hold in every step of them all."""

from __future__ import annotations

import math
import random
from dataclasses import dataclass, field, replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.bms.cases import Case, alone, overload
from tests.bms.printed import PRINTED
from tests.bms.streams import LARGE, PRODUCTS, Stream, World

from openress.bms.decision import Decision
from openress.bms.limits import RISE_PER_S
from openress.bms.measure import Measurement, Signal, signals
from openress.bms.protect import ChangeKind
from openress.bms.rows import LOCK_COUNT, ROWS, Path, Row, Side, Way
from openress.errors import ParameterError
from openress.model import BLOCKS_CHARGE, BLOCKS_DISCHARGE, Condition, Notice, PackState
from openress.params import PARAMETERS, ParameterSet
from openress.products import Product

ROW = {row.condition: row for row in ROWS}
RESTING = (PackState.OFF, PackState.DORMANT)


@dataclass
class Invariants:
    """A check for `Stream`: looks at each step, and collects what was reached.

    Attributes:
        stream: the one it watches, for its parameters of the moment.
        released: (condition, path bit) pairs.
    """

    product: Product
    values: ParameterSet
    tripped: set[Condition] = field(default_factory=set)
    released: set[tuple[Condition, int]] = field(default_factory=set)
    locked: bool = False
    standing: set[Condition] = field(default_factory=set)
    before: Decision | None = None
    steps: int = 0

    def __call__(self, now: Measurement, decision: Decision) -> None:
        self.steps += 1
        self._limits(decision)
        self._switches(decision)
        self._changes(decision)
        if decision.state not in RESTING:
            self._thresholds(now, decision)
        self.before = decision

    def _limits(self, decision: Decision) -> None:
        limits, product = decision.limits, self.product
        charge_a, discharge_a = limits.charge_current_limit_a, limits.discharge_current_limit_a
        cvl, dvl = limits.charge_voltage_limit_v, limits.discharge_voltage_limit_v
        assert charge_a is not None
        assert discharge_a is not None
        assert cvl is not None
        assert dvl is not None
        assert all(math.isfinite(value) for value in (charge_a, discharge_a, cvl, dvl))
        assert 0.0 <= charge_a <= min(product.charge_current_a or 0.0, product.charge_current_max_a or 0.0)
        assert 0.0 <= discharge_a <= (product.discharge_current_max_a or 0.0)
        assert dvl <= cvl <= 3.5 * product.cells_in_series
        assert charge_a == 0.0 or limits.charge_enabled
        assert discharge_a == 0.0 or limits.discharge_enabled
        assert limits.charge_reason is not None
        assert limits.discharge_reason is not None
        if self.before is not None:
            dt_s = decision.at_s - self.before.at_s
            then = self.before.limits
            rated_a = product.charge_current_a or 0.0
            assert charge_a <= (then.charge_current_limit_a or 0.0) + RISE_PER_S * rated_a * dt_s + 1e-6
            rated_a = product.discharge_current_max_a or 0.0
            assert discharge_a <= (then.discharge_current_limit_a or 0.0) + RISE_PER_S * rated_a * dt_s + 1e-6

    def _switches(self, decision: Decision) -> None:
        switches = decision.switches
        if decision.state in RESTING or decision.faults:
            assert (switches.charge, switches.discharge, switches.precharge) == (False, False, False)
        if decision.protections & BLOCKS_CHARGE:
            assert switches.charge is False
            assert decision.limits.charge_current_limit_a == 0.0
        if decision.protections & BLOCKS_DISCHARGE:
            assert switches.discharge is False
            assert decision.limits.discharge_current_limit_a == 0.0
        assert not (switches.precharge and switches.discharge)
        if Notice.LOCKED in decision.notices:
            assert switches.discharge is False
        if decision.balancing.count(True):
            assert not decision.faults
            assert decision.state not in RESTING

    def _changes(self, decision: Decision) -> None:
        for change in decision.changes:
            row = ROW[change.condition]
            if change.kind is ChangeKind.TRIP:
                assert change.condition not in self.standing
                self.standing.add(change.condition)
                self.tripped.add(change.condition)
            elif change.kind is ChangeKind.RELEASE:
                assert change.condition in self.standing
                assert change.path
                assert change.path & row.paths == change.path
                self.standing.discard(change.condition)
                self.released |= {(change.condition, bit) for bit in BITS if change.path & bit}
            elif change.kind is ChangeKind.LOCK:
                assert row.locks
                self.locked = True
        assert decision.protections == self.standing

    def _thresholds(self, now: Measurement, decision: Decision) -> None:
        found = signals(now, decision.charge.soc_pct)
        for row in ROWS:
            value = found[row.signal]
            if row.trip is None or value is None:
                continue
            limit = self.values[row.trip]
            if (value >= limit) if row.side is Side.ABOVE else (value <= limit):
                assert decision.limits.charge_current_limit_a == 0.0 or not row.opens & Way.CHARGE
                assert decision.limits.discharge_current_limit_a == 0.0 or not row.opens & Way.DISCHARGE


BITS = (Path.VALUE, Path.DISCHARGING, Path.CHARGING, Path.CHARGER, Path.LOAD_REMOVED, Path.MINUTE)


class Run:
    """A watched stream that things happen to."""

    def __init__(self, product: Product) -> None:
        self.values = ParameterSet.defaults(product)
        self.check = Invariants(product, self.values)
        self.stream = Stream(product, self.values, checks=(self.check,))
        self.stream.hold(5.0)

    def restart(self) -> None:
        """The software starts again with what it kept; the clock goes on."""
        old = self.stream
        self.stream = Stream(
            old.product, self.values, memory=old.bms.memory(), checks=(self.check,), start_ms=old.now_ms
        )
        self.stream.world = old.world
        # A BMS that starts tells its limits at once; see the startup rule of the rack above it.
        self.check.before = None

    def change(self, key: str, value: float) -> None:
        """A parameter is written, if it is acceptable."""
        try:
            self.values = self.values.with_values({key: value})
        except ParameterError:
            return
        self.check.values = self.values
        self.stream.bms.set_values(self.values)
        self.stream.step()

    def press(self) -> None:
        self.stream.bms.press_button(self.stream.now_s)
        self.stream.step()

    def calm(self) -> None:
        """Everything is well, long enough for everything to let go that time alone can make let go."""
        self.stream.world = World(charger=None)
        if self.stream.step().state in RESTING:
            self.press()
        self.stream.hold(2.0, 500, current_a=2.0)
        self.stream.hold(2.0, 500, current_a=-2.0)
        self.stream.hold(64.0, 2000, current_a=0.0)


near = st.sampled_from([-1.0, -0.1, 0.0, 0.1, 1.0])
seconds = st.sampled_from([0.0, 0.25, 1.0, 1.5, 3.0, 8.0, 65.0])


@st.composite
def worlds(draw: st.DrawFn, product: Product) -> dict[str, object]:
    """One or two quantities at or near a threshold that is printed for them, or lost; the rest stays as it was."""
    changes: dict[str, object] = {}
    column = 1 if product.cells_in_series == 16 else 0
    for _ in range(draw(st.integers(1, 2))):
        printed = draw(st.sampled_from(list(PRINTED.values())))
        pairs = [pair for pair in (printed.alarm, printed.trip, printed.release, printed.calm) if pair is not None]
        value = draw(st.sampled_from(pairs))[column] + draw(near)
        match printed.quantity:
            case "charge_a" | "discharge_a":
                sign = 1.0 if printed.quantity == "charge_a" else -1.0
                changes["current_a"] = draw(
                    st.sampled_from([0.0, 0.6, -0.6, 1.1, -1.1, 30.0, -30.0, sign * value, None])
                )
            case "short":
                changes["short"] = draw(st.booleans())
                changes["terminal_v"] = draw(st.sampled_from([0.0, 40.0, 53.0, 60.0, None]))
            case "pack_v":
                changes["cell_mv"] = 1000 * value / product.cells_in_series
            case "soc_pct":
                changes["communication"] = draw(st.booleans())
            case quantity:
                changes[quantity] = draw(st.sampled_from([value, value, value, None]))
    return changes


@st.composite
def parameters(draw: st.DrawFn, product: Product) -> tuple[str, float]:
    row = draw(st.sampled_from(PARAMETERS))
    return row.key, row.default_for(product.cells_in_series) + draw(st.integers(-3, 3)) * row.step


def drive(data: st.DataObject, length: int) -> Run:
    """Let things happen to a new pack."""
    product = data.draw(st.sampled_from(PRODUCTS))
    run = Run(product)
    for _ in range(length):
        match data.draw(st.sampled_from(["world"] * 6 + ["press", "restart", "parameter", "hand", "calm", "sleep"])):
            case "world":
                world = data.draw(worlds(product))
                run.stream.hold(data.draw(seconds), data.draw(st.sampled_from([250, 1000])), **world)
            case "press":
                run.press()
            case "restart":
                run.restart()
                run.stream.step()
            case "parameter":
                run.change(*data.draw(parameters(product)))
            case "hand":
                run.stream.bms.switch(data.draw(st.sampled_from([1, 2, 3])), on=data.draw(st.booleans()))
                run.stream.bms.limit_charge(on=data.draw(st.booleans()))
                run.stream.step()
            case "sleep":
                run.stream.hold(90_000.0, 30_000_000)
            case _:
                run.calm()
    return run


@pytest.mark.req("REQ-005", "REQ-072")
@settings(max_examples=60, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_whatever_happens_limits_and_switches_follow_the_protections(data: st.DataObject) -> None:
    drive(data, 12)


@pytest.mark.soak
@settings(max_examples=1000, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_whatever_happens_for_long(data: st.DataObject) -> None:
    drive(data, 60)


NAMED = {
    Path.DISCHARGING: "discharging",
    Path.CHARGING: "charging",
    Path.CHARGER: "charger",
    Path.LOAD_REMOVED: "load_removed",
    Path.MINUTE: "minute",
}


def reach(run: Run, row: Row, path: int) -> None:
    """Trip one row and release it by one path."""
    case = Case(run.stream.product, row, run.stream)
    case.trip()
    if path == Path.VALUE:
        run.stream.hold(3.0, **case.put(case.value("release")))
    else:
        alone(case, NAMED[path])
    assert row.condition not in run.stream.last.protections
    run.calm()


@pytest.mark.req("REQ-045", "REQ-049")
@pytest.mark.parametrize("product", PRODUCTS, ids=["15S", "16S"])
@pytest.mark.parametrize("seed", range(2))
def test_one_stream_reaches_every_protection_every_release_and_the_lock(product: Product, seed: int) -> None:
    goals = [(row, bit) for row in ROWS for bit in BITS if row.paths & bit]
    dice = random.Random(seed)
    dice.shuffle(goals)
    run = Run(product)
    for row, bit in goals:
        reach(run, row, bit)
    locks = Case(product, dice.choice([row for row in ROWS if row.locks]), run.stream)
    for _ in range(LOCK_COUNT):
        overload(locks, -locks.value("trip"))
        run.stream.hold(60.0, 5000)
    assert run.check.released == {(row.condition, bit) for row, bit in goals}
    assert run.check.tripped == {row.condition for row in ROWS if row.paths}
    assert run.check.locked
    run.stream.hold(1.0, current_a=1.1)
    assert not run.stream.last.protections
    assert run.check.steps > 1000


def test_the_same_stream_gives_the_same_decisions() -> None:
    def told() -> list[Decision]:
        run = Run(LARGE)
        for row in ROWS[:5]:
            case = Case(LARGE, row, run.stream)
            case.trip()
            run.calm()
        return run.stream.decisions

    assert told() == told()


def test_the_check_notices_a_limit_that_is_too_high() -> None:
    run = Run(LARGE)
    decision = run.stream.step()
    now = run.stream.world.measured(16, 0)
    bad = replace(decision, limits=replace(decision.limits, charge_current_limit_a=111.0))
    with pytest.raises(AssertionError):
        run.check(now, bad)
    with pytest.raises(AssertionError):
        run.check(replace(now, pack_voltage_v=57.6), decision)
    assert signals(now, None)[Signal.PACK_V] == now.pack_voltage_v
