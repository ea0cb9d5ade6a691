"""The journal of changes: intents before ends, nothing altered, found again after a kill, a damage, an older layout."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest
from tests.store.samples import NOW_S, OTHERS, kept, unwanted

from openress.errors import StateError
from openress.model.change import Change, ChangeKind, Outcome
from openress.store import Orders, Store, StoreThread
from openress.store.migration import STEPS, VERSION, migrate, version_of

INTENT = Change(
    serial="A",
    at_s=NOW_S,
    who="ann",
    link="serial:/dev/ttyUSB0",
    pack=2,
    kind=ChangeKind.UNDO,
    old={"cell_ov_alarm_mv": 3500.0, "balance_delta_mv": None},
    new={"cell_ov_alarm_mv": 3490.0, "balance_delta_mv": 40.0},
    undoes=7,
)
ORDERS = Orders(at_s=NOW_S, switched={"buzzer": True}, clock_ahead_s=-3.5, can=2, automatic=False)


def test_an_intent_stays_open_until_it_ends(tmp_path: Path) -> None:
    with kept(tmp_path / "db") as store:
        pack = store.pack("A")
        assert pack.begin_change(INTENT) == 1
    with kept(tmp_path / "db") as store:
        pack = store.pack("A")
        assert pack.changes() == (replace(INTENT, number=1),)
        pack.end_change(1, Outcome.RESTORED, "because", NOW_S + 9)
        ended = replace(INTENT, number=1, outcome=Outcome.RESTORED, result="because", ended_s=NOW_S + 9)
        assert pack.changes() == (ended,)
        assert store.pack("B").begin_change(replace(INTENT, serial="B")) == 1
        assert pack.begin_change(INTENT) == 2
        assert [change.number for change in pack.changes()] == [2, 1]


def test_what_has_ended_or_never_began_cannot_end(tmp_path: Path) -> None:
    with kept(tmp_path / "db") as store:
        pack = store.pack("A")
        pack.begin_change(INTENT)
        pack.end_change(1, Outcome.DONE, "", NOW_S)
        for number in (1, 2):
            with pytest.raises(StateError, match=f"Change {number} of pack A"):
                pack.end_change(number, Outcome.DONE, "", NOW_S)


@pytest.mark.req("REQ-213")
@pytest.mark.parametrize(
    "order",
    ["UPDATE change SET at_s = 0", "DELETE FROM change", "UPDATE change_end SET at_s = 0", "DELETE FROM change_end"],
)
def test_the_file_itself_refuses_to_alter_the_journal(tmp_path: Path, order: str) -> None:
    with kept(tmp_path / "db") as store:
        store.pack("A").begin_change(INTENT)
        store.pack("A").end_change(1, Outcome.DONE, "", NOW_S)
    rows = sqlite3.connect(tmp_path / "db", isolation_level=None)
    with pytest.raises(sqlite3.IntegrityError, match="only added to"):
        rows.execute(order)
    rows.close()


def test_a_damaged_entry_is_told_and_left_out(tmp_path: Path) -> None:
    with kept(tmp_path / "db") as store:
        store.pack("A").begin_change(INTENT)
        store.pack("A").begin_change(INTENT)
        store.pack("A").end_change(2, Outcome.DONE, "", NOW_S)
    rows = sqlite3.connect(tmp_path / "db", isolation_level=None)
    rows.execute("DROP TRIGGER change_stays")
    rows.execute("DROP TRIGGER change_end_stays")
    rows.execute("UPDATE change SET content = replace(content, '3490', '3390') WHERE number = 1")
    rows.execute("UPDATE change_end SET content = '{}'")
    rows.executescript("\n".join(_triggers("change_stays", "change_end_stays")))
    rows.close()
    told: list[str] = []
    with Store(tmp_path / "db", at_s=NOW_S, say=told.append) as store:
        # Without a sound end it counts as never ended: somebody looks again.
        assert store.pack("A").changes() == (replace(INTENT, number=2),)
    assert told == ["Change 1 of pack A in the store is damaged and is left out."]


def _triggers(*names: str) -> list[str]:
    fresh = sqlite3.connect(":memory:", isolation_level=None)
    migrate(fresh, "memory")
    found = [row[0] + ";" for row in fresh.execute("SELECT sql FROM sqlite_master WHERE name IN (?, ?)", names)]
    fresh.close()
    return found


def test_orders_are_kept_and_replaced(tmp_path: Path) -> None:
    with kept(tmp_path / "db") as store:
        pack = store.pack("A")
        assert pack.orders() is None
        pack.save_orders(replace(ORDERS, can=1))
        pack.save_orders(ORDERS)
    with kept(tmp_path / "db") as store:
        assert store.pack("A").orders() == ORDERS


def test_damaged_orders_are_none(tmp_path: Path) -> None:
    with kept(tmp_path / "db") as store:
        store.pack("A").save_orders(ORDERS)
    rows = sqlite3.connect(tmp_path / "db", isolation_level=None)
    rows.execute("UPDATE orders SET check_sum = 1")
    rows.close()
    told: list[str] = []
    with Store(tmp_path / "db", at_s=NOW_S, say=told.append) as store:
        assert store.pack("A").orders() is None
    assert told == ["The orders of pack A in the store are damaged and are not used."]


def test_a_file_of_the_first_version_is_brought_up_and_loses_nothing(tmp_path: Path) -> None:
    rows = sqlite3.connect(tmp_path / "db", isolation_level=None)
    migrate(rows, "db", STEPS[:1])
    assert version_of(rows) == 1
    rows.execute("INSERT INTO pack VALUES (1, 'A')")
    rows.execute(
        "INSERT INTO parameter_journal VALUES (1, 1, ?, 'ann', 'cell_ov_alarm_mv', 3500, 3490, 'done')", (NOW_S,)
    )
    rows.close()
    with kept(tmp_path / "db") as store:
        assert [entry.who for entry in store.pack("A").journal()] == ["ann"]
        assert store.pack("A").changes() == ()
        assert store.pack("A").begin_change(INTENT) == 1
        assert version_of(store._connection) == VERSION


def test_changes_and_orders_come_over_into_the_file_after_a_damaged_one(tmp_path: Path) -> None:
    path, told = tmp_path / "db", []
    with kept(path) as store:
        pack = store.pack("A")
        pack.save_orders(ORDERS)
        for _ in range(2):
            pack.begin_change(INTENT)
        pack.end_change(1, Outcome.DONE, "x", NOW_S)
        pack.set_parameters(OTHERS, who="ann", at_s=NOW_S)
    rows = sqlite3.connect(path, isolation_level=None)
    rows.execute("PRAGMA writable_schema = ON")
    rows.execute("UPDATE sqlite_master SET sql = 'CREATE TABLE history (x)' WHERE name = 'history'")
    rows.close()
    with Store(path, at_s=NOW_S, say=told.append) as store:
        pack = store.pack("A")
        assert [(change.number, change.outcome) for change in pack.changes()] == [(2, None), (1, Outcome.DONE)]
        assert pack.orders() == ORDERS
        assert pack.parameters() == dict(OTHERS)
    assert len(told) == 1
    assert "is damaged" in told[0]


async def test_the_thread_keeps_changes_too(tmp_path: Path) -> None:
    thread = StoreThread(tmp_path / "db", at_s=NOW_S, say=unwanted)
    try:
        pack = thread.pack("A")
        assert await pack.begin_change(INTENT) == 1
        await pack.end_change(1, Outcome.FAILED, "so", NOW_S)
        await pack.save_orders(ORDERS)
        assert await pack.orders() == ORDERS
        (change,) = await pack.changes()
        assert change.outcome is Outcome.FAILED
    finally:
        thread.close()
