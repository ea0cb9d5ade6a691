"""The help over HTTP: the texts, the lamps, and drawings of racks, cables and switches."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Annotated, Any, TypeVar

from fastapi import APIRouter, HTTPException, Query, Response

from openress.catalog import battery_names, load_battery, load_product, product_names
from openress.errors import ParameterError
from openress.install.cable import cable_for
from openress.install.cabledrawing import cable_drawing
from openress.install.connectors import find_inverter
from openress.install.dip import switch_of
from openress.install.dipdrawing import dip_drawing
from openress.install.drawing import Drawing
from openress.install.helpcontent import help_content, lamp_content
from openress.install.plan import Plan, make_plan
from openress.install.plantext import plan_text
from openress.install.powerplan import Request
from openress.install.rackdrawing import rack_drawing
from openress.install.svg import svg
from openress.params import ParameterSet
from openress.products import Product

__all__ = ["help_router", "whole_help"]

_MOST_PACKS = 64
_Made = TypeVar("_Made")
_THRESHOLDS_OF = ("syscom-a5l-48v", "syscom-a5l-51v2")
"""Products whose thresholds the troubleshooting tree tells."""

Packs = Annotated[int, Query(ge=1, le=_MOST_PACKS)]
Amperes = Annotated[float | None, Query(gt=0, le=10_000)]
Name = Annotated[str, Query(max_length=60, pattern=r"^[\w .&/+-]*$")]


@cache
def whole_help() -> dict[str, Any]:
    """All of the help with the products that come with OpenRESS."""
    values = {
        load_product(name).title: dict(ParameterSet.defaults(load_product(name)))
        for name in _THRESHOLDS_OF
        if name in product_names()
    }
    return help_content([load_battery(name) for name in battery_names()], values)


def help_router() -> APIRouter:
    """What anybody who sees the page may ask."""
    router = APIRouter(tags=["help"])

    @router.get("/api/help", summary="Hazards, guides, the troubleshooting tree, products")
    def _help() -> dict[str, Any]:
        return whole_help()

    @router.get("/api/lamps", summary="What every picture of the front panel's lamps may mean")
    def _lamps() -> dict[str, Any]:
        return lamp_content()

    @router.get("/api/install/plan.svg", summary="The wiring of a rack as a drawing")
    def _plan(
        battery: Name, inverter: Name, packs: Packs, pack_current_a: Amperes = None, scheme: Name = ""
    ) -> Response:
        return _drawn(lambda: rack_drawing(_planned(battery, inverter, packs, pack_current_a, scheme)))

    @router.get("/api/install/plan", summary="The wiring of a rack as text, with what to buy and what is wrong")
    def _plan_text(
        battery: Name, inverter: Name, packs: Packs, pack_current_a: Amperes = None, scheme: Name = ""
    ) -> Response:
        lines = _told(lambda: plan_text(_planned(battery, inverter, packs, pack_current_a, scheme)))
        return Response("\n".join(lines).rstrip() + "\n", media_type="text/plain; charset=utf-8")

    @router.get("/api/install/cable.svg", summary="The cable to an inverter as a drawing")
    def _cable(battery: Name, inverter: Name) -> Response:
        return _drawn(lambda: cable_drawing(cable_for(_named(battery), find_inverter(inverter))))

    @router.get("/api/install/dip.svg", summary="The address switches of a rack as a drawing")
    def _dip(battery: Name, packs: Packs, scheme: Name = "") -> Response:
        return _drawn(lambda: _switches(battery, packs, scheme))

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


def _switches(battery: str, packs: int, scheme: str) -> Drawing:
    product = _named(battery)
    switch = switch_of(product, packs, scheme or None)
    plan = make_plan(product, find_inverter("victron"), Request(packs=packs, scheme=scheme or None))
    rows = [pack.row for pack in plan.packs if pack.row is not None]
    return dip_drawing(f"{packs} x {product.title}", switch, rows, confirmed=plan.confirmed)


def _told(make: Callable[[], _Made]) -> _Made:
    """What was asked for; a mistake in the question is the asker's, with its sentence."""
    try:
        return make()
    except ParameterError as error:
        raise HTTPException(422, str(error)) from error


def _drawn(make: Callable[[], Drawing]) -> Response:
    return Response(svg(_told(make)), media_type="image/svg+xml", headers={"Cache-Control": "no-cache"})
