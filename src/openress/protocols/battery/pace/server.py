"""A PACE battery as others see it.

What it never does: answer a damaged frame, answer for a pack that is not its own, tell values that are not fresh, offer
calibration or raw memory. Settings, clock, records and switches belong to the packs' memory; without one these commands
are refused (RTN 09), and whether an order may be carried out is for the pack to say.
"""

from __future__ import annotations

from dataclasses import replace

from openress.codec import HexFrame, HexFrameSplitter
from openress.errors import FrameError, ParameterError
from openress.model import Analog, Freshness, Identity, PackSample, RackSample, freshness
from openress.protocols.base import ServerOptions
from openress.protocols.battery.pace import frames as f
from openress.protocols.battery.pace.codes import VERSION, Command
from openress.protocols.battery.pace.decode import PACE
from openress.protocols.battery.pace.keeping import Keeping
from openress.protocols.battery.pace.settings import group_of
from openress.protocols.battery.pace.status import CELL_SENSORS, Orders, alarm_block
from openress.protocols.battery.paceic import ALL_PACKS

__all__ = ["PaceServer"]

NORMAL, COMMAND_INVALID, REFUSED = 0x00, 0x04, 0x09
_FLAG = 0x00
"""INFOFLAG: nothing changed that has not been read; its use was never seen."""

_Answer = tuple[int, bytes]
"""RTN and INFO."""

_MEASURED = frozenset({Command.ANALOG, Command.ALARMS, Command.CAPACITY})
_SWITCHES = frozenset({Command.SWITCH, Command.CHARGE_SWITCH, Command.DISCHARGE_SWITCH, Command.SHUTDOWN})
_KEPT = _SWITCHES | {
    Command.READ_CLOCK, Command.WRITE_CLOCK, Command.HISTORY, Command.READ_CHOICE, Command.WRITE_CHOICE
}  # fmt: skip


