"""Off, awake, dormant: the ON/OFF button, the 24 hours without use, sleep at low voltage, and what wakes.

OFF is the transport state; only the button leaves it. A dormant pack is woken by a charger, by communication or by the
button. Two mechanisms put a pack to sleep: 24 h without charge, discharge and communication (guide), and cells below a
voltage for a time (the tool's "Sleep Vcell"; off until it has been verified on a device, INC-19).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from openress.bms.measure import CURRENT_EFFECTIVE_A

__all__ = ["DORMANT_AFTER_S", "Power", "PowerSettings", "PowerState"]

DORMANT_AFTER_S = 24 * 3600.0


class PowerState(StrEnum):
    """Whether the BMS works."""

    OFF = "off"
    AWAKE = "awake"
    DORMANT = "dormant"


@dataclass(frozen=True, slots=True)
class PowerSettings:
    """When a pack goes to sleep.

    Attributes:
        dormant_after_s: without charge, discharge and communication.
        idle_current_a: a current up to this is no charge and no discharge (REQ-124).
        low_voltage_sleep: sleep also at low cell voltage.
        sleep_cell_mv: below this.
        sleep_after_s: for so long.
    """

    dormant_after_s: float = DORMANT_AFTER_S
    idle_current_a: float = CURRENT_EFFECTIVE_A
    low_voltage_sleep: bool = False
    sleep_cell_mv: float = 3100.0
    sleep_after_s: float = 300.0

    @classmethod
    def of(
        cls,
        values: Mapping[str, float],
        *,
        low_voltage_sleep: bool = False,
        dormant_after_h: float | None = None,
        idle_current_a: float | None = None,
    ) -> PowerSettings:
        """From the parameter table, and from the product where it says how long it waits and what counts as use."""
        return cls(
            dormant_after_s=DORMANT_AFTER_S if dormant_after_h is None else 3600.0 * dormant_after_h,
            idle_current_a=CURRENT_EFFECTIVE_A if idle_current_a is None else idle_current_a,
            low_voltage_sleep=low_voltage_sleep,
            sleep_cell_mv=values["sleep_cell_mv"],
            sleep_after_s=60.0 * values["sleep_delay_min"],
        )


class Power:
    """Machine of the pack's power state."""

    __slots__ = ("_low_s", "_settings", "_used_s", "state")

    def __init__(self, settings: PowerSettings, state: PowerState = PowerState.AWAKE) -> None:
        self._settings = settings
        self.state = state
        self._used_s: float | None = None
        self._low_s: float | None = None

    def set_limits(self, settings: PowerSettings) -> None:
        """Take new settings."""
        self._settings = settings

    def press(self, now_s: float) -> None:
        """The button: wakes a dormant pack, otherwise switches on or off."""
        self.state = PowerState.OFF if self.state is PowerState.AWAKE else PowerState.AWAKE
        self._used_s, self._low_s = now_s, None

    def shut_down(self) -> None:
        """Forced shutdown from outside."""
        self.state = PowerState.OFF

    def step(
        self, now_s: float, *, current_a: float | None, cell_min_mv: float | None, charger: bool, communication: bool
    ) -> PowerState:
        """Take one moment; gives the state that holds from it on."""
        if self.state is PowerState.OFF:
            return self.state
        # An unknown current counts as use: a pack that cannot see must not fall asleep over it.
        used = communication or charger or current_a is None or abs(current_a) > self._settings.idle_current_a
        if used or self._used_s is None:
            self._used_s = now_s
        if self.state is PowerState.DORMANT:
            if charger or communication:
                self.state, self._low_s = PowerState.AWAKE, None
            return self.state
        if now_s - self._used_s >= self._settings.dormant_after_s or self._too_low(now_s, cell_min_mv, charger=charger):
            self.state = PowerState.DORMANT
        return self.state

    def _too_low(self, now_s: float, cell_min_mv: float | None, *, charger: bool) -> bool:
        low = (
            self._settings.low_voltage_sleep
            and not charger
            and cell_min_mv is not None
            and cell_min_mv < self._settings.sleep_cell_mv
        )
        if not low:
            self._low_s = None
            return False
        if self._low_s is None:
            self._low_s = now_s
        return now_s - self._low_s >= self._settings.sleep_after_s
