"""From a CAN link to an open port: one function for every kind."""

from __future__ import annotations

from typing import TYPE_CHECKING

from openress.ports.canlibrary import open_library
from openress.ports.canserial import open_slcan
from openress.ports.cansocketcand import open_socketcand
from openress.ports.canurl import SlcanLink, SocketcandLink

if TYPE_CHECKING:
    from openress.ports.base import CanPort
    from openress.ports.canurl import CanLink

__all__ = ["open_can"]


async def open_can(link: CanLink) -> CanPort:
    """Open the port that a CAN link names.

    Raises:
        PortError: it cannot be opened; the sentence says why and what to do.
    """
    match link:
        case SlcanLink():
            return await open_slcan(link)
        case SocketcandLink():
            return await open_socketcand(link)
        case _:
            return await open_library(link)
