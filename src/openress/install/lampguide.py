"""From the lamps a person sees to what the pack does, what it means, and what to do next."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from openress.bms.lamps import LampRow, lamps
from openress.errors import ParameterError
from openress.model import Lamp, Lamps
from openress.names import hint

__all__ = ["MEANINGS", "Meaning", "Seen", "explain", "nearest", "seen_of", "shown"]


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a row of the lamp table means, and the next step."""

    meaning: str
    next_step: str


@dataclass(frozen=True, slots=True)
class Seen:
    """One state that the lamps may show; `soc_pct` is the range of the bar where there is one."""

    row: LampRow
    state: str
    soc_pct: tuple[int, int] | None
    meaning: Meaning


_CALM = "Nothing to do."
_READ = "Read the pack with `openress read` and look at its alarms; the page says what releases each."

MEANINGS: Mapping[LampRow, Meaning] = MappingProxyType(
    {
        LampRow.SHUT_DOWN: Meaning(
            "The pack is switched off or asleep: after 24 hours without charge, discharge and communication it sleeps.",
            "Press the ON/OFF button, charge it, or ask it over its line; if it stays dark, see the other states.",
        ),
        LampRow.STANDBY: Meaning("The pack is ready; no current flows.", _CALM),
        LampRow.STANDBY_WARNING: Meaning(
            "The pack is ready, and warns: its voltage is low, or another alarm stands.",
            f"Charge it soon. {_READ}",
        ),
        LampRow.CHARGE: Meaning("The pack is being charged.", _CALM),
        LampRow.CHARGE_WARNING: Meaning(
            "The pack is being charged, and warns: a voltage, current or temperature is near its limit.",
            _READ,
        ),
        LampRow.OVER_CHARGE: Meaning(
            "The pack is full and has stopped charging itself to protect its cells; discharging is possible.",
            "Discharge a little, or wait until the cells have come down. If it happens at every charge, lower the "
            "charge voltage of the inverter (`openress sheet`) and look for one cell that runs ahead.",
        ),
        LampRow.CHARGE_PROTECTION: Meaning(
            "The pack has stopped charging for a temperature, an over-current or a failure.",
            "A dark pack may be in protection, not dead: measure the voltage at its terminals, read it, and let it "
            "cool or warm before charging again.",
        ),
        LampRow.DISCHARGE: Meaning("The pack is being discharged.", _CALM),
        LampRow.DISCHARGE_WARNING: Meaning(
            "The pack is being discharged, and warns: a voltage, current or temperature is near its limit.",
            f"Reduce the load. {_READ}",
        ),
        LampRow.UNDER_VOLTAGE: Meaning(
            "The pack is empty and has switched its output off to protect its cells.",
            "Take the load away and charge it now; do not leave it like this for days.",
        ),
        LampRow.DISCHARGE_PROTECTION: Meaning(
            "The pack has switched its output off for a temperature, an over-current or a short circuit.",
            "Take the load away and look for a short circuit. Over-current releases itself after a minute, but after "
            "ten times in a row only a charge does; a short circuit is released by charging or without the load.",
        ),
        LampRow.FAILURE: Meaning(
            "The pack has a failure: it neither charges nor discharges.",
            "Read its faults, switch it off, and call a professional engineer; nothing inside is for the user.",
        ),
    }
)

_WORDS = {
    "on": Lamp.ON,
    "off": Lamp.OFF,
    "flash1": Lamp.FLASH1,
    "flash2": Lamp.FLASH2,
    "flash3": Lamp.FLASH3,
    "f1": Lamp.FLASH1,
    "f2": Lamp.FLASH2,
    "f3": Lamp.FLASH3,
}
RHYTHMS = "F1 is 0.25 s on and 3.75 s off, F2 is 0.5 s on and 0.5 s off, F3 is 0.5 s on and 1.5 s off"


def seen_of(text: str) -> Lamps:
    """Read a picture of the lamps: RUN, ALM, then the four of the state of charge, lowest first.

    Raises:
        ParameterError: a word is no lamp, or there are not six of them.
    """
    words = [
        word for word in re.split(r"[\s,]+", text.strip().casefold()) if word and word not in ("run", "alm", "soc")
    ]
    for word in words:
        if word not in _WORDS:
            raise ParameterError(f"{word!r} is nothing that a lamp does; {hint(word, _WORDS)} {RHYTHMS}.")
    if len(words) != 6:
        raise ParameterError(
            f"A picture has six lamps, RUN, ALM and four for the charge, as in 'F1 off on on off off'; {len(words)} "
            "were given."
        )
    run, alm, *soc = (_WORDS[word] for word in words)
    return Lamps(run, alm, (soc[0], soc[1], soc[2], soc[3]))


def explain(seen: Lamps) -> list[Seen]:
    """Tell which states show these lamps; several may, and none when no state does."""
    found = []
    for row in LampRow:
        bars = _bars(row, seen)
        if bars:
            state, _, _, soc = row.value
            found.append(Seen(row, state, None if soc is not None else (bars[0], bars[-1] + 25), MEANINGS[row]))
    return found


def _bars(row: LampRow, seen: Lamps) -> list[int]:
    """Lower ends of the quarters of charge at which a row shows these lamps, with either table of lamps."""
    return [
        low
        for low in (0, 25, 50, 75)
        if seen in (lamps(row, low + 1.0, alm_on_fault=False), lamps(row, low + 1.0, alm_on_fault=True))
    ]


def shown(seen: Lamps) -> str:
    """The lamps in words, as a person may compare them with the panel."""
    bar = " ".join(lamp.value for lamp in seen.soc)
    return f"RUN {seen.run.value}, ALM {seen.alm.value}, charge {bar}"


def nearest(seen: Lamps) -> list[LampRow]:
    """Rows whose RUN and ALM are as seen, for a bar that no state shows."""
    found = []
    for row in LampRow:
        _, run, alm, _ = row.value
        if (run, alm) == (seen.run, seen.alm):
            found.append(row)
    return found
