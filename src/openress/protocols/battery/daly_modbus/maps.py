"""Daly Modbus: both maps as tables.

The two share meanings and scales, not addresses. Their sign of current: the vendor's sheet for 0xD2 says that
discharge is positive; programs in daily use read it as charge, and an ESS board that says it discharges sent a
negative count (captured). So + charges here, and the over-current settings, whose captured signs contradict each
other, are read as magnitudes and never written.
"""

from __future__ import annotations

from openress.codec.modbus import Function
from openress.errors import ParameterError
from openress.model import Condition, Confidence, Fault, Source
from openress.params.table import BY_KEY
from openress.protocols.access import Control
from openress.protocols.calendar import SIX_BYTES_OR_NONE
from openress.protocols.modbus.map import ModbusMap, Space
from openress.protocols.registers import (
    Bit,
    Block,
    Register,
    alarm,
    bits,
    each_bit,
    fault,
    flag,
    measured,
    packed,
    protection,
    setting,
    switch,
    text,
)
from openress.protocols.registertable import RegisterTable

__all__ = [
    "DALY_D2",
    "DALY_ESS",
    "ESS_PACKS",
    "ORDERS",
    "d2_address",
    "ess_address",
    "is_ess",
]

SHEET = Source("Daly Modbus protocol sheet", Confidence.VENDOR)
VECTOR = Source("reply of a 4-cell board, aiobmsble", Confidence.CAPTURE)
ESS = Source("ESS-DL-BMS 41_260321_0323, syssi/esphome-daly-bms", Confidence.CAPTURE)
BITS = Source("fault bits as read by ESP32 programs for the K/M/H/S series", Confidence.OPEN)
TOOL = Source("Daly BMSTool V1.14.23 writing an H/K/M/S board, syssi/esphome-daly-bms issue 22", Confidence.CAPTURE)
READ_OFF = Source("read off the ESS-DL-BMS capture: values that fit the others", Confidence.INFERENCE)

CELSIUS = 40
NO_CURRENT = 30000
NOT_SET = 0xFFFF
C, F = Condition, Fault

FAULTS_1 = (
    alarm(0, C.CELL_OVER_VOLTAGE),
    protection(1, C.CELL_OVER_VOLTAGE),
    alarm(2, C.CELL_UNDER_VOLTAGE),
    protection(3, C.CELL_UNDER_VOLTAGE),
    alarm(4, C.PACK_OVER_VOLTAGE),
    protection(5, C.PACK_OVER_VOLTAGE),
    alarm(6, C.PACK_UNDER_VOLTAGE),
    protection(7, C.PACK_UNDER_VOLTAGE),
    alarm(8, C.CHARGE_OVER_TEMPERATURE),
    protection(9, C.CHARGE_OVER_TEMPERATURE),
    alarm(10, C.CHARGE_UNDER_TEMPERATURE),
    protection(11, C.CHARGE_UNDER_TEMPERATURE),
    alarm(12, C.DISCHARGE_OVER_TEMPERATURE),
    protection(13, C.DISCHARGE_OVER_TEMPERATURE, also=(C.AMBIENT_OVER_TEMPERATURE, C.MOS_OVER_TEMPERATURE)),
    alarm(14, C.DISCHARGE_UNDER_TEMPERATURE),
    protection(15, C.DISCHARGE_UNDER_TEMPERATURE, also=(C.AMBIENT_UNDER_TEMPERATURE,)),
)
FAULTS_2 = (
    alarm(0, C.CHARGE_OVER_CURRENT),
    protection(1, C.CHARGE_OVER_CURRENT),
    alarm(2, C.DISCHARGE_OVER_CURRENT, C.DISCHARGE_OVER_CURRENT_2),
    protection(3, C.DISCHARGE_OVER_CURRENT, C.DISCHARGE_OVER_CURRENT_2, also=(C.SHORT_CIRCUIT,)),
    flag(4, "soc_high"),
    alarm(6, C.SOC_LOW),
    protection(7, C.SOC_LOW),
    fault(8, F.CELL_IMBALANCE, note="first level"),
    fault(9, F.CELL_IMBALANCE, sent=False, note="second level"),
    fault(10, F.TEMPERATURE_IMBALANCE, note="first level"),
    fault(11, F.TEMPERATURE_IMBALANCE, sent=False, note="second level"),
)
FAULTS_3: tuple[Bit, ...] = (
    alarm(0, C.MOS_OVER_TEMPERATURE, note="charge switch"),
    alarm(1, C.MOS_OVER_TEMPERATURE, sent=False, note="discharge switch"),
    fault(2, F.TEMPERATURE_SENSOR, sent=False, note="of the charge switch"),
    fault(3, F.TEMPERATURE_SENSOR, sent=False, note="of the discharge switch"),
    fault(4, F.CHARGE_SWITCH, also=(F.CHARGER_REVERSED,), note="it sticks"),
    fault(5, F.DISCHARGE_SWITCH, note="it sticks"),
    fault(6, F.CHARGE_SWITCH, sent=False, note="its circuit"),
    fault(7, F.DISCHARGE_SWITCH, sent=False, note="its circuit"),
    fault(8, F.SAMPLING, also=(F.CELL, F.CELL_SENSOR, F.CURRENT_SENSOR), note="front end"),
    fault(9, F.INTERNAL_COMMUNICATION, note="a board is gone"),
    fault(10, F.TEMPERATURE_SENSOR),
    fault(11, F.SYSTEM, note="memory"),
    fault(12, F.SYSTEM, sent=False, note="clock"),
    fault(13, F.SYSTEM, sent=False, note="pre-charge"),
    fault(14, F.INTERNAL_COMMUNICATION, sent=False),
)


