"""The HTTP server inside our own event loop: it starts on a socket that is already open and stops when told."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import ipaddress
import logging
import os
import socket
from collections.abc import Iterator
from typing import Any

import uvicorn
from starlette.types import ASGIApp

from openress.errors import ParameterError, PortError
from openress.web.tls import Certificate

__all__ = ["is_loopback", "open_socket", "serve_http"]


def is_loopback(host: str) -> bool:
    """Whether only this computer can reach `host`."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def open_socket(host: str, port: int) -> socket.socket:
    """Listen on a port.

    Raises:
        PortError: the port is taken or forbidden.
        ParameterError: there is no such host.
    """
    try:
        family, kind, number, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    except (OSError, UnicodeError) as error:
        raise ParameterError(f"--http {host}:{port}: there is no host {host!r}.") from error
    listener = socket.socket(family, kind, number)
    try:
        if os.name == "posix":
            # A restart need not wait for old connections; on Windows the option would let two servers share a port.
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(128)
    except OSError as error:
        listener.close()
        raise PortError(f"The page cannot be served on {host}:{port}: {_reason(error)}.") from error
    listener.settimeout(0)
    return listener


def _reason(error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return "the port is already in use; name another one with --http HOST:PORT"
    if error.errno == errno.EACCES:
        return "this user may not use the port; take one above 1023"
    return error.strerror or str(error)


class _Server(uvicorn.Server):
    """uvicorn without its own signal handlers: the program handles Ctrl-C itself."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave signals alone."""
        yield


HEADERS_WITHIN_S = 10.0
"""So long may a browser take until the head of its request is here."""
WAITING_AT_MOST = 200
"""Connections on which nothing is being answered; beyond it the oldest are closed."""
_HEAD_BYTES = 32_768


class _Janitor:
    """Closes connections that only hold a place: opened, and no request ever finished."""

    def __init__(self, server: uvicorn.Server) -> None:
        self._server = server
        self._since_s: dict[Any, float] = {}

    async def run(self) -> None:
        """Look once a second, for ever."""
        while True:
            await asyncio.sleep(1.0)
            self.look(asyncio.get_running_loop().time())

    def look(self, now_s: float) -> None:
        """Close what waits too long, and the oldest of too many."""
        waiting = [each for each in self._server.server_state.connections if self._waits(each)]
        self._since_s = {each: self._since_s.get(each, now_s) for each in waiting}
        oldest_first = sorted(waiting, key=self._since_s.__getitem__)
        too_many = len(waiting) - WAITING_AT_MOST
        for place, each in enumerate(oldest_first):
            if place < too_many or now_s - self._since_s[each] >= HEADERS_WITHIN_S:
                each.transport.abort()

    @staticmethod
    def _waits(connection: Any) -> bool:
        """Whether no request of a connection is being answered; both of uvicorn's protocols tell it alike."""
        cycle = getattr(connection, "cycle", None)
        return connection.transport is not None and (cycle is None or cycle.response_complete)


async def serve_http(api: ASGIApp, listener: socket.socket, certificate: Certificate | None = None) -> None:
    """Serve until cancelled, then let open requests end.

    Args:
        api: what answers.
        listener: where.
        certificate: with it the page is served over TLS.
    """
    config = uvicorn.Config(
        api,
        log_level="warning",
        lifespan="off",
        timeout_graceful_shutdown=2,
        access_log=False,
        # Whoever reaches the port tells the name it was called by; no proxy is believed about addresses.
        proxy_headers=False,
        server_header=False,
        # The other parser that uvicorn knows takes heads of any length.
        http="h11",
        h11_max_incomplete_event_size=_HEAD_BYTES,
        ssl_certfile=None if certificate is None else certificate.path,
        ssl_keyfile=None if certificate is None else certificate.key,
    )
    server = _Server(config)
    janitor = asyncio.create_task(_Janitor(server).run())
    task = asyncio.create_task(server.serve(sockets=[listener]))
    try:
        await asyncio.shield(task)
    except asyncio.CancelledError:
        # A reader that takes nothing is cut off at the end; uvicorn would tell that as an error of the program.
        logging.getLogger("uvicorn.error").setLevel(logging.CRITICAL)
        server.should_exit = True
        await task
        raise
    finally:
        janitor.cancel()
