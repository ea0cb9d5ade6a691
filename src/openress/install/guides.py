"""Each task of an installation in a few steps, with the command that helps; page and `openress help` show the same."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from openress.install.guidance import Topic

__all__ = ["GUIDES"]

GUIDES: Mapping[str, Topic] = MappingProxyType(
    {
        "plan": (
            "Planning the wiring of a rack",
            (
                "Choose product, packs and inverter: `openress plan --packs 4 --battery PRODUCT --inverter NAME`.",
                "It gives switches, links, the cable, power wires and what to buy; `--pdf` prints all of it.",
                "The master has the inverter's cable; A5L: its address is 1, then 2, 3 and so on without a gap.",
                "Links go from pack to pack down the string, A5L: LINK-OUT to LINK-IN, and never close to a ring.",
                "Plus goes home from one end of a string, minus from the other: our practice; no picture is known.",
                "A rack that is wired already: `openress plan --check FILE` tells what is wrong with it.",
            ),
        ),
        "cable": (
            "Making the cable to the inverter",
            (
                "`openress cable INVERTER --battery PRODUCT` tells pins, colours and wires, with a label to print.",
                "Hold a plug with the clip underneath and the contacts on top: pin 1 is on the left.",
                "Make the battery's end in T-568B and move only the wires that are named at the other end.",
                "A straight cable is refused wherever a pin does something else at the other end.",
                "Measure every pin from end to end before it is plugged in.",
            ),
        ),
        "dip": (
            "Setting the address switches",
            (
                '`openress dip 3` shows address 3; `openress dip "ON ON OFF OFF"` tells what a picture means.',
                "A5L: switches 1 to 4 count 1, 2, 4 and 8; 0 stands alone, 1 is the master, 2 to 15 follow.",
                "Exactly one master, no address twice, none missing.",
                "Set them before the breaker is switched on for the first time.",
                "To change them later: breaker off, set the switches, breaker on; Powersync asks for 20 s in between.",
            ),
        ),
        "commission": (
            "Putting a rack into service",
            (
                "`openress commission FILE --battery PRODUCT --packs 3 --inverter NAME` leads through it step by step.",
                "Charge each pack alone to full before packs are joined, with constant current, then constant voltage.",
                "Join packs only when voltages lie within 0.5 V, each is at least 95 % full and part numbers agree.",
                "Set the switches with the breakers off; then switch on the master, the others, and the inverter last.",
                "Watch the first cycle: every pack takes its share of the current.",
                "`--pdf` prints the report to be signed.",
            ),
        ),
        "sheet": (
            "Setting the inverter",
            (
                "`openress sheet INVERTER --battery PRODUCT` prints its settings with communication.",
                "`--open-loop` prints those for an inverter that cannot hear the battery.",
                "Values that no maker has published stay open: enter them from the label or the manual.",
                "A full charge just reaches the voltage at which the pack warns; that is how the A5L is printed.",
                "After a low voltage the warning may still stand when the pack lets go, and ends a little above.",
            ),
        ),
        "storing": (
            "Storing and shipping packs",
            (
                "`openress storage --charged DAY --temperature-c 25` tells by when to charge again.",
                "`--ics FILE` writes that day into a calendar.",
                "`openress storage --ship 50` checks whether a pack may be sent.",
                "A running OpenRESS reminds of packs that sleep; `/api/reminders.ics` is a calendar of their dates.",
            ),
        ),
    }
)
"""Name -> title and steps."""
