"""Running until a person stops it."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Coroutine
from typing import Any

__all__ = ["run_until_interrupted"]


def run_until_interrupted(main: Coroutine[Any, Any, None]) -> None:
    """Run `main` until it ends, Ctrl-C is pressed or the process is told to end; stops it cleanly.

    Raises:
        OpenRESSError: what `main` raised; of several errors at once the first.
    """
    asyncio.run(_guarded(main))


async def _guarded(main: Coroutine[Any, Any, None]) -> None:
    task = asyncio.create_task(main)
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        try:
            loop.add_signal_handler(number, task.cancel)
        except NotImplementedError:
            # Windows has no signal handlers in its loop; there Ctrl-C reaches asyncio.run itself.
            break
    try:
        await task
    except asyncio.CancelledError:
        return
    except BaseExceptionGroup as group:
        raise _first(group) from group


def _first(group: BaseExceptionGroup[BaseException]) -> BaseException:
    error = group.exceptions[0]
    return _first(error) if isinstance(error, BaseExceptionGroup) else error
