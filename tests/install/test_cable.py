"""Cables: the pin table, the wires to make, and every straight cable that is refused."""

from __future__ import annotations

from dataclasses import replace

import pytest

from openress.catalog import load_battery
from openress.errors import ParameterError
from openress.install.cable import COLOURS, Cable, cable_for, socket_hazards
from openress.install.cabledrawing import cable_drawing, label_lines
from openress.install.connectors import INVERTERS, Bus, find_inverter
from openress.install.finding import Weight
from openress.products import Port, PortUse, Signal

A5L = load_battery("syscom-a5l-51v2")
POWERSYNC = load_battery("powersync-lfp-lv-51v2-8bit")

# Requirement, inverter, bus, pins 1 to 8 as printed, wires from the battery's pin to the inverter's.
TABLE = [
    (
        "victron",
        Bus.CAN,
        "NET-C/V- NET-S/V+ NET-C/V- NC NC NET-S/V+ CAN-H CAN-L",
        {7: 7, 8: 8},
    ),
    ("megarevo", Bus.CAN, "/ / / CAN_H CAN_L 485_GND 485_A 485_B", {7: 4, 8: 5}),
    ("must", Bus.CAN, "485_B 485_A GND / CAN_L CAN_H / /", {7: 6, 8: 5}),
    ("growatt", Bus.RS485, "485_B 485_A NC NC NC NC NC NC", {1: 1, 2: 2}),
    ("voltronic", Bus.RS485, "/ / 485_B / 485_A / / /", {1: 3, 2: 5}),
    ("deye", Bus.RS485, "485_B 485_A / CAN_H CAN_L 485_GND 485_A 485_B", {1: 1, 2: 2}),
    ("phocos", Bus.RS485, "232_RX 232_TX 485_B +12Vdc 485_A CAN_H CAN_L GND", {1: 3, 2: 5}),
    ("inhenergy", Bus.RS485, "485_B 486_A GND_S CAN_H CAN_L NTC.BAT WAKE- WAKE+", {1: 1, 2: 2}),
]


def cable(inverter: str, bus: Bus | None = None) -> Cable:
    return cable_for(A5L, find_inverter(inverter), bus)


def wires(of: Cable) -> dict[int, int]:
    """Only those that carry the bus."""
    return {wire.battery_pin: wire.inverter_pin for wire in of.wires if wire.signal in of.bus.pair}


def refusals(inverter: str, bus: Bus | None = None) -> list[str]:
    return [finding.sentence for finding in cable(inverter, bus).against_straight]


@pytest.mark.req(
    "REQ-110", "REQ-111", "REQ-166", "REQ-168", "REQ-169", "REQ-170", "REQ-171", "REQ-172", "REQ-174", "REQ-175"
)
@pytest.mark.parametrize(("name", "bus", "printed", "expected"), TABLE, ids=[row[0] for row in TABLE])
def test_the_pins_are_as_printed_and_the_wires_follow(
    name: str, bus: Bus, printed: str, expected: dict[int, int]
) -> None:
    made = cable(name)
    assert made.bus is bus
    assert made.socket.printed == tuple(printed.split())
    assert wires(made) == expected


@pytest.mark.req("REQ-167", "REQ-173")
def test_sma_and_afore_whose_pins_have_longer_names() -> None:
    sma, afore = cable("sma"), cable("afore")
    assert sma.socket.printed[:4] == ("Sync1, reserved", "CAN_GND", "SYNC_H", "CAN_H")
    assert wires(sma) == {7: 4, 8: 5}
    assert afore.socket.printed == (
        "Meter 485A",
        "Meter 485B",
        "BAT 485A",
        "BAT CANH",
        "BAT CANL",
        "BAT 485B",
        "CTU",
        "CTN",
    )
    assert wires(afore) == {1: 6, 2: 3}


@pytest.mark.req("REQ-165")
def test_only_four_of_the_guides_inverters_take_the_supplied_cable() -> None:
    known = [name for name, inverter in INVERTERS.items() if inverter.socket is not None]
    straight = {name for name in known if cable(name).straight}
    assert straight == {"victron", "growatt", "deye", "inhenergy"} == set(A5L.straight_cable_for or ())
    made = cable("growatt")
    assert [(wire.battery_pin, wire.inverter_pin) for wire in made.wires] == [(pin, pin) for pin in range(1, 9)]


