"""The HTTP side: the snapshot, the stream of differences, the charts' past, and the page itself."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any

from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.responses import FileResponse, PlainTextResponse, StreamingResponse
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from openress import __version__
from openress.web.help import help_router
from openress.web.hub import Event, Hub
from openress.web.problems import tell_problems

__all__ = ["make_api"]

_HEADERS = {
    "Content-Security-Policy": "default-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
}
_FOR_EVER = "public, max-age=31536000, immutable"
"""For files whose names change with their content."""
_ASK_AGAIN = "no-cache"


class _Files(StaticFiles):
    """A folder of files, with what browsers are told about keeping them."""

    def __init__(self, directory: Path, cache: str) -> None:
        super().__init__(directory=directory)
        self._cache = cache

    async def get_response(self, path: str, scope: Scope) -> Response:
        """As the base class."""
        response = await super().get_response(path, scope)
        response.headers["Cache-Control"] = self._cache
        return response


def _text(event: Event) -> str:
    return f"event: {event.kind}\nid: {event.seq}\ndata: {json.dumps(event.data, separators=(',', ':'))}\n\n"


def make_api(hub: Hub, *, hosts: list[str], routers: Sequence[APIRouter] = ()) -> FastAPI:
    """The application.

    Args:
        hub: where snapshots come from.
        routers: what else it answers.
        hosts: names by which browsers may call it; others are refused, so that no foreign page can reach it through
            a name of its own.
    """
    api = FastAPI(title="OpenRESS", version=__version__, docs_url=None, redoc_url=None)
    api.add_middleware(TrustedHostMiddleware, allowed_hosts=hosts)

    @api.middleware("http")
    async def _guard(request: Request, call_next: Any) -> Response:
        response: Response = await call_next(request)
        for name, value in _HEADERS.items():
            response.headers.setdefault(name, value)
        return response

    @api.get("/api/snapshot", summary="All values of the rack now")
    async def _snapshot() -> dict[str, Any]:
        return hub.snapshot

    @api.get("/api/recent", summary="The last fifteen minutes, one value a second")
    async def _recent() -> dict[str, Any]:
        return hub.recent.read()

    @api.get("/api/stream", summary="A snapshot, then what changes, as server-sent events")
    async def _stream() -> StreamingResponse:
        async def lines() -> AsyncIterator[str]:
            async for event in hub.events():
                yield _text(event)

        return StreamingResponse(lines(), media_type="text/event-stream", headers={"Cache-Control": "no-store"})

    tell_problems(api)
    for router in (help_router(), *routers):
        api.include_router(router)
    _add_page(api)
    return api


def _add_page(api: FastAPI) -> None:
    static = Path(str(files("openress.web") / "static"))
    index = static / "index.html"
    if not index.exists():

        @api.get("/", include_in_schema=False)
        async def _missing() -> PlainTextResponse:
            return PlainTextResponse(
                "The page was not built: install OpenRESS with Node at hand, or run `python hatch_build.py`. "
                "The API works.",
                503,
            )

        return

    @api.api_route("/", methods=["GET", "HEAD"], include_in_schema=False)
    async def _page() -> FileResponse:
        return FileResponse(index, headers={"Cache-Control": _ASK_AGAIN})

    api.mount("/assets", _Files(static / "assets", _FOR_EVER))
    api.mount("/", _Files(static, _ASK_AGAIN))
