"""Product files: what they must say, and what is said about their mistakes."""

from __future__ import annotations

import copy
import dataclasses
import math
from typing import Any

import pytest

from openress.errors import ParameterError, StateError
from openress.model import Confidence, Source
from openress.products import SECTIONS, Lamps, Product, Role, product_from_mapping
from openress.products.section import Section

SMALL: dict[str, Any] = {"key": "own", "title": "My own pack"}
SMALL["sources"] = {"label": {"title": "its label", "confidence": "vendor document"}}
SMALL["pack"] = {"source": "label", "maker": "Me", "chemistry": "LiFePO4", "cells_in_series": 8}

FULL: dict[str, Any] = copy.deepcopy(SMALL)
FULL["sources"]["me"] = {"title": "my meter", "confidence": "our decision"}
FULL["pack"] |= {"capacity_ah": 280, "mounting": ["shelf"], "source_of": {"capacity_ah": "me"}}
FULL["panel"] = {"source": "label", "lamps": "alm-on-fault", "front_panel": ["CAN"]}
FULL["charging"] = {
    "source": "label",
    "charge_voltage_v": 28.0,
    "float_voltage_v": 27.0,
    "charge_rate_c": 0.5,
    "discharge_end_voltage_v": 24,
}
FULL["equalisation"] = {
    "source": "label",
    "equalise_every_days": 7,
    "equalise_minutes": 60,
    "equalise_voltage_v": 28.4,
}
FULL["maxima"] = {"source": "label", "charge_current_max_a": 100, "discharge_current_max_a": 150}
FULL["environment"] = {"source": "label", "storage_min_c": -20.5}
FULL["history"] = {"source": "label", "history_records": 400}
FULL["rack"] = {
    "source": "label",
    "pack_limit": 2,
    "address_switch": [[0, "OFF", "stand-alone"], [1, "ON", "master"]],
}
FULL["parameters"] = {"source": "me", "mos_ot_release_c": 85}


def changed(path: str, value: object) -> dict[str, Any]:
    """The full file with one fact set, `None` to remove it."""
    content = copy.deepcopy(FULL)
    *sections, key = path.split("/")
    table = content
    for section in sections:
        table = table[section]
    if value is None:
        del table[key]
    else:
        table[key] = value
    return content


def refusal(content: dict[str, Any]) -> str:
    with pytest.raises(ParameterError) as caught:
        product_from_mapping(content, name="own.toml")
    return str(caught.value)


def test_a_small_file_leaves_the_rest_unknown() -> None:
    product = product_from_mapping(SMALL, name="own.toml")
    assert product == Product(
        key="own",
        title="My own pack",
        maker="Me",
        chemistry="LiFePO4",
        cells=8,
        sources={key: Source("its label", Confidence.VENDOR) for key in ("maker", "chemistry", "cells_in_series")},
    )
    assert product.capacity_ah is None
    assert product.charge_current_a is None


def test_a_full_file() -> None:
    product = product_from_mapping(FULL, name="own.toml")
    assert (product.capacity_ah, product.mounting, product.front_panel) == (280, ("shelf",), ("CAN",))
    assert product.lamps is Lamps.ALM_ON_FAULT
    assert (product.charge_voltage_v, product.discharge_end_voltage_v) == (28.0, 24)
    assert (product.storage_min_c, product.storage_max_c) == (-20.5, None)
    assert (product.history_records, product.pack_limit) == (400, 2)
    assert dict(product.parameters) == {"mos_ot_release_c": 85}
    assert product.address_switch is not None
    assert product.address_switch.decode((True,)) == 1
    assert product.address_switch.row(1).role is Role.MASTER


def test_every_fact_has_a_source() -> None:
    product = product_from_mapping(FULL, name="own.toml")
    assert product.sources["capacity_ah"] == Source("my meter", Confidence.OURS)
    assert product.sources["maker"] == Source("its label", Confidence.VENDOR)
    assert product.sources["mos_ot_release_c"] == Source("my meter", Confidence.OURS)
    facts = {key for section, keys in SECTIONS.items() for key in keys if key in FULL.get(section, {})}
    assert set(product.sources) == facts | {"mos_ot_release_c"}


def test_recommended_current_stays_below_the_published_maximum() -> None:
    assert product_from_mapping(FULL, name="own.toml").charge_current_a == 100
    assert product_from_mapping(changed("pack/capacity_ah", 100), name="own.toml").charge_current_a == 50
    unlimited = changed("maxima/charge_current_max_a", None)
    assert product_from_mapping(unlimited, name="own.toml").charge_current_a == 140


