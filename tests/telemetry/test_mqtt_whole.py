"""The whole program with a broker: the page's own snapshot is what is told, and a killed program is told to be gone."""

from __future__ import annotations

import asyncio
import json
import signal
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.brokers import Mosquitto
from tests.homeassistantschema import check_device_message
from tests.processes import running
from tests.racksnapshots import snapshot
from tests.telemetry.conftest import QUICK, Rig, Subscriber, until

from openress.app import App
from openress.config import Config
from openress.sections import GatewayConfig, HttpConfig, LinkConfig, MqttConfig, RackConfig
from openress.servicing.line import Wanted
from openress.telemetry.mqtt import MqttFollower

STATUS = "openress/home/status"


@pytest.mark.skipif(sys.platform == "win32", reason="ends the program with a signal that Windows does not have")
async def test_openress_up_tells_a_broker_and_its_last_will_is_heard(
    broker: Mosquitto, subscribe: Callable[[int], Subscriber], tmp_path: Path
) -> None:
    listener = subscribe(broker.start().port)
    await listener.connected.wait()
    config = tmp_path / "openress.toml"
    config.write_text(
        f'data = "data"\n[http]\nport = 0\n[gateway]\ninverter = "none"\n[[links]]\nurl = "tcp-listen://127.0.0.1:0"\n'
        f'[mqtt]\nhost = "127.0.0.1"\nport = {broker.port}\nevery_s = 1\n'
    )
    with running("up", "--config", str(config), "--packs", "2", "--no-browser") as program:
        await until(lambda: listener.on("openress/home/pack/VIRTUAL-0002/state"))
        program.process.send_signal(signal.SIGKILL)
        await until(lambda: listener.on(STATUS) == [b"online", b"offline"])
    configs = {topic: payload for topic, payload, _ in listener.heard if topic.startswith("homeassistant/")}
    assert len(configs) == 4
    for topic, payload in configs.items():
        check_device_message(topic, json.loads(payload))
    state = json.loads(listener.on("openress/home/rack/state")[0])
    assert state["freshness"] == "fresh"
    assert 48 < state["pack_voltage_v"] < 58


@pytest.mark.soak
async def test_a_cap_over_mqtt_is_what_the_inverter_is_told(
    broker: Mosquitto, subscribe: Callable[[int], Subscriber], tmp_path: Path
) -> None:
    listener = subscribe(broker.start().port)
    await listener.connected.wait()
    config = Config(
        rack=RackConfig(packs=2),
        http=HttpConfig(port=0),
        gateway=GatewayConfig(),
        links=[LinkConfig(url="tcp-listen://127.0.0.1:0")],
        data=tmp_path / "data",
        mqtt=MqttConfig(host="127.0.0.1", port=broker.port, every_s=1, commands=True),
    )
    async with App(config, say=lambda _: None) as app:
        gateway = app.gateway
        assert gateway is not None
        task = asyncio.create_task(app.run())
        await until(lambda: (gateway.as_json().get("told") or {}).get("charge_current_limit_a", 0) > 10, 60)
        await listener.say("openress/home/set/charge_current_limit_a", "7")
        await until(lambda: gateway.as_json()["told"]["charge_current_limit_a"] == 7.0, 20)
        assert any("a remote command allows no more than" in line for line in gateway.as_json()["why"])
        # Other packs, another gateway: the cap stands.
        await app.desk.lines.connect(Wanted(None, packs=3))
        other = app.gateway
        assert other is not None
        assert other is not gateway
        await until(lambda: (other.as_json().get("told") or {}).get("charge_current_limit_a", 0) > 0, 60)
        assert other.as_json()["told"]["charge_current_limit_a"] == 7.0
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


@pytest.mark.soak
async def test_f20_two_days_of_minutes_of_sixteen_packs(
    broker: Mosquitto, subscribe: Callable[[int], Subscriber], tmp_path: Path
) -> None:
    """All of 48 h without a broker, at the usual settings but for the rate."""
    config = Config(mqtt=MqttConfig(host="127.0.0.1", port=broker.port, drain_per_s=500))
    said: list[str] = []
    follower = MqttFollower(config, tmp_path, said.append, pace=QUICK)
    rig = Rig(follower, said, asyncio.create_task(follower.run()))
    await until(lambda: said)
    shot = snapshot(16)
    for _ in range(48 * 12):
        await rig.feed(5, step_s=60.0, shot=shot)
        await follower._flush()
    waiting = follower.waiting
    assert waiting >= 2879
    size = (tmp_path / "mqtt.db").stat().st_size
    assert size < 32_000_000
    listener = subscribe(broker.port)
    broker.start()
    await until(lambda: follower.waiting == 0, 120)
    found = [json.loads(payload)["time_s"] for payload in listener.on("openress/home/record")]
    assert found == sorted(set(found))
    assert len(found) >= waiting - 1
    await rig.stop()
