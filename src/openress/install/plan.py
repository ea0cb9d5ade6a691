"""The wiring plan of a rack: addresses, links, the master's cable, strings of power cables, and what to buy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from openress.errors import ParameterError
from openress.install.cable import Cable, cable_for
from openress.install.connectors import Inverter
from openress.install.dip import switch_of
from openress.install.finding import Finding, Weight
from openress.install.powerplan import PowerString, Request, check_ratings, home_runs, strings_of, total_current
from openress.products import AddressSwitch, PortUse, Product, Role, SwitchRow

__all__ = ["Item", "Link", "PackPlan", "Plan", "make_plan"]


@dataclass(frozen=True, slots=True)
class PackPlan:
    """One pack: its place from the top, its row of the switch table where that is known, and what it is."""

    number: int
    row: SwitchRow | None
    role: Role


@dataclass(frozen=True, slots=True)
class Link:
    """One link cable."""

    from_pack: int
    from_port: str
    to_pack: int
    to_port: str


@dataclass(frozen=True, slots=True)
class Item:
    """A line of the bill of materials."""

    count: int
    what: str


@dataclass(frozen=True, slots=True)
class Plan:
    """The plan. `total_current_a` is what battery and inverter exchange at most; `None` is unknown."""

    product: Product
    inverter: Inverter
    packs: tuple[PackPlan, ...]
    switch: AddressSwitch | None
    links: tuple[Link, ...]
    cable: Cable | None
    strings: tuple[PowerString, ...]
    total_current_a: float | None
    findings: tuple[Finding, ...]
    bill: tuple[Item, ...]

    @property
    def confirmed(self) -> bool:
        """Whether the switches are set as the product's own table says; not so with a scheme of similar packs."""
        return all(finding.code != "scheme-unconfirmed" for finding in self.findings)

    @property
    def master(self) -> PackPlan:
        """The pack that talks to the inverter."""
        return self.packs[0]


def make_plan(product: Product, inverter: Inverter, request: Request) -> Plan:
    """Plan a rack.

    Raises:
        ParameterError: there may not be so many packs.
    """
    _check_count(product, request.packs)
    findings: list[Finding] = []
    switch = _switch(product, request, findings)
    packs = _packs(request.packs, switch)
    links = _links(product, request.packs, findings)
    cable = _cable(product, inverter, findings)
    total_a = total_current(product, request, findings)
    strings = strings_of(product, request, findings)
    check_ratings(request, total_a, findings)
    _handling(product, request.packs, findings)
    home_runs(strings, findings)
    if cable is not None:
        findings.extend(cable.findings)
    bill = _bill(product, request, links, cable, strings, total_a)
    return Plan(product, inverter, packs, switch, links, cable, strings, total_a, tuple(findings), bill)


def _check_count(product: Product, packs: int) -> None:
    limit = product.pack_limit
    if packs < 1:
        raise ParameterError(f"A rack has at least one pack, not {packs}.")
    if limit is None or packs <= limit:
        return
    if product.switch_scheme == "8-bit":
        raise ParameterError(
            f"{packs} modules with 8-bit switches: do not connect more than {limit} of them in parallel; if more than "
            f"{limit} are foreseen, use 6-bit modules only."
        )
    raise ParameterError(f"A rack of {product.title} has at most {limit} packs, not {packs}.")


def _switch(product: Product, request: Request, findings: list[Finding]) -> AddressSwitch | None:
    try:
        switch = switch_of(product, request.packs, request.scheme)
    except ParameterError as error:
        if request.scheme is not None:
            raise
        findings.append(Finding("switches-unknown", Weight.UNKNOWN, str(error)))
        return None
    if request.scheme is not None:
        findings.append(
            Finding(
                "scheme-unconfirmed",
                Weight.UNKNOWN,
                f"The switches follow the scheme {request.scheme} of similar packs; the maker has not confirmed it: "
                "compare with the label before switching on.",
            )
        )
    return switch


