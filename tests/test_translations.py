"""The languages of the web interface: nothing is missing or left over, and no figure, name or unit differs."""

from __future__ import annotations

import re
import tomllib
from importlib.resources import files

import pytest

from openress.install.guidance import TOPICS
from openress.install.guides import GUIDES
from openress.params import GROUPS, PARAMETERS, RULES, SENTENCES
from openress.translations import LANGUAGES, preferred, wording_of
from openress.wording import ENGLISH, Wording

OTHERS = [language for language in LANGUAGES if language != "en"]
FIGURE = re.compile(r"(?<![A-Za-z0-9{])[+-]?\d+(?:[.,]\d+)?(?:\s?(?:°?C|%|mV|V|A|Nm|ft lbf|ms|s)(?![A-Za-z]))?")
COMMAND = re.compile(r"`[^`]+`")
PLACE = re.compile(r"\{[a-z_]+\}")


def texts_of_settings() -> set[str]:
    envelopes = {row.envelope.reason for row in PARAMETERS if row.envelope is not None}
    shown = {text for row in PARAMETERS for text in (row.group, row.label, row.note)} - {""}
    return {*GROUPS, *shown, *envelopes, *(rule.sentence for rule in RULES), *SENTENCES}


def texts_of_guides() -> set[str]:
    topics = {**TOPICS, **GUIDES}.values()
    return {text for title, sentences in topics for text in (title, *sentences)}


NEEDED = {"settings": texts_of_settings(), "guides": texts_of_guides()}


def tables(language: str) -> dict[str, dict[str, str]]:
    return tomllib.loads((files("openress.translations") / f"{language}.toml").read_text(encoding="utf-8"))


def figures(text: str) -> list[str]:
    """Numbers with their units, in any order: word order differs."""
    return sorted(found.replace(",", ".").replace(" ", "").replace("°", "") for found in FIGURE.findall(text))


@pytest.mark.parametrize("language", OTHERS)
def test_nothing_is_missing_left_over_or_said_twice(language: str) -> None:
    own = tables(language)
    assert {name: set(table) for name, table in own.items()} == NEEDED
    assert sum(map(len, own.values())) == len(wording_of(language).words)


@pytest.mark.parametrize("language", OTHERS)
def test_figures_units_and_places_are_those_of_english(language: str) -> None:
    for english, said in wording_of(language).words.items():
        assert said.strip() == said != ""
        assert figures(said) == figures(english), said
        assert sorted(PLACE.findall(said)) == sorted(PLACE.findall(english)), said
        assert sorted(COMMAND.findall(said)) == sorted(COMMAND.findall(english)), said
        assert english.endswith(".") == said.endswith((".", "。")), said


@pytest.mark.parametrize("language", OTHERS)
def test_sentences_are_in_the_language(language: str) -> None:
    for english, said in wording_of(language).words.items():
        assert said != english or len(english) < 12
        assert bool(re.search(r"[\u4e00-\u9fff]", said)) is (language == "zh") or said == english
        assert not re.search(r"[!\uff01]|\b(bitte|por favor)\b|请", said, re.IGNORECASE)


@pytest.mark.parametrize(
    ("asked", "accepted", "language"),
    [
        ("zh", "de", "zh"),
        ("klingon", "de-CH,de;q=0.9,en;q=0.8", "de"),
        (None, "fr, es-MX;q=0.5, en;q=0.7", "en"),
        (None, "fr, es-MX;q=0.5, de;q=0", "es"),
        (None, "ZH-Hans", "zh"),
        (None, "*", "en"),
        (None, "de;q=nan, ;;;, =,es;q=0.0001", "en"),
        (None, None, "en"),
        ("", "", "en"),
    ],
)
def test_the_language_that_is_wanted_most(asked: str | None, accepted: str | None, language: str) -> None:
    assert preferred(asked, accepted) == language


def test_a_sentence_without_translation_is_said_in_english_and_told() -> None:
    wording = Wording("de", {"Alarm above {levels}.": "Alarm über {levels}."})
    assert wording.say("Alarm above {levels}.", {"levels": wording.figure("46.4 V")}) == "Alarm über 46,4 V."
    assert wording.say("Never.") == "Never."
    assert wording.lacking(["Never.", "Alarm above {levels}.", "", "Never."]) == ["Never."]
    assert ENGLISH.lacking(["Never."]) == []
    assert ENGLISH.figure("46.4 V") == "46.4 V"
