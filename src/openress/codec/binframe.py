"""Binary frames in a byte stream: a mark they begin with, a length they tell, a check they end in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

__all__ = ["SILENCE_S", "BinaryShape", "BinarySplitter", "PacedSplitter"]

SILENCE_S = 0.5
"""Silence after which a frame that has begun is given up; a serial server may part a frame by some 100 ms."""


@dataclass(frozen=True, slots=True)
class BinaryShape:
    """How the frames of one dialect are found.

    Attributes:
        head: number of bytes from which the length can be told.
        length: whole length of the frame that begins with these `head` bytes; `None` when none begins here.
        sound: whether the check of a whole frame is right.
    """

    head: int
    length: Callable[[bytes], int | None]
    sound: Callable[[bytes], bool]


class BinarySplitter:
    """Machine that finds frames of one shape in a byte stream.

    A frame whose check is wrong is given too, so that its reader can say what is wrong, and is then searched for
    another beginning: a damaged length costs no valid frame behind it. Bytes that begin no frame are dropped.
    """

    __slots__ = ("_buffer", "_shape")

    def __init__(self, shape: BinaryShape) -> None:
        self._shape = shape
        self._buffer = b""

    def feed(self, data: bytes) -> list[bytes]:
        """Take bytes as they come; gives the frames that they complete."""
        buffer, shape = self._buffer + data, self._shape
        frames: list[bytes] = []
        at = 0
        while len(buffer) - at >= shape.head:
            length = shape.length(buffer[at : at + shape.head])
            if length is None:
                at += 1
                continue
            if len(buffer) - at < length:
                break
            frame = buffer[at : at + length]
            frames.append(frame)
            at += length if shape.sound(frame) else 1
        self._buffer = buffer[at:]
        return frames

    def reset(self) -> None:
        """Forget a frame that has begun."""
        self._buffer = b""


class _Splitter(Protocol):
    def feed(self, data: bytes) -> list[bytes]: ...

    def reset(self) -> None: ...


class PacedSplitter:
    """Machine that finds frames and gives up one that has begun when the line falls silent."""

    __slots__ = ("_heard_s", "_splitter")

    def __init__(self, splitter: _Splitter) -> None:
        self._splitter = splitter
        self._heard_s: float | None = None

    def feed(self, data: bytes, now_s: float) -> list[bytes]:
        """Take bytes that came at `now_s`; gives the frames that they complete."""
        if self._heard_s is not None and not 0.0 <= now_s - self._heard_s <= SILENCE_S:
            self._splitter.reset()
        self._heard_s = now_s
        return self._splitter.feed(data)
