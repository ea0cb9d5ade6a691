"""hypothesis strategies for racks, sane or not: every value may be missing, absurd or no number."""

from __future__ import annotations

from hypothesis import strategies as st

from openress.model import (
    Analog,
    Condition,
    Fault,
    Identity,
    Limits,
    PackSample,
    PackState,
    RackSample,
    Status,
    Switches,
)

ANY = st.none() | st.floats(allow_nan=True, allow_infinity=True) | st.sampled_from([0.0, -0.0, -1.0, 1e9, 48.0, 52.3])
VOLTS = st.none() | st.floats(0, 80) | ANY
AMPS = st.none() | st.floats(0, 5000) | ANY
FLAGS = st.none() | st.booleans()


def conditions() -> st.SearchStrategy[frozenset[Condition] | None]:
    return st.none() | st.frozensets(st.sampled_from(Condition), max_size=4)


def limits() -> st.SearchStrategy[Limits]:
    return st.builds(
        Limits,
        st.just(0.0),
        charge_voltage_limit_v=VOLTS,
        charge_current_limit_a=AMPS,
        discharge_current_limit_a=AMPS,
        discharge_voltage_limit_v=VOLTS,
        charge_enabled=FLAGS,
        discharge_enabled=FLAGS,
        charge_immediately=FLAGS,
        full_charge_request=FLAGS,
    )


def analogs() -> st.SearchStrategy[Analog]:
    return st.builds(
        Analog,
        st.just(0.0),
        pack_voltage_v=VOLTS,
        pack_current_a=ANY,
        cell_voltages_mv=st.none() | st.lists(st.integers(0, 70000), max_size=24).map(tuple),
        temperatures_c=st.none() | st.lists(st.floats() | st.floats(-40, 80), max_size=6).map(tuple),
        soc_pct=ANY | st.floats(0, 100),
        soh_pct=ANY | st.floats(0, 100),
        remaining_ah=ANY,
        full_ah=ANY,
        design_ah=ANY,
        cycles=st.none() | st.integers(-5, 1 << 40),
    )


def statuses() -> st.SearchStrategy[Status]:
    return st.builds(
        Status,
        st.just(0.0),
        state=st.none() | st.sampled_from(PackState),
        switches=st.none() | st.builds(Switches, charge=FLAGS, discharge=FLAGS),
        alarms=conditions(),
        protections=conditions(),
        faults=st.none() | st.frozensets(st.sampled_from(Fault), max_size=3),
        balancing=st.none() | st.just((True,)),
    )


def packs() -> st.SearchStrategy[PackSample]:
    names = st.none() | st.text(max_size=20)
    return st.builds(
        PackSample,
        st.integers(1, 300),
        analog=st.none() | analogs(),
        status=st.none() | statuses(),
        limits=st.none() | limits(),
        identity=st.none() | st.builds(Identity, st.just(0.0), serial=names, model=names),
    )


def racks() -> st.SearchStrategy[RackSample]:
    return st.builds(
        RackSample,
        st.just(0.0),
        st.lists(packs(), max_size=3).map(tuple)
        | st.lists(packs(), min_size=1, max_size=1).map(lambda one: 300 * tuple(one)),
        analog=st.none() | analogs(),
        status=st.none() | statuses(),
        limits=st.none() | limits(),
    )
