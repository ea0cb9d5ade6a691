"""A pack's passport: each field with its value, how it was found, when, and how much that is worth.

A field that is not known says why. Nothing is filled in from what is usual for batteries of the kind.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from openress.products import Product
from openress.telemetry.passportrows import FIELDS, Field

__all__ = ["COLD_C", "HOT_C", "Day", "Entered", "Entry", "Happened", "Past", "Quality", "make_passport"]

HOT_C, COLD_C = 45.0, 0.0
"""Temperature bounds: outside of them an LFP cell ages quickly or must not be charged (A5L guide, S/N 8 and 9)."""
LEAST_CYCLES = 5.0
"""Below so much throughput the charge that stays in the pack hides its losses."""
LEAST_STEPS = 20
"""Steps of current that a day's resistance needs."""
DEEP = "cell_under_voltage"


class Quality(StrEnum):
    """How much a value is worth."""

    MEASURED = "measured"
    ESTIMATED = "estimated"
    TOLD = "told by the pack"
    MAKER = "data sheet"
    ENTERED = "entered by a person"
    UNKNOWN = "not known"


@dataclass(frozen=True, slots=True)
class Day:
    """What the history has of one day: its resistance and steps (see `HealthDay`), what flowed, and its extremes."""

    at_s: float
    resistance_mohm: float | None = None
    steps: int = 0
    charged_wh: float | None = None
    discharged_wh: float | None = None
    charged_ah: float | None = None
    discharged_ah: float | None = None
    soc_pct: float | None = None
    temperature_min_c: float | None = None
    temperature_max_c: float | None = None


@dataclass(frozen=True, slots=True)
class Happened:
    """A protection or fault of the pack."""

    at_s: float
    code: str
    text: str


@dataclass(frozen=True, slots=True)
class Past:
    """What is kept of a pack.

    Attributes:
        days: oldest first.
        happened: newest first.
        hot_h: hours in which its hottest sensor was above the bound, as far back as quarters of an hour are kept.
        cold_h: likewise below.
        first_day: the first of the days, as an ISO date.
    """

    days: Sequence[Day] = ()
    happened: Sequence[Happened] = ()
    hot_h: float | None = None
    cold_h: float | None = None
    first_day: str | None = None


@dataclass(frozen=True, slots=True)
class Entered:
    """What only a person knows, as ISO dates."""

    manufactured: str | None = None
    in_service: str | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """A field with its value.

    Attributes:
        field: which.
        value: in the field's unit; `None` with the reason in `method`.
        quality: how much it is worth.
        method: how it was found, or why it was not.
        at_s: unix seconds of the latest thing it rests on; `None` for what does not change.
    """

    field: Field
    value: float | str | list[dict[str, Any]] | None
    quality: Quality
    method: str
    at_s: float | None = None


Found = tuple[float | str | list[dict[str, Any]] | None, Quality, str, float | None]


def make_passport(
    pack: Mapping[str, Any], product: Product | None, past: Past, entered: Entered, at_s: float
) -> tuple[Entry, ...]:
    """All fields of one pack, in the order of the table.

    Args:
        pack: its values now, under public keys; what is stale must not be among them.
        product: what it is, where that is known.
        past: what is kept of it.
        entered: what a person has entered.
        at_s: unix seconds now.
    """
    found: dict[str, Found] = {
        **_static(product),
        **_now(pack, at_s),
        **_capacity(pack, at_s),
        **_resistance(pack, past, at_s),
        **_energy(pack, past, at_s),
        **_history(past),
        **_dates(past, entered),
    }
    return tuple(Entry(field, *found[field.key]) for field in FIELDS)


def _unknown(why: str) -> Found:
    return None, Quality.UNKNOWN, why, None


def _static(product: Product | None) -> dict[str, Found]:
    keys = {
        "rated_capacity_ah": "capacity_ah",
        "nominal_voltage_v": "nominal_voltage_v",
        "charge_voltage_v": "charge_voltage_v",
        "discharge_end_voltage_v": "discharge_end_voltage_v",
    }
    found: dict[str, Found] = {}
    for key, name in keys.items():
        value = None if product is None else getattr(product, name)
        sheet = (
            "The product is not known." if product is None else f"The data sheet of {product.title} does not tell it."
        )
        found[key] = (
            _unknown(sheet) if value is None else (value, Quality.MAKER, f"data sheet of {_title(product)}", None)
        )
    return found


