"""What a PACE pack keeps, on the answering side: settings, clock, records, switches and inverter protocols."""

from __future__ import annotations

from dataclasses import replace

from openress.codec import HexFrame
from openress.errors import ParameterError
from openress.model import Limits, PackSample
from openress.model.history import Calendar, HistoryRecord
from openress.protocols.access import Control, PackMemory
from openress.protocols.battery.pace import frames as f
from openress.protocols.battery.pace.access import SWITCHINGS
from openress.protocols.battery.pace.codes import Command
from openress.protocols.battery.pace.settings import ENABLED, LIMITER, Group, group_of
from openress.protocols.battery.pace.status import NEAREST, Orders, indicator

__all__ = ["Keeping"]

NORMAL, COMMAND_INVALID, REFUSED = 0x00, 0x04, 0x09
FULL_CHARGE_MA = 2000
"""Full-charge current of the captured pack, told where the memory has none."""
_SAME = 0.001
"""Difference up to which a value told and a value written back are the same: one count of the wire."""

_CONTROLS = {switching.value: what for what, switching in SWITCHINGS.items()}

_Answer = tuple[int, bytes]
"""RTN and INFO."""


class Keeping:
    """Answers the commands that need a memory; remembers what was ordered, for the control byte."""

    __slots__ = ("_memory", "_orders", "_told")

    def __init__(self, memory: PackMemory) -> None:
        self._memory = memory
        self._told: dict[tuple[int, str], float] = {}
        """What was told last of settings that the memory does not keep; what follows the pack's limits moves on."""
        self._orders: dict[int, Orders] = {}

    def orders(self, pack: int) -> Orders:
        """What has been ordered of a pack since this port was opened."""
        return self._orders.get(pack, Orders())

    def answer(self, request: HexFrame, sample: PackSample) -> _Answer:
        """RTN and INFO of the reply.

        Raises:
            FrameError: the order cannot be read.
            ParameterError: the pack does not know what the reply cannot leave out.
        """
        group, pack, info = group_of(request.code), sample.pack, request.info
        if group is not None:
            if request.code == group.read:
                return NORMAL, group.reply.encode(group.reply.frame(**self._row(group, sample)))
            return self._set(group, sample, info)
        match request.code:
            case Command.READ_CLOCK:
                return self._clock(pack)
            case Command.WRITE_CLOCK:
                return _done(self._set_clock(pack, info))
            case Command.HISTORY:
                records = self._memory.history(pack)
                index = f.RECORD_INDEX.decode(info).index
                return NORMAL, f.HISTORY.encode(_frame(records[index])) if index < len(records) else b""
            case Command.READ_CHOICE:
                return self._choice(pack)
            case Command.WRITE_CHOICE:
                return _done(self._memory.choose_protocol(pack, f.CHOICE.decode(info)))
            case _:
                return self._switch(request, sample)

    def _row(self, group: Group, sample: PackSample) -> dict[str, float | None]:
        """Values of a group under its keys; what the memory does not keep is told as PACE packs have it."""
        kept = self._memory.parameters(sample.pack)
        found: dict[str, float | None] = {}
        for key, row in group.reply.rows.items():
            value = kept.get(key)
            if value is None and row.key != "":
                value = _usual(key, sample)
                if value is not None:
                    self._told[sample.pack, key] = value
            found[key] = value
        if group.read == Command.READ_DISCHARGE_OC2:
            # Older packs repeat the three bytes; readers of that time expect six (captured).
            found["tail_current_a"] = found["discharge_oc2_protect_a"]
            found["tail_delay_ms"] = found["discharge_oc2_delay_ms"]
        return found

    def _set(self, group: Group, sample: PackSample, info: bytes) -> _Answer:
        order = group.order.decode(info)
        kept = self._memory.parameters(sample.pack)
        changes = {}
        for key in group.keys:
            value = float(getattr(order, key))
            if key in kept:
                changes[key] = value
                continue
            usual = (_usual(key, sample), self._told.get((sample.pack, key)))
            if not any(known is not None and abs(value - known) <= _SAME for known in usual):
                # The memory cannot keep it: a protection is not switched off in silence.
                return REFUSED, b""
        refusal = self._memory.write(sample.pack, changes)
        if refusal is None and group.order is LIMITER:
            # A limiter whose start current is set may come in: it is not kept out any more.
            self._orders[sample.pack] = replace(self.orders(sample.pack), limiter_off=False)
        return _done(refusal)

    def _clock(self, pack: int) -> _Answer:
        now = self._memory.clock(pack)
        if now is None:
            return REFUSED, b""
        clock = f.Clock(now.year, now.month, now.day, now.hour, now.minute, now.second)
        return NORMAL, f.CLOCK.encode(clock)

    def _set_clock(self, pack: int, info: bytes) -> str | None:
        told = f.CLOCK.decode(info)
        if not (1 <= told.month <= 12 and 1 <= told.day <= 31):
            return "no date"
        if told.hour > 23 or told.minute > 59 or told.second > 59:
            return "no time of day"
        return self._memory.set_clock(
            pack, Calendar(told.year, told.month, told.day, told.hour, told.minute, told.second)
        )

    def _choice(self, pack: int) -> _Answer:
        choice = self._memory.protocol_choice(pack)
        if choice is None:
            return REFUSED, b""
        manual = None if choice.automatic is None else int(not choice.automatic)
        return NORMAL, f.CHOICE.encode(f.Choice(choice.can, choice.rs485, manual))

    def _switch(self, request: HexFrame, sample: PackSample) -> _Answer:
        info, pack = request.info, sample.pack
        if request.code == Command.SHUTDOWN:
            if info not in (b"", b"\x01"):
                return REFUSED, b""
            return _done(self._memory.control(pack, Control.SHUTDOWN, on=True))
        if len(info) != 1:
            return REFUSED, b""
        if request.code == Command.SWITCH:
            return self._order(pack, info[0])
        charge = request.code == Command.CHARGE_SWITCH
        control, on = (Control.CHARGE_SWITCH if charge else Control.DISCHARGE_SWITCH), info[0] == 0
        if info[0] > 1 or self._memory.control(pack, control, on=on) is not None:
            return REFUSED, f.SYSTEM.encode(indicator(sample))
        before = self.orders(pack)
        self._orders[pack] = replace(before, charge_off=not on) if charge else replace(before, discharge_off=not on)
        system = indicator(sample)
        system = replace(system, charge_switch=on) if charge else replace(system, discharge_switch=on)
        return NORMAL, f.SYSTEM.encode(system)

    def _order(self, pack: int, code: int) -> _Answer:
        if code not in _CONTROLS:
            return REFUSED, b""
        control, on = _CONTROLS[code]
        if self._memory.control(pack, control, on=on) is not None:
            return REFUSED, b""
        before = self.orders(pack)
        match control:
            case Control.BUZZER:
                after = replace(before, buzzer=on)
            case Control.LAMP_ALARM:
                after = replace(before, led_alarm_off=not on)
            case Control.CHARGE_LIMITER:
                after = replace(before, limiter_off=not on)
            case Control.LIMITER_LOW_GEAR:
                after = replace(before, limiter_low_gear=on)
            case _:
                after = before
        self._orders[pack] = after
        switched = f.Switched(
            code,
            led_alarm_off=after.led_alarm_off,
            limiter_off=after.limiter_off,
            limiter_low_gear=after.limiter_low_gear,
            discharge_ordered_off=after.discharge_off,
            charge_ordered_off=after.charge_off,
            buzzer=after.buzzer,
        )
        return NORMAL, f.SWITCHED.encode(switched)


