"""What the tests of a hand-over hand over."""

from __future__ import annotations

from openress.gateway.handover import HandOver
from openress.model import Limits

LIMITS = Limits(
    40.0,
    charge_voltage_limit_v=56.0,
    charge_current_limit_a=80.0,
    discharge_current_limit_a=90.0,
    discharge_voltage_limit_v=48.0,
    charge_enabled=True,
    discharge_enabled=True,
)
FOUND = HandOver(41.0, 40.0, 10.0, LIMITS, (1, 2))
