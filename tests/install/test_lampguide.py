"""From lamps to meanings: every state is found by the lamps that the pack shows in it."""

from __future__ import annotations

import pytest

from openress.bms.lamps import LampRow, lamps
from openress.errors import ParameterError
from openress.install.lampguide import MEANINGS, explain, nearest, seen_of, shown
from openress.model import Lamp


@pytest.mark.req("REQ-095")
@pytest.mark.parametrize("row", LampRow)
@pytest.mark.parametrize("soc_pct", [0.0, 24.9, 25.0, 49.9, 50.0, 74.9, 75.0, 100.0])
@pytest.mark.parametrize("alm_on_fault", [False, True])
def test_a_state_is_found_by_its_lamps(row: LampRow, soc_pct: float, alm_on_fault: bool) -> None:
    found = {state.row: state for state in explain(lamps(row, soc_pct, alm_on_fault=alm_on_fault))}
    assert row in found
    bar = found[row].soc_pct
    assert bar is None or bar[0] <= soc_pct <= bar[1]


def test_a_dark_panel_may_be_three_things_the_harmless_one_first() -> None:
    found = explain(seen_of("off off off off off off"))
    assert [state.row for state in found] == [LampRow.SHUT_DOWN, LampRow.CHARGE_PROTECTION, LampRow.UNDER_VOLTAGE]
    assert "may be in protection, not dead" in found[1].meaning.next_step


def test_a_full_bar_may_be_over_charge_protection() -> None:
    found = explain(seen_of("on off on on on on"))
    assert [state.row for state in found] == [LampRow.OVER_CHARGE, LampRow.DISCHARGE]
    assert found[1].soc_pct == (75, 100)


def test_every_state_has_a_meaning_and_a_next_step() -> None:
    assert set(MEANINGS) == set(LampRow)
    assert all(one.meaning.endswith(".") and one.next_step.endswith(".") for one in MEANINGS.values())


def test_pictures_may_be_written_in_several_ways() -> None:
    seen = seen_of("RUN F1, ALM flash3, SOC on on off off")
    assert (seen.run, seen.alm, seen.soc) == (Lamp.FLASH1, Lamp.FLASH3, (Lamp.ON, Lamp.ON, Lamp.OFF, Lamp.OFF))
    assert shown(seen) == "RUN flash1, ALM flash3, charge on on off off"


@pytest.mark.parametrize(
    ("text", "message"),
    [("on off on", "A picture has six lamps"), ("on off blink on on on", "'blink' is nothing that a lamp does")],
)
def test_what_is_no_picture_is_told(text: str, message: str) -> None:
    with pytest.raises(ParameterError, match=message):
        seen_of(text)


def test_lamps_that_no_state_shows_are_compared_by_run_and_alm() -> None:
    seen = seen_of("F1 off off off off on")
    assert explain(seen) == []
    assert nearest(seen) == [LampRow.STANDBY]
