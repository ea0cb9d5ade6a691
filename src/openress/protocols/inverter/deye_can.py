"""Deye low-voltage CAN, V1.2: word for word Pylontech's V1.2 with another name.

The inverter answers with 0x305 only when 0x356 has come, and sometimes falls silent for more than 5 s. A charge
voltage near 0 raises its warning W31, so while charging is blocked the rack's own voltage is told. It is reported to
use a battery at limits of 0 all the same: the packs' own switches are what stops it.
"""

from __future__ import annotations

from openress.model import Confidence, Source
from openress.protocols.canbus import CanOptions
from openress.protocols.inverter import core
from openress.protocols.inverter.core import US5000_OLD, layout
from openress.protocols.inverter.machine import CanProfile, parts
from openress.protocols.inverter.table import CanRow, CanTable
from openress.protocols.inverter.told import LimitRules

__all__ = ["DEYE", "PARTS"]

PAPER = Source("Deye low-voltage CAN protocol V1.2", Confidence.VENDOR)
YAMBMS = Source("Sleeper85/esphome-yambms", Confidence.OPEN)

_NAME = "DEYE    "


def _table(options: CanOptions) -> CanTable:
    name = core.name_teller((options.name or _NAME).ljust(8))
    return CanTable(
        "Deye's",
        (
            CanRow(0x351, "limits", layout(core.Limits, PAPER), tell=core.limits),
            CanRow(0x355, "charge", layout(core.Charge, PAPER), 4, tell=core.charge),
            CanRow(0x356, "measured", core.measured_layout(PAPER, options), 6, tell=core.measured),
            CanRow(0x359, "alarms", layout(core.AlarmBits, PAPER), 7, tell=core.alarm_bits),
            CanRow(0x35C, "requests", layout(core.Requests, PAPER), 2, tell=core.requests),
            CanRow(0x35E, "name", layout(core.Name, PAPER), tell=name),
            core.keep_alive_row(YAMBMS, after=0x356),
        ),
        sizes=US5000_OLD,
    )


DEYE = CanProfile("Deye", _table, LimitRules(hold_cvl=True))

PARTS = parts(DEYE)
