"""A pack's front end: the truth seen through offsets, gain errors, noise and steps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from openress.sim import parameters as p
from openress.sim.curves import Floats
from openress.sim.parameters import SensorErrors

__all__ = ["CELL_SENSORS", "FrontEnds", "PackSense", "sensor_places"]

CELL_SENSORS = 4


@dataclass(frozen=True, slots=True)
class PackSense:
    """What one pack's front end reports; positive current charges.

    Cell voltages include the cell's busbar joint. The terminal voltage is measured outside the FETs and
    inside the breaker's pole, so it is 0 with the breaker open and shows a charger while the FETs are off.
    """

    cell_voltages_mv: tuple[int, ...]
    temperatures_c: tuple[float, ...]
    mos_temperature_c: float
    env_temperature_c: float
    pack_voltage_v: float
    terminal_voltage_v: float
    pack_current_a: float


class FrontEnds:
    """The front ends of all packs; errors are drawn once, noise at every reading.

    Args:
        seed: of the rack; readings use a stream of their own, so reading more often changes no physics.
        cells: in series.
        scales: multiplies the errors of each pack.
    """

    def __init__(self, seed: int, cells: int, scales: Sequence[float]) -> None:
        rng = np.random.default_rng((seed, len(scales), cells))
        self._rng = rng
        rows = (
            (p.VOLTAGE_SENSOR, cells),
            (p.TEMPERATURE_SENSOR, CELL_SENSORS + 2),
            (p.PACK_VOLTAGE_SENSOR, 2),
            (p.CURRENT_SENSOR, 1),
        )
        scale = np.array(scales, dtype=np.float64)[:, None]
        self._cells, self._temperatures, self._packs, self._currents = (
            _Channels(rng, errors, count, scale) for errors, count in rows
        )

    def read(
        self, cell_v: Floats, temperature_c: Floats, pack_v: Floats, terminal_v: Floats, current_a: Floats
    ) -> tuple[PackSense, ...]:
        """One reading of every pack.

        Args:
            cell_v: shape (packs, cells).
            temperature_c: the cell sensors, the FET board, the surroundings; shape (packs, sensors + 2).
            pack_v: shape (packs,).
            terminal_v: shape (packs,).
            current_a: shape (packs,).
        """
        cells_mv = self._cells.counts(cell_v).astype(np.int64).tolist()
        temperatures = self._temperatures.values(temperature_c)
        volts = self._packs.values(np.stack((pack_v, terminal_v), axis=1))
        # An open breaker leaves the input at its own zero: no offset is read as voltage.
        volts_at_terminals = [v if true else 0.0 for (_, v), true in zip(volts, terminal_v.tolist(), strict=True)]
        currents = self._currents.values(current_a[:, None])
        return tuple(
            PackSense(
                cell_voltages_mv=tuple(cells_mv[k]),
                temperatures_c=tuple(temperatures[k][:CELL_SENSORS]),
                mos_temperature_c=temperatures[k][CELL_SENSORS],
                env_temperature_c=temperatures[k][CELL_SENSORS + 1],
                pack_voltage_v=volts[k][0],
                terminal_voltage_v=volts_at_terminals[k],
                pack_current_a=currents[k][0],
            )
            for k in range(len(cells_mv))
        )


class _Channels:
    """Channels of one kind, `count` in each pack."""

    def __init__(self, rng: np.random.Generator, errors: SensorErrors, count: int, scale: Floats) -> None:
        shape = (len(scale), count)
        self._rng = rng
        self._gain = 1.0 + scale * errors.gain * rng.standard_normal(shape)
        self._offset = scale * errors.offset * rng.standard_normal(shape)
        self._noise = scale * errors.noise
        self._per_unit = round(1.0 / errors.step)

    def counts(self, truth: Floats) -> Floats:
        """Readings in whole steps."""
        noise = self._noise * self._rng.standard_normal(truth.shape)
        counts: Floats = np.rint((truth * self._gain + self._offset + noise) * self._per_unit)
        return counts

    def values(self, truth: Floats) -> list[list[float]]:
        """Readings in the unit of the truth, one list for each pack; never a negative zero."""
        readings: list[list[float]] = (self.counts(truth) / self._per_unit + 0.0).tolist()
        return readings


def sensor_places(cells: int) -> list[int]:
    """Cells that carry a temperature sensor: the middles of four equal parts of the row."""
    return [int((k + 0.5) * cells / CELL_SENSORS) for k in range(CELL_SENSORS)]
