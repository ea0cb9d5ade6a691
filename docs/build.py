"""Writes the pages that follow from tables: one for each protocol, and the parameters. `--check` only compares."""

from __future__ import annotations

import ast
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from requirements_table import GROUPS, STILL_OPEN

from openress.bms.judge import Thresholds, thresholds
from openress.bms.measure import Signal
from openress.bms.rows import ROWS, Way
from openress.bms.rows import Path as Release
from openress.bms.rows import Row as Protection
from openress.catalog import load_product
from openress.codec import Layout, Row
from openress.codec.rows import Kind
from openress.params import BY_KEY, PARAMETERS, ParameterSet
from openress.protocols import DIALECTS
from openress.protocols.battery.daly import frames as daly
from openress.protocols.battery.daly_modbus.maps import D2_TABLE, ESS_TABLE
from openress.protocols.battery.jbd import frames as jbd
from openress.protocols.battery.jbd_up16s import frames as up16s
from openress.protocols.battery.jk_4e57 import frames as jk
from openress.protocols.battery.jk_pb.records import ABOUT, LIVE, SETTINGS
from openress.protocols.battery.pace import codes as pace_codes
from openress.protocols.battery.pace import frames as pace
from openress.protocols.battery.pace.settings import GROUPS as PACE_SETTINGS
from openress.protocols.battery.pace_modbus.registers import TABLE as PACE_MODBUS
from openress.protocols.battery.pylontech import frames as pylontech
from openress.protocols.battery.pylontech.decode import REPLIES
from openress.protocols.battery.pylontech_console import decode as console
from openress.protocols.battery.pylontech_console.words import ALARMS, PROTECTIONS, STATE_WORDS
from openress.protocols.battery.seplos2 import events as seplos2_events
from openress.protocols.battery.seplos2 import frames as seplos2
from openress.protocols.battery.seplos2.settings import SETTINGS as SEPLOS2_SETTINGS
from openress.protocols.battery.seplos3.maps import COILS, FIRST_COIL, REGISTERS
from openress.protocols.battery.settings import SettingsTable
from openress.protocols.inverter.pylontech_can import FRAMES as PYLONTECH_CAN
from openress.protocols.registers import Bit, Register
from openress.protocols.registertable import RegisterTable

HERE = Path(__file__).parent
TESTS = HERE.parent / "tests"
SIZES = {"B": 1, "b": 1, "H": 2, "h": 2, "I": 4, "i": 4, "T": 3}


def table(head: list[str], rows: list[list[str]]) -> Iterator[str]:
    """A table in Markdown."""
    yield "| " + " | ".join(head) + " |"
    yield "| " + " | ".join("---" for _ in head) + " |"
    for row in rows:
        yield "| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |"


def unit(name: str, row: Row) -> str:
    """Unit by the suffix of the name, and what one count is worth."""
    suffix = name.rsplit("_", 1)[-1]
    found = {"v": "V", "mv": "mV", "a": "A", "ah": "Ah", "pct": "%", "c": "°C", "ms": "ms"}.get(suffix, "")
    if row.kind not in (Kind.NUMBER, Kind.COUNTED, Kind.SERIES):
        return ""
    shift = f", 0 is {row.zero}" if row.zero else ""
    return f"{row.step:g} {found}{shift}".strip() if found or row.step != 1 else shift.removeprefix(", ")


def wire_type(row: Row) -> str:
    """How the row lies on the wire, in words."""
    match row.kind:
        case Kind.TEXT:
            return f"text, {row.code} bytes"
        case Kind.DOTTED:
            return f"version, {row.code} bytes"
        case Kind.FLAG:
            return f"bit {row.bit} of {row.byte}"
        case Kind.COUNTED:
            return f"count, then {8 * SIZES[row.code]}-bit each"
        case Kind.SERIES:
            head = f"{8 * SIZES[row.count]}-bit count, then " if row.count else ""
            return f"{head}{8 * SIZES[row.code]}-bit each"
        case Kind.BLOCKS:
            return "count, then a block each"
        case Kind.BITS:
            return f"{8 * SIZES[row.code]} named bits"
        case _:
            sign = "signed " if row.code.islower() else ""
            return f"{sign}{8 * SIZES[row.code]}-bit"


