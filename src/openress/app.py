"""The composition root: a configuration becomes packs, virtual or real, with a page and an inverter."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from typing import Any

from fastapi import APIRouter

from openress import __version__
from openress.catalog import load_product
from openress.clock import local_now, local_s, unix_s
from openress.config import Config
from openress.door import Door, check_door
from openress.folders import DataFolder, default_folder
from openress.following import Follower, Tapping, followers_of, let_obey
from openress.gateway.caps import Caps
from openress.gateway.setup import maxima_of
from openress.gateway.tape import Step
from openress.inverterlink import InverterLink, session_setup
from openress.live import LiveRack
from openress.sections import NO_INVERTER
from openress.servicing.desk import Desk
from openress.servicing.line import Wanted
from openress.sites.base import Site
from openress.sites.build import build_rack
from openress.sites.current import Current
from openress.sites.idle import IdleSite
from openress.sites.kept import Chosen, KeptConnection
from openress.sites.link import LinkSite
from openress.sites.served import Served
from openress.sites.switchboard import Switchboard
from openress.sites.virtual import VirtualSite
from openress.sites.wanted import site_maker
from openress.web.caller import by_account
from openress.web.connect import make_connect_router
from openress.web.hub import Hub
from openress.web.service import make_service_router

__all__ = ["App"]


class App:
    """Everything that runs. Use it as an async context, then `run`.

    Args:
        config: what to run with.
        insecure: let other computers reach the page without TLS and without an account.
        virtual: begin with the virtual rack, whatever was connected on the page last.
        say: told what happens while it runs, in sentences.

    Attributes:
        as_left: whether it began with what was connected on the page last.

    Raises:
        ParameterError: the configuration cannot be used.
    """

    def __init__(
        self, config: Config, *, insecure: bool = False, virtual: bool = False, say: Callable[[str], None]
    ) -> None:
        self._config = config
        self._virtual = virtual
        self.as_left = False
        self._remote: Caps | None = None
        self._say = say
        check_door(config.http, insecure=insecure)
        if config.battery is None:
            # What cannot be built is told before a folder is made for it.
            build_rack(config)
        self.folder = DataFolder(config.data or default_folder())
        self.followers: list[Follower] = []
        try:
            self.current = Current(self._first, self._gateway)
        except BaseException:
            self.folder.close()
            raise
        try:
            self.followers = followers_of(config, self.folder.path, say)
            let_obey(self.followers, self._set_remote)
            self.door = Door(config.http, self.folder.path, insecure=insecure, say=say)
        except BaseException:
            self.current.site.forget()
            self.folder.close()
            raise
        board = Switchboard(self.current, config, self.folder.path, say)
        self.desk = Desk(board, clock_s=unix_s, local_s=lambda: local_s(unix_s()))
        self.hub: Hub | None = None

    def _set_remote(self, caps: Caps | None) -> None:
        # A site that comes later has a gateway of its own, and no more is allowed to it.
        self._remote = caps
        if self.gateway is not None:
            self.gateway.set_remote(caps)

    def _tap(self, steps: Sequence[Step]) -> None:
        for follower in self.followers:
            if isinstance(follower, Tapping):
                follower.tap(steps)

    def _overhear(self, direction: str, data: bytes) -> None:
        for follower in self.followers:
            if isinstance(follower, Tapping):
                follower.overhear(direction, data)

    def _first(self) -> Site:
        config, folder = self._config, self.folder.path
        if config.battery is not None:
            return LinkSite(config.battery, config.links, folder=folder, say=self._say)
        kept = KeptConnection(folder, self._say)
        if self._virtual:
            kept.keep(Chosen(Wanted(None)))
        chosen = None if self._virtual else kept.read()
        if chosen is None:
            return VirtualSite(config, folder, self._say)
        self.as_left = True
        if chosen.wanted is None:
            return IdleSite(load_product(config.rack.product))
        return site_maker(chosen.wanted, config, folder, self._say, product=config.rack.product)()

    def _gateway(self, site: Site) -> InverterLink | None:
        wanted = self._config.gateway
        if isinstance(site, LinkSite):
            site.overheard = self._overhear
        if wanted.inverter == NO_INVERTER or not site.wired or (wanted.port is None and not site.virtual):
            return None
        choice = wanted.choose()
        gateway = InverterLink(
            choice,
            session_setup(choice, maxima=maxima_of(site.product), caps=wanted.caps(), expected=site.expected),
            site.source,
            port=wanted.port,
            folder=self.folder.path,
            say=self._say,
            quirks=tuple(wanted.quirks),
            fresh_for_s=site.holds_s,
            tap=self._tap,
            remote=self._remote,
        )
        site.attach(gateway.simulated)
        return gateway

    @property
    def live(self) -> LiveRack | None:
        """The virtual rack, where that is connected."""
        return self.current.site.live if isinstance(self.current.site, VirtualSite) else None

    @property
    def gateway(self) -> InverterLink | None:
        """The gateway to the inverter, where there is one."""
        return self.current.gateway

    @property
    def links(self) -> list[Served]:
        """The links on which the packs' values are told on."""
        site = self.current.site
        return site.links.all if isinstance(site, VirtualSite | LinkSite) else []

    async def __aenter__(self) -> App:
        try:
            self.door.open()
            await self.current.open()
        except BaseException:
            await self._close()
            raise
        self.hub = Hub(self._snapshot, [follower.see for follower in self.followers])
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._close()

    async def _close(self) -> None:
        await self.desk.jobs.close()
        for follower in self.followers:
            await follower.close()
        self.door.close()
        await self.current.close()
        self.folder.close()

    async def run(self) -> None:
        """Run until cancelled."""
        hub = self.hub
        if hub is None:
            return
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self.current.run())
            tasks.create_task(hub.run())
            tasks.create_task(self.door.serve(hub, self.routers()))
            for follower in self.followers:
                tasks.create_task(follower.run())

    def routers(self) -> list[APIRouter]:
        """What the API answers beside snapshots."""
        own = [make_connect_router(self.desk, by_account), make_service_router(self.desk, by_account)]
        return [*own, *(router for follower in self.followers for router in follower.routers)]

    def _snapshot(self) -> dict[str, Any]:
        return {
            "version": __version__,
            "time_s": round(unix_s(), 3),
            **self.current.snapshot(time.monotonic(), local_now()),
            "job": self._job(),
        }

    def _job(self) -> dict[str, Any] | None:
        """The newest job, so that everybody who looks sees who has the line, and when there is something to look at."""
        job = next(iter(self.desk.jobs.all()), None)
        if job is None:
            return None
        shown = ("job", "kind", "title", "who", "pack", "started_s", "state", "done", "of", "doing")
        told = job.as_json()
        return {key: told[key] for key in shown}
