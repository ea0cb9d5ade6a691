"""The routes of accounts: claim, log in and out, who am I, people, tokens, and the audit."""

from __future__ import annotations

import asyncio
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from openress.accounts import Account, Caller, Role, Token
from openress.accounts.passwords import LONGEST
from openress.accounts.sessions import AGE_S, IDLE_S, RECENT_S, Session
from openress.web.auth import Code, Guard, Refused, note, origin_of, refusals, require, require_recent
from openress.web.speaking import TOLD, Retold

__all__ = ["accounts_router"]

Name = Annotated[str, Field(min_length=1, max_length=64)]
Password = Annotated[str, Field(min_length=1, max_length=LONGEST)]
Installer = Annotated[Caller, Depends(require(Role.INSTALLER))]
InstallerNow = Annotated[Caller, Depends(require_recent(Role.INSTALLER))]
Member = Annotated[Caller, Depends(require(Role.VIEWER, member=True))]
Person = Annotated[Caller, Depends(require(Role.VIEWER, member=True, person=True))]
Operator = Annotated[Caller, Depends(require(Role.OPERATOR))]
OperatorNow = Annotated[Caller, Depends(require_recent(Role.OPERATOR))]
NameInPath = Annotated[str, Path(max_length=64)]


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)


class Login(_Body):
    """Name and password."""

    name: Name
    password: Password


class Claim(Login):
    """The code from the console, and the account to make with it."""

    code: Annotated[str, Field(min_length=1, max_length=64)]


class Confirm(_Body):
    """The caller's password once more."""

    password: Password


class ChangePassword(_Body):
    """The caller's password and the one to come."""

    old: Password
    new: Password


class NewUser(Login):
    """An account to make."""

    role: Role


class ChangeUser(_Body):
    """What to change of an account; what is left out stays."""

    role: Role | None = None
    password: Password | None = None


class NewToken(_Body):
    """A token to make."""

    title: Annotated[str, Field(min_length=1, max_length=80)]
    role: Role = Role.VIEWER
    days: Annotated[float, Field(ge=1, le=366)] = 90.0


class Me(BaseModel):
    """Who calls.

    Attributes:
        name: of the account; null for nobody.
        role: what may be done; null when not even reading may.
        recent_s: seconds for which dangerous actions are still allowed.
        ends_s: seconds after which the session ends if nothing is asked any more.
        token: the caller is a program.
        claimed: the first account has been made.
    """

    name: str | None
    role: Role | None
    recent_s: float
    ends_s: float | None
    token: bool
    claimed: bool


class User(BaseModel):
    """An account; time in unix seconds."""

    name: str
    role: Role
    made_s: float


class TokenInfo(BaseModel):
    """A token without its secret; times in unix seconds."""

    id: str
    account: str
    role: Role
    title: str
    made_s: float
    expires_s: float


class MadeToken(TokenInfo):
    """A token with its secret, which is told this once."""

    secret: str


class AuditEntry(BaseModel):
    """One line of the audit; time in unix seconds."""

    number: int
    at_s: float
    who: str
    origin: str
    action: str
    detail: str
    result: str


class Audit(BaseModel):
    """A page of the audit, newest first; `broken_at` is the first entry that was tampered with, null when none was.

    `language` is that of details and results.
    """

    entries: list[AuditEntry]
    broken_at: int | None
    language: str
    untranslated: list[str]


def _user(account: Account) -> User:
    return User(name=account.name, role=account.role, made_s=account.made_s)


def _token(token: Token) -> TokenInfo:
    return TokenInfo(
        id=token.id,
        account=token.account,
        role=token.role,
        title=token.title,
        made_s=token.made_s,
        expires_s=token.expires_s,
    )


