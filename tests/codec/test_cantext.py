"""The two ways of writing CAN frames as text: examples of their documents, every frame there and back, any damage."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openress.codec import slcan, socketcand
from openress.codec.canframe import CanFrame
from openress.codec.slcan import Answer, SlcanReader, State
from openress.codec.socketcand import ErrorReport, SocketcandReader

FRAMES = st.builds(CanFrame, st.integers(0, 0x7FF), st.binary(max_size=8)) | st.builds(
    CanFrame, st.integers(0, 0x1FFFFFFF), st.binary(max_size=8), st.just(True)
)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (b"t10021133\r", [CanFrame(0x100, b"\x11\x33")]),  # Lawicel manual, command t
        (b"T0000010021133\r", [CanFrame(0x100, b"\x11\x33", extended=True)]),
        (b"t100211331234\r", [CanFrame(0x100, b"\x11\x33")]),  # with a time stamp of 16 bits
        (b"t1000\r", [CanFrame(0x100, b"")]),
        (b"\r", [Answer.TAKEN]),
        (b"z\r", [Answer.TAKEN]),
        (b"Z\r", [Answer.TAKEN]),
        (b"\a", [Answer.REFUSED]),
        (b"t35\a", [Answer.REFUSED]),
        (b"sb000256\r", [State.BUS_OFF]),
        (b"sa057033\r", [State.ACTIVE]),
        (b"V1013\r", [slcan.Other(b"V1013")]),
        (b"r1002\r", [slcan.Other(b"r1002")]),
        (b"t8002113\r", [slcan.Other(b"t8002113")]),  # half a byte
        (b"t80021133\r", [slcan.Other(b"t80021133")]),  # 800 has more than 11 bits
        (b"t10031133\r", [slcan.Other(b"t10031133")]),  # fewer bytes than it says
        (b"t1009\r", [slcan.Other(b"t1009")]),
        (b"T2000000021133\r", [slcan.Other(b"T2000000021133")]),  # more than 29 bits
    ],
)
def test_lines_of_an_adapter(line, said):
    assert SlcanReader().feed(line) == said


@pytest.mark.parametrize(
    ("message", "said"),
    [
        (b"< hi >", ["hi"]),
        (b"< ok >< frame 123 23.424242 1122 >", ["ok", CanFrame(0x123, b"\x11\x22")]),
        (b"< frame 123 23.424242 11 22 >", [CanFrame(0x123, b"\x11\x22")]),
        (b"< frame 123 23.424242 >", [CanFrame(0x123, b"")]),
        (b"< frame 123 23.424242  >", [CanFrame(0x123, b"")]),
        (b"< frame 00000123 23.424242 11 >", [CanFrame(0x123, b"\x11", extended=True)]),
        (b"< error 20000040 23.424242 >", [ErrorReport(0x40)]),
        (b"noise < ok >", ["ok"]),
        (b"< fra< ok >", ["ok"]),
        (b"< frame FFF 23.424242 11 >", ["frame FFF 23.424242 11"]),
        (b"< frame 123 1.0 112233445566778899 >", ["frame 123 1.0 112233445566778899"]),
    ],
)
def test_messages_of_a_server(message, said):
    assert SocketcandReader().feed(message) == said


def test_what_is_sent():
    frame = CanFrame(0x351, b"\x14\x05\x00")
    assert slcan.encode(frame) == b"t3513140500\r"
    assert slcan.encode(CanFrame(0x1F000100, b"", extended=True)) == b"T1F0001000\r"
    assert socketcand.encode(frame) == b"< send 351 3 14 5 0 >"
    assert socketcand.encode(CanFrame(0x1F000100, b"\xab", extended=True)) == b"< send 1F000100 1 AB >"


@given(st.lists(FRAMES, max_size=5), st.integers(1, 7))
def test_every_frame_survives_any_cutting(frames, size):
    reader, said = SlcanReader(), []
    stream = b"".join(map(slcan.encode, frames))
    for at in range(0, len(stream), size):
        said += reader.feed(stream[at : at + size])
    assert said == frames


@given(st.lists(FRAMES, max_size=5), st.integers(1, 7))
def test_every_frame_of_a_server_survives_any_cutting(frames, size):
    reader, said = SocketcandReader(), []
    identifiers = [f"{frame.id:08X}" if frame.extended else f"{frame.id:03X}" for frame in frames]
    stream = "".join(
        f"< frame {identifier} 1.5 {frame.data.hex()} >" for identifier, frame in zip(identifiers, frames, strict=True)
    ).encode()
    for at in range(0, len(stream), size):
        said += reader.feed(stream[at : at + size])
    assert said == frames


@given(st.binary(max_size=400), FRAMES)
def test_any_damage_before_a_frame_is_survived(noise, frame):
    line = SlcanReader()
    line.feed(noise)
    assert line.feed(b"\r" + slcan.encode(frame))[-1] == frame
    server = SocketcandReader()
    server.feed(noise)
    assert server.feed(f"< frame {frame.id:08X} 1.5 {frame.data.hex()} >".encode())[-1] == CanFrame(
        frame.id, frame.data, extended=True
    )
