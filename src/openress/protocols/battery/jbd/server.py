"""A JBD pack as others see it: values, settings in factory mode, switches when it has a memory for them.

What it never does: answer a damaged frame, answer with values that are not fresh, take a calibration, a password, a
state of charge or a reset from the line. Those it refuses, as it refuses what it does not know.
"""

from __future__ import annotations

from openress.codec.binframe import PacedSplitter
from openress.errors import FrameError, ParameterError
from openress.model import Analog, Condition, Fault, PackSample, RackSample, Status
from openress.protocols.access import Control, PackMemory
from openress.protocols.base import ServerOptions
from openress.protocols.battery.jbd import frames as f
from openress.protocols.battery.jbd.frames import Register, Reply, Request
from openress.protocols.battery.serving import alone, identity_of, is_fresh, required

__all__ = ["JbdServer"]

_LIVE = frozenset({Register.BASIC_INFORMATION, Register.CELL_VOLTAGES})
DESIGN_CAPACITY, CYCLES, CELL_COUNT = 0x10, 0x17, 0x2F
"""Registers of the factory mode that tell facts of the pack."""


class JbdServer:
    """Machine that answers on the battery's port, for the master: JBD has no pack addresses."""

    __slots__ = ("_factory_mode", "_options", "_splitter")

    def __init__(self, options: ServerOptions) -> None:
        self._options = options
        self._splitter = PacedSplitter(f.splitter())
        self._factory_mode = False

    def feed(self, data: bytes, rack: RackSample, now_s: float) -> list[bytes]:
        """Take bytes from the line; gives the answers to send, in order."""
        answers = (self._answer(frame, rack, now_s) for frame in self._splitter.feed(data, now_s))
        return [answer.encode() for answer in answers if answer is not None]

    def _answer(self, frame: bytes, rack: RackSample, now_s: float) -> Reply | None:
        try:
            request = Request.decode(frame)
        except FrameError:
            return None
        sample = alone(rack)
        if sample is None or (request.register in _LIVE and not is_fresh(sample, now_s, self._options)):
            return None
        try:
            data = self._write(request, sample) if request.write else self._read(request.register, sample)
        except (ParameterError, FrameError):
            # Not known, not allowed, or laid out wrongly: JBD has one word for all of them.
            return Reply(request.register, status=f.REFUSED)
        return Reply(request.register, data)

    def _read(self, register: int, sample: PackSample) -> bytes:
        match register:
            case Register.BASIC_INFORMATION:
                return f.BASIC.encode(self._basic(sample))
            case Register.CELL_VOLTAGES:
                return f.CELLS.encode(f.Cells(required((sample.analog or _NOTHING).cell_voltages_mv, "cell voltages")))
            case Register.HARDWARE_VERSION:
                return _text(identity_of(sample, self._options).model)
            case Register.ERROR_COUNTS:
                return f.ERROR_COUNTS.encode(_counts(self._memory(), sample.pack))
            case _:
                return self._setting(register, sample)

    def _setting(self, register: int, sample: PackSample) -> bytes:
        if not self._factory_mode:
            raise ParameterError("The pack tells its settings in factory mode only.")
        analog, identity = sample.analog or _NOTHING, identity_of(sample, self._options)
        match register:
            case _ if register in f.SETTINGS:
                return f.SETTINGS.encode(register, self._parameters(sample.pack), exact=False)
            case Register.MANUFACTURER:
                return _counted(identity.manufacturer)
            case Register.MODEL:
                return _counted(identity.model)
            case Register.BARCODE:
                return _counted(required(identity.serial, "serial number"))
            case _:
                told = {
                    DESIGN_CAPACITY: None if analog.design_ah is None else round(analog.design_ah * 100),
                    CYCLES: analog.cycles,
                    CELL_COUNT: None if analog.cell_voltages_mv is None else len(analog.cell_voltages_mv),
                }
                return min(required(told.get(register), f"register {register:02X}"), 0xFFFF).to_bytes(2, "big")

    def _write(self, request: Request, sample: PackSample) -> bytes:
        order = (request.register, request.data)
        if order == (Register.ENTER_FACTORY_MODE, f.ENTER_FACTORY):
            self._factory_mode = True
        elif order in ((Register.LEAVE_FACTORY_MODE, f.LEAVE_FACTORY), (Register.LEAVE_FACTORY_MODE, f.SAVE_AND_LEAVE)):
            self._factory_mode = False
        elif request.register == Register.MOS_CONTROL and len(request.data) == 2:
            charge, discharge = not request.data[1] & 1, not request.data[1] & 2
            _obey(self._memory().control(sample.pack, Control.CHARGE_SWITCH, on=charge))
            _obey(self._memory().control(sample.pack, Control.DISCHARGE_SWITCH, on=discharge))
        elif self._factory_mode and request.register in f.SETTINGS:
            _obey(self._memory().write(sample.pack, f.SETTINGS.decode(request.register, request.data)))
        else:
            raise ParameterError(f"Register {request.register:02X} cannot be written.")
        return b""

    def _memory(self) -> PackMemory:
        return required(self._options.memory, "memory")

    def _parameters(self, pack: int) -> dict[str, float]:
        memory = self._options.memory
        return dict(self._options.parameters if memory is None else memory.parameters(pack))

    def _basic(self, sample: PackSample) -> f.Basic:
        analog, status = sample.analog or _NOTHING, sample.status or Status(0.0)
        protections = required(status.protections, "protections")
        switches = required(status.switches, "switches")
        balancing = sum(1 << cell for cell, on in enumerate(status.balancing or ()) if on)
        return f.Basic(
            pack_voltage_v=required(analog.pack_voltage_v, "voltage"),
            pack_current_a=required(analog.pack_current_a, "current"),
            remaining_ah=required(analog.remaining_ah, "remaining capacity"),
            full_ah=required(analog.full_ah, "capacity"),
            cycles=required(analog.cycles, "cycles"),
            made_on=0,
            balancing_1_16=balancing & 0xFFFF,
            balancing_17_32=balancing >> 16 & 0xFFFF,
            protections=_told(protections, required(status.faults, "faults")),
            version=_version(identity_of(sample, self._options).software_version),
            soc_pct=required(analog.soc_pct, "state of charge"),
            charge_switch=required(switches.charge, "charge switch"),
            discharge_switch=required(switches.discharge, "discharge switch"),
            cells_in_series=len(required(analog.cell_voltages_mv, "cell voltages")),
            temperatures_c=analog.temperatures_c or (),
        )


