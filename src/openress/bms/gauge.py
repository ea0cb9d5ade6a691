"""State of charge and of health as they are told: charge counted, held within what the estimator believes.

The count is smooth and the estimator is honest: its band says where the charge can be. As long as the count lies
within that band nobody can know better; once it does not, it is led back as `shown` allows: never against the current.
Full and empty alone may set it at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from openress.bms.counting import LONGEST_STEP_S, Charge
from openress.bms.estimator import LFP, Measurement, PackEstimate, PackModel, start, step
from openress.bms.estimator.display import shown
from openress.bms.health import Health, NegativeEvent, count_event, new_health, observe
from openress.bms.health.resistance import LEAST_STEP_C_RATE, LONGEST_STEP_APART_S, see_step
from openress.bms.measure import Measurement as FrontEnd

__all__ = ["Gauge", "Learned"]

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
LEARN_EVERY_S = 86_400.0
"""Capacity and resistance change over weeks."""


@dataclass(frozen=True, slots=True)
class Learned:
    """What a pack knows of itself that took long to learn.

    Attributes:
        estimate: of its charge.
        health: what it can still do and what it has been through.
    """

    estimate: PackEstimate
    health: Health


class Gauge:
    """Machine that keeps one pack's estimate beside its count.

    Args:
        cells: in series.
        charge: remembered, or of a new pack.
        learned: remembered; absent for a new pack.
    """

    __slots__ = (
        "_as_built",
        "_charge_as",
        "_estimate",
        "_gap",
        "_health",
        "_last",
        "_learned_s",
        "_model",
        "_waited_s",
    )

    def __init__(self, cells: int, charge: Charge, learned: Learned | None = None) -> None:
        self._as_built = PackModel(LFP, cells, charge.full_ah)
        if learned is None or len(learned.estimate.cells.offsets) != cells:
            self._health = new_health(charge.full_ah)
            self._model = self._as_built
            sigma = ANCHORED_SIGMA_PCT if charge.anchored else SIGMA_PCT
            self._estimate = start(self._model, charge.soc_pct, sigma)
        else:
            self._health = learned.health
            self._model = learned.health.learned(self._as_built)
            # What flowed while it was off is unknown.
            mean = learned.estimate.mean.widened(ANCHORED_SIGMA_PCT / 100.0)
            self._estimate = replace(learned.estimate, mean=mean, current_a=None)
        self._learned_s = 0.0
        self._last: FrontEnd | None = None
        self._charge_as = 0.0
        self._waited_s = 0.0
        self._gap = True

    @property
    def estimate(self) -> PackEstimate:
        """What the estimator knows."""
        return self._estimate

    @property
    def health(self) -> Health:
        """What was learned and counted about the pack."""
        return self._health

    @property
    def learned(self) -> Learned:
        """What is to be kept over a restart."""
        return Learned(self._estimate, self._health)

    def happened(self, event: NegativeEvent) -> None:
        """Something that shortens the pack's life has begun."""
        self._health = replace(self._health, counters=count_event(self._health.counters, event))

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
        self._see_resistance(now, dt_s)
        seen = None if self._waited_s < EVERY_S or current_a is None else _seen(now)
        if current_a is None or seen is None:
            # Who has not looked yet believes what is remembered, within its doubt.
            return charge if charge.low_pct is not None else self._led(charge, dt_s)
        waited_s, model = self._waited_s, self._model
        gap = self._gap or waited_s > LONGEST_STEP_S
        # The estimator takes the mean of two readings as what flowed; what really flowed has been counted.
        earlier_a = 2.0 * self._charge_as / waited_s - current_a
        # Built by hand: this is the busiest place of a simulated year.
        known = self._estimate
        known = PackEstimate(known.mean, known.cells, known.anchors, known.shown_pct, earlier_a)
        self._estimate = step(known, seen, waited_s, model, gap=gap)
        last = Measurement(seen.cell_voltages_v, earlier_a, seen.temperature_c)
        was = self._health
        health = Health(was.rated_ah, was.capacity, was.resistance, was.efficiency, was.counters, last)
        self._health = observe(health, seen, self._estimate, waited_s, model, gap=gap)
        self._charge_as, self._waited_s, self._gap = 0.0, 0.0, False
        self._learned_s += waited_s
        if self._learned_s >= LEARN_EVERY_S:
            self._learned_s = 0.0
            self._model = self._health.learned(self._as_built)
        return self._led(charge, waited_s)

    def _see_resistance(self, now: FrontEnd, dt_s: float) -> None:
        """A step of the current between two neighbouring readings shows the resistance."""
        last, self._last = self._last, now
        if last is None or last.pack_current_a is None or now.pack_current_a is None:
            return
        step_a = abs(now.pack_current_a - last.pack_current_a)
        if not 0 < dt_s <= LONGEST_STEP_APART_S or step_a < LEAST_STEP_C_RATE * self._model.capacity_ah:
            return
        earlier, later = _seen(last), _seen(now)
        if earlier is not None and later is not None:
            resistance = see_step(self._health.resistance, earlier, later, dt_s, self._model, self._estimate.mean.soc)
            self._health = replace(self._health, resistance=resistance)

    def _led(self, charge: Charge, dt_s: float) -> Charge:
        reach = max(LEAST_REACH_PCT, SURE * self._estimate.sigma_pct)
        middle = self._estimate.usable_pct
        low, high = max(0.0, middle - reach), min(100.0, middle + reach)
        soc = charge.soc_pct
        c_rate = (self._estimate.current_a or 0.0) / charge.full_ah
        led = shown(soc, min(max(soc, low), high), c_rate, dt_s, None, None)
        return Charge(
            charge.full_ah * led / 100.0,
            charge.full_ah,
            charge.anchored,
            charge.full_s,
            charge.empty_s,
            charge.throughput_ah,
            low,
            high,
        )


def _seen(now: FrontEnd) -> Measurement | None:
    """What the estimator takes; nothing while something of it is missing."""
    cells_mv = _whole(now.cell_voltages_mv)
    warmth = [celsius for celsius in now.temperatures_c if celsius is not None]
    if not cells_mv or not warmth or now.pack_current_a is None:
        return None
    return Measurement(tuple([0.001 * mv for mv in cells_mv]), now.pack_current_a, sum(warmth) / len(warmth))


def _whole(cells_mv: Sequence[int | None]) -> list[int]:
    """The cells' voltages; none of them when one is missing."""
    known = [mv for mv in cells_mv if mv is not None]
    return known if len(known) == len(cells_mv) else []
