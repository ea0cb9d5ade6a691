"""Ten thousand damaged streams of binary dialects: sound frames survive, nothing but FrameError is raised."""

from __future__ import annotations

import random

import pytest
from tests.captured import captured
from tests.protocols.contract import OPTIONS
from tests.samples import rack

from openress.errors import FrameError
from openress.protocols import find_dialect

pytestmark = pytest.mark.soak

LOST = {"jbd": 0.0, "jbd-up16s": 0.0, "daly": 0.01, "jk-4e57": 0.0}
"""Share of sound frames that may be lost. Daly's sum of 8 bits lets one damaged frame in 256 pass as sound; one that
has lost a byte then takes the first byte of the next with it."""
SILENT = bytes(2000)
"""More zeros than any frame is long: whatever has begun is over."""


def damaged(dice: random.Random, frame: bytes) -> bytes:
    raw = bytearray(frame)
    for _ in range(dice.randint(1, 3)):
        at = dice.randrange(len(raw))
        match dice.randrange(3):
            case 0:
                raw[at] ^= 1 << dice.randrange(8)
            case 1 if len(raw) > 1:
                del raw[at]
            case _:
                raw.insert(at, dice.randrange(256))
    return bytes(raw)


@pytest.mark.parametrize("name", LOST)
def test_two_and_a_half_thousand_streams(name: str) -> None:
    parts = find_dialect(name).parts()
    assert parts.splitter is not None
    assert parts.decoder is not None
    assert parts.server is not None
    known = [bytes.fromhex(one.frame) for one in captured(f"{name}.txt") if one.says["kind"] != "error"]
    dice = random.Random(51_2)
    sent = lost = 0
    for _ in range(2_500):
        wanted: list[bytes] = []
        stream = b""
        for _ in range(dice.randint(1, 20)):
            frame = dice.choice(known)
            if dice.random() < 0.3:
                stream += damaged(dice, frame)
            else:
                stream += frame
                wanted.append(frame)
        stream += SILENT
        splitter, decoder, server = parts.splitter(None), parts.decoder(), parts.server(OPTIONS)
        found: list[bytes] = []
        at = 0
        while at < len(stream):
            size = dice.randint(1, 64)
            found += splitter.feed(stream[at : at + size])
            server.feed(stream[at : at + size], rack(), 0.0)
            at += size
        sent += len(wanted)
        rest = iter(found)
        lost += sum(frame not in rest for frame in wanted)
        for frame in found:
            try:
                decoder.read(frame)
            except FrameError as error:
                assert 0 <= error.at <= len(frame)
    assert sent > 10_000
    assert lost <= sent * LOST[name], (lost, sent)
