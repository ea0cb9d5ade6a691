"""The passports of the packs that are connected: `GET /api/passport`."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from fastapi import APIRouter, HTTPException, Query, Response
from pydantic import BaseModel
from pydantic import Field as Described

from openress.catalog import load_product
from openress.clock import unix_s
from openress.config import Config
from openress.errors import ParameterError, reason
from openress.model import Freshness
from openress.products import Product
from openress.store.historyfile import HISTORY
from openress.telemetry.passport import Entered, Entry, Quality, make_passport
from openress.telemetry.passportpaper import passport_file_name, passport_paper
from openress.telemetry.passportpast import read_past

__all__ = ["Passports", "make_passports"]

REGULATION = "Regulation (EU) 2023/1542, Annex VII"


class HarmfulEvent(BaseModel):
    """A protection or fault that stood."""

    at_s: float
    code: str
    text: str


class PassportField(BaseModel):
    """One field."""

    key: str
    title: str
    unit: str
    annex: str = Described(description="Line of Annex VII; empty where the passport alone asks.")
    model: str = Described(description="Attribute of BatteryPassDataModel and chapter of DIN DKE SPEC 99100.")
    value: float | str | list[HarmfulEvent] | None = Described(description="Null where it is not known.")
    quality: Quality
    method: str = Described(description="How it was found, or why it is not known.")
    at_s: float | None = Described(description="Unix seconds of the latest thing it rests on.")


class PassportAnswer(BaseModel):
    """One pack."""

    regulation: str
    made_s: float
    pack: int
    serial: str | None
    manufacturer: str | None
    model: str | None
    product: str | None
    fields: list[PassportField]


class Passports:
    """Follower that answers with passports.

    Args:
        config: of the run.
        folder: the data folder, in which the history is.
    """

    def __init__(self, config: Config, folder: Path) -> None:
        self._entered = config.passport
        self._path = folder / HISTORY
        self._snapshot: dict[str, Any] | None = None

    def see(self, snapshot: dict[str, Any]) -> None:
        """See `Follower.see`."""
        self._snapshot = snapshot

    async def run(self) -> None:
        """Nothing to do until somebody asks."""

    async def close(self) -> None:
        """Nothing to finish."""

    @property
    def routers(self) -> Sequence[APIRouter]:
        """`GET /api/passport`: read-only and for whoever may see the page, as article 14 asks."""
        router = APIRouter(tags=["passport"])

        # A plain function: it waits for the disk in a thread of its own.
        @router.get(
            "/api/passport",
            summary="State of health and expected lifetime of a pack, with method and date for each field",
            responses={
                404: {"description": "There is no such pack."},
                503: {"description": "The history cannot be read."},
            },
        )
        def _passport(pack: int = Query(1, ge=0, le=255)) -> PassportAnswer:
            return self._passport(pack)

        @router.get(
            "/api/passport.pdf",
            summary="The same to print and hand on, in English",
            response_class=Response,
            responses={
                200: {"content": {"application/pdf": {"schema": {"type": "string", "format": "binary"}}}},
                404: {"description": "There is no such pack."},
                503: {"description": "The history cannot be read, or this system cannot make PDF files."},
            },
        )
        def _paper(pack: int = Query(1, ge=0, le=255)) -> Response:
            found = self._passport(pack).model_dump(mode="json")
            try:
                data = passport_paper(found).bytes()
            except ParameterError as error:
                raise HTTPException(503, str(error)) from error
            name = f'attachment; filename="{passport_file_name(found)}"'
            headers = {"Content-Disposition": name, "Content-Language": "en"}
            return Response(data, media_type="application/pdf", headers=headers)

        return [router]

    def _passport(self, number: int) -> PassportAnswer:
        snapshot = self._snapshot or {"packs": {}, "rack": {}}
        pack = snapshot["packs"].get(str(number))
        if pack is None:
            there = ", ".join(snapshot["packs"]) or "none"
            raise HTTPException(404, f"There is no pack {number}; there is {there}.")
        serial, at_s = pack.get("serial"), unix_s()
        try:
            past = read_past(self._path, serial or f"pack {number}", at_s)
        except sqlite3.Error as error:
            raise HTTPException(503, f"The history {self._path} cannot be read: {reason(error)}.") from error
        live = pack if pack.get("freshness") in (Freshness.FRESH.value, Freshness.ASLEEP.value) else {}
        product = _product(snapshot["rack"].get("product"))
        dates = self._entered.packs.get(serial or "", self._entered)
        entered = Entered(dates.manufactured, dates.in_service)
        return PassportAnswer(
            regulation=REGULATION,
            made_s=at_s,
            pack=number,
            serial=serial,
            manufacturer=pack.get("manufacturer"),
            model=pack.get("model"),
            product=None if product is None else product.title,
            fields=[_field(entry) for entry in make_passport(live, product, past, entered, at_s)],
        )


def make_passports(config: Config, folder: Path, _say: Callable[[str], None]) -> Passports:
    """The maker of this follower."""
    return Passports(config, folder)


def _product(key: str | None) -> Product | None:
    try:
        return None if key is None else load_product(key)
    except ParameterError:
        # A product file that is gone since: what it said is then not known.
        return None


def _field(entry: Entry) -> PassportField:
    field = entry.field
    value = entry.value
    shown = [HarmfulEvent(**event) for event in value] if isinstance(value, list) else value
    return PassportField(
        key=field.key,
        title=field.title,
        unit=field.unit,
        annex=field.annex,
        model=field.model,
        value=shown,
        quality=entry.quality,
        method=entry.method,
        at_s=entry.at_s,
    )
