"""What can happen to a pack, as the A5L guide's S/N 1 to 11 tell it, and how long it has been going on.

A hazard is followed through three questions, each answered from raw values and the words of the guide:
is it there now (limits must be 0 at once); has it been there for longer than any delay allows (the switch must be
open); and has one of its own release paths been met since (only then may anything come back).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum, auto
from operator import ge, le

from openress.checker.view import Group, View
from openress.model import Condition, Limits

__all__ = ["HAZARDS", "Flow", "Hazard", "Lift", "Watch", "limit_of", "since"]

TEMPERATURE_DELAY_S = 2.0
"""The guide prints no delay for temperatures; REQ-063."""
PATIENCE_S = 0.5
"""The guide's tolerance of a delay: 1.0 s +- 0.5 s (REQ-022)."""
MINUTE_S = 59.0
"""Over-current lets go by itself after a minute, +- 1 s (REQ-043)."""


class Flow(Enum):
    """A direction of current: the switch that cuts it and the limit that bounds it."""

    CHARGE = "charge"
    DISCHARGE = "discharge"


def limit_of(limits: Limits, flow: Flow) -> float | None:
    """The current limit of a direction."""
    return limits.charge_current_limit_a if flow is Flow.CHARGE else limits.discharge_current_limit_a


def since(since_s: float | None, now_s: float, *, holds: bool) -> float | None:
    """When something that `holds` began, one that began at `since_s` included."""
    if not holds:
        return None
    return now_s if since_s is None else since_s


class Lift(Enum):
    """A circumstance that lets a protection go; any one is enough (INC-08)."""

    DISCHARGING = auto()
    CHARGING = auto()
    CHARGER = auto()
    LOAD_GONE = auto()
    MINUTE = auto()


@dataclass(frozen=True, slots=True)
class Hazard:
    """One line of the guide.

    Attributes:
        condition: what it is called.
        invariant: which of S1 to S4 wants the limit at 0 at once; none for currents, which only open the switch.
        cuts: directions that stop.
        group: what must be measured to see it.
        read: the extreme that counts.
        worse: how it compares when it is bad.
        protect: parameter, or none for the comparator of the short circuit.
        release: parameter of the value that lets go.
        delay: parameter in ms; none for the fixed one of temperatures.
        lifts: circumstances that let go as well.
    """

    condition: Condition
    invariant: str | None
    cuts: tuple[Flow, ...]
    group: Group
    read: Callable[[View], float | None]
    worse: Callable[[float, float], bool]
    protect: str | None
    release: str | None
    delay: str | None
    lifts: frozenset[Lift] = frozenset()

    def there(self, seen: View, values: Mapping[str, float]) -> bool:
        """Whether it is there now; a value that is missing shows nothing here, S13 is for that."""
        value = self.read(seen)
        level = 0.5 if self.protect is None else values[self.protect]
        return value is not None and bool(self.worse(value, level))

    def recovered(self, seen: View, values: Mapping[str, float]) -> bool:
        """Whether the value itself is back at the release."""
        value = self.read(seen)
        if value is None or self.release is None:
            return False
        better = le if self.worse is ge else ge
        return bool(better(value, values[self.release]))

    def longest_s(self, values: Mapping[str, float]) -> float:
        """How long it may be there before its switch must be open; a short circuit not at all."""
        if self.protect is None:
            return 0.0
        return (TEMPERATURE_DELAY_S if self.delay is None else values[self.delay] / 1000.0) + PATIENCE_S


def _in(seen: View) -> float | None:
    return seen.current_a


def _out(seen: View) -> float | None:
    return None if seen.current_a is None else -seen.current_a


_C, _CELLS, _PACK, _AMPS, _WARM = Condition, Group.CELLS, Group.PACK, Group.CURRENT, Group.TEMPERATURES
_CHG, _DSG, _ALL = (Flow.CHARGE,), (Flow.DISCHARGE,), (Flow.CHARGE, Flow.DISCHARGE)
_DISCHARGING, _CHARGER = frozenset({Lift.DISCHARGING}), frozenset({Lift.CHARGER})
_OC_IN, _OC_OUT = frozenset({Lift.MINUTE, Lift.DISCHARGING}), frozenset({Lift.MINUTE, Lift.CHARGING})
_SHORT = frozenset({Lift.CHARGING, Lift.LOAD_GONE})

