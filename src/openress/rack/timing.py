"""How each dialect wants to be asked: one row each, with what is known of it."""

from __future__ import annotations

from openress.rack.poll import Timing

__all__ = ["TIMINGS", "timing_of"]

USUAL = Timing()

TIMINGS: dict[str, Timing] = {
    # A US2000B starts its answer after up to 250 ms; 42 with 15 cells takes 130 ms at 9600 baud.
    "pylontech": Timing(timeout_s=0.6),
    # PbmsTools waits 500 ms; an answer of 16 cells is 160 characters, 170 ms at 9600 baud.
    "pace": Timing(timeout_s=0.7),
    # "RS485 Modbus Protocol for PACE" V1.3: 200 ms to the answer, more than 100 ms between frames.
    "pace-modbus": Timing(timeout_s=0.5, pause_s=0.1),
    # Prints its tables at 115200 baud, line by line, as a person would read them.
    "pylontech-console": Timing(timeout_s=2.0),
}
"""The dialects that differ from the usual or say something about it."""


def timing_of(dialect: str) -> Timing:
    """How to ask packs that speak `dialect`."""
    return TIMINGS.get(dialect, USUAL)
