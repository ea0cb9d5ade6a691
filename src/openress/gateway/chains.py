"""Chains of reasons: from a cell over its pack, the rack and the profile to the bytes, value by value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from openress.gateway.because import NEAR_FULL_MV, cause, evidence
from openress.gateway.caps import Rule, Step
from openress.gateway.hold import State
from openress.gateway.onwire import OnWire
from openress.gateway.session import Report
from openress.model import LimitRule, Limits, PackSample, RackSample, Reason

__all__ = ["WAYS", "Explained", "Level", "Link", "Way", "chains", "why"]


class Level(StrEnum):
    """Where in the chain a sentence stands."""

    CELL = "cell"
    PACK = "pack"
    RACK = "rack"
    PROFILE = "profile"
    """Caps, the data sheet, the inverter's fail-safe table: all between the rack and the bytes."""
    BYTES = "bytes"


@dataclass(frozen=True, slots=True)
class Link:
    """One step of a chain."""

    level: Level
    sentence: str


@dataclass(frozen=True, slots=True)
class Explained:
    """One value and its chain.

    Attributes:
        key: its public key.
        name: what people call it.
        unit: empty for a flag.
        value: as it is on the wire; `None` while it is not.
        links: the chain, cell first.
        wire: where it stands; `None` where this dialect does not tell it.
    """

    key: str
    name: str
    unit: str
    value: float | bool | None
    links: tuple[Link, ...]
    wire: OnWire | None = None

    def as_json(self) -> dict[str, Any]:
        """Under public keys."""
        return {
            "key": self.key,
            "name": self.name,
            "unit": self.unit,
            "value": self.value,
            "chain": [{"level": link.level.value, "sentence": link.sentence} for link in self.links],
            "wire": None if self.wire is None else self.wire.as_json(),
        }


@dataclass(frozen=True, slots=True)
class Way:
    """A direction of current, and the names of what limits it."""

    key: str
    name: str
    verb: str
    enable: str
    charging: bool

    def of(self, limits: Limits | None) -> float | None:
        """The current limit."""
        if limits is None:
            return None
        return limits.charge_current_limit_a if self.charging else limits.discharge_current_limit_a

    def reason(self, limits: Limits | None) -> Reason | None:
        """Its reason."""
        if limits is None:
            return None
        return limits.charge_reason if self.charging else limits.discharge_reason

    def left(self, step: Step) -> float | None:
        """What a step of the contract left of it."""
        return step.charge_current_a if self.charging else step.discharge_current_a


_CHARGE = Way("charge_current_limit_a", "CCL", "Charging", "charge_enabled", charging=True)
_DISCHARGE = Way("discharge_current_limit_a", "DCL", "Discharging", "discharge_enabled", charging=False)
WAYS = (_CHARGE, _DISCHARGE)


def chains(report: Report, wires: Mapping[str, OnWire]) -> tuple[Explained, ...]:
    """Every value that is explained: limits, state of charge, enable flags."""
    return (
        _voltage(report, wires),
        *(_current(report, way, wires) for way in WAYS),
        _charge(report, wires),
        *(_flag(report, way, wires) for way in WAYS),
    )


def why(report: Report, way: Way) -> str | None:
    """What holds one direction down, as a clause; `None` when nothing does."""
    told = report.told
    rack = told.rack
    limits = None if rack is None else rack.limits
    decides = next((step.rule for step in reversed(told.steps) if way.left(step) is not None), Rule.INVALID)
    reason = way.reason(limits)
    if decides in (Rule.PACKS, Rule.PRODUCT):
        if reason is None or reason.rule is LimitRule.RATED:
            return None if way.of(limits) else "the packs do not permit it"
        if decides is Rule.PACKS:
            return cause(reason, _pack(rack, reason.pack), charging=way.charging)
        return None
    soc_pct = None if rack is None or rack.analog is None else rack.analog.soc_pct
    return _CLAUSES[decides].format(
        soc="not known" if soc_pct is None else f"{soc_pct:.0f} %", full=_before(told.steps, way, decides)
    )


