"""Polling packs over a shared line at 9600 baud: against the time that the bytes and the packs' turnaround need.

The line runs in a process of its own, with byte timing, behind a pseudo-terminal; the poller here opens that as a
serial port. Beside it, in the same run, `python-pylontech` asks the same packs in its own way. It waits for a line feed
that the protocol does not have, so each of its questions takes its whole time-out of 2 s; it is measured as it comes,
and once more with that time-out shortened to what one answer needs.
"""

from __future__ import annotations

import asyncio
import contextlib
import io
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from benchmarks.timing import report
from openress.codec.uart import character_s
from openress.model import PackSample
from openress.ports import BytePort, open_port, parse_link
from openress.protocols import find_dialect
from openress.protocols.base import Query
from openress.rack.poll import Poller, Timing

__all__ = ["main"]

BAUD = 9600
TURNAROUND_S = 0.03
GOAL = 1.08
ROUNDS = 2
PYLONTECH_PACKS = 14
"""A Pylontech group has no more addresses."""
SHORT_S = 0.3


class _Counting:
    """A port that counts what passes."""

    def __init__(self, port: BytePort) -> None:
        self._port = port
        self.name = port.name
        self.passed = 0
        self.questions = 0

    async def read(self) -> bytes:
        data = await self._port.read()
        self.passed += len(data)
        return data

    async def write(self, data: bytes) -> None:
        self.passed += len(data)
        self.questions += 1
        await self._port.write(data)

    async def close(self) -> None:
        await self._port.close()

    @property
    def needed_s(self) -> float:
        """What the bytes and the turnaround of the packs take at least."""
        return self.passed * character_s(BAUD) + self.questions * TURNAROUND_S


@contextlib.contextmanager
def _line(folder: Path, dialect: str, packs: int) -> Iterator[Path]:
    """A shared line in a process of its own."""
    described = folder / f"{dialect}.toml"
    entry = '[[pack]]\nnumber = {}\ndialect = "{}"\nturnaround_ms = {:g}\n'
    described.write_text("".join(entry.format(n, dialect, 1000 * TURNAROUND_S) for n in range(1, packs + 1)))
    path = folder / dialect
    command = [sys.executable, "-m", "openress", "bus", str(described), f"pty:{path}"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        assert "Ctrl-C stops" in process.stdout.readline()
        yield path
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(timeout=10)


async def _poll(path: Path, dialect: str, packs: int) -> tuple[float, float, float]:
    """Seconds for `ROUNDS` rounds of analog and status, seconds needed, share of a processor."""
    make = find_dialect(dialect).parts().client
    assert make is not None
    client = make()
    port = _Counting(await open_port(parse_link(f"serial:{path}?baud={BAUD}")))
    wanted = [(pack, _analog_and_status(dialect, client.cycle(pack))) for pack in range(1, packs + 1)]
    try:
        async with Poller(port, client, time.monotonic, Timing(tries=1)) as poller:
            await poller.ask(PackSample(1), client.first(1))
            port.passed = port.questions = 0
            began_s, cpu_s = time.monotonic(), time.process_time()
            for _ in range(ROUNDS):
                for pack, queries in wanted:
                    sample = PackSample(pack)
                    for query in queries:
                        sample = await poller.ask(sample, query)
                    assert sample.analog is not None
                    assert sample.status is not None
            took_s, used_s = time.monotonic() - began_s, time.process_time() - cpu_s
    finally:
        await port.close()
    return took_s, port.needed_s, used_s / took_s


def _analog_and_status(dialect: str, queries: Sequence[Query]) -> list[Query]:
    """Without the limits, which a cycle of Pylontech asks for too."""
    return [query for query in queries if dialect != "pylontech" or query.name != "limits"]


def _theirs(path: Path, packs: int, timeout_s: float | None) -> float:
    """Seconds that python-pylontech takes for the values and the limits of `packs` packs; it has no alarms."""
    from pylontech import Pylontech  # noqa: PLC0415  # a third party, imported where it is used

    client = Pylontech(str(path), BAUD)
    if timeout_s is not None:
        client.s.timeout = timeout_s
    try:
        began_s = time.monotonic()
        for pack in range(1, packs + 1):
            with contextlib.redirect_stdout(io.StringIO()):
                client.get_values_single(1 + pack)
                client.get_management_info(1 + pack)
        return time.monotonic() - began_s
    finally:
        client.s.close()


def main() -> None:
    """Measure and print."""
    if sys.platform == "win32":
        print("Windows has no pseudo-terminals: not measured.")
        return
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with _line(folder, "pace", 15) as path:
            took_s, needed_s, share = asyncio.run(_poll(path, "pace", 15))
            print(
                f"15 PACE packs, {ROUNDS} rounds of analog and status: {took_s:.2f} s, of which needed {needed_s:.2f} s"
            )
            report("time over what bytes and turnaround need", took_s / needed_s, "times", GOAL)
            report("our poller's share of one processor", 100 * share, "%")
        with _line(folder, "pylontech", PYLONTECH_PACKS) as path:
            took_s, needed_s, share = asyncio.run(_poll(path, "pylontech", PYLONTECH_PACKS))
            report(f"{PYLONTECH_PACKS} Pylontech packs, time over what is needed", took_s / needed_s, "times", GOAL)
            report("our poller, one round", took_s / ROUNDS, "s")
            theirs_s = _theirs(path, 2, None) / 2 * PYLONTECH_PACKS
            report("python-pylontech as it comes, one round (from two packs)", theirs_s, "s")
            report(
                f"python-pylontech with {SHORT_S:g} s of waiting, one round",
                _theirs(path, PYLONTECH_PACKS, SHORT_S),
                "s",
            )
