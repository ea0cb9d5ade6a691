"""A wiring plan in words: what to set, what to plug where, what to screw, what to buy, what to look after."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Sequence
from typing import TypeAlias

from openress.install.dip import counting
from openress.install.finding import Finding, Weight
from openress.install.plan import Plan
from openress.products import Role

__all__ = ["finding_lines", "plan_text"]

_HEADINGS = {
    Weight.REFUSED: "Must be put right",
    Weight.UNKNOWN: "Not published: find out and enter",
    Weight.ADVICE: "Good to know",
}
_ROLES = {Role.MASTER: "master", Role.SLAVE: "slave", Role.STAND_ALONE: "stands alone"}
Say: TypeAlias = Callable[[str], str]
"""Says an English sentence in a reader's language."""


def plan_text(plan: Plan, say: Say = str) -> list[str]:
    """Write a plan as lines of text."""
    count = len(plan.packs)
    head = f"{count} x {plan.product.title} {say('with')} {plan.inverter.title}"
    lines = [head, "=" * _columns(head), ""]
    lines += [f"1. {say('Switches, with every breaker off')}", "", *_indented(_switches(plan, say)), ""]
    lines += [f"2. {say('Links between packs')}", "", *_indented(_links(plan, say)), ""]
    lines += [f"3. {say('Cable to the inverter')}", "", *_indented(map(say, _cable(plan))), ""]
    lines += [f"4. {say('Power')}", "", *_indented(map(say, _power(plan))), ""]
    lines += [f"5. {say('To buy')}", "", *(f"  {item.count:>3} x {say(item.what)}" for item in plan.bill), ""]
    lines += finding_lines(plan.findings, say)
    return lines


def finding_lines(findings: Sequence[Finding], say: Say = str) -> list[str]:
    """Write findings under a heading for each weight, the heaviest first."""
    lines: list[str] = []
    for weight, heading in _HEADINGS.items():
        told = [say(finding.sentence) for finding in findings if finding.weight is weight]
        if told:
            lines += [say(heading), "", *(f"  - {sentence}" for sentence in told), ""]
    return lines


def _indented(lines: Iterable[str]) -> list[str]:
    return [f"  {line}" if line else "" for line in lines]


def _switches(plan: Plan, say: Say) -> list[str]:
    if plan.switch is None:
        return [say("The switch table is not published; see below.")]
    heads = [say(word) for word in ("pack", "address", "switch")]
    counts = say("counts")
    wide = [*(_columns(head) for head in heads[:2]), max(_columns(heads[2]), _columns(counts))]
    numbers = " ".join(f"{number:^3}" for number in range(1, plan.switch.positions + 1))
    lines = [] if plan.confirmed else [say("NOT CONFIRMED by the maker: compare with the label first."), ""]
    lines.append(f"{heads[0]}  {heads[1]}  {_right(heads[2], wide[2])} {numbers}".rstrip())
    for pack in plan.packs:
        if pack.row is not None:
            shown = " ".join(f"{'ON' if on else 'off':^3}" for on in pack.row.positions)
            place = f"{pack.number:>{wide[0]}}  {pack.row.address:>{wide[1]}}  {'':{wide[2]}}"
            lines.append(f"{place} {shown}  {say(_ROLES[pack.role])}")
    weights = counting(plan.switch)
    if weights is not None:
        before = wide[0] + wide[1] + 4
        shown = " ".join(f"{weight:^3}" for weight in weights)
        lines.append(f"{'':{before}}{_right(counts, wide[2])} {shown}".rstrip())
    wait_s = plan.product.address_wait_s
    if wait_s is not None:
        lines.append(say(f"A switch that is moved later counts after the breaker was off for {wait_s:g} s."))
    return lines


def _columns(text: str) -> int:
    """How wide a text is where all letters are equally wide, and those of Chinese twice that."""
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)


def _right(text: str, columns: int) -> str:
    return " " * (columns - _columns(text)) + text


def _links(plan: Plan, say: Say) -> list[str]:
    if not plan.links:
        return [say("None: there is one pack.") if len(plan.packs) == 1 else say("Not published; see below.")]
    pack = say("pack")
    return [
        f"{pack} {link.from_pack:>2} {link.from_port} -> {pack} {link.to_pack:>2} {link.to_port}" for link in plan.links
    ]


def _cable(plan: Plan) -> list[str]:
    cable = plan.cable
    if cable is None:
        return ["Not known; see below."]
    start, end = cable.port.name, f"{plan.inverter.title}, {cable.socket.name}"
    if cable.straight:
        return [f"Pack {plan.master.number} (master) {start} -> {end}: straight T-568B cable."]
    wires = ", ".join(f"{wire.battery_pin} - {wire.inverter_pin}" for wire in cable.wires)
    return [
        f"Pack {plan.master.number} (master) {start} -> {end}: to be made, pins of battery and inverter {wires}.",
        *(finding.sentence for finding in cable.against_straight),
    ]


def _power(plan: Plan) -> list[str]:
    lines = []
    several = len(plan.strings) > 1
    for number, string in enumerate(plan.strings, start=1):
        first, last = string.packs[0], string.packs[-1]
        if first == last:
            line = f"String {number}: pack {first}, + and - to the {'busbars' if several else 'breaker'}."
        else:
            line = (
                f"String {number}: packs {first} to {last} chained + to + and - to -; + home from pack {first}, "
                f"- home from pack {last}."
            )
        most = "" if string.current_a is None else f"It carries at most {string.current_a:g} A."
        lines.append(f"{line} {most}".rstrip())
    if plan.total_current_a is not None:
        lines.append(
            f"Between battery and inverter: at most {plan.total_current_a:g} A. Choose conductors, breaker and fuses "
            "for that by the rules of your country."
        )
    return lines


def joined(lines: Iterable[str]) -> str:
    """Lines as one text."""
    return "\n".join(lines).rstrip() + "\n"
