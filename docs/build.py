"""Writes the pages that follow from tables: one for each protocol, and the parameters. `--check` only compares."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from openress.catalog import load_product
from openress.codec import Layout, Row
from openress.codec.rows import Kind
from openress.params import PARAMETERS
from openress.protocols import DIALECTS
from openress.protocols.battery.pace import codes as pace_codes
from openress.protocols.battery.pace import frames as pace
from openress.protocols.battery.pace.settings import GROUPS as PACE_SETTINGS
from openress.protocols.battery.pylontech import frames as pylontech
from openress.protocols.battery.pylontech.decode import REPLIES
from openress.protocols.battery.pylontech_console import decode as console
from openress.protocols.battery.pylontech_console.words import ALARMS, PROTECTIONS, STATE_WORDS
from openress.protocols.battery.seplos2 import events as seplos2_events
from openress.protocols.battery.seplos2 import frames as seplos2
from openress.protocols.battery.seplos2.settings import SETTINGS as SEPLOS2_SETTINGS
from openress.protocols.inverter.pylontech_can import FRAMES as PYLONTECH_CAN

HERE = Path(__file__).parent
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
    found = {"v": "V", "mv": "mV", "a": "A", "ah": "Ah", "pct": "%", "c": "°C"}.get(suffix, "")
    if row.kind not in (Kind.NUMBER, Kind.COUNTED):
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


PAGES = {
    "protocols/pylontech.md": pylontech_page,
    "protocols/pylontech-can.md": pylontech_can_page,
    "protocols/pace.md": pace_page,
    "protocols/seplos2.md": seplos2_page,
    "protocols/pylontech-console.md": pylontech_console_page,
    "parameters.md": parameters_page,
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
