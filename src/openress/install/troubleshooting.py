"""The troubleshooting tree: from what a person sees to what stands behind it, what releases it, and what to do.

Its leaves are the rows by which the BMS protects a pack, with their thresholds, so that help and behaviour cannot
differ; what to do is written here once for each condition and fault.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import reduce
from types import MappingProxyType

from openress.bms.rows import LOCK_COUNT, ROWS, Path, Row, Side, Way
from openress.model import Condition, Fault
from openress.params import BY_KEY
from openress.wording import ENGLISH, Wording

__all__ = ["CONDITION_STEPS", "FAULT_STEPS", "Choice", "Leaf", "troubleshooting_tree"]


@dataclass(frozen=True, slots=True)
class Leaf:
    """An end of the tree.

    Attributes:
        title: what it is.
        facts: what the pack watches, at which values, and what it opens.
        released_by: any one of these lets it go.
        steps: what to do, in order.
    """

    title: str
    facts: tuple[str, ...]
    released_by: tuple[str, ...]
    steps: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """A question, with the answers that lead on."""

    title: str
    answers: tuple[Choice | Leaf, ...]


_LET_CELLS_SETTLE = "If one cell runs ahead of the others, let the pack balance: hold it full with little current."
_COOL = "Let it cool, and make room for air around it."
_WARM = "Warm the room; never charge cells below 0 C."
_ENGINEER = "Switch the pack off and call a professional engineer; nothing inside is for the user."

CONDITION_STEPS: Mapping[Condition, tuple[str, ...]] = MappingProxyType(
    {
        Condition.CELL_OVER_VOLTAGE: (
            "Discharge a little, or wait until the cell has come down.",
            "If it happens at every charge, lower the charge voltage of the inverter (`openress sheet`).",
            _LET_CELLS_SETTLE,
        ),
        Condition.CELL_UNDER_VOLTAGE: (
            "Take the load away and charge it now.",
            "If one cell is far below the others, charge slowly and watch it; if it stays behind, have it looked at.",
        ),
        Condition.PACK_OVER_VOLTAGE: (
            "Lower the charge voltage of the inverter (`openress sheet`).",
            "Discharge a little, or wait.",
        ),
        Condition.PACK_UNDER_VOLTAGE: (
            "Take the load away and charge it now.",
            "Raise the voltage at which the inverter stops discharging.",
        ),
        Condition.CHARGE_OVER_CURRENT: (
            "Lower the charge current of the inverter, or put more packs in parallel.",
            "See that every pack of the rack is switched on: those that are charge with all of the current.",
        ),
        Condition.DISCHARGE_OVER_CURRENT: (
            "Take load away, or put more packs in parallel.",
            f"After {LOCK_COUNT} times in a row it stays locked: only charging lets it go then.",
        ),
        Condition.DISCHARGE_OVER_CURRENT_2: (
            "Take load away: something draws far more than the pack gives, such as a motor that starts.",
            f"After {LOCK_COUNT} times in a row it stays locked: only charging lets it go then.",
        ),
        Condition.SHORT_CIRCUIT: (
            "Switch the breaker off, disconnect the load and look for the short circuit.",
            "An inverter's capacitors look like one when they are empty: precharge them, then switch on again.",
        ),
        Condition.MOS_OVER_TEMPERATURE: (_COOL, "Lower the current."),
        Condition.CHARGE_UNDER_TEMPERATURE: (_WARM,),
        Condition.CHARGE_OVER_TEMPERATURE: (_COOL, "Lower the charge current."),
        Condition.DISCHARGE_UNDER_TEMPERATURE: ("Warm the room.",),
        Condition.DISCHARGE_OVER_TEMPERATURE: (_COOL, "Lower the load."),
        Condition.AMBIENT_UNDER_TEMPERATURE: ("Warm the room.",),
        Condition.AMBIENT_OVER_TEMPERATURE: (_COOL, "Keep the room below 55 C."),
        Condition.SOC_LOW: ("Charge it soon.",),
    }
)

FAULT_STEPS: Mapping[Fault, tuple[str, ...]] = MappingProxyType(
    {
        Fault.CELL: (_ENGINEER,),
        Fault.CELL_IMBALANCE: (_LET_CELLS_SETTLE, "If it does not come down in some full charges, have it looked at."),
        Fault.TEMPERATURE_IMBALANCE: ("See that no source of heat stands beside the pack.", _ENGINEER),
        Fault.CELL_SENSOR: (_ENGINEER,),
        Fault.TEMPERATURE_SENSOR: (_ENGINEER,),
        Fault.CURRENT_SENSOR: (_ENGINEER,),
        Fault.SAMPLING: (_ENGINEER,),
        Fault.CHARGE_SWITCH: ("Stop charging at the inverter: the pack cannot do it itself.", _ENGINEER),
        Fault.DISCHARGE_SWITCH: ("Take the load away: the pack cannot do it itself.", _ENGINEER),
        Fault.CHARGER_REVERSED: ("Switch the charger off at once and exchange plus and minus.",),
        Fault.INTERNAL_COMMUNICATION: ("Switch the pack off and on again.", _ENGINEER),
        Fault.SYSTEM: ("Switch the pack off and on again.", _ENGINEER),
    }
)

_OPENS = {
    Way.NONE: "It only warns; nothing is switched off.",
    Way.CHARGE: "Charging is stopped; discharging stays possible.",
    Way.DISCHARGE: "Discharging is stopped; charging stays possible.",
    Way.BOTH: "Charging and discharging are stopped.",
}
_RELEASES = {
    Path.DISCHARGING: "a discharge above 1 A",
    Path.CHARGING: "a charge above 1 A",
    Path.CHARGER: "a charger at the terminals",
    Path.LOAD_REMOVED: "taking the load away",
    Path.MINUTE: "one minute",
}


ALARM_ABOVE = "Alarm above {levels}."
ALARM_BELOW = "Alarm below {levels}."
TRIPS_AT = "Protection at {levels}."
WAITS = "It waits {time} before it acts."
AT_ONCE = "It acts at once."
BACK_AT = "the value back at {levels}"
MINUTE_ENDS = f"one minute, but not the {LOCK_COUNT}th time"
OF_PRODUCT = "{level} ({product})"
AND_NEXT = "{levels}, {level}"
BROKEN = "Something of the pack itself does not work."
SENTENCES = (ALARM_ABOVE, ALARM_BELOW, TRIPS_AT, WAITS, AT_ONCE, BACK_AT, MINUTE_ENDS, OF_PRODUCT, AND_NEXT, BROKEN)
"""Of what leaves are put together, besides the tables above."""

Values = Mapping[str, Mapping[str, float]]


def troubleshooting_tree(values: Values, wording: Wording = ENGLISH) -> Choice:
    """Build the tree.

    Args:
        values: parameters of each product whose thresholds are told, by its title.
        wording: the language of its texts.
    """
    leaves = {row.condition: _leaf(row, values, wording) for row in ROWS}
    stops_charge = tuple(leaves[row.condition] for row in ROWS if row.opens & Way.CHARGE)
    stops_discharge = tuple(leaves[row.condition] for row in ROWS if row.opens & Way.DISCHARGE)
    no_order, empty_rule, *silent = (_said(leaf, wording) for leaf in (_NO_ORDER, _EMPTY_RULE, *_SILENT))
    answers = (
        ("An alarm or a protection has a name", tuple(leaves.values())),
        ("A fault has a name", tuple(_fault(fault, wording) for fault in Fault)),
        ("The battery does not charge", (*stops_charge, no_order)),
        ("The battery does not discharge", (*stops_discharge, empty_rule)),
        ("Somebody does not answer", tuple(silent)),
    )
    return Choice(wording.say("What do you see?"), tuple(Choice(wording.say(title), more) for title, more in answers))


def _said(leaf: Leaf, wording: Wording) -> Leaf:
    """A leaf whose texts stand in the tables as they are."""
    return Leaf(
        wording.say(leaf.title),
        tuple(wording.say(fact) for fact in leaf.facts),
        tuple(wording.say(way) for way in leaf.released_by),
        tuple(wording.say(step) for step in leaf.steps),
    )


def _leaf(row: Row, values: Values, wording: Wording) -> Leaf:
    def levels(key: str) -> dict[str, str]:
        return {"levels": _levels(key, values, wording)}

    facts = []
    if row.alarm is not None:
        facts.append(wording.say(ALARM_ABOVE if row.side is Side.ABOVE else ALARM_BELOW, levels(row.alarm)))
    if row.trip is not None:
        facts.append(wording.say(TRIPS_AT, levels(row.trip)))
    if row.opens:
        facts.append(_delay(row, values, wording))
    released = [words for bit, words in _RELEASES.items() if row.paths & bit]
    if row.locks:
        released = [MINUTE_ENDS if words == "one minute" else words for words in released]
    leaf = _said(
        Leaf(_title(row.condition), (_OPENS[row.opens],), tuple(released), CONDITION_STEPS[row.condition]), wording
    )
    back = (wording.say(BACK_AT, levels(row.release)),) if row.paths & Path.VALUE and row.release is not None else ()
    return Leaf(leaf.title, (*facts, *leaf.facts), (*back, *leaf.released_by), leaf.steps)


def _levels(key: str, values: Values, wording: Wording) -> str:
    """A threshold as text; where products differ, with their names."""
    parameter = BY_KEY[key]
    texts = {title: wording.figure(parameter.text(known[key])) for title, known in values.items()}
    if len(set(texts.values())) < 2:
        return next(iter(texts.values()), "")
    each = (wording.say(OF_PRODUCT, {"level": text, "product": title}) for title, text in texts.items())
    return reduce(lambda levels, level: wording.say(AND_NEXT, {"levels": levels, "level": level}), each)


def _delay(row: Row, values: Values, wording: Wording) -> str:
    if isinstance(row.delay, str):
        return wording.say(WAITS, {"time": _levels(row.delay, values, wording)})
    return wording.say(WAITS, {"time": wording.figure(f"{row.delay:g} s")}) if row.delay else wording.say(AT_ONCE)


def _fault(fault: Fault, wording: Wording) -> Leaf:
    return _said(Leaf(_title(fault), (BROKEN,), (), FAULT_STEPS[fault]), wording)


def _title(one: Condition | Fault) -> str:
    return one.value.replace("_", " ").capitalize()


_NO_ORDER = Leaf(
    "Nothing is wrong with the packs, and still no charge",
    ("The rack tells the inverter what it may charge; the page shows that limit with its reason.",),
    (),
    (
        "Look at the charge limit on the rack's screen: 0 A has a reason beside it.",
        "Full is no fault: near the full charge the limit falls smoothly to nothing.",
        "A pack that joins must first agree with the others in voltage and charge; charge it alone, or accept it.",
        "See that the inverter hears the battery: its socket, its cable (`openress cable`), its battery type.",
    ),
)
_EMPTY_RULE = Leaf(
    "Nothing is wrong with the packs, and still no discharge",
    ("The rack tells the inverter what it may draw; the page shows that limit with its reason.",),
    (),
    (
        "Look at the discharge limit on the rack's screen: 0 A has a reason beside it.",
        "Look at the inverter's own lowest state of charge.",
        "See that the breaker is on and that the terminals have voltage.",
    ),
)
_SILENT_PACK = Leaf(
    "A pack does not answer",
    ("A pack that has fallen silent may still be on the busbar: its last limits hold until it answers.",),
    (),
    (
        "See whether it is on: RUN lit or flashing. Press the ON/OFF button if it is dark.",
        "See that its LINK cable is in: LINK-OUT of the pack before to LINK-IN of this one.",
        "Compare its ADD switch with `openress dip`; no address may be there twice and none may be missing.",
        "Ask the line: `openress scan LINK` tells gaps, duplicates, swapped wires and other speeds.",
    ),
)
_SILENT_INVERTER = Leaf(
    "The inverter does not see the battery",
    ("Only the master talks to the inverter: address 1, or 0 for a pack that stands alone.",),
    (),
    (
        "See that the cable is in the master, in the socket that `openress plan` names.",
        "See that it is the right cable: `openress cable INVERTER` refuses a straight one where pins differ.",
        "Set the inverter's battery type: `openress inverters INVERTER` and `openress sheet INVERTER` tell it.",
        "See that nobody else answers in the battery's place on that line.",
    ),
)
_DARK = Leaf(
    "A pack is dark",
    ("A dark pack may be off, asleep, empty, or in a protection while it was charged: it need not be dead.",),
    (),
    (
        "Press the ON/OFF button.",
        "If it stays dark, measure the voltage at its terminals with the breaker on.",
        "Charge it: an empty pack wakes when a charger is there.",
        "Let it cool or warm: after a temperature protection it stays dark until then.",
    ),
)

_SILENT = (_SILENT_PACK, _SILENT_INVERTER, _DARK)
