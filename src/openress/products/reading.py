"""From the content of a product file to a `Product`; the format is the list of sections below."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from types import MappingProxyType

from openress.errors import ParameterError
from openress.model import Confidence, Source
from openress.names import hint
from openress.products.installing import ports_of, recharge_of, settings_of
from openress.products.product import Lamps, Product
from openress.products.section import Section
from openress.products.switch import AddressSwitch, Role, SwitchRow

__all__ = ["SECTIONS", "product_from_mapping"]

SECTIONS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "pack": (
            "maker",
            "chemistry",
            "cells_in_series",
            "capacity_ah",
            "nominal_voltage_v",
            "temperature_sensors",
            "mounting",
        ),
        "panel": ("front_panel", "lamps"),
        "charging": ("charge_voltage_v", "float_voltage_v", "charge_rate_c", "discharge_end_voltage_v"),
        "equalisation": ("equalise_every_days", "equalise_minutes", "equalise_voltage_v"),
        "maxima": ("charge_current_max_a", "discharge_current_max_a", "discharge_peak_max_a"),
        "environment": (
            "operating_max_c",
            "storage_min_c",
            "storage_max_c",
            "shipping_soc_pct",
            "dormancy_after_h",
            "idle_current_a",
            "humidity_min_pct",
            "humidity_max_pct",
            "recharge",
        ),
        "history": ("history_records",),
        "rack": (
            "pack_limit",
            "address_switch",
            "switch_positions",
            "switch_scheme",
            "address_wait_s",
            "links_alternate",
        ),
        "ports": ("ports", "straight_cable_for"),
        "terminals": (
            "positive_terminals",
            "negative_terminals",
            "busbar_max_a",
            "terminal_torque_max_nm",
            "weight_bearing",
        ),
        "handling": ("transport", "certifications", "switch_on", "notes"),
        "inverters": ("settings",),
    }
)
"""Sections of a product file and the facts in them, named as in `Product`; besides these `[sources]` and
`[parameters]`, whose keys are those of the parameter table."""

TOP = ("key", "title", "planning_only", "sources", *SECTIONS, "parameters")


def product_from_mapping(mapping: Mapping[str, object], *, name: str) -> Product:
    """Make a product of the content of a file; `name` is what errors call the file.

    The keys of `[parameters]` are not looked at here: `ParameterSet.defaults` checks them with their ranges.

    Raises:
        ParameterError: a key is unknown (with the one that was probably meant), a fact is missing, of the wrong
            kind or without a source, or facts contradict each other.
    """
    for key in mapping:
        if key not in TOP:
            raise ParameterError(f"{name} has no section or fact {key}; {hint(key, TOP)}")
    sources = _sources(name, mapping.get("sources"))
    at = {section: Section(name, section, mapping.get(section), known, sources) for section, known in SECTIONS.items()}
    planning_only = mapping.get("planning_only", False)
    if not isinstance(planning_only, bool):
        raise ParameterError(f"{name}: planning_only must be true or false, not {planning_only!r}.")
    parameters = Section(name, "parameters", mapping.get("parameters"), None, sources)
    cited = [source for section in (*at.values(), parameters) for source in section.sources.items()]
    product = Product(
        key=_line(name, mapping, "key"),
        title=_line(name, mapping, "title"),
        maker=at["pack"].required_text("maker"),
        planning_only=planning_only,
        chemistry=at["pack"].text("chemistry") if planning_only else at["pack"].required_text("chemistry"),
        cells=_cells(at["pack"], required=not planning_only),
        capacity_ah=at["pack"].positive("capacity_ah"),
        nominal_voltage_v=at["pack"].positive("nominal_voltage_v"),
        temperature_sensors=at["pack"].whole("temperature_sensors", 0, 64),
        mounting=at["pack"].texts("mounting"),
        front_panel=at["panel"].texts("front_panel"),
        lamps=_lamps(at["panel"]),
        charge_voltage_v=at["charging"].positive("charge_voltage_v"),
        float_voltage_v=at["charging"].positive("float_voltage_v"),
        charge_rate_c=at["charging"].positive("charge_rate_c"),
        discharge_end_voltage_v=at["charging"].positive("discharge_end_voltage_v"),
        equalise_every_days=at["equalisation"].positive("equalise_every_days"),
        equalise_minutes=at["equalisation"].positive("equalise_minutes"),
        equalise_voltage_v=at["equalisation"].positive("equalise_voltage_v"),
        charge_current_max_a=at["maxima"].positive("charge_current_max_a"),
        discharge_current_max_a=at["maxima"].positive("discharge_current_max_a"),
        discharge_peak_max_a=at["maxima"].positive("discharge_peak_max_a"),
        operating_max_c=at["environment"].number("operating_max_c", -100, 200),
        storage_min_c=at["environment"].number("storage_min_c", -100, 200),
        storage_max_c=at["environment"].number("storage_max_c", -100, 200),
        shipping_soc_pct=at["environment"].number("shipping_soc_pct", 0, 100),
        dormancy_after_h=at["environment"].positive("dormancy_after_h"),
        idle_current_a=at["environment"].positive("idle_current_a"),
        history_records=at["history"].whole("history_records", 1, 1_000_000),
        pack_limit=at["rack"].whole("pack_limit", 1, 256),
        address_switch=_address_switch(at["rack"]),
        switch_positions=at["rack"].whole("switch_positions", 1, 16),
        switch_scheme=at["rack"].text("switch_scheme"),
        address_wait_s=at["rack"].positive("address_wait_s"),
        links_alternate=at["rack"].flag("links_alternate"),
        ports=ports_of(at["ports"]),
        straight_cable_for=at["ports"].texts("straight_cable_for"),
        positive_terminals=at["terminals"].whole("positive_terminals", 1, 8),
        negative_terminals=at["terminals"].whole("negative_terminals", 1, 8),
        busbar_max_a=at["terminals"].positive("busbar_max_a"),
        terminal_torque_max_nm=at["terminals"].positive("terminal_torque_max_nm"),
        weight_bearing=at["terminals"].flag("weight_bearing"),
        humidity_min_pct=at["environment"].number("humidity_min_pct", 0, 100),
        humidity_max_pct=at["environment"].number("humidity_max_pct", 0, 100),
        recharge=recharge_of(at["environment"]),
        transport=at["handling"].texts("transport"),
        certifications=at["handling"].texts("certifications"),
        settings=settings_of(at["inverters"]),
        switch_on=at["handling"].texts("switch_on"),
        notes=at["handling"].texts("notes"),
        parameters=parameters.numbers(),
        sources=dict(cited),
    )
    _check(name, product)
    return product


def _line(file: str, mapping: Mapping[str, object], key: str) -> str:
    value = mapping.get(key)
    if not isinstance(value, str) or not value.strip():
        raise ParameterError(f"{file} must begin with a {key}, a text in quotes.")
    return value


def _sources(file: str, table: object) -> Mapping[str, Source]:
    if table is None:
        return {}
    if not isinstance(table, Mapping):
        raise ParameterError(f"{file}, [sources] must be a table, not {table!r}.")
    levels = {level.value: level for level in Confidence}
    found: dict[str, Source] = {}
    for short, entry in table.items():
        where = f"{file}, [sources] {short}"
        if not isinstance(entry, Mapping) or set(entry) != {"title", "confidence"}:
            raise ParameterError(f"{where} must have a title and a confidence, and nothing else.")
        title, confidence = entry["title"], entry["confidence"]
        if not isinstance(title, str) or not title.strip():
            raise ParameterError(f"{where} must have a title that a reader can look for.")
        if confidence not in levels:
            raise ParameterError(f"{where} has no confidence {confidence!r}; {hint(str(confidence), levels)}")
        found[short] = Source(title, levels[confidence])
    return found


def _cells(pack: Section, *, required: bool) -> int | None:
    if required:
        return pack.required_whole("cells_in_series", 1, 32)
    return pack.whole("cells_in_series", 1, 32)


def _lamps(panel: Section) -> Lamps:
    chosen = panel.text("lamps")
    if chosen is None:
        return Lamps.AS_PRINTED
    if chosen not in list(Lamps):
        raise ParameterError(f"{panel.where} has no lamps {chosen!r}; {hint(chosen, list(Lamps))}")
    return Lamps(chosen)


def _address_switch(rack: Section) -> AddressSwitch | None:
    written = rack.rows("address_switch")
    if written is None:
        return None
    rows = tuple(_switch_row(rack.where, row) for row in written)
    addresses = [row.address for row in rows]
    for address in addresses:
        if addresses.count(address) > 1:
            raise ParameterError(f"{rack.where} address_switch has address {address} twice.")
    for row in rows:
        if len(row.positions) != len(rows[0].positions):
            raise ParameterError(
                f"{rack.where} address_switch has {len(rows[0].positions)} switches for address {addresses[0]} "
                f"but {len(row.positions)} for address {row.address}."
            )
    return AddressSwitch(rows)


def _switch_row(where: str, row: list[object]) -> SwitchRow:
    match row:
        case [int(address), str(picture), str(role)] if not isinstance(address, bool) and address >= 0:
            words = picture.split()
            if not words or not set(words) <= {"ON", "OFF"}:
                raise ParameterError(f"{where} address_switch {address} must be ON and OFF, not {picture!r}.")
            if role not in list(Role):
                raise ParameterError(f"{where} address_switch {address} has no role {role!r}; {hint(role, list(Role))}")
            return SwitchRow(address, tuple(word == "ON" for word in words), Role(role))
        case _:
            raise ParameterError(
                f'{where} address_switch has the row {row!r}; write rows as [1, "ON OFF OFF OFF", "master"].'
            )


def _check(file: str, product: Product) -> None:
    rising = [
        (key, value)
        for key in ("discharge_end_voltage_v", "float_voltage_v", "charge_voltage_v")
        if (value := getattr(product, key)) is not None
    ]
    for (lower, low), (upper, high) in pairwise(rising):
        if low > high:
            raise ParameterError(f"{file}, [charging]: {lower} ({low:g} V) is above {upper} ({high:g} V).")
    peak, steady = product.discharge_peak_max_a, product.discharge_current_max_a
    if peak is not None and steady is not None and peak < steady:
        raise ParameterError(
            f"{file}, [maxima]: discharge_peak_max_a ({peak:g} A) is below discharge_current_max_a ({steady:g} A)."
        )
