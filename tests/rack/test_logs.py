"""The records of packs over every dialect that has them, and as tables that a spreadsheet may open."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from dataclasses import replace

import pytest
from tests.protocols.memory import record
from tests.rack.packline import Line, Packs, session

from openress.errors import ParameterError
from openress.model import Condition
from openress.model.history import Calendar, HistoryRecord
from openress.rack.logs import COLUMNS, as_csv, as_json, read_records
from openress.rack.poll import NoAnswerError

DIALECTS = ("pace", "pace-modbus", "seplos3")


def filled(count: int) -> Packs:
    packs = Packs()
    for number in range(count):
        at = Calendar.of_seconds(1_800_000_000 + 60 * number)
        packs.rack.packs[0].records.add(replace(record(1), at=at, faults=frozenset()))
    return packs


@pytest.mark.req("REQ-131")
@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("count", [0, 1, 500])
async def test_all_records_come_newest_first(dialect: str, count: int) -> None:
    packs, seen = filled(count), []
    async with session(Line(packs, dialect), dialect) as talk:
        told = await read_records(talk, 1, most=500, progress=seen.append)
    kept = packs.memory.history(1)
    assert [entry.at for entry in told.records] == [entry.at for entry in kept]
    assert told.notes == ()
    assert seen == list(range(1, count + 1))
    for entry in told.records[:1]:
        assert entry.conditions == kept[0].conditions
        assert entry.protections == kept[0].protections
        assert entry.cell_voltages_mv == kept[0].cell_voltages_mv


async def test_the_newest_few() -> None:
    async with session(Line(filled(9), "pace-modbus"), "pace-modbus") as talk:
        told = await read_records(talk, 1, most=4)
    assert len(told.records) == 4


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("at", [0, 1, 4, 5])
async def test_a_lost_answer_loses_no_record(dialect: str, at: int) -> None:
    packs, frames = filled(5), []

    def meddle(_position: int, frame: bytes, pack: Callable[[bytes], list[bytes]]) -> list[bytes]:
        frames.append(frame)
        answers = pack(frame)
        return [] if len(frames) == at + 1 else answers

    async with session(Line(packs, dialect, meddle), dialect) as talk:
        told = await read_records(talk, 1, most=500)
    assert [entry.at for entry in told.records] == [entry.at for entry in packs.memory.history(1)]


@pytest.mark.parametrize("dialect", DIALECTS)
async def test_a_pack_that_falls_silent_is_told(dialect: str) -> None:
    frames: list[bytes] = []

    def meddle(_position: int, frame: bytes, pack: Callable[[bytes], list[bytes]]) -> list[bytes]:
        frames.append(frame)
        return [] if len(frames) > 3 else pack(frame)

    line = Line(filled(5), dialect, meddle)
    async with session(line, dialect) as talk:
        with pytest.raises(NoAnswerError):
            await read_records(talk, 1, most=500)


async def test_a_record_written_meanwhile_is_not_told_twice() -> None:
    packs = filled(5)

    def meddle(position: int, frame: bytes, pack: Callable[[bytes], list[bytes]]) -> list[bytes]:
        if position == 2:
            packs.rack.packs[0].records.add(replace(record(9), at=Calendar(2030, 1, 1, 0, 0, 0)))
        return pack(frame)

    before = [entry.at for entry in packs.memory.history(1)]
    async with session(Line(packs, "pace", meddle), "pace") as talk:
        told = await read_records(talk, 1, most=500)
    assert [entry.at for entry in told.records] == before
    assert told.notes


async def test_a_dialect_without_records_says_so() -> None:
    async with session(Line(Packs(), "jbd"), "jbd") as talk:
        with pytest.raises(ParameterError, match="has no way to read records"):
            await read_records(talk, 1, most=1)


@pytest.mark.req("REQ-210")
def test_a_table_has_every_column_and_no_formula() -> None:
    entry = replace(record(1), pack_current_a=-12.5, temperatures_c=(-4.5, 3.0), faults=frozenset())
    for serial in ("=HYPERLINK(1)", "+1+1", "-2+3+cmd", "@SUM(A1)", "\tx", "\r=1"):
        (head, row) = csv.reader(io.StringIO(as_csv({"serial": serial}, [entry]), newline=""))
        assert head == ["serial", *COLUMNS]
        values = dict(zip(head, row, strict=True))
        assert values["serial"] == f"'{serial}"
        assert values["pack_current_a"] == "-12.5"
        assert values["temperatures_c"] == "-4.5 3.0"
        assert values["faults"] == "none"
        assert values["at"] == "2026-11-20 12:34:01"


def test_what_is_not_kept_is_empty_or_absent() -> None:
    empty = HistoryRecord(conditions=frozenset({Condition.SOC_LOW}))
    (head, row) = csv.reader(io.StringIO(as_csv({}, [empty])))
    assert dict(zip(head, row, strict=True)) == {**dict.fromkeys(COLUMNS, ""), "conditions": "soc_low"}
    assert json.loads(json.dumps(as_json(empty))) == {"conditions": ["soc_low"]}
