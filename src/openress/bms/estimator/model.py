"""A profile made ready for one pack: resistances in ohm, curves spread over equal steps."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import exp

from openress.bms.estimator.bent import Place, places
from openress.bms.estimator.curve import LOW, PER_SOC, spread
from openress.bms.estimator.profile import CellProfile, Doubt
from openress.errors import ParameterError

__all__ = ["Heat", "PackModel"]

_ZERO_C_KELVIN = 273.15
_REFERENCE_KELVIN = 298.15
_COLDEST_C, _HOTTEST_C = -30.0, 70.0


@dataclass(frozen=True, slots=True)
class Heat:
    """What temperature does: factors against 25 C."""

    r0: float
    rc: float
    hysteresis: float


@dataclass(frozen=True, slots=True)
class PackModel:
    """One pack as the estimator believes it; build a new one when capacity or resistance has been learned anew.

    Args:
        profile: design of the cells.
        cells: in series.
        capacity_ah: of a cell, now.
        resistance: of a cell now against the profile's; grows with age.
        capacity_doubt: how far the capacity may be wrong, as a fraction; 0 for what `Doubt.count_var` allows for.

    Raises:
        ParameterError: no cell, no capacity or no resistance.
    """

    profile: CellProfile
    cells: int
    capacity_ah: float
    resistance: float = 1.0
    capacity_doubt: float = 0.0
    ocv_v: tuple[float, ...] = field(init=False, repr=False)
    span_v: tuple[float, ...] = field(init=False, repr=False)
    places: tuple[Place, ...] = field(init=False, repr=False)
    r0_ohm: float = field(init=False)
    r1_ohm: float = field(init=False)
    r2_ohm: float = field(init=False)
    tau1_s: float = field(init=False)
    tau2_s: float = field(init=False)
    hysteresis_rate: float = field(init=False)
    count_var: float = field(init=False)
    offset_sigma_a: float = field(init=False)
    doubt: Doubt = field(init=False)

    def __post_init__(self) -> None:
        if self.cells < 1:
            raise ParameterError(f"a pack of {self.cells} cells cannot be estimated; give at least 1")
        for name in ("capacity_ah", "resistance"):
            if not 0 < getattr(self, name) < float("inf"):
                raise ParameterError(f"{name} {getattr(self, name)} cannot be a pack's; give more than 0")
        if not 0 <= self.capacity_doubt < 1:
            raise ParameterError(f"a doubt of {self.capacity_doubt} about capacity makes no sense; give 0 to 1")
        profile, scale = self.profile, self.resistance / self.capacity_ah
        for name, value in (
            ("ocv_v", spread(profile.ocv_v)),
            ("span_v", spread(profile.hysteresis_v, hold=True)),
            ("r0_ohm", profile.r0_ohm_ah * scale),
            ("r1_ohm", profile.r1_ohm_ah * scale),
            ("r2_ohm", profile.r2_ohm_ah * scale),
            ("tau1_s", profile.tau1_s),
            ("tau2_s", profile.tau2_s),
            ("hysteresis_rate", profile.hysteresis_rate),
            ("doubt", profile.doubt),
            ("count_var", profile.doubt.count_var + self.capacity_doubt**2),
            ("offset_sigma_a", profile.doubt.offset_c_rate * self.capacity_ah),
        ):
            object.__setattr__(self, name, value)
        object.__setattr__(self, "places", places(self.ocv_v, self.span_v))

    def heat(self, temperature_c: float) -> Heat:
        """Factors at a temperature; measured ones beyond -30 and 70 C are taken for those."""
        profile = self.profile
        kelvin = min(max(temperature_c, _COLDEST_C), _HOTTEST_C) + _ZERO_C_KELVIN
        inverse = 1.0 / kelvin - 1.0 / _REFERENCE_KELVIN
        return Heat(
            exp(profile.r0_kelvin * inverse), exp(profile.rc_kelvin * inverse), exp(profile.hysteresis_kelvin * inverse)
        )

    def read(self, soc: float) -> tuple[float, float]:
        """Open-circuit voltage and hysteresis span at 25 C, for a state of charge between `LOW` and `HIGH`."""
        at = (soc - LOW) * PER_SOC
        below = int(at)
        part = at - below
        ocv, span = self.ocv_v, self.span_v
        ocv_v, span_v = ocv[below], span[below]
        return ocv_v + (ocv[below + 1] - ocv_v) * part, span_v + (span[below + 1] - span_v) * part
