"""Between the byte alarms of a Pylontech pack and the project's conditions.

The wire knows a temperature or a voltage that is too high or too low; it does not know which of our conditions
that is. Read, such a byte raises every condition it may mean, which is the cautious reading.
"""

from __future__ import annotations

from openress.errors import ParameterError
from openress.model import Analog, Condition, Fault, PackSample, Status, Switches
from openress.protocols.base import Value
from openress.protocols.battery.pylontech.frames import ALARM_BLOCK, AlarmBlock, Level
from openress.protocols.present import in_order, public

__all__ = ["alarm_block", "alarm_values", "status_of"]

_NORMAL, _LOW, _HIGH = 0x00, 0x01, 0x02
_LEVEL_NAMES = {0x00: Level.NORMAL, 0x01: Level.LOW, 0x02: Level.HIGH}

_CELLS = {_LOW: (Condition.CELL_UNDER_VOLTAGE,), _HIGH: (Condition.CELL_OVER_VOLTAGE,)}
_BOARD = {
    _LOW: (Condition.AMBIENT_UNDER_TEMPERATURE,),
    _HIGH: (Condition.AMBIENT_OVER_TEMPERATURE, Condition.MOS_OVER_TEMPERATURE),
}
_CELL_TEMPERATURES = {
    _LOW: (Condition.CHARGE_UNDER_TEMPERATURE, Condition.DISCHARGE_UNDER_TEMPERATURE),
    _HIGH: (Condition.CHARGE_OVER_TEMPERATURE, Condition.DISCHARGE_OVER_TEMPERATURE),
}
_PACK = {Level.LOW: (Condition.PACK_UNDER_VOLTAGE,), Level.HIGH: (Condition.PACK_OVER_VOLTAGE,)}
_CHARGE = {Level.HIGH: (Condition.CHARGE_OVER_CURRENT,)}
_DISCHARGE = {Level.HIGH: (Condition.DISCHARGE_OVER_CURRENT, Condition.DISCHARGE_OVER_CURRENT_2)}


def _alarms(block: AlarmBlock) -> frozenset[Condition]:
    found: set[Condition] = set()
    for level in block.cell_levels:
        found.update(_CELLS.get(level, ()))
    for index, level in enumerate(block.temperature_levels):
        found.update((_BOARD if index == 0 else _CELL_TEMPERATURES).get(level, ()))
    found.update(_PACK.get(block.pack_voltage_level, ()))
    found.update(_CHARGE.get(block.charge_current_level, ()))
    found.update(_DISCHARGE.get(block.discharge_current_level, ()))
    return frozenset(found)


def status_of(block: AlarmBlock, at_s: float) -> Status:
    """What a received alarm block says of the pack."""
    faulty = block.faulty_cells_1_8 or block.faulty_cells_9_16
    return Status(
        at_s,
        switches=Switches(
            charge=block.charge_switch,
            discharge=block.discharge_switch,
            precharge=True if block.precharge_switch else None,
            heating=True if block.heater else None,
        ),
        alarms=_alarms(block),
        protections=block.protections,
        faults=frozenset({Fault.CELL}) if faulty else frozenset(),
    )


def alarm_values(block: AlarmBlock) -> dict[str, Value]:
    """An alarm block under the public keys."""
    status = status_of(block, 0.0)
    switches: dict[str, Value] = {"charge": block.charge_switch, "discharge": block.discharge_switch}
    switches.update({name: True for name in ("precharge", "heating") if getattr(status.switches, name)})
    faulty = block.faulty_cells_1_8 | block.faulty_cells_9_16 << 8
    return public(ALARM_BLOCK, block) | {
        "cell_levels": [_LEVEL_NAMES.get(level, Level.OTHER).value for level in block.cell_levels],
        "temperature_levels": [_LEVEL_NAMES.get(level, Level.OTHER).value for level in block.temperature_levels],
        "alarms": in_order(status.alarms or ()),
        "faults": in_order(status.faults or ()),
        "faulty_cells": [cell + 1 for cell in range(16) if faulty >> cell & 1],
        "switches": switches,
    }


def alarm_block(sample: PackSample, sensors: int) -> AlarmBlock:
    """What a pack in this state answers to 44; `sensors` is the number of temperatures it reports in 42.

    Raises:
        ParameterError: the pack does not know its alarms or protections: silence about them would say all is well.
    """
    analog, status = sample.analog or Analog(0.0), sample.status
    if status is None or status.alarms is None or status.protections is None:
        raise ParameterError("The pack does not know its alarms and protections.")
    switches = status.switches or Switches()
    protections = status.protections
    active = status.alarms | protections
    current = analog.pack_current_a or 0.0
    return AlarmBlock(
        cell_levels=_cell_levels(analog, active),
        temperature_levels=_temperature_levels(analog, active, sensors),
        charge_current_level=Level.HIGH if Condition.CHARGE_OVER_CURRENT in active else Level.NORMAL,
        pack_voltage_level=_pack_level(active),
        discharge_current_level=Level.HIGH if not active.isdisjoint(_DISCHARGE[Level.HIGH]) else Level.NORMAL,
        protections=protections,
        using_battery_power=True,
        discharge_switch=bool(switches.discharge),
        charge_switch=bool(switches.charge),
        precharge_switch=bool(switches.precharge),
        charging=current > 0.1,
        discharging=current < -0.1,
        heater=bool(switches.heating),
        fully_charged=analog.soc_pct is not None and analog.soc_pct >= 100.0,
        buzzer=False,
        faulty_cells_1_8=_faulty(analog, 0),
        faulty_cells_9_16=_faulty(analog, 8),
    )


def _pack_level(active: frozenset[Condition]) -> Level:
    if Condition.PACK_OVER_VOLTAGE in active:
        return Level.HIGH
    return Level.LOW if Condition.PACK_UNDER_VOLTAGE in active else Level.NORMAL


def _cell_levels(analog: Analog, active: frozenset[Condition]) -> tuple[int, ...]:
    cells = analog.cell_voltages_mv or ()
    levels = [_NORMAL] * len(cells)
    if cells and Condition.CELL_OVER_VOLTAGE in active:
        levels[cells.index(max(cells))] = _HIGH
    if cells and Condition.CELL_UNDER_VOLTAGE in active:
        levels[cells.index(min(cells))] = _LOW
    return tuple(levels)


def _temperature_levels(analog: Analog, active: frozenset[Condition], sensors: int) -> tuple[int, ...]:
    cells = analog.temperatures_c or ()
    board = sensors - len(cells)
    levels = [_NORMAL] * sensors
    if cells and not active.isdisjoint(_CELL_TEMPERATURES[_HIGH]):
        levels[board + cells.index(max(cells))] = _HIGH
    if cells and not active.isdisjoint(_CELL_TEMPERATURES[_LOW]):
        levels[board + cells.index(min(cells))] = _LOW
    if board and not active.isdisjoint(_BOARD[_HIGH]):
        levels[0] = _HIGH
    elif board and not active.isdisjoint(_BOARD[_LOW]):
        levels[0] = _LOW
    return tuple(levels)


def _faulty(analog: Analog, first: int) -> int:
    """Status 4 and 5: one bit for each cell above 4.2 V or below 1 V."""
    cells = (analog.cell_voltages_mv or ())[first : first + 8]
    return sum(1 << index for index, cell_mv in enumerate(cells) if cell_mv > 4200 or cell_mv < 1000)
