"""What Linux reports about a CAN controller in error frames, as a state."""

from __future__ import annotations

from openress.ports.base import CanState

__all__ = ["state_after"]

# can/error.h of Linux: classes in the identifier, details of a controller's trouble in the second byte of the data.
_CONTROLLER = 0x004
_BUS_OFF = 0x040
_RESTARTED = 0x100
_RX_PASSIVE, _TX_PASSIVE, _ACTIVE = 0x10, 0x20, 0x40


def state_after(state: CanState, classes: int, data: bytes = b"") -> CanState:
    """The state after an error frame of these classes; reports that say nothing of it leave it as it was."""
    if classes & _BUS_OFF:
        return CanState.BUS_OFF
    if classes & _CONTROLLER and len(data) > 1:
        if data[1] & (_RX_PASSIVE | _TX_PASSIVE):
            return CanState.PASSIVE
        if data[1] & _ACTIVE:
            return CanState.ACTIVE
    return CanState.ACTIVE if classes & _RESTARTED else state
