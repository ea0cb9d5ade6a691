"""What `openress capture` does with a CAN link: every frame on the bus, one a line, sending nothing."""

from __future__ import annotations

import asyncio
import json
import time
from pathlib import Path
from typing import TextIO

import click

from openress.capturefile import NOT_KNOWN, Capture
from openress.cli.progress import counted
from openress.cli.running import run_until_interrupted
from openress.errors import OpenRESSError, ParameterError, PortError
from openress.ports import open_can, parse_can_link
from openress.ports.canrecord import RecordingCanPort
from openress.ports.canurl import CanLink
from openress.protocols import find_dialect

__all__ = ["new_file", "record_can"]


def new_file(path: Path) -> TextIO:
    """Open a file that must not be there yet; each line is written at once.

    Raises:
        ParameterError: it cannot be written.
    """
    try:
        return path.open("x", buffering=1, encoding="ascii")
    except OSError as error:
        raise ParameterError(f"{path} cannot be written: {error.strerror}; a recording needs a new file.") from error


def record_can(
    link: str, out_path: Path, dialect_name: str | None, duration_s: float | None, *, as_json: bool = False
) -> None:
    """Record the bus until Ctrl-C, or for `duration_s`.

    Raises:
        ParameterError: the link, the dialect or the file cannot be used.
        PortError: the port cannot be opened or is lost, or the file ends early.
    """
    target = parse_can_link(link)
    header = {} if dialect_name is None else {"dialect": find_dialect(dialect_name).name}
    header["link"] = ":".join(target.name.split(":")[:2])  # its kind; a device or an address is nobody's business
    header["direction"] = NOT_KNOWN
    header["start"] = time.strftime("%Y-%m-%d %H:%M:%S UTC", time.gmtime())
    lines = _Lines(new_file(out_path), Capture(header).text())
    try:
        run_until_interrupted(_listen(target, lines, duration_s, as_json=as_json))
    except OpenRESSError:
        if not lines.count:
            out_path.unlink()
        raise
    finally:
        lines.out.close()
    if as_json:
        click.echo(json.dumps({"file": str(out_path), "frames": lines.count, "missing": lines.dropped}))
    else:
        click.echo(f"{lines.count} frames in {out_path}.")
    if lines.failure is not None:
        raise PortError(f"{out_path} ends early: {lines.failure.strerror}.")
    if lines.dropped:
        click.echo(f"openress: {lines.dropped} frames came too fast and are missing.", err=True)


class _Lines:
    """The file, and what is said of it at the end."""

    def __init__(self, out: TextIO, header: str) -> None:
        self.out = out
        self.count = self.dropped = 0
        self.failure: OSError | None = None
        out.write(header)

    def write(self, text: str) -> None:
        """Keep one line."""
        self.out.write(text)
        self.count += 1


async def _listen(target: CanLink, lines: _Lines, duration_s: float | None, *, as_json: bool) -> None:
    port = RecordingCanPort(await open_can(target), lines, time.monotonic)
    click.echo(f"Recording {port.name}. Ctrl-C stops.", err=as_json)
    try:
        async with asyncio.timeout(duration_s), counted(lambda: f"{lines.count} frames", as_json=as_json):
            while True:
                await port.read()
    except TimeoutError:
        return
    finally:
        lines.failure, lines.dropped = port.failure, port.dropped
        await port.close()
