"""JK PB: settings and switches, on the asking side.

Settings come with their record; each is written by itself, as two registers at 0x1000 + its offset, high byte first.
Writing is known from the maker's document only. Calibration, presets and shutdown, which stand at 0x1600, are not
offered.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from openress.codec.modbus import (
    ExceptionReply,
    WriteRegisters,
    WriteReply,
    decode_reply,
    decode_request,
    encode,
)
from openress.errors import FrameError, ParameterError
from openress.names import hint
from openress.params.table import BY_KEY
from openress.protocols.access import Control
from openress.protocols.base import Query
from openress.protocols.battery.jk_pb.client import open_record, record_query
from openress.protocols.battery.jk_pb.frames import SETTINGS_BASE, Kind, address_of
from openress.protocols.battery.jk_pb.records import SETTINGS
from openress.protocols.battery.jk_pb.values import record_values

__all__ = ["SWITCHES", "JkPbControls", "JkPbParameters"]

SWITCHES = {0x70: Control.CHARGE_SWITCH, 0x74: Control.DISCHARGE_SWITCH, 0x78: Control.BALANCING}
"""Offsets in the settings that allow charging, discharging and balancing: 1 or 0."""

_ROWS = {row.key: row for row in SETTINGS.rows if row.key in BY_KEY}


def _order(pack: int, name: str, offset: int, data: bytes) -> Query:
    return Query(name, pack, encode(WriteRegisters(address_of(pack), SETTINGS_BASE + offset, data)))


def written(query: Query, reply: bytes) -> None:
    """Accept the answer to an order.

    Raises:
        FrameError: damaged, a refusal, or not the answer to `query`.
    """
    asked, told = decode_request(query.frame), decode_reply(reply)
    if told.address != asked.address:
        raise FrameError(f"the reply of address {told.address:02X}, asked was {asked.address:02X}", at=0)
    if isinstance(told, ExceptionReply):
        raise FrameError(f"the pack refuses with exception {told.code:02X}, {told.reason}", at=1)
    right = isinstance(asked, WriteRegisters) and isinstance(told, WriteReply)
    if not right or reply[1:6] != query.frame[1:6]:
        raise FrameError("the pack confirms another order than the one that was sent", at=2)


class JkPbParameters:
    """The settings that the parameter table knows."""

    keys = frozenset(_ROWS)

    def read_queries(self, pack: int, keys: Collection[str]) -> tuple[Query, ...]:
        """161E tells all of them."""
        for key in keys:
            _row_offset(key)
        return (record_query(pack, Kind.SETTINGS),) if keys else ()

    def read(self, query: Query, reply: bytes) -> Mapping[str, float]:
        """The settings of a record."""
        values = record_values(open_record(query, reply))
        return {key: float(value) for key, value in values.items() if key in self.keys}

    def write_queries(self, pack: int, values: Mapping[str, float], known: Mapping[str, float]) -> tuple[Query, ...]:
        """One order for each setting; no two share one."""
        del known
        return tuple(
            _order(pack, key, _row_offset(key), SETTINGS.encode_exactly(values, _row_offset(key), 4)[::-1])
            for key in values
        )

    def written(self, query: Query, reply: bytes) -> None:
        """Accept the answer to an order."""
        written(query, reply)


def _row_offset(key: str) -> int:
    if key not in _ROWS:
        raise ParameterError(f"JK PB has no setting {key!r}; {hint(key, _ROWS)}")
    return _ROWS[key].at


class JkPbControls:
    """What may be allowed and forbidden."""

    controls = frozenset(SWITCHES.values())

    def control_query(self, pack: int, control: Control, *, on: bool) -> Query:
        """Order to switch.

        Raises:
            ParameterError: the dialect has no such order.
        """
        for offset, member in SWITCHES.items():
            if member is control:
                return _order(pack, f"{control} {'on' if on else 'off'}", offset, int(on).to_bytes(4, "big"))
        raise ParameterError(f"JK PB cannot switch {control}.")

    def written(self, query: Query, reply: bytes) -> None:
        """Accept the answer to the order."""
        written(query, reply)
