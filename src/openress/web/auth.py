"""Who calls: from a cookie or token to a `Caller`, and the guards that routes ask for.

A route that changes something depends on `require(Role.OPERATOR)`, a dangerous one on `require_recent(Role.INSTALLER)`;
without the middleware of `openress.web.security` in front nobody is anybody, and both refuse.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from fastapi import HTTPException, Request, Response
from pydantic import BaseModel

from openress.accounts import AccountBook, Caller, Role
from openress.accounts.book import Account, random_text
from openress.accounts.sessions import AGE_S, Session, Sessions
from openress.accounts.throttle import Throttle, neighbourhood
from openress.errors import PortError
from openress.web.repeated import EVERY_S, Deed, Repeated
from openress.web.speaking import problem_response

__all__ = ["Code", "Guard", "Refusal", "Refused", "note", "origin_of", "refusals", "refused_response", "require"]
__all__ += ["Asks", "Requirement", "require_recent"]

SESSION_BYTES = 32
_AT_ONCE, _WAITING = 1, 8
"""Passwords proven at once, and how many may be under way: each takes 19 MiB and a moment of the processor."""
ANONYMOUS = "anonymous"


class Code(StrEnum):
    """Why something was refused, for programs; people read the sentence."""

    LOGIN = "login"
    """Log in first, or again."""
    CREDENTIALS = "credentials"
    """Name, password or code are wrong."""
    ROLE = "role"
    """Another role is needed."""
    CONFIRM = "confirm"
    """Give the password again: POST /api/me/confirm."""
    FOREIGN = "foreign"
    """The request did not come from the page: name, origin or header."""
    TOO_LARGE = "too_large"
    TOO_FAST = "too_fast"
    BUSY = "busy"
    STATE = "state"
    """It makes no sense now."""
    INVALID = "invalid"
    """A value cannot be used."""
    HELD = "held"
    """Somebody else has the line."""
    MISSING = "missing"
    """There is no such thing."""
    FAILED = "failed"
    """Our fault."""


class Refusal(BaseModel):
    """Why a request was refused."""

    detail: str
    code: Code


_WHY = {
    400: "The request cannot be read, or its name, origin or header is not the page's own",
    401: "Nobody is logged in, or the name, password or code is wrong",
    403: "The role is not enough, or the password must be given again",
    404: "There is no such thing",
    409: "It makes no sense now",
    413: "The request is too large",
    422: "A value cannot be used",
    429: "Too many requests or attempts; `Retry-After` says when to try again",
    503: "Too busy; `Retry-After` says when to try again",
}


def refusals(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """What a route documents of the refusals it may answer with."""
    return {status: {"model": Refusal, "description": _WHY[status]} for status in statuses}


class Refused(HTTPException):
    """A refusal with its reason for programs."""

    def __init__(self, status: int, code: Code, sentence: str, *, wait_s: float | None = None) -> None:
        headers = {} if wait_s is None else {"Retry-After": str(max(1, round(wait_s + 0.5)))}
        if status == 401:
            headers["WWW-Authenticate"] = 'Bearer realm="openress"'
        super().__init__(status, sentence, headers)
        self.code = code


def refused_response(request: Request, error: Refused) -> Response:
    """How a refusal is told."""
    headers = {**(error.headers or {}), "Cache-Control": "no-store"}
    return problem_response(request, error.status_code, error.detail, error.code.value, headers)


@dataclass(frozen=True, slots=True)
class Asks:
    """What a route asks of its caller.

    Attributes:
        role: the least.
        recent: the password was given within the last minutes.
        member: an account, though people without one may read.
        person: somebody who has logged in, no program with a token.
    """

    role: Role
    recent: bool = False
    member: bool = False
    person: bool = False


@dataclass(frozen=True, slots=True)
class Requirement:
    """A dependency that lets those pass who have what is asked, and hands the route its `Caller`."""

    asks: Asks

    def __call__(self, request: Request) -> Caller:
        """The caller.

        Raises:
            Refused: nobody is logged in, or the role or the moment does not allow it.
        """
        role = self.asks.role
        caller: Caller | None = getattr(request.state, "caller", None)
        unknown = caller is not None and caller.name == ANONYMOUS
        if caller is None or (unknown and (self.asks.member or not caller.role.allows(role))):
            raise Refused(401, Code.LOGIN, "Log in first.")
        if not caller.role.allows(role):
            raise Refused(403, Code.ROLE, f"This needs the role {role}; {caller.name} is {caller.role}.")
        if self.asks.person and caller.token:
            raise Refused(403, Code.LOGIN, "This is for somebody who has logged in; a token cannot do it.")
        if self.asks.recent and caller.token:
            raise Refused(403, Code.CONFIRM, "This needs a person who has just given a password; a token cannot do it.")
        if self.asks.recent and not caller.recent:
            raise Refused(403, Code.CONFIRM, "Give the password again: it was given too long ago for this.")
        return caller


def require(role: Role, *, member: bool = False, person: bool = False) -> Requirement:
    """Callers with `role`; see `Asks` for the rest."""
    return Requirement(Asks(role, member=member, person=person))


def require_recent(role: Role) -> Requirement:
    """As `require`, for what is dangerous: the password must have been given within the last minutes.

    A token cannot do it: nobody sits in front of it.
    """
    return Requirement(Asks(role, recent=True))


def note(request: Request, detail: str) -> None:
    """Add to what the audit will say of this request: names, old and new values; never a secret."""
    before = getattr(request.state, "detail", "")
    request.state.detail = f"{before}; {detail}" if before else detail


def origin_of(client: tuple[str, int] | None) -> str:
    """The address a request came from."""
    return "" if client is None else client[0]


class Guard:
    """Knows who calls, lets people in and out.

    Args:
        book: the accounts.
        anonymous: what somebody without an account may; `None` for nothing.
        clock_s: seconds on a clock that only goes forward.
        secure: the page is served with TLS.
        port: of the page; two pages on one computer must not take each other's cookie.
        say: told what could not be kept.
    """

    def __init__(
        self,
        book: AccountBook,
        *,
        anonymous: Role | None,
        clock_s: Callable[[], float],
        secure: bool,
        port: int,
        say: Callable[[str], None],
    ) -> None:
        self.book = book
        self.anonymous = anonymous
        self.clock_s = clock_s
        self.secure = secure
        self.say = say
        self.cookie = f"{'__Host-' if secure else ''}openress-{port}"
        self.sessions = Sessions()
        self._by_address = Throttle(free=5, longest_s=60.0)
        self._by_account = Throttle(free=10, longest_s=8.0)
        self._proving = asyncio.Semaphore(_AT_ONCE)
        self._waiting = 0
        self._trusted: dict[str, str] = {}
        self._repeated = Repeated()
        self._counting: asyncio.Task[None] | None = None

    def identify(self, cookies: dict[str, str], authorization: str, *, touch: bool = True) -> Caller | None:
        """Who calls; `None` for nobody who may do anything.

        Raises:
            Refused: a token that does not hold.
        """
        if authorization:
            scheme, _, secret = authorization.partition(" ")
            found = self.book.by_token(secret.strip()) if scheme.lower() == "bearer" else None
            if found is None:
                raise Refused(401, Code.CREDENTIALS, "The token is unknown, was revoked or has expired.")
            return Caller(found[0].name, found[1], token=True)
        now_s = self.clock_s()
        secret = cookies.get(self.cookie, "")
        session = self.sessions.find(secret, now_s, touch=touch) if secret else None
        if session is not None:
            account = self.book.find(session.account)
            if account is not None and account.epoch == session.epoch:
                return Caller(account.name, account.role, recent=session.recent(now_s))
            self.sessions.end(secret)
        return None if self.anonymous is None else Caller(ANONYMOUS, self.anonymous)

    async def prove(self, name: str, password: str, origin: str) -> Account:
        """The account whose password this is, no faster than people type.

        Raises:
            Refused: it is not, or there were too many attempts, or too many wait.
        """
        name, near = name.strip().lower()[:64], neighbourhood(origin)
        async with self.turn():
            self._hold(near, name)
            account = await asyncio.to_thread(self.book.prove, name, password)
            if account is None:
                self._by_address.failed(near, self.clock_s())
                self._by_account.failed(name, self.clock_s())
                raise Refused(401, Code.CREDENTIALS, "The name or the password is wrong.")
        self._by_address.succeeded(near)
        self._by_account.succeeded(name)
        self._trusted[name] = near
        return account

    def _hold(self, near: str, name: str | None) -> None:
        now_s = self.clock_s()
        wait_s = self._by_address.wait_s(near, now_s)
        # Whoever guesses from elsewhere must not keep the owner out: where an account was last let in, and at the
        # computer itself, only that address's own failures count.
        if name is not None and near not in ("127.0.0.1", "::", self._trusted.get(name)):
            wait_s = max(wait_s, self._by_account.wait_s(name, now_s))
        if wait_s > 0:
            raise Refused(429, Code.TOO_FAST, f"Too many attempts: try again in {wait_s:.0f} s.", wait_s=wait_s)

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """A place among those that wait for a password to be worked on, one after another.

        Raises:
            Refused: too many wait already.
        """
        if self._waiting >= _WAITING:
            raise Refused(503, Code.BUSY, "Too many people are logging in.", wait_s=1)
        self._waiting += 1
        try:
            async with self._proving:
                yield
        finally:
            self._waiting -= 1

    async def claim(self, code: str, name: str, password: str, origin: str) -> Account:
        """Make the first account.

        Raises:
            Refused: the code does not hold, or there were too many attempts.
            OpenRESSError: see `AccountBook.claim`.
        """
        near = neighbourhood(origin)
        async with self.turn():
            self._hold(near, None)
            account = await asyncio.to_thread(self.book.claim, code, name, password)
            if account is None:
                self._by_address.failed(near, self.clock_s())
                raise Refused(401, Code.CREDENTIALS, "The code is wrong, was used or is too old; the console has it.")
        return account

    def begin(self, response: Response, account: Account) -> Session:
        """Open a session and hand its secret to the browser."""
        secret = random_text(self.book.random(SESSION_BYTES))
        response.set_cookie(
            self.cookie, secret, max_age=int(AGE_S), path="/", secure=self.secure, httponly=True, samesite="strict"
        )
        return self.sessions.begin(secret, account.name, account.epoch, self.clock_s())

    def end(self, request: Request, response: Response) -> None:
        """Close the session of a request."""
        self.sessions.end(request.cookies.get(self.cookie, ""))
        response.delete_cookie(self.cookie, path="/", secure=self.secure, httponly=True, samesite="strict")

    def session(self, request: Request) -> tuple[str, Session] | None:
        """The session of a request, with its secret."""
        secret = request.cookies.get(self.cookie, "")
        session = self.sessions.find(secret, self.clock_s()) if secret else None
        return None if session is None else (secret, session)

    async def audit(self, who: str, action: str, *, origin: str, detail: str, result: str, repeats: bool) -> None:
        """Note what somebody did or tried.

        Args:
            who: tried it.
            action: method and path.
            origin: from where.
            detail: what the route noted.
            result: how it went.
            repeats: note it however often it comes; a refusal that comes again and again is noted once and then
                counted, or it would push out what was done.
        """
        deed = Deed(who, action, result, origin, detail)
        noted = [*self._repeated.over(self.clock_s())]
        if repeats or self._repeated.is_first(deed, self.clock_s()):
            noted.append(deed)
        elif self._counting is None:
            self._counting = asyncio.create_task(self._count())
        await asyncio.to_thread(self._note, noted)

    async def audit_all(self) -> None:
        """Note what was only counted so far, for somebody who reads the audit."""
        await asyncio.to_thread(self._note, [*self._repeated.over(self.clock_s(), everything=True)])

    def close(self) -> None:
        """Note what was only counted so far; nothing is asked any more."""
        if self._counting is not None:
            self._counting.cancel()
        self._note([*self._repeated.over(self.clock_s(), everything=True)])

    async def _count(self) -> None:
        """Note how many refusals there were when no more of them come."""
        while self._repeated.waiting:
            await asyncio.sleep(EVERY_S)
            await asyncio.to_thread(self._note, [*self._repeated.over(self.clock_s())])
        self._counting = None

    def _note(self, deeds: Sequence[Deed]) -> None:
        try:
            for deed in deeds:
                self.book.ledger.note(
                    self.book.clock_s(),
                    deed.who,
                    deed.action,
                    origin=deed.origin,
                    detail=deed.detail,
                    result=deed.result,
                )
        except PortError as error:
            self.say(f"The audit could not be kept: {error}")
