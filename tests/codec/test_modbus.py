"""Modbus RTU frames: what is read, what is refused and where, and what a stream parser finds."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openress.codec.modbus import (
    BitsReply,
    ExceptionCode,
    ExceptionReply,
    Function,
    ReadRequest,
    RegistersReply,
    Reply,
    Request,
    WriteCoils,
    WriteRegister,
    WriteRegisters,
    WriteReply,
    crc16,
    decode_reply,
    decode_request,
    encode,
    sealed,
    words,
)
from openress.codec.modbusstream import ModbusSplitter, Side
from openress.errors import FrameError, ParameterError

BYTE, WORD = st.integers(0, 0xFF), st.integers(0, 0xFFFF)
READS = st.sampled_from([Function.READ_COILS, Function.READ_HOLDING, Function.READ_INPUT])
REGISTERS = st.binary(max_size=123).map(lambda half: half * 2)

REQUESTS: st.SearchStrategy[Request] = st.one_of(
    st.builds(ReadRequest, BYTE, READS, WORD, WORD),
    st.builds(WriteRegister, BYTE, WORD, WORD),
    st.builds(WriteRegisters, BYTE, WORD, REGISTERS),
    st.binary(max_size=246).flatmap(
        lambda data: st.builds(
            WriteCoils, BYTE, WORD, st.integers(max(0, 8 * len(data) - 7), 8 * len(data)), st.just(data)
        )
    ),
)
REPLIES: st.SearchStrategy[Reply] = st.one_of(
    st.builds(BitsReply, BYTE, st.binary(max_size=250)),
    st.builds(RegistersReply, BYTE, st.sampled_from([Function.READ_HOLDING, Function.READ_INPUT]), REGISTERS),
    st.builds(WriteRegister, BYTE, WORD, WORD),
    st.builds(WriteReply, BYTE, st.sampled_from([Function.WRITE_COILS, Function.WRITE_REGISTERS]), WORD, WORD),
    st.builds(ExceptionReply, BYTE, st.sampled_from(Function).map(int), BYTE),
)


def test_crc_of_known_frames() -> None:
    """The vendor's example of Daly, and a captured request of Seplos v3."""
    assert sealed(bytes.fromhex("D203000C0001")) == bytes.fromhex("D203000C000157AA")
    assert sealed(bytes.fromhex("00042000001A")) == bytes.fromhex("00042000001A7BD0")
    assert crc16(b"") == 0xFFFF


@given(REQUESTS)
def test_requests_come_back(message: Request) -> None:
    assert decode_request(encode(message)) == message


@given(REPLIES)
def test_replies_come_back(message: Reply) -> None:
    assert decode_reply(encode(message)) == message


@given(st.binary(max_size=300), st.booleans())
def test_arbitrary_bytes_are_read_or_refused(data: bytes, seal: bool) -> None:
    for frame in (data, sealed(data) if seal else data):
        for read in (decode_request, decode_reply):
            try:
                read(frame)
            except FrameError as error:
                assert 0 <= error.at <= len(frame)


@pytest.mark.parametrize(
    ("frame", "reason", "at"),
    [
        ("", "the frame has 0 bytes, the shortest has 5", 0),
        ("01030000", "the frame has 4 bytes, the shortest has 5", 4),
        ("010300000001840B", "CRC 840B is wrong, computed 840A", 6),
        (sealed(b"\x01\x2b\x00\x00").hex(), "function 2B is not spoken by batteries", 1),
        (sealed(b"\x01\x83\x02").hex(), "function 83 is no request", 1),
        (sealed(b"\x01\x03\x00\x00\x00\x01\x00").hex(), "function 03 has 8 bytes here, there are 9", 8),
        (sealed(b"\x01\x10\x00\x00\x00\x02\x02\x00\x01").hex(), "2 registers in 2 bytes", 6),
        (sealed(b"\x01\x10\x00\x00\x00\x02\x09\x00\x01").hex(), "the count byte says 9, the frame has 2", 6),
        (sealed(b"\x01\x0f\x00\x00\x00\x09\x01\xff").hex(), "9 coils in 1 bytes", 6),
    ],
)
def test_refused_requests_say_what_and_where(frame: str, reason: str, at: int) -> None:
    with pytest.raises(FrameError) as caught:
        decode_request(bytes.fromhex(frame))
    assert (str(caught.value), caught.value.at) == (reason, at)


