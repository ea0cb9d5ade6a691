"""The A5L guide's history: what is recorded, and for how long it is kept (8.8)."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.bms.streams import Stream, products

from openress.bms.history import HistoryRing, record_of
from openress.bms.measure import Measurement
from openress.bms.protect import ChangeKind
from openress.model import Condition
from openress.model.history import Calendar, HistoryRecord
from openress.products import Product

C = Condition


def at_second(second: int) -> HistoryRecord:
    return HistoryRecord(at=Calendar(2026, 1, 1, 0, second // 60, second % 60))


@pytest.mark.req("REQ-130")
@products
def test_the_501st_record_overwrites_the_oldest(product: Product) -> None:
    assert product.history_records == 500
    ring = HistoryRing(product.history_records)
    for second in range(501):
        ring.add(at_second(second))
    records = ring.read()
    assert len(records) == 500
    assert records[0] == at_second(500)
    assert records[-1] == at_second(1)


@pytest.mark.req("REQ-130", "REQ-132")
def test_a_ring_that_starts_with_more_than_it_keeps_drops_the_oldest() -> None:
    newest_first = [at_second(second) for second in reversed(range(10))]
    ring = HistoryRing(4, newest_first)
    assert ring.read() == tuple(newest_first[:4])
    assert HistoryRing(20, newest_first).read() == tuple(newest_first)


@pytest.mark.req("REQ-130", "REQ-132")
def test_alarms_trips_releases_and_locks_are_recorded_with_what_was_measured() -> None:
    stream = Stream().settled()
    ring = HistoryRing()

    def record(now: Measurement, dt_ms: int = 500) -> None:
        decision = stream.measure(now, dt_ms)
        found = record_of(
            now,
            decision.changes,
            at=Calendar(2026, 7, 1, 12, 0, int(stream.now_s) % 60),
            alarms=decision.alarms,
            protections=decision.protections,
            faults=decision.faults,
            remaining_ah=decision.charge.remaining_ah,
            full_ah=decision.charge.full_ah,
        )
        if found is not None:
            ring.add(found)

    high = replace(stream.world, highest_mv=3700)
    for tick in range(4):
        record(high.measured(16, tick))
    for tick in range(3):
        record(stream.world.measured(16, tick))
    newest, trip, alarm = ring.read()
    assert alarm.conditions == {C.CELL_OVER_VOLTAGE}
    assert alarm.protections == frozenset()
    assert trip.protections == {C.CELL_OVER_VOLTAGE}
    assert trip.cell_voltage_max_mv == 3700
    assert trip.cell_voltage_min_mv == min(trip.cell_voltages_mv or ())
    assert trip.cell_voltages_mv is not None
    assert len(trip.cell_voltages_mv) == 16
    assert trip.temperatures_c == (25.0,) * 4
    assert (trip.mos_temperature_c, trip.env_temperature_c, trip.pack_current_a) == (30.0, 25.0, 0.0)
    assert (trip.remaining_ah, trip.full_ah) == (50.0, 100.0)
    assert newest.protections == frozenset()


@pytest.mark.req("REQ-132")
def test_a_record_leaves_out_what_was_not_measured() -> None:
    stream = Stream().settled()
    now = replace(stream.world, mos_c=111.0).measured(16, 0)
    for _ in range(25):
        decision = stream.measure(now, 100)
    (trip,) = [change for change in stream.changes if change.kind is ChangeKind.TRIP]
    broken = replace(now, cell_voltages_mv=(None,) * 16, temperatures_c=(25.0, None))
    found = record_of(
        broken,
        [trip],
        at=None,
        alarms=decision.alarms,
        protections=decision.protections,
        faults=decision.faults,
        remaining_ah=49.996,
        full_ah=100.0,
    )
    assert found is not None
    assert (found.cell_voltages_mv, found.temperatures_c, found.cell_voltage_max_mv) == (None, None, None)
    assert found.remaining_ah == 50.0
    assert record_of(
        now, [], at=None, alarms=frozenset(), protections=frozenset(), faults=frozenset(), remaining_ah=1, full_ah=1
    ) is None  # fmt: skip
