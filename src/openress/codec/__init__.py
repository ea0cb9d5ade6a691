"""Ways of laying bytes: frame tables, checksums, ASCII-hex frames."""

from openress.codec.hexframe import HexFrame, HexFrameSplitter
from openress.codec.layout import Layout
from openress.codec.rows import (
    DOWN,
    NEAREST,
    UP,
    Row,
    blocks,
    coded,
    counted,
    dotted,
    flag,
    named_bits,
    named_pairs,
    packed,
    series,
    text,
    wire,
)

__all__ = [
    "DOWN",
    "NEAREST",
    "UP",
    "HexFrame",
    "HexFrameSplitter",
    "Layout",
    "Row",
    "blocks",
    "coded",
    "counted",
    "dotted",
    "flag",
    "named_bits",
    "named_pairs",
    "packed",
    "series",
    "text",
    "wire",
]
