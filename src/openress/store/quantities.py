"""What the history keeps of a pack and of the rack: each quantity under its public key, with what is kept of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from openress.errors import ParameterError
from openress.names import hint

__all__ = ["CELLS", "COLUMNS", "GAUGES", "QUANTITIES", "TOTALS", "Kept", "Quantity", "find_quantity"]

CELLS = "cell_voltages_mv"
"""The one quantity with a value for each cell."""


class Kept(StrEnum):
    """What is kept of a span of time."""

    MIN = "min"
    MEAN = "mean"
    MAX = "max"
    LAST = "last"
    TOTAL = "total"


@dataclass(frozen=True, slots=True)
class Quantity:
    """One of them.

    Attributes:
        key: public, with its unit.
        unit: as people write it.
        per_unit: steps in which it is kept, for each unit: whole numbers take a third of the room.
        kept: what is kept of a span.
    """

    key: str
    unit: str
    per_unit: int
    kept: tuple[Kept, ...]

    def column(self, kept: Kept) -> str:
        """Its column in the tables."""
        return f"{self.key}_{kept.value}"


_SPREAD = (Kept.MIN, Kept.MEAN, Kept.MAX)
_LOW = (Kept.MIN, Kept.MEAN)
_HIGH = (Kept.MEAN, Kept.MAX)
_LAST = (Kept.LAST,)
_TOTAL = (Kept.TOTAL,)

GAUGES = (
    Quantity("pack_voltage_v", "V", 1000, _SPREAD),
    Quantity("pack_current_a", "A", 100, _SPREAD),
    Quantity("soc_pct", "%", 10, _SPREAD),
    Quantity("cell_voltage_min_mv", "mV", 1, _LOW),
    Quantity("cell_voltage_max_mv", "mV", 1, _HIGH),
    Quantity("temperature_min_c", "°C", 10, (Kept.MIN,)),
    Quantity("temperature_max_c", "°C", 10, (Kept.MAX,)),
    Quantity("mos_temperature_c", "°C", 10, (Kept.MAX,)),
    Quantity("env_temperature_c", "°C", 10, (Kept.MEAN,)),
    Quantity("charge_current_limit_a", "A", 10, (Kept.MIN,)),
    Quantity("discharge_current_limit_a", "A", 10, (Kept.MIN,)),
    Quantity("charge_voltage_limit_v", "V", 100, _LAST),
    Quantity("discharge_voltage_limit_v", "V", 100, _LAST),
    Quantity("remaining_ah", "Ah", 100, _LAST),
    Quantity("full_ah", "Ah", 100, _LAST),
    Quantity("soh_pct", "%", 10, _LAST),
    Quantity("cycles", "", 1, _LAST),
)
"""Keys of a snapshot, in the order of the columns. Steps are no coarser than what packs tell (`openress.model.flat`),
save 10 mAh and 0.1 % that no pack measures better."""

TOTALS = (
    Quantity("charged_ah", "Ah", 100_000, _TOTAL),
    Quantity("discharged_ah", "Ah", 100_000, _TOTAL),
    Quantity("charged_wh", "Wh", 1000, _TOTAL),
    Quantity("discharged_wh", "Wh", 1000, _TOTAL),
)
"""Integrated from current and voltage; a day of minutes adds up to within 10 mAh of the true sum."""

QUANTITIES: Mapping[str, Quantity] = {
    quantity.key: quantity for quantity in (*GAUGES, *TOTALS, Quantity(CELLS, "mV", 1, (Kept.MEAN,)))
}

COLUMNS = tuple((quantity, kept) for quantity in (*GAUGES, *TOTALS) for kept in quantity.kept)
"""Columns of numbers, in the order of the tables."""


def find_quantity(key: str) -> Quantity:
    """The quantity called `key`.

    Raises:
        ParameterError: there is none.
    """
    if key not in QUANTITIES:
        raise ParameterError(f"The history has no quantity {key!r}; {hint(key, QUANTITIES)}")
    return QUANTITIES[key]
