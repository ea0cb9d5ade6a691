"""The values everyone speaks: packs, racks, limits and what can be wrong, with units in their names."""

from openress.model.condition import BLOCKS_CHARGE, BLOCKS_DISCHARGE, Condition, Fault, Notice, PackState
from openress.model.evidence import Confidence, Source
from openress.model.freshness import FRESH_AT_LEAST_S, FRESH_AT_MOST_S, Freshness, fresh_for, freshness
from openress.model.lamp import Lamp, Lamps
from openress.model.limits import Limits
from openress.model.pack import Analog, Identity, PackSample, Status, Switches
from openress.model.rack import RackSample
from openress.model.reason import LimitRule, Reason

__all__ = [
    "BLOCKS_CHARGE",
    "BLOCKS_DISCHARGE",
    "FRESH_AT_LEAST_S",
    "FRESH_AT_MOST_S",
    "Analog",
    "Condition",
    "Confidence",
    "Fault",
    "Freshness",
    "Identity",
    "Lamp",
    "Lamps",
    "LimitRule",
    "Limits",
    "Notice",
    "PackSample",
    "PackState",
    "RackSample",
    "Reason",
    "Source",
    "Status",
    "Switches",
    "fresh_for",
    "freshness",
]
