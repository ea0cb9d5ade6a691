"""`openress capture`: what passes on a line, with its timing, into a file that can be shared."""

from __future__ import annotations

import asyncio
import json
import time
from io import StringIO
from pathlib import Path
from typing import TextIO

import click

from openress.capturefile import KNOWN, NOT_KNOWN, Capture, parse_capture, redacted
from openress.cli.capturecan import new_file, record_can
from openress.cli.completing import dialects
from openress.cli.numbers import Finite
from openress.cli.progress import counted
from openress.cli.running import run_until_interrupted
from openress.errors import OpenRESSError, ParameterError, PortError
from openress.ports import (
    BytePort,
    Link,
    RecordingPort,
    TcpListenLink,
    is_can_link,
    open_listener,
    open_port,
    parse_link,
)
from openress.protocols import Dialect, find_dialect

__all__ = ["command"]


@click.command("capture")
@click.argument("link")
@click.option("--out", "out_path", required=True, type=click.Path(path_type=Path), help="File to write; must be new.")
@click.option("--bridge", metavar="LINK", help="Pass everything on to the battery on this link, and back.")
@click.option("--dialect", "dialect_name", help="What is spoken; goes into the header.", shell_complete=dialects)
@click.option("--redact", is_flag=True, help="Take serial numbers and other texts out; needs --dialect.")
@click.option("--duration", type=Finite(min=0, min_open=True), metavar="S", help="Stop after S seconds.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def command(
    link: str,
    out_path: Path,
    bridge: str | None,
    dialect_name: str | None,
    redact: bool,
    duration: float | None,
    as_json: bool,
) -> None:
    """Record what passes on LINK, a serial line or a CAN bus, until Ctrl-C.

    An adapter that only listens hears both directions alike. With --bridge the recording stands between two links:
    LINK leads to the inverter or program, the other one to the battery, and each direction has its own mark.
    With --redact the file is written when the recording ends.
    """
    if is_can_link(link):
        if bridge is not None or redact:
            raise ParameterError("A CAN bus is recorded as it is, by listening: leave --bridge and --redact out.")
        record_can(link, out_path, dialect_name, duration, as_json=as_json)
        return
    dialect = None if dialect_name is None else find_dialect(dialect_name)
    if redact and (dialect is None or dialect.parts().redactor is None):
        raise ParameterError("--redact needs --dialect and a dialect whose texts are known.")
    target = parse_link(link)
    battery = None if bridge is None else parse_link(bridge)
    if battery is None and isinstance(target, TcpListenLink):
        raise ParameterError("A tcp-listen link is recorded with --bridge LINK, which says where the battery is.")
    with new_file(out_path) as out:
        recorder = _Recorder(out, battery or target, dialect, redact=redact, bridged=battery is not None)
        try:
            run_until_interrupted(_run(recorder, target, battery, duration, as_json=as_json))
        except OpenRESSError:
            if not recorder.chunks:
                out_path.unlink()
            raise
        finally:
            recorder.finish()
    if as_json:
        click.echo(json.dumps({"file": str(out_path), "chunks": recorder.chunks, "bytes": recorder.size}))
    else:
        click.echo(f"{recorder.chunks} chunks, {recorder.size} bytes, in {out_path}.")
    if recorder.failure is not None:
        raise PortError(f"{out_path} ends early: {recorder.failure.strerror}.")


class _Recorder:
    """Takes the lines of a recording into a file, at once or, when texts are taken out, at the end."""

    def __init__(self, out: TextIO, link: Link, dialect: Dialect | None, *, redact: bool, bridged: bool) -> None:
        header = {} if dialect is None else {"dialect": dialect.name}
        header["link"] = type(link).__name__.removesuffix("Link").lower()
        header["direction"] = KNOWN if bridged else NOT_KNOWN
        header["start"] = time.strftime("%Y-%m-%d %H:%M:%S UTC", time.gmtime())
        self._out = out
        self._held = StringIO() if redact else None
        self._dialect = dialect
        self.chunks = self.size = 0
        self.failure: OSError | None = None
        (self._held or self._out).write(Capture(header).text())

    def write(self, text: str) -> None:
        """Keep one line."""
        (self._held or self._out).write(text)
        self.chunks += 1
        self.size += len(text.rsplit(maxsplit=1)[-1]) // 2

    def finish(self) -> None:
        """Write what was held back."""
        if self._held is None or self._dialect is None:
            return
        held = parse_capture(self._held.getvalue().splitlines())
        self._out.write(redacted(held, self._dialect.parts()).text())

    def port(self, port: BytePort) -> RecordingPort:
        """The port, with everything that passes it recorded."""
        return RecordingPort(port, self, time.monotonic)


async def _run(
    recorder: _Recorder, target: Link, battery: Link | None, duration_s: float | None, *, as_json: bool
) -> None:
    try:
        async with (
            asyncio.timeout(duration_s),
            counted(lambda: f"{recorder.chunks} chunks, {recorder.size} bytes", as_json=as_json),
        ):
            if battery is None:
                await _listen(recorder, target, as_json=as_json)
            else:
                await _bridge(recorder, target, battery, as_json=as_json)
    except TimeoutError:
        return


async def _listen(recorder: _Recorder, target: Link, *, as_json: bool) -> None:
    port = recorder.port(await open_port(target))
    click.echo(f"Recording {port.name}. Ctrl-C stops.", err=as_json)
    try:
        while True:
            await port.read()
    finally:
        recorder.failure = port.failure
        await port.close()


async def _bridge(recorder: _Recorder, target: Link, battery: Link, *, as_json: bool) -> None:
    far = recorder.port(await open_port(battery))
    listener = await open_listener(target, on_wait=lambda error: click.echo(f"openress: {error}", err=True))
    click.echo(f"Recording between {listener.name} and {far.name}. Ctrl-C stops.", err=as_json)
    near: list[BytePort] = []

    async def answers() -> None:
        while True:
            data = await far.read()
            for port in near:
                try:
                    await port.write(data)
                except PortError:
                    # Whoever asked has gone; the reading side notices and waits for the next.
                    continue

    async def questions() -> None:
        while True:
            port = await listener.accept()
            near[:] = [port]
            while (data := await _read(port)) is not None:
                await far.write(data)
            near.clear()
            await port.close()

    try:
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(answers())
            tasks.create_task(questions())
    finally:
        recorder.failure = far.failure
        await listener.close()
        await far.close()


async def _read(port: BytePort) -> bytes | None:
    """What comes next, `None` when the port is gone."""
    try:
        return await port.read()
    except PortError:
        return None
