"""The description of the API (`/openapi.json`): what the gate answers in front of routes, and who may ask which."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from fastapi import APIRouter, FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute

from openress.accounts import Role
from openress.web.auth import Asks, Guard, Refusal, refusals
from openress.web.security import Access, access_of

__all__ = ["describe"]

_EVERYWHERE = (400, 413, 429, 503)
_PROTECTED = (401, 403)
_NOBODY: dict[str, list[str]] = {}
_SESSION: dict[str, list[str]] = {"session": []}
_TOKEN: dict[str, list[str]] = {"token": []}
_PART = re.compile(r"\{[^}]*\}")
_ROLES = list(Role)
_ROLE = "x-openress-role"
"""The least role, for programs; the description says it in words."""


def describe(api: FastAPI, routers: Sequence[APIRouter], guard: Guard | None) -> None:
    """Complete what FastAPI tells of an application.

    Args:
        api: the application.
        routers: that it answers with.
        guard: knows who calls; without one everybody may read and nobody may change anything.
    """
    plain = api.openapi
    asked = {(method, route.path): _asks(route) for route in _routes(api, routers) for method in route.methods or ()}

    def described() -> dict[str, Any]:
        if api.openapi_schema is not None:
            return api.openapi_schema
        schema = plain()
        schemas = schema.setdefault("components", {}).setdefault("schemas", {})
        schema["components"]["securitySchemes"] = {
            "token": {"type": "http", "scheme": "bearer"},
            "session": {"type": "apiKey", "in": "cookie", "name": "openress" if guard is None else guard.cookie},
        }
        schemas["Refusal"] = Refusal.model_json_schema(ref_template="#/components/schemas/{model}")
        schemas |= schemas["Refusal"].pop("$defs", {})
        for path, operations in schema["paths"].items():
            for method, operation in operations.items():
                asks = asked.get((method.upper(), path))
                _tell(
                    operation,
                    access_of(method.upper(), _PART.sub("1", path)),
                    asks,
                    None if guard is None else guard.anonymous,
                )
        return schema

    api.openapi = described  # type: ignore[method-assign]  # as FastAPI's documentation has it


def _routes(api: FastAPI, routers: Iterable[APIRouter]) -> Iterator[APIRoute]:
    for routes in (api.routes, *(router.routes for router in routers)):
        yield from (route for route in routes if isinstance(route, APIRoute))


def _asks(route: APIRoute) -> Asks | None:
    """What a route itself asks of its caller; `None` when it leaves that to the gate."""
    found = [asks for call in _calls(route.dependant) if (asks := getattr(call, "asks", None)) is not None]
    return max(found, key=lambda asks: (_ROLES.index(asks.role), asks.recent, asks.member), default=None)


def _calls(dependant: Dependant) -> Iterator[object]:
    for below in dependant.dependencies:
        yield below.call
        yield from _calls(below)


def _tell(operation: dict[str, Any], access: Access, asks: Asks | None, anonymous: Role | None) -> None:
    """Complete one operation."""
    statuses = _EVERYWHERE + (() if access is Access.OPEN else _PROTECTED)
    content = {"application/json": {"schema": {"$ref": "#/components/schemas/Refusal"}}}
    for status, told in refusals(*statuses).items():
        operation["responses"].setdefault(str(status), {"description": told["description"], "content": content})
    if "422" in operation["responses"]:
        operation["responses"]["422"] = {"description": "A value cannot be used", "content": content}
    if access is Access.OPEN:
        operation["security"] = [_NOBODY, _SESSION, _TOKEN]
        words = "Needs no login."
    else:
        least = Role.OPERATOR if access is Access.CHANGES else Role.VIEWER
        role = least if asks is None or least.allows(asks.role) else asks.role
        own = asks or Asks(role)
        session_only = own.recent or own.person
        open_to_all = access is Access.READS and not own.member and anonymous is not None and anonymous.allows(role)
        operation["security"] = [
            *([_NOBODY] if open_to_all else []),
            _SESSION,
            *([] if session_only else [_TOKEN]),
        ]
        operation[_ROLE] = role.value
        words = _words(role, open_to_all=open_to_all, session_only=session_only, recent=own.recent)
    operation["description"] = "\n\n".join(part for part in (operation.get("description"), words) if part)


def _words(role: Role, *, open_to_all: bool, session_only: bool, recent: bool) -> str:
    if open_to_all:
        return "Needs no login here: whoever reaches the page may read."
    who = f"Needs the role {role.value}."
    if recent:
        return f"{who} The password must have been given within the last five minutes, so a token cannot do it."
    return f"{who} A token cannot do it." if session_only else who
