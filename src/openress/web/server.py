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

import uvicorn
from fastapi import FastAPI

from openress.errors import ParameterError, PortError

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


async def serve_http(api: FastAPI, listener: socket.socket) -> None:
    """Serve until cancelled, then let open requests end."""
    server = _Server(
        uvicorn.Config(api, log_level="warning", lifespan="off", timeout_graceful_shutdown=2, access_log=False)
    )
    task = asyncio.create_task(server.serve(sockets=[listener]))
    try:
        await asyncio.shield(task)
    except asyncio.CancelledError:
        # A reader that takes nothing is cut off at the end; uvicorn would tell that as an error of the program.
        logging.getLogger("uvicorn.error").setLevel(logging.CRITICAL)
        server.should_exit = True
        await task
        raise
