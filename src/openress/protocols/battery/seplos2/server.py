"""A Seplos v2 battery as others see it.

What it never does: answer a damaged frame, answer for a pack that is not its own, tell values that are not fresh. It
has no order that changes anything. Settings (47) are told only by packs whose memory keeps all of them.
"""

from __future__ import annotations

from openress.codec import HexFrame, HexFrameSplitter
from openress.errors import FrameError, ParameterError
from openress.model import Analog, Freshness, Identity, PackSample, RackSample, freshness
from openress.protocols.base import ServerOptions
from openress.protocols.battery.seplos2 import frames as f
from openress.protocols.battery.seplos2.client import address_of
from openress.protocols.battery.seplos2.decode import SEPLOS
from openress.protocols.battery.seplos2.events import CELL_SENSORS, alarm_block
from openress.protocols.battery.seplos2.frames import Command
from openress.protocols.battery.seplos2.settings import BYTES, SETTINGS, SWITCHES, WORDS, Settings

__all__ = ["Seplos2Server"]

NORMAL, COMMAND_INVALID, DATA_INVALID, NO_DATA, EXECUTION_FAILED = 0x00, 0x04, 0x06, 0x07, 0xE2

_Answer = tuple[int, bytes]
"""RTN and INFO."""

_FRAME = {"group": 1, "words": WORDS, "bytes_": BYTES, "switches": SWITCHES}


class Seplos2Server:
    """Machine that answers on the battery's RS485 port.

    Args:
        options: identity, freshness and memory of the packs.
        boqiang: answer as a Boqiang pack: version 26, and two items behind the capacity.
    """

    __slots__ = ("_boqiang", "_options", "_splitter")

    def __init__(self, options: ServerOptions, *, boqiang: bool = False) -> None:
        self._options = options
        self._boqiang = boqiang
        self._splitter = HexFrameSplitter()

    def feed(self, data: bytes, rack: RackSample, now_s: float) -> list[bytes]:
        """Take bytes from the line; gives the answers to send, in order."""
        answers = (self._reply(frame, rack, now_s) for frame in self._splitter.feed(data))
        return [answer for answer in answers if answer is not None]

    def _reply(self, data: bytes, rack: RackSample, now_s: float) -> bytes | None:
        try:
            request = SEPLOS.open(data)
        except FrameError:
            # On a shared line silence is the only answer that cannot do harm: the sender asks again.
            return None
        sample = next((one for one in rack.packs if address_of(one.pack) == request.address), None)
        if SEPLOS.is_reply(request) or sample is None:
            return None
        try:
            answer = self._answer(request, sample, now_s)
        except ParameterError:
            # The pack does not know a value that this reply cannot leave out.
            answer = (EXECUTION_FAILED, b"")
        if answer is None:
            return None
        version = f.BOQIANG_VERSION if self._boqiang else f.SEPLOS
        address = request.address if self._options.reply_address is None else self._options.reply_address
        return HexFrame(version, address, request.cid1, *answer).encode()

    def _answer(self, request: HexFrame, sample: PackSample, now_s: float) -> _Answer | None:
        code = request.code
        if code in (Command.ANALOG, Command.ALARMS):
            if request.info[:1] not in (b"", bytes([request.address])):
                return DATA_INVALID, b""
            if freshness(sample.at_s, now_s, fresh_for_s=self._options.fresh_for_s) is not Freshness.FRESH:
                return None
        match code:
            case Command.ANALOG:
                return NORMAL, f.PACK_BLOCK.encode(_block(sample, boqiang=self._boqiang))
            case Command.ALARMS:
                return NORMAL, f.ALARM_BLOCK.encode(alarm_block(sample, len(_sensors(sample))))
            case Command.SETTINGS:
                return self._settings(sample)
            case Command.PROTOCOL_VERSION:
                return NORMAL, b""
            case Command.MANUFACTURER:
                return NORMAL, f.MANUFACTURER.encode(_manufacturer(self._options.identity, sample))
            case _:
                return COMMAND_INVALID, b""

    def _settings(self, sample: PackSample) -> _Answer:
        memory = self._options.memory
        if memory is None:
            return NO_DATA, b""
        kept = memory.parameters(sample.pack)
        model = _manufacturer(self._options.identity, sample).model
        row = {"switch_bytes_1": 0, "switch_bytes_2": 0, **_FRAME}
        values = {name: row.get(name, kept.get(name)) for name in SETTINGS.rows if name != "model"}
        if None in values.values():
            return NO_DATA, b""
        return NORMAL, SETTINGS.encode(Settings(**values, model=model))  # type: ignore[arg-type]  # all are numbers


def _manufacturer(general: Identity, sample: PackSample) -> f.Manufacturer:
    own = sample.identity or Identity(0.0)
    version = own.software_version or general.software_version or ""
    numbers = [part for part in version.split(".") if part.isdecimal() and int(part) <= 0xFF]
    return f.Manufacturer(
        own.model or general.model, ".".join(numbers[:2]) or "0", own.manufacturer or general.manufacturer
    )


def _sensors(sample: PackSample) -> tuple[float, ...]:
    """Sensors in wire order, which leaves no gap: four of the cells, then ambient and MOSFETs if both are known.

    Raises:
        ParameterError: more than four cells would have to go without the two behind them.
    """
    analog = sample.analog or Analog(0.0)
    cells, ambient, mos = analog.temperatures_c or (), analog.env_temperature_c, analog.mos_temperature_c
    if len(cells) >= CELL_SENSORS and ambient is not None and mos is not None:
        return (*cells, ambient, mos)
    if len(cells) > CELL_SENSORS:
        raise ParameterError(f"Pack {sample.pack} does not know the temperatures of its board.")
    return cells


def _block(sample: PackSample, *, boqiang: bool) -> f.PackBlock:
    analog = sample.analog
    if analog is None or analog.cell_voltages_mv is None:
        raise ParameterError(f"The analog values of pack {sample.pack} are not known.")
    return f.PackBlock(
        data_flag=0,
        group=1,
        cell_voltages_mv=analog.cell_voltages_mv,
        sensors_c=_sensors(sample),
        pack_current_a=analog.pack_current_a,  # type: ignore[arg-type]  # absent is refused by the encoder
        pack_voltage_v=analog.pack_voltage_v,  # type: ignore[arg-type]
        remaining_ah=analog.remaining_ah,  # type: ignore[arg-type]
        items=2 if boqiang else 10,
        full_2_ah=analog.full_ah,
        cycles_2=analog.cycles,
        full_10_ah=analog.full_ah,
        soc_pct=analog.soc_pct,
        design_ah=analog.design_ah,
        cycles_10=analog.cycles,
        soh_pct=analog.soh_pct,
        port_voltage_v=analog.pack_voltage_v,
        reserved_1=0,
        reserved_2=0,
        reserved_3=0,
        reserved_4=0,
    )
