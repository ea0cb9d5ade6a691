"""Who calls: the one place through which every request passes that may have something of packs read or changed."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from urllib.parse import urlsplit

from fastapi import HTTPException, Request

from openress.params import Access
from openress.rack.session import Author
from openress.web.server import is_loopback

__all__ = ["Require", "local_only"]

Require = Callable[[Access], Callable[[Request], Awaitable[Author] | Author]]
"""Makes the dependency of a route: gives the caller, who has at least the role asked for, or answers 401 or 403."""


def local_only(name: str = "somebody at this computer") -> Require:
    """Everybody at this computer is an installer, and nobody else is anybody.

    A page of another origin that such a person has open in a browser is nobody either.

    Args:
        name: of the caller, for the journal.
    """

    def require(access: Access) -> Callable[[Request], Awaitable[Author]]:
        async def caller(request: Request) -> Author:
            client = request.client
            if client is None or not is_loopback(client.host):
                role = access.name.lower()
                raise HTTPException(403, f"Only somebody at this computer may do this; it takes the role {role}.")
            origin = request.headers.get("origin")
            if origin is not None and urlsplit(origin).netloc != request.headers.get("host"):
                raise HTTPException(403, f"A page of {origin} may not do this.")
            return Author(name, Access.INSTALLER)

        return caller

    return require
