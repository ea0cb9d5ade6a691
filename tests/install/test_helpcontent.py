"""The help as values: guides, lamps, and a troubleshooting tree that says what the BMS does."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from openress.bms.rows import ROWS, Way
from openress.install.guidance import TOPICS
from openress.install.guides import GUIDES
from openress.install.helpcontent import help_content, lamp_content
from openress.install.lampguide import explain, seen_of
from openress.install.troubleshooting import CONDITION_STEPS, FAULT_STEPS
from openress.model import Condition, Fault
from openress.web.help import whole_help
from openress.wording import Wording

HELP = whole_help()


def leaves(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    if "answers" not in node:
        yield node
        return
    for answer in node["answers"]:
        yield from leaves(answer)


def leaf(title: str) -> dict[str, Any]:
    return next(found for found in leaves(HELP["tree"]) if found["title"] == title)


@pytest.mark.req("REQ-001", "REQ-002", "REQ-003", "REQ-010", "REQ-135", "REQ-180")
def test_the_page_has_every_topic_of_the_command() -> None:
    assert json.loads(json.dumps(HELP)) == HELP
    shown = {topic["name"]: topic["sentences"] for topic in HELP["topics"]}
    assert shown == {name: list(sentences) for name, (_, sentences) in {**TOPICS, **GUIDES}.items()}


@pytest.mark.req("REQ-182", "REQ-284", "REQ-288")
def test_guides_are_sentences_and_name_their_command() -> None:
    for name, (title, sentences) in GUIDES.items():
        assert title
        assert all(sentence.endswith(".") for sentence in sentences)
        verb = "storage" if name == "storing" else name
        assert any(f"openress {verb}" in sentence for sentence in sentences)


def test_every_condition_and_fault_has_something_to_do() -> None:
    assert set(CONDITION_STEPS) == set(Condition)
    assert set(FAULT_STEPS) == set(Fault)
    assert all(found["steps"] and found["facts"] for found in leaves(HELP["tree"]))


@pytest.mark.parametrize("language", ["de", "es", "zh"])
def test_another_language_says_it_in_the_same_places(language: str) -> None:
    def shape(told: Any) -> Any:
        if isinstance(told, dict):
            return {key: shape(one) for key, one in told.items() if key != "aliases"}
        return [shape(one) for one in told] if isinstance(told, list) else type(told)

    own = whole_help(language)
    assert shape(own) == shape(HELP)
    assert own["lamps"]["pictures"] == HELP["lamps"]["pictures"]


def test_what_has_no_words_stays_english_and_is_told() -> None:
    wording = Wording(
        "de", {"Transport": "Transport", "A battery can give an electric shock.": "Ein Stromschlag droht."}
    )
    told = help_content([], {}, wording)["untranslated"]
    assert "A battery can catch fire or explode." in told
    assert "Charging is stopped; discharging stays possible." in told
    assert {"Transport", "Ein Stromschlag droht.", "safety", "flash1"}.isdisjoint(told)


def test_leaves_say_what_the_bms_does() -> None:
    assert leaf("Cell over voltage")["facts"] == [
        "Alarm above 3500 mV.",
        "Protection at 3650 mV.",
        "It waits 1000 ms before it acts.",
        "Charging is stopped; discharging stays possible.",
    ]
    assert leaf("Cell over voltage")["released_by"] == ["the value back at 3380 mV", "a discharge above 1 A"]
    assert leaf("Pack under voltage")["facts"][0] == (
        "Alarm below 43.5 V (Syscom A5L 48 V), 46.4 V (Syscom A5L 51.2 V)."
    )
    assert "one minute, but not the 10th time" in leaf("Discharge over current")["released_by"]
    assert leaf("Short circuit")["facts"] == [
        "It acts at once.",
        "Discharging is stopped; charging stays possible.",
    ]
    assert leaf("Soc low")["released_by"] == []


@pytest.mark.parametrize(
    ("title", "way"), [("The battery does not charge", Way.CHARGE), ("The battery does not discharge", Way.DISCHARGE)]
)
def test_what_stops_a_direction_is_found_under_it(title: str, way: int) -> None:
    (choice,) = [answer for answer in HELP["tree"]["answers"] if answer["title"] == title]
    found = {answer["title"].lower() for answer in choice["answers"]}
    assert {row.condition.value.replace("_", " ") for row in ROWS if row.opens & way} < found


@pytest.mark.req("REQ-095")
def test_the_pictures_of_the_lamps_are_those_that_the_command_explains() -> None:
    content = lamp_content()
    for picture, meanings in content["pictures"].items():
        told = explain(seen_of(picture))
        assert {content["states"][index]["state"] for index, *_ in meanings} == {seen.state for seen in told}
        for seen in told:
            charges = [tuple(charge) for index, *charge in meanings if content["states"][index]["state"] == seen.state]
            assert charges == [() if seen.soc_pct is None else seen.soc_pct]
