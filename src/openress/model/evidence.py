"""Where a fact comes from, and how much it may be trusted."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

__all__ = ["Confidence", "Source"]


class Confidence(Enum):
    """How a fact was learned, best first."""

    CAPTURE = "capture"
    """Seen on the wire of a real device."""
    VENDOR = "vendor document"
    """Printed by the maker, not checked on a device."""
    OPEN = "open implementation"
    """Read in somebody's working program or field report."""
    INFERENCE = "inference"
    """Concluded here from other facts."""
    OURS = "our decision"
    """Chosen by this project where no source speaks."""


@dataclass(frozen=True, slots=True)
class Source:
    """One citation: a title a reader can look for, and its confidence."""

    title: str
    confidence: Confidence

    def __str__(self) -> str:
        return f"{self.title} ({self.confidence.value})"
