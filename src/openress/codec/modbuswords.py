"""Modbus with replies that count registers in two bytes, as Voltronic has it.

    address function count-high count-low data... CRC-low CRC-high

Requests, refusals and answers to orders are Modbus RTU's. A reply of one register has the length and the shape of a
request, so nothing but the order of frames on the line tells the two apart.
Source: Voltronic, Inverter and BMS 485 communication protocol, 2020-03-25, checked against a capture.
"""

from __future__ import annotations

from openress.codec.modbus import (
    MAX_REGISTERS,
    READS,
    ExceptionReply,
    Function,
    ReadRequest,
    RegistersReply,
    Reply,
    crc16,
    decode_reply,
    encode,
    sealed,
)
from openress.errors import FrameError, ParameterError

__all__ = ["decode_word_reply", "encode_word_reply", "may_answer"]

_HEAD = 4
_READS = {function.value: function for function in READS if function is not Function.READ_COILS}


def encode_word_reply(reply: Reply) -> bytes:
    """The frame of a reply.

    Raises:
        ParameterError: more registers than one reading may have, or half a register.
    """
    if not isinstance(reply, RegistersReply):
        return encode(reply)
    count, half = divmod(len(reply.data), 2)
    if half or not 0 < count <= MAX_REGISTERS:
        raise ParameterError(f"A reply holds 1 to {MAX_REGISTERS} whole registers; these are {len(reply.data)} bytes.")
    return sealed(bytes((reply.address, reply.function)) + count.to_bytes(2, "big") + reply.data)


def decode_word_reply(data: bytes) -> Reply:
    """Read a frame that a slave sends.

    Raises:
        FrameError: damaged, not a reply, or a function that batteries do not have.
    """
    function = _READS.get(data[1]) if len(data) > 1 else None
    if function is None:
        return decode_reply(data)
    if len(data) < _HEAD + 4:
        raise FrameError(f"the frame has {len(data)} bytes, the shortest reply has {_HEAD + 4}", at=len(data))
    if crc16(data) != 0:
        raise FrameError(f"CRC {data[-2:].hex().upper()} is wrong", at=len(data) - 2)
    count, there = int.from_bytes(data[2:4], "big"), len(data) - _HEAD - 2
    if 2 * count != there:
        raise FrameError(f"the reply announces {count} registers and has {there} bytes of them", at=2)
    return RegistersReply(data[0], function, data[_HEAD:-2])


def may_answer(request: ReadRequest, frame: bytes) -> bool:
    """Whether a frame has the form of the answer to `request`."""
    try:
        reply = decode_word_reply(frame)
    except FrameError:
        return False
    if reply.address != request.address:
        return False
    return isinstance(reply, ExceptionReply) or (
        isinstance(reply, RegistersReply) and len(reply.data) == 2 * request.count
    )
