"""The front panel of one pack: breaker, button, and when the address switch is read."""

from __future__ import annotations

from itertools import product

import pytest

from openress.errors import StateError
from openress.sim.panel import PANEL, AddSwitch, Panel, PanelPart

OFF: AddSwitch = (False, False, False, False)
TWO: AddSwitch = (False, True, False, False)


def switched_on(add_switch: AddSwitch) -> Panel:
    panel = Panel(add_switch)
    panel.press_button(now_s=0.0)
    panel.set_breaker(closed=True, now_s=1.0)
    return panel


def test_the_panel_carries_what_the_manual_draws() -> None:
    assert set(PANEL) == set(PanelPart)
    assert PANEL[PanelPart.SOC_LAMP] == 4
    assert PANEL[PanelPart.POWER_TERMINAL] == 2
    assert PANEL[PanelPart.LINK_IN] == PANEL[PanelPart.LINK_OUT] == 1


@pytest.mark.parametrize("positions", list(product((False, True), repeat=4)))
def test_the_address_is_the_sum_of_the_positions(positions: AddSwitch) -> None:
    weights = {0: 1, 1: 2, 2: 4, 3: 8}
    expected = sum(weights[k] for k, up in enumerate(positions) if up)
    assert switched_on(positions).address == expected


def test_a_pack_from_the_factory_is_off_and_has_no_address() -> None:
    panel = Panel(TWO)
    assert not panel.on
    assert panel.address is None
    assert panel.terminal_voltage_v(52.0) == 0.0


def test_the_breaker_alone_does_not_switch_the_pack_on() -> None:
    panel = Panel(TWO)
    panel.set_breaker(closed=True, now_s=0.0)
    assert not panel.on
    assert panel.address is None


def test_terminals_carry_voltage_only_with_breaker_and_button_on() -> None:
    panel = Panel()
    panel.press_button(now_s=0.0)
    assert panel.terminal_voltage_v(52.0) == 0.0
    panel.set_breaker(closed=True, now_s=5.0)
    assert panel.terminal_voltage_v(52.0) == 52.0
    panel.set_breaker(closed=False, now_s=6.0)
    assert panel.terminal_voltage_v(52.0) == 0.0
    panel.set_breaker(closed=True, now_s=7.0)
    panel.press_button(now_s=8.0)
    assert panel.terminal_voltage_v(52.0) == 0.0


def test_switches_moved_while_on_wait_for_the_next_power_up() -> None:
    panel = switched_on(OFF)
    panel.add_switch = TWO
    assert panel.address == 0
    panel.set_breaker(closed=False, now_s=1000.0)
    panel.set_breaker(closed=True, now_s=1030.0)
    assert panel.address == 2
    panel.add_switch = OFF
    panel.set_breaker(closed=False, now_s=2000.0)
    assert panel.address == 2
    panel.press_button(now_s=2030.0)
    panel.press_button(now_s=2060.0)
    assert panel.address == 2  # the BMS is up again, the breaker still open
    panel.set_breaker(closed=True, now_s=2061.0)
    assert panel.address == 0


@pytest.mark.parametrize(("off_s", "address"), [(0.0, 0), (19.9, 0), (20.0, 2), (3600.0, 2)])
@pytest.mark.parametrize("by", ["breaker", "button"])
def test_a_new_address_needs_twenty_seconds_off(off_s: float, address: int, by: str) -> None:
    panel = switched_on(OFF)

    def move(*, on: bool, now_s: float) -> None:
        if by == "breaker":
            panel.set_breaker(closed=on, now_s=now_s)
        else:
            panel.press_button(now_s=now_s)

    move(on=False, now_s=100.0)
    panel.add_switch = TWO
    move(on=True, now_s=100.0 + off_s)
    assert panel.on
    assert panel.address == address


def test_a_short_break_after_a_long_one_counts_from_the_last_time_on() -> None:
    panel = switched_on(OFF)
    panel.set_breaker(closed=False, now_s=100.0)
    panel.set_breaker(closed=True, now_s=200.0)
    panel.set_breaker(closed=False, now_s=210.0)
    panel.add_switch = TWO
    panel.set_breaker(closed=True, now_s=229.9)
    assert panel.address == 0


def test_being_off_in_two_ways_counts_as_one_break() -> None:
    panel = switched_on(OFF)
    panel.set_breaker(closed=False, now_s=100.0)
    panel.press_button(now_s=110.0)
    panel.add_switch = TWO
    panel.press_button(now_s=115.0)
    assert panel.address == 0
    panel.set_breaker(closed=True, now_s=120.0)
    assert panel.address == 2


def test_pressing_the_button_of_a_sleeping_pack_wakes_it() -> None:
    panel = switched_on(OFF)
    panel.press_button(now_s=90_000.0, asleep=True)
    assert panel.on
    panel.press_button(now_s=90_010.0)
    assert not panel.on


def test_time_does_not_run_backwards() -> None:
    panel = switched_on(OFF)
    with pytest.raises(StateError, match="time runs on"):
        panel.set_breaker(closed=False, now_s=0.5)
