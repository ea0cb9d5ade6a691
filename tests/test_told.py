"""Sentences as they are made, in the reader's language: every way in which one may come out has its form."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ValidationError

from openress.catalog import battery_names, load_battery
from openress.gateway.compare import compare
from openress.install.connectors import INVERTERS, find_inverter
from openress.install.plan import make_plan
from openress.install.plantext import plan_text
from openress.install.powerplan import Request
from openress.inverterchoice import choose
from openress.protocols import DIALECTS
from openress.protocols.canbus import InverterView, ViewLimits, ViewRequests
from openress.retelling import Retelling
from openress.store.happened import RACK, Event, Level
from openress.telemetry.historyapi import EventPart
from openress.translations import retelling_of
from openress.web.accounts_api import NewToken
from openress.web.problems import _sentence
from openress.web.retold import told_live
from openress.web.servicemodels import ConnectRequest, SwitchRequest, WriteRequest
from tests.test_retelling import OTHERS, SPOKEN

PLANS = [
    *((battery, "victron") for battery in battery_names()),
    *(("syscom-a5l-51v2", inverter) for inverter in INVERTERS),
    ("syscom-a5l-51v2", "sma"),
]


def test_every_line_of_an_installation_plan_is_told() -> None:
    said: set[str] = set()
    for battery, inverter in PLANS:
        for packs in (1, 6):
            plan_text(make_plan(load_battery(battery), find_inverter(inverter), Request(packs=packs)), _kept(said))
    titles = {load_battery(name).title for name in battery_names()}
    for language in OTHERS:
        assert retelling_of(language).lacking(sorted(said - titles)) == []


def _kept(said: set[str]) -> Callable[[str], str]:
    def keep(sentence: str) -> str:
        said.add(sentence)
        return sentence

    return keep


@pytest.mark.parametrize("language", OTHERS)
def test_how_an_inverter_is_known_is_told(language: str) -> None:
    retelling = retelling_of(language)
    auto, known = choose("auto"), choose("victron")
    texts = [known.evidence(), auto.inverter.title, *(auto.evidence(name) for name in SPOKEN if name in DIALECTS)]
    assert retelling.lacking(texts) == []


def test_how_a_shadow_differs_is_told_in_every_way() -> None:
    now_s = 5.0

    def view(volts: float, amps: float, charging: bool = True) -> InverterView:
        limits = ViewLimits(now_s, charge_voltage_limit_v=volts, charge_current_limit_a=amps)
        return InverterView(limits=limits, requests=ViewRequests(now_s, charge_enabled=charging))

    ours = view(54.0, 60.0)
    pairs = [(None, None), (None, ours), (ours, ours), (ours, view(54.0, 100.0)), (ours, view(54.0, 20.0))]
    pairs += [(ours, view(56.0, 100.0)), (ours, view(54.0, 60.0, False)), (view(54.0, 60.0, False), ours)]
    told = [compare(one, other, now_s).sentence for one, other in pairs]
    assert len(set(told)) == len(pairs)
    for language in OTHERS:
        assert retelling_of(language).lacking(told) == []
    assert retelling_of("de").told(told[3]) == (
        "Es wird nichts gesendet. Die andere Batterie erlaubt mehr, als von hier käme: CCL 100,0 A, von hier wären es "
        "60,0 A."
    )


def test_a_request_that_is_wrong_is_told_in_every_way() -> None:
    wrong: list[tuple[type[BaseModel], Any]] = [
        (NewToken, {"title": "", "days": 400}),
        (NewToken, {"title": "x" * 81}),
        (NewToken, {"title": 1, "days": 0}),
        (NewToken, {"title": "x", "days": "soon", "role": "king", "more": 1}),
        (ConnectRequest, {"link": None, "addresses": [], "baud": 9600.5}),
        (ConnectRequest, {"link": None, "addresses": list(range(65)), "packs": "two"}),
        (ConnectRequest, {"link": None, "addresses": {}}),
        (WriteRequest, {"values": {"cell_ov_alarm_mv": float("nan")}}),
        (WriteRequest, {"values": 3}),
        (SwitchRequest, {"on": "maybe"}),
    ]
    texts = [text for model, body in wrong for text in _told_wrong(model, body)]
    for language in OTHERS:
        assert retelling_of(language).lacking(texts) == []
    assert "„Tage“ muss höchstens 366 sein." in map(retelling_of("de").told, texts)
    assert len({text.partition(" ")[2] for text in texts}) >= 14


def _told_wrong(model: type[BaseModel], body: object) -> list[str]:
    with pytest.raises(ValidationError) as caught:
        model.model_validate(body)
    return [
        _sentence(RequestValidationError([{**error, "loc": ("body", *error["loc"])}]))
        for error in caught.value.errors()
    ]


def test_the_gateway_is_told_with_its_language() -> None:
    frames = [
        {"frame": "355#00", "problem": "checksum 12 is wrong, computed 34"},
        {"frame": "351#00", "kind": "limits"},
    ]
    gateway = {"title": "Victron GX", "evidence": "vendor document; untested on hardware by us", "alarms": [],
               "frames": frames, "shadow": {"sentence": "Nothing is sent. The moon.", "values": []}}  # fmt: skip
    german = told_live({"gateway": gateway}, retelling_of("de"))["gateway"]
    assert (german["title"], german["evidence"], german["spoken"]) == (
        "Victron GX",
        "Herstellerdokument; von uns an keinem Gerät erprobt",
        "de",
    )
    assert german["frames"][0]["problem"] == "die Prüfsumme 12 ist falsch, errechnet 34"
    assert (german["frames"][0]["spoken"], german["frames"][1]) == ("de", frames[1])
    # What nobody has translated stays English and is not marked as German.
    assert german["shadow"] == gateway["shadow"]
    assert told_live({"gateway": {"age_s": 1}}, retelling_of("de")) == {"gateway": {"age_s": 1}}


def test_what_a_system_says_is_told_where_it_is_known() -> None:
    german: Retelling = retelling_of("de")
    assert german.told("serial:/dev/ttyUSB0 cannot be opened: Input/output error.") == (
        "serial:/dev/ttyUSB0 lässt sich nicht öffnen: Ein- oder Ausgabefehler."
    )
    assert german.told("serial:/dev/ttyUSB0 cannot be opened: Protocol error.") == (
        "serial:/dev/ttyUSB0 lässt sich nicht öffnen: Protocol error."
    )


def test_an_event_of_the_past_is_told_with_its_language() -> None:
    text = "Other packs from here on: serial:x in place of the virtual rack."
    event = Event(source=RACK, pack=None, kind="link", code="exchanged", level=Level.INFO, began_s=1.0, text=text)
    english = EventPart.of(event, retelling_of("en"))
    assert (english.text, english.spoken) == (text, None)
    german = EventPart.of(event, retelling_of("de"))
    assert (german.text, german.spoken) == ("Ab hier andere Packs: serial:x; zuvor: das virtuelle Rack.", "de")
    unknown = EventPart.of(replace(event, text="The moon."), retelling_of("de"))
    assert (unknown.text, unknown.spoken) == ("The moon.", None)
