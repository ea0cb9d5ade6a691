"""Measurements of a 16-cell pack for tests, the BMS under watch, and hypothesis streams that come near every edge."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from hypothesis import strategies as st

from openress.bms.core import Bms
from openress.bms.decision import Decision
from openress.bms.measure import Measurement
from openress.bms.settings import BmsSettings
from openress.catalog import load_product
from openress.checker import Breach, PackChecker
from openress.params import ParameterSet

PRODUCT = load_product("syscom-a5l-51v2")
VALUES = ParameterSet.defaults(PRODUCT)
N = PRODUCT.cells_in_series

Stream = list[tuple[float, Measurement]]


def seen(
    cell_mv: int = 3300, *, odd_mv: int | None = None, current_a: float | None = 0.0, **changes: Any
) -> Measurement:
    """A pack at rest whose first cell may differ; its voltages agree unless a test says otherwise."""
    cells = (cell_mv if odd_mv is None else odd_mv, *[cell_mv] * (N - 1))
    pack_v = sum(cells) / 1000.0
    return replace(Measurement(cells, pack_v, pack_v, current_a, (25.0,) * 4, 30.0, 25.0), **changes)


def new_bms(values: Mapping[str, float] = VALUES) -> Bms:
    # The streams carry currents that an open switch would stop: nobody obeys this BMS.
    return Bms(PRODUCT, values, settings=BmsSettings(live=False))


def held(now: Measurement, seconds: float, *, start_s: float = 0.0, dt_s: float = 0.5) -> Stream:
    """The same measurement for some time."""
    return [(start_s + k * dt_s, now) for k in range(round(seconds / dt_s))]


def one_after_another(*parts: tuple[Measurement, float], start_s: float = 0.0, dt_s: float = 0.5) -> Stream:
    """Measurements that are each held for some seconds."""
    stream: Stream = []
    for now, seconds in parts:
        stream += held(now, seconds, start_s=stream[-1][0] + dt_s if stream else start_s, dt_s=dt_s)
    return stream


def watched(
    stream: Iterable[tuple[float, Measurement]], bms: Any = None, values: Mapping[str, float] = VALUES
) -> list[Breach]:
    """What the checker finds in the decisions of a BMS, the real one by default."""
    return list(watching(stream, bms if bms is not None else new_bms(values), values))


def watching(
    stream: Iterable[tuple[float, Measurement]], bms: Any, values: Mapping[str, float] = VALUES
) -> Iterator[Breach]:
    """What the checker finds, as soon as it does."""
    checker = PackChecker(PRODUCT, values)
    for now_s, now in stream:
        yield from checker.check(now, bms.step(now, now_s), now_s)


def missed(expected: set[str], breaches: Iterable[Breach]) -> set[str]:
    """Which of the expected invariants are never broken; nothing more is looked at once all have been."""
    left = set(expected)
    for breach in breaches:
        left.discard(breach.invariant)
        if not left:
            break
    return left


def texts(breaches: Iterable[Breach]) -> list[str]:
    """In words."""
    return [str(breach) for breach in breaches]


def invariants(breaches: Iterable[Breach]) -> set[str]:
    return {breach.invariant for breach in breaches}


def decisions(stream: Iterable[tuple[float, Measurement]], bms: Any = None) -> list[Decision]:
    machine = bms if bms is not None else new_bms()
    return [machine.step(now, now_s) for now_s, now in stream]


CELLS_MV = (2001, 2400, 2499, 2500, 2501, 2790, 2800, 2850, 2899, 2900, 3000, 3200, 3300, 3380, 3381, 3420, 3450)
CELLS_HIGH_MV = (3480, 3500, 3510, 3590, 3600, 3610, 3649, 3650, 3660, 3700)
CURRENTS_A = (-200, -151, -150, -130, -120, -119, -50, -1.1, -1.0, -0.9, 0, 0.9, 1.0, 1.1, 20, 50, 106, 110, 130)
WARMTH_C = (-25, -20, -19, -15, -6, -5, -4, -1, 0, 1, 10, 25, 46, 55, 60, 61, 65, 66, 70, 75)
MOS_C = (30, 85, 90, 91, 109, 110, 115)
ENV_C = (-30, -25, -24, -20, 25, 65, 66, 70, 72)
STEPS_S = (0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 12.0, 31.0, 61.0, 700.0)
LOST = ("pack_voltage_v", "pack_current_a", "mos_temperature_c", "env_temperature_c")


def mostly(usual: float, values: Iterable[float]) -> st.SearchStrategy[float]:
    return st.one_of(st.just(usual), st.just(usual), st.sampled_from(tuple(values)))


@st.composite
def measurements(draw: st.DrawFn) -> Measurement:
    """Any state a pack can be in between deep discharge and overcharge, sensors lost now and then."""
    base = int(draw(mostly(3300, CELLS_MV + CELLS_HIGH_MV)))
    odd = draw(st.none() | st.sampled_from(CELLS_MV + CELLS_HIGH_MV))
    now = seen(base, odd_mv=odd, current_a=draw(mostly(0.0, CURRENTS_A)))
    assert now.pack_voltage_v is not None
    cold, hot = sorted((draw(mostly(25.0, WARMTH_C)), draw(mostly(25.0, WARMTH_C))))
    terminal_v = draw(st.sampled_from((now.pack_voltage_v, now.pack_voltage_v + 0.6, now.pack_voltage_v + 0.5, 0.0)))
    now = replace(
        now,
        temperatures_c=(cold, hot, hot, cold),
        mos_temperature_c=draw(mostly(30.0, MOS_C)),
        env_temperature_c=draw(mostly(25.0, ENV_C)),
        terminal_voltage_v=draw(st.sampled_from((terminal_v, terminal_v, None))),
        short_circuit=draw(st.integers(0, 15)) == 0,
    )
    lost = draw(st.integers(0, 40))
    if lost < len(LOST):
        return replace(now, **{LOST[lost]: None})
    if lost == len(LOST):
        return replace(now, cell_voltages_mv=(*now.cell_voltages_mv[:-1], None))
    if lost == len(LOST) + 1:
        return replace(now, temperatures_c=(*now.temperatures_c[:-1], None))
    return now


@st.composite
def streams(draw: st.DrawFn, parts: int = 12) -> Stream:
    """States that follow one another at once, each held for some measurements of one pace."""
    now_s = 0.0
    stream: Stream = []
    for _ in range(draw(st.integers(1, parts))):
        now, dt_s = draw(measurements()), draw(st.sampled_from(STEPS_S))
        for _ in range(draw(st.integers(1, 8))):
            stream.append((now_s, now))
            now_s += dt_s
    return stream
