from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openress.codec import HexFrame, HexFrameSplitter
from openress.codec.checksum import length_field, sum16
from openress.errors import FrameError, ParameterError

BYTE = st.integers(0, 0xFF)
FRAMES = st.builds(HexFrame, BYTE, BYTE, BYTE, BYTE, st.binary(max_size=200))

GOOD = b"~20024642E00202FD33\r"


@given(FRAMES)
def test_every_frame_comes_back_as_it_was_sent(frame: HexFrame) -> None:
    assert HexFrame.decode(frame.encode()) == frame


@pytest.mark.parametrize(
    ("characters", "field"),
    # Counts and fields of captured frames.
    [(0, "0000"), (2, "E002"), (4, "C004"), (8, "8008"), (0x12, "D012"), (0x14, "B014"), (0x32, "B032"),
     (0x40, "C040"), (0x62, "8062"), (0x7A, "F07A"), (0x0D8, "B0D8")],
)  # fmt: skip
def test_length_field_of_captured_frames(characters: int, field: str) -> None:
    assert f"{length_field(characters):04X}" == field


@given(st.integers(0, 4095))
def test_the_check_nibble_is_one_nibble_for_every_length(characters: int) -> None:
    field = length_field(characters)
    assert field <= 0xFFFF
    assert (sum(int(digit, 16) for digit in f"{field:04X}")) % 16 == 0


@given(st.binary(max_size=120))
def test_arbitrary_bytes_give_a_frame_or_a_frame_error(data: bytes) -> None:
    for candidate in (data, b"~" + data + b"\r", b"~" + data.hex().encode() + b"\r"):
        try:
            HexFrame.decode(candidate)
        except FrameError as error:
            assert 0 <= error.at <= len(candidate)


@given(FRAMES, st.data())
def test_one_changed_character_is_noticed(frame: HexFrame, data: st.DataObject) -> None:
    raw = bytearray(frame.encode())
    at = data.draw(st.integers(1, len(raw) - 2))
    other = data.draw(st.sampled_from([digit for digit in b"0123456789ABCDEF" if digit != raw[at]]))
    raw[at] = other
    with pytest.raises(FrameError):
        HexFrame.decode(bytes(raw))


@pytest.mark.parametrize(
    ("raw", "message", "at"),
    [
        (b"20024642E00202FD33\r", "does not start with '~'", 0),
        (b"~2002\r", "the shortest has 16", 5),
        (b"~2002464ZE00202FD33\r", "byte 0x5A is no hexadecimal character", 8),
        (b"~200246 2E00202FD33\r", "byte 0x20 is no hexadecimal character", 7),
        (b"~20024642E002020FD33\r", "odd number", 20),
        (b"~20024642F00202FD32\r", "LCHKSUM of LENGTH F002 is wrong, computed E002", 9),
        (b"~20024642C00402FD33\r", "LENGTH says 4 INFO characters, the frame has 2", 9),
        (b"~20024642E00202FD34\r", "CHKSUM FD34 is wrong, computed FD33", 15),
    ],
)
def test_damage_is_named_with_its_place(raw: bytes, message: str, at: int) -> None:
    with pytest.raises(FrameError, match=message) as caught:
        HexFrame.decode(raw)
    assert caught.value.at == at


def test_a_wrong_length_is_tolerated_only_from_a_known_sender_with_a_right_checksum() -> None:
    body = b"20124600" + b"8008" + b"DCD35DC009C407E4B0"
    raw = b"~%b%04X\r" % (body, sum16(body))
    with pytest.raises(FrameError, match="LENGTH says 8"):
        HexFrame.decode(raw)
    frame = HexFrame.decode(raw, tolerated_lengths={(8, 18)})
    assert "LENGTH says 8 INFO characters, the frame has 18" in frame.warnings[0]
    with pytest.raises(FrameError, match="CHKSUM"):
        HexFrame.decode(raw[:-2] + b"0\r", tolerated_lengths={(8, 18)})


def test_lower_case_is_read() -> None:
    body = b"20024642c00402ff"
    assert HexFrame.decode(b"~%b%04x\r" % (body, sum16(body))).info == b"\x02\xff"


def test_info_longer_than_the_length_field_can_say_is_refused() -> None:
    with pytest.raises(ParameterError, match="at most 2047"):
        HexFrame(0x20, 2, 0x46, 0, bytes(2048)).encode()


NOISE = st.binary(max_size=40)


@given(st.lists(st.tuples(NOISE, FRAMES), max_size=6), NOISE, st.integers(1, 50))
def test_noise_between_frames_costs_no_frame(parts: list[tuple[bytes, HexFrame]], tail: bytes, chunk: int) -> None:
    stream = b"".join(noise + frame.encode() for noise, frame in parts) + tail
    splitter = HexFrameSplitter()
    found = []
    for at in range(0, len(stream), chunk):
        found += splitter.feed(stream[at : at + chunk])
    wanted = [frame.encode() for _, frame in parts]
    assert [frame for frame in found if frame in wanted] == wanted


def test_a_start_that_was_never_finished_is_forgotten() -> None:
    splitter = HexFrameSplitter()
    assert splitter.feed(b"~2002464") == []
    assert splitter.feed(GOOD) == [GOOD]
    splitter.feed(b"~2002")
    splitter.reset()
    assert splitter.feed(GOOD[3:]) == []


def test_endless_garbage_after_a_start_is_dropped() -> None:
    splitter = HexFrameSplitter()
    splitter.feed(b"~" + b"0" * 10_000)
    assert splitter.feed(GOOD) == [GOOD]
    assert splitter.feed(b"x" * 100_000) == []
