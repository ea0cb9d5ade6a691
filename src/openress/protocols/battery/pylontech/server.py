"""A Pylontech battery as others see it: answers every command of V2.8 to V3.5 for the packs of one group.

What it never does: answer a damaged frame, answer for an address that is not its own (an answer would make the
inverter believe in another group), answer with data that are not fresh, switch a pack off because of a frame.
"""

from __future__ import annotations

from dataclasses import replace

from openress.codec import HexFrame, HexFrameSplitter
from openress.errors import FrameError, ParameterError
from openress.model import Freshness, Identity, Limits, PackSample, RackSample, Switches, freshness
from openress.protocols.base import ServerOptions
from openress.protocols.battery.pylontech import frames as f
from openress.protocols.battery.pylontech import system
from openress.protocols.battery.pylontech import systemframes as sf
from openress.protocols.battery.pylontech.alarms import alarm_block
from openress.protocols.battery.pylontech.decode import is_reply, open_frame
from openress.protocols.battery.pylontech.frames import Command, ReturnCode

__all__ = ["MAX_PACKS", "PylontechServer", "address_of"]

VERSION = 0x20
MASTER = 2
MAX_PACKS = 14
"""Addresses 2 to 0xF of a group (V3.5: master and 13 slaves)."""
SET_LIMITS_HOLD_S = 10.0
"""A pack returns to its own limits when 94 is not repeated for so long (V3.3)."""
ANYBODY = 0x00
"""Address to which clients send 4F and 51 when they do not know the group (python-pylontech does)."""
_LARGE_PACK_AH = 65.0
"""Above this the capacities need 24 bits (V3.3: P = 4)."""

_Conditions = frozenset[object]


def address_of(pack: int, group: int = 0, first: int = MASTER) -> int:
    """ADR of pack number `pack` (1 = master; 0, a stand-alone pack, answers as master).

    `first` is the master's address: 2, or 1 for devices of V2.8.

    Raises:
        ParameterError: more packs than a group has addresses.
    """
    if pack > MAX_PACKS:
        raise ParameterError(f"A Pylontech group has {MAX_PACKS} packs; there is no address for pack {pack}.")
    return _counted_on(pack, group, first)


def _counted_on(pack: int, group: int, first: int) -> int:
    """ADR, counted on past the last address of a group: names a further pack inside a reply, never on the line."""
    return 0x10 * group + first + max(pack, 1) - 1


