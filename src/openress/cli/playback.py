"""`openress playback`: a recording played on a link as it was heard, or printed."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import click

from openress.capturefile import Capture, parse_capture, redacted
from openress.cli.completing import dialects
from openress.cli.numbers import Finite
from openress.cli.running import run_until_interrupted
from openress.errors import ParameterError, PortError
from openress.ports import BytePort, Direction, Link, RecordedChunk, open_listener, parse_link
from openress.protocols import find_dialect

__all__ = ["command"]

_SIDES = {"battery": Direction.RECEIVED, "inverter": Direction.SENT}


@click.command("playback")
@click.argument("path", metavar="FILE", type=click.Path(path_type=Path))
@click.argument("link", required=False)
@click.option(
    "--speed",
    type=Finite(min=0, min_open=True),
    default=1.0,
    show_default=True,
    metavar="X",
    help="Play X times as fast.",
)
@click.option(
    "--side",
    type=click.Choice(list(_SIDES)),
    default="battery",
    show_default=True,
    help="Whose bytes are sent; of a line that was only listened to, all are.",
)
@click.option("--redact", is_flag=True, help="Take serial numbers and other texts out first.")
@click.option("--dialect", "dialect_name", help="What is spoken, when the file does not say.", shell_complete=dialects)
@click.option("--json", "as_json", is_flag=True, help="The recording, or what was played, as one JSON object.")
def command(
    path: Path, link: str | None, speed: float, side: str, redact: bool, dialect_name: str | None, as_json: bool
) -> None:
    """Play the recording FILE on LINK with its own timing, or print it when there is no LINK."""
    try:
        capture = parse_capture(path.read_text(encoding="ascii").splitlines())
    except OSError as error:
        raise ParameterError(f"{path} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise ParameterError(f"{path} is no capture: it is not in ASCII.") from error
    if redact:
        name = dialect_name or capture.header.get("dialect")
        if name is None:
            raise ParameterError(f"{path} does not say its dialect: name it with --dialect.")
        capture = redacted(capture, find_dialect(name).parts())
    if link is None:
        click.echo(json.dumps(_as_json(capture)) if as_json else capture.text(), nl=as_json)
        return
    chunks = [chunk for chunk in capture.chunks if capture.tapped or chunk.direction is _SIDES[side]]
    if not chunks:
        raise ParameterError(f"{path} has nothing that the {side} said.")
    run_until_interrupted(_play(parse_link(link), chunks, speed, as_json=as_json))
    if as_json:
        click.echo(json.dumps({"chunks": len(chunks), "seconds": chunks[-1].at_s / speed}))


def _as_json(capture: Capture) -> dict[str, Any]:
    chunks = [{"at_s": chunk.at_s, "mark": chunk.direction.value, "hex": chunk.data.hex()} for chunk in capture.chunks]
    return {"header": dict(capture.header), "chunks": chunks}


async def _play(link: Link, chunks: list[RecordedChunk], speed: float, *, as_json: bool) -> None:
    listener = await open_listener(link)
    try:
        click.echo(
            f"Playing {len(chunks)} chunks, {chunks[-1].at_s / speed:.1f} s, on {listener.name}. Ctrl-C stops.",
            err=as_json,
        )
        port = await listener.accept()
        drain = asyncio.create_task(_drain(port))
        try:
            await _send(port, chunks, speed)
        finally:
            drain.cancel()
            await asyncio.gather(drain, return_exceptions=True)
            await port.close()
    finally:
        await listener.close()


async def _send(port: BytePort, chunks: Iterable[RecordedChunk], speed: float) -> None:
    """Send each chunk when its time has come, counted from the first so that waiting adds up to no drift."""
    clock = asyncio.get_running_loop()
    began_s = clock.time()
    for chunk in chunks:
        await asyncio.sleep(began_s + chunk.at_s / speed - clock.time())
        await port.write(chunk.data)


async def _drain(port: BytePort) -> None:
    """Take what the other side says; nobody answers it."""
    try:
        while True:
            await port.read()
    except PortError:
        return
