"""What virtual packs keep besides their measured values: settings, clock, records, orders and inverter protocols.

Orders only ever tighten: a switch that is let be closes when no protection says otherwise. Settings are taken when the
pack's product accepts them, and refused as a whole otherwise.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Protocol

from openress.bms.rows import Way
from openress.errors import ParameterError
from openress.model.history import Calendar, HistoryRecord
from openress.params import ParameterSet
from openress.protocols.access import Control, ProtocolChoice
from openress.sim.virtual import VirtualPack, VirtualRack

__all__ = ["Choice", "Told", "VirtualMemory", "Witness"]

_LIMITER, _LIMITER_SPAN_A, _LIMITER_USUAL_A = "limiter_start_a", (5.0, 150.0), 100.0
"""As PACE packs have it."""
_WAYS = {Control.CHARGE_SWITCH: Way.CHARGE, Control.DISCHARGE_SWITCH: Way.DISCHARGE}


@dataclass(frozen=True, slots=True)
class Choice:
    """Inverter protocols of a pack; see `ProtocolChoice`."""

    can: int | None = None
    rs485: int | None = None
    automatic: bool | None = True


@dataclass(frozen=True, slots=True)
class Told:
    """What a pack was told to do.

    Attributes:
        switched: the last order for each control; one that was never ordered is absent.
        clock_ahead_s: how far its clock is ahead of that of the place.
        choice: its inverter protocols.
        limiter_start_a: above which charge current its limiter comes in by itself. One that was never set is told as
            `100 A`, and does nothing: the limiter is then in or out as it is ordered.
    """

    switched: Mapping[Control, bool] = field(default_factory=dict)
    clock_ahead_s: float = 0.0
    choice: Choice = field(default_factory=Choice)
    limiter_start_a: float | None = None


class Witness(Protocol):
    """Who writes down what packs were told."""

    def set(self, pack: VirtualPack, who: str) -> None:
        """`pack` has taken new settings."""
        ...

    def refused(self, pack: VirtualPack, values: Mapping[str, float], who: str, why: str) -> None:
        """`pack` has refused settings."""
        ...

    def told(self, pack: VirtualPack, told: Told) -> None:
        """`pack` has taken an order."""
        ...


class VirtualMemory:
    """The `PackMemory` of a virtual rack.

    Args:
        rack: its packs.
        clock_s: what a clock at this place shows, as `Calendar.seconds`.
        told: what packs were told before, by number.
        witness: writes down what happens.
        who: from where orders come, for the witness.
    """

    def __init__(
        self,
        rack: VirtualRack,
        clock_s: Callable[[], float],
        *,
        told: Mapping[int, Told] = MappingProxyType({}),
        witness: Witness | None = None,
        who: str = "a link",
    ) -> None:
        self._rack = rack
        self._clock_s = clock_s
        self._witness = witness
        self.who = who
        self._packs = {pack.number: pack for pack in rack.packs}
        self._told = {number: told.get(number, Told()) for number in self._packs}
        for number, pack in self._packs.items():
            pack.clock = self._clock_of(number)
            pack.bms.start_limiter_above(self._told[number].limiter_start_a)
            for control, on in self._told[number].switched.items():
                if control is not Control.SHUTDOWN:
                    self._obey(pack, control, on=on)

    def over(self, link: str) -> VirtualMemory:
        """The same memory as it is reached over `link`."""
        same = copy(self)
        same.who = link
        return same

    def _clock_of(self, number: int) -> Callable[[], Calendar]:
        return lambda: Calendar.of_seconds(self._clock_s() + self._told[number].clock_ahead_s)

    def parameters(self, pack: int) -> Mapping[str, float]:
        """All settings of a pack."""
        start_a = self._told[pack].limiter_start_a
        return {**self._packs[pack].values, _LIMITER: _LIMITER_USUAL_A if start_a is None else start_a}

    def write(self, pack: int, values: Mapping[str, float]) -> str | None:
        """Change settings of a pack, all of them or none."""
        target = self._packs[pack]
        start_a = values.get(_LIMITER)
        if start_a is not None and not _LIMITER_SPAN_A[0] <= start_a <= _LIMITER_SPAN_A[1]:
            return f"The limiter of this pack cannot start at {start_a:g} A."
        try:
            kept = {key: value for key, value in values.items() if key != _LIMITER}
            taken = ParameterSet(self._rack.product, dict(target.values)).with_values(kept)
        except ParameterError as error:
            if self._witness is not None:
                self._witness.refused(target, values, self.who, str(error))
            return str(error)
        if taken.changes_from(target.values):
            target.set_values(taken, self._rack.plant.now_s)
            if self._witness is not None:
                self._witness.set(target, self.who)
        if start_a is not None:
            self._start_limiter_above(pack, start_a)
        return None

    def _start_limiter_above(self, pack: int, start_a: float) -> None:
        told = self._told[pack]
        kept_out = told.switched.get(Control.CHARGE_LIMITER) is False
        switched = {what: on for what, on in told.switched.items() if not (kept_out and what is Control.CHARGE_LIMITER)}
        self._packs[pack].bms.start_limiter_above(start_a)
        self._note(pack, replace(told, switched=switched, limiter_start_a=start_a))

    def history(self, pack: int) -> Sequence[HistoryRecord]:
        """The records of a pack, newest first."""
        return self._packs[pack].records.read()

    def clock(self, pack: int) -> Calendar | None:
        """The clock of a pack."""
        return self._clock_of(pack)()

    def set_clock(self, pack: int, now: Calendar) -> str | None:
        """Set the clock of a pack."""
        if not now.exists:
            return f"{now} is no date and time."
        self._note(pack, replace(self._told[pack], clock_ahead_s=now.seconds - self._clock_s()))
        return None

    def control(self, pack: int, control: Control, *, on: bool) -> str | None:
        """Switch something of a pack."""
        reason = self._obey(self._packs[pack], control, on=on)
        if reason is None and control is not Control.SHUTDOWN:
            told = self._told[pack]
            self._note(pack, replace(told, switched={**told.switched, control: on}))
        return reason

    def _obey(self, pack: VirtualPack, control: Control, *, on: bool) -> str | None:
        match control:
            case Control.CHARGE_SWITCH | Control.DISCHARGE_SWITCH:
                pack.bms.switch(_WAYS[control], on=on)
            case Control.CHARGE_LIMITER:
                pack.bms.limit_charge(on=on)
            case Control.BALANCING:
                pack.bms.balance(on=on)
            case Control.SHUTDOWN if on:
                pack.shut_down(self._rack.plant.now_s)
            case Control.SHUTDOWN:
                return "A pack that is off is switched on with its button."
            case Control.BUZZER:
                # It is kept and told; the plant makes no sound.
                return None
            case Control.LAMP_ALARM if not on:
                return "The alarm lamp of this pack cannot be silenced."
            case Control.LIMITER_LOW_GEAR if on:
                return "The limiter of this pack has one gear."
        return None

    def protocol_choice(self, pack: int) -> ProtocolChoice | None:
        """The inverter protocols of a pack."""
        return self._told[pack].choice

    def choose_protocol(self, pack: int, choice: ProtocolChoice) -> str | None:
        """Choose inverter protocols; what is `None` stays as it is."""
        before = self._told[pack].choice
        after = Choice(
            before.can if choice.can is None else choice.can,
            before.rs485 if choice.rs485 is None else choice.rs485,
            before.automatic if choice.automatic is None else choice.automatic,
        )
        self._note(pack, replace(self._told[pack], choice=after))
        return None

    def _note(self, pack: int, told: Told) -> None:
        self._told[pack] = told
        if self._witness is not None:
            self._witness.told(self._packs[pack], told)
