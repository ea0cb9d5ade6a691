"""The real BMS in the hands of saboteurs: whatever they do on a tour of every protection, it is seen."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from math import nan

import pytest
from tests.checker.packs import (
    VALUES,
    N,
    Stream,
    invariants,
    missed,
    new_bms,
    one_after_another,
    seen,
    watched,
    watching,
)
from tests.checker.tour import LOCKED, TOUR

from openress.bms.core import Bms
from openress.bms.decision import Decision
from openress.bms.measure import Measurement
from openress.checker import loosened
from openress.model import Condition

DELAYS = {key: 10 * value for key, value in VALUES.items() if key.endswith("_delay_ms")}


class Saboteur:
    """The real BMS, and what somebody makes of its decisions."""

    def __init__(self, damage: Callable[[Decision, Measurement], Decision], bms: Bms | None = None) -> None:
        self.bms = bms or new_bms()
        self.damage = damage

    def step(self, now: Measurement, now_s: float) -> Decision:
        return self.damage(self.bms.step(now, now_s), now)


class Blind(Saboteur):
    """Goes on with the last good measurement when a sensor is lost."""

    def __init__(self) -> None:
        super().__init__(lambda decision, _: decision)
        self.good = seen()

    def step(self, now: Measurement, now_s: float) -> Decision:
        lost = None in (now.pack_voltage_v, now.pack_current_a, now.mos_temperature_c, *now.cell_voltages_mv)
        self.good = self.good if lost or None in now.temperatures_c else now
        return super().step(self.good, now_s)


class Stale(Saboteur):
    """Tells the limits of some measurements ago."""

    def __init__(self) -> None:
        super().__init__(self._late)
        self.old: list[Decision] = []

    def _late(self, decision: Decision, _: Measurement) -> Decision:
        self.old.append(decision)
        return replace(decision, limits=self.old[-min(4, len(self.old))].limits)


class Forgetful(Saboteur):
    """Forgets its lock-out."""

    def __init__(self) -> None:
        super().__init__(lambda decision, _: decision)

    def step(self, now: Measurement, now_s: float) -> Decision:
        self.bms._protections.power_up()
        return super().step(now, now_s)


class Impatient(Saboteur):
    """Closes as soon as the signal is back inside the protection, without waiting for the release."""

    def __init__(self, condition: Condition, way: str) -> None:
        super().__init__(self._early)
        self.condition, self.way = condition, way

    def _early(self, decision: Decision, now: Measurement) -> Decision:
        cells = [cell for cell in now.cell_voltages_mv if cell is not None]
        inside = min(cells) > 2500 and max(cells) < 3650
        if self.condition not in decision.protections or not inside:
            return decision
        closed = replace(decision.switches, **{self.way: True})
        return replace(decision, switches=closed, protections=decision.protections - {self.condition})


def close(way: str) -> Callable[[Decision, Measurement], Decision]:
    return lambda decision, _: replace(decision, switches=replace(decision.switches, **{way: True}))


def limit(**changes: float) -> Callable[[Decision, Measurement], Decision]:
    return lambda decision, _: replace(decision, limits=replace(decision.limits, **changes))


def bleeds_lowest(decision: Decision, now: Measurement) -> Decision:
    cells = [cell if cell is not None else 9999 for cell in now.cell_voltages_mv]
    mask = tuple(number == cells.index(min(cells)) for number in range(N))
    return replace(decision, balance=replace(decision.balance, bleeding=mask))


def hides(decision: Decision, _: Measurement) -> Decision:
    return replace(decision, protections=frozenset(), alarms=frozenset())


def over_voltage_opens_nothing(decision: Decision, now: Measurement) -> Decision:
    if decision.protections <= {Condition.CELL_OVER_VOLTAGE, Condition.PACK_OVER_VOLTAGE}:
        return close("charge")(decision, now)
    return decision


def opens_both(decision: Decision, _: Measurement) -> Decision:
    if decision.protections:
        return replace(decision, switches=replace(decision.switches, charge=False, discharge=False))
    return decision


SABOTEURS: dict[str, tuple[Callable[[], object], set[str]]] = {
    "never opens the charge switch": (lambda: Saboteur(close("charge")), {"S16", "S13"}),
    "never opens the discharge switch": (lambda: Saboteur(close("discharge")), {"S16", "S13"}),
    "never opens for over-voltage": (lambda: Saboteur(over_voltage_opens_nothing), {"S16"}),
    "closes early after over-voltage": (lambda: Impatient(Condition.CELL_OVER_VOLTAGE, "charge"), {"S16"}),
    "closes early after under-voltage": (lambda: Impatient(Condition.CELL_UNDER_VOLTAGE, "discharge"), {"S16"}),
    "waits ten times as long": (lambda: new_bms({**VALUES, **DELAYS}), {"S16"}),
    "watches another threshold": (lambda: new_bms({**VALUES, "cell_ov_protect_mv": 3700}), {"S16"}),
    "lets go too early": (lambda: new_bms({**VALUES, "cell_ov_release_mv": 3450}), {"S16"}),
    "forgets the tenth trip": (Forgetful, {"S16"}),
    "opens both for anything": (lambda: Saboteur(opens_both), {"S2"}),
    "says nothing of a number": (lambda: Saboteur(limit(charge_current_limit_a=nan)), {"S7", "S13", "S1"}),
    "always allows a little": (lambda: Saboteur(limit(charge_current_limit_a=1.0)), {"S1", "S3", "S4", "S5", "S13"}),
    "always gives a little": (lambda: Saboteur(limit(discharge_current_limit_a=1.0)), {"S2", "S3", "S4", "S5", "S13"}),
    "allows what no pack can": (lambda: Saboteur(limit(discharge_current_limit_a=6553.5)), {"S6"}),
    "charges as high as it can": (lambda: Saboteur(limit(charge_voltage_limit_v=58.4)), {"S7"}),
    "does not miss a sensor": (Blind, {"S13"}),
    "tells old limits": (Stale, {"S1", "S2", "S4", "S13"}),
    "bleeds the lowest": (lambda: Saboteur(bleeds_lowest), {"S21"}),
}


@pytest.mark.parametrize("name", SABOTEURS)
def test_a_saboteur_is_seen(name: str) -> None:
    make, expected = SABOTEURS[name]
    assert missed(expected, watching(TOUR, make())) == set()


@pytest.mark.parametrize("name", [name for name, (_, expected) in SABOTEURS.items() if expected == {"S16"}])
def test_and_when_it_names_nothing(name: str) -> None:
    make, expected = SABOTEURS[name]
    inner = make()

    class Silent:
        def step(self, now: Measurement, now_s: float) -> Decision:
            return hides(inner.step(now, now_s), now)  # type: ignore[attr-defined]

    assert missed(expected, watching(TOUR, Silent())) == set()


LOOSER = {
    "cell_ov_protect_mv": 3700,
    "cell_ov_release_mv": 3450,
    "cell_uv_protect_mv": 2480,
    "cell_uv_release_mv": 2840,
    "pack_ov_protect_v": 58.0,
    "pack_ov_release_v": 55.0,
    "pack_uv_protect_v": 44.6,
    "pack_uv_release_v": 45.5,
    "charge_oc_protect_a": 120,
    "discharge_oc_protect_a": 130,
    "discharge_oc2_protect_a": 170,
    "discharge_oc2_delay_ms": 1000,
    "mos_ot_protect_c": 115,
    "mos_ot_release_c": 95,
    "charge_ut_protect_c": -7,
    "charge_ut_release_c": -2,
    "charge_ot_protect_c": 67,
    "charge_ot_release_c": 62,
    "discharge_ut_protect_c": -22,
    "discharge_ut_release_c": -17,
    "discharge_ot_protect_c": 72,
    "discharge_ot_release_c": 63,
    "env_ut_protect_c": -27,
    "env_ut_release_c": -22,
    "env_ot_protect_c": 72,
    "env_ot_release_c": 67,
    "cell_ov_delay_ms": 3000,
    "cell_uv_delay_ms": 3000,
    "pack_ov_delay_ms": 3000,
    "pack_uv_delay_ms": 3000,
    "charge_oc_delay_ms": 3000,
    "discharge_oc_delay_ms": 3000,
}
"""Each parameter of a protection a little looser than the one in force."""


@pytest.mark.parametrize("key", LOOSER)
def test_every_number_of_a_protection_is_watched(key: str) -> None:
    loose = Saboteur(hides, new_bms({**VALUES, key: LOOSER[key]}))
    assert missed({"S16"}, watching(TOUR, loose)) == set()


def test_every_number_has_its_turn() -> None:
    words = ("_protect_", "_release_", "_delay_ms")
    assert set(LOOSER) == {key for key in VALUES if any(word in key for word in words)}


def test_hiding_alone_is_no_breach_of_safety() -> None:
    """The switches and limits are right; the checker judges those, not the words."""
    assert watched(TOUR, Saboteur(hides)) == []


def test_the_lock_is_counted_and_not_believed() -> None:
    stream = one_after_another(*LOCKED)
    nine = stream[: len(stream) - round(260 / 0.5)]
    assert watched(nine, Forgetful()) == []
    found = watched(stream, Forgetful())
    assert invariants(found) == {"S5", "S16"}
    assert min(breach.at_s for breach in found) > nine[-1][0]


def test_a_cap_that_loosens_is_seen() -> None:
    """A mistake of sign: what should restrict, adds."""
    stream: Stream = one_after_another((seen(3300), 5))
    free, capped = new_bms(), Saboteur(limit(charge_current_limit_a=70.0))
    found = [b for now_s, now in stream for b in loosened(free.step(now, now_s).limits, capped.step(now, now_s).limits)]
    assert invariants(found) == {"S6"}
    lower = Saboteur(limit(discharge_voltage_limit_v=46.0))
    now_s, now = stream[0]
    assert invariants(loosened(new_bms().step(now, now_s).limits, lower.step(now, now_s).limits)) == {"S6"}
