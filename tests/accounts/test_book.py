"""Accounts, the first claim, tokens and the audit, on a real file."""

from __future__ import annotations

import os
import sqlite3
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest
from tests.accounts.books import OTHER, PASSWORD, Clock, book_in

from openress.accounts import AccountBook, Ledger, Role
from openress.accounts import ledger as ledger_module
from openress.accounts.book import CLAIM_S, DAY_S
from openress.accounts.hashing import hash_password
from openress.errors import ParameterError, PortError, StateError


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def book(tmp_path: Path, clock: Clock) -> Iterator[AccountBook]:
    with book_in(tmp_path, clock) as found:
        yield found


@pytest.mark.req("REQ-205")
def test_there_is_nobody_at_first(book: AccountBook) -> None:
    assert book.all() == []
    assert not book.has_installer()
    for name in ("admin", "root", "installer", "", "console"):
        for password in ("", "admin", "password", PASSWORD):
            assert book.prove(name, password) is None


def test_a_password_lets_in_its_account_alone(book: AccountBook) -> None:
    anna = book.add("Anna", Role.INSTALLER, PASSWORD)
    book.add("bert", Role.VIEWER, OTHER)
    assert book.prove("anna", PASSWORD) == book.prove(" ANNA ", PASSWORD) == anna
    assert book.prove("bert", PASSWORD) is None
    assert book.prove("anna", PASSWORD + " ") is None
    assert book.prove("nobody", PASSWORD) is None
    assert book.prove("anna", "x" * 10_000) is None


@pytest.mark.parametrize("name", ["", " ", "a b", "-x", "x" * 33, "anonymous", "Console", "ä", "../x", "x\n"])
def test_names_that_no_account_can_have(book: AccountBook, name: str) -> None:
    if name == "x\n":
        # White space around a name is not part of it.
        assert book.add(name, Role.VIEWER, PASSWORD).name == "x"
        return
    with pytest.raises(ParameterError, match="cannot be the name of an account"):
        book.add(name, Role.VIEWER, PASSWORD)


def test_a_name_is_there_once(book: AccountBook) -> None:
    book.add("anna", Role.INSTALLER, PASSWORD)
    with pytest.raises(StateError, match="There is an account anna already"):
        book.add("ANNA", Role.VIEWER, OTHER)
    assert book.prove("anna", PASSWORD) is not None


def test_changes_end_what_was_proven_before(book: AccountBook) -> None:
    epochs = [book.add("anna", Role.INSTALLER, PASSWORD).epoch]
    book.add("bert", Role.INSTALLER, OTHER)
    epochs.append(book.set_password("anna", "another long sentence").epoch)
    epochs.append(book.set_role("anna", Role.VIEWER).epoch)
    book.remove("anna")
    epochs.append(book.add("anna", Role.VIEWER, PASSWORD).epoch)
    assert len(set(epochs)) == 4
    assert book.prove("anna", "another long sentence") is None


def test_an_installer_stays(book: AccountBook) -> None:
    book.add("anna", Role.INSTALLER, PASSWORD)
    with pytest.raises(StateError, match="the last installer"):
        book.remove("anna")
    with pytest.raises(StateError, match="the last installer"):
        book.set_role("anna", Role.OPERATOR)
    book.add("bert", Role.INSTALLER, OTHER)
    book.remove("anna")
    assert [account.name for account in book.all()] == ["bert"]
    with pytest.raises(ParameterError, match="There is no account 'anna'"):
        book.remove("anna")


def test_a_claim_works_once(book: AccountBook) -> None:
    code = book.new_claim()
    assert book.claim(code[:-1] + "!", "anna", PASSWORD) is None
    with pytest.raises(ParameterError, match="12 characters"):
        book.claim(code, "anna", "short")
    # Typed as people type.
    made = book.claim(f" {code.lower().replace('-', ' ')} ", "anna", PASSWORD)
    assert made is not None
    assert made.role is Role.INSTALLER
    for again in (lambda: book.claim(code, "bert", OTHER), book.new_claim):
        with pytest.raises(StateError, match="nothing can be claimed"):
            again()
    assert [account.name for account in book.all()] == ["anna"]


def test_a_claim_gets_too_old_and_another_replaces_it(book: AccountBook, clock: Clock) -> None:
    first = book.new_claim()
    second = book.new_claim()
    assert book.claim(first, "anna", PASSWORD) is None
    clock.now_s += CLAIM_S
    assert book.claim(second, "anna", PASSWORD) is None
    assert book.claim(book.new_claim(), "anna", PASSWORD) is not None


