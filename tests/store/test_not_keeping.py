"""When nothing can be kept it is said once, the caller goes on, and keeping comes back by itself."""

from __future__ import annotations

import errno
import os
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from tests.processes import ENVIRONMENT
from tests.store.samples import DEFAULTS, FULL_RECORD, NOW_S, kept, state, trip

from openress.errors import PortError
from openress.store import NotKeptError, Store, files
from openress.store.trouble import Trouble, trouble_of

resource = pytest.importorskip("resource", reason="limits and users of a POSIX system are what fails here")

NOBODY = 65534


def fill_up(monkeypatch: pytest.MonkeyPatch, pages: int) -> None:
    """Connections made from now on may not grow beyond `pages`, as on a disk without space."""
    whole = files._connect

    def small(target: str, *, uri: bool) -> sqlite3.Connection:
        connection = whole(target, uri=uri)
        if target != ":memory:":
            connection.execute(f"PRAGMA max_page_count = {pages}")
        return connection

    monkeypatch.setattr(files, "_connect", small)


def test_a_full_disk_and_space_again(tmp_path: Path) -> None:
    path, told = tmp_path / "store.db", list[str]()
    with Store(path, at_s=NOW_S, say=told.append) as store, pytest.MonkeyPatch.context() as monkeypatch:
        pack = store.pack("A")
        pack.set_parameters(DEFAULTS, who="mia", at_s=NOW_S)
        store._connection.execute("PRAGMA max_page_count = 1")
        fill_up(monkeypatch, pages=1)
        before = len(pack.history())
        for _ in range(100):
            try:
                pack.add_record(FULL_RECORD)
                before += 1
            except NotKeptError as error:
                assert str(error) == store.why_not
        assert store.why_not is not None
        assert told == [store.why_not]
        assert "cannot grow because the disk is full; nothing is kept until there is space" in told[0]
        assert before < 100
        assert len(pack.history()) == before
        assert pack.parameters() == dict(DEFAULTS)

        monkeypatch.undo()
        pack.add_record(trip(NOW_S))
        assert store.why_not is None
        assert told[1:] == [f"The store {path} keeps again; what came while it did not is missing in it."]
        assert len(pack.history()) == before + 1
    with kept(path) as store:
        assert [stored.at_s for stored in store.pack("A").history(1)] == [NOW_S]


def test_a_full_disk_at_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fill_up(monkeypatch, pages=2)
    told: list[str] = []
    with Store(tmp_path / "store.db", at_s=NOW_S, say=told.append) as store:
        assert len(told) == 1
        assert "disk is full" in told[0]
        monkeypatch.undo()
        store.pack("A").add_record(trip(1.0))
        assert store.why_not is None
        assert len(store.pack("A").history()) == 1


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that another user can get at."""
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        yield Path(name)
        Path(name).chmod(0o755)


@contextmanager
def read_only(folder: Path) -> Iterator[None]:
    """The folder and its files as somebody sees them who may only read."""
    for file in folder.iterdir():
        file.chmod(0o444)
    folder.chmod(0o555)
    user = os.geteuid()
    if user == 0:
        os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(user)
        folder.chmod(0o755)
        for file in folder.iterdir():
            file.chmod(0o644)


def test_a_folder_that_can_only_be_read(folder: Path) -> None:
    path, told = folder / "store.db", list[str]()
    with kept(path) as store:
        store.pack("A").save_state(state(locked=True))
        store.pack("A").add_record(trip(1.0))
    with read_only(folder):
        store = Store(path, at_s=NOW_S, say=told.append)
        assert store.pack("A").state() == state(locked=True)
        assert store.serials() == ("A",)
        for _ in range(3):
            with pytest.raises(NotKeptError, match="cannot be written; nothing is kept until it can"):
                store.pack("A").add_record(trip(2.0))
        assert len(told) == 1
    store.pack("A").add_record(trip(3.0))
    assert store.why_not is None
    assert [stored.at_s for stored in store.pack("A").history()] == [3.0, 1.0]
    assert len(told) == 2
    store.close()


def test_a_log_that_was_left_in_a_folder_that_can_only_be_read(folder: Path) -> None:
    path, told = folder / "store.db", list[str]()
    killed = (
        "import os, sys; from pathlib import Path; from tests.store.samples import kept, state; "
        "store = kept(Path(sys.argv[1])); store.pack('A').save_state(state(locked=True)); os._exit(9)"
    )
    subprocess.run([sys.executable, "-c", killed, str(path)], check=False, env=ENVIRONMENT)
    assert Path(f"{path}-wal").stat().st_size > 0
    with read_only(folder), Store(path, at_s=NOW_S, say=told.append) as store:
        assert store.pack("A").state() == state(locked=True)
    assert len(told) == 1


def test_a_folder_that_cannot_be_made(folder: Path) -> None:
    told: list[str] = []
    with read_only(folder), Store(folder / "deep" / "store.db", at_s=NOW_S, say=told.append) as store:
        assert store.serials() == ()
        with pytest.raises(NotKeptError):
            store.pack("A").save_state(state())
    assert len(told) == 1
    assert "cannot be written" in told[0]


def test_a_folder_in_the_place_of_the_file(tmp_path: Path) -> None:
    told: list[str] = []
    with Store(tmp_path, at_s=NOW_S, say=told.append) as store:
        assert store.pack("A").state() is None
        assert store.why_not is not None
    assert len(told) == 1


def test_a_disk_that_fails(tmp_path: Path) -> None:
    """Writes beyond a limit fail as they do on a broken disk."""
    path, told = tmp_path / "store.db", list[str]()
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    with Store(path, at_s=NOW_S, say=told.append) as store:
        store.pack("A").save_state(state())
        resource.setrlimit(resource.RLIMIT_FSIZE, (Path(f"{path}-wal").stat().st_size, hard))
        try:
            with pytest.raises(NotKeptError, match="because the disk reports an error"):
                store.pack("A").save_state(state(cycles=1))
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        assert store.pack("A").state() == state()
        store.pack("A").save_state(state(cycles=2))
        assert len(told) == 2
    with kept(path) as store:
        assert store.pack("A").state() == state(cycles=2)


HOLDER = """
import sqlite3, sys
rows = sqlite3.connect(sys.argv[1], isolation_level=None)
if sys.argv[2] == "all":
    rows.execute("PRAGMA locking_mode = EXCLUSIVE")
