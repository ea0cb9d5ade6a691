"""PACE v25 ASCII: every group of settings as a table, read and written.

Fields are named by the keys of the parameter table. Three groups keep values that the table does not have: whether the
protection is enabled, and the full-charge point; they are named here, and travel with their group.
Trap: discharge over-current reads as a negative number and is written as a positive one (captured both ways).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from openress.codec import Layout, wire
from openress.model import Confidence, Source
from openress.protocols.battery.pace.codes import Command

__all__ = ["GROUPS", "LIMITER", "NEIGHBOURS", "Group", "Limiter", "group_of"]

PBM = Source("PbmsTools 2.4 and a P16S100A pack, frames in syssi/esphome-pace-bms", Confidence.CAPTURE)
RS232_31 = Source("PACE BMS RS232 protocol V3.1", Confidence.VENDOR)

KELVIN = 2730


def _volts() -> Any:
    return wire("H", step=0.001)


def _celsius() -> Any:
    return wire("H", step=0.1, zero=KELVIN)


def _delay_ms() -> Any:
    return wire("B", step=100)


@dataclass(frozen=True, slots=True)
class CellOverVoltage:
    """D1, D0."""

    cell_ov_enabled: int = wire("B")
    cell_ov_alarm_mv: int = wire("H")
    cell_ov_protect_mv: int = wire("H")
    cell_ov_release_mv: int = wire("H")
    cell_ov_delay_ms: int = _delay_ms()


@dataclass(frozen=True, slots=True)
class CellUnderVoltage:
    """D3, D2."""

    cell_uv_enabled: int = wire("B")
    cell_uv_alarm_mv: int = wire("H")
    cell_uv_protect_mv: int = wire("H")
    cell_uv_release_mv: int = wire("H")
    cell_uv_delay_ms: int = _delay_ms()


@dataclass(frozen=True, slots=True)
class PackOverVoltage:
    """D5, D4."""

    pack_ov_enabled: int = wire("B")
    pack_ov_alarm_v: float = _volts()
    pack_ov_protect_v: float = _volts()
    pack_ov_release_v: float = _volts()
    pack_ov_delay_ms: int = _delay_ms()


@dataclass(frozen=True, slots=True)
class PackUnderVoltage:
    """D7, D6."""

    pack_uv_enabled: int = wire("B")
    pack_uv_alarm_v: float = _volts()
    pack_uv_protect_v: float = _volts()
    pack_uv_release_v: float = _volts()
    pack_uv_delay_ms: int = _delay_ms()


@dataclass(frozen=True, slots=True)
class ChargeOverCurrent:
    """D9, D8."""

    charge_oc_enabled: int = wire("B")
    charge_oc_alarm_a: int = wire("H")
    charge_oc_protect_a: int = wire("H")
    charge_oc_delay_ms: int = _delay_ms()


@dataclass(frozen=True, slots=True)
class DischargeOverCurrentRead:
    """DB: currents are negative."""

    discharge_oc_enabled: int = wire("B")
    discharge_oc_alarm_a: int = wire("h", step=-1, magnitude=True, note="negative on the wire")
    discharge_oc_protect_a: int = wire("h", step=-1, magnitude=True, note="negative on the wire")
    discharge_oc_delay_ms: int = _delay_ms()


@dataclass(frozen=True, slots=True)
class DischargeOverCurrentWritten:
    """DA: currents are positive."""

    discharge_oc_enabled: int = wire("B")
    discharge_oc_alarm_a: int = wire("H", note="positive on the wire, unlike the reply to DB")
    discharge_oc_protect_a: int = wire("H", note="positive on the wire, unlike the reply to DB")
    discharge_oc_delay_ms: int = _delay_ms()


@dataclass(frozen=True, slots=True)
class DischargeOverCurrent2:
    """E3, E2; newer packs append a second charge over-current to the reply, older ones three bytes without meaning."""

    discharge_oc2_protect_a: int = wire("H")
    discharge_oc2_delay_ms: int = wire("B", step=25)
    tail_current_a: int | None = wire("H", optional=True, key="", source=RS232_31, note="not written back")
    tail_delay_ms: int | None = wire("B", step=25, optional=True, key="", source=RS232_31, note="not written back")


@dataclass(frozen=True, slots=True)
class ShortCircuit:
    """E5, E4."""

    short_circuit_delay_us: int = wire("B", step=25)


@dataclass(frozen=True, slots=True)
class HighTemperatures:
    """DD, DC."""

    ot_enabled: int = wire("B")
    charge_ot_alarm_c: float = _celsius()
    charge_ot_protect_c: float = _celsius()
    charge_ot_release_c: float = _celsius()
    discharge_ot_alarm_c: float = _celsius()
    discharge_ot_protect_c: float = _celsius()
    discharge_ot_release_c: float = _celsius()


@dataclass(frozen=True, slots=True)
class LowTemperatures:
    """DF, DE."""

    ut_enabled: int = wire("B")
    charge_ut_alarm_c: float = _celsius()
    charge_ut_protect_c: float = _celsius()
    charge_ut_release_c: float = _celsius()
    discharge_ut_alarm_c: float = _celsius()
    discharge_ut_protect_c: float = _celsius()
    discharge_ut_release_c: float = _celsius()


@dataclass(frozen=True, slots=True)
class MosTemperatures:
    """E1, E0."""

    mos_ot_enabled: int = wire("B")
    mos_ot_alarm_c: float = _celsius()
    mos_ot_protect_c: float = _celsius()
    mos_ot_release_c: float = _celsius()


@dataclass(frozen=True, slots=True)
class AmbientTemperatures:
    """E7, E6: the low ones first."""

    env_enabled: int = wire("B")
    env_ut_alarm_c: float = _celsius()
    env_ut_protect_c: float = _celsius()
    env_ut_release_c: float = _celsius()
    env_ot_alarm_c: float = _celsius()
    env_ot_protect_c: float = _celsius()
    env_ot_release_c: float = _celsius()


@dataclass(frozen=True, slots=True)
class Balance:
    """B6, B5."""

    balance_threshold_mv: int = wire("H")
    balance_delta_mv: int = wire("H")


@dataclass(frozen=True, slots=True)
class Sleep:
    """A0, A8."""

    sleep_cell_mv: int = wire("H")
    sleep_delay_min: int = wire("H", note="high byte always 00 (captured)")


@dataclass(frozen=True, slots=True)
class FullCharge:
    """AF, AE."""

    full_charge_v: float = _volts()
    full_charge_ma: int = wire("H")
    soc_low_alarm_pct: int = wire("B")


@dataclass(frozen=True, slots=True)
class Limiter:
    """ED, EE."""

    limiter_start_a: int = wire("H")


LIMITER = Layout(Limiter, source=PBM)


@dataclass(frozen=True, slots=True)
class Group:
    """Settings that are read by one command and written by another."""

    read: Command
    write: Command
    reply: Layout[Any]
    order: Layout[Any]

    @property
    def keys(self) -> tuple[str, ...]:
        """Keys of the group in wire order, those that only travel with it included."""
        return tuple(name for name, row in self.reply.rows.items() if row.key != "")


def _same(read: Command, write: Command, frame: type[Any]) -> Group:
    layout = Layout(frame, source=PBM)
    return Group(read, write, layout, layout)


GROUPS = (
    _same(Command.READ_CELL_OV, Command.WRITE_CELL_OV, CellOverVoltage),
    _same(Command.READ_PACK_OV, Command.WRITE_PACK_OV, PackOverVoltage),
    _same(Command.READ_CELL_UV, Command.WRITE_CELL_UV, CellUnderVoltage),
    _same(Command.READ_PACK_UV, Command.WRITE_PACK_UV, PackUnderVoltage),
    _same(Command.READ_CHARGE_OC, Command.WRITE_CHARGE_OC, ChargeOverCurrent),
    Group(
        Command.READ_DISCHARGE_OC,
        Command.WRITE_DISCHARGE_OC,
        Layout(DischargeOverCurrentRead, source=PBM),
        Layout(DischargeOverCurrentWritten, source=PBM),
    ),
    _same(Command.READ_DISCHARGE_OC2, Command.WRITE_DISCHARGE_OC2, DischargeOverCurrent2),
    _same(Command.READ_SHORT_CIRCUIT, Command.WRITE_SHORT_CIRCUIT, ShortCircuit),
    _same(Command.READ_HIGH_TEMPERATURES, Command.WRITE_HIGH_TEMPERATURES, HighTemperatures),
    _same(Command.READ_LOW_TEMPERATURES, Command.WRITE_LOW_TEMPERATURES, LowTemperatures),
    _same(Command.READ_MOS_TEMPERATURES, Command.WRITE_MOS_TEMPERATURES, MosTemperatures),
    _same(Command.READ_AMBIENT_TEMPERATURES, Command.WRITE_AMBIENT_TEMPERATURES, AmbientTemperatures),
    _same(Command.READ_BALANCE, Command.WRITE_BALANCE, Balance),
    _same(Command.READ_SLEEP, Command.WRITE_SLEEP, Sleep),
    _same(Command.READ_FULL_CHARGE, Command.WRITE_FULL_CHARGE, FullCharge),
    Group(Command.READ_LIMITER, Command.WRITE_LIMITER, LIMITER, LIMITER),
)

ENABLED = frozenset(key for group in GROUPS for key in group.keys if key.endswith("_enabled"))
"""Whether the protections of a group are on; 1 where nobody says otherwise."""

NEIGHBOURS = ENABLED | {"full_charge_v", "full_charge_ma", "limiter_start_a"}
"""What PACE keeps beside the parameter table's settings."""

_BY_COMMAND = {command: group for group in GROUPS for command in (group.read, group.write)}


def group_of(command: int) -> Group | None:
    """The group that a command reads or writes."""
    return _BY_COMMAND.get(command)  # type: ignore[call-overload, no-any-return]  # an IntEnum hashes as its number
