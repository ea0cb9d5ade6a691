"""The chain of the journal names what was altered, removed or added, row by row; older files get one."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from zlib import crc32

import pytest
from tests.processes import openress
from tests.store.samples import NOW_S, kept

from openress.journalling import JOURNAL
from openress.model.change import Change, ChangeKind, Outcome
from openress.store.chain import verify
from openress.store.files import open_to_read
from openress.store.migration import STEPS, VERSION, migrate, version_of


def intent(number: int, serial: str = "A") -> Change:
    return Change(
        number=0,
        serial=serial,
        at_s=NOW_S + number,
        kind=ChangeKind.WRITE,
        who="mia",
        link="tcp://x",
        pack=1,
        old={"cell_ov_alarm_mv": 3500},
        new={"cell_ov_alarm_mv": 3500 + number},
        undoes=None,
        ended_s=None,
        outcome=None,
        result="",
    )


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Three changes of a pack, one of another, all ended: eight rows."""
    found = tmp_path / JOURNAL
    with kept(found) as store:
        for number in range(4):
            pack = store.pack("B" if number == 2 else "A")
            begun = pack.begin_change(intent(number))
            pack.end_change(begun, Outcome.DONE, "done", NOW_S + number + 0.5)
    return found


@pytest.fixture
def rows(path: Path) -> Iterator[sqlite3.Connection]:
    """The file in the hands of somebody who knows how to get past the triggers."""
    with closing(sqlite3.connect(path, isolation_level=None)) as found:
        for name in ("change_stays", "change_remains", "change_end_stays", "change_end_remains"):
            found.execute(f"DROP TRIGGER {name}")
        for name in ("chain_stays", "chain_remains"):
            found.execute(f"DROP TRIGGER {name}")
        yield found


def test_a_journal_that_nobody_touched_is_whole(path: Path) -> None:
    with closing(open_to_read(path)) as rows:
        found = verify(rows)
        assert (found.rows, found.findings, found.knows) == (8, [], None)
        assert verify(rows, found.head).knows is True
        assert verify(rows, "00" * 32).knows is False


def alter(rows: sqlite3.Connection) -> None:
    rows.execute("UPDATE change SET content = replace(content, '3501', '3601') WHERE number = 2")


def predate(rows: sqlite3.Connection) -> None:
    rows.execute("UPDATE change_end SET at_s = at_s - 1 WHERE number = 1 AND pack = 1")


def remove(rows: sqlite3.Connection) -> None:
    rows.execute("DELETE FROM change WHERE number = 2")


def remove_with_its_link(rows: sqlite3.Connection) -> None:
    rows.execute("DELETE FROM change WHERE number = 2")
    rows.execute("DELETE FROM chain WHERE id = 3")


def add(rows: sqlite3.Connection) -> None:
    rows.execute("INSERT INTO change VALUES (1, 9, 1.0, '{}', 0)")


def reseal(rows: sqlite3.Connection) -> None:
    rows.execute("UPDATE chain SET hash = x'00' WHERE id = 3")


def rename(rows: sqlite3.Connection) -> None:
    rows.execute("UPDATE pack SET serial = 'C' WHERE serial = 'B'")


@pytest.mark.parametrize(
    ("tamper", "findings"),
    [
        (alter, ["Row 3: change 2 of pack A is not as it was written."]),
        (predate, ["Row 2: the end of change 1 of pack A is not as it was written."]),
        (remove, ["Row 3: change 2 of pack A has been removed."]),
        (remove_with_its_link, ["Row 3 has been removed."]),
        (add, ["Change 9 of pack A was written past the chain."]),
        (reseal, ["Row 3: change 2 of pack A is not as it was written."]),
        (
            rename,
            [
                "Row 5: change 1 of pack C is not as it was written.",
                "Row 6: the end of change 1 of pack C is not as it was written.",
            ],
        ),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_what_was_done_to_it_is_named(
    rows: sqlite3.Connection, tamper: Callable[[sqlite3.Connection], None], findings: list[str]
) -> None:
    tamper(rows)
    assert verify(rows).findings == findings


def test_rows_gone_at_the_end_show_by_the_head_that_was_noted(path: Path, rows: sqlite3.Connection) -> None:
    head = verify(rows).head
    rows.execute("DELETE FROM chain WHERE id = 8")
    rows.execute("DELETE FROM change_end WHERE number = 3")
    assert verify(rows, head).knows is False
    assert verify(rows).findings == []
    rows.close()
    done = openress("logs", "verify", "--data", str(path.parent), "--head", head)
    told = json.loads(openress("logs", "verify", "--data", str(path.parent), "--head", head, "--json").stdout)
    assert told["whole"] is (done.returncode == 0)
    assert told["journal"] == str(path)
    assert done.returncode == 1
    assert f"The head {head} is not in the chain" in done.stdout


def test_the_command_says_that_it_is_whole(path: Path) -> None:
    done = openress("logs", "verify", "--data", str(path.parent))
    assert done.returncode == 0, done.stderr
    assert "is whole: 8 rows, head " in done.stdout


@pytest.mark.parametrize("version", range(1, VERSION))
def test_files_of_every_earlier_layout_are_brought_up_with_what_they_hold(tmp_path: Path, version: int) -> None:
    """Made with the statements of that version, not with those of today."""
    path = tmp_path / "store.db"
    with closing(sqlite3.connect(path, isolation_level=None)) as old:
        migrate(old, "old", STEPS[:version])
        old.execute("INSERT INTO pack VALUES (7, 'A5L-1')")
        old.execute("INSERT INTO parameter_journal VALUES (7, 1, 5.0, 'mia', 'x', 1.0, 2.0, 'done')")
        old.execute("INSERT INTO history (pack, number, at_s, event, pack_voltage_v) VALUES (7, 1, 6.0, 'trip', 51.5)")
        state = '{"at_s":5.0,"remaining_ah":40.5,"full_ah":100.0,"locked":true}'
        old.execute("INSERT INTO state VALUES (7, 5.0, ?, ?)", (state, crc32(f"A5L-1\n{state}".encode())))
        if version >= 2:
            for number in (1, 2):
                content = '{"who":"mia","link":"l","kind":"write","pack":1,"old":{},"new":{},"undoes":null}'
                check_sum = crc32(f"A5L-1\n{content}".encode())
                old.execute("INSERT INTO change VALUES (7, ?, ?, ?, ?)", (number, 10.0 + number, content, check_sum))
        assert version_of(old) == version
    with kept(path) as store:
        pack = store.pack("A5L-1")
        saved = pack.state()
        assert saved is not None
        assert (saved.remaining_ah, saved.locked) == (40.5, True)
        assert [entry.who for entry in pack.journal()] == ["mia"]
        assert [stored.record.pack_voltage_v for stored in pack.history()] == [51.5]
        assert [change.number for change in pack.changes()] == ([2, 1] if version >= 2 else [])
        pack.begin_change(intent(5))
        found = store.read(verify)
        assert found.findings == []
        assert found.rows == (3 if version >= 2 else 1)
