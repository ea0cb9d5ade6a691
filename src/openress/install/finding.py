"""What is wrong, or worth a look, with an installation: one sentence for the installer, and a name for programs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

__all__ = ["Finding", "Weight", "worst"]


class Weight(StrEnum):
    """How much a finding weighs."""

    REFUSED = "refused"
    """It must not be built or switched on like this."""
    UNKNOWN = "unknown"
    """A fact is missing that nobody has published: whoever has the label or the manual must enter it."""
    ADVICE = "advice"
    """It may stay, and is worth knowing."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding."""

    code: str
    weight: Weight
    sentence: str


def worst(findings: Iterable[Finding]) -> Weight | None:
    """Tell the heaviest weight among findings; `None` when there are none."""
    order = list(Weight)
    return min((finding.weight for finding in findings), key=order.index, default=None)