def remarks(row: Row) -> str:
    """What else the row says."""
    notes = [row.note] if row.note else []
    if row.absent is not None:
        notes.append(f"{row.absent:#x} = not said")
    if row.only_if is not None:
        notes.append(f"only if {row.only_if[0]} is {row.only_if[1]}")
    if row.from_count is not None:
        notes.append(f"only if {row.from_count[0]} is at least {row.from_count[1]}")
    if row.optional:
        notes.append("may be missing")
    if row.rounding != "nearest":
        notes.append(f"rounded {row.rounding}")
    if row.saturate:
        notes.append("saturates")
    if row.bits is not None:
        notes.append("; ".join(f"bit {bit} {' or '.join(names)}" for bit, names in sorted(row.bits.items())))
    if row.also:
        notes.append("; ".join(f"read only: bit {b} {' or '.join(names)}" for b, names in sorted(row.also.items())))
    if row.codes is not None:
        notes.append(", ".join(f"{raw:02X} {member}" for raw, member in row.codes.items()))
    return "; ".join(notes)


def layout_page(title: str, layout: Layout[Any]) -> Iterator[str]:
    """One frame: what it is, its rows."""
    yield f"### {title}"
    yield ""
    yield (layout.frame.__doc__ or "").strip()
    yield ""
    rows = [
        [name, wire_type(row), unit(name, row), remarks(row), str(row.source or layout.source or "")]
        for name, row in layout.rows.items()
    ]
    yield from table(["Field", "On the wire", "One count", "Remarks", "Source"], rows)
    yield ""


def head(dialect: str) -> Iterator[str]:
    """Title and evidence of a protocol page."""
    found = DIALECTS[dialect]
    yield f"# {found.title}"
    yield ""
    yield f"Dialect `{dialect}`, {found.bus.value}. OpenRESS can: {', '.join(found.does)}."
    yield ""
    yield f"Evidence: {found.evidence}."
    yield ""
    yield "This page is made from the tables that encode and decode; `make docs` writes it."
    yield ""


def pylontech_page() -> Iterator[str]:
    """Pylontech RS485."""
    yield from head("pylontech")
    yield "## Commands"
    yield ""
    answered = {shape.command for shape in REPLIES}
    rows = [[f"{c.value:02X}", c.name.lower().replace("_", " ")] for c in pylontech.Command if c in answered]
    yield from table(["CID2", "Asks for"], rows)
    yield ""
    yield "## INFO fields"
    yield ""
    for title, layout in (
        ("INFOFLAG", pylontech.FLAGS),
        ("42: one pack", pylontech.PACK_BLOCK),
        ("44: one pack", pylontech.ALARM_BLOCK),
        ("47", pylontech.SYSTEM_PARAMETERS),
        ("51", pylontech.MANUFACTURER),
        ("60", pylontech.SYSTEM_INFORMATION),
        ("61", pylontech.SYSTEM_ANALOG),
        ("62", pylontech.SYSTEM_ALARMS),
        ("63", pylontech.SYSTEM_LIMITS),
        ("92", pylontech.LIMITS),
        ("93", pylontech.SERIAL_NUMBER),
        ("94, request", pylontech.SET_LIMITS),
        ("96", pylontech.FIRMWARE),
    ):
        yield from layout_page(title, layout)


def pylontech_can_page() -> Iterator[str]:
    """Pylontech CAN."""
    yield from head("pylontech-can")
    for identifier, (kind, layout) in PYLONTECH_CAN.items():
        yield from layout_page(f"0x{identifier:03X}: {kind.replace('_', ' ')}", layout)


def settings_table(settings: SettingsTable) -> Iterator[str]:
    """Settings by register."""
    yield "### Settings"
    yield ""
    rows = [
        [
            f"{row.register:02X}",
            row.key,
            wire_type(row.row) + (f", byte {row.at + 1}" if settings.size(row.register) > SIZES[row.code] else ""),
            unit(row.key, row.row),
            row.note,
        ]
        for row in settings.settings
    ]
    yield from table(["Register", "Setting", "On the wire", "One count", "Remarks"], rows)
    yield ""
    yield f"Source: {settings.source}."
    yield ""


