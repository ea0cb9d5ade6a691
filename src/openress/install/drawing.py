"""Drawings as values: boxes, lines, dots and texts on a plane, y downwards, for whoever puts them on a page."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from unicodedata import east_asian_width

__all__ = ["Anchor", "Box", "Dot", "Drawing", "Line", "Text", "extent", "fitted"]

BLACK, WHITE, GREY, PALE = "#1c2321", "#ffffff", "#5d6864", "#eef2f0"
RED, BLUE, GREEN, ORANGE = "#b3261e", "#1b5fa8", "#0b6b5b", "#b25c00"

WIDTH_OF_A_LETTER = 0.58
"""Of the size, on average, in the sans-serif faces that pages fall back to."""


class Anchor(StrEnum):
    """Which part of a text stands at its point."""

    START = "start"
    MIDDLE = "middle"
    END = "end"


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle."""

    x: float
    y: float
    width: float
    height: float
    fill: str = WHITE
    stroke: str = BLACK
    radius: float = 0.0
    line_width: float = 1.0


@dataclass(frozen=True, slots=True)
class Line:
    """A line through points."""

    points: tuple[tuple[float, float], ...]
    colour: str = BLACK
    width: float = 2.0
    dashed: bool = False


@dataclass(frozen=True, slots=True)
class Dot:
    """A filled circle, where lines are joined."""

    x: float
    y: float
    radius: float
    colour: str = BLACK


@dataclass(frozen=True, slots=True)
class Text:
    """A line of text; `y` is its base line."""

    x: float
    y: float
    text: str
    size: float = 12.0
    colour: str = BLACK
    anchor: Anchor = Anchor.START
    bold: bool = False


@dataclass(slots=True)
class Drawing:
    """A page of shapes, drawn in their order.

    Attributes:
        width: of the plane.
        height: of the plane.
        title: what it shows, for those who cannot see it.
    """

    width: float
    height: float
    title: str
    shapes: list[Box | Line | Dot | Text] = field(default_factory=list)

    def add(self, *shapes: Box | Line | Dot | Text) -> None:
        """Draw more."""
        self.shapes.extend(shapes)

    def texts(self) -> Iterator[Text]:
        """Its texts."""
        return (shape for shape in self.shapes if isinstance(shape, Text))


def extent(text: Text) -> tuple[float, float, float, float]:
    """Left, top, right and bottom of a text, near enough to see whether it runs into something."""
    width = letters(text.text) * text.size * WIDTH_OF_A_LETTER * (1.06 if text.bold else 1.0)
    left = {Anchor.START: text.x, Anchor.MIDDLE: text.x - width / 2, Anchor.END: text.x - width}[text.anchor]
    return left, text.y - 0.75 * text.size, left + width, text.y + 0.22 * text.size


def letters(text: str) -> int:
    """How many Latin letters are as wide as a text; a Chinese one is as wide as two."""
    return sum(2 if east_asian_width(letter) in "WF" else 1 for letter in text)


def fitted(text: str, width: float, size: float) -> str:
    """Cut a text that would be wider than `width`."""
    most = int(width / (size * 0.6))
    return text if len(text) <= most else f"{text[: most - 3]}..."
