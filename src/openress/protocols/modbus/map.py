"""The map of a Modbus dialect: which function reads which table, and who answers whom."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from openress.codec.modbus import Function, Reply, decode_reply, encode
from openress.codec.modbuswords import decode_word_reply, encode_word_reply
from openress.protocols.registers import Block
from openress.protocols.registertable import RegisterTable, Values

__all__ = ["ModbusMap", "Space"]


@dataclass(frozen=True, slots=True)
class Space:
    """The addresses that one function reads.

    Coils stand in a table of bytes: byte 0 holds the coils `base` to `base` + 7, the lowest bit first.
    """

    table: RegisterTable
    base: int = 0

    @property
    def coils(self) -> bool:
        """Whether an address is one bit."""
        return self.table.unit == 1

    def block(self, start: int) -> Block | None:
        """The block in which an address lies."""
        return self.table.block((start - self.base) // 8 if self.coils else start)

    def covers(self, start: int, count: int) -> bool:
        """Whether all addresses of a window exist."""
        if self.coils:
            first, last = (start - self.base) // 8, (start + count - 1 - self.base) // 8
            return count > 0 and self.table.covers(first, last - first + 1)
        return self.table.covers(start, count)

    def decode(self, start: int, count: int, data: bytes) -> Values:
        """Read a window; of coils the whole bytes of the table in it."""
        if not self.coils:
            return self.table.decode(start, data)
        skip = (self.base - start) % 8
        size = max(0, (count - skip) // 8)
        whole = (int.from_bytes(data, "little") >> skip) & ((1 << 8 * size) - 1)
        return self.table.decode((start + skip - self.base) // 8, whole.to_bytes(size, "little"))

    def image(self, values: Mapping[str, Any], start: int, count: int) -> bytes:
        """What a read of a window gives for a pack with `values`.

        Raises:
            ParameterError: a value in it is not known, or does not fit.
        """
        if not self.coils:
            return self.table.encode(values, start, count)
        first, last = (start - self.base) // 8, (start + count - 1 - self.base) // 8
        whole = int.from_bytes(self.table.encode(values, first, last - first + 1), "little")
        whole = whole >> (start - self.base) % 8 & ((1 << count) - 1)
        return whole.to_bytes((count + 7) // 8, "little")


def _same(address: int) -> int:
    return address


@dataclass(frozen=True, slots=True)
class ModbusMap:
    """One dialect.

    Attributes:
        name: the dialect's name.
        spaces: what each reading function reads.
        writes: functions that write registers, by the function that reads them.
        replies_from: the address from which a pack answers when it is asked at an address.
        aliases: start addresses that stand for others: start asked -> start meant.
        countless_writes: whether masters send block writes without their count byte.
        decimal: registers are written as decimal numbers in the maker's document.
        word_counts: replies count registers in two bytes, see `openress.codec.modbuswords`.
    """

    name: str
    spaces: Mapping[Function, Space]
    writes: Mapping[Function, tuple[Function, ...]] = field(default_factory=dict)
    replies_from: Callable[[int], int] = _same
    aliases: Mapping[int, int] = field(default_factory=dict)
    countless_writes: bool = False
    decimal: bool = False
    word_counts: bool = False

    def read_reply(self, data: bytes) -> Reply:
        """Read a frame that a pack sends.

        Raises:
            FrameError: damaged, not a reply, or a function that batteries do not have.
        """
        return decode_word_reply(data) if self.word_counts else decode_reply(data)

    def frame(self, reply: Reply) -> bytes:
        """The frame of a reply.

        Raises:
            ParameterError: more data than the frame can tell.
        """
        return encode_word_reply(reply) if self.word_counts else encode(reply)

    @property
    def functions(self) -> frozenset[Function]:
        """Every function spoken."""
        return frozenset(self.spaces).union(*self.writes.values())

    def read_by(self, write: Function) -> Space | None:
        """The space that a writing function writes to."""
        return next((self.spaces[read] for read, by in self.writes.items() if write in by), None)

    def written(self, start: int) -> str:
        """A register as the maker's document writes it."""
        return str(start) if self.decimal else f"0x{start:04X}"