_CLAUSES = {
    Rule.INVALID: "a value that decides it is not known",
    Rule.USER: "you allow no more",
    Rule.REMOTE: "a remote command allows no more",
    Rule.WINDOW: "the state of charge, {soc}, is at the end of your window",
    Rule.CONTRADICTION: "the charge voltage limit lies below the end of discharge",
    Rule.RISING: "the limit rises slowly after a start or a gap, to {full}",
    Rule.STALE: "the values are old",
    Rule.HANDED_OVER: "the gateway was restarted and goes on with what was told last",
    Rule.ENDING: "the gateway is about to stop",
}
_SENTENCES = {
    Rule.INVALID: "A value that decides it is not known or is none",
    Rule.PRODUCT: "The data sheet allows no more",
    Rule.USER: "You allow no more",
    Rule.REMOTE: "A remote command allows no more",
    Rule.WINDOW: "The state of charge is at the end of your window",
    Rule.CONTRADICTION: "The charge voltage limit lies below the end of discharge",
    Rule.RISING: "After a start or a gap the limit rises slowly",
    Rule.STALE: "By the inverter's fail-safe table old values allow less",
    Rule.HANDED_OVER: "The gateway was restarted and tells no more than before",
    Rule.ENDING: "The gateway is about to stop",
    Rule.PACKS: "The packs do not permit it",
}


def _before(steps: tuple[Step, ...], way: Way, rule: Rule) -> str:
    """What a direction would be without the rule that came last."""
    found = [value for step in steps if step.rule is not rule and (value := way.left(step)) is not None]
    return f"{found[-1]:.0f} A" if found else "what the packs allow"


def _pack(rack: RackSample | None, number: int | None) -> PackSample | None:
    packs = () if rack is None else rack.packs
    return next((pack for pack in packs if pack.pack == number), None)


def _current(report: Report, way: Way, wires: Mapping[str, OnWire]) -> Explained:
    told, rack = report.told, report.told.rack
    links: list[Link] = []
    stale = told.state in (State.FADING, State.STOPPED)
    if stale:
        links.append(Link(Level.RACK, f"The packs were last heard {told.age_s or 0.0:.0f} s ago."))
    elif rack is not None:
        links += _from_packs(rack, told.steps, way)
    for place, step in enumerate(told.steps):
        value = way.left(step)
        if value is not None and (place or stale):
            links.append(Link(Level.PROFILE, f"{_SENTENCES[step.rule]}: {value:.1f} A."))
    return _explained(report, way.key, way.name, "A", links, wires)


def _from_packs(rack: RackSample, steps: tuple[Step, ...], way: Way) -> list[Link]:
    reason = way.reason(rack.limits)
    allowed = way.left(steps[0]) if steps else None
    total = "an unknown current" if allowed is None else f"{allowed:.1f} A"
    if reason is None:
        return [Link(Level.RACK, f"The packs allow {total} and give no reason.")]
    pack = _pack(rack, reason.pack)
    shown = evidence(reason, pack, charging=way.charging)
    links = [] if shown is None else [Link(Level.CELL, shown)]
    own = None if pack is None else way.of(pack.limits)
    clause = cause(reason, None, charging=way.charging)
    if pack is not None and own is not None:
        why = "as rated" if reason.rule is LimitRule.RATED else f"because {clause}"
        links.append(Link(Level.PACK, f"Pack {pack.pack} allows {own:.1f} A, {why}."))
    awake = sum(1 for other in rack.packs if not other.asleep)
    even = own is not None and allowed is not None and abs(awake * own - allowed) < 0.05
    if even and own is not None and awake > 1:
        links.append(
            Link(
                Level.RACK, f"{awake} packs share the current and the weakest counts: {awake} x {own:.1f} A = {total}."
            )
        )
    elif reason.rule is LimitRule.RATED or (pack is not None and own is not None and even):
        links.append(Link(Level.RACK, f"The rack allows {total}."))
    else:
        links.append(Link(Level.RACK, f"The rack allows {total} because {clause}."))
    return links


