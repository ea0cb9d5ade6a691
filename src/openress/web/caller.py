"""Who calls: the one place through which every request passes that may have something of packs read or changed."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from fastapi import Request

from openress.accounts import Role
from openress.params import Access
from openress.rack.session import Author
from openress.web.auth import require, require_recent

__all__ = ["Require", "by_account"]

Require = Callable[[Access], Callable[[Request], Awaitable[Author] | Author]]
"""Makes the dependency of a route: gives the caller, who has at least the role asked for, or answers 401 or 403."""

_ROLES = {Access.VIEWER: Role.VIEWER, Access.OPERATOR: Role.OPERATOR, Access.INSTALLER: Role.INSTALLER}
_LEVELS = {role: access for access, role in _ROLES.items()}


def by_account(access: Access) -> Callable[[Request], Author]:
    """Callers with an account of that role; what takes an installer takes one who has just given the password."""
    role = _ROLES[access]
    guard = require_recent(role) if access is Access.INSTALLER else require(role)

    def caller(request: Request) -> Author:
        found = guard(request)
        return Author(found.name, _LEVELS[found.role])

    return caller
