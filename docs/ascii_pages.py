"""Pages of the dialects that speak in text."""

from __future__ import annotations

from collections.abc import Iterator

from inverter_lines import limits_words, manners_words
from tables import head, layout_page, table

from openress.protocols.battery.pace import codes as pace_codes
from openress.protocols.battery.pace import frames as pace
from openress.protocols.battery.pace.settings import GROUPS as PACE_SETTINGS
from openress.protocols.battery.pylontech import frames as pylontech
from openress.protocols.battery.pylontech import systemframes as sf
from openress.protocols.battery.pylontech.decode import REPLIES
from openress.protocols.battery.pylontech_console import decode as console
from openress.protocols.battery.pylontech_console.words import ALARMS, PROTECTIONS, STATE_WORDS
from openress.protocols.battery.seplos2 import events as seplos2_events
from openress.protocols.battery.seplos2 import frames as seplos2
from openress.protocols.battery.seplos2.settings import SETTINGS as SEPLOS2_SETTINGS
from openress.protocols.inverter.pylontech485 import RULES


def pylontech_page() -> Iterator[str]:
    """Pylontech RS485."""
    yield from head("pylontech")
    yield "## Commands"
    yield ""
    answered = {shape.command for shape in REPLIES}
    rows = [[f"{c.value:02X}", c.name.lower().replace("_", " ")] for c in pylontech.Command if c in answered]
    yield from table(["CID2", "Asks for"], rows)
    yield ""
    yield from manners_words("pylontech")
    yield "Towards an inverter the whole rack is one battery: at its master's address 42, 44 and 92 tell one pack that"
    yield "has all the current, capacity and limits, and 60 to 63 tell the system. Other addresses stay silent, so"
    yield "nothing is counted twice; the addresses of groups and a fixed address in replies are settings."
    yield ""
    yield from limits_words(RULES)
    yield "## INFO fields"
    yield ""
    for title, layout in (
        ("INFOFLAG", pylontech.FLAGS),
        ("42: one pack", pylontech.PACK_BLOCK),
        ("44: one pack", pylontech.ALARM_BLOCK),
        ("47", pylontech.SYSTEM_PARAMETERS),
        ("51", pylontech.MANUFACTURER),
        ("60", sf.SYSTEM_INFORMATION),
        ("61", sf.SYSTEM_ANALOG),
        ("62", sf.SYSTEM_ALARMS),
        ("63", sf.SYSTEM_LIMITS),
        ("92", pylontech.LIMITS),
        ("93", pylontech.SERIAL_NUMBER),
        ("94, request", pylontech.SET_LIMITS),
        ("96", pylontech.FIRMWARE),
    ):
        yield from layout_page(title, layout)


def pace_page() -> Iterator[str]:
    """PACE v25."""
    yield from head("pace")
    yield "## Addresses"
    yield ""
    yield "Every pack answers at its DIP number (1 = master, 0 = alone) on RS485; on RS232 the pack at the cable"
    yield "answers for all."
    yield ""
    yield "## Commands"
    yield ""
    yield from table(["CID2", "What"], [[f"{c:02X}", c.name.lower().replace("_", " ")] for c in pace_codes.Command])
    yield ""
    yield "## INFO fields"
    yield ""
    for title, layout in (
        ("42: one pack, behind flag and pack", pace.PACK_BLOCK),
        ("42: what some packs append", pace.PACK_TOTALS),
        ("44: one pack, behind flag and pack", pace.LONG_ALARM_BLOCK),
        ("99, reply", pace.SWITCHED),
        ("9A and 9B, reply", pace.SYSTEM),
        ("A1, reply", pace.HISTORY),
        ("A6", pace.CAPACITY),
        ("B1 and B2", pace.CLOCK),
        ("C1", pace.VERSION_TEXT),
        ("C2", pace.SERIAL_NUMBERS),
        ("EB and EC", pace.CHOICE),
    ):
        yield from layout_page(title, layout)
    yield "## Settings"
    yield ""
    for group in PACE_SETTINGS:
        yield from layout_page(f"{group.read:02X}, reply", group.reply)
        if group.order is not group.reply:
            yield from layout_page(f"{group.write:02X}, order", group.order)


def seplos2_page() -> Iterator[str]:
    """Seplos v2."""
    yield from head("seplos2")
    yield "## Addresses"
    yield ""
    yield "A pack answers at its DIP number, the master at 0."
    yield ""
    yield "## INFO fields"
    yield ""
    for title, layout in (
        ("42", seplos2.PACK_BLOCK),
        ("44", seplos2.ALARM_BLOCK),
        ("47", SEPLOS2_SETTINGS),
        ("51", seplos2.MANUFACTURER),
    ):
        yield from layout_page(title, layout)
    yield "## Event bits of 44"
    yield ""
    rows = [[f"{byte}", f"{bit}", kind.value, member] for (byte, bit), (kind, member) in seplos2_events.EVENTS.items()]
    rows += [[f"{byte}", f"{bit}", "notice", name] for (byte, bit), name in seplos2_events.NOTICES.items()]
    yield from table(["Event", "Bit", "Told under", "As"], sorted(rows))


def pylontech_console_page() -> Iterator[str]:
    """Pylontech console."""
    yield from head("pylontech-console")
    yield "## The line"
    yield ""
    yield "115200 8N1. A command ends with LF; the answer stands between `@` and `$$`, and columns are found by their"
    yield "names."
    yield ""
    yield "## Commands"
    yield ""
    yield from table(
        ["Command", "Answers are read as"],
        [[name, ", ".join(kind for kind, _ in forms)] for name, forms in console.COMMANDS.items()],
    )
    yield ""
    yield "## Names of events"
    yield ""
    rows = [[name, "protections", " or ".join(members)] for name, members in PROTECTIONS.items()]
    rows += [[name, "alarms", " or ".join(members)] for name, members in ALARMS.items()]
    yield from table(["Name", "Told under", "As"], rows)
    yield ""
    yield "## Columns of states"
    yield ""
    yield from table(
        ["Column", "Low", "High"],
        [[name, " or ".join(low), " or ".join(high)] for name, (low, high) in STATE_WORDS.items()],
    )
