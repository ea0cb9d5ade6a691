"""Modbus RTU: requests, replies and refusals as values, and back.

    address function data... CRC-low CRC-high

Function codes 01, 03, 04, 06, 0F and 10, which are all that batteries use. Numbers are big-endian, the CRC is not.
Address 0 is a pack like any other here: the batteries that use it answer it, so it is no broadcast.
Source: Modbus application protocol V1.1b3 and Modbus over serial line V1.02, checked against captures.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from struct import Struct

from openress.errors import FrameError, ParameterError

__all__ = [
    "MAX_FRAME",
    "MAX_REGISTERS",
    "BitsReply",
    "ExceptionCode",
    "ExceptionReply",
    "Function",
    "ReadRequest",
    "RegistersReply",
    "Reply",
    "Request",
    "WriteCoils",
    "WriteRegister",
    "WriteRegisters",
    "WriteReply",
    "crc16",
    "decode_reply",
    "decode_request",
    "encode",
    "sealed",
    "words",
]

MAX_FRAME = 260
"""A reply with the longest possible count byte; senders should keep to 256."""
MAX_REGISTERS = 125
"""Most registers of one read (V1.1b3, 6.3)."""

_HEAD = Struct(">BBHH")


class Function(IntEnum):
    """What a frame does."""

    READ_COILS = 0x01
    READ_HOLDING = 0x03
    READ_INPUT = 0x04
    WRITE_REGISTER = 0x06
    WRITE_COILS = 0x0F
    WRITE_REGISTERS = 0x10


class ExceptionCode(IntEnum):
    """Why a request is refused."""

    ILLEGAL_FUNCTION = 0x01
    ILLEGAL_ADDRESS = 0x02
    ILLEGAL_VALUE = 0x03
    DEVICE_FAILURE = 0x04
    NO_RECORD = 0x05
    """05 is "acknowledge" in the standard; "BMS Modbus V1.1" uses it for a record that does not exist."""
    BUSY = 0x06
    NO_HISTORY = 0x81
    """Seplos v3: no such history record."""


READS = frozenset({Function.READ_COILS, Function.READ_HOLDING, Function.READ_INPUT})
BLOCK_WRITES = frozenset({Function.WRITE_COILS, Function.WRITE_REGISTERS})
FUNCTIONS = {function.value: function for function in Function}


@dataclass(frozen=True, slots=True)
class ReadRequest:
    """01, 03, 04: ask for `count` coils or registers from `start` on."""

    address: int
    function: Function
    start: int
    count: int


@dataclass(frozen=True, slots=True)
class BitsReply:
    """Reply to 01: coils in bytes, the lowest bit of the first byte first."""

    address: int
    data: bytes


@dataclass(frozen=True, slots=True)
class RegistersReply:
    """Reply to 03 and 04: registers, two bytes each."""

    address: int
    function: Function
    data: bytes


@dataclass(frozen=True, slots=True)
class WriteRegister:
    """06: set one register; its reply is the same frame."""

    address: int
    register: int
    value: int


@dataclass(frozen=True, slots=True)
class WriteCoils:
    """0F: set `count` coils from `start` on."""

    address: int
    start: int
    count: int
    data: bytes


@dataclass(frozen=True, slots=True)
class WriteRegisters:
    """10: set registers from `start` on, two bytes each."""

    address: int
    start: int
    data: bytes


@dataclass(frozen=True, slots=True)
class WriteReply:
    """Reply to 0F and 10."""

    address: int
    function: Function
    start: int
    count: int


@dataclass(frozen=True, slots=True)
class ExceptionReply:
    """A refusal of any request; `code` may be one that `ExceptionCode` does not know."""

    address: int
    function: int
    code: int

    @property
    def reason(self) -> str:
        """The code in words, or as a number."""
        known = {code.value: code.name.lower() for code in ExceptionCode}
        return known.get(self.code, f"0x{self.code:02X}")


Request = ReadRequest | WriteRegister | WriteCoils | WriteRegisters
Reply = BitsReply | RegistersReply | WriteRegister | WriteReply | ExceptionReply


def _table() -> tuple[int, ...]:
    table = []
    for value in range(0x100):
        crc = value
        for _ in range(8):
            crc = crc >> 1 ^ (0xA001 if crc & 1 else 0)
        table.append(crc)
    return tuple(table)


_CRC = _table()


def crc16(data: bytes) -> int:
    """CRC of a frame: polynomial 0xA001 (reflected 0x8005), start 0xFFFF; sent low byte first."""
    crc = 0xFFFF
    for byte in data:
        crc = crc >> 8 ^ _CRC[(crc ^ byte) & 0xFF]
    return crc


def sealed(body: bytes) -> bytes:
    """The body of a frame with its CRC."""
    return body + crc16(body).to_bytes(2, "little")


def words(data: bytes) -> tuple[int, ...]:
    """Registers as unsigned numbers."""
    return tuple(int.from_bytes(data[at : at + 2], "big") for at in range(0, len(data), 2))


def encode(message: Request | Reply) -> bytes:
    """The frame of a message.

    Raises:
        ParameterError: more data than the count byte of the frame can tell, or half a register.
    """
    match message:
        case ReadRequest() | WriteReply():
            return sealed(_HEAD.pack(message.address, message.function, message.start, message.count))
        case WriteRegister():
            return sealed(_HEAD.pack(message.address, Function.WRITE_REGISTER, message.register, message.value))
        case BitsReply():
            size = _counted(message.data)
            return sealed(bytes((message.address, Function.READ_COILS, size)) + message.data)
        case RegistersReply():
            size = _counted(message.data, of=2)
            return sealed(bytes((message.address, message.function, size)) + message.data)
        case WriteCoils():
            size, needed = _counted(message.data), (message.count + 7) // 8
            if size != needed:
                raise ParameterError(f"{message.count} coils need {needed} bytes, not {size}.")
            head = _HEAD.pack(message.address, Function.WRITE_COILS, message.start, message.count)
            return sealed(head + bytes((size,)) + message.data)
        case WriteRegisters():
            size = _counted(message.data, of=2)
            head = _HEAD.pack(message.address, Function.WRITE_REGISTERS, message.start, size // 2)
            return sealed(head + bytes((size,)) + message.data)
        case ExceptionReply():
            return sealed(bytes((message.address, message.function | 0x80, message.code)))


def _counted(data: bytes, *, of: int = 1) -> int:
    if len(data) > 0xFF or len(data) % of:
        raise ParameterError(f"A frame holds up to 255 bytes of whole values; these are {len(data)}.")
    return len(data)


def decode_request(data: bytes, *, countless_writes: bool = False) -> Request:
    """Read a frame that a master sends.

    Args:
        data: exactly one frame.
        countless_writes: also accept a 10 without its count byte, as one vendor's example has it.

    Raises:
        FrameError: damaged, not a request, or a function that batteries do not have.
    """
    function = _checked(data)
    if function is None:
        raise FrameError(f"function {data[1]:02X} is no request", at=1)
    _, _, start, count = _HEAD.unpack_from(_sized(data, 8, exact=function not in BLOCK_WRITES))
    if function in READS:
        return ReadRequest(data[0], function, start, count)
    if function is Function.WRITE_REGISTER:
        return WriteRegister(data[0], start, count)
    if function is Function.WRITE_COILS:
        payload = _payload(data, 6)
        if len(payload) != (count + 7) // 8:
            raise FrameError(f"{count} coils in {len(payload)} bytes", at=6)
        return WriteCoils(data[0], start, count, payload)
    if countless_writes and len(data) == 8 + 2 * count:
        return WriteRegisters(data[0], start, data[6:-2])
    payload = _payload(data, 6)
    if len(payload) != 2 * count:
        raise FrameError(f"{count} registers in {len(payload)} bytes", at=6)
    return WriteRegisters(data[0], start, payload)


def decode_reply(data: bytes) -> Reply:
    """Read a frame that a slave sends.

    Raises:
        FrameError: damaged, not a reply, or a function that batteries do not have.
    """
    function = _checked(data)
    if function is None:
        return ExceptionReply(data[0], data[1] & 0x7F, _sized(data, 5)[2])
    if function is Function.READ_COILS:
        return BitsReply(data[0], _payload(data, 2))
    if function in READS:
        payload = _payload(data, 2)
        if len(payload) % 2:
            raise FrameError(f"{len(payload)} bytes of registers: half a register too many", at=2)
        return RegistersReply(data[0], function, payload)
    _, _, start, count = _HEAD.unpack_from(_sized(data, 8))
    if function is Function.WRITE_REGISTER:
        return WriteRegister(data[0], start, count)
    return WriteReply(data[0], function, start, count)


def _checked(data: bytes) -> Function | None:
    """The function of a whole frame; `None` for a refusal."""
    if len(data) < 5:
        raise FrameError(f"the frame has {len(data)} bytes, the shortest has 5", at=len(data))
    function = FUNCTIONS.get(data[1] & 0x7F)
    if function is None:
        raise FrameError(f"function {data[1]:02X} is not spoken by batteries", at=1)
    computed = crc16(data[:-2])
    if computed != int.from_bytes(data[-2:], "little"):
        raise FrameError(
            f"CRC {data[-2:].hex().upper()} is wrong, computed {computed.to_bytes(2, 'little').hex().upper()}",
            at=len(data) - 2,
        )
    return None if data[1] & 0x80 else function


def _sized(data: bytes, size: int, *, exact: bool = True) -> bytes:
    if len(data) != size if exact else len(data) < size:
        raise FrameError(
            f"function {data[1]:02X} has {size} bytes here, there are {len(data)}", at=min(size, len(data))
        )
    return data


def _payload(data: bytes, at: int) -> bytes:
    """The bytes behind the count byte at `at`."""
    if len(data) < at + 3 or data[at] != len(data) - at - 3:
        raise FrameError(f"the count byte says {data[at]}, the frame has {max(0, len(data) - at - 3)}", at=at)
    return data[at + 1 : -2]
