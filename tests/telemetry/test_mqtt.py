"""The rack on a real broker: told, kept, drained, removed, obeyed."""

from __future__ import annotations

import asyncio
import json
import signal
import time
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import aiomqtt
import pytest
from tests.brokers import Mosquitto
from tests.homeassistantschema import check_device_message
from tests.racksnapshots import snapshot
from tests.telemetry.conftest import QUICK, Starter, Subscriber, ended, until

from openress.gateway.caps import Caps

Subscribe = Callable[[int], Subscriber]
RECORD = "openress/home/record"
STATUS = "openress/home/status"
PACK = "homeassistant/device/openress_VIRTUAL-0001/config"


def times(subscriber: Subscriber) -> list[int]:
    return [json.loads(payload)["time_s"] for payload in subscriber.on(RECORD)]


@pytest.mark.parametrize("version", ["5", "3.1.1"])
async def test_a_rack_is_discovered_told_and_recorded(
    broker: Mosquitto, subscribe: Subscribe, start: Starter, version: str
) -> None:
    listener = subscribe(broker.start().port)
    await listener.connected.wait()
    rig = start(broker.port, version=version, every_s=1, record_every_s=10, venus_topic="venus/battery")
    await rig.feed(12, step_s=1.0)
    # The last thing that is told of a snapshot, and a record.
    await until(lambda: times(listener) and listener.on("venus/battery"))
    configs = {topic: json.loads(text) for topic, text, _ in listener.heard if topic.startswith("homeassistant/")}
    assert len(configs) == 4
    for topic, payload in configs.items():
        check_device_message(topic, payload)
    order = [topic for topic, _, _ in listener.heard]
    assert order.index(STATUS) < order.index(PACK) < order.index("openress/home/pack/VIRTUAL-0001/state")
    state = json.loads(listener.on("openress/home/pack/VIRTUAL-0001/state")[0])
    assert state["pack_voltage_v"] == snapshot()["packs"]["1"]["pack_voltage_v"]
    assert json.loads(listener.on("venus/battery")[0])["Soc"] == snapshot()["rack"]["soc_pct"]
    record = json.loads(listener.on(RECORD)[0])
    assert set(record["packs"]) == {"VIRTUAL-0001", "VIRTUAL-0002"}
    # Only what stays true is retained: discovery and availability.
    late = subscribe(broker.port)
    await late.connected.wait()
    await until(lambda: PACK in [topic for topic, _, _ in late.heard])
    kept = {topic for topic, _, retained in late.heard if retained}
    assert {topic.rpartition("/")[2] for topic in kept} == {"config", "status"}
    # An orderly end is told as one.
    await rig.stop()
    await until(lambda: listener.on(STATUS)[-1:] == [b"offline"])
    assert rig.said == []


async def test_f20_two_days_without_a_broker_are_told_afterwards_in_order_and_at_the_set_rate(
    broker: Mosquitto, start: Starter
) -> None:
    rate = 150
    rig = start(broker.port, record_every_s=900, drain_per_s=rate)
    await until(lambda: rig.said)
    await rig.feed(1 + 48 * 4, step_s=900.0)
    await until(lambda: rig.follower.waiting == 192)
    # A restart in between finds all of it on disk.
    await rig.stop()
    after = start(broker.port, record_every_s=900, drain_per_s=rate)
    await until(lambda: after.follower.waiting == 192 and after.said)
    listener = Subscriber(broker.port)
    broker.start()
    task = asyncio.create_task(listener.run())
    await listener.connected.wait()
    began = time.monotonic()
    await until(lambda: len(times(listener)) >= 192)
    assert time.monotonic() - began >= 0.8 * 192 / rate
    await ended(task)
    found = times(listener)
    assert len(found) == len(set(found)) == 192
    assert all(b - a == 900 for a, b in pairwise(found))
    assert len(after.said) == 2
    assert "192 records wait for it" in after.said[1]
    await until(lambda: after.follower.waiting == 0)


async def test_f21_a_broker_that_is_killed_again_and_again_loses_and_doubles_nothing(
    broker: Mosquitto, subscribe: Subscribe, start: Starter
) -> None:
    listener = subscribe(broker.start().port)
    await listener.connected.wait()
    rig = start(broker.port, record_every_s=10, drain_per_s=25, pace=QUICK)
    await rig.feed(41, step_s=10.0)
    for goal in (5, 15, 25):
        await until(lambda goal=goal: len(times(listener)) >= goal)
        broker.kill()
        listener.connected.clear()
        broker.start()
        await listener.connected.wait()
    await until(lambda: len(set(times(listener))) == 40 and rig.follower.waiting == 0)
    records = [json.loads(payload) for payload in listener.on(RECORD)]
    first = [record["time_s"] for record in records if "again" not in record]
    assert len(first) == len(set(first))
    found = [record["time_s"] for record in records]
    assert found == sorted(found)
    assert len(found) - len(set(found)) <= 3


