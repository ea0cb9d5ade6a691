"""Who may ask what, as the description of the API (`/openapi.json`) tells it of every route."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from fastapi import APIRouter, FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute

from openress.accounts import Role
from openress.web.auth import Asks, Guard
from openress.web.security import Access, access_of

__all__ = ["Who"]

ROLE = "x-openress-role"
"""The least role, for programs; the description says it in words."""
_PART = re.compile(r"\{[^}]*\}")
_ROLES = list(Role)
_NOBODY: dict[str, list[str]] = {}
_SESSION: dict[str, list[str]] = {"session": []}
_TOKEN: dict[str, list[str]] = {"token": []}


class Who:
    """What the gate and the routes themselves ask of callers.

    Args:
        routers: all that have routes.
        guard: knows who calls; without one everybody may read and nobody may change anything.
    """

    def __init__(self, routers: Iterable[FastAPI | APIRouter], guard: Guard | None) -> None:
        routes = [route for router in routers for route in router.routes if isinstance(route, APIRoute)]
        self._asks = {(method, route.path): _asks(route) for route in routes for method in route.methods or ()}
        self._anonymous = Role.VIEWER if guard is None else guard.anonymous
        self.cookie = "openress" if guard is None else guard.cookie

    def tell(self, operation: dict[str, Any], method: str, path: str) -> None:
        """Complete the description of one operation: how one proves who one is, and who that must be."""
        access = access_of(method, _PART.sub("1", path))
        if access is Access.OPEN:
            _declare(operation, [_NOBODY, _SESSION, _TOKEN], "Needs no login.")
            return
        least = Role.OPERATOR if access is Access.CHANGES else Role.VIEWER
        asks = self._asks.get((method, path)) or Asks(least)
        role = least if least.allows(asks.role) else asks.role
        operation[ROLE] = role.value
        if asks.recent or asks.person:
            when = " The password must have been given within the last five minutes." if asks.recent else ""
            _declare(operation, [_SESSION], f"Needs the role {role.value}.{when} A token cannot do it.")
        elif access is Access.READS and not asks.member and self._may_read(role):
            _declare(operation, [_NOBODY, _SESSION, _TOKEN], "Needs no login here: whoever reaches the page may read.")
        else:
            _declare(operation, [_SESSION, _TOKEN], f"Needs the role {role.value}.")

    def _may_read(self, role: Role) -> bool:
        return self._anonymous is not None and self._anonymous.allows(role)


def _declare(operation: dict[str, Any], security: list[dict[str, list[str]]], words: str) -> None:
    operation["security"] = security
    operation["description"] = "\n\n".join(part for part in (operation.get("description"), words) if part)


def _asks(route: APIRoute) -> Asks | None:
    """What a route itself asks of its caller; `None` when it leaves that to the gate."""
    found = [asks for call in _calls(route.dependant) if isinstance(asks := getattr(call, "asks", None), Asks)]
    return max(found, key=lambda asks: (_ROLES.index(asks.role), asks.recent, asks.member), default=None)


def _calls(dependant: Dependant) -> Iterator[object]:
    for below in dependant.dependencies:
        yield below.call
        yield from _calls(below)
