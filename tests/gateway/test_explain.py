"""The sentences that a support engineer would give, and the chains under them, by scenario."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from tests.gateway.test_serial_session import Line485
from tests.gateway.wire import Wire, new_wire
from tests.samples import pack, with_analog, with_limits, with_status

from openress.bms.aggregate import aggregate
from openress.gateway.caps import Caps
from openress.gateway.chains import Explained
from openress.gateway.explain import Explanation, explained
from openress.gateway.onwire import on_wire
from openress.gateway.setup import PackMaxima
from openress.inverters import FailSafe
from openress.model import Condition, Fault, LimitRule, PackSample, RackSample, Reason, Switches

PACKS = 4
LONG = 40.0
FALLING = (
    "Both currents fall to 0 because the packs were last heard 12 s ago; "
    "the inverter is told CCL 100.0 A and DCL 100.0 A in frame 351."
)
STOPPED = (
    "Nothing may flow because the packs were last heard 22 s ago; "
    "the inverter is told CCL 0.0 A and DCL 0.0 A in frame 351."
)
FAULTY = (
    "Discharging is blocked because pack 4 has a fault (cell sensor); charging is blocked because "
    "pack 4 has a fault (cell sensor); the inverter"
)
CURRENTS = ("charge_current_limit_a", "discharge_current_limit_a")
FLAGS = ("charge_enabled", "discharge_enabled")
MAXIMA = PackMaxima(None, 100.0, 100.0, 16)


def rated(number: int, now_s: float) -> PackSample:
    reason = Reason(LimitRule.RATED, 50.0)
    return with_limits(pack(number, at_s=now_s), charge_reason=reason, discharge_reason=reason)


def packs_with(number: int, change: Callable[[PackSample], PackSample]) -> Callable[[float], RackSample]:
    """A rack of four in which one pack is special."""

    def source(now_s: float) -> RackSample:
        packs = [rated(one, now_s) for one in range(1, PACKS + 1)]
        packs[number - 1] = change(packs[number - 1])
        return aggregate(packs, now_s)

    return source


def explanation(
    source: Callable[[float], RackSample | None], seconds: float = LONG, dialect: str = "pylontech-can", **setup: Any
) -> Explanation:
    return after(new_wire(dialect, source, maxima=MAXIMA, **setup), seconds)


def after(wire: Wire, seconds: float) -> Explanation:
    wire.run(seconds)
    return explained(wire.session.report(wire.now_s), wire.source(wire.now_s))


def value(found: Explanation, key: str) -> Explained:
    return next(one for one in found.values if one.key == key)


def chain(found: Explanation, key: str) -> list[tuple[str, str]]:
    return [(link.level.value, link.sentence) for link in value(found, key).links]


def high_cell(sample: PackSample) -> PackSample:
    assert sample.analog is not None
    assert sample.analog.cell_voltages_mv is not None
    cells = list(sample.analog.cell_voltages_mv)
    cells[10] = 3460
    sample = with_analog(sample, cell_voltages_mv=tuple(cells))
    return with_limits(sample, charge_current_limit_a=15.0, charge_reason=Reason(LimitRule.CELL_VOLTAGE, 3460, cell=11))


def frosty(sample: PackSample) -> PackSample:
    sample = with_analog(sample, temperatures_c=(2.0, -6.5, 1.0, 1.5))
    sample = with_status(
        sample, protections=frozenset({Condition.CHARGE_UNDER_TEMPERATURE}), switches=Switches(True, True)
    )
    return with_limits(
        sample,
        charge_current_limit_a=0.0,
        charge_enabled=False,
        charge_reason=Reason(LimitRule.PROTECTION, names=("charge_under_temperature",)),
    )


def test_a_limited_rack_from_the_cell_to_the_bytes():
    found = explanation(packs_with(3, high_cell))
    assert found.sentence == (
        "Charging is limited to 60 A because cell 11 of pack 3 is at 3.46 V; "
        "the inverter is told CCL 60.0 A and DCL 200.0 A in frame 351."
    )
    assert chain(found, "charge_current_limit_a") == [
        ("cell", "Cell 11 of pack 3 is at 3.460 V, the highest of its 16."),
        ("pack", "Pack 3 allows 15.0 A, because cell 11 of pack 3 is at 3.46 V."),
        ("rack", "4 packs share the current and the weakest counts: 4 x 15.0 A = 60.0 A."),
        ("bytes", "Frame 351 (351#30025802D007E001), bytes 2 to 3: 600 counts of 0.1 A: 60.0 A."),
    ]
    assert chain(found, "charge_voltage_limit_v") == [
        ("pack", "Pack 1 wants to be charged to 56.00 V, the least of all."),
        ("rack", "The rack takes the least of its packs: 56.00 V."),
        ("bytes", "Frame 351 (351#30025802D007E001), bytes 0 to 1: 560 counts of 0.1 V: 56.0 V."),
    ]
    assert chain(found, "charge_enabled") == [
        ("profile", "Charging is permitted because its current limit is above 0."),
        ("bytes", "Frame 35C (35C#C000), byte 0, bit 7: 1."),
    ]
    assert chain(found, "soc_pct")[1:] == [
        ("rack", "Weighted by what each holds when full, the rack has 52.5 %."),
        ("bytes", "Frame 355 (355#34006300), bytes 0 to 1: 52 %."),
    ]


def test_a_blocked_rack():
    found = explanation(packs_with(2, frosty))
    assert found.sentence == (
        "Charging is blocked because pack 2 protects itself (charge under temperature); "
        "the inverter is told CCL 0.0 A and DCL 200.0 A in frame 351."
    )
    assert chain(found, "charge_current_limit_a")[:3] == [
        ("cell", "Sensor 2 of pack 2 shows -6.5 °C, the coldest of its 4."),
        ("pack", "Pack 2 allows 0.0 A, because pack 2 protects itself (charge under temperature)."),
        ("rack", "4 packs share the current and the weakest counts: 4 x 0.0 A = 0.0 A."),
    ]
    assert chain(found, "charge_enabled") == [
        ("profile", "Charging is not permitted because its current limit is 0."),
        ("bytes", "Frame 35C (35C#4000), byte 0, bit 7: 0."),
    ]


@pytest.mark.parametrize(
    ("age_s", "sentence"),
    [
        (12.5, FALLING),
        (22.0, STOPPED),
        (45.0, "Nothing is told because the packs were last heard 45 s ago: the inverter's own time-out acts."),
    ],
)
def test_a_stale_rack(age_s: float, sentence: str):
    healthy = packs_with(1, lambda sample: sample)
    found = explanation(lambda now_s: healthy(min(now_s, LONG)), LONG + age_s)
    assert found.sentence == sentence


def test_the_chain_of_a_stale_rack_ends_with_the_fail_safe_table():
    healthy = packs_with(1, lambda sample: sample)
    found = explanation(lambda now_s: healthy(min(now_s, LONG)), LONG + 22.0)
    assert chain(found, "charge_current_limit_a") == [
        ("rack", "The packs were last heard 22 s ago."),
        ("profile", "By the inverter's fail-safe table old values allow less: 0.0 A."),
        ("bytes", "Frame 351 (351#300200000000E001), bytes 2 to 3: 0 counts of 0.1 A: 0.0 A."),
    ]
    assert chain(found, "soc_pct") == [
        ("profile", "No state of charge is told that is not fresh."),
        ("bytes", "Nothing of it is in the frames that are sent now."),
    ]
    assert value(found, "soc_pct").value is None


def test_a_rack_that_nothing_holds_back():
    found = explanation(packs_with(1, lambda sample: sample))
    assert found.sentence == (
        "Nothing holds the rack back, charging up to 200 A and discharging up to 200 A is allowed; "
        "the inverter is told CCL 200.0 A and DCL 200.0 A in frame 351."
    )


def own_word(sample: PackSample) -> PackSample:
    return with_limits(high_cell(sample), charge_reason=Reason(LimitRule.OWN_WORD, 15.0))


def faulty(sample: PackSample) -> PackSample:
    reason = Reason(LimitRule.FAULT, names=("cell_sensor",))
    return with_limits(
        with_status(sample, faults=frozenset({Fault.CELL_SENSOR})),
        charge_current_limit_a=0.0,
        discharge_current_limit_a=0.0,
        charge_reason=reason,
        discharge_reason=reason,
    )


@pytest.mark.parametrize(
    ("number", "change", "begins"),
    [
        (3, own_word, "Charging is limited to 60 A because pack 3 allows no more (cell 11 is at 3.46 V); the inverter"),
        (4, faulty, FAULTY),
    ],
)
def test_what_else_holds_a_rack_down(number: int, change: Callable[[PackSample], PackSample], begins: str):
    assert explanation(packs_with(number, change)).sentence.startswith(begins)


def test_a_persons_cap_stands_in_the_chain_behind_the_packs():
    found = explanation(packs_with(3, high_cell), caps=Caps(charge_current_a=25.0, discharge_current_a=80.0))
    assert found.sentence == (
        "Discharging is limited to 80 A because you allow no more; charging is limited to 25 A because you allow no "
        "more; the inverter is told CCL 25.0 A and DCL 80.0 A in frame 351."
    )
    assert ("profile", "You allow no more: 25.0 A.") in chain(found, "charge_current_limit_a")


def test_a_rack_that_has_just_started_rises():
    found = explanation(packs_with(1, lambda sample: sample), 10.0, fail_safe=FailSafe(rise_s=60.0))
    assert "because the limit rises slowly after a start or a gap, to 200 A" in found.sentence


def test_a_window_of_charge():
    found = explanation(packs_with(1, lambda sample: sample), caps=Caps(soc_min_pct=60.0))
    assert found.sentence.startswith(
        "Discharging is blocked because the state of charge, 52 %, is at the end of your window;"
    )


def test_a_gateway_that_waits():
    found = explanation(lambda now_s: replace(aggregate([pack(1, at_s=now_s)], now_s)), 5.0, expected=2)
    assert found.sentence == (
        "Nothing is told because the battery has not been read completely yet: 1 of 2 packs missing."
    )
    assert chain(found, "charge_current_limit_a") == [("bytes", "Nothing is sent.")]


def test_beside_another_battery_the_rival_is_the_reason():
    wire = new_wire("pylontech-can", packs_with(1, lambda sample: sample))
    other = new_wire("pylontech-can", packs_with(1, lambda sample: sample))
    other.run(10.0)
    for frame in other.session.report(10.0).frames:
        wire.session.hear(frame, 0.5)
    found = after(wire, 5.0)
    assert found.state == "listening"
    assert found.sentence.startswith("Nothing is told: Somebody else talks to the inverter with our identifiers (35")


@pytest.mark.parametrize("dialect", ["victron-can", "sma-can", "growatt-can", "deye-can", "afore-can", "megarevo-can"])
def test_every_value_that_is_found_has_the_bytes_that_say_it(dialect: str):
    found = explanation(packs_with(3, high_cell), dialect=dialect)
    limit = value(found, "charge_current_limit_a")
    assert limit.value == pytest.approx(60.0, abs=0.5)
    assert limit.wire is not None
    assert limit.wire.place is not None
    assert limit.wire.place.raw * limit.wire.place.step == pytest.approx(limit.value)


def test_what_an_answer_on_rs485_says_is_explained_too():
    line = Line485("pylontech", "axpert", caps=Caps(charge_current_a=30.0))
    line.run(30.0)
    found = explained(line.session.report(line.now_s))
    assert "Charging is limited to 30 A because you allow no more" in found.sentence
    assert found.sentence.endswith("the inverter is told CCL 30.0 A and DCL 100.0 A in the answer to limits.")
    said = chain(found, "charge_current_limit_a")[-1][1]
    assert said.startswith("The answer to limits (~2002460")
    assert said.endswith("), characters 23 to 26: 300 counts of 0.1 A: 30.0 A.")


@pytest.mark.parametrize(
    ("dialect", "manner", "keys"),
    [
        ("pylontech", "axpert", {"charge_voltage_limit_v", *CURRENTS, *FLAGS}),
        ("pylontech", "srne", {"charge_voltage_limit_v", "soc_pct", *CURRENTS, *FLAGS}),
        ("growatt-485", None, {"charge_voltage_limit_v", "soc_pct", *FLAGS}),
        ("voltronic-485", None, {"charge_voltage_limit_v", *CURRENTS, *FLAGS}),
        ("tianbangda", None, {"soc_pct", "charge_current_limit_a"}),
        ("pace-modbus", None, {"soc_pct"}),
    ],
)
def test_the_bytes_of_an_answer_are_those_that_its_reader_reads(dialect: str, manner: str | None, keys: set[str]):
    line = Line485(dialect, manner)
    line.run(30.0)
    found = on_wire(line.session.report(line.now_s).frames, dialect)
    placed = {key: one for key, one in found.items() if one.place is not None}
    assert keys <= placed.keys()
    for one in placed.values():
        place = one.place
        assert place is not None
        letters = one.text.startswith("~")
        text = one.text if letters else one.text.replace(" ", "")
        each = 1 if letters else 2
        raw = int(text[each * place.at : each * (place.at + place.size)], 16)
        if place.bit is not None:
            assert bool(raw >> place.bit & 1) is one.value
        else:
            assert raw == place.raw % 256 ** (place.size // (2 if letters else 1))
            assert place.raw * place.step == pytest.approx(one.value)
