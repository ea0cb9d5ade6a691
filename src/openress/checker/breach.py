"""A broken invariant, in one sentence."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Breach"]


@dataclass(frozen=True, slots=True)
class Breach:
    """Something that must never happen, and has.

    Attributes:
        invariant: its number in the list of safety invariants: S1, S2, ...
        sentence: what is wrong, with the values seen.
        at_s: time of the measurement.
    """

    invariant: str
    sentence: str
    at_s: float

    def __str__(self) -> str:
        return f"{self.invariant} at {self.at_s:g} s: {self.sentence}"
