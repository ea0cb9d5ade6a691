"""The door of the page: where it is, with which certificate, and who is let in."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from fastapi import APIRouter, FastAPI

from openress.accountbook import open_book
from openress.accounts import Role
from openress.clock import unix_s
from openress.errors import ParameterError, StateError
from openress.sections import HttpConfig
from openress.web.api import make_api
from openress.web.auth import Guard
from openress.web.hub import Hub
from openress.web.server import is_loopback, open_socket, serve_http
from openress.web.tls import Certificate, given_certificate, own_certificate

__all__ = ["Door", "check_door"]


def check_door(config: HttpConfig, *, insecure: bool) -> None:
    """Refuse what makes no sense before anything is made.

    Raises:
        ParameterError: a certificate without its key, or one that would not be used.
    """
    if (config.certificate is None) != (config.key is None):
        raise ParameterError("[http] certificate and key: name both, or none.")
    if insecure and config.certificate is not None:
        raise ParameterError("--insecure-network serves without TLS, but [http] names a certificate: leave one out.")


class Door:
    """Where browsers come in. `open` it, `serve`, `close` it.

    Beyond this computer it opens only with TLS and only when there is an installer's account.

    Args:
        config: the section `[http]`.
        folder: the data folder.
        insecure: let other computers reach the page without TLS and without an account.
        say: told what a person should know.

    Raises:
        ParameterError: it would be open to the network without an account, or its certificate cannot be used.
        PortError: the accounts cannot be opened.

    Attributes:
        url: of the page, once it is open.
        told: what whoever started this should read about the door.
    """

    def __init__(self, config: HttpConfig, folder: Path, *, insecure: bool, say: Callable[[str], None]) -> None:
        check_door(config, insecure=insecure)
        self._config = config
        self._here = is_loopback(config.host)
        self._insecure = insecure
        self._say = say
        self._socket: socket.socket | None = None
        self._guard: Guard | None = None
        self.url = ""
        self.told: list[str] = []
        self._book = open_book(folder)
        try:
            self._check_account(folder)
            self._certificate = self._choose_certificate(folder)
        except BaseException:
            self._book.ledger.close()
            raise

    def _check_account(self, folder: Path) -> None:
        if not self._here and not self._insecure and not self._book.has_installer():
            raise ParameterError(
                f"The page would be open to everybody who can reach {self._config.host}, and there is no account yet: "
                f"make one with `openress accounts add NAME --role installer --data {folder}`, or use 127.0.0.1."
            )

    def _choose_certificate(self, folder: Path) -> Certificate | None:
        if self._config.certificate is not None and self._config.key is not None:
            return given_certificate(Path(self._config.certificate), Path(self._config.key))
        if self._here or self._insecure:
            return None
        return own_certificate(folder, self._names(), now_s=unix_s())

    def _names(self) -> list[str]:
        """By which browsers call it, beside addresses in figures."""
        names = ["localhost", "127.0.0.1", "[::1]", *self._config.names]
        host = self._config.host
        if host not in ("0.0.0.0", "::", *names):  # noqa: S104  # these are no names of anything
            names.append(f"[{host}]" if ":" in host else host)
        if not self._here:
            computer = socket.gethostname().lower()
            names += [name for name in (computer, f"{computer}.local") if name not in names]
        return names

    def open(self) -> None:
        """Take the port.

        Raises:
            PortError: it is taken or forbidden.
            ParameterError: there is no such host.
        """
        self._socket = open_socket(self._config.host, self._config.port)
        host, port = self._socket.getsockname()[:2]
        scheme = "http" if self._certificate is None else "https"
        self.url = f"{scheme}://{f'[{host}]' if ':' in host else host}:{port}/"
        self._guard = Guard(
            self._book,
            anonymous=self._anonymous(),
            clock_s=time.monotonic,
            secure=self._certificate is not None,
            port=port,
            say=self._say,
        )
        if not self._book.has_installer():
            code = self._book.new_claim()
            self.told.append(f"no account yet; to make the first one, within an hour, the claim code is {code}")
        if self._certificate is not None and self._certificate.own:
            self.told.append(f"certificate made here, SHA-256 {self._certificate.fingerprint}")
        if self._insecure and not self._here:
            self.told.append("everybody on the network can read this page, and passwords sent to it")

    @property
    def guard(self) -> Guard:
        """Knows who calls, once the door is open.

        Raises:
            StateError: it is not.
        """
        if self._guard is None:
            raise StateError("The door is not open yet.")
        return self._guard

    def api(self, hub: Hub, routers: Sequence[APIRouter]) -> FastAPI:
        """What answers behind the door.

        Args:
            hub: where snapshots come from.
            routers: what else the page answers.

        Raises:
            StateError: the door is not open.
        """
        given = self._certificate is not None and not self._certificate.own
        return make_api(
            hub, hosts=self._names(), routers=routers, guard=self.guard, literal=not self._here, strict=given
        )

    async def serve(self, hub: Hub, routers: Sequence[APIRouter]) -> None:
        """Answer until cancelled; see `api`."""
        if self._socket is not None:
            await serve_http(self.api(hub, routers), self._socket, self._certificate)

    def _anonymous(self) -> Role | None:
        """What somebody without an account may do."""
        if self._config.anonymous is None:
            return Role.VIEWER if self._here or self._insecure else None
        return Role.VIEWER if self._config.anonymous == "viewer" else None

    def close(self) -> None:
        """Give the port back."""
        if self._socket is not None:
            self._socket.close()
        if self._guard is not None:
            self._guard.close()
        self._book.ledger.close()