# fmt: off
HAZARDS: tuple[Hazard, ...] = (
    Hazard(_C.CELL_OVER_VOLTAGE, "S1", _CHG, _CELLS, lambda v: v.highest_mv, ge,
           "cell_ov_protect_mv", "cell_ov_release_mv", "cell_ov_delay_ms", _DISCHARGING),
    Hazard(_C.CELL_UNDER_VOLTAGE, "S2", _DSG, _CELLS, lambda v: v.lowest_mv, le,
           "cell_uv_protect_mv", "cell_uv_release_mv", "cell_uv_delay_ms", _CHARGER),
    Hazard(_C.PACK_OVER_VOLTAGE, "S3", _CHG, _PACK, lambda v: v.pack_v, ge,
           "pack_ov_protect_v", "pack_ov_release_v", "pack_ov_delay_ms", _DISCHARGING),
    Hazard(_C.PACK_UNDER_VOLTAGE, "S3", _DSG, _PACK, lambda v: v.pack_v, le,
           "pack_uv_protect_v", "pack_uv_release_v", "pack_uv_delay_ms", _CHARGER),
    Hazard(_C.CHARGE_OVER_CURRENT, None, _CHG, _AMPS, _in, ge,
           "charge_oc_protect_a", None, "charge_oc_delay_ms", _OC_IN),
    Hazard(_C.DISCHARGE_OVER_CURRENT, None, _DSG, _AMPS, _out, ge,
           "discharge_oc_protect_a", None, "discharge_oc_delay_ms", _OC_OUT),
    Hazard(_C.DISCHARGE_OVER_CURRENT_2, None, _DSG, _AMPS, _out, ge,
           "discharge_oc2_protect_a", None, "discharge_oc2_delay_ms", _OC_OUT),
    Hazard(_C.SHORT_CIRCUIT, None, _DSG, Group.SHORT, lambda v: v.short, ge, None, None, None, _SHORT),
    Hazard(_C.MOS_OVER_TEMPERATURE, "S4", _ALL, Group.MOS, lambda v: v.mos_c, ge,
           "mos_ot_protect_c", "mos_ot_release_c", None),
    Hazard(_C.CHARGE_UNDER_TEMPERATURE, "S4", _CHG, _WARM, lambda v: v.coldest_c, le,
           "charge_ut_protect_c", "charge_ut_release_c", None),
    Hazard(_C.CHARGE_OVER_TEMPERATURE, "S4", _CHG, _WARM, lambda v: v.hottest_c, ge,
           "charge_ot_protect_c", "charge_ot_release_c", None),
    Hazard(_C.DISCHARGE_UNDER_TEMPERATURE, "S4", _DSG, _WARM, lambda v: v.coldest_c, le,
           "discharge_ut_protect_c", "discharge_ut_release_c", None),
    Hazard(_C.DISCHARGE_OVER_TEMPERATURE, "S4", _DSG, _WARM, lambda v: v.hottest_c, ge,
           "discharge_ot_protect_c", "discharge_ot_release_c", None),
    Hazard(_C.AMBIENT_UNDER_TEMPERATURE, "S4", _ALL, Group.ENV, lambda v: v.env_c, le,
           "env_ut_protect_c", "env_ut_release_c", None),
    Hazard(_C.AMBIENT_OVER_TEMPERATURE, "S4", _ALL, Group.ENV, lambda v: v.env_c, ge,
           "env_ot_protect_c", "env_ot_release_c", None),
)
# fmt: on


class Watch:
    """What has become of one hazard.

    Attributes:
        there: it is there in this measurement.
        lingers: it was there, and no release path has been met since.
        tripped_s: when its switch was, or should have been, opened; none when nothing stands.
    """

    __slots__ = ("_excused", "_freed_s", "_since_s", "hazard", "lingers", "there", "tripped_s")

    def __init__(self, hazard: Hazard) -> None:
        self.hazard = hazard
        self.forget()

    def forget(self) -> None:
        """Start over, as a pack does whose supply was off."""
        self.there = self.lingers = self._excused = False
        self.tripped_s: float | None = None
        self._freed_s: float | None = None
        self._since_s: float | None = None

    def restart(self) -> None:
        """Measure its duration anew; what stands, stands."""
        self._since_s = None

    def see(
        self,
        seen: View,
        values: Mapping[str, float],
        now_s: float,
        met: frozenset[Lift],
        *,
        excused: frozenset[Lift],
        locked: bool,
    ) -> None:
        """Take in a measurement.

        Args:
            seen: the measurement.
            values: parameters.
            now_s: its time.
            met: circumstances that let go.
            excused: circumstances that may keep it from tripping while they last.
            locked: a minute no longer lets go.
        """
        lifted = bool(self.hazard.lifts & met)
        self.there = self.hazard.there(seen, values)
        back = lifted or self.hazard.recovered(seen, values)
        if self.there and self.hazard.invariant is not None:
            self.lingers, self._excused = True, lifted
        elif self.lingers and (back or self._excused):
            self.lingers = False
        if self.tripped_s is not None and self._freed_s is None:
            minute = Lift.MINUTE in self.hazard.lifts and not locked and now_s - self.tripped_s >= MINUTE_S
            if back or minute:
                self._freed_s = now_s
        counts = self.there and self.hazard.group not in seen.doubtful and not self.hazard.lifts & excused
        self._since_s = since(self._since_s, now_s, holds=counts)

    def settle(self, values: Mapping[str, float], now_s: float, *, named: bool) -> bool:
        """Hold it against what the BMS says, `named` being that it stands; tells whether this is a new trip."""
        longest_s, since_s = self.hazard.longest_s(values), self._since_s
        overdue = since_s is not None and now_s - since_s >= longest_s
        if self.tripped_s is None:
            if not named and not overdue:
                return False
            self.tripped_s = now_s if named or since_s is None else since_s + max(0.0, longest_s - PATIENCE_S)
            self._freed_s = None
            return True
        if self._freed_s is not None:
            if overdue and since_s is not None and since_s > self._freed_s:
                self._freed_s = None
            elif not named:
                self.tripped_s = self._freed_s = self._since_s = None
        return False

    @property
    def stands(self) -> bool:
        """It has tripped and nothing has let it go."""
        return self.tripped_s is not None and self._freed_s is None
