"""The book of accounts: making, changing and removing them, proving who one is, tokens, and the first claim."""

from __future__ import annotations

import base64
from collections.abc import Callable
from dataclasses import dataclass

from openress.accounts.hashing import (
    HASH_BYTES,
    SALT_BYTES,
    hash_of_nobody,
    hash_password,
    is_outdated,
    password_fits,
    secret_hash,
)
from openress.accounts.ledger import Ledger
from openress.accounts.passwords import LONGEST, check_password
from openress.accounts.roles import Role, checked_name
from openress.errors import ParameterError, StateError

__all__ = ["CLAIM_S", "TOKEN_DAYS", "Account", "AccountBook", "Token", "random_text"]

CLAIM_S = 3600.0
TOKEN_DAYS = 366
"""The longest that a token may last."""
_TOKEN = "openress_"  # noqa: S105  # how tokens begin, so that scanners for leaked secrets know them
_CLAIM_ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
"""Without letters that are read as digits."""
_CLAIM_LENGTH = 16
_MOST_ACCOUNTS, _MOST_TOKENS = 64, 32
DAY_S = 86400.0


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody; `epoch` changes whenever what was proven before must be proven again."""

    name: str
    role: Role
    epoch: int
    made_s: float


@dataclass(frozen=True, slots=True)
class Token:
    """What a program calls with; times in unix seconds."""

    id: str
    account: str
    role: Role
    title: str
    made_s: float
    expires_s: float


def random_text(raw: bytes) -> str:
    """Random bytes as text that may stand in a header."""
    return base64.urlsafe_b64encode(raw).decode("ascii").rstrip("=")


class AccountBook:
    """The accounts of a data folder.

    Args:
        ledger: where they are kept.
        clock_s: unix seconds now.
        random: gives so many unpredictable bytes.
    """

    def __init__(self, ledger: Ledger, *, clock_s: Callable[[], float], random: Callable[[int], bytes]) -> None:
        self.ledger = ledger
        self.clock_s = clock_s
        self.random = random
        self._nobody = hash_of_nobody(random(SALT_BYTES), random(HASH_BYTES))

    def all(self) -> list[Account]:
        """Every account, by name."""
        rows = self.ledger.rows("SELECT name, role, epoch, made_s FROM account ORDER BY name")
        return [Account(name, Role(role), epoch, made_s) for name, role, epoch, made_s in rows]

    def find(self, name: str) -> Account | None:
        """The account called `name`."""
        rows = self.ledger.rows("SELECT name, role, epoch, made_s FROM account WHERE name = ?", name)
        return Account(rows[0][0], Role(rows[0][1]), *rows[0][2:]) if rows else None

    def has_installer(self) -> bool:
        """Whether the first account has been made."""
        return bool(self.ledger.rows("SELECT 1 FROM account WHERE role = ? LIMIT 1", Role.INSTALLER))

    def add(self, name: str, role: Role, password: str) -> Account:
        """Make an account.

        Raises:
            ParameterError: a name or password that cannot be used, or too many accounts.
            StateError: there is one of that name.
        """
        name, kept = checked_name(name), self._new(password, name)
        return self._insert(name, role, kept)

    def _insert(self, name: str, role: Role, kept: str) -> Account:
        account = Account(name, role, self._epoch(), self.clock_s())
        with self.ledger.writing() as run:
            self._insert_within(run, account, kept)
        return account

    def _insert_within(self, run: Callable[..., int], account: Account, kept: str) -> None:
        if self.find(account.name) is not None:
            raise StateError(f"There is an account {account.name} already.")
        if len(self.all()) >= _MOST_ACCOUNTS:
            raise ParameterError(f"There are {_MOST_ACCOUNTS} accounts, and no more can be made.")
        run(
            "INSERT INTO account VALUES (?, ?, ?, ?, ?)",
            account.name,
            account.role,
            kept,
            account.epoch,
            account.made_s,
        )

    def set_password(self, name: str, password: str) -> Account:
        """Give an account another password; its sessions and tokens end.

        Raises:
            ParameterError: there is no such account, or the password cannot be used.
        """
        account = self._known(name)
        kept, epoch = self._new(password, account.name), self._epoch()
        with self.ledger.writing() as run:
            run("UPDATE account SET password = ?, epoch = ? WHERE name = ?", kept, epoch, account.name)
            run("DELETE FROM token WHERE account = ?", account.name)
        return Account(account.name, account.role, epoch, account.made_s)

    def set_role(self, name: str, role: Role) -> Account:
        """Give an account another role; its sessions end.

        Raises:
            ParameterError: there is no such account.
            StateError: no installer would be left.
        """
        with self.ledger.writing() as run:
            account, epoch = self._known(name), self._epoch()
            if role is not Role.INSTALLER:
                self._spare_last_installer(account)
            run("UPDATE account SET role = ?, epoch = ? WHERE name = ?", role, epoch, account.name)
        return Account(account.name, role, epoch, account.made_s)

    def remove(self, name: str) -> Account:
        """Remove an account with its tokens; its sessions end.

        Raises:
            ParameterError: there is no such account.
            StateError: no installer would be left.
        """
        with self.ledger.writing() as run:
            account = self._known(name)
            self._spare_last_installer(account)
            run("DELETE FROM account WHERE name = ?", account.name)
        return account

    def _spare_last_installer(self, account: Account) -> None:
        rest = [other for other in self.all() if other.role is Role.INSTALLER and other.name != account.name]
        if account.role is Role.INSTALLER and not rest:
            raise StateError(f"{account.name} is the last installer; make another one first.")

    def _known(self, name: str) -> Account:
        account = self.find(name.strip().lower())
        if account is None:
            raise ParameterError(f"There is no account {name[:40]!r}.")
        return account

    def prove(self, name: str, password: str) -> Account | None:
        """The account whose password this is; takes as long for names that do not exist."""
        rows = self.ledger.rows("SELECT password FROM account WHERE name = ?", name.strip().lower())
        kept = rows[0][0] if rows else self._nobody
        fits = len(password) <= LONGEST and password_fits(kept, password)
        if not rows or not fits:
            return None
        account = self._known(name)
        if is_outdated(kept):
            renewed = hash_password(password, self.random(SALT_BYTES))
            with self.ledger.writing() as run:
                run("UPDATE account SET password = ? WHERE name = ? AND password = ?", renewed, account.name, kept)
        return account

    def _new(self, password: str, name: str) -> str:
        check_password(password, name)
        return hash_password(password, self.random(SALT_BYTES))

    def _epoch(self) -> int:
        return int.from_bytes(self.random(7), "big")

    def new_claim(self) -> str:
        """A code with which the first installer account can be made; the one before holds no longer.

        Raises:
            StateError: there is an installer already.
        """
        bits = int.from_bytes(self.random(_CLAIM_LENGTH), "big")
        letters = [_CLAIM_ALPHABET[bits >> 5 * place & 31] for place in range(_CLAIM_LENGTH)]
        code = "-".join("".join(letters[at : at + 4]) for at in range(0, _CLAIM_LENGTH, 4))
        with self.ledger.writing() as run:
            if self.has_installer():
                raise StateError("There is an installer account already; nothing can be claimed.")
            run("INSERT OR REPLACE INTO claim VALUES (1, ?, ?)", _claim_hash(code), self.clock_s() + CLAIM_S)
        return code

    def claim(self, code: str, name: str, password: str) -> Account | None:
        """Make the first installer account; `None` when the code is wrong, used or too old.

        Raises:
            ParameterError: a name or password that cannot be used; the code still holds.
            StateError: there is an installer already.
        """
        if self.has_installer():
            raise StateError("There is an installer account already; nothing can be claimed.")
        if not self._claimable(code):
            return None
        name = checked_name(name)
        account, kept = Account(name, Role.INSTALLER, self._epoch(), self.clock_s()), self._new(password, name)
        with self.ledger.writing() as run:
            # Once only, however many try at the same time.
            if not self._claimable(code) or not run("DELETE FROM claim"):
                return None
            self._insert_within(run, account, kept)
        return account

    def _claimable(self, code: str) -> bool:
        rows = self.ledger.rows(
            "SELECT 1 FROM claim WHERE secret = ? AND expires_s > ?", _claim_hash(code), self.clock_s()
        )
        return bool(rows)

    def new_token(self, account: Account, role: Role, title: str, days: float) -> tuple[Token, str]:
        """A token for programs, and its secret, which is told this once.

        Raises:
            ParameterError: it would allow more than the account may, last too long, or be one too many.
        """
        if not account.role.allows(role):
            raise ParameterError(f"{account.name} is {account.role}: a token of that account cannot be {role}.")
        if not 0 < days <= TOKEN_DAYS:
            raise ParameterError(f"A token lasts 1 to {TOKEN_DAYS} days, not {days:g}.")
        if len(self.tokens(account.name)) >= _MOST_TOKENS:
            raise ParameterError(f"{account.name} has {_MOST_TOKENS} tokens; revoke one first.")
        now_s, secret = self.clock_s(), _TOKEN + random_text(self.random(32))
        token = Token(self.random(6).hex(), account.name, role, title, now_s, now_s + DAY_S * days)
        with self.ledger.writing() as run:
            if self.find(account.name) is None:
                raise ParameterError(f"There is no account {account.name!r}.")
            run(
                "INSERT INTO token VALUES (?, ?, ?, ?, ?, ?, ?)",
                *(token.id, secret_hash(secret), token.account, role, title, token.made_s, token.expires_s),
            )
        return token, secret

    def tokens(self, account: str | None = None) -> list[Token]:
        """Tokens, of one account or all; those that have expired too, until they are revoked."""
        query = "SELECT id, account, role, title, made_s, expires_s FROM token WHERE ? IN ('', account) ORDER BY made_s"
        rows = self.ledger.rows(query, account or "")
        return [Token(id_, name, Role(role), *rest) for id_, name, role, *rest in rows]

    def revoke(self, token: str, *, account: str | None = None) -> Token | None:
        """End a token, of one account or any; `None` when there is none of that name."""
        found = next((each for each in self.tokens(account) if each.id == token), None)
        if found is not None:
            with self.ledger.writing() as run:
                run("DELETE FROM token WHERE id = ?", found.id)
        return found

    def by_token(self, secret: str) -> tuple[Account, Role] | None:
        """Whose token this is and what it allows: never more than the account may now."""
        rows = self.ledger.rows(
            "SELECT account, role FROM token WHERE secret = ? AND expires_s > ?", secret_hash(secret), self.clock_s()
        )
        account = self.find(rows[0][0]) if rows else None
        return None if account is None else (account, Role(rows[0][1]).at_most(account.role))


def _claim_hash(code: str) -> str:
    """However it was typed: with dashes or without, in small letters."""
    return secret_hash("".join(code.upper().split()).replace("-", ""))
