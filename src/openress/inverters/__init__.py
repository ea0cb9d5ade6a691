"""The inverters that a battery can be connected to: what is known of each, and what each is told when data stop."""

from openress.inverters.failsafe import ChargeStop, DischargeStop, FailSafe, Phase, Stage

__all__ = ["ChargeStop", "DischargeStop", "FailSafe", "Phase", "Stage"]
