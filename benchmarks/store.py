"""What keeping costs: acknowledged writes, what the control path pays for handing over, and wear of the disk."""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable
from itertools import count
from pathlib import Path

from benchmarks.timing import microseconds, report
from openress.catalog import load_product
from openress.model import Condition
from openress.model.history import Calendar, HistoryRecord
from openress.params import ParameterSet
from openress.store import EventKind, SavedState, StoredRecord, StoreThread
from openress.store.thread import POST_S, PackWriter

__all__ = ["main"]

PACKS = 16
WAITING = 64
DAY_S = 86_400
RECORD = StoredRecord(
    0.0,
    EventKind.TRIP,
    HistoryRecord(
        at=Calendar(2026, 11, 20, 15, 30, 12),
        conditions=frozenset({Condition.CELL_OVER_VOLTAGE}),
        protections=frozenset({Condition.CELL_OVER_VOLTAGE}),
        faults=frozenset(),
        pack_voltage_v=56.32,
        pack_current_a=12.5,
        remaining_ah=99.75,
        full_ah=100.0,
        cell_voltage_max_mv=3655,
        cell_voltage_min_mv=3441,
        cell_voltages_mv=tuple(range(3441, 3457)),
        temperatures_c=(25.0, 25.1, 25.2, 25.3),
        mos_temperature_c=41.5,
        env_temperature_c=30.0,
    ),
)


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "store.db"
        store = StoreThread(path, at_s=0.0, say=print)
        pack = store.pack("A5L-0001")
        _acknowledged(pack)
        _handing_over(pack)
        values = ParameterSet.defaults(load_product("syscom-a5l-51v2"))
        fresh = (store.pack(f"fresh-{number}") for number in count())
        _each(
            "a set of settings, all 51 new (median)",
            lambda: next(fresh).set_parameters(values, who="benchmark", at_s=0.0).result(),
            50,
        )
        _each("reading 500 records", lambda: pack.history().result(), 50)
        store.close()
        _opening(path)
    with tempfile.TemporaryDirectory() as folder:
        _a_day(Path(folder) / "store.db")


def _each(what: str, operation: Callable[[], object], times: int, goal: float | None = None) -> None:
    took = []
    for _ in range(times):
        start = time.perf_counter()
        operation()
        took.append(time.perf_counter() - start)
    report(what, 1e3 * statistics.median(took), "ms", goal)


def _acknowledged(pack: PackWriter) -> None:
    _each("a record, until it is on the disk (median)", lambda: pack.add_record(RECORD).result(), 600)
    start = time.perf_counter()
    rounds = 20
    for _ in range(rounds):
        for word in [pack.add_record(RECORD) for _ in range(WAITING)]:
            word.result()
    report(f"acknowledged records, {WAITING} waiting", rounds * WAITING / (time.perf_counter() - start), "1/s")


def _handing_over(pack: PackWriter) -> None:
    took = []
    for _ in range(1000):
        start = time.perf_counter()
        word = pack.add_record(RECORD)
        took.append(time.perf_counter() - start)
        if len(took) % 100 == 0:
            word.result()
    took.sort()
    report("handing a record over, median", 1e6 * took[500], "us", 100)
    report("handing a record over, 99 of 100", 1e6 * took[990], "us")
    state = SavedState(at_s=0.0, remaining_ah=50.0, full_ah=100.0)
    report("posting a state that is not due", microseconds(lambda: pack.post_state(state)), "us", 20)


def _opening(path: Path) -> None:
    def once() -> None:
        StoreThread(path, at_s=0.0, say=print).close()

    _each(f"opening and closing {path.stat().st_size // 1024} KiB, checked", once, 20)


def _a_day(path: Path) -> None:
    """Sixteen packs that post a state every second, as bytes written (Linux counts them)."""
    counter = Path("/proc/self/io")
    if not counter.exists():
        return
    store = StoreThread(path, at_s=0.0, say=print)
    packs = [store.pack(f"A5L-{number:04}") for number in range(PACKS)]
    before = _written(counter)
    for minute in range(int(DAY_S / POST_S)):
        at_s = minute * POST_S
        for number, pack in enumerate(packs):
            pack.post_state(SavedState(at_s=at_s, remaining_ah=50.0 + number + minute / 1440, full_ah=100.0))
        store.serials().result()
    store.close()
    report(f"a day of states of {PACKS} packs", (_written(counter) - before) / 1e6, "MB", 50)


def _written(counter: Path) -> int:
    return int(dict(line.split(": ") for line in counter.read_text(encoding="ascii").splitlines())["wchar"])
