"""The front panel: what it carries, when the pack is on, and when the address switch is read.

The address is read only while the pack comes on: at the first switching on of the BMS, and later whenever the pack
(breaker closed and BMS supplied) comes on after 20 s or more without being on. Shorter breaks keep the old address.
Sources: A5L user's guide for the sum of 1, 2, 4 and 8; Sol-Ark help desk, page Powersync, for the 20 s, of which the
guide says nothing.
"""

from __future__ import annotations

from enum import Enum

from openress.errors import StateError

__all__ = ["ADDRESS_LATCH_OFF_S", "PANEL", "AddSwitch", "Panel", "PanelPart"]

ADDRESS_LATCH_OFF_S = 20.0

AddSwitch = tuple[bool, bool, bool, bool]


class PanelPart(Enum):
    """What is on the front panel."""

    POWER_TERMINAL = "power terminal"
    BREAKER = "main circuit breaker"
    RS485_PORT = "RS485 port"
    CAN_PORT = "CAN port"
    LINK_IN = "LINK-IN port"
    LINK_OUT = "LINK-OUT port"
    ADD_SWITCH = "ADD switch"
    RUN_LAMP = "RUN lamp"
    ALARM_LAMP = "ALM lamp"
    SOC_LAMP = "SOC lamp"
    BUTTON = "ON/OFF button"


#: How many of each the A5L panel has.
PANEL: dict[PanelPart, int] = dict.fromkeys(PanelPart, 1) | {
    PanelPart.POWER_TERMINAL: 2,
    PanelPart.SOC_LAMP: 4,
}


class Panel:
    """The breaker, the button and the address switch of one pack; new from the factory, everything is off.

    Args:
        add_switch: positions 1# to 4#, True is ON.
    """

    def __init__(self, add_switch: AddSwitch = (False, False, False, False)) -> None:
        self.add_switch = add_switch
        self.breaker_closed = False
        self.supplied = False
        self._address: int | None = None
        self._off_since_s: float | None = None
        self._changed_s = 0.0

    @property
    def on(self) -> bool:
        """Breaker closed and BMS supplied: what a `SwitchCommand` calls `main`."""
        return self.breaker_closed and self.supplied

    @property
    def address(self) -> int | None:
        """The address in use; absent until the BMS is switched on for the first time."""
        return self._address

    def set_breaker(self, *, closed: bool, now_s: float) -> None:
        """Move the breaker."""
        self._change(breaker_closed=closed, supplied=self.supplied, now_s=now_s)

    def press_button(self, *, now_s: float, asleep: bool = False) -> None:
        """Press ON/OFF: switches the BMS supply, except that a sleeping pack wakes and stays on."""
        supplied = not self.supplied or asleep
        self._change(breaker_closed=self.breaker_closed, supplied=supplied, now_s=now_s)

    def terminal_voltage_v(self, bus_v: float) -> float:
        """Voltage on the power terminals of a pack that would show `bus_v`: none unless it is on."""
        return bus_v if self.on else 0.0

    def _change(self, *, breaker_closed: bool, supplied: bool, now_s: float) -> None:
        if now_s < self._changed_s:
            raise StateError(
                f"the panel was moved at {self._changed_s} s and cannot be moved at {now_s} s; time runs on"
            )
        self._changed_s = now_s
        was_on = self.on
        self.breaker_closed, self.supplied = breaker_closed, supplied
        if was_on and not self.on:
            self._off_since_s = now_s
        first = self._address is None and supplied
        rested = self._off_since_s is not None and now_s - self._off_since_s >= ADDRESS_LATCH_OFF_S
        if first or (self.on and not was_on and rested):
            self._address = sum(1 << position for position, up in enumerate(self.add_switch) if up)