def jbd_page() -> Iterator[str]:
    """JBD DD-A5."""
    yield from head("jbd")
    for title, layout in (("03", jbd.BASIC), ("04", jbd.CELLS), ("AA", jbd.ERROR_COUNTS)):
        yield from layout_page(f"Register {title}", layout)
    yield from settings_table(jbd.SETTINGS)


def up16s_page() -> Iterator[str]:
    """JBD UP16S."""
    yield from head("jbd-up16s")
    for title, layout in (
        ("78 1000: live values", up16s.LIVE),
        ("45: own state", up16s.OWN),
        ("78 1C00: product", up16s.PRODUCT),
        ("78 2800: clock", up16s.CLOCK),
    ):
        yield from layout_page(title, layout)


def daly_page() -> Iterator[str]:
    """Daly A5."""
    yield from head("daly")
    for title, layout in (
        ("50", daly.RATED),
        ("57", daly.CODE),
        ("90", daly.TOTALS),
        ("91", daly.EXTREME_CELLS),
        ("92", daly.EXTREME_TEMPERATURES),
        ("93", daly.STATE),
        ("94", daly.COUNTS),
        ("95", daly.CELLS),
        ("96", daly.TEMPERATURES),
        ("97", daly.BALANCE),
    ):
        yield from layout_page(title, layout)
    yield "### 98: what is wrong"
    yield ""
    yield f"Source: {daly.PART_4}."
    yield ""
    bits = [[str(b.byte), str(b.bit), b.level.value, " or ".join(b.members)] for b in daly.ALARM_BITS]
    yield from table(["Byte", "Bit", "Level", "Says"], bits)
    yield ""


def jk_page() -> Iterator[str]:
    """JK 4E57."""
    yield from head("jk-4e57")
    yield "### Items"
    yield ""
    yield f"79 is the cell voltages: a length byte, then number and millivolts of each. Source: {jk.V25}; {jk.BOARDS}."
    yield ""
    items = [
        [f"{item.id:02X}", item.name, wire_type(item.row), unit(item.name, item.row), item.note]
        for item in jk.ITEMS.values()
    ]
    yield from table(["Item", "Value", "On the wire", "One count", "Remarks"], items)
    yield ""
    yield "### 8B: what is wrong"
    yield ""
    yield from table(["Bit", "Says"], [[str(bit), " or ".join(names)] for bit, names in jk.WARNINGS.items()])
    yield ""


def pace_page() -> Iterator[str]:
    """PACE v25."""
    yield from head("pace")
    yield "Every pack answers at its DIP number (1 = master, 0 = alone) on RS485; on RS232 the pack at the cable"
    yield "answers for all. Calibration and memory commands are left out on purpose."
    yield ""
    yield "## Commands"
    yield ""
    yield from table(["CID2", "What"], [[f"{c:02X}", c.name.lower().replace("_", " ")] for c in pace_codes.Command])
    yield ""
    yield "## INFO fields"
    yield ""
    for title, layout in (
        ("42: one pack, behind flag and pack", pace.PACK_BLOCK),
        ("42: what some packs append", pace.PACK_TOTALS),
        ("44: one pack, behind flag and pack", pace.LONG_ALARM_BLOCK),
        ("99, reply", pace.SWITCHED),
        ("9A and 9B, reply", pace.SYSTEM),
        ("A1, reply", pace.HISTORY),
        ("A6", pace.CAPACITY),
        ("B1 and B2", pace.CLOCK),
        ("C1", pace.VERSION_TEXT),
        ("C2", pace.SERIAL_NUMBERS),
        ("EB and EC", pace.CHOICE),
    ):
        yield from layout_page(title, layout)
    yield "## Settings"
    yield ""
    for group in PACE_SETTINGS:
        yield from layout_page(f"{group.read:02X}, reply", group.reply)
        if group.order is not group.reply:
            yield from layout_page(f"{group.write:02X}, order", group.order)


