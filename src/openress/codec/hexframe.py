"""The ASCII-hex frame that Pylontech, PACE, Seplos and their relatives share.

    ~ VER ADR CID1 CID2|RTN LENGTH INFO CHKSUM CR

Start 0x7E and end 0x0D are raw; every other byte is two hexadecimal characters. LENGTH is a check nibble and the
number of INFO *characters*; CHKSUM covers all characters between start and itself.
Source: PYLON low voltage protocol RS485 V3.3, chapter 2, checked against captures.
"""

from __future__ import annotations

from binascii import Error as HexError
from binascii import unhexlify
from collections.abc import Collection
from dataclasses import dataclass

from openress.codec.checksum import length_field, sum16
from openress.errors import FrameError, ParameterError

__all__ = ["MAX_FRAME", "HexFrame", "HexFrameSplitter"]

SOI = 0x7E
EOI = 0x0D
_HEADER = 1 + 12
_SHORTEST = _HEADER + 4 + 1
MAX_INFO = 4095 // 2
MAX_FRAME = _SHORTEST + 4095


@dataclass(frozen=True, slots=True)
class HexFrame:
    """One frame; `code` is the command CID2 of a request or the return code RTN of a reply.

    `warnings` tell what was wrong and tolerated when the frame was read.
    """

    version: int
    address: int
    cid1: int
    code: int
    info: bytes = b""
    warnings: tuple[str, ...] = ()

    def encode(self) -> bytes:
        """The frame with start, checksum and end.

        Raises:
            ParameterError: INFO is longer than the 12-bit length can say.
        """
        if len(self.info) > MAX_INFO:
            raise ParameterError(f"INFO holds at most {MAX_INFO} bytes, not {len(self.info)}.")
        head = bytes((self.version, self.address, self.cid1, self.code)).hex()
        text = f"{head}{length_field(2 * len(self.info)):04X}{self.info.hex()}".upper().encode("ascii")
        return b"~%b%04X\r" % (text, sum16(text))

    @classmethod
    def decode(cls, data: bytes, *, tolerated_lengths: Collection[tuple[int, int]] = ()) -> HexFrame:
        """Read one frame; the end character may be missing.

        Args:
            data: the frame from its start character on.
            tolerated_lengths: pairs (characters said, characters there) of known senders whose LENGTH is wrong
                while CHKSUM is right; such a frame is read with a warning.

        Raises:
            FrameError: not a frame, or damaged; `at` is the offset of the offending byte.
        """
        end = len(data) - 1 if data[-1:] == b"\r" else len(data)
        if data[:1] != b"~":
            raise FrameError("the frame does not start with '~'", at=0)
        if end < _SHORTEST - 1:
            raise FrameError(f"the frame has {end - 1} characters, the shortest has {_SHORTEST - 2}", at=end)
        try:
            # unhexlify is strict: unlike bytes.fromhex it does not skip blanks.
            raw = unhexlify(data[1:end])
        except HexError:
            raise _not_hex(data, end) from None
        said, check = int.from_bytes(raw[4:6], "big") & 0xFFF, raw[4] >> 4
        if check != length_field(said) >> 12:
            raise FrameError(
                f"LCHKSUM of LENGTH {data[9:13].decode()} is wrong, computed {length_field(said):04X}", at=9
            )
        there = end - _SHORTEST + 1
        warnings: tuple[str, ...] = ()
        if said != there:
            length = f"LENGTH says {said} INFO characters, the frame has {there}"
            if (said, there) not in tolerated_lengths:
                raise FrameError(length, at=9)
            warnings = (f"{length}; accepted because CHKSUM is right and this sender is known",)
        computed = sum16(data[1 : end - 4])
        if computed != int.from_bytes(raw[-2:], "big"):
            raise FrameError(f"CHKSUM {data[end - 4 : end].decode()} is wrong, computed {computed:04X}", at=end - 4)
        return cls(raw[0], raw[1], raw[2], raw[3], raw[6:-2], warnings)


def _not_hex(data: bytes, end: int) -> FrameError:
    for at in range(1, end):
        if data[at] not in b"0123456789abcdefABCDEF":
            return FrameError(f"byte 0x{data[at]:02X} is no hexadecimal character", at=at)
    return FrameError("the frame has an odd number of hexadecimal characters", at=end)


class HexFrameSplitter:
    """Machine that finds frames in a byte stream: from `~` to CR.

    A `~` cannot stand inside a frame, so a new one always starts a new frame: noise between frames, even noise that
    looks like a start, costs no valid frame. What is no frame is dropped; what is longer than any frame too.
    """

    __slots__ = ("_buffer",)

    def __init__(self) -> None:
        self._buffer = bytearray()

    def feed(self, data: bytes) -> list[bytes]:
        """Take bytes as they come; gives the frames completed by them, with start and end."""
        frames = []
        self._buffer += data
        while (end := self._buffer.find(EOI)) >= 0:
            start = self._buffer.rfind(SOI, 0, end)
            if start >= 0:
                frames.append(bytes(self._buffer[start : end + 1]))
            del self._buffer[: end + 1]
        start = self._buffer.rfind(SOI)
        del self._buffer[: start if start >= 0 else len(self._buffer)]
        if len(self._buffer) > MAX_FRAME:
            self._buffer.clear()
        return frames

    def reset(self) -> None:
        """Forget a frame that has begun, when the line has been silent for too long."""
        self._buffer.clear()
