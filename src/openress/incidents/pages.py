"""Incidents over HTTP: the list, one of them moment by moment, and the file itself to be kept or shared."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, HTTPException, Path, Query, Response

from openress.errors import OpenRESSError, ParameterError
from openress.incidents.folder import IncidentFolder
from openress.incidents.incidentfile import SUFFIX, read, to_bytes
from openress.incidents.redacting import redacted
from openress.incidents.timeline import IncidentAnswer, Summary, timeline
from openress.web.problems import Problem

__all__ = ["make_incident_router"]

Name = Annotated[str, Path(pattern=r"^[0-9A-Za-z_-]{1,100}$", description="As in the list")]
Redact = Annotated[bool, Query(description="Without serial numbers, link addresses and the time of day")]
_ANSWERS: dict[int | str, dict[str, Any]] = {
    404: {"model": Problem, "description": "There is no such incident"},
    409: {"model": Problem, "description": "The incident is damaged or cannot be redacted"},
    422: {"model": Problem, "description": "The request cannot be carried out as it is"},
}
_FILE: dict[int | str, dict[str, Any]] = {
    200: {"content": {"application/gzip": {}}, "description": "Lines of JSON under gzip"},
    **_ANSWERS,
}


def make_incident_router(folder: IncidentFolder) -> APIRouter:
    """The routes."""
    router = APIRouter(tags=["incidents"])

    # Plain functions: they read files, and so run in a thread.
    @router.get("/api/incidents", summary="What was recorded around events, the newest first")
    def _list() -> list[Summary]:
        return [Summary(**about.as_json()) for about in folder.kept()]

    @router.get("/api/incidents/{name}", summary="One incident, a moment for every second", responses=_ANSWERS)
    def _one(name: Name) -> IncidentAnswer:
        try:
            return timeline(read(_path(name)))
        except ParameterError as error:
            raise HTTPException(409, str(error)) from error

    @router.get(
        "/api/incidents/{name}/file",
        summary="The incident as a file, redacted on request",
        responses=_FILE,
        response_class=Response,
    )
    def _file(
        name: Name,
        redact: Redact = False,  # noqa: FBT002 - a query parameter
    ) -> Response:
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
            raise HTTPException(404, str(error)) from error

    return router