rows.execute("BEGIN IMMEDIATE")
rows.execute("UPDATE pack SET serial = serial")
print("held", flush=True)
sys.stdin.read()
"""


@contextmanager
def held(path: Path, how: str) -> Iterator[None]:
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(path), how], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        yield
        holder.communicate()


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "WAIT_S", 0.05)


@pytest.mark.usefixtures("impatient")
def test_another_process_holds_the_file_for_a_while(tmp_path: Path) -> None:
    path, told = tmp_path / "store.db", list[str]()
    with Store(path, at_s=NOW_S, say=told.append) as store:
        store.pack("A").save_state(state())
        with held(path, "write"):
            for _ in range(2):
                with pytest.raises(NotKeptError, match="is locked by another program"):
                    store.pack("A").save_state(state(cycles=1))
            assert store.pack("A").state() == state()
            assert len(told) == 1
        store.pack("A").save_state(state(cycles=2))
        assert store.pack("A").state() == state(cycles=2)
        assert len(told) == 2


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("how", ["write", "all"])
def test_another_process_holds_the_file_at_start(tmp_path: Path, how: str) -> None:
    path = tmp_path / "store.db"
    with kept(path) as store:
        store.pack("A").save_state(state())
    with held(path, how), pytest.raises(PortError, match=r"is in use by another program \(.*\); stop that one first\."):
        Store(path, at_s=NOW_S, say=pytest.fail)
    assert sorted(file.name for file in tmp_path.iterdir()) == ["store.db"]


def test_a_fault_of_the_program_is_no_trouble_of_the_file(tmp_path: Path) -> None:
    with kept(tmp_path / "store.db") as store:
        with pytest.raises(sqlite3.OperationalError):
            store.read(lambda rows: rows.execute("SELECT nonsense"))
        with pytest.raises(sqlite3.OperationalError):
            store.write(lambda rows: rows.execute("SELECT nonsense"))
        assert store.why_not is None
        store.pack("A").save_state(state())


@pytest.mark.parametrize(
    ("error", "trouble"),
    [
        (OSError(errno.ENOSPC, "x"), Trouble.FULL),
        (OSError(errno.EIO, "x"), Trouble.FAILED),
        (PermissionError(errno.EACCES, "x"), Trouble.READ_ONLY),
        (OSError("x"), Trouble.READ_ONLY),
        (sqlite3.ProgrammingError("x"), None),
    ],
)
def test_what_is_behind_an_error(error: OSError | sqlite3.Error, trouble: Trouble | None) -> None:
    assert trouble_of(error) is trouble


def test_a_damaged_file_that_cannot_be_moved(folder: Path) -> None:
    path, told = folder / "store.db", list[str]()
    path.write_bytes(b"nonsense" * 200)
    with read_only(folder), Store(path, at_s=NOW_S, say=told.append) as store:
        assert store.pack("A").state() is None
        assert store.why_not is not None
        assert len(told) == 1
    assert path.read_bytes() == b"nonsense" * 200


def test_damage_while_running_in_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    path, told = tmp_path / "store.db", list[str]()

    def no_move(*_: object) -> Path:
        raise PermissionError(errno.EACCES, "Permission denied")

    with Store(path, at_s=NOW_S, say=told.append) as store, pytest.MonkeyPatch.context() as monkeypatch:
        store.pack("A").save_state(state())
        store._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        store._connection.execute("PRAGMA shrink_memory")  # what SQLite remembers hides the damage
        raw = path.read_bytes()
        path.write_bytes(raw[:4096] + b"\xff" * (len(raw) - 4096))
        monkeypatch.setattr("openress.store.database.move_aside", no_move)
        with pytest.raises(NotKeptError):
            store.pack("A").save_state(state(cycles=1))
        assert store.pack("A").state() is None
        assert len(told) == 1
        monkeypatch.undo()
        store.pack("A").save_state(state(cycles=2))
        assert store.pack("A").state() == state(cycles=2)
        assert store.why_not is None


def test_closing_lets_the_file_go(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    with kept(path) as store:
        store.pack("A").save_state(state())
    with closing(sqlite3.connect(path)) as rows:
        assert rows.execute("SELECT count(*) FROM state").fetchone() == (1,)
    assert [file.name for file in tmp_path.iterdir()] == ["store.db"]