@pytest.mark.req("REQ-176")
def test_an_inverter_whose_pins_nobody_published_gets_no_cable() -> None:
    with pytest.raises(ParameterError, match="the pins of its battery socket are not published, so no cable"):
        cable("opti")


@pytest.mark.req("REQ-177")
@pytest.mark.parametrize(
    ("inverter", "bus", "expected"),
    [
        (
            "phocos",
            None,
            [
                (
                    "No straight cable: pin 1 carries 485_B at the battery, but it lands on the inverter's RS232 "
                    "receiver at Phocos Any-Grid PSW-H (232_RX)."
                ),
                (
                    "No straight cable: pin 2 carries 485_A at the battery, but it lands on the inverter's RS232 "
                    "transmitter at Phocos Any-Grid PSW-H (232_TX)."
                ),
            ],
        ),
        (
            "afore",
            None,
            [
                (
                    "No straight cable: pin 1 carries 485_B at the battery, but it lands on the bus of the energy "
                    "meter (A) at Afore HNS3000-6000HS (Meter 485A)."
                ),
                (
                    "No straight cable: pin 2 carries 485_A at the battery, but it lands on the bus of the energy "
                    "meter (B) at Afore HNS3000-6000HS (Meter 485B)."
                ),
            ],
        ),
        (
            "afore",
            Bus.CAN,
            [
                (
                    "No straight cable: pin 7 carries CAN_H at the battery, but it lands on the current transformer "
                    "(U) at Afore HNS3000-6000HS (CTU)."
                ),
                (
                    "No straight cable: pin 8 carries CAN_L at the battery, but it lands on the current transformer "
                    "(N) at Afore HNS3000-6000HS (CTN)."
                ),
            ],
        ),
        (
            "sol-ark",
            None,
            [
                (
                    "No straight cable: pin 7 carries CAN_H at the battery, but it lands on RS485 (A) at Sol-Ark, "
                    "outdoor-rated (15K) (RS485 A+)."
                ),
                (
                    "No straight cable: pin 8 carries CAN_L at the battery, but it lands on RS485 (B) at Sol-Ark, "
                    "outdoor-rated (15K) (RS485 B-)."
                ),
            ],
        ),
        (
            "sma",
            None,
            [
                (
                    "No straight cable: pin 7 carries CAN_H at the battery, but it lands on a pin that is reserved at "
                    "SMA Sunny Island (Sync7, reserved)."
                ),
                (
                    "No straight cable: pin 8 carries CAN_L at the battery, but it lands on a pin that is reserved at "
                    "SMA Sunny Island (Sync8, reserved)."
                ),
            ],
        ),
        (
            "must",
            None,
            [
                (
                    "No straight cable: pin 7 carries CAN_H at the battery and leads nowhere at MUST solar inverter 2 "
                    "to 5.5 kW."
                ),
                (
                    "No straight cable: pin 8 carries CAN_L at the battery and leads nowhere at MUST solar inverter 2 "
                    "to 5.5 kW."
                ),
            ],
        ),
        (
            "deye",
            Bus.CAN,
            [
                (
                    "No straight cable: pin 7 carries CAN_H at the battery, but it lands on a second RS485 bus (A) at "
                    "Deye SUN-3K/3.6K-SG04LP1 (485_A)."
                ),
                (
                    "No straight cable: pin 8 carries CAN_L at the battery, but it lands on a second RS485 bus (B) at "
                    "Deye SUN-3K/3.6K-SG04LP1 (485_B)."
                ),
            ],
        ),
        (
            "inhenergy",
            Bus.CAN,
            [
                (
                    "No straight cable: pin 7 carries CAN_H at the battery, but it lands on the WAKE line (-) at "
                    "INHENERGY HI-SL (WAKE-)."
                ),
                (
                    "No straight cable: pin 8 carries CAN_L at the battery, but it lands on the WAKE line (+) at "
                    "INHENERGY HI-SL (WAKE+)."
                ),
            ],
        ),
    ],
)
def test_a_straight_cable_is_refused_with_the_reason(inverter: str, bus: Bus | None, expected: list[str]) -> None:
    assert refusals(inverter, bus) == expected


def test_a_pin_that_must_stay_empty_may_not_meet_a_supply() -> None:
    pylontech = load_battery("pylontech-us")
    said = [finding.sentence for finding in cable_for(pylontech, find_inverter("victron")).against_straight]
    assert said[1] == (
        "No straight cable: pin 2 must stay empty at the battery, but it lands on the positive supply of the "
        "inverter's network at Victron with CCGX (NET-S/V+)."
    )


