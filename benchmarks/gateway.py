"""The gateway under load: how evenly its frames come and how soon it answers while browsers stream and the store
writes, and what it costs.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.beat import Beat, free_port
from benchmarks.timing import report
from openress.ports import BytePort, MemoryCanBus, PtyLink
from openress.ports.canpty import CanPty
from openress.ports.pty import open_pty
from openress.protocols import find_dialect
from openress.protocols.serialbus import InverterOptions, SerialInverter

__all__ = ["main"]

SECONDS = 120.0
SETTLE_S = 12.0
BROWSERS = 20
PACKS = 15
"""As many as the product's addresses reach."""
POLLED = 14
"""As many as a Pylontech group has addresses."""
JITTER_MS, CPU_PCT, MEMORY_MB = 10.0, 5.0, 120.0
REPLY_MS = 10.0
"""Beyond the turnaround, to the first byte of an answer."""
ASKED_EVERY_S, REPLY_WITHIN_S = 0.1, 0.4
TURNAROUND_S = 0.005
_TICKS = os.sysconf("SC_CLK_TCK") if hasattr(os, "sysconf") else 100

READER = """
import asyncio, sys
async def opened(host, port):
    reader, writer = await asyncio.open_connection(host, port)
    writer.write(b"GET /api/stream HTTP/1.1\\r\\nHost: %s\\r\\n\\r\\n" % host.encode())
    status = await reader.readline()
    if b" 200 " not in status:
        raise SystemExit(f"the stream was refused: {status!r}")
    return reader, writer
async def read(reader, writer):
    while await reader.read(65536):
        pass
    raise SystemExit("the stream has ended")
async def main(host, port, count):
    streams = await asyncio.gather(*(opened(host, port) for _ in range(count)))
    print("all of them stream", flush=True)
    await asyncio.gather(*(read(*stream) for stream in streams))
asyncio.run(main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3])))
"""


def main() -> None:
    """Measure and print; Linux only, for the figures of a process are read from /proc."""
    if sys.platform != "linux":
        print("The figures of a process are read from /proc: Linux only.")
        return
    asyncio.run(_jitter())
    asyncio.run(_replies())
    asyncio.run(_cost())


def _come_first() -> None:
    """Whoever measures must not be the one that is late; what is measured starts as anybody would start it."""
    with contextlib.suppress(OSError):
        os.sched_setscheduler(0, os.SCHED_RR, os.sched_param(2))


CLOCK = """
import sys, time
late, due = [], time.perf_counter()
end = due + float(sys.argv[1])
while due < end:
    due += 0.5
    time.sleep(max(0.0, due - time.perf_counter()))
    late.append(1000 * (time.perf_counter() - due))
print(sorted(late)[int(0.99 * len(late))])
"""
"""A program that does nothing but wake up: how late this computer is for anybody, at the same time."""


