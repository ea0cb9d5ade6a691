"""Asking PACE packs: which questions, and what their answers say of a pack.

On RS485 every pack answers for itself: ADR is its DIP number, and so is the pack byte. On RS232 the pack at the cable
answers for all: ADR is 00 and the pack byte chooses.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from openress.codec import HexFrame, HexFrameSplitter
from openress.errors import FrameError, ParameterError
from openress.model import Analog, Identity, PackSample
from openress.protocols.base import Query
from openress.protocols.battery.pace import frames as f
from openress.protocols.battery.pace.codes import VERSION, Command
from openress.protocols.battery.pace.decode import PACE, behind_flag, rest_of_analog
from openress.protocols.battery.pace.status import split_sensors, status_of

__all__ = ["CID1", "MAX_PACKS", "PaceClient", "address_of", "pace_query"]

CID1 = 0x46
MAX_PACKS = 15
"""DIP 1 = master to 15; 0 is a pack that stands alone."""

_NAMES = {
    Command.ANALOG: "analog values",
    Command.ALARMS: "alarms",
    Command.VERSION_TEXT: "version",
    Command.SERIAL_NUMBERS: "serial number",
}


def address_of(pack: int, *, rs232: bool) -> int:
    """ADR of a pack.

    Raises:
        ParameterError: PACE has no such pack.
    """
    if not 0 <= pack <= MAX_PACKS:
        raise ParameterError(f"PACE packs have the numbers 0 to {MAX_PACKS}; there is no pack {pack}.")
    return 0 if rs232 else pack


def pace_query(name: str, pack: int, command: Command, info: bytes = b"", *, rs232: bool) -> Query:
    """A question or an order to one pack."""
    frame = HexFrame(VERSION, address_of(pack, rs232=rs232), CID1, command, info)
    return Query(name, pack, frame.encode())


class PaceClient:
    """The asking side; the number of a pack is its DIP setting, 1 = master, 0 = alone.

    Args:
        rs232: speak to the pack at the RS232 cable and through it to the others.
    """

    __slots__ = ("_rs232",)

    max_packs = MAX_PACKS

    def __init__(self, *, rs232: bool = False) -> None:
        self._rs232 = rs232

    def splitter(self) -> HexFrameSplitter:
        """A fresh splitter for the bytes that come back."""
        return HexFrameSplitter()

    def address(self, pack: int) -> int:
        """ADR of a pack."""
        return address_of(pack, rs232=self._rs232)

    def first(self, pack: int) -> Query:
        """42: every PACE pack answers it."""
        return self._query(Command.ANALOG, pack)

    def cycle(self, pack: int) -> tuple[Query, ...]:
        """42 and 44; the dialect tells no limits."""
        return self._query(Command.ANALOG, pack), self._query(Command.ALARMS, pack)

    def rarely(self, pack: int) -> tuple[Query, ...]:
        """C1 and C2; on RS232 they only tell of the pack at the cable."""
        if self._rs232 and pack > 1:
            return ()
        return self._query(Command.VERSION_TEXT, pack), self._query(Command.SERIAL_NUMBERS, pack)

    def _query(self, command: Command, pack: int) -> Query:
        address_of(pack, rs232=self._rs232)
        info = bytes([pack]) if command in (Command.ANALOG, Command.ALARMS) else b""
        return pace_query(_NAMES[command], pack, command, info, rs232=self._rs232)

    def merge(self, sample: PackSample, query: Query, reply: bytes, now_s: float) -> PackSample:
        """Add what `reply` says to `sample`.

        Raises:
            FrameError: damaged, a refusal, or not the answer to `query`.
        """
        command, info = PACE.answer(query, reply)
        match command:
            case Command.ANALOG:
                data = _own(info, query.pack)
                block, end = f.PACK_BLOCK.read(data)
                rest_of_analog(data, end)
                return replace(sample, analog=_analog(block, now_s))
            case Command.ALARMS:
                return replace(sample, status=status_of(f.LONG_ALARM_BLOCK.decode(_own(info, query.pack)), now_s))
            case Command.VERSION_TEXT:
                version = f.VERSION_TEXT.decode(info)
                return replace(
                    sample, identity=replace(_known(sample, now_s), software_version=version.software_version)
                )
            case Command.SERIAL_NUMBERS:
                numbers = f.SERIAL_NUMBERS.decode(info)
                serial = numbers.pack_serial or numbers.board_serial
                return replace(sample, identity=replace(_known(sample, now_s), serial=serial))
            case _:
                raise FrameError(f"command {command:02X} is not asked by this client", at=7)


def _own(info: bytes, pack: int) -> bytes:
    """The byte behind the flag is the pack's own number; another one is another pack's answer."""
    data, told = behind_flag(info)
    if told != pack:
        raise FrameError(f"the values of pack {told}, asked was {pack}", at=15)
    return data


def _known(sample: PackSample, now_s: float) -> Identity:
    return Identity(now_s) if sample.identity is None else replace(sample.identity, at_s=now_s)


def _analog(block: f.PackBlock, now_s: float) -> Analog:
    cells, mos, ambient = split_sensors(block.sensors_c)
    return Analog(
        now_s,
        pack_voltage_v=block.pack_voltage_v,
        pack_current_a=block.pack_current_a,
        cell_voltages_mv=block.cell_voltages_mv,
        temperatures_c=_present(cells) or None,
        mos_temperature_c=mos,
        env_temperature_c=ambient,
        soc_pct=_soc(block),
        soh_pct=block.soh_pct,
        remaining_ah=block.remaining_ah,
        full_ah=block.full_ah,
        design_ah=block.design_ah,
        cycles=block.cycles,
    )


def _soc(block: f.PackBlock) -> float | None:
    """SOC, from the pack's own counter where 42 has no field for it."""
    if block.soc_pct is not None:
        return block.soc_pct
    return 100.0 * block.remaining_ah / block.full_ah if block.full_ah else None


def _present(cells: Sequence[float | None]) -> tuple[float, ...]:
    return tuple(value for value in cells if value is not None)
