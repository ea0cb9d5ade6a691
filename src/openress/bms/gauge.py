"""State of charge as it is told: counted from moment to moment, held within what the estimator believes.

The count is smooth and the estimator is honest: its band says where the charge can be. As long as the count lies
within that band nobody can know better; once it does not, it is led back as `shown` allows: never against the current.
Full and empty alone may set it at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from openress.bms.counting import LONGEST_STEP_S, Charge
from openress.bms.estimator import LFP, Measurement, PackEstimate, PackModel, start, step
from openress.bms.estimator.display import shown
from openress.bms.measure import Measurement as FrontEnd

__all__ = ["Gauge"]

EVERY_S = 30.0
"""Between two looks of the estimator the voltage of an LFP cell tells nothing new."""
ANCHORED_SIGMA_PCT = 5.0
"""Doubt about a remembered charge that full or empty has set since the last gap; what flowed while off is unknown."""
SIGMA_PCT = 20.0
"""Doubt about any other charge that somebody says."""
SURE = 1.96
"""Standard deviations that hold 95 times out of 100."""
LEAST_REACH_PCT = 3.0
"""No band is narrower to either side: makers' own words for full and empty lie that far apart."""


class Gauge:
    """Machine that keeps one pack's estimate beside its count.

    Args:
        cells: in series.
        charge: remembered, or of a new pack.
    """

    __slots__ = ("_charge_as", "_estimate", "_gap", "_model", "_waited_s")

    def __init__(self, cells: int, charge: Charge) -> None:
        self._model = PackModel(LFP, cells, charge.full_ah)
        sigma = ANCHORED_SIGMA_PCT if charge.anchored else SIGMA_PCT
        self._estimate = start(self._model, charge.soc_pct, sigma)
        self._charge_as = 0.0
        self._waited_s = 0.0
        self._gap = True

    @property
    def estimate(self) -> PackEstimate:
        """What the estimator knows."""
        return self._estimate

    def step(self, charge: Charge, now: FrontEnd, dt_s: float) -> Charge:
        """Look at a measurement.

        Args:
            charge: the count, this step included.
            now: the measurement, without what cannot be.
            dt_s: time since the one before it.

        Returns:
            the count with its band, led back where it left the band.
        """
        current_a = now.pack_current_a
        self._waited_s += dt_s
        if current_a is None or dt_s > LONGEST_STEP_S or dt_s < 0:
            self._gap = True
        else:
            self._charge_as += current_a * dt_s
        if self._waited_s < EVERY_S or current_a is None:
            return charge
        cells_mv = _whole(now.cell_voltages_mv)
        warmth = [celsius for celsius in now.temperatures_c if celsius is not None]
        if not cells_mv or not warmth:
            return charge
        seen = Measurement(tuple([0.001 * mv for mv in cells_mv]), current_a, sum(warmth) / len(warmth))
        waited_s, before = self._waited_s, self._estimate
        # The estimator takes the mean of two readings as what flowed; what really flowed has been counted.
        before = replace(before, current_a=2.0 * self._charge_as / waited_s - current_a)
        self._estimate = step(before, seen, waited_s, self._model, gap=self._gap or waited_s > LONGEST_STEP_S)
        self._charge_as, self._waited_s, self._gap = 0.0, 0.0, False
        return self._led(charge, waited_s)

    def _led(self, charge: Charge, dt_s: float) -> Charge:
        reach = max(LEAST_REACH_PCT, SURE * self._estimate.sigma_pct)
        middle = self._estimate.usable_pct
        low, high = max(0.0, middle - reach), min(100.0, middle + reach)
        soc = charge.soc_pct
        c_rate = (self._estimate.current_a or 0.0) / charge.full_ah
        led = shown(soc, min(max(soc, low), high), c_rate, dt_s, None, None)
        return replace(charge, remaining_ah=charge.full_ah * led / 100.0, low_pct=low, high_pct=high)


def _whole(cells_mv: Sequence[int | None]) -> list[int]:
    """The cells' voltages; none of them when one is missing."""
    known = [mv for mv in cells_mv if mv is not None]
    return known if len(known) == len(cells_mv) else []
