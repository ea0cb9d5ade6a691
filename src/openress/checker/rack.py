"""A rack: the sum that is told, held against the packs it was made of (S6, S7, S9 to S12)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from math import inf, isfinite

from openress.checker.breach import Breach
from openress.checker.hazards import HAZARDS, Flow, limit_of
from openress.model import FRESH_AT_LEAST_S, Limits, PackSample, RackSample, Status
from openress.products import Product

__all__ = ["RackChecker"]

EPSILON = 1e-6
FULL_IN_S = 40.0
"""No total may rise from nothing to the published maxima faster; inverters take seconds to follow (ours)."""
_STOPS = {flow: frozenset(hazard.condition for hazard in HAZARDS if flow in hazard.cuts) for flow in Flow}


class RackChecker:
    """Watches the sum over packs of one product.

    It remembers the total that was allowed when a pack fell silent: that pack may still be on the bus, so until it is
    heard again, or `forget` says that it has been taken away, the total must not rise above it.

    Args:
        product: what the packs are.
        fresh_for_s: age up to which a pack's values hold; may be set anew where it follows the polling cycle.
        expected: numbers of the packs that must have been heard before anything is offered; `None` leaves S12 to
            others, as for a sum that is formed from packs in the same program.
    """

    def __init__(
        self, product: Product, *, fresh_for_s: float = FRESH_AT_LEAST_S, expected: Collection[int] | None = None
    ) -> None:
        self._product = product
        self._expected = None if expected is None else set(expected)
        self._seen: set[int] = set()
        self._begun_s = -inf
        self._last_s: float | None = None
        self.fresh_for_s = fresh_for_s
        self._found: list[Breach] = []
        self._at_s = 0.0
        self._part: dict[Flow, set[int]] = {flow: set() for flow in Flow}
        self._total: dict[Flow, float | None] = dict.fromkeys(Flow)
        self._ceilings: dict[Flow, dict[int, float]] = {flow: {} for flow in Flow}

    def forget(self, pack: int) -> None:
        """Take note that pack number `pack` has been taken out of the rack."""
        for flow in Flow:
            self._part[flow].discard(pack)
            self._ceilings[flow].pop(pack, None)
        if self._expected is not None:
            self._expected.discard(pack)

    def restart(self, now_s: float) -> None:
        """Take note that the line was away, or that polling begins anew: S12 starts over."""
        self._seen.clear()
        self._begun_s = now_s

    def check(self, packs: Sequence[PackSample], rack: RackSample, now_s: float) -> list[Breach]:
        """Judge a rack at `now_s`.

        Args:
            packs: the last that was heard of every pack, old or new.
            rack: what is told of them together.
            now_s: the time at which it is told.
        """
        self._found, self._at_s = [], now_s
        fresh = [pack for pack in packs if self._is_fresh(pack.at_s) and not pack.asleep]
        asleep = {pack.pack for pack in packs if pack.asleep}
        self._note_seen(packs)
        before = dict(self._total)
        self._identities(rack)
        self._freshness(rack)
        if rack.limits is not None:
            for flow in Flow:
                self._total_current(flow, fresh, asleep, limit_of(rack.limits, flow))
                self._rise(flow, before[flow], limit_of(rack.limits, flow))
            self._voltages(fresh, rack.limits)
        self._warnings(fresh, rack.status)
        self._last_s = now_s
        return list(self._found)

    def _say(self, invariant: str, sentence: str) -> None:
        self._found.append(Breach(invariant, sentence, self._at_s))

    def _is_fresh(self, at_s: float | None) -> bool:
        return at_s is not None and 0.0 <= self._at_s - at_s <= self.fresh_for_s

    def _identities(self, rack: RackSample) -> None:
        numbers = Counter(f"pack {pack.pack}" for pack in rack.packs)
        serials = Counter(
            f"serial {pack.identity.serial}" for pack in rack.packs if pack.identity and pack.identity.serial
        )
        for name, count in (numbers + serials).items():
            if count > 1:
                self._say("S9", f"{name} is counted {count} times.")
        most = self._product.pack_limit
        if most is not None and len(rack.packs) > most:
            self._say("S9", f"The rack counts {len(rack.packs)} packs, and {self._product.key} allows {most}.")

    def _freshness(self, rack: RackSample) -> None:
        offered = rack.limits is not None and any(limit_of(rack.limits, flow) for flow in Flow)
        if rack.limits is None or not offered:
            return
        if not self._is_fresh(rack.limits.at_s):
            self._say("S11", f"Limits of {rack.limits.at_s:g} s are offered at {self._at_s:g} s.")
        for pack in rack.packs:
            if not self._is_fresh(pack.at_s) and not pack.asleep:
                self._say("S11", f"Limits are offered with pack {pack.pack}, last heard of at {pack.at_s} s.")

    def _note_seen(self, packs: Sequence[PackSample]) -> None:
        """Which packs have told everything since the start; one that says it sleeps has said enough."""
        for pack in packs:
            groups = (pack.analog, pack.status, pack.limits)
            whole = all(group is not None and group.at_s >= self._begun_s for group in groups)
            if pack.asleep or (whole and self._is_fresh(pack.at_s)):
                self._seen.add(pack.pack)

    def _rise(self, flow: Flow, before: float | None, total: float | None) -> None:
        """S12: nothing before everybody has been heard, and then slowly."""
        if self._expected is None or not total or not isfinite(total):
            return
        unheard = sorted(self._expected - self._seen)
        if unheard:
            numbers = ", ".join(str(number) for number in unheard)
            self._say("S12", f"{total:g} A of {flow.value} are offered before pack {numbers} has been heard.")
        published = self._product.charge_current_max_a if flow is Flow.CHARGE else self._product.discharge_current_max_a
        dt_s = 0.0 if self._last_s is None else max(0.0, self._at_s - self._last_s)
        risen = total - (before or 0.0)
        if published is not None and risen > len(self._part[flow]) * published * dt_s / FULL_IN_S + EPSILON:
            self._say("S12", f"{flow.value} rose by {risen:g} A in {dt_s:g} s.")

    def _total_current(self, flow: Flow, fresh: Sequence[PackSample], asleep: set[int], total: float | None) -> None:
        part = {pack.pack: pack for pack in fresh if not _is_open(pack, flow)}
        apart = ({pack.pack for pack in fresh} - set(part)) | asleep
        self._lost(flow, set(part), apart)
        self._part[flow] = set(part)
        self._total[flow] = total
        if total is None or total == 0.0:
            return
        offer = f"{total:g} A of {flow.value} are offered"
        if not isfinite(total) or total < 0.0:
            self._say("S7", f"{offer}.")
            return
        for number, pack in part.items():
            if _must_not(pack, flow):
                self._say("S9", f"Pack {number} must not, its switch is not reported open, and {offer}.")
        limits = [None if pack.limits is None else limit_of(pack.limits, flow) for pack in part.values()]
        known = [limit for limit in limits if limit is not None]
        if not known or len(known) < len(limits):
            self._say("S9", f"{offer}, and {len(limits) - len(known)} of {len(limits)} packs give no limit.")
        else:
            if not total <= sum(known) + EPSILON:
                self._say("S9", f"{offer}; the packs that take part allow {sum(known):g} A.")
            if not total <= len(known) * min(known) + EPSILON:
                self._say("S10", f"{offer}; {len(known)} packs times the least {min(known):g} A is less.")
        product = self._product
        published = product.charge_current_max_a if flow is Flow.CHARGE else product.discharge_current_max_a
        if published is not None and total > len(part) * published + EPSILON:
            self._say("S6", f"{offer}, more than {len(part)} packs with a published {published:g} A.")
        for number, ceiling in self._ceilings[flow].items():
            if total > ceiling + EPSILON:
                self._say("S9", f"{offer}, and {ceiling:g} A were when pack {number} fell silent.")

    def _lost(self, flow: Flow, part: set[int], apart: set[int]) -> None:
        """Keep what was allowed when a pack that took part fell silent; one that reports itself open has left."""
        ceilings = self._ceilings[flow]
        for number in part | apart:
            ceilings.pop(number, None)
        for number in self._part[flow] - part - apart:
            ceilings.setdefault(number, self._total[flow] or 0.0)

    def _voltages(self, fresh: Sequence[PackSample], limits: Limits) -> None:
        high_v, low_v = limits.charge_voltage_limit_v, limits.discharge_voltage_limit_v
        taking = [pack.limits for pack in fresh if pack.limits is not None and not _is_open(pack, Flow.CHARGE)]
        giving = [pack.limits for pack in fresh if pack.limits is not None and not _is_open(pack, Flow.DISCHARGE)]
        least = min(
            (own.charge_voltage_limit_v for own in taking if own.charge_voltage_limit_v is not None), default=None
        )
        most = max(
            (own.discharge_voltage_limit_v for own in giving if own.discharge_voltage_limit_v is not None), default=None
        )
        for value in (high_v, low_v):
            if value is not None and not (isfinite(value) and value >= 0.0):
                self._say("S7", f"A voltage limit is {value} V.")
        if high_v is not None and least is not None and high_v > least + EPSILON:
            self._say("S7", f"The charge voltage limit is {high_v:g} V; a pack allows only {least:g} V.")
        if low_v is not None and most is not None and low_v < most - EPSILON:
            self._say("S7", f"The discharge voltage limit is {low_v:g} V; a pack allows only {most:g} V.")
        if high_v is not None and low_v is not None and low_v >= high_v:
            self._say("S7", f"The discharge voltage limit of {low_v:g} V is not below that of charge, {high_v:g} V.")

    def _warnings(self, fresh: Sequence[PackSample], told: Status | None) -> None:
        for name in ("alarms", "protections", "faults"):
            own = {item for pack in fresh for item in (getattr(pack.status, name, None) or ())}
            untold = own - set(getattr(told, name, None) or ())
            if untold:
                self._say("S9", f"The rack does not tell {', '.join(sorted(untold))} of its packs' {name}.")


def _is_open(pack: PackSample, flow: Flow) -> bool:
    switches = None if pack.status is None else pack.status.switches
    if switches is None:
        return False
    return (switches.charge if flow is Flow.CHARGE else switches.discharge) is False


def _must_not(pack: PackSample, flow: Flow) -> bool:
    """A protection that stops this direction, a fault, or the pack's own word."""
    limits, status = pack.limits, pack.status
    if limits is not None and (limits.charge_enabled if flow is Flow.CHARGE else limits.discharge_enabled) is False:
        return True
    return status is not None and (bool(status.faults) or not _STOPS[flow].isdisjoint(status.protections or ()))
