"""The journal of this computer: what was changed in packs from here, in a file of the data folder.

Only one program at a time writes settings from here. That is also how an interrupted change is told from one that is
under way: who writes holds the lock, and a program that was killed has let it go.
"""

from __future__ import annotations

import getpass
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

from openress.errors import ParameterError, PortError, StateError
from openress.folders import FileLock
from openress.model.change import Change, Outcome
from openress.store import NotKeptError, StoreThread

__all__ = ["JOURNAL", "LocalJournal", "NoJournal", "journal_at", "local_user"]

JOURNAL = "service.db"
_LOCK = "writing"


def local_user() -> str:
    """The user at this shell, as the journal knows them."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        # A container may run as a number that has no name.
        return f"user {os.getuid()}" if hasattr(os, "getuid") else "somebody"


class LocalJournal:
    """The `Journal` of the data folder, and the turn to write.

    Args:
        folder: the data folder; it is made where changes will be made, and must be there where none will.
        at_s: unix seconds now.
        say: told what could not be kept.
        writes: whether changes will be made.

    Attributes:
        alone: nobody else makes changes now, so what never ended was interrupted.

    Raises:
        ParameterError: the folder cannot be made or written, or is not there.
        PortError: changes would be made, and another program makes some now; or the file cannot be kept.
    """

    def __init__(self, folder: Path, *, at_s: float, say: Callable[[str], None], writes: bool) -> None:
        try:
            if writes:
                folder.mkdir(parents=True, exist_ok=True)
            else:
                folder.stat()
            self._lock = FileLock(folder / _LOCK) if writes or (folder / _LOCK).exists() else None
        except OSError as error:
            raise ParameterError(
                f"The data folder {folder} cannot be used: {error.strerror}; name another one with --data."
            ) from error
        self.alone = self._lock is None or self._lock.held
        if not (writes and self.alone):
            # Who only looks must not be in the way of who writes.
            self._unlock()
        if writes and not self.alone:
            raise PortError(f"Another program changes packs from here ({folder / _LOCK}); wait until it has finished.")
        try:
            self._thread = StoreThread(folder / JOURNAL, at_s=at_s, say=say)
        except BaseException:
            self._unlock()
            raise
        if writes and self._thread.why_not is not None:
            self.close()
            raise NotKeptError(f"Nothing is changed without a journal: {self._thread.why_not}")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Write what waits, and let others write."""
        self._thread.close()
        self._unlock()

    def _unlock(self) -> None:
        if self._lock is not None:
            self._lock.close()

    async def begin(self, intent: Change) -> int:
        """See `Journal.begin`."""
        return await self._thread.pack(intent.serial).begin_change(intent)

    async def end(self, change: Change, outcome: Outcome, result: str, at_s: float) -> None:
        """See `Journal.end`."""
        await self._thread.pack(change.serial).end_change(change.number, outcome, result, at_s)

    async def changes(self, serial: str) -> Sequence[Change]:
        """See `Journal.changes`."""
        return await self._thread.pack(serial).changes()

    async def serials(self) -> Sequence[str]:
        """The packs that have a journal."""
        return await self._thread.serials()


class NoJournal:
    """Stands for a journal that nothing was ever written into."""

    async def begin(self, intent: Change) -> int:
        """Never called where nothing is changed."""
        raise StateError(f"Change of {intent.serial} begun without a journal.")

    async def end(self, change: Change, outcome: Outcome, result: str, at_s: float) -> None:
        """Never called either."""
        raise StateError(f"Change of {change.serial} ended as {outcome} at {at_s} without a journal: {result}.")

    async def changes(self, serial: str) -> Sequence[Change]:
        """None, of any pack."""
        del serial
        return ()


@contextmanager
def journal_at(
    folder: Path, *, at_s: float, say: Callable[[str], None], writes: bool
) -> Iterator[LocalJournal | NoJournal]:
    """The journal of a data folder; for who only reads, none where there is none or where somebody writes now.

    Raises:
        ParameterError: see `LocalJournal`.
        PortError: see `LocalJournal`.
    """
    if not writes and not (folder / JOURNAL).exists():
        yield NoJournal()
        return
    with LocalJournal(folder, at_s=at_s, say=say, writes=writes) as journal:
        if journal.alone:
            yield journal
        else:
            say("Another program changes packs from here now; what is read may lie between old and new.")
            yield NoJournal()
