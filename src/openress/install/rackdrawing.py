"""The wiring plan as a picture: packs from the top, switches, links on the right, power on the left.

Narrow on purpose: at the width of a phone the letters keep a size that can be read. A tall rack is drawn in parts for
paper; a part says where its wires come from and go on.
"""

from __future__ import annotations

from dataclasses import dataclass

from openress.install.drawing import (
    BLACK,
    BLUE,
    GREEN,
    GREY,
    PALE,
    RED,
    WHITE,
    Anchor,
    Box,
    Dot,
    Drawing,
    Line,
    Text,
    extent,
    fitted,
)
from openress.install.plan import PackPlan, Plan
from openress.install.powerplan import PowerString
from openress.products import Role
from openress.wording import ENGLISH, Wording

__all__ = ["PACKS_ON_A_PAGE", "rack_drawing", "rack_pages"]

PACKS_ON_A_PAGE = 7

WIDTH = 440.0
_NEGATIVE_X, _POSITIVE_X = 16.0, 34.0
_LEFT, _RIGHT = 58.0, 372.0
_LINK_X, _CABLE_X = 398.0, 422.0
_PACK_H, _GAP = 74.0, 26.0
_UPPER, _LOWER = 18.0, 56.0
"""Rows of terminals, from the top of a pack."""
_TERMINALS = {"+": _LEFT + 16, "-": _LEFT + 40}
_ROLES = {Role.MASTER: "master", Role.SLAVE: "slave", Role.STAND_ALONE: "stands alone"}


@dataclass(frozen=True, slots=True)
class _Part:
    """Which packs a drawing shows, and where each begins."""

    plan: Plan
    first: int
    last: int
    top: float
    wording: Wording

    @property
    def packs(self) -> tuple[PackPlan, ...]:
        return self.plan.packs[self.first - 1 : self.last]

    def y(self, number: int) -> float:
        return self.top + (number - self.first) * (_PACK_H + _GAP)

    @property
    def bottom(self) -> float:
        return self.y(self.last) + _PACK_H

    def shows(self, number: int) -> bool:
        return self.first <= number <= self.last


