"""PACE v25 ASCII: commands, return codes, and what each alarm bit means.

What the document calls "charger HV" (protect 1, bit 7) is told as pack over-voltage: the terminals see too much.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import IntEnum, StrEnum

from openress.model import Condition, Fault

__all__ = [
    "FAULT_5",
    "FAULT_8",
    "PROTECT_1",
    "PROTECT_2",
    "RETURNS",
    "VERSION",
    "WARN_1",
    "WARN_2",
    "Command",
    "Part",
    "Switching",
    "Told",
]

VERSION = 0x25

_Bits = Mapping[int, StrEnum | tuple[StrEnum, ...]]


class Command(IntEnum):
    """CID2 of a request. Calibration and memory commands are left out on purpose."""

    ANALOG = 0x42
    ALARMS = 0x44
    PROTOCOL_VERSION = 0x4F
    PACK_COUNT = 0x90
    SWITCH = 0x99
    CHARGE_SWITCH = 0x9A
    DISCHARGE_SWITCH = 0x9B
    SHUTDOWN = 0x9C
    READ_SLEEP = 0xA0
    HISTORY = 0xA1
    CAPACITY = 0xA6
    WRITE_SLEEP = 0xA8
    WRITE_FULL_CHARGE = 0xAE
    READ_FULL_CHARGE = 0xAF
    READ_CLOCK = 0xB1
    WRITE_CLOCK = 0xB2
    WRITE_BALANCE = 0xB5
    READ_BALANCE = 0xB6
    VERSION_TEXT = 0xC1
    SERIAL_NUMBERS = 0xC2
    INTERNAL_VERSION = 0xC6
    WRITE_CELL_OV = 0xD0
    READ_CELL_OV = 0xD1
    WRITE_CELL_UV = 0xD2
    READ_CELL_UV = 0xD3
    WRITE_PACK_OV = 0xD4
    READ_PACK_OV = 0xD5
    WRITE_PACK_UV = 0xD6
    READ_PACK_UV = 0xD7
    WRITE_CHARGE_OC = 0xD8
    READ_CHARGE_OC = 0xD9
    WRITE_DISCHARGE_OC = 0xDA
    READ_DISCHARGE_OC = 0xDB
    WRITE_HIGH_TEMPERATURES = 0xDC
    READ_HIGH_TEMPERATURES = 0xDD
    WRITE_LOW_TEMPERATURES = 0xDE
    READ_LOW_TEMPERATURES = 0xDF
    WRITE_MOS_TEMPERATURES = 0xE0
    READ_MOS_TEMPERATURES = 0xE1
    WRITE_DISCHARGE_OC2 = 0xE2
    READ_DISCHARGE_OC2 = 0xE3
    WRITE_SHORT_CIRCUIT = 0xE4
    READ_SHORT_CIRCUIT = 0xE5
    WRITE_AMBIENT_TEMPERATURES = 0xE6
    READ_AMBIENT_TEMPERATURES = 0xE7
    READ_CHOICE = 0xEB
    WRITE_CHOICE = 0xEC
    READ_LIMITER = 0xED
    WRITE_LIMITER = 0xEE


RETURNS = {
    0x00: "normal",
    0x01: "version_error",
    0x02: "checksum_error",
    0x03: "length_checksum_error",
    0x04: "command_invalid",
    0x05: "command_format_error",
    0x06: "data_invalid",
    0x09: "operation_refused",
}
"""RTN of a reply; 02, 03, 04 and 09 are PACE's, the others belong to the frame they all descend from."""


class Part(StrEnum):
    """What an alarm bit means that is neither a condition nor one of our faults by itself."""

    CHARGER_OVER_VOLTAGE = "charger_over_voltage"
    FULLY_CHARGED = "fully_charged"
    LIMITER = "limiter"
    HEATER = "heater"
    TOTAL_VOLTAGE = "total_voltage"
    BREAKER_OPEN = "breaker_open"
    BREAKER = "breaker"
    PACK_LOCK = "pack_lock"
    MCU_OVER_VOLTAGE = "mcu_over_voltage"


