"""`openress mqtt`: what a broker and Home Assistant are told of the configured rack, and whether it is taken."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import aiomqtt
import click

from openress import __version__
from openress.cli.numbers import Finite
from openress.cli.progress import working
from openress.config import Config, load_config
from openress.errors import ParameterError, PortError, reason
from openress.invertercatalog import find_inverter
from openress.live import LiveRack
from openress.model.flat import rack_json
from openress.sections import NO_INVERTER, MqttConfig
from openress.sites.build import build_rack
from openress.telemetry.homeassistant import discovery
from openress.telemetry.mqtt import home_assistant
from openress.telemetry.mqttclient import Broker
from openress.telemetry.mqttstates import Layout

__all__ = ["command"]

_config = click.option("--config", "config_path", type=click.Path(path_type=Path), help="Configuration file in TOML.")


@click.group("mqtt")
def command() -> None:
    """What is told over MQTT; `openress up` with a section [mqtt] in its configuration tells it."""


@command.command("discovery")
@_config
@click.option("--json", "as_json", is_flag=True, help="One JSON object: every topic with what is told there.")
@click.option("--device", help="Only the device with this identifier.")
def _discovery(config_path: Path | None, as_json: bool, device: str | None) -> None:
    """Print what Home Assistant is told of the configured rack; needs no broker."""
    config = _read(config_path)
    home = home_assistant(config)
    if home is None or not home.prefix:
        raise ParameterError('[mqtt] homeassistant is "": nothing is told to Home Assistant.')
    found = discovery(home, _snapshot(config))
    if device is not None:
        found = {topic: payload for topic, payload in found.items() if topic == home.topic(device)}
    if not found:
        raise ParameterError(f"There is no device {device}; `openress mqtt discovery` lists them.")
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False, indent=1))
        return
    for topic, payload in found.items():
        entities = payload["components"]
        click.echo(f"{topic}: {payload['device']['name']}, {len(entities)} entities")
        if device is not None:
            for entity in entities.values():
                unit = entity.get("unit_of_measurement", "")
                click.echo(f"  {entity['default_entity_id']:64} {entity['name']} {unit}".rstrip())


@command.command("test")
@_config
@click.option("--timeout-s", type=Finite(0.1, 60), default=10.0, show_default=True, help="Wait so long.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def _test(config_path: Path | None, timeout_s: float, as_json: bool) -> None:
    """Connect to the configured broker once, and leave again."""
    config = _read(config_path)
    if config.mqtt is None:
        raise ParameterError("The configuration has no section [mqtt].")
    broker, layout = Broker.of(config.mqtt), Layout(config.mqtt.root, config.mqtt.site)
    with working(f"asking {broker.name}", as_json=as_json):
        asyncio.run(_try(broker, layout, timeout_s))
    if as_json:
        told = {"broker": broker.name, "version": config.mqtt.version, "tls": broker.context is not None}
        click.echo(json.dumps(told))
        return
    secure = "in the clear" if broker.context is None else "over TLS"
    click.echo(f"The broker {broker.name} takes messages, MQTT {config.mqtt.version}, {secure}.")


async def _try(broker: Broker, layout: Layout, timeout_s: float) -> None:
    try:
        async with broker.client(Layout(layout.root, f"{layout.site}-test"), timeout_s=timeout_s) as client:
            # Nobody's topic, and nothing that stays: only whether the broker says that it has it.
            await client.publish(f"{layout.base}/test", "", qos=1)
    except aiomqtt.MqttError as error:
        raise PortError(f"The MQTT broker {broker.name} does not take messages: {reason(error)}.") from error


def _read(path: Path | None) -> Config:
    config = Config() if path is None else load_config(path)
    if config.mqtt is None and path is None:
        config.mqtt = MqttConfig(host="localhost")
    if config.mqtt is None:
        raise ParameterError(f"{path} has no section [mqtt].")
    return config


def _snapshot(config: Config) -> dict[str, Any]:
    """As much of the page's snapshot as discovery depends on."""
    if config.battery is not None:
        raise ParameterError("Packs on a link are known only while `openress up` runs; this is for virtual racks.")
    live = LiveRack(build_rack(config))
    product = live.virtual.product
    sample = live.rack()
    whole = rack_json(sample, sample.at_s)
    packs = {str(pack["pack"]): pack for pack in whole.pop("packs")}
    wanted = config.gateway.inverter
    gateway = None if wanted == NO_INVERTER else {"title": find_inverter(wanted).title}
    return {
        "version": __version__,
        "rack": whole | {"title": product.title, "cells": product.cells_in_series},
        "packs": packs,
        "gateway": gateway,
    }
