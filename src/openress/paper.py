"""PDF pages out of lines of text and drawings; the same input always gives the same file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from openress.errors import ParameterError
from openress.install.drawing import Anchor, Box, Dot, Drawing, Line, Text

__all__ = ["Paper"]

_A4 = (595.27, 841.89)
_MARGIN = 50.0
_SIZE, _LEADING = 9.5, 13.0


@dataclass(slots=True)
class Paper:
    """Pages to be written: texts flow, drawings have a page each.

    Attributes:
        title: at the top of each page of text.
        foot: at the bottom of each page: what it belongs to, when and by whom it was made.
    """

    title: str
    foot: str
    _parts: list[Sequence[str] | Drawing] = field(default_factory=list)

    def add(self, part: Sequence[str] | Drawing) -> None:
        """Append lines of text or a drawing."""
        self._parts.append(part)

    def write(self, path: Path) -> None:
        """Write the file.

        Raises:
            ParameterError: it cannot be written, or this system has no package that makes PDF files.
        """
        data = self.bytes()
        try:
            path.write_bytes(data)
        except OSError as error:
            raise ParameterError(f"The file {path} cannot be written: {error.strerror}.") from error

    def bytes(self) -> bytes:
        """The file's content.

        Raises:
            ParameterError: this system has no package that makes PDF files.
        """
        try:
            from reportlab.pdfgen.canvas import Canvas  # noqa: PLC0415  # slow to import, and not on every system
        except ImportError as error:
            raise ParameterError(
                "PDF files need the package reportlab: install it, or write text or SVG instead."
            ) from error
        canvas = Canvas("", pagesize=_A4, invariant=1, pageCompression=1)
        canvas.setTitle(self.title)
        canvas.setCreator("OpenRESS")
        sheet = _Sheet(canvas, self.title, self.foot)
        for part in self._parts:
            if isinstance(part, Drawing):
                sheet.drawing(part)
            else:
                sheet.lines(part)
        sheet.end()
        data: bytes = canvas.getpdfdata()
        return data


class _Sheet:
    """Where the next line goes."""

    def __init__(self, canvas: Any, title: str, foot: str) -> None:
        self._canvas = canvas
        self._title, self._foot = title, foot
        self._page = 0
        self._y = 0.0

    def lines(self, lines: Sequence[str]) -> None:
        self._new_page()
        for line in lines:
            # An empty line parts what is on a page; it does not begin one.
            if not line.strip() and self._y < _MARGIN:
                continue
            for index, piece in enumerate(_wrapped(line)):
                # A heading keeps at least one line of what it heads.
                if self._y < _MARGIN + (3 * _LEADING if _heading(line) else 0):
                    self._new_page()
                bold = index == 0 and _heading(line)
                self._canvas.setFont("Courier-Bold" if bold else "Courier", _SIZE)
                self._canvas.drawString(_MARGIN, self._y, _plain(piece))
                self._y -= _LEADING

    def drawing(self, drawing: Drawing) -> None:
        self._new_page()
        width, height = _A4[0] - 2 * _MARGIN, self._y - _MARGIN - 10
        scale = min(width / drawing.width, height / drawing.height)
        self._canvas.saveState()
        self._canvas.translate((_A4[0] - drawing.width * scale) / 2, self._y)
        self._canvas.scale(scale, scale)
        for shape in drawing.shapes:
            _draw(self._canvas, shape)
        self._canvas.restoreState()
        self._y = 0.0

    def end(self) -> None:
        if self._page:
            self._canvas.showPage()

    def _new_page(self) -> None:
        if self._page:
            self._canvas.showPage()
        self._page += 1
        self._canvas.setFillColor("#1c2321")
        self._canvas.setFont("Helvetica-Bold", 12)
        self._canvas.drawString(_MARGIN, _A4[1] - _MARGIN, _plain(self._title))
        self._canvas.setFont("Helvetica", 8)
        self._canvas.drawString(_MARGIN, _MARGIN - 20, _plain(self._foot))
        self._canvas.drawRightString(_A4[0] - _MARGIN, _MARGIN - 20, f"page {self._page}")
        self._y = _A4[1] - _MARGIN - 26


def _heading(line: str) -> bool:
    """Lines that begin at the margin are headings; what belongs to them is indented."""
    return bool(line) and not line.startswith((" ", "="))


def _wrapped(line: str) -> list[str]:
    line = line.rstrip()
    if len(line) * 0.6 * _SIZE <= _A4[0] - 2 * _MARGIN:
        return [line]
    most = int((_A4[0] - 2 * _MARGIN) / (0.6 * _SIZE))
    indent = len(line) - len(line.lstrip()) + (2 if line.lstrip().startswith("- ") else 0)
    pieces, rest = [], line
    while len(rest) > most:
        cut = rest.rfind(" ", indent + 1, most)
        cut = most if cut <= indent else cut
        pieces.append(rest[:cut])
        rest = " " * indent + rest[cut:].lstrip()
    return [*pieces, rest]


def _plain(text: str) -> str:
    """Letters that the standard faces have."""
    return text.encode("cp1252", "replace").decode("cp1252")


def _draw(canvas: Any, shape: Box | Line | Dot | Text) -> None:
    """Draw one shape; a page's y grows upwards, a drawing's downwards."""
    match shape:
        case Box():
            canvas.setFillColor(shape.fill)
            canvas.setStrokeColor(shape.stroke)
            canvas.setLineWidth(shape.line_width)
            canvas.setDash()
            canvas.roundRect(shape.x, -shape.y - shape.height, shape.width, shape.height, shape.radius, fill=1)
        case Line():
            canvas.setStrokeColor(shape.colour)
            canvas.setLineWidth(shape.width)
            canvas.setDash(*([6, 4] if shape.dashed else []))
            path = canvas.beginPath()
            (x, y), *others = shape.points
            path.moveTo(x, -y)
            for x, y in others:
                path.lineTo(x, -y)
            canvas.drawPath(path)
        case Dot():
            canvas.setFillColor(shape.colour)
            canvas.circle(shape.x, -shape.y, shape.radius, stroke=0, fill=1)
        case Text():
            canvas.setFillColor(shape.colour)
            canvas.setFont("Helvetica-Bold" if shape.bold else "Helvetica", shape.size)
            put = {
                Anchor.START: canvas.drawString,
                Anchor.MIDDLE: canvas.drawCentredString,
                Anchor.END: canvas.drawRightString,
            }[shape.anchor]
            put(shape.x, -shape.y, _plain(shape.text))
