"""The composition root: a configuration becomes a virtual rack that runs, answers on links and shows a page."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import reduce
from pathlib import Path
from types import MappingProxyType
from typing import Any

from openress import __version__
from openress.answering import answer_on, server_options, unaddressed
from openress.bms.settings import BmsSettings, Memory
from openress.catalog import load_product
from openress.config import NO_INVERTER, Config, LinkConfig, LoadConfig
from openress.door import Door, check_door
from openress.errors import ParameterError
from openress.folders import DataFolder, default_folder
from openress.following import Follower, followers_of
from openress.gateway.setup import maxima_of
from openress.inverterlink import InverterLink, choose, session_setup
from openress.keeping import Keeping, local_s
from openress.live import LiveRack
from openress.model import Freshness, freshness
from openress.model.flat import rack_json
from openress.params import ParameterSet, stricter
from openress.ports import Listener, open_listener, parse_link
from openress.products import Product
from openress.protocols import find_dialect
from openress.protocols.base import BatteryServer, ServerOptions
from openress.sim import PackBuild
from openress.sim.loads import ConstantLoad, Load, SolarHousehold, parse_profile
from openress.sim.packmemory import VirtualMemory
from openress.sim.virtual import VirtualRack, virtual_serial
from openress.watching import watch
from openress.web.hub import Hub
from openress.web.sentence import rack_state, sentence

__all__ = ["FRESH_FOR_S", "App", "build_rack", "unix_s"]

FRESH_FOR_S = 3.0
"""The packs run in this process: values older than this mean that something has stopped."""
KEEP_EVERY_S = 1.0
DATABASE = "openress.db"
WIRED_UP_TO_SPEED = 10.0
"""Beyond it a second on a wire is too much of the rack's time: the inverter keeps to the limits without one."""
DEFAULT_TCP = "tcp-listen://127.0.0.1:4196"

_THRESHOLDS = ("cell_ov_alarm_mv", "cell_ov_protect_mv", "cell_uv_alarm_mv", "cell_uv_protect_mv")


