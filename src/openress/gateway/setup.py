"""What a session is made of: one value that can be handed to another process, and the machine it becomes."""

from __future__ import annotations

from dataclasses import dataclass, field

from openress.codec.canframe import CanFrame
from openress.errors import ParameterError
from openress.gateway.caps import Caps, ceiling
from openress.gateway.hold import Hold
from openress.gateway.session import Session
from openress.gateway.shadow import ShadowSession
from openress.gateway.supervise import Habits, Supervisor
from openress.gateway.voice import CanVoice, SerialVoice
from openress.inverters import Answer, FailSafe, Inverter, Topic
from openress.model import RackSample
from openress.products import Product
from openress.protocols import find_dialect
from openress.protocols.base import Bus, ServerOptions
from openress.protocols.canbus import CanBattery, CanOptions
from openress.protocols.inverter.automatic import AutomaticBattery
from openress.protocols.inverter.automaticcan import AutomaticCanBattery
from openress.protocols.serialbus import SerialBattery

__all__ = [
    "Auto",
    "PackMaxima",
    "SessionSetup",
    "build_serial_session",
    "build_session",
    "check_session",
    "habits_of",
    "maxima_of",
]

LEAST_QUIET_S, MOST_QUIET_S = 60.0, 300.0
"""Silence of an inverter that is no trouble yet: never less, and never more whatever its conduct."""
QUIET_PAUSES = 4.0
"""So many of its longest known pauses in a row are silence."""
LEAST_REACTION_S, REACTIONS = 15.0, 1.5


@dataclass(frozen=True, slots=True)
class PackMaxima:
    """The published maxima of one pack; `None` where nobody has published one."""

    charge_voltage_v: float | None = None
    charge_current_a: float | None = None
    discharge_current_a: float | None = None
    cells: int | None = None

    def of(self, rack: RackSample) -> Caps:
        """What they make for the packs of a reading that are awake."""
        return ceiling(
            packs=sum(1 for pack in rack.packs if not pack.asleep),
            cells=self.cells,
            charge_voltage_v=self.charge_voltage_v,
            charge_current_a=self.charge_current_a,
            discharge_current_a=self.discharge_current_a,
        )


@dataclass(frozen=True, slots=True)
class Auto:
    """How a dialect is recognised.

    Attributes:
        prefer: on CAN, which of the Pylontech family is spoken to an inverter of it; they cannot be told apart.
        probe: consent to try, on a CAN bus that is silent, whether an inverter answers to limits of 0.
    """

    prefer: str | None = None
    probe: bool = False


@dataclass(frozen=True, slots=True)
class SessionSetup:
    """A session as data.

    Attributes:
        dialect: name of the dialect.
        options: of a dialect on CAN.
        fail_safe: the inverter's table.
        habits: what is usual for the inverter.
        caps: a person's own.
        maxima: of one pack.
        expected: packs that a first set must have.
        serial: options of a dialect on a serial line; `None` is CAN.
        auto: how the dialect is recognised; `None` where it is known.
        shadow: nothing is sent; what would be is compared with what another battery says.
    """

    dialect: str
    options: CanOptions = field(default_factory=CanOptions)
    fail_safe: FailSafe = field(default_factory=FailSafe)
    habits: Habits = field(default_factory=Habits)
    caps: Caps = field(default_factory=Caps)
    maxima: PackMaxima = field(default_factory=PackMaxima)
    expected: int = 1
    serial: ServerOptions | None = None
    auto: Auto | None = None
    shadow: bool = False

    @property
    def bus(self) -> Bus:
        """The line it is for."""
        return Bus.CAN if self.serial is None else Bus.SERIAL


def build_session(setup: SessionSetup, start_s: float) -> Session[CanFrame]:
    """The machine of `setup` on CAN, which begins to listen at `start_s`.

    Raises:
        ParameterError: a dialect that no battery speaks on CAN, or options it does not have.
    """
    voice = CanVoice(_can_battery(setup), setup.dialect)
    make = ShadowSession[CanFrame] if setup.shadow else Session[CanFrame]
    return make(voice, _hold(setup), Supervisor(setup.habits, start_s), start_s)


def _can_battery(setup: SessionSetup) -> CanBattery:
    if setup.auto is not None:
        return AutomaticCanBattery(setup.options, prefer=setup.auto.prefer, probe=setup.auto.probe)
    dialect = find_dialect(setup.dialect)
    make = dialect.parts().can_battery
    if make is None:
        raise ParameterError(f"{dialect.name} is not spoken to inverters on CAN; `openress dialects` lists what is.")
    return make(setup.options)


def build_serial_session(setup: SessionSetup, start_s: float) -> Session[bytes]:
    """The machine of `setup` on a serial line, which begins to listen at `start_s`.

    Raises:
        ParameterError: a dialect that no battery speaks to inverters on a serial line, or options it does not have.
    """
    voice = SerialVoice(_serial_battery(setup), setup.dialect)
    make = ShadowSession[bytes] if setup.shadow else Session[bytes]
    return make(voice, _hold(setup), Supervisor(setup.habits, start_s, asked=True), start_s)


def _serial_battery(setup: SessionSetup) -> SerialBattery:
    if setup.auto is not None and setup.serial is not None:
        return AutomaticBattery(setup.serial)
    dialect = find_dialect(setup.dialect)
    make = dialect.parts().serial_battery
    if make is None or setup.serial is None:
        raise ParameterError(f"{dialect.name} is not spoken to inverters on RS485; `openress dialects` lists what is.")
    return make(setup.serial)


def check_session(setup: SessionSetup) -> None:
    """Refuse what no session can be made of.

    Raises:
        ParameterError: see `build_session` and `build_serial_session`.
    """
    if setup.bus is Bus.CAN:
        build_session(setup, 0.0)
    else:
        build_serial_session(setup, 0.0)


def _hold(setup: SessionSetup) -> Hold:
    return Hold(setup.fail_safe, caps=setup.caps, ceiling=setup.maxima.of, expected=setup.expected)


def habits_of(inverter: Inverter, bus: Bus = Bus.CAN) -> Habits:
    """What is usual for an inverter on a kind of line, from what is known of its conduct.

    On a serial line it is the one that asks, whatever is known.
    """
    life, reaction = inverter.facts.get(Topic.SIGN_OF_LIFE), inverter.facts.get(Topic.REACTION)
    answers = {Answer.YES: True, Answer.NO: False}.get(life.answer) if life is not None else None
    answers = True if bus is Bus.SERIAL else answers
    pause_s = life.seconds if life is not None and life.seconds is not None else 0.0
    reacts_in_s = reaction.seconds if reaction is not None and reaction.seconds is not None else 0.0
    return Habits(
        name=inverter.title,
        answers=answers,
        quiet_for_s=min(MOST_QUIET_S, max(LEAST_QUIET_S, QUIET_PAUSES * pause_s)),
        reacts_in_s=max(LEAST_REACTION_S, REACTIONS * reacts_in_s),
    )


def maxima_of(product: Product) -> PackMaxima:
    """The published maxima of a product; an equalisation may go above its usual charge voltage."""
    voltages = [v for v in (product.charge_voltage_v, product.equalise_voltage_v) if v is not None]
    return PackMaxima(
        max(voltages, default=None),
        product.charge_current_max_a,
        product.discharge_current_max_a,
        product.cells_in_series,
    )
