"""Schemas by version: an old file is brought up step by step, a newer one is refused."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

import pytest
from tests.store.samples import NOW_S, kept, state, unwanted

from openress.errors import ParameterError
from openress.store import Store
from openress.store import files as store_files
from openress.store.migration import STEPS, VERSION, Layout, Step, migrate, version_of


@pytest.fixture
def rows() -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(":memory:", isolation_level=None)
    yield connection
    connection.close()


def names(rows: sqlite3.Connection) -> set[str]:
    return {row[0] for row in rows.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}


def double(rows: sqlite3.Connection) -> None:
    rows.execute("UPDATE pet SET legs = 2 * legs")


ONE = Step(1, "-- Animals; not only dogs.\nCREATE TABLE pet (name TEXT);\n\nINSERT INTO pet VALUES ('a;b');\n-- end\n")
TWO = Step(2, "ALTER TABLE pet ADD COLUMN legs INTEGER DEFAULT 2;", double)


def test_an_empty_file_goes_through_every_step(rows: sqlite3.Connection) -> None:
    migrate(rows, "x", [ONE, TWO])
    assert version_of(rows) == 2
    assert rows.execute("SELECT * FROM pet").fetchall() == [("a;b", 4)]


def test_an_old_file_goes_through_what_is_missing(rows: sqlite3.Connection) -> None:
    migrate(rows, "x", [ONE])
    rows.execute("INSERT INTO pet VALUES ('rex')")
    migrate(rows, "x", [ONE, TWO])
    migrate(rows, "x", [ONE, TWO])
    assert version_of(rows) == 2
    assert rows.execute("SELECT * FROM pet").fetchall() == [("a;b", 4), ("rex", 4)]


@pytest.mark.parametrize(
    "broken",
    [
        Step(2, "CREATE TABLE toy (name TEXT);\nCREATE TABLE pet (name TEXT);"),
        Step(2, "CREATE TABLE toy (name TEXT);", lambda rows: rows.execute("UPDATE nothing SET x = 1") and None),
    ],
)
def test_a_step_that_fails_leaves_the_version_before(rows: sqlite3.Connection, broken: Step) -> None:
    with pytest.raises(sqlite3.OperationalError):
        migrate(rows, "x", [ONE, broken])
    assert version_of(rows) == 1
    assert names(rows) == {"pet"}
    assert not rows.in_transaction


def test_a_newer_file_is_refused_in_one_sentence_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    with kept(path) as store:
        store.pack("A").save_state(state())
        store._connection.execute(f"PRAGMA user_version = {VERSION + 4}")
    before = path.read_bytes()
    with pytest.raises(ParameterError) as refused:
        Store(path, at_s=NOW_S, say=unwanted)
    assert re.fullmatch(
        rf".*store\.db was made by a newer OpenRESS \(version {VERSION + 4} of its layout, this one knows {VERSION}\); "
        r"start the newer one, or move the file away\.",
        str(refused.value),
    )
    assert path.read_bytes() == before
    assert [file.name for file in tmp_path.iterdir()] == ["store.db"]


def test_two_that_bring_up_one_file_do_it_once(tmp_path: Path) -> None:
    first = sqlite3.connect(tmp_path / "x.db", isolation_level=None)
    second = sqlite3.connect(tmp_path / "x.db", isolation_level=None)

    def overtaken(_: sqlite3.Connection) -> None:
        raise AssertionError("the step has been taken by the other one")

    migrate(first, "x", [ONE])
    asked: list[int] = []

    class Late(sqlite3.Connection):
        """Sees the version from before the other one's step when it looks first."""

        def execute(self, sql: str, /, *args: object) -> sqlite3.Cursor:
            if sql == "PRAGMA user_version" and not asked:
                asked.append(1)
                return super().execute("SELECT 0")
            return super().execute(sql, *args)  # type: ignore[arg-type]

    third = sqlite3.connect(tmp_path / "x.db", isolation_level=None, factory=Late)
    migrate(third, "x", [Step(1, "CREATE TABLE other (x);", overtaken)])
    assert asked
    assert names(second) == {"pet"}
    for connection in (first, second, third):
        connection.close()


def test_there_is_one_file_for_each_version() -> None:
    folder = files("openress.store") / "schema"
    assert {file.name for file in folder.iterdir()} == {f"v{number}.sql" for number in range(1, VERSION + 1)}
    assert [step.to for step in STEPS] == list(range(1, VERSION + 1))


def test_an_older_file_that_cannot_be_written_is_brought_up_in_memory(
    tmp_path: Path,
) -> None:
    path = tmp_path / "store.db"
    with kept(path) as store:
        store.pack("A").save_state(state())
    steps = (*STEPS, Step(VERSION + 1, "CREATE TABLE later (x);"))
    rows = store_files.open_to_read(path, Layout(steps))
    assert version_of(rows) == VERSION + 1
    assert names(rows) >= {"state", "later"}
    assert rows.execute("SELECT serial FROM pack").fetchall() == [("A",)]
    rows.close()
    assert path.stat().st_size > 0
