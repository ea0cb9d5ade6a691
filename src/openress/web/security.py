"""The gate before every route: names, origins, sizes, rates, who calls, and the headers of every answer.

What is not let through here never reaches a route: whatever may change something needs an account, and whatever is not
the page itself needs somebody who may read, whatever its route asks for besides.
"""

from __future__ import annotations

import ipaddress
import logging
import re
from collections.abc import Callable, Sequence
from enum import Enum, auto
from http import HTTPStatus
from http.cookies import CookieError, SimpleCookie
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from openress.accounts import Caller, Role
from openress.accounts.throttle import Buckets, neighbourhood
from openress.web.auth import Code, Guard, Refused, origin_of, refused_response

__all__ = ["BODY_LIMIT", "HEADER", "Access", "Gate", "Names", "access_of"]

BODY_LIMIT = 262_144
"""Bytes of a request: a settings file of every pack is smaller."""
HEADER = "x-openress"
"""Pages elsewhere cannot send it: browsers ask first whether they may, and nobody answers that."""
BURST, RATE_PER_S = 300.0, 50.0
"""Requests of one address."""
STREAMS, STREAMS_EACH = 256, 128
"""Streams at once, of all and of one address."""
LOOK_EVERY_S = 5.0
"""How often a stream looks whether its reader may still read."""
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_OPEN = frozenset({"/api/login", "/api/claim", "/api/logout"})
"""May be asked by nobody: they check for themselves."""
_OWN = frozenset({"/api/me/password", "/api/me/confirm"})
"""Change nothing but the caller's own account."""
_ASKING = re.compile(r"/api/packs/[0-9]{1,3}/parameters/plan")
"""Works something out and changes nothing, though it takes a body."""

