"""Power cables between packs and busbars: polarity, single terminals, and the current inside the packs."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence

from openress.install.finding import Finding, Weight
from openress.install.topology import BUSBAR, End, Joint, Topology
from openress.products import Product

__all__ = ["check_power"]


def check_power(topology: Topology, product: Product) -> list[Finding]:
    """Find what is wrong with the power cables; a topology without any is not judged."""
    if not topology.power:
        return []
    found = _terminals(topology.power, product) or _polarity(topology.power)
    if found:
        return found
    found = _single_terminals(topology.power, product)
    found += _unconnected(topology)
    if not found:
        found += _currents(topology, product)
    return found


def _refuse(code: str, sentence: str) -> Finding:
    return Finding(code, Weight.REFUSED, sentence)


def _sign(end: End) -> str:
    return end.at[:1]


def _terminals(power: Sequence[Joint], product: Product) -> list[Finding]:
    known = [
        f"{sign}{number}"
        for sign, count in (("+", product.positive_terminals), ("-", product.negative_terminals))
        for number in range(1, (count or 1) + 1)
    ]
    return [
        _refuse("no-such-terminal", f"The power cable {joint}: {end} does not exist; a pack has {', '.join(known)}.")
        for joint in power
        for end in (joint.start, joint.end)
        if end.at not in (known if end.pack != BUSBAR else ("+", "-"))
    ]


def _polarity(power: Sequence[Joint]) -> list[Finding]:
    return [
        _refuse(
            "reversed-polarity",
            f"The power cable {joint} joins positive to negative: it shorts the batteries. Never join + to -.",
        )
        for joint in power
        if _sign(joint.start) != _sign(joint.end)
    ]


def _single_terminals(power: Sequence[Joint], product: Product) -> list[Finding]:
    """Module to module takes a cable at + and one at -, and in and out have terminals of their own."""
    found = []
    signs: dict[tuple[int, int], set[str]] = defaultdict(set)
    for joint in power:
        low, high = sorted((joint.start.pack, joint.end.pack))
        if low not in (BUSBAR, high) and _sign(joint.start) == _sign(joint.end):
            signs[low, high].add(_sign(joint.start))
    for (low, high), have in signs.items():
        if len(have) == 1:
            sign = next(iter(have))
            found.append(
                _refuse(
                    "single-terminal",
                    f"Packs {low} and {high} are joined through a single terminal, {sign} only: module to module takes "
                    "a cable from + to + and one from - to -.",
                )
            )
    plugged = Counter(end for joint in power for end in (joint.start, joint.end) if end.pack != BUSBAR)
    counts = {"+": product.positive_terminals or 1, "-": product.negative_terminals or 1}
    for end, count in plugged.items():
        if count > 1 and counts[_sign(end)] > 1:
            found.append(
                _refuse(
                    "single-terminal",
                    f"{count} power cables share the single terminal {end}: a chain enters at one terminal and leaves "
                    "at the other of the same sign.",
                )
            )
        elif count > 1:
            found.append(
                _refuse("single-terminal", f"{count} power cables share the terminal {end}: use busbars outside.")
            )
    return found


def _unconnected(topology: Topology) -> list[Finding]:
    have = {(end.pack, _sign(end)) for joint in topology.power for end in (joint.start, joint.end)}
    found = [
        _refuse("no-conductor", f"Pack {pack.number} has no power cable at {sign}.")
        for pack in topology.packs
        for sign in ("+", "-")
        if (pack.number, sign) not in have
    ]
    if not found and not all((BUSBAR, sign) in have for sign in ("+", "-")):
        found.append(_refuse("no-home-run", "No home-run conductor leads from the packs to the busbars at + and at -."))
    return found


def _currents(topology: Topology, product: Product) -> list[Finding]:
    """All packs beyond a joint send their current through it: the one nearest to the busbars carries them all."""
    rating = product.busbar_max_a
    pack_a = topology.pack_current_a or product.discharge_current_max_a
    if rating is None:
        return []
    if pack_a is None and topology.total_current_a is None:
        return [
            Finding(
                "busbar-unchecked",
                Weight.UNKNOWN,
                f"The current through the {rating:g} A busbars inside the packs cannot be checked: write "
                "pack_current_a or total_current_a.",
            )
        ]
    found = []
    for sign in ("+", "-"):
        for number, packs in _loads(topology, sign).items():
            bounds = [topology.total_current_a, None if pack_a is None else packs * pack_a]
            current = min(bound for bound in bounds if bound is not None)
            if current > rating:
                found.append(
                    _refuse(
                        "busbar-current",
                        f"The current of {packs} packs, up to {current:g} A, passes the {sign} busbar inside pack "
                        f"{number}, which may carry {rating:g} A: make shorter strings with home-run conductors of "
                        "their own.",
                    )
                )
    return found


def _loads(topology: Topology, sign: str) -> dict[int, int]:
    """Packs whose current leaves through the terminals of each pack that has a home run, itself among them."""
    beside: dict[int, set[int]] = defaultdict(set)
    homes: set[int] = set()
    for joint in topology.power:
        if _sign(joint.start) != sign:
            continue
        one, other = joint.start.pack, joint.end.pack
        if BUSBAR in (one, other):
            homes.add(max(one, other))
        else:
            beside[one].add(other)
            beside[other].add(one)
    loads = {}
    for home in sorted(homes):
        seen, ahead = {home}, [home]
        while ahead:
            for other in beside[ahead.pop()] - seen - homes:
                seen.add(other)
                ahead.append(other)
        loads[home] = len(seen)
    return loads