def _cells(sensors_at: int, cells: int) -> tuple[Register, ...]:
    """The beginning that both maps share but for the places kept for cells."""
    return (
        measured(0, "cell_voltages_mv", "H", count=cells, filler=0, source=VECTOR if cells == 32 else ESS),
        measured(
            sensors_at, "temperatures_c", "H", zero=CELSIUS, count=8, filler=0, source=VECTOR if cells == 32 else ESS
        ),
        measured(sensors_at + 8, "pack_voltage_v", "H", step=0.1),
        measured(sensors_at + 9, "pack_current_a", "H", step=0.1, zero=NO_CURRENT, note="+ charges; see above"),
        measured(sensors_at + 10, "soc_pct", "H", step=0.1),
    )


RUNNING = "running"
"""Key of the register that says what the pack does: 0 stands by, 1 charges, 2 discharges."""

D2_LIVE = (
    *_cells(0x20, 32),
    measured(0x2B, "cell_voltage_max_mv", "H", source=VECTOR),
    measured(0x2C, "cell_voltage_min_mv", "H", source=VECTOR),
    measured(0x2D, "temperature_max_c", "H", zero=CELSIUS, absent=NOT_SET),
    measured(0x2E, "temperature_min_c", "H", zero=CELSIUS, absent=NOT_SET),
    measured(0x2F, RUNNING, "H", note="0 stands by, 1 charges, 2 discharges"),
    measured(0x30, "remaining_ah", "H", step=0.1, source=VECTOR),
    measured(0x31, "cells_in_series", "H", source=VECTOR),
    measured(0x32, "sensors", "H", source=VECTOR),
    measured(0x33, "cycles", "H", absent=NOT_SET, source=VECTOR),
    measured(0x34, "balance_state", "H"),
    bits(0x35, switch(0, "charge", needed=True)),
    bits(0x36, switch(0, "discharge", needed=True)),
    measured(0x37, "cell_voltage_average_mv", "H", source=VECTOR),
    measured(0x38, "cell_voltage_difference_mv", "H"),
    measured(0x39, "power_w", "H", source=VECTOR, note="without sign"),
    bits(0x3A, *FAULTS_1, source=BITS),
    bits(0x3B, *FAULTS_2, source=BITS),
    bits(0x3C, *FAULTS_3, source=BITS),
    each_bit(0x3E, "balancing", 32, code="I", swapped=True),
    measured(0x42, "mos_temperature_c", "H", zero=CELSIUS, absent=NOT_SET),
    measured(0x43, "env_temperature_c", "H", zero=CELSIUS, absent=NOT_SET, note="the board's"),
)

