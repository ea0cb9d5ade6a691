"""The plant: a rack of packs that obeys physics, advanced one step at a time and pure given its seed."""

from __future__ import annotations

import copy
import math
from collections.abc import Sequence

import numpy as np

from openress.errors import ParameterError, StateError
from openress.sim import parameters as p
from openress.sim.cell import CellRows
from openress.sim.curves import Floats
from openress.sim.pack import PackBuild, SwitchCommand, path_of
from openress.sim.rack import Bus, Demand
from openress.sim.scatter import Scatter
from openress.sim.sensors import FrontEnds, PackSense, sensor_places
from openress.sim.thermal import CASE, MOS, ThermalRow
from openress.sim.truth import Books, Truth

__all__ = ["Plant"]

_SECONDS_PER_HOUR = 3600.0
_LONGEST_PART_S = 30.0
_LONGEST_CALM_PART_S = 60.0
_CALM_SOC = (0.1, 0.95)
"""Between them an LFP cell's voltage hardly turns: straight lines hold for longer."""
_GENTLE_C_RATE = 0.05
"""So slow a minute moves less than 0.1 %, and there is nothing to turn anywhere."""
_OFF = SwitchCommand(charge=False, discharge=False, main=False)


class Plant:
    """Packs on one bus. Before the first step every breaker is open.

    Args:
        packs: how each is built; all with the same number of cells.
        seed: of everything random: how specimens differ, sensor errors and noise.
        ambient_c: air temperature where a pack does not state its own.

    Raises:
        ParameterError: no pack, or packs of different cell counts.
    """

    def __init__(self, packs: Sequence[PackBuild], *, seed: int, ambient_c: float = 25.0) -> None:
        if len({pack.cells for pack in packs}) != 1:
            raise ParameterError(
                "packs on one bus need equal cell counts, and one pack at least; check the list of packs"
            )
        self.now_s = 0.0
        shape = len(packs), packs[0].cells
        scatter = Scatter(seed, shape[1], [pack.spread for pack in packs])
        ambient = np.array([ambient_c if pack.ambient_c is None else pack.ambient_c for pack in packs])
        rated_ah = np.array([pack.capacity_ah for pack in packs])
        soc = _initial_soc(packs, scatter)
        self._cells = CellRows(soc, rated_ah, np.repeat(ambient[:, None], shape[1], axis=1), scatter)
        self._thermal = ThermalRow(self._cells.heat_j_per_k, ambient, scatter)
        self._gentle_a = _GENTLE_C_RATE * float(rated_ah.min())
        self._joint_ohm = scatter.per_cell(p.JOINT_OHM)
        self._path_ohm = scatter.per_pack(p.PATH_OHM)
        self._bleed_ohm = scatter.per_cell(p.BLEED_OHM)
        self._draw_awake_a = scatter.per_pack(p.DRAW_AWAKE_A)
        self._draw_asleep_a = scatter.per_pack(p.DRAW_ASLEEP_A)
        self._front_ends = FrontEnds(seed, shape[1], [pack.sensor_errors for pack in packs])
        self._sensor_places = [*sensor_places(shape[1]), shape[1] + 2 + MOS, shape[1] + 2 + CASE]
        self._bus = Bus(p.CHARGER_CEILING_V_PER_CELL.value * shape[1])

        self._commands: tuple[SwitchCommand, ...] = ()
        self._switch([_OFF] * shape[0])
        self._bus_v = 0.0
        self._current_a = np.zeros(shape[0])
        self._cell_v = self._cells.emf_v
        self._pack_v = self._cell_v.sum(axis=1)
        self._heat_w = np.zeros((shape[0], shape[1] + 2))
        self._books = _empty_books(*shape)

    def step(self, dt_s: float, demand: Demand, commands: Sequence[SwitchCommand]) -> None:
        """Advance by `dt_s` with demand and switches held.

        The currents satisfy Kirchhoff with the voltages at the end of the step, so no step length makes
        parallel packs oscillate. Steps of more than a minute are taken in equal parts, and those of more than 30 s
        while a cell is near full or empty and more than C/20 flows, where voltage turns within a minute.

        Args:
            dt_s: more than 0.
            demand: the source or load on the bus.
            commands: one per pack.

        Raises:
            StateError: a step that is not positive, a demand that is no number, commands that do not fit the
                packs.
        """
        if not (0 < dt_s < math.inf and math.isfinite(demand.current_a)):
            raise StateError(
                f"the plant cannot step by {dt_s} s with {demand.current_a} A; give finite values and dt > 0"
            )
        self._switch(commands)
        calm = dt_s > _LONGEST_PART_S and self._calm(demand)
        parts = math.ceil(dt_s / (_LONGEST_CALM_PART_S if calm else _LONGEST_PART_S))
        for _ in range(parts):
            self._advance(dt_s / parts, demand)

    def _calm(self, demand: Demand) -> bool:
        soc = self._cells.soc
        if soc.min() > _CALM_SOC[0] and soc.max() < _CALM_SOC[1]:
            return True
        most_a = max(abs(demand.current_a), *(abs(ampere) for ampere in self._current_a.tolist()))
        return most_a < self._gentle_a

    def _advance(self, dt_s: float, demand: Demand) -> None:
        """One part of a step, short enough for straight lines."""
        cells = self._cells
        hours = dt_s / _SECONDS_PER_HOUR
        free_v, cell_ohm = cells.predict(dt_s)
        bleed_a = cells.emf_v * self._bleed_siemens if self._bleeding else None
        side_a = self._draw_a if bleed_a is None else self._draw_a + bleed_a
        emf_v = np.add.reduce(free_v - cell_ohm * side_a, axis=1)
        ohm = np.add.reduce(cell_ohm + self._joint_ohm, axis=1) + self._path_ohm
        settled = self._bus.settle(emf_v.tolist(), ohm.tolist(), demand)

        self._bus_v = settled.bus_v
        self._current_a = current_a = np.array(settled.currents_a)
        through_a = current_a[:, None]
        cell_a = through_a - side_a
        heat = cells.advance(cell_a)
        joint_v = self._joint_ohm * through_a
        self._cell_v = cells.emf_v + cells.r0_ohm * cell_a + joint_v

        resistive_w = heat.resistive_w + joint_v * through_a
        path_w = self._path_ohm * current_a * current_a
        switch_w = (settled.bus_v - emf_v - ohm * current_a) * current_a
        nodes_w = self._heat_w
        nodes_w[:, :CASE] = resistive_w + heat.hysteresis_w + heat.side_reaction_w
        nodes_w[:, MOS] = path_w * p.MOS_SHARE_OF_PATH_HEAT.value + switch_w
        if bleed_a is None:
            nodes_w[:, CASE] = 0.0
        else:
            bleed_w = bleed_a * self._cell_v
            nodes_w[:, CASE] = np.add.reduce(bleed_w, axis=1)
            self._books.bleed_ah += bleed_a * hours
            self._books.bleed_j += bleed_w * dt_s
        self._thermal.advance(dt_s, nodes_w)
        cells.warm(self._thermal.temperatures_c[:, :CASE])

        books = self._books
        books.pack_ah += current_a * hours
        draw_a = self._draw_a[:, 0]
        self._pack_v = pack_v = np.add.reduce(self._cell_v, axis=1)
        books.draw_ah += draw_a * hours
        books.lost_ah += cells.lost_a * hours
        books.terminal_j += current_a * (settled.bus_v * dt_s)
        books.path_j += (path_w + switch_w) * dt_s
        books.draw_j += draw_a * pack_v * dt_s
        books.resistive_j += resistive_w * dt_s
        books.hysteresis_j += heat.hysteresis_w * dt_s
        books.side_reaction_j += heat.side_reaction_w * dt_s
        self.now_s += dt_s

    def sense(self) -> tuple[PackSense, ...]:
        """What each pack's front end reports now; every call draws fresh noise."""
        return self._front_ends.read(
            cell_v=self._cell_v,
            temperature_c=self._thermal.temperatures_c[:, self._sensor_places],
            pack_v=self._pack_v,
            terminal_v=self._terminal_v(),
            current_a=self._current_a,
        )

    def set_ambient(self, ambient_c: float) -> None:
        """The air around all packs changes to one temperature."""
        self._thermal.set_ambient(ambient_c)

    def truth(self) -> Truth:
        """Exact state, copied: it does not change with later steps."""
        cells = self._cells
        temperature_c = self._thermal.temperatures_c
        self._books.stored_j = cells.stored_j()
        return Truth(
            soc_pct=cells.soc * 100.0,
            capacity_ah=cells.capacity_ah.copy(),
            stored_ah=cells.soc * cells.capacity_ah,
            ocv_v=cells.ocv_v.copy(),
            hysteresis=cells.hysteresis.copy(),
            hysteresis_span_v=cells.hysteresis_span_v(),
            v1_v=cells.v1_v.copy(),
            v2_v=cells.v2_v.copy(),
            cell_v=self._cell_v.copy(),
            temperature_c=temperature_c[:, :CASE],
            case_c=temperature_c[:, CASE],
            mos_c=temperature_c[:, MOS],
            pack_v=self._cell_v.sum(axis=1),
            terminal_v=self._terminal_v(),
            current_a=self._current_a.copy(),
            bus_v=self._bus_v,
            books=copy.deepcopy(self._books),
        )

    def _terminal_v(self) -> Floats:
        terminal_v: Floats = self._joined * self._bus_v
        return terminal_v

    def _switch(self, commands: Sequence[SwitchCommand]) -> None:
        """Turn commands into paths and side currents, once for as long as they stay the same."""
        commands = tuple(commands)
        if commands == self._commands:
            return
        packs, cells = self._cells.soc.shape
        if len(commands) != packs:
            raise StateError(f"{len(commands)} switch commands do not fit {packs} packs; give one per pack")
        bleeding = np.zeros((packs, cells))
        for k, command in enumerate(commands):
            if command.bleed and len(command.bleed) != cells:
                raise StateError(
                    f"{len(command.bleed)} bleed switches do not fit {cells} cells; give one per cell or none"
                )
            if command.bleed and command.main:
                bleeding[k] = command.bleed
        self._bleed_siemens = bleeding / self._bleed_ohm
        self._bleeding = bool(bleeding.any())
        self._joined = np.array([command.main for command in commands])
        awake = np.array([command.awake for command in commands])
        self._draw_a = (np.where(awake, self._draw_awake_a, self._draw_asleep_a) * self._joined)[:, None]
        self._bus.switch([path_of(command) for command in commands])
        self._commands = commands