async def test_a_frozen_broker_holds_nothing_up(broker: Mosquitto, subscribe: Subscribe, start: Starter) -> None:
    listener = subscribe(broker.start().port)
    await listener.connected.wait()
    rig = start(broker.port, every_s=1, record_every_s=10, drain_per_s=1000)
    await rig.feed(2, step_s=10.0)
    await until(lambda: times(listener))
    broker.signal(signal.SIGSTOP)
    beats = 0
    while not rig.said:
        rig.follower.see(snapshot(time_s=rig.time_s))
        await asyncio.sleep(0.01)
        await rig.feed(1, step_s=10.0)
        beats += 1
    # The loop went on while the broker was waited for, and the queue was emptied; who waits for it beats once.
    assert beats > 2
    assert "does not take messages" in rig.said[0]
    fed = int((rig.time_s - 10) // 10)
    broker.signal(signal.SIGCONT)
    await until(lambda: times(listener)[-1:] == [int(rig.time_s // 10 * 10)])
    assert fed > 0
    assert times(listener) == sorted(times(listener))


async def test_an_end_that_the_library_forgets_is_an_end(
    broker: Mosquitto, start: Starter, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish, forgotten = aiomqtt.Client.publish, []

    async def forgetful(client: aiomqtt.Client, topic: str, *args: Any, **options: Any) -> None:
        await publish(client, topic, *args, **options)
        if topic == RECORD and not forgotten:
            # What `wait_for` of Python 3.11 does when an acknowledgement and the end come together.
            try:
                await asyncio.sleep(3600.0)
            except asyncio.CancelledError:
                forgotten.append(topic)

    monkeypatch.setattr(aiomqtt.Client, "publish", forgetful)
    listener = Subscriber(broker.start().port)
    task = asyncio.create_task(listener.run())
    rig = start(broker.port, record_every_s=10, pace=QUICK)
    await rig.feed(2, step_s=10.0)
    await until(lambda: times(listener))
    async with asyncio.timeout(20.0):
        await rig.stop()
    assert forgotten == [RECORD]
    await ended(task)


async def test_a_broker_that_refuses_is_said_once_and_records_are_kept(
    tmp_path: Path, subscribe: Subscribe, start: Starter
) -> None:
    users = tmp_path / "users"
    # What is no hash matches no password.
    users.write_text("openress:$7$101$AAAA$AAAA\n")
    users.chmod(0o600)
    strict = Mosquitto(tmp_path / "strict", "allow_anonymous false", f"password_file {users}")
    try:
        strict.start()
        login = {"username": "openress", "password": "wrong"}
        rig = start(strict.port, record_every_s=10, drain_per_s=1000, **login)
        await until(lambda: len(rig.said) == 2)
        assert "can be read on the network" in rig.said[0]
        assert "ot authori" in rig.said[1]
        await rig.feed(6, step_s=10.0)
        await asyncio.sleep(3 * QUICK.most_s)
        assert len(rig.said) == 2
        assert rig.follower.waiting == 5
        strict.kill()
        open_one = Mosquitto(tmp_path / "open")
        open_one._config.write_text(open_one._config.read_text().replace(str(open_one.port), str(strict.port)))
        open_one.port = strict.port
        open_one.start()
        listener = subscribe(strict.port)
        await until(lambda: rig.follower.waiting == 0)
        assert any("takes messages again" in line for line in rig.said)
        await listener.connected.wait()
        open_one.kill()
    finally:
        strict.kill()


async def test_home_assistant_is_told_again_when_it_starts(
    broker: Mosquitto, subscribe: Subscribe, start: Starter
) -> None:
    listener = subscribe(broker.start().port)
    await listener.connected.wait()
    rig = start(broker.port, every_s=3600)
    await rig.feed(1, step_s=1.0)
    await until(lambda: listener.on("openress/home/rack/state"))
    await listener.say("homeassistant/status", "online")
    await until(lambda: len(listener.on(PACK)) == 2 and len(listener.on("openress/home/rack/state")) == 2)
    assert listener.on(PACK)[0] == listener.on(PACK)[1]


async def test_a_pack_that_is_silent_is_offline_and_one_that_was_taken_out_is_removed(
    broker: Mosquitto, subscribe: Subscribe, start: Starter
) -> None:
    listener = subscribe(broker.start().port)
    await listener.connected.wait()
    rig = start(broker.port)
    await rig.feed(1, step_s=1.0)
    status = "openress/home/pack/VIRTUAL-0001/status"
    await until(lambda: listener.on(status) == [b"online"])
    silent = snapshot()
    silent["packs"]["1"]["freshness"] = "stale"
    await rig.feed(1, step_s=1.0, shot=silent)
    await until(lambda: listener.on(status) == [b"online", b"offline"])
    # It is gone when the next run begins; that run knows what the one before had announced.
    await rig.stop()
    without = snapshot()
    del without["packs"]["1"]
    after = start(broker.port)
    await after.feed(1, step_s=1.0, shot=without)
    await until(lambda: len(listener.on(STATUS)) >= 3)
    unheard = without | {"packs": {}, "rack": {"freshness": "absent"}}
    await after.feed(1, step_s=1.0, shot=unheard)
    await asyncio.sleep(QUICK.gone_after_s)
    await after.feed(1, step_s=1.0, shot=unheard)
    await after.feed(1, step_s=1.0, shot=without)
    await asyncio.sleep(0.1)
    # Nothing is taken out while the rack is not heard.
    assert b"" not in listener.on(PACK)
    await asyncio.sleep(QUICK.gone_after_s)
    await after.feed(1, step_s=1.0, shot=without)
    await until(lambda: listener.on(PACK)[-1] == b"" and listener.on(status)[-1] == b"")
    late = subscribe(broker.port)
    await until(lambda: "homeassistant/device/openress_VIRTUAL-0002/config" in [topic for topic, _, _ in late.heard])
    assert PACK not in [topic for topic, _, _ in late.heard]


async def test_commands_are_not_even_heard_unless_they_are_allowed(
    broker: Mosquitto, subscribe: Subscribe, start: Starter
) -> None:
    listener = subscribe(broker.start().port)
    await listener.connected.wait()
    rig = start(broker.port)
    given: list[Caps | None] = []
    rig.follower.obey(given.append)
    await rig.feed(1, step_s=1.0)
    await until(lambda: listener.on("openress/home/rack/state"))
    await listener.say("openress/home/set/charge_current_limit_a", "5")
    await until(lambda: listener.on("openress/home/set/charge_current_limit_a"))
    await asyncio.sleep(0.1)
    assert given == []
    assert rig.said == []


async def test_a_cap_reaches_the_gateway_is_shown_and_lapses(
    broker: Mosquitto, subscribe: Subscribe, start: Starter
) -> None:
    now = [1000.0]
    listener = subscribe(broker.start().port)
    await listener.connected.wait()
    await listener.say("openress/home/set/charge_voltage_limit_v", "50", retain=True)
    rig = start(broker.port, commands=True, clock=lambda: now[0])
    given: list[Caps | None] = []
    rig.follower.obey(given.append)
    await rig.feed(1, step_s=1.0)
    await until(lambda: rig.said)
    assert "was retained by the broker and is not obeyed" in rig.said[0]
    await listener.say("openress/home/set/charge_current_limit_a", "25")
    await listener.say("openress/home/set/charge_enabled", "true")
    await until(lambda: len(rig.said) == 3)
    assert given == [Caps(charge_current_a=25.0)]
    assert rig.said[1] == "MQTT: charging with no more than 25 A for 60 s unless repeated."
    assert "cannot be commanded" in rig.said[2]
    await rig.feed(1, step_s=1.0)

    def told() -> dict[str, object]:
        newest: dict[str, object] = json.loads(listener.on("openress/home/gateway/state")[-1])
        return newest

    await until(lambda: listener.on("openress/home/gateway/state"))
    await until(lambda: told().get("remote_charge_current_limit_a") == 25.0)
    now[0] += 61.0
    await until(lambda: given[-1] is None)
    await rig.feed(1, step_s=1.0)
    await until(lambda: "remote_charge_current_limit_a" not in told())
    assert rig.said[-1] == "MQTT: a cap has lapsed, for it was not repeated."


async def test_without_a_gateway_a_command_is_refused_in_words(
    broker: Mosquitto, subscribe: Subscribe, start: Starter
) -> None:
    listener = subscribe(broker.start().port)
    await listener.connected.wait()
    rig = start(broker.port, commands=True)
    given: list[Caps | None] = []
    rig.follower.obey(given.append)
    await rig.feed(1, step_s=1.0, shot=snapshot() | {"gateway": None})
    await until(lambda: listener.on("openress/home/rack/state"))
    await listener.say("openress/home/set/charge_current_limit_a", "5")
    await until(lambda: rig.said)
    assert given == []
    assert rig.said == ["MQTT: the command charge_current_limit_a is not obeyed: this rack has no gateway."]


async def test_totals_go_on_after_a_restart_and_never_fall(
    broker: Mosquitto, subscribe: Subscribe, start: Starter
) -> None:
    shot = snapshot()
    shot["rack"] |= {"pack_voltage_v": 50.0, "pack_current_a": 72.0}
    rig = start(broker.port)
    await rig.feed(1001, step_s=1.0, shot=shot)
    await rig.stop()
    listener = subscribe(broker.start().port)
    await listener.connected.wait()
    after = start(broker.port, every_s=1)
    await after.feed(1, step_s=2000.0, shot=shot)
    await until(lambda: listener.on("openress/home/rack/state"))
    assert json.loads(listener.on("openress/home/rack/state")[0])["charged_kwh"] == 1.0


async def test_see_takes_snapshots_before_it_runs_and_after_it_has_stopped(start: Starter) -> None:
    rig = start(1)
    rig.follower.see(snapshot())
    await rig.stop()
    for _ in range(1000):
        rig.follower.see(snapshot())
    assert len(rig.follower._queue) <= 300
