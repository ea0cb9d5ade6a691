"""Where a command's pages go: to the screen, into SVG files, into a PDF."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from openress.errors import ParameterError
from openress.install.drawing import Drawing
from openress.install.svg import svg
from openress.paper import Paper

__all__ = ["pdf_option", "save_pdf", "save_svg", "svg_option", "write_text"]

svg_option = click.option("--svg", "svg_path", type=click.Path(path_type=Path), help="Write the drawing to this file.")
pdf_option = click.option("--pdf", "pdf_path", type=click.Path(path_type=Path), help="Write all of it as PDF.")


def save_svg(path: Path, drawing: Drawing) -> None:
    """Write one drawing.

    Raises:
        ParameterError: the file cannot be written.
    """
    write_text(path, svg(drawing))
    click.echo(f"written: {path}", err=True)


def save_pdf(path: Path, title: str, lines: Sequence[str], drawings: Sequence[Drawing]) -> None:
    """Write text, then drawings.

    Raises:
        ParameterError: the file cannot be written, or PDF cannot be made here.
    """
    paper = Paper(title, "OpenRESS; not tested on hardware. Check everything against the labels of your devices.")
    paper.add(lines)
    for drawing in drawings:
        paper.add(drawing)
    paper.write(path)
    click.echo(f"written: {path}", err=True)


def write_text(path: Path, text: str) -> None:
    """Write a text file.

    Raises:
        ParameterError: it cannot be written.
    """
    try:
        path.write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        raise ParameterError(f"The file {path} cannot be written: {error.strerror}.") from error
