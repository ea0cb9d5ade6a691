"""What the history costs: bytes written a day, bulk import, questions of charts over a year, plain SQLite beside it.

`OPENRESS_HISTORY_DAYS` sets how many days are kept minute by minute: 366 makes a whole year of minutes (1.6 GB).
"""

from __future__ import annotations

import os
import random
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from benchmarks.timing import report
from openress.catalog import load_product
from openress.keeping import Keeping
from openress.params import ParameterSet
from openress.sim.loads import ConstantLoad
from openress.sim.pack import PackBuild
from openress.sim.virtual import VirtualRack
from openress.store.bucket import ROW, Bucket, Row
from openress.store.happened import RACK, Batch, Minute, Source, SourceKind
from openress.store.historyfile import HistoryFile, open_history
from openress.store.historyquery import Span, ask, find_source
from openress.store.quantities import CELLS, QUANTITIES
from openress.store.retention import DAY_S, RESOLUTIONS, SPAN, kept_days
from openress.store.thread import POST_S
from openress.telemetry.recorder import Recorder

__all__ = ["main"]

PACKS, CELL_COUNT = 16, 16
NOW_S = 1_795_132_800
MINUTE_DAYS = int(os.environ.get("OPENRESS_HISTORY_DAYS", "60"))
PACK_SOURCES = [Source(SourceKind.PACK, f"A5L-{number:04}") for number in range(1, PACKS + 1)]
BUDGET_MB = 20
COUNTER = Path("/proc/self/io")
STEP_S = 5


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as folder:
        together = _a_day(Path(folder) / "history.db") + _states(Path(folder) / "openress.db")
        report(f"a day of {PACKS} packs of {CELL_COUNT} cells, all that is written", together, "MB", BUDGET_MB)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "history.db"
        _year(path)
        _questions(path)
        _plain(Path(folder) / "plain.db")


def reading(dice: random.Random, pack: int, at_s: float) -> dict[str, Any]:
    """What a pack tells: measured values with the noise of its sensors."""
    amps = 40.0 if at_s % DAY_S < DAY_S / 2 else -40.0
    amps += dice.gauss(0.0, 0.3)
    cells = [3300 + pack + round(dice.gauss(0.0, 1.0)) for _ in range(CELL_COUNT)]
    degrees = 25.0 + 5.0 * (at_s % DAY_S) / DAY_S
    soc_pct = 50.0 + 40.0 * (at_s % DAY_S) / DAY_S
    return {
        "serial": PACK_SOURCES[pack - 1].name,
        "pack_voltage_v": sum(cells) / 1000,
        "pack_current_a": round(amps, 2),
        "soc_pct": round(soc_pct, 1),
        CELLS: cells,
        "cell_voltage_min_mv": min(cells),
        "cell_voltage_max_mv": max(cells),
        "temperature_min_c": round(degrees + dice.gauss(0.0, 0.1), 1),
        "temperature_max_c": round(degrees + 1 + dice.gauss(0.0, 0.1), 1),
        "mos_temperature_c": round(degrees + 6 + dice.gauss(0.0, 0.1), 1),
        "env_temperature_c": round(degrees + dice.gauss(0.0, 0.1), 1),
        "charge_current_limit_a": 50.0,
        "discharge_current_limit_a": 99.0,
        "charge_voltage_limit_v": 56.0,
        "discharge_voltage_limit_v": 48.0,
        "remaining_ah": round(soc_pct, 2),
        "full_ah": 100.0,
        "design_ah": 100.0,
        "soh_pct": 99.0,
        "cycles": 120,
        "alarms": [],
        "protections": [],
        "faults": [],
        "freshness": "fresh",
    }