UNSIGNED = "the sign of this register is not established"
_D2_SETTINGS = (
    (0x80, "rated_ah", 0.1, 0), (0x81, "reference_cell_mv", 1, 0),
    (0x82, "boards", 1, 0), (0x83, "cells_board_1", 1, 0), (0x84, "cells_board_2", 1, 0), (0x85, "cells_board_3", 1, 0),
    (0x86, "sensors_board_1", 1, 0), (0x87, "sensors_board_2", 1, 0), (0x88, "sensors_board_3", 1, 0),
    (0x89, "chemistry", 1, 0), (0x8A, "sleep_wait_s", 1, 0),
    (0x8B, "cell_ov_alarm_mv", 1, 0), (0x8C, "cell_ov_protect_mv", 1, 0),
    (0x8D, "cell_uv_alarm_mv", 1, 0), (0x8E, "cell_uv_protect_mv", 1, 0),
    (0x8F, "pack_ov_alarm_v", 0.1, 0), (0x90, "pack_ov_protect_v", 0.1, 0),
    (0x91, "pack_uv_alarm_v", 0.1, 0), (0x92, "pack_uv_protect_v", 0.1, 0),
    (0x93, "charge_oc_alarm_a", 0.1, NO_CURRENT), (0x94, "charge_oc_protect_a", 0.1, NO_CURRENT),
    (0x95, "discharge_oc_alarm_a", 0.1, NO_CURRENT), (0x96, "discharge_oc_protect_a", 0.1, NO_CURRENT),
    (0x97, "charge_ot_alarm_c", 1, CELSIUS), (0x98, "charge_ot_protect_c", 1, CELSIUS),
    (0x99, "charge_ut_alarm_c", 1, CELSIUS), (0x9A, "charge_ut_protect_c", 1, CELSIUS),
    (0x9B, "discharge_ot_alarm_c", 1, CELSIUS), (0x9C, "discharge_ot_protect_c", 1, CELSIUS),
    (0x9D, "discharge_ut_alarm_c", 1, CELSIUS), (0x9E, "discharge_ut_protect_c", 1, CELSIUS),
    (0x9F, "cell_difference_alarm_mv", 1, 0), (0xA0, "cell_difference_protect_mv", 1, 0),
    (0xA1, "temperature_difference_alarm_c", 1, 0), (0xA2, "temperature_difference_protect_c", 1, 0),
    (0xA3, "balance_threshold_mv", 1, 0), (0xA4, "balance_delta_mv", 1, 0),
    (0xA7, "set_soc_pct", 0.1, 0), (0xA8, "mos_ot_protect_c", 1, CELSIUS),
)  # fmt: skip


def _setting(at: int, key: str, step: float, zero: int) -> Register:
    current = zero == NO_CURRENT
    own = "" if key in BY_KEY else "a setting of the maker's own"
    return setting(
        at,
        key,
        "H",
        step=step,
        zero=zero,
        absent=NOT_SET,
        magnitude=current,
        writable=key in BY_KEY and not current,
        note=UNSIGNED if current else own,
    )


D2_TABLE = RegisterTable(
    "daly-modbus",
    (
        *D2_LIVE,
        *(_setting(*row) for row in _D2_SETTINGS),
        bits(0xA5, flag(0, "charge_allowed")),
        bits(0xA6, flag(0, "discharge_allowed")),
        text(0xA9, "software_version", 16),
        text(0xB1, "hardware_version", 16),
    ),
    # Beyond the last row of measurements and versions: aiobmsble asks for these windows, and has replies to them.
    blocks=(
        Block("measurements", 0x00, 0x46),
        Block("settings", 0x80, 0xA8, live=False),
        Block("versions", 0xA9, 0xC8, live=False),
    ),
    source=SHEET,
)

