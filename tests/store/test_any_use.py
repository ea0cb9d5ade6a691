"""Whatever is done with a store, in whatever order, it holds what a plain dictionary would."""

from __future__ import annotations

import tempfile
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from tests.store.samples import kept, records, sets, states, times

from openress.params import ParameterSet
from openress.store import JournalEntry, SavedState, StoredRecord
from openress.store.pack import PackStore

RECORDS = 4
serials = st.sampled_from(["A", "B", "C"])


class AnyUse(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.path = Path(self.folder.name) / "store.db"
        self.store = kept(self.path)
        self.history: dict[str, list[StoredRecord]] = {}
        self.parameters: dict[str, dict[str, float]] = {}
        self.journal: dict[str, list[JournalEntry]] = {}
        self.states: dict[str, SavedState] = {}
        self.known: set[str] = set()

    def pack(self, serial: str) -> PackStore:
        return self.store.pack(serial, history_records=RECORDS)

    @rule(serial=serials, stored=records)
    def an_event(self, serial: str, stored: StoredRecord) -> None:
        self.pack(serial).add_record(stored)
        self.history[serial] = [stored, *self.history.get(serial, [])][:RECORDS]
        self.known.add(serial)

    @rule(serial=serials, values=sets, at_s=times)
    def a_set(self, serial: str, values: ParameterSet, at_s: float) -> None:
        self.pack(serial).set_parameters(values, who="mia", at_s=at_s)
        old = self.parameters.get(serial, {})
        for key, value in values.items():
            if old.get(key) != value:
                self.journal.setdefault(serial, []).insert(0, JournalEntry(at_s, "mia", key, old.get(key), value))
        self.parameters[serial] = dict(values)
        self.known.add(serial)

    @rule(serial=serials, saved=states)
    def a_state(self, serial: str, saved: SavedState) -> None:
        self.pack(serial).save_state(saved)
        self.states[serial] = saved
        self.known.add(serial)

    @rule()
    def a_restart(self) -> None:
        self.store.close()
        self.store = kept(self.path)

    @rule(serial=serials, stored=records, saved=states)
    def a_write_that_fails(self, serial: str, stored: StoredRecord, saved: SavedState) -> None:
        def work(_: object) -> None:
            self.pack(serial).add_record(stored)
            self.pack(serial).save_state(saved)
            raise KeyError(serial)

        try:
            self.store.write(work)
        except KeyError:
            return
        raise AssertionError("it did not fail")

    @invariant()
    def holds_the_same(self) -> None:
        assert set(self.store.serials()) == self.known
        for serial in ("A", "B", "C"):
            pack = self.pack(serial)
            assert list(pack.history()) == self.history.get(serial, [])
            assert pack.parameters() == self.parameters.get(serial)
            assert list(pack.journal()) == self.journal.get(serial, [])
            assert pack.state() == self.states.get(serial)

    def teardown(self) -> None:
        self.store.close()
        self.folder.cleanup()


TestAnyUse = AnyUse.TestCase
TestAnyUse.settings = settings(max_examples=25, stateful_step_count=25)
