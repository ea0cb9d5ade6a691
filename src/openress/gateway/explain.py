"""Why each value is on the wire: the chain of reasons from a cell over its pack, the rack and the profile to the bytes.

It decides nothing. It reads what the session reports, which holds the very readings that were decided on, so that the
sentences cannot be about another moment than the bytes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from openress.gateway.chains import WAYS, Explained, Way, chains, why
from openress.gateway.freshset import data_at_s
from openress.gateway.hold import State
from openress.gateway.onwire import OnWire, on_wire
from openress.gateway.session import Report
from openress.gateway.words import standing
from openress.model import RackSample

__all__ = ["Explanation", "explain", "explained"]


@dataclass(frozen=True, slots=True)
class Explanation:
    """All of them, and the sentence that comes first.

    Attributes:
        at_s: the moment that is explained.
        state: where the freshness contract stands; `listening` while nothing is sent for another reason.
        sentence: what a person who was asked would say.
        values: one by one.
    """

    at_s: float
    state: str
    sentence: str
    values: tuple[Explained, ...]

    def as_json(self) -> dict[str, Any]:
        """Under public keys, without the time, which is nobody's but this computer's."""
        return {"state": self.state, "sentence": self.sentence, "values": [value.as_json() for value in self.values]}


def explained(report: Report, source: RackSample | None = None) -> Explanation:
    """Explain a session as it stands; see `explain`."""
    return explain(report, on_wire(report.frames, report.dialect), source)


def explain(report: Report, wires: Mapping[str, OnWire], source: RackSample | None = None) -> Explanation:
    """Explain what a session tells.

    Args:
        report: how it stands.
        wires: what its last frames say, by public key; empty while nothing is sent.
        source: what is known of the rack; it tells how old that is while the session has nothing to tell.
    """
    talks = report.talks and report.told.rack is not None
    if talks and report.basis is not None:
        # The bytes are those of the last burst, so the reasons are too.
        report = replace(report, told=report.basis)
    told = report.told
    state = told.state.value if report.talks or told.rack is None else "listening"
    shown = {key: wire for key, wire in wires.items() if talks and not _left_out(key, told.rack)}
    return Explanation(
        report.at_s, state, _lead(report, shown) if talks else _quiet(report, source), chains(report, shown)
    )


def _left_out(key: str, rack: RackSample | None) -> bool:
    """Whether a frame with this value is one of before: nothing measured is told of old values."""
    return key == "soc_pct" and (rack is None or rack.analog is None)


def _quiet(report: Report, source: RackSample | None) -> str:
    """Why nothing is sent."""
    told = report.told
    if told.rack is not None:
        return f"Nothing is told: {report.alarms[0].sentence}" if report.alarms else standing(report)
    age_s = _age_s(report, source)
    if age_s is not None and age_s > told.fresh_for_s:
        return f"Nothing is told because the packs were last heard {age_s:.0f} s ago: the inverter's own time-out acts."
    if told.state is State.WAITING:
        lack = f": {told.lack} missing" if told.lack else ""
        return f"Nothing is told because the battery has not been read completely yet{lack}."
    return standing(report)


def _age_s(report: Report, source: RackSample | None) -> float | None:
    at_s = None if source is None else data_at_s(source)
    return report.told.age_s if at_s is None else report.at_s - at_s


def _lead(report: Report, wires: Mapping[str, OnWire]) -> str:
    told = report.told
    heard = f"the packs were last heard {told.age_s or 0.0:.0f} s ago"
    match told.state:
        case State.FADING:
            return f"Both currents fall to 0 because {heard}; {_said(wires)}."
        case State.STOPPED:
            return f"Nothing may flow because {heard}; {_said(wires)}."
        case State.ENDING:
            return f"Nothing may flow because the gateway is about to stop; {_said(wires)}."
    held = [clause for way in _ordered(told.rack) if (clause := _held(report, way)) is not None]
    if not held:
        limits = None if told.rack is None else told.rack.limits
        most = [f"{way.verb.lower()} up to {way.of(limits) or 0.0:.0f} A" for way in WAYS]
        held = [f"Nothing holds the rack back, {' and '.join(most)} is allowed"]
    first, *others = held
    rest = "".join(f"; {clause[:1].lower()}{clause[1:]}" for clause in others)
    return f"{first}{rest}; {_said(wires)}."


def _said(wires: Mapping[str, OnWire]) -> str:
    """What the inverter is told, and where."""
    found = [(way.name, wires[way.key]) for way in WAYS if way.key in wires]
    if not found:
        return "this dialect tells the inverter no currents"
    frames = list(dict.fromkeys(wire.frame for _, wire in found))
    values = " and ".join(f"{name} {_amps(wire.value)} A" for name, wire in found)
    return f"the inverter is told {values} in {' and '.join(frames)}"


def _amps(value: object) -> str:
    return f"{value:.1f}" if isinstance(value, int | float) else "an unknown number of"


def _ordered(rack: RackSample | None) -> tuple[Way, ...]:
    """The direction in which current flows first."""
    analog = None if rack is None else rack.analog
    flows_a = 0.0 if analog is None else analog.pack_current_a or 0.0
    return WAYS[::-1] if flows_a < 0.0 else WAYS


def _held(report: Report, way: Way) -> str | None:
    """What holds one direction down, as a clause; `None` when nothing does."""
    limits = None if report.told.rack is None else report.told.rack.limits
    held_by = why(report, way)
    if held_by is None:
        return None
    value = way.of(limits) or 0.0
    return (
        f"{way.verb} is blocked because {held_by}"
        if not value
        else f"{way.verb} is limited to {value:.0f} A because {held_by}"
    )
