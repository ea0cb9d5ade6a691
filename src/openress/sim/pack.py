"""A pack seen from outside: how it is built, what its switches are told, which current they let through."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from openress.errors import ParameterError, StateError
from openress.sim import parameters as p

__all__ = ["PackBuild", "Path", "SwitchCommand", "path_of"]


@dataclass(frozen=True, slots=True)
class PackBuild:
    """How one pack leaves the factory; everything not said here is drawn from the parameter tables.

    Args:
        cells: in series.
        capacity_ah: rated.
        initial_soc_pct: mean over the cells; 50 is the factory's.
        soc_spread_pct: standard deviation of the cells around that mean.
        cell_soc_offset_pct: added to each cell after the spread, first cell first; empty for none.
        ambient_c: air around this pack; absent takes the rack's.
        spread: multiplies the spread of all parameters; 0 builds nominal, identical cells.
        sensor_errors: multiplies offset, gain error and noise of all sensors; 0 leaves the resolution only.

    Raises:
        ParameterError: a figure no pack can have.
    """

    cells: int = 16
    capacity_ah: float = 100.0
    initial_soc_pct: float = 50.0
    soc_spread_pct: float = 0.2
    cell_soc_offset_pct: tuple[float, ...] = ()
    ambient_c: float | None = None
    spread: float = 1.0
    sensor_errors: float = 1.0

    def __post_init__(self) -> None:
        if self.cells < 2:
            raise ParameterError(f"a pack of {self.cells} cells cannot be built; give at least 2")
        if not (math.isfinite(self.capacity_ah) and self.capacity_ah > 0):
            raise ParameterError(f"a capacity of {self.capacity_ah} Ah cannot be built; give more than 0")
        if not 0 <= self.initial_soc_pct <= 100:
            raise ParameterError(f"an initial SOC of {self.initial_soc_pct} % does not exist; give 0 to 100")
        if self.cell_soc_offset_pct and len(self.cell_soc_offset_pct) != self.cells:
            raise ParameterError(
                f"{len(self.cell_soc_offset_pct)} SOC offsets for {self.cells} cells; give one per cell"
            )
        for name in ("soc_spread_pct", "spread", "sensor_errors"):
            if not 0 <= getattr(self, name) <= 10:
                raise ParameterError(f"{name} {getattr(self, name)} is outside 0 to 10")


@dataclass(frozen=True, slots=True)
class SwitchCommand:
    """What a pack's switches are told for one step.

    Args:
        charge: charge FET on. Off, only discharge current flows, through the FET's body diode.
        discharge: discharge FET on. Off, only charge current flows, likewise.
        precharge: with the discharge FET off, a resistor feeds the bus (it cannot take current from it).
        limiter_a: charge current passes a limiter set to this; absent leaves it out. Does not replace
            `charge`.
        bleed: one switch per cell, first cell first; empty for all off.
        main: breaker closed and BMS supplied. Off, nothing is connected, nothing bleeds and the BMS draws
            nothing.
        awake: BMS draws its working current; off, that of dormancy.
    """

    charge: bool
    discharge: bool
    precharge: bool = False
    limiter_a: float | None = None
    bleed: tuple[bool, ...] = ()
    main: bool = True
    awake: bool = True


@dataclass(frozen=True, slots=True)
class Path:
    """Which current the way from the cells to the terminals lets through, by direction.

    Args:
        charges: charge current can flow.
        charge_drop_v: diode drop on its way.
        charge_limit_a: limiter setting; infinite without a limiter.
        discharges: discharge current can flow.
        discharge_drop_v: diode drop on its way.
        discharge_ohm: resistance added for discharge only (precharge).
        joined: breaker closed, so the terminals are on the bus.
    """

    charges: bool
    charge_drop_v: float
    charge_limit_a: float
    discharges: bool
    discharge_drop_v: float
    discharge_ohm: float
    joined: bool

    @property
    def plain(self) -> bool:
        """The path is a resistor or nothing, so no state of it depends on the current."""
        return self in (_CLOSED, _BLOCKED, _PARTED)


_BLOCKED = Path(
    charges=False,
    charge_drop_v=0.0,
    charge_limit_a=math.inf,
    discharges=False,
    discharge_drop_v=0.0,
    discharge_ohm=0.0,
    joined=True,
)
_PARTED = replace(_BLOCKED, joined=False)
_CLOSED = replace(_BLOCKED, charges=True, discharges=True)


def path_of(command: SwitchCommand) -> Path:
    """The path that a command makes.

    With one FET off the other direction passes the off FET's body diode, hence the drop. Precharge bypasses
    both FETs for discharge while the discharge FET is off.

    Raises:
        StateError: a limiter set to a negative current or to no number.
    """
    if command.limiter_a is not None and not 0 <= command.limiter_a < math.inf:
        raise StateError(f"a limiter of {command.limiter_a} A does not exist; give 0 or more, or None for no limiter")
    if not command.main:
        return _PARTED
    precharging = command.precharge and not command.discharge
    return Path(
        charges=command.charge,
        charge_drop_v=p.BODY_DIODE_V.value if command.charge and not command.discharge else 0.0,
        charge_limit_a=math.inf if command.limiter_a is None or not command.charge else command.limiter_a,
        discharges=command.discharge or precharging,
        discharge_drop_v=p.BODY_DIODE_V.value if command.discharge and not command.charge else 0.0,
        discharge_ohm=p.PRECHARGE_OHM.value if precharging else 0.0,
        joined=True,
    )