ESS_TABLE = RegisterTable(
    "daly-ess",
    (
        *_cells(0x30, 48),
        measured(0x3B, "heartbeat", "H", source=ESS),
        measured(0x3C, "cells_in_series", "H", source=ESS),
        measured(0x3D, "sensors", "H", source=ESS),
        measured(0x3E, "cell_voltage_max_mv", "H", source=ESS),
        measured(0x3F, "cell_voltage_max_cell", "H", source=ESS, note="1 = first cell"),
        measured(0x41, "cell_voltage_min_cell", "H", source=READ_OFF, note="1 = first cell"),
        measured(0x42, "cell_voltage_difference_mv", "H", source=READ_OFF),
        measured(0x43, "temperature_max_c", "H", zero=CELSIUS, source=ESS),
        measured(0x44, "temperature_max_sensor", "H", source=ESS),
        measured(0x45, "temperature_min_c", "H", zero=CELSIUS, source=ESS),
        measured(0x46, "temperature_min_sensor", "H", source=ESS),
        measured(0x48, RUNNING, "H", source=ESS, note="0 stands by, 1 charges, 2 discharges"),
        measured(0x4B, "remaining_ah", "H", step=0.1, source=ESS),
        measured(0x4C, "cycles", "H", absent=NOT_SET, source=ESS),
        measured(0x4D, "balance_state", "H"),
        bits(0x52, switch(0, "charge", needed=True), source=ESS),
        bits(0x53, switch(0, "discharge", needed=True), source=ESS),
        bits(0x54, switch(0, "precharge"), source=ESS),
        bits(0x55, switch(0, "heating"), source=ESS),
        measured(0x57, "cell_voltage_average_mv", "H", source=ESS),
        measured(0x58, "power_w", "H", source=ESS, note="without sign"),
        measured(0x5A, "mos_temperature_c", "H", zero=CELSIUS, absent=NOT_SET, source=ESS),
        measured(0x5B, "env_temperature_c", "H", zero=CELSIUS, absent=NOT_SET, source=ESS, note="the board's"),
        packed(0x61, "clock", 6, SIX_BYTES_OR_NONE, source=READ_OFF),
        measured(0xCF, "balancer_switch", "H", absent=NOT_SET, source=ESS),
        measured(0x109, "design_ah", "I", step=0.001, source=READ_OFF),
        measured(0x10B, "full_ah", "I", step=0.001, source=READ_OFF),
        bits(0x121, flag(0, "charge_allowed"), source=TOOL),
        bits(0x122, flag(0, "discharge_allowed"), source=TOOL),
        text(0x178, "software_version", 14, source=READ_OFF),
        text(0x17F, "model", 14, source=READ_OFF),
        text(0x186, "hardware_version", 14, source=READ_OFF),
        text(0x18D, "serial", 14, source=READ_OFF),
    ),
    blocks=(
        Block("cells", 0x00, 0x3F),
        Block("status", 0x41, 0x7E),
        Block("balancer", 0xCF, 0xCF, live=False, served=False),
        Block("settings", 0x100, 0x177, live=False, served=False),
        Block("identity", 0x178, 0x1C1, live=False),
    ),
    source=Source("Daly application for ESS boards, register list of syssi/esphome-daly-bms", Confidence.OPEN),
)
"""Its settings do not stand where those of 0xD2 do, whatever some lists say: a captured board holds other things at
0x100 to 0x122. Its alarm bits are not known."""

WRITES = (Function.WRITE_REGISTER, Function.WRITE_REGISTERS)
DALY_D2 = ModbusMap(
    "daly-modbus",
    {Function.READ_HOLDING: Space(D2_TABLE)},
    writes={Function.READ_HOLDING: WRITES},
    countless_writes=True,
)

ASK, ANSWER = 0x81, 0x51
ESS_PACKS = 15


def is_ess(address: int) -> bool:
    """Whether an address is asked of, or answers for, an ESS board."""
    return ASK <= address < ASK + ESS_PACKS or ANSWER <= address < ANSWER + ESS_PACKS


def _answers(address: int) -> int:
    return address - ASK + ANSWER if address >= ASK else address


DALY_ESS = ModbusMap(
    "daly-ess",
    {Function.READ_HOLDING: Space(ESS_TABLE)},
    writes={Function.READ_HOLDING: WRITES},
    replies_from=_answers,
)

ORDERS: dict[str, dict[int, Control]] = {
    DALY_D2.name: {0xA5: Control.CHARGE_SWITCH, 0xA6: Control.DISCHARGE_SWITCH},
    DALY_ESS.name: {0x121: Control.CHARGE_SWITCH, 0x122: Control.DISCHARGE_SWITCH, 0xF6: Control.BALANCING},
}
"""Registers that switch when 1 or 0 is written. Zero point, SOC, restart and restore, which stand near them, are not
offered."""


def d2_address(pack: int) -> int:
    """0xD2, for the one pack of a line.

    Raises:
        ParameterError: any other pack; the address is fixed.
    """
    if pack != 1:
        raise ParameterError(
            f"Daly boards of the K/M/H/S series share address D2; there is no pack {pack} on the line."
        )
    return 0xD2


def ess_address(pack: int) -> int:
    """0x81 for pack 1 and so on; only the first was captured.

    Raises:
        ParameterError: there are packs 1 to 15.
    """
    if not 1 <= pack <= ESS_PACKS:
        raise ParameterError(f"Daly ESS packs have numbers 1 to {ESS_PACKS}; there is no address for pack {pack}.")
    return ASK + pack - 1
