"""Which inverter, on which kind of line, in which dialect: from a name and a link to what a session needs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from openress.errors import ParameterError
from openress.gateway.caps import Caps
from openress.gateway.setup import Auto, PackMaxima, SessionSetup, habits_of
from openress.invertercatalog import find_inverter
from openress.inverters import Evidence, Inverter, Speech
from openress.model import Confidence, Identity, Source
from openress.ports import is_can_link, parse_can_link, parse_link
from openress.ports.url import SerialLink, TcpListenLink
from openress.protocols import find_dialect
from openress.protocols.base import Bus, ServerOptions
from openress.protocols.canbus import CanOptions
from openress.protocols.inverter.recognisecan import PYLONTECH_CAN

__all__ = ["AUTO", "InverterChoice", "SerialManner", "bus_of", "check_name", "check_port", "choose", "session_setup"]

AUTO = "auto"
"""In place of an inverter's name: its dialect is recognised by what it says."""
CHARACTERS, BITS = 3.5, 10
"""Silence that ends a frame (Modbus over serial line V1.02, 2.5.1.1), and the bits of a character, 8N1."""
BUS_NAMES = {Bus.CAN: "CAN", Bus.SERIAL: "RS485"}
_OURS = Source("OpenRESS, where the inverter itself tells", Confidence.OURS)
_IDENTITY = Identity(0.0, manufacturer="OpenRESS", model="RESS")


@dataclass(frozen=True, slots=True)
class SerialManner:
    """How answers leave on a serial line.

    Attributes:
        turnaround_s: silence between a question and its answer: 3.5 characters or more.
        one_byte_counts: Voltronic: count the bytes of a reply in one byte, as Modbus has it.
        reply_address: Pylontech: fixed address in replies, for inverters that accept no other; `None` echoes.
    """

    turnaround_s: float = 0.005
    one_byte_counts: bool = False
    reply_address: int | None = None

    @property
    def options(self) -> ServerOptions:
        """Of the dialect."""
        return ServerOptions(
            _IDENTITY,
            turnaround_s=self.turnaround_s,
            one_byte_counts=self.one_byte_counts,
            reply_address=self.reply_address,
        )


@dataclass(frozen=True, slots=True)
class InverterChoice:
    """An inverter and the dialect that is spoken to it.

    Attributes:
        inverter: what is known of it.
        speech: the dialect, with its evidence; where it is recognised, that of a simulated inverter.
        experimental: consent to a dialect that nothing confirms.
        auto: how the dialect is recognised; `None` where it is chosen.
        serial: how answers leave on a serial line.
        shadow: nothing is sent: another battery is on the line, and is compared.
    """

    inverter: Inverter
    speech: Speech
    experimental: bool = False
    auto: Auto | None = None
    serial: SerialManner = SerialManner()
    shadow: bool = False

    @property
    def bus(self) -> Bus:
        """The kind of line."""
        return self.speech.bus

    @property
    def options(self) -> CanOptions:
        """Of a dialect on CAN."""
        return CanOptions(experimental=self.experimental)

    @property
    def dialect(self) -> str | None:
        """The dialect, where it is chosen."""
        return None if self.auto is not None else self.speech.dialect

    def evidence(self, recognised: str | None = None) -> str:
        """How it is known that the inverter understands its dialect, or the one that was recognised."""
        if self.auto is None:
            return self.speech.sentence
        told = "" if recognised is None else f"; of the dialect: {find_dialect(recognised).evidence}"
        return f"recognised by what the inverter says{told}"

    def as_json(self, recognised: str | None = None) -> dict[str, Any]:
        """Under public keys; `recognised` is the dialect that was, where it is not chosen."""
        return {
            "inverter": self.inverter.key,
            "title": self.inverter.title,
            "bus": BUS_NAMES[self.bus],
            "dialect": self.dialect or recognised,
            "evidence": self.evidence(recognised),
        }


def bus_of(port: str) -> Bus:
    """The kind of line that a link leads to."""
    return Bus.CAN if is_can_link(port) else Bus.SERIAL


def check_port(port: str) -> str:
    """The link of an inverter, as it is written.

    Raises:
        ParameterError: no link, or one on which others connect.
    """
    if bus_of(port) is Bus.CAN:
        return str(parse_can_link(port))
    link = parse_link(port)
    if isinstance(link, TcpListenLink):
        raise ParameterError(f"{link} waits for others to connect: an inverter's line is a serial port, pty: or tcp:.")
    return str(link)


