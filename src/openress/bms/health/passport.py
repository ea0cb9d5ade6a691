"""The dynamic fields of a battery passport that a BMS can supply, each with how it is known.

Names are those of the BatteryPass data model `PerformanceAndDurability` 1.2.1 (DIN DKE SPEC 99100); the duty is that of
Regulation (EU) 2023/1542, articles 14 and 77 and annex VII. What cannot be known is there with the value absent.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from openress.bms.estimator import PackEstimate
from openress.bms.health.state import Health

__all__ = ["COLD_C", "HOT_C", "PassportField", "Quality", "passport"]

COLD_C, HOT_C = 0.0, 45.0
"""Bounds outside which time is counted: LFP makers allow charging from 0 C, and ageing doubles from 25 to 45 C."""


class Quality(Enum):
    """How far a value can be trusted."""

    COUNTED = "counted"
    LEARNED = "learned"
    ESTIMATE = "estimate"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class PassportField:
    """One value.

    Args:
        name: in the data model.
        value: absent when it is not known.
        unit: of the value.
        quality: how far to trust it.
        method: how it is found.
        last_update_s: when it was last known anew, on the caller's clock; absent when never.
        low: lower end of the 95 % interval; absent when none is known.
        high: upper end, likewise.
    """

    name: str
    value: float | None
    unit: str
    quality: Quality
    method: str
    last_update_s: float | None
    low: float | None = None
    high: float | None = None


def passport(health: Health, estimate: PackEstimate, now_s: float) -> tuple[PassportField, ...]:
    """All fields, as known at `now_s`."""
    return (
        *_charge(health, estimate, now_s),
        *_condition(health, now_s),
        *_throughput(health, now_s),
        *_temperatures(health, now_s),
        *(
            PassportField(
                f"negativeEvents:{event.value}", times, "", Quality.COUNTED, "protections that tripped", now_s
            )
            for event, times in health.counters.events
        ),
    )


def _charge(health: Health, estimate: PackEstimate, now_s: float) -> tuple[PassportField, ...]:
    capacity = health.capacity
    learned_s = None if capacity.learned_s_ago is None else now_s - capacity.learned_s_ago
    quality = Quality.LEARNED if capacity.swings else Quality.UNKNOWN
    low, high = capacity.band_ah
    swings = f"{capacity.swings} swings between known states of charge" if capacity.swings else "the label"
    known = capacity.capacity_ah if capacity.swings else None
    fade = None if known is None else 100.0 - health.soh_pct
    return (
        PassportField(
            "stateOfCharge", estimate.soc_pct, "%", Quality.ESTIMATE, "Kalman filter", now_s, *estimate.band_pct
        ),
        PassportField("remainingCapacity", known, "Ah", quality, swings, learned_s, low, high),
        PassportField("capacityFade", fade, "%", quality, swings, learned_s),
    )


def _condition(health: Health, now_s: float) -> tuple[PassportField, ...]:
    resistance, efficiency = health.resistance, health.efficiency
    growth = resistance.growth_pct
    trip, first = efficiency.pct, efficiency.first_pct
    fade = None if trip is None or first is None else first - trip
    return (
        PassportField(
            "internalResistanceIncrease",
            growth,
            "%",
            Quality.UNKNOWN if growth is None else Quality.ESTIMATE,
            f"{resistance.steps} steps of the current, brought to 25 C",
            None if growth is None else now_s,
        ),
        PassportField(
            "powerFade",
            None if growth is None else 100.0 - 100.0 / (1.0 + growth / 100.0),
            "%",
            Quality.UNKNOWN if growth is None else Quality.ESTIMATE,
            "power at a given voltage drop falls as resistance rises",
            None if growth is None else now_s,
        ),
        PassportField(
            "remainingRoundTripEnergyEfficiency",
            trip,
            "%",
            Quality.UNKNOWN if trip is None else Quality.LEARNED,
            "energy out over energy in between full charges",
            None if trip is None else now_s,
        ),
        PassportField(
            "roundTripEfficiencyFade",
            fade,
            "%",
            Quality.UNKNOWN if fade is None else Quality.LEARNED,
            "against the first round trip",
            None if fade is None else now_s,
        ),
        PassportField(
            "currentSelfDischargingRate",
            None,
            "%/month",
            Quality.UNKNOWN,
            "hidden by the BMS's own draw and the offset of the current sensor",
            None,
        ),
    )


def _throughput(health: Health, now_s: float) -> tuple[PassportField, ...]:
    counters = health.counters
    rows = (
        ("capacityThroughput", counters.charged_ah + counters.discharged_ah, "Ah"),
        ("energyThroughput", (counters.charged_wh + counters.discharged_wh) / 1000.0, "kWh"),
        ("fullCycles", health.full_cycles, ""),
    )
    return tuple(
        PassportField(name, value, unit, Quality.COUNTED, "current and voltage, since put into service", now_s)
        for name, value, unit in rows
    )


def _temperatures(health: Health, now_s: float) -> tuple[PassportField, ...]:
    cold_s, hot_s = health.counters.seconds_outside(COLD_C, HOT_C)
    cold_charging_s, hot_charging_s = health.counters.seconds_outside(COLD_C, HOT_C, charging=True)
    rows = (
        ("timeExtremeLowTemp", cold_s, f"below {COLD_C:g} C"),
        ("timeExtremeHighTemp", hot_s, f"at {HOT_C:g} C and above"),
        ("timeExtremeLowTempCharging", cold_charging_s, f"below {COLD_C:g} C while charging"),
        ("timeExtremeHighTempCharging", hot_charging_s, f"at {HOT_C:g} C and above while charging"),
    )
    return tuple(
        PassportField(name, seconds / 60.0, "min", Quality.COUNTED, method, now_s) for name, seconds, method in rows
    )
