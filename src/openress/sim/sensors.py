"""A pack's front end: the truth seen through offsets, gain errors, noise and steps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from openress.sim import parameters as p
from openress.sim.curves import Floats

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


_DRAWN_AT_ONCE = 32


class FrontEnds:
    """The front ends of all packs; errors are drawn once, noise at every reading.

    Args:
        seed: of the rack; readings use a stream of their own, so reading more often changes no physics.
        cells: in series.
        scales: multiplies the errors of each pack.
    """

    def __init__(self, seed: int, cells: int, scales: Sequence[float]) -> None:
        self._rng = rng = np.random.default_rng((seed, len(scales), cells))
        self._cells = cells
        scale = np.array(scales, dtype=np.float64)[:, None]
        gain, offset, noise, per_unit = [], [], [], []
        for errors, count in (
            (p.VOLTAGE_SENSOR, cells),
            (p.TEMPERATURE_SENSOR, CELL_SENSORS + 2),
            (p.PACK_VOLTAGE_SENSOR, 2),
            (p.CURRENT_SENSOR, 1),
        ):
            shape = len(scales), count
            steps = round(1.0 / errors.step)
            per_unit += [float(steps)] * count
            gain.append(steps * (1.0 + scale * errors.gain * rng.standard_normal(shape)))
            offset.append(steps * scale * errors.offset * rng.standard_normal(shape))
            noise.append(np.broadcast_to(steps * scale * errors.noise, shape))
        # One row a pack: cells, temperatures, pack and terminal voltage, current; all in whole steps of the converter.
        self._gain, self._offset, self._noise = (np.concatenate(rows, axis=1) for rows in (gain, offset, noise))
        self._per_unit = np.array(per_unit[cells:])
        self._truth = np.empty_like(self._gain)
        self._drawn: list[Floats] = []

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
        cells, truth = self._cells, self._truth
        truth[:, :cells] = cell_v
        truth[:, cells:-3] = temperature_c
        truth[:, -3] = pack_v
        truth[:, -2] = terminal_v
        truth[:, -1] = current_a
        counts = np.rint(truth * self._gain + self._errors())
        cells_mv = counts[:, :cells].astype(np.int64).tolist()
        # Adding zero makes a negative one positive.
        others = (counts[:, cells:] / self._per_unit + 0.0).tolist()
        return tuple(
            [
                PackSense(
                    cell_voltages_mv=tuple(millivolts),
                    temperatures_c=tuple(row[:CELL_SENSORS]),
                    mos_temperature_c=row[CELL_SENSORS],
                    env_temperature_c=row[CELL_SENSORS + 1],
                    pack_voltage_v=row[-3],
                    # An open breaker leaves the input at its own zero: no offset is read as voltage.
                    terminal_voltage_v=row[-2] if true else 0.0,
                    pack_current_a=row[-1],
                )
                for millivolts, row, true in zip(cells_mv, others, terminal_v.tolist(), strict=True)
            ]
        )

    def _errors(self) -> Floats:
        """Offset and noise of the next reading."""
        if not self._drawn:
            noise = self._rng.standard_normal((_DRAWN_AT_ONCE, *self._noise.shape))
            self._drawn = list(noise * self._noise + self._offset)
        return self._drawn.pop()


def sensor_places(cells: int) -> list[int]:
    """Cells that carry a temperature sensor: the middles of four equal parts of the row."""
    return [int((k + 0.5) * cells / CELL_SENSORS) for k in range(CELL_SENSORS)]
