"""Where in an answer on a serial line a value stands: for people who ask which bytes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from openress.codec import HexFrame, Layout
from openress.codec.modbus import ReadRequest, RegistersReply, decode_request
from openress.codec.places import Place, place_of
from openress.codec.rows import Kind
from openress.errors import FrameError
from openress.protocols.modbus.map import ModbusMap
from openress.protocols.registers import Register
from openress.protocols.registertable import RegisterTable

__all__ = ["Places", "hex_places", "register_places"]

Places = Callable[[bytes, bytes, str], Place | None]
"""Question, answer and public name -> place in the answer; `None` where the answer does not have it in one place."""

_MODBUS_AHEAD = 3
"""Address, function and count of bytes; one more where registers are counted in two."""
_HEX_AHEAD = 13
"""SOI, version, address, CID1, return code and length: characters before INFO, of which each byte takes two."""


def register_places(dialect: ModbusMap) -> Places:
    """Places in the answers of a Modbus dialect."""

    def place(question: bytes, answer: bytes, key: str) -> Place | None:
        try:
            asked = decode_request(question, countless_writes=dialect.countless_writes)
            reply = dialect.read_reply(answer)
        except FrameError:
            return None
        if not isinstance(asked, ReadRequest) or not isinstance(reply, RegistersReply):
            return None
        space = dialect.spaces.get(asked.function)
        if space is None or space.coils:
            return None
        start = dialect.aliases.get(asked.start, asked.start)
        found = _in_registers(space.table, key, start, reply.data)
        return None if found is None else replace(found, at=found.at + _MODBUS_AHEAD + dialect.word_counts)

    return place


def _in_registers(table: RegisterTable, key: str, start: int, data: bytes) -> Place | None:
    for row in table.rows:
        at = (row.at - start) * table.unit
        if at < 0 or at + row.size > len(data):
            continue
        raw = data[at : at + row.size]
        if row.key == key and row.row.kind is Kind.NUMBER and not (row.listed or row.swapped or row.packed):
            count = int.from_bytes(raw, _order(table), signed=row.row.code.islower())
            return Place(at, row.size, count, row.row.step)
        bit = _bit(row, key)
        if bit is not None:
            return Place(at, row.size, int.from_bytes(raw, _order(table)) >> bit & 1, 1, bit)
    return None


def _order(table: RegisterTable) -> Any:
    return "big" if table.order == ">" else "little"


def _bit(row: Register, key: str) -> int | None:
    """A flag of its own; the names of a group share bits, and a number is none."""
    return next((bit.bit for bit in row.bits if not bit.group and bit.names == (key,) and bit.width == 1), None)


def hex_places(layouts: Mapping[int, Layout[Any]]) -> Places:
    """Places in the answers of a dialect of hexadecimal frames.

    Args:
        layouts: of the INFO of an answer, by the command that asked for it.
    """

    def place(question: bytes, answer: bytes, key: str) -> Place | None:
        try:
            command, info = HexFrame.decode(question).code, HexFrame.decode(answer).info
        except FrameError:
            return None
        layout = layouts.get(command)
        found = None if layout is None else place_of(layout, key, info)
        return None if found is None else replace(found, at=_HEX_AHEAD + 2 * found.at, size=2 * found.size)

    return place
