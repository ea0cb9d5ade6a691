"""What the event bits of Seplos' 44 mean, and the way between them and the project's conditions and faults."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum

from openress.errors import ParameterError
from openress.model import Analog, Condition, Fault, PackSample, PackState, Status, Switches
from openress.protocols.base import Value
from openress.protocols.battery.paceic import HIGH, LOW, NORMAL, Level, coarse, level_names, levels
from openress.protocols.battery.seplos2.frames import ALARM_BLOCK, AlarmBlock
from openress.protocols.present import in_order, public

__all__ = ["CELL_SENSORS", "EVENTS", "NOTICES", "alarm_block", "alarm_values", "status_of"]


class Kind(Enum):
    """Where a bit is told."""

    ALARM = "alarms"
    PROTECTION = "protections"
    FAULT = "faults"


_A, _P, _F = Kind.ALARM, Kind.PROTECTION, Kind.FAULT

EVENTS: Mapping[tuple[int, int], tuple[Kind, Condition | Fault]] = {
    (1, 0): (_F, Fault.CELL_SENSOR),
    (1, 1): (_F, Fault.TEMPERATURE_SENSOR),
    (1, 2): (_F, Fault.CURRENT_SENSOR),
    (1, 3): (_F, Fault.SYSTEM),  # key switch
    (1, 4): (_F, Fault.CELL_IMBALANCE),
    (1, 5): (_F, Fault.CHARGE_SWITCH),
    (1, 6): (_F, Fault.DISCHARGE_SWITCH),
    (1, 7): (_F, Fault.SYSTEM),  # limiter
    (2, 0): (_A, Condition.CELL_OVER_VOLTAGE),
    (2, 1): (_P, Condition.CELL_OVER_VOLTAGE),
    (2, 2): (_A, Condition.CELL_UNDER_VOLTAGE),
    (2, 3): (_P, Condition.CELL_UNDER_VOLTAGE),
    (2, 4): (_A, Condition.PACK_OVER_VOLTAGE),
    (2, 5): (_P, Condition.PACK_OVER_VOLTAGE),
    (2, 6): (_A, Condition.PACK_UNDER_VOLTAGE),
    (2, 7): (_P, Condition.PACK_UNDER_VOLTAGE),
    (3, 0): (_A, Condition.CHARGE_OVER_TEMPERATURE),
    (3, 1): (_P, Condition.CHARGE_OVER_TEMPERATURE),
    (3, 2): (_A, Condition.CHARGE_UNDER_TEMPERATURE),
    (3, 3): (_P, Condition.CHARGE_UNDER_TEMPERATURE),
    (3, 4): (_A, Condition.DISCHARGE_OVER_TEMPERATURE),
    (3, 5): (_P, Condition.DISCHARGE_OVER_TEMPERATURE),
    (3, 6): (_A, Condition.DISCHARGE_UNDER_TEMPERATURE),
    (3, 7): (_P, Condition.DISCHARGE_UNDER_TEMPERATURE),
    (4, 0): (_A, Condition.AMBIENT_OVER_TEMPERATURE),
    (4, 1): (_P, Condition.AMBIENT_OVER_TEMPERATURE),
    (4, 2): (_A, Condition.AMBIENT_UNDER_TEMPERATURE),
    (4, 3): (_P, Condition.AMBIENT_UNDER_TEMPERATURE),
    (4, 4): (_P, Condition.MOS_OVER_TEMPERATURE),  # here the protection comes first
    (4, 5): (_A, Condition.MOS_OVER_TEMPERATURE),
    (4, 7): (_F, Fault.SYSTEM),  # secondary trip
    (5, 0): (_A, Condition.CHARGE_OVER_CURRENT),
    (5, 1): (_P, Condition.CHARGE_OVER_CURRENT),
    (5, 2): (_A, Condition.DISCHARGE_OVER_CURRENT),
    (5, 3): (_P, Condition.DISCHARGE_OVER_CURRENT),
    (5, 4): (_P, Condition.DISCHARGE_OVER_CURRENT_2),  # transient
    (5, 5): (_P, Condition.SHORT_CIRCUIT),
    (5, 6): (_P, Condition.DISCHARGE_OVER_CURRENT_2),  # locked
    (5, 7): (_P, Condition.SHORT_CIRCUIT),  # locked
    (6, 0): (_P, Condition.PACK_OVER_VOLTAGE),  # of the charger
    (6, 2): (_A, Condition.SOC_LOW),
    (6, 3): (_P, Condition.SOC_LOW),
    (6, 4): (_F, Fault.CELL),  # a cell too low to be charged
    (6, 5): (_F, Fault.CHARGER_REVERSED),
    (6, 6): (_F, Fault.SYSTEM),  # output connection
    (8, 0): (_F, Fault.SYSTEM),  # stored settings
}
"""Event byte and bit -> what it means (V2.0 table 13; 4/7 and 8/0 from the Bluetooth document)."""

NOTICES: Mapping[tuple[int, int], str] = {
    (4, 6): "heating_wanted",
    (6, 1): "intermittent_charge_waiting",
    (7, 4): "automatic_charge_waiting",
    (7, 5): "manual_charge_waiting",
    (8, 1): "clock_failed",
    (8, 2): "voltage_not_calibrated",
    (8, 3): "current_not_calibrated",
    (8, 4): "zero_not_calibrated",
}
"""Bits that tell a state and raise nothing."""

NEAREST: Mapping[Condition | Fault, Condition | Fault] = {
    Fault.SAMPLING: Fault.CELL_SENSOR,
    Fault.TEMPERATURE_IMBALANCE: Fault.TEMPERATURE_SENSOR,
    Fault.INTERNAL_COMMUNICATION: Fault.SYSTEM,
}
"""Faults without a bit are sent as their nearest relative: a fault is never lost."""
NEAREST_ALARM: Mapping[Condition, Condition] = {
    Condition.DISCHARGE_OVER_CURRENT_2: Condition.DISCHARGE_OVER_CURRENT,
    Condition.SHORT_CIRCUIT: Condition.DISCHARGE_OVER_CURRENT,
}
"""Conditions that Seplos knows as protections only."""

_PLACE: dict[tuple[Kind, Condition | Fault], tuple[int, int]] = {}
for _place, _meaning in EVENTS.items():
    _PLACE.setdefault(_meaning, _place)
_PLACE[_F, Fault.SYSTEM] = (8, 0)

_CELLS = ((Condition.CELL_UNDER_VOLTAGE,), (Condition.CELL_OVER_VOLTAGE,))
_WARMTH = (
    (Condition.CHARGE_UNDER_TEMPERATURE, Condition.DISCHARGE_UNDER_TEMPERATURE),
    (Condition.CHARGE_OVER_TEMPERATURE, Condition.DISCHARGE_OVER_TEMPERATURE),
)
_AMBIENT = ((Condition.AMBIENT_UNDER_TEMPERATURE,), (Condition.AMBIENT_OVER_TEMPERATURE,))
_MOS = ((), (Condition.MOS_OVER_TEMPERATURE,))
_CURRENT = (
    Condition.CHARGE_OVER_CURRENT,
    Condition.DISCHARGE_OVER_CURRENT,
    Condition.DISCHARGE_OVER_CURRENT_2,
    Condition.SHORT_CIRCUIT,
)
_PACK = ((Condition.PACK_UNDER_VOLTAGE,), (Condition.PACK_OVER_VOLTAGE,))
_CODES = {Level.LOW: LOW, Level.HIGH: HIGH}
CUSTOM = 20
CELL_SENSORS = 4
"""Ambient and MOSFETs come behind so many sensors of cells (V2.0: six in all); fewer are cells alone."""


def _told(block: AlarmBlock, kind: Kind) -> set[Condition | Fault]:
    return {
        member
        for (byte, bit), (told, member) in EVENTS.items()
        if told is kind and getattr(block, f"event_{byte}") >> bit & 1
    }


def _conditions(members: set[Condition | Fault]) -> frozenset[Condition]:
    return frozenset(member for member in members if isinstance(member, Condition))


def _faults(block: AlarmBlock) -> frozenset[Fault]:
    found = {member for member in _told(block, Kind.FAULT) if isinstance(member, Fault)}
    if block.disconnected_1_8 or block.disconnected_9_16 or any(level > HIGH for level in block.cell_levels):
        found.add(Fault.CELL_SENSOR)
    if any(level > HIGH for level in block.sensor_levels):
        found.add(Fault.TEMPERATURE_SENSOR)
    if block.current_level is Level.OTHER:
        found.add(Fault.CURRENT_SENSOR)
    return frozenset(found)


def _coarse(block: AlarmBlock, precise: frozenset[Condition]) -> set[Condition]:
    cells, ambient, mos = block.sensor_levels[:-2], block.sensor_levels[-2:-1], block.sensor_levels[-1:]
    if len(block.sensor_levels) < CELL_SENSORS + 2:
        cells, ambient, mos = block.sensor_levels, (), ()
    pack = [_CODES.get(block.pack_voltage_level, NORMAL)]
    current = [HIGH] if block.current_level in _CODES else []
    return (
        coarse(block.cell_levels, *_CELLS, precise)
        | coarse(cells, *_WARMTH, precise)
        | coarse(ambient, *_AMBIENT, precise)
        | coarse(mos, *_MOS, precise)
        | coarse(pack, *_PACK, precise)
        | coarse(current, (), _CURRENT, precise)
    )


def _state(block: AlarmBlock, wrong: frozenset[Fault], protections: frozenset[Condition]) -> PackState | None:
    if block.switched_off:
        return PackState.OFF
    if wrong:
        return PackState.FAULT
    if protections:
        return PackState.PROTECT
    if block.discharging:
        return PackState.DISCHARGE
    if block.charging or block.floating:
        return PackState.CHARGE
    return PackState.STANDBY if block.standby else None


def _cells(low: int, high: int, count: int) -> tuple[bool, ...]:
    mask = low | high << 8
    return tuple(bool(mask >> cell & 1) for cell in range(min(count, 16)))


def status_of(block: AlarmBlock, at_s: float) -> Status:
    """What a received block says of the pack."""
    warned, protections = _conditions(_told(block, Kind.ALARM)), _conditions(_told(block, Kind.PROTECTION))
    wrong = _faults(block)
    return Status(
        at_s,
        state=_state(block, wrong, protections),
        switches=Switches(
            charge=block.charge_switch,
            discharge=block.discharge_switch,
            limit=block.limiting,
            heating=block.heating,
        ),
        alarms=warned | _coarse(block, warned | protections),
        protections=protections,
        faults=wrong,
        balancing=_cells(block.balancing_1_8, block.balancing_9_16, len(block.cell_levels)),
    )


def alarm_values(block: AlarmBlock) -> dict[str, Value]:
    """A block under the public keys."""
    status = status_of(block, 0.0)
    loose = _cells(block.disconnected_1_8, block.disconnected_9_16, 16)
    values = public(ALARM_BLOCK, block) | {
        "cell_levels": level_names(block.cell_levels),
        "temperature_levels": level_names(block.sensor_levels),
        "alarms": in_order(status.alarms or ()),
        "protections": in_order(status.protections or ()),
        "faults": in_order(status.faults or ()),
        "notices": [name for (byte, bit), name in NOTICES.items() if getattr(block, f"event_{byte}") >> bit & 1],
        "disconnected_cells": [cell + 1 for cell, off in enumerate(loose) if off],
        "switches": {
            "charge": block.charge_switch,
            "discharge": block.discharge_switch,
            "limit": block.limiting,
            "heating": block.heating,
        },
        "balancing": list(status.balancing or ()),
    }
    return values if status.state is None else values | {"state": status.state.value}


def alarm_block(sample: PackSample, sensors: int) -> AlarmBlock:
    """What a pack in this state answers to 44; `sensors` is the number of temperatures it reports in 42.

    Raises:
        ParameterError: the pack's alarms, protections or faults are not known.
    """
    analog, status = sample.analog or Analog(0.0), sample.status
    if status is None or status.alarms is None or status.protections is None or status.faults is None:
        raise ParameterError(f"Pack {sample.pack} does not know all of its alarms, protections and faults.")
    switches = status.switches or Switches()
    active = status.alarms | status.protections
    events = _events(status.alarms, status.protections, status.faults)
    mask = sum(1 << cell for cell, on in enumerate(status.balancing or ()) if on)
    current = analog.pack_current_a or 0.0
    cells = analog.cell_voltages_mv or ()
    return AlarmBlock(
        data_flag=0,
        group=1,
        cell_levels=levels(
            len(cells),
            {
                HIGH: cells.index(max(cells)) if cells and Condition.CELL_OVER_VOLTAGE in active else None,
                LOW: cells.index(min(cells)) if cells and Condition.CELL_UNDER_VOLTAGE in active else None,
            },
        ),
        sensor_levels=(NORMAL,) * sensors,
        current_level=Level.NORMAL if active.isdisjoint(_CURRENT) else Level.HIGH,
        pack_voltage_level=_pack_level(active),
        custom=CUSTOM,
        event_1=events[1],
        event_2=events[2],
        event_3=events[3],
        event_4=events[4],
        event_5=events[5],
        event_6=events[6],
        heating=bool(switches.heating),
        limiting=bool(switches.limit),
        charge_switch=bool(switches.charge),
        discharge_switch=bool(switches.discharge),
        balancing_1_8=mask & 0xFF,
        balancing_9_16=mask >> 8 & 0xFF,
        switched_off=status.state is PackState.OFF,
        standby=status.state is PackState.STANDBY,
        floating=False,
        charging=status.state is PackState.CHARGE or current > 0.1,
        discharging=status.state is PackState.DISCHARGE or current < -0.1,
        disconnected_1_8=0,
        disconnected_9_16=0,
        event_7=0,
        event_8=events[8],
        reserved_1=0,
        reserved_2=0,
        reserved_3=0,
    )


def _pack_level(active: frozenset[Condition]) -> Level:
    if Condition.PACK_OVER_VOLTAGE in active:
        return Level.HIGH
    return Level.LOW if Condition.PACK_UNDER_VOLTAGE in active else Level.NORMAL


def _events(
    alarms: frozenset[Condition], protections: frozenset[Condition], faults: frozenset[Fault]
) -> dict[int, int]:
    wanted: set[tuple[Kind, Condition | Fault]] = {(Kind.ALARM, NEAREST_ALARM.get(one, one)) for one in alarms}
    wanted |= {(Kind.PROTECTION, one) for one in protections}
    wanted |= {(Kind.FAULT, NEAREST.get(one, one)) for one in faults}
    found = dict.fromkeys(range(1, 9), 0)
    for meaning in wanted:
        byte, bit = _PLACE[meaning]
        found[byte] |= 1 << bit
    return found
