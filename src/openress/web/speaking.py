"""In which language a route answers: that of `lang`, else the one a browser wants most, else English."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, Any, TypeAlias

from fastapi import Depends, Header, Query, Request, Response
from fastapi.responses import JSONResponse

from openress.retelling import Retelling
from openress.translations import LANGUAGES, preferred, retelling_of, wording_of
from openress.wording import ENGLISH, Wording

__all__ = ["TOLD", "TOLD_HEADERS", "Retold", "Spoken", "problem_response", "told_headers"]

_OTHERS = f"{', '.join(LANGUAGES[:-1])} or {LANGUAGES[-1]}"

TOLD_HEADERS: Mapping[str, Any] = MappingProxyType(
    {
        "Content-Language": {"description": f"Of the texts: {_OTHERS}.", "schema": {"type": "string"}},
        "Vary": {"description": "A cache keeps one answer for each language.", "schema": {"type": "string"}},
    }
)
"""How the headers of `told_headers` are described."""
TOLD: dict[int | str, dict[str, Any]] = {200: {"headers": dict(TOLD_HEADERS)}}
"""Of routes that answer in a language."""


def told_headers(wording: Wording) -> dict[str, str]:
    """What caches and readers aloud must know of an answer in a language."""
    return {"Content-Language": wording.language, "Vary": "Accept-Language"}


def _spoken(
    response: Response,
    lang: Annotated[
        str | None,
        Query(max_length=35, description=f"Language of the texts, before Accept-Language: {_OTHERS}; others are none."),
    ] = None,
    accept_language: Annotated[
        str | None, Header(description="What browsers send; English where none of it is spoken.")
    ] = None,
) -> Wording:
    wording = wording_of(preferred(lang, accept_language))
    response.headers.update(told_headers(wording))
    return wording


Spoken: TypeAlias = Annotated[Wording, Depends(_spoken)]
"""A route's parameter: the words of the language that is wanted; headers of an answer that is no `Response` follow."""


def _retold(wording: Spoken) -> Retelling:
    return retelling_of(wording.language)


Retold: TypeAlias = Annotated[Retelling, Depends(_retold)]
"""Likewise, for sentences that were made in English elsewhere."""


def problem_response(
    request: Request, status: int, detail: str, code: str, headers: Mapping[str, str] = MappingProxyType({})
) -> JSONResponse:
    """Why a request is not answered as meant, in the language that is wanted, or in English where there is no other."""
    language = preferred(request.query_params.get("lang"), request.headers.get("accept-language"))
    said = retelling_of(language).retell(detail)
    spoken = ENGLISH if said is None else wording_of(language)
    content = {"detail": detail if said is None else said, "code": code}
    return JSONResponse(content, status, headers={**headers, **told_headers(spoken)})
