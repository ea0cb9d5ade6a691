"""Recordings: what stands in them, and how they are read."""

from __future__ import annotations

import contextlib
from io import StringIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openress.errors import ParameterError, PortError
from openress.ports import Direction, RecordedChunk, RecordingPort, memory_pair, parse_record


class FullDisk:
    def write(self, text):
        raise OSError(28, "No space left on device", text)


async def test_each_chunk_is_a_line():
    sink = StringIO()
    ticks = iter([100.0, 100.0, 100.03125, 101.5])
    near, far = memory_pair()
    port = RecordingPort(near, sink, lambda: next(ticks))
    await port.write(b"~20")
    await far.write(b"\x00\xff")
    await port.read()
    await port.write(b"")
    await port.write(b"\r")
    assert sink.getvalue() == "0.000000 > 7E3230\n0.031250 < 00FF\n1.500000 > 0D\n"
    assert port.name == "memory:near"


async def test_what_could_not_leave_is_recorded_too():
    sink = StringIO()
    near, far = memory_pair()
    port = RecordingPort(near, sink, lambda: 0.0)
    await far.close()
    with pytest.raises(PortError):
        await port.write(b"x")
    assert sink.getvalue() == "0.000000 > 78\n"


async def test_a_full_disk_ends_the_recording_and_not_the_traffic():
    near, far = memory_pair()
    port = RecordingPort(near, FullDisk(), lambda: 0.0)
    await port.write(b"question")
    assert await far.read() == b"question"
    await far.write(b"answer")
    assert await port.read() == b"answer"
    assert port.failure is not None
    assert port.failure.errno == 28


@given(
    st.lists(
        st.builds(
            RecordedChunk,
            at_s=st.integers(0, 10**11).map(lambda micros: micros / 1e6),
            direction=st.sampled_from(Direction),
            data=st.binary(min_size=1),
        )
    )
)
def test_what_is_recorded_is_read_back(chunks):
    assert parse_record(str(chunk) for chunk in chunks) == chunks


def test_comments_spaces_and_small_letters_are_read():
    lines = ["# a battery, asked by an inverter\n", "\n", " 2 < 7e 32\t30 \r\n"]
    assert parse_record(lines) == [RecordedChunk(2.0, Direction.RECEIVED, b"~20")]


@pytest.mark.parametrize(
    "line",
    [
        "1.0 > ",
        "1.0 7E",
        "> 7E",
        "1.0 = 7E",
        "1.0 > 7",
        "1.0 > 7 E",
        "1.0 > 7G",
        "-1.0 > 7E",
        "nan > 7E",
        "1,0 > 7E",
    ],
)
def test_a_line_that_is_no_chunk_is_named(line):
    with pytest.raises(ParameterError, match=r"^Line 3 of the recording is .* SECONDS > HEX or "):
        parse_record(["# start", "0.0 > 7E", line])


@given(st.lists(st.text()))
def test_any_lines_are_a_recording_or_a_parameter_error(lines):
    with contextlib.suppress(ParameterError):
        parse_record(lines)
