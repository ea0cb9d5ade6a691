"""The whole stack over simulated time, and the summary of what came of it."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from openress.bms.charge import ChargePlan
from openress.bms.health.ageing import Ageing, age
from openress.bms.protect import ChangeKind
from openress.sim.virtual import VirtualPack, VirtualRack

__all__ = ["Day", "Pack", "Simulation", "Summary"]

_LOOK_EVERY_S = 600.0
_DAY_S = 86_400.0


@dataclass(slots=True)
class Day:
    """What a day did to a pack's cells, as the plant knows it.

    Attributes:
        soc_sum: of the looks, as fractions.
        temperature_sum: of the looks, in C.
        least: state of charge of the day, as a fraction.
        most: likewise.
        looks: how often it was looked.
        throughput_ah: moved by the end of the day before.
    """

    throughput_ah: float = 0.0
    soc_sum: float = 0.0
    temperature_sum: float = 0.0
    least: float = 1.0
    most: float = 0.0
    looks: int = 0

    def look(self, soc: float, temperature_c: float) -> None:
        """Take one look."""
        self.soc_sum += soc
        self.temperature_sum += temperature_c
        self.least, self.most = min(self.least, soc), max(self.most, soc)
        self.looks += 1

    def aged(self, before: Ageing, throughput_ah: float, capacity_ah: float, days: float) -> Ageing:
        """The cells after this day."""
        if not self.looks:
            return before
        cycles = (throughput_ah - self.throughput_ah) / (2.0 * capacity_ah)
        return age(
            before,
            days,
            temperature_c=self.temperature_sum / self.looks,
            soc=self.soc_sum / self.looks,
            full_cycles=cycles,
            # Charge that goes in and out evenly over the day; what is faster ages more.
            c_rate=2.0 * cycles / (24.0 * days),
            depth=self.most - self.least,
        )


def usable_pct(stored_ah: Sequence[float], capacity_ah: Sequence[float]) -> float:
    """Charge that can be drawn until the first cell is empty, of what could be after charging until the first is full.

    That is what a state of charge tells its owner, and what a BMS can keep to.
    """
    drawable_ah = min(stored_ah)
    chargeable_ah = min(full - held for full, held in zip(capacity_ah, stored_ah, strict=True))
    return 100.0 * min(max(drawable_ah / (drawable_ah + chargeable_ah), 0.0), 1.0)


@dataclass(slots=True)
class Pack:
    """What came of one pack.

    Attributes:
        charged_ah: into its terminals, as its own sensor saw it.
        discharged_ah: out of them.
        charged_kwh: likewise.
        discharged_kwh: likewise.
        soc_error_sum: of squares, % SOC against what the plant could give.
        soc_error_max: largest.
        in_band: how often what the plant could give lay within the band that the pack told.
        looks: how often the error was looked at.
        events: how often each condition tripped, alarmed, locked.
        equalisations: finished ones.
        interrupted: equalisations that were broken off.
        last_plan: of the step before.
        ageing: how far the cells would have aged by the laws; the simulated cells stay as they are.
        day: what the present day did.
    """

    charged_ah: float = 0.0
    discharged_ah: float = 0.0
    charged_kwh: float = 0.0
    discharged_kwh: float = 0.0
    soc_error_sum: float = 0.0
    soc_error_max: float = 0.0
    in_band: int = 0
    looks: int = 0
    events: Counter[str] = field(default_factory=Counter)
    equalisations: int = 0
    interrupted: int = 0
    last_plan: ChargePlan = field(default_factory=ChargePlan)
    ageing: Ageing = field(default_factory=Ageing)
    day: Day = field(default_factory=Day)

    @property
    def soc_error_rmse_pct(self) -> float:
        """Root mean square of the SOC error."""
        return math.sqrt(self.soc_error_sum / self.looks) if self.looks else 0.0


@dataclass(frozen=True, slots=True)
class Summary:
    """What came of a simulation."""

    days: float
    step_s: float
    packs: tuple[Pack, ...]
    capacity_ah: float
    soc_by_day: tuple[float, ...]
    balance_debt_mah: tuple[float, ...]

    def as_json(self) -> dict[str, Any]:
        """Under public keys."""
        return {
            "days": round(self.days, 3),
            "step_s": self.step_s,
            "charged_kwh": round(sum(pack.charged_kwh for pack in self.packs), 3),
            "discharged_kwh": round(sum(pack.discharged_kwh for pack in self.packs), 3),
            "soc_by_day_pct": [round(soc, 1) for soc in self.soc_by_day],
            "packs": [
                {
                    "pack": number,
                    "charged_ah": round(pack.charged_ah, 2),
                    "discharged_ah": round(pack.discharged_ah, 2),
                    "charged_kwh": round(pack.charged_kwh, 3),
                    "discharged_kwh": round(pack.discharged_kwh, 3),
                    "equivalent_cycles": round((pack.charged_ah + pack.discharged_ah) / (2 * self.capacity_ah), 2),
                    "soc_error_rmse_pct": round(pack.soc_error_rmse_pct, 2),
                    "soc_error_max_pct": round(pack.soc_error_max, 2),
                    "soc_in_band_pct": round(100 * pack.in_band / max(1, pack.looks), 1),
                    "balance_debt_mah": round(debt),
                    "equalisations": pack.equalisations,
                    "equalisations_interrupted": pack.interrupted,
                    "capacity_left_pct": round(pack.ageing.capacity_pct, 2),
                    "aged_lying_still_pct": round(pack.ageing.calendar_pct, 2),
                    "aged_by_use_pct": round(pack.ageing.cycle_pct, 2),
                    "events": dict(sorted(pack.events.items())),
                }
                for number, (pack, debt) in enumerate(zip(self.packs, self.balance_debt_mah, strict=True), start=1)
            ],
        }


class Simulation:
    """Runs a virtual rack for days and keeps the books.

    Args:
        rack: the rack.
        step_s: length of a step.
    """

    def __init__(self, rack: VirtualRack, step_s: float) -> None:
        self.rack = rack
        self.step_s = step_s
        self._packs = [Pack() for _ in rack.packs]
        self._soc_by_day: list[float] = []

    def run(self, days: float, on_progress: Callable[[float], None] = lambda _: None) -> Summary:
        """Run for `days`; `on_progress` is told the share that is done, about once for every simulated day."""
        steps = max(1, round(days * _DAY_S / self.step_s))
        look_every = max(1, round(_LOOK_EVERY_S / self.step_s))
        per_day = max(1, round(_DAY_S / self.step_s))
        for number in range(steps):
            # An inverter that keeps to limits asks for them: packs that are talked to do not fall asleep.
            self.rack.heard()
            self.rack.step(self.step_s)
            for pack, books in zip(self.rack.packs, self._packs, strict=True):
                self._count(pack, books)
            if number % look_every == 0:
                self._look()
            if number % per_day == per_day - 1 or number == steps - 1:
                self._end_day((number % per_day + 1) / per_day)
            if number % per_day == per_day - 1:
                self._soc_by_day.append(self._mean_soc())
                on_progress((number + 1) / steps)
        return self._summary(steps * self.step_s / _DAY_S)

    def _count(self, pack: VirtualPack, books: Pack) -> None:
        sense, decision = pack.sense, pack.decision
        if sense is None or decision is None:
            return
        ah = sense.pack_current_a * self.step_s / 3600.0
        kwh = ah * sense.pack_voltage_v / 1000.0
        if ah > 0:
            books.charged_ah += ah
            books.charged_kwh += kwh
        else:
            books.discharged_ah -= ah
            books.discharged_kwh -= kwh
        if decision.plan is not books.last_plan:
            books.equalisations += decision.plan.equalised_at_s != books.last_plan.equalised_at_s
            books.interrupted += max(0, decision.plan.interruptions - books.last_plan.interruptions)
            books.last_plan = decision.plan
        for change in decision.changes:
            if change.kind in (ChangeKind.ALARM, ChangeKind.TRIP, ChangeKind.LOCK):
                books.events[f"{change.kind.value} {change.condition.value}"] += 1

    def _look(self) -> None:
        plant = self.rack.plant.truth()
        for row, (pack, books) in enumerate(zip(self.rack.packs, self._packs, strict=True)):
            if pack.decision is None:
                continue
            truth = usable_pct(plant.stored_ah[row].tolist(), plant.capacity_ah[row].tolist())
            error = pack.decision.charge.soc_pct - truth
            books.soc_error_sum += error * error
            books.soc_error_max = max(books.soc_error_max, abs(error))
            charge = pack.decision.charge
            if charge.low_pct is None or charge.high_pct is None or charge.low_pct <= truth <= charge.high_pct:
                books.in_band += 1
            books.looks += 1
            if pack.sense is not None:
                warmth = pack.sense.temperatures_c
                books.day.look(truth / 100.0, sum(warmth) / len(warmth))

    def _end_day(self, days: float) -> None:
        capacity_ah = self.rack.product.capacity_ah or 100.0
        for books in self._packs:
            moved_ah = books.charged_ah + books.discharged_ah
            books.ageing = books.day.aged(books.ageing, moved_ah, capacity_ah, days)
            books.day = Day(moved_ah)

    def _mean_soc(self) -> float:
        known = [pack.decision.charge.soc_pct for pack in self.rack.packs if pack.decision is not None]
        return sum(known) / len(known)

    def _summary(self, days: float) -> Summary:
        debts = tuple(
            1000.0 * max(pack.decision.balance.behind_ah, default=0.0) if pack.decision is not None else 0.0
            for pack in self.rack.packs
        )
        return Summary(
            days=days,
            step_s=self.step_s,
            packs=tuple(self._packs),
            capacity_ah=self.rack.product.capacity_ah or 100.0,
            soc_by_day=tuple(self._soc_by_day),
            balance_debt_mah=debts,
        )
