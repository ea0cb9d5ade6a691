"""Layouts and checks: a 15-cell analog reply, beside python-pylontech's own decoder on it, and the Modbus CRC."""

from __future__ import annotations

from pylontech import Pylontech

from benchmarks.timing import microseconds, report
from openress.codec import HexFrame
from openress.codec.modbus import crc16
from openress.protocols.battery.pylontech.decode import open_frame
from openress.protocols.battery.pylontech.frames import PACK_BLOCK

__all__ = ["main"]

# One pack of a 7-pack Pylontech stack (Tomcat42/pylontech-python issue 7): 15 cells, 5 temperatures, 24-bit capacities.
REPLY = (
    b"~20024600F07A00020F0D170D140D150D150D180D170D140D150D150D180D170D140D150D150D18050C0B0BEF0BF00BED0C0B"
    b"00C9C447FFFF04FFFF00120172B90186A0E2D1\r"
)


def main() -> None:
    """Measure and print."""

    def ours() -> object:
        return PACK_BLOCK.decode(open_frame(REPLY).info[2:])

    theirs = object.__new__(Pylontech)

    def other() -> object:
        frame = theirs._decode_frame(theirs._decode_hw_frame(REPLY))  # what its read_frame does
        return theirs.get_values_single_fmt.parse(frame.info[1:])

    block = PACK_BLOCK.decode(open_frame(REPLY).info[2:])
    assert block.cell_voltages_mv[0] == round(1000 * other().CellVoltages[0])  # type: ignore[attr-defined]

    report("Pylontech 42, 15 cells: frame to values", microseconds(ours), "us", 12)
    report("  python-pylontech on the same frame", microseconds(other), "us")
    report(
        "  values to frame", microseconds(lambda: HexFrame(0x20, 2, 0x46, 0, PACK_BLOCK.encode(block)).encode()), "us"
    )
    report("Modbus CRC of 79 bytes", microseconds(lambda: crc16(bytes(79))), "us")
