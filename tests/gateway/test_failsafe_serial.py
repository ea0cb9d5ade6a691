"""Each manner of asking on RS485 when the source is frozen, killed or slowed: every answer against its table."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from tests.gateway.bench import reading
from tests.gateway.line485 import Line485
from tests.gateway.wire import MEASURED, frozen_at, killed_at, slowed_from
from tests.protocols.seriallines import MANNERS

from openress.checker import Breach
from openress.checker.spoken import Bounds, Spoken, Times
from openress.checker.wire import WireChecker
from openress.gateway.voice import Exchange
from openress.inverters import ChargeStop, FailSafe, Stage
from openress.inverters.table import ASKED_IN_ONE
from openress.model import RackSample, fresh_for
from openress.protocols import find_dialect
from openress.protocols.base import Direction

STOP_S = 40.0
GAP_S = 15.0
LIMITED = [pair for pair in MANNERS if pair[0] != "pace-modbus" and pair[1] not in ("anenji", "stack-master")]
"""Those whose questions ask for limits at all."""
TABLES = {
    "usual": FailSafe(),
    "to pack voltage": FailSafe(charge_stop=ChargeStop.TO_PACK_VOLTAGE, silent_after_s=60.0),
    "soon": FailSafe(silent_after_s=20.0, ramp_s=0.0),
}


class Judged:
    """A line whose answers are read by themselves and judged one by one."""

    def __init__(
        self, dialect: str, manner: str, source: Callable[[float], RackSample | None], table: FailSafe | None = None
    ) -> None:
        self.line = Line485(dialect, manner, fail_safe=table or FailSafe())
        self.table = self.line.setup.fail_safe
        self.fresh_s = fresh_for(None)
        times = Times(
            self.fresh_s, self.table.zero_s(self.fresh_s), self.table.silent_s(self.fresh_s), self.table.rise_s
        )
        self.checker = WireChecker(times, Bounds(58.4, 100.0, 200.0), full_a=200.0)
        self.measured = WireChecker(times)
        self._in_one = dialect in ASKED_IN_ONE
        self.said: list[Spoken] = []
        self.breaches: list[Breach] = []
        self.answers: list[float] = []
        make = find_dialect(dialect).parts().decoder
        assert make is not None
        self._decoder = make()
        self.line.source = source
        self.line.on_read = self._given
        self.line.on_answer = self._judge

    def _given(self, rack: RackSample, now_s: float) -> None:
        self.checker.given(rack, now_s)
        self.measured.given(rack, now_s)

    def _judge(self, exchange: Exchange, now_s: float) -> None:
        if not self.answers or now_s - self.answers[-1] > GAP_S:
            # Limits rise from the first answer on, whatever was asked: what is heard of them later has risen since.
            self.breaches += self.checker.spoken(Spoken(now_s, None, 0.0, 0.0))
        self.answers.append(now_s)
        self._decoder.read(exchange.question, Direction.TO_BATTERY)
        reading_ = self._decoder.read(exchange.answer, Direction.FROM_BATTERY)
        values = reading_.values
        if reading_.kind == "refusal":
            if self._in_one:
                # It offers nothing.
                self.breaches += self.checker.spoken(Spoken(now_s, None, 0.0, 0.0))
            return
        measured = any(values.get(key) is not None for key in MEASURED)
        keys = ("charge_voltage_limit_v", "charge_current_limit_a", "discharge_current_limit_a")
        told = [values.get(key) for key in keys]
        volts, charge_a, discharge_a = (value if isinstance(value, int | float) else None for value in told)
        forced = bool(values.get("charge_immediately") or values.get("force_charge"))
        said = Spoken(now_s, volts, charge_a, discharge_a, None, measured=measured, forced=forced)
        if charge_a is not None:
            self.breaches += self.checker.spoken(said)
            self.said.append(said)
        else:
            self.breaches += self.measured.spoken(Spoken(now_s, None, 0.0, 0.0, measured=measured))


@pytest.mark.parametrize(("dialect", "manner"), LIMITED)
@pytest.mark.parametrize("table", TABLES.values(), ids=TABLES)
def test_f12_frozen_source(dialect: str, manner: str, table: FailSafe) -> None:
    it = Judged(dialect, manner, frozen_at(STOP_S), table)
    it.line.run(STOP_S + 90.0)
    assert it.breaches == []
    last = [said for said in it.said if said.at_s <= STOP_S][-1]
    assert last.charge_a == pytest.approx(100.0)
    late = [said for said in it.said if said.at_s - STOP_S > it.fresh_s + 1.0]
    if dialect in ASKED_IN_ONE:
        assert late == []
    else:
        stages = {table.stage(said.at_s - STOP_S, it.fresh_s) for said in late}
        assert Stage.STOPPED in stages
        assert Stage.SILENT not in stages
        assert (late[-1].charge_a, late[-1].discharge_a) == (0.0, 0.0)
    # It goes on answering until the table says silence, refusing what it does not know; then not at all.
    assert table.silent_s(it.fresh_s) - 8.0 < it.answers[-1] - STOP_S <= table.silent_s(it.fresh_s) + 0.1


@pytest.mark.parametrize(("dialect", "manner"), LIMITED)
def test_f12_killed_and_slowed_source(dialect: str, manner: str) -> None:
    for source in (killed_at(STOP_S), slowed_from(STOP_S, 25.0)):
        it = Judged(dialect, manner, source)
        it.line.run(STOP_S + 70.0)
        assert it.said
        assert it.breaches == []


def test_a_gateway_that_never_had_a_reading_never_answers() -> None:
    it = Judged("growatt-485", "spf", lambda _: None)
    it.line.run(30.0)
    assert it.line.asked
    assert it.answers == []


def test_the_judge_notices_an_old_value() -> None:
    """The judge itself: an answer with a state of charge from old data is a breach."""
    it = Judged("growatt-485", "spf", frozen_at(5.0))
    it.line.run(10.0)
    (exchange,) = (frame for frame in it.line.session.report(10.0).frames if isinstance(frame, Exchange))
    assert it.breaches == []
    it._judge(exchange, 60.0)
    assert "S11" in {breach.invariant for breach in it.breaches}
    assert reading(0.0).limits is not None
