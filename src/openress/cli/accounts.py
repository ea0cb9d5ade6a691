"""`openress accounts`: who may do what on the page of a data folder, and who did what.

Whoever may write the data folder is the owner: no password is asked for, so nobody who has the computer is ever locked
out of it.
"""

from __future__ import annotations

import json
import sys
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from getpass import GetPassWarning
from pathlib import Path

import click

from openress.accountbook import open_book
from openress.accounts import ACCOUNTS_FILE, Account, AccountBook, Role
from openress.accounts.book import CLAIM_S
from openress.cli.numbers import Finite
from openress.errors import ParameterError, PortError
from openress.folders import default_folder
from openress.journalling import local_user

__all__ = ["command"]

_DATA = click.option("--data", type=click.Path(path_type=Path), help="Data folder; that of the system without it.")
_JSON = click.option("--json", "as_json", is_flag=True, help="JSON.")
_ROLE = click.Choice([role.value for role in Role])
_STDIN = click.option("--password-stdin", is_flag=True, help="Read the password from the standard input; for scripts.")


@contextmanager
def _book(data: Path | None, *, begins: bool = False) -> Iterator[AccountBook]:
    """The accounts of a data folder.

    Args:
        data: the folder.
        begins: they are made where there are none; without it that is an error, and nothing is made.
    """
    folder = data or default_folder()
    if not begins and not (folder / ACCOUNTS_FILE).exists():
        raise ParameterError(
            f"No accounts are kept in {folder}: name the data folder of `openress up` with --data; "
            "`openress accounts add NAME --role installer` makes the first account of a folder."
        )
    book = open_book(folder)
    try:
        yield book
    finally:
        book.ledger.close()


def _note(book: AccountBook, action: str, detail: str) -> None:
    book.ledger.note(
        book.clock_s(),
        "console",
        f"accounts {action}",
        detail=f"{detail} (by {local_user()} at this computer)",
        result="done",
    )


def _tell(told: Mapping[str, object], sentence: str, *, as_json: bool) -> None:
    """What a command did, for a program or for a person."""
    click.echo(json.dumps(told) if as_json else sentence)


def _row(account: Account) -> dict[str, object]:
    return {"name": account.name, "role": account.role.value, "made_s": account.made_s}


@click.group("accounts")
def command() -> None:
    """Say who may do what on the page, and read who did what. What is changed holds at once, also while `up` runs."""


@command.command("list")
@_DATA
@_JSON
def list_command(data: Path | None, as_json: bool) -> None:
    """Print the accounts and their tokens."""
    with _book(data) as book:
        accounts, tokens = book.all(), book.tokens()
    if as_json:
        rows = [
            _row(account)
            | {
                "tokens": [
                    {"id": token.id, "title": token.title, "role": token.role.value, "expires_s": token.expires_s}
                    for token in tokens
                    if token.account == account.name
                ],
            }
            for account in accounts
        ]
        click.echo(json.dumps(rows))
        return
    if not accounts:
        click.echo("There is no account yet: `openress accounts add NAME --role installer` makes one.")
    for account in accounts:
        click.echo(f"{account.name:<20}  {account.role.value:<9}  made {_time(account.made_s)}")
        for token in tokens:
            if token.account == account.name:
                click.echo(f"  token {token.id}  {token.role.value:<9}  until {_time(token.expires_s)}  {token.title}")


@command.command("add")
@click.argument("name")
@click.option("--role", type=_ROLE, required=True, help="What the account may do.")
@_STDIN
@_DATA
@_JSON
def add_command(name: str, role: str, password_stdin: bool, data: Path | None, as_json: bool) -> None:
    """Make the account NAME; its password is asked for."""
    password = _password(stdin=password_stdin)
    with _book(data, begins=True) as book:
        account = book.add(name, Role(role), password)
        _note(book, "add", f"account {account.name!r} as {role}")
    _tell(_row(account), f"{account.name} is {_a(role)} now.", as_json=as_json)


@command.command("remove")
@click.argument("name")
@_DATA
@_JSON
def remove_command(name: str, data: Path | None, as_json: bool) -> None:
    """Remove the account NAME; its sessions and tokens end."""
    with _book(data) as book:
        account = book.remove(name)
        _note(book, "remove", f"account {account.name!r}")
    _tell(_row(account), f"{account.name} has no account any more.", as_json=as_json)


@command.command("password")
@click.argument("name")
@_STDIN
@_DATA
@_JSON
def password_command(name: str, password_stdin: bool, data: Path | None, as_json: bool) -> None:
    """Give the account NAME another password; its sessions and tokens end."""
    with _book(data) as book:
        account = book.set_password(_known(book, name).name, _password(stdin=password_stdin))
        _note(book, "password", f"account {account.name!r}")
    sentence = f"{account.name} has another password; sessions and tokens of the account have ended."
    _tell(_row(account), sentence, as_json=as_json)


