"""Balancing by charge: which cells are ahead, by how many ampere-hours, and how long bleeding will take.

On the LFP plateau millivolts say nothing about charge: half a millivolt is a percent. At the top they do. So the pack
learns who is ahead there, from the charge that flowed between the moments at which the cells pass a reference voltage,
and then bleeds what was learned, wherever the pack is.

At 100 mA an hour moves 0.1 Ah: a cell that is 1 Ah ahead needs ten hours.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

__all__ = ["BLEED_A", "Balance", "Balancer"]

BLEED_A = 0.1
"""Nominal bleed current at 3.45 V (34 ohm; range of boards 30 to 150 mA)."""
LEARN_A_PER_AH = 0.6
"""Above this rate the overpotentials differ more than the cells do: nothing is learned."""
BEHIND_MV_PER_PCT = 8.0
"""Rise of a charging LFP cell between 95 % and the reference voltage (A123 charge curve, 25 C), in mV for each %."""
WORTH_AH = 0.02
"""A difference below this is not worth bleeding."""
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


class Balancer:
    """Machine that learns at the top and bleeds.

    Args:
        cells: in series.
        capacity_ah: of the pack.
        ahead_ah: what was known before, kept over a restart.
    """

    __slots__ = ("_ahead", "_armed", "_capacity_ah", "_cells", "_charged_ah", "_learning", "_nothing", "_passed_ah")

    def __init__(self, cells: int, capacity_ah: float, ahead_ah: Sequence[float] = ()) -> None:
        self._cells = cells
        self._capacity_ah = capacity_ah
        self._ahead = list(ahead_ah)
        self._charged_ah = 0.0
        self._passed_ah: list[float | None] = [None] * cells
        self._learning = False
        self._armed = False
        self._nothing = Balance((), (False,) * cells)

    @property
    def ahead_ah(self) -> tuple[float, ...]:
        """Charge by which each cell is ahead; empty until learned."""
        return tuple(self._ahead)

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
            self._stop_learning()
            return self._result((False,) * self._cells)
        if not self._ahead and not self._learning and max(known) < threshold_mv:
            self._armed = True
            return self._nothing
        self._learn(known, current_a, dt_s, threshold_mv, delta_mv)
        lowest = min(known)
        mask = tuple(
            [
                allowed and ahead > WORTH_AH and mv >= LOWEST_BLED_MV and mv > lowest
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

    def _learn(
        self, cells_mv: Sequence[int], current_a: float, dt_s: float, threshold_mv: float, delta_mv: float
    ) -> None:
        """Watch one passage of the reference voltage, from all cells below it; what is above already tells nothing."""
        gentle = 0.0 < current_a <= LEARN_A_PER_AH * self._capacity_ah
        below = max(cells_mv) < threshold_mv
        if below or not gentle or not (self._armed or self._learning):
            if self._learning and not gentle:
                self._conclude(cells_mv, threshold_mv, delta_mv)
            self._stop_learning()
            self._armed = below
            return
        self._learning, self._armed = True, False
        self._charged_ah += current_a * dt_s / 3600.0
        for index, mv in enumerate(cells_mv):
            if self._passed_ah[index] is None and mv >= threshold_mv:
                self._passed_ah[index] = self._charged_ah
        if None not in self._passed_ah:
            self._conclude(cells_mv, threshold_mv, delta_mv)
            self._stop_learning()

    def _conclude(self, cells_mv: Sequence[int], threshold_mv: float, delta_mv: float) -> None:
        """Turn what was seen into charges; a cell that did not get there lacks what its voltage lacks."""
        if None in self._passed_ah and max(cells_mv) - min(cells_mv) < delta_mv:
            return
        missing_ah = self._capacity_ah / 100.0 / BEHIND_MV_PER_PCT
        passed = [
            at if at is not None else self._charged_ah + missing_ah * max(0.0, threshold_mv - mv)
            for at, mv in zip(self._passed_ah, cells_mv, strict=True)
        ]
        last = max(passed)
        self._ahead = [last - at for at in passed]

    def _stop_learning(self) -> None:
        self._learning = False
        self._charged_ah = 0.0
        self._passed_ah = [None] * self._cells
