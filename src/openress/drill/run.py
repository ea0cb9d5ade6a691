"""Running a drill in made time."""

from __future__ import annotations

import asyncio

from openress.drill.bench import Bench
from openress.drill.drills import Drill, find_drill
from openress.drill.madetime import run_fast
from openress.drill.outcome import DrillRun
from openress.drill.watch import Watch
from openress.incidents.drilled import DrillRecorder

__all__ = ["DIALECT", "PACKS", "run_drill"]

DIALECT = "pylontech-can"
PACKS = 3
LOOK_EVERY_S = 0.25
AFTER_LOOK_S = 0.1
"""What is done falls between two looks, so that it stands in the row of the second that follows."""
_LOOKS_A_SECOND = 4


def run_drill(
    name: str, *, dialect: str = DIALECT, packs: int = PACKS, recorder: DrillRecorder | None = None
) -> DrillRun:
    """Run a drill; the same arguments give the same bytes.

    It makes an event loop of its own: a program that has one calls it in a thread.

    Args:
        name: of the drill.
        dialect: what is spoken to the inverter, on CAN or on RS485.
        packs: of the rack.
        recorder: takes down what passes.

    Raises:
        ParameterError: no such drill, or a dialect that is not spoken to inverters.
    """
    return run_fast(_run(find_drill(name), dialect, packs, recorder))


async def _run(drill: Drill, dialect: str, packs: int, recorder: DrillRecorder | None) -> DrillRun:
    watch = Watch(dialect, drill.most_gap_s)
    taps = (None, None) if recorder is None else (recorder.tap, recorder.overhear)
    async with Bench(dialect, packs, watch.ear, tap=taps[0], overhear=taps[1]) as bench:
        watch.attach(bench)
        acting = asyncio.create_task(_act(drill, bench, watch))
        for look in range(1, round(drill.seconds * _LOOKS_A_SECOND) + 1):
            await asyncio.sleep(look * LOOK_EVERY_S - bench.clock())
            watch.look(bench)
            if look % _LOOKS_A_SECOND == 0:
                watch.row(bench, bench.clock())
        await acting
    return DrillRun(
        drill.name, drill.title, dialect, tuple(watch.rows), tuple(watch.sent), watch.verdicts(), watch.longest_gap_s
    )


async def _act(drill: Drill, bench: Bench, watch: Watch) -> None:
    for act in drill.acts:
        await asyncio.sleep(act.at_s + AFTER_LOOK_S - bench.clock())
        watch.event(act.sentence)
        await act.do(bench)
