"""Opening again: a port that is given once at a time, and comes back."""

from __future__ import annotations

import asyncio
import sys

import pytest

from openress.errors import PortError
from openress.ports import (
    PtyLink,
    SerialLink,
    memory_pair,
    open_listener,
    open_port,
)
from openress.ports.reopen import ReopeningListener

if sys.platform != "win32":
    pass
from tests.ports.linksamples import DEADLINE_S, failing, needs_pty

RETRY_S = 0.02


class TestReopening:
    async def test_the_port_is_given_once_and_again_after_it_was_closed(self):
        made = [memory_pair() for _ in range(3)]
        ports = iter(near for near, _ in made)

        async def open_next():
            return next(ports)

        listener = ReopeningListener(await open_next(), open_next, retry_s=RETRY_S)
        assert listener.name == "memory:near"
        for _, far in made:
            port = await listener.accept()
            waiting = asyncio.create_task(listener.accept())
            await asyncio.sleep(2 * RETRY_S)
            assert not waiting.done()
            waiting.cancel()
            await far.write(b"x")
            assert await port.read() == b"x"
            await port.close()
            await port.close()
        await listener.close()

    async def test_it_waits_for_what_is_away_and_says_why_once(self):
        near, _ = memory_pair()
        sentences = iter(["missing", "missing", "missing", "busy", "busy"])
        attempts_s, told = [], []
        clock = asyncio.get_running_loop().time

        async def open_again():
            attempts_s.append(clock())
            if sentence := next(sentences, None):
                raise PortError(sentence)
            return memory_pair()[0]

        began_s = clock()
        listener = ReopeningListener(near, open_again, on_wait=lambda error: told.append(str(error)), retry_s=RETRY_S)
        await (await listener.accept()).close()
        port = await asyncio.wait_for(listener.accept(), DEADLINE_S)
        assert told == ["missing", "busy"]
        steps_s = [after - before for before, after in zip([began_s, *attempts_s], attempts_s, strict=False)]
        assert len(steps_s) == 6
        assert min(steps_s) >= 0.9 * RETRY_S
        await port.close()
        await listener.close()

    async def test_closing_ends_an_accept_and_keeps_the_port(self):
        near, far = memory_pair()
        listener = ReopeningListener(near, failing(PortError("missing")), retry_s=RETRY_S)
        port = await listener.accept()
        waiting = asyncio.create_task(listener.accept())
        await asyncio.sleep(0)
        await listener.close()
        await listener.close()
        with pytest.raises(PortError, match=r"^memory:near is closed"):
            await asyncio.wait_for(waiting, DEADLINE_S)
        await port.write(b"still here")
        assert await far.read() == b"still here"
        await port.close()

    async def test_closing_ends_the_wait_for_what_is_away(self):
        near, _ = memory_pair()
        listener = ReopeningListener(near, failing(PortError("missing")), retry_s=RETRY_S)
        await (await listener.accept()).close()
        waiting = asyncio.create_task(listener.accept())
        await asyncio.sleep(3 * RETRY_S)
        await listener.close()
        with pytest.raises(PortError, match="is closed"):
            await asyncio.wait_for(waiting, DEADLINE_S)

    async def test_closing_takes_along_a_port_nobody_accepted(self):
        near, far = memory_pair()
        listener = ReopeningListener(near, failing(PortError("missing")))
        await listener.close()
        with pytest.raises(PortError, match=" is gone: "):
            await far.read()

    @needs_pty
    async def test_a_serial_adapter_unplugged_and_plugged_in_again(self, tmp_path):
        path = tmp_path / "adapter"
        told: asyncio.Queue[PortError] = asyncio.Queue()
        adapter = await open_port(PtyLink(str(path)))
        listener = await open_listener(SerialLink(str(path)), on_wait=told.put_nowait, retry_s=RETRY_S)
        port = await listener.accept()
        await adapter.close()
        with pytest.raises(PortError, match="is gone: the device was unplugged or switched off"):
            await port.read()
        await port.close()
        waiting = asyncio.create_task(listener.accept())
        why = await asyncio.wait_for(told.get(), DEADLINE_S)
        assert str(why).startswith(f"serial:{path} cannot be opened: there is no such device.")
        adapter = await open_port(PtyLink(str(path)))
        port = await asyncio.wait_for(waiting, DEADLINE_S)
        await adapter.write(b"back")
        assert await port.read() == b"back"
        for each in (port, listener, adapter):
            await each.close()