class PylontechServer:
    """Machine that answers on the battery's RS485 port."""

    __slots__ = ("_options", "_orders", "_splitter", "_told")

    def __init__(self, options: ServerOptions) -> None:
        self._options = options
        self._splitter = HexFrameSplitter()
        self._told: dict[int, tuple[_Conditions, Switches | None]] = {}
        self._orders: dict[int, tuple[float, f.SetLimits]] = {}

    def feed(self, data: bytes, rack: RackSample, now_s: float) -> list[bytes]:
        """Take bytes from the line; gives the answers to send, in order."""
        answers = (self._answer(frame, rack, now_s) for frame in self._splitter.feed(data))
        return [answer for answer in answers if answer is not None]

    def _answer(self, data: bytes, rack: RackSample, now_s: float) -> bytes | None:
        try:
            request = open_frame(data)
        except FrameError:
            # On a shared line silence is the only answer that cannot do harm: the sender asks again.
            return None
        if is_reply(request) and request.code in {code.value for code in ReturnCode}:
            return None
        sample = self._addressed(request, rack)
        if sample is None:
            return None
        try:
            info = self._info(request, sample, rack, now_s)
        except FrameError:
            return self._reply(request, ReturnCode.COMMAND_FORMAT_ERROR)
        except ParameterError:
            # The pack does not know a value that this reply cannot leave out.
            return self._reply(request, ReturnCode.INTERNAL_COMMUNICATION_ERROR)
        if info is None:
            return None
        return (
            self._reply(request, info)
            if isinstance(info, ReturnCode)
            else self._reply(request, ReturnCode.NORMAL, info)
        )

    def _reply(self, request: HexFrame, code: ReturnCode, info: bytes = b"") -> bytes:
        fixed = self._options.reply_address
        address = request.address if fixed is None else fixed
        return HexFrame(VERSION, address, request.cid1, code, info).encode()

    def _addressed(self, request: HexFrame, rack: RackSample) -> PackSample | None:
        """The pack that a request is for; the master for group commands, and nobody where the master is not here."""
        group = self._options.group
        master = next((sample for sample in rack.packs if sample.pack <= 1), None)
        if request.code in (Command.PROTOCOL_VERSION, Command.MANUFACTURER) and request.address == ANYBODY:
            return master if group == 0 else None
        if request.code in _SYSTEM and request.address != self._address(1):
            return None
        if request.address == self._address(1):
            return master
        return next((s for s in rack.packs if self._is_at(s.pack, request.address)), None)

    def _info(self, request: HexFrame, sample: PackSample, rack: RackSample, now_s: float) -> bytes | ReturnCode | None:
        if request.code in (Command.PROTOCOL_VERSION, Command.MANUFACTURER):
            return b"" if request.code == Command.PROTOCOL_VERSION else self._manufacturer(sample)
        if request.code in _SYSTEM:
            return self._system(request.code, rack, now_s)
        all_packs = 0xFF in request.info and request.address == self._address(1)
        if all_packs and request.code in (Command.ANALOG, Command.ALARMS):
            return self._all(request.code, rack, now_s)
        if not self._fresh(sample, now_s):
            return None
        return self._of_pack(request, sample, now_s)

    def _address(self, pack: int) -> int:
        return address_of(pack, self._options.group, self._options.first_address)

    def _is_at(self, pack: int, address: int) -> bool:
        return pack <= MAX_PACKS and self._address(pack) == address

    def _fresh(self, sample: PackSample, now_s: float) -> bool:
        found = freshness(sample.at_s, now_s, fresh_for_s=self._options.fresh_for_s)
        return found is Freshness.FRESH and not sample.asleep

    def _of_pack(self, request: HexFrame, sample: PackSample, now_s: float) -> bytes | ReturnCode:
        adr = self._address(sample.pack)
        match request.code:
            case Command.ANALOG:
                return self._flags([sample]) + bytes([adr]) + f.PACK_BLOCK.encode(_pack_block(sample))
            case Command.ALARMS:
                info = self._flags([sample]) + bytes([adr]) + f.ALARM_BLOCK.encode(_alarms(sample))
                self._note_told([sample])
                return info
            case Command.SYSTEM_PARAMETERS:
                return self._flags([sample]) + f.SYSTEM_PARAMETERS.encode(self._parameters())[1:]
            case Command.LIMITS:
                return f.LIMITS.encode(system.limits(adr, self._tightened(sample, now_s)))
            case Command.SERIAL_NUMBER:
                return f.SERIAL_NUMBER.encode(f.SerialNumber(adr, self._identity(sample).serial))
            case Command.FIRMWARE:
                version = self._identity(sample).software_version
                return f.FIRMWARE.encode(f.Firmware(adr, system.version_of(version, 2), system.version_of(version, 3)))
            case Command.SET_LIMITS:
                order = f.SET_LIMITS.decode(request.info)
                self._orders[sample.pack] = (now_s, order)
                return b""
            case _:
                # Switching a pack off because of one frame on a bus is for its own button, not for us.
                return ReturnCode.COMMAND_INVALID

    def _all(self, code: int, rack: RackSample, now_s: float) -> bytes | None:
        """Blocks of all packs; one that is not fresh is left out, as a master leaves out a pack it cannot hear."""
        packs = [sample for sample in rack.packs if self._fresh(sample, now_s)]
        if not packs:
            return None
        if code == Command.ANALOG:
            return self._flags(packs) + f.RACK_ANALOG.encode(f.RackAnalog(tuple(map(_pack_block, packs))))
        info = self._flags(packs) + f.RACK_ALARMS.encode(f.RackAlarms(tuple(map(_alarms, packs))))
        self._note_told(packs)
        return info

    def _system(self, code: int, rack: RackSample, now_s: float) -> bytes | ReturnCode | None:
        awake = [sample for sample in rack.packs if not sample.asleep]
        if not awake or not all(self._fresh(sample, now_s) for sample in awake):
            return None
        match code:
            case Command.SYSTEM_INFORMATION:
                return system.information(rack, [self._identity(sample) for sample in rack.packs])
            case Command.SYSTEM_ANALOG:
                return sf.SYSTEM_ANALOG.encode(system.analog(rack, self._modules(rack)))
            case Command.SYSTEM_ALARMS:
                return sf.SYSTEM_ALARMS.encode(system.alarms(rack))
            case Command.SYSTEM_LIMITS:
                return system.system_limits(rack)
            case _:
                return ReturnCode.COMMAND_INVALID

    def _modules(self, rack: RackSample) -> dict[int, int]:
        options = self._options
        return {s.pack: _counted_on(s.pack, options.group, options.first_address) for s in rack.packs}

    def _identity(self, sample: PackSample) -> Identity:
        general, own = self._options.identity, sample.identity
        if own is None:
            return replace(general, serial=None)
        return Identity(
            own.at_s,
            own.serial,
            own.manufacturer or general.manufacturer,
            own.model or general.model,
            own.software_version or general.software_version,
        )

    def _manufacturer(self, sample: PackSample) -> bytes:
        identity = self._identity(sample)
        return f.MANUFACTURER.encode(
            f.Manufacturer(identity.model, system.version_of(identity.software_version, 2), identity.manufacturer)
        )

    def _parameters(self) -> f.SystemParameters:
        if self._options.rated is None:
            raise ParameterError("The pack's rated limits are not known.")
        return system.parameters(self._options.parameters, self._options.rated)

    def _tightened(self, sample: PackSample, now_s: float) -> Limits:
        """The pack's limits, tightened by an order that still holds; an order never widens them."""
        if sample.limits is None:
            raise ParameterError("The pack has no limits.")
        ordered_s, order = self._orders.get(sample.pack, (now_s, None))
        if order is None or now_s - ordered_s > SET_LIMITS_HOLD_S:
            self._orders.pop(sample.pack, None)
            return sample.limits
        return system.tighter(sample.limits, order)

    def _flags(self, packs: list[PackSample]) -> bytes:
        alarms = any(self._told.get(s.pack, (None, None))[0] != _conditions(s) for s in packs)
        switches = any(self._told.get(s.pack, (None, None))[1] != _switches(s) for s in packs)
        return f.FLAGS.encode(f.InfoFlags(switches, alarms))

    def _note_told(self, packs: list[PackSample]) -> None:
        for sample in packs:
            self._told[sample.pack] = (_conditions(sample), _switches(sample))


