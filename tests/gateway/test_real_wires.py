"""Every profile against its simulated inverter over slcan on a pseudo-terminal and over UDP multicast.

The wires are real, the time is not: each second waits until all of its frames have arrived.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator

import pytest
from tests.gateway.wire import PROFILES, inverter_for, setup_for
from tests.ports.multicast import free_udp_port, multicast_works

from openress.catalog import load_product
from openress.codec.canframe import CanFrame
from openress.gateway.setup import build_session, maxima_of
from openress.gateway.supervise import Line
from openress.inverters import FailSafe
from openress.params import ParameterSet
from openress.ports import CanPort, open_can, parse_can_link
from openress.ports.canpty import can_pty_pair
from openress.sim.loads import ProfileLoad
from openress.sim.pack import PackBuild
from openress.sim.virtual import VirtualRack

DEADLINE_S = 20.0  # never reached; turns a hang into a failure
PRODUCT = load_product("syscom-a5l-51v2")
WANTED = ProfileLoad((0.0, 14.0, 20.0, 1e9), (60.0, -60.0, 500.0, 0.0))


@pytest.fixture(
    params=[
        pytest.param("slcan", marks=pytest.mark.skipif(sys.platform == "win32", reason="no pseudo-terminals")),
        pytest.param("udp", marks=pytest.mark.skipif(not multicast_works(), reason="no interface takes multicast")),
    ]
)
async def ports(request, tmp_path) -> AsyncIterator[tuple[CanPort, CanPort]]:
    if request.param == "slcan":
        one, other = str(tmp_path / "gateway"), str(tmp_path / "inverter")
        async with can_pty_pair(one, other):
            async for pair in opened(f"can:slcan:{one}", f"can:slcan:{other}"):
                yield pair
    else:
        link = f"can:udp:239.74.163.2:{free_udp_port()}"
        async for pair in opened(link, link):
            yield pair


async def opened(*links: str) -> AsyncIterator[tuple[CanPort, CanPort]]:
    near, far = [await open_can(parse_can_link(link)) for link in links]
    yield near, far
    await near.close()
    await far.close()


async def carried(frames: list[CanFrame], source: CanPort, target: CanPort) -> list[CanFrame]:
    """Send frames one after another; gives what arrived."""
    async with asyncio.timeout(DEADLINE_S):
        for frame in frames:
            await source.write(frame)
        return [await target.read() for _ in frames]


@pytest.mark.parametrize("dialect", PROFILES)
async def test_start_charge_discharge_hit_a_limit_stop(dialect: str, ports: tuple[CanPort, CanPort]):
    near, far = ports
    rack = VirtualRack(PRODUCT, ParameterSet.defaults(PRODUCT), [PackBuild(), PackBuild()], load=WANTED, seed=1)
    inverter = rack.inverter = inverter_for(dialect)
    setup = setup_for(dialect, fail_safe=FailSafe(rise_s=5.0), maxima=maxima_of(PRODUCT), expected=2)
    session = build_session(setup, 0.0)
    current: list[float] = []
    for second in range(36):
        now_s = float(second)
        rack.step(1.0)
        session.see(rack.rack(now_s), now_s, 10.0)
        if second == 28:
            session.end(now_s)
        for frame in await carried(inverter.due(now_s), far, near):
            session.hear(frame, now_s)
        for frame in await carried(session.due(Line.WORKS, now_s), near, far):
            inverter.hear(frame, now_s)
        inverter.due(now_s)
        sample = rack.rack(now_s)
        assert sample.analog is not None
        assert sample.analog.pack_current_a is not None
        current.append(sample.analog.pack_current_a)
    assert current[2] == pytest.approx(0.0, abs=1.0)
    assert current[13] == pytest.approx(60.0, abs=2.0)
    assert current[19] == pytest.approx(-60.0, abs=2.0)
    assert current[27] == pytest.approx(100.0, abs=3.0)
    assert current[35] == pytest.approx(0.0, abs=1.0)
    assert session.report(35.0).alarms == ()
