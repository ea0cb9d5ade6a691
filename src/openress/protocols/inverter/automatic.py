"""A battery that finds out by listening which dialect its inverter speaks, and answers in that from then on.

It says nothing before it knows, nothing to a stranger, and nothing on a line on which another battery has answered.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from openress.model import RackSample
from openress.protocols.base import ServerOptions
from openress.protocols.canbus import Heard
from openress.protocols.inverter.polled import check_turnaround
from openress.protocols.inverter.recognise import SerialListener, Verdict
from openress.protocols.registry import DIALECTS
from openress.protocols.serialbus import SerialBattery

__all__ = ["AutomaticBattery"]


class AutomaticBattery:
    """See `SerialBattery`.

    Args:
        options: given to the battery that is chosen.

    Raises:
        ParameterError: a turnaround that no line or no inverter allows.
    """

    def __init__(self, options: ServerOptions) -> None:
        check_turnaround(options)
        self._options = options
        self._listener = SerialListener()
        self._battery: SerialBattery | None = None
        self._heard = Heard()
        self.turnaround_s = options.turnaround_s

    @property
    def verdict(self) -> Verdict:
        """What it makes of what it has heard before it began to answer."""
        return self._listener.verdict

    @property
    def dialect(self) -> str | None:
        """The dialect it answers in; `None` while it listens."""
        return None if self._battery is None else self._listener.verdict.dialect

    @property
    def heard(self) -> Heard:
        """What has come in so far."""
        return self._heard if self._battery is None else self._battery.heard

    @property
    def next_due_s(self) -> float | None:
        """When `due` will have something to send; `None` while nobody has asked, or nothing is recognised."""
        return None if self._battery is None else self._battery.next_due_s

    @property
    def answered(self) -> Mapping[bytes, bytes]:
        """Questions since the last reset with the last answer to each."""
        return {} if self._battery is None else self._battery.answered

    def feed(self, data: bytes, now_s: float) -> None:
        """Take bytes off the line; the poll that decides is answered already."""
        if self._battery is None:
            self._listen(data, now_s)
        if self._battery is not None:
            self._battery.feed(data, now_s)

    def _listen(self, data: bytes, now_s: float) -> None:
        before = self._listener.verdict
        verdict = self._listener.feed(data, now_s)
        if verdict.polls > before.polls:
            self._heard = replace(self._heard, alive_at_s=now_s)
        if verdict.rival:
            self._heard = replace(self._heard, rival_at_s=now_s, rival_id=verdict.address)
        if verdict.dialect is not None:
            make = DIALECTS[verdict.dialect].parts().serial_battery
            self._battery = None if make is None else make(self._options)

    def due(self, told: RackSample, now_s: float) -> list[bytes]:
        """The answers to send now."""
        return [] if self._battery is None else self._battery.due(told, now_s)

    def reset(self) -> None:
        """Forget questions; what was recognised stays."""
        if self._battery is not None:
            self._battery.reset()
