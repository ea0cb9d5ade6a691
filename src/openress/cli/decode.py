"""`openress decode`: frames in, one JSON line for each out."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Iterable
from typing import Any

import click

from openress.codec.canframe import CanFrame
from openress.errors import FrameError
from openress.protocols import Dialect, find_dialect
from openress.protocols.base import Bus, Direction, Reading

__all__ = ["command"]

_LINE = re.compile(r"\s*(?:\+?[0-9]+\.[0-9]+\s+)?(?:(?P<mark>[<>])\s*)?(?P<frame>.*?)\s*")
_HEX = re.compile(r"(?:0x)?([0-9A-Fa-f]{2})[\s:,]*")

_Read = Callable[[str, Direction | None], Reading]


@click.command("decode")
@click.argument("dialect")
@click.argument("lines", nargs=-1, metavar="[LINE]...")
@click.option("--as", "command_", metavar="COMMAND", help="Read every reply as the answer to this command, such as 42.")
def command(dialect: str, lines: tuple[str, ...], command_: str | None) -> None:
    """Read frames of DIALECT, one JSON line for each.

    A serial frame is written as text (~2002...) or as hex; put '> ' before one that goes towards the battery and
    '< ' before one that comes from it. A reply is read in the light of the request before it. A CAN frame is written
    as 351#1402C012C012C201. Without LINE the lines come from standard input; empty lines and lines with # in front
    are skipped.
    """
    found = find_dialect(dialect)
    read = _reader(found, command_)
    source: Iterable[str] = lines or sys.stdin
    bad = False
    for number, line in enumerate(source, start=1):
        match = _LINE.fullmatch(line.rstrip("\r\n"))
        if match is None or not match["frame"] or line.lstrip().startswith("#"):
            continue
        result = _decoded(read, match["frame"], Direction(match["mark"]) if match["mark"] else None)
        bad = bad or not result["ok"]
        head = {"ok": result.pop("ok"), "dialect": found.name}
        click.echo(json.dumps(head | result | ({} if head["ok"] else {"line": number})))
    if bad:
        sys.exit(1)


def _decoded(read: _Read, frame: str, direction: Direction | None) -> dict[str, Any]:
    try:
        reading = read(frame, direction)
    except FrameError as error:
        return {"ok": False, "error": str(error), "at": error.at}
    warnings = {"warnings": list(reading.warnings)} if reading.warnings else {}
    return {"ok": True, "kind": reading.kind, "values": reading.values} | warnings


def _reader(dialect: Dialect, asked: str | None) -> _Read:
    parts = dialect.parts()
    if dialect.bus is Bus.CAN:
        if parts.can_decoder is None:
            raise click.UsageError(f"{dialect.name} cannot be decoded yet.")
        if asked is not None:
            raise click.UsageError("--as is for serial dialects; a CAN frame explains itself.")
        can = parts.can_decoder()
        return lambda text, _direction: can.read(CanFrame.parse(text))
    if parts.decoder is None:
        raise click.UsageError(f"{dialect.name} cannot be decoded yet.")
    serial = parts.decoder()
    if asked is not None:
        serial.expect(asked)
    return lambda text, direction: serial.read(_bytes(text), direction)


def _bytes(text: str) -> bytes:
    """A serial frame as typed: text that starts with '~', or pairs of hexadecimal digits."""
    if text.startswith("~"):
        return text.removesuffix("\\r").encode("latin-1", "replace")
    at, raw = 0, bytearray()
    while at < len(text):
        match = _HEX.match(text, at)
        if match is None:
            raise FrameError("this is neither a text frame that starts with '~' nor pairs of hexadecimal digits", at=at)
        raw.append(int(match[1], 16))
        at = match.end()
    return bytes(raw)
