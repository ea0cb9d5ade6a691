"""Every drill with the checker; and drills of gateways with one defect, which must not pass."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from functools import cache

import pytest
from click.testing import CliRunner

from openress.cli import drill as drill_verb
from openress.cli.main import program
from openress.drill import DRILLS, DrillRun, Row, find_drill, run_drill
from openress.drill.ear import ANSWER
from openress.drill.run import DIALECT
from openress.errors import ParameterError
from openress.gateway import hold as hold_module
from openress.gateway.caps import Caps
from openress.gateway.hold import Hold
from openress.inverters.failsafe import FailSafe, Stage
from openress.protocols import DIALECTS
from openress.protocols.base import Bus

ON_RS485 = [name for name, dialect in DIALECTS.items() if "inverter" in dialect.does and dialect.bus is Bus.SERIAL]
QUICK = [("freeze-data", "growatt-485"), ("freeze-data", "pylontech")] + [
    ("restart-gateway", dialect) for dialect in ("growatt-485", "pylontech")
]


@cache
def run(name: str, dialect: str = DIALECT) -> DrillRun:
    return run_drill(name, dialect=dialect)


def between(found: DrillRun, begin_s: float, end_s: float) -> list[Row]:
    return [row for row in found.rows if begin_s < row.at_s <= end_s]


def acts(name: str) -> list[float]:
    return [act.at_s for act in DRILLS[name].acts]


@pytest.mark.parametrize("name", DRILLS)
def test_every_invariant_holds_in_every_drill(name: str):
    found = run(name)
    assert [str(verdict) for verdict in found.verdicts if not verdict.held] == []
    assert len(found.rows) == DRILLS[name].seconds
    before = between(found, 0.0, acts(name)[0])
    assert before[-1].charge_a is not None
    assert before[-1].charge_a > before[-1].flows_a * 0.9 > 30.0
    said = [event for row in found.rows for event in row.events]
    assert all(act.sentence in said for act in DRILLS[name].acts)


def test_f08_a_pack_that_is_pulled_leaves_the_sum_and_the_total_only_falls():
    found = run("pull-plug")
    pulled, back = acts("pull-plug")
    gone = between(found, pulled + 11, back)
    assert {row.counted for row in gone} == {2}
    charges = [row.charge_a or 0.0 for row in between(found, pulled - 2, back)]
    assert charges == sorted(charges, reverse=True)
    assert (charges[0], charges[-1]) == (150.0, 100.0)
    assert found.rows[-1].counted == 3


def test_f12_frozen_data_fade_within_seconds_and_then_nothing_is_said():
    found = run("freeze-data")
    frozen, thawed = acts("freeze-data")
    states = {row.state: row for row in between(found, frozen, thawed)}
    assert list(states) == ["live", "fading", "stopped", "waiting"]
    assert (states["stopped"].charge_a, states["stopped"].charge_enabled) == (0.0, False)
    assert states["waiting"].frames == 0
    assert not [sent for sent in found.frames if frozen + 30 < sent.at_s < thawed]
    assert found.rows[-1].state == "live"


def test_f05_a_doubled_address_leaves_the_sum():
    found = run("duplicate-address")
    doubled, undoubled = acts("duplicate-address")
    assert {row.counted for row in between(found, doubled + 12, undoubled)} == {2}
    gone = " ".join(event for row in between(found, doubled, doubled + 13) for event in row.events)
    assert "Nothing from address 2 can be understood any more." in gone
    assert "Pack 2 has not been understood for 10 s and may still be on the busbar" in gone
    assert "Answers at address 2 arrive damaged: two packs may have this address." in gone
    assert found.rows[-1].counted == 3


def test_f10_an_inverter_that_comes_back_hears_0_first():
    found = run("drop-inverter")
    off, on = acts("drop-inverter")
    away = between(found, off + 7, on)
    assert {row.frames for row in away} == {0}
    assert all("unacknowledged" in row.alarms for row in away)
    back = [row for row in between(found, on, 1e9) if row.frames]
    assert (back[0].charge_a, back[0].charge_enabled) == (0.0, False)
    assert (back[-1].charge_a or 0.0) > 60.0


def test_f03_damaged_answers_change_no_value():
    found = run("corrupt-frames")
    begun, clean = acts("corrupt-frames")
    assert any("silent" in event for row in between(found, begun, clean) for event in row.events)
    assert {row.charge_voltage_v for row in found.rows if row.frames} == {56.0}
    # Packs that nobody understood are asked less and less often; on a clean line they come back, and limits from 0.
    back = [row for row in between(found, clean, 1e9) if row.frames]
    assert (back[0].charge_a or 0.0) < 60.0
    assert (back[-1].charge_a or 0.0) > 140.0


@pytest.mark.parametrize(("name", "dialect"), QUICK)
def test_every_invariant_holds_on_rs485(name: str, dialect: str):
    found = run(name, dialect)
    assert [str(verdict) for verdict in found.verdicts if not verdict.held] == []
    before = between(found, 0.0, acts(name)[0])
    assert (before[-1].charge_a or 0.0) > before[-1].flows_a * 0.9 > 30.0
    assert {sent.id for sent in found.frames} == {ANSWER}
    assert found.as_json()["frames"][0]["id"] is None


@pytest.mark.soak
@pytest.mark.parametrize("name", DRILLS)
@pytest.mark.parametrize("dialect", ON_RS485)
def test_every_drill_on_every_dialect_of_rs485(name: str, dialect: str):
    found = run(name, dialect)
    assert [str(verdict) for verdict in found.verdicts if not verdict.held] == []
    assert found.rows[-1].state == "live"
    # Some inverters ask a little less often than a row is written.
    assert any(row.frames for row in found.rows[-2:])


def test_f12_on_rs485_old_values_are_refused_and_then_no_question_is_answered():
    frozen, thawed = acts("freeze-data")
    in_parts = between(run("freeze-data", "pylontech"), frozen, thawed)
    stopped = [row for row in in_parts if row.state == "stopped" and row.frames]
    assert {row.charge_a for row in stopped[-5:]} == {0.0}
    in_one = run("freeze-data", "growatt-485")
    stopped = [row for row in between(in_one, frozen, thawed) if row.state == "stopped"]
    assert any(row.frames for row in stopped)
    assert {(row.charge_a, row.charge_enabled) for row in stopped if row.frames} == {(None, None)}
    assert not [sent for sent in in_one.frames if frozen + 30 < sent.at_s < thawed]
    assert in_one.rows[-1].state == "live"


@pytest.mark.parametrize("dialect", ["growatt-485", "pylontech"])
def test_f15_on_rs485_a_restart_costs_no_more_than_a_question_or_two(dialect: str):
    found = run("restart-gateway", dialect)
    (killed,) = acts("restart-gateway")
    assert found.longest_gap_s < 4.0
    before = between(found, 0.0, killed)[-1]
    after = [row for row in between(found, killed, killed + 6.0) if row.charge_a is not None]
    assert after
    assert all((row.charge_a or 0.0) > 0.9 * (before.charge_a or 0.0) for row in after)


@pytest.mark.soak
def test_the_same_drill_gives_the_same_bytes():
    assert run_drill("freeze-data").frames == run("freeze-data").frames


def test_a_drill_of_a_gateway_that_repeats_the_last_values_is_not_passed(monkeypatch):
    monkeypatch.setattr(FailSafe, "stage", lambda *_: Stage.LIVE)
    monkeypatch.setattr(hold_module, "is_fresh", lambda *_: True)
    assert broken(run_drill("freeze-data")) == {"S11"}
    assert broken(run_drill("freeze-data", dialect="growatt-485")) == {"S11"}


def test_a_drill_of_a_gateway_that_does_not_rise_slowly_is_not_passed(monkeypatch):
    monkeypatch.setattr(Hold, "_risen", lambda *_: Caps())
    assert broken(run_drill("drop-inverter")) == {"S12"}


def broken(found: DrillRun) -> set[str]:
    assert not found.held
    return {verdict.invariant for verdict in found.verdicts if not verdict.held}


def test_there_is_no_such_drill():
    with pytest.raises(ParameterError, match=r"There is no drill 'pull-plugs'.*pull-plug"):
        find_drill("pull-plugs")
    with pytest.raises(ParameterError, match="not spoken to inverters"):
        run_drill("pull-plug", dialect="pace")


def asked(monkeypatch, change: Callable[[DrillRun], DrillRun], *options: str) -> tuple[int, str]:
    monkeypatch.setattr(drill_verb, "run_drill", lambda name, **_: change(run(name)))
    result = CliRunner().invoke(program, ["drill", *options])
    return result.exit_code, result.output


def test_the_command_prints_second_by_second_and_the_verdicts(monkeypatch):
    code, text = asked(monkeypatch, lambda found: found, "freeze-data")
    lines = text.splitlines()
    assert code == 0
    assert lines[0] == "Freeze the data; pylontech-can, made time"
    assert "    26 s  * The reading of the rack stands still." in lines
    assert (
        any(line.endswith("nothing on the wire                       3    -0A") for line in lines) or "nothing" in text
    )
    assert "    36 s  ! stale data" in lines or "! stale data" in text
    assert "held      S11: nothing old is told as if it were live" in lines
    assert lines[-1].startswith("Every invariant held; 350 frames, the longest gap ")


def test_a_broken_invariant_is_exit_1(monkeypatch):
    def spoilt(found: DrillRun) -> DrillRun:
        first, *others = found.verdicts
        return replace(found, verdicts=(replace(first, breaches=2, first="S1 at 3 s: too much."), *others))

    code, text = asked(monkeypatch, spoilt, "freeze-data", "--all-rows")
    assert code == 1
    assert "VIOLATED" in text
    assert "          2 times, first S1 at 3 s: too much." in text
    assert text.splitlines()[-1].startswith("An invariant was broken; ")
    assert len([line for line in text.splitlines() if " live " in line or " waiting " in line]) > 40


def test_json_has_every_frame_and_the_list_names_all(monkeypatch):
    code, text = asked(monkeypatch, lambda found: found, "freeze-data", "--json")
    found = json.loads(text)
    assert (code, found["held"], len(found["frames"]), len(found["rows"])) == (0, True, 350, 75)
    assert found["frames"][0]["id"] == 0x351
    listed = json.loads(CliRunner().invoke(program, ["drill", "list", "--json"]).output)
    assert [drill["name"] for drill in listed] == list(DRILLS)
    assert CliRunner().invoke(program, ["drill"]).output.startswith("pull-plug          Pull the plug on pack 3\n")
