"""Pages of parameters, protections and requirements."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path

from requirements_table import GROUPS, OUT_OF_REACH, STILL_OPEN
from tables import table

from openress.bms.judge import Thresholds, thresholds
from openress.bms.measure import Signal
from openress.bms.rows import ROWS, Way
from openress.bms.rows import Path as Release
from openress.bms.rows import Row as Protection
from openress.catalog import load_product
from openress.params import BY_KEY, PARAMETERS, ParameterSet

TESTS = Path(__file__).parent.parent / "tests"


SIGNALS = {
    Signal.CELL_MAX_MV: "highest cell",
    Signal.CELL_MIN_MV: "lowest cell",
    Signal.PACK_V: "pack voltage",
    Signal.CHARGE_A: "charge current",
    Signal.DISCHARGE_A: "discharge current",
    Signal.SHORT: "the front end's comparator",
    Signal.MOS_C: "switch board",
    Signal.CELL_MAX_C: "hottest cell sensor",
    Signal.CELL_MIN_C: "coldest cell sensor",
    Signal.ENV_C: "surroundings",
    Signal.SOC_PCT: "state of charge",
}


OPENS = {Way.NONE: "", Way.CHARGE: "CHG", Way.DISCHARGE: "DSG", Way.BOTH: "CHG and DSG"}


RELEASES = {
    Release.DISCHARGING: "discharge above 1 A",
    Release.CHARGING: "charge above 1 A",
    Release.CHARGER: "a charger",
    Release.LOAD_REMOVED: "the load removed",
    Release.MINUTE: "one minute",
}


def level(row: Protection, name: str, products: Mapping[int, ParameterSet]) -> str:
    """A threshold for 15 and 16 cells, with its unit."""
    key = getattr(row, name)
    if key is None:
        return ""
    texts = [BY_KEY[key].text(values[key]) for values in products.values()]
    return texts[0] if len(set(texts)) == 1 else " / ".join(texts)


def calm(row: Protection, limits: list[Thresholds]) -> str:
    """Where the alarm ends."""
    if row.alarm is None:
        return ""
    ends = list(dict.fromkeys(f"{round(found.sign * found.calm, 6):g}" for found in limits))
    return f"{' / '.join(ends)} {BY_KEY[row.alarm].unit}"


def released(row: Protection, value: str) -> str:
    """Everything that lets it go, any one of it."""
    ways = [words for bit, words in RELEASES.items() if row.paths & bit]
    if row.locks:
        ways = [f"{words} (the tenth in a row locks)" if words == "one minute" else words for words in ways]
    return " or ".join([value, *ways] if row.paths & Release.VALUE else ways)


def parameters_page() -> Iterator[str]:
    """The parameter table."""
    large, small = load_product("syscom-a5l-51v2"), load_product("syscom-a5l-48v")
    yield "# Parameters"
    yield ""
    yield "The settings of a pack, in the order of the service tool's ParameterSetting screen. Defaults of values"
    yield "that scale are given for 16 and for 15 cells. `make docs` writes this page from the table."
    yield ""
    rows = []
    for row in PARAMETERS:
        wide, narrow = row.default_for(large.cells_in_series), row.default_for(small.cells_in_series)
        default = row.text(wide) if wide == narrow else f"{row.text(wide)} / {row.text(narrow)}"
        limit = row.envelope.reason if row.envelope else ""
        span = f"{row.text(row.low)} to {row.text(row.high)}, step {row.text(row.step)}"
        rows.append([row.key, row.group, row.label, default, span, limit, str(row.source), row.note])
    yield from table(["Key", "Group", "On the screen", "Default", "Range", "Hard limit", "Source", "Note"], rows)


def protections_page() -> Iterator[str]:
    """The protections."""
    products = {
        product.cells_in_series: ParameterSet.defaults(product)
        for product in (load_product("syscom-a5l-48v"), load_product("syscom-a5l-51v2"))
    }
    yield "# Protections"
    yield ""
    yield "What the BMS watches, with the factory thresholds; where two stand, the first is for 15 cells in series, the"
    yield "second for 16. An alarm needs strictly more (or less) than its threshold, a protection trips at it, and any"
    yield "one release is enough. A delay does not run while a current or charger that would release is there."
    yield "`make docs` writes this page from the rows that the program runs on; how to change a threshold:"
    yield "[parameters](parameters.md)."
    yield ""
    rows = []
    for row in ROWS:
        limits = [thresholds(row, values, cells) for cells, values in products.items()]
        delay = f"{limits[0].delay_s:g} s" if limits[0].delay_s else ("at once" if row.opens else "")
        rows.append(
            [
                row.condition.value.replace("_", " "),
                SIGNALS[row.signal],
                level(row, "alarm", products),
                calm(row, limits),
                level(row, "trip", products) or ("tripped" if row.opens else ""),
                delay,
                OPENS[row.opens],
                released(row, level(row, "release", products)),
                row.requirement,
            ]
        )
    head_of_table = [
        "Protection",
        "Watches",
        "Alarm",
        "Alarm ends",
        "Trips at",
        "Delay",
        "Opens",
        "Released by",
        "Asked",
    ]
    yield from table(head_of_table, rows)


def proofs() -> dict[int, list[str]]:
    """Requirement -> the tests marked with it, as `file: what it says`; read from the source, nothing is run."""
    found: dict[int, list[str]] = {}
    for path in sorted(TESTS.rglob("test_*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                said = f"{path.relative_to(TESTS).as_posix()}: {node.name.removeprefix('test_').replace('_', ' ')}"
                for number in marked(node):
                    found.setdefault(number, []).append(said)
    return found


def marked(test: ast.FunctionDef | ast.AsyncFunctionDef) -> list[int]:
    """Numbers in the `req` marks of a test."""
    return [
        int(argument.value.removeprefix("REQ-"))
        for decorator in test.decorator_list
        if isinstance(decorator, ast.Call) and ast.unparse(decorator.func) == "pytest.mark.req"
        for argument in decorator.args
        if isinstance(argument, ast.Constant)
    ]


def requirements_page() -> Iterator[str]:
    """Which tests prove which requirement, and what is open."""
    tests = proofs()
    every = {number for titles in GROUPS.values() for number in titles}
    unknown = sorted(set(tests) - every)
    if unknown:
        raise SystemExit(f"Tests name requirements without a title: {unknown}; add them to requirements_table.py.")
    missing = sorted(every - set(tests))
    yield "# Requirements and their tests"
    yield ""
    yield 'A test says which requirements it proves: `@pytest.mark.req("REQ-020")`. `make docs` writes this page from'
    yield "those marks. A requirement is open until a test names it. The last two columns say what else of it can be"
    yield "built and is not, and what cannot be had here: it needs hardware, or its source is lost."
    yield ""
    named = f"{len(every) - len(missing)} of {len(every)} are named by a test"
    unnamed = ", ".join(f"REQ-{number:03}" for number in missing)
    parts = f"of {len(STILL_OPEN) or 'none'} a part is open, of {len(OUT_OF_REACH)} a part is out of reach"
    yield f"{named}; {parts}.{f' Without a test: {unnamed}.' if missing else ''}"
    yield ""
    for heading, titles in GROUPS.items():
        yield f"## {heading}"
        yield ""
        rows = [
            [
                f"REQ-{number:03}",
                title,
                "<br>".join(tests.get(number, ["open"])),
                STILL_OPEN.get(number, ""),
                OUT_OF_REACH.get(number, ""),
            ]
            for number, title in titles.items()
        ]
        yield from table(["Number", "What it asks for", "Proved by", "Still open", "Out of reach"], rows)
        yield ""
