"""Balance debt on the plant: what is told is what it really is, or the least that it can be, or nothing."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pytest
from tests.bms.many_packs import CAPACITY_AH, CELLS, ManyPacks

from openress.bms.balance import Balancer
from openress.bms.learned import learned_json

THRESHOLD_MV, DELTA_MV = 3400, 30
FULL_MV, GIVES_WAY_MV = 3500, 60
"""The charger gives way over the last millivolts of the highest cell, as inverters and limits do."""


@dataclass
class Debts:
    """What was told of a pack's most advanced cell, in Ah, beside the truth."""

    learned: list[tuple[float, float]] = field(default_factory=list)
    at_least: list[tuple[float, float]] = field(default_factory=list)


def charged(seed: int, packs: int, seconds: int, *, spread: float, gusts: float, falls: bool) -> Debts:
    """Packs shortly before full, each charged by a source of its own of C/20 to C/2.

    Args:
        seed: of everything.
        packs: how many.
        seconds: how long.
        spread: standard deviation of the cells' states of charge.
        gusts: by how much the current may change every minute, as clouds and neighbours make it.
        falls: the source stops for good at some moment, as a cut-off or the evening does.
    """
    rng = np.random.default_rng(seed)
    many = ManyPacks(rng.uniform(0.94, 0.975, packs), np.full(packs, 25.0), np.full(packs, 0.5), seed, spread)
    balancers = [Balancer(CELLS, CAPACITY_AH) for _ in range(packs)]
    steady_a = rng.uniform(5.0, 50.0, packs)
    current_a, stops_s = steady_a, rng.uniform(30.0, seconds, packs) if falls else np.full(packs, np.inf)
    senses, found = many.step(np.zeros(packs), 1.0), Debts()
    for second in range(seconds):
        if second % 60 == 0:
            current_a = steady_a * (1.0 + gusts * rng.uniform(-1.0, 1.0, packs))
        highest = np.array([max(sense.cell_voltages_mv) for sense in senses])
        given = current_a * np.clip((FULL_MV - highest) / GIVES_WAY_MV, 0.0, 1.0)
        senses = many.step(np.where(second < stops_s, given, -1.0), 1.0)
        for sense, balancer in zip(senses, balancers, strict=True):
            balancer.step(
                sense.cell_voltages_mv,
                sense.pack_current_a,
                1.0,
                threshold_mv=THRESHOLD_MV,
                delta_mv=DELTA_MV,
                allowed=False,
            )
        if second % 60 == 59:
            lacks = many.cells.capacity_ah * (1.0 - many.cells.soc)
            for number, (sense, balancer) in enumerate(zip(senses, balancers, strict=True)):
                values = {
                    "cell_voltages_mv": sense.cell_voltages_mv,
                    "pack_current_a": sense.pack_current_a,
                    "full_ah": CAPACITY_AH,
                }
                told = learned_json(values, balancer.ahead_ah, at_least=balancer.at_least).get("balance")
                if told is not None:
                    rows = found.learned if told["basis"] == "learned" else found.at_least
                    rows.append((max(told["ahead_ah"]), float(np.ptp(lacks[number]))))
    return found


def check(found: Debts) -> None:
    """Nothing far too much, ever: a cell bled for nothing is behind afterwards."""
    for told, really in found.at_least:
        assert told <= really + 0.1
    if found.learned:
        over = np.array([told - really for told, really in found.learned])
        assert np.quantile(over, 0.95) <= 0.5
        assert over.max() <= 0.8


CHARGES = [
    pytest.param(0.002, 0.0, False, id="steady"),
    pytest.param(0.002, 0.3, False, id="gusts"),
    pytest.param(0.002, 0.3, True, id="gusts and an end"),
    pytest.param(0.008, 0.0, True, id="apart, and an end"),
]


@pytest.mark.parametrize(("spread", "gusts", "falls"), CHARGES)
def test_a_debt_is_never_told_far_too_high(spread: float, gusts: float, falls: bool) -> None:
    found = charged(1, 24, 420, spread=spread, gusts=gusts, falls=falls)
    check(found)
    assert found.learned or found.at_least


@pytest.mark.soak
@pytest.mark.parametrize(("spread", "gusts", "falls"), CHARGES)
@pytest.mark.parametrize("seed", range(10, 14))
def test_nor_in_many_more_charges(seed: int, spread: float, gusts: float, falls: bool) -> None:
    check(charged(seed, 60, 1800, spread=spread, gusts=gusts, falls=falls))
