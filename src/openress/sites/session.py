"""Sessions on a site's line: the journal of the data folder, opened for the time of one job."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import ExitStack, asynccontextmanager
from pathlib import Path

from openress.clock import unix_s
from openress.journalling import LocalJournal, NoJournal, journal_at

__all__ = ["journal_for"]


@asynccontextmanager
async def journal_for(
    folder: Path, say: Callable[[str], None], *, writes: bool
) -> AsyncIterator[LocalJournal | NoJournal]:
    """The journal; the disk is waited for in a thread, so that nothing else waits for it.

    Raises:
        ParameterError: see `journal_at`.
        PortError: see `journal_at`.
    """
    stack = ExitStack()
    journal = await asyncio.to_thread(
        lambda: stack.enter_context(journal_at(folder, at_s=unix_s(), say=say, writes=writes))
    )
    try:
        yield journal
    finally:
        await asyncio.shield(asyncio.to_thread(stack.close))
