"""A simulated inverter: what its household wants, within what it has understood on the wire, in its own manner.

Obedient unless it is given quirks, each of which has been seen in the field. How much it charges or discharges rests
on nothing but frames that arrived.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, Protocol, TypeVar

from openress.protocols.canbus import InverterView, ViewLimits
from openress.sim.rack import Demand

__all__ = ["LOST_AFTER_S", "Behaviour", "InverterWire", "Orders", "Quirk", "Seen", "SimInverter"]

Message = TypeVar("Message")

LOST_AFTER_S = 60.0
"""A battery that says nothing for so long is lost, where nothing else is known (an SMA Sunny Island's own time)."""
BMS_ERR_STOP_S, BMS_ERR_STOP_FAULT = 10.0, "F58"
"""Sol-Ark 12K and 15K manuals; the time is Discover's guide for them (REQ-274)."""
LEAST_BUS_SHARE = 0.5
"""Of the end-of-discharge voltage: below it an inverter sees no battery at all."""


class Quirk(StrEnum):
    """A way in which an inverter differs from an obedient one."""

    IGNORES_CCL = "ignores-ccl"
    """Charges up to the voltage limit whatever the current limit says."""
    IGNORES_DCL = "ignores-dcl"
    SLOW = "slow"
    """Follows every change ten seconds late."""
    SOC_ONLY = "soc-only"
    """Looks at nothing but the state of charge and its own settings."""
    MUTE = "mute"
    """Never sends a sign of life."""
    GAPS = "gaps"
    """Pauses its signs of life for five seconds, again and again."""
    CUTS_OFF = "cuts-off"
    """Stops at once when the battery misses three periods."""
    KEEPS_LAST = "keeps-last"
    """Goes on with what it heard last when the battery falls silent; a Sol-Ark with BMS_Err_Stop off does so."""
    BMS_ERR_STOP = "bms-err-stop"
    """Stops with fault F58 ten seconds after the battery has fallen silent, as a Sol-Ark with BMS_Err_Stop on does."""


@dataclass(frozen=True, slots=True)
class Behaviour:
    """The settings of a simulated inverter.

    Attributes:
        charge_a: what it can charge with.
        discharge_a: what it can discharge with.
        silent_after_s: without limits for so long, it takes the battery for lost and stops; `None` for never.
        reacts_in_s: how late it follows limits.
        soc_min_pct: where it stops discharging by itself, when it looks at the state of charge alone.
        soc_max_pct: where it stops charging by itself, likewise.
        own_limits: where its dialect has no limit, `charge_a` and `discharge_a` are set on it for this very rack, and
            hold as long as the dialect permits; without it they are nothing.
        gap_every_s: time from one pause of the signs of life to the next.
        gap_s: length of such a pause.
        fault_on_silence: what its display says then.
    """

    charge_a: float = 200.0
    discharge_a: float = 200.0
    silent_after_s: float | None = LOST_AFTER_S
    reacts_in_s: float = 0.0
    soc_min_pct: float = 10.0
    soc_max_pct: float = 100.0
    own_limits: bool = False
    gap_every_s: float = 30.0
    gap_s: float = 5.0
    fault_on_silence: str | None = None
    quirks: frozenset[Quirk] = frozenset()

    @classmethod
    def of(cls, quirks: Iterable[Quirk], lost_after_s: float | None = None) -> Behaviour:
        """The usual one with these quirks; `lost_after_s` is what is known of its time-out."""
        chosen = frozenset(quirks)
        stops = Quirk.BMS_ERR_STOP in chosen
        usual_s = LOST_AFTER_S if lost_after_s is None else lost_after_s
        silent_after_s: float | None = 3.0 if Quirk.CUTS_OFF in chosen else BMS_ERR_STOP_S if stops else usual_s
        return cls(
            silent_after_s=None if Quirk.KEEPS_LAST in chosen else silent_after_s,
            reacts_in_s=10.0 if Quirk.SLOW in chosen else 0.0,
            fault_on_silence=BMS_ERR_STOP_FAULT if stops else None,
            quirks=chosen,
        )


@dataclass(frozen=True, slots=True)
class Orders:
    """What the inverter has understood that it may do; `None` for a voltage it has not been told."""

    charge_a: float = 0.0
    discharge_a: float = 0.0
    charge_voltage_v: float | None = None
    discharge_voltage_v: float | None = None

    def demand(self, wanted_a: float, bus_v: float) -> Demand:
        """What is put on a bus of `bus_v` within them for a household that wants `wanted_a`, positive charges."""
        empty_v = self.discharge_voltage_v or 0.0
        if bus_v < LEAST_BUS_SHARE * empty_v or (wanted_a < 0 and bus_v < empty_v):
            return Demand(0.0)
        return Demand(
            max(-self.discharge_a, min(self.charge_a, wanted_a)),
            voltage_max_v=self.charge_voltage_v,
            voltage_min_v=self.discharge_voltage_v,
        )


@dataclass(frozen=True, slots=True)
class Seen:
    """What its owner would see on the display.

    Attributes:
        lost: the battery was there and has fallen silent; `None` when it has never been heard.
        orders: what it works with.
        wanted_a: what the household wants, positive charges.
        set_a: what it has set itself to, positive charges.
        view: what it has understood.
        fault: its own, such as F58 when it stops because the battery is silent.
    """

    lost: bool | None
    orders: Orders
    wanted_a: float
    set_a: float
    view: InverterView
    fault: str | None = None


class InverterWire(Protocol[Message]):
    """An inverter as far as its wire goes: a `CanInverter` or a `SerialInverter`."""

    @property
    def view(self) -> InverterView:
        """What it has understood so far."""
        ...

    @property
    def next_due_s(self) -> float | None:
        """When `due` will have something."""
        ...

    def feed(self, message: Message, now_s: float, /) -> None:
        """Take what came off the line."""
        ...

    def due(self, now_s: float) -> list[Message]:
        """What it says now."""
        ...


class SimInverter(Generic[Message]):
    """Machine: driven by frames and time like its wire, and asked by the plant for its current.

    Args:
        wire: its side of the dialect.
        behaviour: its manner.
    """

    def __init__(self, wire: InverterWire[Message], behaviour: Behaviour | None = None) -> None:
        self.wire = wire
        self.behaviour = behaviour or Behaviour()
        self._now_s = 0.0
        self._wanted_a = self._set_a = 0.0
        self._understood: deque[tuple[float, Orders]] = deque()
        self._orders = Orders()

    def hear(self, message: Message, now_s: float) -> None:
        """Take what came off the line."""
        self.wire.feed(message, now_s)

    @property
    def next_due_s(self) -> float | None:
        """When `due` will have something; see `InverterWire.next_due_s`."""
        return self.wire.next_due_s

    def due(self, now_s: float) -> list[Message]:
        """Signs of life, requests or questions to send now; lets time pass."""
        self._now_s = now_s
        self._follow(now_s)
        messages = self.wire.due(now_s)
        quirks = self.behaviour.quirks
        if Quirk.MUTE in quirks or (Quirk.GAPS in quirks and self._pauses(now_s)):
            return []
        return messages

    def _pauses(self, now_s: float) -> bool:
        behaviour = self.behaviour
        return now_s % behaviour.gap_every_s >= behaviour.gap_every_s - behaviour.gap_s

    def _follow(self, now_s: float) -> None:
        understood = self._understood
        if not understood or understood[-1][0] < now_s:
            understood.append((now_s, self._read()))
        while understood and now_s - understood[0][0] >= self.behaviour.reacts_in_s:
            self._orders = understood.popleft()[1]

    def _read(self) -> Orders:
        """What was heard so far allows."""
        behaviour, view = self.behaviour, self.wire.view
        limits, requests = view.limits or ViewLimits(0.0), view.requests
        if self.lost is not False:
            return Orders()
        if Quirk.SOC_ONLY in behaviour.quirks or (view.limits is None and requests is None):
            return self._by_charge(view)
        charge_a = self._or_own(limits.charge_current_limit_a, behaviour.charge_a)
        discharge_a = self._or_own(limits.discharge_current_limit_a, behaviour.discharge_a)
        if requests is not None and requests.charge_enabled is False:
            charge_a = 0.0
        if requests is not None and requests.discharge_enabled is False:
            discharge_a = 0.0
        return Orders(
            behaviour.charge_a if Quirk.IGNORES_CCL in behaviour.quirks else min(charge_a, behaviour.charge_a),
            behaviour.discharge_a if Quirk.IGNORES_DCL in behaviour.quirks else min(discharge_a, behaviour.discharge_a),
            limits.charge_voltage_limit_v,
            limits.discharge_voltage_limit_v,
        )

    def _or_own(self, limit_a: float | None, own_a: float) -> float:
        return (own_a if self.behaviour.own_limits else 0.0) if limit_a is None else limit_a

    def _by_charge(self, view: InverterView) -> Orders:
        soc_pct = None if view.charge is None else view.charge.soc_pct
        if soc_pct is None:
            return Orders()
        behaviour = self.behaviour
        return Orders(
            behaviour.charge_a if soc_pct < behaviour.soc_max_pct else 0.0,
            behaviour.discharge_a if soc_pct > behaviour.soc_min_pct else 0.0,
        )

    @property
    def lost(self) -> bool | None:
        """Whether the battery was there and has fallen silent; `None` when it has never been heard."""
        heard_s, silent_after_s = self._heard_s, self.behaviour.silent_after_s
        if heard_s is None:
            return None
        return silent_after_s is not None and self._now_s - heard_s > silent_after_s

    @property
    def _heard_s(self) -> float | None:
        """When it last heard its limits; where it asks for none, anything."""
        view = self.wire.view
        if view.limits is not None or not self.behaviour.own_limits:
            return None if view.limits is None else view.limits.at_s
        groups = (view.requests, view.charge, view.measured, view.status)
        return max((group.at_s for group in groups if group is not None), default=None)

    def demand(self, wanted_a: float, bus_v: float) -> Demand:
        """What it puts on a bus of `bus_v` for a household that wants `wanted_a`, positive charges."""
        found = self._orders.demand(wanted_a, bus_v)
        self._wanted_a, self._set_a = wanted_a, found.current_a
        return found

    @property
    def seen(self) -> Seen:
        """What its owner would see now."""
        lost = self.lost
        fault = self.behaviour.fault_on_silence if lost else None
        return Seen(lost, self._orders, self._wanted_a, self._set_a, self.wire.view, fault)
