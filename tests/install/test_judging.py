"""What stands against the next step of a commissioning, and against an update."""

from __future__ import annotations

import pytest

from openress.catalog import battery_names, load_battery
from openress.install.commissioning import Check, steps
from openress.install.connectors import find_inverter
from openress.install.dip import switch_of
from openress.install.judging import (
    Alone,
    InRack,
    judge_alone,
    judge_cycle,
    judge_gate,
    judge_part_numbers,
    judge_rack,
)
from openress.install.updating import OnCan, judge_update, told_on_can

A5L = load_battery("syscom-a5l-51v2")
SWITCH = switch_of(A5L, 3)
FULL = Alone(2, (2,), 54.0, 97.0, "B")


def alone(**changes: object) -> list[str]:
    seen = Alone(**{"pack": 2, "answers_as": (2,), "voltage_v": 54.0, "soc_pct": 97.0, "serial": "B", **changes})  # type: ignore[arg-type]  # a row of changes
    return judge_alone(seen, A5L, SWITCH, {1: Alone(1, (1,), 54.0, 97.0, "A")})


@pytest.mark.req("REQ-283", "REQ-284", "REQ-288")
def test_the_steps_go_from_the_crate_to_the_first_cycle() -> None:
    made = steps(A5L, find_inverter("sma"), 3)
    keys = [step.key for step in made]
    assert keys == [
        "safety",
        "part-numbers",
        "switches",
        "alone-1",
        "alone-2",
        "alone-3",
        "gate",
        "wiring",
        "switch-on",
        "rack",
        "settings",
        "inverter-on",
        "first-charge",
        "first-discharge",
    ]
    switches = made[2]
    assert switches.lines[0] == "Every breaker is off while the switches are set."
    assert switches.lines[1] == "Pack 1: ON OFF OFF OFF  (address 1, master)"
    practice = "20 s (general practice; it is not published for these packs)"
    assert switches.lines[-1] == f"Leave the breakers off for {practice}."
    assert made[0].lines[-2] == "Not above 55 C in use, not above 60 C in storage, and no open flame."
    assert "CC/CV charger, to 56 V" in made[3].lines[2]
    assert {step.key for step in steps(A5L, find_inverter("sma"), 1)}.isdisjoint({"gate", "rack", "wiring"})


@pytest.mark.req("REQ-273", "REQ-276", "REQ-289")
def test_the_steps_of_powersync_name_its_breaker_its_torque_and_no_voltage() -> None:
    made = {
        s.key: " ".join(s.lines) for s in steps(load_battery("powersync-lfp-lv-51v2-8bit"), find_inverter("sol-ark"), 2)
    }
    assert "Master Switch" in made["switch-on"]
    assert "at most 7.5 Nm" in made["wiring"]
    assert "to the voltage its maker gives" in made["alone-1"]
    assert "not published: set each pack as its label says" in made["switches"]
    assert made["switches"].endswith("Leave the breakers off for 20 s.")
    named = steps(load_battery("powersync-lfp-lv-51v2-8bit"), find_inverter("sol-ark"), 2, "seplos-8bit")
    assert "Pack 1: OFF OFF OFF OFF ON OFF OFF OFF" in named[2].lines[1]


@pytest.mark.req("REQ-008", "REQ-284")
@pytest.mark.parametrize("battery", [name for name in battery_names() if not name.startswith("syscom")])
def test_no_product_is_told_what_only_the_sources_of_another_say(battery: str) -> None:
    product = load_battery(battery)
    made = {step.key: " ".join(step.lines) for step in steps(product, find_inverter("sol-ark"), 2)}
    assert "55 C" not in made["safety"]
    assert "No open flame." in made["safety"]
    assert "A5L" not in " ".join(made.values())
    assert ("Leave the breakers off for 20 s." in made["switches"]) is battery.startswith("powersync")


def test_every_check_has_a_step() -> None:
    assert {step.check for step in steps(A5L, find_inverter("sma"), 2)} == set(Check)


@pytest.mark.req("REQ-006")
def test_part_numbers_must_be_the_same() -> None:
    assert judge_part_numbers({1: "A", 2: "A"}) == []
    assert judge_part_numbers({1: "A", 2: "B", 3: "A"}) == [
        "Pack 2 has part number B, others have A: batteries of one rack must have the same part number."
    ]


@pytest.mark.req("REQ-288")
def test_a_pack_alone() -> None:
    assert alone() == []
    assert alone(soc_pct=95.0) == []
    assert alone(soc_pct=94.9)[0].startswith("Pack 2 is at 95 %: charge it alone to 56 V with a CC/CV charger")
    assert alone(answers_as=(1, 2)) == ["More than one pack answers (1, 2): connect pack 2 alone."]
    (wrong,) = alone(answers_as=(3,))
    assert wrong == (
        "Pack 2 answers as pack 3. Breaker off, set its switches to OFF ON OFF OFF, wait 20 s (general practice; it is "
        "not published for these packs), breaker on."
    )
    assert "that address is taken: both would answer at once" in alone(answers_as=(1,))[0]
    assert alone(serial="A") == ["This is the pack with serial number A, which was pack 1 before: connect pack 2."]
    assert alone(troubles=("cell",)) == ["Pack 2 protects itself or has a fault: cell."]
    assert alone(soc_pct=None) == ["Pack 2 does not tell its voltage and its state of charge."]
    assert alone(answers_as=()) == []


