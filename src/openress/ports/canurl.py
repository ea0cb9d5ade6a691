"""CAN link URLs: how a person writes down through which adapter a CAN bus is reached.

can:slcan:/dev/ttyACM0?bitrate=500000&baud=115200      a USB or serial adapter that speaks slcan
can:slcan:COM3                                         the same on Windows
can:slcan:tcp://192.168.1.20:3333                      the same behind a serial server
can:socketcan:can0?bitrate=500000                      an interface of the Linux kernel
can:socketcand:192.168.1.20:29536/can0                 such an interface of another computer
can:udp:239.74.163.2:43113                             a bus without wires between programs and computers
can:virtual:NAME                                       a bus inside one program
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import get_close_matches
from ipaddress import ip_address
from typing import TYPE_CHECKING, TypeAlias

from openress.codec.slcan import BIT_RATES
from openress.errors import ParameterError
from openress.ports.url import SerialLink, TcpLink, parse_link
from openress.ports.urltext import bracketed, check_choice, check_host, joined, number, split_host, whole

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = [
    "CanLink",
    "SlcanLink",
    "SocketcanLink",
    "SocketcandLink",
    "UdpCanLink",
    "VirtualCanLink",
    "is_can_link",
    "parse_can_link",
]

BITRATE = 500_000
"""The bit rate of every inverter dialect that states one."""
BAUD = 115_200
"""The speed of the serial line to an adapter; those on USB ignore it."""
UDP_PORT = 43113
SOCKETCAND_PORT = 29536

_EXAMPLES = {
    "slcan": "can:slcan:/dev/ttyACM0?bitrate=500000",
    "socketcan": "can:socketcan:can0?bitrate=500000",
    "socketcand": "can:socketcand:192.168.1.20:29536/can0",
    "udp": "can:udp:239.74.163.2:43113",
    "virtual": "can:virtual:bench",
}
_RATES = joined(str(rate) for rate in BIT_RATES)
_WINDOWS_DEVICE = re.compile(r"(\\\\\.\\)?COM[0-9]+", re.IGNORECASE)
_KERNEL_NAME = re.compile(r"v?can[0-9]+")
_INTERFACE = re.compile(r"[A-Za-z0-9_.-]{1,15}")
_BUS_NAME = re.compile(r"[A-Za-z0-9_.-]{1,40}")


@dataclass(frozen=True, slots=True)
class SlcanLink:
    """An adapter that speaks slcan over a serial line.

    Args:
        line: where the adapter is.
        bitrate: bits per second on the CAN bus.

    Raises:
        ParameterError: a bit rate that slcan has no command for, or line settings that slcan does not have.
    """

    line: SerialLink | TcpLink
    bitrate: int = BITRATE

    def __post_init__(self) -> None:
        check_choice("bitrate", self.bitrate, BIT_RATES, _RATES)
        line = self.line
        if isinstance(line, SerialLink) and line != SerialLink(line.device, line.baud):
            raise ParameterError("An slcan adapter has no parity and no choice of stop bits: leave them out.")

    @property
    def name(self) -> str:
        """The link without its options: what names the port to a person."""
        return f"can:slcan:{self.line.device if isinstance(self.line, SerialLink) else self.line}"

    def __str__(self) -> str:
        options = []
        if self.bitrate != BITRATE:
            options.append(f"bitrate={self.bitrate}")
        if isinstance(self.line, SerialLink) and self.line.baud != BAUD:
            options.append(f"baud={self.line.baud}")
        return f"{self.name}?{'&'.join(options)}" if options else self.name


@dataclass(frozen=True, slots=True)
class SocketcanLink:
    """A CAN interface of this computer's Linux kernel.

    Args:
        interface: its name.
        bitrate: what it should be set to; only the administrator can, so this is for the sentence that says how.

    Raises:
        ParameterError: a name that no interface can have, or a bit rate out of range.
    """

    interface: str
    bitrate: int = BITRATE

    def __post_init__(self) -> None:
        _check_interface(self.interface, "socketcan")
        check_choice("bitrate", self.bitrate, range(10_000, 1_000_001), "10000 to 1000000, such as 500000")

    @property
    def name(self) -> str:
        """The link without its options."""
        return f"can:socketcan:{self.interface}"

    def __str__(self) -> str:
        return self.name if self.bitrate == BITRATE else f"{self.name}?bitrate={self.bitrate}"


@dataclass(frozen=True, slots=True)
class SocketcandLink:
    """A CAN interface of another computer that runs socketcand.

    Raises:
        ParameterError: a value that can be no host, port or interface.
    """

    host: str
    port: int
    interface: str

    def __post_init__(self) -> None:
        check_host("can:socketcand:", self.host, _EXAMPLES["socketcand"])
        check_choice("port", self.port, range(1, 65536), "a whole number from 1 to 65535")
        _check_interface(self.interface, "socketcand")

    @property
    def name(self) -> str:
        """The link itself."""
        return str(self)

    def __str__(self) -> str:
        return f"can:socketcand:{bracketed(self.host)}:{self.port}/{self.interface}"


@dataclass(frozen=True, slots=True)
class UdpCanLink:
    """A bus made of UDP multicast, between programs of one computer or of a local network.

    Raises:
        ParameterError: the group is no multicast address, or the port none.
    """

    group: str
    port: int = UDP_PORT

    def __post_init__(self) -> None:
        try:
            multicast = ip_address(self.group).is_multicast
        except ValueError:
            multicast = False
        if not multicast or "%" in self.group:
            raise ParameterError(f"{self.group!r} is no multicast address: write it like {_EXAMPLES['udp']}.")
        check_choice("port", self.port, range(1, 65536), "a whole number from 1 to 65535")

    @property
    def name(self) -> str:
        """The link itself."""
        return str(self)

    def __str__(self) -> str:
        return f"can:udp:{bracketed(self.group)}:{self.port}"


@dataclass(frozen=True, slots=True)
class VirtualCanLink:
    """A bus inside this program, found by its name.

    Raises:
        ParameterError: a name with other characters than letters, digits, `_`, `.` and `-`.
    """

    bus: str

    def __post_init__(self) -> None:
        if not _BUS_NAME.fullmatch(self.bus):
            raise ParameterError(f"{self.bus!r} cannot be the name of a bus: write it like {_EXAMPLES['virtual']}.")

    @property
    def name(self) -> str:
        """The link itself."""
        return str(self)

    def __str__(self) -> str:
        return f"can:virtual:{self.bus}"


CanLink: TypeAlias = SlcanLink | SocketcanLink | SocketcandLink | UdpCanLink | VirtualCanLink


def is_can_link(text: str) -> bool:
    """Whether a link is meant for a CAN bus rather than a line of bytes."""
    return text.strip().lower().startswith("can:")


def parse_can_link(text: str) -> CanLink:
    """Read a CAN link URL; `str` of the result is the shortest URL for the same link.

    Raises:
        ParameterError: the text is no CAN link; the sentence says what to write instead.
    """
    text = text.strip()
    scheme, _, rest = text.partition(":")
    kind, colon, where = rest.partition(":")
    if scheme.lower() != "can":
        raise ParameterError(f"{text!r} is no CAN link: write {joined(_EXAMPLES.values())}.")
    read = _READERS.get(kind.lower())
    if read is None or not colon:
        raise ParameterError(f"can:{kind} is no kind of CAN link: {_what_instead(kind)}")
    return read(where)


def _what_instead(kind: str) -> str:
    if _KERNEL_NAME.fullmatch(kind):
        return f"write can:socketcan:{kind}."
    if kind.startswith("/dev/") or _WINDOWS_DEVICE.fullmatch(kind):
        return f"write can:slcan:{kind}."
    near = get_close_matches(kind.lower(), _EXAMPLES, n=1)
    return f"did you mean {_EXAMPLES[near[0]]}?" if near else f"write {joined(_EXAMPLES.values())}."


def _read_slcan(where: str) -> CanLink:
    place, options = _parted("slcan", where, ("bitrate", "baud"))
    bitrate = number("bitrate", options.get("bitrate", str(BITRATE)), _RATES)
    if place.lower().startswith("tcp:"):
        line = parse_link(place)
        if "baud" in options:
            raise ParameterError("An slcan adapter behind tcp:// has no baud here: set it on the serial server.")
    else:
        if not (place.startswith(("/", "./", "../")) or _WINDOWS_DEVICE.fullmatch(place)):
            raise ParameterError(f"{place!r} is no serial device: write {_EXAMPLES['slcan']} or can:slcan:COM3.")
        baud = number("baud", options.get("baud", str(BAUD)), "50 to 4000000, such as 115200")
        line = parse_link(f"serial:{place}?baud={baud}")
    if not isinstance(line, SerialLink | TcpLink):
        raise ParameterError(f"{where!r} is no place of an slcan adapter: write it like {_EXAMPLES['slcan']}.")
    return SlcanLink(line, bitrate)


def _read_socketcan(where: str) -> CanLink:
    interface, options = _parted("socketcan", where, ("bitrate",))
    return SocketcanLink(interface, number("bitrate", options.get("bitrate", str(BITRATE)), "a number such as 500000"))


def _read_socketcand(where: str) -> CanLink:
    address, slash, interface = where.removeprefix("//").rpartition("/")
    if not slash:
        raise ParameterError(f"can:socketcand:{where} names no interface: write it like {_EXAMPLES['socketcand']}.")
    host, port = _host_and_port(address, SOCKETCAND_PORT)
    return SocketcandLink(host, port, interface)


def _read_udp(where: str) -> CanLink:
    return UdpCanLink(*_host_and_port(where.removeprefix("//"), UDP_PORT))


def _read_virtual(where: str) -> CanLink:
    return VirtualCanLink(where)


_READERS: Mapping[str, Callable[[str], CanLink]] = {
    "slcan": _read_slcan,
    "socketcan": _read_socketcan,
    "socketcand": _read_socketcand,
    "udp": _read_udp,
    "virtual": _read_virtual,
}


def _parted(kind: str, where: str, known: tuple[str, ...]) -> tuple[str, dict[str, str]]:
    place, mark, query = where.partition("?")
    options: dict[str, str] = {}
    for item in query.split("&") if mark else ():
        key, _, value = item.partition("=")
        if key not in known:
            near = get_close_matches(key.lower(), known, n=1)
            hint = f"did you mean {near[0]}?" if near else f"it has {' and '.join(known)}."
            raise ParameterError(f"A link can:{kind} has no option {key!r}: {hint}")
        if key in options:
            raise ParameterError(f"The option {key} is given twice: write it once.")
        options[key] = value
    return place, options


def _host_and_port(text: str, usual: int) -> tuple[str, int]:
    """Host and port; the port may be left out."""
    if text.endswith("]") or ":" not in text:
        return split_host(text), usual
    host, _, port_text = text.rpartition(":")
    port = whole(port_text)
    if port is None:
        raise ParameterError(f"port={port_text} is not possible: write a whole number from 1 to 65535.")
    return split_host(host), port


def _check_interface(name: str, kind: str) -> None:
    if not _INTERFACE.fullmatch(name):
        raise ParameterError(f"{name!r} is no name of a CAN interface: write it like {_EXAMPLES[kind]}.")
