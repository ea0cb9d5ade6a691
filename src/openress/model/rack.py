"""A rack: its packs, and what holds for all of them together."""

from __future__ import annotations

from dataclasses import dataclass

from openress.model.limits import Limits
from openress.model.pack import Analog, PackSample, Status

__all__ = ["RackSample"]


@dataclass(frozen=True, slots=True)
class RackSample:
    """The packs in address order and their aggregate, formed at `at_s`.

    The aggregate groups are `None` when no pack takes part; their own `at_s` is that of the oldest
    pack value in them.
    """

    at_s: float
    packs: tuple[PackSample, ...] = ()
    analog: Analog | None = None
    status: Status | None = None
    limits: Limits | None = None
