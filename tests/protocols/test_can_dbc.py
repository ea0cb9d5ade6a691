"""The exported DBC, read by cantools, and our own decoder understand any eight bytes alike."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.protocols.test_can_golden import CAN, database, table

from openress.codec import Row
from openress.codec.rows import Kind
from openress.errors import StateError
from openress.model import Confidence, Source
from openress.protocols.inverter.dbc import dbc
from openress.protocols.inverter.table import CanRow, CanTable

OURS = Source("a test", Confidence.OURS)


def agrees(name: str, row: Row, ours: Any, theirs: dict[str, Any]) -> int:
    """Compare one field; gives the number of signals that were compared."""
    if row.kind in (Kind.BITS, Kind.PAIRS):
        found = {signal: value for signal, value in theirs.items() if signal.startswith(f"{name}_")}
        for signal, value in found.items():
            members = (row.bits or {})[int(signal.removeprefix(f"{name}_").split("_")[0])]
            assert (ours is not None and set(members) <= ours) == (value == 1), signal
        return len(found)
    if name not in theirs or ours is None:
        return 0
    if row.kind is Kind.TEXT:
        return 1
    assert float(theirs[name]) == pytest.approx(float(ours), abs=1e-6), name
    return 1


@pytest.mark.parametrize("dialect", CAN)
@given(data=st.binary(min_size=8, max_size=8))
def test_cantools_and_we_read_the_same(dialect: str, data: bytes) -> None:
    for identifier, row in table(dialect).rows.items():
        message = database(dialect).get_message_by_frame_id(identifier)
        theirs: Any = message.decode(data[: row.size], decode_choices=False)
        content = row.layout.decode(data)
        compared = sum(agrees(name, field, getattr(content, name), theirs) for name, field in row.layout.rows.items())
        assert compared or not any(
            field.kind is Kind.NUMBER and field.absent is None for field in row.layout.rows.values()
        )


def test_text_is_read_byte_by_byte() -> None:
    message = database("victron-can").get_message_by_frame_id(0x35E)
    name: Any = message.decode(b"OpenRESS", decode_choices=False)["manufacturer"]  # type: ignore[call-overload, unused-ignore]
    assert int(name).to_bytes(8, "little") == b"OpenRESS"
    growatt = database("growatt-can").get_message_by_frame_id(0x320)
    maker: Any = growatt.decode(b"OR\x01\x01\0\0\0\0", decode_choices=False)["maker"]  # type: ignore[call-overload, unused-ignore]
    assert int(maker).to_bytes(2, "big") == b"OR"


def test_signals_behind_the_bytes_that_we_send_are_left_out() -> None:
    short = database("pylontech-can").get_message_by_frame_id(0x355)
    assert (short.length, [signal.name for signal in short.signals]) == (4, ["soc_pct", "soh_pct"])


def test_an_identifier_in_two_rows_is_an_error_of_the_table() -> None:
    row = table("pylontech-can").rows[0x351]
    with pytest.raises(StateError, match="stands in two rows"):
        CanTable("nobody's", (row, row), sizes=OURS)


def test_a_counted_list_has_no_place_in_a_can_frame() -> None:
    from tests.codec.test_layout import LITTLE  # noqa: PLC0415

    with pytest.raises(StateError, match="has no place in a CAN frame"):
        dbc("rich", CanTable("nobody's", (CanRow(0x100, "rich", LITTLE),), sizes=OURS))
