"""What one row of the parameter table says: a setting of the battery management and its bounds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import Literal, Protocol

from openress.model import Source

__all__ = ["Access", "Each", "Envelope", "Pace", "Parameter", "Ratings"]

UNITS = {
    "v": "V",
    "mv": "mV",
    "a": "A",
    "c": "°C",
    "pct": "%",
    "us": "µs",
    "ms": "ms",
    "s": "s",
    "min": "min",
    "count": "",
}
"""The unit a key's suffix stands for."""

DECIMALS = 6
"""Digits kept after arithmetic on table numbers, so that 3.38 V x 16 is 54.08 V and no neighbour of it."""


class Access(IntEnum):
    """Who may do it; a higher level may do everything a lower one may (the guide's Password and Login)."""

    VIEWER = 0
    OPERATOR = 1
    INSTALLER = 2


class Each(float):
    """A voltage for each cell in series: 3.5 stands for 3.5 V x n."""


class Ratings(Protocol):
    """What the parameters need to know of a battery product."""

    @property
    def title(self) -> str:
        """The product as a person calls it."""

    @property
    def cells_in_series(self) -> int:
        """Number of cells that voltages scale with."""

    @property
    def charge_current_max_a(self) -> float | None:
        """Published maximum while charging; `None` is not published."""

    @property
    def discharge_current_max_a(self) -> float | None:
        """Published maximum while discharging; `None` is not published."""

    @property
    def discharge_peak_max_a(self) -> float | None:
        """Published short-time maximum while discharging; `None` is not published."""

    @property
    def parameters(self) -> Mapping[str, float]:
        """Defaults of this product that differ from the table, by key."""


@dataclass(frozen=True, slots=True)
class Envelope:
    """A bound that no role, file, interface or message can pass, and why.

    A fixed bound stands in `low` or `high`. A current is bounded by what its product publishes: `rating` names
    that field of the product, and where the product publishes nothing the row's default is the most there is.
    """

    reason: str
    low: float | None = None
    high: float | None = None
    rating: Literal["charge_current_max_a", "discharge_current_max_a", "discharge_peak_max_a"] | None = None


@dataclass(frozen=True, slots=True)
class Pace:
    """Where PACE devices keep the value: ASCII commands (CID2) and the Modbus register.

    `per_count` is what one count of the register is worth in the row's unit. The ASCII commands lay their
    values differently (temperatures as 2730 + 10 x °C), which is the dialect's business.
    """

    read: int
    write: int
    register: int
    per_count: float


@dataclass(frozen=True, slots=True)
class Parameter:
    """One setting.

    Attributes:
        group: heading on the service tool's screen.
        key: name in files, interfaces and journals; its suffix is the unit.
        label: words beside the input on the service tool's screen.
        default: factory value; a `Each` is multiplied by the cells in series.
        low: least value the service tool accepts.
        high: greatest value the service tool accepts.
        step: values are rounded to multiples of it.
        envelope: the hard bound, where the row has one.
        source: where the default comes from.
        pace: ids on a PACE bus; `None` for a value that is not on the wire.
        note: what a reader must know beyond the numbers.
        adjustable: whether it may be written at all.
        access: level needed to write it.
    """

    group: str
    key: str
    label: str
    default: float
    low: float
    high: float
    step: float
    envelope: Envelope | None
    source: Source
    pace: Pace | None
    note: str = ""
    adjustable: bool = True
    access: Access = Access.INSTALLER

    @property
    def unit(self) -> str:
        """Unit of all numbers of the row, as printed."""
        return UNITS[self.key.rpartition("_")[2]]

    @property
    def per_cell(self) -> bool:
        """Whether the default grows with the cells in series."""
        return isinstance(self.default, Each)

    def default_for(self, cells_in_series: int) -> float:
        """Give the factory value of a pack with that many cells."""
        return scaled(self.default, cells_in_series)

    def rounded(self, value: float) -> float:
        """Give the nearest multiple of the step, whole where the step is whole; a half rounds up."""
        steps = int((value / self.step + 0.5) // 1)
        return round(steps * self.step, DECIMALS)

    def text(self, value: float) -> str:
        """Print a value with its unit: `54.08 V`, `1000 ms`."""
        return f"{value:.15g} {self.unit}".rstrip()


def scaled(value: float, cells_in_series: int) -> float:
    """Multiply a `Each` by the cells in series; any other number stays."""
    return round(float(value) * cells_in_series, DECIMALS) if isinstance(value, Each) else value
