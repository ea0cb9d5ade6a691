"""How a row of a table is put into words."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from openress.codec import Layout, Row
from openress.codec.rows import Kind
from openress.protocols import DIALECTS

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
    found = {"v": "V", "mv": "mV", "a": "A", "ah": "Ah", "kwh": "kWh", "pct": "%", "c": "°C", "ms": "ms"}.get(
        suffix, ""
    )
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
        case Kind.PACKED:
            return f"bits {row.bit} to {row.bit + row.width - 1} of {row.byte}"
        case Kind.PAIRS:
            return f"{4 * SIZES[row.code]} named pairs of bits"
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
        place = "pair" if row.kind is Kind.PAIRS else "bit"
        notes.append("; ".join(f"{place} {bit} {' or '.join(names)}" for bit, names in sorted(row.bits.items())))
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
    """Title, evidence and gaps of a protocol page."""
    found = DIALECTS[dialect]
    yield f"# {found.title}"
    yield ""
    yield f"Dialect `{dialect}`, {found.bus.value}. OpenRESS can: {', '.join(found.does)}."
    yield ""
    yield f"Evidence: {found.evidence}."
    yield ""
    yield "This page is made from the tables that encode and decode; `make docs` writes it."
    yield ""
    yield from not_supported(dialect, "Not supported")


def not_supported(dialect: str, heading: str) -> Iterator[str]:
    """What of a dialect is not spoken, or not known."""
    yield f"## {heading}"
    yield ""
    for entry in DIALECTS[dialect].unsupported:
        yield f"- {entry}"
    yield ""