def _states(path: Path) -> float:
    """A day of what packs must know again, as `openress up` keeps it."""
    product = load_product("syscom-a5l-51v2")
    most = product.pack_limit or PACKS
    builds = [PackBuild(cells=CELL_COUNT, capacity_ah=100.0, initial_soc_pct=50.0)] * most
    virtual = VirtualRack(product, ParameterSet.defaults(product), builds, load=ConstantLoad(-160.0), seed=1)
    before = _written()
    keeping = Keeping(path, product, now_s=NOW_S, say=print)
    for at in range(0, DAY_S + 1, int(POST_S)):
        virtual.step(1.0)
        for pack in virtual.packs:
            keeping.keep(pack, NOW_S + at)
        time.sleep(0.02)
    keeping.close()
    written = (_written() - before) / 1e6 * PACKS / most
    report("  of it what packs must know again", written, "MB")
    return written


def _a_day(path: Path) -> float:
    """A day of sixteen packs through the recorder, as bytes written (Linux counts them), log and all."""
    dice = random.Random(1)  # noqa: S311  no secret
    recorder = Recorder(RESOLUTIONS[0].every_s, print)
    file = HistoryFile(path, at_s=NOW_S, say=print, session="day", days=kept_days({}))
    before, took = _written(), 0.0
    for at in range(0, DAY_S, STEP_S):
        at_s = NOW_S + at
        packs = {str(number): reading(dice, number, at_s) for number in range(1, PACKS + 1)}
        rack = packs["1"] | {"pack_current_a": 16 * packs["1"]["pack_current_a"], CELLS: None}
        start = time.perf_counter()
        recorder.take({"time_s": at_s, "rack": rack, "packs": packs}, float(at))
        while recorder.waiting:
            file.write(recorder.waiting.popleft())
        took += time.perf_counter() - start
    recorder.close()
    while recorder.waiting:
        file.write(recorder.waiting.popleft())
    file.close()
    written = (_written() - before) / 1e6
    report("  of it the history", written, "MB")
    report("a day of them on the disk", path.stat().st_size / 1e6, "MB")
    report("a second of them, in the history's thread", 1e3 * took / (DAY_S / STEP_S), "ms")
    with open_history(path) as rows:
        for item in RESOLUTIONS:
            size = rows.execute("SELECT sum(pgsize) FROM dbstat WHERE name = ?", (item.table,)).fetchone()[0]
            report(f"  {item.name}", (size or 0) / 1e6, "MB")
    return written


def _written() -> int:
    """What was handed to the system to write until now; 0 where it does not tell."""
    if not COUNTER.exists():
        return 0
    return int(dict(line.split(": ") for line in COUNTER.read_text(encoding="ascii").splitlines())["wchar"])


def _some(dice: random.Random) -> list[Row]:
    """Some hundred minutes, of which the year is made."""
    found = []
    for at in range(200):
        bucket = Bucket()
        bucket.add(reading(dice, 1 + at % PACKS, NOW_S + 300.0 * at))
        bucket.flow(dice.uniform(-1, 1), dice.uniform(-50, 50), 60.0)
        found.append(bucket.row())
    return found


def _minutes(rows: list[Row], first_day: int, days: int) -> Iterator[list[Minute]]:
    """Day by day, packs and rack."""
    sources = [RACK, *PACK_SOURCES]
    for day in range(first_day, first_day + days):
        start = NOW_S - (366 - day) * DAY_S
        yield [
            Minute(start + 60 * at, source, rows[(at * 7 + place) % len(rows)])
            for at in range(1440)
            for place, source in enumerate(sources)
        ]


def _year(path: Path) -> None:
    """A year: all its quarters and days, and the minutes that are kept."""
    file = HistoryFile(path, at_s=NOW_S, say=print, session="year", days=kept_days({"1m": MINUTE_DAYS}))
    rows = _some(random.Random(2))  # noqa: S311  no secret
    took, count = 0.0, 0
    for minutes in _minutes(rows, 366 - MINUTE_DAYS, MINUTE_DAYS):
        start = time.perf_counter()
        file.load(minutes, NOW_S)
        took += time.perf_counter() - start
        count += len(minutes)
    report("bulk import, with the quarters and days of it", count / took, "1/s")
    file.write(Batch(number=1, at_s=NOW_S, packs={source: at + 1 for at, source in enumerate(PACK_SOURCES)}))
    file.close()
    with sqlite3.connect(path) as rest:
        _older(rest, 366 - MINUTE_DAYS)
    report(f"a year on the disk, {MINUTE_DAYS} days of it in minutes", path.stat().st_size / 1e6, "MB")