def _initial_soc(packs: Sequence[PackBuild], scatter: Scatter) -> Floats:
    """State of charge of every new cell as a fraction; the spread leaves the pack's mean where it is."""
    mean = np.array([pack.initial_soc_pct for pack in packs])[:, None]
    deviation = scatter.standard_per_cell() * np.array([pack.soc_spread_pct for pack in packs])[:, None]
    deviation -= deviation.mean(axis=1, keepdims=True)
    offset = np.array([pack.cell_soc_offset_pct or (0.0,) * pack.cells for pack in packs])
    soc: Floats = (mean + deviation + offset) / 100.0
    return soc


def _empty_books(packs: int, cells: int) -> Books:
    per_pack, per_cell = np.zeros(packs), np.zeros((packs, cells))
    return Books(
        pack_ah=per_pack.copy(),
        draw_ah=per_pack.copy(),
        bleed_ah=per_cell.copy(),
        lost_ah=per_cell.copy(),
        terminal_j=per_pack.copy(),
        path_j=per_pack.copy(),
        draw_j=per_pack.copy(),
        bleed_j=per_cell.copy(),
        resistive_j=per_cell.copy(),
        hysteresis_j=per_cell.copy(),
        side_reaction_j=per_cell.copy(),
        stored_j=per_cell.copy(),
    )
