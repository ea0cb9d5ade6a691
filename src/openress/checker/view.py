"""A measurement as the checker takes it: what is known, what is missing, and what another may well call nonsense.

Two bands around what a sensor may say. Outside the wide one a value is impossible and counts as missing. Between the
two a BMS may believe it or not: limits must be safe either way, but no switch is demanded on its word.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from math import isfinite

from openress.bms.measure import Measurement
from openress.products import Product

__all__ = ["Group", "View", "view"]


class Group(Enum):
    """A front end's quantities: name, impossible outside, doubtful outside (per cell for the pack voltage)."""

    CELLS = ("cell voltage", (0.001, 5000.0), (1500.0, 4200.0))
    PACK = ("pack voltage", (0.001, 5.0), (1.5, 4.2))
    CURRENT = ("current", (-2000.0, 2000.0), (-400.0, 400.0))
    TEMPERATURES = ("cell temperature", (-60.0, 150.0), (-40.0, 100.0))
    MOS = ("MOS temperature", (-60.0, 200.0), (-40.0, 150.0))
    ENV = ("ambient temperature", (-60.0, 150.0), (-40.0, 100.0))
    SHORT = ("short-circuit comparator", (0.0, 1.0), (0.0, 1.0))

    def __init__(self, title: str, possible: tuple[float, float], credible: tuple[float, float]) -> None:
        self.title = title
        self.possible = possible
        self.credible = credible


SUM_TOLERANCE_V = 0.5
"""Cells and pack voltage that differ by more are doubtful, both of them."""


@dataclass(frozen=True, slots=True)
class View:
    """Extremes of one measurement; `None` where a value of the group is missing.

    Attributes:
        missing: groups of which a value cannot be had, or is impossible.
        doubtful: groups that a BMS may take for wrong.
    """

    cells_mv: tuple[float, ...]
    highest_mv: float | None
    lowest_mv: float | None
    pack_v: float | None
    current_a: float | None
    hottest_c: float | None
    coldest_c: float | None
    mos_c: float | None
    env_c: float | None
    short: float
    missing: frozenset[Group]
    doubtful: frozenset[Group]


def view(now: Measurement, product: Product) -> View:
    """Sort a measurement of a pack of `product`.

    Fewer cells or cell sensors than the product has count as missing; so does not a number.
    """
    n = product.cells_in_series
    raw: dict[Group, tuple[Sequence[float | None], int, int]] = {
        Group.CELLS: (now.cell_voltages_mv, n, 1),
        Group.PACK: ((now.pack_voltage_v,), 1, n),
        Group.CURRENT: ((now.pack_current_a,), 1, 1),
        Group.TEMPERATURES: (now.temperatures_c, product.temperature_sensors or 1, 1),
        Group.MOS: ((now.mos_temperature_c,), 1, 1),
        Group.ENV: ((now.env_temperature_c,), 1, 1),
    }
    known = {
        group: [value for value in values if value is not None and _inside(value, group.possible, times)]
        for group, (values, _, times) in raw.items()
    }
    missing = frozenset(g for g, (values, least, _) in raw.items() if len(known[g]) < max(least, len(values)))
    doubtful = {g for g, (_, _, times) in raw.items() if not all(_inside(v, g.credible, times) for v in known[g])}
    whole = {group: () if group in missing else tuple(values) for group, values in known.items()}
    cells, warmth = whole[Group.CELLS], whole[Group.TEMPERATURES]
    pack_v = max(whole[Group.PACK], default=None)
    if pack_v is not None and cells and abs(sum(cells) / 1000.0 - pack_v) > SUM_TOLERANCE_V:
        doubtful |= {Group.CELLS, Group.PACK}
    return View(
        cells_mv=cells,
        highest_mv=max(cells, default=None),
        lowest_mv=min(cells, default=None),
        pack_v=pack_v,
        current_a=max(whole[Group.CURRENT], default=None),
        hottest_c=max(warmth, default=None),
        coldest_c=min(warmth, default=None),
        mos_c=max(whole[Group.MOS], default=None),
        env_c=max(whole[Group.ENV], default=None),
        short=1.0 if now.short_circuit else 0.0,
        missing=missing,
        doubtful=frozenset(doubtful | missing),
    )


def _inside(value: float, band: tuple[float, float], times: int) -> bool:
    return isfinite(value) and band[0] * times <= value <= band[1] * times
