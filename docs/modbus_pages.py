"""Pages of the dialects that speak Modbus."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from inverter_lines import limits_words, manners_words
from tables import SIZES, head, not_supported, remarks, table, unit, wire_type

from openress.codec.rows import Kind
from openress.protocols.battery.daly_modbus.maps import D2_TABLE, ESS_TABLE
from openress.protocols.battery.jk_pb.records import ABOUT, LIVE, SETTINGS
from openress.protocols.battery.pace_modbus.registers import TABLE as PACE_MODBUS
from openress.protocols.battery.seplos3.maps import COILS, FIRST_COIL, REGISTERS
from openress.protocols.inverter.growatt485 import PROFILE as GROWATT
from openress.protocols.inverter.growatt485 import TABLE as GROWATT_TABLE
from openress.protocols.inverter.tianbangda import PROFILE as TIANBANGDA
from openress.protocols.inverter.tianbangda import TABLE as TIANBANGDA_TABLE
from openress.protocols.inverter.voltronic485 import PROFILE as VOLTRONIC
from openress.protocols.inverter.voltronic485 import TABLE as VOLTRONIC_TABLE
from openress.protocols.registers import Bit, Register
from openress.protocols.registertable import RegisterTable


def bit_words(bit: Bit) -> str:
    """One named bit."""
    group = f"{bit.group} " if bit.group else ""
    also = f" (also set by {' or '.join(bit.also)})" if bit.also else ""
    note = f" ({bit.note})" if bit.note else ""
    place = f"{bit.bit}" if bit.width == 1 else f"{bit.bit} to {bit.bit + bit.width - 1}"
    return f"{place} {group}{' and '.join(bit.names) or '-'}{also}{note}{'' if bit.sent else ' (only read)'}"


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
    yield "## Requests"
    yield ""
    yield "Function 03 reads, 10 writes. Register numbers are decimal. Pack number n has address n; 0 is a pack."
    yield ""
    yield from manners_words("pace-modbus")
    yield "Towards an inverter the whole rack is the pack at address 1. A direction that is not allowed shows its"
    yield "switch as open; there is no other way to say so."
    yield ""
    yield from address_map("Registers", PACE_MODBUS, str)


def seplos3_page() -> Iterator[str]:
    """Seplos v3."""
    yield from head("seplos3")
    yield "## Requests"
    yield ""
    yield "Function 04 reads registers, 01 coils, 10 writes. The master, pack 1, has address 0, which is no broadcast."
    yield "Records are read with 04 from 0x7000: a count of 0x55AA asks for the first, 0xAA55 for the next."
    yield ""
    yield from address_map("Registers", REGISTERS, hexadecimal)
    yield from address_map("Coils, eight to a row", COILS, lambda byte: hexadecimal(FIRST_COIL + 8 * byte))


def jk_pb_page() -> Iterator[str]:
    """JK PB."""
    yield from head("jk-pb")
    yield "## Requests"
    yield ""
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
    yield from not_supported("daly-ess", "Not supported: ESS boards")
    yield "## Requests"
    yield ""
    yield "Function 03 reads, 06 writes. ESS boards (dialect `daly-ess`) are asked at 0x81 and answer from 0x51."
    yield ""
    yield from address_map("Address 0xD2", D2_TABLE, hexadecimal)
    yield from address_map("Address 0x81", ESS_TABLE, hexadecimal)


def voltronic_485_page() -> Iterator[str]:
    """Voltronic 485."""
    yield from head("voltronic-485")
    yield "## Requests"
    yield ""
    yield "9600 8N1. Function 03 reads; requests are Modbus RTU's. A reply counts its registers in two bytes, where"
    yield "Modbus counts bytes in one, so a reply of one register looks like a request; with the option for counts in"
    yield "one byte it is Modbus. The battery answers at address 1 for the whole rack. A command it does not have is"
    yield "refused with 02; a value that is not known and has no mark leaves the question without an answer. A missing"
    yield "value is 0000."
    yield ""
    yield from manners_words("voltronic-485")
    yield from limits_words(VOLTRONIC.rules)
    yield from address_map("Registers", VOLTRONIC_TABLE, hexadecimal)


def growatt_485_page() -> Iterator[str]:
    """Growatt on RS485."""
    yield from head("growatt-485")
    yield "## Requests"
    yield ""
    yield "9600 8N1, Modbus RTU: function 03 reads any window of the map, 10 writes register 0013 alone (a box tells"
    yield "whether it stands alone), which is acknowledged and changes nothing. The battery answers at address 1 for"
    yield "the whole rack. A window with a value that is not known and has no mark is refused with 04."
    yield ""
    yield from manners_words("growatt-485")
    yield from limits_words(GROWATT.rules)
    yield from address_map("Registers", GROWATT_TABLE, hexadecimal)


def tianbangda_page() -> Iterator[str]:
    """Tianbangda."""
    yield from head("tianbangda")
    yield "## Requests"
    yield ""
    yield "9600 8N1, Modbus RTU: function 04 reads. The battery answers at address 1 for the whole rack. A window with"
    yield "a value that is not known and has no mark is refused with 04."
    yield ""
    yield from manners_words("tianbangda")
    yield from limits_words(TIANBANGDA.rules)
    yield from address_map("Registers", TIANBANGDA_TABLE, hexadecimal)
