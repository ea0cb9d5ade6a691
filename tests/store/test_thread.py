"""The store behind its queue: nobody waits who does not want to, and a word means that it is on the disk."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from tests.store.samples import DEFAULTS, FULL_RECORD, NOW_S, OTHERS, kept, state, trip, unwanted

from openress.errors import ParameterError, StateError
from openress.store import JournalEntry, NotKeptError, Power, Store, StoreThread
from openress.store import thread as thread_module
from openress.store.thread import POST_S


@contextmanager
def threaded(path: Path, say: Callable[[str], None] = unwanted) -> Iterator[StoreThread]:
    thread = StoreThread(path, at_s=NOW_S, say=say)
    try:
        yield thread
    finally:
        thread.close()


@contextmanager
def stuck(thread: StoreThread) -> Iterator[None]:
    """The disk does not answer."""
    began, go_on = threading.Event(), threading.Event()

    def wait(_: Store) -> None:
        began.set()
        assert go_on.wait(20)

    thread.submit(wait, writes=False)
    assert began.wait(20)
    try:
        yield
    finally:
        go_on.set()


def on_disk(path: Path, question: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(path)) as rows:
        return rows.execute(question).fetchall()


async def test_everything_comes_back(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    with threaded(path) as thread:
        pack = thread.pack(" A ", history_records=3)
        for second in range(4):
            await pack.add_record(trip(float(second)))
        await pack.set_parameters(DEFAULTS, who="factory", at_s=NOW_S)
        changed = await pack.set_parameters(OTHERS, who="mia", at_s=NOW_S)
        refused = await pack.refuse_parameters({"x": 1.0}, who="tom", at_s=NOW_S, why="No.")
        await pack.save_state(state(cycles=3))
        assert [stored.at_s for stored in await pack.history()] == [3.0, 2.0, 1.0]
        assert [stored.at_s for stored in await pack.history(1)] == [3.0]
        assert await pack.parameters() == dict(OTHERS)
        assert await pack.journal(4) == (*reversed(refused), *reversed(changed))
        assert isinstance(changed[0], JournalEntry)
        assert await pack.state() == state(cycles=3)
        assert await thread.serials() == ("A",)
    with kept(path) as store:
        assert len(store.pack("A").history()) == 3


async def test_a_word_means_that_it_is_on_the_disk(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    with threaded(path) as thread:
        await thread.pack("A").save_state(state())
        assert on_disk(path, "SELECT count(*) FROM state") == [(1,)]


def test_closing_writes_what_waits(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    with threaded(path) as thread, stuck(thread):
        for second in range(100):
            thread.pack("A").add_record(trip(float(second)))
        thread.pack("A").post_state(state())
        thread.pack("A").post_state(state(NOW_S + 1))
    with kept(path) as store:
        assert len(store.pack("A").history()) == 100
        assert store.pack("A").state() == state(NOW_S + 1)


def test_what_waits_together_is_one_commit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    commits: list[int] = []
    whole = Store._whole

    def counted(self: Store, work: Callable[[sqlite3.Connection], object]) -> object:
        commits.append(1)
        return whole(self, work)

    monkeypatch.setattr(Store, "_whole", counted)
    with threaded(tmp_path / "store.db") as thread:
        with stuck(thread):
            words = [thread.pack(serial).add_record(trip(1.0)) for serial in "ABCDEFGH"]
        for word in words:
            word.result(20)
        assert len(commits) == 1


def test_one_that_is_refused_does_not_harm_the_others(tmp_path: Path) -> None:
    with threaded(tmp_path / "store.db") as thread:
        pack = thread.pack("A")

        def broken(store: Store) -> None:
            store.pack("A").add_record(trip(2.0))
            raise KeyError("x")

        with stuck(thread):
            words = [pack.add_record(trip(1.0)), pack.add_record(trip(-1.0))]
            unknown = pack.set_parameters({"x": 1.0}, who="x", at_s=NOW_S)
            words.append(pack.add_record(trip(3.0)))
        words[0].result(20)
        with pytest.raises(ParameterError, match="is no time"):
            words[1].result(20)
        with pytest.raises(ParameterError, match="has all 51"):
            unknown.result(20)
        words[2].result(20)
        assert [stored.at_s for stored in pack.history().result(20)] == [3.0, 1.0]
        with pytest.raises(KeyError):
            thread.submit(broken, writes=False).result(20)


async def test_the_control_path_never_waits(tmp_path: Path) -> None:
    with threaded(tmp_path / "store.db") as thread:
        pack = thread.pack("A")
        with stuck(thread):
            word = pack.save_state(state())
            for second in range(1000):
                pack.post_state(state(NOW_S + second))
                pack.add_record(trip(float(second)))
            waiting = asyncio.ensure_future(_wait_for(word))
            await asyncio.sleep(0.01)
            assert not waiting.done()
        await waiting


async def _wait_for(word: object) -> None:
    await word  # type: ignore[misc]


async def test_who_stops_waiting_does_not_stop_the_job(tmp_path: Path) -> None:
    with threaded(tmp_path / "store.db") as thread:
        pack = thread.pack("A")
        with stuck(thread):
            waiting = asyncio.ensure_future(_wait_for(pack.add_record(trip(1.0))))
            await asyncio.sleep(0.01)
            waiting.cancel()
            with pytest.raises(asyncio.CancelledError):
                await waiting
        assert len(await pack.history()) == 1


def test_a_queue_that_is_full_refuses_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(thread_module, "QUEUE_LIMIT", 5)
    with threaded(tmp_path / "store.db") as thread:
        pack = thread.pack("A")
        with stuck(thread):
            words = [pack.add_record(trip(float(second))) for second in range(7)]
            for word in words[5:]:
                with pytest.raises(NotKeptError, match="does not keep up: 5 jobs wait"):
                    word.result(0)
        words[4].result(20)
        assert len(pack.history().result(20)) == 5


def test_posted_states_are_written_once_in_a_while(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    with threaded(path) as thread:
        pack = thread.pack("A")
        pack.post_state(state(NOW_S))
        assert after_all(thread) == state(NOW_S)
        for tick in range(int(4 * POST_S)):
            pack.post_state(state(NOW_S + tick / 4, remaining_ah=float(tick)))
        assert after_all(thread) == state(NOW_S)
        pack.post_state(state(NOW_S + POST_S))
        assert after_all(thread) == state(NOW_S + POST_S)
        pack.post_state(state(5.0))
        assert after_all(thread) == state(5.0), "a clock that went back does not stop it"
        pack.post_state(state(6.0))
    with kept(path) as store:
        assert store.pack("A").state() == state(6.0)


def after_all(thread: StoreThread) -> object:
    """The state on the disk, once the thread has been round."""
    for _ in range(2):
        thread.serials().result(20)
    return thread.pack("A").state().result(20)


@pytest.mark.parametrize("changed", [{"locked": True}, {"trips": 1}, {"power": Power.DORMANT}])
def test_what_no_power_loss_may_take_away_is_written_at_once(tmp_path: Path, changed: dict[str, object]) -> None:
    with threaded(tmp_path / "store.db") as thread:
        pack = thread.pack("A")
        pack.post_state(state(NOW_S))
        pack.post_state(state(NOW_S + 1, **changed))
        assert after_all(thread) == state(NOW_S + 1, **changed)
        pack.post_state(state(NOW_S + 2, **changed))
        assert after_all(thread) == state(NOW_S + 1, **changed)


async def test_flushing_writes_what_is_posted(tmp_path: Path) -> None:
    with threaded(tmp_path / "store.db") as thread:
        pack = thread.pack("A")
        pack.post_state(state(NOW_S))
        pack.post_state(state(NOW_S + 1))
        await thread.flush()
        assert await pack.state() == state(NOW_S + 1)
        await thread.flush()


async def test_a_saved_state_stands_over_one_posted_before(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    with threaded(path) as thread:
        pack = thread.pack("A")
        with stuck(thread):
            pack.post_state(state(NOW_S))
            word = pack.save_state(state(NOW_S + 1))
        await word
        assert await pack.state() == state(NOW_S + 1)
    with kept(path) as store:
        assert store.pack("A").state() == state(NOW_S + 1)


async def test_a_full_disk_is_told_once_and_states_come_through_later(tmp_path: Path) -> None:
    told: list[str] = []
    with threaded(tmp_path / "store.db", told.append) as thread, pytest.MonkeyPatch.context() as monkeypatch:
        pack = thread.pack("A")
        await pack.set_parameters(DEFAULTS, who="x", at_s=NOW_S)

        def full(*_: object, **__: object) -> None:
            error = sqlite3.OperationalError("database or disk is full")
            error.sqlite_errorcode = sqlite3.SQLITE_FULL
            raise error

        monkeypatch.setattr(Store, "_whole", full)
        for _ in range(3):
            with pytest.raises(NotKeptError, match="disk is full"):
                await pack.add_record(FULL_RECORD)
        pack.post_state(state(locked=True))
        with pytest.raises(NotKeptError, match="disk is full"):
            await thread.flush()
        assert await pack.parameters() == dict(DEFAULTS)
        assert thread.why_not is not None
        assert len(told) == 1

        monkeypatch.undo()
        await thread.flush()
        assert await pack.state() == state(locked=True)
        assert len(told) == 2
        await thread.serials()
        assert thread.why_not is None


async def test_a_fault_while_saving_posted_states_does_not_end_the_thread(tmp_path: Path) -> None:
    told: list[str] = []
    with threaded(tmp_path / "store.db", told.append) as thread, pytest.MonkeyPatch.context() as monkeypatch:

        def broken(*_: object) -> None:
            raise KeyError("x")

        monkeypatch.setattr(Store, "_whole", broken)
        for second in range(3):
            thread.pack("A").post_state(state(NOW_S + POST_S * second))
            after_all(thread)
        assert told == [f"The store {tmp_path / 'store.db'} could not save the packs' states: KeyError('x')."]
        monkeypatch.undo()
        thread.pack("A").post_state(state(NOW_S + 3 * POST_S))
        assert after_all(thread) == state(NOW_S + 3 * POST_S)


def test_errors_of_opening_come_from_the_constructor(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    with kept(path) as store:
        store._connection.execute("PRAGMA user_version = 99")
    before = threading.active_count()
    with pytest.raises(ParameterError, match="newer OpenRESS"):
        StoreThread(path, at_s=NOW_S, say=unwanted)
    assert threading.active_count() <= before


def test_after_closing(tmp_path: Path) -> None:
    thread = StoreThread(tmp_path / "store.db", at_s=NOW_S, say=unwanted)
    pack = thread.pack("A")
    thread.close()
    thread.close()
    for call in (pack.history, lambda: pack.post_state(state()), lambda: pack.add_record(trip(1.0)), thread.flush):
        with pytest.raises(StateError, match="is closed"):
            call()


def test_all_packs_are_written_with_the_first_that_is_due(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each by itself, a moment after the other, would cost sixteen commits in the place of one."""
    commits: list[int] = []
    whole = StoreThread._save
    monkeypatch.setattr(StoreThread, "_save", lambda *given: (commits.append(len(given[2])), whole(*given))[1])
    with threaded(tmp_path / "store.db") as thread:
        packs = [thread.pack(f"A{number}") for number in range(16)]
        # It ends before the next is due: who of them goes first then is the scheduler's choice.
        for second in range(int(2 * POST_S) - 1):
            for pack in packs:
                pack.post_state(state(NOW_S + second))
                if second in (0, int(POST_S)):
                    thread.serials().result(20)
    each_when_it_is_new, with_the_first_due, at_the_end = [1] * 16, [16], [16]
    assert commits == [*each_when_it_is_new, *with_the_first_due, *at_the_end]
