"""`openress rack`: told line by line, over a line as a person has it."""

from __future__ import annotations

import json
import signal
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from tests.cli.test_serve_and_read import ANY, STATE, tcp
from tests.processes import here, openress, running
from tests.rack.bench import Bench
from tests.samples import with_analog

from openress.cli.rack import Teller, parse_numbers
from openress.errors import ParameterError
from openress.model import LimitRule, Reason
from openress.rack.standing import RackView

pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning")

NOON = datetime(2026, 11, 20, 12, 0, 0, tzinfo=UTC)


def test_a_rack_is_watched_until_ctrl_c() -> None:
    with running("serve", "pylontech", ANY, "--packs", "3") as battery:
        link = tcp(battery.line())
        with running("rack", link, "--packs", "3", "--timeout-s", "2") as watching:
            assert (
                watching.line()
                == f"Syscom A5L 51.2 V, Pylontech low-voltage RS485, V2.8 to V3.5, on {link}. Ctrl-C stops."
            )
            lines = [watching.line() for _ in range(7)]
            assert [line[10:] for line in lines[:6]] == [
                f"Pack {n} {word}." for word in ("answers", "counts") for n in (1, 2, 3)
            ]
            assert lines[6][10:].startswith("Rack: 3 packs, ")
            assert watching.stop() == 0
            assert watching.stderr.read() == ""


def test_json_has_everything() -> None:
    with (
        running("serve", "pylontech", ANY, "--state", str(STATE)) as battery,
        running("rack", tcp(battery.line()), "--packs", "1-4", "--json", "--keep-awake", "--accept", "3") as watching,
    ):
        told = json.loads(watching.line())
        while not told["ready"]:
            told = json.loads(watching.line())
        assert [member["standing"] for member in told["members"]] == ["counted", "joining", "joining", "counted"]
        assert told["members"][1]["objections"] == ["voltage", "charge", "temperature", "equalising_current"]
        assert told["members"][2]["objections"] == ["voltage", "equalising_current"]
        assert told["findings"][0]["trouble"] == "join_refused"
        assert told["modules"] == 2
        assert told["charge_current_limit_a"] == 0.0
        watching.process.send_signal(signal.SIGINT)
        assert watching.process.wait(20) == 0


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--packs", "15"], "pack 15: this dialect can ask packs 1 to 14 only."),
        (["--packs", "1-20"], "20 packs: a rack of Syscom A5L 51.2 V has at most 15 packs."),
        (["--packs", "many"], "--packs many: write a number, 1-4 or 1,2,5."),
        (["--dialect", "pylontech-can"], "pylontech-can cannot be read; `openress dialects` lists what can."),
    ],
)
def test_what_cannot_be_is_one_sentence(arguments: list[str], sentence: str) -> None:
    with running("serve", "pylontech", ANY, "--state", str(STATE)) as battery:
        done = here("rack", tcp(battery.line()), *arguments)
    assert (done.returncode, done.stderr) == (2, f"openress: {sentence}\n")


def test_a_line_that_cannot_be_opened_is_one_sentence() -> None:
    done = openress("rack", "tcp://127.0.0.1:1")
    assert done.returncode == 1
    assert done.stderr.startswith("openress: tcp://127.0.0.1:1")


@pytest.mark.parametrize(
    ("text", "numbers"), [("1", {1}), ("4", {1, 2, 3, 4}), ("2-4", {2, 3, 4}), ("1,3", {1, 3}), ("1-2,5", {1, 2, 5})]
)
def test_numbers_of_packs(text: str, numbers: set[int]) -> None:
    assert parse_numbers(text) == numbers


@pytest.mark.parametrize("text", ["", "x", "3-1", "-2", "0"])
def test_no_numbers_of_packs(text: str) -> None:
    with pytest.raises(ParameterError):
        parse_numbers(text)


def told(teller: Teller, view: RackView) -> list[str]:
    return [line[10:] for line in teller.lines(view, (), NOON)]


def test_a_line_for_a_change_and_none_without() -> None:
    bench, teller = Bench([1, 2]), Teller(as_json=False)
    assert told(teller, bench.view) == []
    view = bench.round()
    assert told(teller, view) == [
        "Rack: 2 packs, 52.8 V +0.0 A, 50 %, charge up to 100 A, discharge up to 100 A (own word, pack 1)."
    ]
    assert told(teller, bench.round()) == []
    bench.changed[2] = lambda sample: with_analog(sample, pack_current_a=7.0)
    assert told(teller, bench.round()) == []


def test_what_is_wrong_is_told_when_it_begins_and_when_it_ends() -> None:
    bench, teller = Bench([1, 2, 3], expected=[1, 3]), Teller(as_json=False)
    told(teller, bench.round())
    lines = told(teller, bench.rounds(6, mute=[3]))
    assert lines[0].startswith("Pack 3 has been silent for")
    assert lines[1].endswith("charge up to 100 A, discharge up to 100 A (pack lost, pack 3).") or len(lines) == 2
    assert told(teller, bench.rounds(1, mute=[3])) == []
    assert told(teller, bench.rounds(1))[0] == "Over: lost (pack 3)."


def test_a_rise_is_told_in_tenths() -> None:
    bench, teller = Bench([1], rise_per_s=0.02), Teller(as_json=False)
    lines = [line for _ in range(40) for line in told(teller, bench.round())]
    assert len(lines) == 11
    assert "charge up to 0 A (rising)" in lines[0]
    assert "charge up to 50 A," in lines[-1]


def test_what_is_not_known_is_not_told() -> None:
    bench, teller = Bench([1]), Teller(as_json=False)
    bench.changed[1] = lambda sample: replace(
        with_analog(sample, soc_pct=None, full_ah=None, pack_current_a=None), limits=None
    )
    view = bench.round()
    assert view.sample.limits is not None
    blank = replace(view.sample.limits, charge_current_limit_a=None, charge_reason=Reason(LimitRule.RISING))
    view = replace(view, sample=replace(view.sample, limits=blank))
    assert told(teller, view)[-1].startswith(
        "Rack: 1 packs, charge up to an unknown current, discharge up to 0 A (fault"
    )
    assert told(teller, replace(view, sample=replace(view.sample, limits=None)))[-1] == "Rack: 1 packs."
