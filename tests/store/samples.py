"""Records, settings and states to keep, and strategies that make any."""

from __future__ import annotations

from pathlib import Path

from hypothesis import strategies as st
from tests.params.packs import A5L_16S

from openress.model import Condition, Fault
from openress.model.history import Calendar, HistoryRecord
from openress.params import ParameterSet
from openress.store import EventKind, Power, SavedState, Store, StoredRecord

NOW_S = 1_795_200_000.0
DEFAULTS = ParameterSet.defaults(A5L_16S)
OTHERS = DEFAULTS.with_values({"cell_ov_alarm_mv": 3490, "charge_oc_alarm_a": 100, "soc_low_alarm_pct": 10})

FULL_RECORD = StoredRecord(
    NOW_S,
    EventKind.TRIP,
    HistoryRecord(
        at=Calendar(2026, 11, 20, 15, 30, 12),
        conditions=frozenset({Condition.CELL_OVER_VOLTAGE, Condition.PACK_OVER_VOLTAGE}),
        protections=frozenset({Condition.CELL_OVER_VOLTAGE}),
        faults=frozenset({Fault.CELL_SENSOR}),
        pack_voltage_v=56.32,
        pack_current_a=12.5,
        remaining_ah=99.75,
        full_ah=100.0,
        cell_voltage_max_mv=3655,
        cell_voltage_min_mv=3441,
        cell_voltages_mv=(3655, *(3441,) * 15),
        temperatures_c=(25.0, 25.1, -3.5, 26.0),
        mos_temperature_c=41.5,
        env_temperature_c=30.0,
    ),
)


def state(at_s: float = NOW_S, **changed: object) -> SavedState:
    return SavedState(**{"at_s": at_s, "remaining_ah": 50.0, "full_ah": 100.0, **changed})  # type: ignore[arg-type]


def trip(at_s: float) -> StoredRecord:
    return StoredRecord(at_s, EventKind.TRIP, HistoryRecord(pack_current_a=at_s))


def unwanted(sentence: str) -> None:
    """For stores that have nothing to say."""
    raise AssertionError(sentence)


def kept(path: Path) -> Store:
    return Store(path, at_s=NOW_S, say=unwanted)


_numbers = st.floats(-1e6, 1e6)
_millivolts = st.integers(0, 65535)
_conditions = st.frozensets(st.sampled_from(Condition))
_calendars = st.builds(
    Calendar,
    st.integers(0, 9999),
    st.integers(0, 99),
    st.integers(0, 99),
    st.integers(0, 99),
    st.integers(0, 99),
    st.integers(0, 99),
)
_fields: dict[str, st.SearchStrategy[object]] = {
    "at": _calendars,
    "conditions": _conditions,
    "protections": _conditions,
    "faults": st.frozensets(st.sampled_from(Fault)),
    "pack_voltage_v": _numbers,
    "pack_current_a": _numbers,
    "remaining_ah": _numbers,
    "full_ah": _numbers,
    "cell_voltage_max_mv": _millivolts,
    "cell_voltage_min_mv": _millivolts,
    "cell_voltages_mv": st.lists(_millivolts, max_size=20).map(tuple),
    "temperatures_c": st.lists(_numbers, max_size=8).map(tuple),
    "mos_temperature_c": _numbers,
    "env_temperature_c": _numbers,
}
times = st.floats(0, 4e9)
records = st.builds(
    StoredRecord,
    times,
    st.sampled_from(EventKind),
    st.builds(HistoryRecord, **{name: st.none() | values for name, values in _fields.items()}),
)
states = st.builds(
    SavedState,
    at_s=times,
    remaining_ah=st.floats(0, 1e4),
    full_ah=st.floats(0, 1e4),
    throughput_ah=st.floats(0, 1e8),
    cycles=st.integers(0, 10**6),
    anchored=st.booleans(),
    trips=st.integers(0, 10),
    locked=st.booleans(),
    protections=st.lists(st.sampled_from(["short_circuit", "cell_over_voltage"]), unique=True).map(tuple),
    ahead_ah=st.lists(st.floats(0, 100), max_size=16).map(tuple),
    power=st.sampled_from(Power),
)
sets = st.builds(
    lambda alarm, low: DEFAULTS.with_values({"cell_ov_alarm_mv": alarm, "soc_low_alarm_pct": low}),
    st.integers(340, 360).map(lambda tens: 10 * tens),
    st.integers(0, 100),
)
