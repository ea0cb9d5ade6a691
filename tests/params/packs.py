"""Ratings of the two A5L packs, and of one whose maker publishes nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Pack:
    title: str = "A5L 51.2 V"
    cells_in_series: int = 16
    charge_current_max_a: float | None = 110
    discharge_current_max_a: float | None = 120
    discharge_peak_max_a: float | None = 150
    parameters: Mapping[str, float] = field(default_factory=dict)


A5L_16S = Pack()
A5L_15S = Pack("A5L 48 V", 15)
SILENT = Pack("Silent 51.2 V", 16, None, None, None)
