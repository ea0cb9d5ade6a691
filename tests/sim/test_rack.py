"""The bus: under any switches and any demand Kirchhoff holds, and the search for it ends."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openress.errors import StateError
from openress.sim.pack import Path, SwitchCommand, path_of
from openress.sim.rack import Bus, Demand, Settled

DIODE_V = 0.7
PRECHARGE_OHM = 50.0
CEILING_V = 60.0

ON = SwitchCommand(charge=True, discharge=True)
CHARGE_ONLY = SwitchCommand(charge=True, discharge=False)
DISCHARGE_ONLY = SwitchCommand(charge=False, discharge=True)
OFF = SwitchCommand(charge=False, discharge=False)
PRECHARGE = SwitchCommand(charge=False, discharge=False, precharge=True)
MAIN_OFF = SwitchCommand(charge=True, discharge=True, main=False)


def settle(commands: list[SwitchCommand], emf_v: list[float], demand: Demand, ohm: float = 0.010) -> Settled:
    bus = Bus(CEILING_V)
    bus.switch([path_of(command) for command in commands])
    return bus.settle(emf_v, [ohm] * len(emf_v), demand)


def check(settled: Settled, bus_v: float, currents_a: list[float]) -> None:
    assert settled.bus_v == pytest.approx(bus_v, abs=1e-9)
    assert settled.currents_a == pytest.approx(currents_a, abs=1e-9)


def test_closed_switches_follow_the_formula() -> None:
    emf, ohm, current = [52.0, 53.0, 51.5], [0.010, 0.020, 0.012], 90.0
    bus = Bus(CEILING_V)
    bus.switch([path_of(ON)] * 3)
    settled = bus.settle(emf, ohm, Demand(current))
    siemens = sum(1 / r for r in ohm)
    assert settled.bus_v == pytest.approx((current + sum(e / r for e, r in zip(emf, ohm, strict=True))) / siemens)
    assert settled.currents_a == pytest.approx([(settled.bus_v - e) / r for e, r in zip(emf, ohm, strict=True)])


def test_an_idle_bus_lets_unequal_packs_equalise() -> None:
    settled = settle([ON, ON], [53.0, 52.0], Demand(0.0))
    assert settled.currents_a == pytest.approx([-50.0, 50.0])


def test_a_body_diode_passes_the_other_direction_with_its_drop() -> None:
    fed = settle([DISCHARGE_ONLY], [52.0], Demand(-20.0))
    check(fed, 52.0 - 0.7 - 0.2, [-20.0])
    taken = settle([CHARGE_ONLY], [52.0], Demand(20.0))
    check(taken, 52.0 + 0.7 + 0.2, [20.0])


def test_a_diode_keeps_a_lower_pack_out_until_the_bus_falls_below_it() -> None:
    assert settle([ON, DISCHARGE_ONLY], [52.0, 52.0], Demand(-60.0)).currents_a == pytest.approx([-60.0, 0.0])
    both = settle([ON, DISCHARGE_ONLY], [52.0, 52.0], Demand(-100.0))
    assert both.currents_a == pytest.approx([-85.0, -15.0])


def test_blocked_packs_leave_a_charger_at_its_limit_and_a_load_at_nothing() -> None:
    charger = settle([OFF, DISCHARGE_ONLY], [52.0, 51.0], Demand(50.0, voltage_max_v=56.8))
    check(charger, 56.8, [0.0, 0.0])
    assert settle([OFF, OFF], [52.0, 51.0], Demand(50.0)).bus_v == CEILING_V
    load = settle([OFF, CHARGE_ONLY], [52.0, 51.0], Demand(-50.0))
    check(load, 0.0, [0.0, 0.0])
    assert settle([OFF], [52.0], Demand(-50.0, voltage_min_v=44.0)).bus_v == 0.0


def test_an_open_bus_floats_with_the_packs_behind_it() -> None:
    assert settle([OFF, MAIN_OFF], [52.0, 40.0], Demand(0.0)).bus_v == 52.0
    assert settle([OFF, OFF], [52.0, 50.0], Demand(0.0)).bus_v == 51.0
    assert settle([MAIN_OFF], [52.0], Demand(0.0)).bus_v == 0.0
    floating = settle([OFF, CHARGE_ONLY], [54.0, 50.0], Demand(0.0))
    check(floating, 50.7, [0.0, 0.0])


def test_a_charger_tapers_at_its_voltage_limit() -> None:
    settled = settle([ON, ON], [55.9, 55.8], Demand(100.0, voltage_max_v=56.0))
    check(settled, 56.0, [10.0, 20.0])


def test_a_charger_below_the_packs_idles() -> None:
    settled = settle([ON, ON], [57.0, 57.0], Demand(100.0, voltage_max_v=56.0))
    check(settled, 57.0, [0.0, 0.0])


def test_a_load_stops_at_its_voltage_limit() -> None:
    reduced = settle([ON], [44.5], Demand(-100.0, voltage_min_v=44.0))
    check(reduced, 44.0, [-50.0])
    stopped = settle([ON], [43.0], Demand(-100.0, voltage_min_v=44.0))
    check(stopped, 43.0, [0.0])


def test_a_short_circuit_is_limited_by_resistance_alone() -> None:
    settled = settle([ON], [52.0], Demand(-1e6))
    check(settled, 0.0, [-5200.0])


def test_a_limiter_holds_the_charge_current_and_its_neighbour_takes_the_rest() -> None:
    limited = SwitchCommand(charge=True, discharge=True, limiter_a=10.0)
    assert settle([limited, ON], [52.0, 52.0], Demand(60.0)).currents_a == pytest.approx([10.0, 50.0])
    assert settle([limited, ON], [52.0, 52.0], Demand(15.0)).currents_a == pytest.approx([7.5, 7.5])
    assert settle([limited, ON], [52.0, 52.0], Demand(-60.0)).currents_a == pytest.approx([-30.0, -30.0])
    alone = settle([limited], [52.0], Demand(60.0, voltage_max_v=56.8))
    check(alone, 56.8, [10.0])


def test_a_source_without_limit_rises_above_its_ceiling_for_a_pack_that_stands_there() -> None:
    limited = SwitchCommand(charge=True, discharge=True, limiter_a=10.0)
    settled = settle([limited], [CEILING_V + 2.0], Demand(60.0))
    check(settled, 62.1, [10.0])


def test_a_limiter_also_holds_what_a_fuller_pack_pushes() -> None:
    limited = SwitchCommand(charge=True, discharge=True, limiter_a=10.0)
    assert settle([ON, limited], [53.0, 52.0], Demand(0.0)).currents_a == pytest.approx([-10.0, 10.0])


def test_precharge_feeds_through_its_resistor_and_takes_nothing() -> None:
    fed = settle([PRECHARGE], [52.0], Demand(-0.5))
    check(fed, 52.0 - 0.5 * 50.01, [-0.5])
    shorted = settle([PRECHARGE], [52.0], Demand(-80.0))
    check(shorted, 0.0, [-52.0 / 50.01])
    assert settle([PRECHARGE], [52.0], Demand(20.0, voltage_max_v=56.0)).currents_a == [0.0]
    assert settle([PRECHARGE], [52.0], Demand(0.0)).bus_v == pytest.approx(52.0)


def test_a_limiter_of_less_than_nothing_is_refused() -> None:
    with pytest.raises(StateError, match="limiter"):
        path_of(SwitchCommand(charge=True, discharge=True, limiter_a=-1.0))


COMMANDS = st.builds(
    SwitchCommand,
    charge=st.booleans(),
    discharge=st.booleans(),
    precharge=st.booleans(),
    limiter_a=st.none() | st.floats(0.0, 50.0),
    main=st.booleans() | st.just(True),
)
PACKS = st.lists(st.tuples(COMMANDS, st.floats(40.0, 60.0), st.floats(0.003, 0.05)), min_size=1, max_size=16)
LIMIT_V = st.none() | st.floats(40.0, 60.0)
DEMANDS = st.builds(
    Demand,
    current_a=st.floats(-2000.0, 2000.0) | st.sampled_from([0.0, 20.0, -20.0]),
    voltage_max_v=LIMIT_V,
    voltage_min_v=LIMIT_V,
)


@given(packs=PACKS, demand=DEMANDS)
def test_kirchhoff_holds_under_any_switches(packs: list[tuple[SwitchCommand, float, float]], demand: Demand) -> None:
    commands, emf, ohm = (list(column) for column in zip(*packs, strict=True))
    bus = Bus(CEILING_V)
    bus.switch([path_of(command) for command in commands])
    settled = bus.settle(emf, ohm, demand)
    bus_v, total = settled.bus_v, sum(settled.currents_a)

    assert math.isfinite(bus_v)
    assert settled.halvings <= 2 * (math.floor(math.log2(3 * len(packs))) + 1)
    for command, e, r, current in zip(commands, emf, ohm, settled.currents_a, strict=True):
        check_branch(command, bus_v - e, r, current)

    wanted = demand.current_a
    if abs(total - wanted) <= 1e-6:
        return
    if wanted > 0:  # reduced: at its limit, at the end of what the packs take, or idle above its limit
        assert -1e-6 <= total <= wanted + 1e-6
        limit = demand.voltage_max_v
        at_limit = limit is not None and bus_v >= limit - 1e-9
        saturated = limit is None and not any(c.main and c.charge and c.limiter_a is None for c in commands)
        assert at_limit or saturated
    elif wanted < 0:
        assert wanted - 1e-6 <= total <= 1e-6
        assert bus_v <= (demand.voltage_min_v or 0.0) + 1e-9
    else:
        pytest.fail(f"an idle bus carries {total} A")


def check_branch(command: SwitchCommand, over_v: float, ohm: float, current: float) -> None:
    """The pack's own law, written from the switches rather than from the path."""
    feeds = command.main and command.discharge
    precharges = command.main and command.precharge and not command.discharge
    takes = command.main and command.charge
    if current > 0:
        assert takes
        drop = 0.0 if command.discharge else DIODE_V
        needed = drop + ohm * current
        if command.limiter_a is None:
            assert over_v == pytest.approx(needed, abs=1e-9)
        else:
            assert current <= command.limiter_a
            assert over_v == pytest.approx(needed, abs=1e-9) or (current == command.limiter_a and over_v > needed)
    elif current < 0:
        assert feeds or precharges
        drop = 0.0 if command.charge or precharges else DIODE_V
        assert over_v == pytest.approx(-drop + (ohm + (PRECHARGE_OHM if precharges else 0.0)) * current, abs=1e-9)
    else:
        if takes and command.limiter_a != 0.0:
            assert over_v <= (0.0 if command.discharge else DIODE_V) + 1e-9
        if feeds or precharges:
            assert over_v >= -(0.0 if command.charge or precharges else DIODE_V) - 1e-9


def test_a_settled_pack_is_plain_and_a_diode_is_not() -> None:
    plain: dict[SwitchCommand, bool] = {
        ON: True,
        OFF: True,
        MAIN_OFF: True,
        CHARGE_ONLY: False,
        PRECHARGE: False,
    }
    paths: dict[SwitchCommand, Path] = {command: path_of(command) for command in plain}
    assert {command: path.plain for command, path in paths.items()} == plain
