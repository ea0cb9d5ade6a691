"""How long until full or empty: one rule for the page, MQTT, Prometheus and the terminal."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from openress.bms.timeleft import flowing
from openress.model import Analog, LimitRule, Limits, PackSample, RackSample, Reason, Status, Switches


def rack(current_a: float, voltage_v: float = 53.0, remaining_ah: float = 50.0, limit_a: float = 100.0) -> RackSample:
    packs = (PackSample(1, analog=Analog(0.0, pack_voltage_v=voltage_v, remaining_ah=remaining_ah, full_ah=100.0)),)
    total = Analog(0.0, pack_current_a=current_a, remaining_ah=remaining_ah, full_ah=100.0)
    reason = Reason(LimitRule.CELL_VOLTAGE, 3440.0, 13, pack=1)
    limits = Limits(0.0, 55.0, limit_a, limit_a, 48.0, charge_reason=reason, discharge_reason=reason)
    return RackSample(0.0, packs, total, None, limits)


def test_the_time_is_of_the_end_that_comes_nearer_and_to_the_minute() -> None:
    assert flowing(rack(50.0)).as_json() == {"time_to_full_s": 3600}
    assert flowing(rack(-50.0)).as_json() == {"time_to_empty_s": 3600}
    assert flowing(rack(-7.0, remaining_ah=10.0)).as_json() == {"time_to_empty_s": 5160}
    assert flowing(rack(0.2)).as_json() == {}


def test_a_current_that_falls_by_itself_has_no_time() -> None:
    # 1.4 Ah at 4 A would be 21 minutes; at the charge voltage the last ampere hour takes much longer.
    assert flowing(rack(4.0, 54.9, 98.6)).as_json() == {}
    assert flowing(rack(32.0, 54.0, 95.0, limit_a=33.0)).as_json() == {}
    assert flowing(rack(-2.0, 48.1, 2.0)).as_json() == {}


def test_what_the_inverter_is_told_holds_it_like_a_limit_of_the_packs() -> None:
    told = Limits(0.0, 53.2, 20.0, 20.0, 50.0)
    free = flowing(rack(19.0, 51.0), told)
    assert (free.limited_a, free.by_told, free.as_json()) == (20.0, True, {"time_to_full_s": 9480})
    assert flowing(rack(5.0, 53.1), told).at_v == 53.2
    assert flowing(rack(5.0, 53.1)).at_v is None
    # What it is told lags behind a little, and is rounded: that is no other limit.
    assert not flowing(rack(19.0, 51.0, limit_a=20.4), told).by_told


CASES = Path(__file__).parents[2] / "ui" / "tests" / "timeleft.json"
"""Racks with what becomes of their current; the page, which has the rule in TypeScript, is tested with the same."""


def limits_of(values: dict[str, Any]) -> Limits:
    reason = Reason(LimitRule(values["rule"]), 3440.0, 13, pack=1) if "rule" in values else None
    numbers = {key: value for key, value in values.items() if key != "rule"}
    return Limits(0.0, **numbers, charge_reason=reason, discharge_reason=reason)


def sample_of(number: int, values: dict[str, Any]) -> PackSample:
    switches = Switches(charge=values.get("charge"), discharge=values.get("discharge"))
    known = {key: value for key, value in values.items() if key not in ("charge", "discharge")}
    return PackSample(number, analog=Analog(0.0, **known), status=Status(0.0, switches=switches))


@pytest.mark.parametrize("case", json.loads(CASES.read_text(encoding="utf-8")), ids=lambda case: case["about"])
def test_the_page_and_the_program_have_one_rule(case: dict[str, Any]) -> None:
    packs = tuple(sample_of(number, values) for number, values in enumerate(case["packs"], 1))
    sample = RackSample(0.0, packs, Analog(0.0, **case["rack"]), None, limits_of(case["limits"]))
    found = flowing(sample, limits_of(case["told"]) if case["told"] else None)
    told = {"hours": None if found.hours is None else round(found.hours, 3), "near": found.near}
    told |= {"limited_a": found.limited_a, "by_told": found.by_told, "at_v": found.at_v}
    assert told == case["becomes"]
