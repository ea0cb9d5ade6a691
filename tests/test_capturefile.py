"""Capture files: header, frames in streams of chunks, and what redaction leaves."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openress.capturefile import KNOWN, NOT_KNOWN, Capture, FrameStream, header_of, parse_capture, redacted, streams
from openress.codec import HexFrame, HexFrameSplitter
from openress.errors import ParameterError
from openress.ports import Direction, RecordedChunk
from openress.protocols import find_dialect
from openress.protocols.base import Parts
from tests.captured import captured

SENT, RECEIVED = Direction.SENT, Direction.RECEIVED
ASK_SERIAL = HexFrame(0x20, 0x02, 0x46, 0x93, b"\x02").encode()
SERIAL = HexFrame(0x20, 0x02, 0x46, 0x00, b"\x02SECRET0123456789").encode()
ASK_MAKER = HexFrame(0x20, 0x02, 0x46, 0x51).encode()
MAKER = HexFrame(0x20, 0x02, 0x46, 0x00, b"US2KBPL\0\0\0\x02\x03Secret Maker--------").encode()
ASK_SYSTEM = HexFrame(0x20, 0x02, 0x46, 0x60).encode()
SYSTEM_INFO = b"US5000".ljust(10, b"\0") + b"Secret".ljust(20, b"\0") + b"\x01\x02\x02" + b"SECRET0123456789" * 2
SYSTEM = HexFrame(0x20, 0x02, 0x46, 0x00, SYSTEM_INFO).encode()
PYLONTECH = find_dialect("pylontech").parts()


def chunked(talk: list[tuple[Direction, bytes]], size: int = 1000) -> tuple[RecordedChunk, ...]:
    return tuple(
        RecordedChunk(number / 100, direction, data[at : at + size])
        for number, (direction, data) in enumerate(talk)
        for at in range(0, len(data), size)
    )


TALK = [
    *((SENT, ASK_SERIAL), (RECEIVED, SERIAL)),
    *((SENT, ASK_MAKER), (RECEIVED, MAKER)),
    *((SENT, ASK_SYSTEM), (RECEIVED, SYSTEM)),
]


def test_a_file_is_read_back_as_it_was_written() -> None:
    capture = Capture({"dialect": "jbd", "direction": KNOWN}, chunked(TALK))
    assert parse_capture(capture.text().splitlines()) == capture
    assert not capture.tapped
    assert Capture({"direction": NOT_KNOWN}).tapped


def test_a_recording_without_a_header_is_a_capture() -> None:
    assert parse_capture(["0.5 > 7E"]) == Capture({}, (RecordedChunk(0.5, SENT, b"~"),))
    with pytest.raises(ParameterError, match="Line 2 of the recording"):
        parse_capture(["# dialect: jbd", "nonsense"])


@pytest.mark.parametrize(("line", "found"), [("# a: b", ("a", "b")), ("#a: b: c", ("a", "b: c")), ("# words", None)])
def test_header_lines(line: str, found: tuple[str, str] | None) -> None:
    assert header_of(line) == found


@pytest.mark.parametrize("size", [1, 3, 17, 1000])
@pytest.mark.parametrize("tapped", [False, True])
def test_texts_are_taken_out_of_any_chunks(size: int, tapped: bool) -> None:
    header = {"direction": NOT_KNOWN if tapped else KNOWN}
    talk = [(RECEIVED, data) for _, data in TALK] if tapped else TALK
    before = Capture(header, chunked(talk, size))
    after = redacted(before, PYLONTECH)
    assert [(chunk.at_s, chunk.direction, len(chunk.data)) for chunk in after.chunks] == [
        (chunk.at_s, chunk.direction, len(chunk.data)) for chunk in before.chunks
    ]
    shown = b"".join(chunk.data for chunk in after.chunks)
    for secret in (b"SECRET", b"Secret", b"US2KBPL", b"US5000"):
        assert secret.hex().upper().encode() not in shown
    assert after.header["redacted"] == "yes; 0 bytes in no sound frame are 00"
    frames = [HexFrame.decode(frame) for frame in HexFrameSplitter().feed(shown)]
    assert len(frames) == len(TALK)
    # Nothing but texts has changed.
    assert frames[1].info == b"\x02" + b"X" * 16
    assert frames[3].info[10:12] == b"\x02\x03"
    assert frames[5].info[32:33] == b"\x02"


def test_what_cannot_be_read_is_blanked_because_it_may_hold_a_text() -> None:
    damaged = SERIAL[:20] + b"Z" + SERIAL[21:]
    capture = Capture({}, (RecordedChunk(0.0, SENT, b"\xff" + damaged + ASK_MAKER + SERIAL[:30]),))
    after = redacted(capture, PYLONTECH)
    blank = 1 + len(damaged)
    assert after.chunks[0].data == bytes(blank) + ASK_MAKER + bytes(30)
    assert after.header["redacted"] == f"yes; {blank + 30} bytes in no sound frame are 00"


def test_silence_ends_what_has_begun() -> None:
    stream = FrameStream(find_dialect("jbd").parts().splitter(None), None)  # type: ignore[misc]
    frame = bytes.fromhex("DDA50300FFFD77")
    assert not list(stream.feed(b"\xdd\xa5\x03\x40", 0.0))
    ((place, found),) = stream.feed(frame, 1.0)
    assert (place, found) == (4, frame)
    stream.take(place, found, sound=True)
    assert (stream.loose, stream.rest()) == (4, 0)


@given(st.data())
def test_every_byte_is_in_a_frame_or_counted(data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(["jbd", "daly", "jk-4e57", "jbd-up16s"]))
    known = [bytes.fromhex(one.frame) for one in captured(f"{name}.txt") if one.says["kind"] != "error"]
    make = find_dialect(name).parts().splitter
    assert make is not None
    stream = FrameStream(make(None), None)
    raw = b""
    sound = noise = 0
    for _ in range(data.draw(st.integers(1, 6))):
        if data.draw(st.booleans()):
            # Bytes that begin no frame of any of these dialects.
            dirt = data.draw(st.text("\x00\x10\x20\x30", max_size=9)).encode()
            raw, noise = raw + dirt, noise + len(dirt)
        else:
            frame = data.draw(st.sampled_from(known))
            raw, sound = raw + frame, sound + len(frame)
    size = data.draw(st.integers(1, 64))
    taken = 0
    for at in range(0, len(raw), size):
        for place, frame in stream.feed(raw[at : at + size], 0.0):
            assert raw[place : place + len(frame)] == frame
            stream.take(place, frame, sound=True)
            taken += len(frame)
    assert taken == sound
    assert stream.loose + stream.rest() == noise


def test_a_dialect_that_cannot_is_told() -> None:
    with pytest.raises(ParameterError, match="cannot find frames"):
        streams(Parts(), tapped=False)
    with pytest.raises(ParameterError, match="cannot take texts out"):
        redacted(Capture(), Parts())


def test_passwords_and_numbers_of_every_dialect_are_taken_out() -> None:
    for name in ("jbd", "jbd-up16s", "daly", "jk-4e57"):
        frames = [one for one in captured(f"{name}.txt") if one.says["kind"] != "error"]
        chunks = tuple(RecordedChunk(0.0, Direction(one.mark), bytes.fromhex(one.frame)) for one in frames)
        shown = b"".join(chunk.data for chunk in redacted(Capture({}, chunks), find_dialect(name).parts()).chunks)
        for secret in (b"JBD-SP", b"JBD48", b"UP16S", b"123456", b"BT3072", b"JK_B1A"):
            assert secret not in shown