def _voltage(report: Report, wires: Mapping[str, OnWire]) -> Explained:
    told, rack = report.told, report.told.rack
    links: list[Link] = []
    least = None if rack is None else _lowest(rack)
    if least is not None and told.state is State.LIVE:
        pack, limit_v = least
        cells = () if pack.analog is None else pack.analog.cell_voltages_mv or ()
        if cells and max(cells) >= NEAR_FULL_MV:
            cell = 1 + cells.index(max(cells))
            text = f"Cell {cell} of pack {pack.pack} is at {max(cells) / 1000:.3f} V, the highest of its {len(cells)}."
            links.append(Link(Level.CELL, text))
        links.append(Link(Level.PACK, f"Pack {pack.pack} wants to be charged to {limit_v:.2f} V, the least of all."))
        links.append(Link(Level.RACK, f"The rack takes the least of its packs: {limit_v:.2f} V."))
    for place, step in enumerate(told.steps):
        if step.charge_voltage_v is not None and place:
            links.append(Link(Level.PROFILE, f"{_SENTENCES[step.rule]}: {step.charge_voltage_v:.2f} V."))
    if told.state in (State.FADING, State.STOPPED):
        links.append(Link(Level.PROFILE, "What old values leave of it is by the inverter's fail-safe table."))
    return _explained(report, "charge_voltage_limit_v", "CVL", "V", links, wires)


def _lowest(rack: RackSample) -> tuple[PackSample, float] | None:
    found = [
        (pack, pack.limits.charge_voltage_limit_v)
        for pack in rack.packs
        if pack.limits is not None and pack.limits.charge_voltage_limit_v is not None
    ]
    return min(found, key=lambda one: one[1], default=None)


def _charge(report: Report, wires: Mapping[str, OnWire]) -> Explained:
    rack = report.told.rack
    links: list[Link] = []
    own = [] if rack is None else [(p.pack, p.analog.soc_pct) for p in rack.packs if p.analog is not None]
    known = [f"pack {number} has {soc_pct:.1f} %" for number, soc_pct in own if soc_pct is not None]
    if known:
        links.append(Link(Level.PACK, f"{known[0][:1].upper()}{', '.join(known)[1:]}."))
    soc_pct = None if rack is None or rack.analog is None else rack.analog.soc_pct
    if soc_pct is not None:
        links.append(Link(Level.RACK, f"Weighted by what each holds when full, the rack has {soc_pct:.1f} %."))
    elif rack is not None:
        links.append(Link(Level.PROFILE, "No state of charge is told that is not fresh."))
    return _explained(report, "soc_pct", "SOC", "%", links, wires)


def _flag(report: Report, way: Way, wires: Mapping[str, OnWire]) -> Explained:
    rack = report.told.rack
    links: list[Link] = []
    if rack is not None:
        above = "above 0" if way.of(rack.limits) else "0"
        word = "permitted" if way.of(rack.limits) else "not permitted"
        links.append(Link(Level.PROFILE, f"{way.verb} is {word} because its current limit is {above}."))
    name = f"{way.verb} permitted"
    return _explained(report, way.enable, name, "", links, wires)


def _explained(
    report: Report, key: str, name: str, unit: str, links: list[Link], wires: Mapping[str, OnWire]
) -> Explained:
    wire = wires.get(key)
    value = wire.value if wire is not None and isinstance(wire.value, bool | int | float) else None
    if wire is not None:
        links.append(Link(Level.BYTES, wire.sentence(unit)))
    elif report.talks and report.told.rack is not None:
        links.append(Link(Level.BYTES, "Nothing of it is in the frames that are sent now."))
    else:
        links.append(Link(Level.BYTES, "Nothing is sent."))
    return Explained(key, name, unit, value, tuple(links), wire)
