"""Drawings: nothing runs into anything else, letters are large enough, and both pages hold the same shapes."""

from __future__ import annotations

import os
from dataclasses import replace
from itertools import combinations
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from tests.install.racks import RACKS, rack

from openress.catalog import load_battery
from openress.cli.cable import cable_lines
from openress.install.cable import cable_for
from openress.install.cabledrawing import cable_drawing
from openress.install.connectors import INVERTERS, find_inverter
from openress.install.dip import switch_of
from openress.install.dipdrawing import dip_drawing, dip_lines
from openress.install.drawing import Anchor, Box, Drawing, Line, Text, extent
from openress.install.plan import Plan, make_plan
from openress.install.rackdrawing import PACKS_ON_A_PAGE, rack_drawing, rack_pages
from openress.install.svg import svg
from openress.paper import Paper
from openress.translations import wording_of
from openress.wording import ENGLISH, Wording

PHONE = 390.0
GOLDEN = Path(__file__).parent / "golden"
SMALLEST_ON_A_PHONE = 9.0
A4_INNER = (495.0, 760.0)


def switched(packs: int) -> Plan:
    """A rack with switches to draw: where the maker's table is lost, those of a scheme that is named."""
    battery, inverter, request = RACKS[packs]
    if packs == 17:
        request = replace(request, scheme="narada-6bit")
    return make_plan(load_battery(battery), find_inverter(inverter), request)


def dip_of(packs: int, wording: Wording = ENGLISH) -> Drawing:
    plan = switched(packs)
    rows = [pack.row for pack in plan.packs if pack.row is not None]
    assert len(rows) == packs
    scheme = None if plan.confirmed else "narada-6bit" if packs == 17 else "seplos-8bit"
    switch = switch_of(plan.product, packs, scheme)
    wait_s = plan.product.address_wait_s
    title = f"{packs} x {plan.product.title}"
    return dip_drawing(title, switch, rows, wait_s=wait_s, confirmed=plan.confirmed, wording=wording)


def drawings(wording: Wording = ENGLISH) -> dict[str, Drawing]:
    made = {f"rack-{packs}": rack_drawing(rack(packs), wording=wording) for packs in RACKS}
    for packs in RACKS:
        for number, page in enumerate(rack_pages(rack(packs), wording), start=1):
            made[f"rack-{packs}-page-{number}"] = page
    for packs in RACKS:
        made[f"dip-{packs}"] = dip_of(packs, wording)
    a5l = load_battery("syscom-a5l-51v2")
    for key, inverter in INVERTERS.items():
        if inverter.socket is not None:
            made[f"cable-{key}"] = cable_drawing(cable_for(a5l, inverter), wording)
    return made


DRAWINGS = drawings()
every = pytest.mark.parametrize("drawing", DRAWINGS.values(), ids=DRAWINGS)


@every
def test_texts_stay_inside_and_clear_of_each_other(drawing: Drawing) -> None:
    boxes = [(text.text, extent(text)) for text in drawing.texts()]
    for text, (left, top, right, bottom) in boxes:
        assert left >= 0, text
        assert top >= 0, text
        assert right <= drawing.width, text
        assert bottom <= drawing.height, text
    for (one, a), (other, b) in combinations(boxes, 2):
        apart = a[2] <= b[0] or b[2] <= a[0] or a[3] <= b[1] or b[3] <= a[1]
        assert apart, (one, other)


@every
def test_no_wire_runs_through_a_text(drawing: Drawing) -> None:
    for text in drawing.texts():
        if text.text in "+-":
            continue  # the signs stand on their terminals, where the wires end
        left, top, right, bottom = extent(text)
        for line in drawing.shapes:
            if not isinstance(line, Line):
                continue
            for (x1, y1), (x2, y2) in zip(line.points, line.points[1:], strict=False):
                beside = max(x1, x2) <= left or min(x1, x2) >= right or max(y1, y2) <= top or min(y1, y2) >= bottom
                assert beside, (text.text, line.points)


@pytest.mark.parametrize("language", ["de", "es", "zh"])
def test_other_languages_have_room_too(language: str) -> None:
    for drawing in drawings(wording_of(language)).values():
        test_texts_stay_inside_and_clear_of_each_other(drawing)
        test_no_wire_runs_through_a_text(drawing)


