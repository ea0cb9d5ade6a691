"""From a configuration to a virtual rack: its packs, what they are set to, and what its inverter wants."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from openress.bms.settings import BmsSettings, Memory
from openress.catalog import load_product
from openress.clock import local_now
from openress.config import Config
from openress.errors import ParameterError
from openress.params import ParameterSet
from openress.products import Product
from openress.sections import LoadConfig
from openress.sim.loads import ConstantLoad, Load, SolarHousehold, parse_profile
from openress.sim.pack import PackBuild
from openress.sim.virtual import VirtualRack

__all__ = ["build_load", "build_rack"]


def build_load(wanted: LoadConfig, *, capacity_ah: float, seed: int) -> Load:
    """What the simulated inverter wants.

    Raises:
        ParameterError: a profile is missing, unreadable or no profile.
    """
    if wanted.kind == "household":
        return _FromNow(SolarHousehold(seed=seed, capacity_ah=capacity_ah))
    if wanted.kind == "constant":
        return ConstantLoad(wanted.current_a)
    if wanted.file is None:
        raise ParameterError('[load] kind = "profile" needs file = "PROFILE.csv".')
    try:
        lines = Path(wanted.file).read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise ParameterError(f"The profile {wanted.file} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise ParameterError(f"The profile {wanted.file} is no text in UTF-8.") from error
    try:
        return parse_profile(lines, capacity_ah=capacity_ah, repeats=True)
    except ParameterError as error:
        raise ParameterError(f"The profile {wanted.file} cannot be used: {error}.") from error


class _FromNow:
    """A household whose day began at the last local midnight."""

    def __init__(self, load: Load) -> None:
        self._load = load
        now = local_now()
        self._ahead_s = 3600.0 * now.hour + 60.0 * now.minute + now.second

    def current_at(self, now_s: float) -> float:
        """Wanted current."""
        return self._load.current_at(now_s + self._ahead_s)


def build_rack(
    config: Config,
    product: Product | None = None,
    memories: Mapping[int, Memory] = MappingProxyType({}),
    settings: Mapping[int, ParameterSet] = MappingProxyType({}),
) -> VirtualRack:
    """The virtual rack that a configuration describes; packs that remember something go on from there.

    Raises:
        ParameterError: an unknown product, too many packs, a parameter or profile that cannot be used.
    """
    wanted = config.rack
    product = product or load_product(wanted.product)
    values = ParameterSet.defaults(product)
    if config.parameters:
        values = values.with_values(config.parameters)
    if product.pack_limit is not None and wanted.packs > product.pack_limit:
        raise ParameterError(f"{wanted.packs} packs: a rack of {product.key} has at most {product.pack_limit} packs.")
    capacity = product.capacity_ah or 100.0
    builds = [
        PackBuild(
            cells=product.cells_in_series,
            capacity_ah=capacity,
            initial_soc_pct=(
                memories[number + 1].charge.soc_pct
                if number + 1 in memories
                else wanted.soc_pct[min(number, len(wanted.soc_pct) - 1)]
            ),
        )
        for number in range(wanted.packs)
    ]
    load = build_load(config.load, capacity_ah=capacity * wanted.packs, seed=wanted.seed)
    chosen = BmsSettings(equalise_voltage_v=wanted.equalise_voltage_v)
    return VirtualRack(
        product, values, builds, load=load, seed=wanted.seed, settings=chosen, memories=memories, own_values=settings
    )
