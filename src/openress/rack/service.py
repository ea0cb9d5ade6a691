"""The rack in real time: polls its packs over one line and keeps what they are together.

Usable wherever a virtual rack is: `rack()`, `refresh()`, `heard()` and `run()` are those of `LiveRack`.
"""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Collection
from typing import Self

from openress.errors import StateError
from openress.model import RackSample
from openress.ports import BytePort
from openress.products import Product
from openress.protocols.base import BatteryClient
from openress.rack.poll import Timing
from openress.rack.standing import Change, RackView

__all__ = ["RackService"]


class RackService:
    """The packs of one product on one line. Use it as an async context, then `run`.

    Args:
        port: the line.
        client: what the packs speak.
        product: what the packs are; says how many there may be.
        expected: the numbers of the packs that must be there; `None` takes those that answer at the start, if their
            numbers make a rack.
        timing: how to ask; `None` as the dialect needs it.
        clock: monotonic seconds.
        again: gives the line again after it was lost; without it, a lost line ends `run` with its error.
        quiet_after_s: without current and without an inverter for so long, polling stops and lets the packs sleep;
            `None` polls for ever. `heard` begins anew.

    Raises:
        ParameterError: more packs, or a higher number, than the product or the dialect allows.
    """

    def __init__(
        self,
        port: BytePort,
        client: BatteryClient,
        *,
        product: Product,
        expected: Collection[int] | None = None,
        timing: Timing | None = None,
        clock: Callable[[], float] = time.monotonic,
        again: Callable[[], Awaitable[BytePort]] | None = None,
        quiet_after_s: float | None = 3600.0,
    ) -> None:
        raise StateError("to follow")

    async def __aenter__(self) -> Self:
        """Begin to listen."""
        raise StateError("to follow")

    async def __aexit__(self, *_: object) -> None:
        """Stop asking and give the line back."""

    async def run(self) -> None:
        """Listen, look for the packs, poll them; until cancelled.

        Raises:
            PortError: the line is gone and there is no way to get it again.
        """

    def rack(self) -> RackSample:
        """The rack as of the last answer or `refresh`: packs that count or sleep, and their totals.

        `limits` are 0 A until all packs have been heard, and `limits.at_s` is the age of the oldest pack in them: when
        every pack has fallen silent it grows old, and so does the rack.
        """
        raise StateError("to follow")

    def view(self) -> RackView:
        """The same with all that is known of every pack, and what is wrong."""
        raise StateError("to follow")

    def refresh(self, now_s: float) -> None:
        """Let time pass: what has grown old leaves."""

    def heard(self) -> None:
        """An inverter or a person is there: polling goes on, or begins anew."""

    def changes(self) -> list[Change]:
        """What has happened since this was asked last."""
        return []

    def accept(self, pack: int) -> None:
        """An operator accepts a pack in spite of what may be waived: part number, charge, temperature."""

    def remove(self, pack: int) -> None:
        """An operator has taken a pack out of the rack: its last limits no longer hold the totals down."""
