"""Seplos v3: what the bits of its state and event bytes stand for (tables 4.1 to 4.10 of the maker's document)."""

from __future__ import annotations

from dataclasses import replace

from openress.model import Condition, Fault
from openress.protocols.registers import Bit, alarm, fault, flag, protection, switch

__all__ = ["EVENTS", "pair"]

C = Condition

STATE = (
    flag(0, "discharging"),
    flag(1, "charging"),
    flag(2, "floating"),
    flag(3, "fully_charged"),
    flag(4, "standing"),
    flag(5, "switched_off"),
)
VOLTAGE = (
    alarm(0, C.CELL_OVER_VOLTAGE),
    protection(1, C.CELL_OVER_VOLTAGE),
    alarm(2, C.CELL_UNDER_VOLTAGE),
    protection(3, C.CELL_UNDER_VOLTAGE),
    alarm(4, C.PACK_OVER_VOLTAGE),
    protection(5, C.PACK_OVER_VOLTAGE),
    alarm(6, C.PACK_UNDER_VOLTAGE),
    protection(7, C.PACK_UNDER_VOLTAGE),
)
CELL_TEMPERATURE = (
    alarm(0, C.CHARGE_OVER_TEMPERATURE),
    protection(1, C.CHARGE_OVER_TEMPERATURE),
    alarm(2, C.CHARGE_UNDER_TEMPERATURE),
    protection(3, C.CHARGE_UNDER_TEMPERATURE),
    alarm(4, C.DISCHARGE_OVER_TEMPERATURE),
    protection(5, C.DISCHARGE_OVER_TEMPERATURE),
    alarm(6, C.DISCHARGE_UNDER_TEMPERATURE),
    protection(7, C.DISCHARGE_UNDER_TEMPERATURE),
)
OTHER_TEMPERATURE = (
    alarm(0, C.AMBIENT_OVER_TEMPERATURE),
    protection(1, C.AMBIENT_OVER_TEMPERATURE),
    alarm(2, C.AMBIENT_UNDER_TEMPERATURE),
    protection(3, C.AMBIENT_UNDER_TEMPERATURE),
    alarm(4, C.MOS_OVER_TEMPERATURE),
    protection(5, C.MOS_OVER_TEMPERATURE),
    flag(6, "heating_cells"),
)
CURRENT = (
    alarm(0, C.CHARGE_OVER_CURRENT),
    protection(1, C.CHARGE_OVER_CURRENT),
    protection(2, C.CHARGE_OVER_CURRENT, sent=False, note="second level"),
    alarm(3, C.DISCHARGE_OVER_CURRENT, C.DISCHARGE_OVER_CURRENT_2),
    protection(4, C.DISCHARGE_OVER_CURRENT),
    protection(5, C.DISCHARGE_OVER_CURRENT_2),
    protection(6, C.SHORT_CIRCUIT),
)
LOCKED = (
    protection(0, C.SHORT_CIRCUIT, sent=False, note="locked"),
    fault(1, Fault.CHARGER_REVERSED),
    protection(2, C.CHARGE_OVER_CURRENT, sent=False, note="locked"),
    protection(3, C.DISCHARGE_OVER_CURRENT_2, sent=False, note="locked"),
)
CHARGE = (
    alarm(2, C.SOC_LOW),
    protection(3, C.SOC_LOW),
    fault(4, Fault.CELL_IMBALANCE),
    fault(6, Fault.SYSTEM, sent=False, note="the gyroscope has locked the pack"),
)
SWITCHES = (
    switch(0, "discharge", needed=True),
    switch(1, "charge", needed=True),
    switch(2, "limit"),
    switch(3, "heating"),
)
BALANCE = (
    flag(0, "balancing_on"),
    fault(4, Fault.CELL, sent=False),
)
HARDWARE = (
    fault(0, Fault.TEMPERATURE_SENSOR, also=(Fault.TEMPERATURE_IMBALANCE,)),
    fault(1, Fault.SAMPLING, also=(Fault.CURRENT_SENSOR, Fault.INTERNAL_COMMUNICATION), note="front end"),
    fault(2, Fault.CHARGE_SWITCH),
    fault(3, Fault.DISCHARGE_SWITCH),
    fault(4, Fault.CELL),
    fault(5, Fault.CELL_SENSOR, note="a broken wire"),
    fault(6, Fault.SYSTEM, note="the button"),
    fault(7, Fault.SYSTEM, sent=False, note="the fire extinguisher"),
)

EVENTS: tuple[tuple[Bit, ...], ...] = (
    STATE,
    VOLTAGE,
    CELL_TEMPERATURE,
    OTHER_TEMPERATURE,
    CURRENT,
    LOCKED,
    CHARGE,
    SWITCHES,
    BALANCE,
    HARDWARE,
)
"""The ten bytes in the order in which packs, rack and records send them."""


def pair(first: tuple[Bit, ...], second: tuple[Bit, ...]) -> tuple[Bit, ...]:
    """Two event bytes in one register, the first in its high half."""
    return (*(replace(bit, bit=bit.bit + 8) for bit in first), *second)
