"""How long a rack takes until it is full or empty, where that can be told, and what holds the current that flows.

What is left, divided by the current, is a time only while the current stays: at the voltage limit it falls by itself,
and with the limits that follow the cells it falls as well.
"""

from __future__ import annotations

from dataclasses import dataclass

from openress.model import Analog, LimitRule, Limits, PackSample, RackSample

__all__ = ["EFFECTIVE_A", "Flowing", "flowing"]

EFFECTIVE_A = 0.5
"""Below this a rack is at rest."""
LONGEST_H = 24.0
"""What lies further ahead is not told."""
_AT_VOLTAGE = 0.005
"""So near to a voltage limit, as a share of it, an inverter holds the voltage: 0.3 V of 55 V."""
_FAR = 1.5
"""A limit so many times the current is not why no more flows."""
_NEARLY = 0.9
"""Of a limit that holds a current, so much flows; and a battery that is nearly full is so full."""
_OF_CELLS = (LimitRule.CELL_VOLTAGE, LimitRule.PACK_VOLTAGE)


@dataclass(frozen=True, slots=True)
class Flowing:
    """A current that flows.

    Attributes:
        hours: until full or empty; `None` where that cannot be told.
        near: it falls, as the end is near.
        limited_a: the limit of the current that holds it; `None` where none does.
        by_told: that limit is what the inverter is told, which is less than the packs allow.
        at_v: the voltage limit that holds it; `None` where none does.
        charging: which end it is about.
    """

    hours: float | None = None
    near: bool = False
    limited_a: float | None = None
    by_told: bool = False
    at_v: float | None = None
    charging: bool = False

    def as_json(self) -> dict[str, int]:
        """Seconds to the end that comes nearer, to the minute; no key where that cannot be told."""
        if self.hours is None:
            return {}
        return {"time_to_full_s" if self.charging else "time_to_empty_s": round(self.hours * 60) * 60}


def flowing(rack: RackSample, told: Limits | None = None) -> Flowing:
    """What becomes of the current of a rack; a rack at rest, or one whose current is not known, has no answer.

    Args:
        rack: the rack.
        told: what its inverter is told, which may be less than the packs allow; `None` where nobody is told anything.
    """
    total, limits = rack.analog, rack.limits
    if total is None or total.pack_current_a is None or abs(total.pack_current_a) <= EFFECTIVE_A:
        return Flowing()
    charging, amps = total.pack_current_a > 0, abs(total.pack_current_a)
    packs = [pack.analog for pack in rack.packs if pack.analog is not None and not _blocked(pack, charging=charging)]
    at_v = _reached(limits, told, packs or [total], charging=charging)
    allowed, cells, by_told = _allowed(limits, told, charging=charging)
    held = allowed is not None and (amps >= _NEARLY * allowed if at_v is not None else amps * _FAR >= allowed)
    left, share = _left(packs, total, charging=charging)
    limited_a = allowed if held else None
    if at_v is not None or (allowed is not None and cells and amps >= _NEARLY * allowed):
        near = share is not None and share >= _NEARLY
        return Flowing(None, near, limited_a, held and by_told, None if held else at_v, charging)
    hours = None if left is None else left / amps
    told_h = None if hours is None or hours > LONGEST_H else hours
    return Flowing(told_h, limited_a=limited_a, by_told=held and by_told, charging=charging)


def _blocked(pack: PackSample, *, charging: bool) -> bool:
    """Whether a pack says that its switch is open: nothing flows into it, or out of it."""
    switches = None if pack.status is None else pack.status.switches
    return switches is not None and (switches.charge if charging else switches.discharge) is False


def _reached(limits: Limits | None, told: Limits | None, packs: list[Analog], *, charging: bool) -> float | None:
    """The voltage limit, of the packs or as the inverter is told, where a pack has come to it."""
    key = "charge_voltage_limit_v" if charging else "discharge_voltage_limit_v"
    each = [getattr(found, key) for found in (limits, told) if found is not None]
    known = [limit_v for limit_v in each if limit_v is not None]
    volts = [pack.pack_voltage_v for pack in packs if pack.pack_voltage_v is not None]
    if not volts or not known:
        return None
    limit_v: float = min(known) if charging else max(known)
    there = max(volts) >= limit_v * (1 - _AT_VOLTAGE) if charging else min(volts) <= limit_v * (1 + _AT_VOLTAGE)
    return limit_v if there else None


def _allowed(limits: Limits | None, told: Limits | None, *, charging: bool) -> tuple[float | None, bool, bool]:
    """What may flow, whether the cells' voltage decides that, so that it falls, and whether the inverter is told it."""
    key = "charge_current_limit_a" if charging else "discharge_current_limit_a"
    packs, inverter = (None if found is None else getattr(found, key) for found in (limits, told))
    # What it is told lags behind a little, and is rounded.
    if inverter is not None and (packs is None or inverter < _NEARLY * packs):
        return inverter, False, True
    reason = None if limits is None else limits.charge_reason if charging else limits.discharge_reason
    return packs, reason is not None and reason.rule in _OF_CELLS, False


def _left(packs: list[Analog], total: Analog, *, charging: bool) -> tuple[float | None, float | None]:
    """Ah until the end in the packs that take part, and which share of the way is behind them."""
    known = [(pack.remaining_ah, pack.full_ah) for pack in packs or [total]]
    if any(remaining is None or full is None for remaining, full in known):
        known = [(total.remaining_ah, total.full_ah)]
    remaining_ah, full_ah = (sum(one or 0.0 for one in column) for column in zip(*known, strict=True))
    if full_ah <= 0.0 or known[0][0] is None or known[0][1] is None:
        return None, None
    left = max(0.0, full_ah - remaining_ah if charging else remaining_ah)
    return left, 1.0 - left / full_ah