def _title(product: Product | None) -> str:
    return "" if product is None else product.title


def _now(pack: Mapping[str, Any], at_s: float) -> dict[str, Found]:
    soc = pack.get("soc_pct")
    told = _unknown("The pack does not tell it now.")
    charge: Found = told if soc is None else (soc, Quality.TOLD, "the pack's own count", at_s)
    power = "It takes a test at a known charge and temperature; the limits of the moment are no capability."
    rest = "It takes weeks of rest without any current, and a full charge before and after."
    return {
        "state_of_charge_pct": charge,
        "remaining_power_w": _unknown(power),
        "self_discharge_pct_per_month": _unknown(rest),
    }


def _capacity(pack: Mapping[str, Any], at_s: float) -> dict[str, Found]:
    health: Mapping[str, Any] = pack.get("health") or {}
    rated_ah = health.get("rated_ah") or pack.get("design_ah")
    if health.get("capacity_swings"):
        method = (
            f"counted over {health['capacity_swings']} wide swings between known charges; "
            f"between {health['capacity_low_ah']:g} and {health['capacity_high_ah']:g} Ah"
        )
        capacity: Found = (health["capacity_ah"], Quality.MEASURED, method, at_s)
    elif pack.get("full_ah") is not None:
        capacity = (pack["full_ah"], Quality.TOLD, "as the pack tells its full charge; not measured here yet", at_s)
    else:
        capacity = _unknown("The pack does not tell it, and no wide swing of charge was seen.")
    fade = _unknown("It follows from the rated and the remaining capacity, of which one is not known.")
    if isinstance(capacity[0], float | int) and rated_ah:
        fade = (
            round(max(0.0, 100.0 * (1.0 - capacity[0] / rated_ah)), 1),
            capacity[1],
            "100 % less remaining by rated",
            at_s,
        )
    return {"remaining_capacity_ah": capacity, "capacity_fade_pct": fade}


def _resistance(pack: Mapping[str, Any], past: Past, at_s: float) -> dict[str, Found]:
    measured = [day for day in past.days if day.resistance_mohm is not None and day.steps >= LEAST_STEPS]
    resistance = _unknown(f"It takes a day with {LEAST_STEPS} steps of current; there was none.")
    if measured:
        day = measured[-1]
        method = f"slope of voltage over current at {day.steps} steps of one day; it falls with warmth"
        resistance = (day.resistance_mohm, Quality.MEASURED, method, day.at_s)
    growth = (pack.get("health") or {}).get("resistance_growth_pct")
    increase = _unknown("It takes a first measurement to compare with, and enough steps of current since.")
    if growth is not None:
        increase = (growth, Quality.ESTIMATED, "steps of current now against those when the pack was new here", at_s)
    return {"resistance_mohm": resistance, "resistance_increase_pct": increase}


def _energy(pack: Mapping[str, Any], past: Past, at_s: float) -> dict[str, Found]:
    health: Mapping[str, Any] = pack.get("health") or {}
    in_wh = sum(day.charged_wh or 0.0 for day in past.days)
    out_wh = sum(day.discharged_wh or 0.0 for day in past.days)
    kept = [day for day in past.days if day.charged_wh is not None or day.discharged_wh is not None]
    nothing = _unknown("No history is kept of this pack.")
    energy: Found = nothing
    own_wh = health.get("discharged_wh")
    if own_wh is not None:
        method = "voltage times current, discharging, over the life of the pack's count"
        energy = (round(own_wh / 1000.0, 1), Quality.MEASURED, method, at_s)
    elif kept:
        method = "voltage times current, discharging, since the history begins"
        energy = (round(out_wh / 1000.0, 1), Quality.MEASURED, method, at_s)
    out_ah = health.get("discharged_ah")
    throughput: Found = nothing
    if out_ah is not None:
        throughput = (out_ah, Quality.MEASURED, "current, discharging, over the life of the pack's count", at_s)
    elif kept:
        told_ah = round(sum(day.discharged_ah or 0.0 for day in kept), 1)
        throughput = (told_ah, Quality.MEASURED, "current, discharging, since the history begins", at_s)
    cycles, own = health.get("full_cycles"), pack.get("cycles")
    full: Found = _unknown("The pack does not tell it.")
    if cycles is not None:
        full = (cycles, Quality.MEASURED, "throughput by twice the rated capacity", at_s)
    elif own is not None:
        full = (own, Quality.TOLD, "the pack's own counter", at_s)
    return {
        "energy_throughput_kwh": energy,
        "capacity_throughput_ah": throughput,
        "full_cycles": full,
        "round_trip_efficiency_pct": _efficiency(pack, kept, in_wh, out_wh, at_s),
    }