async def _jitter() -> None:
    _come_first()
    listener = Beat(free_port())
    with tempfile.TemporaryDirectory() as folder:
        arguments = _rack(folder)
        with _openress("up", *arguments, "--inverter", "pylontech", "--inverter-port", listener.link) as up:
            host, port = await asyncio.to_thread(_page, up)
            with _browsers(host, port) as browsers:
                await asyncio.sleep(SETTLE_S)
                gateway = _children(up.pid)[0]
                before = {pid: _cpu_s(pid) for pid in (up.pid, gateway)}
                with _process(sys.executable, "-c", CLOCK, str(SECONDS)) as clock:
                    off = await listener.off_ms(SECONDS)
                    idle_ms = float(next(_lines(clock)))
                cpu = {pid: 100 * (_cpu_s(pid) - began) / SECONDS for pid, began in before.items()}
                _still_reading(browsers)
        listener.close()
    report(f"CAN period, {BROWSERS} browsers and store, 99th percentile", off[int(0.99 * len(off))], "ms", JITTER_MS)
    report("a program that only wakes up, meanwhile, 99th percentile", idle_ms, "ms")
    report("CAN period, the same, median", off[len(off) // 2], "ms")
    report("CAN period, the same, worst", off[-1], "ms")
    report("the program that streams and writes meanwhile, CPU", cpu[up.pid], "%")
    report("the gateway's process meanwhile, CPU", cpu[gateway], "%", CPU_PCT)


@contextmanager
def streaming(host: str, port: str, count: int) -> Iterator[subprocess.Popen[str]]:
    """So many browsers in a process of their own, all of which have got their stream."""
    with _process(sys.executable, "-c", READER, host, port, str(count)) as browsers:
        if next(_lines(browsers), None) is None:
            raise RuntimeError("the browsers were refused, so the figures would mean nothing")
        yield browsers


@contextmanager
def _browsers(host: str, port: str) -> Iterator[subprocess.Popen[str]]:
    with streaming(host, port, BROWSERS) as browsers:
        yield browsers


def _still_reading(browsers: subprocess.Popen[str]) -> None:
    """A figure beside browsers that were refused would be a figure of nothing."""
    if browsers.poll() is not None:
        raise RuntimeError("the browsers did not stream to the end, so the figures mean nothing")


def _rack(folder: str) -> list[str]:
    config = Path(folder) / "openress.toml"
    config.write_text('[[links]]\nurl = "tcp-listen://127.0.0.1:0"\n')
    usual = ["--data", folder, "--http", "127.0.0.1:0", "--no-browser"]
    return ["--config", str(config), "--packs", str(PACKS), *usual]


async def _replies() -> None:
    """From the last byte of a question on RS485 to the first of its answer, turnaround taken off."""
    _come_first()
    (question,) = _growatt().due(0.0)
    with tempfile.TemporaryDirectory() as folder:
        line = open_pty(PtyLink(f"{folder}/line"))
        wire = ["--inverter", "growatt-spf", "--inverter-port", f"serial:{folder}/line"]
        with _openress("up", *_rack(folder), *wire) as up:
            host, port = await asyncio.to_thread(_page, up)
            with _browsers(host, port) as browsers:
                await asyncio.sleep(SETTLE_S)
                with _process(sys.executable, "-c", CLOCK, str(SECONDS)) as clock:
                    late, missed = await _ask(line, question)
                    idle_ms = float(next(_lines(clock)))
                _still_reading(browsers)
        await line.close()
    late.sort()
    report(f"RS485 answer beyond turnaround, {BROWSERS} browsers and store, p99", _p99(late), "ms", REPLY_MS)
    report("a program that only wakes up, meanwhile, 99th percentile", idle_ms, "ms")
    report("RS485 answer beyond turnaround, the same, median", late[len(late) // 2], "ms")
    report("RS485 answer beyond turnaround, the same, worst", late[-1], "ms")
    report(f"questions without an answer, of {len(late) + missed}", missed, "")


def _growatt() -> SerialInverter:
    make = find_dialect("growatt-485").parts().serial_inverter
    if make is None:
        raise RuntimeError("growatt-485 has no inverter")
    return make(InverterOptions())


def _p99(ordered: list[float]) -> float:
    return ordered[int(0.99 * len(ordered))]


async def _ask(line: BytePort, question: bytes) -> tuple[list[float], int]:
    """How late each answer came, in ms, and how many did not; the first ones are for the gateway to wake up by."""
    late: list[float] = []
    missed = 0
    end_s = time.perf_counter() + SECONDS
    while time.perf_counter() < end_s:
        asked_s = time.perf_counter()
        await line.write(question)
        try:
            await asyncio.wait_for(line.read(), REPLY_WITHIN_S)
            late.append(1000 * (time.perf_counter() - asked_s - TURNAROUND_S))
            await _forget_bytes(line)
        except TimeoutError:
            missed += bool(late)
        await asyncio.sleep(max(0.0, ASKED_EVERY_S - (time.perf_counter() - asked_s)))
    return late, missed


async def _forget_bytes(line: BytePort) -> None:
    """Read the rest of an answer."""
    try:
        while True:
            await asyncio.wait_for(line.read(), 0.02)
    except TimeoutError:
        return


async def _cost() -> None:
    """A gateway of its own that polls packs over TCP: both of its processes together."""
    with tempfile.TemporaryDirectory() as folder:
        bus = MemoryCanBus()
        # Somebody who acknowledges, though nobody reads what arrives there.
        adapter, _listener = CanPty(f"{folder}/adapter", bus), bus.port()
        with _openress("serve", "pylontech", "tcp-listen://127.0.0.1:0", "--packs", str(POLLED)) as serve:
            link = await asyncio.to_thread(_served, serve)
            wire = ["--inverter", "pylontech", "--port", f"can:slcan:{folder}/adapter", "--packs", str(POLLED)]
            with _openress("gateway", "--battery", link, *wire) as gateway:
                await asyncio.sleep(2 * SETTLE_S)
                pids = [gateway.pid, *_children(gateway.pid)]
                began = sum(_cpu_s(pid) for pid in pids)
                await asyncio.sleep(SECONDS)
                cpu = 100 * (sum(_cpu_s(pid) for pid in pids) - began) / SECONDS
                memory = [_memory_mb(pid) for pid in pids]
        await adapter.close()
    report(f"openress gateway, {POLLED} packs polled over TCP, CPU", cpu, "%", CPU_PCT)
    report("openress gateway, memory of both processes", sum(memory), "MB", MEMORY_MB)


def _page(up: subprocess.Popen[str]) -> tuple[str, str]:
    url = next(line.split()[1] for line in _lines(up) if line.startswith("  page "))
    host, _, port = url.removeprefix("http://").rstrip("/").rpartition(":")
    return host, port


def _served(serve: subprocess.Popen[str]) -> str:
    line = next(line for line in _lines(serve) if "tcp-listen://" in line)
    place = line.split("tcp-listen://")[1].split(".  ")[0].split(". ")[0]
    return f"tcp://{place}"


def _lines(process: subprocess.Popen[str]) -> Iterator[str]:
    if process.stdout is None:
        raise RuntimeError("the process was started without a pipe")
    return iter(process.stdout)


@contextmanager
def _openress(*arguments: str) -> Iterator[subprocess.Popen[str]]:
    with _process(sys.executable, "-m", "openress", *arguments) as process:
        yield process


@contextmanager
def _process(*command: str) -> Iterator[subprocess.Popen[str]]:
    environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
    usual = [] if os.sched_getscheduler(0) == os.SCHED_OTHER else ["chrt", "--other", "0"]
    with subprocess.Popen([*usual, *command], stdout=subprocess.PIPE, text=True, env=environment) as process:
        try:
            yield process
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(30)


def _children(pid: int) -> list[int]:
    text = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    return [int(child) for child in text.split()]


def _cpu_s(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS


def _memory_mb(pid: int) -> float:
    line = next(line for line in Path(f"/proc/{pid}/status").read_text().splitlines() if line.startswith("VmRSS"))
    return int(line.split()[1]) / 1024
