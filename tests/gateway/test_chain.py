"""Rack, gateway, wire, inverter and plant together: what flows rests on nothing but frames."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.gateway.wire import PROFILES, TICK_S, Wire, inverter_for, new_wire, setup_for

from openress.catalog import load_product
from openress.gateway.caps import Caps
from openress.gateway.hold import State
from openress.gateway.setup import PackMaxima
from openress.gateway.supervise import Habits, Line, Trouble
from openress.model import RackSample
from openress.params import ParameterSet
from openress.sim.inverter import Behaviour, Quirk
from openress.sim.loads import ProfileLoad
from openress.sim.pack import PackBuild
from openress.sim.virtual import VirtualRack

PRODUCT = load_product("syscom-a5l-51v2")
EACH = pytest.mark.parametrize("dialect", PROFILES)


class Bench:
    """Two packs of 100 Ah behind an inverter on a wire; `wants` are pairs of time and current."""

    def __init__(
        self,
        dialect: str,
        *quirks: Quirk,
        wants: tuple[tuple[float, float], ...] = ((0.0, 60.0),),
        packs: int = 2,
        soc_pct: float = 50.0,
        caps: Caps | None = None,
        habits: Habits | None = None,
        behaviour: Behaviour | None = None,
    ) -> None:
        times = tuple(at_s for at_s, _ in wants)
        load = ProfileLoad((*times, 1e9), (*(value for _, value in wants), 0.0))
        self.rack = VirtualRack(
            PRODUCT,
            ParameterSet.defaults(PRODUCT),
            [PackBuild(initial_soc_pct=soc_pct) for _ in range(packs)],
            load=load,
            seed=1,
        )
        self.rack.inverter = inverter_for(dialect, *quirks, behaviour=behaviour)
        maxima = PackMaxima(None, PRODUCT.charge_current_max_a, PRODUCT.discharge_current_max_a, 16)
        setup = setup_for(dialect, caps=caps, maxima=maxima, expected=packs, habits=habits)
        self.frozen = False
        self.rack.step(TICK_S)
        self.wire = Wire(dialect, self._source, setup, self.rack.inverter)

    def _source(self, now_s: float) -> RackSample | None:
        return None if self.frozen else self.rack.rack(now_s)

    def run(self, seconds: float) -> float:
        """Run on; gives the current that flows at the end."""
        for _ in range(round(seconds / TICK_S)):
            self.rack.step(TICK_S)
            self.wire.step()
        return self.current_a

    @property
    def current_a(self) -> float:
        analog = self.rack.rack(0.0).analog
        assert analog is not None
        assert analog.pack_current_a is not None
        return analog.pack_current_a

    @property
    def alarms(self) -> list[Trouble]:
        return [alarm.trouble for alarm in self.wire.session.report(self.wire.now_s).alarms]


@EACH
def test_start_charge_discharge_hit_a_limit_stop(dialect: str):
    bench = Bench(dialect, wants=((0.0, 60.0), (100.0, -60.0), (150.0, 500.0)))
    assert bench.run(3.0) == pytest.approx(0.0, abs=1.0)
    assert bench.run(90.0) == pytest.approx(60.0, abs=2.0)
    assert bench.run(50.0) == pytest.approx(-60.0, abs=2.0)
    # Two packs at half their capacity per hour.
    assert bench.run(40.0) == pytest.approx(100.0, abs=3.0)
    bench.wire.session.end(bench.wire.now_s)
    assert bench.run(5.0) == pytest.approx(0.0, abs=1.0)
    bench.run(10.0)
    assert bench.wire.silence_s() > 5.0
    assert bench.wire.breaches == []
    assert bench.alarms == []


@EACH
def test_without_a_word_on_the_wire_nothing_flows(dialect: str):
    bench = Bench(dialect)
    bench.frozen = True
    assert bench.run(60.0) == pytest.approx(0.0, abs=1.0)
    assert bench.wire.sent == []


def test_full_packs_stop_the_charge_and_empty_ones_the_discharge():
    bench = Bench("pylontech-can", soc_pct=99.0, wants=((0.0, 60.0), (600.0, -60.0)))
    bench.run(500.0)
    assert bench.current_a < 20.0
    assert bench.run(200.0) == pytest.approx(-60.0, abs=2.0)
    assert bench.wire.breaches == []
    empty = Bench("pylontech-can", soc_pct=0.5, wants=((0.0, -60.0),))
    empty.run(300.0)
    assert empty.current_a > -10.0


def test_f10_inverter_silence():
    """The alarm comes after its time; what is told goes on as before, and nothing is switched."""
    bench = Bench("pylontech-can", Quirk.MUTE, habits=Habits(quiet_for_s=60.0))
    bench.run(70.0)
    assert bench.alarms == [Trouble.INVERTER_SILENT]
    assert bench.current_a == pytest.approx(60.0, abs=2.0)
    assert bench.wire.silence_s() < 2.0
    assert bench.wire.breaches == []
    quiet = Bench("pylontech-can", Quirk.MUTE, habits=Habits(answers=False))
    quiet.run(90.0)
    assert quiet.alarms == []


def test_f10_gaps_of_five_seconds_are_none():
    bench = Bench("pylontech-can", Quirk.GAPS)
    for _ in range(120):
        bench.run(1.0)
        assert bench.alarms == []


def test_f11_inverter_ignores_limits():
    """The alarm comes, no limit rises, and the pack protects itself when its own time has come."""
    bench = Bench("pylontech-can", Quirk.IGNORES_CCL, wants=((0.0, 40.0), (60.0, 150.0)))
    assert bench.run(60.0) == pytest.approx(40.0, abs=2.0)
    bench.run(10.0)
    assert bench.alarms == []
    assert bench.current_a > 110.0
    seen = set()
    for _ in range(40):
        bench.run(1.0)
        seen |= set(bench.alarms)
    assert seen == {Trouble.CHARGE_DISOBEYED}
    assert bench.wire.breaches == []


def test_f11_ignores_the_discharge_limit():
    bench = Bench("victron-can", Quirk.IGNORES_DCL, wants=((0.0, -60.0),), caps=Caps(discharge_current_a=20.0))
    bench.run(60.0)
    assert bench.alarms == [Trouble.DISCHARGE_DISOBEYED]
    assert bench.wire.breaches == []


def test_f11_an_inverter_that_takes_ten_seconds_is_none_that_disobeys():
    bench = Bench("sma-can", Quirk.SLOW, caps=Caps(charge_current_a=50.0), wants=((0.0, 60.0),))
    for _ in range(80):
        bench.run(1.0)
        assert bench.alarms == []
    assert bench.current_a == pytest.approx(50.0, abs=2.0)


def test_f11_by_state_of_charge_alone():
    """It sees 50 % and charges as it likes; the limit it does not look at is told all the same."""
    bench = Bench("pylontech-can", Quirk.SOC_ONLY, wants=((0.0, 60.0),), caps=Caps(charge_current_a=20.0))
    bench.run(60.0)
    assert bench.current_a == pytest.approx(60.0, abs=2.0)
    assert bench.alarms == [Trouble.CHARGE_DISOBEYED]
    assert bench.wire.said[-1].charge_a == 20.0


@EACH
def test_f12_stale_bms_data_stop_the_current(dialect: str):
    bench = Bench(dialect, Quirk.KEEPS_LAST)
    bench.run(60.0)
    assert bench.current_a == pytest.approx(60.0, abs=2.0)
    bench.frozen = True
    bench.run(18.0)
    assert bench.current_a == pytest.approx(0.0, abs=1.0)
    assert bench.alarms == [Trouble.STALE]
    bench.run(30.0)
    assert bench.wire.silence_s() > 10.0
    bench.frozen = False
    assert bench.run(60.0) == pytest.approx(60.0, abs=2.0)
    assert bench.wire.breaches == []


@EACH
def test_f13_two_gateways_on_one_bus(dialect: str):
    """Whoever is there keeps talking; whoever comes second listens first, and stays silent with an alarm."""
    first, second = new_wire(dialect), new_wire(dialect)
    first.run(20.0)
    second.now_s = 20.0
    second.session = _session_from(second, 20.0)
    for _ in range(round(60.0 / TICK_S)):
        first.step()
        for frame in _fresh_frames(first):
            second.session.hear(frame, first.now_s)
        second.step()
        for frame in _fresh_frames(second):
            first.session.hear(frame, second.now_s)
    assert second.sent == []
    assert [alarm.trouble for alarm in second.session.report(80.0).alarms] == [Trouble.RIVAL]
    assert first.session.report(80.0).alarms == ()
    assert first.silence_s() < 2.0
    # The first one leaves: a minute later the second takes over, from 0.
    second.run(90.0)
    assert second.said[0].charge_a == 0.0
    assert second.said[-1].charge_a == pytest.approx(100.0, abs=0.1)
    assert second.breaches == []


def test_f13_a_battery_that_is_plugged_in_while_we_talk_silences_us():
    wire = new_wire("pylontech-can")
    wire.run(30.0)
    assert wire.sent
    frame = next(frame for frame in wire.session.report(30.0).frames if frame.id == 0x351)
    wire.session.hear(frame, wire.now_s)
    wire.run(30.0)
    assert wire.silence_s() >= 30.0
    (alarm,) = wire.session.report(60.0).alarms
    assert (alarm.trouble, alarm.since_s) == (Trouble.RIVAL, pytest.approx(30.0, abs=1.0))


@EACH
def test_f32_bus_off(dialect: str):
    """Nothing is sent on a bus that is off, and afterwards everything begins at 0."""
    wire = new_wire(dialect)
    wire.run(60.0)
    wire.session.line_lost()
    before = len(wire.sent)
    for _ in range(round(20.0 / TICK_S)):
        wire.now_s += TICK_S
        wire.session.see(wire.source(wire.now_s), wire.now_s, 10.0)  # type: ignore[arg-type]
        wire.session.look(Line.BUS_OFF, wire.now_s)
    assert [alarm.trouble for alarm in wire.session.report(wire.now_s).alarms] == [Trouble.BUS_OFF]
    assert len(wire.sent) == before
    wire.run(30.0)
    anew = [said for said in wire.said if said.at_s > 80.0]
    assert (anew[0].charge_a, anew[-1].charge_a) == (0.0, pytest.approx(100.0, abs=0.1))
    assert wire.breaches == []
    assert wire.session.report(wire.now_s).told.state is State.LIVE


def _session_from(wire: Wire, start_s: float) -> object:
    return replace(wire, now_s=start_s).session


def _fresh_frames(wire: Wire) -> list[object]:
    frames = wire.session.report(wire.now_s).frames
    ids = [sent.id for sent in wire.sent if sent.at_s == wire.now_s]
    return [frame for frame in frames if frame.id in ids]
