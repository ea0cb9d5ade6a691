"""Recordings of a CAN bus: what is written is read back, and a full disk does not stop the traffic."""

from __future__ import annotations

from io import StringIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.ports.test_can_contract import CanPortContract, frames

from openress.codec.canframe import CanFrame
from openress.errors import ParameterError, PortError
from openress.ports import CanState, Direction, MemoryCanBus
from openress.ports.canrecord import RecordedFrame, RecordingCanPort, parse_can_record

FRAME = CanFrame(0x351, bytes.fromhex("1402C012C012C201"))
POLL = CanFrame(0x1F000100, b"", extended=True)


class TestRecording(CanPortContract):
    @pytest.fixture
    async def pair(self):
        bus = MemoryCanBus()
        recording, far = RecordingCanPort(bus.port("can:memory:near"), StringIO(), lambda: 0.0), bus.port()
        yield recording, far
        await recording.close()
        await far.close()


async def test_what_passed_is_written_down_with_its_time():
    bus, sink, seconds = MemoryCanBus(), StringIO(), iter([100.0, 100.0, 100.25, 101.0])
    port, other = RecordingCanPort(bus.port(), sink, lambda: next(seconds)), bus.port()
    await port.write(FRAME)
    await other.write(POLL)
    await port.read()
    bus.carries = False
    with pytest.raises(PortError):
        await port.write(FRAME)
    assert sink.getvalue().splitlines() == [
        "0.000000 > 351#1402C012C012C201",
        "0.250000 < 1F000100#",
        "1.000000 > 351#1402C012C012C201",
    ]
    assert port.state is CanState.PASSIVE
    assert parse_can_record(sink.getvalue().splitlines()) == [
        RecordedFrame(0.0, Direction.SENT, FRAME),
        RecordedFrame(0.25, Direction.RECEIVED, POLL),
        RecordedFrame(1.0, Direction.SENT, FRAME),
    ]


async def test_a_full_disk_ends_the_recording_and_not_the_traffic():
    class Full:
        def write(self, _text: str) -> None:
            raise OSError(28, "No space left on device")

    bus = MemoryCanBus()
    port, other = RecordingCanPort(bus.port(), Full(), lambda: 0.0), bus.port()
    for _ in range(2):
        await port.write(FRAME)
        assert await other.read() == FRAME
    assert port.failure is not None


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("0.0 > 7E3230", "Line 2 of the recording is '0.0 > 7E3230': this is no CAN frame"),
        ("351#00", "it must read SECONDS > ID#HEX"),
        ("0.0 > 800#00", "identifier 800 is above the 11-bit range"),
        ("0.0 > 351#000000000000000000", "a CAN frame holds at most 8 bytes, this has 9"),
    ],
)
def test_a_line_that_is_no_frame_is_named(line, sentence):
    with pytest.raises(ParameterError) as caught:
        parse_can_record(["# OpenRESS capture", line])
    assert sentence in str(caught.value)


@given(
    st.builds(
        RecordedFrame,
        st.integers(0, 10**9).map(lambda micros: micros / 1e6),
        st.sampled_from(Direction),
        st.sampled_from(frames(200)),
    )
)
def test_what_is_written_is_read_back(recorded):
    assert parse_can_record([str(recorded)]) == [recorded]
