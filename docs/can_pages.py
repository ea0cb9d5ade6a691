"""Pages of the CAN dialects between a battery and an inverter."""

from __future__ import annotations

import sys
from collections.abc import Iterator

from tables import head, layout_page, table

from openress.protocols.base import Direction
from openress.protocols.canbus import CanOptions
from openress.protocols.inverter.afore_can import AFORE
from openress.protocols.inverter.deye_can import DEYE
from openress.protocols.inverter.growatt_can import GROWATT
from openress.protocols.inverter.luxpower_can import LUXPOWER
from openress.protocols.inverter.machine import CanProfile
from openress.protocols.inverter.megarevo_can import MEGAREVO
from openress.protocols.inverter.pylontech_can import V12, V13
from openress.protocols.inverter.seplos_can import SEPLOS
from openress.protocols.inverter.sma_can import SMA
from openress.protocols.inverter.solark_can import SOL_ARK
from openress.protocols.inverter.table import CanRow, CanTable
from openress.protocols.inverter.victron_can import VICTRON

CAN_PROFILES = {
    "pylontech-can": V12,
    "pylontech-can-v13": V13,
    "victron-can": VICTRON,
    "sma-can": SMA,
    "sol-ark-can": SOL_ARK,
    "deye-can": DEYE,
    "luxpower-can": LUXPOWER,
    "growatt-can": GROWATT,
    "seplos-can": SEPLOS,
    "afore-can": AFORE,
    "megarevo-can": MEGAREVO,
}


def _when(profile: CanProfile, can: CanTable, row: CanRow) -> str:
    if row.tell is not None:
        return "when asked" if profile.polled else "every second"
    if row.say is not None:
        return "every second" if row.after is None else f"when {can.name(row.after)} has come"
    return "read only"


def _limits(profile: CanProfile) -> Iterator[str]:
    rules = profile.rules
    yield "## What limits go out"
    yield ""
    yield f"- Charge voltage {rules.cvl_v[0]:g} to {rules.cvl_v[1]:g} V, rounded down. A battery whose own limit is"
    yield "  below that, or not known, is not charged: its voltage is held and the charge current is 0. When its own"
    yield "  voltage is not known either, nothing is sent at all."
    yield f"- Currents 0 to {rules.current_a:g} A, rounded down; one that is not known is 0."
    fill = "goes out as not said" if rules.dvl_fill_v is None else f"goes out as {rules.dvl_fill_v:g} V"
    yield f"- Cut-off {rules.dvl_v[0]:g} to {rules.dvl_v[1]:g} V, rounded up; one that is not known {fill}, one that is"
    yield "  higher stops discharging."
    if rules.hold_cvl:
        yield "- While charging is blocked the charge voltage goes down to the rack's own, beside a current of 0."
    yield "- A request to charge is made only while charging is allowed."
    yield "- A frame with a measured value that is not known is left out, unless its row has a mark for that."
    yield ""


def can_page(name: str) -> Iterator[str]:
    """One dialect: its frames, who sends them when, and its rows."""
    profile = CAN_PROFILES[name]
    can = profile.table(CanOptions())
    yield from head(name)
    yield "## What it is"
    yield ""
    yield (sys.modules[profile.table.__module__].__doc__ or "").strip()
    yield ""
    yield f"`openress dbc {name}` prints it for other tools."
    yield ""
    yield "## Who sends what"
    yield ""
    rows = [
        [
            f"0x{can.name(row.id)}",
            "battery" if row.sender is Direction.FROM_BATTERY else "inverter",
            _when(profile, can, row),
            str(row.size) if row.tell or row.say else "",
            row.note,
        ]
        for row in can.rows.values()
    ]
    yield from table(["Identifier", "Sender", "When", "Data bytes sent", "Remarks"], rows)
    yield ""
    bits = 29 if can.extended else 11
    yield f"Identifiers have {bits} bits. No other identifier is ever sent. Numbers of data bytes: {can.sizes}."
    yield "Frames of any other size are read as far as they carry what is needed."
    yield ""
    yield from _limits(profile)
    yield "## Frames"
    yield ""
    for row in can.rows.values():
        yield from layout_page(f"0x{can.name(row.id)}: {row.kind.replace('_', ' ')}", row.layout)
