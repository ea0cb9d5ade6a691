"""Sheets of settings: what follows from the product, what is printed, and what nobody knows."""

from __future__ import annotations

import pytest

from openress.catalog import load_battery
from openress.errors import ParameterError
from openress.install.connectors import INVERTERS, find_inverter
from openress.install.sheet import Entered, Sheet, make_sheet
from openress.products import Loop


def sheet(battery: str, inverter: str, packs: int = 1, loop: Loop = Loop.OPEN, **entered: float) -> Sheet:
    return make_sheet(load_battery(battery), find_inverter(inverter), packs, loop, Entered(**entered))


def values(of: Sheet) -> dict[str, str | None]:
    return {row.name: row.value for row in of.rows}


@pytest.mark.req("REQ-182", "REQ-183", "REQ-184")
@pytest.mark.parametrize(
    ("battery", "charge", "floating", "end"),
    [("syscom-a5l-48v", "52.5 V", "50.5 V", "45.0 V"), ("syscom-a5l-51v2", "56.0 V", "53.9 V", "48.0 V")],
)
@pytest.mark.parametrize("inverter", [name for name in INVERTERS if not name.startswith("sol-ark")])
def test_the_guides_figures_without_communication(
    battery: str, charge: str, floating: str, end: str, inverter: str
) -> None:
    told = values(sheet(battery, inverter, packs=4))
    assert told["Absorption (bulk, equalised charging)"] == charge
    assert told["Float"] == floating
    assert told["End of discharge"] == end
    assert told["Largest charge current"] == "200 A"
    assert told["Periodic equalisation"] == "off"


def test_an_assumed_capacity_says_so() -> None:
    row = next(row for row in sheet("syscom-a5l-51v2", "sma", packs=2).rows if row.name == "Battery capacity")
    assert (row.value, row.why) == ("200 Ah", "assumed: read the capacity from the label")


@pytest.mark.req("REQ-297", "REQ-295")
def test_the_sol_ark_sheet_has_the_fields_of_its_menu_and_discovers_values() -> None:
    told = values(sheet("discover-lynk", "sol-ark"))
    assert [name for name in told if name.startswith("Batt:")] == [
        "Batt: capacity",
        "Batt: Max A Charge",
        "Batt: Max A Discharge",
        "Batt: TEMPCO",
        "Batt: Use Batt V Charged",
    ]
    assert told["Charge: Start V"] == "48 V or more"
    assert told["Charge: Float V"] == "53.6 V"
    assert told["Charge: Absorption V"] == "55.2 V"
    assert told["Charge: Equalization V, days, hours"] == "55.2 V"
    assert told["Equalization days"] == "30"
    assert told["Equalization hours"] == "0.0: it never equalises"
    assert told["Discharge: Batt Empty V"] == "48.0 V"
    for field in ("Shutdown", "Low Batt", "Restart", "Batt resistance", "Batt charge efficiency", "BMS_Err_Stop"):
        assert f"Discharge: {field}" in told


@pytest.mark.req("REQ-295")
def test_discover_with_communication() -> None:
    told = values(sheet("discover-lynk", "sol-ark", loop=Loop.CLOSED))
    assert told["BMS Lithium Batt"] == "00"
    assert told["Shutdown"] == "10 % or more"
    assert told["Low Batt"] == "20 % or more"
    assert told["Batt charge efficiency"] == "98 %"
    assert told["BMS_Err_Stop"] == "on"


@pytest.mark.req("REQ-270", "REQ-271", "REQ-272", "REQ-274")
def test_powersync_with_communication() -> None:
    for name, socket in (("sol-ark", "Battery CANBus"), ("sol-ark-indoor", "CAN")):
        made = sheet("powersync-lfp-lv-51v2-8bit", name, loop=Loop.CLOSED)
        assert values(made)["BMS Lithium Batt"] == "00"
        assert values(made)["BMS_Err_Stop"] == "on, if the system shall fault when the battery falls silent"
        assert any("F58" in note for note in made.notes)
        assert f"Plug the master's CAN socket into {socket} of the inverter." in made.notes


