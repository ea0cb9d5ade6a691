"""The store behind a queue: one thread writes, everybody else goes on, and who wants to know waits for its word.

All that is in the queue goes to the disk in one commit, so that many waiters cost as much as one. States that are
posted are not queued at all: the newest of each pack is kept in memory and written once in `POST_S`.
"""

from __future__ import annotations

import sqlite3
import threading
from collections import deque
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from dataclasses import replace
from itertools import groupby
from pathlib import Path
from typing import TypeVar

from openress.errors import StateError
from openress.model.change import Change, Outcome
from openress.store.database import Store
from openress.store.jobs import Acknowledgement, Job, carry_out
from openress.store.pack import JOURNAL_ENTRIES, PackStore
from openress.store.trouble import NotKeptError
from openress.store.values import HISTORY_RECORDS, JournalEntry, Orders, SavedState, StoredRecord, checked_serial

__all__ = ["POST_S", "QUEUE_LIMIT", "PackWriter", "StoreThread"]

T = TypeVar("T")

POST_S = 900.0
"""Flash memory wears: what may be lost is written once in a quarter of an hour. So much of what it counted a pack does
not know after the power failed or the program was killed: at half its capacity an hour 12.5 % of the charge."""
_AGAIN_S = 60.0
"""A disk that took nothing is asked again sooner."""
QUEUE_LIMIT = 4096
"""Jobs that may wait for a disk that does not answer; further ones are refused at once."""


class StoreThread:
    """A `Store` in a thread of its own.

    Opening is waited for, so that its errors come from here and what is kept can be read before anything starts.

    Args:
        path: see `Store`.
        at_s: see `Store`.
        say: see `Store`; called from the store's thread.

    Raises:
        ParameterError: see `Store`.
        PortError: see `Store`.
    """

    def __init__(self, path: Path, *, at_s: float, say: Callable[[str], None]) -> None:
        self.path = path
        self._wake = threading.Condition()
        self._jobs: deque[Job] = deque()
        self._posted: dict[str, SavedState] = {}
        self._tried: dict[str, SavedState] = {}
        self._due = False
        self._closing = False
        self._why_not: str | None = None
        opened: Future[None] = Future()
        self._thread = threading.Thread(
            target=self._run, args=(path, at_s, say, opened), name="openress-store", daemon=True
        )
        self._thread.start()
        try:
            opened.result()
        except BaseException:
            self._thread.join()
            raise

    @property
    def why_not(self) -> str | None:
        """Why nothing is kept at present; `None` while the store keeps. Follows the queue, so may lag behind it."""
        return self._why_not

    def pack(self, serial: str, *, history_records: int = HISTORY_RECORDS) -> PackWriter:
        """What is kept of one pack; see `Store.pack`."""
        return PackWriter(self, checked_serial(serial), history_records)

    def serials(self) -> Acknowledgement[tuple[str, ...]]:
        """The packs of which something is kept."""
        return self.submit(Store.serials, writes=False)

    def submit(self, work: Callable[[Store], T], *, writes: bool) -> Acknowledgement[T]:
        """Have something done with the store, after all that was submitted before.

        Raises:
            StateError: the store is closed.
        """
        future: Future[T] = Future()
        with self._wake:
            self._refuse_when_closed()
            if len(self._jobs) < QUEUE_LIMIT:
                future.set_running_or_notify_cancel()
                self._jobs.append(Job(work, writes, future))
                self._wake.notify()
                return Acknowledgement(future)
        future.set_exception(
            NotKeptError(f"The store {self.path} does not keep up: {QUEUE_LIMIT} jobs wait for the disk.")
        )
        return Acknowledgement(future)

    def post(self, serial: str, state: SavedState) -> None:
        """Take a pack's state without a word back; see `PackWriter.post_state`."""
        with self._wake:
            self._refuse_when_closed()
            self._posted[serial] = state
            tried = self._tried.get(serial)
            if tried is None or state.must_not_wait(tried) or abs(state.at_s - tried.at_s) >= POST_S:
                self._tried[serial] = state
                self._due = True
                self._wake.notify()

    def supersede(self, serial: str, state: SavedState) -> None:
        """Forget what was posted of a pack, because `state` is being saved after it."""
        with self._wake:
            self._posted.pop(serial, None)
            self._tried[serial] = state

    def flush(self) -> Acknowledgement[None]:
        """Have all that was posted written; its word comes when it is on the disk."""
        with self._wake:
            posted, self._posted = self._posted, {}

        return self.submit(lambda store: self._save(store, posted), writes=False)

    def close(self) -> None:
        """Write all that waits, then end; further calls do nothing."""
        with self._wake:
            self._closing = True
            self._wake.notify()
        self._thread.join()

    def _refuse_when_closed(self) -> None:
        if self._closing:
            raise StateError(f"The store {self.path} is closed: ask for what is needed before closing it.")

    def _run(self, path: Path, at_s: float, say: Callable[[str], None], opened: Future[None]) -> None:
        try:
            store = Store(path, at_s=at_s, say=say)
        except BaseException as error:  # noqa: BLE001  raised again where it is waited for
            opened.set_exception(error)
            return
        self._why_not = store.why_not
        opened.set_result(None)
        with store:
            while True:
                jobs, posted, closing = self._next()
                for writes, group in groupby(jobs, key=lambda job: job.writes):
                    carry_out(store, list(group), writes=writes)
                if posted:
                    self._save_unasked(store, posted)
                self._why_not = store.why_not
                if closing:
                    return

    def _next(self) -> tuple[list[Job], Mapping[str, SavedState], bool]:
        with self._wake:
            self._wake.wait_for(lambda: self._jobs or self._due or self._closing)
            jobs = list(self._jobs)
            self._jobs.clear()
            posted: Mapping[str, SavedState] = {}
            if self._due or self._closing:
                posted, self._posted, self._due = self._posted, {}, False
                # All packs are written with the first that is due, not each by itself a moment later.
                self._tried.update(posted)
            return jobs, posted, self._closing

    def _save_unasked(self, store: Store, posted: Mapping[str, SavedState]) -> None:
        try:
            self._save(store, posted)
        except NotKeptError:
            # The store has said so, and the states stay posted.
            return
        except Exception as error:  # noqa: BLE001  nobody waits for it, and the thread must go on
            store.tell(f"The store {self.path} could not save the packs' states: {error!r}.")

    def _save(self, store: Store, posted: Mapping[str, SavedState]) -> None:
        def save(_: sqlite3.Connection) -> None:
            for serial, state in posted.items():
                store.pack(serial).save_state(state)

        if not posted:
            return
        try:
            store.write(save)
        except NotKeptError:
            with self._wake:
                self._posted = {**posted, **self._posted}
                soon = {
                    name: replace(state, at_s=max(0.0, state.at_s - POST_S + _AGAIN_S))
                    for name, state in posted.items()
                }
                self._tried.update(soon)
            raise


