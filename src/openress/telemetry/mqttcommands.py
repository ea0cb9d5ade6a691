"""What may be asked of us over MQTT: caps on what the inverter is told, which only ever restrict and soon lapse.

A command is the last word of whoever sent it for as long as the gateway keeps to a remote command; then it is gone
unless it was repeated. Nothing here reaches a parameter or a switch of a pack.
"""

from __future__ import annotations

import json
import math

from openress.errors import ParameterError
from openress.gateway.caps import Caps
from openress.gateway.hold import REMOTE_HOLDS_S

__all__ = ["COMMANDS", "RemoteCaps"]

COMMANDS = {
    "charge_voltage_limit_v": ("V", "charging up to no more than"),
    "charge_current_limit_a": ("A", "charging with no more than"),
    "discharge_current_limit_a": ("A", "discharging with no more than"),
}
_LONGEST = 64
_LIFTS = frozenset({"", "none", "null"})


class RemoteCaps:
    """The caps that hold now."""

    def __init__(self) -> None:
        self._held: dict[str, tuple[float, float]] = {}

    def take(self, name: str, payload: bytes, now_s: float) -> str | None:
        """Take a command.

        Args:
            name: what it caps, one of `COMMANDS`.
            payload: a number; `None`, `null` or nothing lifts the cap.
            now_s: monotonic seconds.

        Returns:
            A sentence for the record when it changes something; `None` when it repeats what holds.

        Raises:
            ParameterError: there is no such command, or no such number.
        """
        if name not in COMMANDS:
            raise ParameterError(f"MQTT: {name[:_LONGEST]!r} cannot be commanded; known: {', '.join(COMMANDS)}.")
        unit, words = COMMANDS[name]
        before = self.held(now_s).get(name)
        value = _number(name, payload)
        if value is None:
            self._held.pop(name, None)
            return None if before is None else f"MQTT: the cap on {words.split()[0]} of {before:g} {unit} is lifted."
        self._held[name] = (value, now_s + REMOTE_HOLDS_S)
        if before == value:
            return None
        return f"MQTT: {words} {value:g} {unit} for {REMOTE_HOLDS_S:g} s unless repeated."

    def held(self, now_s: float) -> dict[str, float]:
        """What holds, by name; what has lapsed is forgotten."""
        self._held = {name: entry for name, entry in self._held.items() if now_s <= entry[1]}
        return {name: value for name, (value, _) in self._held.items()}

    def caps(self, now_s: float) -> Caps | None:
        """The same for the gateway; `None` when nothing is capped."""
        held = self.held(now_s)
        if not held:
            return None
        return Caps(
            held.get("charge_voltage_limit_v"),
            held.get("charge_current_limit_a"),
            held.get("discharge_current_limit_a"),
        )


def _number(name: str, payload: bytes) -> float | None:
    text = payload[: _LONGEST + 1].decode("utf-8", "replace").strip()
    if text.lower() in _LIFTS:
        return None
    try:
        value = json.loads(text) if len(payload) <= _LONGEST else None
    except ValueError:
        value = None
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < math.inf:
        raise ParameterError(
            f"MQTT: {text[:_LONGEST]!r} for {name} is no number of 0 or more; the command is not obeyed."
        )
    return float(value)
