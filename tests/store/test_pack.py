"""What is kept of a pack comes back, newest first, under its serial number, after a restart too."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.store.samples import DEFAULTS, FULL_RECORD, NOW_S, OTHERS, kept, state, trip

from openress.catalog import load_product
from openress.errors import ParameterError
from openress.model.history import HistoryRecord
from openress.params import BY_KEY
from openress.store import DONE, EventKind, JournalEntry, Power, StoredRecord
from openress.store import pack as pack_module


def test_a_pack_of_which_nothing_is_kept(tmp_path: Path) -> None:
    with kept(tmp_path / "store.db") as store:
        pack = store.pack("A5L-0001")
        assert (pack.history(), pack.parameters(), pack.journal(), pack.state()) == ((), None, (), None)
        assert store.serials() == ()


def test_a_commit_waits_for_the_disk(tmp_path: Path) -> None:
    with kept(tmp_path / "store.db") as store:
        asked = [store.read(lambda rows, what=what: rows.execute(f"PRAGMA {what}").fetchone()[0]) for what in PRAGMAS]
    assert asked == ["wal", 2]


PRAGMAS = ("journal_mode", "synchronous")
"""A write-ahead log, and 2 = in full."""


def test_a_record_comes_back_with_every_field(tmp_path: Path) -> None:
    empty = StoredRecord(NOW_S + 1, EventKind.RELEASE, HistoryRecord(conditions=frozenset(), cell_voltages_mv=()))
    with kept(tmp_path / "store.db") as store:
        store.pack("A5L-0001").add_record(FULL_RECORD)
        store.pack("A5L-0001").add_record(empty)
    with kept(tmp_path / "store.db") as store:
        assert store.pack("A5L-0001").history() == (empty, FULL_RECORD)


def test_the_501st_record_replaces_the_oldest(tmp_path: Path) -> None:
    count = load_product("syscom-a5l-51v2").history_records
    assert count == 500
    with kept(tmp_path / "store.db") as store:
        pack = store.pack("A5L-0001", history_records=count)
        store.write(lambda _: [pack.add_record(trip(float(second))) for second in range(500)])
        assert [stored.at_s for stored in pack.history()] == [float(second) for second in reversed(range(500))]
        pack.add_record(trip(500.0))
    with kept(tmp_path / "store.db") as store:
        history = store.pack("A5L-0001", history_records=count).history()
        assert [stored.at_s for stored in history] == [float(second) for second in range(500, 0, -1)]


def test_newest_means_kept_last_even_when_the_clock_went_back(tmp_path: Path) -> None:
    with kept(tmp_path / "store.db") as store:
        pack = store.pack("A5L-0001")
        for at_s in (NOW_S, 5.0, NOW_S + 1):
            pack.add_record(trip(at_s))
        assert [stored.at_s for stored in pack.history()] == [NOW_S + 1, 5.0, NOW_S]
        assert [stored.at_s for stored in pack.history(2)] == [NOW_S + 1, 5.0]
        assert pack.history(0) == pack.history(-1) == ()


def test_a_product_that_keeps_fewer_records_forgets_the_rest(tmp_path: Path) -> None:
    with kept(tmp_path / "store.db") as store:
        for second in range(10):
            store.pack("A5L-0001", history_records=10).add_record(trip(float(second)))
        small = store.pack("A5L-0001", history_records=3)
        assert [stored.at_s for stored in small.history()] == [9.0, 8.0, 7.0]
        small.add_record(trip(10.0))
        assert [stored.at_s for stored in store.pack("A5L-0001").history()] == [10.0, 9.0, 8.0]


def test_rows_follow_the_serial_number(tmp_path: Path) -> None:
    with kept(tmp_path / "store.db") as store:
        for number, serial in enumerate(("B", "A", "C")):
            pack = store.pack(serial)
            pack.add_record(trip(float(number)))
            pack.save_state(state(cycles=number))
            pack.set_parameters(DEFAULTS.with_values({"soc_low_alarm_pct": number}), who="x", at_s=NOW_S)
    with kept(tmp_path / "store.db") as store:
        assert store.serials() == ("A", "B", "C")
        for number, serial in enumerate(("B", "A", "C")):
            pack = store.pack(f" {serial} ")
            found, values = pack.state(), pack.parameters()
            assert [stored.at_s for stored in pack.history()] == [float(number)]
            assert found is not None
            assert found.cycles == number
            assert values is not None
            assert values["soc_low_alarm_pct"] == number


@pytest.mark.parametrize("serial", ["", "  ", "x" * 65, "a\nb", "\x00"])
def test_what_no_pack_can_be_known_by(tmp_path: Path, serial: str) -> None:
    with kept(tmp_path / "store.db") as store, pytest.raises(ParameterError, match="is no serial number"):
        store.pack(serial)


def test_the_journal_names_who_changed_what(tmp_path: Path) -> None:
    with kept(tmp_path / "store.db") as store:
        pack = store.pack("A5L-0001")
        first = pack.set_parameters(DEFAULTS, who="factory", at_s=NOW_S)
        assert [entry.key for entry in first] == list(BY_KEY)
        assert all(entry.old is None for entry in first)
        changed = pack.set_parameters(OTHERS, who="mia", at_s=NOW_S + 5)
        assert changed == (
            JournalEntry(NOW_S + 5, "mia", "cell_ov_alarm_mv", 3500.0, 3490.0, DONE),
            JournalEntry(NOW_S + 5, "mia", "charge_oc_alarm_a", 105.0, 100.0, DONE),
            JournalEntry(NOW_S + 5, "mia", "soc_low_alarm_pct", 5.0, 10.0, DONE),
        )
        assert pack.set_parameters(OTHERS, who="mia", at_s=NOW_S + 6) == ()
        refused = pack.refuse_parameters(
            {"cell_ov_alarm_mv": 9000, "nonsense": float("nan")}, who="tom", at_s=NOW_S + 7, why="Too high."
        )
        assert refused == (
            JournalEntry(NOW_S + 7, "tom", "cell_ov_alarm_mv", 3490.0, 9000.0, "Too high."),
            JournalEntry(NOW_S + 7, "tom", "nonsense", None, None, "Too high."),
        )
    with kept(tmp_path / "store.db") as store:
        pack = store.pack("A5L-0001")
        assert pack.journal() == (*reversed(refused), *reversed(changed), *reversed(first))
        assert pack.journal(2) == tuple(reversed(refused))
        assert pack.parameters() == dict(OTHERS)
        assert list(pack.parameters() or ()) == list(BY_KEY)


def test_the_journal_does_not_grow_for_ever(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pack_module, "JOURNAL_ENTRIES", 7)
    with kept(tmp_path / "store.db") as store:
        pack = store.pack("A5L-0001")
        for second in range(10):
            pack.refuse_parameters({"a": 1.0, "b": 2.0}, who="x" * 1000, at_s=float(second), why="y" * 1000)
        entries = pack.journal()
    assert [entry.at_s for entry in entries] == [9, 9, 8, 8, 7, 7, 6]
    assert (len(entries[0].who), len(entries[0].result)) == (500, 500)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({}, "has no value; a set to be kept has all 51"),
        ({**DEFAULTS, "zz": 1.0}, "zz is no setting"),
        ({**DEFAULTS, "cell_ov_alarm_mv": float("nan")}, "cell_ov_alarm_mv is nan"),
        ({**DEFAULTS, "cell_ov_alarm_mv": float("inf")}, "cell_ov_alarm_mv is inf"),
    ],
)
def test_only_complete_sets_are_kept(tmp_path: Path, values: dict[str, float], message: str) -> None:
    with kept(tmp_path / "store.db") as store:
        pack = store.pack("A5L-0001")
        pack.set_parameters(DEFAULTS, who="factory", at_s=NOW_S)
        with pytest.raises(ParameterError, match=message):
            pack.set_parameters(values, who="x", at_s=NOW_S)
        assert pack.parameters() == dict(DEFAULTS)
        assert len(pack.journal()) == 51


def test_states_replace_one_another(tmp_path: Path) -> None:
    last = state(NOW_S + 2, cycles=3, anchored=True, trips=10, locked=True, power=Power.DORMANT, throughput_ah=640.5)
    with kept(tmp_path / "store.db") as store:
        store.pack("A5L-0001").save_state(state())
        store.pack("A5L-0001").save_state(last)
    with kept(tmp_path / "store.db") as store:
        assert store.pack("A5L-0001").state() == last


@pytest.mark.parametrize(
    "changed", [{"remaining_ah": -1.0}, {"full_ah": float("nan")}, {"cycles": -1}, {"at_s": -1.0}, {"at_s": 1e12}]
)
def test_a_state_that_cannot_be(changed: dict[str, float]) -> None:
    with pytest.raises(ParameterError):
        state(**changed)


@pytest.mark.parametrize("at_s", [-1.0, float("nan"), float("inf"), 1e15])
def test_times_that_are_none(tmp_path: Path, at_s: float) -> None:
    with kept(tmp_path / "store.db") as store:
        pack = store.pack("A5L-0001")
        with pytest.raises(ParameterError, match="is no time"):
            pack.add_record(trip(at_s))
        with pytest.raises(ParameterError, match="is no time"):
            pack.set_parameters(DEFAULTS, who="x", at_s=at_s)
        with pytest.raises(ParameterError, match="is no time"):
            pack.refuse_parameters({}, who="x", at_s=at_s, why="y")
        assert store.serials() == ()


def test_several_writes_as_one(tmp_path: Path) -> None:
    with kept(tmp_path / "store.db") as store:
        pack = store.pack("A5L-0001")

        def refused_half_way(_: object) -> None:
            pack.add_record(trip(1.0))
            raise KeyError("half way")

        with pytest.raises(KeyError):
            store.write(refused_half_way)
        assert pack.history() == ()

        def one_of_two(_: object) -> None:
            pack.add_record(trip(2.0))
            with pytest.raises(KeyError):
                store.write(refused_half_way)
            assert len(store.pack("A5L-0001").history()) == 1

        store.write(one_of_two)
        assert [stored.at_s for stored in pack.history()] == [2.0]
