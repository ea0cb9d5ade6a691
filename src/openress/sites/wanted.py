"""From a connection that somebody asks for to the site that has it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from openress.config import Config
from openress.sections import BatteryConfig
from openress.servicing.line import Wanted
from openress.sites.base import Site
from openress.sites.link import LinkSite
from openress.sites.virtual import VirtualSite

__all__ = ["site_maker"]


def site_maker(
    wanted: Wanted, config: Config, folder: Path, say: Callable[[str], None], *, product: str
) -> Callable[[], Site]:
    """What makes the site.

    Args:
        wanted: the connection.
        config: of the run; says what the virtual rack is.
        folder: the data folder.
        say: told what happens, in sentences.
        product: what the packs are when nobody says.
    """
    if wanted.link is None:
        chosen = {"packs": wanted.packs, "product": wanted.product}
        rack = config.rack.model_copy(update={key: value for key, value in chosen.items() if value is not None})
        virtual = replace(config, rack=rack)
        return lambda: VirtualSite(virtual, folder, say)
    battery = BatteryConfig(
        link=wanted.link,
        dialect=wanted.dialect,
        packs=wanted.packs,
        addresses=None if wanted.addresses is None else list(wanted.addresses),
        product=wanted.product or product,
    )
    return lambda: LinkSite(battery, config.links, folder=folder, say=say)
