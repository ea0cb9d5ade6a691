"""A follower that reminds of stored packs: in sentences while the rack runs, over the API, and as a calendar.

A pack counts as stored while it is off or dormant. What is remembered of it stands in one file of the data folder, so
that a rack that is looked at once a month is still reminded of in time.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from fastapi import APIRouter, Response

from openress.catalog import load_product
from openress.config import Config
from openress.errors import reason
from openress.install.ics import Reminder, calendar_text
from openress.install.storewatch import Event, Kept, Kind, StoreWatch, sentence
from openress.install.storing import Reading
from openress.products import Product

__all__ = ["FILE", "Reminders", "make_reminders"]

FILE = "storage.json"
WRITE_EVERY_S = 5.0
_ASLEEP = "asleep"
_NOT_FRESH = ("stale", "absent")


def make_reminders(config: Config, folder: Path, say: Callable[[str], None]) -> Reminders:
    """The reminders of a rack; every rack has them."""
    return Reminders(load_product(config.rack.product), folder / FILE, say)


class Reminders:
    """The follower.

    Args:
        product: of the packs.
        path: where it remembers.
        say: told what a person should know.
    """

    def __init__(self, product: Product, path: Path, say: Callable[[str], None]) -> None:
        self._product, self._path, self._say = product, path, say
        self._written = self._content = _read(path, say)
        self._watch = StoreWatch(product, _kept_of(self._content, path, say))
        self._told: list[dict[str, Any]] = []
        self._today = 0
        self._time_s = 0.0
        self._failed = False

    @property
    def routers(self) -> Sequence[APIRouter]:
        """The reminders, as JSON and as a calendar."""
        router = APIRouter(tags=["storage"])

        @router.get("/api/reminders", summary="When stored packs must be charged again, and what was told of them")
        async def _reminders() -> dict[str, Any]:
            return self.as_json()

        @router.get("/api/reminders.ics", summary="The same dates as a calendar file")
        async def _calendar() -> Response:
            return Response(self.calendar(), media_type="text/calendar; charset=utf-8")

        return [router]

    def see(self, snapshot: dict[str, Any]) -> None:
        """As `openress.following.Follower`."""
        self._time_s = float(snapshot["time_s"])
        self._today = _day_of(self._time_s)
        for number, pack in snapshot["packs"].items():
            if pack.get("freshness") in _NOT_FRESH:
                continue
            events = self._watch.see(
                self._today,
                str(pack.get("serial") or f"pack {number}"),
                int(number),
                asleep=pack.get("freshness") == _ASLEEP,
                soc_pct=pack.get("soc_pct"),
                current_a=pack.get("pack_current_a"),
                temperature_c=pack.get("temperature_max_c"),
            )
            for event in events:
                self._tell(event)

    def _tell(self, event: Event) -> None:
        text = sentence(event, self._product, _date_text)
        self._told.append({"time_s": self._time_s, "kind": event.kind.value, "pack": event.pack, "sentence": text})
        del self._told[:-50]
        self._say(text)

    def as_json(self) -> dict[str, Any]:
        """Every pack that was ever seen with its date, and what was told since the start."""
        return {
            "product": self._product.key,
            "reminders": [self._row(one) for one in self._watch.kept],
            "events": list(self._told),
        }

    def _row(self, one: Kept) -> dict[str, Any]:
        due = self._watch.due_day(one)
        return {
            "pack": one.pack,
            "serial": one.key,
            "asleep": one.asleep,
            "charged": _date_text(one.charged_day),
            "recharge": None if due is None else _date_text(due),
            "overdue": one.asleep and due is not None and self._today > due,
            "temperature_c": one.readings[-1].temperature_c if one.readings else None,
        }

    def calendar(self) -> str:
        """A calendar file with the dates of the packs that sleep."""
        found = []
        for one in self._watch.kept:
            due = self._watch.due_day(one) if one.asleep else None
            if due is not None:
                day = date.fromordinal(due)
                text = f"{self._product.title} in storage, serial number {one.key}: charge it by today."
                found.append(Reminder(f"recharge-{one.key}", f"{day:%Y%m%d}", f"Charge pack {one.pack}", text))
        return calendar_text(found, f"{datetime.fromtimestamp(self._time_s, UTC):%Y%m%dT%H%M%SZ}")

    async def run(self) -> None:
        """Write down what has changed, now and then."""
        while True:
            await asyncio.sleep(WRITE_EVERY_S)
            self._write()

    async def close(self) -> None:
        """Write it a last time."""
        self._write()

    def _write(self) -> None:
        content = [_plain(one) for one in self._watch.kept]
        if content == self._written:
            return
        beside = self._path.with_suffix(".new")
        try:
            beside.write_text(json.dumps({"packs": content}), encoding="utf-8")
            beside.replace(self._path)
        except OSError as error:
            if not self._failed:
                self._say(f"The reminders of stored packs cannot be written to {self._path}: {error.strerror}.")
            self._failed = True
            return
        self._written, self._failed = content, False


def _day_of(time_s: float) -> int:
    return datetime.fromtimestamp(time_s, UTC).astimezone().date().toordinal()


def _date_text(day: int) -> str:
    return date.fromordinal(day).isoformat()


def _plain(one: Kept) -> dict[str, Any]:
    return {
        "key": one.key,
        "pack": one.pack,
        "charged_day": one.charged_day,
        "asleep": one.asleep,
        "readings": [[reading.day, reading.temperature_c] for reading in one.readings],
        "told": [[kind.value, day] for kind, day in one.told],
    }


def _read(path: Path, say: Callable[[str], None]) -> list[Any]:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))["packs"]
    except FileNotFoundError:
        return []
    except (OSError, ValueError, KeyError, TypeError) as error:
        say(f"{path} cannot be read ({reason(error)}): reminders of stored packs begin anew.")
        return []
    return content if isinstance(content, list) else []


def _kept_of(content: list[Any], path: Path, say: Callable[[str], None]) -> list[Kept]:
    found = []
    for row in content:
        try:
            found.append(
                Kept(
                    str(row["key"]),
                    int(row["pack"]),
                    int(row["charged_day"]),
                    bool(row["asleep"]),
                    tuple(Reading(int(day), float(warm)) for day, warm in row["readings"]),
                    tuple((Kind(kind), int(day)) for kind, day in row["told"]),
                )
            )
        except (KeyError, TypeError, ValueError):
            say(f"{path}: one pack in it cannot be read; its reminder begins anew.")
    return found
