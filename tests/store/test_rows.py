"""Values become rows and come back; what a row says that is not known is left out and told."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.store.samples import DEFAULTS, FULL_RECORD, records, state, states, unwanted

from openress.model import Condition
from openress.params import BY_KEY
from openress.store import EventKind, Power, StoredRecord, rows


@given(records)
def test_any_record_comes_back(stored: StoredRecord) -> None:
    assert rows.record(rows.record_row(stored), unwanted) == stored


@given(states)
def test_any_state_comes_back(saved: Any) -> None:
    assert rows.state("A", rows.state_block("A", saved), unwanted) == saved


def column(name: str, value: object) -> list[object]:
    row = list(rows.record_row(FULL_RECORD))
    row[rows.RECORD_COLUMNS.index(name)] = value
    return row


def test_unknown_names_are_left_out_and_told() -> None:
    told: list[str] = []
    found = rows.record(column("conditions", '["soc_low", "too_purple", 7]'), told.append)
    assert found.record.conditions == frozenset({Condition.SOC_LOW})
    assert rows.record(column("faults", '["gremlin"]'), told.append).record.faults == frozenset()
    assert rows.record(column("event", "meteor"), told.append).event is None
    assert rows.record(rows.record_row(StoredRecord(1.0, None)), told.append).event is None
    assert [sentence.partition(" holds ")[2] for sentence in told] == [
        "'too_purple', which this OpenRESS does not know as a condition; it is left out.",
        "'7', which this OpenRESS does not know as a condition; it is left out.",
        "'gremlin', which this OpenRESS does not know as a fault; it is left out.",
        "'meteor', which this OpenRESS does not know as a kind of event; it is left out.",
    ]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("at", "yesterday"),
        ("at", 7),
        ("conditions", "["),
        ("conditions", "{}"),
        ("conditions", b"[]"),
        ("cell_voltages_mv", "[1, true]"),
        ("cell_voltages_mv", "[1.5]"),
        ("cell_voltages_mv", "[" * 100_000),
        ("temperatures_c", '["warm"]'),
        ("pack_voltage_v", "high"),
        ("cell_voltage_max_mv", b"\x00"),
    ],
)
def test_a_damaged_field_is_absent(name: str, value: object) -> None:
    found = rows.record(column(name, value), unwanted).record
    assert getattr(found, name) is None
    assert found.remaining_ah == 99.75


damaged = st.none() | st.integers() | st.floats() | st.text() | st.binary()


@given(st.lists(damaged, min_size=len(rows.RECORD_COLUMNS), max_size=len(rows.RECORD_COLUMNS)))
def test_no_row_stops_a_read(row: list[object]) -> None:
    rows.record(row, lambda _: None)


@given(damaged, damaged)
def test_no_block_stops_a_read(text: Any, check_sum: Any) -> None:
    assert rows.state("A", (text, check_sum), unwanted) is None
    assert rows.parameters("A", (text, check_sum), unwanted) is None


@given(st.data())
def test_a_block_with_a_flipped_bit_is_not_used(data: st.DataObject) -> None:
    text, check_sum = rows.parameters_block("A", DEFAULTS)
    raw = bytearray(text.encode())
    raw[data.draw(st.integers(0, len(raw) - 1))] ^= 1 << data.draw(st.integers(0, 6))
    assert rows.parameters("A", (raw.decode(), check_sum), unwanted) is None


def test_a_block_of_another_pack_is_not_used() -> None:
    block = rows.state_block("A", state())
    assert rows.state("B", block, unwanted) is None
    assert rows.is_sound("A", block)


def written(content: object) -> rows.Block:
    return rows._block("A", content)  # type: ignore[arg-type]


def test_settings_that_are_not_known_are_left_out_and_told() -> None:
    told: list[str] = []
    old = {key: value for key, value in DEFAULTS.items() if key != "soc_low_alarm_pct"}
    found = rows.parameters("A", written({"cell_colour": 3, **old}), told.append)
    assert found == old
    assert list(found) == [key for key in BY_KEY if key != "soc_low_alarm_pct"]
    assert told == ["The store holds the setting 'cell_colour', which this OpenRESS does not know; it is left out."]


def test_states_of_other_versions() -> None:
    told: list[str] = []
    content = asdict(state(locked=True))
    found = rows.state("A", written({**content, "power": "warp", "mood": 1}), told.append)
    assert found == state(locked=True, power=Power.ON)
    assert told == ["The store holds 'warp', which this OpenRESS does not know as a power state; it is left out."]
    del content["full_ah"]
    assert rows.state("A", written(content), unwanted) is None
    assert rows.state("A", written([]), unwanted) is None
    assert rows.parameters("A", written([]), unwanted) is None


def test_kinds_of_events_bear_the_names_of_the_bms() -> None:
    from openress.bms.protect import ChangeKind  # noqa: PLC0415  the one place where both meet

    assert {kind.value for kind in ChangeKind} <= {kind.value for kind in EventKind}
