"""The routes of a commissioning, and a follower that hands it what the packs tell now: `GET /api/commissioning`."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Depends, HTTPException, Request, Response

from openress.accounts import Caller, Role
from openress.clock import unix_s
from openress.errors import ParameterError
from openress.retelling import Retelling
from openress.web.auth import note, require
from openress.web.commissiondesk import Answer, CommissionDesk, NotBegunError
from openress.web.commissionheard import Heard, heard_in
from openress.web.commissionmodels import AnswerStep, BeginCommissioning, CommissioningAnswer, SignOff
from openress.web.commissiontold import answer_of
from openress.web.problems import ANSWERS, Problem
from openress.web.speaking import TOLD, Retold

__all__ = ["Commissioning", "make_commissioning"]

_HOLDS_S = 5.0
"""Snapshots come once a second; one that is older says nothing of now."""
Installer = Annotated[Caller, Depends(require(Role.INSTALLER))]


_CHANGING: dict[int | str, dict[str, Any]] = {status: ANSWERS[status] for status in (401, 403, 404, 409, 422)}
_READING: dict[int | str, dict[str, Any]] = {status: ANSWERS[status] for status in (404, 409)}


class Commissioning:
    """The follower.

    Args:
        folder: the data folder.
        clock_s: seconds on a clock that only goes forward.
        wall_s: Unix seconds.
    """

    def __init__(
        self, folder: Path, *, clock_s: Callable[[], float] = time.monotonic, wall_s: Callable[[], float] = unix_s
    ) -> None:
        self._clock_s = clock_s
        self._last: tuple[dict[str, Any], float] | None = None
        self.desk = CommissionDesk(folder, self._heard, clock_s=clock_s, unix_s=wall_s)
        self._routers = (self._routes(),)

    @property
    def routers(self) -> Sequence[APIRouter]:
        """What it adds to the API."""
        return self._routers

    def see(self, snapshot: dict[str, Any]) -> None:
        """Take a snapshot; see `Follower.see`."""
        self._last = (snapshot, self._clock_s())

    async def run(self) -> None:
        """Nothing to do until somebody asks."""

    async def close(self) -> None:
        """Nothing to finish: every answer is kept at once."""

    def _heard(self) -> Heard:
        snapshot, at_s = self._last or (None, 0.0)
        return heard_in(snapshot, self._clock_s() - at_s, fresh_for_s=_HOLDS_S)

    def _routes(self) -> APIRouter:
        # Plain functions: they wait for the disk in threads of their own.
        routes = APIRouter(prefix="/api/commissioning", tags=["commissioning"])
        desk = self.desk

        @routes.get("", summary="How far the commissioning is", responses={409: ANSWERS[409], **TOLD})
        def _state(retelling: Retold) -> CommissioningAnswer:
            return self._answer(retelling)

        @routes.post("", summary="Begin a commissioning", status_code=201, responses={**_CHANGING, 201: {**TOLD[200]}})
        def _begin(
            wanted: BeginCommissioning, request: Request, retelling: Retold, _: Installer
        ) -> CommissioningAnswer:
            desk.begin(wanted.battery, wanted.packs, wanted.inverter, wanted.site.strip(), wanted.scheme or None)
            note(request, f"{wanted.packs} x {wanted.battery}, {wanted.inverter}")
            return self._answer(retelling)

        @routes.post("/step", summary="Answer the present step", responses={**_CHANGING, **TOLD})
        def _step(said: AnswerStep, request: Request, retelling: Retold, _: Installer) -> CommissioningAnswer:
            numbers = None if said.part_numbers is None else tuple(said.part_numbers)
            override = None if said.override is None else said.override.strip() or None
            told = said.model_dump(exclude={"part_numbers", "override"})
            with _missing():
                title, passed = desk.answer(Answer(**told, part_numbers=numbers, override=override))
            note(request, title)
            if passed and override is not None:
                note(request, override)
            return self._answer(retelling)

        @routes.post("/sign", summary="Sign off", responses={**_CHANGING, **TOLD})
        def _sign(who: SignOff, request: Request, retelling: Retold, _: Installer) -> CommissioningAnswer:
            note(request, who.name)
            with _missing():
                desk.sign(who.name.strip() or who.name)
            return self._answer(retelling)

        @routes.delete("", summary="Put the commissioning away; its file is kept", status_code=204, responses=_CHANGING)
        def _away(request: Request, _: Installer) -> None:
            with _missing():
                note(request, desk.put_away())

        self._reports(routes)
        return routes

    def _reports(self, routes: APIRouter) -> None:
        desk = self.desk

        @routes.get(
            "/report.txt",
            summary="The report as text, in English",
            response_class=Response,
            responses={**_READING, 200: {"content": {"text/plain": {"schema": {"type": "string"}}}}},
        )
        def _text() -> Response:
            with _missing():
                lines = desk.report()
            return Response("\n".join(lines) + "\n", media_type="text/plain; charset=utf-8", headers=_named("txt"))

        @routes.get(
            "/report.pdf",
            summary="The report to print and sign, in English",
            response_class=Response,
            responses={
                **_READING,
                200: {"content": {"application/pdf": {"schema": {"type": "string", "format": "binary"}}}},
                503: {"model": Problem, "description": "This system cannot make PDF files"},
            },
        )
        def _pdf() -> Response:
            with _missing():
                try:
                    data = desk.report_pdf()
                except ParameterError as error:
                    raise HTTPException(503, str(error)) from error
            return Response(data, media_type="application/pdf", headers=_named("pdf"))

    def _answer(self, retelling: Retelling) -> CommissioningAnswer:
        run, heard = self.desk.look()
        return answer_of(run, heard, None if run is None else self.desk.wait_left_s(run), retelling)


@contextmanager
def _missing() -> Iterator[None]:
    """A commissioning that nobody began is a thing that there is not."""
    try:
        yield
    except NotBegunError as error:
        raise HTTPException(404, str(error)) from error


def _named(suffix: str) -> dict[str, str]:
    name = f'attachment; filename="commissioning-report.{suffix}"'
    return {"Content-Disposition": name, "Content-Language": "en", "Cache-Control": "no-store"}


def make_commissioning(_config: object, folder: Path, _say: Callable[[str], None]) -> Commissioning:
    """The follower: always, since packs may be connected while it runs."""
    return Commissioning(folder)
