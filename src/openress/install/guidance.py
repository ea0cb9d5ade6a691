"""What an installer must know before touching a battery, by topic; the page and `openress help` show the same words.

From the safety pages of the A5L guide and of the Powersync page, in our words.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

__all__ = ["HEAT", "TOPICS", "Topic"]

Topic = tuple[str, tuple[str, ...]]

HEAT = "A5L: not above 55 C in use, not above 60 C in storage, and no open flame."
"""The one sentence of the safety topic that is another one for other products."""

TOPICS: Mapping[str, Topic] = MappingProxyType(
    {
        "safety": (
            "Hazards, and how to keep clear of them",
            (
                "A battery can give an electric shock.",
                "A short circuit of its terminals drives a current that burns: never short them.",
                "A battery can catch fire or explode.",
                "Never burn, crush or open it.",
                "Never reverse the polarity between charger and battery.",
                "Never run it beyond the voltages and currents that its maker publishes.",
                "Use cables of the proper size.",
                "Keep the clearances around the batteries, and between them.",
                "Keep the place well ventilated and clean of debris.",
                "Use insulated tools only, and never drop one onto batteries or other electrical parts.",
                "Avoid falls and knocks while installing.",
                HEAT,
                "Nothing inside is for the user: a professional engineer repairs it, and changes its parameters.",
            ),
        ),
        "removal": (
            "Taking a battery out",
            (
                "Switch everything off and disconnect all devices.",
                "Take the grounded terminal off first.",
                "A battery that replaces another has the same part number.",
            ),
        ),
        "software": (
            "Changing the software of a BMS",
            (
                "Only while every device is disconnected: inverter, charger, loads.",
                "Ask `openress update-check LINK` first: it looks whether current flows or an inverter is alive.",
            ),
        ),
        "cables": (
            "Cables for communication",
            (
                "The A5L has CAN and the links between packs on the same two pins, 7 and 8.",
                "A plug in the wrong socket there puts CAN onto RS485.",
                "No socket of the A5L has a ground pin.",
                "The cable that comes with the A5L is a straight T-568B one: it fits from pack to pack.",
                "It fits the inverters that `openress cable` calls straight; every other one needs a made-up cable.",
                "A straight cable to Phocos lands on RS232, to Afore on the meter, to Sol-Ark with CAN on RS485.",
            ),
        ),
        "charging": (
            "Charging",
            (
                "Use a charger with constant current, then constant voltage (CC/CV).",
                "With communication, the BMS sets voltage and currents of the inverter.",
                "Without communication, they are set on the inverter by hand: `openress sheet` prints them.",
                "New packs may be nearly empty: charge each one alone to full before they are joined.",
            ),
        ),
        "transport": (
            "Transport of the A5L",
            (
                "Dangerous goods of class 9; tested after UN38.3 and SN/T 0370.2-2009.",
                "Half full, and switched off with the ON/OFF button.",
                "Mark the packing case against collision and moisture, and secure it.",
                "Keep it from rain, snow and water, from falling and knocks, upright and not tilted.",
            ),
        ),
        "storage": (
            "Storage of the A5L",
            (
                "Between -40 and +60 C, 10 to 90 % relative humidity, no dew; never above 60 C.",
                "Away from heaters and other sources of heat.",
                "Charge every 6 months at 25 C, every 3 months when it is warm: `openress storage` keeps the dates.",
            ),
        ),
        "power": (
            "Terminals of Powersync modules",
            (
                "Two positive and two negative terminals each, joined inside by a busbar for 400 A.",
                "At most 7.5 Nm (5.5 ft lbf).",
                "Never join positive to negative; never join modules through a single terminal.",
                "The modules bear no weight: use a rack or cabinet.",
            ),
        ),
    }
)
"""Name -> title and sentences."""
