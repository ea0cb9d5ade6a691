"""Drills asked for over HTTP: which there are, and one at a time run in a process of its own."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Depends, HTTPException
from fastapi import Path as InPath
from pydantic import BaseModel, Field

from openress.config import Config
from openress.drill.drills import DRILLS
from openress.params import Access
from openress.retelling import Retelling
from openress.web.caller import Require, by_account
from openress.web.problems import ANSWERS, Problem
from openress.web.speaking import TOLD, Retold

__all__ = ["LONGEST_S", "Drilling", "make_drills"]

LONGEST_S = 120.0
"""A drill takes seconds; one that takes so long is ended."""
_VIOLATED = 1
"""Exit of a drill in which an invariant was broken."""
_PROGRAM = (sys.executable, "-m", "openress", "drill")


class DrillPart(BaseModel):
    """A drill that can be run."""

    name: str
    title: str = Field(description="What is done.")
    shows: str = Field(description="What one should see.")
    seconds: float = Field(description="How long it takes in made time.")


class DrillsAnswer(BaseModel):
    """All of them."""

    drills: list[DrillPart]
    available: bool = Field(description="Whether one can be run here now: only beside a virtual rack.")
    running: str | None = Field(description="The one that is being run.")


class RowPart(BaseModel):
    """One second of a drill; values as the inverter decodes them, null in a second without frames."""

    at_s: float
    state: str = Field(description="Where the gateway's contract stands; `down` while there is no gateway.")
    charge_voltage_limit_v: float | None
    charge_current_limit_a: float | None
    discharge_current_limit_a: float | None
    charge_enabled: bool | None
    discharge_enabled: bool | None
    frames: int = Field(description="How many went out.")
    age_s: float | None = Field(description="Of the values that they rest on.")
    packs: int = Field(description="That take part.")
    pack_current_a: float = Field(description="Through the rack; it charges where it is above 0.")
    alarms: list[str]
    events: list[str] = Field(description="What was done in this second.")


class VerdictPart(BaseModel):
    """What has become of one invariant."""

    invariant: str
    title: str
    held: bool
    breaches: int
    first: str = Field(description="The first breach, in a sentence.")


class DrillAnswer(BaseModel):
    """A drill that was run, second by second.

    `language` is that of its sentences, but for those in `untranslated`, which are English.
    """

    drill: str
    title: str
    dialect: str
    held: bool = Field(description="Whether every invariant did.")
    longest_gap_s: float = Field(description="Without a frame, between the first and the last.")
    rows: list[RowPart]
    verdicts: list[VerdictPart]
    language: str = "en"
    untranslated: list[str] = []


def _told(drill: DrillAnswer, retelling: Retelling) -> DrillAnswer:
    rows = [
        row.model_copy(update={"events": [retelling.told(event) for event in row.events]}) if row.events else row
        for row in drill.rows
    ]
    verdicts = [
        one.model_copy(update={"title": retelling.told(one.title), "first": retelling.told(one.first)})
        for one in drill.verdicts
    ]
    texts = [event for row in drill.rows for event in row.events]
    texts += [text for one in drill.verdicts for text in (one.title, one.first)]
    told = {"rows": rows, "verdicts": verdicts, "language": retelling.wording.language}
    return drill.model_copy(update={**told, "untranslated": retelling.lacking(texts)})


Name = Annotated[str, InPath(max_length=60, description="Of a drill.")]


class Drilling:
    """A follower that runs drills; it only looks whether the rack is virtual.

    A drill has a rack, a gateway and an inverter of its own. It is run beside a virtual rack only, so that nobody takes
    it for something that befalls real packs, and so that the computer of real ones has nothing else to do.

    Args:
        require: see `openress.web.caller`; running a drill takes an operator.
    """

    def __init__(self, require: Require = by_account) -> None:
        self._operator = Depends(require(Access.OPERATOR))
        self._virtual = False
        self._running: str | None = None
        self._process: asyncio.subprocess.Process | None = None
        self._routers = (self._routes(),)

    @property
    def routers(self) -> Sequence[APIRouter]:
        """What it adds to the API."""
        return self._routers

    def see(self, snapshot: dict[str, Any]) -> None:
        """Take a snapshot; see `Follower.see`."""
        self._virtual = snapshot.get("virtual") is True

    def _routes(self) -> APIRouter:
        routes = APIRouter(prefix="/api/drills", tags=["drills"])
        refusals: dict[int | str, dict[str, Any]] = {
            **{status: ANSWERS[status] for status in (401, 403, 404, 409, 422, 423)},
            503: {"model": Problem, "description": "The drill did not come to its end"},
        }

        @routes.get("", summary="Drills that can be run")
        async def _list() -> DrillsAnswer:
            parts = [DrillPart(name=d.name, title=d.title, shows=d.shows, seconds=d.seconds) for d in DRILLS.values()]
            return DrillsAnswer(drills=parts, available=self._virtual, running=self._running)

        @routes.post(
            "/{name}",
            summary="Run a drill and wait for what it shows",
            responses={**refusals, **TOLD},
            dependencies=[self._operator],
        )
        async def _run(name: Name, retelling: Retold) -> DrillAnswer:
            return _told(await self.run_one(name), retelling)

        return routes

    async def run_one(self, name: str) -> DrillAnswer:
        """Run a drill.

        Raises:
            HTTPException: there is none of that name, the rack is not virtual, another one is being run, or it did not
                come to its end.
        """
        if name not in DRILLS:
            raise HTTPException(404, f"There is no drill {name!r}; they are {', '.join(DRILLS)}.")
        if not self._virtual:
            raise HTTPException(409, "Drills are run beside a virtual rack only; here real packs are connected.")
        if self._running is not None:
            raise HTTPException(423, f"The drill {self._running} is being run; wait some seconds.")
        self._running = name
        try:
            return await self._result(name)
        finally:
            self._running = None

    async def _result(self, name: str) -> DrillAnswer:
        self._process = process = await asyncio.create_subprocess_exec(
            *_PROGRAM, name, "--json", stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE
        )
        try:
            printed, _ = await asyncio.wait_for(process.communicate(), LONGEST_S)
        except TimeoutError as error:
            raise HTTPException(503, f"The drill {name} was ended after {LONGEST_S:.0f} s.") from error
        finally:
            self._process = None
            if process.returncode is None:
                process.kill()
                await process.wait()
        if process.returncode not in (0, _VIOLATED) or not printed:
            raise HTTPException(503, f"The drill {name} broke off; its terminal says why.")
        return DrillAnswer.model_validate(json.loads(printed))

    async def run(self) -> None:
        """Nothing to do by itself."""
        await asyncio.Event().wait()

    async def close(self) -> None:
        """End a drill that is being run."""
        if self._process is not None:
            self._process.kill()


def make_drills(_config: Config, _folder: Path, _say: Callable[[str], None]) -> Drilling:
    """The follower: always, since a rack may become a virtual one while it runs."""
    return Drilling()
