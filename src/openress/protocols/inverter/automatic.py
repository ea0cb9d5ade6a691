"""A battery that finds out by listening which dialect its inverter speaks, and answers in that from then on.

It says nothing before it knows, nothing to a stranger, and nothing on a line on which another battery has answered
within the last minute. An inverter that has been set to another dialect is recognised anew.
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

__all__ = ["FORGOTTEN_S", "RIVAL_GONE_S", "AutomaticBattery"]

RIVAL_GONE_S = 60.0
"""Another battery that has not answered for so long has gone."""
FORGOTTEN_S = 30.0
"""An inverter that talks and has not asked in its dialect for so long asks in another one now."""


class AutomaticBattery:
    """See `SerialBattery`.

    Args:
        options: given to the battery that is chosen.

    Raises:
        ParameterError: a turnaround that no line or no inverter allows.
    """

    def __init__(self, options: ServerOptions) -> None:
        check_turnaround(options.turnaround_s)
        self._options = options
        self._listener = SerialListener()
        self._battery: SerialBattery | None = None
        self._dialect: str | None = None
        self._heard = Heard()
        self._rival_s: float | None = None
        self._chosen_s = 0.0
        self.turnaround_s = options.turnaround_s

    @property
    def verdict(self) -> Verdict:
        """What it makes of what it has heard before it began to answer."""
        return self._listener.verdict

    @property
    def dialect(self) -> str | None:
        """The dialect it answers in; `None` while it listens."""
        return self._dialect

    @property
    def heard(self) -> Heard:
        """What has come in so far."""
        return self._heard if self._battery is None else self._battery.heard

    @property
    def next_due_s(self) -> float | None:
        """When `due` will have something to send; `None` while nobody has asked, or nothing is recognised."""
        return None if self._battery is None else self._battery.next_due_s

    @property
    def answered(self) -> Mapping[bytes, tuple[float, bytes]]:
        """Questions since the last reset with the last answer to each and its time."""
        return {} if self._battery is None else self._battery.answered

    def feed(self, data: bytes, now_s: float) -> None:
        """Take bytes off the line; the poll that decides is answered already."""
        if self._battery is None:
            self._listen(data, now_s)
        if self._battery is not None:
            self._battery.feed(data, now_s)
            asked_s = self._battery.heard.alive_at_s
            if now_s - (self._chosen_s if asked_s is None else max(self._chosen_s, asked_s)) > FORGOTTEN_S:
                self._forget()

    def _listen(self, data: bytes, now_s: float) -> None:
        before = self._listener.verdict
        verdict = self._listener.feed(data, now_s)
        if verdict.polls > before.polls or verdict.strange > before.strange:
            self._heard = replace(self._heard, alive_at_s=now_s)
        if verdict.rival:
            self._heard = replace(self._heard, rival_at_s=now_s, rival_id=verdict.address)
            self._rival_s = now_s
            # What was heard before may have been meant for the other; it begins anew once that has gone.
            self._listener = SerialListener()
            return
        alone = self._rival_s is None or now_s - self._rival_s > RIVAL_GONE_S
        if verdict.dialect is not None and alone:
            self._choose(verdict.dialect, now_s)

    def resume(self, dialect: str, now_s: float) -> None:
        """Go on in a dialect that was recognised on this line a moment ago; one that nobody answers in is left alone.

        Who else answers is heard as ever, and an inverter that does not ask in it is recognised anew.
        """
        if dialect in DIALECTS:
            self._choose(dialect, now_s)

    def _choose(self, dialect: str, now_s: float) -> None:
        make = DIALECTS[dialect].parts().serial_battery
        if make is not None:
            self._battery = make(self._options)
            self._dialect, self._chosen_s = dialect, now_s

    def _forget(self) -> None:
        self._heard = self.heard
        self._battery = self._dialect = None
        self._listener = SerialListener()

    def due(self, told: RackSample, now_s: float) -> list[bytes]:
        """The answers to send now."""
        return [] if self._battery is None else self._battery.due(told, now_s)

    def reset(self) -> None:
        """Forget questions and answers; what was recognised stays."""
        if self._battery is not None:
            self._battery.reset()
