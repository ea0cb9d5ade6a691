"""The sockets of inverters: what is on the pins of each, as printed, and by which bus a battery talks to it.

Rows of the A5L guide's table "Major inverter BMS Port" unless another source is named. An inverter that a guide lists
without its pins has no socket here: nobody can make a cable for it until the pins are known.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from openress.errors import ParameterError
from openress.model import Confidence, Source
from openress.names import nearest
from openress.products.port import Signal, signals

__all__ = ["INVERTERS", "Bus", "Inverter", "Socket", "find_inverter"]


class Bus(StrEnum):
    """By which wires battery and inverter talk."""

    CAN = "CAN"
    RS485 = "RS485"

    @property
    def pair(self) -> tuple[Signal, Signal]:
        """Its two wires."""
        return (Signal.CAN_H, Signal.CAN_L) if self is Bus.CAN else (Signal.RS485_A, Signal.RS485_B)


@dataclass(frozen=True, slots=True)
class Socket:
    """An RJ45 socket of an inverter: what is printed beside it, its pins 1 to 8, and the maker's words for them."""

    name: str
    pins: tuple[Signal, ...]
    printed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Inverter:
    """One inverter, or a series of them with the same socket.

    Attributes:
        key: name in commands.
        title: as a person calls it.
        bus: by which batteries are known to talk to it.
        socket: where the cable goes; `None` where its pins are not published.
        source: who prints that.
        notes: what to look after.
        also: other names for it.
    """

    key: str
    title: str
    bus: Bus
    socket: Socket | None
    source: Source
    notes: tuple[str, ...] = ()
    also: tuple[str, ...] = ()


_GUIDE = Source("Syscom A5L RESS user's guide Rev 1.1, Major inverter BMS Port", Confidence.VENDOR)
_LIST = Source("Syscom A5L RESS user's guide Rev 1.1, list of inverters", Confidence.VENDOR)
_SOLARK = Source("Sol-Ark 15K manual, August 2022, page 45", Confidence.VENDOR)
_SOLARK_5K = Source("Sol-Ark 5K manual, April 2021, page 42", Confidence.VENDOR)


def _socket(name: str, pins: str, printed: str) -> Socket:
    words = tuple(word.strip() for word in printed.split("|"))
    return Socket(name, signals(pins, name), words)


