"""A hundred browsers that stream and a flood of requests: the gateway keeps its beat, and memory is bounded."""

from __future__ import annotations

import asyncio
import json
import sys
import tempfile
from pathlib import Path

from benchmarks.beat import Beat, free_port
from benchmarks.gateway import (
    _come_first,
    _cpu_s,
    _lines,
    _memory_mb,
    _openress,
    _page,
    _process,
    _still_reading,
    streaming,
)
from benchmarks.timing import report

__all__ = ["main"]

SECONDS = 30.0
SETTLE_S = 10.0
BROWSERS = 100
FLOOD = 16
"""Connections that ask again as soon as they have an answer."""
JITTER_MS = 50.0
"""Fault F24 asks for it."""
MEMORY_MB = 60.0
"""What a flood may add to the program that answers it."""

ASKER = """
import asyncio, collections, json, sys
seen = collections.Counter()
async def ask(host, port, end):
    loop = asyncio.get_running_loop()
    while loop.time() < end:
        try:
            reader, writer = await asyncio.open_connection(host, port)
            while loop.time() < end:
                writer.write(b"GET /api/snapshot HTTP/1.1\\r\\nHost: %s\\r\\n\\r\\n" % host.encode())
                head = await reader.readuntil(b"\\r\\n\\r\\n")
                length = int(head.lower().split(b"content-length: ")[1].split(b"\\r\\n")[0])
                await reader.readexactly(length)
                seen[head.split()[1].decode()] += 1
        except (OSError, asyncio.IncompleteReadError):
            seen["closed"] += 1
async def main(host, port, count, seconds):
    end = asyncio.get_running_loop().time() + seconds
    await asyncio.gather(*(ask(host, port, end) for _ in range(count)))
    print(json.dumps(seen))
asyncio.run(main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), float(sys.argv[4])))
"""


def main() -> None:
    """Measure and print; Linux only, for the figures of a process are read from /proc."""
    if sys.platform != "linux":
        print("The figures of a process are read from /proc: Linux only.")
        return
    asyncio.run(_run())


async def _run() -> None:
    _come_first()
    listener = Beat(free_port())
    with tempfile.TemporaryDirectory() as folder:
        config = Path(folder) / "openress.toml"
        config.write_text('[[links]]\nurl = "tcp-listen://127.0.0.1:0"\n')
        told = ["--config", str(config), "--packs", "4", "--data", folder, "--http", "127.0.0.1:0", "--no-browser"]
        with _openress("up", *told, "--inverter", "pylontech", "--inverter-port", listener.link) as up:
            host, port = await asyncio.to_thread(_page, up)
            await asyncio.sleep(SETTLE_S)
            quiet = await listener.off_ms(SECONDS)
            memory_mb, cpu_s = _memory_mb(up.pid), _cpu_s(up.pid)
            with (
                streaming(host, port, BROWSERS) as browsers,
                _process(sys.executable, "-c", ASKER, host, port, str(FLOOD), str(SECONDS)) as asker,
            ):
                busy = await listener.off_ms(SECONDS)
                _still_reading(browsers)
                more_mb = _memory_mb(up.pid) - memory_mb
                cpu_pct = 100 * (_cpu_s(up.pid) - cpu_s) / SECONDS
                asked = json.loads(await asyncio.to_thread(next, _lines(asker)))
    listener.close()
    report("CAN period, nobody looks, 99th percentile", _high(quiet), "ms")
    report(f"CAN period, {BROWSERS} browsers and a flood, 99th percentile", _high(busy), "ms", JITTER_MS)
    report("CAN period, the same, median", busy[len(busy) // 2], "ms")
    report("CAN period, the same, worst", busy[-1], "ms")
    report("memory that they add to the program", more_mb, "MB", MEMORY_MB)
    report("CPU of the program meanwhile", cpu_pct, "%")
    for status, count in sorted(asked.items()):
        report(f"requests of the flood answered {status}", count / SECONDS, "/s")


def _high(off: list[float]) -> float:
    return off[int(0.99 * len(off))]