@pytest.mark.parametrize(
    ("frame", "reason", "at"),
    [
        (sealed(b"\x01\x03\x04\x00\x01").hex(), "the count byte says 4, the frame has 2", 2),
        (sealed(b"\x01\x03\x03\x00\x01\x02").hex(), "3 bytes of registers: half a register too many", 2),
        (sealed(b"\x01\x83\x02\x00").hex(), "function 83 has 5 bytes here, there are 6", 5),
        (sealed(b"\x01\x10\x00\x00\x00").hex(), "function 10 has 8 bytes here, there are 7", 7),
        ("00015C100000000000000300002E65", "CRC 2E65 is wrong, computed 31EC", 13),
    ],
)
def test_refused_replies_say_what_and_where(frame: str, reason: str, at: int) -> None:
    with pytest.raises(FrameError) as caught:
        decode_reply(bytes.fromhex(frame))
    assert (str(caught.value), caught.value.at) == (reason, at)


def test_what_does_not_fit_a_frame_is_refused() -> None:
    with pytest.raises(ParameterError):
        encode(RegistersReply(1, Function.READ_HOLDING, b"\x00"))
    with pytest.raises(ParameterError):
        encode(BitsReply(1, bytes(256)))
    with pytest.raises(ParameterError):
        encode(WriteCoils(1, 0, 9, b"\x01"))


def test_an_exception_says_why() -> None:
    assert ExceptionReply(0, 4, 2).reason == "illegal_address"
    assert ExceptionReply(0, 4, 0x81).reason == "no_history"
    assert ExceptionReply(0, 4, 0x77).reason == "0x77"
    assert ExceptionCode.NO_RECORD == 5


def test_words() -> None:
    assert words(b"\x12\x34\xff\xfe") == (0x1234, 0xFFFE)


def test_trap_block_write_without_count_byte() -> None:
    """Daly's printed example of function 10 has no count byte; read only where it is asked for."""
    frame = bytes.fromhex("D210000C0002000100027D65")
    assert decode_request(frame, countless_writes=True) == WriteRegisters(0xD2, 0x0C, b"\x00\x01\x00\x02")
    with pytest.raises(FrameError):
        decode_request(frame)
    ordinary = WriteRegisters(0xD2, 0x0C, b"\x00\x01\x00\x02")
    assert decode_request(encode(ordinary), countless_writes=True) == ordinary
    both = ModbusSplitter(Side.REQUESTS, countless_writes=True)
    assert both.feed(frame + encode(ordinary)) == [frame, encode(ordinary)]
    assert ModbusSplitter(Side.REQUESTS).feed(frame + encode(ordinary)) == [encode(ordinary)]


def test_trap_address_0_is_a_pack() -> None:
    frame = bytes.fromhex("00042000001A7BD0")
    assert decode_request(frame) == ReadRequest(0, Function.READ_INPUT, 0x2000, 0x1A)
    assert ModbusSplitter(Side.REQUESTS).feed(frame) == [frame]


def fed(splitter: ModbusSplitter, data: bytes, step: int) -> list[bytes]:
    return [frame for at in range(0, len(data), step) for frame in splitter.feed(data[at : at + step])]


@given(st.lists(REQUESTS, max_size=5), st.integers(1, 40))
def test_every_request_is_found_however_it_arrives(messages: list[Request], step: int) -> None:
    frames = [encode(message) for message in messages]
    assert fed(ModbusSplitter(Side.REQUESTS), b"".join(frames), step) == frames


@given(st.lists(REPLIES, max_size=5), st.integers(1, 40))
def test_every_reply_is_found_however_it_arrives(messages: list[Reply], step: int) -> None:
    frames = [encode(message) for message in messages]
    assert fed(ModbusSplitter(Side.REPLIES), b"".join(frames), step) == frames


