"""The fail-safe table of an inverter in words: age of the data, what is on the wire, what the inverter is reported to
do. The ages and the values are those of its `FailSafe`, which the gateway executes.
"""

from __future__ import annotations

from dataclasses import dataclass

from openress.inverters.failsafe import ChargeStop, FailSafe, Phase, Stage
from openress.inverters.inverter import Fact, Inverter, Topic
from openress.model import FRESH_AT_LEAST_S
from openress.protocols.base import Bus

__all__ = ["ASKED_IN_ONE", "NOT_KNOWN", "Line", "fail_safe_lines"]

NOT_KNOWN = "not known"
ASKED_IN_ONE = frozenset({"growatt-485", "tianbangda", "pace-modbus"})
"""Dialects in which limits and measured values share a question, which cannot be answered in part."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the table.

    Attributes:
        stage: of the fail-safe; empty for what comes before and after.
        age: of the oldest value, in words.
        wire: what is sent.
        inverter: what the inverter is reported to do.
    """

    stage: str
    age: str
    wire: str
    inverter: str


def fail_safe_lines(inverter: Inverter, *, fresh_for_s: float = FRESH_AT_LEAST_S, bus: Bus | None = None) -> list[Line]:
    """The table of `inverter` for a rack whose data are fresh for `fresh_for_s`.

    Args:
        inverter: which.
        fresh_for_s: see `openress.model.fresh_for`.
        bus: the line between them; its usual one by default.
    """
    fail_safe, facts = inverter.fail_safe, inverter.facts
    asked = (bus or inverter.bus) is Bus.SERIAL
    nothing = "no answer to any question" if asked else "nothing"
    refused = _refused(inverter, bus or inverter.bus) if asked else ""
    wire = {
        Stage.LIVE: "limits and measured values, as they are",
        Stage.FADING: _fading(fail_safe) + refused,
        Stage.STOPPED: _stopped(fail_safe) + refused,
        Stage.SILENT: nothing,
    }
    silent = _told(facts.get(Topic.ON_SILENCE))
    does = {
        Stage.LIVE: "as usual",
        Stage.FADING: f"keeps the charge limit: {_word(facts.get(Topic.CHARGE_CURRENT))}; "
        f"the discharge limit: {_word(facts.get(Topic.DISCHARGE_CURRENT))}{_reaction(facts.get(Topic.REACTION))}",
        Stage.STOPPED: f"stops charging: {_told(facts.get(Topic.CHARGE_STOP))}; "
        f"stops discharging: {_told(facts.get(Topic.DISCHARGE_STOP))}",
        Stage.SILENT: silent,
    }
    before = Line("", "no complete set yet", nothing, "as when the battery is silent, last line but one")
    lines = [Line(p.stage.value, _age(p), wire[p.stage], does[p.stage]) for p in fail_safe.phases(fresh_for_s)]
    risen = f"limits rise from 0, to the full ones within {fail_safe.rise_s:g} s"
    return [before, *lines, Line("", "every pack heard again", risen, "as usual")]


def _refused(inverter: Inverter, bus: Bus) -> str:
    speech = inverter.spoken(bus)
    if speech is not None and speech.dialect in ASKED_IN_ONE:
        return "; its one question asks for both, so it is refused from here on"
    return "; questions for measured values are refused"


def _fading(fail_safe: FailSafe) -> str:
    return f"both current limits fall evenly to 0 within {fail_safe.ramp_s:g} s; {_rest(fail_safe)}"


def _stopped(fail_safe: FailSafe) -> str:
    if fail_safe.charge_stop is ChargeStop.TO_PACK_VOLTAGE:
        voltage = "charge voltage limit lowered to the last known pack voltage"
    else:
        voltage = "charge voltage limit as it was"
    return f"both current limits 0, charging and discharging not permitted, {voltage}; {_rest(fail_safe)}"


def _rest(fail_safe: FailSafe) -> str:
    fault = "the lost link told as a fault" if fail_safe.raises_fault else "no fault raised"
    return f"measured values left out, {fault}"


def _age(phase: Phase) -> str:
    if phase.to_s is None:
        return f"{phase.from_s:g} s and more"
    return f"{phase.from_s:g} to {phase.to_s:g} s"


def _reaction(fact: Fact | None) -> str:
    return "" if fact is None or fact.seconds is None else f", about {fact.seconds:g} s behind"


def _word(fact: Fact | None) -> str:
    return NOT_KNOWN if fact is None else fact.answer.value


def _told(fact: Fact | None) -> str:
    return NOT_KNOWN if fact is None else str(fact)
