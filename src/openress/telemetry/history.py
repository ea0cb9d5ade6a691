"""The history follows a running rack: a thread of its own takes snapshots and writes; nobody waits for it."""

from __future__ import annotations

import asyncio
import threading
import time
import uuid
from collections import deque
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from fastapi import APIRouter

from openress.config import Config
from openress.errors import ParameterError, PortError
from openress.store import NotKeptError
from openress.store.happened import Event, Source
from openress.store.historyfile import HISTORY, HistoryFile
from openress.store.newest import Newest
from openress.store.retention import RESOLUTIONS, kept_days
from openress.telemetry.historyapi import make_router
from openress.telemetry.recorder import Recorder

__all__ = ["History", "make_history"]

_MOST_SNAPSHOTS = 120
_AGAIN_S = 30.0
"""A disk that refused is not asked more often."""
_FRESHEN_S = 60.0
_WAIT_S = 2.0


class History:
    """Follower that keeps.

    Args:
        folder: the data folder.
        raw_every_s: see `Recorder`.
        days: how long each resolution is kept, by its name.
        say: takes sentences for the person who runs this; called from the thread.
        clock_s: a clock that nobody sets.
    """

    def __init__(
        self,
        folder: Path,
        *,
        raw_every_s: int,
        days: dict[str, int],
        say: Callable[[str], None],
        clock_s: Callable[[], float] = time.monotonic,
    ) -> None:
        self.path = folder / HISTORY
        self._raw_every_s = raw_every_s
        self._days = kept_days(days)
        self._say = say
        self._clock_s = clock_s
        self._wake = threading.Condition()
        self._snapshots: deque[tuple[dict[str, Any], float]] = deque(maxlen=_MOST_SNAPSHOTS)
        self._closing = False
        self._asked: list[threading.Event] = []
        self._freshened_s = -_FRESHEN_S
        self._file: HistoryFile | None = None
        self._recorder: Recorder | None = None
        self._recording = threading.Lock()
        self._try_at_s = 0.0
        self._told: set[str] = set()
        self._session = uuid.uuid4().hex
        self._thread = threading.Thread(target=self._run, name="openress-history", daemon=True)
        self._thread.start()

    @property
    def routers(self) -> Sequence[APIRouter]:
        """`/api/history`, `/api/events`, `/api/health`."""
        return [make_router(self.path, self.freshen, self.newest)]

    def see(self, snapshot: dict[str, Any]) -> None:
        """See `Follower.see`; of snapshots that the thread does not take in time the oldest are lost."""
        with self._wake:
            self._snapshots.append((snapshot, self._clock_s()))
            self._wake.notify()

    async def run(self) -> None:
        """Nothing to do here: the thread works."""

    async def close(self) -> None:
        """Write what waits."""
        await asyncio.to_thread(self.stop)

    def stop(self) -> None:
        """See `close`; further calls do nothing."""
        with self._wake:
            self._closing = True
            self._wake.notify()
        self._thread.join()

    def freshen(self) -> None:
        """Have the minutes that are complete written, for somebody who looks; at most once a minute, for the disk."""
        done = threading.Event()
        with self._wake:
            if self._closing or self._clock_s() - self._freshened_s < _FRESHEN_S:
                return
            self._freshened_s = self._clock_s()
            self._asked.append(done)
            self._wake.notify()
        done.wait(_WAIT_S)

    def newest(self, source: Source) -> Newest:
        """What is known of a source and may not be in the file yet; from any thread, and it waits for no disk."""
        with self._recording:
            recorder = self._recorder
            if recorder is None:
                return Newest(self._session, self._raw_every_s, 0, [], [], [], [])
            return recorder.newest(source, self._session)

    def _run(self) -> None:
        while True:
            with self._wake:
                self._wake.wait_for(lambda: self._snapshots or self._closing or (self._asked and self._recorder))
                snapshots = list(self._snapshots)
                self._snapshots.clear()
                # Before the first snapshot there is nothing to write; who asks waits for it.
                early = self._recorder is None and not snapshots and not self._closing
                asked, self._asked = ([], self._asked) if early else (self._asked, [])
                closing = self._closing
            try:
                self._work(snapshots, fresh=bool(asked), closing=closing)
            except Exception as error:  # noqa: BLE001  nobody waits for it, and the thread must go on
                self._tell(f"The history {self.path} misses something: {error!r}.")
            for done in asked:
                done.set()
            if closing:
                if self._file is not None:
                    self._file.close()
                return

    def _work(self, snapshots: Sequence[tuple[dict[str, Any], float]], *, fresh: bool, closing: bool) -> None:
        if snapshots and self._recorder is None:
            self._begin(float(snapshots[0][0]["time_s"]))
        recorder = self._recorder
        if recorder is None:
            return
        with self._recording:
            for snapshot, clock_s in snapshots:
                recorder.take(snapshot, clock_s)
            if fresh:
                recorder.seal(recorder.seen_s, self._clock_s())
            if closing:
                recorder.close()
        if recorder.waiting and (closing or self._clock_s() >= self._try_at_s):
            self._write(recorder)

    def _begin(self, at_s: float) -> None:
        standing: list[Event] = []
        serials: list[str] = []
        file = self._opened(at_s)
        if file is not None:
            try:
                standing, serials = file.standing(), file.serials()
            except NotKeptError:
                # The store has said why; what stands is then told as if it began now.
                standing = []
        self._recorder = Recorder(self._raw_every_s, self._say, standing, serials)

    def _opened(self, at_s: float) -> HistoryFile | None:
        if self._file is None:
            try:
                self._file = HistoryFile(
                    self.path, at_s=max(at_s, 0.0), say=self._say, session=self._session, days=self._days
                )
            except (ParameterError, PortError) as error:
                self._tell(f"No history is kept: {error}")
        return self._file

    def _write(self, recorder: Recorder) -> None:
        file = self._opened(recorder.waiting[0].at_s)
        while file is not None and recorder.waiting:
            batch = recorder.waiting[0]
            try:
                file.write(batch)
            except NotKeptError:
                # The store has said so, and the batch waits.
                file = None
            else:
                with self._recording:
                    recorder.waiting.popleft()
        if recorder.waiting:
            self._try_at_s = self._clock_s() + _AGAIN_S

    def _tell(self, sentence: str) -> None:
        if sentence not in self._told:
            self._told.add(sentence)
            self._say(sentence)


def make_history(config: Config, folder: Path, say: Callable[[str], None]) -> History | None:
    """The maker of this follower."""
    wanted = config.history
    if not wanted.enabled:
        return None
    named = dict(
        zip(
            (item.name for item in RESOLUTIONS),
            (wanted.raw_days, wanted.minute_days, wanted.quarter_days),
            strict=False,
        )
    )
    days = {name: count for name, count in named.items() if count is not None}
    return History(folder, raw_every_s=wanted.raw_every_s, days=days, say=say)
