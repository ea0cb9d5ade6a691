"""The gateway of a rack that runs here, where there are no pseudo-terminals for its wire."""

from __future__ import annotations

import asyncio
import time
from types import SimpleNamespace

from openress import simulatedwire
from openress.gateway.caps import Caps
from openress.gateway.setup import PackMaxima
from openress.inverterlink import InverterLink, choose, session_setup
from openress.model import RackSample
from tests.gateway.bench import reading

DEADLINE_S = 20.0  # never reached; turns a hang into a failure


class Source:
    def refresh(self, now_s: float) -> None:
        assert now_s >= 0.0

    def rack(self) -> RackSample:
        return reading(time.monotonic())


async def test_without_pseudo_terminals_the_wire_is_a_bus_in_memory(tmp_path, monkeypatch):
    monkeypatch.setattr(simulatedwire, "sys", SimpleNamespace(platform="win32"))
    choice = choose("deye")
    setup = session_setup(choice, maxima=PackMaxima(None, 50.0, 100.0, 16), caps=Caps(), expected=2)
    link = InverterLink(choice, setup, Source(), port=None, folder=tmp_path, say=print)
    await link.open()
    assert link.as_json()["state"] == "starting"
    task = asyncio.create_task(link.run())
    assert link.simulated is not None
    async with asyncio.timeout(DEADLINE_S):
        while link.simulated.demand(40.0, 52.0).current_a < 5.0:  # noqa: ASYNC110 - it has no event to wait for
            await asyncio.sleep(0.05)
    state = link.as_json()
    assert (state["inverter"], state["state"], state["alarms"]) == ("deye", "live", [])
    assert state["inverter_heard_s"] is not None
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    await link.close()
