"""Brokers, subscribers and followers for the tests of telemetry."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiomqtt
import pytest
from tests.brokers import Mosquitto
from tests.racksnapshots import TIME_S, snapshot

from openress.config import Config
from openress.sections import MqttConfig
from openress.telemetry.mqtt import MqttFollower, Pace

QUICK = Pace(least_s=0.2, most_s=0.4, timeout_s=1.0, settle_s=0.01, gone_after_s=0.3, lapse_every_s=0.05)


async def until(check: Callable[[], object], timeout_s: float = 20.0) -> None:
    """Wait until something holds; fails loudly when it never does."""
    async with asyncio.timeout(timeout_s):
        while not check():  # noqa: ASYNC110  # any condition, of any object
            await asyncio.sleep(0.01)


async def ended(*tasks: asyncio.Task[None]) -> None:
    """End what waits in aiomqtt, which may forget the first time that it was told so."""
    pending = set(tasks)
    while pending:
        for task in pending:
            task.cancel()
        _, pending = await asyncio.wait(pending, timeout=1.0)


@dataclass
class Subscriber:
    """Hears everything, and comes back when the broker was away."""

    port: int
    heard: list[tuple[str, bytes, bool]] = field(default_factory=list)
    connected: asyncio.Event = field(default_factory=asyncio.Event)

    async def run(self) -> None:
        while True:
            with contextlib.suppress(aiomqtt.MqttError):
                async with aiomqtt.Client("127.0.0.1", self.port, timeout=1.0) as client:
                    await client.subscribe("#", qos=1)
                    self.connected.set()
                    async for message in client.messages:
                        self.heard.append((message.topic.value, bytes(message.payload), message.retain))
            self.connected.clear()
            task = asyncio.current_task()
            if task is not None and task.cancelling():
                return
            await asyncio.sleep(0.02)

    def on(self, topic: str) -> list[bytes]:
        return [payload for name, payload, _ in self.heard if name == topic]

    async def say(self, topic: str, payload: str, *, retain: bool = False) -> None:
        async with aiomqtt.Client("127.0.0.1", self.port) as client:
            await client.publish(topic, payload, qos=1, retain=retain)


@dataclass
class Rig:
    """A follower that runs, and what it said."""

    follower: MqttFollower
    said: list[str]
    task: asyncio.Task[None]
    time_s: float = TIME_S

    async def feed(self, count: int, *, step_s: float, shot: dict[str, Any] | None = None) -> None:
        """Let it see so many snapshots, each `step_s` later than the one before."""
        for _ in range(count):
            self.time_s += step_s
            self.follower.see({**(shot or snapshot()), "time_s": self.time_s})
            while self.follower._queue:  # noqa: ASYNC110  # emptied by a task of the follower's own
                await asyncio.sleep(0)

    async def stop(self) -> None:
        self.task.cancel()
        await asyncio.gather(self.task, return_exceptions=True)
        await self.follower.close()


Starter = Callable[..., Rig]


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Mosquitto]:
    made = Mosquitto(tmp_path / "broker")
    yield made
    made.kill()


@pytest.fixture
async def subscribe() -> AsyncIterator[Callable[[int], Subscriber]]:
    tasks: list[asyncio.Task[None]] = []

    def begin(port: int) -> Subscriber:
        made = Subscriber(port)
        tasks.append(asyncio.create_task(made.run()))
        return made

    yield begin
    await ended(*tasks)


@pytest.fixture
async def start(tmp_path: Path) -> AsyncIterator[Starter]:
    """Starts followers: `start(port, every_s=1)` with settings of [mqtt]."""
    rigs: list[Rig] = []

    def begin(port: int, *, pace: Pace = QUICK, clock: Callable[[], float] | None = None, **settings: Any) -> Rig:
        config = Config(mqtt=MqttConfig(**{"host": "127.0.0.1", "port": port, **settings}))
        said: list[str] = []
        extra = {} if clock is None else {"clock": clock}
        follower = MqttFollower(config, tmp_path, said.append, pace=pace, **extra)
        rigs.append(Rig(follower, said, asyncio.create_task(follower.run())))
        return rigs[-1]

    yield begin
    for rig in rigs:
        await rig.stop()
