"""What the estimator believes of a cell: its curves and resistances, how far they may be wrong, and who measured them.

Resistances are written times capacity (ohm Ah), so that one row serves a cell of any size of the same design: a cell
of 100 Ah has a hundredth of the figure. Over temperature everything follows Arrhenius' law from 25 C.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from typing import Any

from openress.bms.estimator.curve import Points, check_points
from openress.errors import ParameterError

__all__ = ["CellProfile", "Doubt", "profile_from_dict"]


@dataclass(frozen=True, slots=True)
class Doubt:
    """How far a profile, a sensor and a count may be wrong; sets how quickly the filter believes the voltage.

    Args:
        table_v: standard deviation of the open-circuit table and the model, lasting.
        table_soc: how far the curve may lie elsewhere along state of charge, as a fraction; counts where it is steep.
        table_travel: charge moved, as a fraction of capacity, after which the table's error is another.
        table_drift_s: time after which it is another even at rest.
        reading_v: of a reading at rest, passing: noise, quantisation, sensors that are not read at once.
        alike_s: time over which passing errors are alike; readings closer together are worth less each.
        resistance: relative, of all resistances.
        hysteresis_var: variance of the hysteresis state once charge has moved.
        count_var: variance of the state of charge per full capacity moved: capacity, gain, efficiency.
        offset_c_rate: of the current sensor, as a fraction of capacity per hour.
        offset_drift_s: time after which the offset is another.
        start_c_rate: current that may have flowed before a start or in a gap.
        settle_s: time in which the cell forgets it; longer than the pairs, as diffusion goes on behind them.
    """

    table_v: float = 0.007
    table_soc: float = 0.010
    table_travel: float = 0.03
    table_drift_s: float = 86400.0
    reading_v: float = 0.003
    alike_s: float = 60.0
    resistance: float = 0.3
    hysteresis_var: float = 0.05
    count_var: float = 0.003
    offset_c_rate: float = 0.010
    offset_drift_s: float = 10 * 86400.0
    start_c_rate: float = 0.5
    settle_s: float = 900.0


@dataclass(frozen=True, slots=True)
class CellProfile:
    """One design of cell.

    Args:
        name: of the profile.
        source: who measured it.
        ocv_v: open-circuit voltage half way between the charge and the discharge branch, over state of charge.
        hysteresis_v: half the distance of the branches at 25 C, over state of charge.
        hysteresis_rate: e-folds of the hysteresis per full capacity moved.
        r0_ohm_ah: resistance that shows within a second, at 25 C.
        r1_ohm_ah: of the fast RC pair.
        tau1_s: its time constant.
        r2_ohm_ah: of the slow RC pair.
        tau2_s: its time constant.
        r0_kelvin: activation temperature (energy over gas constant) of R0.
        rc_kelvin: of R1 and R2.
        hysteresis_kelvin: of the hysteresis.
        doubt: how far all this may be wrong.
    """

    name: str
    source: str
    ocv_v: Points
    hysteresis_v: Points
    hysteresis_rate: float
    r0_ohm_ah: float
    r1_ohm_ah: float
    tau1_s: float
    r2_ohm_ah: float
    tau2_s: float
    r0_kelvin: float
    rc_kelvin: float
    hysteresis_kelvin: float
    doubt: Doubt = Doubt()

    def __post_init__(self) -> None:
        check_points(f"ocv_v of profile {self.name!r}", self.ocv_v)
        check_points(f"hysteresis_v of profile {self.name!r}", self.hysteresis_v)
        for name in ("hysteresis_rate", "r0_ohm_ah", "r1_ohm_ah", "tau1_s", "r2_ohm_ah", "tau2_s"):
            if not 0 < getattr(self, name) < float("inf"):
                raise ParameterError(f"{name} of profile {self.name!r} is {getattr(self, name)}; give more than 0")
        if any(after <= before for (_, before), (_, after) in zip(self.ocv_v, self.ocv_v[1:], strict=False)):
            raise ParameterError(f"ocv_v of profile {self.name!r} does not rise everywhere; no filter can read it")

    def to_dict(self) -> dict[str, Any]:
        """Plain values, for a file."""
        return asdict(self)

    def with_doubt(self, **changes: float) -> CellProfile:
        """The same cell, believed more or less."""
        return replace(self, doubt=replace(self.doubt, **changes))


def profile_from_dict(found: Mapping[str, Any]) -> CellProfile:
    """The inverse of `CellProfile.to_dict`.

    Raises:
        ParameterError: a key is missing, unknown or no number.
    """
    values = dict(found)
    known = {field.name for field in fields(CellProfile)}
    if strange := sorted(set(values) - known):
        raise ParameterError(f"the cell profile has unknown keys {', '.join(strange)}; remove them")
    if missing := sorted(known - set(values) - {"doubt"}):
        raise ParameterError(f"the cell profile lacks {', '.join(missing)}; add them")
    try:
        for key in ("ocv_v", "hysteresis_v"):
            values[key] = tuple((float(soc), float(value)) for soc, value in values[key])
        for key in known - {"name", "source", "ocv_v", "hysteresis_v", "doubt"}:
            values[key] = float(values[key])
        values["doubt"] = Doubt(**{key: float(value) for key, value in values.get("doubt", {}).items()})
    except (TypeError, ValueError) as error:
        raise ParameterError(f"the cell profile cannot be read: {error}") from error
    return CellProfile(**values)
