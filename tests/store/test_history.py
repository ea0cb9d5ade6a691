"""The history's file: minutes that become quarters and days, batches that are never written twice, questions."""

from __future__ import annotations

import csv
import io
import random
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.store.samples import unwanted

from openress.errors import ParameterError
from openress.store import historytable
from openress.store.bucket import ROW, Bucket, cells_of, mean_cells, merged, packed_cells
from openress.store.eventquery import events, health
from openress.store.happened import RACK, Batch, Ended, Event, HealthNote, Level, Minute, Piece, Source, SourceKind
from openress.store.historyfile import HISTORY_LAYOUT, HistoryFile, open_history
from openress.store.historyquery import Span, ask, find_source
from openress.store.historytable import as_csv, as_rows, write_parquet
from openress.store.quantities import CELLS, COLUMNS, GAUGES, QUANTITIES, TOTALS, Kept
from openress.store.rawchunk import decode, encode
from openress.store.retention import RESOLUTIONS, kept_days

T0 = 1_795_132_800
"""20 November 2026, 00:00 UTC."""
TABLES = ("quarter", "day")
PACK = Source(SourceKind.PACK, "A5L-0001")
OTHER = Source(SourceKind.PACK, "A5L-0002")

whole = st.integers(-20_000, 20_000)
samples = st.lists(
    st.fixed_dictionaries(
        {},
        optional={quantity.key: whole.map(lambda n, q=quantity: n / q.per_unit) for quantity in GAUGES}
        | {CELLS: st.lists(st.none() | st.integers(0, 65_534), max_size=17)},
    ),
    min_size=1,
    max_size=12,
)


