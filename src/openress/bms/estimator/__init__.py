"""State of charge of a pack of LiFePO4 cells: what is known, how sure that is, and what to show."""

from __future__ import annotations

from openress.bms.estimator.anchor import Anchor
from openress.bms.estimator.model import PackModel
from openress.bms.estimator.profile import CellProfile, Doubt, profile_from_dict
from openress.bms.estimator.state import PackEstimate, estimate_from_dict, start
from openress.bms.estimator.step import LONGEST_STEP_S, Measurement, measurement_of, step
from openress.bms.estimator.tables import LFP

__all__ = [
    "LFP",
    "LONGEST_STEP_S",
    "Anchor",
    "CellProfile",
    "Doubt",
    "Measurement",
    "PackEstimate",
    "PackModel",
    "estimate_from_dict",
    "measurement_of",
    "profile_from_dict",
    "start",
    "step",
]
