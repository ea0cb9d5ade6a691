"""The power half of a wiring plan: strings of packs, the currents in them, and what breakers and busbars must stand."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from openress.errors import ParameterError
from openress.install.finding import Finding, Weight
from openress.products import Product

__all__ = ["PowerString", "Request", "check_ratings", "home_runs", "strings_of", "total_current"]

_OURS = "(General practice; the maker's picture is not published.)"


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
class PowerString:
    """Packs whose terminals are chained; positive leaves the first one, negative the last one."""

    packs: tuple[int, ...]
    current_a: float | None


def _pack_current(product: Product, request: Request) -> float | None:
    return request.pack_current_a or product.discharge_current_max_a


def total_current(product: Product, request: Request, findings: list[Finding]) -> float | None:
    """Tell what battery and inverter exchange at most; `None`, and a finding, where nobody knows."""
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


def strings_of(product: Product, request: Request, findings: list[Finding]) -> tuple[PowerString, ...]:
    """Share the packs out among strings, as long as the joints inside the packs allow.

    Raises:
        ParameterError: one pack alone carries more than its own joint may.
    """
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


def check_ratings(request: Request, total_a: float | None, findings: list[Finding]) -> None:
    """Compare breaker, busbars and conductors with the current and with each other."""
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


def home_runs(strings: Sequence[PowerString], findings: list[Finding]) -> None:
    """Tell how home-run conductors land, where there is a choice."""
    if any(len(string.packs) > 1 for string in strings):
        how = "Positive leaves the first pack of a string and negative the last one: every pack has the same length."
    elif len(strings) > 1:
        how = "The conductors of all packs have the same length."
    else:
        return
    findings.append(Finding("home-run", Weight.ADVICE, " ".join((how, _OURS))))
