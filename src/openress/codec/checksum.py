"""Checksums of the serial dialects."""

from __future__ import annotations

__all__ = ["length_field", "sum16"]

_NIBBLE_SUM = bytes((value & 0xF) + (value >> 4) for value in range(0x100))


def sum16(text: bytes) -> int:
    """CHKSUM of an ASCII-hex frame: two's complement of the sum of all character codes, 16 bits."""
    return -sum(text) & 0xFFFF


def length_field(characters: int) -> int:
    """LENGTH of an ASCII-hex frame: check nibble and 12-bit count of INFO characters.

    The nibble is the two's complement of the sum of the three count nibbles, modulo 16. The modulo matters: written
    as "invert and add one" it becomes 0x10 for counts whose nibbles sum to a multiple of 16, zero among them, and
    spoils the frame.
    """
    nibbles = _NIBBLE_SUM[characters & 0xFF] + (characters >> 8)
    return (-nibbles & 0xF) << 12 | characters
