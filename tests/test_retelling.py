"""Sentences that are made in English and retold: none is forgotten, each has a form in every language, and fits it."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib.resources import files
from pathlib import Path

import pytest

from openress import retelling as module
from openress.catalog import battery_names, load_battery
from openress.drill.drills import DRILLS
from openress.incidents.events import _TROUBLES
from openress.install.connectors import INVERTERS
from openress.install.guidance import HEAT, TOPICS
from openress.invertercatalog import inverters
from openress.inverters import Evidence
from openress.model import Condition, Fault
from openress.model.change import Outcome
from openress.params import Access
from openress.protocols import DIALECTS
from openress.protocols.inverter.recognise import PACE
from openress.rack.control import CONTROLS
from openress.retelling import CLAUSES, LISTS, LONGEST, NAMES, NUMBERS, PHRASES, QUOTED, Retelling
from openress.sites.connection import TITLES
from openress.translations import LANGUAGES, retelling_of, wording_of
from openress.web.accounts_api import ChangePassword, ChangeUser, Claim, Confirm, Login, NewToken, NewUser
from openress.web.servicemodels import (
    ClockRequest,
    CloneRequest,
    ConnectRequest,
    LimiterRequest,
    LogsRequest,
    OnRequest,
    ProtocolRequest,
    RestoreRequest,
    ScanRequest,
    SwitchRequest,
    ValuesRequest,
    WriteRequest,
)
from openress.wording import ENGLISH, Wording
from tests.sentences import SOURCE, Where, form, sentences
from tests.test_translations import COMMAND, PLACE, figures

OTHERS = [language for language in LANGUAGES if language != "en"]

LOOKED_AT = {
    **{
        f"servicing/{name}.py": Where.ALL
        for name in ("desk", "jobs", "orders", "records", "scanning", "settings", "writing")
    },
    **{
        f"rack/{name}.py": Where.ALL
        for name in (
            *("addresses", "control", "limiter", "logs", "membership", "numberwords", "parameters", "poll", "probing"),
            *("readout", "remarks", "scan", "service", "session", "switchwords", "telling", "values"),
        )
    },
    **{f"incidents/{name}.py": Where.ALL for name in ("events", "flight", "folder", "incidentfile")},
    "incidents/pages.py": Where.RAISED,
    **{f"drill/{name}.py": Where.ALL for name in ("drills", "watch")},
    "gateway/supervise.py": Where.ALL,
    "drill/routes.py": Where.RAISED,
    **{f"web/{name}.py": Where.RAISED for name in ("accounts_api", "auth", "connect", "security", "service")},
    **{f"accounts/{name}.py": Where.RAISED for name in ("book", "roles")},
    **{f"ports/{name}.py": Where.ALL for name in ("serial", "stream", "tcp", "url", "urltext")},
    **{f"sites/{name}.py": Where.ALL for name in ("connection", "idle", "link", "switchboard", "virtual")},
    "accounts/passwords.py": Where.ALL,
    "catalog.py": Where.RAISED,
    "cli/accounts.py": Where.NOTED,
    "gateway/compare.py": Where.ALL,
    **{f"install/{name}.py": Where.ALL for name in ("cable", "plan", "plantext", "powerplan")},
    **{f"install/{name}.py": Where.RAISED for name in ("connectors", "dip")},
    **{f"install/{name}.py": Where.ALL for name in ("commissioning", "commissionrun", "judging")},
    "install/commissionlog.py": Where.RAISED,
    "commissionfile.py": Where.RAISED,
    **{f"web/{name}.py": Where.RAISED for name in ("commissiondesk", "commissioning")},
    "journalling.py": Where.RAISED,
    "names.py": Where.ALL,
    "params/values.py": Where.ALL,
    "ports/reopen.py": Where.RAISED,
    **{f"sites/{name}.py": Where.RAISED for name in ("kept", "lending")},
    "store/historyquery.py": Where.RAISED,
    **{f"telemetry/{name}.py": Where.RAISED for name in ("historyapi", "passportapi")},
    **{f"web/{name}.py": Where.ALL for name in ("api", "problems", "repeated", "unrouted")},
    "wanted.py": Where.ALL,
    "web/help.py": Where.RAISED,
    "telemetry/recorder.py": Where.ALL,
    "telemetry/happenings.py": Where.ALL,
}
"""Modules whose sentences reach the page."""

NOT_ON_THE_PAGE = "who starts the program reads it, or who writes a program with the package"
LISTENS = "from the page no port is opened for others"
OWN_WORDS = "the page has its own words for it"
NO_SENTENCE = "nobody reads it as a sentence"
LEFT = {
    "{} pack {} at {}": "stands for a serial number in the journal",
    "<ParameterSet of {}: {} of {} differ from its defaults>": NO_SENTENCE,
    "{} is no battery product by itself; name {}.": NOT_ON_THE_PAGE,
    "The body is no JSON from character {} on: send one JSON object.": NOT_ON_THE_PAGE,
    "The body cannot be read: send one JSON object in UTF-8, nested no deeper than its fields ask for.": (
        NOT_ON_THE_PAGE
    ),
    "There was an error parsing the body": NOT_ON_THE_PAGE,
    "{} has no value; a set needs all {}.": NOT_ON_THE_PAGE,
    "A simulated inverter cannot be connected to real packs; name its port.": NOT_ON_THE_PAGE,
    "Change of {} begun without a journal.": NOT_ON_THE_PAGE,
    "Change of {} ended as {} at {} without a journal: {}.": NOT_ON_THE_PAGE,
    "The data folder {} cannot be used: {}; name another one with --data.": NOT_ON_THE_PAGE,
    "The product file {} cannot be read: {}.": NOT_ON_THE_PAGE,
    "The product file {} is not in TOML: {}.": NOT_ON_THE_PAGE,
    "{} comes in several variants; name one of {}.": NOT_ON_THE_PAGE,
    "{}, [charging] charge_voltage_v must be at most the over-voltage alarm of {} V, not {} V.": NOT_ON_THE_PAGE,
    "{}, [charging] discharge_end_voltage_v must be at least the under-voltage protection of {} V, not {} V.": (
        NOT_ON_THE_PAGE
    ),
    "{}, [parameters]: {}": NOT_ON_THE_PAGE,
    "permission denied; choose a port number from 1024 on": LISTENS,
    "the address is already in use": LISTENS,
    "the address is not one of this computer; 0.0.0.0 stands for all it has": LISTENS,
    "the host name is not known ({})": LISTENS,
    "it is asked by an order to write a register, which a pack of another kind might obey": NOT_ON_THE_PAGE,
    "{} cannot listen: {}.": LISTENS,
    "{} is closed: listen again.": LISTENS,
    "{} or {}": "examples of links",
    'a text, as "text"': NOT_ON_THE_PAGE,
    "a list, as [1, 2]": NOT_ON_THE_PAGE,
    "a section of settings": NOT_ON_THE_PAGE,
    "a text that matches {}": NOT_ON_THE_PAGE,
    "otherwise ({})": NOT_ON_THE_PAGE,
    "accounts {}": OWN_WORDS,
    "Notice: {}": OWN_WORDS,
    "Notice of pack {}: {}": OWN_WORDS,
    "{} of pack {}: {}{}": OWN_WORDS,
    "coldest cell": OWN_WORDS,
    "highest cell": OWN_WORDS,
    "hottest cell": OWN_WORDS,
    "lowest cell": OWN_WORDS,
    "state of charge": OWN_WORDS,
    "The clock of this computer is not set: the history begins when it is.": NOT_ON_THE_PAGE,
    "token add": OWN_WORDS,
    "token revoke": OWN_WORDS,
    "The {} is for {} A, and {} A may flow through it.": NOT_ON_THE_PAGE,
    "The breaker of {} A does not protect what is behind it, which may carry {} A.": NOT_ON_THE_PAGE,
    "busbar outside": NOT_ON_THE_PAGE,
    "{} is neither an address nor a picture such as {}.": NOT_ON_THE_PAGE,
    "{} shows {} switches; this product has {}.": NOT_ON_THE_PAGE,
    "The page was not built: install OpenRESS with Node at hand, or run `python hatch_build.py`. The API works.": (
        NOT_ON_THE_PAGE
    ),
    "A snapshot, then what changes, as server-sent events": NOT_ON_THE_PAGE,
    "A value cannot be used": NOT_ON_THE_PAGE,
    "All values of the rack now": NOT_ON_THE_PAGE,
    "Language of sentences, before Accept-Language.": NOT_ON_THE_PAGE,
    "Language of sentences: of a refusal, where the answer has none.": NOT_ON_THE_PAGE,
    "The last fifteen minutes, one value a second": NOT_ON_THE_PAGE,
    "event: {}\nid: {}\ndata: {}\n\n": NO_SENTENCE,
    "public, max-age=31536000, immutable": NO_SENTENCE,
    "RS485 (A)": NO_SENTENCE,
    "RS485 (B)": NO_SENTENCE,
    "Nobody is logged in": NOT_ON_THE_PAGE,
    "The caller's role does not allow it": NOT_ON_THE_PAGE,
    "There is no such thing": NOT_ON_THE_PAGE,
    "The line or the pack is not in a state for it": NOT_ON_THE_PAGE,
    "The request cannot be carried out as it is": NOT_ON_THE_PAGE,
    "Somebody else has the line; the sentence says who": NOT_ON_THE_PAGE,
    "factory and configuration": NOT_ON_THE_PAGE,
    "{} cannot be read.": NOT_ON_THE_PAGE,
    "{} cannot be served.": NOT_ON_THE_PAGE,
    "It holds a step that is none.": NOT_ON_THE_PAGE,
    "quiet_for_s must be 5 to 300 s, not {}.": NOT_ON_THE_PAGE,
    "reacts_in_s must be 1 to 120 s, not {}.": NOT_ON_THE_PAGE,
    "part numbers": NO_SENTENCE,
    "Commissioning {}": "the report is English",
    "Commissioning report made with OpenRESS": "the report is English",
    "virtual rack": NO_SENTENCE,
    "link {}": NO_SENTENCE,
    "{}, far end": NO_SENTENCE,
    **dict.fromkeys(filter(re.compile(" ").search, TITLES.values()), OWN_WORDS),
    **dict.fromkeys(
        (text for drill in DRILLS.values() for text in (drill.title, drill.shows)),
        OWN_WORDS,
    ),
}
"""What stays English, and why."""

REQUESTS = (
    *(Login, Claim, Confirm, ChangePassword, NewUser, ChangeUser, NewToken),
    *(ConnectRequest, ScanRequest, ValuesRequest, WriteRequest, RestoreRequest, CloneRequest, OnRequest, SwitchRequest),
    *(ClockRequest, LimiterRequest, ProtocolRequest, LogsRequest),
)
FIELDS = {f"field {field.replace('_', ' ')}" for request in REQUESTS for field in request.model_fields}
"""What may be wrong with the form of a request, by name."""

SPOKEN = {speech.dialect for inverter in inverters().values() for speech in inverter.speeches} | {PACE}
EVIDENCE = {
    clause
    for text in (
        *(level.sentence for level in Evidence),
        *(DIALECTS[name].evidence for name in SPOKEN if name in DIALECTS),
    )
    for clause in text.split("; ")
} | {"not spoken yet", "experimental, off until consented to"}
"""How it is known that an inverter understands a dialect."""

TITLES_OF_INVERTERS = {one.title for one in inverters().values() if re.search(r"\b[a-z]{3,}\b", one.title)}
"""Those that have words of English in them."""

CAUSES = {
    *("Input/output error", "No such file or directory", "No such device", "No such device or address"),
    *("Permission denied", "Device or resource busy", "Invalid argument", "Inappropriate ioctl for device"),
    *("Connection refused", "Connection reset by peer", "Broken pipe", "No route to host", "Network is unreachable"),
    *("Name or service not known", "Temporary failure in name resolution", "No address associated with hostname"),
    *("No space left on device", "Read-only file system", "Operation not permitted"),
}
"""What an operating system says where a sentence quotes it."""

ALONE = {
    *(row.title for row in CONTROLS.values()),
    *(outcome.value for outcome in Outcome),
    *(access.name.lower() for access in Access),
    *("CAN none", "RS485 none", "or", "once", "on", "off", "asks", "protection", "fault", "charging", "discharging"),
    *(code.value.replace("_", " ") for codes in (Condition, Fault) for code in codes),
    *(trouble.replace("_", " ") for trouble in _TROUBLES),
    # What the web framework says by itself.
    *("Not Found", "Method Not Allowed"),
    # Any of several, as its checker names them.
    "{field} must be '{choices}.",
    # How the audit says what became of a request.
    *("begun", "refused, {number}", "failed, {number}"),
    # Names of values, and of columns of a plan.
    *("voltage", "current", "pack", "address", "switch", "counts", "with", "Power"),
    *("An inverter that is recognised", "recognised by what the inverter says", "of the dialect: {what}"),
    # Of a commissioning: titles of steps, and what was found.
    *("Safety", "Inverter", "confirmed"),
    *EVIDENCE,
    *TITLES_OF_INVERTERS,
    *FIELDS,
    *CAUSES,
}
"""Words of tables and other programs that stand in the places of forms."""


def told(language: str) -> dict[str, str]:
    text = (files("openress.translations") / f"told/{language}.toml").read_text(encoding="utf-8")
    return {english: said for table in tomllib.loads(text).values() for english, said in table.items()}


@cache
def made() -> frozenset[str]:
    found = {text for module, where in LOOKED_AT.items() for text in sentences(module, where)}
    found |= {note for inverter in INVERTERS.values() for note in inverter.notes}
    found |= {note for name in battery_names() for note in load_battery(name).notes or () if "witch" in note}
    found |= {line for name in battery_names() for line in load_battery(name).switch_on or ()}
    found |= {line for line in TOPICS["safety"][1] if line != HEAT}
    return frozenset(filter(has_words, found))


def has_words(text: str) -> bool:
    """Not so a frame around places."""
    return re.search(r"[^\W\d]{2}", PLACE.sub("", text)) is not None


@cache
def of_dialects() -> frozenset[str]:
    """What dialects say of frames and orders; most of it is about bytes, and quoted in English."""
    modules = (path.relative_to(SOURCE) for path in (SOURCE / "protocols").rglob("*.py"))
    return frozenset(text for module in modules for text in sentences(str(module), Where.RAISED))


@pytest.mark.parametrize("language", OTHERS)
def test_every_sentence_has_a_form_and_every_form_a_sentence(language: str) -> None:
    forms = {form(english) for english in told(language)}
    known = forms | {form(english) for english in wording_of(language).words}
    assert made() - known - LEFT.keys() == set()
    assert set(filter(has_words, forms)) - made() - of_dialects() == {form(word) for word in ALONE} - made()
    assert {text: why for text, why in LEFT.items() if text not in made() or text in forms} == {}


@pytest.mark.parametrize("language", OTHERS)
def test_forms_have_the_same_places_figures_and_commands(language: str) -> None:
    for english, said in told(language).items():
        assert said.strip() == said != ""
        assert sorted(PLACE.findall(said)) == sorted(PLACE.findall(english)), said
        assert figures(said) == figures(english) or english == "discharge over current 2", said
        assert sorted(COMMAND.findall(said)) == sorted(COMMAND.findall(english)), said
        assert english.endswith(".") == said.endswith((".", "。")), said
        assert not re.search(r"[!\uff01]|\b(bitte|por favor)\b|请(?!求)", said, re.IGNORECASE), said
        words = PLACE.sub("", said)
        assert said != english or len(words) < 8, said
        assert language != "zh" or len(words) < 8 or re.search(r"[\u4e00-\u9fff]", words), said


SAMPLES = {
    "word": "protection",
    "code": "short circuit",
    "reached": "pack 3 (X 1)",
    "times": "2 times",
    "field": "body.x",
    "begun": "Change 7 of pack 3, begun by ines, never ended",
}
"""What stands in places that take nothing else well."""


def sample(place: str) -> str:
    if place in NUMBERS:
        return "3"
    if place in LISTS:
        return "1, 2"
    return SAMPLES.get(place, "it was stopped" if place in CLAUSES else place.upper())


@pytest.mark.parametrize("language", OTHERS)
def test_every_form_fits_its_own_sentence_and_no_other_comes_before_it(language: str) -> None:
    retelling = retelling_of(language)
    for english, said in told(language).items():
        parts = {place[1:-1]: sample(place[1:-1]) for place in PLACE.findall(english)}
        expected = {place: retelling.told(part) if place in CLAUSES | LISTS else part for place, part in parts.items()}
        expected |= {place: "、".join(("1", "2")) for place in parts if place in LISTS and language == "zh"}
        expected |= {place: "x" for place in parts if place in module.FIELDS}
        assert retelling.retell(english.format_map(parts)) == said.format_map(expected), english


@pytest.mark.parametrize("language", OTHERS)
def test_no_form_swallows_another_sentence_behind_the_name_of_a_pack(language: str) -> None:
    retelling = retelling_of(language)
    begun = retelling.told("pack 2 (X 1)")
    for english in told(language):
        parts = {place[1:-1]: sample(place[1:-1]) for place in PLACE.findall(english)}
        sentence = english.format_map(parts)
        if sentence.endswith(".") and not sentence.startswith("pack"):
            colon = "\uff1a" if language == "zh" else ": "
            said = f"{begun}{colon}{retelling.told(sentence)}"
            assert retelling.retell(f"pack 2 (X 1): {sentence}") == said, english


def test_kinds_of_places_do_not_overlap_and_all_are_used() -> None:
    kinds = (NUMBERS, NAMES, CLAUSES, LISTS, PHRASES, QUOTED, module.FIELDS)
    used = {place[1:-1] for english in told("de") for place in PLACE.findall(english)}
    assert sum(map(len, kinds)) == len(frozenset().union(*kinds))
    assert frozenset().union(*kinds) <= used


@pytest.mark.parametrize("language", OTHERS)
def test_conditions_and_faults_have_the_names_of_the_page(language: str) -> None:
    page = (Path(__file__).parents[1] / f"ui/src/i18n/words/{language}.ts").read_text(encoding="utf-8")
    text = (files("openress.translations") / f"told/{language}.toml").read_text(encoding="utf-8")
    found = {}
    for section in ("condition", "fault"):
        found |= dict(
            re.findall(r"(\w+): \"(.*)\"", re.findall(rf"\n  {section}: \{{\n(.*?)\n  \}}", page, re.DOTALL)[0])
        )
    for name, said in tomllib.loads(text)["conditions"].items():
        assert said == found[name.replace(" ", "_")]


def test_what_has_no_form_is_not_told() -> None:
    german = retelling_of("de")
    assert german.retell("The moon is made of cheese.") is None
    assert german.told("The moon is made of cheese.") == "The moon is made of cheese."
    # A part that needs words and has none leaves the whole in English.
    assert german.retell("Nothing was changed: the moon is made of cheese.") is None
    assert german.lacking(["No pack answers.", "The moon.", "The moon.", ""]) == ["The moon."]
    assert german.retell("There is no account anna. The moon is made of cheese.") is None
    assert retelling_of("en").retell("The moon is made of cheese.") == "The moon is made of cheese."


def test_names_stay_and_figures_are_written_as_the_language_does() -> None:
    german = retelling_of("de")
    # A person may be called like a word of the catalogue.
    assert german.retell("installer may not change settings: that takes an installer.") == (
        "installer darf keine Einstellungen ändern: das darf erst ein Installateur."
    )
    assert german.retell("pack_ov_alarm_v reads 55.2 V instead of 56 V") == (
        "pack_ov_alarm_v liest sich als 55,2 V statt 56 V"
    )
    assert german.retell("No pack answers. No serial port is connected.") == (
        "Kein Pack antwortet. Kein serieller Anschluss ist angesteckt."
    )


@pytest.mark.parametrize(
    "text",
    [
        "a: " * 600,
        "A. " * 600,
        "; " * 900,
        "x reads 1 instead of 2; " * 80,
        "pack 1 (" * 240,
        " is  now and not the " * 90,
        "Nothing was changed: " * 90,
        "Change 1 of pack 1, begun by a, " * 60,
        "No pack answers. " * 110,
        "1, 2 and 3, " * 150,
    ],
)
def test_no_text_takes_long(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    tried = 0
    parts = module._Form.parts

    def counted(self: module._Form, text: str) -> dict[str, str] | None:
        nonlocal tried
        tried += 1
        return parts(self, text)

    monkeypatch.setattr(module._Form, "parts", counted)
    retelling = Retelling(Wording("de", {}), told("de"))
    assert len(text) <= LONGEST
    retelling.retell(text)
    assert tried < 100 * len(told("de"))
    assert retelling.retell(text + "x" * LONGEST) is None


def test_a_place_that_comes_twice_must_read_the_same() -> None:
    retelling = Retelling(Wording("de", {}), {"{a} and {a}": "zweimal {a}"})
    assert retelling.retell("x and x") == "zweimal x"
    assert retelling.retell("x and y") is None
    assert Retelling(ENGLISH).retell("x") == "x"
