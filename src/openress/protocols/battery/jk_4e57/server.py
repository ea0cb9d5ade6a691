"""A JK board as others see it: everything in one reply, settings and switches when it has a memory for them.

Items name themselves, so a measured value that is not known is left out. Many readers count bytes instead of reading
names; for them every item of a real board is there, also those that our packs do not have. What it never does: answer
a damaged frame, answer with values that are not fresh, tell a password, take a calibration, a restart or a reset from
the line.
"""

from __future__ import annotations

from collections.abc import Mapping

from openress.codec.binframe import PacedSplitter
from openress.errors import FrameError, ParameterError
from openress.model import Analog, PackSample, RackSample, Status, Switches
from openress.protocols.access import Control
from openress.protocols.base import ServerOptions
from openress.protocols.battery.jk_4e57 import frames as f
from openress.protocols.battery.jk_4e57 import values as v
from openress.protocols.battery.jk_4e57.frames import Command, Message
from openress.protocols.battery.serving import alone, identity_of, is_fresh, required

__all__ = ["JkServer"]

PROTOCOL = 1
_COLD_C = 10.0
"""Below this the coldest cell sensor is told, above it the hottest: the wire has one place for all of them."""
_BOARD: Mapping[int, float | str] = {
    0x96: 1000,
    0x9D: 1,
    0xA2: 20,
    0xAD: 1000,
    0xAE: 1,
    0xAF: 0,
    0xB0: 0,
    0xB2: "",
    0xB3: 0,
    0xB4: "",
    0xB5: "",
    0xB6: 0,
    0xB8: 0,
}
"""What a board tells of itself: differences at their widest (protections that our packs do not have), balancing
allowed, calibration 1.000, address 1, LiFePO4, nothing in the fields for people."""
_SWITCHED = {item: Control(name) for name, item in f.SWITCH_ITEMS.items()}
_BY_ID = {item.id: key for key, item in f.SETTINGS.items()}


class JkServer:
    """Machine that answers on the battery's port, for the master: JK 4E57 has no pack addresses."""

    __slots__ = ("_options", "_splitter")

    def __init__(self, options: ServerOptions) -> None:
        self._options = options
        self._splitter = PacedSplitter(f.splitter())

    def feed(self, data: bytes, rack: RackSample, now_s: float) -> list[bytes]:
        """Take bytes from the line; gives the answers to send, in order."""
        answers = (self._answer(frame, rack, now_s) for frame in self._splitter.feed(data, now_s))
        return [answer for answer in answers if answer is not None]

    def _answer(self, frame: bytes, rack: RackSample, now_s: float) -> bytes | None:
        try:
            request = Message.decode(frame)
            sample = alone(rack)
            if sample is None or not request.asks or request.kind == f.REPLY:
                return None
            body = self._body(request, sample, now_s)
        except (FrameError, ParameterError):
            # There is no refusal on this wire.
            return None
        if body is None:
            return None
        return Message(request.command, body, f.PACK, f.REPLY, request.terminal, request.record).encode()

    def _body(self, request: Message, sample: PackSample, now_s: float) -> bytes | None:
        if request.command == Command.ACTIVATE:
            return request.body
        if request.command == Command.WRITE:
            return self._write(request.body, sample)
        if request.command not in (Command.READ, Command.READ_ALL) or not is_fresh(sample, now_s, self._options):
            return None
        cells = required((sample.analog or Analog(0.0)).cell_voltages_mv, "cell voltages")
        items = self._items(sample)
        wanted = request.body[0] if request.command == Command.READ and request.body else 0
        if wanted == 0:
            return f.encode_items(cells, items)
        if wanted == f.CELLS:
            return f.encode_items(cells, {})
        return f.encode_items(None, {wanted: items[wanted]}) if wanted in items else None

    def _write(self, body: bytes, sample: PackSample) -> bytes:
        memory = required(self._options.memory, "memory")
        _, items = f.decode_items(body)
        ((item, raw),) = items.items() if len(items) == 1 else ((0, b""),)
        if item in _SWITCHED and raw in (b"\x00", b"\x01"):
            reason = memory.control(sample.pack, _SWITCHED[item], on=raw == b"\x01")
        elif item in _BY_ID:
            reason = memory.write(sample.pack, {_BY_ID[item]: f.number_of(f.ITEMS[item], raw)})
        else:
            raise ParameterError(f"Item {item:02X} cannot be written.")
        if reason is not None:
            raise ParameterError(reason)
        return body[:1]

    def _items(self, sample: PackSample) -> dict[int, bytes]:
        """Every item that is known."""
        analog, status = sample.analog or Analog(0.0), sample.status or Status(0.0)
        identity = identity_of(sample, self._options)
        switches = status.switches or Switches()
        alarms = required(status.alarms, "alarms")
        wrong = required(status.protections, "protections") | required(status.faults, "faults")
        known: dict[int, float | str | None] = {
            **_BOARD,
            0x80: _degrees(analog.mos_temperature_c),
            0x81: _degrees(analog.env_temperature_c),
            0x82: _degrees(_telling(analog.temperatures_c)),
            0x83: required(analog.pack_voltage_v, "voltage"),
            0x84: v.current_raw(required(analog.pack_current_a, "current")),
            0x85: required(analog.soc_pct, "state of charge"),
            0x86: len(analog.temperatures_c or ()) or None,
            0x87: analog.cycles,
            0x89: _cycled_ah(analog),
            0x8A: len(analog.cell_voltages_mv or ()),
            # Bit 0, low capacity, is the one that warns; the others say that the board protects itself.
            0x8B: v.warning_bits(alarms & v.WARNS | wrong),
            0x8C: _switches(status),
            0xA9: len(analog.cell_voltages_mv or ()),
            0xAA: analog.design_ah,
            0xAB: switches.charge,
            0xAC: switches.discharge,
            0xB7: identity.software_version,
            0xB9: analog.full_ah,
            0xBA: v.named(identity.serial, identity.model),
            0xC0: PROTOCOL,
        }
        items = {item: f.raw_of(f.ITEMS[item], value) for item, value in known.items() if value is not None}
        return v.settings_raw(self._parameters(sample.pack), exact=False) | items

    def _parameters(self, pack: int) -> dict[str, float]:
        memory = self._options.memory
        return dict(self._options.parameters if memory is None else memory.parameters(pack))


def _telling(warmth: tuple[float, ...] | None) -> float | None:
    if not warmth:
        return None
    return min(warmth) if min(warmth) < _COLD_C else max(warmth)


def _cycled_ah(analog: Analog) -> float | None:
    """Charge through the pack: a JK board counts a cycle for each capacity of it."""
    return None if analog.cycles is None or analog.full_ah is None else analog.cycles * analog.full_ah


def _degrees(value_c: float | None) -> int | None:
    return None if value_c is None else v.degrees_raw(value_c)


def _switches(status: Status) -> int | None:
    switches = status.switches or Switches()
    if switches.charge is None or switches.discharge is None:
        return None
    return switches.charge | switches.discharge << 1 | any(status.balancing or ()) << 2
