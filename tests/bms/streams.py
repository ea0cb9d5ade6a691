"""A pack's BMS that is fed with measurements step by step; whoever wants to watch every step gives a check."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import pytest

from openress.bms.core import Bms
from openress.bms.counting import Charge
from openress.bms.decision import Decision
from openress.bms.measure import Measurement
from openress.bms.protect import Change, ChangeKind
from openress.bms.settings import BmsSettings, Memory
from openress.catalog import load_product
from openress.model import Condition
from openress.params import ParameterSet
from openress.products import Product

PRODUCTS = (load_product("syscom-a5l-48v"), load_product("syscom-a5l-51v2"))
"""48 V with 15 cells in series, 51.2 V with 16."""
SMALL, LARGE = PRODUCTS
products = pytest.mark.parametrize("product", PRODUCTS, ids=lambda product: f"{product.cells_in_series}S")


@dataclass(frozen=True, slots=True)
class World:
    """What a pack finds itself in; voltages that are not given follow from the others."""

    cell_mv: float = 3300
    highest_mv: float | None = None
    lowest_mv: float | None = None
    pack_v: float | None = None
    terminal_v: float | None = None
    current_a: float | None = 0.0
    cell_c: float = 25.0
    hottest_c: float | None = None
    coldest_c: float | None = None
    mos_c: float | None = 30.0
    env_c: float | None = 25.0
    short: bool = False
    communication: bool = False
    charger: bool | None = None

    def measured(self, cells: int, tick: int) -> Measurement:
        """As the front end reports it; one cell trembles by a millivolt, as measured cells do."""
        voltages = [round(self.cell_mv)] * cells
        voltages[cells // 2] -= tick % 2 if self.cell_mv >= 3000 else -(tick % 2)
        if self.highest_mv is not None:
            voltages[2] = round(self.highest_mv)
        if self.lowest_mv is not None:
            voltages[cells - 3] = round(self.lowest_mv)
        warmth = [self.cell_c] * 4
        if self.hottest_c is not None:
            warmth[1] = self.hottest_c
        if self.coldest_c is not None:
            warmth[3] = self.coldest_c
        pack_v = sum(voltages) / 1000.0 if self.pack_v is None else self.pack_v
        return Measurement(
            tuple(voltages),
            pack_v,
            pack_v if self.terminal_v is None else self.terminal_v,
            self.current_a,
            tuple(warmth),
            self.mos_c,
            self.env_c,
            short_circuit=self.short,
            communication=self.communication,
        )


Check = Callable[[Measurement, Decision], None]
"""Looks at every step: what was measured, what was decided."""


class Stream:
    """One pack over time. Time is kept in whole milliseconds, so that delays are exact.

    Args:
        product: of the pack.
        values: its parameters; the product's own where none are given.
        checks: called after every step.
    """

    def __init__(
        self,
        product: Product = LARGE,
        values: Mapping[str, float] | None = None,
        *,
        memory: Memory | None = None,
        settings: BmsSettings | None = None,
        checks: tuple[Check, ...] = (),
        start_ms: int = 0,
    ) -> None:
        self.product = product
        self.cells = product.cells_in_series
        self.values = ParameterSet.defaults(product) if values is None else values
        self.bms = Bms(product, self.values, memory, settings)
        self.world = World()
        self.now_ms = start_ms
        self.changes: list[Change] = []
        self.decisions: list[Decision] = []
        self._checks = checks
        self._tick = 0

    @property
    def now_s(self) -> float:
        """Time of the next measurement."""
        return self.now_ms / 1000.0

    @property
    def last(self) -> Decision:
        """What was decided last."""
        return self.decisions[-1]

    def measure(self, now: Measurement, dt_ms: int) -> Decision:
        """Feed one measurement as it is, and let `dt_ms` pass."""
        decision = self.bms.step(now, self.now_s, charger=self.world.charger)
        self.changes += decision.changes
        self.decisions.append(decision)
        for check in self._checks:
            check(now, decision)
        self.now_ms += dt_ms
        return decision

    def step(self, dt_ms: int = 125, **world: object) -> Decision:
        """One measurement of a world changed by `world`, which stays so, and `dt_ms` until the next."""
        if world:
            self.world = replace(self.world, **world)  # type: ignore[arg-type]  # names are checked by replace
        self._tick += 1
        return self.measure(self.world.measured(self.cells, self._tick), dt_ms)

    def hold(self, seconds: float, dt_ms: int = 125, **world: object) -> Decision:
        """Let a changed world last: measurements every `dt_ms` from now until `seconds` later, both included."""
        decision = self.step(0, **world)
        end_ms = self.now_ms + round(1000 * seconds)
        while self.now_ms < end_ms:
            self.now_ms = min(end_ms, self.now_ms + dt_ms)
            decision = self.step(0)
        self.now_ms += dt_ms
        return decision

    def settled(self) -> Stream:
        """Awake, switched on, at rest for long enough that limits have risen and precharging is over."""
        self.hold(60.0, 2000)
        self.changes.clear()
        self.decisions.clear()
        return self

    def times(self, kind: ChangeKind, condition: Condition) -> list[float]:
        """When something happened to a condition."""
        return [change.at_s for change in self.changes if (change.kind, change.condition) == (kind, condition)]


def remembering(product: Product, soc_pct: float) -> Memory:
    """A memory with that state of charge."""
    full_ah = product.capacity_ah or 0.0
    return Memory(Charge(full_ah * soc_pct / 100.0, full_ah))


def switches(stream: Stream) -> tuple[bool | None, bool | None]:
    """(CHG, DSG)."""
    return stream.last.switches.charge, stream.last.switches.discharge


def charge_limit_a(stream: Stream) -> float:
    """What may be charged with now; it is always told."""
    limit = stream.last.limits.charge_current_limit_a
    assert limit is not None
    return limit
