"""Sol-Ark low-voltage CAN (BMS 00), V1.3 of its document.

11-bit identifiers, 500 kbit/s, low byte first; every frame has eight bytes, what is not used is 0, and the full set
comes once a second from one talker. The document counts the voltage of 0x356 in 0.1 V and leaves the sign of current
to the maker; batteries that send 0.01 V are sold as compatible, so 0.01 V is sent unless the options say otherwise.
"""

from __future__ import annotations

from dataclasses import dataclass

from openress.codec import DOWN, wire
from openress.model import Confidence, Source
from openress.protocols.canbus import CanOptions
from openress.protocols.inverter import core
from openress.protocols.inverter.core import layout
from openress.protocols.inverter.machine import CanProfile, parts
from openress.protocols.inverter.table import CanRow, CanTable
from openress.protocols.inverter.told import LimitRules, Told

__all__ = ["PARTS", "SOL_ARK"]

PAPER = Source("Sol-Ark CAN protocol V1.3, 2023-01-20", Confidence.VENDOR)


@dataclass(frozen=True, slots=True)
class Capacity:
    """0x379: installed capacity."""

    full_ah: float = wire("H", saturate=True, rounding=DOWN)


def _capacity(told: Told) -> Capacity | None:
    return None if told.installed_ah is None else Capacity(told.installed_ah)


def _table(options: CanOptions) -> CanTable:
    name = core.name_teller(options.name or core.OWN_NAME)
    return CanTable(
        "Sol-Ark's",
        (
            CanRow(0x351, "limits", layout(core.Limits, PAPER), tell=core.limits),
            CanRow(0x355, "charge", layout(core.Charge, PAPER), tell=core.charge),
            CanRow(0x356, "measured", core.measured_layout(PAPER, options), tell=core.measured),
            CanRow(0x359, "alarms", layout(core.AlarmBits, PAPER), tell=core.alarm_bits),
            CanRow(0x35C, "requests", layout(core.Requests, PAPER), tell=core.requests),
            CanRow(0x35E, "name", layout(core.Name, PAPER), tell=name),
            CanRow(0x379, "capacity", layout(Capacity, PAPER), tell=_capacity),
            core.keep_alive_row(PAPER, after=0x351),
        ),
        sizes=PAPER,
    )


SOL_ARK = CanProfile("Sol-Ark", _table, LimitRules())

PARTS = parts(SOL_ARK)