class PaceServer:
    """Machine that answers on the battery's port.

    Args:
        options: identity, freshness and memory of the packs.
        rs232: answer at any ADR for all packs, chosen by the pack byte, as the pack at an RS232 cable does; settings
            are those of the first pack. Otherwise every pack answers at its own ADR, as on RS485.
        newer: tell SOC and SOH in 42 and the longer tail in 44, as packs since 2022 do; the counters of charge
            between them stay 0, nobody here keeps them.
    """

    __slots__ = ("_keeping", "_newer", "_options", "_rs232", "_splitter")

    def __init__(self, options: ServerOptions, *, rs232: bool = False, newer: bool = False) -> None:
        self._options = options
        self._rs232 = rs232
        self._newer = newer
        self._splitter = HexFrameSplitter()
        self._keeping = None if options.memory is None else Keeping(options.memory)

    def feed(self, data: bytes, rack: RackSample, now_s: float) -> list[bytes]:
        """Take bytes from the line; gives the answers to send, in order."""
        answers = (self._reply(frame, rack, now_s) for frame in self._splitter.feed(data))
        return [answer for answer in answers if answer is not None]

    def _reply(self, data: bytes, rack: RackSample, now_s: float) -> bytes | None:
        try:
            request = PACE.open(data)
        except FrameError:
            # On a shared line silence is the only answer that cannot do harm: the sender asks again.
            return None
        if PACE.is_reply(request):
            return None
        sample = self._addressed(request, rack)
        if sample is None:
            return None
        try:
            answer = self._answer(request, sample, rack, now_s)
        except (FrameError, ParameterError):
            # An order that cannot be read, or a value that the pack does not know and the reply cannot leave out.
            answer = (REFUSED, b"")
        if answer is None:
            return None
        address = request.address if self._options.reply_address is None else self._options.reply_address
        return HexFrame(VERSION, address, request.cid1, *answer).encode()

    def _addressed(self, request: HexFrame, rack: RackSample) -> PackSample | None:
        """The pack that a request is for; `None` when it is for somebody else."""
        if not rack.packs:
            return None
        if not self._rs232:
            return next((sample for sample in rack.packs if sample.pack == request.address), None)
        if request.code in (Command.ANALOG, Command.ALARMS) and request.info[:1] not in (b"", bytes([ALL_PACKS])):
            return next((sample for sample in rack.packs if sample.pack == request.info[0]), None)
        return rack.packs[0]

    def _answer(self, request: HexFrame, sample: PackSample, rack: RackSample, now_s: float) -> _Answer | None:
        code = request.code
        if code in (Command.ANALOG, Command.ALARMS) and request.info[:1] == bytes([ALL_PACKS]):
            return self._all(code, rack, now_s) if self._rs232 else (REFUSED, b"")
        if code in (Command.ANALOG, Command.ALARMS) and request.info[:1] not in (b"", bytes([sample.pack])):
            return REFUSED, b""
        if code in _MEASURED | _SWITCHES and not self._fresh(sample, now_s):
            return None
        if code in _KEPT or group_of(code) is not None:
            return (REFUSED, b"") if self._keeping is None else self._keeping.answer(request, sample)
        return self._told(code, sample, rack)

    def _told(self, code: int, sample: PackSample, rack: RackSample) -> _Answer:
        match code:
            case Command.ANALOG:
                return NORMAL, bytes([_FLAG, sample.pack]) + f.PACK_BLOCK.encode(self._block(sample))
            case Command.ALARMS:
                return NORMAL, bytes([_FLAG, sample.pack]) + self._alarms(sample)
            case Command.CAPACITY:
                return NORMAL, f.CAPACITY.encode(_capacity(sample))
            case Command.PROTOCOL_VERSION:
                return NORMAL, b""
            case Command.PACK_COUNT:
                everybody = self._rs232 or sample.pack == 1
                return NORMAL, f.PACK_COUNT.encode(f.PackCount(len(rack.packs) if everybody else 1))
            case Command.VERSION_TEXT:
                version = self._identity(sample).software_version
                return NORMAL, f.VERSION_TEXT.encode(f.VersionText(_padded(version, 20), None))
            case Command.SERIAL_NUMBERS:
                serial = _padded(self._identity(sample).serial, 20)
                return NORMAL, f.SERIAL_NUMBERS.encode(f.SerialNumbers(serial, serial))
            case Command.INTERNAL_VERSION:
                identity = self._identity(sample)
                texts = _padded(identity.software_version, 30) + _padded(identity.model, 10)
                return NORMAL, texts.encode("latin-1", "replace")
            case _:
                return COMMAND_INVALID, b""

    def _all(self, code: int, rack: RackSample, now_s: float) -> _Answer | None:
        """Blocks of all packs; one that is not fresh is left out, as one that cannot be heard."""
        packs = [sample for sample in rack.packs if self._fresh(sample, now_s)]
        if not packs:
            return None
        if code == Command.ANALOG:
            blocks = b"".join(f.PACK_BLOCK.encode(self._block(sample)) for sample in packs)
        else:
            blocks = b"".join(self._alarms(sample, short=True) for sample in packs)
        return NORMAL, bytes([_FLAG, len(packs)]) + blocks

    def _fresh(self, sample: PackSample, now_s: float) -> bool:
        return freshness(sample.at_s, now_s, fresh_for_s=self._options.fresh_for_s) is Freshness.FRESH

    def _alarms(self, sample: PackSample, *, short: bool = False) -> bytes:
        orders = Orders() if self._keeping is None else self._keeping.orders(sample.pack)
        block = alarm_block(sample, _sensors(sample), orders, newer=self._newer and not short)
        if isinstance(block, f.LongAlarmBlock):
            return f.LONG_ALARM_BLOCK.encode(block)
        return f.ALARM_BLOCK.encode(block)

    def _identity(self, sample: PackSample) -> Identity:
        general, own = self._options.identity, sample.identity
        if own is None:
            return replace(general, serial=None)
        return replace(
            own,
            model=own.model or general.model,
            software_version=own.software_version or general.software_version,
        )

    def _block(self, sample: PackSample) -> f.PackBlock:
        analog = sample.analog
        if analog is None or analog.cell_voltages_mv is None:
            raise ParameterError(f"The analog values of pack {sample.pack} are not known.")
        long = self._newer and analog.soc_pct is not None and analog.soh_pct is not None
        items = 9 if long else 3 if analog.design_ah is not None else 2
        return f.PackBlock(
            cell_voltages_mv=analog.cell_voltages_mv,
            sensors_c=_sensors(sample),
            pack_current_a=analog.pack_current_a,  # type: ignore[arg-type]  # absent is refused by the encoder
            pack_voltage_v=analog.pack_voltage_v,  # type: ignore[arg-type]
            remaining_ah=analog.remaining_ah,  # type: ignore[arg-type]
            items=items,
            full_ah=analog.full_ah,
            cycles=analog.cycles,
            design_ah=analog.design_ah,
            soc_pct=analog.soc_pct,
            charged_ah=0,
            discharged_ah=0,
            soh_pct=analog.soh_pct,
            second_voltage_v=analog.pack_voltage_v,
            second_current_a=analog.pack_current_a,
        )


def _sensors(sample: PackSample) -> tuple[float | None, ...]:
    """Sensors in wire order: at least four for the cells, then MOSFETs and ambient."""
    analog = sample.analog or Analog(0.0)
    cells: tuple[float | None, ...] = analog.temperatures_c or ()
    board = (analog.mos_temperature_c, analog.env_temperature_c)
    if board == (None, None) and len(cells) <= CELL_SENSORS:
        return cells
    return cells + (None,) * (CELL_SENSORS - len(cells)) + board


def _capacity(sample: PackSample) -> f.Capacity:
    analog = sample.analog or Analog(0.0)
    return f.Capacity(
        remaining_ah=analog.remaining_ah,  # type: ignore[arg-type]  # absent is refused by the encoder
        full_ah=analog.full_ah,  # type: ignore[arg-type]
        design_ah=analog.design_ah,  # type: ignore[arg-type]
    )


def _padded(text: str | None, length: int) -> str:
    return (text or "")[:length].ljust(length)