def test_of_several_at_once_one_claims(book: AccountBook) -> None:
    code = book.new_claim()

    def attempt(number: int) -> bool:
        try:
            return book.claim(code, f"person-{number}", PASSWORD) is not None
        except StateError:
            return False

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(attempt, range(4))) == 1
    assert len(book.all()) == 1


def test_tokens(book: AccountBook, clock: Clock, tmp_path: Path) -> None:
    anna = book.add("anna", Role.OPERATOR, PASSWORD)
    book.add("bert", Role.INSTALLER, OTHER)
    token, secret = book.new_token(anna, Role.OPERATOR, "grafana", 30)
    assert book.by_token(secret) == (anna, Role.OPERATOR)
    assert book.by_token(secret + "x") is None
    assert secret.encode() not in (tmp_path / "accounts.db").read_bytes()
    with pytest.raises(ParameterError, match="cannot be installer"):
        book.new_token(anna, Role.INSTALLER, "more than I may", 30)
    # It never allows more than its account may now.
    book.set_role("anna", Role.VIEWER)
    found = book.by_token(secret)
    assert found is not None
    assert found[1] is Role.VIEWER
    clock.now_s += 30 * DAY_S
    assert book.by_token(secret) is None
    clock.now_s -= DAY_S
    assert book.revoke(token.id, account="bert") is None
    assert book.revoke(token.id) == token
    assert book.by_token(secret) is None
    _, second = book.new_token(anna, Role.VIEWER, "again", 30)
    book.remove("anna")
    assert book.by_token(second) is None
    assert book.tokens() == []


def test_an_older_hash_is_renewed_when_its_password_is_proven(book: AccountBook) -> None:
    book.add("anna", Role.VIEWER, PASSWORD)
    with book.ledger.writing() as run:
        run("UPDATE account SET password = ?", hash_password(PASSWORD, b"0" * 16, argon2=False))
    assert book.prove("anna", OTHER) is None
    assert book.ledger.rows("SELECT password FROM account")[0][0].startswith("$scrypt$")
    assert book.prove("anna", PASSWORD) is not None
    assert book.ledger.rows("SELECT password FROM account")[0][0].startswith("$argon2id$")
    assert book.prove("anna", PASSWORD) is not None


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has other rights")
def test_files_are_their_owners_alone(tmp_path: Path) -> None:
    old = os.umask(0)
    try:
        with book_in(tmp_path) as book:
            book.add("anna", Role.VIEWER, PASSWORD)
            assert {path.stat().st_mode & 0o777 for path in tmp_path.iterdir()} == {0o600}
        (tmp_path / "accounts.db").chmod(0o644)
        with book_in(tmp_path):
            assert (tmp_path / "accounts.db").stat().st_mode & 0o777 == 0o600
    finally:
        os.umask(old)


def test_a_damaged_file_lets_nobody_in(tmp_path: Path) -> None:
    (tmp_path / "accounts.db").write_bytes(b"no database at all" * 100)
    with pytest.raises(PortError, match=r"cannot be used: .*claim code"), book_in(tmp_path):
        pass


@pytest.mark.req("REQ-213")
def test_the_audit_shows_what_was_tampered_with(tmp_path: Path) -> None:
    with book_in(tmp_path) as book:
        for number in range(5):
            book.ledger.note(float(number), "anna", "PUT /api/x", origin="192.0.2.1", detail=f"{number}", result="done")
        assert [entry.number for entry in book.ledger.audit()] == [5, 4, 3, 2, 1]
        assert [entry.number for entry in book.ledger.audit(before=3, most=1)] == [2]
        assert book.ledger.broken_at() is None
        with pytest.raises(PortError, match="only added to"), book.ledger.writing() as run:
            run("UPDATE audit SET who = 'bert' WHERE number = 3")
    for forged, found in (
        ("UPDATE audit SET who = 'bert' WHERE number = 3", 3),
        ("DELETE FROM audit WHERE number = 2", 3),
    ):
        with closing(sqlite3.connect(tmp_path / "accounts.db", isolation_level=None)) as raw:
            raw.execute("DROP TRIGGER IF EXISTS audit_stays")
            raw.execute(forged)
        with book_in(tmp_path) as book:
            assert book.ledger.broken_at() == found


def test_the_audit_is_bounded_and_its_rest_still_fits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ledger_module, "AUDIT_KEPT", 4)
    ledger = Ledger(tmp_path / "accounts.db")
    for number in range(9):
        ledger.note(float(number), "anna", "x", result="done")
    assert [entry.number for entry in ledger.audit()] == [9, 8, 7, 6]
    assert ledger.broken_at() is None
    ledger.close()
