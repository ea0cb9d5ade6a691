"""The cable between a battery and an inverter: which wires to make, and why a straight one will or will not do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from openress.errors import ParameterError
from openress.install.connectors import Bus, Inverter, Socket
from openress.install.finding import Finding, Weight
from openress.products import PINS, Port, PortUse, Product, Signal

__all__ = ["COLOURS", "Cable", "Wire", "cable_for", "socket_hazards", "straight_findings"]

COLOURS = ("white/orange", "orange", "white/green", "blue", "white/blue", "green", "white/brown", "brown")
"""Of pins 1 to 8 of a plug in T-568B (ANSI/TIA-568)."""

_USES = {Bus.CAN: PortUse.INVERTER_CAN, Bus.RS485: PortUse.INVERTER_RS485}
_GROUNDS = (Signal.CAN_GROUND, Signal.RS485_GROUND, Signal.GROUND)

_LANDS_ON = {
    Signal.SUPPLY_POSITIVE: "the positive supply of the inverter's network",
    Signal.SUPPLY_NEGATIVE: "the negative supply of the inverter's network",
    Signal.SUPPLY_12V: "the inverter's 12 V supply",
    Signal.RS232_RX: "the inverter's RS232 receiver",
    Signal.RS232_TX: "the inverter's RS232 transmitter",
    Signal.METER_A: "the bus of the energy meter (A)",
    Signal.METER_B: "the bus of the energy meter (B)",
    Signal.CT_U: "the current transformer (U)",
    Signal.CT_N: "the current transformer (N)",
    Signal.SENSOR: "the temperature sensor of a battery",
    Signal.WAKE_POSITIVE: "the WAKE line (+)",
    Signal.WAKE_NEGATIVE: "the WAKE line (-)",
    Signal.SYNC_H: "the SYNC bus between inverters (H)",
    Signal.SYNC_L: "the SYNC bus between inverters (L)",
    Signal.RESERVED: "a pin that is reserved",
    Signal.RS485_A: "RS485 (A)",
    Signal.RS485_B: "RS485 (B)",
    Signal.RS485_2_A: "a second RS485 bus (A)",
    Signal.RS485_2_B: "a second RS485 bus (B)",
    Signal.CAN_H: "the CAN bus (H)",
    Signal.CAN_L: "the CAN bus (L)",
    Signal.UNKNOWN: "a pin of which nothing is published",
}


@dataclass(frozen=True, slots=True)
class Wire:
    """One wire: from a pin of the battery's plug to a pin of the inverter's."""

    battery_pin: int
    inverter_pin: int
    signal: Signal

    @property
    def colour(self) -> str:
        """Of the wire, when the battery's plug is made in T-568B."""
        return COLOURS[self.battery_pin - 1]


@dataclass(frozen=True, slots=True)
class Cable:
    """A cable that may be made or bought.

    Attributes:
        battery: the product's title.
        port: the battery's socket.
        inverter: the inverter.
        socket: its socket.
        bus: what the cable carries.
        wires: to make; all eight, pin to pin, for a straight cable.
        against_straight: why a straight one may not be used; empty when it may.
        findings: what else is worth knowing.
    """

    battery: str
    port: Port
    inverter: Inverter
    socket: Socket
    bus: Bus
    wires: tuple[Wire, ...]
    against_straight: tuple[Finding, ...]
    findings: tuple[Finding, ...]

    @property
    def straight(self) -> bool:
        """Whether a straight T-568B cable may be used."""
        return not self.against_straight


def cable_for(product: Product, inverter: Inverter, bus: Bus | None = None) -> Cable:
    """Design the cable from a battery to an inverter.

    Args:
        product: the battery.
        inverter: the inverter.
        bus: by which they shall talk; the inverter's usual one by default.

    Raises:
        ParameterError: pins that it needs are not published, or one end does not have the bus at all.
    """
    bus = bus or inverter.bus
    socket = _socket(inverter)
    port = _port(product, bus)
    findings = [*_notes(inverter), *socket_hazards(product)]
    if not port.known:
        return _by_word_of_the_maker(product, port, inverter, socket, bus, findings)
    wires = [_wire(product, port, inverter, socket, signal) for signal in bus.pair]
    battery_ground = next((pin for pin in _pins(port.pins, _GROUNDS)), None)
    inverter_ground = next((pin for pin in _pins(socket.pins, _GROUNDS)), None)
    if battery_ground is not None and inverter_ground is not None:
        wires.append(Wire(battery_ground, inverter_ground, Signal.GROUND))
    against = straight_findings(port, inverter, socket, bus)
    if not against:
        return Cable(product.title, port, inverter, socket, bus, _straight(port), (), tuple(findings))
    wires.sort(key=lambda wire: wire.battery_pin)
    return Cable(product.title, port, inverter, socket, bus, tuple(wires), tuple(against), tuple(findings))


