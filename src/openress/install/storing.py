"""Storage and shipping: whether a pack may be stored or sent as it is, and when it must be charged again.

Days are counted in whole numbers from any day that the caller likes; the calendar is the caller's.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from openress.errors import ParameterError
from openress.install.finding import Finding, Weight
from openress.products import Product

__all__ = ["Reading", "ready_to_ship", "ready_to_store", "recharge_day"]

DAYS_IN_A_MONTH = 30
"""On the short side, so that no reminder comes late."""
SHIPPING_BAND_PCT = 5.0


@dataclass(frozen=True, slots=True, order=True)
class Reading:
    """How warm the store was on a day; it is taken to stay so until the next reading."""

    day: int
    temperature_c: float


def recharge_day(product: Product, since_day: int, readings: Sequence[Reading]) -> int:
    """Tell on which day a pack that was charged on `since_day` must be charged again.

    Each day uses up a part of the interval for its temperature, so that a hot summer brings the date forward. After the
    last reading its temperature goes on; before the first one the first goes.

    Raises:
        ParameterError: the product's interval is not published, there is no reading, or it was ever too hot.
    """
    if product.recharge is None:
        raise ParameterError(
            f"{product.title}: how often to charge it in storage is not published; ask the maker and enter it as "
            "recharge in a product file of your own."
        )
    if not readings:
        raise ParameterError("The reminder needs how warm the store is; give at least one temperature.")
    ordered = sorted(readings)
    starts = [since_day, *(max(since_day, reading.day) for reading in ordered[1:])]
    spans = [(start, end) for start, end in pairwise(starts)]
    used = 0.0
    for (start, end), reading in zip(spans, ordered, strict=False):
        interval = _interval(product, reading.temperature_c)
        part = (end - start) / interval
        if used + part >= 1.0:
            return start + _days((1.0 - used) * interval)
        used += part
    return starts[-1] + _days((1.0 - used) * _interval(product, ordered[-1].temperature_c))


def _days(left: float) -> int:
    """Whole days, never late; a day that is missing by rounding alone counts."""
    return math.floor(left + 1e-9)


def _interval(product: Product, temperature_c: float) -> float:
    for row in product.recharge or ():
        if temperature_c <= row.up_to_c:
            return row.months * DAYS_IN_A_MONTH
    rows = product.recharge or ()
    raise ParameterError(
        f"At {temperature_c:g} C {product.title} must not be stored at all; the limit is {rows[-1].up_to_c:g} C."
    )


def ready_to_store(product: Product, temperature_c: float | None, humidity_pct: float | None) -> list[Finding]:
    """Find what is wrong with a store."""
    found = []
    low, high = product.storage_min_c, product.storage_max_c
    if temperature_c is not None:
        if high is not None and temperature_c > high:
            found.append(
                _refuse("too-hot", f"{temperature_c:g} C is above {high:g} C: never store it so hot, move it at once.")
            )
        if low is not None and temperature_c < low:
            found.append(_refuse("too-cold", f"{temperature_c:g} C is below {low:g} C, the coldest for storage."))
    dry, damp = product.humidity_min_pct, product.humidity_max_pct
    if humidity_pct is not None:
        if damp is not None and humidity_pct > damp:
            found.append(
                _refuse("too-damp", f"{humidity_pct:g} % humidity is above {damp:g} %: no dew may form on the packs.")
            )
        if dry is not None and humidity_pct < dry:
            found.append(_refuse("too-dry", f"{humidity_pct:g} % humidity is below {dry:g} %."))
    if None in (low, high, dry, damp):
        found.append(
            Finding(
                "window-unknown",
                Weight.UNKNOWN,
                f"{product.title}: its storage temperatures or humidity are not published; ask the maker.",
            )
        )
    return found


def ready_to_ship(product: Product, soc_pct: float) -> list[Finding]:
    """Find what is wrong with the charge of a pack that shall be sent."""
    wanted = product.shipping_soc_pct
    if wanted is None:
        return [
            Finding(
                "shipping-unknown",
                Weight.UNKNOWN,
                f"{product.title}: the state of charge for shipping is not published; ask the maker.",
            )
        ]
    if abs(soc_pct - wanted) <= SHIPPING_BAND_PCT:
        return []
    way = "discharge" if soc_pct > wanted else "charge"
    return [
        _refuse(
            "shipping-charge",
            f"The pack is at {soc_pct:g} %: {way} it to {wanted:g} % (+-{SHIPPING_BAND_PCT:g} %) before sending it.",
        )
    ]


def _refuse(code: str, sentence: str) -> Finding:
    return Finding(code, Weight.REFUSED, sentence)
