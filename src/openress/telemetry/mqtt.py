"""The rack on MQTT: follows a running rack, tells a broker, and keeps what the broker did not take.

Nothing here is waited for: `see` puts a snapshot into a queue of bounded length. States are told as they are now or not
at all; only records, which carry their time, are kept and sent later (see `mqttbacklog`).
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import random
import time
from collections import deque
from collections.abc import Callable, Coroutine, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import aiomqtt
from fastapi import APIRouter

from openress.bms.energy import EnergyMeter, EnergyTotals
from openress.config import Config
from openress.errors import ParameterError, reason
from openress.gateway.caps import Caps
from openress.telemetry.energy import count
from openress.telemetry.homeassistant import HomeAssistant
from openress.telemetry.mqttannounce import Announcements
from openress.telemetry.mqttbacklog import Backlog
from openress.telemetry.mqttclient import TIMEOUT_S, Broker, abandon, pause_s
from openress.telemetry.mqttcommands import RemoteCaps
from openress.telemetry.mqttrecords import RecordClock, alarm_signature, record_of, states_of
from openress.telemetry.mqttstates import OFFLINE, ONLINE, Layout, keys_of
from openress.telemetry.venus import venus_json

__all__ = ["DATABASE", "MqttFollower", "Pace", "home_assistant", "make_mqtt"]

DATABASE = "mqtt.db"
_QUEUE = 300
"""Snapshots that wait while the disk is slow: five minutes."""
_BYTES_PER_MB = 1_000_000
_BIRTH = b"online"
_END_AGAIN_S = 2.0
"""Longer than a farewell takes."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Pace:
    """Times that a test shortens.

    Attributes:
        least_s: wait after a first failure.
        most_s: wait after many.
        timeout_s: a broker that does not answer for so long counts as gone.
        flush_every_s: how often what waits goes to disk.
        settle_s: between discovery and the first states, for Home Assistant to subscribe.
        gone_after_s: a pack missing for so long has been taken out.
        lapse_every_s: how often it is looked whether a command has lapsed.
        begin_again_s: after a failure that nobody thought of.
    """

    least_s: float = 1.0
    most_s: float = 60.0
    timeout_s: float = TIMEOUT_S
    flush_every_s: float = 300.0
    settle_s: float = 1.0
    gone_after_s: float = 600.0
    lapse_every_s: float = 1.0
    begin_again_s: float = 60.0


def home_assistant(config: Config) -> HomeAssistant | None:
    """How discovery is told with a configuration; `None` when it has no broker."""
    wanted = config.mqtt
    if wanted is None:
        return None
    return HomeAssistant(
        Layout(wanted.root, wanted.site),
        wanted.homeassistant,
        wanted.every_s,
        wanted.cells_every_s,
        wanted.commands,
        wanted.page_url,
    )