def _packs(count: int, switch: AddressSwitch | None) -> tuple[PackPlan, ...]:
    if switch is None:
        return tuple(
            PackPlan(number, None, Role.SLAVE if number > 1 else Role.MASTER) for number in range(1, count + 1)
        )
    wanted = [row for row in switch.rows if row.role is not Role.STAND_ALONE] or list(switch.rows)
    if len(wanted) < count:
        raise ParameterError(f"The switches have {len(wanted)} addresses for a rack, not {count}.")
    return tuple(PackPlan(number, row, row.role) for number, row in enumerate(wanted[:count], start=1))


def _links(product: Product, count: int, findings: list[Finding]) -> tuple[Link, ...]:
    if count == 1:
        return ()
    ports = product.ports or ()
    both = [port for port in ports if port.use is PortUse.LINK]
    start = product.port(PortUse.LINK_OUT) or (both[-1] if both else None)
    end = product.port(PortUse.LINK_IN) or (both[0] if both else None)
    if start is None or end is None:
        findings.append(
            Finding("links-unknown", Weight.UNKNOWN, f"{product.title}: the sockets for links are not published.")
        )
        return ()
    if both and not product.links_alternate:
        findings.append(
            Finding(
                "either-socket",
                Weight.ADVICE,
                f"Either socket of a pack may be used for a link; the plan alternates {start.name} and {end.name}, so "
                "that no socket is used twice and no loop arises.",
            )
        )
    return tuple(Link(number, start.name, number + 1, end.name) for number in range(1, count))


def _cable(product: Product, inverter: Inverter, findings: list[Finding]) -> Cable | None:
    try:
        return cable_for(product, inverter)
    except ParameterError as error:
        findings.append(Finding("cable-unknown", Weight.UNKNOWN, str(error)))
        return None


def _handling(product: Product, packs: int, findings: list[Finding]) -> None:
    if product.weight_bearing is False and packs > 1:
        findings.append(
            Finding(
                "not-weight-bearing",
                Weight.ADVICE,
                "The packs bear no weight: never stand one on another; use a rack or cabinet.",
            )
        )
    if product.terminal_torque_max_nm is not None:
        foot_pounds = product.terminal_torque_max_nm * 0.7376
        findings.append(
            Finding(
                "torque",
                Weight.ADVICE,
                f"Tighten the terminals with at most {product.terminal_torque_max_nm:g} Nm ({foot_pounds:.1f} ft lbf).",
            )
        )
    else:
        findings.append(
            Finding("torque", Weight.UNKNOWN, f"{product.title}: the torque of the terminals is not published.")
        )


def _bill(
    product: Product,
    request: Request,
    links: Sequence[Link],
    cable: Cable | None,
    strings: Sequence[PowerString],
    total_a: float | None,
) -> tuple[Item, ...]:
    chained = sum(len(string.packs) - 1 for string in strings)
    rating = "of a rating to be found out" if total_a is None else f"for at least {total_a:g} A"
    items = [Item(request.packs, product.title)]
    if links:
        items.append(Item(len(links), f"link cable, straight, {links[0].from_port} - {links[0].to_port}"))
    if cable is not None:
        ends = f"{cable.port.name} - {cable.socket.name}"
        items.append(
            Item(
                1,
                f"cable to the inverter, {ends}, straight"
                if cable.straight
                else f"cable to the inverter, {ends}, made up as its sheet says, labelled",
            )
        )
    if chained:
        items.append(Item(2 * chained, "power cable from pack to pack, red and black in equal numbers"))
    currents = {string.current_a for string in strings}
    runs = "home-run conductor, all of one length, red and black"
    if None not in currents:
        most_a = max(a for a in currents if a is not None)
        runs = f"home-run conductor, all of one length, red and black, {most_a:g} A each at most"
    items.append(Item(2 * len(strings), runs))
    if len(strings) > 1:
        items.append(Item(2, f"busbar outside, {rating}"))
    items.append(Item(1, f"breaker or fused disconnect for direct current, {rating}"))
    if product.weight_bearing is False:
        items.append(Item(1, "rack or cabinet that carries the packs"))
    return tuple(items)
