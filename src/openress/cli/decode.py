"""`openress decode`: frames in, one JSON line for each out."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from typing import Any

import click

from openress.capturefile import NOT_KNOWN, FrameStream, header_of, streams
from openress.cli.completing import dialects
from openress.codec.canframe import CanFrame
from openress.errors import FrameError
from openress.ports import Direction as Mark
from openress.protocols import Dialect, find_dialect
from openress.protocols.base import Bus, Direction, Parts, Reading, SerialDecoder

__all__ = ["command"]

_LINE = re.compile(r"\s*(?:\+?(?P<at>[0-9]+\.[0-9]+)\s+)?(?:(?P<mark>[<>])\s*)?(?P<frame>.*?)\s*")
_HEX = re.compile(r"(?:0x)?([0-9A-Fa-f]{2})[\s:,]*")

_Result = dict[str, Any]


@click.command("decode")
@click.argument("dialect", shell_complete=dialects)
@click.argument("lines", nargs=-1, metavar="[LINE]...")
@click.option("--as", "command_", metavar="COMMAND", help="Read every reply as the answer to this command, such as 42.")
def command(dialect: str, lines: tuple[str, ...], command_: str | None) -> None:
    """Read frames of DIALECT, one JSON line for each.

    A serial frame is written as text (~2002...) or as hex; put '> ' before one that goes towards the battery and
    '< ' before one that comes from it. A reply is read in the light of the request before it. A CAN frame is written
    as 351#1402C012C012C201. Lines of a recording (SECONDS > HEX) may hold parts of frames or several of them. Without
    LINE the lines come from standard input; empty lines and lines with # in front are skipped.
    """
    found = find_dialect(dialect)
    reader = _reader(found, command_)
    source: Iterable[str] = lines or sys.stdin
    bad = False
    for result in _results(reader, source):
        bad = bad or not result["ok"]
        click.echo(json.dumps({"ok": result.pop("ok"), "dialect": found.name} | result))
    if bad:
        sys.exit(1)


def _results(reader: _LineReader, source: Iterable[str]) -> Iterator[_Result]:
    number = 0
    for number, line in enumerate(source, start=1):
        text = line.rstrip("\r\n")
        if text.lstrip().startswith("#"):
            reader.header(text.strip())
            continue
        match = _LINE.fullmatch(text)
        if match is None or not match["frame"]:
            continue
        for result in reader.read(match):
            yield result if result["ok"] else result | {"line": number}
    for result in reader.end():
        yield result | {"line": number}


class _LineReader:
    """Reads lines that hold one frame each."""

    def __init__(self, decode: Callable[[str, Direction | None], Reading]) -> None:
        self._decode = decode

    def header(self, text: str) -> None:
        """Take note of a comment."""

    def read(self, line: re.Match[str]) -> Iterator[_Result]:
        """What a line says."""
        direction = Direction(line["mark"]) if line["mark"] else None
        yield _told(partial(self._decode, line["frame"], direction))

    def end(self) -> Iterator[_Result]:
        """What is to be said when there are no more lines."""
        return iter(())


class _SerialReader(_LineReader):
    """Reads lines with one frame, and lines of a recording, whose frames are found in the stream of each direction."""

    def __init__(self, decoder: SerialDecoder, parts: Parts) -> None:
        super().__init__(lambda text, direction: decoder.read(_bytes(text), direction))
        self._decoder = decoder
        self._parts = parts
        self._tapped = False
        self._streams: Mapping[Mark, FrameStream] | None = None

    def header(self, text: str) -> None:
        """Learn from a recording's header whether its marks tell directions."""
        found = header_of(text)
        if found is not None and found[0] == "direction":
            self._tapped = found[1] == NOT_KNOWN

    def read(self, line: re.Match[str]) -> Iterator[_Result]:
        """What a line says, or what it completes."""
        recorded = line["at"] is not None and line["mark"] is not None and not line["frame"].startswith("~")
        if not recorded or self._parts.splitter is None:
            yield from super().read(line)
            return
        if self._streams is None:
            self._streams = streams(self._parts, tapped=self._tapped)
        try:
            data = _bytes(line["frame"])
        except FrameError as error:
            yield _refused(error)
            return
        stream, at_s = self._streams[Mark(line["mark"])], float(line["at"])
        for place, frame in stream.feed(data, at_s):
            result = _told(partial(self._decoder.read, frame, stream.direction))
            stream.take(place, frame, sound=result["ok"])
            yield result | {"at_s": at_s}

    def end(self) -> Iterator[_Result]:
        """Say how many bytes of a recording belong to no frame."""
        for stream in dict.fromkeys((self._streams or {}).values()):
            loose = stream.loose + stream.rest()
            if loose:
                where = "" if stream.direction is None else f" {stream.direction.value}"
                yield {"ok": False, "error": f"{loose} bytes{where} belong to no frame", "at": 0}


def _told(read: Callable[[], Reading]) -> _Result:
    try:
        reading = read()
    except FrameError as error:
        return _refused(error)
    warnings = {"warnings": list(reading.warnings)} if reading.warnings else {}
    return {"ok": True, "kind": reading.kind, "values": reading.values} | warnings


def _refused(error: FrameError) -> _Result:
    return {"ok": False, "error": str(error), "at": error.at}


def _reader(dialect: Dialect, asked: str | None) -> _LineReader:
    parts = dialect.parts()
    if dialect.bus is Bus.CAN:
        if parts.can_decoder is None:
            raise click.UsageError(f"{dialect.name} cannot be decoded yet.")
        if asked is not None:
            raise click.UsageError("--as is for serial dialects; a CAN frame explains itself.")
        can = parts.can_decoder()
        return _LineReader(lambda text, _direction: can.read(CanFrame.parse(text)))
    if parts.decoder is None:
        raise click.UsageError(f"{dialect.name} cannot be decoded yet.")
    serial = parts.decoder()
    if asked is not None:
        serial.expect(asked)
    return _SerialReader(serial, parts)


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