def _me(guard: Guard, caller: Caller | None, request: Request) -> Me:
    member = caller is not None and caller.name != "anonymous"
    found = guard.session(request) if member and caller is not None and not caller.token else None
    recent_s, ends_s = 0.0, None
    if found is not None:
        now_s, session = guard.clock_s(), found[1]
        recent_s = max(0.0, session.confirmed_s + RECENT_S - now_s)
        ends_s = min(IDLE_S, session.begun_s + AGE_S - now_s)
    return Me(
        name=caller.name if member and caller is not None else None,
        role=None if caller is None else caller.role,
        recent_s=round(recent_s, 1),
        ends_s=None if ends_s is None else round(ends_s, 1),
        token=caller is not None and caller.token,
        claimed=guard.book.has_installer(),
    )


def _entered(guard: Guard, account: Account, request: Request, response: Response) -> Me:
    """Open a session and say who is in it."""
    guard.sessions.end(request.cookies.get(guard.cookie, ""))
    session = guard.begin(response, account)
    request.state.became = Caller(account.name, account.role, recent=True)
    return Me(
        name=account.name,
        role=account.role,
        recent_s=RECENT_S,
        ends_s=min(IDLE_S, session.begun_s + AGE_S - session.seen_s),
        token=False,
        claimed=True,
    )


def accounts_router(guard: Guard) -> APIRouter:
    """The routes."""
    router = APIRouter(prefix="/api", tags=["accounts"])
    _add_entering(router, guard)
    _add_own(router, guard)
    _add_users(router, guard)
    _add_tokens(router, guard)
    _add_audit(router, guard)
    return router


def _add_entering(router: APIRouter, guard: Guard) -> None:
    @router.post("/login", summary="Log in: opens a session in a cookie", responses=refusals(400, 401, 422, 429, 503))
    async def login(body: Login, request: Request, response: Response) -> Me:
        note(request, f"as {body.name.strip().lower()[:32]!r}")
        account = await guard.prove(body.name, body.password, origin_of(request.client))
        return _entered(guard, account, request, response)

    @router.post(
        "/claim",
        status_code=201,
        summary="Make the first installer account with the code from the console",
        responses=refusals(400, 401, 409, 422, 429, 503),
    )
    async def claim(body: Claim, request: Request, response: Response) -> Me:
        note(request, f"as {body.name.strip().lower()[:32]!r}")
        account = await guard.claim(body.code, body.name, body.password, origin_of(request.client))
        return _entered(guard, account, request, response)

    @router.post("/logout", status_code=204, summary="Log out", responses=refusals(400))
    async def logout(request: Request, response: Response) -> None:
        guard.end(request, response)


def _add_own(router: APIRouter, guard: Guard) -> None:
    @router.get("/me", summary="Who am I, and may I do dangerous things now")
    async def me(request: Request) -> Me:
        return _me(guard, getattr(request.state, "caller", None), request)

    @router.post(
        "/me/confirm",
        summary="Give the password again: dangerous actions are allowed for five minutes",
        responses=refusals(400, 401, 403, 422, 429, 503),
    )
    async def confirm(body: Confirm, request: Request, caller: Person) -> Me:
        found = _session(guard, request)
        await guard.prove(caller.name, body.password, origin_of(request.client))
        found.confirmed_s = guard.clock_s()
        return _me(guard, caller, request)

    @router.post(
        "/me/password",
        summary="Change the own password; other sessions and all tokens of the account end",
        responses=refusals(400, 401, 403, 422, 429, 503),
    )
    async def password(body: ChangePassword, request: Request, response: Response, caller: Person) -> Me:
        _session(guard, request)
        await guard.prove(caller.name, body.old, origin_of(request.client))
        async with guard.turn():
            account = await asyncio.to_thread(guard.book.set_password, caller.name, body.new)
        guard.sessions.end_all(account.name)
        return _entered(guard, account, request, response)


def _session(guard: Guard, request: Request) -> Session:
    found = guard.session(request)
    if found is None:
        raise Refused(403, Code.LOGIN, "This is for somebody who has logged in; a token cannot do it.")
    return found[1]


