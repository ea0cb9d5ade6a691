"""The line that is scanned: opened at one speed after another, one question at a time, and whatever follows it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

from openress.codec.uart import character_s
from openress.errors import FrameError, StateError
from openress.model import PackSample
from openress.ports import BytePort
from openress.protocols import DIALECTS
from openress.protocols.base import BatteryClient, Query
from openress.rack.overhear import asks, sound
from openress.rack.probing import BAUDS, Attempt, only_reads

__all__ = ["CONSOLE", "Heard", "Opener", "ScanLine", "ScanTiming", "SomebodyAsksError"]

Opener = Callable[[int | None], Awaitable[BytePort]]
"""Opens the line at a speed."""

CONSOLE = "pylontech-console"
"""A cable to one pack and a dialogue in text: it echoes, and has no addresses on the wire."""
_REST = 8
"""Bytes beside an answer that may be a disturbance."""


@dataclass(frozen=True, slots=True)
class ScanTiming:
    """How long a scan waits.

    Attributes:
        listen_s: before anything is sent; masters ask about once a second.
        follow_s: how long somebody who asks is listened to.
        answer_s: for the beginning of an answer; a US2000B takes up to 250 ms.
        quiet_s: silence that ends an answer; USB adapters hold bytes back for up to 16 ms, serial servers longer.
        longest_s: no answer is longer.
    """

    listen_s: float = 2.0
    follow_s: float = 8.0
    answer_s: float = 0.3
    quiet_s: float = 0.1
    longest_s: float = 4.0


class SomebodyAsksError(Exception):
    """A question that was not ours passed by."""


@dataclass(frozen=True, slots=True)
class Heard:
    """What followed a question.

    Attributes:
        sample: what the pack is known to be, when it answered.
        twice: more came than one answer.
        foreign: a whole frame came that does not answer the question.
        garbled: something came, and it was no whole frame.
    """

    sample: PackSample | None = None
    twice: bool = False
    foreign: bool = False
    garbled: bool = False


class ScanLine:
    """A line whose speed is set and which is asked.

    Args:
        open_line: opens it at a speed; it is closed when the speed changes and at the end.
        clock: seconds that never run backwards.
        timing: how long to wait.

    Attributes:
        baud: the speed that it has now.
        echoes: what was sent came back.
        timing: see above.
    """

    def __init__(self, open_line: Opener, clock: Callable[[], float], timing: ScanTiming) -> None:
        self._open_line = open_line
        self._clock = clock
        self._port: BytePort | None = None
        self.timing = timing
        self.baud: int | None = None
        self.echoes = False

    async def read(self, for_s: float) -> bytes:
        """What comes within `for_s`; empty when nothing does."""
        if self._port is None:
            raise StateError("The line is not open.")
        try:
            async with asyncio.timeout(for_s):
                return await self._port.read()
        except TimeoutError:
            return b""

    async def at(self, baud: int | None) -> None:
        """Open the line at a speed, unless it is; `None` where the speed is not ours to set."""
        if self._port is not None and baud == self.baud:
            return
        await self.close()
        self._port, self.baud = await self._open_line(baud), baud

    async def close(self) -> None:
        """Close the line, if it is open."""
        if self._port is not None:
            await self._port.close()
            self._port = None

    async def surely(
        self, attempt: Attempt, client: BatteryClient, query: Query, sample: PackSample, *, linger: bool = False
    ) -> Heard:
        """As `exchange`; two answers are two packs only if it happens again: the first may have been a late one."""
        heard = await self.exchange(attempt, client, query, sample, linger=linger)
        if not heard.twice:
            return heard
        again = await self.exchange(attempt, client, query, sample, linger=True)
        return replace(heard, twice=again.twice or again.garbled)

    async def exchange(
        self, attempt: Attempt, client: BatteryClient, query: Query, sample: PackSample, *, linger: bool = False
    ) -> Heard:
        """Ask one question.

        Args:
            attempt: how, for the speed and the dialect.
            client: of the dialect.
            query: the question.
            sample: what is known of the pack so far.
            linger: wait for a second answer.

        Raises:
            SomebodyAsksError: a question of somebody else came.
        """
        data = await self.send(attempt, query.frame, query.frame, linger=linger)
        answers = framed = 0
        told: PackSample | None = None
        for frame in client.splitter().feed(data):
            try:
                told = client.merge(told or sample, query, frame, self._clock())
            except FrameError:
                if self._is_question(attempt.dialect, frame):
                    raise SomebodyAsksError from None
            else:
                answers, framed = answers + 1, framed + len(frame)
        # Without addresses an answer may have several frames, and the console prints more than an answer.
        addressed = client.max_packs > 1 and attempt.dialect != CONSOLE
        twice = addressed and told is not None and (answers > 1 or len(data) - framed > _REST)
        if told is not None or not data:
            return Heard(told, twice=twice)
        foreign = sound(query.frame, data)
        return Heard(foreign=foreign, garbled=not foreign)

    def _is_question(self, dialect: str, frame: bytes) -> bool:
        decoder = DIALECTS[dialect].parts().decoder
        try:
            return decoder is not None and asks(decoder().read(frame).kind)
        except FrameError:
            return False

    async def send(self, attempt: Attempt, question: bytes, frame: bytes, *, linger: bool = False) -> bytes:
        """Send a question as `frame`, and give what follows, without its echo; `linger` waits for a second answer."""
        if not only_reads(attempt.dialect, question):
            raise StateError(f"A scan only reads; {question.hex(' ').upper()} is no question of {attempt.dialect}.")
        port = self._port
        if port is None:
            raise StateError("The line is not open.")
        await self.read(0.0)
        await port.write(frame)
        sent_s = self._clock() + len(frame) * character_s(attempt.baud or BAUDS[0])
        data, ends_s = b"", sent_s + self.timing.answer_s
        while (left_s := min(ends_s, sent_s + self.timing.longest_s) - self._clock()) > 0:
            more = await self.read(left_s)
            if more:
                data += more
                if not frame.startswith(data):
                    quiet_s = self.timing.answer_s if linger else self.timing.quiet_s
                    ends_s = max(sent_s, self._clock()) + quiet_s
        before, echo, after = data.partition(frame)
        if not echo:
            return data
        # The console echoes what is typed, as it should.
        self.echoes = self.echoes or attempt.dialect != CONSOLE
        return before + after
