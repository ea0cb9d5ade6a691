"""The last hour of explanations, over HTTP and on the command line."""

from __future__ import annotations

import io
import json
import urllib.error
import urllib.request
from datetime import UTC, datetime
from email.message import Message
from typing import Any

import pytest
from click.testing import CliRunner
from fastapi import HTTPException

from openress.cli.explain import command, parse_moment
from openress.cli.main import program
from openress.errors import ParameterError, PortError
from openress.explaining import Explaining, Ring

NOW = datetime.fromisoformat("2026-06-21T14:03:20").astimezone()
BEGAN_S = 1_782_000_000.0


def words(text: str) -> dict[str, Any]:
    return {"state": "live", "sentence": text, "values": []}


def test_only_changes_are_kept_and_every_moment_in_between_can_be_asked_for():
    ring = Ring()
    for second in range(100):
        ring.add(BEGAN_S + second, words("high" if second >= 60 else "low"))
    assert len(ring) == 2
    assert [ring.at(BEGAN_S + second) for second in (0, 59.9, 60, 99)] == [
        words(w) for w in ("low", "low", "high", "high")
    ]


def test_an_hour_is_kept_whatever_happens_in_it():
    ring = Ring(kept_s=60)
    for second in range(500):
        ring.add(BEGAN_S + second, words(str(second)))
    assert ring.span == (BEGAN_S + 439, BEGAN_S + 499)
    assert len(ring) == 61
    assert ring.at(BEGAN_S + 439) == words("439")


def test_what_was_not_looked_at_is_not_made_up():
    ring = Ring()
    ring.add(BEGAN_S, words("before"))
    ring.add(BEGAN_S + 100, words("after"))
    assert (ring.at(BEGAN_S + 2), ring.at(BEGAN_S + 50), ring.at(BEGAN_S + 100)) == (
        words("before"),
        None,
        words("after"),
    )


def test_a_clock_that_was_set_back_begins_anew():
    ring = Ring()
    ring.add(BEGAN_S, words("before"))
    ring.add(BEGAN_S - 7200, words("after"))
    assert ring.span == (BEGAN_S - 7200, BEGAN_S - 7200)


def snapshot(at_s: float, text: str) -> dict[str, Any]:
    return {"time_s": at_s, "gateway": {"explanation": words(text)}}


def test_a_time_outside_says_which_times_can_be_asked_for():
    follower = Explaining()
    with pytest.raises(HTTPException, match="Nothing has been explained yet"):
        follower.read(None)
    for second in range(10):
        follower.see(snapshot(BEGAN_S + second, str(second)))
    assert follower.read(None)["sentence"] == "9"
    assert follower.read(BEGAN_S + 4.2)["sentence"] == "4"
    began, end = (f"{datetime.fromtimestamp(BEGAN_S + s, tz=UTC).astimezone():%Y-%m-%d %H:%M:%S}" for s in (0, 9))
    with pytest.raises(HTTPException) as refused:
        follower.read(BEGAN_S - 3600)
    assert refused.value.detail.endswith(f"explanations reach from {began} to {end}.")
    follower.see({"time_s": BEGAN_S + 10, "gateway": None})
    with pytest.raises(HTTPException, match="no gateway ran then"):
        follower.read(None)


@pytest.mark.parametrize(
    ("text", "ago_s"),
    [("14:03:05", 15), ("14:02", 80), ("14:04", 86360), ("2026-06-21T14:03:00", 20), ("90s", 90), ("5min", 300),
     ("2 min ago", 120), ("1h", 3600), ("30 ago", 30)],
)  # fmt: skip
def test_moments_as_people_write_them(text: str, ago_s: float):
    assert parse_moment(text, NOW) == NOW.timestamp() - ago_s


@pytest.mark.parametrize("text", ["", "yesterday", "25:00", "-5s", "1e9h"])
def test_what_is_no_moment(text: str):
    with pytest.raises(ParameterError, match=r"write 14:03:20"):
        parse_moment(text, NOW)


FOUND = {
    "time_s": NOW.timestamp(),
    **words("Charging is limited to 60 A because cell 11 of pack 3 is at 3.46 V."),
    "values": [
        {"name": "CCL", "unit": "A", "value": 60.0, "chain": [{"level": "cell", "sentence": "Cell 11 is high."}]},
        {"name": "Charging permitted", "unit": "", "value": True, "chain": []},
        {"name": "SOC", "unit": "%", "value": None, "chain": []},
    ],
}


def test_the_command_prints_the_sentence_then_the_chains(monkeypatch):
    asked = []

    def answer(request: urllib.request.Request, timeout: float) -> io.BytesIO:
        asked.append((request.full_url, timeout, request.get_header("Authorization")))
        return io.BytesIO(json.dumps(FOUND).encode())

    monkeypatch.setattr(urllib.request, "urlopen", answer)
    result = CliRunner().invoke(command, ["--at", "2026-06-21T14:03:20", "--url", "http://127.0.0.1:8971/"])
    assert result.output.splitlines() == [
        "2026-06-21 14:03:20, live",
        "Charging is limited to 60 A because cell 11 of pack 3 is at 3.46 V.",
        "",
        "CCL: 60 A",
        "  cell    Cell 11 is high.",
        "",
        "Charging permitted: yes",
        "",
        "SOC",
    ]
    assert asked[0][0] == f"http://127.0.0.1:8971/api/explain?at={NOW.timestamp():.3f}"
    assert json.loads(CliRunner().invoke(program, ["explain", "--json"]).output) == FOUND
    assert asked[1][0] == "http://127.0.0.1:8080/api/explain"
    assert asked[1][2] is None
    monkeypatch.setenv("OPENRESS_TOKEN", "openress_x")
    CliRunner().invoke(command, [])
    assert asked[2][2] == "Bearer openress_x"


@pytest.mark.parametrize(
    ("body", "sentence"),
    [(b'{"detail": "Nothing is kept."}', "Nothing is kept."), (b'{"detail": "Not Found"}', "it has no gateway"),
     (b'{"detail": "There is no /api/explain: see ..."}', "it has no gateway"), (b"<html>", "is no OpenRESS")],
)  # fmt: skip
def test_a_refusal_is_told_in_a_sentence(monkeypatch, body: bytes, sentence: str):
    def refuse(request: urllib.request.Request, timeout: float) -> io.BytesIO:
        del timeout
        raise urllib.error.HTTPError(request.full_url, 404, "", Message(), io.BytesIO(body))

    monkeypatch.setattr(urllib.request, "urlopen", refuse)
    result = CliRunner().invoke(command, [])
    assert isinstance(result.exception, PortError)
    assert sentence in str(result.exception)


def test_nobody_there_and_no_address(monkeypatch):
    def nobody(url: str, timeout: float) -> io.BytesIO:
        raise ConnectionRefusedError(url, timeout)

    monkeypatch.setattr(urllib.request, "urlopen", nobody)
    assert "start one with `openress up`" in str(CliRunner().invoke(command, []).exception)
    assert "--url file:///etc" in str(CliRunner().invoke(command, ["--url", "file:///etc"]).exception)
