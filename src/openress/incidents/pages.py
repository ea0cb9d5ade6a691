"""Incidents over HTTP: the list, one of them moment by moment, and the file itself to be kept or shared."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, Depends, HTTPException, Path, Query, Response

from openress.errors import OpenRESSError, ParameterError
from openress.incidents.folder import IncidentFolder
from openress.incidents.incidentfile import SUFFIX, read, to_bytes
from openress.incidents.redacting import redacted
from openress.incidents.timeline import IncidentAnswer, Summary, timeline
from openress.params import Access
from openress.rack.session import Author
from openress.retelling import Retelling
from openress.web.caller import Require, by_account
from openress.web.problems import ANSWERS, Problem
from openress.web.speaking import TOLD, Retold

__all__ = ["make_incident_router"]

Name = Annotated[str, Path(pattern=r"^[0-9A-Za-z_-]{1,100}$", description="As in the list")]
Redact = Annotated[
    bool | None,
    Query(description="Without serial numbers, link addresses and the time of day; if left out: whatever one may have"),
]
_ANSWERS: dict[int | str, dict[str, Any]] = {
    404: {"model": Problem, "description": "There is no such incident"},
    409: {"model": Problem, "description": "The incident is damaged or cannot be redacted"},
    422: {"model": Problem, "description": "The request cannot be carried out as it is"},
}
_FILE: dict[int | str, dict[str, Any]] = {
    200: {"content": {"application/gzip": {}}, "description": "Lines of JSON under gzip"},
    401: ANSWERS[401],
    403: ANSWERS[403],
    **_ANSWERS,
}


def make_incident_router(
    folder: IncidentFolder, under_way: Callable[[], Summary | None] = lambda: None, require: Require = by_account
) -> APIRouter:
    """The routes.

    Args:
        folder: of the incidents.
        under_way: tells what is being recorded now.
        require: see `openress.web.caller`. A file with every byte of the line in it leaves the house easily, so whoever
            only looks gets it redacted; what operators get is whole.
    """
    viewer = Depends(require(Access.VIEWER))
    router = APIRouter(tags=["incidents"])

    # Plain functions: they read files, and so run in a thread.
    @router.get("/api/incidents", summary="What was recorded around events, the newest first", responses=TOLD)
    def _list(retelling: Retold) -> list[Summary]:
        now = under_way()
        kept = [Summary(**about.as_json()) for about in folder.kept()]
        return [_told(one, retelling) for one in ([] if now is None else [now]) + kept]

    @router.get(
        "/api/incidents/{name}", summary="One incident, a moment for every second", responses={**_ANSWERS, **TOLD}
    )
    def _one(name: Name, retelling: Retold) -> IncidentAnswer:
        try:
            return _told_whole(timeline(read(_path(name))), retelling)
        except ParameterError as error:
            raise HTTPException(409, str(error)) from error

    @router.get(
        "/api/incidents/{name}/file",
        summary="The incident as a file: whole for operators, redacted for everybody else and on request",
        responses=_FILE,
        response_class=Response,
    )
    def _file(name: Name, redact: Redact = None, who: Author = viewer) -> Response:
        whole_for = who.access >= Access.OPERATOR
        if redact is False and not whole_for:
            raise HTTPException(403, "A whole incident takes an operator: leave redact out to have it redacted.")
        if redact is None:
            redact = not whole_for
        path = _path(name)
        try:
            data = path.read_bytes() if not redact else to_bytes(redacted(read(path)))
        except (OpenRESSError, OSError) as error:
            raise HTTPException(409, str(error)) from error
        shown = f"{'incident-redacted' if redact else name}{SUFFIX}"
        return Response(
            data, media_type="application/gzip", headers={"Content-Disposition": f'attachment; filename="{shown}"'}
        )

    def _path(name: str) -> Any:
        try:
            return folder.find(name)
        except ParameterError as error:
            now = under_way()
            if now is not None and now.id == name:
                raise HTTPException(409, f"The incident {name} is being recorded still.") from error
            raise HTTPException(404, str(error)) from error

    return router


def _told(about: Summary, retelling: Retelling) -> Summary:
    return about.model_copy(
        update={
            "sentence": retelling.told(about.sentence),
            "missed": retelling.told(about.missed),
            "language": retelling.wording.language,
            "untranslated": retelling.lacking([about.sentence, about.missed]),
        }
    )


def _told_whole(incident: IncidentAnswer, retelling: Retelling) -> IncidentAnswer:
    marks = [mark.model_copy(update={"sentence": retelling.told(mark.sentence)}) for mark in incident.marks]
    return incident.model_copy(
        update={
            "incident": _told(incident.incident, retelling),
            "marks": marks,
            "language": retelling.wording.language,
            "untranslated": retelling.lacking([mark.sentence for mark in incident.marks]),
        }
    )