def golden(name: str, text: str) -> None:
    """Compare with a file; written anew with `UPDATE_GOLDEN=1`, and read aloud before it is committed."""
    file = GOLDEN / f"{name}.txt"
    if os.environ.get("UPDATE_GOLDEN"):
        file.write_text(text, encoding="utf-8")
    assert text == file.read_text(encoding="utf-8")


@pytest.mark.parametrize("packs", RACKS)
def test_switches_read_as_before(packs: int) -> None:
    rows = [pack.row for pack in switched(packs).packs if pack.row is not None]
    golden(f"dip-{packs}", "\n".join(dip_lines(rows)) + "\n")


@pytest.mark.parametrize("inverter", [key for key, one in INVERTERS.items() if one.socket is not None])
def test_cables_read_as_before(inverter: str) -> None:
    cable = cable_for(load_battery("syscom-a5l-51v2"), INVERTERS[inverter])
    golden(f"cable-{inverter}", "\n".join(cable_lines(cable)) + "\n")


@every
def test_letters_can_be_read_on_a_phone_and_on_paper(drawing: Drawing) -> None:
    on_phone = PHONE / drawing.width
    assert min(text.size for text in drawing.texts()) * on_phone >= SMALLEST_ON_A_PHONE


@pytest.mark.parametrize("packs", RACKS)
def test_pages_fit_on_paper_with_letters_of_eight_points(packs: int) -> None:
    pages = rack_pages(rack(packs))
    assert sum(1 for page in pages for text in page.texts() if text.text.startswith("Pack ")) == packs
    for page in pages:
        scale = min(A4_INNER[0] / page.width, A4_INNER[1] / page.height)
        assert min(text.size for text in page.texts()) * scale >= 8.0
    assert len(pages) == -(-packs // PACKS_ON_A_PAGE)


@every
def test_svg_is_well_formed_and_has_every_text(drawing: Drawing) -> None:
    root = ET.fromstring(svg(drawing))  # noqa: S314  # our own text
    space = "{http://www.w3.org/2000/svg}"
    assert [element.text for element in root.iter(f"{space}text")] == [text.text for text in drawing.texts()]
    assert root.find(f"{space}title") is not None
    assert "http" not in svg(drawing).replace("http://www.w3.org/2000/svg", "")


def test_switches_are_drawn_up_for_on() -> None:
    drawing = rack_drawing(rack(4))
    knobs = [shape for shape in drawing.shapes if isinstance(shape, Box) and (shape.width, shape.height) == (9, 11)]
    up = [knob.fill != "#5d6864" for knob in knobs]
    assert up == [
        *(True, False, False, False),
        *(False, True, False, False),
        *(True, True, False, False),
        *(False, False, True, False),
    ]


def test_signs_and_marks_are_written_as_such() -> None:
    drawing = Drawing(10, 10, "a < b")
    drawing.add(Text(1, 1, "<&>", 12, "#000000", Anchor.MIDDLE))
    assert "<title>a &lt; b</title>" in svg(drawing)
    assert ">&lt;&amp;&gt;</text>" in svg(drawing)


def test_paper_is_the_same_for_the_same_input_and_wraps_long_lines() -> None:
    def made() -> bytes:
        paper = Paper("Title", "foot")
        paper.add(["Heading", "", "  - " + "many words " * 40, "x" * 300, *(f"  line {n}" for n in range(90))])
        paper.add(DRAWINGS["rack-4"])
        return paper.bytes()

    one = made()
    assert one == made()
    assert one.startswith(b"%PDF-")
    assert one.count(b"/Type /Page\n") == 3 or one.count(b"/Type /Page ") == 3


def test_empty_lines_do_not_begin_a_page() -> None:
    def pages(lines: int, *more: str) -> int:
        paper = Paper("Title", "foot")
        paper.add([*(f"  line {number}" for number in range(lines)), *more])
        data = paper.bytes()
        return data.count(b"/Type /Page\n") + data.count(b"/Type /Page ")

    full = next(lines for lines in range(40, 90) if pages(lines + 1) == 2)
    assert pages(full, "", "") == 1
    assert pages(full, "", "  more") == 2
