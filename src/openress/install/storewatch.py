"""Packs that sleep, watched day by day: when each must be charged again, and when its store is too hot or too cold.

A pack that is awake and holds at least the charge it is shipped with counts as charged that day. From then on every
day uses up a part of the product's interval, by how warm the pack was (REQ-137, REQ-140). Days are whole numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from enum import StrEnum

from openress.install.storing import Reading, recharge_day
from openress.products import Product

__all__ = ["Event", "Kept", "Kind", "StoreWatch", "sentence"]

SOON_DAYS = 14
"""So long before the day a person is told once; ours."""
AGAIN_DAYS = 7
"""An overdue pack is told of so often; ours."""
WORTH_KEEPING_C = 1.0
"""A day that differs less from the reading before is not written down."""
HALF_FULL_PCT = 50.0
_EFFECTIVE_A = 0.5


class Kind(StrEnum):
    """What is told of a pack in storage."""

    STORED = "stored"
    SOON = "soon"
    OVERDUE = "overdue"
    TOO_HOT = "too_hot"
    TOO_COLD = "too_cold"
    INTERVAL_UNKNOWN = "interval_unknown"


@dataclass(frozen=True, slots=True)
class Kept:
    """What is remembered of one pack, also over a restart.

    Attributes:
        key: its serial number, or its place where it has none.
        pack: number in the rack when it was seen last.
        charged_day: last day on which it counted as charged; the first day it was seen, where it never did.
        asleep: off or dormant when it was seen last.
        readings: how warm it was, oldest first.
        told: days on which something was told last, by kind.
    """

    key: str
    pack: int
    charged_day: int
    asleep: bool = False
    readings: tuple[Reading, ...] = ()
    told: tuple[tuple[Kind, int], ...] = ()

    def told_on(self, kind: Kind) -> int | None:
        """Day on which it was told last."""
        return dict(self.told).get(kind)


@dataclass(frozen=True, slots=True)
class Event:
    """Something a person should know of a pack in storage; `due_day` and `temperature_c` where they belong to it."""

    kind: Kind
    pack: int
    key: str
    due_day: int | None = None
    temperature_c: float | None = None


class StoreWatch:
    """Machine that follows the packs of a rack.

    Args:
        product: says how often to charge, and how hot and cold a store may be.
        kept: what is remembered.
    """

    def __init__(self, product: Product, kept: Iterable[Kept] = ()) -> None:
        self._product = product
        self._kept = {one.key: one for one in kept}

    @property
    def kept(self) -> list[Kept]:
        """What is to be remembered, by number."""
        return sorted(self._kept.values(), key=lambda one: (one.pack, one.key))

    def see(
        self,
        day: int,
        key: str,
        pack: int,
        *,
        asleep: bool,
        soc_pct: float | None = None,
        current_a: float | None = None,
        temperature_c: float | None = None,
    ) -> list[Event]:
        """Take what a pack tells on a day; gives what to tell of it."""
        old = self._kept.get(key) or Kept(key, pack, day)
        new = replace(old, pack=pack, asleep=asleep)
        if not asleep and self._charged(soc_pct, current_a):
            new = replace(new, charged_day=day, readings=new.readings[-1:])
        if temperature_c is not None:
            new = replace(new, readings=_noted(new.readings, Reading(day, temperature_c)))
        events: list[Event] = []
        if asleep:
            events = self._events(day, new, temperature_c, fell_asleep=not old.asleep)
        else:
            new = replace(new, told=())
        told = dict(new.told) | {event.kind: day for event in events}
        self._kept[key] = replace(new, told=tuple(told.items()))
        return events

    def due_day(self, one: Kept) -> int | None:
        """When a pack must be charged again; `None` when the interval is not published.

        Without any reading the store is taken to be as warm as it may be, and a day that was too hot counts like the
        hottest that has an interval.
        """
        rows = self._product.recharge
        if not rows:
            return None
        hottest_c = rows[-1].up_to_c
        readings = [Reading(reading.day, min(reading.temperature_c, hottest_c)) for reading in one.readings]
        return recharge_day(self._product, one.charged_day, readings or [Reading(one.charged_day, hottest_c)])

    def _charged(self, soc_pct: float | None, current_a: float | None) -> bool:
        if soc_pct is None:
            return current_a is not None and current_a > _EFFECTIVE_A
        wanted_pct = self._product.shipping_soc_pct
        return soc_pct >= (HALF_FULL_PCT if wanted_pct is None else wanted_pct)

    def _events(self, day: int, one: Kept, temperature_c: float | None, *, fell_asleep: bool) -> list[Event]:
        due = self.due_day(one)
        found = [Event(Kind.STORED if due is not None else Kind.INTERVAL_UNKNOWN, one.pack, one.key, due)]
        events = found if fell_asleep else []
        if due is not None and day > due:
            if _not_lately(one, Kind.OVERDUE, day, AGAIN_DAYS):
                events.append(Event(Kind.OVERDUE, one.pack, one.key, due))
        elif due is not None and due - day <= SOON_DAYS and one.told_on(Kind.SOON) is None:
            events.append(Event(Kind.SOON, one.pack, one.key, due))
        low_c, high_c = self._product.storage_min_c, self._product.storage_max_c
        if temperature_c is not None:
            for kind, bad in (
                (Kind.TOO_HOT, high_c is not None and temperature_c > high_c),
                (Kind.TOO_COLD, low_c is not None and temperature_c < low_c),
            ):
                if bad and _not_lately(one, kind, day, 1):
                    events.append(Event(kind, one.pack, one.key, due, temperature_c))
        return events


def _noted(readings: tuple[Reading, ...], new: Reading) -> tuple[Reading, ...]:
    """The readings with a new one: the warmest of each day, and only days that differ."""
    if not readings:
        return (new,)
    last = readings[-1]
    if new.day == last.day:
        return (*readings[:-1], max(last, new, key=lambda reading: reading.temperature_c))
    if abs(new.temperature_c - last.temperature_c) < WORTH_KEEPING_C:
        return readings
    return (*readings, new)


def _not_lately(one: Kept, kind: Kind, day: int, after_days: int) -> bool:
    told_day = one.told_on(kind)
    return told_day is None or day - told_day >= after_days


def sentence(event: Event, product: Product, date_of: Callable[[int], str]) -> str:
    """Tell an event; `date_of` writes a day as a date."""
    when = "" if event.due_day is None else date_of(event.due_day)
    match event.kind:
        case Kind.STORED:
            return f"Pack {event.pack} sleeps: charge it again by {when}."
        case Kind.SOON:
            return f"Pack {event.pack} sleeps and must be charged by {when}."
        case Kind.OVERDUE:
            return f"Pack {event.pack} sleeps and should have been charged by {when}: charge it now."
        case Kind.TOO_HOT:
            return (
                f"Pack {event.pack} is stored at {event.temperature_c:g} C, above {product.storage_max_c:g} C: "
                "move it at once."
            )
        case Kind.TOO_COLD:
            return (
                f"Pack {event.pack} is stored at {event.temperature_c:g} C, below {product.storage_min_c:g} C: "
                "bring it into a warmer place."
            )
        case Kind.INTERVAL_UNKNOWN:
            return (
                f"Pack {event.pack} sleeps, and how often to charge {product.title} in storage is not published: "
                "ask the maker."
            )
