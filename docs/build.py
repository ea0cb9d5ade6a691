"""Writes the pages that follow from tables: one for each protocol, and the parameters. `--check` only compares."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from openress.catalog import load_product
from openress.codec import Layout, Row
from openress.codec.rows import Kind
from openress.params import PARAMETERS
from openress.protocols import DIALECTS
from openress.protocols.battery.daly_modbus.maps import D2_TABLE, ESS_TABLE
from openress.protocols.battery.jk_pb.records import ABOUT, LIVE, SETTINGS
from openress.protocols.battery.pace_modbus.registers import TABLE as PACE_MODBUS
from openress.protocols.battery.pylontech import frames as pylontech
from openress.protocols.battery.pylontech.decode import REPLIES
from openress.protocols.battery.seplos3.maps import COILS, FIRST_COIL, REGISTERS
from openress.protocols.inverter.pylontech_can import FRAMES as PYLONTECH_CAN
from openress.protocols.registers import Bit, Register
from openress.protocols.registertable import RegisterTable

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


PAGES = {
    "protocols/pylontech.md": pylontech_page,
    "protocols/pylontech-can.md": pylontech_can_page,
    "protocols/pace-modbus.md": pace_modbus_page,
    "protocols/seplos3.md": seplos3_page,
    "protocols/jk-pb.md": jk_pb_page,
    "protocols/daly-modbus.md": daly_modbus_page,
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