class PackWriter:
    """A `PackStore` behind the queue: the same calls, each with a word to wait for or not.

    Args:
        thread: carries it out.
        serial: of the pack.
        history_records: how many events its product keeps.
    """

    def __init__(self, thread: StoreThread, serial: str, history_records: int) -> None:
        self.serial = serial
        self._thread = thread
        self._history_records = history_records

    def add_record(self, stored: StoredRecord) -> Acknowledgement[None]:
        """See `PackStore.add_record`."""
        return self._submit(lambda pack: pack.add_record(stored), writes=True)

    def set_parameters(
        self, values: Mapping[str, float], *, who: str, at_s: float
    ) -> Acknowledgement[tuple[JournalEntry, ...]]:
        """See `PackStore.set_parameters`."""
        kept = dict(values)
        return self._submit(lambda pack: pack.set_parameters(kept, who=who, at_s=at_s), writes=True)

    def refuse_parameters(
        self, values: Mapping[str, float], *, who: str, at_s: float, why: str
    ) -> Acknowledgement[tuple[JournalEntry, ...]]:
        """See `PackStore.refuse_parameters`."""
        kept = dict(values)
        return self._submit(lambda pack: pack.refuse_parameters(kept, who=who, at_s=at_s, why=why), writes=True)

    def save_state(self, state: SavedState) -> Acknowledgement[None]:
        """See `PackStore.save_state`; what was posted before is forgotten."""
        self._thread.supersede(self.serial, state)
        return self._submit(lambda pack: pack.save_state(state), writes=True)

    def post_state(self, state: SavedState) -> None:
        """Take a state that may wait; to be called as often as there is one.

        It is written at once when the lock-out, its trips, the protections or the power state changed, otherwise once
        in `POST_S` of the states' own time. It stays in memory while the store cannot keep it.
        """
        self._thread.post(self.serial, state)

    def history(self, limit: int | None = None) -> Acknowledgement[tuple[StoredRecord, ...]]:
        """See `PackStore.history`."""
        return self._submit(lambda pack: pack.history(limit), writes=False)

    def parameters(self) -> Acknowledgement[dict[str, float] | None]:
        """See `PackStore.parameters`."""
        return self._submit(PackStore.parameters, writes=False)

    def journal(self, limit: int = JOURNAL_ENTRIES) -> Acknowledgement[tuple[JournalEntry, ...]]:
        """See `PackStore.journal`."""
        return self._submit(lambda pack: pack.journal(limit), writes=False)

    def state(self) -> Acknowledgement[SavedState | None]:
        """See `PackStore.state`; what is posted and not yet written is not in it."""
        return self._submit(PackStore.state, writes=False)

    def begin_change(self, intent: Change) -> Acknowledgement[int]:
        """See `PackStore.begin_change`."""
        return self._submit(lambda pack: pack.begin_change(intent), writes=True)

    def end_change(self, number: int, outcome: Outcome, result: str, at_s: float) -> Acknowledgement[None]:
        """See `PackStore.end_change`."""
        return self._submit(lambda pack: pack.end_change(number, outcome, result, at_s), writes=True)

    def changes(self) -> Acknowledgement[tuple[Change, ...]]:
        """See `PackStore.changes`."""
        return self._submit(PackStore.changes, writes=False)

    def orders(self) -> Acknowledgement[Orders | None]:
        """See `PackStore.orders`."""
        return self._submit(PackStore.orders, writes=False)

    def save_orders(self, told: Orders) -> Acknowledgement[None]:
        """See `PackStore.save_orders`."""
        return self._submit(lambda pack: pack.save_orders(told), writes=True)

    def _submit(self, work: Callable[[PackStore], T], *, writes: bool) -> Acknowledgement[T]:
        serial, records = self.serial, self._history_records
        return self._thread.submit(lambda store: work(store.pack(serial, history_records=records)), writes=writes)
