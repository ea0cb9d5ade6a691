"""Captured and published frames between inverters and batteries on a serial line read as their origin says."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.captured import Captured
from tests.protocols.modbuscases import agrees, raw_blocks, sequence

from openress.codec.modbus import ExceptionReply, Function, ReadRequest, RegistersReply, encode
from openress.codec.modbusstream import ModbusSplitter, Side
from openress.codec.modbuswords import decode_word_reply, encode_word_reply, may_answer
from openress.errors import FrameError, ParameterError
from openress.protocols import find_dialect
from openress.protocols.base import Direction
from openress.protocols.inverter.growatt485 import TABLE as GROWATT
from openress.protocols.inverter.tianbangda import TABLE as TIANBANGDA
from openress.protocols.inverter.voltronic485 import TABLE as VOLTRONIC
from openress.protocols.registertable import RegisterTable

QUESTION = bytes.fromhex("01030010000185CF")
ANSWER = bytes.fromhex("01030001000815CC")


def cases() -> list[Any]:
    found = []
    for dialect in ("voltronic-485", "growatt-485"):
        decoder = find_dialect(dialect).parts().decoder
        assert decoder is not None
        found += sequence(f"{dialect}.txt", decoder)
    return found


@pytest.mark.parametrize(("known", "read"), cases(), ids=lambda item: str(item) if isinstance(item, Captured) else "")
def test_captured_frame(known: Captured, read: Any) -> None:
    agrees(read(), known.says)


def test_a_reply_that_looks_like_a_request_is_told_by_the_question_before_it() -> None:
    make = find_dialect("voltronic-485").parts().decoder
    assert make is not None
    decoder = make()
    assert decoder.read(QUESTION).kind == "cells_request"
    assert decoder.read(ANSWER).values["cells_in_series"] == 8
    # Answered: the same bytes again are a question, for registers 1 to 8.
    assert decoder.read(ANSWER).kind == "about_request"
    assert make().read(ANSWER).kind == "about_request"
    assert make().read(ANSWER, Direction.TO_BATTERY).values["count"] == 8


def test_a_splitter_gives_the_frames_of_each_direction() -> None:
    make = find_dialect("voltronic-485").parts().splitter
    assert make is not None
    three = encode_word_reply(RegistersReply(1, Function.READ_HOLDING, b"abcdef"))
    stream = QUESTION + ANSWER + QUESTION + three
    assert make(None).feed(stream) == [QUESTION, ANSWER, QUESTION, three]
    assert make(Direction.TO_BATTERY).feed(QUESTION + three + QUESTION) == [QUESTION, QUESTION]
    assert make(Direction.FROM_BATTERY).feed(QUESTION + ANSWER + QUESTION + three) == [ANSWER, three]


@given(st.integers(0, 255), st.integers(1, 125), st.data())
def test_replies_that_count_words_come_back(address: int, count: int, data: st.DataObject) -> None:
    payload = data.draw(st.binary(min_size=2 * count, max_size=2 * count))
    reply = RegistersReply(address, Function.READ_INPUT, payload)
    frame = encode_word_reply(reply)
    assert decode_word_reply(frame) == reply
    assert may_answer(ReadRequest(address, Function.READ_INPUT, 7, count), frame)
    assert not may_answer(ReadRequest(address ^ 1, Function.READ_INPUT, 7, count), frame)
    assert not may_answer(ReadRequest(address, Function.READ_INPUT, 7, count + 1), frame)
    splitter = ModbusSplitter(Side.REPLIES, word_counts=True)
    assert splitter.feed(frame) == [frame]


def test_refusals_are_modbus_own() -> None:
    refusal = ExceptionReply(1, 3, 2)
    assert encode_word_reply(refusal) == encode(refusal)
    assert decode_word_reply(encode(refusal)) == refusal
    assert may_answer(ReadRequest(1, Function.READ_HOLDING, 0, 4), encode(refusal))


@pytest.mark.parametrize("data", [b"", b"\0" * 126 * 2, b"abc"])
def test_what_a_count_of_words_cannot_tell_is_refused(data: bytes) -> None:
    with pytest.raises(ParameterError, match="whole registers"):
        encode_word_reply(RegistersReply(1, Function.READ_HOLDING, data))


@given(st.binary(max_size=60))
def test_arbitrary_bytes_are_no_reply(data: bytes) -> None:
    with pytest.raises(FrameError) as caught:
        decode_word_reply(data)
    assert 0 <= caught.value.at <= len(data)


@pytest.mark.parametrize("table", [VOLTRONIC, GROWATT, TIANBANGDA], ids=lambda table: table.name)
@given(data=st.data())
def test_any_registers_say_the_same_again(table: RegisterTable, data: st.DataObject) -> None:
    """Numbers come back; of named bits, coarse and only read ones among them, nothing is lost after the first time."""
    block, raw = data.draw(raw_blocks(table))
    size = block.last - block.first + 1
    first = table.decode(block.first, raw)
    lists = {row.key: () for row in table.rows if row.listed}
    again = table.decode(block.first, table.encode(lists | first, block.first, size))
    third = table.decode(block.first, table.encode(lists | again, block.first, size))
    assert third == again
    sets = {"alarms", "protections", "faults"}
    assert {key: value for key, value in again.items() if key not in sets} == {
        key: value for key, value in first.items() if key not in sets
    }
    for key in sets & set(first):
        assert bool(again[key]) == bool(first[key]) or key == "alarms"
