"""The languages of the web interface: nothing is missing or left over, and no figure, name or unit differs."""

from __future__ import annotations

import json
import re
import tomllib
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from openress.catalog import load_battery, load_product
from openress.install.aliases import ALIASES
from openress.install.cable import cable_for
from openress.install.cabledrawing import cable_drawing
from openress.install.connectors import find_inverter
from openress.install.helpcontent import help_content
from openress.install.plan import make_plan
from openress.install.powerplan import Request
from openress.install.rackdrawing import _ROLES, rack_drawing
from openress.model import Condition, Fault
from openress.params import GROUPS, PARAMETERS, RULES, SENTENCES, ParameterSet
from openress.products import Role
from openress.translations import LANGUAGES, preferred, wording_of
from openress.web.help import inverter_facts, whole_help
from openress.wording import ENGLISH, Wording
from tests.install.test_drawings import drawings

OTHERS = [language for language in LANGUAGES if language != "en"]
FIGURE = re.compile(r"(?<![A-Za-z0-9{])[+-]?\d+(?:[.,]\d+)?(?:\s?(?:°?C|%|mV|V|A|Nm|ft lbf|ms|s)(?![A-Za-z]))?")
COMMAND = re.compile(r"`[^`]+`")
PLACE = re.compile(r"\{[a-z_]+\}")


def texts_of_settings() -> set[str]:
    envelopes = {row.envelope.reason for row in PARAMETERS if row.envelope is not None}
    shown = {text for row in PARAMETERS for text in (row.group, row.label, row.note)} - {""}
    return {*GROUPS, *shown, *envelopes, *(rule.sentence for rule in RULES), *SENTENCES}


class Asked(dict[str, str]):
    """A catalogue without words that remembers what was looked for."""

    def get(self, key: str, default: Any = None) -> Any:
        self[key] = key
        return default


def texts_of_help() -> set[str]:
    asked = Asked()
    products = [load_product("syscom-a5l-48v"), load_product("syscom-a5l-51v2")]
    help_content(
        [], {one.title: ParameterSet.defaults(one) for one in products}, Wording("de", asked), inverter_facts()
    )
    return set(asked)


def texts_of_drawings() -> set[str]:
    asked = Asked()
    wording = Wording("de", asked)
    drawings(wording)
    unknown = make_plan(load_battery("discover-lynk"), find_inverter("opti"), Request(packs=1))
    rack_drawing(unknown, wording=wording)
    cable_drawing(cable_for(load_battery("powersync-lfp-lv-25v6-6bit"), find_inverter("sol-ark")), wording)
    # Told by the same words whichever of them a rack has.
    return {*asked, *_ROLES.values(), *(role.value.replace("-", " ") for role in Role)}


NEEDED = {
    ("drawings",): texts_of_drawings(),
    ("guides", "lamps", "troubles"): texts_of_help() - texts_of_settings(),
    ("settings",): texts_of_settings(),
}


def tables(language: str) -> dict[str, dict[str, str]]:
    return tomllib.loads((files("openress.translations") / f"{language}.toml").read_text(encoding="utf-8"))


def figures(text: str) -> list[str]:
    """Numbers with their units, in any order: word order differs."""
    return sorted(found.replace(",", ".").replace(" ", "").replace("°", "") for found in FIGURE.findall(text))


@pytest.mark.parametrize("language", OTHERS)
def test_nothing_is_missing_left_over_or_said_twice(language: str) -> None:
    own = tables(language)
    assert sorted(own) == sorted(name for names in NEEDED for name in names)
    for names, needed in NEEDED.items():
        assert {text for name in names for text in own[name]} == needed
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
        words = PLACE.sub("", said)
        assert said != english or len(words) < 12
        assert bool(re.search(r"[\u4e00-\u9fff]", words)) is (language == "zh") or not re.search(r"[A-Za-z]{4}", words)
        assert not re.search(r"[!\uff01]|\b(bitte|por favor)\b|请", said, re.IGNORECASE)


@pytest.mark.parametrize("language", LANGUAGES)
def test_words_of_others_lead_to_words_that_the_help_has(language: str) -> None:
    help_ = whole_help(language)
    said = json.dumps(help_, ensure_ascii=False).lower()
    assert (help_["language"], help_["untranslated"]) == (language, [])
    assert set(help_["aliases"]) == set(ALIASES[language])
    assert {word for word in ALIASES[language] if said.replace("-", " ").count(word.replace("-", " ")) < 2} == set()


NAMES = {Condition: "condition", Fault: "fault"}


@pytest.mark.parametrize("language", OTHERS)
def test_alarms_and_faults_have_the_names_of_the_page(language: str) -> None:
    page = (Path(__file__).parents[1] / f"ui/src/i18n/words/{language}.ts").read_text(encoding="utf-8")
    titles = {answer["title"] for group in whole_help(language)["tree"]["answers"][:2] for answer in group["answers"]}
    for codes, section in NAMES.items():
        names = dict(
            re.findall(r"(\w+): \"(.*)\"", re.findall(rf"\n  {section}: \{{\n(.*?)\n  \}}", page, re.DOTALL)[0])
        )
        assert {names[code.value] for code in codes if code is not Condition.DISCHARGE_OVER_CURRENT_2} < titles


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
