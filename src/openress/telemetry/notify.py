"""Follows a running rack and tells people and programs what is wrong with it; never holds it up.

Each way has a queue and a thread of its own, so that a mail server that hangs delays no webhook. A message is tried a
few times, further and further apart, then given up; the first failure and the recovery are said once.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from fastapi import APIRouter

from openress.config import Config
from openress.errors import PortError
from openress.sections import NotifyConfig
from openress.telemetry.lineloss import LineLoss
from openress.telemetry.notifyrules import Level, Message, Notifications, troubles_of
from openress.telemetry.notifysend import Sender, senders_of

__all__ = ["RETRY_S", "NotifyFollower", "make_notify"]

RETRY_S = (10.0, 60.0, 300.0, 1800.0)
"""Waits between the tries of one message; after the last it is given up."""
_QUEUE = 50


class _Way:
    """One sender with its queue.

    Args:
        sender: delivers.
        say: told sentences.
        retry_s: waits between tries.
    """

    def __init__(self, sender: Sender, say: Callable[[str], None], retry_s: Sequence[float]) -> None:
        self._sender = sender
        self._say = say
        self._retry_s = retry_s
        self._queue: deque[Message] = deque(maxlen=_QUEUE)
        self._filled = asyncio.Event()
        self._thread = ThreadPoolExecutor(1, "notify")
        self._failing = False

    def put(self, message: Message) -> None:
        """Queue a message; the oldest goes when there is no room."""
        self._queue.append(message)
        self._filled.set()

    async def run(self) -> None:
        """Deliver, one after the other."""
        while True:
            await self._filled.wait()
            self._filled.clear()
            while self._queue:
                message = self._queue.popleft()
                try:
                    await self._deliver(message)
                except Exception as error:  # noqa: BLE001  # whatever fails here must not stop the rack
                    self._say(f"A notification to {self._sender.name} has failed: {error!r}.")

    async def _deliver(self, message: Message) -> None:
        loop = asyncio.get_running_loop()
        for wait_s in (*self._retry_s, None):
            try:
                await loop.run_in_executor(self._thread, self._sender.send, message)
            except PortError as error:
                if not self._failing:
                    self._failing = True
                    self._say(str(error))
                if wait_s is None:
                    self._say(f"A notification to {self._sender.name} is given up: {message.sentence}")
                    return
                await asyncio.sleep(wait_s)
            else:
                if self._failing:
                    self._failing = False
                    self._say(f"Notifications to {self._sender.name} arrive again.")
                return

    def close(self) -> None:
        """Let the thread end."""
        self._thread.shutdown(wait=False, cancel_futures=True)


class NotifyFollower:
    """Follows a rack; see `openress.following`.

    Args:
        config: the section.
        say: told sentences.
        senders: instead of those of the configuration.
        retry_s: waits between tries.
        clock: monotonic seconds.

    Raises:
        ParameterError: the section names nobody, or a secret is missing.
    """

    def __init__(
        self,
        config: NotifyConfig,
        say: Callable[[str], None],
        *,
        senders: Sequence[Sender] | None = None,
        retry_s: Sequence[float] = RETRY_S,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        chosen = senders_of(config) if senders is None else senders
        self._ways = [_Way(sender, say, retry_s) for sender in chosen]
        self._clock = clock
        self._line = LineLoss()
        self._rules = Notifications(
            Level[config.level.upper()], over=config.over, settle_s=config.settle_s, per_hour=config.per_hour
        )

    @property
    def routers(self) -> Sequence[APIRouter]:
        """None."""
        return ()

    def see(self, snapshot: dict[str, Any]) -> None:
        """Queue what has to be told of a snapshot."""
        for message in self._rules.see(
            troubles_of(snapshot, self._line.see(snapshot)), self._clock(), at_s=snapshot["time_s"]
        ):
            for way in self._ways:
                way.put(message)

    async def run(self) -> None:
        """Deliver until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            for way in self._ways:
                tasks.create_task(way.run())

    async def close(self) -> None:
        """Let the threads end."""
        for way in self._ways:
            way.close()


def make_notify(config: Config, _folder: Path, say: Callable[[str], None]) -> NotifyFollower | None:
    """The follower, where the configuration has a section for it."""
    return None if config.notify is None else NotifyFollower(config.notify, say)
