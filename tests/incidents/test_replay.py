"""Incidents of drills: run again byte by byte; with a change the first difference is told; damaged ones are refused."""

from __future__ import annotations

import gzip
import json
from dataclasses import replace
from functools import cache
from pathlib import Path, PurePosixPath

import pytest
from click.testing import CliRunner
from tests.incidents.virtual import emptied

from openress.bms.aggregate import aggregate
from openress.catalog import load_product
from openress.cli.main import program
from openress.drill import run_drill
from openress.drill.bench import PACK_DIALECT, PRODUCT
from openress.errors import ParameterError, StateError
from openress.gateway.caps import Caps
from openress.gateway.hold import Hold
from openress.gateway.tape import Due, Marked, Saw
from openress.incidents.coding import decode, encode
from openress.incidents.drilled import DrillRecorder
from openress.incidents.events import Kind
from openress.incidents.incident import Chunk, Incident
from openress.incidents.incidentfile import from_bytes, to_bytes
from openress.incidents.redacting import redacted
from openress.incidents.replaying import Changes, replayed
from openress.incidents.ring import Head
from openress.incidents.timeline import timeline
from openress.model import RackSample
from openress.params import ParameterSet
from openress.protocols import find_dialect

MORE = ("freeze-data", "drop-inverter", "duplicate-address", "corrupt-frames")
LONGER = tuple(pytest.param(name, marks=pytest.mark.soak) for name in MORE)


@cache
def recorded(name: str) -> tuple[Incident, int]:
    """An incident that was a file in between, and how many frames the drill has put on the wire."""
    recorder = DrillRecorder(PRODUCT, PACK_DIALECT)
    run = run_drill(name, recorder=recorder)
    data = to_bytes(recorder.incident(name, name, 1_800_012_345.0))
    return from_bytes(data, name), len(run.frames)


def test_a_drill_ends_now_and_no_moment_of_it_is_in_the_future():
    moments = timeline(recorded("pull-plug")[0]).moments
    assert 1_800_012_345.0 - 1.0 <= moments[-1].time_s <= 1_800_012_345.0


@pytest.mark.parametrize("name", ["pull-plug", "restart-gateway", *LONGER])
def test_an_incident_of_a_drill_runs_again_to_the_same_bytes(name: str):
    incident, frames = recorded(name)
    outcome = replayed(incident)
    assert outcome.identical
    assert outcome.decisions == 0
    # A frame that could not leave was decided all the same.
    assert outcome.frames >= frames > 150


@pytest.mark.soak
def test_it_also_runs_again_from_the_middle():
    incident, _ = recorded("pull-plug")
    assert incident.head is not None
    place, mark = next((place, step) for place, step in enumerate(incident.steps) if isinstance(step, Marked))
    later = replace(incident, head=Head(incident.head.began, mark), steps=incident.steps[place:], summed=frozenset())
    assert replayed(later).identical
    assert not replayed(replace(later, head=Head(incident.head.began))).identical


def test_the_drill_tells_what_happened():
    assert [event.kind for event in recorded("pull-plug")[0].about.events if event.opens] == [Kind.PACK_LOST]
    assert recorded("restart-gateway")[0].about.event.kind is Kind.RESTARTED


def test_a_cap_shows_where_the_outcome_first_differs():
    incident, _ = recorded("pull-plug")
    outcome = replayed(incident, Changes(caps=Caps(None, 50.0)))
    assert not outcome.identical
    decision, frame = outcome.first_decision, outcome.first_frame
    assert decision is not None
    assert frame is not None
    assert (decision.what, decision.now) == ("charge current limit", "50.00 A")
    assert decision.why.startswith("live; packs, user;")
    assert "charge_current_limit_a 50.0" in frame.now
    assert frame.what == "frame 351"
    # Up to that moment not a byte differs, and it is the first at which more would have been allowed.
    before = [step for step in incident.steps if isinstance(step, Due) and step.at_s < decision.at_s and step.decided]
    assert max(step.decided.charge_a or 0.0 for step in before if step.decided) <= 50.0
    assert frame.at_s >= decision.at_s


def test_a_changed_threshold_of_the_packs_shows_where_the_outcome_first_differs():
    incident, _ = recorded("pull-plug")
    outcome = replayed(incident, Changes({"cell_ov_alarm_mv": 3390.0, "cell_ov_release_mv": 3380.0}))
    assert outcome.first_decision is not None
    assert outcome.first_decision.what == "charge voltage limit"
    assert outcome.first_decision.was == "56.00 V"
    # 16 cells at the alarm are 54.24 V.
    assert 53.0 < float(outcome.first_decision.now.removesuffix(" V")) <= 54.24


