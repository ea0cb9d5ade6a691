"""What surrounds the pack: a charger, a load that is gone, a bus that must be charged before the switch closes."""

from __future__ import annotations

from openress.bms.measure import Measurement
from openress.bms.rows import Path, Way

__all__ = ["PRECHARGE_S", "Surroundings"]

RELEASE_A = 1.0
"""Current that releases protections (guide, S/N 1 to 6)."""
CHARGER_OVER_PACK_V = 0.5
CONNECTED_FOR_S = 1.0
"""A charger is connected when the terminals stay this far above the pack for so long (INC-09, as Seplos does)."""
LOAD_GONE_SHARE = 0.9
"""With the discharge switch open the terminals of a pack without load come back to its own voltage."""
PRECHARGE_S = 2.0
PRECHARGED_V = 1.0
"""Precharge ends when the bus is this close to the pack, and after 2 s in any case (foxBMS: 1 V, 2 s)."""


class Surroundings:
    """Machine that watches the terminals."""

    __slots__ = ("_apart", "_gone_s", "_over_s", "_precharge_s", "charger", "present")

    def __init__(self) -> None:
        self._over_s: float | None = None
        self._gone_s: float | None = None
        self._precharge_s: float | None = None
        self._apart = True
        self.charger = False
        self.present: int = Path.NONE

    def step(self, now: Measurement, now_s: float, opened: int, *, charger: bool | None = None) -> int:
        """Which releasing circumstances are there now.

        Args:
            now: the measurement.
            now_s: its time.
            opened: switches that were open when it was taken.
            charger: a charger detector's own word, where there is one.
        """
        current = now.pack_current_a or 0.0
        present: int = Path.NONE
        if current > RELEASE_A:
            present = Path.CHARGING
        elif current < -RELEASE_A:
            present = Path.DISCHARGING
        terminal_v, pack_v = now.terminal_voltage_v, now.pack_voltage_v
        known = terminal_v is not None and pack_v is not None
        over = known and terminal_v > pack_v + CHARGER_OVER_PACK_V  # type: ignore[operator]  # both are known
        gone = bool(opened & Way.DISCHARGE) and known and terminal_v >= LOAD_GONE_SHARE * pack_v  # type: ignore[operator]
        self._over_s = _since(self._over_s, now_s, holds=over)
        self._gone_s = _since(self._gone_s, now_s, holds=gone)
        self.charger = current > RELEASE_A or bool(charger) or _lasted(self._over_s, now_s)
        if self.charger:
            present |= Path.CHARGER
        if _lasted(self._gone_s, now_s):
            present |= Path.LOAD_REMOVED
        self.present = present
        return present

    def precharging(self, now: Measurement, now_s: float, wanted: int) -> bool:
        """Whether the bus is being charged through the resistor before the discharge switch may close.

        Only after the pack was apart from the bus altogether; a protection that lets go closes its switch at once.
        """
        if wanted == Way.NONE:
            self._apart, self._precharge_s = True, None
            return False
        if not self._apart:
            return False
        if not wanted & Way.DISCHARGE:
            self._precharge_s = None
            return False
        terminal_v, pack_v = now.terminal_voltage_v, now.pack_voltage_v
        if self._precharge_s is None:
            self._precharge_s = now_s
        level = terminal_v is None or pack_v is None or terminal_v >= pack_v - PRECHARGED_V
        if level or now_s - self._precharge_s >= PRECHARGE_S:
            self._apart, self._precharge_s = False, None
            return False
        return True


def _since(since_s: float | None, now_s: float, *, holds: bool) -> float | None:
    if not holds:
        return None
    return now_s if since_s is None else since_s


def _lasted(since_s: float | None, now_s: float) -> bool:
    return since_s is not None and now_s - since_s >= CONNECTED_FOR_S
