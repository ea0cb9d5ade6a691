"""The gateway's own process: nothing else runs in it, so nothing else can delay a frame.

Readings come in on standard input, reports go out on standard output, each carried by a thread of its own, so that a
program that does not read cannot hold anything up. When the input ends, the program that fed it is gone: zeros are
said for a while, then nothing.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import queue
import signal
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

from openress.codec.canframe import CanFrame
from openress.errors import OpenRESSError
from openress.gateway.channel import (
    End,
    FromGateway,
    Heard,
    Inbox,
    Reading,
    Remote,
    Setup,
    Spoken,
    State,
    Taped,
    ToGateway,
    packed,
)
from openress.gateway.hold import END_S
from openress.gateway.overheard import Overheard
from openress.gateway.service import GatewayService
from openress.gateway.session import Session
from openress.gateway.setup import build_serial_session, build_session
from openress.gateway.tape import Saw, Step, Tape
from openress.gateway.taped import Machine, TapedSession
from openress.gateway.wire import ByteWire, CanWire
from openress.ports import open_can, open_port, parse_can_link, parse_link
from openress.protocols.base import Bus

__all__ = ["main"]

Message = TypeVar("Message")

REPORT_EVERY_S = 0.5
PRIORITY = 1
"""The least that comes before all that is not real-time; the kernel keeps a twentieth of the time for the others."""
NICE = -10
"""Where there is no real-time: before what people start, after what the system itself needs."""
_WAITING = 16
"""Messages that may wait for a reader; more are dropped, and the next report tells the same anew."""
_CHUNK = 65536
_STDIN, _STDOUT = 0, 1


class _Outbox:
    """Writes messages in a thread; full, it drops them."""

    def __init__(self) -> None:
        self._queue: queue.Queue[FromGateway] = queue.Queue(_WAITING)
        threading.Thread(target=self._write, daemon=True).start()

    def put(self, message: FromGateway) -> None:
        """Hand over a message."""
        try:
            self._queue.put_nowait(message)
        except queue.Full:
            # Whoever should read does not; the control path waits for nobody.
            return

    def _write(self) -> None:
        while True:
            data = packed(self._queue.get())
            try:
                while data:
                    data = data[os.write(_STDOUT, data) :]
            except OSError:
                # The reader is gone; its end of our input tells the same.
                return


def _read(deliver: Callable[[ToGateway | None], None]) -> None:
    """Hand on every message that comes in, then `None`."""
    inbox = Inbox()
    while data := os.read(_STDIN, _CHUNK):
        for message in inbox.feed(data):
            if isinstance(message, Setup | Reading | Remote | End):
                deliver(message)
    deliver(None)


class _Child:
    def __init__(self) -> None:
        self._outbox = _Outbox()
        self._loop = asyncio.get_running_loop()
        self._arrived: asyncio.Queue[ToGateway | None] = asyncio.Queue()
        self._tape = Tape()

    async def run(self) -> None:
        reader = threading.Thread(
            target=_read, args=(lambda message: self._loop.call_soon_threadsafe(self._arrived.put_nowait, message),)
        )
        reader.daemon = True
        reader.start()
        first = await self._arrived.get()
        if not isinstance(first, Setup):
            return
        service = _service(first, self._outbox.put, self._tape)
        if first.handed is not None:
            why_not = service.session.take_over(first.handed, time.monotonic())
            if why_not is not None:
                self._outbox.put(Spoken(why_not))
        async with asyncio.TaskGroup() as tasks:
            running = [tasks.create_task(service.run()), tasks.create_task(self._tell(service))]
            await self._listen(service)
            for task in running:
                task.cancel()

    async def _listen(self, service: _Service) -> None:
        """Take what comes in until the end, and see the orderly end through."""
        while True:
            message = await self._arrived.get()
            now_s = time.monotonic()
            if isinstance(message, Reading):
                service.session.see(message.rack, now_s, message.fresh_for_s)
            elif isinstance(message, Remote):
                service.session.set_remote(message.caps, now_s)
            else:
                service.session.end(now_s)
                await asyncio.sleep(END_S)
                return

    async def _tell(self, service: _Service) -> None:
        while True:
            self._outbox.put(State(service.report(), service.line, service.bus_offs))
            first, steps = self._tape.take()
            if steps:
                self._outbox.put(Taped(first, tuple(_without_reading(step) for step in steps)))
            await asyncio.sleep(REPORT_EVERY_S)


_Service = GatewayService[CanFrame] | GatewayService[bytes]


def _without_reading(step: Step) -> Step:
    return replace(step, rack=None) if isinstance(step, Saw) else step


def _service(setup: Setup, put: Callable[[FromGateway], None], tape: Tape) -> _Service:
    start_s = time.monotonic()

    def taped(session: Session[Message]) -> Machine[Message]:
        return TapedSession(session, setup.session, start_s, tape.put) if setup.taped else session

    def say(text: str) -> None:
        put(Spoken(text))

    if setup.session.bus is Bus.CAN:
        can_link = parse_can_link(setup.link)

        async def open_bus() -> CanWire:
            return CanWire(await open_can(can_link))

        return GatewayService(taped(build_session(setup.session, start_s)), open_bus, say=say)
    link, session = parse_link(setup.link), taped(build_serial_session(setup.session, start_s))
    overheard = Overheard()

    def listen(data: bytes) -> None:
        verdict = session.verdict
        known = verdict is None or verdict.rival or bool(verdict.family)
        pieces = overheard.take(data, time.monotonic(), known=known)
        if pieces:
            put(Heard(tuple(pieces)))

    async def open_line() -> ByteWire:
        return ByteWire(await open_port(link), listen)

    return GatewayService(session, open_line, say=say)


async def _run() -> None:
    await _Child().run()


def _come_first() -> None:
    """Ask to be served before others, only where the system lets us: a service manager can say so.

    All threads take part: one that waits for its turn while it holds the interpreter would hold up the others.
    """
    if sys.platform == "linux":
        with contextlib.suppress(OSError):
            os.sched_setscheduler(0, os.SCHED_RR, os.sched_param(PRIORITY))
            return
    if sys.platform != "win32":
        with contextlib.suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, 0, NICE)


def main() -> None:
    """Be the gateway of whoever holds the pipes."""
    _come_first()
    # Ctrl-C in a terminal reaches everybody; the program that started us says what becomes of us.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        asyncio.run(_run())
    except OpenRESSError as error:
        sys.stderr.write(f"openress gateway: {error}\n")
        sys.exit(1)


if __name__ == "__main__":
    main()
