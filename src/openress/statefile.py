"""A battery written down in a JSON file: what `openress serve --state` answers with.

The file is read again when it changes, so that a person can edit a battery while it is being read. What the file leaves
out follows from the product and from what is there; the rules stand in `complete`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

from openress.bms.aggregate import aggregate
from openress.catalog import load_product
from openress.errors import ParameterError
from openress.model import Analog, Identity, Limits, PackSample, RackSample, Status, Switches
from openress.model.condition import BLOCKS_CHARGE, BLOCKS_DISCHARGE
from openress.model.fromflat import check_key, pack_from_json
from openress.products import Product

__all__ = ["RACK_KEYS", "StateFile", "complete"]

RACK_KEYS = ("packs", "link", "dialect")
"""Keys beside a rack's own values, which follow from its packs and are accepted without being used."""

_BY_CELLS = {15: "syscom-a5l-48v", 16: "syscom-a5l-51v2"}
_NEEDED = ("cell_voltages_mv", "pack_current_a", "temperatures_c")


class StateFile:
    """The rack that a file describes; as fresh as its file is readable.

    Args:
        path: a JSON object with `packs`, a list of packs, or one pack alone.
        packs: how many packs are wanted; one pack in the file is repeated, of several the first are taken.
        product: supplies what the file leaves out; found by the number of cells when `None`.

    Raises:
        ParameterError: the file cannot be read or used; the message says where.
    """

    def __init__(self, path: Path, *, packs: int | None, product: Product | None) -> None:
        self.path = path
        self._wanted = packs
        self._product = product
        self._stamp = self._modified()
        self._packs, self.product = self._load()
        self._sound = True
        self._good_s = float("-inf")

    def _modified(self) -> tuple[int, int]:
        try:
            stat = self.path.stat()
        except OSError as error:
            raise ParameterError(f"The state file {self.path} cannot be read: {error.strerror}.") from error
        return stat.st_mtime_ns, stat.st_size

    def refresh(self, now_s: float) -> None:
        """Look at the file; while it is there and sound, its values hold at `now_s`.

        Raises:
            ParameterError: it cannot be used any more. The old values stay, and grow old.
        """
        stamp = self._modified()
        if stamp != self._stamp:
            self._stamp = stamp
            self._sound = False
            self._packs, self.product = self._load()
            self._sound = True
        if self._sound:
            self._good_s = now_s

    def heard(self) -> None:
        """A pack in a file does not sleep."""

    def rack(self) -> RackSample:
        """The rack, measured when the file was last found sound."""
        return aggregate([_at(sample, self._good_s) for sample in self._packs], self._good_s)

    def _load(self) -> tuple[tuple[PackSample, ...], Product]:
        entries = self._entries()
        cells = len(entries[0].get("cell_voltages_mv") or ())
        product = self._product or load_product(_BY_CELLS.get(cells, _BY_CELLS[16]))
        samples = []
        for index, entry in enumerate(entries):
            where = f"{self.path}: packs[{index}]"
            number = entry.get("pack", index + 1)
            if isinstance(number, bool) or not isinstance(number, int) or number < 0:
                raise ParameterError(f"{where}.pack is {number!r}: a pack number, 1 = master, is needed.")
            samples.append(complete(pack_from_json(entry, number, 0.0, where=where), product, where=where))
        numbers = [sample.pack for sample in samples]
        for number in numbers:
            if numbers.count(number) > 1:
                raise ParameterError(f"{self.path}: two packs have the number {number}.")
        return tuple(samples), product

    def _entries(self) -> list[Mapping[str, Any]]:
        try:
            content = json.loads(self.path.read_text(encoding="utf-8"))
        except OSError as error:
            raise ParameterError(f"The state file {self.path} cannot be read: {error.strerror}.") from error
        except json.JSONDecodeError as error:
            raise ParameterError(
                f"{self.path} is no JSON: {error.msg} in line {error.lineno}, column {error.colno}."
            ) from error
        except UnicodeDecodeError as error:
            raise ParameterError(f"{self.path} is no text in UTF-8.") from error
        return self._counted(_packs_of(content, str(self.path)))

    def _counted(self, entries: list[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
        if self._wanted is None:
            return entries
        if len(entries) == 1:
            alone = {key: value for key, value in entries[0].items() if key not in ("pack", "serial")}
            return [*entries, *([alone] * (self._wanted - 1))]
        if len(entries) < self._wanted:
            raise ParameterError(
                f"{self.path} has {len(entries)} packs, {self._wanted} are wanted; add packs or lower --packs."
            )
        return entries[: self._wanted]


def _packs_of(content: Any, where: str) -> list[Mapping[str, Any]]:
    if isinstance(content, dict) and "cell_voltages_mv" in content and "packs" not in content:
        return [content]
    if isinstance(content, dict):
        for name in content:
            if name not in _RACK_VALUES:
                check_key(name, RACK_KEYS, where)
        content = content.get("packs")
    if not isinstance(content, list) or not content or not all(isinstance(entry, dict) for entry in content):
        raise ParameterError(f'{where} describes no battery: write {{"packs": [{{...}}, ...]}}.')
    return content


_RACK_VALUES = frozenset(item.name for group in (Analog, Status, Limits) for item in fields(group)) | {
    "modules",
    "cell_voltage_min_mv",
    "cell_voltage_max_mv",
    "temperature_min_c",
    "temperature_max_c",
}
"""What `openress read --json` tells of a whole rack: follows from the packs."""


def complete(sample: PackSample, product: Product, *, where: str) -> PackSample:
    """Fill in what a person need not write.

    - `pack_voltage_v`: sum of the cells. `full_ah`, `design_ah`: the product's capacity.
    - `remaining_ah` from `soc_pct`, and the other way round. `cycles` 0, `soh_pct` 100: a new pack.
    - Limits: the product's charge voltage and current, and its published discharge maximum; 0 in a direction that
      a protection or a fault blocks.
    - Alarm lists that are not there are empty: a battery always says whether something is wrong.
    - Switches: closed, but for what a protection or a fault opens.

    Raises:
        ParameterError: a value is missing that nothing else tells.
    """
    analog = sample.analog or Analog(0.0)
    for name in _NEEDED:
        if getattr(analog, name) is None:
            raise ParameterError(f"{where} needs {name}.")
    if analog.soc_pct is None and analog.remaining_ah is None:
        raise ParameterError(f"{where} needs soc_pct or remaining_ah.")
    cells = analog.cell_voltages_mv or ()
    if product.cells_in_series != len(cells):
        raise ParameterError(
            f"{where} has {len(cells)} cells, {product.key} has {product.cells_in_series}; name another product "
            "with --product."
        )
    status = _status(sample.status or Status(0.0))
    return replace(
        sample,
        analog=_analog(analog, cells, product),
        status=status,
        limits=_limits(sample.limits or Limits(0.0), status, product),
        identity=_identity(sample, product),
    )


def _analog(analog: Analog, cells: Sequence[int], product: Product) -> Analog:
    full = analog.full_ah if analog.full_ah is not None else product.capacity_ah
    remaining, soc = analog.remaining_ah, analog.soc_pct
    if remaining is None and soc is not None and full is not None:
        remaining = round(soc * full / 100.0, 3)
    if soc is None and remaining is not None and full:
        soc = 100.0 * remaining / full
    return replace(
        analog,
        pack_voltage_v=sum(cells) / 1000.0 if analog.pack_voltage_v is None else analog.pack_voltage_v,
        remaining_ah=remaining,
        full_ah=full,
        soc_pct=soc,
        design_ah=product.capacity_ah if analog.design_ah is None else analog.design_ah,
        soh_pct=100.0 if analog.soh_pct is None else analog.soh_pct,
        cycles=0 if analog.cycles is None else analog.cycles,
    )


def _status(status: Status) -> Status:
    protections, faults = status.protections or frozenset(), status.faults or frozenset()
    closed = Switches(
        charge=not faults and protections.isdisjoint(BLOCKS_CHARGE),
        discharge=not faults and protections.isdisjoint(BLOCKS_DISCHARGE),
    )
    given = status.switches or Switches()
    return replace(
        status,
        alarms=status.alarms or frozenset(),
        protections=protections,
        faults=faults,
        switches=replace(
            given,
            charge=closed.charge if given.charge is None else given.charge,
            discharge=closed.discharge if given.discharge is None else given.discharge,
        ),
    )


def _limits(given: Limits, status: Status, product: Product) -> Limits:
    protections = status.protections or frozenset()
    charge = not status.faults and protections.isdisjoint(BLOCKS_CHARGE)
    discharge = not status.faults and protections.isdisjoint(BLOCKS_DISCHARGE)
    charge_a = product.charge_current_a if charge else 0.0
    discharge_a = product.discharge_current_max_a if discharge else 0.0
    return Limits(
        given.at_s,
        charge_voltage_limit_v=_or(given.charge_voltage_limit_v, product.charge_voltage_v),
        charge_current_limit_a=_or(given.charge_current_limit_a, charge_a),
        discharge_current_limit_a=_or(given.discharge_current_limit_a, discharge_a),
        discharge_voltage_limit_v=_or(given.discharge_voltage_limit_v, product.discharge_end_voltage_v),
        charge_enabled=charge if given.charge_enabled is None else given.charge_enabled,
        discharge_enabled=discharge if given.discharge_enabled is None else given.discharge_enabled,
        charge_immediately=bool(given.charge_immediately),
        full_charge_request=bool(given.full_charge_request),
    )


def _or(value: float | None, other: float | None) -> float | None:
    return other if value is None else value


def _identity(sample: PackSample, product: Product) -> Identity:
    given = sample.identity or Identity(0.0)
    return replace(
        given,
        serial=given.serial or f"VIRTUAL-{sample.pack:04}",
        manufacturer=given.manufacturer or product.maker,
        model=given.model or product.key.upper()[:10],
    )


def _at(sample: PackSample, at_s: float) -> PackSample:
    """The same pack, measured at `at_s`."""
    return replace(
        sample,
        analog=None if sample.analog is None else replace(sample.analog, at_s=at_s),
        status=None if sample.status is None else replace(sample.status, at_s=at_s),
        limits=None if sample.limits is None else replace(sample.limits, at_s=at_s),
        identity=None if sample.identity is None else replace(sample.identity, at_s=at_s),
    )
