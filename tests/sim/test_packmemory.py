"""What virtual packs keep: taken as a whole, tightening at once, remembered by whoever writes it down."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from tests.rack.packline import NOW_S, PRODUCT, Packs

from openress.model import PackState
from openress.model.history import Calendar
from openress.params import ParameterSet
from openress.protocols.access import Control
from openress.sim.packmemory import Choice, Told, VirtualMemory
from openress.sim.virtual import SETTLED_S, VirtualPack

DEFAULTS = ParameterSet.defaults(PRODUCT)


class Notes:
    """A witness that remembers."""

    def __init__(self) -> None:
        self.said: list[tuple[object, ...]] = []

    def set(self, pack: VirtualPack, who: str) -> None:
        self.said.append(("set", pack.number, who))

    def refused(self, pack: VirtualPack, values: Mapping[str, float], who: str, why: str) -> None:
        self.said.append(("refused", pack.number, dict(values), who, why))

    def told(self, pack: VirtualPack, told: Told) -> None:
        self.said.append(("told", pack.number, told))


def test_settings_are_taken_by_one_pack_and_witnessed() -> None:
    packs, notes = Packs(2), Notes()
    memory = VirtualMemory(packs.rack, lambda: NOW_S, witness=notes).over("link x")
    assert memory.write(2, {"cell_ov_alarm_mv": 3490}) is None
    assert memory.write(2, {"cell_ov_alarm_mv": 3490}) is None
    assert (packs.values(1)["cell_ov_alarm_mv"], packs.values(2)["cell_ov_alarm_mv"]) == (3500, 3490)
    assert memory.parameters(2)["cell_ov_alarm_mv"] == 3490
    assert notes.said == [("set", 2, "link x")]


@pytest.mark.parametrize(
    "values", [{"cell_ov_protect_mv": 3700}, {"cell_ov_alarm_mv": 3660}, {"nonsense": 1}, {"mos_ot_alarm_c": 500}]
)
def test_settings_are_refused_as_a_whole(values: dict[str, float]) -> None:
    packs, notes = Packs(), Notes()
    memory = VirtualMemory(packs.rack, lambda: NOW_S, witness=notes)
    why = memory.write(1, {"balance_delta_mv": 40, **values})
    assert why is not None
    assert packs.values() == dict(DEFAULTS)
    ((kind, pack, asked, who, said),) = notes.said
    assert (kind, pack, asked, who, said) == ("refused", 1, {"balance_delta_mv": 40, **values}, "a link", why)


def test_the_stricter_holds_at_once_the_looser_when_nothing_more_comes() -> None:
    packs = Packs()
    (pack,) = packs.rack.packs
    packs.memory.write(1, {"cell_ov_protect_mv": 3600, "cell_uv_protect_mv": 2400})
    assert (pack.in_force["cell_ov_protect_mv"], pack.in_force["cell_uv_protect_mv"]) == (3600, 2500)
    for _ in range(int(SETTLED_S) - 1):
        packs.rack.step(1.0)
    packs.memory.write(1, {"cell_uv_protect_mv": 2450})
    for _ in range(int(SETTLED_S)):
        packs.rack.step(1.0)
        assert pack.in_force["cell_uv_protect_mv"] == 2500
    packs.rack.step(1.0)
    assert dict(pack.in_force) == dict(pack.values)


def test_a_pack_begins_with_what_it_was_told_before() -> None:
    told = Told(
        {Control.CHARGE_SWITCH: False, Control.CHARGE_LIMITER: True, Control.BALANCING: False, Control.SHUTDOWN: True},
        clock_ahead_s=100.0,
        choice=Choice(3, 4, False),
    )
    packs = Packs()
    memory = VirtualMemory(packs.rack, lambda: NOW_S, told={1: told})
    packs.rack.step(1.0)
    decision = packs.rack.packs[0].decision
    assert decision is not None
    assert (decision.switches.charge, decision.switches.discharge, decision.switches.limit) == (False, True, True)
    assert decision.state is not PackState.OFF
    assert memory.clock(1) == Calendar.of_seconds(NOW_S + 100)
    assert memory.protocol_choice(1) == Choice(3, 4, False)


def test_orders_are_witnessed_and_what_cannot_be_is_refused() -> None:
    packs, notes = Packs(), Notes()
    memory = VirtualMemory(packs.rack, lambda: NOW_S, witness=notes)
    for what, on in ((Control.SHUTDOWN, False), (Control.LAMP_ALARM, False), (Control.LIMITER_LOW_GEAR, True)):
        assert memory.control(1, what, on=on) is not None
    assert memory.set_clock(1, Calendar(2027, 2, 29, 0, 0, 0)) is not None
    assert notes.said == []
    assert memory.control(1, Control.BUZZER, on=True) is None
    assert memory.set_clock(1, Calendar.of_seconds(NOW_S - 60)) is None
    assert memory.choose_protocol(1, Choice(rs485=7, automatic=None)) is None
    expected = Told({Control.BUZZER: True}, -60.0, Choice(None, 7, True))
    assert notes.said[-1] == ("told", 1, expected)


def test_a_balancer_that_is_kept_still_bleeds_nothing() -> None:
    packs = Packs()
    (pack,) = packs.rack.packs
    packs.memory.control(1, Control.BALANCING, on=False)
    for _ in range(20):
        packs.rack.step(1.0)
    assert pack.decision is not None
    assert not any(pack.decision.balancing)


def test_records_have_the_time_of_the_packs_own_clock() -> None:
    packs = Packs(current_a=-80.0)
    packs.memory.set_clock(1, Calendar(2030, 1, 1, 0, 0, 0))
    packs.memory.write(1, {"soc_low_alarm_pct": 60})
    for _ in range(30):
        packs.rack.step(1.0)
    (first, *_) = packs.memory.history(1)
    assert first.at == Calendar(2030, 1, 1, 0, 0, 0)


@pytest.mark.req("REQ-202")
def test_a_limiter_whose_start_current_was_set_comes_in_by_itself() -> None:
    packs = Packs(current_a=40.0)
    (pack,) = packs.rack.packs
    assert packs.memory.parameters(1)["limiter_start_a"] == 100.0
    packs.memory.control(1, Control.CHARGE_LIMITER, on=False)
    assert packs.memory.write(1, {"limiter_start_a": 30.0}) is None
    for _ in range(3):
        packs.rack.step(1.0)
    assert pack.decision is not None
    assert pack.sense is not None
    assert pack.decision.switches.limit is True
    assert pack.sense.pack_current_a == pytest.approx(10.0, abs=0.2)
    assert packs.memory.parameters(1)["limiter_start_a"] == 30.0
    packs.memory.control(1, Control.CHARGE_LIMITER, on=False)
    for _ in range(60):
        packs.rack.step(1.0)
    assert pack.decision.switches.limit is False
    assert pack.sense.pack_current_a == pytest.approx(40.0, abs=0.5)
