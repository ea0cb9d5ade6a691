"""Reading Seplos v2 frames: requests, and how each reply is laid out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from openress.codec import HexFrame
from openress.errors import FrameError
from openress.protocols.base import Value
from openress.protocols.battery.paceic import ALL_PACKS, Family, HexDecoder, Shape, nothing
from openress.protocols.battery.seplos2 import frames as f
from openress.protocols.battery.seplos2.events import CELL_SENSORS, CUSTOM, alarm_values
from openress.protocols.battery.seplos2.frames import Command
from openress.protocols.battery.seplos2.settings import SETTINGS, read_settings
from openress.protocols.present import public

__all__ = ["SEPLOS", "Seplos2Decoder", "can_protocol", "read_alarms", "read_analog", "split_sensors"]

_CAN = "CANProtocol:"


def split_sensors(sensors: Sequence[float]) -> tuple[tuple[float, ...], float | None, float | None]:
    """Sensors in wire order as cells, ambient and MOSFETs."""
    if len(sensors) < CELL_SENSORS + 2:
        return tuple(sensors), None, None
    return tuple(sensors[:-2]), sensors[-2], sensors[-1]


def read_analog(info: bytes) -> f.PackBlock:
    """Read INFO of a reply to 42.

    Raises:
        FrameError: a form that neither Seplos nor Boqiang packs send.
    """
    block = f.PACK_BLOCK.decode(info)
    if block.items not in (2, 10):
        raise FrameError(f"{block.items} items behind the capacity, known are 10 (Seplos) and 2 (Boqiang)", at=0)
    return block


def read_alarms(info: bytes) -> f.AlarmBlock:
    """Read INFO of a reply to 44.

    Raises:
        FrameError: another number of event bytes than the known 20.
    """
    block = f.ALARM_BLOCK.decode(info)
    if block.custom != CUSTOM:
        raise FrameError(f"{block.custom} event bytes, known are {CUSTOM}", at=0)
    return block


def can_protocol(maker: str | None) -> str | None:
    """The CAN protocol, where a pack tells that instead of its maker."""
    return maker.removeprefix(_CAN) if maker is not None and maker.startswith(_CAN) else None


def _analog(info: bytes) -> Mapping[str, Value]:
    block = read_analog(info)
    cells, ambient, mos = split_sensors(block.sensors_c)
    values = public(f.PACK_BLOCK, block) | {"temperatures_c": list(cells)}
    board = (("env_temperature_c", ambient), ("mos_temperature_c", mos))
    return values | {key: value for key, value in board if value is not None}


def _alarms(info: bytes) -> Mapping[str, Value]:
    return alarm_values(read_alarms(info))


def _settings(info: bytes) -> Mapping[str, Value]:
    return public(SETTINGS, read_settings(info))


def _manufacturer(info: bytes) -> Mapping[str, Value]:
    frame = f.MANUFACTURER.decode(info)
    if not ((frame.model or "") + (frame.manufacturer or "")).isprintable():
        raise FrameError("model and manufacturer hold no text", at=0)
    values = public(f.MANUFACTURER, frame)
    protocol = can_protocol(frame.manufacturer)
    if protocol is not None:
        values["can_protocol"] = protocol
        del values["manufacturer"]
    return values


def _request(frame: HexFrame) -> Mapping[str, Value]:
    if not frame.info:
        return {}
    return {"all_packs": True} if frame.info[0] == ALL_PACKS else {"group": frame.info[0]}


SEPLOS = Family(
    name="Seplos v2",
    versions=frozenset({f.SEPLOS, f.BOQIANG_VERSION}),
    cid1=frozenset({0x46}),
    commands=Command,
    returns=f.RETURNS,
    request=_request,
    shapes=(
        Shape(Command.ANALOG, _analog, telling=True),
        Shape(Command.ALARMS, _alarms, telling=True),
        Shape(Command.SETTINGS, _settings, telling=True),
        Shape(Command.MANUFACTURER, _manufacturer, telling=True),
        Shape(Command.PROTOCOL_VERSION, nothing),
    ),
)


class Seplos2Decoder(HexDecoder):
    """Machine that reads frames of a Seplos v2 line."""

    __slots__ = ()

    def __init__(self) -> None:
        super().__init__(SEPLOS)
