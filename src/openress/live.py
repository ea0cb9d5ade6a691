"""The virtual rack in real time: advances it with the clock and keeps what it told last."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

from openress.model import RackSample
from openress.sim.virtual import VirtualRack

__all__ = ["TICK_S", "LiveRack"]

TICK_S = 0.25
"""The BMS looks four times a second: its shortest delays are a second and a tenth."""
_LONGEST_STEP_S = 1.0
_LATE_S = 5.0
"""A clock that was away for longer (a sleeping computer) is not made up for: the simulated rack has paused."""


class LiveRack:
    """A virtual rack that runs.

    Args:
        rack: the rack.
        speed: simulated seconds for each real one.
        clock: monotonic seconds.
    """

    def __init__(self, rack: VirtualRack, *, speed: float = 1.0, clock: Callable[[], float] = time.monotonic) -> None:
        self.virtual = rack
        self.speed = speed
        self._clock = clock
        self._last_s = clock()
        rack.step(TICK_S)
        self._sample = rack.rack(self._last_s)

    def refresh(self, now_s: float) -> None:
        """Nothing to look up: the rack runs by itself."""

    def heard(self) -> None:
        """Tell the packs that somebody talked to them."""
        self.virtual.heard()

    def rack(self) -> RackSample:
        """What the packs told last, with the time at which they did."""
        return self._sample

    async def run(self) -> None:
        """Advance for ever."""
        while True:
            await asyncio.sleep(TICK_S)
            now_s = self._clock()
            elapsed_s, self._last_s = now_s - self._last_s, now_s
            await self._advance((elapsed_s if elapsed_s < _LATE_S else TICK_S) * self.speed)
            self._sample = self.virtual.rack(now_s)

    async def _advance(self, seconds: float) -> None:
        while seconds > 1e-9:
            step_s = min(seconds, _LONGEST_STEP_S)
            self.virtual.step(step_s)
            seconds -= step_s
            # At high speed the steps of one tick must not hold up those who ask.
            await asyncio.sleep(0)
