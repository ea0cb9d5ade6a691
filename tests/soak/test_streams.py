"""Ten thousand damaged streams: no valid frame is lost, nothing but FrameError is raised, nothing false is answered."""

from __future__ import annotations

import random

import pytest
from tests.captured import captured
from tests.protocols.pylontechserversamples import OPTIONS
from tests.samples import rack

from openress.codec import HexFrame, HexFrameSplitter
from openress.errors import FrameError
from openress.protocols.battery.pylontech import PylontechDecoder, PylontechServer

pytestmark = pytest.mark.soak

FRAMES = [known.frame.encode() + b"\r" for known in captured("pylontech-rs485.txt")]


def damaged(dice: random.Random, frame: bytes) -> bytes:
    raw = bytearray(frame)
    for _ in range(dice.randint(1, 3)):
        at = dice.randrange(len(raw))
        match dice.randrange(3):
            case 0:
                raw[at] ^= 1 << dice.randrange(8)
            case 1:
                del raw[at]
            case _:
                raw.insert(at, dice.randrange(256))
        if not raw:
            break
    return bytes(raw)


def test_ten_thousand_streams() -> None:
    dice = random.Random(51_2)
    frames = 0
    for _ in range(10_000):
        wanted: list[bytes] = []
        stream = b""
        for _ in range(dice.randint(1, 20)):
            frame = dice.choice(FRAMES)
            if dice.random() < 0.3:
                stream += damaged(dice, frame) + b"\r"
            else:
                stream += dice.randbytes(dice.randrange(10)) + frame
                wanted.append(frame)
        splitter, decoder, server = HexFrameSplitter(), PylontechDecoder(), PylontechServer(OPTIONS)
        found: list[bytes] = []
        at = 0
        while at < len(stream):
            size = dice.randint(1, 64)
            chunk = stream[at : at + size]
            found += splitter.feed(chunk)
            for answer in server.feed(chunk, rack(), 0.0):
                assert HexFrame.decode(answer).address in {0, 1, 2, 3, 4, 5}
            at += size
        rest = iter(found)
        assert all(frame in rest for frame in wanted)
        for frame in found:
            frames += 1
            try:
                decoder.read(frame)
            except FrameError:
                continue
    assert frames > 50_000
