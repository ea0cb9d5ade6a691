"""What an inverter is told when the battery's data stop: ages, values on the wire, silence. One rule for all, a few
numbers and manners for each inverter.

Two clocks are kept apart. While anything is sent at all it is sent in the dialect's own period, so that an inverter
that misses frames after 3 s misses none. What decides is the age of the pack data inside:

    live       younger than `fresh_for_s`       the limits as they are
    fading     then, for `ramp_s`               the last limits, falling evenly to 0; no measured values
    stopped    until the silence                current limits 0, both directions disabled; no measured values
    silent     older than `silent_s`            nothing; requests get no answer

The same frames go on while limits are 0: what stops is the permission, not the heartbeat. Then both stop together, so
that the inverter's own time-out acts. An old value never travels with a fresh heartbeat, and an inverter that keeps
what it heard last has heard 0.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from openress.errors import ParameterError
from openress.model import Limits

__all__ = [
    "SILENT_BOUNDS_S",
    "STOPPED_AT_LEAST_S",
    "ChargeStop",
    "DischargeStop",
    "FailSafe",
    "Phase",
    "Stage",
]

STOPPED_AT_LEAST_S = 5.0
"""Zero is said so long before the silence, whatever the silence time: five periods of one second."""
ABOVE_CUT_OFF_V = 1.0
"""A charge voltage limit that is lowered stays so far above the discharge cut-off, with which it must never meet."""
SILENT_BOUNDS_S = (10.0, 60.0)
"""What `silent_after_s` may be; 60 s is when an SMA Sunny Island would act by itself."""


class Stage(StrEnum):
    """What the age of the data allows."""

    LIVE = "live"
    FADING = "fading"
    STOPPED = "stopped"
    SILENT = "silent"


@dataclass(frozen=True, slots=True)
class Phase:
    """A stage with the ages of the data at which it begins and ends; the last one has no end."""

    stage: Stage
    from_s: float
    to_s: float | None


class ChargeStop(StrEnum):
    """What becomes of the charge voltage limit when charging must stop; the current limit is 0 in any case."""

    KEEP_VOLTAGE = "keep voltage"
    """It stays: this inverter discharges when the limit is below the battery's voltage, or takes low values amiss."""
    TO_PACK_VOLTAGE = "to pack voltage"
    """It falls to the battery's voltage, which this inverter obeys more surely than a current limit of 0."""


class DischargeStop(StrEnum):
    """How the inverter is told not to discharge; the current limit is 0 in any case."""

    ZERO_CURRENT = "zero current"
    """The limit is obeyed, as far as is known."""
    ZERO_CURRENT_ON_GRID = "zero current, on grid only"
    """Off grid it goes on until it misses the battery: then only the silence stops it."""


