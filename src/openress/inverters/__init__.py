"""The inverters that a battery can be connected to: what is known of each, and what each is told when data stop."""

from openress.inverters.failsafe import ChargeStop, DischargeStop, FailSafe, Phase, Stage
from openress.inverters.inverter import Answer, Evidence, Fact, Inverter, Setting, Speech, Topic
from openress.inverters.reading import inverter_from_mapping

__all__ = [
    "Answer",
    "ChargeStop",
    "DischargeStop",
    "Evidence",
    "Fact",
    "FailSafe",
    "Inverter",
    "Phase",
    "Setting",
    "Speech",
    "Stage",
    "Topic",
    "inverter_from_mapping",
]