_ALL = (
    Inverter(
        "victron",
        "Victron with CCGX",
        Bus.CAN,
        _socket(
            "VE.Can",
            "V- V+ V- NC NC V+ CAN_H CAN_L",
            "NET-C/V- | NET-S/V+ | NET-C/V- | NC | NC | NET-S/V+ | CAN-H | CAN-L",
        ),
        _GUIDE,
        ("Pins 1, 2, 3 and 6 carry the supply of the network; the battery's socket has nothing on them.",),
        ("ccgx", "cerbo"),
    ),
    Inverter(
        "sma",
        "SMA Sunny Island",
        Bus.CAN,
        _socket(
            "BMS port",
            "RESERVED CAN_GND SYNC_H CAN_H CAN_L SYNC_L RESERVED RESERVED",
            "Sync1, reserved | CAN_GND | SYNC_H | CAN_H | CAN_L | SYNC_L | Sync7, reserved | Sync8, reserved",
        ),
        _GUIDE,
        ("Both ends of the CAN pair and of the SYNC pair need a terminator of 100 ohm (120 ohm may be used).",),
        ("sunny-island",),
    ),
    Inverter(
        "megarevo",
        "Megarevo REVO",
        Bus.CAN,
        _socket(
            "BMS port",
            "NC NC NC CAN_H CAN_L 485_GND 485_A 485_B",
            "/ | / | / | CAN_H | CAN_L | 485_GND | 485_A | 485_B",
        ),
        _GUIDE,
        (),
        ("revo",),
    ),
    Inverter(
        "must",
        "MUST solar inverter 2 to 5.5 kW",
        Bus.CAN,
        _socket("BMS port", "485_B 485_A GND NC CAN_L CAN_H NC NC", "485_B | 485_A | GND | / | CAN_L | CAN_H | / | /"),
        _GUIDE,
        ("CAN_L on 5 and CAN_H on 6 is unlike all others: check it on the device before switching on.",),
    ),
    Inverter(
        "growatt",
        "Growatt SPF TL, ES",
        Bus.RS485,
        _socket("BMS port", "485_B 485_A NC NC NC NC NC NC", "485_B | 485_A | NC | NC | NC | NC | NC | NC"),
        _GUIDE,
        (),
        ("growatt-spf",),
    ),
    Inverter(
        "voltronic",
        "Voltronic Axpert",
        Bus.RS485,
        _socket("BMS port", "NC NC 485_B NC 485_A NC NC NC", "/ | / | 485_B | / | 485_A | / | / | /"),
        _GUIDE,
        ("Connect the two data wires and nothing else.",),
        ("axpert",),
    ),
    Inverter(
        "deye",
        "Deye SUN-3K/3.6K-SG04LP1",
        Bus.RS485,
        _socket(
            "BMS port",
            "485_B 485_A NC CAN_H CAN_L 485_GND 485-2_A 485-2_B",
            "485_B | 485_A | / | CAN_H | CAN_L | 485_GND | 485_A | 485_B",
        ),
        _GUIDE,
        ("The same socket carries CAN on 4 and 5, and RS485 a second time on 7 and 8.",),
        ("deye-sg04lp1",),
    ),
    Inverter(
        "afore",
        "Afore HNS3000-6000HS",
        Bus.RS485,
        _socket(
            "BMS port",
            "METER_A METER_B 485_A CAN_H CAN_L 485_B CT_U CT_N",
            "Meter 485A | Meter 485B | BAT 485A | BAT CANH | BAT CANL | BAT 485B | CTU | CTN",
        ),
        _GUIDE,
        ("A before B on this socket, unlike all others: check it on the device before switching on.",),
        ("afore-hns",),
    ),
    Inverter(
        "phocos",
        "Phocos Any-Grid PSW-H",
        Bus.RS485,
        _socket(
            "BMS port",
            "232_RX 232_TX 485_B +12V 485_A CAN_H CAN_L GND",
            "232_RX | 232_TX | 485_B | +12Vdc | 485_A | CAN_H | CAN_L | GND",
        ),
        _GUIDE,
        ("Pin 4 carries 12 V: leave it open.",),
        ("any-grid",),
    ),
    Inverter(
        "inhenergy",
        "INHENERGY HI-SL",
        Bus.RS485,
        _socket(
            "BMS port",
            "485_B 485_A GND CAN_H CAN_L NTC WAKE- WAKE+",
            "485_B | 486_A | GND_S | CAN_H | CAN_L | NTC.BAT | WAKE- | WAKE+",
        ),
        _GUIDE,
        ("The table prints 486_A for pin 2; it can only mean 485_A.",),
    ),
    Inverter(
        "opti",
        "OPTI SP5000 Handy Plus",
        Bus.RS485,
        None,
        _LIST,
        ("The guide lists it without its pins.",),
    ),
    Inverter(
        "sol-ark",
        "Sol-Ark, outdoor-rated (15K)",
        Bus.CAN,
        _socket(
            "Battery CANBus",
            "485_B 485_A ? CAN_H CAN_L GND 485_A 485_B",
            "RS485 B- | RS485 A+ | ? | CAN-H | CAN-L | GND | RS485 A+ | RS485 B-",
        ),
        _SOLARK,
        (),
        ("solark", "sol-ark-outdoor"),
    ),
    Inverter(
        "sol-ark-indoor",
        "Sol-Ark, indoor-rated (5K, 12K)",
        Bus.CAN,
        _socket(
            "CAN",
            "? GND ? CAN_H CAN_L ? ? ?",
            "? | GND | ? | CAN-H | CAN-L | ? | ? | ?",
        ),
        _SOLARK_5K,
        ("Ground is on pin 2 here, and on pin 6 of the outdoor-rated models.",),
    ),
)

INVERTERS: Mapping[str, Inverter] = MappingProxyType({inverter.key: inverter for inverter in _ALL})


def find_inverter(name: str) -> Inverter:
    """Find an inverter by its name or another name for it.

    Raises:
        ParameterError: it is not known; the nearest name is told, or all of them.
    """
    by_name = {other: inverter for inverter in _ALL for other in (inverter.key, *inverter.also)}
    found = by_name.get(name.casefold())
    if found is None:
        meant = nearest(name, by_name)
        end = f"did you mean {meant}?" if meant else f"known: {', '.join(INVERTERS)}."
        raise ParameterError(f"The pins of an inverter {name} are not known here; {end}")
    return found
