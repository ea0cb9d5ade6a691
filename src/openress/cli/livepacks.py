"""Virtual packs that `openress serve` lets live; a module of its own, because the packs of a file need none of it."""

from __future__ import annotations

from openress.clock import local_s, unix_s
from openress.config import Config
from openress.live import LiveRack
from openress.products import Product
from openress.sections import RackConfig
from openress.sim.packmemory import VirtualMemory
from openress.sites.build import build_rack

__all__ = ["live_packs"]


def live_packs(product: str, packs: int) -> tuple[LiveRack, Product, VirtualMemory]:
    """The packs, what they are, and what is set on them.

    Raises:
        ParameterError: no such product, or more packs than a rack of it has.
    """
    virtual = build_rack(Config(rack=RackConfig(product=product, packs=packs)))
    return LiveRack(virtual), virtual.product, VirtualMemory(virtual, lambda: local_s(unix_s()))
