"""The last minutes of steps, packed as they come: bounded in time, in bytes, and begun anew after a gap."""

from __future__ import annotations

import pickle
import zlib
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

from openress.gateway.tape import Began, Marked, Saw, Step

__all__ = ["BEFORE_S", "MOST_BYTES", "Head", "Ring", "unpacked"]

BEFORE_S = 300.0
MOST_BYTES = 32_000_000
"""Of steps as they are packed; the eldest go first."""
_QUICKLY = 1


@dataclass(frozen=True, slots=True)
class Head:
    """From where steps can be run: a session that was just made, or one that knows something."""

    began: Began
    mark: Marked | None = None


@dataclass(frozen=True, slots=True)
class _Batch:
    from_s: float
    data: bytes
    head: Head | None


class Ring:
    """See the module."""

    def __init__(self, before_s: float = BEFORE_S, most_bytes: int = MOST_BYTES) -> None:
        self._before_s = before_s
        self._most = most_bytes
        self._batches: deque[_Batch] = deque()
        self._size = 0
        self._began: Began | None = None

    def __len__(self) -> int:
        return self._size

    def gap(self) -> None:
        """Steps are missing: what comes before the next beginning or mark is worth nothing."""
        self._batches.clear()
        self._size = 0

    def add(self, steps: Sequence[Step]) -> None:
        """Take steps in their order."""
        batch: list[Step] = []
        head: Head | None = None
        for step in steps:
            if isinstance(step, Saw) and step.rack is None:
                self.gap()
                batch, head = [], None
                continue
            if isinstance(step, Began):
                self._began = step
            if isinstance(step, Began | Marked) and self._began is not None:
                self._pack(batch, head)
                batch, head = [], Head(self._began, step if isinstance(step, Marked) else None)
            batch.append(step)
        self._pack(batch, head)

    def _pack(self, steps: list[Step], head: Head | None) -> None:
        if not steps or (head is None and not self._batches):
            return
        data = zlib.compress(pickle.dumps(steps, pickle.HIGHEST_PROTOCOL), _QUICKLY)
        self._batches.append(_Batch(steps[0].at_s, data, head))
        self._size += len(data)
        while self._size > self._most and len(self._batches) > 1:
            self._drop()

    def trim(self, from_s: float) -> None:
        """Keep no more than is needed to run what comes after a moment."""
        heads = [batch for batch in self._batches if batch.head is not None and batch.from_s <= from_s]
        while heads and self._batches[0] is not heads[-1]:
            self._drop()

    def _drop(self) -> None:
        """The eldest batch, and those that cannot be run without it."""
        self._size -= len(self._batches.popleft().data)
        while self._batches and self._batches[0].head is None:
            self._size -= len(self._batches.popleft().data)

    def read(self) -> tuple[Head | None, list[bytes]]:
        """From where it can be run, and the steps, packed; see `unpacked`."""
        if not self._batches:
            return None, []
        return self._batches[0].head, [batch.data for batch in self._batches]


def unpacked(batches: Sequence[bytes]) -> list[Step]:
    """The steps again."""
    found: list[Step] = []
    for data in batches:
        found += pickle.loads(zlib.decompress(data))  # noqa: S301 - packed by this process a few minutes ago
    return found
