"""A rack of JBD UP16S packs as others see it: the master answers for all of them, by address.

What it never does: answer a damaged frame or another rack's, answer with values that are not fresh, leave out a value
by sending 0, take a state of charge, a calibration or settings from the line. There is no refusal on this wire: what
cannot be answered gets silence.
"""

from __future__ import annotations

from collections.abc import Sequence
from statistics import fmean

from openress.codec.binframe import PacedSplitter
from openress.errors import FrameError, ParameterError
from openress.model import Analog, Fault, Limits, PackSample, RackSample, Status, Switches
from openress.protocols.access import Control
from openress.protocols.base import ServerOptions
from openress.protocols.battery.jbd_up16s import frames as f
from openress.protocols.battery.jbd_up16s.client import MASTER, address_of
from openress.protocols.battery.jbd_up16s.frames import Block, Function, Message, Operation
from openress.protocols.battery.serving import identity_of, is_fresh, required

__all__ = ["Up16sServer"]

_AT_REST_A = 0.1
_LIVE = frozenset({(Function.READ, Block.LIVE), (Function.OWN_STATE, Block.OWN)})


class Up16sServer:
    """Machine that answers on the master's port."""

    __slots__ = ("_options", "_splitter")

    def __init__(self, options: ServerOptions) -> None:
        self._options = options
        self._splitter = PacedSplitter(f.splitter())

    def feed(self, data: bytes, rack: RackSample, now_s: float) -> list[bytes]:
        """Take bytes from the line; gives the answers to send, in order."""
        answers = (self._answer(frame, rack, now_s) for frame in self._splitter.feed(data, now_s))
        return [answer.encode() for answer in answers if answer is not None]

    def _answer(self, frame: bytes, rack: RackSample, now_s: float) -> Message | None:
        try:
            request = Message.decode(frame)
        except FrameError:
            return None
        sample = next((s for s in rack.packs if address_of(s.pack) == request.address), None)
        if sample is None or not request.asks:
            return None
        if (request.function, request.start) in _LIVE and not is_fresh(sample, now_s, self._options):
            return None
        try:
            data = self._data(request, sample, rack)
        except ParameterError:
            return None
        return Message(request.address, request.function, request.start, request.end, data)

    def _data(self, request: Message, sample: PackSample, rack: RackSample) -> bytes:
        match request.function, request.start:
            case Function.READ, Block.LIVE:
                return f.LIVE.encode(self._live(sample, self._told_limits(sample, rack)))
            case Function.OWN_STATE, Block.OWN:
                return f.OWN.encode(_own(sample))
            case Function.READ, Block.PRODUCT:
                return f.PRODUCT.encode(self._product(sample))
            case Function.READ, Block.CLOCK if self._options.memory is not None:
                now = required(self._options.memory.clock(sample.pack), "time")
                return f.CLOCK.encode(f.Clock(now.year, now.month, now.day, now.hour, now.minute, now.second))
            case Function.WRITE, Block.MOS:
                return self._switch(request.data, sample)
            case _:
                raise ParameterError(f"The block at {request.start:04X} is not served.")

    def _switch(self, data: bytes, sample: PackSample) -> bytes:
        memory = required(self._options.memory, "memory")
        if not data.startswith(f.WRITE_MARK) or len(data) != len(f.WRITE_MARK) + 2:
            raise ParameterError("The order to the switches is laid out wrongly.")
        for control, bit in ((Control.DISCHARGE_SWITCH, 1), (Control.CHARGE_SWITCH, 2)):
            reason = memory.control(sample.pack, control, on=bool(data[-1] & bit))
            if reason is not None:
                raise ParameterError(reason)
        return b""

    def _told_limits(self, sample: PackSample, rack: RackSample) -> Limits:
        """A pack's own limits; of the master in a rack of several the currents of the whole rack, as it tells them."""
        own = _allowed(sample)
        if address_of(sample.pack) != MASTER or len(rack.packs) == 1:
            return own
        whole = required(rack.limits, "limits of the rack")
        return Limits(
            own.at_s,
            charge_voltage_limit_v=own.charge_voltage_limit_v,
            discharge_voltage_limit_v=own.discharge_voltage_limit_v,
            charge_current_limit_a=whole.charge_current_limit_a,
            discharge_current_limit_a=whole.discharge_current_limit_a,
        )

    def _product(self, sample: PackSample) -> f.Product:
        identity = identity_of(sample, self._options)
        return f.Product(None, identity.part_number, 0, 0, 0, identity.serial, 0, 0, 0, identity.model)

    def _live(self, sample: PackSample, limits: Limits) -> f.Live:
        analog, status = sample.analog or Analog(0.0), sample.status or Status(0.0)
        switches, faults = status.switches or Switches(), required(status.faults, "faults")
        cells = required(analog.cell_voltages_mv or None, "cell voltages")
        warmth = analog.temperatures_c or ()
        current = required(analog.pack_current_a, "current")
        identity = identity_of(sample, self._options)
        return f.Live(
            pack_voltage_v=required(analog.pack_voltage_v, "voltage"),
            second_voltage=0,
            pack_current_a=current,
            soc_pct=required(analog.soc_pct, "state of charge"),
            remaining_ah=required(analog.remaining_ah, "remaining capacity"),
            full_ah=required(analog.full_ah, "capacity"),
            design_ah=required(analog.design_ah, "design capacity"),
            mos_temperature_c=analog.mos_temperature_c,
            env_temperature_c=analog.env_temperature_c,
            operation=_operation(current),
            soh_pct=required(analog.soh_pct, "state of health"),
            protections=required(status.protections, "protections") | _told(faults),
            alarms=required(status.alarms, "alarms") | faults,
            switches_high=0,
            discharge_switch=required(switches.discharge, "discharge switch"),
            charge_switch=required(switches.charge, "charge switch"),
            precharge_switch=bool(switches.precharge),
            heating=bool(switches.heating),
            links=0,
            cycles=required(analog.cycles, "cycles"),
            cell_voltage_max_cell=cells.index(max(cells)) + 1,
            cell_voltage_max_mv=max(cells),
            cell_voltage_min_cell=cells.index(min(cells)) + 1,
            cell_voltage_min_mv=min(cells),
            cell_voltage_average_mv=round(fmean(cells)),
            temperature_max_sensor=_place(warmth, max(warmth, default=0.0)),
            temperature_max_c=max(warmth, default=None),
            temperature_min_sensor=_place(warmth, min(warmth, default=0.0)),
            temperature_min_c=min(warmth, default=None),
            temperature_average_c=fmean(warmth) if warmth else None,
            charge_voltage_limit_v=required(limits.charge_voltage_limit_v, "charge voltage limit"),
            charge_current_limit_a=required(limits.charge_current_limit_a, "charge limit"),
            discharge_voltage_limit_v=required(limits.discharge_voltage_limit_v, "discharge voltage limit"),
            discharge_current_limit_a=required(limits.discharge_current_limit_a, "discharge limit"),
            cell_voltages_mv=cells,
            temperatures_c=warmth,
            unknown=0,
            balancing_bits=sum(1 << cell for cell, on in enumerate((status.balancing or ())[:16]) if on),
            version=_version(identity.software_version),
            serial=identity.serial,
        )


