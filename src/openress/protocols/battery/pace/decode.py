"""Reading PACE frames: what a request asks or orders, and how each reply is laid out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from openress.codec import HexFrame, Layout
from openress.errors import FrameError
from openress.model.history import Calendar, HistoryRecord
from openress.protocols.base import Value
from openress.protocols.battery.pace import frames as f
from openress.protocols.battery.pace.codes import RETURNS, VERSION, Command, Switching
from openress.protocols.battery.pace.settings import GROUPS, group_of
from openress.protocols.battery.pace.status import alarm_values, conditions, faults, split_sensors
from openress.protocols.battery.paceic import ALL_PACKS, Family, HexDecoder, Shape, nothing, plain
from openress.protocols.present import in_order, public

__all__ = ["PACE", "PaceDecoder", "behind_flag", "record_of", "rest_of_analog"]

SWITCHINGS = {member.value: member for member in Switching}


def behind_flag(info: bytes) -> tuple[bytes, int]:
    """What follows INFOFLAG and the byte behind it: the pack's number, or the number of packs that follow."""
    if len(info) < 2:
        raise FrameError(f"the reply has {len(info)} bytes of INFO, at least 2 are needed", at=len(info))
    return info[2:], info[1]


def rest_of_analog(data: bytes, at: int) -> f.PackTotals | None:
    """The eight bytes that some packs append to 42."""
    return None if at == len(data) else f.PACK_TOTALS.decode(data[at:])


def _pack_values(block: f.PackBlock) -> dict[str, Value]:
    cells, mos, ambient = split_sensors(block.sensors_c)
    values = public(f.PACK_BLOCK, block) | {"temperatures_c": [value for value in cells if value is not None]}
    values |= {
        key: value for key, value in (("mos_temperature_c", mos), ("env_temperature_c", ambient)) if value is not None
    }
    if block.soc_pct is None and block.full_ah:
        # Without a field of its own SOC follows from the pack's counter.
        values["soc_pct"] = 100.0 * block.remaining_ah / block.full_ah
    return values


def _totals(data: bytes, at: int) -> dict[str, Value]:
    totals = rest_of_analog(data, at)
    return {} if totals is None else public(f.PACK_TOTALS, totals)


def _analog(info: bytes) -> Mapping[str, Value]:
    data, pack = behind_flag(info)
    block, end = f.PACK_BLOCK.read(data)
    return {"pack": pack, **_pack_values(block), **_totals(data, end)}


def _rack_analog(info: bytes) -> Mapping[str, Value]:
    behind_flag(info)
    rack, end = f.RACK_ANALOG.read(info[1:])
    return {"packs": [_pack_values(block) for block in rack.packs], **_totals(info[1:], end)}


def _alarms(info: bytes) -> Mapping[str, Value]:
    data, pack = behind_flag(info)
    block = f.LONG_ALARM_BLOCK.decode(data)
    return {"pack": pack, **alarm_values(block)}


def _rack_alarms(info: bytes) -> Mapping[str, Value]:
    behind_flag(info)
    return {"packs": [alarm_values(block) for block in f.RACK_ALARMS.decode(info[1:]).packs]}


def internal_version(info: bytes) -> Mapping[str, Value]:
    """C6: up to 30 characters of software, the last 10 are hardware."""
    if not 10 < len(info) <= 40:
        raise FrameError(f"the reply has {len(info)} bytes of INFO, 11 to 40 are due", at=len(info))
    texts = {"internal_version": info[:-10], "hardware_version": info[-10:]}
    return {key: text for key, raw in texts.items() if (text := raw.decode("latin-1").strip("\0 -"))}


def _clock(info: bytes) -> Mapping[str, Value]:
    clock = f.CLOCK.decode(info)
    return {"clock": str(Calendar(*(getattr(clock, name) for name in f.CLOCK.rows)))}


def record_of(frame: f.HistoryFrame) -> HistoryRecord:
    """A record in the project's words."""
    cells, mos, ambient = split_sensors(frame.sensors_c)
    protections = conditions(frame.protect_1, frame.protect_2)
    tail = None if frame.fault_8 is None else f.FAULT_8.decode(bytes([frame.fault_8])).told
    return HistoryRecord(
        at=Calendar(frame.year, frame.month, frame.day, frame.hour, frame.minute, frame.second),
        conditions=conditions(frame.warn_1, frame.warn_2) | protections,
        protections=protections,
        faults=faults(frame.fault_5, tail),
        pack_voltage_v=frame.pack_voltage_v,
        pack_current_a=frame.pack_current_a,
        remaining_ah=frame.remaining_ah,
        full_ah=frame.full_ah,
        cell_voltage_max_mv=max(frame.cell_voltages_mv, default=None),
        cell_voltage_min_mv=min(frame.cell_voltages_mv, default=None),
        cell_voltages_mv=frame.cell_voltages_mv,
        temperatures_c=tuple(value for value in cells if value is not None),
        mos_temperature_c=mos,
        env_temperature_c=ambient,
    )


