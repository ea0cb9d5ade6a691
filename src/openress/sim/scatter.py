"""How specimens differ: every pack of a rack draws its own parameters, from the seed and its place alone."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from openress.sim.curves import Floats
from openress.sim.parameters import Parameter

__all__ = ["Scatter"]

_CUT_SIGMAS = 3.0


class Scatter:
    """Draws parameters for the packs of a rack; a pack's draws do not depend on its neighbours.

    Args:
        seed: of the rack.
        cells: in series, the same in every pack.
        scales: multiplies the spread of each pack's parameters; 0 gives nominal specimens.
    """

    def __init__(self, seed: int, cells: int, scales: Sequence[float]) -> None:
        self._generators = [np.random.default_rng((seed, pack)) for pack in range(len(scales))]
        self._cells = cells
        self._scales = np.array(scales, dtype=np.float64)

    def per_cell(self, parameter: Parameter) -> Floats:
        """One value per cell, shape (packs, cells)."""
        relative = parameter.spread * self._scales[:, None] * self.standard_per_cell()
        return parameter.value * (1.0 + relative)

    def per_pack(self, parameter: Parameter) -> Floats:
        """One value per pack, shape (packs,)."""
        normal = np.array([g.standard_normal() for g in self._generators])
        relative = parameter.spread * self._scales * np.clip(normal, -_CUT_SIGMAS, _CUT_SIGMAS)
        values: Floats = parameter.value * (1.0 + relative)
        return values

    def standard_per_cell(self) -> Floats:
        """Standard normal draws cut at three standard deviations, shape (packs, cells)."""
        normal = np.array([g.standard_normal(self._cells) for g in self._generators])
        drawn: Floats = np.clip(normal, -_CUT_SIGMAS, _CUT_SIGMAS)
        return drawn
