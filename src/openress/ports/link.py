"""From a link to open bytes: one function for every kind of port, one for every kind of listener."""

from __future__ import annotations

from typing import TYPE_CHECKING

from openress.errors import ParameterError
from openress.ports.base import STALL_S
from openress.ports.pty import open_pty
from openress.ports.reopen import RETRY_S, ReopeningListener
from openress.ports.serial import open_serial, serial_ports
from openress.ports.tcp import listen_tcp, open_tcp
from openress.ports.url import Link, PtyLink, SerialLink, TcpLink, TcpListenLink, parse_link

if TYPE_CHECKING:
    from collections.abc import Callable

    from openress.errors import PortError
    from openress.ports.base import BytePort, Listener

__all__ = ["Link", "open_listener", "open_port", "parse_link", "serial_ports"]


async def open_port(link: Link, *, stall_s: float = STALL_S) -> BytePort:
    """Open the port that a link names.

    Args:
        link: any link but tcp-listen.
        stall_s: as `STALL_S`.

    Raises:
        PortError: it cannot be opened; the sentence says why and what to do.
        ParameterError: the link is for a listener.
    """
    match link:
        case SerialLink():
            return await open_serial(link, stall_s=stall_s)
        case TcpLink():
            return await open_tcp(link, stall_s=stall_s)
        case PtyLink():
            return open_pty(link, stall_s=stall_s)
        case TcpListenLink():
            raise ParameterError(
                f"{link} waits for others to connect, but here a connection is made: write "
                f"tcp://HOST:{link.port or 'PORT'}, a serial port or pty:PATH."
            )


async def open_listener(
    link: Link,
    *,
    on_wait: Callable[[PortError], None] | None = None,
    stall_s: float = STALL_S,
    retry_s: float = RETRY_S,
) -> Listener:
    """Open the listener that a link names, so that a server can treat every kind alike.

    A tcp-listen link gives every client that connects. Any other link is opened at once, given by the
    first accept, and given again, freshly opened, after the port was closed: a server goes on when an
    adapter is unplugged and plugged in again.

    Args:
        link: any link.
        on_wait: is told why a port that was lost cannot be opened again yet, once per reason.
        stall_s: as `STALL_S`.
        retry_s: as `RETRY_S`.

    Raises:
        PortError: it cannot be opened; the sentence says why and what to do.
    """
    if isinstance(link, TcpListenLink):
        return await listen_tcp(link, stall_s=stall_s)
    port = await open_port(link, stall_s=stall_s)
    return ReopeningListener(port, lambda: open_port(link, stall_s=stall_s), on_wait=on_wait, retry_s=retry_s)
