"""A pack's calendar clock in bytes, in the forms that Modbus dialects have."""

from __future__ import annotations

from dataclasses import replace

from openress.errors import ParameterError
from openress.model.history import Calendar
from openress.protocols.registers import Packed

__all__ = ["SIX_BYTES", "SIX_BYTES_OR_NONE", "YEAR_WORD_LOW_FIRST"]


def _valid(year: int, month: int, day: int, hour: int, minute: int, second: int) -> Calendar | None:
    """A clock that was never set shows months or days that do not exist."""
    if not (1 <= month <= 12 and 1 <= day <= 31 and hour < 24 and minute < 60 and second < 60):
        return None
    return Calendar(year, month, day, hour, minute, second)


def _read_six(raw: bytes) -> Calendar | None:
    return _valid(2000 + raw[0], *raw[1:6])


def _write_six(at: Calendar) -> bytes:
    if not 2000 <= at.year <= 2255:
        raise ParameterError(f"This clock shows the years 2000 to 2255, not {at.year}.")
    return bytes((at.year - 2000, at.month, at.day, at.hour, at.minute, at.second))


def _read_eight(raw: bytes) -> Calendar | None:
    return _valid(int.from_bytes(raw[:2], "little"), *raw[2:7])


def _write_eight(at: Calendar) -> bytes:
    return at.year.to_bytes(2, "little") + bytes((at.month, at.day, at.hour, at.minute, at.second, 0))


SIX_BYTES = Packed("year - 2000, month, day, hour, minute, second", _read_six, _write_six)
SIX_BYTES_OR_NONE = replace(SIX_BYTES, absent=bytes(6))
"""The same where a pack without a clock shows zeros, which are no date."""
YEAR_WORD_LOW_FIRST = Packed("year (low byte first), month, day, hour, minute, second, 0", _read_eight, _write_eight)
