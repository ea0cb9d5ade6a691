"""Seplos v3: clock, records and switching, on the asking side.

Calibration, reset and factory settings, which stand beside the switches, are not offered.
"""

from __future__ import annotations

from openress.codec.modbus import (
    ExceptionCode,
    ExceptionReply,
    Function,
    ReadRequest,
    RegistersReply,
    WriteRegisters,
    decode_reply,
    encode,
)
from openress.errors import FrameError, ParameterError
from openress.model.history import Calendar, HistoryRecord
from openress.protocols.access import Control
from openress.protocols.base import Query
from openress.protocols.battery.seplos3.maps import HISTORY, RECORD, RECORD_LENGTH, REGISTERS, SEPLOS3, address_of
from openress.protocols.calendar import YEAR_WORD_LOW_FIRST
from openress.protocols.modbus import opened
from openress.protocols.modbus.client import register_values, written

__all__ = ["CLOCK", "FIRST_RECORD", "NEXT_RECORD", "ORDERS", "Seplos3Clock", "Seplos3Controls", "Seplos3History"]

READ = Function.READ_INPUT
CLOCK, CLOCK_LENGTH = 0x1500, 4
FIRST_RECORD, NEXT_RECORD = 0x55AA, 0xAA55
OFF, ON = 0x55AA, 0xAA55

ORDERS: dict[tuple[int, int], tuple[Control, bool]] = {
    (0x1510, OFF): (Control.DISCHARGE_SWITCH, False),
    (0x1510, ON): (Control.DISCHARGE_SWITCH, True),
    (0x1511, OFF): (Control.CHARGE_SWITCH, False),
    (0x1515, ON): (Control.CHARGE_SWITCH, True),
    (0x1517, OFF): (Control.SHUTDOWN, True),
}
"""Register and value of each order; on and off of the charge switch have a register each."""


class Seplos3Clock:
    """SCA, 0x1500."""

    def clock_query(self, pack: int) -> Query:
        """Ask for the clock."""
        return Query("clock", pack, encode(ReadRequest(address_of(pack), READ, CLOCK, CLOCK_LENGTH)))

    def clock(self, query: Query, reply: bytes) -> Calendar:
        """What the clock shows.

        Raises:
            FrameError: damaged, a refusal, not the answer to `query`, or no date.
        """
        found = register_values(SEPLOS3, query, reply).get("clock")
        if not isinstance(found, Calendar):
            raise FrameError("the clock shows no date: it was never set", at=3)
        return found

    def set_clock_query(self, pack: int, now: Calendar) -> Query:
        """Order to set the clock."""
        return Query("clock", pack, encode(WriteRegisters(address_of(pack), CLOCK, YEAR_WORD_LOW_FIRST.write(now))))

    def written(self, query: Query, reply: bytes) -> None:
        """Accept the answer to the order."""
        written(SEPLOS3, query, reply)


class Seplos3History:
    """HIA: the pack itself counts through its records, so they must be asked one after another from 0 on."""

    in_order = True

    def record_query(self, pack: int, index: int) -> Query:
        """Ask for the first record (index 0), or for the one behind that which was asked last."""
        count = NEXT_RECORD if index else FIRST_RECORD
        return Query(f"record {index}", pack, encode(ReadRequest(address_of(pack), READ, HISTORY, count)))

    def record(self, query: Query, reply: bytes) -> HistoryRecord | None:
        """The record, or `None` behind the last one (exception 81)."""
        told = decode_reply(reply)
        refused = isinstance(told, ExceptionReply) and told.code == ExceptionCode.NO_HISTORY
        if refused and told.address == query.frame[0]:
            return None
        _, told = opened(SEPLOS3, query, reply)
        if not isinstance(told, RegistersReply) or len(told.data) != 2 * RECORD_LENGTH:
            raise FrameError(f"a record has {2 * RECORD_LENGTH} bytes", at=2)
        values = REGISTERS.decode(RECORD, told.data)
        cells, protections = values.get("cell_voltages_mv"), values["protections"]
        return HistoryRecord(
            at=values.get("at"),
            conditions=values["alarms"] | protections,
            protections=protections,
            faults=values["faults"],
            pack_voltage_v=values["pack_voltage_v"],
            pack_current_a=values["pack_current_a"],
            remaining_ah=values["remaining_ah"],
            cell_voltage_max_mv=max(cells or (), default=None),
            cell_voltage_min_mv=min(cells or (), default=None),
            cell_voltages_mv=cells,
            temperatures_c=values.get("temperatures_c"),
            mos_temperature_c=values.get("mos_temperature_c"),
            env_temperature_c=values.get("env_temperature_c"),
        )


class Seplos3Controls:
    """SCA, 0x1510 to 0x1517."""

    controls = frozenset(control for control, _ in ORDERS.values())

    def control_query(self, pack: int, control: Control, *, on: bool) -> Query:
        """Order to switch.

        Raises:
            ParameterError: the dialect has no such order.
        """
        for (register, value), order in ORDERS.items():
            if order == (control, on):
                data = value.to_bytes(2, "big")
                return Query(
                    f"{control} {'on' if on else 'off'}", pack, encode(WriteRegisters(address_of(pack), register, data))
                )
        raise ParameterError(f"Seplos v3 cannot switch {control} {'on' if on else 'off'}.")

    def written(self, query: Query, reply: bytes) -> None:
        """Accept the answer to the order."""
        written(SEPLOS3, query, reply)
