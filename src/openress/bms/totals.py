"""The totals of a rack with a memory: they fall at once, rise slowly, and never rise because a pack was lost.

A pack that took part and is heard no more may still be on the busbar. So, in each direction in which it has not said
that its switch is open, and until it is heard again, sleeps by its own word or is released:

1. the number of packs falls by one, as its current no longer adds;
2. its last limits stay among those of which the smallest counts, and its last prohibitions hold;
3. the total does not pass what it was when the pack was heard last.

The first two follow the packs that remain; the third holds whatever they come to allow. Nor does the total pass what
leaves a pack within its limit that was measured to carry more than its part.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from math import inf

from openress.bms.aggregate import Way, aggregate, has_left
from openress.bms.shares import Share, Shares
from openress.model import LimitRule, Limits, Notice, PackSample, RackSample, Reason, Status

__all__ = ["RISE_PER_S", "RackTotals"]

RISE_PER_S = 0.02
"""Of what is allowed, each second: back to all of it in 50 s, as the limits of a single pack."""

_Amps = tuple[float | None, Reason | None]


class RackTotals:
    """Machine that forms the rack, step by step.

    Args:
        rise_per_s: as `RISE_PER_S`; `None` lets totals rise at once.
    """

    __slots__ = ("_ceilings", "_heard", "_last", "_last_s", "_on_bus", "_rise_per_s", "_shares", "_taking_part")

    def __init__(self, *, rise_per_s: float | None = RISE_PER_S) -> None:
        self._rise_per_s = rise_per_s
        self._last: dict[Way, float] = dict.fromkeys(Way, 0.0)
        self._last_s: float | None = None
        self._taking_part: dict[Way, set[int]] = {way: set() for way in Way}
        self._on_bus: dict[int, PackSample] = {}
        self._heard: set[int] = set()
        self._shares = Shares()
        self._ceilings: dict[Way, dict[int, float]] = {way: {} for way in Way}

    @property
    def lost(self) -> frozenset[int]:
        """The packs that hold a total down by having fallen silent."""
        return frozenset(number for ceilings in self._ceilings.values() for number in ceilings)

    def release(self, pack: int) -> None:
        """Pack number `pack` is known to be off the busbar: its last limits no longer hold."""
        self._on_bus.pop(pack, None)
        for way in Way:
            self._taking_part[way].discard(pack)
            self._ceilings[way].pop(pack, None)

    def step(
        self,
        counted: Sequence[PackSample],
        now_s: float,
        *,
        bounding: Sequence[PackSample] = (),
        ready: bool = True,
        rises: bool = True,
    ) -> RackSample:
        """Form the rack at `now_s`.

        Args:
            counted: packs that take part or sleep, all of them fresh.
            now_s: the time.
            bounding: packs that are heard and do not take part.
            ready: whether anything may be allowed at all.
            rises: whether more may be allowed than before; not while nobody can be heard.
        """
        heard = {sample.pack: sample for sample in (*counted, *bounding)}
        silent = [_silent(sample) for number, sample in self._on_bus.items() if number not in heard]
        for way in Way:
            self._mind_losses(way, counted, heard)
        self._on_bus |= heard
        self._heard = set(heard)
        shares = self._shares.step(counted, now_s)
        formed = aggregate(counted, now_s, bounding=[*bounding, *silent])
        limits = formed.limits
        if limits is None and silent and not any(not sample.asleep for sample in counted):
            # Nobody is left: what is told is as old as the last that was heard of anybody.
            lost = Reason(LimitRule.PACK_LOST)
            last_s = max(sample.at_s or 0.0 for sample in silent)
            limits = Limits(last_s, charge_reason=lost, discharge_reason=lost)
            ready = False
        dt_s = 0.0 if self._last_s is None else max(0.0, now_s - self._last_s)
        # A rise begins when something may be allowed, however long that has taken.
        self._last_s = now_s if ready and limits is not None else None
        if limits is None:
            self._last = dict.fromkeys(Way, 0.0)
            return formed
        dt_s = dt_s if rises else 0.0
        charge = self._held(Way.CHARGE, _shared(limits, Way.CHARGE, shares), dt_s, ready=ready)
        discharge = self._held(Way.DISCHARGE, _shared(limits, Way.DISCHARGE, shares), dt_s, ready=ready)
        return replace(
            formed,
            status=_with_loss(formed.status, silent),
            limits=replace(
                limits,
                charge_current_limit_a=charge[0],
                charge_enabled=None if charge[0] is None else charge[0] > 0,
                charge_reason=charge[1],
                discharge_current_limit_a=discharge[0],
                discharge_enabled=None if discharge[0] is None else discharge[0] > 0,
                discharge_reason=discharge[1],
            ),
        )

    def _mind_losses(self, way: Way, counted: Sequence[PackSample], heard: dict[int, PackSample]) -> None:
        """Note the total for every pack that took part and does not any more without having said so."""
        ceilings = self._ceilings[way]
        taking_part = {sample.pack for sample in counted if not has_left(sample, way)}
        left = {number for number, sample in heard.items() if has_left(sample, way)}
        for number in taking_part | left:
            ceilings.pop(number, None)
        doubted = self._taking_part[way] - taking_part - left
        silent = {n for n in self._heard - set(heard) if n in self._on_bus and not has_left(self._on_bus[n], way)}
        for number in doubted | silent:
            ceilings[number] = min(ceilings.get(number, inf), self._last[way])
        self._taking_part[way] = taking_part

    def _held(self, way: Way, told: _Amps, dt_s: float, *, ready: bool) -> _Amps:
        """What the packs allow in one direction, within what may be told now."""
        wanted, reason = told
        if not ready:
            self._last[way] = 0.0
            lost = reason if reason is not None and reason.rule is LimitRule.PACK_LOST else None
            return 0.0, lost or Reason(LimitRule.STARTING)
        if wanted is None:
            self._last[way] = 0.0
            return None, None
        for number, ceiling in self._ceilings[way].items():
            if wanted > ceiling:
                wanted, reason = ceiling, Reason(LimitRule.PACK_LOST, ceiling, pack=number)
        if self._rise_per_s is not None and wanted > self._last[way]:
            risen = self._last[way] + self._rise_per_s * wanted * dt_s
            if risen < wanted:
                wanted, reason = risen, Reason(LimitRule.RISING, wanted)
        self._last[way] = wanted
        return wanted, reason


def _shared(limits: Limits, way: Way, shares: Mapping[Way, Share]) -> _Amps:
    """What the packs allow in one direction, as they share it."""
    total_a, reason = _told(limits, way)
    share = shares.get(way)
    if share is None or total_a is None or total_a <= share.total_a:
        return total_a, reason
    return share.total_a, Reason(LimitRule.SHARE, share.pct, pack=share.pack)


def _told(limits: Limits, way: Way) -> _Amps:
    if way is Way.CHARGE:
        return limits.charge_current_limit_a, limits.charge_reason
    return limits.discharge_current_limit_a, limits.discharge_reason


def _with_loss(status: Status | None, silent: Sequence[PackSample]) -> Status | None:
    if status is None or not silent:
        return status
    return replace(status, notices=(status.notices or frozenset()) | {Notice.PACK_LOST})


def _silent(sample: PackSample) -> PackSample:
    """What a pack told last, told of a pack that is lost."""
    lost = Reason(LimitRule.PACK_LOST)
    limits = replace(sample.limits or Limits(0.0), charge_reason=lost, discharge_reason=lost)
    return replace(sample, limits=limits)
