"""What goes wrong, as every route tells it: one sentence under `detail`, and the same few statuses everywhere."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel

from openress.errors import ParameterError, PortError
from openress.servicing.jobs import HeldError
from openress.wanted import wanted
from openress.web.speaking import problem_response

__all__ = ["ANSWERS", "Problem", "in_our_words", "tell_problems"]


class Problem(BaseModel):
    """Why a request is not answered as meant: for people, and for programs one of `openress.web.auth.Code`."""

    detail: str
    code: str | None = None


def _answers(*statuses: int) -> dict[int | str, dict[str, Any]]:
    return {status: {"model": Problem, "description": _WORDS[status]} for status in statuses}


_WORDS = {
    401: "Nobody is logged in",
    403: "The caller's role does not allow it",
    404: "There is no such thing",
    409: "The line or the pack is not in a state for it",
    422: "The request cannot be carried out as it is",
    423: "Somebody else has the line; the sentence says who",
}
ANSWERS = _answers(*_WORDS)
"""Of routes, besides the good one."""


def tell_problems(api: FastAPI) -> None:
    """Tell errors of this program as `Problem`s."""

    @api.exception_handler(RequestValidationError)
    async def _invalid(request: Request, error: Exception) -> Response:
        return problem_response(request, 422, _sentence(error), "invalid")

    @api.exception_handler(ParameterError)
    async def _wrong(request: Request, error: Exception) -> Response:
        return problem_response(request, 422, str(error), "invalid")

    @api.exception_handler(HeldError)
    async def _held(request: Request, error: Exception) -> Response:
        return problem_response(request, 423, str(error), "held")

    @api.exception_handler(PortError)
    async def _not_now(request: Request, error: Exception) -> Response:
        return problem_response(request, 409, str(error), "state")


_OURS = {
    "There was an error parsing the body": (
        "The body cannot be read: send one JSON object in UTF-8, nested no deeper than its fields ask for."
    )
}


def in_our_words(sentence: str) -> str:
    """A sentence of the framework in words that say what to do; any other as it is."""
    return _OURS.get(sentence, sentence)


_KINDS = {"string": "a text", "list": "a list", "dict": "an object", "model": "an object"}
"""As those call them who send JSON."""


def _sentence(error: Exception) -> str:
    """The first thing that is wrong with a request."""
    found = error.errors() if isinstance(error, RequestValidationError) else []
    if not found:
        return "The request cannot be read."
    first = found[0]
    if first["type"] == "json_invalid":
        return f"The body is no JSON from character {first['loc'][-1]} on: send one JSON object."
    where = ".".join(str(part) for part in first["loc"])
    match first["type"]:
        case "missing":
            return f"{where} is missing."
        case "extra_forbidden":
            return f"Nothing is called {where} in this request; /openapi.json lists what is."
        case "value_error":
            # Raised by a check of this program: the sentence is its own.
            return f"{where}: {first['ctx']['error']}"
    # What was sent is not repeated: it may be a password.
    return f"{where} must be {wanted(first, kinds=_KINDS)}."
