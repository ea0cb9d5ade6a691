"""Heat in a pack: a row of cells that warm each other and the case, a FET board, and the air outside.

The nodes of a pack are its cells in order, then the case, then the FET board. With temperatures taken
relative to the air, C dT/dt = -K T + q; C is diagonal and K symmetric, so one eigen-decomposition gives the
exact step for any dt.
"""

from __future__ import annotations

import numpy as np

from openress.sim import parameters as p
from openress.sim.curves import Floats
from openress.sim.scatter import Scatter

__all__ = ["CASE", "MOS", "ThermalRow"]

CASE = -2
MOS = -1


class ThermalRow:
    """The thermal networks of packs that have the same number of cells.

    Args:
        heat_j_per_k: heat capacity of every cell, shape (packs, cells).
        ambient_c: air temperature at each pack, shape (packs,); everything starts at it.
        scatter: draws the conductances of each pack.
    """

    def __init__(self, heat_j_per_k: Floats, ambient_c: Floats, scatter: Scatter) -> None:
        packs, cells = heat_j_per_k.shape
        self.cells = cells
        self.ambient_c = ambient_c.copy()
        self._rise_k = np.zeros((packs, 1, cells + 2))
        conductance = _conductances(packs, cells, scatter)
        capacity = np.full((packs, cells + 2), p.CASE_HEAT_J_PER_K.value)
        capacity[:, :cells] = heat_j_per_k
        capacity[:, MOS] = p.MOS_HEAT_J_PER_K.value
        root = np.sqrt(capacity)
        symmetric = conductance / (root[:, :, None] * root[:, None, :])
        self._rates, vectors = np.linalg.eigh(symmetric)
        # Row vectors: rise @ into_modes gives modal amplitudes, amplitudes @ out_of_modes gives temperatures.
        self._into_modes = root[:, :, None] * vectors
        self._out_of_modes = vectors.transpose(0, 2, 1) / root[:, None, :]
        self._heat_into_modes = vectors / root[:, :, None]
        self._dt_s = 0.0
        self._keep = self._gain = np.empty(0)

    @property
    def temperatures_c(self) -> Floats:
        """Temperature of every node, shape (packs, cells + 2)."""
        temperatures: Floats = self._rise_k[:, 0, :] + self.ambient_c[:, None]
        return temperatures

    def set_ambient(self, ambient_c: float) -> None:
        """The air around all packs changes; the nodes keep their temperatures."""
        self._rise_k += (self.ambient_c - ambient_c)[:, None, None]
        self.ambient_c = np.full_like(self.ambient_c, ambient_c)

    def advance(self, dt_s: float, heat_w: Floats) -> None:
        """Warm by heat held constant over `dt_s`; `heat_w` has shape (packs, cells + 2)."""
        if dt_s != self._dt_s:
            self._dt_s = dt_s
            decay = np.exp(-self._rates * dt_s)
            held = (1.0 - decay) / self._rates
            self._keep = (self._into_modes * decay[:, None, :]) @ self._out_of_modes
            self._gain = (self._heat_into_modes * held[:, None, :]) @ self._out_of_modes
        self._rise_k = self._rise_k @ self._keep + heat_w[:, None, :] @ self._gain


def _conductances(packs: int, cells: int, scatter: Scatter) -> Floats:
    """Conductance matrix of each pack in W/K, nodes as in the module's first lines."""
    matrix = np.zeros((packs, cells + 2, cells + 2))

    def join(a: int, b: int, w_per_k: Floats) -> None:
        matrix[:, a, a] += w_per_k
        matrix[:, b, b] += w_per_k
        matrix[:, a, b] -= w_per_k
        matrix[:, b, a] -= w_per_k

    to_case = scatter.per_cell(p.CELL_TO_CASE_W_PER_K)
    between = scatter.per_cell(p.CELL_TO_CELL_W_PER_K)
    for cell in range(cells):
        join(cell, CASE, to_case[:, cell])
    for cell in range(cells - 1):
        join(cell, cell + 1, between[:, cell])
    end_face = scatter.per_pack(p.END_FACE_TO_CASE_W_PER_K)
    join(0, CASE, end_face)
    join(cells - 1, CASE, end_face)
    join(MOS, CASE, scatter.per_pack(p.MOS_TO_CASE_W_PER_K))
    matrix[:, CASE, CASE] += scatter.per_pack(p.CASE_TO_AMBIENT_W_PER_K)
    return matrix