def day_of(at_s: float) -> tuple[int, int]:
    start = int(at_s // 86_400) * 86_400
    return start, start + 86_400


def opened(path: Path, session: str = "one", **days: int) -> HistoryFile:
    return HistoryFile(path, at_s=T0, say=unwanted, session=session, days=kept_days(days), day_of=day_of)


def row_of(*readings: dict[str, Any], flow: tuple[float, float, float] | None = None) -> tuple[Any, ...]:
    bucket = Bucket()
    for reading in readings:
        bucket.add(reading)
    if flow is not None:
        bucket.flow(*flow)
    return bucket.row()


def minutes(count: int, start_s: int = T0, source: Source = PACK, **values: float) -> list[Minute]:
    row = row_of(values or {"soc_pct": 50.0}, flow=(0.1, 5.0, 60.0))
    return [Minute(start_s + 60 * at, source, row) for at in range(count)]


def spans_of(rows: sqlite3.Connection, table: str) -> list[tuple[Any, ...]]:
    assert table in TABLES
    return rows.execute(f"SELECT at_s, {', '.join(ROW)} FROM {table}").fetchall()  # noqa: S608  names of the schema


@pytest.fixture
def rows() -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(":memory:", isolation_level=None)
    yield connection
    connection.close()


@given(samples)
def test_samples_come_back_as_they_went(readings: list[dict[str, Any]]) -> None:
    taken = [(T0 + 10.0 * at + 0.5, reading) for at, reading in enumerate(readings)]
    back = decode(T0, encode(T0, taken))
    assert [at_s for at_s, _ in back] == [at_s for at_s, _ in taken]
    for (_, was), (_, found) in zip(taken, back, strict=True):
        assert {key: value for key, value in found.items() if key != CELLS} == pytest.approx(
            {key: value for key, value in was.items() if key != CELLS}
        )
        cells = [cell for cell in was.get(CELLS, ()) if cell is not None]
        assert [cell for cell in found.get(CELLS, ()) if cell is not None] == cells


@pytest.mark.parametrize("damage", [b"", b"no", encode(T0, [(T0, {"soc_pct": 1.0})])[:-3]])
def test_damaged_samples_are_refused(damage: bytes) -> None:
    with pytest.raises(ValueError, match="cannot be read"):
        decode(T0, damage)


@given(samples, st.integers(0, 30))
def test_two_parts_put_together_are_the_whole(readings: list[dict[str, Any]], cut: int) -> None:
    whole_row = row_of(*readings)
    parts = [row_of(*part) for part in (readings[:cut], readings[cut:]) if part]
    together = merged(parts)
    for at, name in enumerate(ROW[:-1]):
        if name.endswith("_mean"):
            # A mean of means is rounded twice, and weighs by samples, not by those that told the quantity.
            assert (together[at] is None) == (whole_row[at] is None)
        else:
            assert together[at] == whole_row[at], name
    told = [reading for reading in readings if "soc_pct" in reading]
    if len(told) == len(readings):
        at = ROW.index("soc_pct_mean")
        assert together[at] == pytest.approx(whole_row[at], abs=1)


def test_what_is_not_known_stays_unknown() -> None:
    row = dict(zip(ROW, row_of({"soc_pct": 50.0}, {}), strict=True))
    assert row["soc_pct_mean"] == 500
    assert row["samples"] == 2
    assert row["pack_voltage_v_mean"] is None
    assert row["charged_ah_total"] is None
    assert row["cells"] is None
    assert cells_of(packed_cells([3300, None, 0])) == [3300, None, 0]


CELLS_OF_A_ROW = st.one_of(
    st.lists(st.integers(3200, 3400), min_size=4, max_size=4),
    st.lists(st.one_of(st.none(), st.integers(3200, 3400)), max_size=6),
    st.lists(st.integers(0, 5000), min_size=4, max_size=4),
)


@given(st.lists(st.tuples(CELLS_OF_A_ROW, st.integers(1, 900)), max_size=20))
def test_the_mean_of_cells_counts_each_sample_once(rows: list[tuple[list[int | None], int]]) -> None:
    most = max((len(cells) for cells, _ in rows), default=0)
    means: list[int | None] = []
    for at in range(most):
        known = [(cells[at], samples) for cells, samples in rows if at < len(cells) and cells[at] is not None]
        weight = sum(samples for _, samples in known)
        means.append(round(sum(cell * samples for cell, samples in known) / weight) if weight else None)
    packed = [(packed_cells(cells), samples) for cells, samples in rows]
    found = mean_cells([(cells, samples) for cells, samples in packed if cells is not None])
    assert found == packed_cells(means)


def test_the_table_has_the_columns_of_the_quantities(rows: sqlite3.Connection) -> None:
    """A quantity more needs a version more of the layout."""
    rows.executescript(HISTORY_LAYOUT.steps[0].sql)
    for resolution in RESOLUTIONS[1:]:
        found = [row[1] for row in rows.execute(f"PRAGMA table_info({resolution.table})")]
        assert found == ["id", *ROW]
    assert len(QUANTITIES) == len(GAUGES) + len(TOTALS) + 1


def test_quarters_and_days_say_what_their_minutes_say(tmp_path: Path) -> None:
    dice = random.Random(7)
    kept: list[Minute] = []
    for at in range(1600):
        if dice.random() < 0.2:
            continue
        reading: dict[str, Any] = {q.key: dice.uniform(-10, 60) for q in GAUGES if dice.random() < 0.9}
        reading[CELLS] = [dice.randint(2500, 3600) for _ in range(4)]
        kept.append(Minute(T0 + 60 * at, PACK, row_of(reading, reading, flow=(dice.uniform(-1, 1), 3.0, 55.0))))
    file = opened(tmp_path / "history.db")
    for number, start in enumerate(range(0, len(kept), 37)):
        file.write(Batch(number=number + 1, at_s=T0, minutes=kept[start : start + 37]))
    file.close()
    with open_history(tmp_path / "history.db") as connection:
        for table, length_s in (("quarter", 900), ("day", 86_400)):
            found = {row[0]: row[1:] for row in spans_of(connection, table)}
            groups: dict[int, list[tuple[Any, ...]]] = {}
            for minute in kept:
                groups.setdefault(minute.at_s // length_s * length_s, []).append(minute.row)
            assert found.keys() == groups.keys()
            for at_s, group in groups.items():
                expected = merged(group)
                for name, got, want in zip(ROW, found[at_s], expected, strict=True):
                    if name == "cells":
                        assert cells_of(got) == pytest.approx(cells_of(want), abs=2)
                    elif name.endswith("_mean") and want is not None:
                        # Days are made of quarters: their means have been rounded once more and weigh by samples.
                        assert got == pytest.approx(want, abs=1 if table == "quarter" else 400)
                    else:
                        assert got == want, (table, name)


def test_a_batch_is_written_once_however_often_it_is_tried(tmp_path: Path) -> None:
    file = opened(tmp_path / "history.db")
    batch = Batch(number=1, at_s=T0, minutes=minutes(3), health=[HealthNote(at_s=T0, source=PACK, steps=2)])
    for _ in range(3):
        file.write(batch)
    file.close()
    again = opened(tmp_path / "history.db", session="two")
    again.write(Batch(number=1, at_s=T0, minutes=minutes(1, T0 + 120)))
    again.close()
    with open_history(tmp_path / "history.db") as connection:
        assert connection.execute("SELECT at_s, samples, charged_ah_total FROM minute").fetchall() == [
            (T0, 1, 10_000),
            (T0 + 60, 1, 10_000),
            # Another run went on in the minute in which the first ended.
            (T0 + 120, 2, 20_000),
        ]
        assert connection.execute("SELECT steps FROM health").fetchall() == [(2,)]


def test_what_is_old_goes_a_day_at_a_time(tmp_path: Path) -> None:
    file = opened(tmp_path / "history.db", **{"1m": 2})
    file.load(minutes(1440 * 4, T0 - 4 * 86_400), T0)
    left = []
    for number in range(1, 4):
        file.write(Batch(number=number, at_s=T0 + 60, forget=True))
        with open_history(tmp_path / "history.db") as connection:
            left.append(connection.execute("SELECT count(*) FROM minute").fetchone()[0])
            assert connection.execute("SELECT count(*) FROM day").fetchone()[0] == 4
    # A minute more than two days are over, of four.
    assert left == [3 * 1440, 2 * 1440, 2 * 1440 - 1]
    file.close()


def test_events_begin_and_end_and_outlast_a_run(tmp_path: Path) -> None:
    began = Event(
        source=PACK, pack=3, kind="alarm", code="soc_low", level=Level.WARNING, began_s=T0 + 10.0, text="Low."
    )
    file = opened(tmp_path / "history.db")
    file.write(Batch(number=1, at_s=T0, durable=True, begun=[began, began]))
    file.close()
    file = opened(tmp_path / "history.db", session="two")
    assert file.standing() == [began]
    with open_history(tmp_path / "history.db") as connection:
        assert events(connection, standing=True, limit=9) == [began]
        assert events(connection, to_s=T0 + 10.0, limit=9) == []
    file.write(Batch(number=1, at_s=T0, ended=[Ended(PACK, "alarm", "soc_low", T0 + 70.0)]))
    file.close()
    with open_history(tmp_path / "history.db") as connection:
        assert [
            event.ended_s for event in events(connection, source=find_source(connection, serial=PACK.name), limit=9)
        ] == [T0 + 70.0]
        assert events(connection, from_s=T0 + 71.0, limit=9) == []
        assert events(connection, standing=True, limit=9) == []


def asked(path: Path, *keys: str, span: Span, pack: int | None = None, serial: str | None = PACK.name) -> Any:
    with open_history(path) as connection:
        return ask(connection, find_source(connection, pack=pack, serial=serial), keys, span)


@pytest.fixture
def filled(tmp_path: Path) -> Path:
    """Two hours of minutes with a hole of ten, and of two packs, the second of which took the place of the first."""
    path = tmp_path / "history.db"
    file = opened(path)
    early, late = minutes(60, soc_pct=40.0), minutes(50, T0 + 70 * 60, soc_pct=60.0)
    raw = [(T0 + 10.0 * at, {"soc_pct": 40.0 + at / 100, CELLS: [3300 + at]}) for at in range(60)]
    file.write(
        Batch(
            number=1,
            at_s=T0,
            minutes=[*early, *late, *minutes(5, source=OTHER, soc_pct=70.0)],
            pieces=[Piece(T0, PACK, T0 + 600, encode(T0, raw))],
            health=[
                HealthNote(
                    at_s=T0, source=PACK, soh_pct=98.0, full_ah=97.5, steps=4, volt_amperes=2.0, ampere_squares=100.0
                )
            ],
            packs={PACK: 1, OTHER: 2},
        )
    )
    file.write(Batch(number=2, at_s=T0, packs={OTHER: 1}))
    file.close()
    return path


def test_gaps_are_told_as_gaps(filled: Path) -> None:
    answer = asked(filled, "soc_pct", "charged_ah", span=Span(T0, T0 + 7200, "1m"))
    assert answer.times_s == [T0 + 60 * at for at in range(120)]
    assert answer.series[0].values[Kept.MEAN] == [40.0] * 60 + [None] * 10 + [60.0] * 50
    assert answer.series[1].values == {Kept.TOTAL: [0.1] * 60 + [None] * 10 + [0.1] * 50}


def test_neighbours_are_put_together_to_fit(filled: Path) -> None:
    answer = asked(filled, "soc_pct", "charged_ah", span=Span(T0, T0 + 7200, "1m", points=2))
    assert answer.every_s == 3600
    assert answer.times_s == [T0, T0 + 3600]
    assert answer.series[0].values == {Kept.MIN: [40.0, 60.0], Kept.MEAN: [40.0, 60.0], Kept.MAX: [40.0, 60.0]}
    assert answer.series[1].values[Kept.TOTAL] == pytest.approx([6.0, 5.0])


@pytest.mark.parametrize(
    ("keys", "length_s", "expected"),
    [
        (["soc_pct"], 600, "raw"),
        (["soc_pct"], 3600, "1m"),
        (["charged_ah"], 3600, "1m"),
        (["soc_pct"], 86_400, "1m"),
        (["soc_pct"], 30 * 86_400, "15m"),
        (["soc_pct"], 366 * 86_400, "1d"),
    ],
)
def test_the_right_table_answers(filled: Path, keys: list[str], length_s: int, expected: str) -> None:
    assert asked(filled, *keys, span=Span(T0, T0 + length_s)).resolution == expected


def test_a_coarse_table_answers_where_the_fine_one_has_forgotten(tmp_path: Path) -> None:
    path = tmp_path / "history.db"
    file = opened(path, **{"1m": 1})
    file.load(minutes(3 * 1440, T0 - 3 * 86_400), T0)
    for number in range(3):
        file.write(Batch(number=number + 1, at_s=T0, forget=True))
    file.close()
    assert asked(path, "soc_pct", span=Span(T0 - 3 * 86_400, T0)).resolution == "15m"
    assert asked(path, "soc_pct", span=Span(T0 - 80_000, T0)).resolution == "1m"


def test_samples_as_they_came(filled: Path) -> None:
    answer = asked(filled, "soc_pct", CELLS, span=Span(T0 + 100, T0 + 130, "raw"))
    assert answer.every_s == 10
    assert answer.times_s == [T0 + 100, T0 + 110, T0 + 120]
    assert answer.series[0].values[Kept.MEAN] == [40.1, 40.1, 40.1]
    assert answer.series[1].cells == [[3310], [3311], [3312]]


def test_a_place_means_the_pack_that_was_there_last(filled: Path) -> None:
    answer = asked(filled, "soc_pct", span=Span(T0, T0 + 60, "1m"), pack=1, serial=None)
    assert answer.source.name == OTHER.name
    assert asked(filled, "soc_pct", span=Span(T0, T0 + 60, "1m"), serial=None).source.kind is RACK.kind


@pytest.mark.parametrize(
    ("keys", "span", "serial", "problem"),
    [
        (["socc_pct"], Span(T0, T0 + 60), PACK.name, "no quantity 'socc_pct'; did you mean soc_pct"),
        (["soc_pct"], Span(T0, T0), PACK.name, "is no span of time"),
        (["soc_pct"], Span(T0, T0 + 60, "2m"), PACK.name, "no resolution '2m'; say auto or one of raw, 1m, 15m, 1d"),
        (["soc_pct"], Span(T0, T0 + 60), "B", "knows no pack with the serial number 'B'; it has A5L-0002, A5L-0001"),
    ],
)
def test_what_cannot_be_asked_is_refused_in_a_sentence(
    filled: Path, keys: list[str], span: Span, serial: str, problem: str
) -> None:
    with pytest.raises(ParameterError, match=problem):
        asked(filled, *keys, span=span, serial=serial)


def test_health_by_the_day(filled: Path) -> None:
    with open_history(filled) as connection:
        (day,) = health(connection, find_source(connection, serial=PACK.name), 0, 1e11)
    assert (day.soh_pct, day.full_ah, day.steps) == (98.0, 97.5, 4)
    assert day.resistance_mohm == 20.0
    assert day.charged_ah == pytest.approx(11.0)
    assert day.cycles is None


def test_a_table_carries_nothing_out(filled: Path) -> None:
    rows = as_rows(asked(filled, "soc_pct", CELLS, span=Span(T0 + 580, T0 + 600, "raw")))
    assert list(rows[0]) == ["time", "time_s", "soc_pct_min", "soc_pct_mean", "soc_pct_max", "cell_1_mv"]
    rows.append({"time": '=HYPERLINK("x")', "time_s": -1, "soc_pct_mean": -5.5})
    read = list(csv.DictReader(io.StringIO(as_csv(rows, list(rows[0])))))
    assert read[0]["time"] == "2026-11-20T00:09:40Z"
    assert read[-1]["time"].startswith("'=")
    assert (read[-1]["soc_pct_mean"], read[-1]["cell_1_mv"]) == ("-5.5", "")


def test_parquet_has_the_same_values(filled: Path, tmp_path: Path) -> None:
    from pyarrow import parquet  # noqa: PLC0415  an extra, and slow to load

    rows = as_rows(asked(filled, "soc_pct", span=Span(T0, T0 + 7200, "1m")))
    write_parquet(tmp_path / "x.parquet", rows, list(rows[0]))
    found = parquet.read_table(tmp_path / "x.parquet").to_pylist()
    assert [row["soc_pct_mean"] for row in found] == [row["soc_pct_mean"] for row in rows]
    assert found[1]["time"].timestamp() == T0 + 60


def test_without_pyarrow_parquet_is_refused_in_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> None:
        raise ImportError(name)

    monkeypatch.setattr(historytable, "import_module", missing)
    with pytest.raises(ParameterError, match="Parquet needs the package pyarrow: install OpenRESS with its extra"):
        write_parquet(tmp_path / "x.parquet", [], ["time"])


def test_every_column_is_of_a_known_kind() -> None:
    assert {kept for _, kept in COLUMNS} == set(Kept)
