"""Asking packs over PACE Modbus."""

from __future__ import annotations

from openress.codec.modbus import (
    ExceptionCode,
    ExceptionReply,
    Function,
    ReadRequest,
    WriteRegisters,
    decode_reply,
    encode,
)
from openress.errors import FrameError
from openress.model.history import Calendar, HistoryRecord
from openress.params.table import BY_KEY
from openress.protocols.base import Query
from openress.protocols.battery.pace_modbus.registers import (
    LOG_INDEX,
    LOG_LENGTH,
    LOG_RECORD,
    MAX_PACKS,
    PACE_MODBUS,
    address_of,
)
from openress.protocols.calendar import SIX_BYTES
from openress.protocols.modbus import ModbusClient, RegisterParameters, Window
from openress.protocols.modbus.client import register_values, written

__all__ = ["PaceModbusClock", "PaceModbusHistory", "pace_modbus_client", "pace_modbus_parameters"]

READ = Function.READ_HOLDING
CYCLE = (Window("measurements", READ, 0, 37, opens=("analog", "status")),)
RARELY = (Window("version and serial numbers", READ, 150, 30, opens=("identity",)),)


def pace_modbus_client() -> ModbusClient:
    """The asking side; pack number n has address n."""
    return ModbusClient(PACE_MODBUS, address_of, cycle=CYCLE, rarely=RARELY, max_packs=MAX_PACKS)


def pace_modbus_parameters() -> RegisterParameters:
    """Registers 60 to 112."""
    return RegisterParameters(PACE_MODBUS, address_of, BY_KEY)


class PaceModbusClock:
    """Registers 56 to 58 (V1.1)."""

    def clock_query(self, pack: int) -> Query:
        """Ask for the clock."""
        return Query("clock", pack, encode(ReadRequest(address_of(pack), READ, 56, 3)))

    def clock(self, query: Query, reply: bytes) -> Calendar:
        """What the clock shows.

        Raises:
            FrameError: damaged, a refusal, not the answer to `query`, or no date.
        """
        found = register_values(PACE_MODBUS, query, reply).get("clock")
        if not isinstance(found, Calendar):
            raise FrameError("the clock shows no date: it was never set", at=3)
        return found

    def set_clock_query(self, pack: int, now: Calendar) -> Query:
        """Order to set the clock."""
        return Query("clock", pack, encode(WriteRegisters(address_of(pack), 56, SIX_BYTES.write(now))))

    def written(self, query: Query, reply: bytes) -> None:
        """Accept the answer to the order."""
        written(PACE_MODBUS, query, reply)


class PaceModbusHistory:
    """Registers 200 to 233 (V1.1): one order selects the record that the next reading shows."""

    in_order = False

    def select_query(self, pack: int, index: int) -> Query:
        """Order to show record `index`, 0 = newest; must be answered before `record_query` is sent."""
        return Query(
            "record number", pack, encode(WriteRegisters(address_of(pack), LOG_INDEX, index.to_bytes(2, "big")))
        )

    def selected(self, query: Query, reply: bytes) -> None:
        """Accept the answer to the order."""
        written(PACE_MODBUS, query, reply)

    def record_query(self, pack: int, index: int) -> Query:
        """Ask for the record that was selected."""
        return Query(f"record {index}", pack, encode(ReadRequest(address_of(pack), READ, LOG_RECORD, LOG_LENGTH)))

    def record(self, query: Query, reply: bytes) -> HistoryRecord | None:
        """The record, or `None` behind the last one (exception 05)."""
        told = decode_reply(reply)
        refused = isinstance(told, ExceptionReply) and told.code == ExceptionCode.NO_RECORD
        if refused and told.address == query.frame[0]:
            return None
        values = register_values(PACE_MODBUS, query, reply)
        protections = values["protections"]
        return HistoryRecord(
            at=values.get("at"),
            conditions=values["alarms"] | protections,
            protections=protections,
            faults=values["faults"],
            pack_voltage_v=values["pack_voltage_v"],
            pack_current_a=values["pack_current_a"],
            remaining_ah=values["remaining_ah"],
            full_ah=values["full_ah"],
            cell_voltage_max_mv=max(values.get("cell_voltages_mv", ()), default=None),
            cell_voltage_min_mv=min(values.get("cell_voltages_mv", ()), default=None),
            cell_voltages_mv=values.get("cell_voltages_mv"),
            temperatures_c=values.get("temperatures_c"),
            mos_temperature_c=values.get("mos_temperature_c"),
            env_temperature_c=values.get("env_temperature_c"),
        )
