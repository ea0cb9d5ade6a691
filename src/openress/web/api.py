"""The HTTP side: the snapshot, the stream of differences, the charts' past, and the page itself."""

from __future__ import annotations

import gzip
import json
import time
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing
from importlib.resources import files
from pathlib import Path
from typing import Any

from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.responses import FileResponse, PlainTextResponse, StreamingResponse
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.staticfiles import StaticFiles
from starlette.types import Receive, Scope, Send

from openress import __version__
from openress.errors import StateError
from openress.retelling import Retelling
from openress.web.accounts_api import accounts_router
from openress.web.auth import Code, Guard, Refusal, Refused, refusals, refused_response
from openress.web.help import help_router
from openress.web.hub import Event, Hub
from openress.web.problems import in_our_words, tell_problems
from openress.web.retold import told_live
from openress.web.security import Gate, Names
from openress.web.speaking import TOLD, TOLD_HEADERS, Retold, problem_response, told_headers
from openress.web.unrouted import HeadAsGet, answer_the_rest
from openress.web.who import Who

__all__ = ["make_api"]

_FOR_EVER = "public, max-age=31536000, immutable"
"""For files whose names change with their content."""
_ASK_AGAIN = "no-cache"


_PACKED = (".js", ".css")
"""What becomes a third of its size."""


_PAGELESS = {
    404: "There is no such page: the page of the rack is at /, what programs ask under /api/ (see /openapi.json).",
    405: "Pages can only be read: ask with GET.",
}


class _Files(StaticFiles):
    """A folder of files, packed for those who can unpack, with what browsers are told about keeping them."""

    def __init__(self, directory: Path, cache: str) -> None:
        super().__init__(directory=directory)
        self._cache = cache
        self._packed: dict[str, tuple[float, bytes]] = {}

    async def get_response(self, path: str, scope: Scope) -> Response:
        """As the base class."""
        try:
            response = await super().get_response(path, scope)
        except HTTPException as error:
            raise HTTPException(error.status_code, _PAGELESS.get(error.status_code, error.detail)) from error
        if isinstance(response, FileResponse) and response.status_code == 200 and path.endswith(_PACKED):
            response = self._pack(response, scope)
        response.headers["Cache-Control"] = self._cache
        return response

    def _pack(self, plain: FileResponse, scope: Scope) -> Response:
        asked = Headers(scope=scope)
        plain.headers["Vary"] = "Accept-Encoding"
        if scope["method"] != "GET" or "range" in asked or "gzip" not in asked.get("accept-encoding", ""):
            return plain
        path = Path(plain.path)
        changed_s = path.stat().st_mtime
        before = self._packed.get(str(path))
        if before is None or before[0] != changed_s:
            before = self._packed[str(path)] = (changed_s, gzip.compress(path.read_bytes(), 9))
        return Response(
            before[1], media_type=plain.media_type, headers={"Content-Encoding": "gzip", "Vary": "Accept-Encoding"}
        )


class _Stream(StreamingResponse):
    """Lets its source go at once when its reader has gone, however that ended."""

    def __init__(self, content: AsyncGenerator[str, None], media_type: str, headers: dict[str, str]) -> None:
        super().__init__(content, media_type=media_type, headers=headers)
        self._content = content

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """As the base class."""
        async with aclosing(self._content):
            await super().__call__(scope, receive, send)


class _Texts:
    """An event as text, made once for all who read it in a language."""

    def __init__(self) -> None:
        self._last: dict[str, tuple[Event, str]] = {}

    def of(self, event: Event, retelling: Retelling) -> str:
        """The text of an event; that of the last one is at hand."""
        language = retelling.wording.language
        last = self._last.get(language)
        if last is None or event is not last[0]:
            data = json.dumps(told_live(event.data, retelling), separators=(",", ":"))
            last = self._last[language] = (event, f"event: {event.kind}\nid: {event.seq}\ndata: {data}\n\n")
        return last[1]


def make_api(
    hub: Hub,
    *,
    hosts: list[str],
    routers: Sequence[APIRouter] = (),
    guard: Guard | None = None,
    literal: bool = False,
    strict: bool = False,
    clock_s: Callable[[], float] = time.monotonic,
) -> FastAPI:
    """The application.

    Args:
        hub: where snapshots come from.
        hosts: names by which browsers may call it; others are refused, so that no foreign page can reach it through
            a name of its own.
        routers: what else it answers.
        guard: knows who calls; without one everybody may read and nobody may change anything.
        literal: any address in figures is one of its names.
        strict: tell browsers to use TLS only, from now on.
        clock_s: seconds on a clock that only goes forward.
    """
    api = FastAPI(title="OpenRESS", version=__version__, docs_url=None, redoc_url=None)
    page = _Page(Path(str(files("openress.web") / "static")))
    api.add_middleware(HeadAsGet)
    api.add_middleware(
        Gate, names=Names(hosts, literal=literal), guard=guard, public=page.has, strict=strict, clock_s=clock_s
    )
    _add_refusals(api)
    page.begin(api)
    texts = _Texts()

    @api.get("/api/snapshot", summary="All values of the rack now", responses=TOLD)
    async def _snapshot(retelling: Retold) -> dict[str, Any]:
        return told_live(hub.snapshot, retelling)

    @api.get("/api/recent", summary="The last fifteen minutes, one value a second")
    async def _recent() -> dict[str, Any]:
        return hub.recent.read()

    @api.get("/api/stream", summary="A snapshot, then what changes, as server-sent events")
    async def _stream(retelling: Retold) -> StreamingResponse:
        async def lines() -> AsyncGenerator[str, None]:
            async with aclosing(hub.events()) as events:
                async for event in events:
                    yield texts.of(event, retelling)

        headers = {"Cache-Control": "no-store", **told_headers(retelling.wording)}
        return _Stream(lines(), media_type="text/event-stream", headers=headers)

    included = [*([] if guard is None else [accounts_router(guard)]), help_router(), *routers]
    for router in included:
        api.include_router(router)
    answer_the_rest(api)
    page.end(api)
    _document(api, Who([api, *included], guard))
    return api


