"""hypothesis strategies for any frame table: every count that fits on the wire, turned into a value by the table."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from hypothesis import strategies as st

from openress.codec import Layout
from openress.codec.rows import Kind, Row, to_value

RANGES = {
    "B": (0, 0xFF),
    "b": (-0x80, 0x7F),
    "H": (0, 0xFFFF),
    "h": (-0x8000, 0x7FFF),
    "I": (0, 0xFFFFFFFF),
    "i": (-0x80000000, 0x7FFFFFFF),
    "T": (0, 0xFFFFFF),
}
TEXT = st.characters(min_codepoint=0x21, max_codepoint=0x7D, exclude_characters="-")


def values(row: Row) -> st.SearchStrategy[Any]:
    if row.kind in (Kind.NUMBER, Kind.COUNTED, Kind.SERIES):
        low, high = RANGES[row.code]
        # The most negative count has no positive twin: a magnitude cannot be sent back.
        raws = st.integers(low + 1 if row.magnitude else low, high)
        read = to_value(row)
        one = raws if read is None else raws.map(read)
        return one if row.kind is Kind.NUMBER else st.lists(one, max_size=24).map(tuple)
    if row.kind is Kind.TEXT:
        return st.none() | st.text(TEXT, min_size=1, max_size=int(row.code))
    if row.kind is Kind.DOTTED:
        length = int(row.code)
        return st.lists(st.integers(0, 255), min_size=length, max_size=length).map(lambda n: ".".join(map(str, n)))
    if row.kind is Kind.CODED:
        return st.sampled_from([*(row.codes or {}).values(), row.other])
    if row.kind is Kind.FLAG:
        return st.booleans()
    if row.kind is Kind.PACKED:
        return st.integers(0, (1 << row.width) - 1)
    if row.kind in (Kind.BITS, Kind.PAIRS):
        chosen_sets = st.sets(st.sampled_from(sorted((row.bits or {}).values(), key=str)))
        sets = chosen_sets.map(lambda chosen: frozenset(member for members in chosen for member in members))
        return sets if row.kind is Kind.BITS else st.none() | sets
    assert row.block is not None
    return st.lists(frames(row.block), max_size=4).map(tuple)


@st.composite
def frames(draw: st.DrawFn, layout: Layout[Any]) -> Any:
    """Any frame that the layout can send."""
    drawn: dict[str, Any] = {}
    ended = False
    for item in fields(layout.frame):
        row = layout.rows[item.name]
        ended = ended or (row.optional and draw(st.booleans()))
        short = row.from_count is not None and drawn[row.from_count[0]] < row.from_count[1]
        if ended or short or (row.only_if is not None and drawn[row.only_if[0]] != row.only_if[1]):
            drawn[item.name] = None
        else:
            drawn[item.name] = draw(values(row))
    return layout.frame(**drawn)
