"""Finding Modbus RTU frames in a byte stream, on a master's or a slave's side of a shared bus.

RTU has no start character and ends by silence, which no driver passes on. What remains are the length, known from
the function code, and the CRC. So every byte may begin a frame until its length and CRC say that it does not:

- Noise that looks like the beginning of a long frame is waited for, but what follows is read meanwhile: no valid
  frame is lost or late because of noise.
- Bytes inside a frame that was found begin no other frame, so another slave's reply is not read as a request.
- What can remain is a chance hit of a 16-bit CRC, one in 65536 for each beginning that fits. (A zero byte behind a
  sound frame leaves the CRC sound: a glitch that is itself sealed can cost the first byte of the next frame.)
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection
from enum import Enum

from openress.codec.modbus import FUNCTIONS, MAX_REGISTERS, READS, Function, crc16

__all__ = ["SILENCE_S", "ModbusSplitter", "Side"]

SILENCE_S = 0.5
"""A frame that has begun does not go on after so long. Modbus says 3.5 characters, adapters and networks pause more."""


class Side(Enum):
    """Whose frames are wanted."""

    REQUESTS = "requests"
    """A slave's side: what masters send."""
    REPLIES = "replies"
    """A master's side: what slaves send."""
    BOTH = "both"
    """A listener's side."""


class ModbusSplitter:
    """Machine that finds frames.

    Args:
        side: which frames to give; the others are recognised, so that their insides are not searched.
        functions: functions spoken here; fewer means fewer chance hits.
        countless_writes: also find a 10 without its count byte.
        word_counts: replies to 03 and 04 count registers in two bytes (see `modbuswords`). One that tells a single
            register has the shape of a request; where both are wanted it is given once, and the listener must know.
    """

    __slots__ = ("_buffer", "_countless", "_fed_s", "_functions", "_open", "_side", "_word_counts")

    def __init__(
        self,
        side: Side,
        *,
        functions: Collection[Function] = tuple(Function),
        countless_writes: bool = False,
        word_counts: bool = False,
    ) -> None:
        self._side = side
        self._word_counts = word_counts
        self._functions = frozenset(functions)
        self._countless = countless_writes
        self._buffer = bytearray()
        self._fed_s: float | None = None
        self._open: list[int] = []
        """Offsets in the buffer where a frame may begin, ascending."""

    def feed_at(self, data: bytes, now_s: float) -> list[bytes]:
        """Take bytes that came at `now_s`; what had begun before a silence is forgotten."""
        if self._fed_s is not None and not 0.0 <= now_s - self._fed_s <= SILENCE_S:
            self.reset()
        self._fed_s = now_s
        return self.feed(data)

    def feed(self, data: bytes) -> list[bytes]:
        """Take bytes as they come; gives the frames completed by them."""
        first_new = len(self._buffer)
        self._buffer += data
        candidates = [*self._open, *range(first_new, len(self._buffer))]
        still_open: list[int] = []
        frames: list[bytes] = []
        index = 0
        while index < len(candidates):
            start = candidates[index]
            index += 1
            length, wait, wanted = self._examine(start)
            if length:
                # Nothing begins inside a frame that was found.
                index = bisect_left(candidates, start + length, index)
                if wanted:
                    frames.append(bytes(self._buffer[start : start + length]))
            elif wait:
                still_open.append(start)
        self._drop(still_open)
        return frames

    def reset(self) -> None:
        """Forget what has begun, when the line has been silent for too long."""
        self._buffer.clear()
        self._open.clear()

    def _drop(self, still_open: list[int]) -> None:
        before = still_open[0] if still_open else len(self._buffer)
        del self._buffer[:before]
        self._open = [start - before for start in still_open]

    def _examine(self, start: int) -> tuple[int, bool, bool]:
        """Length of the frame that begins here, 0 if none; whether one still may; whether it is wanted."""
        there = len(self._buffer) - start
        if there < 2:
            return 0, True, False
        function = FUNCTIONS.get(self._buffer[start + 1] & 0x7F)
        if function is None or function not in self._functions:
            return 0, False, False
        wait = wanted_may_come = False
        for wanted, length in self._lengths(function, start, there):
            if length is None or length > there:
                wait, wanted_may_come = True, wanted_may_come or wanted
            elif (wanted or not wanted_may_come) and self._sound(start, length):
                # A short reply may be the beginning of a longer request: the wanted one is waited for.
                return length, False, wanted
        return 0, wait, False

    def _lengths(self, function: Function, start: int, there: int) -> list[tuple[bool, int | None]]:
        """Lengths that a frame of this function may have; `None` while its count byte has not come.

        Where a request and a reply fit alike, the wanted one goes first.
        """
        buffer = self._buffer
        replies_wanted, requests_wanted = self._side is not Side.REQUESTS, self._side is not Side.REPLIES
        if buffer[start + 1] & 0x80:
            return [(replies_wanted, 5)]
        if function is Function.WRITE_REGISTER:
            return [(True, 8)]
        requests: list[tuple[bool, int | None]]
        replies: list[tuple[bool, int | None]]
        if function in READS:
            requests = [(requests_wanted, 8)]
            if self._word_counts and function is not Function.READ_COILS:
                words = int.from_bytes(buffer[start + 2 : start + 4], "big") if there > 3 else None
                replies = [(replies_wanted, None if words is None else 6 + 2 * words)]
                possible = words is None or 0 < words <= MAX_REGISTERS
            else:
                count = buffer[start + 2] if there > 2 else None
                replies = [(replies_wanted, None if count is None else 5 + count)]
                possible = count is None or function is Function.READ_COILS or count % 2 == 0
            replies = replies if possible else []
        else:
            replies = [(replies_wanted, 8)]
            size = buffer[start + 6] if there > 6 else None
            requests = [(requests_wanted, None if size is None else 9 + size)]
            if size is not None:
                registers = int.from_bytes(buffer[start + 4 : start + 6], "big")
                bits = function is Function.WRITE_COILS
                fits = size == ((registers + 7) // 8 if bits else 2 * registers)
                requests = requests if fits else []
                if self._countless and not bits and 0 < registers <= 123:
                    requests.append((requests_wanted, 8 + 2 * registers))
        return [*requests, *replies] if requests_wanted else [*replies, *requests]

    def _sound(self, start: int, length: int) -> bool:
        # The CRC over a frame and its own CRC is 0.
        return crc16(bytes(self._buffer[start : start + length])) == 0