def straight_findings(port: Port, inverter: Inverter, socket: Socket, bus: Bus) -> list[Finding]:
    """Tell why a straight cable will not do; empty when it will.

    Every pin that carries something at the battery's end is looked at: it must carry the same at the other end. A pin
    that the battery leaves open does no harm, whatever the inverter has on it.
    """
    found = []
    for pin, (ours, theirs) in enumerate(zip(port.pins, socket.pins, strict=True), start=1):
        if not ours.connected or ours is theirs or (ours in _GROUNDS and theirs in _GROUNDS):
            continue
        if theirs is Signal.NC:
            if ours in bus.pair:
                sentence = f"pin {pin} carries {ours.value} at the battery and leads nowhere at {inverter.title}."
                found.append(Finding("leads-nowhere", Weight.REFUSED, f"No straight cable: {sentence}"))
            continue
        lands, printed = _LANDS_ON.get(theirs, theirs.value), socket.printed[pin - 1]
        if ours is Signal.RESERVED:
            sentence = (
                f"pin {pin} must stay empty at the battery, but it lands on {lands} at {inverter.title} ({printed})."
            )
        else:
            sentence = (
                f"pin {pin} carries {ours.value} at the battery, but it lands on {lands} at {inverter.title} "
                f"({printed})."
            )
        found.append(Finding("other-function", Weight.REFUSED, f"No straight cable: {sentence}"))
    return found


def socket_hazards(product: Product) -> list[Finding]:
    """Tell which sockets of a battery are easily mistaken for each other, and whether any has a ground."""
    ports = [port for port in product.ports or () if port.known]
    found: list[Finding] = []
    for index, one in enumerate(ports):
        others = [other for other in ports[index + 1 :] if _mistakable(one, other)]
        if others and not any(_mistakable(earlier, one) for earlier in ports[:index]):
            pins = "/".join(_mistakable(one, others[0]))
            names = "/".join(other.name for other in others)
            found.append(
                Finding(
                    "mistakable-sockets",
                    Weight.ADVICE,
                    f"{one.name} uses the same pins {pins} as {names}, for another bus: a plug in the wrong one puts "
                    f"{_bus_of(one)} onto {_bus_of(others[0])}. Label both ends.",
                )
            )
    if ports and not any(signal in _GROUNDS for port in ports for signal in port.pins):
        found.append(
            Finding(
                "no-ground",
                Weight.ADVICE,
                "No socket of the battery has a ground pin: keep the cable short and away from power cables.",
            )
        )
    return found


def _mistakable(one: Port, other: Port) -> list[str]:
    """Pins that both use, for different things."""
    return [
        str(pin)
        for pin, (a, b) in enumerate(zip(one.pins, other.pins, strict=True), start=1)
        if a.connected and b.connected and a is not b
    ]


def _bus_of(port: Port) -> str:
    return "CAN" if Signal.CAN_H in port.pins else "RS485"


def _socket(inverter: Inverter) -> Socket:
    if inverter.socket is None:
        raise ParameterError(
            f"{inverter.title}: the pins of its battery socket are not published, so no cable can be named; ask the "
            "maker for them, and do not try."
        )
    return inverter.socket


def _port(product: Product, bus: Bus) -> Port:
    port = product.port(_USES[bus])
    if port is None:
        raise ParameterError(f"{product.title}: no socket for {bus} to the inverter is published.")
    return port


def _notes(inverter: Inverter) -> list[Finding]:
    return [Finding("inverter-note", Weight.ADVICE, note) for note in inverter.notes]


def _by_word_of_the_maker(
    product: Product, port: Port, inverter: Inverter, socket: Socket, bus: Bus, findings: Sequence[Finding]
) -> Cable:
    """No pins to compare: only what the maker says of this very inverter counts."""
    if inverter.key not in (product.straight_cable_for or ()):
        raise ParameterError(
            f"{product.title}: the pins of its socket {port.name} are not published, and nobody says that a straight "
            f"cable fits {inverter.title}; read them from the label or the manual and enter them in a product file of "
            "your own."
        )
    said = Finding(
        "said-by-maker",
        Weight.UNKNOWN,
        f"{product.title} is said to need no special cable for {inverter.title}; its pins are not published, so this "
        "could not be checked pin by pin: measure which of them carry the bus before plugging in.",
    )
    return Cable(product.title, port, inverter, socket, bus, _straight(port), (), (said, *findings))


def _straight(port: Port) -> tuple[Wire, ...]:
    return tuple(Wire(pin, pin, port.pins[pin - 1]) for pin in range(1, PINS + 1))


def _wire(product: Product, port: Port, inverter: Inverter, socket: Socket, signal: Signal) -> Wire:
    ours, theirs = _pins(port.pins, (signal,)), _pins(socket.pins, (signal,))
    if not ours:
        raise ParameterError(f"{product.title}: its socket {port.name} has no {signal.value}.")
    if not theirs:
        raise ParameterError(f"{inverter.title}: its {socket.name} has no {signal.value} that is published.")
    return Wire(ours[0], theirs[0], signal)


def _pins(pins: Sequence[Signal], wanted: Sequence[Signal]) -> list[int]:
    return [pin for pin, signal in enumerate(pins, start=1) if signal in wanted]