def rack_pages(plan: Plan, wording: Wording = ENGLISH) -> list[Drawing]:
    """Draw a plan in parts that fit on paper."""
    count = len(plan.packs)
    pages = -(-count // PACKS_ON_A_PAGE)
    size = -(-count // pages)
    return [rack_drawing(plan, first, min(count, first + size - 1), wording) for first in range(1, count + 1, size)]


def rack_drawing(plan: Plan, first: int = 1, last: int | None = None, wording: Wording = ENGLISH) -> Drawing:
    """Draw the packs `first` to `last` of a plan, with the inverter above them, in the words of `wording`."""
    part = _Part(plan, first, last or len(plan.packs), 150.0, wording)
    height = part.bottom + (52.0 if part.last < len(plan.packs) else 40.0) + (0.0 if plan.confirmed else 18.0)
    counts = {"first": str(part.first), "last": str(part.last), "count": str(len(plan.packs))}
    shown = wording.say("packs {first} to {last}" if len(part.packs) < len(plan.packs) else "{count} packs", counts)
    who = {"packs": shown, "product": plan.product.title, "inverter": plan.inverter.title}
    drawing = Drawing(WIDTH, height, wording.say("Wiring of {packs}, {product}, {inverter}", who))
    _head(drawing, part)
    for pack in part.packs:
        _pack(drawing, part, pack)
    _rails(drawing, part)
    for string in plan.strings:
        _string(drawing, part, string)
    for pack in part.packs:
        _terminals(drawing, part, pack)
    _links(drawing, part)
    _cable(drawing, part)
    drawing.add(
        Text(_LEFT, height - 12, wording.say("red: +, black: -, green: links, blue: to the inverter"), 11, GREY),
    )
    if not plan.confirmed:
        drawing.add(Text(_LEFT, height - 30, wording.say("switches: not confirmed by the maker"), 12, RED, bold=True))
    return drawing


def _head(drawing: Drawing, part: _Part) -> None:
    plan, wording = part.plan, part.wording
    whole = len(part.packs) == len(plan.packs)
    # The product stands in the heading of the sheet; on a page of several there is no room for both.
    title = (
        f"{len(plan.packs)} x {plan.product.title}"
        if whole
        else wording.say(
            "Packs {first} to {last} of {count}",
            {"first": str(part.first), "last": str(part.last), "count": str(len(plan.packs))},
        )
    )
    drawing.add(
        Text(WIDTH / 2, 20, fitted(title, WIDTH - 8, 13), 13, BLACK, Anchor.MIDDLE, bold=True),
        Box(_LEFT, 34, _RIGHT - _LEFT, 44, PALE, BLACK, 4),
        Text(_LEFT + 12, 53, fitted(plan.inverter.title, 290, 13), 13, bold=True),
        Text(_LEFT + 12, 70, _socket_name(plan, wording), 11, GREY),
        Box(_NEGATIVE_X - 10, 96, 118, 26, WHITE, BLACK, 4),
        Text(_NEGATIVE_X + 49, 113, wording.say("breaker"), 12, BLACK, Anchor.MIDDLE),
        # From the breaker up to the inverter.
        Line(((_POSITIVE_X, 96), (_POSITIVE_X, 64), (_LEFT, 64)), RED, 3),
        Line(((_NEGATIVE_X, 96), (_NEGATIVE_X, 48), (_LEFT, 48)), BLACK, 3),
    )
    current = plan.total_current_a
    told = (
        wording.say("current not known")
        if current is None
        else wording.say("at most {current}", {"current": wording.figure(f"{current:g} A")})
    )
    drawing.add(Text(132, 113, told, 11, GREY))


def _socket_name(plan: Plan, wording: Wording) -> str:
    if plan.inverter.socket is None:
        return wording.say("socket for the battery: pins not published")
    return wording.say("socket {socket}", {"socket": plan.inverter.socket.name})


def _rails(drawing: Drawing, part: _Part) -> None:
    """From the breaker down to the lowest string that lands on them, in this part or below it."""
    ends = {"+": 122.0, "-": 122.0}
    for string in part.plan.strings:
        for sign, number in (("+", string.packs[0]), ("-", string.packs[-1])):
            if part.shows(number):
                ends[sign] = max(ends[sign], _landing_y(part, number, sign))
            elif number > part.last:
                ends[sign] = part.bottom + 14
    drawing.add(
        Line(((_POSITIVE_X, 122), (_POSITIVE_X, ends["+"])), RED, 3),
        Line(((_NEGATIVE_X, 122), (_NEGATIVE_X, ends["-"])), BLACK, 3),
    )


def _landing_y(part: _Part, number: int, sign: str) -> float:
    """Where a home run crosses to its terminal: above the pack for plus, below it for minus."""
    return part.y(number) - 8 if sign == "+" else part.y(number) + _PACK_H + 8


def _string(drawing: Drawing, part: _Part, string: PowerString) -> None:
    for sign, number, rail, colour in (
        ("+", string.packs[0], _POSITIVE_X, RED),
        ("-", string.packs[-1], _NEGATIVE_X, BLACK),
    ):
        if part.shows(number):
            y, x = _landing_y(part, number, sign), _TERMINALS[sign]
            terminal_y = part.y(number) + (_UPPER if sign == "+" else _LOWER)
            drawing.add(Line(((rail, y), (x, y), (x, terminal_y)), colour, 3), Dot(rail, y, 4, colour))
    for upper, lower in zip(string.packs, string.packs[1:], strict=False):
        for sign, colour in (("+", RED), ("-", BLACK)):
            x = _TERMINALS[sign]
            if part.shows(upper) and part.shows(lower):
                drawing.add(Line(((x, part.y(upper) + _LOWER), (x, part.y(lower) + _UPPER)), colour, 3))
            elif part.shows(upper):
                drawing.add(Line(((x, part.y(upper) + _LOWER), (x, part.bottom + 14)), colour, 3, dashed=True))
            elif part.shows(lower):
                drawing.add(Line(((x, part.top - 14), (x, part.top + _UPPER)), colour, 3, dashed=True))


def _pack(drawing: Drawing, part: _Part, pack: PackPlan) -> None:
    y, wording = part.y(pack.number), part.wording
    drawing.add(Box(_LEFT, y, _RIGHT - _LEFT, _PACK_H, WHITE, BLACK, 4, 1.5))
    role = wording.say(_ROLES[pack.role])
    if pack.row is not None:
        role = wording.say("{role}, address {address}", {"role": role, "address": str(pack.row.address)})
    title = Text(_LEFT + 60, y + 19, wording.say("Pack {pack}", {"pack": str(pack.number)}), 14, bold=True)
    drawing.add(
        title,
        Text(max(_LEFT + 126, extent(title)[2] + 6), y + 19, role, 12, GREY),
    )
    _switches(drawing, pack, (_LEFT + 60, y + 28), wording)
    for name, at in _ports(part.plan, pack, y):
        drawing.add(
            Box(_RIGHT - 12, at - 6, 12, 12, PALE, BLACK),
            Text(_RIGHT - 17, at + 4, name, 10.5, BLACK, Anchor.END),
        )


def _terminals(drawing: Drawing, part: _Part, pack: PackPlan) -> None:
    """Two of each sign, joined inside, where the product has them; otherwise the one that a pack needs."""
    product, y = part.plan.product, part.y(pack.number)
    for sign, known, alone, colour in (
        ("+", product.positive_terminals, _UPPER, RED),
        ("-", product.negative_terminals, _LOWER, BLACK),
    ):
        x = _TERMINALS[sign]
        rows = (_UPPER, _LOWER) if (known or 1) > 1 else (alone,)
        if len(rows) > 1:
            drawing.add(Line(((x, y + _UPPER), (x, y + _LOWER)), colour, 3))
        for row in rows:
            drawing.add(Dot(x, y + row, 7, colour), Text(x, y + row + 4.5, sign, 13, WHITE, Anchor.MIDDLE, bold=True))


def _switches(drawing: Drawing, pack: PackPlan, at: tuple[float, float], wording: Wording) -> None:
    x, y = at
    if pack.row is None:
        drawing.add(Text(x, y + 20, wording.say("switches: not published"), 12, GREY))
        return
    for index, on in enumerate(pack.row.positions):
        left = x + 17 * index
        drawing.add(
            Box(left, y, 13, 26, PALE, BLACK),
            Box(left + 2, y + 2 if on else y + 13, 9, 11, GREEN if on else GREY, BLACK, 0, 0.5),
            Text(left + 6.5, y + 39, str(index + 1), 10.5, BLACK, Anchor.MIDDLE),
        )
    drawing.add(Text(x + 17 * len(pack.row.positions) + 3, y + 10, wording.say("up is ON"), 10.5, GREY))


def _ports(plan: Plan, pack: PackPlan, y: float) -> list[tuple[str, float]]:
    """Sockets in use: the inverter's on top, then where a link comes in, then where it goes out."""
    found = []
    if pack is plan.master and plan.cable is not None:
        found.append((plan.cable.port.name, y + 12))
    for link in plan.links:
        if link.to_pack == pack.number:
            found.append((link.to_port, y + 36))
        if link.from_pack == pack.number:
            found.append((link.from_port, y + 60))
    return found


def _links(drawing: Drawing, part: _Part) -> None:
    for link in part.plan.links:
        start, end = part.shows(link.from_pack), part.shows(link.to_pack)
        y, other = part.y(link.from_pack) + 60, part.y(link.to_pack) + 36
        if start and end:
            drawing.add(Line(((_RIGHT, y), (_LINK_X, y), (_LINK_X, other), (_RIGHT, other)), GREEN))
        elif start:
            drawing.add(
                Line(((_RIGHT, y), (_LINK_X, y), (_LINK_X, part.bottom + 14)), GREEN),
                Text(
                    _LINK_X + 8, part.bottom + 28, _other("to pack {pack}", link.to_pack, part), 11, GREEN, Anchor.END
                ),
            )
        elif end:
            drawing.add(
                Line(((_LINK_X, part.top - 14), (_LINK_X, other), (_RIGHT, other)), GREEN),
                Text(
                    _LINK_X + 8, part.top - 20, _other("from pack {pack}", link.from_pack, part), 11, GREEN, Anchor.END
                ),
            )


def _other(english: str, pack: int, part: _Part) -> str:
    return part.wording.say(english, {"pack": str(pack)})


def _cable(drawing: Drawing, part: _Part) -> None:
    cable = part.plan.cable
    if cable is None or not part.shows(part.plan.master.number):
        return
    y = part.y(part.plan.master.number) + 12
    made = part.wording.say(
        "{bus} straight cable" if cable.straight else "{bus} made-up cable", {"bus": str(cable.bus)}
    )
    drawing.add(
        Line(((_RIGHT, y), (_CABLE_X, y), (_CABLE_X, 56), (_RIGHT, 56)), BLUE),
        Text(_CABLE_X - 8, 113, made, 11, BLUE, Anchor.END),
    )
