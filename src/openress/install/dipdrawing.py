"""The switches of every pack of a rack as one picture, to be held beside the packs."""

from __future__ import annotations

from collections.abc import Sequence

from openress.install.dip import counting
from openress.install.drawing import BLACK, GREEN, GREY, PALE, RED, WHITE, Anchor, Box, Drawing, Text, fitted
from openress.products import AddressSwitch, SwitchRow
from openress.wording import ENGLISH, Wording

__all__ = ["dip_drawing", "dip_lines"]

WIDTH = 420.0
_TOP, _COLUMN, _ROW = 62.0, 200.0, 84.0
_LEFT = 12.0


def dip_lines(rows: Sequence[SwitchRow]) -> list[str]:
    """The same as text: number, address, role, and the switches from 1 on."""
    return [
        f"pack {number:>2}  address {row.address:>2}  {row.role.value:<12} {row.picture}"
        for number, row in enumerate(rows, start=1)
    ]


def dip_drawing(
    title: str,
    switch: AddressSwitch,
    rows: Sequence[SwitchRow],
    *,
    wait_s: float | None,
    confirmed: bool = True,
    wording: Wording = ENGLISH,
) -> Drawing:
    """Draw two packs beside each other, in reading order.

    Args:
        title: of the rack.
        switch: the table, for what its switches count.
        rows: of the packs, the master first.
        wait_s: how long the breaker stays off, where the product says.
        confirmed: the maker has published the table.
        wording: the language of its texts.
    """
    lines = -(-len(rows) // 2)
    height = _TOP + lines * _ROW + (26 if confirmed else 46)
    drawing = Drawing(WIDTH, height, wording.say("Switches of {title}", {"title": title}))
    drawing.add(Text(WIDTH / 2, 22, fitted(title, WIDTH - 8, 12), 12, BLACK, Anchor.MIDDLE, bold=True))
    weights = counting(switch)
    told = (
        wording.say("switch 1 first, up is ON; follow the picture, it is no number")
        if weights is None
        else wording.say("switch 1 first, up is ON; they count {weights}", {"weights": ", ".join(map(str, weights))})
    )
    drawing.add(Text(WIDTH / 2, 42, told, 11, GREY, Anchor.MIDDLE))
    for index, row in enumerate(rows):
        at = _LEFT + _COLUMN * (index % 2), _TOP + _ROW * (index // 2)
        _pack(drawing, index + 1, row, at, wording)
    if not confirmed:
        drawing.add(
            Text(WIDTH / 2, height - 30, wording.say("not confirmed by the maker"), 12, RED, Anchor.MIDDLE, bold=True)
        )
    told = (
        wording.say("set with the breaker off")
        if wait_s is None
        else wording.say("set with the breaker off; wait {seconds} s; breaker on", {"seconds": f"{wait_s:g}"})
    )
    drawing.add(Text(WIDTH / 2, height - 10, told, 11, GREY, Anchor.MIDDLE))
    return drawing


def _pack(drawing: Drawing, number: int, row: SwitchRow, at: tuple[float, float], wording: Wording) -> None:
    x, y = at
    role = wording.say(row.role.value.replace("-", " "))
    told = wording.say("{role}, address {address}", {"role": role, "address": str(row.address)})
    drawing.add(
        Box(x, y, _COLUMN - 8, _ROW - 8, WHITE, GREY, 4),
        Text(x + 8, y + 17, wording.say("Pack {pack}", {"pack": str(number)}), 12, bold=True),
        Text(x + _COLUMN - 16, y + 17, told, 10.5, GREY, Anchor.END),
    )
    pitch = min(22.0, (_COLUMN - 24) / len(row.positions))
    for index, on in enumerate(row.positions):
        left = x + 8 + pitch * index
        drawing.add(
            Box(left, y + 25, pitch - 4, 30, PALE, BLACK),
            Box(left + 2, y + 27 if on else y + 40, pitch - 8, 13, GREEN if on else GREY, BLACK, 0, 0.5),
            Text(left + (pitch - 4) / 2, y + 68, str(index + 1), 10.5, BLACK, Anchor.MIDDLE),
        )
