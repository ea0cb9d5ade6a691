"""Facts for installers: sockets, storage, settings, variants; the products that can only be planned."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from tests.products.test_reading import FULL

from openress.catalog import battery_names, load_battery, load_product, product_names
from openress.errors import ParameterError
from openress.model import Confidence
from openress.products import SECTIONS, Loop, PortUse, Signal, product_from_mapping

MORE: dict[str, Any] = copy.deepcopy(FULL)
MORE["ports"] = {
    "source": "label",
    "ports": [
        ["CAN", "inverter CAN", "NC NC NC NC NC NC CAN_H CAN_L"],
        ["LINK", "link", "? ? ? ? ? ? ? ?"],
    ],
    "straight_cable_for": ["victron"],
}
MORE["terminals"] = {
    "source": "label",
    "positive_terminals": 2,
    "negative_terminals": 2,
    "busbar_max_a": 400,
    "terminal_torque_max_nm": 7.5,
    "weight_bearing": False,
}
MORE["environment"] |= {"humidity_min_pct": 10, "humidity_max_pct": 90, "recharge": [[30, 6], [60, 3]]}
MORE["handling"] = {"source": "label", "transport": ["upright"], "switch_on": ["press"], "notes": ["heavy"]}
MORE["inverters"] = {"source": "label", "settings": [["sma", "open", "Float", "27 V"], ["sma", "closed", "Mode", "?"]]}
MORE["rack"] |= {"switch_positions": 1, "address_wait_s": 20, "links_alternate": True}


def test_everything_for_installers_is_read() -> None:
    product = product_from_mapping(MORE, name="own.toml")
    can, link = product.port(PortUse.INVERTER_CAN), product.port(PortUse.LINK)
    assert can is not None
    assert link is not None
    assert can.known
    assert not link.known
    assert can.pins[6:] == (Signal.CAN_H, Signal.CAN_L)
    assert not Signal.NC.connected
    assert Signal.CAN_H.connected
    assert product.port(PortUse.LINK_IN) is None
    assert (product.busbar_max_a, product.terminal_torque_max_nm, product.weight_bearing) == (400, 7.5, False)
    assert [(row.up_to_c, row.months) for row in product.recharge or ()] == [(30, 6), (60, 3)]
    assert product.settings is not None
    assert [(one.loop, one.value) for one in product.settings] == [(Loop.OPEN, "27 V"), (Loop.CLOSED, None)]


@pytest.mark.parametrize(
    ("section", "key", "value", "sentence"),
    [
        ("ports", "ports", [["CAN", "inverter CAN", "NC"]], "must name the 8 pins of an RJ45 socket, not 1: 'NC'."),
        ("ports", "ports", [["CAN", "CAN", "NC NC NC NC NC NC NC NC"]], "has no use 'CAN'; known: inverter CAN"),
        (
            "ports",
            "ports",
            [["CAN", "inverter CAN", "NC NC NC NC NC NC CANH CAN_L"]],
            "ports CAN has no signal 'CANH'; did you mean CAN_H?",
        ),
        ("ports", "ports", [["CAN"]], "ports has the row ['CAN']; write rows as"),
        (
            "ports",
            "ports",
            [["A", "link", "? ? ? ? ? ? ? ?"], ["A", "link", "? ? ? ? ? ? ? ?"]],
            "ports has the socket A twice.",
        ),
        ("environment", "recharge", [[30, 3], [60, 6]], "recharge must go from cool to warm"),
        ("environment", "recharge", [[30, 0]], "recharge has the row [30, 0]; write rows as [30, 6]"),
        ("inverters", "settings", [["sma", "opened", "Float", "1"]], "settings Float has no loop 'opened'"),
        ("inverters", "settings", [["sma"]], "settings has the row ['sma']; write rows as"),
        ("terminals", "weight_bearing", "no", "weight_bearing must be true or false, not 'no'."),
    ],
)
def test_a_mistake_is_named_with_its_place(section: str, key: str, value: object, sentence: str) -> None:
    content = copy.deepcopy(MORE)
    content[section][key] = value
    with pytest.raises(ParameterError) as caught:
        product_from_mapping(content, name="own.toml")
    assert sentence in str(caught.value)
    assert f"own.toml, [{section}]" in str(caught.value)


def test_planning_only_is_a_flag() -> None:
    with pytest.raises(ParameterError, match="planning_only must be true or false, not 'yes'"):
        product_from_mapping({**MORE, "planning_only": "yes"}, name="own.toml")


def test_cells_that_nobody_published_are_asked_for_in_one_sentence() -> None:
    endur = load_battery("endur")
    assert endur.cells is None
    with pytest.raises(ParameterError, match=r"^Endur Energy: how many cells are in series is not published\.$"):
        _ = endur.cells_in_series


@pytest.mark.parametrize("name", battery_names())
def test_every_product_loads_and_every_fact_has_a_source(name: str) -> None:
    product = load_battery(name)
    assert product.key == name
    for section, keys in SECTIONS.items():
        for key in keys:
            value = product.cells if key == "cells_in_series" else getattr(product, key)
            if value is not None and key != "lamps":
                assert key in product.sources, (section, key)
    assert not any(product.sources[key].confidence is Confidence.CAPTURE for key in ("maker",))


def test_only_products_with_published_thresholds_may_be_simulated() -> None:
    assert product_names() == ("syscom-a5l-48v", "syscom-a5l-51v2")
    assert set(product_names()) < set(battery_names())
    with pytest.raises(ParameterError) as caught:
        load_product("sok-sk48v100")
    assert str(caught.value) == (
        "SOK SK48V100: its protection thresholds are not published, so it can be planned, wired and looked up but not "
        "simulated, served or managed; take one of syscom-a5l-48v, syscom-a5l-51v2, or a file of your own."
    )


@pytest.mark.req("REQ-287", "REQ-293")
def test_powersync_comes_in_six_variants() -> None:
    variants = [name for name in battery_names() if name.startswith("powersync")]
    assert len(variants) == 6
    small = load_battery("powersync-lfp-lv-25v6-8bit")
    assert (small.cells, small.nominal_voltage_v, small.capacity_ah) == (8, 25.6, 200)
    assert small.sources["cells_in_series"].confidence is Confidence.INFERENCE
    for name in variants:
        product = load_battery(name)
        assert product.switch_positions == (8 if name.endswith("8bit") else 6)
        assert product.pack_limit == (16 if name.endswith("8bit") else 64)
    with pytest.raises(ParameterError, match="powersync-lfp-lv comes in several variants; name one of"):
        load_battery("powersync-lfp-lv")


@pytest.mark.req("REQ-273", "REQ-275", "REQ-276", "REQ-277", "REQ-289", "REQ-290", "REQ-291")
def test_what_is_lost_of_powersync_stays_unknown() -> None:
    product = load_battery("powersync-lfp-lv-51v2-8bit")
    assert (product.positive_terminals, product.negative_terminals, product.busbar_max_a) == (2, 2, 400)
    assert (product.terminal_torque_max_nm, product.weight_bearing) == (7.5, False)
    assert (product.charge_voltage_v, product.charge_rate_c, product.charge_current_max_a) == (None, None, None)
    assert (product.equalise_every_days, product.equalise_minutes, product.equalise_voltage_v) == (7, 60, None)
    assert product.address_switch is None
    assert product.lamps.value == "as-printed"
    assert product.switch_on is not None
    assert any("Master Switch" in line for line in product.switch_on)


@pytest.mark.req("REQ-292")
def test_only_powersync_asks_for_equalisation() -> None:
    asking = [name for name in battery_names() if load_battery(name).equalise_every_days is not None]
    assert asking
    assert all(name.startswith("powersync") for name in asking)


@pytest.mark.req("REQ-294", "REQ-295", "REQ-296", "REQ-298")
def test_the_facts_of_the_help_desk() -> None:
    sok, discover = load_battery("sok-sk48v100"), load_battery("discover-lynk")
    pelio, endur = load_battery("pylontech-pelio"), load_battery("endur")
    assert sok.straight_cable_for == ("sol-ark", "sol-ark-indoor")
    assert sok.pack_limit == 15
    assert any("RST" in line for line in sok.switch_on or ())
    assert (discover.float_voltage_v, discover.charge_voltage_v) == (53.6, 55.2)
    assert any("950-0016-SLRK" in note for note in discover.notes or ())
    assert (pelio.float_voltage_v, pelio.charge_voltage_v, pelio.equalise_voltage_v) == (55.7, 56.0, None)
    assert any("14 August 2025" in note and "Proven" in note for note in endur.notes or ())


@pytest.mark.req("REQ-013", "REQ-135")
def test_mounting_and_transport_of_the_a5l() -> None:
    product = load_battery("syscom-a5l-51v2")
    assert product.mounting == ("19 inch rack", "21 inch rack", "wall")
    text = " ".join((*(product.transport or ()), *(product.certifications or ())))
    for word in ("UN38.3", "SN/T 0370.2-2009", "class 9", "collision and moisture", "rain", "falling", "upside-down"):
        assert word in text