_HEADERS = {
    "content-security-policy": (
        "default-src 'self'; object-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'"
    ),
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
_HSTS = "max-age=31536000"


class Access(Enum):
    """What a request asks the gate for."""

    OPEN = auto()
    """Anybody may: the route checks for itself."""
    READS = auto()
    """Whoever may read."""
    OWN = auto()
    """Changes the caller's own account."""
    CHANGES = auto()
    """Operators and installers."""


def _changes(method: str, path: str) -> bool:
    return method not in _SAFE and not (method == "POST" and _ASKING.fullmatch(path))


def access_of(method: str, path: str) -> Access:
    """What a request asks for."""
    if path in _OPEN or (path == "/api/me" and not _changes(method, path)):
        return Access.OPEN
    if not _changes(method, path):
        return Access.READS
    return Access.OWN if path in _OWN else Access.CHANGES


class Names:
    """By what names browsers may call; a page of somebody else could reach us through a name of its own.

    Args:
        names: that are ours.
        literal: any address in figures is ours too: only names can be pointed elsewhere.
    """

    def __init__(self, names: Sequence[str], *, literal: bool = False) -> None:
        self._names = frozenset(name.lower() for name in names)
        self._literal = literal

    def allow(self, host: str) -> bool:
        """Whether the `Host` of a request is one of ours."""
        name = _without_port(host.lower())
        if name in self._names:
            return True
        if not self._literal:
            return False
        try:
            ipaddress.ip_address(name.strip("[]"))
        except ValueError:
            return False
        return True


def _without_port(host: str) -> str:
    if host.startswith("["):
        return host.partition("]")[0] + "]"
    return host.partition(":")[0]


class _EndedError(Exception):
    """A stream whose reader may no longer read."""


def _too_large() -> Refused:
    return Refused(413, Code.TOO_LARGE, f"A request has {BODY_LIMIT} bytes at most.")


class Gate:
    """The middleware.

    Args:
        app: what it protects.
        names: see there.
        guard: knows who calls; without one everybody may read and nobody may change.
        public: paths that anybody may read: the page itself, which has no values in it.
        strict: tell browsers to use TLS only, from now on.
        clock_s: seconds on a clock that only goes forward.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        names: Names,
        guard: Guard | None,
        public: Callable[[str], bool],
        strict: bool,
        clock_s: Callable[[], float],
    ) -> None:
        self._app = app
        self._names = names
        self._guard = guard
        self._public = public
        self._clock_s = clock_s
        self._headers = [(key.encode(), value.encode()) for key, value in _HEADERS.items()]
        if strict:
            self._headers.append((b"strict-transport-security", _HSTS.encode()))
        self._rate = Buckets(burst=BURST, rate_per_s=RATE_PER_S)
        self._streams: dict[str, int] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """See the ASGI specification."""
        if scope["type"] == "websocket":
            # There is none here, so whoever asks for one is a stranger.
            await send({"type": "websocket.close", "code": 1008})
            return
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        answer = _Answer(send, self._headers)
        try:
            await self._pass(scope, receive, answer)
        except Refused as error:
            await refused_response(Request(scope), error)(scope, receive, answer.send)
        except Exception:
            logging.getLogger("openress.web").exception("%s %s failed", scope["method"], scope["path"])
            if not answer.status:
                failed = Refused(500, Code.FAILED, "This failed here; the console has more.")
                await refused_response(Request(scope), failed)(scope, receive, answer.send)

    async def _pass(self, scope: Scope, receive: Receive, answer: _Answer) -> None:
        headers = {key.decode("latin-1"): value.decode("latin-1") for key, value in scope["headers"]}
        method, path, origin = scope["method"], scope["path"], origin_of(scope.get("client"))
        changes = _changes(method, path)
        self._check_names(headers)
        near = neighbourhood(origin)
        if not self._rate.take(near, self._clock_s()):
            raise Refused(429, Code.TOO_FAST, "Too many requests.", wait_s=1)
        if _length(headers) > BODY_LIMIT:
            raise _too_large()
        cookies = _cookies(headers.get("cookie", ""))
        bearer = headers.get("authorization", "")
        if changes and not bearer:
            self._check_own(headers)
        caller = None if self._guard is None else self._guard.identify(cookies, bearer)
        scope.setdefault("state", {})["caller"] = caller
        inside = changes or not self._public(path)
        if inside:
            answer.keep_out_of_caches()
        try:
            if inside:
                self._check_caller(caller, access_of(method, path))
            await self._carry(scope, _limited(receive), answer, near, cookies, bearer)
        except Refused as error:
            answer.status = error.status_code
            raise
        finally:
            if changes and inside and self._guard is not None:
                await self._note(scope, caller, answer.status, origin)

    def _check_names(self, headers: dict[str, str]) -> None:
        if not self._names.allow(headers.get("host", "")):
            raise Refused(
                400, Code.FOREIGN, "The page is not known by this name; [http] names in the configuration has others."
            )

    @staticmethod
    def _check_own(headers: dict[str, str]) -> None:
        """What changes something comes from our own page, or from a program that says so."""
        sent_by, host = headers.get("origin"), headers.get("host", "").lower()
        foreign = sent_by is not None and urlsplit(sent_by.lower()).netloc != host
        if foreign or headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
            raise Refused(400, Code.FOREIGN, "This request comes from another page.")
        if HEADER not in headers:
            raise Refused(400, Code.FOREIGN, "Send the header X-OpenRESS with requests that change something.")

    def _check_caller(self, caller: Caller | None, access: Access) -> None:
        if access is Access.OPEN or (access is Access.READS and self._guard is None):
            return
        known = caller is not None and caller.name != "anonymous"
        if caller is None or (access is not Access.READS and not known):
            raise Refused(401, Code.LOGIN, "Log in first.")
        if access is Access.CHANGES and not caller.role.allows(Role.OPERATOR):
            raise Refused(403, Code.ROLE, f"{caller.name} is {caller.role} and may only read.")

    async def _carry(
        self, scope: Scope, receive: Receive, answer: _Answer, near: str, cookies: dict[str, str], bearer: str
    ) -> None:
        """Let a request through; a stream ends when its reader may no longer read."""
        if scope["path"] != "/api/stream":
            await self._app(scope, receive, answer.send)
            return
        mine = self._streams.get(near, 0)
        if mine >= STREAMS_EACH or sum(self._streams.values()) >= STREAMS:
            raise Refused(503, Code.BUSY, "Too many pages are open.", wait_s=5)
        self._streams[near] = mine + 1
        looked_s = self._clock_s()
        ended = False

        async def send(message: Message) -> None:
            nonlocal looked_s, ended
            if self._guard is not None and self._clock_s() - looked_s >= LOOK_EVERY_S:
                looked_s = self._clock_s()
                if not self._may_read(cookies, bearer):
                    ended = True
                    await answer.send({"type": "http.response.body", "body": b"", "more_body": False})
                    raise _EndedError
            await answer.send(message)

        try:
            await self._app(scope, receive, send)
        except Exception:
            # Starlette wraps it in a group of its own.
            if not ended:
                raise
        finally:
            self._streams[near] -= 1
            if not self._streams[near]:
                del self._streams[near]

    def _may_read(self, cookies: dict[str, str], bearer: str) -> bool:
        if self._guard is None:
            return True
        try:
            return self._guard.identify(cookies, bearer, touch=False) is not None
        except Refused:
            return False

    async def _note(self, scope: Scope, caller: Caller | None, status: int, origin: str) -> None:
        if self._guard is None:
            return
        state = scope["state"]
        caller = state.get("became", caller)
        done = 200 <= status < 400
        if caller is None or (caller.name == "anonymous" and not done and scope["path"] not in _OPEN):
            # Strangers who are refused could fill the file.
            return
        await self._guard.audit(
            f"{caller.name}{' (token)' if caller.token else ''}",
            f"{scope['method']} {scope['path']}",
            origin=origin,
            detail=state.get("detail", ""),
            result=_result(status),
            repeats=done,
        )


def _result(status: int) -> str:
    """What became of a request; a job that was accepted (202) has only begun, and may yet be refused or fail."""
    if status == HTTPStatus.ACCEPTED:
        return "begun"
    if 200 <= status < 400:
        return "done"
    return f"refused, {status}" if status < 500 else f"failed, {status}"


class _Answer:
    """Sends an answer with the headers that every one carries, and remembers its status."""

    def __init__(self, send: Send, headers: list[tuple[bytes, bytes]]) -> None:
        self._send = send
        self._headers = list(headers)
        self.status = 0

    def keep_out_of_caches(self) -> None:
        """Values of now are of no use later, and some are nobody else's business."""
        self._headers.append((b"cache-control", b"no-store"))

    async def send(self, message: Message) -> None:
        """Send a part."""
        if message["type"] == "http.response.start":
            self.status = message["status"]
            given = {key.lower() for key, _ in message["headers"]}
            more = [(key, value) for key, value in self._headers if key not in given]
            message = {**message, "headers": [*message["headers"], *more]}
        await self._send(message)


def _limited(receive: Receive) -> Receive:
    """Counts what comes: a length that was told need not be true."""
    size = 0

    async def counted() -> Message:
        nonlocal size
        message = await receive()
        size += len(message.get("body", b""))
        if size > BODY_LIMIT:
            raise _too_large()
        return message

    return counted


def _length(headers: dict[str, str]) -> int:
    told = headers.get("content-length", "0")
    return int(told) if told.isascii() and told.isdigit() and len(told) < 20 else BODY_LIMIT + 1


def _cookies(header: str) -> dict[str, str]:
    try:
        return {key: morsel.value for key, morsel in SimpleCookie(header).items()}
    except CookieError:
        return {}
