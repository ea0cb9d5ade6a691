"""Starting a gateway's own process, feeding it, and starting it again when it dies."""

from __future__ import annotations

import asyncio
import sys
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Protocol

from openress.errors import FrameError
from openress.gateway.caps import Caps
from openress.gateway.channel import End, Heard, Inbox, Reading, Remote, Setup, Spoken, State, Taped, ToGateway, packed
from openress.gateway.handover import HandOver
from openress.gateway.handoverfile import HandOverFile
from openress.gateway.hold import END_S
from openress.gateway.session import LOOK_EVERY_S
from openress.gateway.setup import SessionSetup, check_session
from openress.gateway.tape import Saw, Step
from openress.model import FRESH_AT_LEAST_S, RackSample

__all__ = ["GatewayProcess", "Source"]

AGAIN_S, AT_ONCE_S = 1.0, 0.1
"""From the death of the process to its successor: at once after one that has worked, later when it dies again soon."""
HAS_WORKED_S = 10.0
HUNG_S = 5.0
"""A process that has not reported for so long hangs, and is killed."""
STARTS_IN_S = 20.0
"""A process on a busy computer may take so long to its first report."""
_BACKLOG = 1_000_000
"""Bytes that may wait for the process; beyond them readings are left out, and it sees them grow old."""
_CHUNK = 65536
_GIVEN = 64
"""Readings that are kept until the tape tells when they were taken: it comes twice a second."""


class Source(Protocol):
    """Where the readings come from."""

    def refresh(self, now_s: float) -> None:
        """Bring the source up to date."""
        ...

    def rack(self) -> RackSample:
        """The rack, as it was measured last."""
        ...


class GatewayProcess:
    """A gateway in a process of its own; `run` it.

    Args:
        setup: what it is.
        link: its link.
        source: what it is fed from.
        clock: monotonic seconds, the same for all processes of this computer.
        say: told sentences.
        fresh_for_s: how long the source's values hold.
        overheard: given what was heard of somebody who is not recognised, and when.
        kept: where what was told last outlives this program; without it a process that dies hands over all the same.
        tap: given every step of the session with its readings, a little later; empty where some are missing.
        orderly: at the end zeros are said for a while; without it, the inverter is none that matters.

    Raises:
        ParameterError: no session can be made of the set-up.
    """

    def __init__(
        self,
        setup: SessionSetup,
        link: str,
        source: Source,
        *,
        clock: Callable[[], float],
        say: Callable[[str], None],
        fresh_for_s: Callable[[], float] = lambda: FRESH_AT_LEAST_S,
        orderly: bool = True,
        overheard: Callable[[float, bytes], None] = lambda _at_s, _data: None,
        kept: HandOverFile | None = None,
        tap: Callable[[Sequence[Step]], None] | None = None,
    ) -> None:
        check_session(setup)
        self._setup = Setup(setup, link, None if kept is None else kept.read(), taped=tap is not None)
        self._tap = tap
        self._given: deque[RackSample] = deque(maxlen=_GIVEN)
        self._given_before = self._taped = 0
        self._kept = kept
        self._source = source
        self._clock = clock
        self._say = say
        self._fresh_for_s = fresh_for_s
        self._orderly = orderly
        self._overheard = overheard
        self._process: asyncio.subprocess.Process | None = None
        self._sent: RackSample | None = None
        self._remote: Caps | None = None
        self.state: State | None = None
        self.restarts = 0

    @property
    def pid(self) -> int | None:
        """Of the process, while there is one."""
        return None if self._process is None else self._process.pid

    def set_remote(self, caps: Caps | None) -> None:
        """Hand on caps from afar, also to a process that is started later; see `Hold.set_remote`."""
        self._remote = caps
        self._put(Remote(caps))

    async def run(self) -> None:
        """Keep the process running until cancelled."""
        try:
            while True:
                started_s = self._clock()
                await self._once()
                self.restarts += 1
                wait_s = AT_ONCE_S if self._clock() - started_s > HAS_WORKED_S else AGAIN_S
                self._say(f"The gateway's process has ended; it is started again in {wait_s:g} s.")
                await asyncio.sleep(wait_s)
        finally:
            await self._end()

    async def _once(self) -> None:
        self.state, self._sent = None, None
        self._given.clear()
        self._given_before = self._taped = 0
        self._process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "openress.gateway.child",
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
        )
        self._put(self._setup)
        if self._remote is not None:
            self._put(Remote(self._remote))
        feeding = asyncio.create_task(self._feed())
        try:
            await self._listen(self._process)
        finally:
            feeding.cancel()
            await asyncio.gather(feeding, return_exceptions=True)

    async def _listen(self, process: asyncio.subprocess.Process) -> None:
        inbox = Inbox()
        try:
            while process.stdout is not None:
                async with asyncio.timeout(STARTS_IN_S if self.state is None else HUNG_S):
                    data = await process.stdout.read(_CHUNK)
                if not data:
                    break
                for message in inbox.feed(data):
                    self._take(message)
        except (TimeoutError, FrameError) as error:
            self._say(f"The gateway's process does not answer and is killed. {error}".rstrip())
            process.kill()
        await process.wait()

    def _take(self, message: object) -> None:
        if isinstance(message, State):
            self.state = message
            self._keep(message.report.hand_over)
        elif isinstance(message, Spoken):
            self._say(message.text)
        elif isinstance(message, Heard):
            for at_s, data in message.pieces:
                self._overheard(at_s, data)
        elif isinstance(message, Taped) and self._tap is not None:
            if message.first != self._taped:
                self._tap(())
            self._taped = message.first + len(message.steps)
            self._tap([self._with_reading(step) for step in message.steps])

    def _with_reading(self, step: Step) -> Step:
        if not isinstance(step, Saw):
            return step
        place = step.number - self._given_before
        return replace(step, rack=self._given[place]) if 0 <= place < len(self._given) else step

    def _keep(self, found: HandOver | None) -> None:
        if found is None or found == self._setup.handed:
            return
        self._setup = replace(self._setup, handed=found)
        if self._kept is not None:
            self._kept.write(found)

    async def _feed(self) -> None:
        while True:
            self._source.refresh(self._clock())
            rack = self._source.rack()
            if rack is not self._sent:
                self._sent = rack
                if self._put(Reading(rack, self._fresh_for_s())) and self._tap is not None:
                    self._given_before += len(self._given) == _GIVEN
                    self._given.append(rack)
            await asyncio.sleep(LOOK_EVERY_S)

    def _put(self, message: ToGateway) -> bool:
        pipe = None if self._process is None else self._process.stdin
        if pipe is None or pipe.is_closing() or pipe.transport.get_write_buffer_size() > _BACKLOG:
            return False
        pipe.write(packed(message))
        return True

    async def _end(self) -> None:
        process = self._process
        if process is None or process.returncode is not None:
            return
        if self._orderly:
            self._put(End())
            try:
                async with asyncio.timeout(END_S + 1.0):
                    await process.wait()
            except TimeoutError:
                process.kill()
        else:
            process.kill()
        await process.wait()