class MqttFollower:
    """Follows a rack; see `openress.following`.

    Args:
        config: of the run, with a section for MQTT.
        folder: for the database of what waits.
        say: told sentences.
        pace: of everything that waits.
        clock: monotonic seconds.

    Raises:
        ParameterError: a secret or certificate is missing, or no broker is configured.
    """

    def __init__(
        self,
        config: Config,
        folder: Path,
        say: Callable[[str], None],
        *,
        pace: Pace = Pace(),
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        home = home_assistant(config)
        if config.mqtt is None or home is None:
            raise ParameterError("The configuration has no section [mqtt].")
        self._wanted = config.mqtt
        self._home = home
        self._layout = home.layout
        self._broker = Broker.of(config.mqtt)
        self._path = folder / DATABASE
        self._say = say
        self._pace = pace
        self._clock = clock
        self._queue: deque[dict[str, Any]] = deque(maxlen=_QUEUE)
        self._seen, self._news, self._records = asyncio.Event(), asyncio.Event(), asyncio.Event()
        self._latest: dict[str, Any] | None = None
        self._disk = ThreadPoolExecutor(1, "mqtt-disk")
        self._backlog: Backlog | None = None
        self._meter = EnergyMeter({})
        self._told_totals: dict[str, EnergyTotals] = {}
        self._slots = RecordClock(config.mqtt.record_every_s)
        self._announcements = Announcements(home, "{}", gone_after_s=pace.gone_after_s)
        self._remote = RemoteCaps()
        self._given: Caps | None = None
        self._set_remote: Callable[[Caps | None], None] | None = None
        self._trouble = ""
        self._urgent = False
        if self._broker.in_the_clear:
            say("The password for MQTT can be read on the network; set tls = true in [mqtt] if the broker knows TLS.")

    @property
    def routers(self) -> Sequence[APIRouter]:
        """None."""
        return ()

    @property
    def waiting(self) -> int:
        """Records that no broker has taken yet."""
        return 0 if self._backlog is None else len(self._backlog)

    def obey(self, set_remote: Callable[[Caps | None], None]) -> None:
        """Let commands reach a gateway, where the configuration allows them."""
        self._set_remote = set_remote

    def see(self, snapshot: dict[str, Any]) -> None:
        """Queue a snapshot; the oldest goes when there is no room."""
        self._queue.append(snapshot)
        self._seen.set()

    async def run(self) -> None:
        """Tell the broker until cancelled."""
        while True:
            try:
                await self._run()
            except Exception as error:  # noqa: BLE001  # whatever fails here must not stop the rack
                _end_if_cancelled()
                self._say(f"MQTT has failed ({error!r}); it begins again in {self._pace.begin_again_s:g} s.")
            await asyncio.sleep(self._pace.begin_again_s)

    async def close(self) -> None:
        """Write what waits."""
        await self._flush()
        backlog, self._backlog = self._backlog, None
        if backlog is not None:
            await self._on_disk(backlog.close)
        self._disk.shutdown(wait=False)

    async def _run(self) -> None:
        if self._backlog is None:
            limit = self._wanted.backlog_mb * _BYTES_PER_MB
            backlog = await self._on_disk(partial(Backlog, self._path, limit_bytes=limit, say=self._say))
            self._meter, self._told_totals = EnergyMeter(backlog.totals), backlog.totals
            known = backlog.kept.get("announced", "{}")
            self._announcements = Announcements(self._home, known, gone_after_s=self._pace.gone_after_s)
            self._backlog = backlog
        works = [self._digest(self._backlog), self._keep(), self._connect(self._backlog)]
        await _together(*works, *([self._lapse()] if self._wanted.commands else []))

    async def _on_disk(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._disk, work)

    async def _digest(self, backlog: Backlog) -> None:
        while True:
            await self._seen.wait()
            self._seen.clear()
            while self._queue:
                snapshot = self._queue.popleft()
                count(self._meter, snapshot, keys_of(snapshot["packs"]))
                self._latest = snapshot
                self._news.set()
                slot_s = self._slots.due(snapshot["time_s"])
                if slot_s is not None:
                    record = record_of(snapshot, slot_s, self._told_totals)
                    await self._on_disk(partial(backlog.add, slot_s, record))
                    self._records.set()

    async def _keep(self) -> None:
        while True:
            await asyncio.sleep(self._pace.flush_every_s)
            await self._flush()

    async def _flush(self) -> None:
        backlog, totals = self._backlog, self._meter.totals
        if backlog is not None:
            backlog.kept["announced"] = self._announcements.known
            await self._on_disk(partial(backlog.flush, totals))
            # Told only once they are kept: a total that fell after a crash would be taken for a new meter.
            self._told_totals = totals

    async def _connect(self, backlog: Backlog) -> None:
        failures = 0
        while True:
            began_s = self._clock()
            connection = self._broker.client(self._layout, timeout_s=self._pace.timeout_s)
            try:
                async with connection as client:
                    self._reached()
                    await self._serve(client, backlog)
            except (aiomqtt.MqttError, OSError) as error:
                _end_if_cancelled()
                self._lost(error)
            finally:
                abandon(connection)
            failures = 1 if self._clock() - began_s > self._pace.most_s else failures + 1
            # Chance only spreads out those who lost the same broker.
            chance = random.random()  # noqa: S311
            await asyncio.sleep(pause_s(failures, chance, least_s=self._pace.least_s, most_s=self._pace.most_s))

    def _reached(self) -> None:
        if self._trouble:
            self._say(f"The MQTT broker {self._broker.name} takes messages again; {self.waiting} records wait for it.")
        self._trouble = ""

    def _lost(self, error: BaseException) -> None:
        trouble = reason(error)
        if trouble != self._trouble:
            self._trouble = trouble
            self._say(f"The MQTT broker {self._broker.name} does not take messages ({trouble}); records are kept.")

    async def _serve(self, client: aiomqtt.Client, backlog: Backlog) -> None:
        self._announcements.again()
        topics = [self._home.birth] if self._home.prefix else []
        topics += [self._layout.command("+")] if self._wanted.commands else []
        try:
            for topic in topics:
                await client.subscribe(topic, qos=1)
            await client.publish(self._layout.status, ONLINE, qos=1, retain=True)
            await _together(self._listen(client), self._speak(client), self._drain(client, backlog))
        except asyncio.CancelledError:
            # An orderly end: the last will is for the other kind.
            with contextlib.suppress(aiomqtt.MqttError, TimeoutError):
                async with asyncio.timeout(1.0):
                    await client.publish(self._layout.status, OFFLINE, qos=1, retain=True)
            raise

    async def _listen(self, client: aiomqtt.Client) -> None:
        async for message in client.messages:
            payload = message.payload
            if message.topic.value == self._home.birth:
                if payload == _BIRTH and not message.retain:
                    self._announcements.again()
                    self._urgent = True
                    self._news.set()
            else:
                self._command(message.topic.value.rpartition("/")[2], payload, kept=message.retain)

    def _command(self, name: str, payload: bytes, *, kept: bool) -> None:
        if kept:
            self._say(f"MQTT: the command {name} was retained by the broker and is not obeyed; send it without retain.")
            return
        latest = self._latest
        if self._set_remote is None or (latest is not None and latest.get("gateway") is None):
            self._say(f"MQTT: the command {name} is not obeyed: this rack has no gateway.")
            return
        try:
            told = self._remote.take(name, payload, self._clock())
        except ParameterError as error:
            self._say(str(error))
            return
        self._given = self._remote.caps(self._clock())
        self._set_remote(self._given)
        self._urgent = True
        self._news.set()
        if told is not None:
            self._say(told)

    async def _lapse(self) -> None:
        while True:
            await asyncio.sleep(self._pace.lapse_every_s)
            caps = self._remote.caps(self._clock())
            if caps != self._given and self._set_remote is not None:
                self._given = caps
                self._set_remote(caps)
                self._say("MQTT: a cap has lapsed, for it was not repeated.")
                self._urgent = True

    async def _speak(self, client: aiomqtt.Client) -> None:
        due_s = cells_due_s = self._clock()
        signature: object = None
        while True:
            self._news.clear()
            snapshot, now_s = self._latest, self._clock()
            if snapshot is not None:
                if await self._announce(client, snapshot, now_s):
                    await asyncio.sleep(self._pace.settle_s)
                    due_s = cells_due_s = now_s
                changed = alarm_signature(snapshot)
                if now_s >= due_s or changed != signature or self._urgent:
                    cells = now_s >= cells_due_s
                    self._urgent, signature = False, changed
                    await self._tell(client, snapshot, cells=cells)
                    due_s = now_s + self._wanted.every_s
                    cells_due_s = now_s + self._wanted.cells_every_s if cells else cells_due_s
            await self._news.wait()

    async def _announce(self, client: aiomqtt.Client, snapshot: dict[str, Any], now_s: float) -> bool:
        """Say what is retained; tells whether any of it was discovery."""
        told = False
        for topic, text in self._announcements.discovery(snapshot, now_s):
            await client.publish(topic, text, qos=1, retain=True)
            told = True
        for topic, text in self._announcements.availability(snapshot):
            await client.publish(topic, text, qos=1, retain=True)
        if told:
            await self._flush()
        return told

    async def _tell(self, client: aiomqtt.Client, snapshot: dict[str, Any], *, cells: bool) -> None:
        held = self._remote.held(self._clock())
        states = states_of(self._layout, snapshot, self._told_totals, waiting=self.waiting, remote=held, cells=cells)
        venus = None if self._wanted.venus_topic is None else venus_json(snapshot)
        if self._wanted.venus_topic is not None and venus is not None:
            states[self._wanted.venus_topic] = venus
        for topic, state in states.items():
            await client.publish(topic, json.dumps(state, ensure_ascii=False, separators=(",", ":")))

    async def _drain(self, client: aiomqtt.Client, backlog: Backlog) -> None:
        while True:
            self._records.clear()
            row = await self._on_disk(backlog.first)
            if row is None:
                await self._records.wait()
                continue
            backlog.suspect(row)
            await client.publish(self._layout.record, row.payload, qos=1)
            await self._on_disk(partial(backlog.done, row))
            await asyncio.sleep(1.0 / self._wanted.drain_per_s)


def make_mqtt(config: Config, folder: Path, say: Callable[[str], None]) -> MqttFollower | None:
    """The follower, where the configuration names a broker."""
    return None if config.mqtt is None else MqttFollower(config, folder, say)


def _end_if_cancelled() -> None:
    """A connection that fails while it is being ended must not hide that it is."""
    task = asyncio.current_task()
    if task is not None and task.cancelling():
        raise asyncio.CancelledError


async def _together(*works: Coroutine[Any, Any, None]) -> None:
    """Run all until one ends, which ends the others.

    Not a task group: Python 3.11's leaves its parent looking cancelled when one of its tasks has failed. And told more
    than once: Python 3.11's `wait_for`, which aiomqtt waits with, forgets a cancellation that comes together with what
    it waits for (cpython issue 86296).
    """
    tasks = [asyncio.create_task(work) for work in works]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
    finally:
        pending = set(tasks)
        while pending:
            for task in pending:
                task.cancel()
            _, pending = await asyncio.wait(pending, timeout=_END_AGAIN_S)
        await asyncio.gather(*tasks, return_exceptions=True)