def _allowed(sample: PackSample) -> Limits:
    """The pack's limits; 0 A in a direction it does not allow, because this wire has no other way to say so."""
    own = required(sample.limits, "limits")
    return Limits(
        own.at_s,
        charge_voltage_limit_v=own.charge_voltage_limit_v,
        discharge_voltage_limit_v=own.discharge_voltage_limit_v,
        charge_current_limit_a=0.0 if own.charge_enabled is False else own.charge_current_limit_a,
        discharge_current_limit_a=0.0 if own.discharge_enabled is False else own.discharge_current_limit_a,
    )


def _own(sample: PackSample) -> f.Own:
    analog, limits = sample.analog or Analog(0.0), _allowed(sample)
    cells = required(analog.cell_voltages_mv or None, "cell voltages")
    return f.Own(
        cell_voltages_mv=cells,
        cell_voltage_max_mv=max(cells),
        cell_voltage_min_mv=min(cells),
        pack_voltage_v=required(analog.pack_voltage_v, "voltage"),
        current_raw=0,
        temperature_max_c=analog.temperature_max_c,
        temperature_min_c=analog.temperature_min_c,
        full_ah=required(analog.full_ah, "capacity"),
        remaining_ah=required(analog.remaining_ah, "remaining capacity"),
        cycles=required(analog.cycles, "cycles"),
        soc_pct=required(analog.soc_pct, "state of charge"),
        soh_pct=required(analog.soh_pct, "state of health"),
        unknown=None,
        charge_current_limit_a=required(limits.charge_current_limit_a, "charge limit"),
        discharge_current_limit_a=required(limits.discharge_current_limit_a, "discharge limit"),
    )


def _told(faults: frozenset[Fault]) -> frozenset[Fault]:
    """The faults that the wire has bits for; any other is told as one of the system."""
    return faults & f.FAULTS | (frozenset({Fault.SYSTEM}) if faults - f.FAULTS else frozenset())


def _operation(current_a: float) -> Operation:
    if abs(current_a) <= _AT_REST_A:
        return Operation.IDLE
    return Operation.CHARGING if current_a > 0 else Operation.DISCHARGING


def _place(values: Sequence[float], value: float) -> int:
    """Number of the sensor that shows `value`, from 1; 0 when there are no sensors."""
    return values.index(value) + 1 if values else 0


def _version(version: str | None) -> int:
    """The first two numbers of a version in one byte each, 0 when they do not fit."""
    numbers = [int(part) for part in (version or "").split(".")[:2] if part.isdecimal()]
    return numbers[0] << 8 | numbers[1] if len(numbers) == 2 and max(numbers) <= 0xFF else 0
