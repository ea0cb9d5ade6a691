"""Pylontech low-voltage CAN: the set of V1.2, and the one that newer US5000 firmware sends ("V1.3").

11-bit identifiers, 500 kbit/s, low byte first, each frame once a second; the inverter answers with 0x305. Real packs
differ in the number of data bytes (0x351 with 6 or 8, 0x355 with 4 or 6), so whatever carries the needed bytes is
read.
"""

from __future__ import annotations

from openress.protocols.canbus import CanOptions
from openress.protocols.inverter import core
from openress.protocols.inverter.core import PYLONTECH_V12, US5000_NEW, US5000_OLD, layout
from openress.protocols.inverter.machine import CanProfile, parts
from openress.protocols.inverter.table import CanRow, CanTable
from openress.protocols.inverter.told import LimitRules, Told

__all__ = ["PARTS_V12", "PARTS_V13", "V12", "V13"]

_NAME = "PYLON   "


def _table_v12(options: CanOptions) -> CanTable:
    """Sized as older US5000 stacks send it; 35A and 35F of the newer set are read too."""
    paper, newer = PYLONTECH_V12, US5000_NEW
    name = core.name_teller((options.name or _NAME).ljust(8))
    return CanTable(
        "Pylontech's",
        (
            CanRow(0x351, "limits", layout(core.Limits, paper), tell=core.limits),
            CanRow(0x355, "charge", layout(core.Charge, paper), 4, tell=core.charge),
            CanRow(0x356, "measured", core.measured_layout(paper, options), 6, tell=core.measured),
            CanRow(0x359, "alarms", layout(core.AlarmBits, paper), 7, tell=core.alarm_bits),
            CanRow(0x35C, "requests", layout(core.Requests, paper), 2, tell=core.requests),
            CanRow(0x35E, "name", layout(core.Name, paper), tell=name),
            CanRow(0x35A, "alarm_pairs", layout(core.Pairs, newer)),
            CanRow(0x35F, "information", layout(core.Information, newer)),
            core.keep_alive_row(paper),
        ),
        sizes=US5000_OLD,
    )


def _table_v13(options: CanOptions) -> CanTable:
    """Sized as newer US5000 stacks send it: pairs instead of bits, and nothing that permits charging but its limit."""
    newer = US5000_NEW
    name = core.name_teller((options.name or _NAME).ljust(8))
    return CanTable(
        "Pylontech's",
        (
            CanRow(0x351, "limits", layout(core.Limits, newer), tell=core.limits),
            CanRow(0x355, "charge", layout(core.Charge, newer), 6, tell=core.charge),
            CanRow(0x356, "measured", core.measured_layout(newer, options), 6, tell=core.measured),
            CanRow(
                0x35A,
                "alarm_pairs",
                layout(core.Pairs, newer),
                tell=core.pairs,
                note="US5000 send zeros here, which say nothing",
            ),
            CanRow(0x35E, "name", layout(core.Name, newer), tell=name),
            CanRow(0x35F, "information", layout(core.Information, newer), tell=_information),
            core.keep_alive_row(newer),
        ),
        sizes=newer,
    )


def _information(told: Told) -> core.Information | None:
    """0x35F with type and version of the captured stack; left out while the capacity is not known."""
    return None if told.full_ah is None else core.Information("LI", "1.3", told.full_ah, 0)


V12 = CanProfile("Pylontech CAN V1.2", _table_v12, LimitRules())
V13 = CanProfile("Pylontech CAN V1.3", _table_v13, LimitRules())

PARTS_V12 = parts(V12)
PARTS_V13 = parts(V13)
