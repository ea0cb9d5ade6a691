"""The battery products at hand: those that come with OpenRESS, and files of one's own."""

from __future__ import annotations

import tomllib
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from openress.errors import ParameterError
from openress.names import hint
from openress.params import ParameterSet
from openress.products import Product, product_from_mapping

__all__ = ["load_product", "product_names"]

SUFFIX = ".toml"


def product_names() -> tuple[str, ...]:
    """Name the products that come with OpenRESS, sorted."""
    return tuple(sorted(file.name.removesuffix(SUFFIX) for file in _data().iterdir() if file.name.endswith(SUFFIX)))


def load_product(name: str | Path) -> Product:
    """Load a product by its name, or from a file of one's own (a path, or any name that ends in `.toml`).

    What is loaded has been checked as a whole: its facts, its parameters with their ranges, rules and hard
    limits, and its charge voltage against its own over-voltage alarm.

    Raises:
        ParameterError: there is no such product or file, or its content cannot be used.
    """
    if isinstance(name, Path) or name.endswith(SUFFIX):
        return _load(Path(name), str(name))
    if name not in product_names():
        raise ParameterError(f"There is no battery product {name}; {hint(name, product_names())}")
    return _load(_data() / f"{name}{SUFFIX}", f"{name}{SUFFIX}")


def _data() -> Traversable:
    return files("openress.products") / "data"


def _load(file: Traversable, shown: str) -> Product:
    try:
        content = tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise ParameterError(f"The product file {shown} cannot be read: {error.strerror or error}.") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ParameterError(f"The product file {shown} is not in TOML: {error}.") from error
    product = product_from_mapping(content, name=shown)
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
