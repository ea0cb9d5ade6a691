"""The battery products at hand: those that come with OpenRESS, and files of one's own."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

from openress.errors import ParameterError
from openress.finite import check_finite
from openress.names import hint
from openress.params import ParameterSet
from openress.products import Product, product_from_mapping

__all__ = ["battery_names", "load_battery", "load_product", "product_names"]

SUFFIX = ".toml"
VARIANTS = "variants"
"""Section of a file of ours: what differs between versions of a product that share the rest."""


def product_names() -> tuple[str, ...]:
    """Name the products that come with OpenRESS and have a published protection of their cells, sorted."""
    return tuple(name for name in battery_names() if not _content(name).get("planning_only", False))


@cache
def battery_names() -> tuple[str, ...]:
    """Name all products that come with OpenRESS, also those that can only be planned and wired, sorted."""
    names: list[str] = []
    for file in _data().iterdir():
        if file.name.endswith(SUFFIX):
            stem = file.name.removesuffix(SUFFIX)
            variants = _read(file, file.name).get(VARIANTS)
            names += [f"{stem}-{variant}" for variant in variants] if isinstance(variants, dict) else [stem]
    return tuple(sorted(names))


def load_product(name: str | Path) -> Product:
    """Load a product by its name, or from a file of one's own (a path, or any name that ends in `.toml`).

    What is loaded has been checked as a whole: its facts, its parameters with their ranges, rules and hard
    limits, and its charge voltage against its own over-voltage alarm.

    Raises:
        ParameterError: there is no such product or file, its content cannot be used, or nobody has published how
            it protects its cells.
    """
    if not _is_file(name) and str(name) not in battery_names():
        raise ParameterError(f"There is no battery product {name}; {hint(str(name), product_names())}")
    product = load_battery(name)
    if product.planning_only:
        raise ParameterError(
            f"{product.title}: its protection thresholds are not published, so it can be planned, wired and looked up "
            f"but not simulated, served or managed; take one of {', '.join(product_names())}, or a file of your own."
        )
    return product


def load_battery(name: str | Path) -> Product:
    """Load a product for planning, wiring and looking up: as `load_product`, but its thresholds may be unknown.

    Raises:
        ParameterError: there is no such product or file, or its content cannot be used.
    """
    if _is_file(name):
        return _product(_read(Path(name), str(name)), str(name))
    name, names = str(name), battery_names()
    if name not in names:
        variants = [known for known in names if known.startswith(f"{name}-")]
        if len(variants) == 1:
            raise ParameterError(f"{name} is no battery product by itself; name {variants[0]}.")
        if variants:
            raise ParameterError(f"{name} comes in several variants; name one of {', '.join(variants)}.")
        raise ParameterError(f"There is no battery product {name}; {hint(name, names)}")
    return _product(_content(name), f"{name}{SUFFIX}")


def _is_file(name: str | Path) -> bool:
    return isinstance(name, Path) or name.endswith(SUFFIX)


def _data() -> Traversable:
    return files("openress.products") / "data"


def _content(name: str) -> dict[str, Any]:
    """Content of the file of one of our products, with what its variant says instead."""
    data = _data()
    if (file := data / f"{name}{SUFFIX}").is_file():
        return _read(file, file.name)
    stem, _, variant = name.rpartition("-")
    while not (file := data / f"{stem}{SUFFIX}").is_file():
        stem, _, more = stem.rpartition("-")
        variant = f"{more}-{variant}"
    content = _read(file, file.name)
    chosen = content.pop(VARIANTS)[variant]
    return {**content, **_overlaid(content, chosen), "key": name}


def _overlaid(content: Mapping[str, Any], chosen: Mapping[str, Any]) -> dict[str, Any]:
    return {
        key: {**content.get(key, {}), **value} if isinstance(value, dict) else value for key, value in chosen.items()
    }


def _read(file: Traversable, shown: str) -> dict[str, Any]:
    try:
        content = tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise ParameterError(f"The product file {shown} cannot be read: {error.strerror or error}.") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ParameterError(f"The product file {shown} is not in TOML: {error}.") from error
    check_finite(content, name=f"The product file {shown}")
    return content


def _product(content: Mapping[str, object], shown: str) -> Product:
    product = product_from_mapping(content, name=shown)
    if not product.planning_only:
        _check(product, shown)
    return product


def _check(product: Product, shown: str) -> None:
    try:
        values = ParameterSet.defaults(product)
    except ParameterError as error:
        raise ParameterError(f"{shown}, [parameters]: {error}") from error
    charge_v, alarm_v = product.charge_voltage_v, values["pack_ov_alarm_v"]
    if charge_v is not None and charge_v > alarm_v:
        raise ParameterError(
            f"{shown}, [charging] charge_voltage_v must be at most the over-voltage alarm of {alarm_v:g} V, "
            f"not {charge_v:g} V."
        )
    end_v, protect_v = product.discharge_end_voltage_v, values["pack_uv_protect_v"]
    if end_v is not None and end_v < protect_v:
        raise ParameterError(
            f"{shown}, [charging] discharge_end_voltage_v must be at least the under-voltage protection of "
            f"{protect_v:g} V, not {end_v:g} V."
        )
