"""The battery side of every serial dialect: whose turn it is, rivals, and arbitrary racks and bytes."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tests.protocols.racks import racks
from tests.protocols.serialbatterysamples import FIRST
from tests.protocols.seriallines import (
    MANNERS,
    OPTIONS,
    SERIAL,
    answers,
    battery,
    inverter,
    reads,
    talk,
    text,
)
from tests.samples import rack

from openress.errors import ParameterError
from openress.model import Limits, RackSample

every_dialect = pytest.mark.parametrize("dialect", SERIAL)
every_manner = pytest.mark.parametrize(("dialect", "manner"), MANNERS)


@every_dialect
def test_an_answer_leaves_after_the_turnaround_and_not_before(dialect: str) -> None:
    machine = battery(dialect, replace(OPTIONS, turnaround_s=0.02))
    assert machine.next_due_s is None
    machine.feed(FIRST[dialect], 5.0)
    assert machine.next_due_s == pytest.approx(5.02)
    assert machine.due(rack(2), 5.019) == []
    assert len(machine.due(rack(2), 5.021)) == 1
    assert machine.due(rack(2), 5.03) == []


@every_dialect
@pytest.mark.parametrize("turnaround_s", [0.0, 0.003, 0.16, math.nan])
def test_a_turnaround_below_three_and_a_half_characters_is_refused(dialect: str, turnaround_s: float) -> None:
    with pytest.raises(ParameterError, match="turnaround"):
        battery(dialect, replace(OPTIONS, turnaround_s=turnaround_s))


@every_dialect
def test_a_question_that_has_waited_too_long_gets_no_answer(dialect: str) -> None:
    machine = battery(dialect)
    machine.feed(FIRST[dialect], 0.0)
    assert machine.due(rack(2), 0.3) == []
    machine.feed(FIRST[dialect], 1.0)
    machine.reset()
    assert (machine.next_due_s, machine.due(rack(2), 1.01)) == (None, [])


@every_dialect
def test_a_question_with_a_wrong_check_gets_no_answer(dialect: str) -> None:
    frame = FIRST[dialect]
    for at in range(len(frame)):
        spoilt = bytearray(frame)
        spoilt[at] ^= 0x01
        assert answers(battery(dialect), bytes(spoilt), rack(2)) == [], at


@every_dialect
def test_its_own_echo_is_no_rival_and_another_battery_is(dialect: str) -> None:
    machine = battery(dialect)
    (answer,) = answers(machine, FIRST[dialect], rack(2))
    machine.feed(answer, 0.1)
    assert machine.heard.rival_at_s is None
    assert machine.due(rack(2), 0.2) == []
    machine.feed(FIRST[dialect], 1.0)
    machine.reset()
    machine.feed(answer, 1.1)
    assert machine.heard.rival_at_s == 1.1
    assert machine.heard.rival_id == (2 if dialect == "pylontech" else 1)
    assert machine.due(rack(2), 1.2) == []
    assert machine.heard.alive_at_s == 1.0


def test_a_rivals_answer_of_one_register_is_not_taken_for_a_question() -> None:
    """`01 03 00 01 00 08` is a reply of one register and the question for eight: what came before tells."""
    machine = battery("voltronic-485")
    machine.feed(bytes.fromhex("01030010000185CF"), 0.0)
    machine.feed(bytes.fromhex("01030001000815CC"), 0.1)
    assert machine.heard.rival_at_s == 0.1
    assert len(machine.due(rack(1), 0.11)) == 1
    machine.feed(bytes.fromhex("01030001000815CC"), 5.0)
    assert len(machine.due(rack(1), 5.1)) == 1


@every_dialect
def test_a_question_for_somebody_else_shows_an_inverter_and_gets_no_answer(dialect: str) -> None:
    machine = battery(dialect)
    frame = text(0x52, 0x4F, version=0) if dialect == "pylontech" else reads(0, 4, address=9)
    assert answers(machine, frame, rack(2)) == []
    assert machine.heard.alive_at_s == 0.0


@every_manner
@settings(max_examples=60)
@given(told=racks())
@example(told=rack(15))
@example(told=RackSample(0.0))
@example(told=replace(rack(1), limits=Limits(0.0, math.nan, math.inf, -5.0, math.nan)))
@example(told=replace(rack(1), limits=Limits(0.0, 67.04, 40_000.0, 40_000.0, 44.0)))
def test_whatever_a_rack_holds_an_inverter_understands_no_more_than_it_allows(
    dialect: str, manner: str, told: RackSample
) -> None:
    asking = inverter(dialect, manner)
    talk(battery(dialect), asking, told, 12)
    limits, requests, allowed = asking.view.limits, asking.view.requests, told.limits or Limits(0.0)
    if limits is not None:
        for name in ("charge_current_limit_a", "discharge_current_limit_a"):
            understood, given_ = getattr(limits, name), getattr(allowed, name)
            if understood:
                assert given_ is not None
                assert understood <= given_ + 1e-6
        if limits.charge_current_limit_a:
            assert allowed.charge_enabled is not False
            if limits.charge_voltage_limit_v is not None:
                assert allowed.charge_voltage_limit_v is not None
                assert limits.charge_voltage_limit_v <= allowed.charge_voltage_limit_v + 1e-6
        if (
            limits.discharge_current_limit_a
            and limits.discharge_voltage_limit_v
            and _finite(allowed.discharge_voltage_limit_v)
        ):
            assert limits.discharge_voltage_limit_v >= (allowed.discharge_voltage_limit_v or 0.0) - 1e-6
        if limits.charge_voltage_limit_v is not None:
            assert 41.0 <= limits.charge_voltage_limit_v <= 63.0
    if requests is not None and requests.charge_enabled:
        assert allowed.charge_enabled is not False
    if requests is not None and requests.discharge_enabled:
        assert allowed.discharge_enabled is not False
    if requests is not None and requests.force_charge:
        assert requests.charge_enabled


def _finite(value: float | None) -> bool:
    return value is not None and math.isfinite(value)


@every_dialect
@given(st.lists(st.binary(max_size=120), max_size=8), racks())
def test_arbitrary_bytes_never_raise(dialect: str, pieces: list[bytes], told: RackSample) -> None:
    machine, asking = battery(dialect), inverter(dialect)
    for number, piece in enumerate(pieces):
        asking.due(float(number))
        asking.feed(piece, number + 0.1)
        machine.feed(piece, number + 0.1)
        machine.due(told, number + 0.2)
    assert asking.view.limits is None
    assert not asking.believes