_NOTHING = Analog(0.0)

_HOT = frozenset({Condition.CHARGE_OVER_TEMPERATURE, Condition.DISCHARGE_OVER_TEMPERATURE})
_COLD = frozenset({Condition.CHARGE_UNDER_TEMPERATURE, Condition.DISCHARGE_UNDER_TEMPERATURE})
_NEAREST = {
    Condition.MOS_OVER_TEMPERATURE: _HOT,
    Condition.AMBIENT_OVER_TEMPERATURE: _HOT,
    Condition.AMBIENT_UNDER_TEMPERATURE: _COLD,
    Condition.SOC_LOW: frozenset({Condition.CELL_UNDER_VOLTAGE}),
}
"""What stands for a protection without a bit of its own: a pack that protects itself never looks well."""


def _told(protections: frozenset[Condition], faults: frozenset[Fault]) -> frozenset[Condition | Fault]:
    told: set[Condition | Fault] = {Fault.SAMPLING} if faults else set()
    for condition in protections:
        told |= _NEAREST.get(condition, {condition})
    return frozenset(told)


def _obey(reason: str | None) -> None:
    if reason is not None:
        raise ParameterError(reason)


def _version(version: str | None) -> int:
    """The first two numbers of a version as two digits, 0 when they do not fit."""
    numbers = [int(part) for part in (version or "").split(".")[:2] if part.isdecimal()]
    return numbers[0] << 4 | numbers[1] if len(numbers) == 2 and max(numbers) <= 0xF else 0


def _text(text: str | None) -> bytes:
    return (text or "").encode("latin-1", "replace")[:0xFE]


def _counted(text: str | None) -> bytes:
    raw = _text(text)
    return bytes((len(raw),)) + raw


def _counts(memory: PackMemory, pack: int) -> f.ErrorCounts:
    """How many records of the pack's history name each protection."""
    records = memory.history(pack)

    def count(*conditions: Condition) -> int:
        return sum(not (record.protections or frozenset()).isdisjoint(conditions) for record in records)

    return f.ErrorCounts(
        short_circuit=count(Condition.SHORT_CIRCUIT),
        charge_over_current=count(Condition.CHARGE_OVER_CURRENT),
        discharge_over_current=count(Condition.DISCHARGE_OVER_CURRENT, Condition.DISCHARGE_OVER_CURRENT_2),
        cell_over_voltage=count(Condition.CELL_OVER_VOLTAGE),
        cell_under_voltage=count(Condition.CELL_UNDER_VOLTAGE),
        charge_over_temperature=count(Condition.CHARGE_OVER_TEMPERATURE),
        charge_under_temperature=count(Condition.CHARGE_UNDER_TEMPERATURE),
        discharge_over_temperature=count(Condition.DISCHARGE_OVER_TEMPERATURE),
        discharge_under_temperature=count(Condition.DISCHARGE_UNDER_TEMPERATURE),
        pack_over_voltage=count(Condition.PACK_OVER_VOLTAGE),
        pack_under_voltage=count(Condition.PACK_UNDER_VOLTAGE),
        restarts=None,
    )
