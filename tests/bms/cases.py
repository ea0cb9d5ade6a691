"""A row of the protections on a stream: how to reach its thresholds, and each circumstance that may release it."""

from __future__ import annotations

from tests.bms.printed import PRINTED, Printed
from tests.bms.streams import Stream, remembering

from openress.bms.rows import Row
from openress.products import Product

STEPS = {"highest_mv": 1, "lowest_mv": 1, "pack_v": 0.01, "soc_pct": 0.1, "short": 1}
"""Smallest difference of a quantity; a tenth where nothing is said."""

COLUMN = {15: 0, 16: 1}
OF_CURRENT = ("charge_a", "discharge_a")
CURRENTS = {"discharging": -1.1, "charging": 1.1}


class Case:
    """One row on one product, with the printed numbers of its column; on a stream of its own, unless one is given."""

    def __init__(self, product: Product, row: Row, stream: Stream | None = None) -> None:
        self.printed: Printed = PRINTED[row.condition]
        self.condition = row.condition
        self.product = product
        self.column = COLUMN[product.cells_in_series]
        self.stream = stream or Stream(product)
        if stream is None and self.printed.quantity != "soc_pct":
            self.stream.settled()

    def value(self, field: str, steps: int = 0) -> float:
        """A printed number, moved by so many steps to the bad side."""
        step = STEPS.get(self.printed.quantity, 0.1)
        return round(float(getattr(self.printed, field)[self.column]) + self.printed.side * steps * step, 2)

    def put(self, value: float) -> dict[str, object]:
        """The world in which the watched quantity has that value."""
        quantity, n = self.printed.quantity, self.product.cells_in_series
        if quantity == "pack_v":
            return {"pack_v": value, "cell_mv": 1000 * value / n}
        if quantity in OF_CURRENT:
            return {"current_a": value if quantity == "charge_a" else 0.0 - value}
        if quantity == "short":
            return {"short": bool(value), "terminal_v": 0.0 if value else 51.0}
        return {quantity: value}

    def hold(self, seconds: float, value: float, dt_ms: int = 125) -> None:
        if self.printed.quantity == "soc_pct":
            self.stream = Stream(self.product, memory=remembering(self.product, value))
            self.stream.hold(seconds, dt_ms)
        else:
            self.stream.hold(seconds, dt_ms, **self.put(value))

    @property
    def pack_v(self) -> float:
        """As measured now."""
        pack_v = self.stream.world.measured(self.product.cells_in_series, 0).pack_voltage_v
        assert pack_v is not None
        return pack_v

    @property
    def alarmed(self) -> bool:
        return self.condition in self.stream.last.alarms

    @property
    def tripped(self) -> bool:
        return self.condition in self.stream.last.protections

    def trip(self) -> None:
        """Trip it and keep it from releasing: just inside the release, no current, nothing at the terminals."""
        self.hold(self.printed.delay_ms / 1000 + 0.25, self.value("trip"), dt_ms=25)
        assert self.tripped, self.condition
        self.rest()

    def rest(self) -> None:
        if self.printed.release is not None:
            self.stream.step(**self.put(self.value("release", +1)), terminal_v=0.0)
        elif self.printed.quantity == "short":
            self.stream.step(short=False, terminal_v=0.0)
        else:
            self.stream.step(current_a=0.0, terminal_v=0.0)
        assert self.tripped


def alone(case: Case, circumstance: str) -> None:
    """Let one circumstance come, and nothing else."""
    match circumstance:
        case "discharging" | "charging":
            case.stream.step(current_a=CURRENTS[circumstance])
        case "charger":
            case.stream.step(charger=True)
        case "load_removed":
            case.stream.hold(1.25, terminal_v=case.pack_v)
        case "minute":
            case.stream.hold(60.0, 500)


def nearly(case: Case, circumstance: str) -> None:
    """The same, by a hair too little."""
    match circumstance:
        case "discharging" | "charging":
            for share in (0.9, 1.0):
                case.stream.hold(2.0, current_a=share if circumstance == "charging" else -share)
        case "load_removed":
            case.stream.hold(0.75, terminal_v=case.pack_v)
            case.stream.hold(5.0, terminal_v=0.89 * case.pack_v)


def overload(case: Case, current_a: float) -> None:
    """One over-current that trips, and the switch that ends it."""
    case.stream.hold(case.printed.delay_ms / 1000, 50, current_a=current_a)
    case.stream.hold(1.0, current_a=0.0)
