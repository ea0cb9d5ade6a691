"""A battery product: the facts of its data sheet that the software works with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from openress.errors import ParameterError
from openress.model import Source
from openress.products.port import Port, PortUse
from openress.products.switch import AddressSwitch

__all__ = ["Lamps", "Loop", "Product", "Recharge", "Setting"]


class Lamps(StrEnum):
    """How the front panel shows a pack that protects itself while charging."""

    AS_PRINTED = "as-printed"
    """All lamps dark, as the A5L guide prints it."""
    ALM_ON_FAULT = "alm-on-fault"
    """ALM lit, as sibling products do, so that the pack does not look dead."""


class Loop(StrEnum):
    """Whether battery and inverter talk to each other."""

    OPEN = "open"
    """They do not: a person sets the inverter."""
    CLOSED = "closed"
    """They do: the battery tells the inverter its limits."""
    EITHER = "either"


@dataclass(frozen=True, slots=True)
class Setting:
    """One field of an inverter's menu, as the maker of the battery or the inverter prints it; no value is unknown."""

    inverter: str
    loop: Loop
    name: str
    value: str | None


@dataclass(frozen=True, slots=True)
class Recharge:
    """Storage up to so warm asks for a recharge after so many months."""

    up_to_c: float
    months: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Product:
    """One product as its file describes it; what nobody has published is `None`.

    Attributes:
        key: name in commands and configurations; for our own files the file's name.
        title: the product as a person calls it.
        maker: company on the label.
        chemistry: of the cells.
        cells: cells in series; `cells_in_series` gives the n of all voltages that scale.
        planning_only: its protection thresholds are not published, so that it can be planned, wired and looked up,
            but no battery management can run with it.
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
        idle_current_a: a current up to this does not count as charge or discharge.
        history_records: events it keeps.
        pack_limit: packs in one rack.
        address_switch: its ADD switch.
        switch_positions: how many switches there are, where their table is not published.
        switch_scheme: what the maker calls the way they count.
        address_wait_s: pause with the breaker off after which the switches are read again.
        links_alternate: links go from one kind of socket to the other, down the string.
        ports: its sockets.
        straight_cable_for: inverters to which the maker takes a straight cable.
        positive_terminals: on one pack, joined inside.
        negative_terminals: on one pack, joined inside.
        busbar_max_a: what the joint inside may carry.
        terminal_torque_max_nm: for the screws of the terminals.
        weight_bearing: whether packs may stand on each other.
        humidity_min_pct: driest air it may be stored in.
        humidity_max_pct: dampest air it may be stored in, without dew.
        recharge: how often to charge it in storage, coolest row first.
        transport: what its transport asks for.
        certifications: as printed.
        settings: fields of inverters' menus.
        switch_on: how it is switched on, in order.
        notes: what its sources say besides.
        parameters: defaults that differ from the parameter table, by key.
        sources: where each fact comes from, by its name in the file.
    """

    key: str
    title: str
    maker: str
    chemistry: str | None = None
    cells: int | None = None
    planning_only: bool = False
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
    idle_current_a: float | None = None
    history_records: int | None = None
    pack_limit: int | None = None
    address_switch: AddressSwitch | None = None
    switch_positions: int | None = None
    switch_scheme: str | None = None
    address_wait_s: float | None = None
    links_alternate: bool | None = None
    ports: tuple[Port, ...] | None = None
    straight_cable_for: tuple[str, ...] | None = None
    positive_terminals: int | None = None
    negative_terminals: int | None = None
    busbar_max_a: float | None = None
    terminal_torque_max_nm: float | None = None
    weight_bearing: bool | None = None
    humidity_min_pct: float | None = None
    humidity_max_pct: float | None = None
    recharge: tuple[Recharge, ...] | None = None
    transport: tuple[str, ...] | None = None
    certifications: tuple[str, ...] | None = None
    settings: tuple[Setting, ...] | None = None
    switch_on: tuple[str, ...] | None = None
    notes: tuple[str, ...] | None = None
    parameters: Mapping[str, float] = field(default_factory=dict)
    sources: Mapping[str, Source] = field(default_factory=dict)

    @property
    def cells_in_series(self) -> int:
        """The n of all voltages that scale.

        Raises:
            ParameterError: nobody has published it.
        """
        if self.cells is None:
            raise ParameterError(f"{self.title}: how many cells are in series is not published.")
        return self.cells

    def port(self, *uses: PortUse) -> Port | None:
        """Find the first socket with one of these uses."""
        return next((port for port in self.ports or () if port.use in uses), None)

    @property
    def charge_current_a(self) -> float | None:
        """Recommended charge current of one pack, never above its published maximum."""
        if self.charge_rate_c is None or self.capacity_ah is None:
            return None
        recommended = self.charge_rate_c * self.capacity_ah
        return recommended if self.charge_current_max_a is None else min(recommended, self.charge_current_max_a)
