"""`openress accounts` on a data folder: what it says, what it keeps, what it refuses."""

from __future__ import annotations

import getpass
import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from tests.processes import here

from openress.accountbook import open_book
from openress.cli.accounts import command
from openress.door import Door
from openress.errors import OpenRESSError, ParameterError
from openress.sections import HttpConfig

PASSWORD = "gelbe gurken im juni\n"  # noqa: S105  # of a test


def accounts(folder: Path, *arguments: str, stdin: str | None = None) -> Result:
    return CliRunner().invoke(command, [*arguments, "--data", str(folder)], input=stdin, standalone_mode=False)


def told(folder: Path, *arguments: str, stdin: str | None = None) -> str:
    done = accounts(folder, *arguments, stdin=stdin)
    assert done.exception is None, done.exception
    return done.output


def refused(folder: Path, *arguments: str, stdin: str | None = None) -> str:
    done = accounts(folder, *arguments, stdin=stdin)
    assert isinstance(done.exception, OpenRESSError)
    return str(done.exception)


def test_what_only_reads_makes_no_data_folder(tmp_path: Path) -> None:
    for words in (["list"], ["audit"], ["remove", "ines"], ["role", "ines", "viewer"]):
        assert "No accounts are kept in" in refused(tmp_path / "typo", *words)
    assert not (tmp_path / "typo").exists()


def test_without_a_person_the_password_comes_otherwise(tmp_path: Path) -> None:
    assert "--password-stdin" in refused(tmp_path, "add", "ines", "--role", "installer", stdin="")


@pytest.mark.req("REQ-205", "REQ-213")
def test_a_life_of_an_account(tmp_path: Path) -> None:
    told(tmp_path, "claim-code")
    assert "There is no account yet" in told(tmp_path, "list")
    assert told(tmp_path, "add", "Ines", "--role", "installer", "--password-stdin", stdin=PASSWORD) == (
        "ines is an installer now.\n"
    )
    told(tmp_path, "add", "vera", "--role", "viewer", "--password-stdin", stdin=PASSWORD)
    assert told(tmp_path, "role", "vera", "operator") == "vera is an operator now.\n"
    asked = f"{'rote rueben im oktober'}\n" * 2
    assert "vera has another password" in told(tmp_path, "password", "vera", stdin=asked)
    made = json.loads(told(tmp_path, "token", "add", "vera", "--title", "grafana", "--json"))
    listed = json.loads(told(tmp_path, "list", "--json"))
    assert [(row["name"], row["role"]) for row in listed] == [("ines", "installer"), ("vera", "operator")]
    assert listed[1]["tokens"][0]["id"] == made["id"]
    assert "grafana" in told(tmp_path, "list")
    assert made["secret"] not in told(tmp_path, "list")
    assert "holds no longer" in told(tmp_path, "token", "revoke", made["id"])
    assert told(tmp_path, "remove", "vera") == "vera has no account any more.\n"
    audit = json.loads(told(tmp_path, "audit", "--json"))
    assert audit["broken_at"] is None
    assert [entry["action"] for entry in reversed(audit["entries"])][1:] == [
        *("accounts add", "accounts add", "accounts role", "accounts password"),
        *("accounts token add", "accounts token revoke", "accounts remove"),
    ]
    assert {entry["who"] for entry in audit["entries"]} == {"console"}


@pytest.mark.parametrize(
    ("arguments", "stdin", "sentence"),
    [
        (["add", "a b", "--role", "viewer", "--password-stdin"], PASSWORD, "cannot be the name of an account"),
        (["add", "anna", "--role", "viewer", "--password-stdin"], "short\n", "needs 12 characters"),
        (["add", "ines", "--role", "viewer", "--password-stdin"], PASSWORD, "an account ines already"),
        (["password", "nobody", "--password-stdin"], PASSWORD, "There is no account 'nobody';"),
        (["remove", "ines"], None, "the last installer"),
        (["role", "ines", "viewer"], None, "the last installer"),
        (["token", "add", "nobody"], None, "There is no account 'nobody';"),
        (["token", "revoke", "nothing"], None, "There is no token 'nothing'"),
        (["claim-code"], None, "nothing can be claimed"),
    ],
)
def test_what_is_refused(tmp_path: Path, arguments: list[str], stdin: str | None, sentence: str) -> None:
    told(tmp_path, "add", "ines", "--role", "installer", "--password-stdin", stdin=PASSWORD)
    assert sentence in refused(tmp_path, *arguments, stdin=stdin)
    assert [row["name"] for row in json.loads(told(tmp_path, "list", "--json"))] == ["ines"]


