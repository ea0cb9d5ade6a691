"""Balancing by charge: which cells are ahead, by how many ampere-hours, and how long bleeding will take.

On the LFP plateau millivolts say nothing about charge: half a millivolt is a percent. At the top they do. So the pack
learns who is ahead there, from the charge that flowed between the moments at which the cells pass a reference voltage
under a steady current, and then bleeds what was learned, wherever the pack is. What cannot be told is taken for the
least that it can be, as a cell that was bled for nothing is behind afterwards.

At 100 mA an hour moves 0.1 Ah: a cell that is 1 Ah ahead needs ten hours.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from openress.model import Condition

__all__ = ["BLEED_A", "NO_BALANCING", "Balance", "Balancer", "least_ahead_ah"]

NO_BALANCING = frozenset(
    {
        Condition.CELL_UNDER_VOLTAGE,
        Condition.PACK_UNDER_VOLTAGE,
        Condition.MOS_OVER_TEMPERATURE,
        Condition.CHARGE_UNDER_TEMPERATURE,
        Condition.CHARGE_OVER_TEMPERATURE,
        Condition.DISCHARGE_UNDER_TEMPERATURE,
        Condition.DISCHARGE_OVER_TEMPERATURE,
        Condition.AMBIENT_UNDER_TEMPERATURE,
        Condition.AMBIENT_OVER_TEMPERATURE,
    }
)
"""Protections and alarms under which no cell is bled."""

BLEED_A = 0.1
"""Nominal bleed current at 3.45 V (34 ohm; range of boards 30 to 150 mA)."""
LEARN_A_PER_AH = 0.4
"""Above this rate the overpotentials differ more than the cells do: nothing is learned. Resistances of cells with their
joints differ by some 5 %: 0.02 mOhm of 0.4 in 100 Ah cells, at C/2 1 mV, which is 0.2 % where the curve rises by 5 mV
for each %."""
STEADY_A_PER_AH = 0.02
"""As steady is a current that lifts no cell by more than 1 mV against itself (0.4 mOhm in 100 Ah cells)."""
STEADY_FOR_S = 30.0
"""Until the fast overpotential has followed a step of the current (time constant 10 to 13 s)."""
BEHIND_MV_PER_PCT = 54.0
"""Steepest rise of an LFP cell below 3400 mV (98.5 to 99 %, profile `lfp`), in mV for each %: a cell that is so much
lower lacks at least a percent."""
WORTH_AH = 0.02
"""A difference below this is not worth bleeding."""
STEEP_MV = 3450
"""Above this a millivolt is worth less charge than below, and how much less differs from cell to cell."""
STEEPEST_MV_PER_PCT = 112.0
"""Steepest rise of an LFP cell up to there (99 to 99.5 %, profile `lfp`): two cells so far apart differ by at least a
percent. Under a current the same voltages lie lower on the curve, where it is flatter and more charge lies between."""
COLDEST_C, HOTTEST_C = 0.0, 55.0
LOWEST_BLED_MV = 3000


@dataclass(frozen=True, slots=True)
class Balance:
    """What is known about the cells' charges.

    Attributes:
        ahead_ah: charge by which each cell is ahead of the one furthest behind; empty until learned.
        bleeding: cells that are being bled now.
    """

    ahead_ah: tuple[float, ...] = ()
    bleeding: tuple[bool, ...] = ()

    @property
    def behind_ah(self) -> tuple[float, ...]:
        """Balance debt: charge that each cell lacks to the one furthest ahead."""
        most = max(self.ahead_ah, default=0.0)
        return tuple(most - ahead for ahead in self.ahead_ah)

    @property
    def hours_left(self) -> float:
        """Hours of bleeding until the one furthest ahead is level."""
        return max(self.ahead_ah, default=0.0) / BLEED_A


def least_ahead_ah(cells_mv: Sequence[int], capacity_ah: float) -> tuple[float, ...]:
    """Charge by which each cell of a pack that is being charged is at least ahead of the lowest one, in Ah."""
    below = [min(mv, STEEP_MV) for mv in cells_mv]
    lowest, ah_per_mv = min(below), capacity_ah / 100.0 / STEEPEST_MV_PER_PCT
    return tuple([(mv - lowest) * ah_per_mv for mv in below])


class Balancer:
    """Machine that learns at the top and bleeds.

    Args:
        cells: in series.
        capacity_ah: of the pack.
        ahead_ah: what was known before, kept over a restart.
    """

    __slots__ = (
        "_ahead",
        "_armed",
        "_at_least",
        "_capacity_ah",
        "_cells",
        "_charged_ah",
        "_last_mv",
        "_learning",
        "_nothing",
        "_passed_ah",
        "_steady_a",
        "_steady_s",
    )

    def __init__(self, cells: int, capacity_ah: float, ahead_ah: Sequence[float] = ()) -> None:
        self._cells = cells
        self._capacity_ah = capacity_ah
        self._ahead = list(ahead_ah)
        self._at_least = True
        self._charged_ah = 0.0
        self._passed_ah: list[float | None] = [None] * cells
        self._learning = False
        self._armed = False
        self._last_mv: Sequence[int] = ()
        self._steady_a: float | None = None
        self._steady_s = 0.0
        self._nothing = Balance((), (False,) * cells)

    @property
    def ahead_ah(self) -> tuple[float, ...]:
        """Charge by which each cell is ahead; empty until learned."""
        return tuple(self._ahead)

    @property
    def at_least(self) -> bool:
        """Whether the cells may be further apart than that: not every one was seen to pass, or it is remembered."""
        return self._at_least

    def step(
        self,
        cells_mv: Sequence[int | None],
        current_a: float | None,
        dt_s: float,
        *,
        threshold_mv: float,
        delta_mv: float,
        allowed: bool,
    ) -> Balance:
        """Take one step.

        Args:
            cells_mv: voltages.
            current_a: + charges.
            dt_s: seconds since the step before, in which the last mask was bled.
            threshold_mv: reference voltage, the parameter "Balance Threshold".
            delta_mv: smallest spread at the top that starts learning, "Balance Delta Cell".
            allowed: no fault, no under-voltage, cells neither frozen nor hot.
        """
        known = [mv for mv in cells_mv if mv is not None]
        if len(known) < len(cells_mv) or current_a is None:
            self._steady_a, self._steady_s = None, 0.0
            self._stop_learning()
            return self._result((False,) * self._cells)
        steady = self._is_steady(current_a, dt_s)
        if not self._ahead and not self._learning and max(known) < threshold_mv:
            self._armed = self._steady_s >= STEADY_FOR_S
            return self._nothing
        self._learn(known, current_a, dt_s, threshold_mv, delta_mv, steady=steady)
        if not self._learning and self._steady_s >= STEADY_FOR_S and max(known) >= threshold_mv:
            self._see_least(known, delta_mv)
        # At the top the voltage tells charge: a cell that is behind the mean there is not bled, whatever was learned.
        least = sum(known) / len(known) if max(known) >= threshold_mv else min(known)
        mask = tuple(
            [
                allowed and ahead > WORTH_AH and mv >= LOWEST_BLED_MV and mv > least
                for ahead, mv in zip(self._ahead or [0.0] * self._cells, known, strict=True)
            ]
        )
        if True in mask:
            bled_ah = BLEED_A * dt_s / 3600.0
            self._ahead = [
                max(0.0, ahead - bled_ah) if on else ahead for ahead, on in zip(self._ahead, mask, strict=True)
            ]
        return self._result(mask)

    def _result(self, mask: tuple[bool, ...]) -> Balance:
        return Balance(tuple(self._ahead), mask)

    def _is_steady(self, current_a: float, dt_s: float) -> bool:
        """Whether the charge current is gentle and has stayed what it was."""
        if not 0.0 < current_a <= LEARN_A_PER_AH * self._capacity_ah:
            self._steady_a, self._steady_s = None, 0.0
            return False
        if self._steady_a is None or abs(current_a - self._steady_a) > STEADY_A_PER_AH * self._capacity_ah:
            self._steady_a, self._steady_s = current_a, 0.0
            return False
        self._steady_s += dt_s
        return True

    def _learn(
        self,
        cells_mv: Sequence[int],
        current_a: float,
        dt_s: float,
        threshold_mv: float,
        delta_mv: float,
        *,
        steady: bool,
    ) -> None:
        """Watch one passage of the reference voltage, from all cells below it; what is above already tells nothing.

        A current that rises lifts all cells over it at once, and one that falls holds the last ones back. So a passage
        is watched under one current, and ends with it.
        """
        below = max(cells_mv) < threshold_mv
        if below or not steady or not (self._armed or self._learning):
            if self._learning and not steady:
                self._conclude(self._last_mv, threshold_mv, delta_mv)
            self._stop_learning()
            self._armed = below and steady and self._steady_s >= STEADY_FOR_S
            return
        self._learning, self._armed = True, False
        self._last_mv = cells_mv
        self._charged_ah += current_a * dt_s / 3600.0
        for index, mv in enumerate(cells_mv):
            if self._passed_ah[index] is None and mv >= threshold_mv:
                self._passed_ah[index] = self._charged_ah
        if None not in self._passed_ah:
            self._conclude(cells_mv, threshold_mv, delta_mv)
            self._stop_learning()

    def _conclude(self, cells_mv: Sequence[int], threshold_mv: float, delta_mv: float) -> None:
        """Turn what was seen into charges; a cell that did not get there lacks at least what its voltage lacks."""
        if None in self._passed_ah and max(cells_mv) - min(cells_mv) < delta_mv:
            return
        missing_ah = self._capacity_ah / 100.0 / BEHIND_MV_PER_PCT
        passed = [
            at if at is not None else self._charged_ah + missing_ah * max(0.0, threshold_mv - mv)
            for at, mv in zip(self._passed_ah, cells_mv, strict=True)
        ]
        self._at_least = None in self._passed_ah
        last = max(passed)
        self._ahead = [last - at for at in passed]

    def _see_least(self, cells_mv: Sequence[int], delta_mv: float) -> None:
        """What the cells lie apart in voltage at the top is worth at least some charge, whoever saw them pass."""
        least = least_ahead_ah(cells_mv, self._capacity_ah)
        if max(cells_mv) - min(cells_mv) >= delta_mv and max(least) > max(self._ahead, default=0.0):
            self._ahead, self._at_least = list(least), True

    def _stop_learning(self) -> None:
        self._learning = False
        self._charged_ah = 0.0
        self._passed_ah = [None] * self._cells
