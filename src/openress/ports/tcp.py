"""TCP: a connection to a serial server (an RS485-to-Ethernet box), and a place where clients connect."""

from __future__ import annotations

import asyncio
import errno
import socket
from typing import TYPE_CHECKING

from openress.errors import PortError, reason
from openress.ports.base import STALL_S
from openress.ports.stream import StreamPort
from openress.ports.url import TcpLink, TcpListenLink

if TYPE_CHECKING:
    from asyncio import Server, StreamReader, StreamWriter
    from asyncio.trsock import TransportSocket

    from openress.ports.base import BytePort

__all__ = ["TcpListener", "listen_tcp", "open_tcp"]

CONNECT_S = 5.0  # a box in the same building answers within milliseconds, one waking up within seconds
_GONE = "the far end closed the connection"

# A box that lost its power says nothing more; asking every 5 s after 10 s of silence finds out in 25 s.
_KEEPALIVE = {"TCP_KEEPIDLE": 10, "TCP_KEEPINTVL": 5, "TCP_KEEPCNT": 3}


async def open_tcp(link: TcpLink, *, stall_s: float = STALL_S, connect_s: float = CONNECT_S) -> BytePort:
    """Connect to a TCP server.

    Args:
        link: where to.
        stall_s: as `STALL_S`.
        connect_s: how long to wait for the connection.

    Raises:
        PortError: the host is not known, does not answer or refuses.
    """
    try:
        async with asyncio.timeout(connect_s):
            reader, writer = await _connect(link)
    except socket.gaierror as error:
        raise PortError(f"{link} cannot be reached: the host name is not known ({reason(error)}).") from error
    except ConnectionRefusedError as error:
        raise PortError(
            f"{link} cannot be reached: nobody listens there. Check the port number and that the server runs."
        ) from error
    except TimeoutError as error:
        raise PortError(
            f"{link} cannot be reached: no answer within {connect_s:g} s. Check the address and the network."
        ) from error
    except OSError as error:
        raise PortError(f"{link} cannot be reached: {reason(error)}. Check the address and the network.") from error
    return StreamPort(str(link), reader, writer, gone=_GONE, stall_s=stall_s)


async def _connect(link: TcpLink) -> tuple[StreamReader, StreamWriter]:
    """Try the addresses of a host one after the other.

    asyncio would do so too, but wraps the errors of several addresses into one that has no number.

    Raises:
        OSError: what the last address said.
    """
    loop = asyncio.get_running_loop()
    addresses = await loop.getaddrinfo(link.host, link.port, type=socket.SOCK_STREAM)
    failure: OSError = ConnectionRefusedError()
    for family, kind, protocol, _, address in addresses:
        try:
            sock = socket.socket(family, kind, protocol)
        except OSError as error:  # a kernel without IPv6
            failure = error
            continue
        try:
            sock.settimeout(0)  # the loop does the waiting
            await loop.sock_connect(sock, address)
            _keep_alive(sock)
            return await asyncio.open_connection(sock=sock)
        except OSError as error:
            sock.close()
            failure = error
        except BaseException:
            sock.close()
            raise
    raise failure


def _keep_alive(sock: socket.socket | TransportSocket) -> None:
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for option, value in _KEEPALIVE.items():
        if number := getattr(socket, option, None):  # macOS before Python 3.13 knows no TCP_KEEPIDLE
            sock.setsockopt(socket.IPPROTO_TCP, number, value)


async def listen_tcp(link: TcpListenLink, *, stall_s: float = STALL_S) -> TcpListener:
    """Listen for TCP clients.

    Args:
        link: where; port 0 takes a free one, which the listener's name then shows.
        stall_s: as `STALL_S`, for the ports accepted.

    Raises:
        PortError: the address is in use, forbidden, or none of this computer.
    """
    listener = TcpListener(link, stall_s=stall_s)
    await listener.start()
    return listener


def _why_not_listening(error: OSError) -> str:
    if isinstance(error, socket.gaierror):
        return f"the host name is not known ({reason(error)})"
    match error.errno:
        case errno.EADDRINUSE:
            return "the address is already in use"
        case errno.EACCES:
            return "permission denied; choose a port number from 1024 on"
        case errno.EADDRNOTAVAIL:
            return "the address is not one of this computer; 0.0.0.0 stands for all it has"
        case _:
            return reason(error)


class TcpListener:
    """A `Listener` for TCP clients, made by `listen_tcp`; clients wait here until they are accepted."""

    def __init__(self, link: TcpListenLink, *, stall_s: float) -> None:
        self._link = link
        self._stall_s = stall_s
        self._server: Server | None = None
        self._clients: asyncio.Queue[StreamPort | None] = asyncio.Queue()
        self._closed = False

    async def start(self) -> None:
        """Open the address; see `listen_tcp`."""
        link = self._link
        try:
            # On POSIX asyncio sets SO_REUSEADDR, so a restart need not wait for old connections to expire;
            # on Windows it does not, for there the option would let two servers share an address.
            self._server = await asyncio.start_server(self._arrived, link.host, link.port)
        except OSError as error:
            raise PortError(f"{link} cannot listen: {_why_not_listening(error)}.") from error
        self._link = TcpListenLink(link.host, self._server.sockets[0].getsockname()[1])

    def _arrived(self, reader: StreamReader, writer: StreamWriter) -> None:
        peer = writer.get_extra_info("peername")
        if self._closed or peer is None:  # too late, or left before it was let in
            writer.transport.abort()
            return
        _keep_alive(writer.get_extra_info("socket"))
        name = str(TcpLink(peer[0], peer[1]))
        self._clients.put_nowait(StreamPort(name, reader, writer, gone=_GONE, stall_s=self._stall_s))

    @property
    def name(self) -> str:
        """The link URL with the port really used."""
        return str(self._link)

    async def accept(self) -> BytePort:
        """See `Listener.accept`."""
        client = await self._clients.get()
        if client is None:
            self._clients.put_nowait(None)  # for the next one who asks
            raise PortError(f"{self.name} is closed: listen again.")
        return client

    async def close(self) -> None:
        """See `Listener.close`; clients nobody has accepted are hung up on."""
        if self._closed:
            return
        self._closed = True
        if self._server:
            # Not followed by wait_closed: since Python 3.12 that waits for the accepted clients to leave.
            self._server.close()
        while not self._clients.empty():
            if client := self._clients.get_nowait():
                await client.close()
        self._clients.put_nowait(None)