@command.command("role")
@click.argument("name")
@click.argument("role", type=_ROLE)
@_DATA
@_JSON
def role_command(name: str, role: str, data: Path | None, as_json: bool) -> None:
    """Give the account NAME another role; its sessions end."""
    with _book(data) as book:
        account = book.set_role(name, Role(role))
        _note(book, "role", f"account {account.name!r} as {role}")
    _tell(_row(account), f"{account.name} is {_a(role)} now.", as_json=as_json)


@command.group("token")
def token_command() -> None:
    """Make and revoke tokens, with which programs call the page's API."""


@token_command.command("add")
@click.argument("name")
@click.option("--role", type=_ROLE, default=Role.VIEWER.value, show_default=True, help="At most that of the account.")
@click.option("--title", default="made on the console", show_default=True, help="What it is for.")
@click.option("--days", type=Finite(1, 366), default=90, show_default=True, help="How long it lasts.")
@_DATA
@_JSON
def token_add_command(name: str, role: str, title: str, days: float, data: Path | None, as_json: bool) -> None:
    """Make a token of the account NAME; it is printed this once."""
    with _book(data) as book:
        account = _known(book, name)
        token, secret = book.new_token(account, Role(role), title[:80], days)
        _note(book, "token add", f"token {token.id} of {account.name!r} as {role}")
    if as_json:
        click.echo(json.dumps({"id": token.id, "expires_s": token.expires_s, "secret": secret}))
        return
    click.echo(f"Token {token.id} of {account.name}, {role}, until {_time(token.expires_s)}. It is not shown again:")
    click.echo(secret)


@token_command.command("revoke")
@click.argument("token")
@_DATA
@_JSON
def token_revoke_command(token: str, data: Path | None, as_json: bool) -> None:
    """End the token with the id TOKEN."""
    with _book(data) as book:
        gone = book.revoke(token)
        if gone is None:
            raise ParameterError(f"There is no token {token[:40]!r}; `openress accounts list` has their ids.")
        _note(book, "token revoke", f"token {gone.id} of {gone.account!r}")
    told = {"id": gone.id, "account": gone.account}
    _tell(told, f"Token {gone.id} of {gone.account} holds no longer.", as_json=as_json)


@command.command("claim-code")
@_DATA
@_JSON
def claim_code_command(data: Path | None, as_json: bool) -> None:
    """Print a new code with which the first installer account can be made on the page; it works once."""
    with _book(data, begins=True) as book:
        code, until_s = book.new_claim(), book.clock_s() + CLAIM_S
        _note(book, "claim-code", "a claim code")
    told = {"code": code, "expires_s": until_s}
    _tell(told, f"{code}  (once, within {CLAIM_S / 60:.0f} minutes)", as_json=as_json)


@command.command("audit")
@click.option("--limit", type=click.IntRange(1, 100_000), default=50, show_default=True, help="Only the newest.")
@_DATA
@_JSON
def audit_command(limit: int, data: Path | None, as_json: bool) -> None:
    """Print who changed what, newest first, and whether anybody has tampered with it."""
    with _book(data) as book:
        entries, broken = book.ledger.audit(most=limit), book.ledger.broken_at()
    if as_json:
        names = ("number", "at_s", "who", "origin", "action", "detail", "result", "sealed")
        rows = [{name: getattr(entry, name) for name in names} for entry in entries]
        click.echo(json.dumps({"entries": rows, "broken_at": broken}))
    else:
        for entry in entries:
            where = f" from {entry.origin}" if entry.origin else ""
            what = " ".join(filter(None, (entry.action, entry.detail)))
            click.echo(f"{entry.number:>6}  {_time(entry.at_s)}  {entry.who}{where}: {what}: {entry.result}")
    if broken is not None:
        raise PortError(f"Entry {broken} of the audit was changed, or entries before it were taken out.")


def _known(book: AccountBook, name: str) -> Account:
    account = book.find(name.strip().lower())
    if account is None:
        raise ParameterError(f"There is no account {name[:40]!r}; `openress accounts list` has their names.")
    return account


def _password(*, stdin: bool) -> str:
    """As it was typed, twice; without a person at hand from the standard input.

    Raises:
        ParameterError: nobody can type it unseen.
    """
    if stdin:
        return sys.stdin.readline().rstrip("\r\n")
    ask = partial(click.prompt, hide_input=True, err=True)
    try:
        with warnings.catch_warnings():
            # Python warns where it would read a password that everybody can see, or that nobody types.
            warnings.simplefilter("error", GetPassWarning)
            return str(ask("Password", confirmation_prompt="The same again"))
    except (GetPassWarning, click.Abort) as error:
        if isinstance(error, click.Abort) and sys.stdin.isatty():
            raise
        raise ParameterError(
            "A password is typed on a terminal, and there is none: give it on the standard input with --password-stdin."
        ) from error


def _time(unix_s: float) -> str:
    return datetime.fromtimestamp(unix_s, tz=UTC).astimezone().strftime("%Y-%m-%d %H:%M:%S")


def _a(role: str) -> str:
    return f"an {role}" if role[0] in "aeio" else f"a {role}"
