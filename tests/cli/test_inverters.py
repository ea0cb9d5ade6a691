"""`openress inverters`: the list, one inverter, and the fail-safe table."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from openress.cli.inverters import command
from openress.errors import ParameterError
from openress.invertercatalog import inverters


def run(*arguments: str) -> str:
    done = CliRunner().invoke(command, arguments, catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.output


@pytest.mark.req("REQ-161")
def test_the_list_names_every_inverter_with_line_dialect_and_evidence():
    lines = run().splitlines()
    for inverter in inverters().values():
        at = next(n for n, line in enumerate(lines) if line.startswith(f"{inverter.key} "))
        for offset, speech in enumerate(inverter.speeches, start=1):
            assert speech.dialect in lines[at + offset]
            assert lines[at + offset].endswith(speech.sentence)


def test_the_list_as_json():
    rows = json.loads(run("--json"))
    assert list(rows) == list(inverters())
    assert rows["opti"]["evidence"].startswith("fallback dialect, untested")
    assert rows["sma"]["bus"] == "CAN"
    assert rows["growatt-spf"]["dialects"][1]["name"] == "growatt-can"


def test_one_inverter_in_words():
    said = run("show", "MUST PH18")
    assert "program 41 (BMS protocol) = 8 (Pylontech (CAN))" in said
    assert "must in the table of cables" in said
    assert "the maker's own dialect, PV1800F-CAN 1.04.04: only its name was found" in said
    assert "What it does when the battery falls silent" in said.partition("\nNot known\n")[2]


@pytest.mark.parametrize("key", inverters())
def test_every_inverter_can_be_shown_both_ways(key):
    said, told = run("show", key), json.loads(run("show", key, "--json"))
    assert told["key"] == key
    assert said.startswith(inverters()[key].title)
    assert max(map(len, said.splitlines())) <= 110
    for question in told["not_known"]:
        assert question.split()[0] in said


def test_the_fail_safe_table():
    said = run("failsafe", "sma")
    assert "sma-can: vendor document; untested on hardware by us" in said
    assert "15 to 30 s" in said
    assert "sent: both current limits 0, charging and discharging not permitted" in said
    assert "60 s after the last frame: fault F952" in said
    assert "Victron" not in said


def test_a_slow_rack_moves_the_ages():
    phases = json.loads(run("failsafe", "victron", "--cycle-s", "8", "--json"))["victron"]["phases"]
    assert [(phase["stage"], phase["from_s"]) for phase in phases] == [
        ("live", 0.0),
        ("fading", 16.0),
        ("stopped", 21.0),
        ("silent", 30.0),
    ]


def test_all_tables_at_once():
    assert list(json.loads(run("failsafe", "--json"))) == list(inverters())
    said = run("failsafe")
    assert all(f"({key})" in said for key in inverters())


@pytest.mark.parametrize("verb", ["show", "failsafe"])
def test_an_unknown_name(verb):
    with pytest.raises(ParameterError, match="did you mean victron"):
        run(verb, "victrn")
