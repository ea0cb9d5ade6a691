"""Taking names and bar codes out of Pylontech frames: replies to 51, 60 and 93."""

from __future__ import annotations

from openress.codec import HexFrame
from openress.protocols.base import Direction
from openress.protocols.battery.pylontech.decode import PylontechDecoder, open_frame

__all__ = ["PylontechRedactor"]

_BATTERY = 16
"""Letters of a bar code."""
_TEXTS = {"manufacturer": ((0, 10), (12, 32)), "serial_number": ((1, 1 + _BATTERY),)}
"""Where texts stand in the INFO of a reply of this kind."""
_MODEL_AND_MAKER = 30
_BATTERIES = 33
"""Offset of the first bar code in the reply to 60, behind model, maker, version and the number of batteries."""


class PylontechRedactor:
    """Machine that takes texts out of frames; remembers requests, because replies do not say what they answer."""

    __slots__ = ("_decoder",)

    def __init__(self) -> None:
        self._decoder = PylontechDecoder()

    def redact(self, frame: bytes, direction: Direction | None = None) -> bytes:
        """See `Redactor.redact`."""
        kind = self._decoder.read(frame, direction).kind
        spans = ((0, _MODEL_AND_MAKER), (_BATTERIES, None)) if kind == "system_information" else _TEXTS.get(kind, ())
        if not spans:
            return frame
        message = open_frame(frame)
        info = bytearray(message.info)
        for start, end in spans:
            info[start:end] = bytes(ord("X") if letter else 0 for letter in info[start:end])
        hidden = HexFrame(message.version, message.address, message.cid1, message.code, bytes(info)).encode()
        return hidden if frame.endswith(b"\r") else hidden[:-1]