def test_the_first_difference_is_where_a_cell_passes_the_changed_threshold():
    incident = emptied()
    outcome = replayed(incident, Changes({"cell_uv_alarm_mv": 3000.0, "cell_uv_release_mv": 3100.0}))
    low_s = next(step.at_s for step in incident.steps if isinstance(step, Saw) and lowest(step) < 3000)
    assert low_s > 30.0
    assert (outcome.first_decision, outcome.differing < outcome.frames / 4) == (None, True)
    assert outcome.first_frame is not None
    assert outcome.first_frame.at_s == low_s
    assert outcome.first_frame.was == "359#0000000002504E (alarms [])"
    assert "cell_under_voltage" in outcome.first_frame.now
    assert replayed(incident).identical


def lowest(step: Saw) -> int:
    assert step.rack is not None
    cells = [pack.analog.cell_voltages_mv for pack in step.rack.packs if pack.analog is not None]
    return min(min(found) for found in cells if found)


def test_a_setting_that_changes_nothing_leaves_every_byte():
    incident, _ = recorded("pull-plug")
    same = dict(ParameterSet(*_product(incident)))["cell_ov_alarm_mv"]
    assert replayed(incident, Changes({"cell_ov_alarm_mv": same})).identical
    assert replayed(incident, Changes(product=PRODUCT)).identical


def _product(incident: Incident):
    return load_product(incident.about.product), dict(incident.about.values)


def test_another_program_shows_its_difference(monkeypatch):
    incident = emptied(66.0)
    monkeypatch.setattr(Hold, "_risen", lambda *_: Caps())
    outcome = replayed(incident)
    assert not outcome.identical
    assert outcome.first_decision is not None
    assert outcome.first_decision.what == "charge current limit"


def test_another_sum_of_the_packs_shows_its_difference(monkeypatch):
    incident = emptied(66.0)
    assert len(incident.summed) == 132

    def lesser(packs, now_s: float) -> RackSample:
        found = aggregate(packs, now_s)
        assert found.limits is not None
        return replace(found, limits=replace(found.limits, charge_voltage_limit_v=55.0))

    monkeypatch.setattr("openress.incidents.running.aggregate", lesser)
    outcome = replayed(incident)
    assert outcome.first_decision is not None
    assert (outcome.first_decision.was, outcome.first_decision.now) == ("56.00 V", "55.00 V")


def test_what_cannot_be_changed_is_said_in_a_sentence():
    incident, _ = recorded("pull-plug")
    with pytest.raises(ParameterError, match="cell_ov_alarm_mvv"):
        replayed(incident, Changes({"cell_ov_alarm_mvv": 1.0}))
    strange = replace(incident, about=replace(incident.about, product="my-own.toml"))
    with pytest.raises(ParameterError, match=r"my-own\.toml, which is not known here; put its file beside it or name"):
        replayed(strange, Changes({"cell_ov_alarm_mv": 3390.0}))
    with pytest.raises(ParameterError, match="no beginning from which it could be run again"):
        replayed(replace(incident, head=None))


def test_a_file_that_is_damaged_is_told_in_one_sentence():
    data = to_bytes(recorded("pull-plug")[0])
    for broken in (data[: len(data) // 2], data[:-4], data[:3000] + b"\0\0\0\0" + data[3004:], b"", b"no incident"):
        with pytest.raises(ParameterError, match=r"^(The incident x is damaged|x is no incident)[^.]*\.$"):
            from_bytes(broken, "x")


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda lines: lines[:-1], "ends too early"),
        (lambda lines: [*lines[:5], *lines[6:]], "ends too early"),
        (lambda lines: ['{"a": 1}', *lines[1:]], "is no incident that OpenRESS has recorded"),
        (
            lambda lines: [lines[0].replace('"openress_incident":1', '"openress_incident":2'), *lines[1:]],
            "by a newer OpenRESS",
        ),
        (lambda lines: [lines[0], '{"step": 3}', *lines[1:]], "a step that is none"),
        (lambda lines: [lines[0], '{"step": {"~": "os:system", "is": "x"}}'], "no value of OpenRESS"),
        (lambda lines: [lines[0], '{"step": {"~": "openress.gateway.child:main"}}'], "no value of OpenRESS"),
        (lambda lines: [lines[0], '{"step": {"~": "openress.gateway.gone:X"}}'], "does not have"),
        (lambda lines: [lines[0], '{"step": {"~": "openress.gateway.tape:Saw", "at_s": 1}}'], "does not have"),
        (lambda lines: [lines[0], "[" * 100_000], "damaged"),
    ],
)
def test_a_file_that_was_tampered_with_is_refused(change, sentence: str):
    lines = gzip.decompress(to_bytes(recorded("pull-plug")[0])).decode().splitlines()
    changed = gzip.compress("\n".join(change(lines)).encode())
    with pytest.raises(ParameterError, match=sentence):
        from_bytes(changed, "x")


def test_only_values_of_this_program_can_be_kept():
    with pytest.raises(ParameterError, match="A PurePosixPath cannot be kept"):
        encode(PurePosixPath())
    value = {"a": (1, 2.5, None, b"\1", frozenset({Kind.OVER.value}), [True])}
    assert decode(json.loads(json.dumps(encode(value)))) == value


