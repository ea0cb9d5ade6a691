"""Seams of a CAN dialect: the battery that an inverter hears, and what an inverter understands of it. Without I/O.

Both sides are driven alike: every frame that arrives goes into `feed`, then, and whenever `next_due_s` has come, what
`due` gives is sent in order.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from openress.codec.canframe import CanFrame
from openress.model import Condition, Fault, Limits, RackSample
from openress.protocols.base import Value

__all__ = [
    "CanBattery",
    "CanInverter",
    "CanOptions",
    "Heard",
    "InverterView",
    "ViewCells",
    "ViewCharge",
    "ViewLimits",
    "ViewMeasured",
    "ViewModules",
    "ViewRequests",
    "ViewStatus",
]


@dataclass(frozen=True, slots=True)
class CanOptions:
    """What either side of a CAN dialect may be told; `None` leaves it to the dialect.

    Attributes:
        voltage_step_v: worth of one count of the voltage in 0x356, 0.01 or 0.1; documents and devices disagree.
        current_reversed: the current in 0x356 counts discharging as positive; documents leave it open.
        period_s: time from one burst to the next, 0.2 to 1 s.
        name: maker's name to give, up to eight Latin letters; some inverters know their batteries by it.
        rated: published maxima of the whole rack; nothing above goes out, whatever is told.
        experimental: consent to a dialect that no vendor document and no capture confirms.
    """

    voltage_step_v: float | None = None
    current_reversed: bool = False
    period_s: float | None = None
    name: str | None = None
    rated: Limits | None = None
    experimental: bool = False


@dataclass(frozen=True, slots=True)
class Heard:
    """What a battery has heard on its bus.

    Attributes:
        alive_at_s: when a frame of the inverter's came last; `None` while none has come.
        values: what the inverter last said, under public keys; empty for a bare sign of life.
        rival_at_s: when somebody else last sent an identifier of ours; `None` while nobody has.
        rival_id: that identifier.
        damaged: frames with an identifier of the inverter's that could not be read.
    """

    alive_at_s: float | None = None
    values: Mapping[str, Value] = field(default_factory=dict)
    rival_at_s: float | None = None
    rival_id: int | None = None
    damaged: int = 0


class CanBattery(Protocol):
    """Machine that is the battery of one dialect."""

    identifiers: frozenset[int]
    """All that it can ever send."""
    extended: bool
    """Whether its identifiers have 29 bits."""
    period_s: float
    """Time from one burst to the next, or that in which the inverter should ask."""

    @property
    def heard(self) -> Heard:
        """What has come in so far."""
        ...

    @property
    def next_due_s(self) -> float | None:
        """When `due` will have something to send: in the past when at once, `None` when the inverter must ask first."""
        ...

    def feed(self, frame: CanFrame, now_s: float) -> None:
        """Take a frame off the bus: a sign of life, a request, or something that is none of ours. Never raises."""
        ...

    def due(self, told: RackSample, now_s: float) -> list[CanFrame]:
        """The frames to send now, limits first; empty before their time, or when nobody has asked.

        `told` is what the inverter may know: its limits are already decided, and its age is the caller's business.
        It is said as safely as the dialect can: a limit that is absent, no number, negative or beyond what the
        inverter takes allows nothing; a measured value that is absent goes out as the dialect's mark for that, or its
        frame is left out; and a rack whose charge voltage can be neither told nor held at its own voltage says
        nothing at all.
        """
        ...

    def reset(self) -> None:
        """Forget requests and times, as after the bus was off; the next burst is due at once, or when asked for."""
        ...


@dataclass(frozen=True, slots=True)
class ViewLimits:
    """Limits as they arrived at `at_s`; currents are magnitudes."""

    at_s: float
    charge_voltage_limit_v: float | None = None
    charge_current_limit_a: float | None = None
    discharge_current_limit_a: float | None = None
    discharge_voltage_limit_v: float | None = None


@dataclass(frozen=True, slots=True)
class ViewRequests:
    """What the battery permits and asks for, as it arrived at `at_s`; `force_charge` is any request to charge now."""

    at_s: float
    charge_enabled: bool | None = None
    discharge_enabled: bool | None = None
    force_charge: bool | None = None
    full_charge_request: bool | None = None


@dataclass(frozen=True, slots=True)
class ViewCharge:
    """State of charge, health and capacity, as they arrived at `at_s`."""

    at_s: float
    soc_pct: float | None = None
    soh_pct: float | None = None
    full_ah: float | None = None
    remaining_ah: float | None = None
    cycles: int | None = None


@dataclass(frozen=True, slots=True)
class ViewMeasured:
    """Voltage, current (+ charges) and temperature, as they arrived at `at_s`."""

    at_s: float
    pack_voltage_v: float | None = None
    pack_current_a: float | None = None
    temperature_c: float | None = None


@dataclass(frozen=True, slots=True)
class ViewStatus:
    """What is wrong, as it arrived at `at_s`; `None` is no information, an empty set says that all is well."""

    at_s: float
    protections: frozenset[Condition] | None = None
    alarms: frozenset[Condition] | None = None
    faults: frozenset[Fault] | None = None


@dataclass(frozen=True, slots=True)
class ViewCells:
    """Extremes of cells and sensors, as they arrived at `at_s`."""

    at_s: float
    cell_voltage_min_mv: int | None = None
    cell_voltage_max_mv: int | None = None
    temperature_min_c: float | None = None
    temperature_max_c: float | None = None


@dataclass(frozen=True, slots=True)
class ViewModules:
    """Packs of the rack, as they arrived at `at_s`."""

    at_s: float
    modules: int | None = None
    modules_blocking_charge: int | None = None
    modules_blocking_discharge: int | None = None
    modules_offline: int | None = None


@dataclass(frozen=True, slots=True)
class InverterView:
    """What an inverter knows of its battery: groups with the time of their last frame, `None` before the first.

    Attributes:
        name: maker's name the battery has given.
        values: everything that arrived, under public keys, also what has no group.
    """

    limits: ViewLimits | None = None
    requests: ViewRequests | None = None
    charge: ViewCharge | None = None
    measured: ViewMeasured | None = None
    status: ViewStatus | None = None
    cells: ViewCells | None = None
    modules: ViewModules | None = None
    name: str | None = None
    values: Mapping[str, Value] = field(default_factory=dict)


class CanInverter(Protocol):
    """Machine that is the inverter of one dialect as far as the wire goes: what it does with a battery is not here."""

    identifiers: frozenset[int]
    """All that it can ever send: signs of life and requests."""
    extended: bool
    """Whether its identifiers have 29 bits."""

    @property
    def view(self) -> InverterView:
        """What it has understood so far; never grows old by itself."""
        ...

    @property
    def next_due_s(self) -> float | None:
        """When `due` will have something to send: in the past when at once, `None` before a frame has come."""
        ...

    def feed(self, frame: CanFrame, now_s: float) -> None:
        """Take a frame off the bus; what is damaged or not of this dialect changes nothing. Never raises."""
        ...

    def due(self, now_s: float) -> list[CanFrame]:
        """Signs of life and requests to send now."""
        ...
