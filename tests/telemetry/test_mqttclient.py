"""Connections: TLS with and without a client's certificate, secrets from where they belong, waits that grow."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from tests.brokers import Mosquitto
from tests.certificates import Authority
from tests.processes import openress
from tests.telemetry.conftest import Starter, until

from openress.errors import ParameterError
from openress.sections import MqttConfig
from openress.telemetry.mqttclient import Broker, pause_s
from openress.telemetry.secret import read_secret


# paho leaves a socket whose handshake failed to the garbage collector.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("version", ["5", "3.1.1"])
async def test_tls_with_a_client_certificate(tmp_path: Path, start: Starter, version: str) -> None:
    authority = Authority(tmp_path)
    server, client = authority.sign("broker"), authority.sign("rack")
    broker = Mosquitto(
        tmp_path / "broker",
        f"cafile {authority.file}",
        f"certfile {server.certificate}",
        f"keyfile {server.key}",
        "require_certificate true",
        "use_identity_as_username true",
        "allow_anonymous false",
    )
    try:
        broker.start()
        ours = {"ca_file": str(authority.file), "certificate_file": str(client.certificate)}
        rig = start(broker.port, version=version, tls=True, key_file=str(client.key), record_every_s=10, **ours)
        await rig.feed(3, step_s=10.0)
        await until(lambda: rig.follower.waiting == 0)
        assert rig.said == []
        # Nobody is taken for the broker because he has some certificate, and nobody is let in without one.
        stranger = Authority(tmp_path, "another authority")
        deaf = start(broker.port, tls=True, ca_file=str(stranger.file))
        bare = start(broker.port, tls=True, ca_file=str(authority.file), client_id="bare")
        await until(lambda: deaf.said and bare.said)
        assert "certificate verify failed" in deaf.said[0]
        assert "does not take messages" in bare.said[0]
    finally:
        broker.kill()


def test_the_broker_can_be_tried(tmp_path: Path) -> None:
    broker = Mosquitto(tmp_path / "broker")
    config = tmp_path / "openress.toml"
    config.write_text(f'[mqtt]\nhost = "127.0.0.1"\nport = {broker.port}\n')
    try:
        broker.start()
        done = openress("mqtt", "test", "--config", str(config))
        assert (done.returncode, done.stdout) == (
            0,
            f"The broker 127.0.0.1:{broker.port} takes messages, MQTT 5, in the clear.\n",
        )
        told = json.loads(openress("mqtt", "test", "--config", str(config), "--json").stdout)
        assert told == {"broker": f"127.0.0.1:{broker.port}", "version": "5", "tls": False}
    finally:
        broker.kill()
    done = openress("mqtt", "test", "--config", str(config), "--timeout-s", "1")
    assert done.returncode == 1
    assert done.stderr.startswith(f"openress: The MQTT broker 127.0.0.1:{broker.port} does not take messages: ")


def test_waits_double_up_to_a_bound_and_differ() -> None:
    assert [pause_s(n, 0.0) for n in (1, 2, 3, 7, 8, 10_000)] == [1.0, 2.0, 4.0, 60.0, 60.0, 60.0]
    assert pause_s(3, 1.0) == 2.0
    assert 2.0 < pause_s(3, 0.5) < 4.0


def test_a_secret_comes_from_one_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "password"
    file.write_text("of the file\nnot this\n")
    monkeypatch.setenv("RACK_PASSWORD", "of the environment")
    assert read_secret("it", text="plain", file=None, variable=None) == "plain"
    assert read_secret("it", text=None, file=str(file), variable=None) == "of the file"
    assert read_secret("it", text=None, file=None, variable="RACK_PASSWORD") == "of the environment"
    assert read_secret("it", text=None, file=None, variable=None) is None
    with pytest.raises(ParameterError, match="more than once"):
        read_secret("it", text="plain", file=str(file), variable=None)
    with pytest.raises(ParameterError, match="no variable"):
        read_secret("it", text=None, file=None, variable="NO_SUCH_VARIABLE")
    file.write_text("\n")
    with pytest.raises(ParameterError, match="nothing in its first line"):
        read_secret("it", text=None, file=str(file), variable=None)
    with pytest.raises(ParameterError, match="cannot be read"):
        read_secret("it", text=None, file=str(tmp_path / "none"), variable=None)


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"password": "x"}, "a password but no username"),
        ({"ca_file": "x.pem"}, "of no use without tls"),
        ({"tls": True, "ca_file": "/no/such/file"}, "there is no file"),
        ({"tls": True, "certificate_file": "a.pem"}, "belong together"),
        ({"tls": True, "ca_file": __file__}, "cannot be used"),
    ],
)
def test_mistakes_are_told_before_anything_runs(settings: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ParameterError, match=sentence):
        Broker.of(MqttConfig(host="localhost", **settings))


def test_ports_are_the_usual_ones_and_no_secret_is_shown() -> None:
    login = {"username": "u", "password": "hidden"}
    plain = Broker.of(MqttConfig.model_validate({"host": "h", **login}))
    assert (plain.port, plain.in_the_clear) == (1883, True)
    assert Broker.of(MqttConfig(host="h", tls=True)).port == 8883
    assert "hidden" not in repr(plain.config)
