"""What is kept of one pack, found by its serial number."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from math import isfinite
from typing import Protocol, TypeVar

from openress.errors import StateError
from openress.model.change import Change, Outcome
from openress.store import rows as as_rows
from openress.store.rows import Block
from openress.store.tables import CHANGES, ENDS, HISTORY, JOURNAL, ORDERS, PARAMETERS, STATE, entered
from openress.store.values import DONE, JournalEntry, Orders, SavedState, StoredRecord, checked_time

__all__ = ["JOURNAL_ENTRIES", "Keeper", "PackStore"]

T = TypeVar("T")

JOURNAL_ENTRIES = 10_000
"""Writes of settings kept for each pack: about 200 times the whole set, 1 MB, so that nobody can fill the disk."""
_LONGEST_WORD = 500


class Keeper(Protocol):
    """What carries out reads and writes: the store the pack belongs to."""

    def read(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """See `Store.read`."""
        ...

    def write(self, work: Callable[[sqlite3.Connection], T], at_s: float) -> T:
        """See `Store.write`."""
        ...

    def tell(self, told: str) -> None:
        """See `Store.tell`."""
        ...


class PackStore:
    """Events, settings, journal and state of one pack. Every write is on the disk when it returns.

    Every method may raise `NotKeptError`: the file cannot be written, or not even read.
    """

    def __init__(self, store: Keeper, serial: str, history_records: int) -> None:
        self.serial = serial
        self._store = store
        self._history_records = history_records

    def add_record(self, stored: StoredRecord) -> None:
        """Keep an event; the oldest beyond what the product keeps is forgotten (REQ-130)."""
        checked_time(stored.at_s)
        row = as_rows.record_row(stored)

        def add(rows: sqlite3.Connection) -> None:
            HISTORY.add(rows, entered(rows, self.serial), [row], self._history_records)

        self._store.write(add, stored.at_s)

    def history(self, limit: int | None = None) -> tuple[StoredRecord, ...]:
        """The events, newest first: all that the product keeps, or the newest `limit`."""
        count = self._history_records if limit is None else min(limit, self._history_records)
        found = self._store.read(lambda rows: HISTORY.newest(rows, self.serial, count))
        return tuple(as_rows.record(row, self._store.tell) for row in found)

    def parameters(self) -> dict[str, float] | None:
        """The settings that were kept last, in the order of the table; `None` when there are none.

        A set from an older OpenRESS may lack settings that came later: fill it up with the product's defaults.
        """
        return self._store.read(self._parameters)

    def set_parameters(self, values: Mapping[str, float], *, who: str, at_s: float) -> tuple[JournalEntry, ...]:
        """Keep a complete set in the place of the old one, and write what changed into the journal.

        Raises:
            ParameterError: the set is not complete, or a value is no number.
        """
        checked_time(at_s)
        block = as_rows.parameters_block(self.serial, values)

        def put(rows: sqlite3.Connection) -> tuple[JournalEntry, ...]:
            old = self._parameters(rows) or {}
            changed = tuple(
                JournalEntry(at_s, who[:_LONGEST_WORD], key, old.get(key), float(value), DONE)
                for key, value in values.items()
                if old.get(key) != value
            )
            pack = entered(rows, self.serial)
            PARAMETERS.put(rows, pack, at_s, block)
            _enter(rows, pack, changed)
            return changed

        return self._store.write(put, at_s)

    def refuse_parameters(
        self, values: Mapping[str, float], *, who: str, at_s: float, why: str
    ) -> tuple[JournalEntry, ...]:
        """Write into the journal that somebody wanted to set `values` and was refused, with the reason."""
        checked_time(at_s)

        def put(rows: sqlite3.Connection) -> tuple[JournalEntry, ...]:
            old = self._parameters(rows) or {}
            refused = tuple(
                JournalEntry(
                    at_s,
                    who[:_LONGEST_WORD],
                    key[:_LONGEST_WORD],
                    old.get(key),
                    float(value) if isfinite(value) else None,
                    why[:_LONGEST_WORD],
                )
                for key, value in values.items()
            )
            _enter(rows, entered(rows, self.serial), refused)
            return refused

        return self._store.write(put, at_s)

    def journal(self, limit: int = JOURNAL_ENTRIES) -> tuple[JournalEntry, ...]:
        """Who wrote which setting, newest first."""
        found = self._store.read(lambda rows: JOURNAL.newest(rows, self.serial, limit))
        return tuple(as_rows.journal_entry(row) for row in found)

    def begin_change(self, intent: Change) -> int:
        """Write down what is about to be done; gives its number in the pack's journal."""
        checked_time(intent.at_s)

        def put(rows: sqlite3.Connection) -> int:
            pack = entered(rows, self.serial)
            number = CHANGES.next(rows, pack)
            CHANGES.add(rows, pack, number, intent.at_s, as_rows.change_block(replace(intent, serial=self.serial)))
            return number

        return self._store.write(put, intent.at_s)

    def end_change(self, number: int, outcome: Outcome, result: str, at_s: float) -> None:
        """Write down how a change ended.

        Raises:
            StateError: there is no such change, or it has ended.
        """
        checked_time(at_s)
        block = as_rows.end_block(self.serial, outcome, result[:_LONGEST_WORD])

        def put(rows: sqlite3.Connection) -> None:
            known = {change: end for change, _, _, end in self._changes(rows)}
            if number not in known or known[number] is not None:
                raise StateError(f"Change {number} of pack {self.serial} is not under way and cannot end.")
            ENDS.add(rows, entered(rows, self.serial), number, at_s, block)

        self._store.write(put, at_s)

    def changes(self) -> tuple[Change, ...]:
        """What was changed over links or was to be, newest first; damaged entries are told and left out."""
        found = []
        for number, at_s, block, end in self._store.read(self._changes):
            change = as_rows.change(self.serial, number, at_s, block, end, self._store.tell)
            if change is None:
                self._store.tell(f"Change {number} of pack {self.serial} in the store is damaged and is left out.")
            else:
                found.append(change)
        return tuple(found)

    def _changes(self, rows: sqlite3.Connection) -> list[tuple[int, float, Block, tuple[float, Block] | None]]:
        ends = {number: (at_s, block) for number, at_s, block in ENDS.of(rows, self.serial)}
        return [(number, at_s, block, ends.get(number)) for number, at_s, block in CHANGES.of(rows, self.serial)]

    def orders(self) -> Orders | None:
        """What the pack was told to do; `None` when it was told nothing, or what is kept is damaged."""
        block = self._store.read(lambda rows: ORDERS.get(rows, self.serial))
        found = None if block is None else as_rows.orders(self.serial, block)
        if block is not None and found is None:
            self._tell_damaged("orders")
        return found

    def save_orders(self, told: Orders) -> None:
        """Keep what the pack was told, in the place of what was kept before."""
        block = as_rows.orders_block(self.serial, told)
        self._store.write(lambda rows: ORDERS.put(rows, entered(rows, self.serial), told.at_s, block), told.at_s)

    def state(self) -> SavedState | None:
        """Charge, lock-out and power state as saved last; `None` when nothing was, or it is damaged."""
        block = self._store.read(lambda rows: STATE.get(rows, self.serial))
        if block is None:
            return None
        found = as_rows.state(self.serial, block, self._store.tell)
        if found is None:
            self._tell_damaged("charge, lock-out and power state")
        return found

    def save_state(self, state: SavedState) -> None:
        """Keep a state in the place of the one before."""
        block = as_rows.state_block(self.serial, state)
        self._store.write(lambda rows: STATE.put(rows, entered(rows, self.serial), state.at_s, block), state.at_s)

    def _parameters(self, rows: sqlite3.Connection) -> dict[str, float] | None:
        block = PARAMETERS.get(rows, self.serial)
        if block is None:
            return None
        found = as_rows.parameters(self.serial, block, self._store.tell)
        if found is None:
            self._tell_damaged("settings")
        return found

    def _tell_damaged(self, what: str) -> None:
        self._store.tell(f"The {what} of pack {self.serial} in the store are damaged and are not used.")


def _enter(rows: sqlite3.Connection, pack: int, entries: Iterable[JournalEntry]) -> None:
    JOURNAL.add(rows, pack, [as_rows.journal_row(entry) for entry in entries], JOURNAL_ENTRIES)
