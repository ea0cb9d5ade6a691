"""Asking the packs of a Modbus dialect: which windows of registers, and what their replies say of a pack."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass

from openress.codec.modbus import (
    BitsReply,
    ExceptionReply,
    Function,
    ReadRequest,
    RegistersReply,
    Reply,
    Request,
    WriteCoils,
    WriteRegister,
    WriteRegisters,
    WriteReply,
    decode_request,
    encode,
)
from openress.codec.modbusstream import ModbusSplitter, Side
from openress.errors import FrameError, ParameterError
from openress.model import PackSample
from openress.names import hint
from openress.protocols.base import Query
from openress.protocols.modbus.map import ModbusMap
from openress.protocols.packvalues import merged
from openress.protocols.registers import Register
from openress.protocols.registertable import Values

__all__ = ["ModbusClient", "RegisterParameters", "Window", "opened", "register_values", "written"]

LONGEST_RUN = 64
"""Registers of one reading of settings; some packs refuse longer ones."""


@dataclass(frozen=True, slots=True)
class Window:
    """One reading of a client.

    Attributes:
        name: what it asks for, in words.
        function: how.
        start: first address.
        count: number of addresses.
        opens: groups of the pack's sample that begin anew with this reading.
    """

    name: str
    function: Function
    start: int
    count: int
    opens: tuple[str, ...] = ()


def opened(dialect: ModbusMap, query: Query, reply: bytes) -> tuple[Request, Reply]:
    """The question and its answer, when they belong together.

    Raises:
        FrameError: damaged, a refusal, from another address, or the answer to another function.
    """
    if dialect.word_counts and reply == query.frame:
        raise FrameError("the question itself: the adapter echoes", at=0)
    asked, told = decode_request(query.frame), dialect.read_reply(reply)
    if told.address != dialect.replies_from(asked.address):
        raise FrameError(f"the reply of address {told.address:02X}, asked was {asked.address:02X}", at=0)
    if isinstance(told, ExceptionReply):
        raise FrameError(f"the pack refuses with exception {told.code:02X}, {told.reason}", at=1)
    if reply[1] != query.frame[1]:
        raise FrameError(f"the answer to function {reply[1]:02X}, asked was {query.frame[1]:02X}", at=1)
    return asked, told


def register_values(dialect: ModbusMap, query: Query, reply: bytes) -> Values:
    """The values that the answer to a reading tells.

    Raises:
        FrameError: see `opened`; more or fewer registers than were asked.
    """
    asked, told = opened(dialect, query, reply)
    if not isinstance(asked, ReadRequest) or not isinstance(told, BitsReply | RegistersReply):
        raise FrameError("not the answer to a reading", at=1)
    space = dialect.spaces[asked.function]
    size = (asked.count + 7) // 8 if space.coils else 2 * asked.count
    if len(told.data) != size:
        raise FrameError(f"{len(told.data)} bytes came, asked were {size}", at=2)
    return space.decode(asked.start, asked.count, told.data)


def written(dialect: ModbusMap, query: Query, reply: bytes) -> None:
    """Accept the answer to an order.

    Raises:
        FrameError: see `opened`; the pack confirms something else.
    """
    asked, told = opened(dialect, query, reply)
    match asked, told:
        case WriteRegister(), WriteRegister():
            right = (told.register, told.value) == (asked.register, asked.value)
        case WriteRegisters(), WriteReply():
            right = (told.start, told.count) == (asked.start, len(asked.data) // 2)
        case WriteCoils(), WriteReply():
            right = (told.start, told.count) == (asked.start, asked.count)
        case _:
            right = False
    if not right:
        raise FrameError("the pack confirms another order than the one that was sent", at=2)


class ModbusClient:
    """The asking side.

    Args:
        dialect: the map.
        address_of: the address of pack number n; raises `ParameterError` for a pack that has none.
        cycle: readings of every cycle, the first of which every pack answers.
        rarely: readings of what hardly changes.
        adapt: puts values into the public form that the map itself cannot.
        max_packs: how many packs the dialect can tell apart.
    """

    __slots__ = ("_adapt", "_address_of", "_cycle", "_map", "_rarely", "max_packs")

    def __init__(
        self,
        dialect: ModbusMap,
        address_of: Callable[[int], int],
        *,
        cycle: tuple[Window, ...],
        rarely: tuple[Window, ...],
        max_packs: int,
        adapt: Callable[[Values], Values] | None = None,
    ) -> None:
        self._map = dialect
        self._address_of = address_of
        self._cycle = cycle
        self._rarely = rarely
        self._adapt = adapt
        self.max_packs = max_packs

    def splitter(self) -> ModbusSplitter:
        """A fresh splitter for the bytes that come back."""
        return ModbusSplitter(Side.REPLIES, functions=self._map.functions, word_counts=self._map.word_counts)

    def address(self, pack: int) -> int:
        """The address at which a pack is asked."""
        return self._address_of(pack)

    def first(self, pack: int) -> Query:
        """The first reading of a cycle."""
        return self._query(pack, self._cycle[0])

    def cycle(self, pack: int) -> tuple[Query, ...]:
        """The readings of every cycle."""
        return tuple(self._query(pack, window) for window in self._cycle)

    def rarely(self, pack: int) -> tuple[Query, ...]:
        """The readings of who the pack is."""
        return tuple(self._query(pack, window) for window in self._rarely)

    def _query(self, pack: int, window: Window) -> Query:
        request = ReadRequest(self._address_of(pack), window.function, window.start, window.count)
        return Query(window.name, pack, encode(request))

    def merge(self, sample: PackSample, query: Query, reply: bytes, now_s: float) -> PackSample:
        """Add what `reply` says to `sample`.

        Raises:
            FrameError: damaged, a refusal, or not the answer to `query`.
        """
        values = register_values(self._map, query, reply)
        if self._adapt is not None:
            values = self._adapt(values)
        windows = (*self._cycle, *self._rarely)
        opens = next((window.opens for window in windows if window.name == query.name), ())
        if values.get("balancing") is not None:
            values["balancing"] = self._of_cells(sample, values)
        return merged(sample, values, now_s, opens=opens)

    def _of_cells(self, sample: PackSample, values: Values) -> tuple[bool, ...]:
        """Balancing bits of the cells that there are."""
        cells = values.get("cell_voltages_mv") or (sample.analog and sample.analog.cell_voltages_mv) or ()
        balancing: tuple[bool, ...] = values["balancing"]
        return balancing[: len(cells) or len(balancing)]


class RegisterParameters:
    """Settings that stand one in a register.

    Args:
        dialect: the map.
        address_of: the address of pack number n.
        known: keys of the parameter table; other rows of the map are no settings of ours.
        single: write each register by itself with function 06.
    """

    def __init__(
        self, dialect: ModbusMap, address_of: Callable[[int], int], known: Collection[str], *, single: bool = False
    ) -> None:
        self._map = dialect
        self._single = single
        self._address_of = address_of
        self._read = next(function for function, space in dialect.spaces.items() if not space.coils)
        self._table = dialect.spaces[self._read].table
        self._rows = {row.key: row for row in self._table.rows if row.key in known}
        self.keys = frozenset(self._rows)

    def read_queries(self, pack: int, keys: Collection[str]) -> tuple[Query, ...]:
        """One reading for each run of registers; short gaps between them are read too."""
        runs = _runs((self._row(key) for key in keys), self._table.unit, gap=LONGEST_RUN // 2, longest=LONGEST_RUN)
        address = self._address_of(pack)
        return tuple(
            Query("settings", pack, encode(ReadRequest(address, self._read, start, end - start))) for start, end in runs
        )

    def read(self, query: Query, reply: bytes) -> Mapping[str, float]:
        """The settings that a reply tells."""
        values = register_values(self._map, query, reply)
        return {key: float(value) for key, value in values.items() if key in self._rows}

    def write_queries(self, pack: int, values: Mapping[str, float], known: Mapping[str, float]) -> tuple[Query, ...]:
        """One order for each run of neighbouring registers; `known` is not needed, no two settings share a register."""
        del known
        rows = [self._row(key) for key in values]
        locked = next((row.key for row in rows if not row.writable), None)
        if locked is not None:
            raise ParameterError(f"{locked} cannot be written over {self._map.name}: {self._rows[locked].row.note}.")
        address = self._address_of(pack)
        if self._single:
            raws = [(row.at, int.from_bytes(self._table.encode_exactly(values, row.at, 1), "big")) for row in rows]
            return tuple(
                Query("setting", pack, encode(WriteRegister(address, at, raw)), mirrored=self._mirrors(address))
                for at, raw in raws
            )
        return tuple(
            Query(
                "settings",
                pack,
                encode(WriteRegisters(address, start, self._table.encode_exactly(values, start, end - start))),
            )
            for start, end in _runs(rows, self._table.unit, gap=0, longest=LONGEST_RUN)
        )

    def _mirrors(self, address: int) -> bool:
        return self._map.replies_from(address) == address

    def written(self, query: Query, reply: bytes) -> None:
        """Accept the answer to an order."""
        written(self._map, query, reply)

    def _row(self, key: str) -> Register:
        if key not in self._rows:
            raise ParameterError(f"{self._map.name} has no setting {key!r}; {hint(key, self._rows)}")
        return self._rows[key]


def _runs(rows: Iterable[Register], unit: int, *, gap: int, longest: int) -> list[tuple[int, int]]:
    """Stretches of addresses that hold `rows`: first, and one behind the last."""
    runs: list[tuple[int, int]] = []
    for row in sorted(rows, key=lambda row: row.at):
        end = row.at + row.size // unit
        if runs and row.at - runs[-1][1] <= gap and end - runs[-1][0] <= longest:
            runs[-1] = (runs[-1][0], end)
        else:
            runs.append((row.at, end))
    return runs
