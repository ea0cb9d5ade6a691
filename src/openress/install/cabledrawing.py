"""A cable as a picture: both plugs with the colours of their wires, and a label to cut out."""

from __future__ import annotations

from openress.install.cable import COLOURS, Cable
from openress.install.drawing import BLACK, GREY, PALE, RED, WHITE, Anchor, Box, Drawing, Line, Text
from openress.products import PINS
from openress.wording import ENGLISH, Wording

__all__ = ["cable_drawing", "label_lines"]

_SOLID = {"orange": "#e07b00", "green": "#1f8a3b", "blue": "#1b5fa8", "brown": "#6b4226"}
_ROW, _TOP = 26.0, 96.0
_LEFT_END, _RIGHT_START = 176.0, 284.0
WIDTH = 460.0


def label_lines(cable: Cable, wording: Wording = ENGLISH) -> list[str]:
    """Tell what to write on the cable; short lines for a flag around it."""
    wires = (
        wording.say("straight")
        if cable.straight
        else " ".join(f"{wire.battery_pin}-{wire.inverter_pin}" for wire in cable.wires)
    )
    return [
        wording.say("BATTERY CABLE - NOT FOR A NETWORK"),
        f"{cable.battery}, {cable.port.name}",
        wording.say("to {inverter}, {socket}", {"inverter": cable.inverter.title, "socket": cable.socket.name}),
        f"{cable.bus}, {wires}",
        wording.say("made by ____________  checked ____________  date _________"),
    ]


def cable_drawing(cable: Cable, wording: Wording = ENGLISH) -> Drawing:
    """Draw both ends pin by pin; plugs lie with the clip underneath and the contacts on top, pin 1 first."""
    label_top = _TOP + PINS * _ROW + 40
    ends = {"battery": cable.battery, "inverter": cable.inverter.title}
    drawing = Drawing(WIDTH, label_top + 126, wording.say("Cable from {battery} to {inverter}", ends))
    drawing.add(
        Text(
            WIDTH / 2,
            20,
            wording.say("Straight T-568B cable" if cable.straight else "Made-up cable"),
            15,
            BLACK,
            Anchor.MIDDLE,
            bold=True,
        ),
        Text(_LEFT_END, 46, wording.say("battery end"), 12, GREY, Anchor.END),
        Text(_LEFT_END, 64, cable.port.name, 13, BLACK, Anchor.END, bold=True),
        Text(_RIGHT_START, 46, wording.say("inverter end"), 12, GREY),
        Text(_RIGHT_START, 64, cable.socket.name, 13, BLACK, Anchor.START, bold=True),
        Text(
            WIDTH / 2, 84, wording.say("clip underneath, contacts on top: pin 1 on the left"), 11, GREY, Anchor.MIDDLE
        ),
    )
    for pin in range(1, PINS + 1):
        y = _TOP + (pin - 1) * _ROW
        ours, theirs = cable.port.pins[pin - 1].value, cable.socket.printed[pin - 1]
        drawing.add(
            Box(_LEFT_END - 30, y, 30, 20, PALE, BLACK, 3),
            Text(_LEFT_END - 15, y + 14.5, str(pin), 12, BLACK, Anchor.MIDDLE, bold=True),
            Text(_LEFT_END - 38, y + 14.5, ours, 11.5, BLACK, Anchor.END),
            Box(_RIGHT_START, y, 30, 20, PALE, BLACK, 3),
            Text(_RIGHT_START + 15, y + 14.5, str(pin), 12, BLACK, Anchor.MIDDLE, bold=True),
            Text(_RIGHT_START + 38, y + 14.5, theirs, 11.5),
        )
    for wire in cable.wires:
        start = _TOP + (wire.battery_pin - 1) * _ROW + 10
        end = _TOP + (wire.inverter_pin - 1) * _ROW + 10
        _wire(drawing, start, end, wire.battery_pin)
    drawing.add(_what_to_join(cable, wording))
    _label(drawing, label_lines(cable, wording), label_top)
    return drawing


def _what_to_join(cable: Cable, wording: Wording) -> Text:
    y = _TOP + PINS * _ROW + 18
    if not cable.port.known:
        told = "pin to pin, as said by the maker; the battery's pins are not published"
        return Text(WIDTH / 2, y, wording.say(told), 12, RED, Anchor.MIDDLE, bold=True)
    told = "all eight wires, pin to pin" if cable.straight else "only these wires; cut the others back at both ends"
    return Text(WIDTH / 2, y, wording.say(told), 12, BLACK, Anchor.MIDDLE)


def _wire(drawing: Drawing, start: float, end: float, pin: int) -> None:
    colour = COLOURS[pin - 1]
    middle = (_LEFT_END + _RIGHT_START) / 2
    points = ((_LEFT_END, start), (middle - 22, start), (middle + 22, end), (_RIGHT_START, end))
    solid = _SOLID[colour.removeprefix("white/")]
    drawing.add(Line(points, solid, 6))
    if colour.startswith("white/"):
        drawing.add(Line(points, WHITE, 2.5, dashed=True))


def _label(drawing: Drawing, lines: list[str], top: float) -> None:
    drawing.add(Box(20, top, WIDTH - 40, 116, WHITE, GREY))
    for index, line in enumerate(lines):
        drawing.add(Text(32, top + 24 + 20 * index, line, 12, BLACK, bold=index == 0))
