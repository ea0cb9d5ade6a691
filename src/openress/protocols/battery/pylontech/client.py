"""Asking a Pylontech stack: which questions, and what their answers say of a pack."""

from __future__ import annotations

from dataclasses import replace

from openress.codec import HexFrame, HexFrameSplitter
from openress.errors import FrameError
from openress.model import Analog, Identity, Limits, PackSample
from openress.protocols.base import Query
from openress.protocols.battery.pylontech import frames as f
from openress.protocols.battery.pylontech.alarms import status_of
from openress.protocols.battery.pylontech.decode import is_reply, open_frame, pack_reply
from openress.protocols.battery.pylontech.frames import Command, ReturnCode
from openress.protocols.battery.pylontech.server import MAX_PACKS, VERSION, address_of

__all__ = ["PylontechClient"]

CID1 = 0x46
_BOARD_AND_CELLS = 5
"""Sensors of a 15- or 16-cell pack: the BMS board, then four cell groups (V3.3)."""

_NAMES = {
    Command.ANALOG: "analog values",
    Command.ALARMS: "alarms",
    Command.LIMITS: "limits",
    Command.SERIAL_NUMBER: "serial number",
    Command.MANUFACTURER: "manufacturer",
    Command.FIRMWARE: "firmware",
}


class PylontechClient:
    """The asking side; packs are counted from 1 = master, which has address 2."""

    __slots__ = ("_group",)

    max_packs = MAX_PACKS

    def __init__(self, group: int = 0) -> None:
        self._group = group

    def splitter(self) -> HexFrameSplitter:
        """A fresh splitter for the bytes that come back."""
        return HexFrameSplitter()

    def address(self, pack: int) -> int:
        """ADR of a pack."""
        return address_of(pack, self._group)

    def first(self, pack: int) -> Query:
        """42: every Pylontech pack answers it."""
        return self._query(Command.ANALOG, pack)

    def cycle(self, pack: int) -> tuple[Query, ...]:
        """42, 92 and 44."""
        return tuple(self._query(command, pack) for command in (Command.ANALOG, Command.LIMITS, Command.ALARMS))

    def rarely(self, pack: int) -> tuple[Query, ...]:
        """93, 96 and 51."""
        commands = (Command.SERIAL_NUMBER, Command.FIRMWARE, Command.MANUFACTURER)
        return tuple(self._query(command, pack) for command in commands)

    def _query(self, command: Command, pack: int) -> Query:
        adr = self.address(pack)
        info = b"" if command is Command.MANUFACTURER else bytes([adr])
        return Query(_NAMES[command], pack, HexFrame(VERSION, adr, CID1, command, info).encode())

    def merge(self, sample: PackSample, query: Query, reply: bytes, now_s: float) -> PackSample:
        """Add what `reply` says to `sample`.

        Raises:
            FrameError: damaged, a refusal, or not the answer to `query`.
        """
        asked, frame = HexFrame.decode(query.frame), open_frame(reply)
        if not is_reply(frame):
            raise FrameError("a request, not a reply: another master is on the line, or the adapter echoes", at=7)
        if frame.address != asked.address:
            raise FrameError(f"the reply of address {frame.address:02X}, asked was {asked.address:02X}", at=3)
        if frame.code != ReturnCode.NORMAL:
            raise FrameError(f"the pack refuses with return code {frame.code:02X}", at=7)
        return _merged(sample, Command(asked.code), frame.info, asked.address, now_s)


def _merged(sample: PackSample, command: Command, info: bytes, adr: int, now_s: float) -> PackSample:
    match command:
        case Command.ANALOG:
            _own(pack_reply(info)[1], adr)
            return replace(sample, analog=_analog(f.PACK_BLOCK.decode(info[2:]), now_s))
        case Command.ALARMS:
            _own(pack_reply(info)[1], adr)
            return replace(sample, status=status_of(f.ALARM_BLOCK.decode(info[2:]), now_s))
        case Command.LIMITS:
            frame = f.LIMITS.decode(info)
            _own(frame.pack, adr)
            return replace(sample, limits=_limits(frame, now_s))
        case Command.SERIAL_NUMBER:
            number = f.SERIAL_NUMBER.decode(info)
            _own(number.pack, adr)
            return replace(sample, identity=replace(_known(sample, now_s), serial=number.serial))
        case Command.FIRMWARE:
            firmware = f.FIRMWARE.decode(info)
            _own(firmware.pack, adr)
            return replace(sample, identity=replace(_known(sample, now_s), software_version=firmware.software_version))
        case Command.MANUFACTURER:
            maker = f.MANUFACTURER.decode(info)
            return replace(
                sample,
                identity=replace(_known(sample, now_s), manufacturer=maker.manufacturer, model=maker.model),
            )
        case _:
            raise FrameError(f"command {command.value:02X} is not asked by this client", at=7)


def _own(pack: int, adr: int) -> None:
    """The byte behind INFOFLAG is the pack's own number; another one is another pack's answer."""
    if pack != adr:
        raise FrameError(f"the values of pack {pack:02X}, asked was {adr:02X}", at=15)


def _known(sample: PackSample, now_s: float) -> Identity:
    return Identity(now_s) if sample.identity is None else replace(sample.identity, at_s=now_s)


def _analog(block: f.PackBlock, now_s: float) -> Analog:
    sensors = block.temperatures_c
    board, cells, mos = None, sensors, None
    if len(sensors) >= _BOARD_AND_CELLS:
        board, cells = sensors[0], sensors[1:_BOARD_AND_CELLS]
        mos = sensors[_BOARD_AND_CELLS] if len(sensors) == _BOARD_AND_CELLS + 1 else None
    full, remaining = block.full_ah, block.remaining_ah
    return Analog(
        now_s,
        pack_voltage_v=block.pack_voltage_v,
        pack_current_a=block.pack_current_a,
        cell_voltages_mv=block.cell_voltages_mv,
        temperatures_c=cells or None,
        env_temperature_c=board,
        mos_temperature_c=mos,
        # 42 has no SOC field; the pack's own counter gives it.
        soc_pct=100.0 * remaining / full if full and remaining is not None else None,
        remaining_ah=remaining,
        full_ah=full,
        cycles=block.cycles,
    )


def _limits(frame: f.LimitsFrame, now_s: float) -> Limits:
    return Limits(
        now_s,
        charge_voltage_limit_v=frame.charge_voltage_limit_v,
        charge_current_limit_a=frame.charge_current_limit_a,
        discharge_current_limit_a=frame.discharge_current_limit_a,
        discharge_voltage_limit_v=frame.discharge_voltage_limit_v,
        charge_enabled=frame.charge_enabled,
        discharge_enabled=frame.discharge_enabled,
        charge_immediately=frame.charge_immediately_1 or frame.charge_immediately_2,
        full_charge_request=frame.full_charge_request,
    )