def _older(rows: sqlite3.Connection, days: int) -> None:
    """Quarters and days from before the minutes: those that are there, moved back."""
    back = MINUTE_DAYS * DAY_S
    names = ", ".join(ROW)
    for table in ("quarter", "day"):
        for part in range(1, days // MINUTE_DAYS + 2):
            rows.execute(
                f"INSERT OR IGNORE INTO {table} (id, {names}) "  # noqa: S608
                f"SELECT id - ?, {names} FROM {table} WHERE id >= ? AND id - ? >= ?",
                (SPAN * part * back, SPAN * (NOW_S - back), SPAN * part * back, SPAN * (NOW_S - 366 * DAY_S)),
            )


def _questions(path: Path) -> None:
    gauges = ["pack_voltage_v", "pack_current_a", "soc_pct"]
    many = [*QUANTITIES]
    for what, keys, days, serial in (
        ("a day, three quantities", gauges, 1, True),
        ("a day, every quantity and cell", many, 1, True),
        ("a week, three quantities", gauges, 7, True),
        ("a month, three quantities", gauges, 31, True),
        ("two months, cells", [CELLS], 62, True),
        ("a year, every quantity and cell", many, 366, True),
        ("a year of the rack", many, 366, False),
    ):
        _question(what, path, keys, Span(NOW_S - days * DAY_S, NOW_S, points=1000), serial=serial)
    _question("four days of minutes, said so", path, gauges, Span(NOW_S - 4 * DAY_S, NOW_S, "1m", 1000), serial=True)
    _question(
        "a quarter of a year in quarters", path, gauges, Span(NOW_S - 92 * DAY_S, NOW_S, "15m", 1000), serial=True
    )


def _question(what: str, path: Path, keys: list[str], span: Span, *, serial: bool) -> None:
    def once() -> object:
        with open_history(path) as rows:
            source = find_source(rows, serial=PACK_SOURCES[7].name if serial else None)
            return ask(rows, source, keys, span)

    report(f"question: {what}", 1e3 * _median(once, 5), "ms", 200)


def _median(operation: Callable[[], object], times: int) -> float:
    took = []
    for _ in range(times):
        start = time.perf_counter()
        operation()
        took.append(time.perf_counter() - start)
    return statistics.median(took)


def _plain(path: Path) -> None:
    """The same minutes as one would write them without thought: a row for each value, an index, no spans."""
    days = 2
    rows = sqlite3.connect(path)
    rows.execute("PRAGMA journal_mode = WAL")
    rows.execute("CREATE TABLE value (at_s INTEGER, pack TEXT, name TEXT, value REAL)")
    rows.execute("CREATE INDEX value_at ON value (pack, name, at_s)")
    names = [name for name in QUANTITIES if name != CELLS]
    values = [
        (NOW_S - days * DAY_S + 60 * at, source.name, name, 1.5 + at)
        for at in range(1440 * days)
        for source in PACK_SOURCES
        for name in names
    ]
    start = time.perf_counter()
    with rows:
        rows.executemany("INSERT INTO value VALUES (?, ?, ?, ?)", values)
    took = time.perf_counter() - start
    report("plain SQLite, a row for each value: minutes imported", days * 1440 * PACKS / took, "1/s")
    rows.close()
    report(f"plain SQLite, {days} days on the disk, mean values alone", path.stat().st_size / 1e6, "MB")


if __name__ == "__main__":
    main()
