"""What a site is to everything that shows it, follows it or tells an inverter of it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Protocol

from openress.answering import RackSource
from openress.bms.timeleft import flowing
from openress.model import Freshness, Limits, RackSample, freshness
from openress.model.flat import rack_json
from openress.products import Product
from openress.products.switch import AddressSwitch
from openress.simulatedwire import AnySimInverter
from openress.sites.connection import Connection
from openress.web.sentence import rack_state, sentence

__all__ = ["Site", "rack_part", "switches_of"]

_THRESHOLDS = ("cell_ov_alarm_mv", "cell_ov_protect_mv", "cell_uv_alarm_mv", "cell_uv_protect_mv")


class Site(Protocol):
    """Packs and how they are reached. `open` it, `run` it, `close` it."""

    @property
    def virtual(self) -> bool:
        """Whether the packs are simulated."""
        ...

    @property
    def product(self) -> Product:
        """What the packs are."""
        ...

    @property
    def source(self) -> RackSource:
        """Where readings come from; stays the same for the life of the site."""
        ...

    @property
    def expected(self) -> int:
        """Packs that a first set of limits must have."""
        ...

    @property
    def wired(self) -> bool:
        """Whether an inverter can be told of the packs over a wire."""
        ...

    def holds_s(self) -> float:
        """How long its values hold for an inverter."""
        ...

    def attach(self, inverter: AnySimInverter | None) -> None:
        """Let a simulated inverter stand at the packs' terminals; real packs have none."""
        ...

    def snapshot(self, now_s: float, now: datetime, told: Limits | None = None) -> dict[str, Any]:
        """What the page shows of it, see `openress.app`.

        Args:
            now_s: monotonic seconds.
            now: local date and time.
            told: what the inverter is told; `None` where none is told anything.
        """
        ...

    def connection(self) -> Connection:
        """How the connection to the packs stands."""
        ...

    async def open(self) -> None:
        """Make what others connect to.

        Raises:
            PortError: something cannot be opened that nobody can plug in later.
        """
        ...

    async def run(self) -> None:
        """Work until cancelled."""
        ...

    async def close(self) -> None:
        """Give everything back."""
        ...

    def forget(self) -> None:
        """Give back what it holds from the moment it is made; for one that was never opened."""
        ...


def rack_part(
    sample: RackSample,
    product: Product,
    thresholds: Mapping[str, float],
    now_s: float,
    now: datetime,
    *,
    fresh_for_s: float,
    told: Limits | None = None,
) -> tuple[dict[str, Any], list[dict[str, Any]], Freshness]:
    """The rack under public keys, its packs, and what may be done with the values.

    Args:
        sample: the rack.
        product: what the packs are.
        thresholds: the strictest settings of the packs; drawn beside the cells.
        now_s: monotonic seconds.
        now: local date and time.
        fresh_for_s: age up to which values are new.
        told: what the inverter is told; `None` where none is told anything.
    """
    whole = rack_json(sample, now_s, fresh_for_s=fresh_for_s)
    packs: list[dict[str, Any]] = whole.pop("packs")
    state = freshness(sample.at_s, now_s, fresh_for_s=fresh_for_s)
    rack = whole | {
        "product": product.key,
        "title": product.title,
        "cells": product.cells_in_series,
        "sentence": sentence(sample, state, now, told),
        "state": rack_state(sample).value,
        "freshness": state.value,
        "age_s": round(max(0.0, now_s - sample.at_s), 1),
        "thresholds": {key: thresholds[key] for key in _THRESHOLDS},
    }
    if state is Freshness.FRESH:
        rack |= flowing(sample, told).as_json()
    return rack, packs, state


def switches_of(switch: AddressSwitch | None, address: int) -> list[bool]:
    """How the address switches of a pack stand, switch 1 first; empty where the product has none."""
    return [] if switch is None else list(switch.row(address).positions)