@pytest.mark.req("REQ-205")
def test_what_was_done_as_json(tmp_path: Path) -> None:
    def done(*arguments: str, stdin: str | None = None) -> dict[str, object]:
        found: dict[str, object] = json.loads(told(tmp_path, *arguments, "--json", stdin=stdin))
        return found

    claim = done("claim-code")
    assert claim.keys() == {"code", "expires_s"}
    ines = done("add", "Ines", "--role", "installer", "--password-stdin", stdin=PASSWORD)
    assert (ines["name"], ines["role"]) == ("ines", "installer")
    done("add", "vera", "--role", "viewer", "--password-stdin", stdin=PASSWORD)
    assert done("role", "vera", "operator")["role"] == "operator"
    assert done("password", "vera", "--password-stdin", stdin="rote rueben im oktober\n")["name"] == "vera"
    token = done("token", "add", "vera")
    assert done("token", "revoke", str(token["id"])) == {"id": token["id"], "account": "vera"}
    assert done("remove", "vera").keys() == ines.keys() == {"name", "role", "made_s"}


@pytest.mark.parametrize("arguments", [("add", "ines", "--role", "installer"), ("password", "ines")])
def test_a_password_that_nobody_can_type(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...]
) -> None:
    told(tmp_path, "add", "ines", "--role", "installer", "--password-stdin", stdin=PASSWORD)
    monkeypatch.setattr("getpass.getpass", getpass.fallback_getpass)
    monkeypatch.setattr("click.termui.hidden_prompt_func", getpass.fallback_getpass)
    done = here("accounts", *arguments, "--data", str(tmp_path))
    assert done.returncode == 2
    assert done.stderr == (
        "openress: A password is typed on a terminal, and there is none: give it on the standard input with "
        "--password-stdin.\n"
    )


def test_an_audit_that_was_tampered_with_is_told(tmp_path: Path) -> None:
    told(tmp_path, "add", "ines", "--role", "installer", "--password-stdin", stdin=PASSWORD)
    with closing(sqlite3.connect(tmp_path / "accounts.db", isolation_level=None)) as raw:
        raw.execute("DROP TRIGGER audit_stays")
        raw.execute("UPDATE audit SET detail = 'somebody else'")
    assert "Entry 1 of the audit was changed" in refused(tmp_path, "audit")


def test_a_claim_code_from_the_console_works(tmp_path: Path) -> None:
    code = told(tmp_path, "claim-code").split()[0]
    book = open_book(tmp_path)
    assert book.claim(code, "ines", PASSWORD.strip()) is not None
    book.ledger.close()


@pytest.mark.parametrize(
    ("config", "insecure", "sentence"),
    [
        (HttpConfig(host="0.0.0.0"), False, "there is no account yet: make one with `openress accounts add"),  # noqa: S104
        (HttpConfig(certificate="x.pem"), False, "name both, or none"),
        (HttpConfig(certificate="x.pem", key="y.pem"), True, "leave one out"),
        (HttpConfig(certificate="x.pem", key="y.pem"), False, "cannot be used: No such file"),
    ],
)
def test_a_door_that_would_be_open_is_not_opened(
    tmp_path: Path, config: HttpConfig, insecure: bool, sentence: str
) -> None:
    with pytest.raises(ParameterError, match=sentence):
        Door(config, tmp_path, insecure=insecure, say=lambda _: None)
    # The file is free again.
    open_book(tmp_path).ledger.close()