_DISCHARGE_OC = (Condition.DISCHARGE_OVER_CURRENT, Condition.DISCHARGE_OVER_CURRENT_2)

PROTECT_1: _Bits = {
    0: Condition.CELL_OVER_VOLTAGE,
    1: Condition.CELL_UNDER_VOLTAGE,
    2: Condition.PACK_OVER_VOLTAGE,
    3: Condition.PACK_UNDER_VOLTAGE,
    4: Condition.CHARGE_OVER_CURRENT,
    5: _DISCHARGE_OC,
    6: Condition.SHORT_CIRCUIT,
    7: Part.CHARGER_OVER_VOLTAGE,
}
PROTECT_2: _Bits = {
    0: Condition.CHARGE_OVER_TEMPERATURE,
    1: Condition.DISCHARGE_OVER_TEMPERATURE,
    2: Condition.CHARGE_UNDER_TEMPERATURE,
    3: Condition.DISCHARGE_UNDER_TEMPERATURE,
    4: Condition.MOS_OVER_TEMPERATURE,
    5: Condition.AMBIENT_OVER_TEMPERATURE,
    6: Condition.AMBIENT_UNDER_TEMPERATURE,
    7: Part.FULLY_CHARGED,
}
WARN_1: _Bits = {
    0: Condition.CELL_OVER_VOLTAGE,
    1: Condition.CELL_UNDER_VOLTAGE,
    2: Condition.PACK_OVER_VOLTAGE,
    3: Condition.PACK_UNDER_VOLTAGE,
    4: Condition.CHARGE_OVER_CURRENT,
    5: _DISCHARGE_OC,
}
WARN_2: _Bits = {
    0: Condition.CHARGE_OVER_TEMPERATURE,
    1: Condition.DISCHARGE_OVER_TEMPERATURE,
    2: Condition.CHARGE_UNDER_TEMPERATURE,
    3: Condition.DISCHARGE_UNDER_TEMPERATURE,
    4: Condition.AMBIENT_OVER_TEMPERATURE,
    5: Condition.AMBIENT_UNDER_TEMPERATURE,
    6: Condition.MOS_OVER_TEMPERATURE,
    7: Condition.SOC_LOW,
}
FAULT_5: _Bits = {
    0: Fault.CHARGE_SWITCH,
    1: Fault.DISCHARGE_SWITCH,
    2: Fault.TEMPERATURE_SENSOR,
    3: Fault.INTERNAL_COMMUNICATION,
    4: Fault.CELL,
    5: Fault.SAMPLING,
    6: Part.LIMITER,
    7: Part.HEATER,
}
FAULT_8: _Bits = {
    0: Part.TOTAL_VOLTAGE,
    1: Fault.TEMPERATURE_IMBALANCE,
    2: Fault.CURRENT_SENSOR,
    3: Part.BREAKER_OPEN,
    4: Part.BREAKER,
    5: Fault.INTERNAL_COMMUNICATION,
    6: Part.PACK_LOCK,
    7: Part.MCU_OVER_VOLTAGE,
}


Told = frozenset[Condition | Fault | Part]
"""What the bits of one byte say."""


class Switching(IntEnum):
    """What request 99 switches; the lock (04, 05) and the old protocol choice (0E to 12) are left out."""

    BALANCING_ON = 0x02
    BALANCING_OFF = 0x03
    LED_ALARM_ON = 0x06
    LED_ALARM_OFF = 0x07
    LIMITER_HIGH_GEAR = 0x08
    LIMITER_LOW_GEAR = 0x09
    LIMITER_ON = 0x0A
    LIMITER_OFF = 0x0B
    BUZZER_OFF = 0x0C
    BUZZER_ON = 0x0D
