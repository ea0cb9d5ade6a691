"""JK PB: the record around its values, the orders that fetch one, and finding both in a stream.

A master writes one register (function 10) and gets 300 bytes, 55 AA EB 90 kind counter values sum, and behind them
the ordinary 8-byte answer to the write. The answer alone tells whose record it was.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

from openress.codec.modbus import Function, WriteRegisters, WriteReply, decode_reply, encode
from openress.codec.modbusstream import ModbusSplitter, Side
from openress.errors import FrameError, ParameterError
from openress.protocols.battery.jk_pb.records import ABOUT, LIVE, SETTINGS
from openress.protocols.registertable import RegisterTable

__all__ = [
    "MAX_PACKS",
    "RECORD_SIZE",
    "REPLY_SIZE",
    "SETTINGS_BASE",
    "TABLES",
    "JkPbSplitter",
    "Kind",
    "Record",
    "address_of",
    "trigger",
    "triggered",
]

HEAD = b"\x55\xaa\xeb\x90"
RECORD_SIZE = 300
ACK_SIZE = 8
REPLY_SIZE = RECORD_SIZE + ACK_SIZE
PAYLOAD = RECORD_SIZE - 7
SETTINGS_BASE, LIVE_BASE = 0x1000, 0x1200
MAX_PACKS = 15


class Kind(IntEnum):
    """Which record, as its fifth byte says."""

    SETTINGS = 0x01
    LIVE = 0x02
    ABOUT = 0x03


TRIGGERS = {0x161C: Kind.ABOUT, 0x161E: Kind.SETTINGS, 0x1620: Kind.LIVE}
REGISTERS = {kind: register for register, kind in TRIGGERS.items()}
TABLES: dict[Kind, RegisterTable] = {Kind.SETTINGS: SETTINGS, Kind.LIVE: LIVE, Kind.ABOUT: ABOUT}


def address_of(pack: int) -> int:
    """The pack's number on its DIP switch; 0 is the bus master, which asks the others.

    Raises:
        ParameterError: there are addresses 0 to 15.
    """
    if not 0 <= pack <= MAX_PACKS:
        raise ParameterError(f"JK packs have numbers 0 to {MAX_PACKS}; there is no address for pack {pack}.")
    return pack


def trigger(address: int, kind: Kind) -> bytes:
    """The order that fetches a record."""
    return encode(WriteRegisters(address, REGISTERS[kind], b"\0\0"))


def triggered(request: object) -> Kind | None:
    """The record that a request fetches; `None` for any other request."""
    if isinstance(request, WriteRegisters) and len(request.data) == 2:
        return TRIGGERS.get(request.start)
    return None


@dataclass(frozen=True, slots=True)
class Record:
    """One record; `address` is `None` when no answer to a write stands behind it."""

    kind: Kind
    payload: bytes
    address: int | None = None
    counter: int = 0

    def encode(self) -> bytes:
        """The 300 bytes, and the answer behind them when there is an address.

        The counter is 0 as a rule: some firmware counts there, and one known reader accepts nothing but 0.
        """
        body = HEAD + bytes((self.kind, self.counter)) + self.payload.ljust(PAYLOAD, b"\0")
        record = body + bytes((sum(body) & 0xFF,))
        if self.address is None:
            return record
        return record + encode(WriteReply(self.address, Function.WRITE_REGISTERS, REGISTERS[self.kind], 1))

    @classmethod
    def decode(cls, data: bytes) -> Record:
        """Read a record with or without the answer behind it.

        Raises:
            FrameError: no record, damaged, or the answer behind it is to another order.
        """
        if data[:4] != HEAD:
            raise FrameError("a record begins with 55 AA EB 90", at=0)
        if len(data) < RECORD_SIZE:
            raise FrameError(f"a record has {RECORD_SIZE} bytes, there are {len(data)}", at=len(data))
        computed = sum(data[: RECORD_SIZE - 1]) & 0xFF
        if data[RECORD_SIZE - 1] != computed:
            at = RECORD_SIZE - 1
            raise FrameError(f"the sum {data[at]:02X} is wrong, computed {computed:02X}", at=at)
        if data[4] not in TABLES:
            raise FrameError(f"record kind {data[4]:02X} is not known", at=4)
        kind = Kind(data[4])
        payload = data[6 : RECORD_SIZE - 1]
        return cls(kind, payload, _acknowledged(kind, data[RECORD_SIZE:]), data[5])


def _acknowledged(kind: Kind, behind: bytes) -> int | None:
    if not behind:
        return None
    try:
        told = decode_reply(behind)
    except FrameError as error:
        raise FrameError(str(error), at=RECORD_SIZE + error.at) from error
    if not isinstance(told, WriteReply) or told.start != REGISTERS[kind]:
        raise FrameError("the answer behind the record is to another order", at=RECORD_SIZE)
    return told.address


class JkPbSplitter(ModbusSplitter):
    """Machine that finds Modbus frames and records; a record and the answer behind it are one frame.

    A record waits for eight more bytes, to see whether its answer follows.
    """

    __slots__ = ()

    def __init__(self, side: Side) -> None:
        super().__init__(side)

    def _examine(self, start: int) -> tuple[int, bool, bool]:
        there = len(self._buffer) - start
        head = bytes(self._buffer[start : start + 4])
        if not HEAD.startswith(head) or (there >= 4 and head != HEAD):
            return super()._examine(start)
        if there < REPLY_SIZE:
            return 0, True, False
        record = bytes(self._buffer[start : start + REPLY_SIZE])
        wanted = self._side is not Side.REQUESTS
        for length in (REPLY_SIZE, RECORD_SIZE):
            try:
                Record.decode(record[:length])
            except FrameError:
                continue
            return length, False, wanted
        return super()._examine(start)
