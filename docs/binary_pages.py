"""Pages of the dialects that speak in bytes, on a serial line or CAN."""

from __future__ import annotations

from collections.abc import Iterator

from tables import SIZES, head, layout_page, table, unit, wire_type

from openress.protocols.battery.daly import frames as daly
from openress.protocols.battery.jbd import frames as jbd
from openress.protocols.battery.jbd_up16s import frames as up16s
from openress.protocols.battery.jk_4e57 import frames as jk
from openress.protocols.battery.settings import SettingsTable


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
    yield "## Frames"
    yield ""
    for title, layout in (("03", jbd.BASIC), ("04", jbd.CELLS), ("AA", jbd.ERROR_COUNTS)):
        yield from layout_page(f"Register {title}", layout)
    yield from settings_table(jbd.SETTINGS)


def up16s_page() -> Iterator[str]:
    """JBD UP16S."""
    yield from head("jbd-up16s")
    yield "## Frames"
    yield ""
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
    yield "## Frames"
    yield ""
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
    yield "## Frames"
    yield ""
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