# Beginnings that announce more than ever comes, and bytes that begin nothing.
NOISE = st.sampled_from(
    [b"", b"\x00", b"\xff" * 7, b"\x01\x03\xfa", b"\x01\x10\x00\x00\x00\x7b\xf6", b"\x01", b"\x01\x83", b"\x02\x01\x20"]
)


@given(st.lists(st.tuples(NOISE, REPLIES), min_size=1, max_size=5), NOISE, st.integers(1, 30))
def test_noise_between_frames_costs_no_frame(parts: list[tuple[bytes, Reply]], tail: bytes, step: int) -> None:
    stream = b"".join(noise + encode(message) for noise, message in parts) + tail
    found = fed(ModbusSplitter(Side.REPLIES), stream, step)
    assert [frame for frame in found if frame in {encode(message) for _, message in parts}] == [
        encode(message) for _, message in parts
    ]


def test_a_frame_behind_a_false_beginning_is_not_kept_waiting() -> None:
    """A slave must answer within its time; it cannot wait for 250 bytes that a glitch announced."""
    request = encode(ReadRequest(1, Function.READ_HOLDING, 0, 37))
    assert ModbusSplitter(Side.REQUESTS).feed(b"\x01\x10\x00\x00\x00\x7b\xf6" + request) == [request]


def test_a_slave_does_not_take_another_slaves_reply_for_requests() -> None:
    """The insides of a reply may hold the bytes of a request, byte for byte."""
    request = encode(ReadRequest(1, Function.READ_HOLDING, 0, 37))
    reply = encode(RegistersReply(2, Function.READ_HOLDING, request))
    splitter = ModbusSplitter(Side.REQUESTS)
    assert splitter.feed(encode(ReadRequest(2, Function.READ_HOLDING, 0, 4)) + reply) == [
        encode(ReadRequest(2, Function.READ_HOLDING, 0, 4))
    ]
    assert splitter.feed(request) == [request]


def test_a_master_does_not_take_its_own_echo_for_a_reply() -> None:
    request = encode(ReadRequest(1, Function.READ_INPUT, 0x1000, 0x12))
    reply = encode(RegistersReply(1, Function.READ_INPUT, bytes(36)))
    assert ModbusSplitter(Side.REPLIES).feed(request + reply) == [reply]
    assert ModbusSplitter(Side.BOTH).feed(request + reply) == [request, reply]


def test_functions_that_are_not_spoken_are_not_searched() -> None:
    frames = encode(ReadRequest(1, Function.READ_INPUT, 0, 1)) + encode(ReadRequest(1, Function.READ_HOLDING, 0, 1))
    splitter = ModbusSplitter(Side.REQUESTS, functions=(Function.READ_HOLDING,))
    assert splitter.feed(frames) == [frames[8:]]


def test_reset_forgets_what_has_begun() -> None:
    request = encode(ReadRequest(1, Function.READ_HOLDING, 0, 37))
    splitter = ModbusSplitter(Side.REQUESTS)
    splitter.feed(request[:4])
    splitter.reset()
    assert splitter.feed(request[4:]) == []
    assert splitter.feed(request) == [request]


@given(st.lists(st.binary(max_size=80), max_size=30))
def test_the_buffer_does_not_grow_without_end(chunks: list[bytes]) -> None:
    splitter = ModbusSplitter(Side.BOTH)
    for chunk in chunks:
        splitter.feed(chunk)
    assert len(splitter._buffer) <= 265 + 80


def test_what_had_begun_before_a_silence_is_forgotten() -> None:
    request = encode(ReadRequest(1, Function.READ_HOLDING, 0, 37))
    splitter = ModbusSplitter(Side.REQUESTS)
    assert splitter.feed_at(request[:4], 10.0) == []
    assert splitter.feed_at(request[4:], 10.5) == [request]
    splitter.feed_at(request[:4], 20.0)
    assert splitter.feed_at(request[4:], 20.6) == []
    splitter.feed_at(request[:4], 30.0)
    assert splitter.feed_at(request[4:], 29.9) == []