def _history(info: bytes) -> Mapping[str, Value]:
    frame = f.HISTORY.decode(info)
    record = record_of(frame)
    values = public(f.HISTORY, frame) | {
        "at": str(record.at),
        "temperatures_c": list(record.temperatures_c or ()),
        "conditions": in_order(record.conditions or ()),
        "protections": in_order(record.protections or ()),
        "faults": in_order(record.faults or ()),
        "cell_voltage_max_mv": record.cell_voltage_max_mv,
        "cell_voltage_min_mv": record.cell_voltage_min_mv,
        "mos_temperature_c": record.mos_temperature_c,
        "env_temperature_c": record.env_temperature_c,
    }
    return {key: value for key, value in values.items() if value is not None}


def _switched(info: bytes) -> Mapping[str, Value]:
    frame = f.SWITCHED.decode(info)
    return {"switching": _switching_name(frame.switching), **public(f.SWITCHED, frame)}


def _switching_name(code: int) -> str:
    known = SWITCHINGS.get(code)
    return f"{code:02X}" if known is None else known.name.lower()


def _choice_values(info: bytes) -> Mapping[str, Value]:
    choice = f.CHOICE.decode(info)
    automatic: dict[str, Value] = {} if choice.automatic is None else {"automatic": choice.automatic}
    return public(f.CHOICE, choice) | automatic


def _layout_of_order(command: int) -> Layout[Any] | None:
    group = group_of(command)
    return group.order if group is not None and group.write == command else None


def _request(frame: HexFrame) -> Mapping[str, Value]:
    info, order = frame.info, _layout_of_order(frame.code)
    if order is not None:
        return public(order, order.decode(info))
    match frame.code:
        case Command.HISTORY:
            return public(f.RECORD_INDEX, f.RECORD_INDEX.decode(info))
        case Command.WRITE_CLOCK:
            return _clock(info)
        case Command.WRITE_CHOICE:
            return _choice_values(info)
        case Command.SWITCH if len(info) == 1:
            return {"switching": _switching_name(info[0])}
        case Command.CHARGE_SWITCH | Command.DISCHARGE_SWITCH if len(info) == 1:
            return {"on": info[0] == 0}
        case Command.ANALOG | Command.ALARMS if info:
            return {"all_packs": True} if info[0] == ALL_PACKS else {"pack": info[0]}
        case _:
            return {"info": info.hex().upper()} if info else {}


SHAPES = (
    Shape(Command.ANALOG, _analog, telling=True),
    Shape(Command.ANALOG, _rack_analog, all_packs=True),
    Shape(Command.ALARMS, _alarms, telling=True),
    Shape(Command.ALARMS, _rack_alarms, all_packs=True),
    Shape(Command.HISTORY, _history, telling=True),
    Shape(Command.HISTORY, nothing, kind="no_record"),
    Shape(Command.PROTOCOL_VERSION, nothing),
    Shape(Command.PACK_COUNT, plain(f.PACK_COUNT)),
    Shape(Command.SWITCH, _switched),
    Shape(Command.CHARGE_SWITCH, plain(f.SYSTEM)),
    Shape(Command.DISCHARGE_SWITCH, plain(f.SYSTEM)),
    Shape(Command.SHUTDOWN, nothing),
    Shape(Command.CAPACITY, plain(f.CAPACITY)),
    Shape(Command.READ_CLOCK, _clock),
    Shape(Command.WRITE_CLOCK, nothing),
    Shape(Command.VERSION_TEXT, plain(f.VERSION_TEXT)),
    Shape(Command.SERIAL_NUMBERS, plain(f.SERIAL_NUMBERS)),
    Shape(Command.INTERNAL_VERSION, internal_version),
    Shape(Command.READ_CHOICE, _choice_values),
    Shape(Command.WRITE_CHOICE, nothing),
    *(Shape(group.read, plain(group.reply)) for group in GROUPS),
    *(Shape(group.write, nothing) for group in GROUPS),
)
"""How replies are laid out; those that tell themselves are read even when the request is not known."""

PACE = Family(
    name="PACE",
    versions=frozenset({VERSION}),
    cid1=frozenset({0x46, 0x4F}),
    commands=Command,
    returns=RETURNS,
    request=_request,
    shapes=SHAPES,
)
"""0x46 is LiFePO4; 0x4F was seen on a pack of another chemistry."""


class PaceDecoder(HexDecoder):
    """Machine that reads frames of a PACE line."""

    __slots__ = ()

    def __init__(self) -> None:
        super().__init__(PACE)
