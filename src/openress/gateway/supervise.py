"""What is wrong between gateway and inverter: each trouble is an alarm of its own, with a sentence.

None of them opens a switch and none raises a limit. Only a second talker on our identifiers changes what is sent:
two voices of one name are worse than none, so ours stops.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from openress.errors import ParameterError
from openress.gateway.hold import State, Told
from openress.model import Limits
from openress.protocols.canbus import Heard

__all__ = ["LISTEN_S", "RIVAL_GONE_S", "Alarm", "Habits", "Line", "Supervisor", "Trouble"]

LISTEN_S = 2.5
"""A gateway listens so long before its first word: who talks already talks at least once in it."""
LEFT_ALONE_S = 0.3
"""The first question of an inverter that asks is left for so long to any other battery; one answers within 0.25 s."""
RIVAL_GONE_S = 60.0
"""A second talker that has not been heard for so long has gone."""
UNACKNOWLEDGED_S = 5.0
"""An inverter that is switched on acknowledges within this; before it, nobody may be there yet."""
TOLERANCE_A, TOLERANCE_A_PER_PACK, TOLERANCE_SHARE = 1.0, 0.5, 0.05
"""What sensors and regulators may be off before a current counts as above its limit (ours)."""


class Trouble(StrEnum):
    """What can be wrong."""

    STALE = "stale_data"
    INVERTER_SILENT = "inverter_silent"
    BUS_OFF = "bus_off"
    UNACKNOWLEDGED = "unacknowledged"
    PORT_GONE = "port_gone"
    RIVAL = "second_talker"
    CHARGE_DISOBEYED = "charge_limit_disobeyed"
    DISCHARGE_DISOBEYED = "discharge_limit_disobeyed"


class Line(StrEnum):
    """How the port stands, by what became of the last burst."""

    OPENING = "opening"
    """Nothing has been sent yet."""
    WORKS = "works"
    UNACKNOWLEDGED = "unacknowledged"
    BUS_OFF = "bus_off"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class Alarm:
    """A trouble for as long as it lasts.

    Attributes:
        trouble: its kind.
        since_s: when it began.
        sentence: what it is, and what to look at.
    """

    trouble: Trouble
    since_s: float
    sentence: str


@dataclass(frozen=True, slots=True)
class Habits:
    """What is usual for the inverter.

    Attributes:
        name: as people call it.
        answers: it sends signs of life; `None` where some do and some never do.
        quiet_for_s: silence that is no trouble yet, 5 to 300 s; a Deye pauses for more than 5 s at midnight.
        reacts_in_s: time to follow a limit that has fallen; an SMA Sunny Island takes about 10 s.

    Raises:
        ParameterError: a time out of its bounds.
    """

    name: str = "The inverter"
    answers: bool | None = True
    quiet_for_s: float = 60.0
    reacts_in_s: float = 15.0

    def __post_init__(self) -> None:
        if not 5.0 <= self.quiet_for_s <= 300.0:
            raise ParameterError(f"quiet_for_s must be 5 to 300 s, not {self.quiet_for_s:g}.")
        if not 1.0 <= self.reacts_in_s <= 120.0:
            raise ParameterError(f"reacts_in_s must be 1 to 120 s, not {self.reacts_in_s:g}.")


class Supervisor:
    """Machine that watches the inverter, the line and the currents.

    Args:
        habits: of the inverter.
        start_s: when listening began.
        asked: the line is one on which the inverter asks and batteries answer.
    """

    def __init__(self, habits: Habits, start_s: float, *, asked: bool = False) -> None:
        self._habits = habits
        self._start_s = start_s
        self._asked = asked
        self._first_s: float | None = None
        self._since: dict[Trouble, float] = {}
        self._over_since: dict[Trouble, float] = {}
        self._spoke_s: float | None = None

    def resume(self, told_s: float) -> None:
        """Go on for a gateway that told until just now: it has listened, and was alone."""
        self._start_s = told_s - LISTEN_S
        self._first_s = told_s - 2 * LEFT_ALONE_S
        self._spoke_s = told_s

    def may_talk(self, heard: Heard, now_s: float) -> bool:
        """Whether ours would be the only voice of its name: we have listened, and nobody else speaks."""
        if self._first_s is None:
            self._first_s = heard.alive_at_s
        left_alone = not self._asked or (self._first_s is not None and now_s - self._first_s > LEFT_ALONE_S)
        return left_alone and now_s - self._start_s >= LISTEN_S and not self._rival(heard, now_s)

    def spoke(self, now_s: float) -> None:
        """Take note that frames were sent: from the first on, signs of life are due."""
        if self._spoke_s is None:
            self._spoke_s = now_s

    def look(self, heard: Heard, line: Line, told: Told, now_s: float, *, talks: bool = True) -> tuple[Alarm, ...]:
        """The alarms that stand at `now_s`; limits that the inverter is not told cannot be disobeyed."""
        found = {
            Trouble.STALE: _stale(told),
            Trouble.INVERTER_SILENT: self._silent(heard, now_s),
            Trouble.BUS_OFF: _BUS_OFF if line is Line.BUS_OFF else None,
            Trouble.UNACKNOWLEDGED: self._unacknowledged(line, now_s),
            Trouble.PORT_GONE: (_SERIAL_GONE if self._asked else _PORT_GONE) if line is Line.GONE else None,
            Trouble.RIVAL: self._rival(heard, now_s),
            Trouble.CHARGE_DISOBEYED: self._disobeyed(Trouble.CHARGE_DISOBEYED, told, now_s, talks=talks),
            Trouble.DISCHARGE_DISOBEYED: self._disobeyed(Trouble.DISCHARGE_DISOBEYED, told, now_s, talks=talks),
        }
        self._since = {
            trouble: self._since.get(trouble, now_s) for trouble, sentence in found.items() if sentence is not None
        }
        return tuple(
            Alarm(trouble, self._since[trouble], sentence)
            for trouble, sentence in found.items()
            if sentence is not None
        )

    def _rival(self, heard: Heard, now_s: float) -> str | None:
        if heard.rival_at_s is None or now_s - heard.rival_at_s > RIVAL_GONE_S:
            return None
        number = heard.rival_id
        if self._asked:
            where = "" if number is None else f"{number:02X}"
            what = f"Another battery answers the inverter on this line{f', from address {where}' if where else ''}."
        else:
            where = "" if number is None else f"{number:03X}"
            what = (
                f"Somebody else talks to the inverter with our identifiers{f' ({where})' if where else ''}: another "
                "gateway, or a battery on the same bus."
            )
        return f"{what} We are silent until it is gone; leave only one of them connected."

    def _silent(self, heard: Heard, now_s: float) -> str | None:
        habits = self._habits
        began_s = self._start_s if self._asked else self._spoke_s
        waits_from_s = began_s if heard.alive_at_s is None else heard.alive_at_s
        expected = habits.answers or (habits.answers is None and heard.alive_at_s is not None)
        if not expected or waits_from_s is None or now_s - waits_from_s <= habits.quiet_for_s:
            return None
        if heard.alive_at_s is None and self._asked:
            return (
                f"{habits.name} has not asked anything yet: check that it is set to this battery protocol, the cable "
                "and its pins (A and B may be swapped), and the bit rate."
            )
        if heard.alive_at_s is None:
            return (
                f"{habits.name} has not answered yet: check that it is set to this battery protocol, the cable and its "
                "pins, and the bit rate."
            )
        return (
            f"{habits.name} has been silent for {now_s - heard.alive_at_s:.0f} s: check that it is on and that the "
            "cable is in place."
        )

    def _unacknowledged(self, line: Line, now_s: float) -> str | None:
        if not self._lasting(Trouble.UNACKNOWLEDGED, now_s, UNACKNOWLEDGED_S, holds=line is Line.UNACKNOWLEDGED):
            return None
        return (
            "Nobody on the CAN bus acknowledges our frames: check that the inverter is on, the cable, the two "
            "terminators of 120 ohm and the bit rate."
        )

    def _disobeyed(self, trouble: Trouble, told: Told, now_s: float, *, talks: bool) -> str | None:
        charging = trouble is Trouble.CHARGE_DISOBEYED
        limit_a, flows_a = _flow(told, charging=charging)
        packs = 0 if told.rack is None else len(told.rack.packs)
        tolerance_a = TOLERANCE_A + TOLERANCE_A_PER_PACK * packs + TOLERANCE_SHARE * (limit_a or 0.0)
        over = talks and limit_a is not None and flows_a is not None and flows_a > limit_a + tolerance_a
        if not self._lasting(trouble, now_s, self._habits.reacts_in_s, holds=over):
            return None
        return (
            f"{'Charging' if charging else 'Discharging'} runs with {flows_a or 0.0:.0f} A and {limit_a or 0.0:.0f} A "
            f"are allowed: {self._habits.name} does not keep to the limit, or something else on the DC bus does not. "
            "The packs will open their switches by themselves."
        )

    def _lasting(self, trouble: Trouble, now_s: float, for_s: float, *, holds: bool) -> bool:
        if not holds:
            self._over_since.pop(trouble, None)
            return False
        return now_s - self._over_since.setdefault(trouble, now_s) >= for_s


_BUS_OFF = (
    "The CAN controller has left the bus after too many errors and tries again: check the two terminators of 120 ohm, "
    "that CAN-H and CAN-L are not swapped, and the bit rate."
)
_PORT_GONE = "The CAN adapter is gone: plug it in again; it is opened as soon as it is there."
_SERIAL_GONE = "The adapter of the inverter's line is gone: plug it in again; it is opened as soon as it is there."


def _stale(told: Told) -> str | None:
    if told.age_s is None or told.age_s <= told.fresh_for_s:
        return None
    end = "nothing is sent any more" if told.state is State.SILENT else "the inverter is told to stop"
    return f"The packs were last heard {told.age_s:.0f} s ago: {end}. Check the link to the battery."


def _flow(told: Told, *, charging: bool) -> tuple[float | None, float | None]:
    """A limit that was told and the current that flows in its direction, as far as both are known and fresh."""
    limits: Limits | None = None if told.rack is None else told.rack.limits
    analog = None if told.rack is None else told.rack.analog
    if limits is None or analog is None or analog.pack_current_a is None:
        return None, None
    if charging:
        return limits.charge_current_limit_a, analog.pack_current_a
    return limits.discharge_current_limit_a, -analog.pack_current_a
