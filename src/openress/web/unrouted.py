"""What has no route of its own: HEAD as GET without its body, paths that are none, methods a path does not take."""

from __future__ import annotations

import re
from typing import Any

from fastapi import FastAPI, HTTPException, Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

__all__ = ["HeadAsGet", "answer_the_rest"]

API = "/api/"
_METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
_PART = re.compile(r"\\\{[^}]*\\\}")


class _HeadToldError(Exception):
    """All that HEAD asks for has been sent."""


class HeadAsGet:
    """Answers HEAD under the API with what GET would say ahead of its body (RFC 9110, 9.3.2).

    Args:
        app: answers GET.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """See the ASGI specification."""
        if scope["type"] != "http" or scope["method"] != "HEAD" or not scope["path"].startswith(API):
            await self._app(scope, receive, send)
            return
        told = False

        async def head(message: Message) -> None:
            nonlocal told
            if message["type"] == "http.response.body":
                told = True
                await send({"type": "http.response.body", "body": b"", "more_body": False})
                # A stream would go on for ever.
                raise _HeadToldError
            await send(message)

        try:
            await self._app({**scope, "method": "GET"}, receive, head)
        except Exception:
            # Starlette wraps it in a group of its own.
            if not told:
                raise


def answer_the_rest(api: FastAPI) -> None:
    """Say of a request under the API that no route takes what is wrong with it; the last of its routes."""
    known: dict[re.Pattern[str], list[str]] = {}

    @api.api_route(f"{API}{{rest:path}}", methods=_METHODS, include_in_schema=False)
    async def _rest(request: Request) -> None:
        path = request.url.path
        if not known:
            known.update(_paths(api.openapi()))
        taken = sorted({method for pattern, methods in known.items() if pattern.fullmatch(path) for method in methods})
        if not taken:
            raise HTTPException(404, f"There is no {path}: /openapi.json lists what can be asked.")
        takes = " or ".join(taken)
        raise HTTPException(405, f"{path} takes {takes}, not {request.method}.", {"Allow": ", ".join(taken)})


def _paths(description: dict[str, Any]) -> dict[re.Pattern[str], list[str]]:
    """The methods that each path takes, by what the path looks like."""
    return {
        re.compile(_PART.sub("[^/]+", re.escape(path))): [method.upper() for method in operations]
        for path, operations in description["paths"].items()
    }
