"""Asking packs over one line: one question at a time, repeats, and what to do with bytes nobody asked for."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from math import inf
from typing import Self, TypeVar

from openress.errors import FrameError, PortError
from openress.model import PackSample
from openress.ports import BytePort
from openress.protocols.base import BatteryClient, Query

__all__ = ["NoAnswerError", "Poller", "Timing"]

Answer = TypeVar("Answer")


FEWEST = 5
"""Bytes of the shortest answer of all dialects, a Modbus exception; fewer are noise, and the pack is silent."""


class NoAnswerError(PortError):
    """A pack that was asked and did not answer, or answered nothing that could be understood.

    Attributes:
        garbled: something came, and it was no answer.
    """

    def __init__(self, message: str, *, garbled: bool = False) -> None:
        super().__init__(message)
        self.garbled = garbled


class _SilenceError(Exception):
    """One try ended without an answer; `heard` is what was wrong with what came instead."""

    def __init__(self, heard: FrameError | None) -> None:
        super().__init__()
        self.heard = heard


@dataclass(frozen=True, slots=True)
class Timing:
    """How long to wait and how often to ask.

    A US2000B takes up to 250 ms to start its answer, and 15 cells at 9600 baud take another 130 ms.

    Attributes:
        timeout_s: from the question to the end of the answer.
        tries: how often a question is put.
        gap_s: between two tries.
        pause_s: silence on the line that the packs need before each question.
    """

    timeout_s: float = 0.6
    tries: int = 3
    gap_s: float = 0.02
    pause_s: float = 0.0


class Poller:
    """Asks the packs on one line. Use it as an async context: it reads in the background all the while.

    Several tasks may ask: they take turns, question by question, each as long as it has waited. Who needs several in a
    row takes a `turn`.
    """

    def __init__(
        self, port: BytePort, client: BatteryClient, clock: Callable[[], float], timing: Timing | None = None
    ) -> None:
        self._port = port
        self._client = client
        self._clock = clock
        self._timing = timing or Timing()
        self._arrived: asyncio.Queue[bytes | PortError] = asyncio.Queue()
        self._reader: asyncio.Task[None] | None = None
        self._broken: PortError | None = None
        self._silent_since_s = -inf
        self._line = asyncio.Lock()
        self._whose: asyncio.Task[object] | None = None

    async def __aenter__(self) -> Self:
        self._reader = asyncio.create_task(self._read())
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._reader is not None:
            self._reader.cancel()
            await asyncio.gather(self._reader, return_exceptions=True)

    async def _read(self) -> None:
        try:
            while True:
                self._arrived.put_nowait(await self._port.read())
        except PortError as error:
            self._arrived.put_nowait(error)

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """The line for this task alone, for several questions in a row; inside of a turn it is a turn already."""
        task = asyncio.current_task()
        if self._whose is task:
            yield
            return
        async with self._line:
            self._whose = task
            try:
                yield
            finally:
                self._whose = None

    async def ask(self, sample: PackSample, query: Query, *, tries: int | None = None) -> PackSample:
        """Put one question and add the answer to `sample`.

        Raises:
            NoAnswerError: no usable answer after all tries.
            PortError: the line itself is gone.
        """
        return await self.put(query, lambda frame: self._client.merge(sample, query, frame, self._clock()), tries=tries)

    async def put(self, query: Query, read: Callable[[bytes], Answer], *, tries: int | None = None) -> Answer:
        """Send one question or order, and give what `read` makes of the first frame that answers it.

        `read` raises `FrameError` for a frame that is damaged or answers something else; such a frame is passed over.

        Raises:
            NoAnswerError: no usable answer after all tries.
            PortError: the line itself is gone.
        """
        problem: FrameError | None = None
        count = tries or self._timing.tries
        for _ in range(count):
            try:
                async with self.turn():
                    return await self._exchange(query, read)
            except _SilenceError as silence:
                problem = silence.heard or problem
            await asyncio.sleep(self._timing.gap_s)
        address = self._client.address(query.pack)
        times = "once" if count == 1 else f"{count} times"
        raise NoAnswerError(
            f"{self._port.name}: pack {query.pack} (address {address}) does not answer; asked {times} for its "
            f"{query.name}{f'; what came was {problem}' if problem else ''}.",
            garbled=problem is not None,
        )

    async def listen(self, seconds: float) -> bytes:
        """What arrives within `seconds` without having been asked for.

        Raises:
            PortError: the line is gone.
        """
        heard = b""
        try:
            async with asyncio.timeout(seconds):
                while True:
                    heard += await self._next()
        except TimeoutError:
            return heard

    async def more(self, read: Callable[[bytes], Answer], seconds: float) -> list[Answer]:
        """What else answers within `seconds` after the answer: with one pack at an address, nothing.

        Raises:
            PortError: the line is gone.
        """
        answers = []
        for frame in self._client.splitter().feed(await self.listen(seconds)):
            try:
                answers.append(read(frame))
            except FrameError:
                # Noise, or half of a frame: it shows nobody.
                continue
        return answers

    async def _exchange(self, query: Query, read: Callable[[bytes], Answer]) -> Answer:
        if self._timing.pause_s:
            loop = asyncio.get_running_loop()
            await asyncio.sleep(self._silent_since_s + self._timing.pause_s - loop.time())
        self._forget_late_answers()
        splitter = self._client.splitter()
        heard = 0
        await self._port.write(query.frame)
        problem: FrameError | None = None
        try:
            async with asyncio.timeout(self._timing.timeout_s):
                while True:
                    data = await self._next()
                    heard += len(data) if query.mirrored or data not in query.frame else 0
                    for frame in splitter.feed(data):
                        if frame == query.frame and not query.mirrored:
                            # The adapter echoes what it sends.
                            continue
                        try:
                            return read(frame)
                        except FrameError as error:
                            problem = error
        except TimeoutError:
            if heard >= FEWEST and problem is None:
                problem = FrameError("bytes that are no frame")
            raise _SilenceError(problem) from None
        finally:
            self._silent_since_s = asyncio.get_running_loop().time()

    async def _next(self) -> bytes:
        if self._broken is not None:
            raise self._broken
        arrived = await self._arrived.get()
        if isinstance(arrived, PortError):
            self._broken = arrived
            raise arrived
        return arrived

    def _forget_late_answers(self) -> None:
        while not self._arrived.empty():
            arrived = self._arrived.get_nowait()
            if isinstance(arrived, PortError):
                self._broken = arrived

    async def read_pack(self, sample: PackSample, *, everything: bool) -> PackSample:
        """One cycle of a pack; with `everything` also who it is.

        Who it is may stay unanswered: not every firmware knows every command.

        Raises:
            NoAnswerError: a question of the cycle stayed without answer.
        """
        for query in self._client.cycle(sample.pack):
            sample = await self.ask(sample, query)
        if everything:
            for query in self._client.rarely(sample.pack):
                try:
                    sample = await self.ask(sample, query, tries=1)
                except NoAnswerError:
                    continue
        return sample

    async def find(self, packs: Sequence[int]) -> list[int]:
        """Which of `packs` are there; gives up after two in a row that are not.

        Raises:
            NoAnswerError: none is.
        """
        found: list[int] = []
        last: NoAnswerError | None = None
        missing = 0
        for pack in packs:
            try:
                await self.ask(PackSample(pack), self._client.first(pack), tries=2)
            except NoAnswerError as error:
                last, missing = error, missing + 1
                if missing == 2:
                    break
            else:
                found.append(pack)
                missing = 0
        if not found and last is not None:
            raise last
        return found