def seplos2_page() -> Iterator[str]:
    """Seplos v2."""
    yield from head("seplos2")
    yield "A pack answers at its DIP number, the master at 0. Telecontrol 45, setting 49, history 4B and clock 4D and"
    yield "4E have no published layout; they and the production commands A0 to A2 are not spoken."
    yield ""
    for title, layout in (
        ("42", seplos2.PACK_BLOCK),
        ("44", seplos2.ALARM_BLOCK),
        ("47", SEPLOS2_SETTINGS),
        ("51", seplos2.MANUFACTURER),
    ):
        yield from layout_page(title, layout)
    yield "## Event bits of 44"
    yield ""
    rows = [[f"{byte}", f"{bit}", kind.value, member] for (byte, bit), (kind, member) in seplos2_events.EVENTS.items()]
    rows += [[f"{byte}", f"{bit}", "notice", name] for (byte, bit), name in seplos2_events.NOTICES.items()]
    yield from table(["Event", "Bit", "Told under", "As"], sorted(rows))


def pylontech_console_page() -> Iterator[str]:
    """Pylontech console."""
    yield from head("pylontech-console")
    yield "115200 8N1. A command ends with LF; the answer stands between `@` and `$$`, and columns are found by their"
    yield "names."
    yield ""
    yield "## Commands"
    yield ""
    yield from table(
        ["Command", "Answers are read as"],
        [[name, ", ".join(kind for kind, _ in forms)] for name, forms in console.COMMANDS.items()],
    )
    yield ""
    yield "## Names of events"
    yield ""
    rows = [[name, "protections", " or ".join(members)] for name, members in PROTECTIONS.items()]
    rows += [[name, "alarms", " or ".join(members)] for name, members in ALARMS.items()]
    yield from table(["Name", "Told under", "As"], rows)
    yield ""
    yield "## Columns of states"
    yield ""
    yield from table(
        ["Column", "Low", "High"],
        [[name, " or ".join(low), " or ".join(high)] for name, (low, high) in STATE_WORDS.items()],
    )


def bit_words(bit: Bit) -> str:
    """One named bit."""
    group = f"{bit.group} " if bit.group else ""
    also = f" (also set by {' or '.join(bit.also)})" if bit.also else ""
    note = f" ({bit.note})" if bit.note else ""
    return f"{bit.bit} {group}{' and '.join(bit.names) or '-'}{also}{note}{'' if bit.sent else ' (only read)'}"


def register_type(row: Register) -> str:
    """How a row of an address map lies on the wire, in words."""
    if row.packed:
        return f"{row.row.code} bytes"
    if row.row.kind is Kind.BITS:
        return f"{8 * SIZES[row.row.code]} {'bits' if row.places else 'named bits'}"
    words = wire_type(row.row) + (", low register first" if row.swapped else "")
    return f"{row.count} x {words}" if row.listed else words


def register_remarks(row: Register) -> str:
    """What else a row of an address map says."""
    notes = [remarks(row.row)] if remarks(row.row) else []
    if row.filler is not None:
        notes.append(f"{row.filler:#x} at the end = no such place")
    if row.bits:
        notes.append("; ".join(bit_words(bit) for bit in row.bits))
    if row.writable:
        notes.append("may be written")
    return "; ".join(notes)


def address_map(title: str, map_: RegisterTable, written: Callable[[int], str]) -> Iterator[str]:
    """One address map: its blocks, each with its rows."""
    yield f"## {title}"
    yield ""
    for block in map_.blocks:
        rows = [
            [
                written(row.at),
                row.key or "(bits)",
                register_type(row),
                unit(row.key, row.row),
                register_remarks(row),
                str(row.row.source or map_.source or ""),
            ]
            for row in map_.rows
            if block.first <= row.at <= block.last
        ]
        served = "" if block.served else "; understood, not served"
        yield f"### {block.name.replace('_', ' ')}: {written(block.first)} to {written(block.last)}{served}"
        yield ""
        yield from table(["Address", "Key", "On the wire", "One count", "Remarks", "Source"], rows)
        yield ""


def hexadecimal(address: int) -> str:
    """An address as most makers write it."""
    return f"0x{address:04X}"