def _efficiency(pack: Mapping[str, Any], kept: Sequence[Day], in_wh: float, out_wh: float, at_s: float) -> Found:
    """Energy out by energy in, what is stored more or less than at the beginning allowed for."""
    full_ah, pack_v = pack.get("full_ah"), pack.get("pack_voltage_v")
    charges = [day.soc_pct for day in kept if day.soc_pct is not None]
    lack = f"It takes {LEAST_CYCLES:g} full cycles in the history, from a day of known charge to another."
    if full_ah is None or pack_v is None or len(charges) < 2:
        return _unknown(lack)
    full_wh = full_ah * pack_v
    if in_wh < LEAST_CYCLES * full_wh:
        return _unknown(lack)
    stored_wh = full_wh * (charges[-1] - charges[0]) / 100.0
    method = f"{out_wh / 1000:.1f} kWh out of {in_wh / 1000:.1f} in, less {stored_wh / 1000:.1f} that are still stored"
    return round(100.0 * out_wh / (in_wh - stored_wh), 1), Quality.MEASURED, method, at_s


def _history(past: Past) -> dict[str, Found]:
    nothing = _unknown("No history is kept of this pack.")
    if not past.days:
        keys = ("temperature_lowest_c", "temperature_highest_c", "hours_above_bound", "hours_below_bound")
        return dict.fromkeys((*keys, "negative_events", "deep_discharges"), nothing)
    last_s = past.days[-1].at_s
    lowest = [day.temperature_min_c for day in past.days if day.temperature_min_c is not None]
    highest = [day.temperature_max_c for day in past.days if day.temperature_max_c is not None]
    events = [{"at_s": event.at_s, "code": event.code, "text": event.text} for event in past.happened]
    latest_s = past.happened[0].at_s if past.happened else last_s
    deep = [event for event in past.happened if event.code == DEEP]
    whole = "protections and faults in the history"
    return {
        "temperature_lowest_c": _extreme(min(lowest, default=None), last_s),
        "temperature_highest_c": _extreme(max(highest, default=None), last_s),
        "hours_above_bound": _hours(past.hot_h, f"above {HOT_C:g} °C", last_s),
        "hours_below_bound": _hours(past.cold_h, f"below {COLD_C:g} °C", last_s),
        "negative_events": (events, Quality.MEASURED, whole, latest_s),
        "deep_discharges": (
            float(len(deep)),
            Quality.MEASURED,
            "times that a cell's under-voltage protection acted",
            deep[0].at_s if deep else last_s,
        ),
    }


def _extreme(value: float | None, at_s: float) -> Found:
    missing = _unknown("The pack told no temperatures.")
    return missing if value is None else (value, Quality.MEASURED, "sensors at the cells, in the whole history", at_s)


def _hours(hours: float | None, bound: str, at_s: float) -> Found:
    missing = _unknown("No quarters of an hour are kept of its temperatures.")
    method = f"quarters of an hour with a sensor {bound}, as far back as they are kept"
    return missing if hours is None else (hours, Quality.MEASURED, method, at_s)


def _dates(past: Past, entered: Entered) -> dict[str, Found]:
    enter = "enter it under [passport] in the configuration"
    made: Found = _unknown(f"Only the label tells it: {enter}.")
    if entered.manufactured is not None:
        made = (entered.manufactured, Quality.ENTERED, "as entered", None)
    used: Found = _unknown(f"Nobody has entered it: {enter}.")
    if entered.in_service is not None:
        used = (entered.in_service, Quality.ENTERED, "as entered", None)
    elif past.days and past.first_day is not None:
        method = f"first day in the history; {enter} if it was earlier"
        used = (past.first_day, Quality.ESTIMATED, method, past.days[0].at_s)
    return {"manufactured": made, "in_service": used}
