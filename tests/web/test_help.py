"""The help over HTTP."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from xml.etree import ElementTree as ET

import httpx
import pytest
from fastapi import FastAPI

from openress.web.help import help_router

A5L = {"battery": "syscom-a5l-51v2"}


@asynccontextmanager
async def client() -> AsyncIterator[httpx.AsyncClient]:
    api = FastAPI()
    api.include_router(help_router())
    async with httpx.AsyncClient(transport=httpx.ASGITransport(api), base_url="http://localhost") as made:
        yield made


@pytest.mark.req("REQ-001")
async def test_texts_and_lamps() -> None:
    async with client() as it:
        found = (await it.get("/api/help")).json()
        assert "electric shock" in found["topics"][0]["sentences"][0]
        assert (await it.get("/api/lamps")).json() == found["lamps"]


@pytest.mark.req("REQ-001")
@pytest.mark.parametrize(
    ("language", "hazard"),
    [
        ("de", "Eine Batterie kann einen Stromschlag verursachen."),
        ("es", "Una batería puede causar una descarga eléctrica."),
        ("zh", "电池可能造成触电。"),
    ],
)
async def test_the_hazards_in_other_languages(language: str, hazard: str) -> None:
    async with client() as it:
        answer = await it.get("/api/help", params={"lang": language}, headers={"Accept-Language": "en"})
        browser = await it.get("/api/help", headers={"Accept-Language": f"fr, {language};q=0.9, en;q=0.5"})
    assert answer.json()["topics"][0]["sentences"][0] == hazard
    assert answer.headers["content-language"] == language
    assert browser.content == answer.content


async def test_a_browser_that_has_the_texts_of_its_language_gets_no_others() -> None:
    async with client() as it:
        first = await it.get("/api/help?lang=de")
        tag = first.headers["etag"]
        again = await it.get("/api/help?lang=de", headers={"If-None-Match": f'"other", W/{tag}'})
        other = await it.get("/api/help?lang=es", headers={"If-None-Match": tag})
        lamps = await it.get("/api/lamps?lang=de", headers={"If-None-Match": tag})
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    assert {answer.headers["vary"] for answer in (first, again, other)} == {"Accept-Language"}
    assert (other.status_code, other.json()["language"], lamps.status_code) == (200, "es", 200)


async def test_the_language_is_described() -> None:
    async with client() as it:
        routes = (await it.get("/openapi.json")).json()["paths"]
    for path in ("/api/help", "/api/lamps"):
        told = routes[path]["get"]
        assert {(one["name"], one["in"]) for one in told["parameters"]} == {
            ("lang", "query"),
            ("accept-language", "header"),
            ("If-None-Match", "header"),
        }
        assert set(told["responses"]["200"]["headers"]) == {"Content-Language", "Vary", "ETag"}
        assert "304" in told["responses"]


@pytest.mark.parametrize(
    ("path", "question", "word"),
    [
        ("plan.svg", {"inverter": "victron", "packs": "4", **A5L}, "Pack 4"),
        ("cable.svg", {"inverter": "phocos", **A5L}, "Made-up cable"),
        ("dip.svg", {"packs": "15", **A5L}, "Pack 15"),
        ("dip.svg", {"packs": "2", "lang": "zh", **A5L}, "电池包 2"),
        ("cable.svg", {"inverter": "phocos", "lang": "de", **A5L}, "BATTERIEKABEL - NICHT FÜR EIN NETZWERK"),
    ],
)
async def test_drawings(path: str, question: dict[str, str], word: str) -> None:
    async with client() as it:
        answer = await it.get(f"/api/install/{path}", params=question)
    assert answer.headers["content-type"] == "image/svg+xml"
    assert answer.headers["content-language"] == question.get("lang", "en")
    texts = [element.text for element in ET.fromstring(answer.text).iter()]  # noqa: S314  # our own text
    assert word in texts


async def test_a_plan_as_text() -> None:
    async with client() as it:
        answer = await it.get("/api/install/plan", params={"inverter": "victron", "packs": "2", **A5L})
        german = await it.get("/api/install/plan", params={"inverter": "victron", "packs": "2", "lang": "de", **A5L})
    assert "  1 x link cable, straight, LINK-OUT - LINK-IN\n" in answer.text
    assert "  1 x LINK-Kabel, gerade, LINK-OUT - LINK-IN\n" in german.text
    assert (german.headers["content-language"], answer.headers["content-language"]) == ("de", "en")


@pytest.mark.parametrize(
    ("path", "question", "sentence"),
    [
        ("plan.svg", {"inverter": "victron", "packs": "16", **A5L}, "15"),
        ("plan.svg", {"inverter": "victorn", "packs": "1", **A5L}, "did you mean victron?"),
        ("cable.svg", {"inverter": "opti", **A5L}, "not published"),
        ("dip.svg", {"packs": "4", "battery": "powersync-lfp-lv-51v2-8bit"}, "the table of its 8 toggle switches"),
        ("dip.svg", {"packs": "1", "battery": "secret.toml"}, "There is no battery 'secret.toml'"),
    ],
)
async def test_a_question_that_cannot_be_answered_gets_its_reason(
    path: str, question: dict[str, str], sentence: str
) -> None:
    async with client() as it:
        answer = await it.get(f"/api/install/{path}", params=question)
    assert answer.status_code == 422
    assert sentence in answer.json()["detail"]
