"""The flight recorder of a running rack: takes what the taps give, and writes incidents in a thread of its own."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from fastapi import APIRouter

from openress import __version__
from openress.catalog import load_product
from openress.clock import unix_s
from openress.config import Config
from openress.errors import OpenRESSError
from openress.gateway.tape import Step
from openress.incidents.events import Event
from openress.incidents.flight import Flight, Taken, incident_of
from openress.incidents.folder import FOLDER, IncidentFolder
from openress.incidents.incident import About, Chunk
from openress.incidents.incidentfile import to_bytes
from openress.incidents.pages import make_incident_router
from openress.incidents.timeline import Summary
from openress.params import ParameterSet
from openress.sections import NO_INVERTER

__all__ = ["Recorder", "make_recorder"]
MOST_WAITING = 3
"""Incidents that wait to be written; each holds some megabytes."""


class Recorder:
    """A follower, see `openress.following`, that is also given the gateway's steps and the bytes of the packs' line.

    Args:
        config: of the run.
        folder: the data folder.
        say: told when an incident is kept, and once when none can be.
        clock: monotonic seconds.
    """

    def __init__(
        self, config: Config, folder: Path, say: Callable[[str], None], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.flight = Flight()
        self.folder = IncidentFolder(folder / FOLDER)
        self._config = config
        self._say = say
        self._clock = clock
        self._waiting: asyncio.Queue[Taken] = asyncio.Queue()
        self._writing: asyncio.Future[None] | None = None
        self._complained = ""
        self._link = self._battery_link = self._battery = self._product = ""
        self._routers = (make_incident_router(self.folder, self.under_way),)

    @property
    def routers(self) -> Sequence[APIRouter]:
        """What it adds to the API."""
        return self._routers

    def tap(self, steps: Sequence[Step]) -> None:
        """Take the gateway's steps; none at all is a gap."""
        self._put(self.flight.add(steps))

    def overhear(self, direction: str, data: bytes) -> None:
        """Take what passes on the line to the packs."""
        self.flight.heard(Chunk(self._clock(), direction, data))

    def see(self, snapshot: dict[str, Any]) -> None:
        """Take a snapshot; see `Follower.see`."""
        connection = snapshot.get("connection") or {}
        gateway = snapshot.get("gateway") or {}
        rack = snapshot.get("rack") or {}
        self._product = str(rack.get("product") or "")
        self._link = str(gateway.get("link") or "")
        self._battery_link, self._battery = (str(connection.get(key) or "") for key in ("link", "dialect"))
        state, sentence = connection.get("state"), connection.get("sentence")
        self._put(self.flight.link(str(state or ""), str(sentence or ""), self._clock()))

    def _put(self, found: Sequence[Taken]) -> None:
        for taken in found:
            if self._waiting.qsize() < MOST_WAITING:
                self._waiting.put_nowait(taken)

    async def run(self) -> None:
        """Write incidents until cancelled."""
        while True:
            taken = await self._waiting.get()
            self._writing = asyncio.ensure_future(asyncio.to_thread(self._write, taken))
            await asyncio.shield(self._writing)

    async def close(self) -> None:
        """Write what waits, and an incident that is still open as it is."""
        if self._writing is not None:
            await self._writing
        found = [self._waiting.get_nowait() for _ in range(self._waiting.qsize())] + self.flight.end()
        for taken in found:
            await asyncio.to_thread(self._write, taken)

    def _write(self, taken: Taken) -> None:
        now_s = unix_s()
        ahead_s = now_s - self._clock()
        name = _name(taken.event, ahead_s)
        if not self.folder.has_room(now_s):
            self._complain("So many incidents were recorded today that no more are kept before tomorrow.")
            return
        try:
            data = to_bytes(incident_of(taken, self._about(name, taken, ahead_s)))
            path = self.folder.write(name, data)
        except OSError as error:
            self._complain(f"An incident cannot be kept in {self.folder.path}: {error.strerror}.")
        except OpenRESSError as error:
            self._complain(f"An incident cannot be kept. {error}")
        else:
            self._complained = ""
            self._say(f"{taken.event.sentence} Recorded: {path.name}; see `openress incident show {name}`.")

    def under_way(self) -> Summary | None:
        """What is being recorded now, under the name that it will have; called from any thread."""
        event = self.flight.opened
        if event is None:
            return None
        now_s = unix_s()
        ahead_s = now_s - self._clock()
        began_s = round(event.at_s + ahead_s, 3)
        return Summary(
            id=_name(event, ahead_s),
            version=__version__,
            time_s=began_s,
            kind=event.kind.value,
            what=event.what,
            pack=event.pack,
            sentence=event.sentence,
            from_s=began_s,
            to_s=max(began_s, round(now_s, 3)),
            redacted=False,
            missed="",
            recording=True,
        )

    def _complain(self, sentence: str) -> None:
        """Once for each reason, until something can be kept again."""
        if sentence != self._complained:
            self._complained = sentence
            self._say(sentence)

    def _about(self, name: str, taken: Taken, ahead_s: float) -> About:
        battery = self._config.battery
        wanted = self._config.rack.product if battery is None else battery.product
        product = load_product(wanted)
        if self._product not in ("", product.key):
            # Another rack than that of the configuration has been connected since.
            wanted, product = self._product, load_product(self._product)
        values = ParameterSet.defaults(product)
        if self._config.parameters:
            values = values.with_values(self._config.parameters)
        at_s = taken.event.at_s
        return About(
            name,
            __version__,
            taken.event,
            (),
            ahead_s,
            at_s,
            at_s,
            wanted,
            dict(values),
            tuple(link for link in (self._link, self._battery_link) if link),
            self._battery,
        )


def _name(event: Event, ahead_s: float) -> str:
    then = datetime.fromtimestamp(event.at_s + ahead_s, tz=UTC)
    who = "" if event.pack is None else f"-pack-{event.pack}"
    return f"{then:%Y%m%dT%H%M%SZ}-{event.what.replace('_', '-')}{who}"


def make_recorder(config: Config, folder: Path, say: Callable[[str], None]) -> Recorder | None:
    """The follower, where there is a gateway to record."""
    return None if config.gateway.inverter == NO_INVERTER else Recorder(config, folder, say)
