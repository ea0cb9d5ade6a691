"""A battery on CAN that finds out which dialect its inverter speaks: by listening, and with consent by one trial.

Some inverters talk first; from those it listens and then speaks their dialect. Others wait for a battery: with consent
the Pylontech set is sent with limits of 0 on a bus that has been silent, until an inverter answers. Within the
Pylontech family the dialects cannot be told apart: that choice stays a setting.
"""

from __future__ import annotations

from dataclasses import replace

from openress.codec.canframe import CanFrame
from openress.errors import ParameterError
from openress.model import Limits, RackSample
from openress.protocols.canbus import CanBattery, CanOptions, Heard
from openress.protocols.inverter.recognise import Verdict
from openress.protocols.inverter.recognisecan import PYLONTECH_CAN, CanListener
from openress.protocols.registry import DIALECTS

__all__ = ["PROBE_AFTER_S", "RIVAL_GONE_S", "AutomaticCanBattery"]

PROBE_AFTER_S = 10.0
"""A bus on which nothing was heard for so long is silent: whoever talks first does so at least once a second."""
RIVAL_GONE_S = 60.0
"""Another battery that has not been heard for so long has gone."""


class AutomaticCanBattery:
    """See `CanBattery`.

    Args:
        options: given to the battery that is chosen.
        prefer: which of the Pylontech family is spoken; without it, none of them unless a trial begins.
        probe: consent to the trial.

    Raises:
        ParameterError: `prefer` is none of the Pylontech family.
    """

    period_s = 1.0

    def __init__(self, options: CanOptions, *, prefer: str | None = None, probe: bool = False) -> None:
        if prefer is not None and prefer not in PYLONTECH_CAN:
            raise ParameterError(
                f"{prefer} is recognised by itself or not at all: with auto on CAN the dialect is one of "
                f"{', '.join(PYLONTECH_CAN)}, which cannot be told apart."
            )
        self.identifiers = frozenset[int]()
        self.extended = False
        self._options = options
        self._prefer = prefer
        self._probe = probe
        self._listener = CanListener()
        self._battery: CanBattery | None = None
        self._dialect: str | None = None
        self._trying = False
        self._heard = Heard()
        self._rival_s: float | None = None
        self._silent_since_s: float | None = None

    @property
    def verdict(self) -> Verdict:
        """What it makes of what it has heard."""
        return self._listener.verdict

    @property
    def dialect(self) -> str | None:
        """The dialect it speaks, also while it is only tried; `None` while it listens."""
        return self._dialect

    @property
    def trying(self) -> bool:
        """Whether it speaks with limits of 0 to find out whether anybody answers."""
        return self._trying

    @property
    def heard(self) -> Heard:
        """What has come in so far."""
        return self._heard if self._battery is None else self._battery.heard

    @property
    def next_due_s(self) -> float | None:
        """When `due` will have something to send; `None` while it listens."""
        return None if self._battery is None else self._battery.next_due_s

    def feed(self, frame: CanFrame, now_s: float) -> None:
        """Take a frame off the bus."""
        self._silent_since_s = now_s
        if self._battery is None or self._trying:
            self._listen(frame, now_s)
        if self._battery is not None:
            self._battery.feed(frame, now_s)

    def _listen(self, frame: CanFrame, now_s: float) -> None:
        before = self._listener.verdict
        verdict = self._listener.feed(frame)
        if verdict.rival:
            self._silence()
            self._heard = replace(self._heard, rival_at_s=now_s, rival_id=frame.id)
            self._rival_s = now_s
            self._listener = CanListener()
            return
        if verdict.strange > before.strange:
            # Nobody we know: whatever was tried ends here.
            self._silence()
        self._heard = replace(self._heard, alive_at_s=now_s)
        if self._rival_s is not None and now_s - self._rival_s <= RIVAL_GONE_S:
            return
        name = verdict.dialect
        if name is None and len(verdict.family) > 1:
            name = self._dialect or self._prefer
        if name is not None:
            self._trying = False
            if name != self._dialect:
                self._speak(name)

    def resume(self, dialect: str) -> None:
        """Go on in a dialect that was recognised on this bus a moment ago; one that nobody speaks is left alone."""
        if dialect in DIALECTS:
            self._speak(dialect)

    def _silence(self) -> None:
        if self._trying:
            self._heard = self.heard
            self._battery, self._dialect, self._trying = None, None, False
            self.identifiers, self.extended = frozenset(), False

    def _speak(self, name: str) -> None:
        """Speak a dialect that was recognised, if that is consented to."""
        dialect = DIALECTS[name]
        if dialect.experimental and not self._options.experimental:
            return
        make = dialect.parts().can_battery
        if make is not None:
            battery = make(self._options)
            self._battery, self._dialect = battery, name
            self.identifiers, self.extended = battery.identifiers, battery.extended

    def due(self, told: RackSample, now_s: float) -> list[CanFrame]:
        """The frames to send now; while it is only tried they allow nothing."""
        if self._silent_since_s is None:
            self._silent_since_s = now_s
        quiet = now_s - self._silent_since_s >= PROBE_AFTER_S
        alone = self._rival_s is None or now_s - self._rival_s > RIVAL_GONE_S
        if self._battery is None and self._probe and quiet and alone:
            self._speak(self._prefer or PYLONTECH_CAN[0])
            self._trying = True
        if self._battery is None:
            return []
        return self._battery.due(_nothing(told) if self._trying else told, now_s)

    def reset(self) -> None:
        """Forget requests and times; what was recognised stays."""
        if self._battery is not None:
            self._battery.reset()


def _nothing(told: RackSample) -> RackSample:
    limits = told.limits or Limits(told.at_s)
    return replace(
        told,
        limits=replace(
            limits,
            charge_current_limit_a=0.0,
            discharge_current_limit_a=0.0,
            charge_enabled=False,
            discharge_enabled=False,
            charge_immediately=None,
            full_charge_request=None,
        ),
    )
