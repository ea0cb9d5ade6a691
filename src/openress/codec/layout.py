"""Frames as tables: one frozen dataclass per frame, the wire in the field.

    @dataclass(frozen=True, slots=True)
    class LimitsFrame:
        charge_voltage_limit_v: float = wire("H", step=0.1)
        charge_current_limit_a: float = wire("h", step=0.1, rounding=DOWN, magnitude=True)

    LIMITS = Layout(LimitsFrame, byte_order="<")

A row is invertible and printable: from the same rows come the decoder, the encoder and the documentation table.
Rows are checked when the layout is made: a bit named twice, or a name on two bits of one field, is an error at
import.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Any, Generic, TypeVar

from openress.codec.rows import Kind, Row
from openress.codec.segments import make_segments
from openress.errors import FrameError, StateError
from openress.model.evidence import Source

__all__ = ["Layout"]

T = TypeVar("T")


class Layout(Generic[T]):
    """Encoder and decoder of one frame class.

    Args:
        frame: a frozen dataclass whose every field was made with a builder of this module.
        byte_order: `>` high byte first (RS485 dialects), `<` low byte first (most CAN dialects).
        source: where the frame comes from; rows may name their own.
        extra: bytes that may follow the last row and are ignored (senders that pad).
        steps: worth of one count by field, where a sender differs from the table's.
    """

    def __init__(
        self,
        frame: type[T],
        *,
        byte_order: str = ">",
        source: Source | None = None,
        extra: int = 0,
        steps: Mapping[str, float] | None = None,
    ) -> None:
        self.frame = frame
        self.source = source
        self.byte_order = byte_order
        self.extra = extra
        self.rows: dict[str, Row] = {}
        for item in fields(frame):  # type: ignore[arg-type]  # Layout is only made for dataclasses
            row = item.metadata.get("wire")
            if not isinstance(row, Row):
                raise StateError(f"{frame.__name__}.{item.name} has no place on the wire.")
            self.rows[item.name] = row
        for name, step in (steps or {}).items():
            self.rows[name] = replace(self.rows[name], step=step)
        _check(frame.__name__, self.rows)
        self._segments = make_segments(frame.__name__, byte_order, self.rows)

    def read(self, data: bytes, at: int = 0) -> tuple[T, int]:
        """Decode one frame that starts at `at`; gives it and the offset behind it.

        Raises:
            FrameError: the bytes end too early; `at` of the error counts from the start of `data`.
        """
        values: list[Any] = []
        for segment in self._segments:
            at = segment.read(data, at, values)
        return self.frame(*values), at

    def decode(self, data: bytes) -> T:
        """Decode bytes that hold exactly one frame.

        Raises:
            FrameError: too few bytes, or more than `extra` left over.
        """
        frame, end = self.read(data)
        if len(data) - end > self.extra:
            raise FrameError(
                f"{self.frame.__name__} has {end} bytes, there are {len(data)}: {len(data) - end} too many",
                at=end,
            )
        return frame

    def encode(self, frame: T) -> bytes:
        """Lay a frame on the wire.

        Raises:
            ParameterError: a value that is absent or does not fit where the row does not allow it.
        """
        return b"".join([segment.write(frame) for segment in self._segments])


def _check(owner: str, rows: Mapping[str, Row]) -> None:
    flags: set[tuple[str, int]] = set()
    for name, row in rows.items():
        if row.kind in (Kind.FLAG, Kind.PACKED):
            for bit in range(row.bit, row.bit + row.width):
                if (row.byte, bit) in flags:
                    raise StateError(f"{owner}.{name}: bit {bit} of byte {row.byte} is taken.")
                flags.add((row.byte, bit))
        if row.bits is not None:
            named = [member for members in row.bits.values() for member in members]
            if len(named) != len(set(named)):
                raise StateError(f"{owner}.{name}: a name stands on two bits.")
            if not row.bits.keys().isdisjoint(row.also or {}):
                raise StateError(f"{owner}.{name}: a bit is both sent and only read.")
