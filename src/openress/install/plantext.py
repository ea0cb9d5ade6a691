"""A wiring plan in words: what to set, what to plug where, what to screw, what to buy, what to look after."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

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


def plan_text(plan: Plan) -> list[str]:
    """Write a plan as lines of text."""
    count = len(plan.packs)
    head = f"{count} x {plan.product.title} with {plan.inverter.title}"
    lines = [head, "=" * len(head), ""]
    lines += ["1. Switches, with every breaker off", "", *_switches(plan), ""]
    lines += ["2. Links between packs", "", *_links(plan), ""]
    lines += ["3. Cable to the inverter", "", *_cable(plan), ""]
    lines += ["4. Power", "", *_power(plan), ""]
    lines += ["5. To buy", "", *(f"  {item.count:>3} x {item.what}" for item in plan.bill), ""]
    lines += finding_lines(plan.findings)
    return lines


def finding_lines(findings: Sequence[Finding]) -> list[str]:
    """Write findings under a heading for each weight, the heaviest first."""
    lines: list[str] = []
    for weight, heading in _HEADINGS.items():
        told = [finding.sentence for finding in findings if finding.weight is weight]
        if told:
            lines += [heading, "", *(f"  - {sentence}" for sentence in told), ""]
    return lines


def _switches(plan: Plan) -> list[str]:
    if plan.switch is None:
        return ["  The switch table is not published; see below."]
    numbers = " ".join(f"{number:^3}" for number in range(1, plan.switch.positions + 1))
    lines = [] if plan.confirmed else ["  NOT CONFIRMED by the maker: compare with the label first.", ""]
    lines.append(f"  pack  address  switch {numbers}".rstrip())
    for pack in plan.packs:
        if pack.row is not None:
            shown = " ".join(f"{'ON' if on else 'off':^3}" for on in pack.row.positions)
            lines.append(f"  {pack.number:>4}  {pack.row.address:>7}         {shown}  {_ROLES[pack.role]}")
    weights = counting(plan.switch)
    if weights is not None:
        lines.append(f"                 counts {' '.join(f'{weight:^3}' for weight in weights)}".rstrip())
    wait_s = plan.product.address_wait_s
    if wait_s is not None:
        lines.append(f"  A switch that is moved later counts after the breaker was off for {wait_s:g} s.")
    return lines


def _links(plan: Plan) -> list[str]:
    if not plan.links:
        return ["  None: there is one pack."] if len(plan.packs) == 1 else ["  Not published; see below."]
    return [
        f"  pack {link.from_pack:>2} {link.from_port} -> pack {link.to_pack:>2} {link.to_port}" for link in plan.links
    ]


def _cable(plan: Plan) -> list[str]:
    cable = plan.cable
    if cable is None:
        return ["  Not known; see below."]
    head = f"  Pack {plan.master.number} (master) {cable.port.name} -> {plan.inverter.title}, {cable.socket.name}"
    if cable.straight:
        return [f"{head}: straight T-568B cable."]
    wires = ", ".join(f"{wire.battery_pin} to {wire.inverter_pin}" for wire in cable.wires)
    return [f"{head}: to be made, pins {wires}.", *(f"  {finding.sentence}" for finding in cable.against_straight)]


def _power(plan: Plan) -> list[str]:
    lines = []
    for number, string in enumerate(plan.strings, start=1):
        current = "" if string.current_a is None else f", at most {string.current_a:g} A"
        first, last = string.packs[0], string.packs[-1]
        if first == last:
            goal = "busbars" if len(plan.strings) > 1 else "breaker"
            lines.append(f"  String {number}: pack {first}, + and - to the {goal}{current}")
        else:
            lines.append(
                f"  String {number}: packs {first} to {last} chained + to + and - to -; "
                f"+ home from pack {first}, - home from pack {last}{current}"
            )
    if plan.total_current_a is not None:
        lines.append(
            f"  Between battery and inverter: at most {plan.total_current_a:g} A. Choose conductors, breaker and fuses "
            "for that by the rules of your country."
        )
    return lines


def joined(lines: Iterable[str]) -> str:
    """Lines as one text."""
    return "\n".join(lines).rstrip() + "\n"
