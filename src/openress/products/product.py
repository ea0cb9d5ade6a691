"""A battery product: the facts of its data sheet that the software works with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from openress.model import Source
from openress.products.switch import AddressSwitch

__all__ = ["Lamps", "Product"]


class Lamps(StrEnum):
    """How the front panel shows a pack that protects itself while charging."""

    AS_PRINTED = "as-printed"
    """All lamps dark, as the A5L guide prints it."""
    ALM_ON_FAULT = "alm-on-fault"
    """ALM lit, as sibling products do, so that the pack does not look dead."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Product:
    """One product as its file describes it; what nobody has published is `None`.

    Attributes:
        key: name in commands and configurations; for our own files the file's name.
        title: the product as a person calls it.
        maker: company on the label.
        chemistry: of the cells.
        cells_in_series: n of all voltages that scale.
        capacity_ah: rated capacity of one pack.
        nominal_voltage_v: as printed on the label.
        temperature_sensors: sensors between the cells; MOS and environment sensors are not counted.
        mounting: ways it may be mounted.
        front_panel: what is found on the front.
        lamps: lamp table of the front panel.
        charge_voltage_v: end of the constant-current stage ("equalized charging" of the A5L guide).
        float_voltage_v: held after a full charge.
        charge_rate_c: recommended charge current, in multiples of the capacity per hour.
        discharge_end_voltage_v: where discharging should end.
        equalise_every_days: interval of the equalisation it asks for; `None` for none.
        equalise_minutes: length of one.
        equalise_voltage_v: its voltage; `None` where the operator must enter it.
        charge_current_max_a: published maximum of one pack.
        discharge_current_max_a: published maximum of one pack.
        discharge_peak_max_a: published short-time maximum of one pack.
        operating_max_c: hottest it may be in use.
        storage_min_c: coldest it may be stored.
        storage_max_c: hottest it may be stored.
        shipping_soc_pct: state of charge when it leaves the factory.
        dormancy_after_h: hours without charge, discharge and communication after which it sleeps.
        history_records: events it keeps.
        pack_limit: packs in one rack.
        address_switch: its ADD switch.
        parameters: defaults that differ from the parameter table, by key.
        sources: where each fact comes from, by field name.
    """

    key: str
    title: str
    maker: str
    chemistry: str
    cells_in_series: int
    capacity_ah: float | None = None
    nominal_voltage_v: float | None = None
    temperature_sensors: int | None = None
    mounting: tuple[str, ...] | None = None
    front_panel: tuple[str, ...] | None = None
    lamps: Lamps = Lamps.AS_PRINTED
    charge_voltage_v: float | None = None
    float_voltage_v: float | None = None
    charge_rate_c: float | None = None
    discharge_end_voltage_v: float | None = None
    equalise_every_days: float | None = None
    equalise_minutes: float | None = None
    equalise_voltage_v: float | None = None
    charge_current_max_a: float | None = None
    discharge_current_max_a: float | None = None
    discharge_peak_max_a: float | None = None
    operating_max_c: float | None = None
    storage_min_c: float | None = None
    storage_max_c: float | None = None
    shipping_soc_pct: float | None = None
    dormancy_after_h: float | None = None
    history_records: int | None = None
    pack_limit: int | None = None
    address_switch: AddressSwitch | None = None
    parameters: Mapping[str, float] = field(default_factory=dict)
    sources: Mapping[str, Source] = field(default_factory=dict)

    @property
    def charge_current_a(self) -> float | None:
        """Recommended charge current of one pack, never above its published maximum."""
        if self.charge_rate_c is None or self.capacity_ah is None:
            return None
        recommended = self.charge_rate_c * self.capacity_ah
        return recommended if self.charge_current_max_a is None else min(recommended, self.charge_current_max_a)