def pace_modbus_page() -> Iterator[str]:
    """PACE Modbus."""
    yield from head("pace-modbus")
    yield "Function 03 reads, 10 writes. Register numbers are decimal. Pack number n has address n; 0 is a pack."
    yield ""
    yield from address_map("Registers", PACE_MODBUS, str)


def seplos3_page() -> Iterator[str]:
    """Seplos v3."""
    yield from head("seplos3")
    yield "Function 04 reads registers, 01 coils, 10 writes. The master, pack 1, has address 0, which is no broadcast."
    yield "Records are read with 04 from 0x7000: a count of 0x55AA asks for the first, 0xAA55 for the next."
    yield ""
    yield from address_map("Registers", REGISTERS, hexadecimal)
    yield from address_map("Coils, eight to a row", COILS, lambda byte: hexadecimal(FIRST_COIL + 8 * byte))


def jk_pb_page() -> Iterator[str]:
    """JK PB."""
    yield from head("jk-pb")
    yield "Writing 0 to one register with function 10 fetches a record: 161C about, 161E settings, 1620 live. It is"
    yield "300 bytes, 55 AA EB 90, kind, counter, values, sum, and behind them the 8-byte answer to the write, which"
    yield "alone tells whose it was. Addresses are byte offsets behind the counter, low byte first. A setting is"
    yield "written as two registers at 0x1000 + its offset, high byte first."
    yield ""
    for title, map_ in (("Live record", LIVE), ("Settings record", SETTINGS), ("About record", ABOUT)):
        yield from address_map(title, map_, lambda at: f"0x{at:02X}")


def daly_modbus_page() -> Iterator[str]:
    """Daly Modbus, both maps."""
    yield from head("daly-modbus")
    yield "Function 03 reads, 06 writes. ESS boards (dialect `daly-ess`) are asked at 0x81 and answer from 0x51."
    yield ""
    yield from address_map("Address 0xD2", D2_TABLE, hexadecimal)
    yield from address_map("Address 0x81", ESS_TABLE, hexadecimal)


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
    yield "those marks. A requirement is open until a test names it; the last column says what else of it still is."
    yield ""
    yield f"{len(every) - len(missing)} of {len(every)} are named by a test. Open: "
    yield ", ".join(f"REQ-{number:03}" for number in missing) + "."
    yield ""
    for heading, titles in GROUPS.items():
        yield f"## {heading}"
        yield ""
        rows = [
            [f"REQ-{number:03}", title, "<br>".join(tests.get(number, ["open"])), STILL_OPEN.get(number, "")]
            for number, title in titles.items()
        ]
        yield from table(["Number", "What it asks for", "Proved by", "Still open"], rows)
        yield ""


PAGES = {
    "protections.md": protections_page,
    "requirements.md": requirements_page,
    "protocols/pylontech.md": pylontech_page,
    "protocols/pylontech-can.md": pylontech_can_page,
    "parameters.md": parameters_page,
    "protocols/jbd.md": jbd_page,
    "protocols/jbd-up16s.md": up16s_page,
    "protocols/daly.md": daly_page,
    "protocols/jk-4e57.md": jk_page,
    "protocols/pace.md": pace_page,
    "protocols/seplos2.md": seplos2_page,
    "protocols/pylontech-console.md": pylontech_console_page,
    "protocols/pace-modbus.md": pace_modbus_page,
    "protocols/seplos3.md": seplos3_page,
    "protocols/jk-pb.md": jk_pb_page,
    "protocols/daly-modbus.md": daly_modbus_page,
}


def main() -> int:
    """Write or compare all pages."""
    stale = []
    for name, make in PAGES.items():
        text = "\n".join(make()).rstrip() + "\n"
        path = HERE / name
        if path.exists() and path.read_text(encoding="utf-8") == text:
            continue
        stale.append(name)
        if "--check" not in sys.argv:
            path.write_text(text, encoding="utf-8")
            print(f"written: docs/{name}")
    if stale and "--check" in sys.argv:
        print(f"out of date: {', '.join(stale)}; run `make docs`.")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
