"""The journal of this computer and the turn to write."""

from __future__ import annotations

import getpass
import os
import sys
from pathlib import Path

import pytest

from openress.errors import ParameterError, PortError
from openress.journalling import LocalJournal, local_user
from openress.model.change import Outcome
from tests.store.test_changes import INTENT

NOW_S = 1_800_000_000.0


def journal(folder: Path, *, writes: bool) -> LocalJournal:
    return LocalJournal(folder, at_s=NOW_S, say=pytest.fail, writes=writes)


async def test_what_was_begun_here_is_found_here(tmp_path: Path) -> None:
    with journal(tmp_path / "new", writes=True) as first:
        number = await first.begin(INTENT)
    with journal(tmp_path / "new", writes=True) as second:
        (change,) = await second.changes("A")
        assert (change.number, change.outcome) == (number, None)
        await second.end(change, Outcome.DONE, "well", NOW_S)
        assert [c.outcome for c in await second.changes("A")] == [Outcome.DONE]
        assert await second.serials() == ("A",)


def test_one_at_a_time_writes_and_others_may_look(tmp_path: Path) -> None:
    with journal(tmp_path, writes=True) as first:
        assert first.alone
        with pytest.raises(PortError, match="wait until it has finished"):
            journal(tmp_path, writes=True)
        with journal(tmp_path, writes=False) as other:
            assert not other.alone
    with journal(tmp_path, writes=False) as looks:
        assert looks.alone
        journal(tmp_path, writes=True).close()
    with journal(tmp_path, writes=True) as again:
        assert again.alone


def test_a_folder_that_cannot_be_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ParameterError, match="name another one with --data"):
        journal(tmp_path / "file" / "folder", writes=False)


def test_who_only_looks_leaves_no_lock_behind(tmp_path: Path) -> None:
    journal(tmp_path, writes=False).close()
    assert not (tmp_path / "writing").exists()


def test_without_a_file_that_keeps_nothing_may_be_written(tmp_path: Path) -> None:
    (tmp_path / "service.db").mkdir()
    told: list[str] = []
    with pytest.raises(PortError, match="Nothing is changed without a journal"):
        LocalJournal(tmp_path, at_s=NOW_S, say=told.append, writes=True)
    with LocalJournal(tmp_path, at_s=NOW_S, say=told.append, writes=False):
        pass


@pytest.mark.skipif(sys.platform == "win32", reason="users have no numbers there")
def test_a_user_without_a_name_has_a_number(monkeypatch: pytest.MonkeyPatch) -> None:
    assert local_user()

    def nobody() -> str:
        raise KeyError("getpwuid(): uid not found")

    monkeypatch.setattr(getpass, "getuser", nobody)
    assert local_user() == f"user {os.getuid()}"
