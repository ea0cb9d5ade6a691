"""From the command to a page that can be filled: `openress up` until its first snapshot with data."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

from benchmarks.timing import report

__all__ = ["main"]

REPEATS = 5
GOAL_S = 3.0
CONFIG = '[rack]\npacks = {packs}\n[[links]]\nurl = "tcp-listen://127.0.0.1:0"\n'


def main() -> None:
    """Measure and print; the best and the worst, because a person meets the worst."""
    for packs in (4, 14):
        took = [first_snapshot_s(packs) for _ in range(REPEATS)]
        report(f"openress up, {packs} packs, to the first snapshot, best", min(took), "s", GOAL_S)
        report(f"openress up, {packs} packs, to the first snapshot, worst", max(took), "s", GOAL_S)


def first_snapshot_s(packs: int) -> float:
    """Start it in a folder of its own, ask the page it prints, stop it."""
    with tempfile.TemporaryDirectory() as folder:
        config = Path(folder) / "openress.toml"
        config.write_text(CONFIG.format(packs=packs))
        arguments = ["--config", str(config), "--data", folder, "--http", "127.0.0.1:0", "--no-browser"]
        start_s = time.perf_counter()
        with subprocess.Popen(
            [sys.executable, "-m", "openress", "up", *arguments], stdout=subprocess.PIPE, text=True
        ) as process:
            took_s = _answered_s(process, packs) - start_s
            process.send_signal(signal.SIGINT)
    return took_s


def _answered_s(process: subprocess.Popen[str], packs: int) -> float:
    if process.stdout is None:
        raise RuntimeError("the process was started without a pipe")
    url = next((line.split()[1] for line in process.stdout if line.startswith("  page ")), None)
    if url is None:
        raise RuntimeError("openress up ended before it had a page; its reason is above")
    with urllib.request.urlopen(f"{url}api/snapshot") as answer:  # noqa: S310  # our own address
        snapshot = json.load(answer)
    answered_s = time.perf_counter()
    known = [pack for pack in snapshot["packs"].values() if pack["freshness"] == "fresh" and pack["cell_voltages_mv"]]
    if len(known) != packs:
        raise RuntimeError(f"{len(known)} of {packs} packs had values")
    return answered_s