_SYSTEM = frozenset(
    {
        Command.SYSTEM_INFORMATION,
        Command.SYSTEM_ANALOG,
        Command.SYSTEM_ALARMS,
        Command.SYSTEM_LIMITS,
        Command.SYSTEM_SHUTDOWN,
    }
)


def _conditions(sample: PackSample) -> _Conditions:
    status = sample.status
    if status is None:
        return frozenset()
    return frozenset((status.alarms, status.protections, status.faults))


def _switches(sample: PackSample) -> Switches | None:
    return None if sample.status is None else sample.status.switches


def _temperatures(sample: PackSample) -> tuple[float, ...]:
    """Sensors in wire order: the BMS board first when it is known, then the cells.

    Without cells there is no board either: its place is the first, and alone it would be read as a cell.
    """
    analog = sample.analog
    if analog is None or not analog.temperatures_c:
        return ()
    board = analog.env_temperature_c if analog.env_temperature_c is not None else analog.mos_temperature_c
    return analog.temperatures_c if board is None else (board, *analog.temperatures_c)


def _alarms(sample: PackSample) -> f.AlarmBlock:
    return alarm_block(sample, len(_temperatures(sample)))


def _pack_block(sample: PackSample) -> f.PackBlock:
    analog = sample.analog
    if analog is None or analog.cell_voltages_mv is None or analog.full_ah is None:
        raise ParameterError("The pack has no analog values.")
    large = analog.full_ah > _LARGE_PACK_AH or (analog.remaining_ah or 0.0) > _LARGE_PACK_AH
    return f.PackBlock(
        cell_voltages_mv=analog.cell_voltages_mv,
        temperatures_c=_temperatures(sample),
        pack_current_a=analog.pack_current_a,  # type: ignore[arg-type]  # absent is refused by the encoder
        pack_voltage_v=analog.pack_voltage_v,  # type: ignore[arg-type]
        remaining_16_ah=None if large else analog.remaining_ah,
        user_items=4 if large else 2,
        full_16_ah=None if large else analog.full_ah,
        cycles=analog.cycles,  # type: ignore[arg-type]
        remaining_24_ah=analog.remaining_ah if large else None,
        full_24_ah=analog.full_ah if large else None,
    )
