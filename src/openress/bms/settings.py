"""What a BMS starts from: the product's numbers, a person's own caps, and what it remembered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from openress.bms.charge import ChargePlan, ChargeSettings
from openress.bms.counting import Charge
from openress.bms.gauge import Learned
from openress.bms.limits import BELOW_ALARM, LimitSettings
from openress.bms.power import PowerState
from openress.model import Condition
from openress.products import Product

__all__ = ["BmsSettings", "Memory", "charge_of_a_new_pack", "charge_settings", "limit_settings"]

STEER_CELL_MV = 3450.0
STEER_BELOW_ALARM_MV = 50.0
"""The highest cell is steered to 3.45 V (REQ-185), or as far below an alarm that is set lower."""
RECOVERY_C = 0.02
"""A deeply discharged LFP cell is brought back gently, if a person decides to (ours)."""


@dataclass(frozen=True, slots=True)
class BmsSettings:
    """What a person may choose; everything here can only tighten.

    Attributes:
        live: the BMS drives the switches itself, so that it can notice one that does not obey.
        low_voltage_sleep: sleep at low cell voltage (INC-19).
        charge_cap_a: a cap of one's own.
        discharge_cap_a: likewise.
        equalise_voltage_v: where the product leaves it to the operator.
        heater: the pack has one.
    """

    live: bool = True
    low_voltage_sleep: bool = False
    charge_cap_a: float | None = None
    discharge_cap_a: float | None = None
    equalise_voltage_v: float | None = None
    heater: bool = False


@dataclass(frozen=True, slots=True)
class Memory:
    """What a pack keeps over a restart; `protections` are those that hold a switch open."""

    charge: Charge
    plan: ChargePlan = field(default_factory=ChargePlan)
    ahead_ah: tuple[float, ...] = ()
    trips: int = 0
    locked: bool = False
    power: PowerState = PowerState.AWAKE
    protections: frozenset[Condition] = frozenset()
    learned: Learned | None = None


def charge_of_a_new_pack(product: Product, soc_pct: float = 50.0) -> Charge:
    """A pack leaves the factory half full (REQ-009)."""
    full_ah = product.capacity_ah or 100.0
    return Charge(remaining_ah=full_ah * soc_pct / 100.0, full_ah=full_ah)


def limit_settings(product: Product, values: Mapping[str, float], settings: BmsSettings) -> LimitSettings:
    """Where a product's limits start.

    A direction for which the product publishes nothing gets 0 A: what is unknown must be entered, not guessed.
    """
    cells = product.cells_in_series
    charge = product.charge_current_a if product.charge_voltage_v is not None else None
    discharge = product.discharge_current_max_a or 0.0
    capacity = product.capacity_ah or 0.0
    empty_v = max(values["pack_uv_protect_v"], cells * values["cell_uv_protect_mv"] / 1000.0)
    return LimitSettings(
        charge_voltage_v=min(product.charge_voltage_v or 0.0, _most_v(values, cells)),
        discharge_voltage_v=max(product.discharge_end_voltage_v or 0.0, empty_v),
        charge_current_a=min(charge or 0.0, BELOW_ALARM * values["charge_oc_alarm_a"]),
        discharge_current_a=min(discharge, BELOW_ALARM * values["discharge_oc_alarm_a"]),
        cells=cells,
        steer_cell_mv=min(STEER_CELL_MV, values["cell_ov_alarm_mv"] - STEER_BELOW_ALARM_MV),
        recovery_a=RECOVERY_C * capacity,
        charge_cap_a=settings.charge_cap_a,
        discharge_cap_a=settings.discharge_cap_a,
    )


def _most_v(values: Mapping[str, float], cells: int) -> float:
    """Never above an over-voltage alarm, the pack's or that of its cells."""
    return min(values["pack_ov_alarm_v"], cells * values["cell_ov_alarm_mv"] / 1000.0)


def charge_settings(product: Product, values: Mapping[str, float], settings: BmsSettings) -> ChargeSettings:
    """The product's charging stages."""
    return ChargeSettings(
        charge_voltage_v=product.charge_voltage_v or 0.0,
        float_voltage_v=product.float_voltage_v,
        capacity_ah=product.capacity_ah or 0.0,
        most_v=_most_v(values, product.cells_in_series),
        equalise_days=product.equalise_every_days,
        equalise_minutes=product.equalise_minutes or 60.0,
        equalise_voltage_v=settings.equalise_voltage_v or product.equalise_voltage_v,
    )
