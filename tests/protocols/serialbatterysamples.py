"""Questions and racks for the tests of the battery side of serial dialects."""

from __future__ import annotations

from tests.protocols.seriallines import (
    reads,
    text,
)

FIRST = {
    "pylontech": text(2, 0x92, "02"),
    "pace-modbus": reads(0, 37),
    "voltronic-485": reads(0x70, 8),
    "growatt-485": reads(0x10, 0x13),
    "tianbangda": reads(0x1000, 0x17, function=4),
}
"""A question that tells what is allowed."""