def _done(reason: str | None) -> _Answer:
    return (NORMAL if reason is None else REFUSED), b""


def _usual(key: str, sample: PackSample) -> float | None:
    """What a PACE pack has where our memory keeps nothing."""
    if key in ENABLED:
        return 1.0
    if key == "full_charge_v":
        return (sample.limits or Limits(0.0)).charge_voltage_limit_v
    return float(FULL_CHARGE_MA) if key == "full_charge_ma" else None


def _frame(record: HistoryRecord) -> f.HistoryFrame:
    """A record on the wire.

    Raises:
        ParameterError: it lacks something that the record of a PACE pack always has.
    """
    if record.at is None:
        raise ParameterError("The record has no time.")
    cells: tuple[float | None, ...] = record.temperatures_c or ()
    protections = record.protections or frozenset()
    warned = (record.conditions or frozenset()) - protections
    at = record.at
    return f.HistoryFrame(
        year=at.year,
        month=at.month,
        day=at.day,
        hour=at.hour,
        minute=at.minute,
        second=at.second,
        cell_voltages_mv=record.cell_voltages_mv or (),
        sensors_c=(*cells, *(None,) * (4 - len(cells)), record.mos_temperature_c, record.env_temperature_c),
        pack_current_a=record.pack_current_a,  # type: ignore[arg-type]  # absent is refused by the encoder
        pack_voltage_v=record.pack_voltage_v,  # type: ignore[arg-type]
        remaining_ah=record.remaining_ah,  # type: ignore[arg-type]
        full_ah=record.full_ah,  # type: ignore[arg-type]
        protect_1=protections,
        protect_2=protections,
        fault_5=frozenset(NEAREST.get(fault, fault) for fault in record.faults or ()),
        warn_1=warned,
        warn_2=warned,
        indicator_3=None,
        cycles=None,
        fault_8=None,
        fault_10=None,
        status_record=None,
    )
