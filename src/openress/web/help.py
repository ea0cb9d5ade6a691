"""The help over HTTP: the texts, the lamps, and drawings of racks, cables and switches."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from functools import cache
from typing import Annotated, Any, TypeVar

from fastapi import APIRouter, Header, HTTPException, Query, Response

from openress.catalog import battery_names, load_battery, load_product, product_names
from openress.errors import ParameterError
from openress.install.cable import cable_for
from openress.install.cabledrawing import cable_drawing
from openress.install.connectors import find_inverter
from openress.install.dip import switch_of
from openress.install.dipdrawing import dip_drawing
from openress.install.drawing import Drawing
from openress.install.helpcontent import help_content, lamp_content
from openress.install.helpindex import NumberFact
from openress.install.plan import Plan, make_plan
from openress.install.plantext import plan_text
from openress.install.powerplan import Request
from openress.install.rackdrawing import rack_drawing
from openress.install.svg import svg
from openress.invertercatalog import inverters
from openress.params import ParameterSet
from openress.products import Product
from openress.translations import wording_of
from openress.web.speaking import TOLD_HEADERS, Spoken, told_headers
from openress.wording import ENGLISH, Wording

__all__ = ["help_router", "inverter_facts", "whole_help"]

_MOST_PACKS = 64
_Made = TypeVar("_Made")
_THRESHOLDS_OF = ("syscom-a5l-48v", "syscom-a5l-51v2")
"""Products whose thresholds the troubleshooting tree tells."""

_TOLD: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The texts in the language that was asked for; those in `untranslated` are English.",
        "content": {"application/json": {"schema": {"type": "object"}}},
        "headers": {
            **TOLD_HEADERS,
            "ETag": {"description": "Changes with the texts.", "schema": {"type": "string"}},
        },
    },
    304: {"description": "The texts are those of the ETag that the caller has."},
}
_PICTURE: dict[int | str, dict[str, Any]] = {
    200: {"content": {"image/svg+xml": {"schema": {"type": "string"}}}, "headers": dict(TOLD_HEADERS)}
}
Known = Annotated[str | None, Header(alias="If-None-Match", description="The ETag of an answer that is at hand.")]
Packs = Annotated[int, Query(ge=1, le=_MOST_PACKS)]
Amperes = Annotated[float | None, Query(gt=0, le=10_000)]
Name = Annotated[str, Query(max_length=60, pattern=r"^[\w .&/+-]*$")]


@cache
def whole_help(language: str = ENGLISH.language) -> dict[str, Any]:
    """All of the help in a language, with the products that come with OpenRESS."""
    values = {
        load_product(name).title: dict(ParameterSet.defaults(load_product(name)))
        for name in _THRESHOLDS_OF
        if name in product_names()
    }
    return help_content(
        [load_battery(name) for name in battery_names()], values, wording_of(language), inverter_facts()
    )


def inverter_facts() -> list[NumberFact]:
    """What is known of the inverters' conduct."""
    return [
        NumberFact(inverter.title, topic.value, fact.says)
        for inverter in inverters().values()
        for topic, fact in inverter.facts.items()
    ]


@cache
def _packed_help(language: str) -> tuple[bytes, str]:
    return _packed(whole_help(language))


@cache
def _packed_lamps(language: str) -> tuple[bytes, str]:
    return _packed(lamp_content(wording_of(language)))


def _packed(content: Mapping[str, Any]) -> tuple[bytes, str]:
    """An answer that is always the same, and the tag by which a browser knows that it has it."""
    body = json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()
    return body, f'"{hashlib.sha256(body).hexdigest()[:32]}"'


def _text(body: bytes, tag: str, wording: Wording, known: str | None) -> Response:
    """The answer in a language, or that the browser has it already (RFC 9110, 13.1.2)."""
    headers = {**told_headers(wording), "ETag": tag, "Cache-Control": "no-cache"}
    tags = {one.strip().removeprefix("W/") for one in (known or "").split(",")}
    if not tags.isdisjoint({tag, "*"}):
        return Response(status_code=304, headers=headers)
    return Response(body, media_type="application/json", headers=headers)


