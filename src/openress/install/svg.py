"""A drawing as SVG text: no script, no font, nothing fetched."""

from __future__ import annotations

from html import escape

from openress.install.drawing import Box, Dot, Drawing, Line, Text

__all__ = ["svg"]


def svg(drawing: Drawing) -> str:
    """Write a drawing as an SVG document that keeps its proportions at any width."""
    body = "\n".join(_shape(shape) for shape in drawing.shapes)
    size = f"{drawing.width:g} {drawing.height:g}"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size}" width="{drawing.width:g}" '
        f'height="{drawing.height:g}" role="img" font-family="Helvetica, Arial, sans-serif">\n'
        f"<title>{escape(drawing.title)}</title>\n"
        f'<rect width="{drawing.width:g}" height="{drawing.height:g}" fill="#ffffff"/>\n{body}\n</svg>\n'
    )


def _shape(shape: Box | Line | Dot | Text) -> str:
    match shape:
        case Box():
            return (
                f'<rect x="{shape.x:g}" y="{shape.y:g}" width="{shape.width:g}" height="{shape.height:g}" '
                f'rx="{shape.radius:g}" fill="{shape.fill}" stroke="{shape.stroke}" '
                f'stroke-width="{shape.line_width:g}"/>'
            )
        case Line():
            points = " ".join(f"{x:g},{y:g}" for x, y in shape.points)
            dashes = ' stroke-dasharray="6 4"' if shape.dashed else ""
            return (
                f'<polyline points="{points}" fill="none" stroke="{shape.colour}" stroke-width="{shape.width:g}" '
                f'stroke-linejoin="round"{dashes}/>'
            )
        case Dot():
            return f'<circle cx="{shape.x:g}" cy="{shape.y:g}" r="{shape.radius:g}" fill="{shape.colour}"/>'
        case Text():
            weight = ' font-weight="bold"' if shape.bold else ""
            return (
                f'<text x="{shape.x:g}" y="{shape.y:g}" font-size="{shape.size:g}" fill="{shape.colour}" '
                f'text-anchor="{shape.anchor.value}"{weight}>{escape(shape.text)}</text>'
            )
