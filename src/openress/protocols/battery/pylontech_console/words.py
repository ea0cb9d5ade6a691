"""What the words of the console mean: states, and the names of events.

The names are those of the line "Protect ENA" and of the counters of `stat`: B cells, P pack, C and D while charging and
discharging; O over and U under have opened a switch, H high and L low only warn. No source says so in a sentence.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from openress.model import Condition, PackState

__all__ = ["ALARMS", "BASE_STATES", "PROTECTIONS", "STATE_WORDS", "event_names", "word_conditions"]

BASE_STATES: Mapping[str, PackState] = {
    "Charge": PackState.CHARGE,
    "Dischg": PackState.DISCHARGE,
    "Idle": PackState.STANDBY,
    "Sleep": PackState.DORMANT,
}
"""Basic Status and Base.St; other words are told as they are and mean nothing to us."""

PROTECTIONS: Mapping[str, tuple[Condition, ...]] = {
    "BOV": (Condition.CELL_OVER_VOLTAGE,),
    "BUV": (Condition.CELL_UNDER_VOLTAGE,),
    "POV": (Condition.PACK_OVER_VOLTAGE,),
    "PUV": (Condition.PACK_UNDER_VOLTAGE,),
    "CBOT": (Condition.CHARGE_OVER_TEMPERATURE,),
    "CBUT": (Condition.CHARGE_UNDER_TEMPERATURE,),
    "DBOT": (Condition.DISCHARGE_OVER_TEMPERATURE,),
    "DBUT": (Condition.DISCHARGE_UNDER_TEMPERATURE,),
    "POT": (Condition.MOS_OVER_TEMPERATURE, Condition.AMBIENT_OVER_TEMPERATURE),
    "PUT": (Condition.AMBIENT_UNDER_TEMPERATURE,),
    "COC": (Condition.CHARGE_OVER_CURRENT,),
    "COC2": (Condition.CHARGE_OVER_CURRENT,),
    "DOC": (Condition.DISCHARGE_OVER_CURRENT,),
    "DOC2": (Condition.DISCHARGE_OVER_CURRENT_2,),
    "SC": (Condition.SHORT_CIRCUIT,),
}
ALARMS: Mapping[str, tuple[Condition, ...]] = {
    "BHV": (Condition.CELL_OVER_VOLTAGE,),
    "BLV": (Condition.CELL_UNDER_VOLTAGE,),
    "PHV": (Condition.PACK_OVER_VOLTAGE,),
    "PLV": (Condition.PACK_UNDER_VOLTAGE,),
    "CBHT": (Condition.CHARGE_OVER_TEMPERATURE,),
    "CBLT": (Condition.CHARGE_UNDER_TEMPERATURE,),
    "DBHT": (Condition.DISCHARGE_OVER_TEMPERATURE,),
    "DBLT": (Condition.DISCHARGE_UNDER_TEMPERATURE,),
    "PHT": (Condition.MOS_OVER_TEMPERATURE, Condition.AMBIENT_OVER_TEMPERATURE),
    "PLT": (Condition.AMBIENT_UNDER_TEMPERATURE,),
    "COCA": (Condition.CHARGE_OVER_CURRENT,),
    "DOCA": (Condition.DISCHARGE_OVER_CURRENT,),
    "LCOUL": (Condition.SOC_LOW,),
}
HARMLESS = frozenset({"COULFULL"})
"""Events that are states: a full pack."""
_LOW_CELLS, _HIGH_CELLS = (Condition.CELL_UNDER_VOLTAGE,), (Condition.CELL_OVER_VOLTAGE,)
_LOW_WARMTH = (Condition.CHARGE_UNDER_TEMPERATURE, Condition.DISCHARGE_UNDER_TEMPERATURE)
_HIGH_WARMTH = (Condition.CHARGE_OVER_TEMPERATURE, Condition.DISCHARGE_OVER_TEMPERATURE)
_CURRENTS = (
    Condition.CHARGE_OVER_CURRENT,
    Condition.DISCHARGE_OVER_CURRENT,
    Condition.DISCHARGE_OVER_CURRENT_2,
    Condition.SHORT_CIRCUIT,
)

STATE_WORDS: Mapping[str, tuple[tuple[Condition, ...], tuple[Condition, ...]]] = {
    "Volt.St": ((Condition.PACK_UNDER_VOLTAGE,), (Condition.PACK_OVER_VOLTAGE,)),
    "Volt Status": ((Condition.PACK_UNDER_VOLTAGE,), (Condition.PACK_OVER_VOLTAGE,)),
    "B.V.St": (_LOW_CELLS, _HIGH_CELLS),
    "Volt.State": (_LOW_CELLS, _HIGH_CELLS),
    "V.State": (_LOW_CELLS, _HIGH_CELLS),
    "Curr.St": (_CURRENTS, _CURRENTS),
    "Current Status": (_CURRENTS, _CURRENTS),
    "Curr.State": (_CURRENTS, _CURRENTS),
    "Temp.St": (
        (*_LOW_WARMTH, Condition.AMBIENT_UNDER_TEMPERATURE),
        (*_HIGH_WARMTH, Condition.AMBIENT_OVER_TEMPERATURE, Condition.MOS_OVER_TEMPERATURE),
    ),
    "Tmpr. Status": (
        (*_LOW_WARMTH, Condition.AMBIENT_UNDER_TEMPERATURE),
        (*_HIGH_WARMTH, Condition.AMBIENT_OVER_TEMPERATURE, Condition.MOS_OVER_TEMPERATURE),
    ),
    "B.T.St": (_LOW_WARMTH, _HIGH_WARMTH),
    "Temp.State": (_LOW_WARMTH, _HIGH_WARMTH),
    "T.State": (_LOW_WARMTH, _HIGH_WARMTH),
    "CTemp.State": ((Condition.CHARGE_UNDER_TEMPERATURE,), (Condition.CHARGE_OVER_TEMPERATURE,)),
    "DTemp.State": ((Condition.DISCHARGE_UNDER_TEMPERATURE,), (Condition.DISCHARGE_OVER_TEMPERATURE,)),
    "M.T.St": ((), (Condition.MOS_OVER_TEMPERATURE,)),
    "Coul. Status": ((Condition.SOC_LOW,), ()),
}
"""What a column of states means when it is low and when it is high."""

_LOW = ("low", "under", "lv", "uv", "lt", "ut")
_HIGH = ("high", "over", "hv", "ov", "ht", "ot", "oc")


def word_conditions(values: Mapping[str, str], precise: Iterable[Condition] = ()) -> frozenset[Condition]:
    """The conditions that words other than Normal raise.

    A word that does not say in which direction raises both; where `precise` names one of the candidates, the word adds
    nothing.
    """
    named = frozenset(precise)
    found: set[Condition] = set()
    for column, (low, high) in STATE_WORDS.items():
        word = values.get(column, "Normal").lower()
        if word == "normal":
            continue
        candidates = _candidates(word, low, high)
        if named.isdisjoint(candidates):
            found.update(candidates)
    return frozenset(found)


def _candidates(word: str, low: tuple[Condition, ...], high: tuple[Condition, ...]) -> tuple[Condition, ...]:
    if any(sign in word for sign in _LOW):
        return low
    return high if any(sign in word for sign in _HIGH) else low + high


def event_names(text: str) -> tuple[tuple[str, ...], bool]:
    """The names behind a mask of events, and whether the mask has something that is not named.

    Args:
        text: such as `0x0` or `0x2000     COULFULL`.
    """
    mask, *names = text.split()
    try:
        raised = int(mask, 16) != 0
    except ValueError:
        return (), True
    known = {*PROTECTIONS, *ALARMS, *HARMLESS}
    return tuple(name for name in names if name in known), raised and not known.issuperset(names or ["?"])
