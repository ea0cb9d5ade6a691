"""Packs in parallel do not share a current evenly; one that is measured to carry more than it may holds the rack down.

The number of packs times the smallest limit is right for packs that are alike. A pack with less resistance between
itself and the busbar, or with less charge in it, carries more than its part: it would run into its own protection, and
the others after it, while the total is within what is allowed. Its share is taken from the currents themselves, once
it was beyond its limit for longer than an inverter needs to follow, and the total stays within what that share allows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import exp

from openress.bms.aggregate import Way, has_left
from openress.model import PackSample

__all__ = ["FORGET_S", "FOR_S", "OVER", "OVER_A", "Share", "Shares"]

OVER, OVER_A = 1.05, 2.0
"""Beyond so many times the limit and so much more it is neither the error of a sensor nor the step of a wire."""
FOR_S = 10.0
"""Inverters follow a limit within a few seconds; a limit that falls is passed for so long by right."""
FORGET_S = 3600.0
"""Shares change with charge and temperature: in this time a share that was measured falls to 1/e."""


@dataclass(frozen=True, slots=True)
class Share:
    """What one pack's part of the current leaves for the rack.

    Attributes:
        total_a: that the rack may carry, so that this pack stays within its limit.
        pack: its number.
        pct: its part of the rack's current.
    """

    total_a: float
    pack: int
    pct: float


@dataclass(frozen=True, slots=True)
class _Seen:
    """Of one pack in one direction: since when it is beyond its limit, and the share that it was found to have."""

    over_since_s: float | None = None
    share: float = 0.0


class Shares:
    """Machine that learns which packs carry more than their part."""

    __slots__ = ("_last_s", "_seen")

    def __init__(self) -> None:
        self._seen: dict[Way, dict[int, _Seen]] = {way: {} for way in Way}
        self._last_s: float | None = None

    def step(self, counted: Sequence[PackSample], now_s: float) -> dict[Way, Share]:
        """Look at the currents at `now_s`; gives the tightest share of each direction that has one.

        Edge rules: a pack that does not count any more, sleeps or has opened its switch is forgotten. A pack that
        tells no current or no limit has no share, and while one pack's current is not known nobody's share is learnt.
        Packs that charge one another while the rack takes nothing count as if the pack took all of it: a share is
        never more than 1, so that this alone never forbids a current.
        """
        faded = 1.0 if self._last_s is None else exp(-max(0.0, now_s - self._last_s) / FORGET_S)
        self._last_s = now_s
        found: dict[Way, Share] = {}
        for way in Way:
            part = [sample for sample in counted if not has_left(sample, way)]
            flows = {sample.pack: _flow_a(sample, way) for sample in part}
            known = [flow_a for flow_a in flows.values() if flow_a is not None]
            total_a = sum(known) if len(known) == len(part) else None
            before = self._seen[way]
            self._seen[way] = {
                sample.pack: _look(
                    before.get(sample.pack, _Seen()), flows[sample.pack], total_a, sample, way, now_s, faded
                )
                for sample in part
            }
            shares = [
                Share(limit_a / seen.share, sample.pack, 100.0 * seen.share)
                for sample in part
                if (seen := self._seen[way][sample.pack]).share * len(part) > 1.0
                and (limit_a := _limit_a(sample, way)) is not None
            ]
            if shares:
                found[way] = min(shares, key=lambda share: share.total_a)
        return found


def _look(
    seen: _Seen, flow_a: float | None, total_a: float | None, sample: PackSample, way: Way, now_s: float, faded: float
) -> _Seen:
    seen = replace(seen, share=seen.share * faded)
    limit_a = _limit_a(sample, way)
    # A limit of 0 forbids the rack everything already, and a share of nothing cannot be told.
    if flow_a is None or not limit_a or flow_a <= OVER * limit_a + OVER_A:
        return replace(seen, over_since_s=None)
    since_s = now_s if seen.over_since_s is None else seen.over_since_s
    if now_s - since_s < FOR_S or total_a is None:
        return replace(seen, over_since_s=since_s)
    share = min(1.0, flow_a / total_a) if total_a > 0.0 else 1.0
    return _Seen(since_s, max(seen.share, share))


def _flow_a(sample: PackSample, way: Way) -> float | None:
    """The current of a pack as it counts in one direction: against it, it is less than nothing."""
    current_a = None if sample.analog is None else sample.analog.pack_current_a
    if current_a is None:
        return None
    return current_a if way is Way.CHARGE else -current_a


def _limit_a(sample: PackSample, way: Way) -> float | None:
    if sample.limits is None:
        return None
    limits = sample.limits
    return limits.charge_current_limit_a if way is Way.CHARGE else limits.discharge_current_limit_a