@dataclass(frozen=True, slots=True)
class FailSafe:
    """What one inverter is told when data stop.

    Args:
        charge_stop: what becomes of the charge voltage limit.
        discharge_stop: what a discharge limit of 0 does.
        raises_fault: whether a lost link to the packs is told as a fault from the fading on; not to an inverter that
            any alarm stops at once, or ten seconds without data would darken a house.
        silent_after_s: age of the data at which nothing is sent any more, 10 to 60 s.
        ramp_s: how long the limits take to fall to 0.
        rise_s: how long they take to rise from 0 to full once every pack has been heard again.

    Raises:
        ParameterError: a time out of its bounds.
    """

    charge_stop: ChargeStop = ChargeStop.KEEP_VOLTAGE
    discharge_stop: DischargeStop = DischargeStop.ZERO_CURRENT
    raises_fault: bool = True
    silent_after_s: float = 30.0
    ramp_s: float = 5.0
    rise_s: float = 20.0

    def __post_init__(self) -> None:
        low, high = SILENT_BOUNDS_S
        if not low <= self.silent_after_s <= high:
            raise ParameterError(f"silent_after_s must be {low:g} to {high:g} s, not {self.silent_after_s:g}.")
        if not 0.0 <= self.ramp_s <= 5.0:
            raise ParameterError(f"ramp_s must be 0 to 5 s, not {self.ramp_s:g}.")
        if not 5.0 <= self.rise_s <= 600.0:
            raise ParameterError(f"rise_s must be 5 to 600 s, not {self.rise_s:g}.")

    def phases(self, fresh_for_s: float) -> tuple[Phase, ...]:
        """The stages one after another with the ages of the data at which they begin and end."""
        edges = (0.0, fresh_for_s, self.zero_s(fresh_for_s), self.silent_s(fresh_for_s), None)
        return tuple(
            Phase(stage, begin, end)
            for stage, begin, end in zip(Stage, edges, edges[1:], strict=False)
            if begin is not None and begin != end
        )

    def zero_s(self, fresh_for_s: float) -> float:
        """Age at which the limits have reached 0."""
        return fresh_for_s + self.ramp_s

    def silent_s(self, fresh_for_s: float) -> float:
        """Age at which nothing is sent any more; never before zero has been said for a while."""
        return max(self.silent_after_s, self.zero_s(fresh_for_s) + STOPPED_AT_LEAST_S)

    def as_json(self, fresh_for_s: float) -> dict[str, object]:
        """The table under public keys, for data that are fresh for so long."""
        return {
            "charge_stop": self.charge_stop.value,
            "discharge_stop": self.discharge_stop.value,
            "raises_fault": self.raises_fault,
            "rise_s": self.rise_s,
            "phases": [
                {"stage": phase.stage.value, "from_s": phase.from_s, "to_s": phase.to_s}
                for phase in self.phases(fresh_for_s)
            ],
        }

    def stage(self, age_s: float | None, fresh_for_s: float) -> Stage:
        """What data of this age allow; `None` is no complete set yet, and a negative age is a clock that was set."""
        if age_s is None or not age_s >= 0.0:
            return Stage.SILENT
        if age_s <= fresh_for_s:
            return Stage.LIVE
        if age_s < self.zero_s(fresh_for_s):
            return Stage.FADING
        return Stage.STOPPED if age_s < self.silent_s(fresh_for_s) else Stage.SILENT

    def share(self, age_s: float | None, fresh_for_s: float) -> float:
        """The part of the last current limits that may still be told, 1 to 0."""
        match self.stage(age_s, fresh_for_s):
            case Stage.LIVE:
                return 1.0
            case Stage.FADING if age_s is not None:
                return (self.zero_s(fresh_for_s) - age_s) / self.ramp_s
            case _:
                return 0.0

    def told(
        self, limits: Limits, age_s: float | None, fresh_for_s: float, *, pack_voltage_v: float | None
    ) -> Limits | None:
        """The limits to put on the wire, `None` for silence.

        Args:
            limits: the last ones, decided from data that are `age_s` old.
            age_s: age of the oldest value they rest on.
            fresh_for_s: see `openress.model.fresh_for`.
            pack_voltage_v: of the same data.
        """
        match self.stage(age_s, fresh_for_s):
            case Stage.LIVE:
                return limits
            case Stage.FADING:
                share = self.share(age_s, fresh_for_s)
                return replace(
                    limits,
                    charge_current_limit_a=_part(limits.charge_current_limit_a, share),
                    discharge_current_limit_a=_part(limits.discharge_current_limit_a, share),
                    charge_immediately=None,
                    full_charge_request=None,
                )
            case Stage.STOPPED:
                return self.stopped(limits, pack_voltage_v=pack_voltage_v)
            case Stage.SILENT:
                return None

    def stopped(self, limits: Limits, *, pack_voltage_v: float | None) -> Limits:
        """`limits` with neither charging nor discharging allowed, in this inverter's manner.

        It serves wherever both must stop, also before the first complete set of data, and while the inverter is told
        that the battery is about to open its switches.
        """
        return replace(
            limits,
            charge_voltage_limit_v=self._voltage(
                limits.charge_voltage_limit_v, pack_voltage_v, limits.discharge_voltage_limit_v
            ),
            charge_current_limit_a=0.0,
            discharge_current_limit_a=0.0,
            charge_enabled=False,
            discharge_enabled=False,
            charge_immediately=None,
            full_charge_request=None,
        )

    def _voltage(self, limit_v: float | None, pack_voltage_v: float | None, cut_off_v: float | None) -> float | None:
        if self.charge_stop is ChargeStop.KEEP_VOLTAGE or limit_v is None or pack_voltage_v is None:
            return limit_v
        lowest_v = 0.0 if cut_off_v is None else cut_off_v + ABOVE_CUT_OFF_V
        return min(limit_v, max(pack_voltage_v, lowest_v))


def _part(current_a: float | None, share: float) -> float | None:
    return None if current_a is None else current_a * share
