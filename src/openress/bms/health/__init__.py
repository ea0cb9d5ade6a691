"""State of health: what a pack can still do and what it has been through."""

from __future__ import annotations

from openress.bms.health.capacity import Capacity
from openress.bms.health.counters import SHORTENS_LIFE, Counters, NegativeEvent, count_event
from openress.bms.health.passport import PassportField, Quality, passport
from openress.bms.health.state import Health, health_from_dict, new_health, observe

__all__ = [
    "SHORTENS_LIFE",
    "Capacity",
    "Counters",
    "Health",
    "NegativeEvent",
    "PassportField",
    "Quality",
    "count_event",
    "health_from_dict",
    "new_health",
    "observe",
    "passport",
]
