"""Samples as they came, a quarter of an hour of one pack in one piece of bytes: differences, then deflated.

Written row by row they would cost seven times the room, and the wear.
"""

from __future__ import annotations

import json
import sys
import zlib
from array import array
from collections.abc import Mapping, Sequence
from typing import Any

from openress.store.quantities import CELLS, GAUGES

__all__ = ["decode", "encode"]

_UNKNOWN = -(2**31)
_BOUND = 2**30
_TIMES = "at_ds"


def encode(start_s: int, samples: Sequence[tuple[float, Mapping[str, Any]]]) -> bytes:
    """Samples as bytes.

    Args:
        start_s: unix seconds from which times are counted, in tenths.
        samples: time and values under the public keys, oldest first.
    """
    names = [_TIMES, *(quantity.key for quantity in GAUGES)]
    columns: list[list[int | None]] = [[round(10 * (at_s - start_s)) for at_s, _ in samples]]
    columns += [[_steps(values.get(item.key), item.per_unit) for _, values in samples] for item in GAUGES]
    for cell in range(max((len(values.get(CELLS) or ()) for _, values in samples), default=0)):
        names.append(f"{CELLS}:{cell}")
        columns.append([_cell(values.get(CELLS), cell) for _, values in samples])
    known = [(name, column) for name, column in zip(names, columns, strict=True) if any(v is not None for v in column)]
    held = array("i")
    for _, column in known:
        held.extend(_differences(column))
    if sys.byteorder == "big":
        held.byteswap()
    head = json.dumps([len(samples), [name for name, _ in known]], separators=(",", ":")).encode()
    deflate = zlib.compressobj(9, strategy=zlib.Z_FILTERED)
    return deflate.compress(head + b"\n" + _by_place(held.tobytes())) + deflate.flush()


def _by_place(raw: bytes) -> bytes:
    """All lowest bytes, then all next ones: small differences deflate better so."""
    return b"".join(raw[place::4] for place in range(4))


def _by_number(raw: bytes) -> bytes:
    count = len(raw) // 4
    whole = bytearray(len(raw))
    for place in range(4):
        whole[place::4] = raw[place * count : (place + 1) * count]
    return bytes(whole)


def _steps(value: float | None, per_unit: int) -> int | None:
    return None if value is None else max(-_BOUND, min(_BOUND, round(value * per_unit)))


def _cell(cells: Sequence[int | None] | None, at: int) -> int | None:
    return cells[at] if cells is not None and at < len(cells) else None


def _differences(column: Sequence[int | None]) -> list[int]:
    before, found = 0, []
    for value in column:
        if value is None:
            found.append(_UNKNOWN)
        else:
            found.append(value - before)
            before = value
    return found


def decode(start_s: int, packed: bytes) -> list[tuple[float, dict[str, Any]]]:
    """Samples from their bytes, oldest first.

    Raises:
        ValueError: the bytes are damaged.
    """
    try:
        head, _, body = zlib.decompress(packed).partition(b"\n")
        count, names = json.loads(head)
        held = array("i")
        held.frombytes(_by_number(body))
    except (zlib.error, TypeError, ValueError) as error:
        raise ValueError(f"a piece of the history cannot be read: {error}") from error
    if sys.byteorder == "big":
        held.byteswap()
    if len(held) != count * len(names) or _TIMES not in names:
        raise ValueError("a piece of the history cannot be read: its length is wrong")
    columns = {name: _values(held[at * count : (at + 1) * count]) for at, name in enumerate(names)}
    times = columns.pop(_TIMES)
    cells = [columns.pop(name) for name in names if name.startswith(f"{CELLS}:")]
    scales = {item.key: item.per_unit for item in GAUGES}
    return [(start_s + (times[at] or 0) / 10, _sample(columns, cells, scales, at)) for at in range(count)]


def _sample(
    columns: Mapping[str, Sequence[int | None]],
    cells: Sequence[Sequence[int | None]],
    scales: Mapping[str, int],
    at: int,
) -> dict[str, Any]:
    found: dict[str, Any] = {
        name: column[at] / scales[name]  # type: ignore[operator]  # what is not known is left out by the condition
        for name, column in columns.items()
        if column[at] is not None and name in scales
    }
    if cells and any(cell[at] is not None for cell in cells):
        found[CELLS] = [cell[at] for cell in cells]
    return found


def _values(differences: Sequence[int]) -> list[int | None]:
    now, found = 0, list[int | None]()
    for difference in differences:
        if difference == _UNKNOWN:
            found.append(None)
        else:
            now += difference
            found.append(now)
    return found