def test_a_redacted_incident_has_no_serial_number_and_runs_again():
    incident, _ = recorded("pull-plug")
    line = (*incident.line, Chunk(1.0, "<", b"xx VIRTUAL-0001 xx"))
    links = ("tcp://192.168.7.9:4196", "serial:/dev/serial/by-id/usb-FTDI_A9Q")
    sentence = "Opening serial:/dev/ttyUSB7 of VIRTUAL-0002 at 10.0.0.7 failed."
    event = replace(incident.about.event, sentence=sentence)
    private = replace(incident, line=line, about=replace(incident.about, links=links, event=event))
    text = gzip.decompress(to_bytes(redacted(private)))
    plain = gzip.decompress(to_bytes(private))
    began = str(int(incident.about.ahead_s)).encode()
    for secret in (b"VIRTUAL-", b"192.168", b"FTDI", b"ttyUSB7", b"10.0.0.7", began):
        assert secret in plain
        assert secret not in text
    for number in range(1, 4):
        serial = f"VIRTUAL-{number:04}".encode()
        for spelling in (serial.hex().upper(), serial.hex(), serial.hex().upper().encode().hex().upper()):
            assert spelling.encode() not in text
    again = from_bytes(to_bytes(redacted(private)), "x")
    assert again.about.redacted
    assert again.about.links == ("tcp", "serial")
    assert replayed(again).identical
    assert again.line
    assert find_dialect(PACK_DIALECT).parts().redactor is not None


def test_bytes_of_a_dialect_that_cannot_be_redacted_stay_away():
    incident, _ = recorded("restart-gateway")
    other = replace(incident, about=replace(incident.about, battery="pylontech-can"))
    assert redacted(other).line == ()


def test_nothing_is_given_away_when_a_name_is_still_there(monkeypatch):
    incident = emptied(66.0)
    monkeypatch.setattr("openress.incidents.redacting._step", lambda step, _names: step)
    with pytest.raises(StateError, match="still in the incident"):
        redacted(incident)


def test_the_timeline_has_every_second_and_every_byte():
    incident, frames = recorded("restart-gateway")
    found = timeline(incident)
    assert 44 <= len(found.moments) <= 46
    assert {moment.told.state for moment in found.moments if moment.told} == {"waiting", "live"}
    sent = [one for moment in found.moments for one in moment.bytes if one.to == "inverter"]
    assert len(sent) == frames
    assert [mark.kind for mark in found.marks if mark.opens] == ["restarted"]
    assert {one.to for moment in found.moments for one in moment.bytes} == {"inverter", "us", "packs", "from_packs"}
    assert len(found.moments[30].packs) == 3
    assert found.moments[30].packs[0].cell_voltages_mv is not None


def run(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(program, ["incident", *arguments])
    return result.exit_code, result.output if result.exception is None else f"{result.output}{result.exception}"


def test_the_command_lists_shows_exports_and_replays(tmp_path: Path):
    kept = tmp_path / "incidents"
    kept.mkdir()
    data = to_bytes(emptied(66.0))
    (kept / "empty.jsonl.gz").write_bytes(data)
    (kept / "broken.jsonl.gz").write_bytes(data[:100])
    here = ["--data", str(tmp_path)]
    assert run("list", *here)[1].startswith("empty  ")
    assert json.loads(run("list", *here, "--json")[1])[0]["what"] == "inverter_silent"
    assert "* The inverter is not heard any more." in run("show", "empty", *here)[1]
    assert "to inverter   351#" in run("show", *here, "--bytes")[1]
    assert json.loads(run("show", *here, "--json")[1])["incident"]["id"] == "empty"
    out = str(tmp_path / "shared.jsonl.gz")
    assert run("export", *here, "--redact", "--out", out)[1].endswith("The inverter is not heard any more. Redacted.\n")
    told = json.loads(run("export", *here, "--redact", "--out", out, "--json")[1])
    assert told == {"incident": "empty", "file": out, "redacted": True}
    assert "byte by byte" in run("replay", out)[1]
    code, text = run("replay", out, "--ccl", "5")
    assert code == 0
    assert "First decision that differs: " in text
    assert "because:  live; packs, user" in text
    settings = ("--set", "cell_uv_alarm_mv=3050", "--set", "cell_uv_release_mv=3100")
    told = json.loads(run("replay", out, *settings, "--json")[1])
    assert told["identical"] is False
    assert told["first_frame"]["what"] == "frame 359"


def test_mistakes_are_sentences(tmp_path: Path, monkeypatch):
    here = ["--data", str(tmp_path)]
    assert "Nothing has been recorded in" in run("show", *here)[1]
    assert "There is no incident 'x'" in run("replay", "x", *here)[1]
    out = tmp_path / "pull.jsonl.gz"
    out.write_bytes(to_bytes(recorded("restart-gateway")[0]))
    assert "--set a=b: write KEY=VALUE" in run("replay", str(out), "--set", "a=b")[1]
    monkeypatch.setattr(Hold, "_risen", lambda *_: Caps())
    code, text = run("replay", str(out))
    assert code == 1
    assert text.endswith("The incident runs otherwise than it was recorded.")