def check_name(name: str) -> None:
    """Refuse a name that no inverter has.

    Raises:
        ParameterError: says which are near.
    """
    if name != AUTO:
        find_inverter(name)


def choose(
    name: str,
    dialect: str | None = None,
    *,
    port: str | None = None,
    experimental: bool = False,
    probe: bool = False,
    serial: SerialManner | None = None,
) -> InverterChoice:
    """The inverter called `name` and its dialect: `dialect`, or the first of its own that is spoken on that line.

    Args:
        name: of an inverter, or `AUTO`.
        dialect: of its own; with `AUTO` on CAN which of the Pylontech family, without a port what a simulated one has.
        port: its link; without one the line it is usually connected by.
        experimental: consent to a dialect that nothing confirms.
        probe: consent to a trial, with `AUTO` on CAN.
        serial: how answers leave on a serial line.

    Raises:
        ParameterError: no such inverter, none that is spoken to on that line, or a dialect that is not its own.
    """
    bus = None if port is None else bus_of(check_port(port))
    manner = serial or SerialManner()
    _check_turnaround(manner.turnaround_s, port)
    if name == AUTO:
        return _automatic(dialect, bus, experimental=experimental, probe=probe, serial=manner)
    inverter = find_inverter(name)
    own = [speech for speech in inverter.speeches if bus in (None, speech.bus) and _answered(speech)]
    if not own:
        where = "" if bus is None else f" on {BUS_NAMES[bus]}"
        raise ParameterError(
            f"{inverter.title} is not spoken to{where}; `openress inverters show {inverter.key}` tells what is known."
        )
    chosen = [speech for speech in own if dialect in (None, speech.dialect)]
    if not chosen:
        names = " or ".join(speech.dialect for speech in own)
        raise ParameterError(f"{inverter.title} does not understand {dialect}: it is {names}.")
    return InverterChoice(inverter, chosen[0], experimental, serial=manner)


def _check_turnaround(turnaround_s: float, port: str | None) -> None:
    """Whoever asks needs 3.5 characters of silence to know that its question is over; slow lines need longer ones."""
    link = None if port is None or bus_of(port) is Bus.CAN else parse_link(port)
    least_s = CHARACTERS * BITS / link.baud if isinstance(link, SerialLink) else 0.0
    if turnaround_s < least_s:
        raise ParameterError(
            f"The turnaround is {turnaround_s:g} s: at {link} 3.5 characters take {least_s:.4f} s, which is the least."
        )


def _answered(speech: Speech) -> bool:
    return speech.found is not None and "battery" in speech.found.does


def _automatic(
    dialect: str | None, bus: Bus | None, *, experimental: bool, probe: bool, serial: SerialManner
) -> InverterChoice:
    found = None if dialect is None else find_dialect(dialect)
    bus = bus or (Bus.SERIAL if found is None else found.bus)
    usual = PYLONTECH_CAN[0] if bus is Bus.CAN else "pylontech"
    prefer = dialect if bus is Bus.CAN and dialect in PYLONTECH_CAN else None
    name = usual if found is None or found.bus is not bus else found.name
    title = "An inverter that is recognised"
    speech = Speech(name, bus, Evidence.OPEN, _OURS)
    inverter = Inverter(key=AUTO, title=title, maker="", also=(), speeches=(speech,))
    return InverterChoice(inverter, speech, experimental, Auto(prefer, probe), serial)


def session_setup(choice: InverterChoice, *, maxima: PackMaxima, caps: Caps, expected: int) -> SessionSetup:
    """The session with an inverter.

    Args:
        choice: the inverter and its dialect.
        maxima: of one pack.
        caps: a person's own.
        expected: packs that a first set must have.
    """
    return SessionSetup(
        AUTO if choice.auto is not None else choice.speech.dialect,
        choice.options,
        choice.inverter.fail_safe,
        habits_of(choice.inverter, choice.bus),
        caps,
        maxima,
        expected,
        choice.serial.options if choice.bus is Bus.SERIAL else None,
        choice.auto,
        choice.shadow,
    )
