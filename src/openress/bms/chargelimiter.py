"""When a pack's charge current limiter is in: by order, or by itself from its start current on.

A resistor of the board takes the place of the closed switch: charge goes on, with little current, so that a pack which
is emptier than its neighbours does not draw all that they and the charger give. PACE boards tell a start current, 100 A
unless it is set, and go down to 10 A above it (nkinnan/esphome-pace-bms, docs/pbmstools-communication: open
implementation). How long the current must last and when the limiter leaves again is documented nowhere that we know of;
here it comes in with the first measurement above its start and stays until the charge ends.
"""

from __future__ import annotations

from openress.bms.measure import CURRENT_EFFECTIVE_A

__all__ = ["ChargeLimiter"]


class ChargeLimiter:
    """In or out; out and waiting for an order when new.

    Attributes:
        start_a: charge current above which it comes in by itself; `None` while it does not.
    """

    __slots__ = ("_ordered", "_started", "start_a")

    def __init__(self) -> None:
        self._ordered: bool | None = None
        self._started = False
        self.start_a: float | None = None

    def order(self, *, on: bool) -> None:
        """Put it in, or take it out and keep it out."""
        self._ordered = on
        self._started = False

    def start_above(self, start_a: float | None) -> None:
        """Let it come in by itself; that ends an order to keep it out."""
        self.start_a = start_a
        if not self._ordered:
            self._ordered = None

    def step(self, current_a: float | None) -> None:
        """See the pack's current, A, positive charges; one that is not known changes nothing."""
        if current_a is None or self._ordered is not None:
            return
        if self._started:
            self._started = current_a > CURRENT_EFFECTIVE_A
        else:
            self._started = self.start_a is not None and current_a > self.start_a

    @property
    def is_in(self) -> bool:
        """Whether charge current passes it."""
        return self._started if self._ordered is None else self._ordered
