"""The site that is connected now, with the gateway to its inverter; it can be exchanged for another while it runs."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from openress.errors import OpenRESSError
from openress.inverterlink import InverterLink
from openress.model import Limits
from openress.sites.base import Site
from openress.sites.idle import IdleSite

__all__ = ["Current"]

INVERTER_THERE_S = 10.0
"""An inverter that was heard within this keeps real packs awake."""
LOOK_EVERY_S = 1.0
_LIMITS = ("charge_voltage_limit_v", "charge_current_limit_a", "discharge_current_limit_a", "discharge_voltage_limit_v")


class Current:
    """Holds the site. `open` it, `run` it, `exchange` it at any time, `close` it.

    Args:
        make: makes the first one.
        gateway_of: makes the gateway of a site; `None` where it has none.

    Raises:
        OpenRESSError: the first one cannot be made.
    """

    def __init__(self, make: Callable[[], Site], gateway_of: Callable[[Site], InverterLink | None]) -> None:
        self._gateway_of = gateway_of
        self.site: Site
        self.gateway: InverterLink | None
        self._begin(make)
        self._wanted: asyncio.Queue[tuple[Callable[[], Site], asyncio.Future[None]]] = asyncio.Queue()

    def _begin(self, make: Callable[[], Site]) -> None:
        site = make()
        try:
            gateway = self._gateway_of(site)
        except BaseException:
            site.forget()
            raise
        self._make, self.site, self.gateway = make, site, gateway

    async def open(self) -> None:
        """Open the first site.

        Raises:
            PortError: something of it cannot be opened.
        """
        await self.site.open()
        if self.gateway is not None:
            await self.gateway.open()

    async def run(self) -> None:
        """Run site after site until cancelled."""
        while True:
            running = asyncio.create_task(self._run())
            asked = asyncio.create_task(self._wanted.get())
            try:
                await asyncio.wait([running, asked], return_when=asyncio.FIRST_COMPLETED)
                if running.done():
                    # A site works until it is told to stop; this raises what ended it.
                    running.result()
                make, done = asked.result()
            finally:
                for task in (running, asked):
                    task.cancel()
                await asyncio.gather(running, asked, return_exceptions=True)
            await self._exchange(make, done)

    async def _run(self) -> None:
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self.site.run())
            if self.gateway is not None:
                tasks.create_task(self.gateway.run())
                if not self.site.virtual:
                    tasks.create_task(self._keep_awake(self.gateway))

    async def _keep_awake(self, gateway: InverterLink) -> None:
        while True:
            await asyncio.sleep(LOOK_EVERY_S)
            report = gateway.report
            alive_s = None if report is None else report.heard.alive_at_s
            if alive_s is not None and time.monotonic() - alive_s < INVERTER_THERE_S:
                self.site.source.heard()

    async def exchange(self, make: Callable[[], Site]) -> None:
        """Stop the site and run another; when that cannot be opened, the one before is opened again.

        Args:
            make: makes the other site, once the first has given everything back.

        Raises:
            OpenRESSError: why the other one cannot be opened.
        """
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        await self._wanted.put((make, done))
        await done

    async def _exchange(self, make: Callable[[], Site], done: asyncio.Future[None]) -> None:
        before, product = self._make, self.site.product
        await self.close()
        for attempt in (make, before, lambda: IdleSite(product)):
            try:
                await self._begun(attempt)
            except (OpenRESSError, OSError) as error:
                if not done.done():
                    done.set_exception(error)
            else:
                break
        if not done.done():
            done.set_result(None)

    async def _begun(self, make: Callable[[], Site]) -> None:
        self._begin(make)
        try:
            await self.open()
        except BaseException:
            await self.close()
            raise

    def snapshot(self, now_s: float, now: datetime) -> dict[str, Any]:
        """See `Site.snapshot`; with the gateway and how the connection stands."""
        gateway = None if self.gateway is None else self.gateway.as_json()
        return self.site.snapshot(now_s, now, _told(gateway, now_s)) | {
            "gateway": gateway,
            "connection": self.site.connection().as_json(),
        }

    async def close(self) -> None:
        """Give everything back."""
        try:
            if self.gateway is not None:
                await self.gateway.close()
        finally:
            await self.site.close()


def _told(gateway: Mapping[str, Any] | None, now_s: float) -> Limits | None:
    """What the inverter is told now; `None` while it is told nothing."""
    told = None if gateway is None else gateway.get("told")
    return None if told is None else Limits(now_s, **{key: told.get(key) for key in _LIMITS})