MISTAKES = [
    ("chargin", {}, "own.toml has no section or fact chargin; did you mean charging?"),
    ("pack/cell_in_series", 8, "own.toml, [pack] has no fact cell_in_series; did you mean cells_in_series?"),
    ("charging/charge_voltage", 28, "own.toml, [charging] has no fact charge_voltage; did you mean charge_voltage_v?"),
    ("pack/cells_in_series", None, "own.toml, [pack] must say cells_in_series."),
    ("pack/cells_in_series", 15.5, "own.toml, [pack] cells_in_series must be a whole number from 1 to 32, not 15.5."),
    ("pack/cells_in_series", True, "own.toml, [pack] cells_in_series must be a whole number from 1 to 32, not True."),
    ("pack/maker", None, "own.toml, [pack] must say maker."),
    ("pack/maker", " ", "own.toml, [pack] maker must be a text in quotes, not ' '."),
    ("pack/mounting", "shelf", "own.toml, [pack] mounting must be a list of texts in quotes, not 'shelf'."),
    ("pack/capacity_ah", 0, "own.toml, [pack] capacity_ah must be a number above 0, not 0."),
    ("pack/capacity_ah", math.nan, "own.toml, [pack] capacity_ah must be a number above 0, not nan."),
    ("pack/capacity_ah", math.inf, "own.toml, [pack] capacity_ah must be a number above 0, not inf."),
    ("pack/capacity_ah", "280", "own.toml, [pack] capacity_ah must be a number above 0, not '280'."),
    (
        "environment/storage_min_c",
        -300,
        "own.toml, [environment] storage_min_c must be a number from -100 to 200, not -300.",
    ),
    ("panel", 1, "own.toml, [panel] must be a table of facts, not 1."),
    ("panel/lamps", "alm-on-faults", "own.toml, [panel] has no lamps 'alm-on-faults'; did you mean alm-on-fault?"),
    ("panel/source", None, 'own.toml, [panel] must say where its facts come from, as in source = "guide".'),
    ("panel/source", "lable", "own.toml, [panel] source: there is no source lable in [sources]; did you mean label?"),
    (
        "pack/source_of",
        {"capacity": "me"},
        "own.toml, [pack] source_of names no fact with capacity; did you mean capacity_ah?",
    ),
    ("pack/source_of", "me", "own.toml, [pack] source_of must be a table of facts and their sources, not 'me'."),
    ("sources", ["label"], "own.toml, [sources] must be a table, not ['label']."),
    ("sources/me", {"title": "x"}, "own.toml, [sources] me must have a title and a confidence, and nothing else."),
    (
        "sources/me/confidence",
        "vendor documents",
        "own.toml, [sources] me has no confidence 'vendor documents'; did you mean vendor document?",
    ),
    ("sources/me/title", "", "own.toml, [sources] me must have a title that a reader can look for."),
    ("title", None, "own.toml must begin with a title, a text in quotes."),
    ("key", 7, "own.toml must begin with a key, a text in quotes."),
    ("parameters/mos_ot_release_c", "85", "own.toml, [parameters] mos_ot_release_c must be a number, not '85'."),
    ("parameters/mos_ot_release_c", math.nan, "own.toml, [parameters] mos_ot_release_c must be a number, not nan."),
    (
        "charging/float_voltage_v",
        28.5,
        "own.toml, [charging]: float_voltage_v (28.5 V) is above charge_voltage_v (28 V).",
    ),
    (
        "charging/discharge_end_voltage_v",
        27.5,
        "own.toml, [charging]: discharge_end_voltage_v (27.5 V) is above float_voltage_v (27 V).",
    ),
    (
        "maxima/discharge_peak_max_a",
        140,
        "own.toml, [maxima]: discharge_peak_max_a (140 A) is below discharge_current_max_a (150 A).",
    ),
    ("rack/address_switch", [], "own.toml, [rack] address_switch must be a list of rows, not []."),
    (
        "rack/address_switch",
        [[1, "ON"]],
        'own.toml, [rack] address_switch has the row [1, \'ON\']; write rows as [1, "ON OFF OFF OFF", "master"].',
    ),
    (
        "rack/address_switch",
        [[1, "1 0", "master"]],
        "own.toml, [rack] address_switch 1 must be ON and OFF, not '1 0'.",
    ),
    (
        "rack/address_switch",
        [[1, "ON", "host"]],
        "own.toml, [rack] address_switch 1 has no role 'host'; known: master, slave, stand-alone.",
    ),
    (
        "rack/address_switch",
        [[1, "ON", "master"], [1, "OFF", "slave"]],
        "own.toml, [rack] address_switch has address 1 twice.",
    ),
    (
        "rack/address_switch",
        [[1, "ON", "master"], [2, "OFF ON", "slave"]],
        "own.toml, [rack] address_switch has 1 switches for address 1 but 2 for address 2.",
    ),
]


@pytest.mark.parametrize(("path", "value", "sentence"), MISTAKES)
def test_a_mistake_is_named_with_its_place(path: str, value: object, sentence: str) -> None:
    assert refusal(changed(path, value)) == sentence


def test_a_missing_discharge_end_does_not_hide_the_other_order() -> None:
    content = changed("charging/float_voltage_v", None)
    content["charging"]["discharge_end_voltage_v"] = 29
    assert "discharge_end_voltage_v (29 V) is above charge_voltage_v (28 V)" in refusal(content)


def test_facts_without_any_sources_are_refused() -> None:
    content = changed("sources", None)
    assert refusal(content) == "own.toml, [pack] source: there is no source label in [sources]; none is known."


def test_reading_what_the_format_does_not_list_is_our_fault() -> None:
    section = Section("own.toml", "pack", {}, ("maker",), {})
    assert section.text("maker") is None
    with pytest.raises(StateError, match=r"own\.toml, \[pack\]: title is read but not listed"):
        section.text("title")


def test_a_product_can_be_turned_into_plain_values() -> None:
    plain = dataclasses.asdict(product_from_mapping(FULL, name="own.toml"))
    assert plain["parameters"] == {"mos_ot_release_c": 85}
    assert plain["sources"]["maker"]["title"] == "its label"
