"""The sockets of a battery and what is on their pins, as printed; what nobody has published stays unknown."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from openress.errors import ParameterError
from openress.names import hint

__all__ = ["PINS", "Port", "PortUse", "Signal", "signals"]

PINS = 8
"""Of an RJ45 socket."""


class PortUse(StrEnum):
    """What a socket of a battery is for."""

    INVERTER_CAN = "inverter CAN"
    INVERTER_RS485 = "inverter RS485"
    LINK_IN = "link in"
    LINK_OUT = "link out"
    LINK = "link"
    """Either end of a link: both sockets of the pack are alike."""


class Signal(StrEnum):
    """What a pin carries; the value is how pin tables print it."""

    NC = "NC"
    UNKNOWN = "?"
    CAN_H = "CAN_H"
    CAN_L = "CAN_L"
    CAN_GROUND = "CAN_GND"
    RS485_A = "485_A"
    RS485_B = "485_B"
    RS485_GROUND = "485_GND"
    RS485_2_A = "485-2_A"
    RS485_2_B = "485-2_B"
    GROUND = "GND"
    SUPPLY_POSITIVE = "V+"
    SUPPLY_NEGATIVE = "V-"
    SUPPLY_12V = "+12V"
    RS232_RX = "232_RX"
    RS232_TX = "232_TX"
    METER_A = "METER_A"
    METER_B = "METER_B"
    CT_U = "CT_U"
    CT_N = "CT_N"
    SENSOR = "NTC"
    WAKE_POSITIVE = "WAKE+"
    WAKE_NEGATIVE = "WAKE-"
    SYNC_H = "SYNC_H"
    SYNC_L = "SYNC_L"
    RESERVED = "RESERVED"

    @property
    def connected(self) -> bool:
        """Whether something is on the pin; of an unknown pin nobody can say."""
        return self not in (Signal.NC, Signal.UNKNOWN)


@dataclass(frozen=True, slots=True)
class Port:
    """One socket: the name printed beside it, its use, and its pins 1 to 8."""

    name: str
    use: PortUse
    pins: tuple[Signal, ...]

    @property
    def known(self) -> bool:
        """Whether every pin is published."""
        return Signal.UNKNOWN not in self.pins


def signals(line: str, where: str) -> tuple[Signal, ...]:
    """Read pins 1 to 8 from one line of words, as `NC NC NC NC NC NC CAN_H CAN_L`.

    Raises:
        ParameterError: a word is no signal, or there are not eight of them.
    """
    words = line.split()
    if len(words) != PINS:
        raise ParameterError(f"{where} must name the {PINS} pins of an RJ45 socket, not {len(words)}: {line!r}.")
    for word in words:
        if word not in list(Signal):
            raise ParameterError(f"{where} has no signal {word!r}; {hint(word, list(Signal))}")
    return tuple(Signal(word) for word in words)