def help_router() -> APIRouter:
    """What anybody who sees the page may ask."""
    router = APIRouter(tags=["help"])

    @router.get("/api/help", summary="Hazards, guides, the troubleshooting tree, products", responses=_TOLD)
    def _help(wording: Spoken, if_none_match: Known = None) -> Response:
        return _text(*_packed_help(wording.language), wording, if_none_match)

    @router.get("/api/lamps", summary="What every picture of the front panel's lamps may mean", responses=_TOLD)
    def _lamps(wording: Spoken, if_none_match: Known = None) -> Response:
        return _text(*_packed_lamps(wording.language), wording, if_none_match)

    @router.get("/api/install/plan.svg", summary="The wiring of a rack as a drawing", responses=_PICTURE)
    def _plan(
        battery: Name,
        inverter: Name,
        packs: Packs,
        wording: Spoken,
        pack_current_a: Amperes = None,
        scheme: Name = "",
    ) -> Response:
        plan = _told(lambda: _planned(battery, inverter, packs, pack_current_a, scheme))
        return _drawn(lambda: rack_drawing(plan, wording=wording), wording)

    @router.get("/api/install/plan", summary="The wiring of a rack as text, with what to buy and what is wrong")
    def _plan_text(
        battery: Name, inverter: Name, packs: Packs, pack_current_a: Amperes = None, scheme: Name = ""
    ) -> Response:
        lines = _told(lambda: plan_text(_planned(battery, inverter, packs, pack_current_a, scheme)))
        return Response("\n".join(lines).rstrip() + "\n", media_type="text/plain; charset=utf-8")

    @router.get("/api/install/cable.svg", summary="The cable to an inverter as a drawing", responses=_PICTURE)
    def _cable(battery: Name, inverter: Name, wording: Spoken) -> Response:
        return _drawn(lambda: cable_drawing(cable_for(_named(battery), find_inverter(inverter)), wording), wording)

    @router.get("/api/install/dip.svg", summary="The address switches of a rack as a drawing", responses=_PICTURE)
    def _dip(battery: Name, packs: Packs, wording: Spoken, scheme: Name = "") -> Response:
        return _drawn(lambda: _switches(battery, packs, scheme, wording), wording)

    return router


def _named(battery: str) -> Product:
    """A product by its name alone: a request never names a file.

    Raises:
        ParameterError: there is none.
    """
    if battery not in battery_names():
        raise ParameterError(f"There is no battery {battery!r}; known: {', '.join(battery_names())}.")
    return load_battery(battery)


def _planned(battery: str, inverter: str, packs: int, pack_current_a: float | None, scheme: str) -> Plan:
    request = Request(packs=packs, pack_current_a=pack_current_a, scheme=scheme or None)
    return make_plan(_named(battery), find_inverter(inverter), request)


def _switches(battery: str, packs: int, scheme: str, wording: Wording) -> Drawing:
    product = _named(battery)
    switch = switch_of(product, packs, scheme or None)
    plan = make_plan(product, find_inverter("victron"), Request(packs=packs, scheme=scheme or None))
    rows = [pack.row for pack in plan.packs if pack.row is not None]
    title, wait_s = f"{packs} x {product.title}", product.address_wait_s
    return dip_drawing(title, switch, rows, wait_s=wait_s, confirmed=plan.confirmed, wording=wording)


def _told(make: Callable[[], _Made]) -> _Made:
    """What was asked for; a mistake in the question is the asker's, with its sentence."""
    try:
        return make()
    except ParameterError as error:
        raise HTTPException(422, str(error)) from error


def _drawn(make: Callable[[], Drawing], wording: Wording) -> Response:
    headers = {**told_headers(wording), "Cache-Control": "no-cache"}
    return Response(svg(_told(make)), media_type="image/svg+xml", headers=headers)
