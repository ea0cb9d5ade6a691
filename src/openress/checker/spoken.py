"""What was heard on the wire, as the checker takes it: decoded frames and nothing of how they were made."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Bounds", "Spoken", "Times"]


@dataclass(frozen=True, slots=True)
class Spoken:
    """The limits that arrived together at `at_s`, decoded from their frames.

    Attributes:
        at_s: when.
        charge_voltage_v: the charge voltage limit.
        charge_a: the charge current limit, a magnitude.
        discharge_a: likewise.
        discharge_voltage_v: the voltage at which discharging ends; `None` where it is not told.
        measured: a measured value (voltage, current, charge) came with them.
        forced: the inverter is asked to charge now.
    """

    at_s: float
    charge_voltage_v: float | None
    charge_a: float | None
    discharge_a: float | None
    discharge_voltage_v: float | None = None
    measured: bool = False
    forced: bool = False


@dataclass(frozen=True, slots=True)
class Bounds:
    """What nothing on the wire may pass: a person's caps and the published maxima of all packs together."""

    charge_voltage_v: float | None = None
    charge_a: float | None = None
    discharge_a: float | None = None


@dataclass(frozen=True, slots=True)
class Times:
    """The printed times of an inverter's fail-safe table, ages of the data in seconds.

    Attributes:
        fresh_for_s: up to here values hold.
        zero_s: from here on both currents are 0.
        silent_s: from here on nothing is said.
        rise_s: from 0 to full.
        period_s: from one set of frames to the next.
    """

    fresh_for_s: float = 10.0
    zero_s: float = 15.0
    silent_s: float = 30.0
    rise_s: float = 20.0
    period_s: float = 1.0