def build_load(wanted: LoadConfig, *, capacity_ah: float, seed: int) -> Load:
    """What the simulated inverter wants.

    Raises:
        ParameterError: a profile is missing, unreadable or no profile.
    """
    if wanted.kind == "household":
        return _FromNow(SolarHousehold(seed=seed, capacity_ah=capacity_ah))
    if wanted.kind == "constant":
        return ConstantLoad(wanted.current_a)
    if wanted.file is None:
        raise ParameterError('[load] kind = "profile" needs file = "PROFILE.csv".')
    try:
        lines = Path(wanted.file).read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise ParameterError(f"The profile {wanted.file} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise ParameterError(f"The profile {wanted.file} is no text in UTF-8.") from error
    try:
        return parse_profile(lines, capacity_ah=capacity_ah, repeats=True)
    except ParameterError as error:
        raise ParameterError(f"The profile {wanted.file} cannot be used: {error}.") from error


class _FromNow:
    """A household whose day began at the last local midnight."""

    def __init__(self, load: Load) -> None:
        self._load = load
        now = _local_now()
        self._ahead_s = 3600.0 * now.hour + 60.0 * now.minute + now.second

    def current_at(self, now_s: float) -> float:
        """Wanted current."""
        return self._load.current_at(now_s + self._ahead_s)


def _local_now() -> datetime:
    return datetime.fromtimestamp(unix_s(), tz=UTC).astimezone()


def unix_s() -> float:
    """Unix seconds now."""
    return time.time_ns() / 1e9


def build_rack(
    config: Config,
    product: Product | None = None,
    memories: Mapping[int, Memory] = MappingProxyType({}),
    settings: Mapping[int, ParameterSet] = MappingProxyType({}),
) -> VirtualRack:
    """The virtual rack that a configuration describes; packs that remember something go on from there.

    Raises:
        ParameterError: an unknown product, too many packs, a parameter or profile that cannot be used.
    """
    wanted = config.rack
    product = product or load_product(wanted.product)
    values = ParameterSet.defaults(product)
    if config.parameters:
        values = values.with_values(config.parameters)
    if product.pack_limit is not None and wanted.packs > product.pack_limit:
        raise ParameterError(f"{wanted.packs} packs: a rack of {product.key} has at most {product.pack_limit} packs.")
    capacity = product.capacity_ah or 100.0
    builds = [
        PackBuild(
            cells=product.cells_in_series,
            capacity_ah=capacity,
            initial_soc_pct=(
                memories[number + 1].charge.soc_pct
                if number + 1 in memories
                else wanted.soc_pct[min(number, len(wanted.soc_pct) - 1)]
            ),
        )
        for number in range(wanted.packs)
    ]
    load = build_load(config.load, capacity_ah=capacity * wanted.packs, seed=wanted.seed)
    chosen = BmsSettings(equalise_voltage_v=wanted.equalise_voltage_v)
    return VirtualRack(
        product, values, builds, load=load, seed=wanted.seed, settings=chosen, memories=memories, own_values=settings
    )


@dataclass(frozen=True, slots=True)
class Served:
    """A link on which the rack answers."""

    title: str
    listener: Listener
    config: LinkConfig
    make: Callable[[ServerOptions], BatteryServer]


class App:
    """Everything that runs. Use it as an async context, then `run`.

    Args:
        config: what to run with.
        insecure: let other computers reach the page without TLS and without an account.
        say: told what happens while it runs, in sentences.

    Raises:
        ParameterError: the configuration cannot be used.
    """

    def __init__(self, config: Config, *, insecure: bool = False, say: Callable[[str], None]) -> None:
        self._config = config
        self._say = say
        check_door(config.http, insecure=insecure)
        product = load_product(config.rack.product)
        built = build_rack(config, product)
        self.folder = DataFolder(config.data or default_folder())
        try:
            self._keeping = Keeping(self.folder.path / DATABASE, product, now_s=unix_s(), say=say, clock_s=unix_s)
            numbers = range(1, config.rack.packs + 1)
            # A charge that was asked for is where packs begin, each time: a bench must repeat.
            anew = "soc_pct" in config.rack.model_fields_set
            found = {number: None if anew else self._keeping.remembered(virtual_serial(number)) for number in numbers}
            known = {number: memory for number, memory in found.items() if memory is not None}
            kept = {
                number: self._keeping.settings(virtual_serial(number), built.values, config.parameters)
                for number in numbers
            }
            settings = {number: values for number, values in kept.items() if values is not None}
            told = {number: self._keeping.told_before(virtual_serial(number)) for number in numbers}
            self.live = LiveRack(build_rack(config, product, known, settings), speed=config.rack.speed)
            for pack in self.live.virtual.packs:
                self._keeping.recall(pack)
                if dict(pack.values) != self._keeping.kept(pack):
                    self._keeping.set(pack, "factory and configuration")
        except BaseException:
            self.folder.close()
            raise
        self.memory = VirtualMemory(self.live.virtual, lambda: local_s(unix_s()), told=told, witness=self._keeping)
        watch(self.live.virtual, say)
        self.followers: list[Follower] = []
        try:
            self.gateway = self._gateway(product)
            self.followers = followers_of(config, self.folder.path, say)
            self.door = Door(config.http, self.folder.path, insecure=insecure, say=say)
        except BaseException:
            self._keeping.close()
            self.folder.close()
            raise
        self.links: list[Served] = []
        self.hub: Hub | None = None

    def _gateway(self, product: Product) -> InverterLink | None:
        wanted = self._config.gateway
        if wanted.inverter == NO_INVERTER or self.live.speed > WIRED_UP_TO_SPEED:
            return None
        choice = choose(wanted.inverter, wanted.dialect, experimental=wanted.experimental)
        gateway = InverterLink(
            choice,
            session_setup(choice, maxima=maxima_of(product), caps=wanted.caps(), expected=len(self.live.virtual.packs)),
            self.live,
            port=wanted.port,
            folder=self.folder.path,
            say=self._say,
            quirks=tuple(wanted.quirks),
        )
        self.live.virtual.inverter = gateway.simulated
        return gateway

    async def __aenter__(self) -> App:
        try:
            self.door.open()
            for wanted in self._config.links or self._usual_links():
                await self._open(wanted)
            if self.gateway is not None:
                await self.gateway.open()
        except BaseException:
            await self._close()
            raise
        self.hub = Hub(self._snapshot, [follower.see for follower in self.followers])
        return self

    async def _open(self, wanted: LinkConfig) -> None:
        dialect = find_dialect(wanted.dialect)
        make = dialect.parts().server
        if make is None:
            raise ParameterError(f"{dialect.name} cannot be served; `openress dialects` lists what can.")
        listener = await open_listener(parse_link(wanted.url), on_wait=lambda error: self._say(str(error)))
        missing = unaddressed(dialect, len(self.live.virtual.packs))
        if missing is not None and all(served.config.dialect != wanted.dialect for served in self.links):
            self._say(missing)
        self.links.append(Served(dialect.title, listener, wanted, make))

    async def __aexit__(self, *_: object) -> None:
        await self._close()

    async def _close(self) -> None:
        for served in self.links:
            await served.listener.close()
        if self.gateway is not None:
            await self.gateway.close()
        for follower in self.followers:
            await follower.close()
        self.door.close()
        self._keep()
        self._keeping.close()
        self.folder.close()

    def _keep(self) -> None:
        now_s = unix_s()
        for pack in self.live.virtual.packs:
            self._keeping.keep(pack, now_s)

    async def _keep_on(self) -> None:
        while True:
            await asyncio.sleep(KEEP_EVERY_S)
            self._keep()

    def _usual_links(self) -> list[LinkConfig]:
        tcp = [LinkConfig(url=DEFAULT_TCP)]
        if sys.platform == "win32":
            return tcp
        path = self.folder.path / "rack"
        if path.is_symlink():
            # The folder is ours alone, so this is what a killed run left; its device may be somebody else's by now.
            path.unlink()
        return [LinkConfig(url=f"pty:{path}"), *tcp]

    async def run(self) -> None:
        """Run until cancelled."""
        hub = self.hub
        if hub is None:
            return
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self.live.run())
            tasks.create_task(self._keep_on())
            tasks.create_task(hub.run())
            routers = [router for follower in self.followers for router in follower.routers]
            tasks.create_task(self.door.serve(hub, routers))
            for follower in self.followers:
                tasks.create_task(follower.run())
            for served in self.links:
                tasks.create_task(self._answer(served))
            if self.gateway is not None:
                tasks.create_task(self.gateway.run())

    async def _answer(self, served: Served) -> None:
        rack = self.live.virtual
        options = server_options(
            rack.product,
            ParameterSet(rack.product, rack.values),
            group=served.config.group,
            memory=self.memory.over(f"link {served.listener.name}"),
        )
        await answer_on(served.listener, lambda: served.make(options), self.live, say=self._say)

    def _snapshot(self) -> dict[str, Any]:
        now_s = time.monotonic()
        sample = self.live.rack()
        product = self.live.virtual.product
        strictest = reduce(stricter, [pack.values for pack in self.live.virtual.packs])
        whole = rack_json(sample, now_s, fresh_for_s=FRESH_FOR_S)
        packs = {
            str(pack["pack"]): pack | {"address_switches": self._switches(pack["pack"])} for pack in whole.pop("packs")
        }
        state = freshness(sample.at_s, now_s, fresh_for_s=FRESH_FOR_S)
        return {
            "version": __version__,
            "virtual": True,
            "time_s": round(unix_s(), 3),
            "rack": whole
            | {
                "product": product.key,
                "title": product.title,
                "cells": product.cells_in_series,
                "sentence": sentence(sample, state, _local_now()),
                "state": rack_state(sample).value,
                "freshness": state.value,
                "age_s": round(max(0.0, now_s - sample.at_s), 1),
                "thresholds": {key: strictest[key] for key in _THRESHOLDS},
            },
            "packs": packs,
            "links": [{"name": served.title, "url": served.listener.name} for served in self.links],
            "gateway": None if self.gateway is None else self.gateway.as_json(),
            "simulation": {"running": state is Freshness.FRESH, "speed": self.live.speed},
        }

    def _switches(self, address: int) -> list[bool]:
        switch = self.live.virtual.product.address_switch
        if switch is None:
            return []
        return list(switch.row(address).positions)