@pytest.mark.req("REQ-288")
def test_the_gate_before_packs_are_joined() -> None:
    def gate(*packs: tuple[float | None, float | None]) -> list[str]:
        seen = {number: Alone(number, (), volts, soc) for number, (volts, soc) in enumerate(packs, start=1)}
        return judge_gate(seen, len(packs))

    assert gate((54.0, 97.0), (54.5, 99.0)) == []
    assert gate((54.0, 97.0), (54.51, 99.0)) == [
        (
            "Pack 2 has 54.51 V and pack 1 54.00 V, 0.51 V apart: joined, a current without limit would flow between "
            "them. Bring them within 0.5 V."
        )
    ]
    assert gate((54.0, 97.0), (54.0, 90.0)) == ["Pack 2 is at 90 %, below 95 %: charge it alone to full."]
    assert gate((54.0, 97.0), (None, None)) == ["Nobody knows how full pack 2 is: look at it alone first."]
    assert judge_gate({1: FULL}, 2) == ["Nobody knows how full pack 2 is: look at it alone first."]


@pytest.mark.req("REQ-103")
def test_all_packs_together() -> None:
    seen = [InRack(1, 54.0, 0.0, "A", "P"), InRack(2, 54.1, 0.0, "B", "P")]
    before = {1: Alone(1, serial="A"), 2: Alone(2, serial="B")}
    assert judge_rack(seen, 2, before) == []
    assert judge_rack(seen, 3, before) == [
        (
            "Pack 3 does not answer: look at its link cables, its breaker and its switches. If they stand for the "
            "address of another pack, both answer at once."
        )
    ]
    swapped = [InRack(1, 54.0, 0.0, "B"), InRack(2, 54.0, 0.0, "A")]
    assert judge_rack(swapped, 2, before)[0].startswith(
        "Under number 1 answers the pack with serial number B; alone it was A"
    )
    assert "loose cable" in judge_rack([seen[0], InRack(2, 54.6)], 2, {})[0]
    assert "has a fault: mos" in judge_rack([InRack(1, 54.0, troubles=("mos",))], 1, {})[0]


def test_how_packs_share_a_current() -> None:
    def cycle(*currents: float | None, charging: bool = True) -> list[str]:
        return judge_cycle([InRack(n, current_a=a) for n, a in enumerate(currents, start=1)], charging=charging)

    assert cycle(10.0, 12.0) == []
    assert cycle(-10.0, -12.0, charging=False) == []
    assert cycle(0.5, 1.0) == ["The battery carries +1.5 A: let it charge with more than 2 A, and look again."]
    assert cycle(10.0, 12.0, charging=False) == [
        "The battery carries +22.0 A: let it discharge with more than 2 A, and look again."
    ]
    assert cycle(20.0, 0.0) == ["Pack 2 carries +0.0 A of +20.0 A: look at its breaker, its cables and their length."]
    assert cycle(None) == ["No pack tells its current."]


@pytest.mark.req("REQ-004")
def test_an_update_needs_a_can_bus_without_an_inverter() -> None:
    calm = [InRack(1, current_a=0.0)]
    battery = OnCan(battery=("351", "356"), current_a=0.2)
    assert judge_update(calm, {}, {"can:x": battery}) == []
    assert judge_update([], {}, {"can:x": battery}) == []
    assert judge_update([], {}, {"can:x": OnCan()}) == ["No pack answers: an update cannot be judged."]
    assert told_on_can({"can:x": battery}) == [
        "The battery itself talks on can:x (351, 356), and no inverter answers it."
    ]
    alive = OnCan(inverter=("305",), battery=("351",), current_a=-7.0)
    assert judge_update(calm, {}, {"can:x": alive}) == [
        "An inverter is alive on can:x (305): switch it off and unplug its cable.",
        "The battery on can:x is being discharged with 7.0 A: disconnect every inverter, charger and load first.",
    ]
    assert told_on_can({"can:x": alive}) == []
    strangers = OnCan(others=tuple(f"7{n:02X}" for n in range(6)))
    assert judge_update(calm, {}, {"can:x": strangers}) == [
        "Somebody unknown talks on can:x (700, 701, 702, 703 and 2 more): find out who, and disconnect it."
    ]


@pytest.mark.req("REQ-004")
def test_an_update_needs_silence_and_no_current() -> None:
    calm = [InRack(1, current_a=0.5), InRack(2, current_a=-0.5)]
    assert judge_update(calm, {"tcp://x": 0}) == []
    assert judge_update([InRack(1, current_a=0.6)], {}) == [
        "Pack 1 is being charged with 0.6 A: disconnect every inverter, charger and load first."
    ]
    assert judge_update([InRack(1, current_a=-0.6)], {})[0].startswith("Pack 1 is being discharged with 0.6 A")
    assert judge_update([InRack(1)], {})[0].startswith("Pack 1 does not tell its current")
    assert judge_update([], {}) == ["No pack answers: an update cannot be judged."]
    assert judge_update(calm, {"tcp://x": 8})[0].startswith("Something still talks on tcp://x (8 bytes")
