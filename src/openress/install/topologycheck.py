"""What is wrong with an installation: addresses, links, power cables, the cable to the inverter."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from openress.errors import ParameterError
from openress.install.cable import cable_for
from openress.install.connectors import Inverter
from openress.install.dip import examine
from openress.install.finding import Finding, Weight
from openress.install.powercheck import check_power
from openress.install.topology import End, Joint, Station, Topology
from openress.products import AddressSwitch, PortUse, Product, Role

__all__ = ["check_topology"]

_LINKS = (PortUse.LINK, PortUse.LINK_IN, PortUse.LINK_OUT)


def check_topology(
    topology: Topology,
    products: Mapping[str, Product],
    inverter: Inverter | None,
    switch: AddressSwitch | None,
) -> list[Finding]:
    """Find everything that is wrong with an installation.

    Args:
        topology: what is there.
        products: the products that it names, by key.
        inverter: the inverter that it names.
        switch: the switch table that its packs have; `None` where it is not known.
    """
    product = products[topology.product]
    return [
        *_packs(topology, products),
        *_addresses(topology, switch),
        *_links(topology, product),
        *check_power(topology, product),
        *_torque(topology, product),
        *_inverter_cable(topology, product, inverter, switch),
    ]


def _refuse(code: str, sentence: str) -> Finding:
    return Finding(code, Weight.REFUSED, sentence)


def _packs(topology: Topology, products: Mapping[str, Product]) -> list[Finding]:
    product, count = products[topology.product], len(topology.packs)
    found = []
    limit = product.pack_limit
    if limit is not None and count > limit:
        more = "; if more are foreseen, use 6-bit modules only" if product.switch_scheme == "8-bit" else ""
        found.append(_refuse("too-many-packs", f"{count} packs: {product.title} may have {limit} in parallel{more}."))
    kinds = {pack.number: products[pack.product or topology.product] for pack in topology.packs}
    schemes = {kind.switch_scheme for kind in kinds.values()}
    if len(schemes) > 1:
        names = " and ".join(sorted(scheme or "other" for scheme in schemes))
        found.append(_refuse("mixed-switches", f"Modules with {names} switches are mixed: they count differently."))
    elif len({kind.key for kind in kinds.values()}) > 1:
        odd = next(number for number, kind in kinds.items() if kind.key != topology.product)
        found.append(
            _refuse(
                "mixed-products",
                f"Pack {odd} is {kinds[odd].title}, the others {product.title}: packs of a rack must be alike.",
            )
        )
    return [*found, *_part_numbers(topology.packs)]


def _part_numbers(packs: Sequence[Station]) -> list[Finding]:
    numbers = Counter(pack.part_number for pack in packs if pack.part_number is not None)
    if len(numbers) < 2:
        return []
    usual = numbers.most_common(1)[0][0]
    odd = next(pack for pack in packs if pack.part_number not in (None, usual))
    return [
        _refuse(
            "mixed-part-numbers",
            f"Pack {odd.number} has part number {odd.part_number}, others have {usual}: batteries of a rack, and those "
            "that replace them, must have the same part number.",
        )
    ]


def _addresses(topology: Topology, switch: AddressSwitch | None) -> list[Finding]:
    if switch is None:
        return []
    found, addresses = [], []
    known = [row.address for row in switch.rows]
    for pack in topology.packs:
        address = pack.address
        if pack.positions is not None:
            try:
                read = switch.decode(pack.positions)
            except ParameterError as error:
                found.append(_refuse("no-such-picture", f"Pack {pack.number}: {error}"))
                continue
            if address in known and read != address:
                found.append(
                    _refuse(
                        "switches-differ",
                        f"Pack {pack.number} shall have address {address} ({switch.row(address).picture}), but its "
                        f"switches stand for {read} ({switch.row(read).picture}).",
                    )
                )
            address = read
        if address is not None:
            addresses.append(address)
    if len(addresses) == len(topology.packs):
        found += examine(addresses, switch)
    return found


def _links(topology: Topology, product: Product) -> list[Finding]:
    ports = {port.name: port.use for port in product.ports or () if port.use in _LINKS}
    others = {port.name for port in product.ports or ()} - set(ports)
    found: list[Finding] = []
    for link in topology.links:
        found += _one_link(link, ports, others, product)
    used = Counter(end for link in topology.links for end in (link.start, link.end))
    for end, count in used.items():
        if count > 1:
            found.append(_refuse("socket-twice", f"The socket {end} is said to hold {count} plugs."))
    return [*found, *_chain(topology)]


def _one_link(link: Joint, ports: Mapping[str, PortUse], others: set[str], product: Product) -> list[Finding]:
    if not ports:
        return []
    for end in (link.start, link.end):
        if end.at in others:
            return [
                _refuse(
                    "wrong-socket",
                    f"The link {link} is plugged into {end.at}, which is for the inverter: links go into "
                    f"{' or '.join(ports)}.",
                )
            ]
        if end.at not in ports:
            return [_refuse("no-such-socket", f"{product.title} has no socket {end.at} for links ({link}).")]
    uses = {ports[link.start.at], ports[link.end.at]}
    if link.start.at == link.end.at and (uses != {PortUse.LINK} or product.links_alternate):
        return [
            _refuse(
                "not-alternating",
                f"The link {link} goes from {link.start.at} to {link.end.at}: links alternate, from one kind of socket "
                "to the other, down the string.",
            )
        ]
    return []


def _chain(topology: Topology) -> list[Finding]:
    """One string without loops that reaches every pack."""
    root = {pack.number: pack.number for pack in topology.packs}

    def top(number: int) -> int:
        while root[number] != number:
            number = root[number]
        return number

    for link in topology.links:
        one, other = top(link.start.pack), top(link.end.pack)
        if one == other:
            return [
                _refuse(
                    "link-loop",
                    f"The link {link} closes a loop: a string of links has two loose ends, at the first and the last "
                    "pack.",
                )
            ]
        root[one] = other
    groups = {top(number) for number in root}
    if topology.links and len(groups) > 1:
        alone = [str(number) for number in root if top(number) != top(1)]
        return [_refuse("link-broken", f"No link leads from pack 1 to pack {', '.join(alone)}.")]
    if not topology.links and len(root) > 1:
        return [_refuse("link-broken", f"There are {len(root)} packs and no links between them.")]
    return []


def _torque(topology: Topology, product: Product) -> list[Finding]:
    most = product.terminal_torque_max_nm
    return [
        _refuse(
            "torque-high",
            f"Pack {pack.number}: its terminals were tightened with {pack.torque_nm:g} Nm, at most {most:g} Nm is "
            "allowed.",
        )
        for pack in topology.packs
        if most is not None and pack.torque_nm is not None and pack.torque_nm > most
    ]


def _inverter_cable(
    topology: Topology, product: Product, inverter: Inverter | None, switch: AddressSwitch | None
) -> list[Finding]:
    plugged = topology.inverter_cable
    if plugged is None or inverter is None:
        return []
    found = _at_the_master(topology, plugged.start, switch)
    try:
        cable = cable_for(product, inverter)
    except ParameterError as error:
        return [*found, Finding("cable-unknown", Weight.UNKNOWN, str(error))]
    if plugged.start.at != cable.port.name:
        found.append(
            _refuse(
                "wrong-socket",
                f"The cable to {inverter.title} is plugged into {plugged.start.at}; it belongs into {cable.port.name}.",
            )
        )
    elif plugged.straight:
        found += cable.against_straight
    return found


def _at_the_master(topology: Topology, end: End, switch: AddressSwitch | None) -> list[Finding]:
    station = topology.packs[end.pack - 1]
    if switch is None or station.address is None or len(topology.packs) == 1:
        return []
    if station.address in [row.address for row in switch.rows if row.role is Role.SLAVE]:
        return [
            _refuse(
                "not-at-master",
                f"The cable to the inverter is plugged into pack {end.pack}, which is a slave: only the master talks "
                "to the inverter.",
            )
        ]
    return []
