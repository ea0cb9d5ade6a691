"""The wiring plan of a rack: addresses, links, the master's cable, strings of power cables, and what to buy."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from openress.errors import ParameterError
from openress.install.cable import Cable, cable_for
from openress.install.connectors import Inverter
from openress.install.dip import switch_of
from openress.install.finding import Finding, Weight
from openress.products import AddressSwitch, PortUse, Product, Role, SwitchRow

__all__ = ["Item", "Link", "PackPlan", "Plan", "PowerString", "Request", "make_plan"]

_OURS = "General practice; the maker's picture is not published"


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What is wanted, and what the person knows that nobody has published.

    Attributes:
        packs: how many.
        pack_current_a: most that one pack may carry; the product's published maximum by default.
        total_current_a: most that the inverters draw from or give to the battery; all packs together by default.
        internal_busbar_a: what the joint inside a pack may carry; the product's by default.
        breaker_a: rating of the breaker between battery and inverter.
        busbar_a: rating of the busbars outside.
        conductor_a: what each home-run conductor may carry.
        scheme: of the switches, where the product's table is not published.
    """

    packs: int
    pack_current_a: float | None = None
    total_current_a: float | None = None
    internal_busbar_a: float | None = None
    breaker_a: float | None = None
    busbar_a: float | None = None
    conductor_a: float | None = None
    scheme: str | None = None


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
class PowerString:
    """Packs whose terminals are chained; positive leaves the first one, negative the last one."""

    packs: tuple[int, ...]
    current_a: float | None


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
    total_a = _total(product, request, findings)
    strings = _strings(product, request, findings)
    _check_currents(request, total_a, findings)
    _handling(product, request.packs, findings)
    _home_runs(strings, findings)
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


def _pack_current(product: Product, request: Request) -> float | None:
    return request.pack_current_a or product.discharge_current_max_a


def _total(product: Product, request: Request, findings: list[Finding]) -> float | None:
    pack_a = _pack_current(product, request)
    if pack_a is None and request.total_current_a is None:
        findings.append(
            Finding(
                "current-unknown",
                Weight.UNKNOWN,
                f"{product.title}: how much current one pack may carry is not published; enter it as --pack-current-a, "
                "or the inverter's battery current as --total-current-a, and conductors and breakers can be checked.",
            )
        )
        return None
    bounds = [request.total_current_a, None if pack_a is None else pack_a * request.packs]
    return min(bound for bound in bounds if bound is not None)


def _strings(product: Product, request: Request, findings: list[Finding]) -> tuple[PowerString, ...]:
    chained = (product.positive_terminals or 0) >= 2 and (product.negative_terminals or 0) >= 2
    length = request.packs if chained else 1
    pack_a, busbar_a = _pack_current(product, request), request.internal_busbar_a or product.busbar_max_a
    if chained and request.packs > 1:
        length = _chain_length(product, request, pack_a, busbar_a, findings)
    if not chained and request.packs > 1:
        findings.append(
            Finding(
                "no-chaining",
                Weight.ADVICE,
                f"{product.title}: whether packs may be chained through their terminals is not published, so each one "
                "lands on the busbars with a pair of its own.",
            )
        )
    count = math.ceil(request.packs / length)
    shares = [request.packs // count + (index < request.packs % count) for index in range(count)]
    strings, first = [], 1
    for share in shares:
        bounds = [request.total_current_a, None if pack_a is None else pack_a * share]
        strings.append(
            PowerString(
                tuple(range(first, first + share)), min((bound for bound in bounds if bound is not None), default=None)
            )
        )
        first += share
    return tuple(strings)


def _chain_length(
    product: Product, request: Request, pack_a: float | None, busbar_a: float | None, findings: list[Finding]
) -> int:
    """How many packs may be chained so that all of their current can pass the joint inside of one of them."""
    if busbar_a is None:
        findings.append(
            Finding(
                "busbar-unknown",
                Weight.UNKNOWN,
                f"{product.title}: what the joint between its terminals may carry is not published; enter it as "
                "--internal-busbar-a before packs are chained.",
            )
        )
        return request.packs
    if request.total_current_a is not None and request.total_current_a <= busbar_a:
        return request.packs
    if pack_a is None:
        findings.append(
            Finding(
                "busbar-unchecked",
                Weight.UNKNOWN,
                f"All current of a chain passes the {busbar_a:g} A busbar inside its end packs, and cannot be checked "
                "before the current of a pack or of the inverter is known.",
            )
        )
        return request.packs
    length = int(busbar_a // pack_a)
    if length < 1:
        raise ParameterError(
            f"One pack alone carries {pack_a:g} A, more than the {busbar_a:g} A busbar inside it may carry."
        )
    if length < request.packs:
        findings.append(
            Finding(
                "several-strings",
                Weight.ADVICE,
                f"{request.packs} packs of {pack_a:g} A would pass {request.packs * pack_a:g} A through the "
                f"{busbar_a:g} A busbar inside one pack: at most {length} are chained, and each string has home-run "
                "conductors of its own.",
            )
        )
    return length


def _check_currents(request: Request, total_a: float | None, findings: list[Finding]) -> None:
    if total_a is None:
        return
    for code, name, rating in (
        ("breaker-small", "breaker", request.breaker_a),
        ("busbar-small", "busbar outside", request.busbar_a),
    ):
        if rating is not None and rating < total_a:
            findings.append(
                Finding(code, Weight.REFUSED, f"The {name} is for {rating:g} A, and {total_a:g} A may flow through it.")
            )
    guarded = min((rating for rating in (request.conductor_a, request.busbar_a) if rating is not None), default=None)
    if request.breaker_a is not None and guarded is not None and request.breaker_a > guarded:
        findings.append(
            Finding(
                "breaker-large",
                Weight.REFUSED,
                f"The breaker of {request.breaker_a:g} A does not protect what is behind it, which may carry "
                f"{guarded:g} A.",
            )
        )


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


def _home_runs(strings: Sequence[PowerString], findings: list[Finding]) -> None:
    if any(len(string.packs) > 1 for string in strings):
        how = "Positive leaves the first pack of a string and negative the last one: every pack has the same length."
    elif len(strings) > 1:
        how = "The conductors of all packs have the same length."
    else:
        return
    findings.append(Finding("home-run", Weight.ADVICE, f"{how} ({_OURS}.)"))


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
        items.append(Item(len(links), f"link cable, straight, {links[0].from_port} to {links[0].to_port}"))
    if cable is not None:
        made = "straight" if cable.straight else "made up as its sheet says, labelled"
        items.append(Item(1, f"cable {cable.port.name} to {cable.socket.name} of the inverter, {made}"))
    if chained:
        items.append(Item(2 * chained, "power cable from pack to pack, red and black in equal numbers"))
    currents = {string.current_a for string in strings}
    runs = "" if None in currents else f", {max(a for a in currents if a is not None):g} A each at most"
    items.append(Item(2 * len(strings), f"home-run conductor, all of one length, red and black{runs}"))
    if len(strings) > 1:
        items.append(Item(2, f"busbar outside, {rating}"))
    items.append(Item(1, f"breaker or fused disconnect for direct current, {rating}"))
    if product.weight_bearing is False:
        items.append(Item(1, "rack or cabinet that carries the packs"))
    return tuple(items)
