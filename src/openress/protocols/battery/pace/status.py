"""Between a PACE status block and the project's conditions, faults and switches.

The named bits are precise and come first; level bytes only add what no bit says. "Fully charged" and standby are
states: they raise nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from openress.errors import ParameterError
from openress.model import Analog, Condition, Fault, PackSample, PackState, Status, Switches
from openress.protocols.base import Value
from openress.protocols.battery.pace.codes import FAULT_8, Part, Told
from openress.protocols.battery.pace.frames import (
    ALARM_BLOCK,
    SYSTEM,
    AlarmBlock,
    LongAlarmBlock,
    System,
)
from openress.protocols.battery.paceic import HIGH, LOW, NORMAL, Level, coarse, level_names, levels
from openress.protocols.present import in_order, public

__all__ = ["Orders", "alarm_block", "alarm_values", "conditions", "faults", "indicator", "split_sensors", "status_of"]

T = TypeVar("T")

CELL_SENSORS = 4
"""Sensors on the cells; MOSFETs and ambient follow (captured; some brands are said to swap the last two)."""
SOME_CURRENT_A = 0.1

FAULT_OF: Mapping[Part, Fault] = {
    Part.LIMITER: Fault.SYSTEM,
    Part.HEATER: Fault.SYSTEM,
    Part.TOTAL_VOLTAGE: Fault.SAMPLING,
    Part.BREAKER: Fault.SYSTEM,
    Part.PACK_LOCK: Fault.SYSTEM,
    Part.MCU_OVER_VOLTAGE: Fault.SYSTEM,
}
NEAREST: Mapping[Fault, Fault] = {
    Fault.CELL_IMBALANCE: Fault.CELL,
    Fault.CELL_SENSOR: Fault.SAMPLING,
    Fault.CURRENT_SENSOR: Fault.SAMPLING,
    Fault.TEMPERATURE_IMBALANCE: Fault.TEMPERATURE_SENSOR,
    Fault.SYSTEM: Fault.SAMPLING,
}
"""Faults without a bit in the short block are sent as their nearest relative: a fault is never lost."""

_CELLS = {LOW: (Condition.CELL_UNDER_VOLTAGE,), HIGH: (Condition.CELL_OVER_VOLTAGE,)}
_WARMTH = {
    LOW: (Condition.CHARGE_UNDER_TEMPERATURE, Condition.DISCHARGE_UNDER_TEMPERATURE),
    HIGH: (Condition.CHARGE_OVER_TEMPERATURE, Condition.DISCHARGE_OVER_TEMPERATURE),
}
_BOARD = {
    LOW: (Condition.AMBIENT_UNDER_TEMPERATURE,),
    HIGH: (Condition.MOS_OVER_TEMPERATURE, Condition.AMBIENT_OVER_TEMPERATURE),
}
_PACK = {LOW: (Condition.PACK_UNDER_VOLTAGE,), HIGH: (Condition.PACK_OVER_VOLTAGE,)}
_CHARGE = (Condition.CHARGE_OVER_CURRENT,)
_DISCHARGE = (Condition.DISCHARGE_OVER_CURRENT, Condition.DISCHARGE_OVER_CURRENT_2)
_LEVEL_CODES = {Level.LOW: LOW, Level.HIGH: HIGH, Level.NORMAL: NORMAL}


@dataclass(frozen=True, slots=True)
class Orders:
    """What has been ordered by 99, 9A and 9B: the control byte."""

    buzzer: bool = False
    limiter_low_gear: bool = False
    limiter_off: bool = False
    led_alarm_off: bool = False
    charge_off: bool = False
    discharge_off: bool = False


def split_sensors(sensors: Sequence[T]) -> tuple[Sequence[T], T | None, T | None]:
    """Sensors in wire order as cells, MOSFETs and ambient."""
    if len(sensors) <= CELL_SENSORS:
        return sensors, None, None
    if len(sensors) == CELL_SENSORS + 1:
        return sensors[:-1], sensors[-1], None
    return sensors[:-2], sensors[-2], sensors[-1]


def conditions(*told: Told) -> frozenset[Condition]:
    """The conditions that bits name."""
    found = {member for one in told for member in one if isinstance(member, Condition)}
    if any(Part.CHARGER_OVER_VOLTAGE in one for one in told):
        found.add(Condition.PACK_OVER_VOLTAGE)
    return frozenset(found)


def faults(*told: Told | None) -> frozenset[Fault]:
    """The faults that bits name."""
    members = {member for one in told if one is not None for member in one}
    own = {member for member in members if isinstance(member, Fault)}
    return frozenset(own | {FAULT_OF[member] for member in members if isinstance(member, Part) and member in FAULT_OF})


def _coarse(block: AlarmBlock, precise: frozenset[Condition]) -> set[Condition]:
    cells, mos, ambient = split_sensors(block.sensor_levels)
    board = [level for level in (mos, ambient) if level is not None]
    current = [_LEVEL_CODES.get(level, NORMAL) for level in (block.charge_current_level, block.discharge_current_level)]
    return (
        coarse(block.cell_levels, _CELLS[LOW], _CELLS[HIGH], precise)
        | coarse(cells, _WARMTH[LOW], _WARMTH[HIGH], precise)
        | coarse(board, _BOARD[LOW], _BOARD[HIGH], precise)
        | coarse([_LEVEL_CODES.get(block.pack_voltage_level, NORMAL)], _PACK[LOW], _PACK[HIGH], precise)
        | coarse(current[:1], (), _CHARGE, precise)
        | coarse(current[1:], (), _DISCHARGE, precise)
    )


def _sensor_faults(block: AlarmBlock) -> set[Fault]:
    """Bytes outside 00 to 02 tell of something wrong that is no limit."""
    found = set()
    if any(level > HIGH for level in block.cell_levels):
        found.add(Fault.CELL)
    if any(level > HIGH for level in block.sensor_levels):
        found.add(Fault.TEMPERATURE_SENSOR)
    if Level.OTHER in (block.charge_current_level, block.discharge_current_level):
        found.add(Fault.CURRENT_SENSOR)
    if block.pack_voltage_level is Level.OTHER:
        found.add(Fault.SAMPLING)
    return found


def _state(block: AlarmBlock, wrong: frozenset[Fault], protections: frozenset[Condition]) -> PackState:
    if block.shut_down:
        return PackState.OFF
    if wrong:
        return PackState.FAULT
    if protections:
        return PackState.PROTECT
    if block.supplying:
        return PackState.DISCHARGE
    # The charger may be there while the charge switch is open (captured).
    return PackState.CHARGE if block.charger_present and block.charge_switch else PackState.STANDBY


def status_of(block: AlarmBlock, at_s: float) -> Status:
    """What a received block says of the pack."""
    warned = conditions(block.warn_1, block.warn_2)
    protections = conditions(block.protect_1, block.protect_2)
    tail = block.fault_8 if isinstance(block, LongAlarmBlock) else None
    wrong = faults(block.fault_5, tail) | _sensor_faults(block)
    if block.reversed_poles:
        wrong |= {Fault.CHARGER_REVERSED}
    return Status(
        at_s,
        state=_state(block, wrong, protections),
        switches=Switches(
            charge=block.charge_switch,
            discharge=block.discharge_switch,
            limit=block.current_limiting,
            heating=block.heater,
        ),
        alarms=warned | _coarse(block, warned | protections),
        protections=protections,
        faults=wrong,
        balancing=_balancing(block),
    )


def _balancing(block: AlarmBlock) -> tuple[bool, ...]:
    cells = block.balancing_1_8 | block.balancing_9_16 << 8
    if isinstance(block, LongAlarmBlock):
        cells |= (block.active_balancing_1_8 or 0) | (block.active_balancing_9_16 or 0) << 8
    return tuple(bool(cells >> cell & 1) for cell in range(min(len(block.cell_levels), 16)))


def alarm_values(block: AlarmBlock) -> dict[str, Value]:
    """A block under the public keys."""
    status = status_of(block, 0.0)
    told = block.protect_1 | block.protect_2
    long = block if isinstance(block, LongAlarmBlock) else None
    extra: dict[str, Value] = {}
    if long is not None and long.fault_8 is not None:
        told |= long.fault_8
        extra = {"breaker_open": Part.BREAKER_OPEN in long.fault_8}
    return public(ALARM_BLOCK, block) | {
        "cell_levels": level_names(block.cell_levels),
        "temperature_levels": level_names(block.sensor_levels),
        "alarms": in_order(status.alarms or ()),
        "protections": in_order(status.protections or ()),
        "faults": in_order(status.faults or ()),
        "fully_charged": Part.FULLY_CHARGED in told,
        "state": status.state.value if status.state else None,
        "switches": {
            "charge": block.charge_switch,
            "discharge": block.discharge_switch,
            "limit": block.current_limiting,
            "heating": block.heater,
        },
        "balancing": list(status.balancing or ()),
        **extra,
    }


def indicator(sample: PackSample) -> System:
    """The indicator byte of a pack in this state."""
    status = sample.status or Status(0.0)
    switches = status.switches or Switches()
    current = (sample.analog or Analog(0.0)).pack_current_a or 0.0
    return System(
        heater=bool(switches.heating),
        shut_down=status.state is PackState.OFF,
        charger_present=status.state is PackState.CHARGE or current > SOME_CURRENT_A,
        reversed_poles=Fault.CHARGER_REVERSED in (status.faults or ()),
        supplying=status.state is PackState.DISCHARGE or current < -SOME_CURRENT_A,
        discharge_switch=bool(switches.discharge),
        charge_switch=bool(switches.charge),
        current_limiting=bool(switches.limit),
    )


def alarm_block(sample: PackSample, sensors: Sequence[float | None], orders: Orders, *, newer: bool) -> AlarmBlock:
    """What a pack in this state answers to 44; `sensors` as it reports them in 42.

    Raises:
        ParameterError: the pack's alarms or protections are not known.
    """
    analog, status = sample.analog or Analog(0.0), sample.status
    if status is None or status.alarms is None or status.protections is None or status.faults is None:
        raise ParameterError(f"Pack {sample.pack} does not know all of its alarms, protections and faults.")
    wrong = status.faults
    active = status.alarms | status.protections
    mask = sum(1 << cell for cell, on in enumerate(status.balancing or ()) if on)
    system = indicator(sample)
    full = analog.soc_pct is not None and analog.soc_pct >= 100.0
    block = AlarmBlock(
        cell_levels=_cell_levels(analog, active),
        sensor_levels=_sensor_levels(sensors, active),
        charge_current_level=_level(active, (), _CHARGE),
        pack_voltage_level=_level(active, _PACK[LOW], _PACK[HIGH]),
        discharge_current_level=_level(active, (), _DISCHARGE),
        protect_1=status.protections,
        protect_2=status.protections | ({Part.FULLY_CHARGED} if full else set()),
        **{name: getattr(system, name) for name in SYSTEM.rows},
        led_alarm_off=orders.led_alarm_off,
        limiter_off=orders.limiter_off,
        limiter_low_gear=orders.limiter_low_gear,
        discharge_ordered_off=orders.discharge_off,
        charge_ordered_off=orders.charge_off,
        buzzer=orders.buzzer,
        fault_5=frozenset(_sent(fault, newer=newer) for fault in wrong),
        balancing_1_8=mask & 0xFF,
        balancing_9_16=mask >> 8 & 0xFF,
        warn_1=status.alarms,
        warn_2=status.alarms,
    )
    return _with_tail(block, wrong) if newer else block


def _with_tail(block: AlarmBlock, wrong: frozenset[Fault]) -> LongAlarmBlock:
    values = {name: getattr(block, name) for name in ALARM_BLOCK.rows}
    tail: Told = frozenset(fault for fault in wrong if fault in _TAIL_FAULTS)
    return LongAlarmBlock(
        **values, fault_8=tail, indicator_9=0, active_balancing_1_8=0, active_balancing_9_16=0, fault_10=0
    )


def _sent(fault: Fault, *, newer: bool) -> Fault:
    return fault if newer and fault in _TAIL_FAULTS else NEAREST.get(fault, fault)


_TAIL_FAULTS = frozenset(member for member in FAULT_8.values() if isinstance(member, Fault))


def _level(active: frozenset[Condition], low: tuple[Condition, ...], high: tuple[Condition, ...]) -> Level:
    if not active.isdisjoint(high):
        return Level.HIGH
    return Level.LOW if not active.isdisjoint(low) else Level.NORMAL


def _cell_levels(analog: Analog, active: frozenset[Condition]) -> tuple[int, ...]:
    cells = analog.cell_voltages_mv or ()
    return levels(
        len(cells),
        {
            HIGH: cells.index(max(cells)) if cells and not active.isdisjoint(_CELLS[HIGH]) else None,
            LOW: cells.index(min(cells)) if cells and not active.isdisjoint(_CELLS[LOW]) else None,
        },
    )


def _sensor_levels(sensors: Sequence[float | None], active: frozenset[Condition]) -> tuple[int, ...]:
    cells, mos, ambient = split_sensors(sensors)
    warmth = [value for value in cells if value is not None]
    found = [NORMAL] * len(sensors)
    if warmth and not active.isdisjoint(_WARMTH[HIGH]):
        found[list(cells).index(max(warmth))] = HIGH
    if warmth and not active.isdisjoint(_WARMTH[LOW]):
        found[list(cells).index(min(warmth))] = LOW
    if mos is not None and Condition.MOS_OVER_TEMPERATURE in active:
        found[len(cells)] = HIGH
    if ambient is not None:
        found[-1] = _board_level(active)
    return tuple(found)


def _board_level(active: Iterable[Condition]) -> int:
    if Condition.AMBIENT_OVER_TEMPERATURE in active:
        return HIGH
    return LOW if Condition.AMBIENT_UNDER_TEMPERATURE in active else NORMAL
