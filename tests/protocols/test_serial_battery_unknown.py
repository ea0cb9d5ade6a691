"""The battery side of every serial dialect: what is not known, does not fit, or must not be lost."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.protocols.serialbatterysamples import FIRST
from tests.protocols.seriallines import (
    OPTIONS,
    SERIAL,
    answers,
    battery,
    inverter,
    reads,
    registers,
    sealed,
    talk,
    text,
)
from tests.samples import pack, rack, with_analog

from openress.bms.aggregate import aggregate
from openress.model import Analog, Condition, Fault, Limits, RackSample


def test_a_capacity_that_is_not_known_gives_an_inverter_no_state_of_charge() -> None:
    told = aggregate([with_analog(pack(1), remaining_ah=None, full_ah=50.0)], 0.0)
    asking = inverter("pylontech", "axpert")
    talk(battery("pylontech"), asking, told, 6)
    assert asking.view.charge is not None
    assert (asking.view.charge.soc_pct, asking.view.charge.remaining_ah) == (None, None)
    assert asking.view.charge.full_ah == 50.0


def unmeasured(told: RackSample) -> RackSample:
    """Values have grown old: no measurement is told any more, and nothing is allowed."""
    packs = tuple(replace(sample, analog=None, limits=None) for sample in told.packs)
    limits = Limits(
        100.0, 56.0, 0.0, 0.0, 48.0, charge_enabled=False, discharge_enabled=False,
    )  # fmt: skip
    return RackSample(100.0, packs, None, told.status, limits)


def test_limits_of_zero_are_told_when_measured_values_are_not() -> None:
    told = unmeasured(rack(3))
    pylontech, voltronic = battery("pylontech"), battery("voltronic-485")
    assert answers(pylontech, text(2, 0x92, "02"), told) == [text(2, 0, "02DAC0BB800000000000")]
    assert answers(pylontech, text(2, 0x63), told, 1.0) == [text(2, 0, "DAC0BB800000000000")]
    (limits,) = answers(voltronic, reads(0x70, 8), told)
    assert limits == registers(560, 480, 0, 0, 0, 0, 0, 0, wide=True)


def test_a_measured_value_that_is_not_known_is_refused_and_never_zero() -> None:
    told = unmeasured(rack(3))
    # Internal communication error, device failure; Voltronic has no code for it.
    assert answers(battery("pylontech"), text(2, 0x42, "02"), told) == [text(2, 0x91)]
    assert answers(battery("pylontech"), text(2, 0x61), told) == [text(2, 0x91)]
    assert answers(battery("voltronic-485"), reads(0x30, 4), told) == []
    assert answers(battery("growatt-485"), reads(0x10, 0x13), told) == [sealed(1, 0x83, 4)]
    assert answers(battery("tianbangda"), reads(0x1000, 0x17, function=4), told) == [sealed(1, 0x84, 4)]
    assert answers(battery("pace-modbus"), reads(0, 37), told) == [sealed(1, 0x83, 4)]
    # What remains can still be asked for by itself.
    assert answers(battery("growatt-485"), reads(0x19, 1), told) == [registers(0)]


def test_a_rack_whose_voltages_nobody_knows_says_nothing_at_all() -> None:
    told = replace(unmeasured(rack(3)), limits=Limits(100.0))
    for dialect in SERIAL:
        assert answers(battery(dialect), FIRST[dialect], told) == []


def test_16_bits_end_and_do_not_wrap() -> None:
    big = with_analog(pack(1), remaining_ah=1900.0, full_ah=2000.0, design_ah=2000.0, pack_current_a=-900.0)
    told = aggregate([big], 0.0)
    told = replace(told, limits=replace(told.limits, charge_current_limit_a=5000.0, discharge_current_limit_a=5000.0))  # type: ignore[type-var]
    (growatt,) = answers(battery("growatt-485"), reads(0x17, 5), told)
    # -327.68 A, then 655.35 A of limit and 655.34 Ah of capacity: 0xFFFF would say that it is not known.
    assert growatt == registers(0x8000, 26, 0xFFFF, 0xFFFE, 0xFFFE)
    (tian,) = answers(battery("tianbangda"), reads(0x100C, 1, function=4), told)
    assert tian == registers(0xFFFF, function=4)
    (pylontech,) = answers(battery("pylontech"), text(2, 0x92, "02"), told)
    # 3276.7 A and -3276.7 A, the largest magnitude that both signs hold.
    assert pylontech == text(2, 0, "02DAC0BB807FFF8001C0")
    (analog,) = answers(battery("pylontech"), text(2, 0x61), told, 1.0)
    assert analog[13:21] == b"CEA4" + b"8000"


def test_pace_shows_what_is_not_allowed_as_an_open_switch() -> None:
    told = rack(2)
    told = replace(told, limits=replace(told.limits, charge_current_limit_a=0.0))  # type: ignore[type-var]
    (status,) = answers(battery("pace-modbus"), reads(11, 1), told)
    assert status == registers(0x0A00)
    asking = inverter("pace-modbus")
    talk(battery("pace-modbus"), asking, told, 2)
    assert asking.view.limits is None
    assert asking.view.requests is not None
    assert (asking.view.requests.charge_enabled, asking.view.requests.discharge_enabled) == (False, True)


UNSPOKEN = {
    ("voltronic-485", "alarms"): {
        Condition.DISCHARGE_OVER_CURRENT,
        Condition.DISCHARGE_OVER_CURRENT_2,
        Condition.SHORT_CIRCUIT,
    },
    ("tianbangda", "alarms"): {Condition.SOC_LOW, Condition.AMBIENT_UNDER_TEMPERATURE},
    ("tianbangda", "protections"): {Condition.SOC_LOW},
}
"""What a dialect has no place for at all."""


@pytest.mark.parametrize("condition", list(Condition))
@pytest.mark.parametrize("dialect", ["voltronic-485", "growatt-485", "tianbangda"])
def test_no_protection_is_lost_on_the_wire(dialect: str, condition: Condition) -> None:
    for name in ("protections", "alarms"):
        told = rack(1)
        told = replace(told, status=replace(told.status, **{name: frozenset({condition})}))  # type: ignore[type-var]
        asking = inverter(dialect)
        talk(battery(dialect), asking, told, 5)
        assert asking.view.status is not None
        heard = getattr(asking.view.status, name)
        assert heard or condition in UNSPOKEN.get((dialect, name), set()), (name, condition)


@pytest.mark.parametrize("broken", list(Fault))
@pytest.mark.parametrize("dialect", ["voltronic-485", "growatt-485", "tianbangda"])
def test_no_fault_is_lost_on_the_wire(dialect: str, broken: Fault) -> None:
    told = rack(1)
    told = replace(told, status=replace(told.status, faults=frozenset({broken})))  # type: ignore[type-var]
    asking = inverter(dialect)
    talk(battery(dialect), asking, told, 5)
    assert asking.view.status is not None
    assert asking.view.status.faults


def test_a_rack_that_does_not_know_its_protections_does_not_say_that_all_is_well() -> None:
    told = replace(rack(1), status=None)
    assert answers(battery("growatt-485"), reads(0x14, 1), told) == [sealed(1, 0x83, 4)]
    assert answers(battery("voltronic-485"), reads(0x39, 4), told) == []
    assert answers(battery("tianbangda"), reads(0x1006, 1, function=4), told) == [sealed(1, 0x84, 4)]
    assert answers(battery("pylontech"), text(2, 0x62), told) == [text(2, 0x91)]


def test_the_largest_current_a_rack_may_have_is_never_passed() -> None:
    """The published maxima of one pack times the packs that are awake."""
    told = rack(3)
    told = replace(told, limits=replace(told.limits, charge_current_limit_a=500.0, discharge_current_limit_a=500.0))  # type: ignore[type-var]
    rated = Limits(0.0, charge_current_limit_a=110.0, discharge_current_limit_a=120.0)
    asking = inverter("voltronic-485")
    talk(battery("voltronic-485", replace(OPTIONS, rated=rated)), asking, told, 4)
    assert asking.view.limits is not None
    assert asking.view.limits.charge_current_limit_a == 330.0
    assert asking.view.limits.discharge_current_limit_a == 360.0


def test_voltronic_states_of_cells_and_sensors() -> None:
    status = rack(1).status
    assert status is not None
    hot = replace(
        status,
        alarms=frozenset({Condition.CELL_UNDER_VOLTAGE, Condition.CHARGE_OVER_TEMPERATURE}),
        protections=frozenset({Condition.CELL_OVER_VOLTAGE}),
    )
    told = replace(rack(1), status=hot)
    (states,) = answers(battery("voltronic-485"), reads(0x40, 42), told)
    cells = [0x0100, *[0] * 6, 0x0002, 0, 0, 0]
    assert states == registers(*cells, *[0] * 5, 0x0000, 0x0200, *[0] * 14, *[0xF0F0] * 10, wide=True)


def test_the_analog_values_of_nobody_are_not_those_of_a_calm_pack() -> None:
    told = replace(rack(1), analog=Analog(0.0, pack_voltage_v=53.0, pack_current_a=-1.0, soc_pct=50.0))
    told = replace(told, packs=tuple(replace(one, analog=None) for one in told.packs))
    (answer,) = answers(battery("growatt-485"), reads(0x1A, 5), told)
    # Capacities, versions, spread and cycles: not known, and said so.
    assert answer == registers(0xFFFF, 0xFFFF, 0, 0xFFFF, 0xFFFF)
