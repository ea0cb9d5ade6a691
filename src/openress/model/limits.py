"""What a pack or a rack allows now: CVL, CCL, DCL and the discharge cut-off."""

from __future__ import annotations

from dataclasses import dataclass

from openress.model.reason import Reason

__all__ = ["Limits"]


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits that a battery asks its inverter to keep, measured or decided at `at_s`.

    Currents are magnitudes: zero or more in both directions. `None` means the battery did not say, never 0.
    """

    at_s: float
    charge_voltage_limit_v: float | None = None
    charge_current_limit_a: float | None = None
    discharge_current_limit_a: float | None = None
    discharge_voltage_limit_v: float | None = None
    charge_enabled: bool | None = None
    discharge_enabled: bool | None = None
    charge_immediately: bool | None = None
    full_charge_request: bool | None = None
    charge_reason: Reason | None = None
    discharge_reason: Reason | None = None
