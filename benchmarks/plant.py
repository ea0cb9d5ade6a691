"""How long the plant takes for a step, by rack size and switch state."""

from __future__ import annotations

import platform
import statistics
import timeit
from collections.abc import Callable

import numpy as np

from openress.sim.pack import PackBuild, SwitchCommand
from openress.sim.plant import Plant
from openress.sim.rack import Demand

_REPEATS = 15
_STEPS = 400

_ON = SwitchCommand(charge=True, discharge=True)
_DIODE = SwitchCommand(charge=False, discharge=True)
_LIMITED = SwitchCommand(charge=True, discharge=True, limiter_a=10.0)
_BLEEDING = SwitchCommand(charge=True, discharge=True, bleed=(True, False) * 8)


def main() -> None:
    """Print the time of one step in microseconds: median and best of several runs."""
    print(f"numpy {np.__version__}, Python {platform.python_version()}, {platform.machine()}")
    print(f"{'rack':<10}{'case':<34}{'median us':>10}{'best us':>10}{'cells*steps/s':>16}")
    for packs in (1, 4, 16):
        for name, call in _cases(packs).items():
            runs = [seconds / _STEPS * 1e6 for seconds in timeit.repeat(call, number=_STEPS, repeat=_REPEATS)]
            median = statistics.median(runs)
            rate = f"{packs * 16 / median * 1e6:,.0f}"
            print(f"{f'{packs} x 16':<10}{name:<34}{median:>10.1f}{min(runs):>10.1f}{rate:>16}")


def _cases(packs: int) -> dict[str, Callable[[], object]]:
    return {
        "step, switches closed": _stepper(packs, [_ON]),
        "step, every second pack bleeding": _stepper(packs, [_ON, _BLEEDING]),
        "step, diodes and limiters": _stepper(packs, [_DIODE, _LIMITED]),
        "step, switches change every time": _stepper(packs, [_ON], [_DIODE]),
        "sense": Plant([PackBuild()] * packs, seed=1).sense,
        "truth": Plant([PackBuild()] * packs, seed=1).truth,
    }


def _stepper(packs: int, *patterns: list[SwitchCommand]) -> Callable[[], object]:
    """A call that advances a rack by one second; direction and switch pattern alternate, so SOC stays."""
    plant = Plant([PackBuild()] * packs, seed=1)
    demands = Demand(20.0 * packs, voltage_max_v=57.6), Demand(-20.0 * packs, voltage_min_v=44.0)
    commands = [[pattern[k % len(pattern)] for k in range(packs)] for pattern in patterns]
    turn = 0

    def step() -> None:
        nonlocal turn
        turn += 1
        plant.step(1.0, demands[turn % 2], commands[turn % len(commands)])

    return step


if __name__ == "__main__":
    main()
