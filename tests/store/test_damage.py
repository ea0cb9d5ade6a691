"""A damaged file is moved aside and a new one begun; what is provably sound goes along, and it is told once."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.store.samples import DEFAULTS, NOW_S, OTHERS, kept, state, trip

from openress.errors import ParameterError
from openress.store import Store, files

STAMP = "20261120T184000Z"
LOCKED = state(locked=True, trips=10, cycles=77)


def filled(path: Path, records: int = 60) -> None:
    with kept(path) as store:
        for serial in ("A", "B"):
            pack = store.pack(serial)

            def fill(_: object, pack: object = pack) -> None:
                for second in range(records):
                    pack.add_record(trip(float(second)))  # type: ignore[attr-defined]

            store.write(fill)
            pack.set_parameters(OTHERS, who="mia", at_s=NOW_S)
            pack.save_state(LOCKED)


@pytest.fixture(scope="module")
def sound_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("sound") / "store.db"
    filled(path)
    return path


@pytest.fixture
def sound(sound_file: Path) -> bytes:
    return sound_file.read_bytes()


def cut(raw: bytes) -> bytes:
    return raw[: len(raw) // 2]


def no_header(raw: bytes) -> bytes:
    return b"This is a letter" + raw[16:]


def text(_: bytes) -> bytes:
    return b"Dear diary, today the battery was full.\n" * 100


def other_version(raw: bytes) -> bytes:
    return raw[:60] + bytes(4) + raw[64:]


def renamed_table(raw: bytes) -> bytes:
    return raw.replace(b"CREATE TABLE state", b"CREATE TABLE stale")


def other_writer(raw: bytes) -> bytes:
    return raw[:18] + b"\x07" + raw[19:]


@pytest.mark.parametrize("harm", [cut, no_header, text, other_version, other_writer, renamed_table])
def test_a_damaged_file_is_moved_aside(sound: bytes, tmp_path: Path, harm: Callable[[bytes], bytes]) -> None:
    path, told = tmp_path / "store.db", list[str]()
    path.write_bytes(harm(sound))
    with Store(path, at_s=NOW_S, say=told.append) as store:
        assert store.why_not is None
        assert len(told) == 1
        assert told[0].startswith(f"The store {path} is damaged (")
        assert f"it is now called store.db.corrupt-{STAMP}, and a new one begins" in told[0]
        assert (tmp_path / f"store.db.corrupt-{STAMP}").read_bytes() == harm(sound)
        store.pack("C").add_record(trip(1.0))
        assert store.pack("A").history() == ()
    with kept(path) as store:
        assert len(store.pack("C").history()) == 1


def test_settings_and_lock_outs_survive_damaged_events(sound: bytes, tmp_path: Path) -> None:
    path, told = tmp_path / "store.db", list[str]()
    path.write_bytes(sound)
    with closing(sqlite3.connect(path)) as rows:
        page = rows.execute("SELECT rootpage FROM sqlite_master WHERE name = 'history'").fetchone()[0]
        size = rows.execute("PRAGMA page_size").fetchone()[0]
    raw = bytearray(path.read_bytes())
    raw[(page - 1) * size : (page - 1) * size + 100] = bytes(100)
    path.write_bytes(raw)
    with Store(path, at_s=NOW_S, say=told.append) as store:
        assert len(told) == 1
        assert "a new one begins with the settings and counters of A, B, which were sound." in told[0]
        for serial in ("A", "B"):
            assert store.pack(serial).history() == ()
            assert store.pack(serial).parameters() == dict(OTHERS)
            assert store.pack(serial).state() == LOCKED


def test_a_damaged_file_on_a_full_disk(sound: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, told = tmp_path / "store.db", list[str]()
    path.write_bytes(cut(sound))
    whole = files._connect

    def small(target: str, *, uri: bool) -> sqlite3.Connection:
        connection = whole(target, uri=uri)
        if target != ":memory:":
            connection.execute("PRAGMA max_page_count = 3")
        return connection

    monkeypatch.setattr(files, "_connect", small)
    with Store(path, at_s=NOW_S, say=told.append) as store:
        assert len(told) == 2
        assert told[0].endswith(f"it is now called store.db.corrupt-{STAMP}, and a new one begins as soon as it can.")
        assert "disk is full" in told[1]
        monkeypatch.undo()
        store.pack("A").save_state(LOCKED)
        assert store.pack("A").state() == LOCKED


def test_a_second_damaged_file_gets_a_name_of_its_own(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    for _ in range(3):
        path.write_bytes(b"nonsense" * 200)
        Store(path, at_s=NOW_S, say=lambda _: None).close()
    aside = [file.name for file in tmp_path.iterdir() if "corrupt" in file.name]
    assert sorted(aside) == [f"store.db.corrupt-{STAMP}{ending}" for ending in ("", "-2", "-3")]


def test_damage_that_shows_while_running(sound: bytes, tmp_path: Path) -> None:
    path, told = tmp_path / "store.db", list[str]()
    path.write_bytes(sound)
    with Store(path, at_s=NOW_S, say=told.append) as store:
        store._connection.execute("PRAGMA shrink_memory")  # what SQLite remembers hides the damage
        raw = bytearray(path.read_bytes())
        raw[4096:] = b"\xff" * (len(raw) - 4096)
        path.write_bytes(raw)
        store.pack("A").save_state(state(NOW_S + 60))
        assert store.pack("A").state() == state(NOW_S + 60)
        assert store.pack("B").history() == ()
        assert len(told) == 1
        assert "store.db.corrupt-20261120T184100Z" in told[0]


def test_a_value_that_was_flipped_is_not_used(sound: bytes, tmp_path: Path) -> None:
    path, told = tmp_path / "store.db", list[str]()
    raw = sound.replace(b'"cell_ov_alarm_mv":3490.0', b'"cell_ov_alarm_mv":3890.0').replace(b"deflated:", b"deflated;")
    assert raw != sound
    path.write_bytes(raw)
    with Store(path, at_s=NOW_S, say=told.append) as store:
        for _ in range(2):
            assert store.pack("A").parameters() is None
            assert store.pack("A").state() is None
        assert told == [
            "The settings of pack A in the store are damaged and are not used.",
            "The charge, lock-out and power state of pack A in the store are damaged and are not used.",
        ]
        store.pack("A").set_parameters(DEFAULTS, who="mia", at_s=NOW_S)
        assert store.pack("A").parameters() == dict(DEFAULTS)


def survives(path: Path, raw: bytes) -> None:
    """Nothing but a refusal as newer comes out, nothing false is read, and the store keeps afterwards."""
    path.write_bytes(raw)
    told: list[str] = []
    try:
        store = Store(path, at_s=NOW_S, say=told.append)
    except ParameterError as refused:
        assert "newer OpenRESS" in str(refused)
        return
    with store:
        for serial in ("A", "B", *store.serials()[:5]):
            pack = store.pack(serial)
            pack.history()
            pack.journal()
            assert pack.parameters() in (None, dict(OTHERS))
            assert pack.state() in (None, LOCKED)
        fresh = store.pack("fresh")
        fresh.add_record(trip(1.0))
        fresh.set_parameters(DEFAULTS, who="x", at_s=NOW_S)
        fresh.save_state(state())
        assert (len(fresh.history()), fresh.parameters(), fresh.state()) == (1, dict(DEFAULTS), state())


flips = st.lists(st.tuples(st.integers(0, 2**16) | st.integers(0, 99), st.integers(0, 255)), min_size=1, max_size=8)


@settings(max_examples=60)
@given(flips)
def test_flipped_bytes(
    tmp_path_factory: pytest.TempPathFactory, sound_file: Path, flipped: list[tuple[int, int]]
) -> None:
    raw = bytearray(sound_file.read_bytes())
    for at, value in flipped:
        raw[at % len(raw)] = value
    survives(tmp_path_factory.mktemp("flipped") / "store.db", bytes(raw))


@pytest.mark.soak
def test_many_flipped_bytes(tmp_path: Path, sound: bytes) -> None:
    dice = random.Random(512)
    for number in range(2000):
        raw = bytearray(sound)
        for _ in range(dice.choice((1, 2, 4, 16, 256))):
            raw[dice.randrange(len(raw) if dice.random() < 0.8 else 100)] = dice.randrange(256)
        folder = tmp_path / str(number)
        folder.mkdir()
        survives(folder / "store.db", bytes(raw))