_CODES = {401: Code.LOGIN, 403: Code.ROLE, 404: Code.MISSING, 409: Code.STATE, 413: Code.TOO_LARGE, 503: Code.BUSY}
"""What those who raise plain HTTP errors mean."""


def _add_refusals(api: FastAPI) -> None:
    """Errors that a route raised, as answers: a sentence for people and a code for programs."""
    tell_problems(api)

    @api.exception_handler(Refused)
    async def _refused(request: Request, error: Refused) -> Response:
        return refused_response(request, error)

    @api.exception_handler(StateError)
    async def _state(request: Request, error: StateError) -> Response:
        return refused_response(request, Refused(409, Code.STATE, str(error)))

    @api.exception_handler(HTTPException)
    async def _plain(request: Request, error: HTTPException) -> Response:
        code = _CODES.get(error.status_code, Code.INVALID)
        told = in_our_words(str(error.detail))
        return problem_response(request, error.status_code, told, code, error.headers or {})


_EVERYWHERE = (400, 413, 429, 503)
_PROTECTED = (401, 403)
_UNPROTECTED = frozenset({"/api/login", "/api/claim", "/api/logout"})


_LANGUAGE = {
    "lang": {
        "name": "lang",
        "in": "query",
        "description": "Language of sentences, before Accept-Language.",
        "schema": {"type": "string", "maxLength": 35},
    },
    "accept-language": {
        "name": "accept-language",
        "in": "header",
        "description": "Language of sentences: of a refusal, where the answer has none.",
        "schema": {"type": "string"},
    },
}
"""What every route takes, for a refusal at least."""


def _document(api: FastAPI, who: Who) -> None:
    """Tell in the description what the gate answers in front of every route, and how one proves who one is."""
    plain = api.openapi

    def described() -> dict[str, Any]:
        if api.openapi_schema is not None:
            return api.openapi_schema
        schema = plain()
        schema.setdefault("components", {})["securitySchemes"] = {
            "token": {"type": "http", "scheme": "bearer"},
            "session": {"type": "apiKey", "in": "cookie", "name": who.cookie},
        }
        schema["components"].setdefault("schemas", {})["Refusal"] = Refusal.model_json_schema(
            ref_template="#/components/schemas/{model}"
        )
        schema["components"]["parameters"] = _LANGUAGE
        code = schema["components"]["schemas"]["Refusal"].pop("$defs", {})
        schema["components"]["schemas"] |= code
        content = {"application/json": {"schema": {"$ref": "#/components/schemas/Refusal"}}}
        for path, operations in schema["paths"].items():
            for method, operation in operations.items():
                asked = operation.setdefault("parameters", [])
                named = {parameter["name"] for parameter in asked}
                asked += [{"$ref": f"#/components/parameters/{name}"} for name in _LANGUAGE if name not in named]
                statuses = _EVERYWHERE + (() if path in _UNPROTECTED else _PROTECTED)
                for status, told in refusals(*statuses).items():
                    response = {"description": told["description"], "content": content}
                    operation["responses"].setdefault(str(status), response)
                if "422" in operation["responses"]:
                    operation["responses"]["422"] = {"description": "A value cannot be used", "content": content}
                for status, response in operation["responses"].items():
                    if status >= "400":
                        response.setdefault("headers", dict(TOLD_HEADERS))
                who.tell(operation, method.upper(), path)
        return schema

    api.openapi = described  # type: ignore[method-assign]  # as FastAPI's documentation has it


class _Page:
    """The built page: its index, its assets, the files beside it."""

    def __init__(self, static: Path) -> None:
        self._static = static
        self._files = frozenset(f"/{file.name}" for file in static.iterdir()) if static.is_dir() else frozenset()

    def has(self, path: str) -> bool:
        """Whether a path is of the page; there are no values of the rack in it."""
        return path == "/" or path in self._files or path.startswith("/assets/")

    def begin(self, api: FastAPI) -> None:
        """Serve what is asked for first, before all else: FastAPI builds the routes that it has to pass, a tenth of a
        second of them, and a reader would look at nothing meanwhile.
        """
        static, index = self._static, self._static / "index.html"
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

    def end(self, api: FastAPI) -> None:
        """Serve the files beside the index, where nothing else has the path."""
        if (self._static / "index.html").exists():
            api.mount("/", _Files(self._static, _ASK_AGAIN))
