"""Link URLs: how a person writes down where a battery or an inverter is connected.

serial:/dev/ttyUSB0?baud=9600&parity=N&stop=1&bytes=8     a serial port; options left out are these
serial:COM3                                               the same on Windows
tcp://host:port                                           a connection to a serial server
tcp-listen://host:port                                    a place where TCP clients connect
pty:PATH                                                  a pseudo-terminal with a link at PATH
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import get_close_matches
from enum import Enum
from typing import TYPE_CHECKING, TypeAlias

from openress.errors import ParameterError
from openress.ports.urltext import bracketed, check_choice, check_host, check_path, joined, number, split_host, whole

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = ["Link", "Parity", "PtyLink", "SerialLink", "TcpLink", "TcpListenLink", "parse_link"]

BAUDS = range(50, 4_000_001)  # POSIX termios B50 to Linux B4000000; adapters refuse what they cannot do
STOP_BITS = (1, 2)
DATA_BITS = (7, 8)

_EXAMPLES = {
    "serial": "serial:/dev/ttyUSB0?baud=9600",
    "tcp": "tcp://192.168.1.20:4196",
    "tcp-listen": "tcp-listen://0.0.0.0:4196",
    "pty": "pty:/tmp/battery",
}
_WINDOWS_DEVICE = re.compile(r"(\\\\\.\\)?COM[0-9]+", re.IGNORECASE)


class Parity(Enum):
    """The parity bit of a serial character."""

    NONE = "N"
    EVEN = "E"
    ODD = "O"


@dataclass(frozen=True, slots=True)
class SerialLink:
    """A serial port and its line settings.

    Args:
        device: a path from the root or a Windows port name; no `?`.
        baud: bits per second, 50 to 4000000.
        parity: the parity bit.
        stop_bits: 1 or 2.
        data_bits: 7 or 8.

    Raises:
        ParameterError: a value out of range.
    """

    device: str
    baud: int = 9600
    parity: Parity = Parity.NONE
    stop_bits: int = 1
    data_bits: int = 8

    def __post_init__(self) -> None:
        check_path("serial", self.device, _EXAMPLES["serial"])
        if not (self.device.startswith(("/", "./", "../")) or _WINDOWS_DEVICE.fullmatch(self.device)):
            raise ParameterError(
                f"{self.device!r} is no serial device: write serial:/dev/{self.device} or serial:COM3."
            )
        check_choice("baud", self.baud, BAUDS, "a whole number from 50 to 4000000, such as 9600 or 115200")
        check_choice("stop", self.stop_bits, STOP_BITS, "1 or 2")
        check_choice("bytes", self.data_bits, DATA_BITS, "7 or 8")

    @property
    def name(self) -> str:
        """The link without its options: what names the port to a person."""
        return f"serial:{self.device}"

    def __str__(self) -> str:
        options = {
            "baud": (self.baud, 9600),
            "parity": (self.parity.value, "N"),
            "stop": (self.stop_bits, 1),
            "bytes": (self.data_bits, 8),
        }
        query = "&".join(f"{key}={value}" for key, (value, usual) in options.items() if value != usual)
        return f"{self.name}?{query}" if query else self.name


@dataclass(frozen=True, slots=True)
class TcpLink:
    """A TCP connection to make.

    Args:
        host: a host name, an IPv4 address or an IPv6 address without brackets.
        port: 1 to 65535.

    Raises:
        ParameterError: a value that can be no host or no port.
    """

    host: str
    port: int

    def __post_init__(self) -> None:
        check_host("tcp://", self.host, _EXAMPLES["tcp"])
        check_choice("port", self.port, range(1, 65536), "a whole number from 1 to 65535")

    def __str__(self) -> str:
        return f"tcp://{bracketed(self.host)}:{self.port}"


@dataclass(frozen=True, slots=True)
class TcpListenLink:
    """A place to wait for TCP clients.

    Args:
        host: as for `TcpLink`, but of this computer; 0.0.0.0 stands for all its IPv4 addresses.
        port: 0 to 65535, where 0 takes any free port.

    Raises:
        ParameterError: a value that can be no host or no port.
    """

    host: str
    port: int

    def __post_init__(self) -> None:
        check_host("tcp-listen://", self.host, _EXAMPLES["tcp-listen"])
        check_choice("port", self.port, range(65536), "a whole number from 1 to 65535, or 0 for any free port")

    def __str__(self) -> str:
        return f"tcp-listen://{bracketed(self.host)}:{self.port}"


@dataclass(frozen=True, slots=True)
class PtyLink:
    """A pseudo-terminal to make: other programs open PATH as they would open a serial port.

    Raises:
        ParameterError: a path that is empty, or that holds `?` or control characters.
    """

    path: str

    def __post_init__(self) -> None:
        check_path("pty", self.path, _EXAMPLES["pty"])

    def __str__(self) -> str:
        return f"pty:{self.path}"


Link: TypeAlias = SerialLink | TcpLink | TcpListenLink | PtyLink


def parse_link(text: str) -> Link:
    """Read a link URL; `str` of the result is the shortest URL for the same link.

    Raises:
        ParameterError: the text is no link; the sentence says what to write instead.
    """
    text = text.strip()
    scheme, colon, rest = text.partition(":")
    read = _READERS.get(scheme.lower())
    if not colon or read is None:
        raise ParameterError(_why_no_link(text))
    return read(rest)


def _why_no_link(text: str) -> str:
    if not text:
        return f"The link is empty: write {joined(_EXAMPLES.values())}."
    if text.startswith("/") or _WINDOWS_DEVICE.fullmatch(text):
        return f"{text!r} is no link: write serial:{text} for a serial port, or pty:PATH to make one."
    scheme, colon, rest = text.partition(":")
    if scheme.lower() == "can":
        return f"{text!r} is a place on a CAN bus, but here bytes are read: write {joined(_EXAMPLES.values())}."
    address, _, port = text.rpartition(":")
    if address and not rest.startswith("//") and whole(port) is not None:
        return f"{text!r} is no link: write tcp://{text} to connect, or tcp-listen://{text} to wait for clients."
    if near := get_close_matches(scheme.lower(), _EXAMPLES, n=1):
        return f"{text!r} is no link: did you mean {_EXAMPLES[near[0]]}?"
    if colon:
        return f"{scheme!r} is no kind of link: write {joined(_EXAMPLES.values())}."
    return f"{text!r} is no link: write {joined(_EXAMPLES.values())}."


def _read_serial(rest: str) -> Link:
    device, mark, query = rest.partition("?")
    options = _read_options(query) if mark else {}
    return SerialLink(
        _without_url_slashes(device),
        baud=number("baud", options.get("baud", "9600"), "50 to 4000000, such as 9600 or 115200"),
        parity=_read_parity(options.get("parity", "N")),
        stop_bits=number("stop", options.get("stop", "1"), "1 or 2"),
        data_bits=number("bytes", options.get("bytes", "8"), "7 or 8"),
    )


def _read_pty(rest: str) -> Link:
    return PtyLink(_without_url_slashes(rest))


def _read_tcp(rest: str) -> Link:
    return TcpLink(*_read_address("tcp", rest))


def _read_tcp_listen(rest: str) -> Link:
    return TcpListenLink(*_read_address("tcp-listen", rest))


_READERS: Mapping[str, Callable[[str], Link]] = {
    "serial": _read_serial,
    "tcp": _read_tcp,
    "tcp-listen": _read_tcp_listen,
    "pty": _read_pty,
}


def _read_options(query: str) -> dict[str, str]:
    known = ("baud", "parity", "stop", "bytes")
    options: dict[str, str] = {}
    for item in query.split("&"):
        key, _, value = item.partition("=")
        if key not in known:
            near = get_close_matches(key.lower(), known, n=1)
            hint = f"did you mean {near[0]}?" if near else f"the options are {joined(known)}."
            raise ParameterError(f"A serial link has no option {key!r}: {hint}")
        if key in options:
            raise ParameterError(f"The option {key} is given twice: write it once.")
        options[key] = value
    return options


def _read_parity(text: str) -> Parity:
    try:
        return Parity(text.upper())
    except ValueError:
        raise ParameterError(f"parity={text} is not possible: write N (none), E (even) or O (odd).") from None


def _read_address(scheme: str, rest: str) -> tuple[str, int]:
    example = _EXAMPLES[scheme]
    host, colon, port_text = rest.removeprefix("//").rpartition(":")
    port = whole(port_text)
    if not rest.startswith("//") or not colon or port is None:
        text = f"{scheme}:{rest}"
        raise ParameterError(f"{text!r} needs a host and a port number: write it like {example}.")
    return split_host(host), port


def _without_url_slashes(path: str) -> str:
    if not path.startswith("//"):
        return path
    bare = path.lstrip("/")
    return bare if _WINDOWS_DEVICE.fullmatch(bare) else f"/{bare}"
