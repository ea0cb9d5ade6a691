"""Who calls: the one place through which every request passes that may have something of packs read or changed."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from fastapi import Request

from openress.accounts import Role
from openress.params import Access
from openress.rack.session import Author
from openress.web.auth import Asks, Requirement

__all__ = ["Require", "by_account"]

Require = Callable[[Access], Callable[[Request], Awaitable[Author] | Author]]
"""Makes the dependency of a route: gives the caller, who has at least the role asked for, or answers 401 or 403."""

_ROLES = {Access.VIEWER: Role.VIEWER, Access.OPERATOR: Role.OPERATOR, Access.INSTALLER: Role.INSTALLER}
_LEVELS = {role: access for access, role in _ROLES.items()}


@dataclass(frozen=True, slots=True)
class _ByAccount:
    """A dependency that gives the caller as the author of what is done."""

    asks: Asks

    def __call__(self, request: Request) -> Author:
        found = Requirement(self.asks)(request)
        return Author(found.name, _LEVELS[found.role])


def by_account(access: Access) -> Callable[[Request], Author]:
    """Callers with an account of that role; what takes an installer takes one who has just given the password."""
    return _ByAccount(Asks(_ROLES[access], recent=access is Access.INSTALLER))
