"""No site: the page is there, and no packs are connected."""

from __future__ import annotations

import asyncio
import time
from datetime import datetime
from typing import Any

from openress.answering import RackSource
from openress.model import FRESH_AT_LEAST_S, Limits, RackSample
from openress.params import ParameterSet
from openress.products import Product
from openress.simulatedwire import AnySimInverter
from openress.sites.base import rack_part
from openress.sites.connection import Connection, ConnectionState

__all__ = ["IdleSite"]

SENTENCE = "Not connected: choose a serial port, a TCP adapter or the virtual rack."


class _Nothing:
    """A source that never has anything."""

    def __init__(self) -> None:
        self._sample = RackSample(time.monotonic())

    def refresh(self, now_s: float) -> None:
        """See `RackSource`."""

    def rack(self) -> RackSample:
        """See `RackSource`."""
        return self._sample

    def heard(self) -> None:
        """See `RackSource`."""


class IdleSite:
    """See `openress.sites.base.Site`.

    Args:
        product: of the packs that were connected before.
    """

    virtual = False
    wired = False
    expected = 1

    def __init__(self, product: Product) -> None:
        self._product = product
        self._source = _Nothing()

    @property
    def product(self) -> Product:
        """See `Site`."""
        return self._product

    @property
    def source(self) -> RackSource:
        """See `Site`."""
        return self._source

    def holds_s(self) -> float:
        """See `Site`."""
        return FRESH_AT_LEAST_S

    def attach(self, inverter: AnySimInverter | None) -> None:
        """See `Site`."""

    async def open(self) -> None:
        """See `Site`."""

    async def run(self) -> None:
        """See `Site`."""
        await asyncio.Event().wait()

    async def close(self) -> None:
        """See `Site`."""

    def forget(self) -> None:
        """See `Site`: nothing."""

    def connection(self) -> Connection:
        """That there is none."""
        return Connection(ConnectionState.NONE, SENTENCE)

    def snapshot(self, now_s: float, now: datetime, told: Limits | None = None) -> dict[str, Any]:
        """See `Site`."""
        defaults = ParameterSet.defaults(self._product)
        holds_s = self.holds_s()
        rack, _, _ = rack_part(self._source.rack(), self._product, defaults, now_s, now, fresh_for_s=holds_s, told=told)
        return {
            "virtual": False,
            "rack": rack | {"sentence": SENTENCE, "findings": [], "freshness": "absent"},
            "packs": {},
            "links": [],
            "simulation": None,
        }
