"""S23: a current that does not keep to its limit is told, never made right by raising the limit."""

from __future__ import annotations

from openress.bms.decision import Decision
from openress.checker.breach import Breach
from openress.checker.hazards import Flow, limit_of, since
from openress.checker.view import View
from openress.model import Limits

__all__ = ["Overrun"]

OVER_A, OVER_SHARE = 2.0, 0.05
"""Tolerance above a limit, whichever is more (ours: what the current sensors of pack and inverter differ by)."""
OVER_S = 10.0
"""How long an inverter may take to follow a limit that falls (SMA)."""


class Overrun:
    """How long each direction has been above the limit that was told before."""

    def __init__(self) -> None:
        self._emitted: Limits | None = None
        self._told = dict.fromkeys(Flow, False)
        self.restart()

    def restart(self) -> None:
        """Start the durations anew."""
        self._since_s: dict[Flow, float | None] = dict.fromkeys(Flow)
        self._due = dict.fromkeys(Flow, False)

    def step(self, seen: View, decision: Decision, now_s: float) -> list[Breach]:
        """Judge one measurement; a notice may come one measurement after it is due."""
        found = []
        current = seen.current_a or 0.0
        for flow in Flow:
            amount = current if flow is Flow.CHARGE else -current
            limit = None if self._emitted is None else limit_of(self._emitted, flow)
            over = limit is not None and amount > limit + max(OVER_A, OVER_SHARE * limit)
            since_s = self._since_s[flow] = since(self._since_s[flow], now_s, holds=over)
            # A notice may be an event of one measurement, or stand as long as its reason.
            self._told[flow] = over and (self._told[flow] or bool(getattr(decision, "notices", ())))
            if self._due[flow] and over and not self._told[flow]:
                sentence = f"{amount:g} A of {flow.value} pass a limit of {limit:g} A, and no notice tells it."
                found.append(Breach("S23", sentence, now_s))
            self._due[flow] = since_s is not None and now_s - since_s >= OVER_S
        self._emitted = decision.limits
        return found