@pytest.mark.req("REQ-289", "REQ-291", "REQ-292")
def test_lost_voltages_have_no_default_and_may_be_entered() -> None:
    bare = sheet("powersync-lfp-lv-51v2-8bit", "sol-ark")
    told = values(bare)
    for field in ("Charge: Float V", "Charge: Absorption V", "Batt: Max A Charge", "Discharge: Batt Empty V"):
        assert told[field] is None
    assert told["Charge: Equalization V, days, hours"] is None
    assert not bare.complete
    given = sheet(
        "powersync-lfp-lv-51v2-8bit",
        "sol-ark",
        packs=2,
        charge_voltage_v=56.8,
        float_voltage_v=54.4,
        charge_current_a=50,
        discharge_end_voltage_v=48,
        equalise_voltage_v=57,
    )
    told = values(given)
    assert told["Charge: Absorption V"] == "56.8 V"
    assert told["Batt: Max A Charge"] == "100 A"
    assert told["Charge: Equalization V, days, hours"] == "57.0 V, 60 minutes every 7 days"


@pytest.mark.req("REQ-292")
def test_no_entered_voltage_passes_the_alarm_or_the_cells() -> None:
    with pytest.raises(ParameterError, match=r"equalise_voltage_v of 56.1 V is above the over-voltage alarm \(56 V"):
        sheet("syscom-a5l-51v2", "sma", equalise_voltage_v=56.1)
    with pytest.raises(ParameterError, match=r"charge_voltage_v of 58.5 V is above 3.65 V for each cell \(58.4 V"):
        sheet("powersync-lfp-lv-51v2-8bit", "sol-ark", charge_voltage_v=58.5)
    # Where the cells are not known, nothing can be compared.
    assert values(sheet("endur", "sma", charge_voltage_v=57))["Absorption (bulk, equalised charging)"] == "57.0 V"


@pytest.mark.req("REQ-296")
def test_pelio_keeps_its_lost_value_lost() -> None:
    told = values(sheet("pylontech-pelio", "sol-ark"))
    assert (told["Charge: Float V"], told["Charge: Absorption V"]) == ("55.7 V", "56.0 V")
    assert told["Charge: Start V"] == "the voltage at which charging shall begin; choose it"
    assert told["Charge: Equalization V, days, hours"] is None


@pytest.mark.req("REQ-294")
def test_sok_uses_mode_00_and_has_no_voltages() -> None:
    assert values(sheet("sok-sk48v100", "sol-ark", loop=Loop.CLOSED))["BMS Lithium Batt"] == "00"
    assert values(sheet("sok-sk48v100", "sol-ark"))["Charge: Float V"] is None


def test_an_inverter_without_a_known_protocol_field_asks_for_it() -> None:
    made = sheet("syscom-a5l-51v2", "megarevo", loop=Loop.CLOSED)
    assert [(row.name, row.value) for row in made.rows] == [("Battery type / BMS protocol", None)]
    assert values(sheet("syscom-a5l-51v2", "must", loop=Loop.CLOSED)) == {
        "Program 41, BMS protocol": "8 (Pylontech, CAN)"
    }
    assert values(sheet("syscom-a5l-51v2", "sol-ark", loop=Loop.CLOSED))["BMS_Err_Stop"] is not None


@pytest.mark.req("REQ-292", "REQ-298")
def test_a_sheet_says_of_a_product_what_its_sources_say_and_no_more() -> None:
    endur = sheet("endur", "sol-ark")
    equalisation = next(row for row in endur.rows if row.name == "Charge: Equalization V, days, hours")
    assert (equalisation.value, equalisation.why) == ("off", "nothing published asks for it")
    assert any("lists Endur Energy as Proven" in note for note in endur.notes)


@pytest.mark.req("REQ-272", "REQ-295")
def test_only_a_battery_with_a_can_socket_is_plugged_in_with_it() -> None:
    plug = "Plug the master's CAN socket into Battery CANBus of the inverter."
    assert plug in sheet("powersync-lfp-lv-51v2-8bit", "sol-ark", loop=Loop.CLOSED).notes
    discover = sheet("discover-lynk", "sol-ark", loop=Loop.CLOSED).notes
    assert plug not in discover
    assert "LYNK needs the adapter 950-0016-SLRK for the pins of a Sol-Ark." in discover
