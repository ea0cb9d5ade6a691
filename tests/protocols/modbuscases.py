"""What every Modbus dialect is held to: its captures, its maps under any value, and both its sides together."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from hypothesis import strategies as st
from tests.captured import Captured, captured

from openress.model import Identity, PackSample, RackSample
from openress.model.history import Calendar, HistoryRecord
from openress.protocols.access import Control, ProtocolChoice
from openress.protocols.base import BatteryClient, BatteryServer, Direction, SerialDecoder, ServerOptions
from openress.protocols.registers import Block
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


def raw_blocks(table: RegisterTable) -> st.SearchStrategy[tuple[Block, bytes]]:
    """Any bytes for any block of a map."""

    def of(block: Block) -> st.SearchStrategy[tuple[Block, bytes]]:
        size = (block.last - block.first + 1) * table.unit
        return st.tuples(st.just(block), st.binary(min_size=size, max_size=size))

    return st.sampled_from(table.blocks).flatmap(of)


def comes_back(table: RegisterTable, block: Block, raw: bytes) -> None:
    """What any bytes say can be sent, and says the same again."""
    told = table.decode(block.first, raw)
    values = dict(told)
    for row in table.rows:
        if block.first <= row.at <= block.last and row.key and row.key not in values:
            if row.packed:
                values[row.key] = Calendar(2026, 11, 20, 23, 59, 58)
                told = told | {row.key: values[row.key]}
            elif row.listed:
                values[row.key] = ()
    again = table.decode(block.first, table.encode(values, block.first, block.last - block.first + 1))
    assert set(again) == set(told)
    for key, value in again.items():
        if key in ("protections", "faults"):
            # Some bits are only read: what they say has another bit.
            assert value <= told[key] or value == told[key]
            assert bool(value) == bool(told[key])
        else:
            assert value == told[key], key


def read_pack(client: BatteryClient, server: BatteryServer, rack: RackSample, pack: int) -> PackSample:
    """Everything a client asks, put to a server in memory."""
    sample, splitter = PackSample(pack), client.splitter()
    for query in (*client.cycle(pack), *client.rarely(pack)):
        (answer,) = server.feed(query.frame, rack, 0.0)
        assert splitter.feed(answer) == [answer]
        sample = client.merge(sample, query, answer, 0.0)
    return sample
