"""When to leave the packs alone, so that they can fall asleep: a pack that is asked stays awake (REQ-122, REQ-126)."""

from __future__ import annotations

from openress.bms.measure import CURRENT_EFFECTIVE_A
from openress.model import RackSample

__all__ = ["Rest"]


class Rest:
    """Machine that tells when nobody needs the rack: no current flows in or out of any pack, and nobody asks.

    Args:
        after_s: for so long; `None` for never.
        now_s: the time.
    """

    __slots__ = ("_after_s", "_needed_s")

    def __init__(self, after_s: float | None, now_s: float) -> None:
        self._after_s = after_s
        self._needed_s = now_s

    def needed(self, now_s: float) -> None:
        """An inverter or a person is there."""
        self._needed_s = max(self._needed_s, now_s)

    def step(self, rack: RackSample, now_s: float) -> bool:
        """Whether to rest now; a current that is not known may be one."""
        for sample in rack.packs:
            current_a = None if sample.analog is None else sample.analog.pack_current_a
            if not sample.asleep and (current_a is None or abs(current_a) > CURRENT_EFFECTIVE_A):
                self._needed_s = max(self._needed_s, now_s)
        return self._after_s is not None and now_s - self._needed_s >= self._after_s
