"""What every Modbus dialect is held to: its captures, its maps under any value, and both its sides together."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from hypothesis import strategies as st
from tests.captured import Captured, captured

from openress.codec.rows import Kind, to_value
from openress.model import Identity, PackSample, RackSample
from openress.model.history import Calendar, HistoryRecord
from openress.protocols.access import Control, ProtocolChoice
from openress.protocols.base import BatteryClient, BatteryServer, Direction, SerialDecoder, ServerOptions
from openress.protocols.registers import Register
from openress.protocols.registertable import RegisterTable

OPTIONS = ServerOptions(identity=Identity(0.0, manufacturer="OpenRESS", model="A5L", software_version="0.1.0"))


@dataclass
class Memory:
    """Packs that remember, for tests."""

    settings: dict[str, float] = field(default_factory=dict)
    records: tuple[HistoryRecord, ...] = ()
    now: Calendar | None = None
    reason: str | None = None
    controlled: list[tuple[int, Control, bool]] = field(default_factory=list)

    def parameters(self, pack: int) -> Mapping[str, float]:
        del pack
        return self.settings

    def write(self, pack: int, values: Mapping[str, float]) -> str | None:
        del pack
        if self.reason is None:
            self.settings |= values
        return self.reason

    def history(self, pack: int) -> tuple[HistoryRecord, ...]:
        del pack
        return self.records

    def clock(self, pack: int) -> Calendar | None:
        del pack
        return self.now

    def set_clock(self, pack: int, now: Calendar) -> str | None:
        del pack
        if self.reason is None:
            self.now = now
        return self.reason

    def control(self, pack: int, control: Control, *, on: bool) -> str | None:
        if self.reason is None:
            self.controlled.append((pack, control, on))
        return self.reason

    def protocol_choice(self, pack: int) -> ProtocolChoice | None:
        del pack
        return None

    def choose_protocol(self, pack: int, choice: ProtocolChoice) -> str | None:
        del pack, choice
        return "no protocol can be chosen"


def sequence(name: str, decoder: Callable[[], SerialDecoder]) -> list[tuple[Captured, Callable[[], dict[str, Any]]]]:
    """Captures with the reading of each; a reply is read by a decoder that has seen the request above it."""
    found, before = [], None
    for known in captured(name):
        found.append((known, _reading(decoder, before, known)))
        before = known if known.mark == ">" else before
    return found


def _reading(
    decoder: Callable[[], SerialDecoder], before: Captured | None, known: Captured
) -> Callable[[], dict[str, Any]]:
    def read() -> dict[str, Any]:
        machine = decoder()
        if known.mark == "<" and before is not None:
            machine.read(bytes.fromhex(before.frame), Direction.TO_BATTERY)
        reading = machine.read(bytes.fromhex(known.frame), Direction(known.mark))
        return {"kind": reading.kind, **reading.values}

    return read


def agrees(values: dict[str, Any], says: dict[str, Any]) -> None:
    for key, wanted in says.items():
        if key == "cells":
            assert len(values["cell_voltages_mv"]) == wanted
        elif key == "absent":
            assert not set(wanted) & set(values)
        elif key in ("cell_voltage_min_mv", "cell_voltage_max_mv") and key not in values:
            assert (min if "min" in key else max)(values["cell_voltages_mv"]) == wanted
        else:
            assert values[key] == wanted, key


RANGES = {
    "B": (0, 0xFF),
    "b": (-0x80, 0x7F),
    "H": (0, 0xFFFF),
    "h": (-0x8000, 0x7FFF),
    "I": (0, 0xFFFFFFFF),
    "i": (-0x80000000, 0x7FFFFFFF),
}
TEXT = st.characters(min_codepoint=0x21, max_codepoint=0x7D)
CALENDARS = st.builds(
    Calendar,
    st.integers(2000, 2255),
    st.integers(1, 12),
    st.integers(1, 31),
    st.integers(0, 23),
    st.integers(0, 59),
    st.integers(0, 59),
)


def _numbers(row: Register) -> st.SearchStrategy[Any]:
    low, high = RANGES[row.row.code]
    raws = st.integers(low + 1 if row.row.magnitude else low, high)
    read = to_value(row.row)
    return raws if read is None else raws.map(read)


@st.composite
def table_values(draw: st.DrawFn, table: RegisterTable) -> dict[str, Any]:
    """Any values that a map can tell."""
    out: dict[str, Any] = {"switches": {}}
    for row in table.rows:
        if row.bits:
            for bit in row.bits:
                on = draw(st.booleans())
                if bit.group == "switches":
                    out["switches"][bit.names[0]] = on
                elif not bit.group:
                    out[bit.names[0]] = on
                else:
                    out[bit.group] = out.get(bit.group, frozenset()) | (frozenset(bit.names) if on else frozenset())
        elif row.packed:
            out[row.key] = draw(CALENDARS)
        elif row.places:
            out[row.key] = tuple(draw(st.lists(st.booleans(), min_size=row.places, max_size=row.places)))
        elif row.row.kind is Kind.TEXT:
            out[row.key] = draw(st.text(TEXT, min_size=1, max_size=int(row.row.code)))
        elif row.listed:
            known = _numbers(row).filter(lambda value, unused=row.filler: value is not None and value != unused)
            full = row.filler is None and row.row.absent is None
            out[row.key] = tuple(draw(st.lists(known, min_size=row.count if full else 1, max_size=row.count)))
        else:
            value = draw(_numbers(row))
            if value is not None:
                out[row.key] = value
    return out


def read_pack(client: BatteryClient, server: BatteryServer, rack: RackSample, pack: int) -> PackSample:
    """Everything a client asks, put to a server in memory."""
    sample, splitter = PackSample(pack), client.splitter()
    for query in (*client.cycle(pack), *client.rarely(pack)):
        (answer,) = server.feed(query.frame, rack, 0.0)
        assert splitter.feed(answer) == [answer]
        sample = client.merge(sample, query, answer, 0.0)
    return sample