def test_a_straight_cable_is_refused_for_every_signal_that_differs() -> None:
    """Whatever a pin carries at the battery, any other function at the other end refuses the cable."""
    inverter = find_inverter("growatt")
    assert inverter.socket is not None
    for other in Signal:
        if other in (Signal.RS485_B, Signal.NC):
            continue
        pins = (other, *inverter.socket.pins[1:])
        changed = replace(inverter, socket=replace(inverter.socket, pins=(*pins,)))
        try:
            made = cable_for(A5L, changed)
        except ParameterError:
            continue
        assert not made.straight, other


@pytest.mark.req("REQ-112", "REQ-113")
def test_the_sockets_of_the_a5l_and_how_they_are_mistaken() -> None:
    link = A5L.port(PortUse.LINK_IN)
    assert link is not None
    assert (link.pins[6].value, link.pins[7].value) == ("485-2_A", "485-2_B")
    assert all(pin is Signal.NC for pin in link.pins[:6])
    said = [finding.sentence for finding in socket_hazards(A5L)]
    assert said == [
        (
            "CAN uses the same pins 7/8 as LINK-IN/LINK-OUT, for another bus: a plug in the wrong one puts CAN "
            "onto RS485. Label both ends."
        ),
        "No socket of the battery has a ground pin: keep the cable short and away from power cables.",
    ]


@pytest.mark.req("REQ-270")
def test_powersync_needs_no_special_cable_for_sol_ark_and_nobody_says_so_of_others() -> None:
    for name in ("sol-ark", "sol-ark-indoor"):
        made = cable_for(POWERSYNC, find_inverter(name))
        assert made.straight
        assert made.bus is Bus.CAN
        assert (made.findings[0].code, made.findings[0].weight) == ("said-by-maker", Weight.UNKNOWN)
        drawn = [text.text for text in cable_drawing(made).texts()]
        assert "pin to pin, as said by the maker; the battery's pins are not published" in drawn
    with pytest.raises(ParameterError, match="nobody says that a straight cable fits SMA Sunny Island"):
        cable_for(POWERSYNC, find_inverter("sma"))
    with pytest.raises(ParameterError, match="no socket for RS485 to the inverter is published"):
        cable_for(POWERSYNC, find_inverter("growatt"))


def test_a_ground_is_wired_where_both_ends_have_one() -> None:
    made = cable_for(load_battery("pylontech-us"), find_inverter("sma"))
    assert [(wire.battery_pin, wire.inverter_pin) for wire in made.wires] == [(4, 4), (5, 5), (6, 2)]


def test_a_bus_that_one_end_does_not_have_is_told() -> None:
    with pytest.raises(ParameterError, match="Growatt SPF TL, ES: its BMS port has no CAN_H that is published"):
        cable("growatt", Bus.CAN)
    bare = replace(A5L, ports=(Port("CAN", PortUse.INVERTER_CAN, (Signal.NC,) * 8),))
    with pytest.raises(ParameterError, match="its socket CAN has no CAN_H"):
        cable_for(bare, find_inverter("sma"))


def test_colours_follow_the_plug_of_the_battery() -> None:
    assert [wire.colour for wire in cable("sma").wires] == ["white/brown", "brown"]
    assert COLOURS[0] == "white/orange"


def test_the_label_says_what_the_cable_is_for() -> None:
    assert label_lines(cable("sma"))[:4] == [
        "BATTERY CABLE - NOT FOR A NETWORK",
        "Syscom A5L 51.2 V, CAN",
        "to SMA Sunny Island, BMS port",
        "CAN, 7-4 8-5",
    ]


def test_inverters_are_found_by_their_other_names_and_mistyped_ones_are_hinted_at() -> None:
    assert find_inverter("Axpert").key == "voltronic"
    with pytest.raises(ParameterError, match="did you mean growatt"):
        find_inverter("growat")
    with pytest.raises(ParameterError, match="known: victron, sma, megarevo"):
        find_inverter("zzz")


def test_every_inverter_has_eight_pins_and_eight_words_for_them() -> None:
    for inverter in INVERTERS.values():
        if inverter.socket is not None:
            assert len(inverter.socket.pins) == len(inverter.socket.printed) == 8
            assert set(inverter.bus.pair) <= set(inverter.socket.pins)
