"""Wiring plans: addresses, links, strings, currents, limits, and the words of whole plans."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from tests.install.racks import RACKS, rack

from openress.catalog import load_battery
from openress.errors import ParameterError
from openress.install.connectors import find_inverter
from openress.install.finding import Finding, Weight, worst
from openress.install.plan import Plan, make_plan
from openress.install.plantext import plan_text
from openress.install.powerplan import Request
from openress.products import Role

GOLDEN = Path(__file__).parent / "golden"
EIGHT_BIT, SIX_BIT = "powersync-lfp-lv-51v2-8bit", "powersync-lfp-lv-51v2-6bit"


def plan(battery: str, inverter: str = "sol-ark", **wanted: float | str | None) -> Plan:
    return make_plan(load_battery(battery), find_inverter(inverter), Request(**wanted))  # type: ignore[arg-type]  # tests name what they want


def found(made: Plan) -> dict[str, Finding]:
    return {finding.code: finding for finding in made.findings}


@pytest.mark.parametrize("packs", RACKS)
def test_a_plan_reads_as_before(packs: int) -> None:
    """Write the file anew with `UPDATE_GOLDEN=1`, and read it aloud before it is committed."""
    text = "\n".join(plan_text(rack(packs))).rstrip() + "\n"
    file = GOLDEN / f"plan-{packs}.txt"
    if os.environ.get("UPDATE_GOLDEN"):
        file.write_text(text, encoding="utf-8")
    assert text == file.read_text(encoding="utf-8")


@pytest.mark.req("REQ-101", "REQ-105")
def test_packs_are_numbered_from_the_master_on() -> None:
    made = plan("syscom-a5l-51v2", "sma", packs=15)
    assert [pack.row.address for pack in made.packs if pack.row is not None] == list(range(1, 16))
    assert [pack.role for pack in made.packs] == [Role.MASTER] + [Role.SLAVE] * 14
    assert made.master.number == 1


@pytest.mark.req("REQ-104", "REQ-280", "REQ-281")
def test_links_alternate_down_the_string() -> None:
    for battery, start, end in (("syscom-a5l-51v2", "LINK-OUT", "LINK-IN"), (EIGHT_BIT, "RS485-2", "RS485-1")):
        links = plan(battery, packs=5, pack_current_a=50).links
        assert [(link.from_pack, link.to_pack) for link in links] == [(1, 2), (2, 3), (3, 4), (4, 5)]
        assert {(link.from_port, link.to_port) for link in links} == {(start, end)}


@pytest.mark.req("REQ-285", "REQ-286", "REQ-287")
def test_seventeen_modules_with_8_bit_switches_are_refused() -> None:
    with pytest.raises(ParameterError) as caught:
        plan(EIGHT_BIT, packs=17)
    assert str(caught.value) == (
        "17 modules with 8-bit switches: do not connect more than 16 of them in parallel; if more than 16 are "
        "foreseen, use 6-bit modules only."
    )
    assert len(plan(EIGHT_BIT, packs=16, pack_current_a=50).packs) == 16
    assert len(plan(SIX_BIT, packs=17, pack_current_a=50).packs) == 17
    assert len(plan(SIX_BIT, packs=64, pack_current_a=50, scheme="narada-6bit").packs) == 64
    with pytest.raises(ParameterError, match="has at most 64 packs, not 65"):
        plan(SIX_BIT, packs=65)


@pytest.mark.req("REQ-105")
@pytest.mark.parametrize("battery", ["syscom-a5l-48v", "sok-sk48v100"])
def test_sixteen_packs_with_4_switches_are_refused(battery: str) -> None:
    with pytest.raises(ParameterError, match="has at most 15 packs, not 16"):
        plan(battery, "victron", packs=16)


@pytest.mark.req("REQ-277")
def test_no_chain_passes_more_than_400_amperes_through_one_module() -> None:
    for packs in range(1, 17):
        for pack_a in (30.0, 50.0, 100.0, 133.0, 200.0, 400.0):
            made = plan(EIGHT_BIT, packs=packs, pack_current_a=pack_a)
            assert [number for string in made.strings for number in string.packs] == list(range(1, packs + 1))
            assert all(len(string.packs) * pack_a <= 400 for string in made.strings)
            assert all(string.current_a == len(string.packs) * pack_a for string in made.strings)
    with pytest.raises(ParameterError, match="One pack alone carries 401 A, more than the 400 A busbar"):
        plan(EIGHT_BIT, packs=2, pack_current_a=401)


@pytest.mark.req("REQ-277")
def test_an_inverter_that_draws_less_allows_one_chain() -> None:
    made = plan(EIGHT_BIT, packs=8, pack_current_a=100, total_current_a=275)
    assert len(made.strings) == 1
    assert (made.total_current_a, made.strings[0].current_a) == (275, 275)


def test_currents_that_nobody_published_are_asked_for() -> None:
    made = found(plan(EIGHT_BIT, packs=4))
    assert made["current-unknown"].weight is made["busbar-unchecked"].weight is Weight.UNKNOWN
    assert found(plan("pylontech-us", "sma", packs=4, pack_current_a=50))["busbar-unknown"].weight is Weight.UNKNOWN
    given = plan("pylontech-us", "sma", packs=4, pack_current_a=50, internal_busbar_a=100)
    assert [string.packs for string in given.strings] == [(1, 2), (3, 4)]


@pytest.mark.req("REQ-276")
def test_the_torque_is_told_or_asked_for() -> None:
    assert found(rack(8))["torque"].sentence == "Tighten the terminals with at most 7.5 Nm (5.5 ft lbf)."
    assert found(rack(4))["torque"].weight is Weight.UNKNOWN


@pytest.mark.req("REQ-275", "REQ-278")
def test_a_cabinet_and_our_own_practice_are_told_as_such() -> None:
    made = found(rack(8))
    assert "bear no weight" in made["not-weight-bearing"].sentence
    assert "General practice" in made["home-run"].sentence
    assert any("cabinet" in item.what for item in rack(8).bill)


@pytest.mark.parametrize(
    ("given", "code", "sentence"),
    [
        ({"breaker_a": 300}, "breaker-small", "The breaker is for 300 A, and 480 A may flow through it."),
        ({"busbar_a": 400}, "busbar-small", "The busbar outside is for 400 A, and 480 A may flow through it."),
        (
            {"breaker_a": 600, "conductor_a": 500},
            "breaker-large",
            "The breaker of 600 A does not protect what is behind it, which may carry 500 A.",
        ),
    ],
)
def test_breakers_and_busbars_are_checked(given: dict[str, float], code: str, sentence: str) -> None:
    made = plan("syscom-a5l-51v2", "sma", packs=4, **given)
    assert found(made)[code].sentence == sentence
    assert worst(made.findings) is Weight.REFUSED
    assert worst(plan("syscom-a5l-51v2", "sma", packs=4, breaker_a=500).findings) is Weight.UNKNOWN


@pytest.mark.req("REQ-107", "REQ-272", "REQ-279")
def test_the_masters_can_goes_to_the_inverter() -> None:
    for inverter, socket in (("sol-ark", "Battery CANBus"), ("sol-ark-indoor", "CAN")):
        cable = plan(EIGHT_BIT, inverter, packs=2, pack_current_a=100).cable
        assert cable is not None
        assert (cable.port.name, cable.socket.name) == ("CAN", socket)


def test_the_bill_counts_what_the_plan_needs() -> None:
    bill = {item.what: item.count for item in rack(8).bill}
    assert bill["link cable, straight, RS485-2 - RS485-1"] == 7
    assert bill["power cable from pack to pack, red and black in equal numbers"] == 12
    assert bill["home-run conductor, all of one length, red and black, 400 A each at most"] == 4
    assert {item.what: item.count for item in rack(1).bill}["Syscom A5L 51.2 V"] == 1


def test_an_inverter_without_published_pins_still_gets_a_plan() -> None:
    made = plan("syscom-a5l-51v2", "opti", packs=2)
    assert made.cable is None
    assert found(made)["cable-unknown"].weight is Weight.UNKNOWN


def test_no_packs_make_no_rack() -> None:
    with pytest.raises(ParameterError, match="at least one pack"):
        plan("syscom-a5l-51v2", packs=0)
    with pytest.raises(ParameterError, match="There is no switch scheme none"):
        plan(SIX_BIT, packs=2, scheme="none")


def test_a_battery_of_which_nothing_is_known_is_planned_with_questions() -> None:
    made = found(plan("endur", packs=2))
    assert {"switches-unknown", "links-unknown", "cable-unknown", "current-unknown"} <= set(made)