def _add_users(router: APIRouter, guard: Guard) -> None:
    book = guard.book

    @router.get("/users", summary="All accounts", responses=refusals(401, 403))
    async def users(_: Installer) -> list[User]:
        return [_user(account) for account in book.all()]

    @router.post("/users", status_code=201, summary="Make an account", responses=refusals(400, 401, 403, 409, 422, 503))
    async def add(body: NewUser, request: Request, _: InstallerNow) -> User:
        note(request, f"account {body.name.strip().lower()[:32]!r} as {body.role}")
        async with guard.turn():
            return _user(await asyncio.to_thread(book.add, body.name, body.role, body.password))

    @router.patch(
        "/users/{name}",
        summary="Change role or password of an account; its sessions end",
        responses=refusals(400, 401, 403, 404, 409, 422, 503),
    )
    async def change(name: NameInPath, body: ChangeUser, request: Request, _: InstallerNow) -> User:
        account = _found(guard, name)
        if body.role is not None:
            note(request, f"role {account.role} -> {body.role}")
            account = await asyncio.to_thread(book.set_role, name, body.role)
        if body.password is not None:
            note(request, "another password")
            async with guard.turn():
                account = await asyncio.to_thread(book.set_password, name, body.password)
        return _user(account)

    @router.delete(
        "/users/{name}",
        status_code=204,
        summary="Remove an account; its sessions and tokens end",
        responses=refusals(400, 401, 403, 404, 409),
    )
    async def remove(name: NameInPath, _: InstallerNow) -> None:
        _found(guard, name)
        await asyncio.to_thread(book.remove, name)


def _found(guard: Guard, name: str) -> Account:
    account = guard.book.find(name)
    if account is None:
        raise Refused(404, Code.MISSING, f"There is no account {name!r}.")
    return account


def _add_tokens(router: APIRouter, guard: Guard) -> None:
    book = guard.book

    @router.get("/tokens", summary="The own tokens; an installer sees all", responses=refusals(401, 403))
    async def tokens(caller: Member) -> list[TokenInfo]:
        own = None if caller.role is Role.INSTALLER else caller.name
        return [_token(token) for token in book.tokens(own)]

    @router.post(
        "/tokens",
        status_code=201,
        summary="Make a token; its secret is told this once",
        responses=refusals(400, 401, 403, 404, 422),
    )
    async def make(body: NewToken, request: Request, caller: OperatorNow) -> MadeToken:
        note(request, f"token {body.title!r} as {body.role} for {body.days:g} day{'' if body.days == 1 else 's'}")
        account = _found(guard, caller.name)
        token, secret = await asyncio.to_thread(book.new_token, account, body.role, body.title, body.days)
        return MadeToken(**_token(token).model_dump(), secret=secret)

    @router.delete(
        "/tokens/{token}",
        status_code=204,
        summary="Revoke one of the own tokens; an installer any",
        responses=refusals(400, 401, 403, 404),
    )
    async def revoke(token: Annotated[str, Path(max_length=64)], request: Request, caller: Operator) -> None:
        own = None if caller.role is Role.INSTALLER else caller.name
        gone = await asyncio.to_thread(lambda: book.revoke(token, account=own))
        if gone is None:
            raise Refused(404, Code.MISSING, "There is no such token.")
        note(request, f"token {gone.title!r} of {gone.account}")


def _add_audit(router: APIRouter, guard: Guard) -> None:
    ledger = guard.book.ledger

    @router.get("/audit", summary="Who did what, newest first", responses={**refusals(401, 403), **TOLD})
    async def audit(
        _: Installer,
        retelling: Retold,
        before: Annotated[int | None, Query(ge=1, le=2**53)] = None,
        limit: Annotated[int, Query(ge=1, le=1000)] = 100,
    ) -> Audit:
        await guard.audit_all()
        entries = await asyncio.to_thread(lambda: ledger.audit(before=before, most=limit))
        broken = await asyncio.to_thread(ledger.broken_at)
        shown = [
            AuditEntry(
                number=entry.number,
                at_s=entry.at_s,
                who=entry.who,
                origin=entry.origin,
                action=entry.action,
                detail=retelling.told(entry.detail),
                result=retelling.told(entry.result),
            )
            for entry in entries
        ]
        return Audit(
            entries=shown,
            broken_at=broken,
            language=retelling.wording.language,
            untranslated=retelling.lacking([text for entry in entries for text in (entry.detail, entry.result)]),
        )
