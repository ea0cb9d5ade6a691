"""What is known about one pack, in groups that were each measured at one moment."""

from __future__ import annotations

from dataclasses import dataclass

from openress.model.condition import Condition, Fault, Notice, PackState
from openress.model.lamp import Lamps
from openress.model.limits import Limits

__all__ = ["Analog", "Identity", "PackSample", "Status", "Switches"]


@dataclass(frozen=True, slots=True)
class Analog:
    """Measured values of a pack (or their sum over a rack), taken at `at_s`.

    `temperatures_c` holds the cell sensors only; MOS and environment have their own fields, because
    the guide's MaxTemp and MinTemp leave them out. `soc_low_pct` and `soc_high_pct` hold the state of charge 95 times
    out of 100, where somebody has estimated that.
    """

    at_s: float
    pack_voltage_v: float | None = None
    pack_current_a: float | None = None
    cell_voltages_mv: tuple[int, ...] | None = None
    temperatures_c: tuple[float, ...] | None = None
    mos_temperature_c: float | None = None
    env_temperature_c: float | None = None
    soc_pct: float | None = None
    soc_low_pct: float | None = None
    soc_high_pct: float | None = None
    soh_pct: float | None = None
    remaining_ah: float | None = None
    full_ah: float | None = None
    design_ah: float | None = None
    cycles: int | None = None

    @property
    def cell_voltage_min_mv(self) -> int | None:
        """Lowest cell."""
        return min(self.cell_voltages_mv) if self.cell_voltages_mv else None

    @property
    def cell_voltage_max_mv(self) -> int | None:
        """Highest cell."""
        return max(self.cell_voltages_mv) if self.cell_voltages_mv else None

    @property
    def temperature_min_c(self) -> float | None:
        """Coldest cell sensor."""
        return min(self.temperatures_c) if self.temperatures_c else None

    @property
    def temperature_max_c(self) -> float | None:
        """Hottest cell sensor."""
        return max(self.temperatures_c) if self.temperatures_c else None


@dataclass(frozen=True, slots=True)
class Switches:
    """SwitchStatus of the service tool; true is ON, `None` is not reported."""

    charge: bool | None = None
    discharge: bool | None = None
    limit: bool | None = None
    heating: bool | None = None
    dry_contact_1: bool | None = None
    dry_contact_2: bool | None = None
    precharge: bool | None = None


@dataclass(frozen=True, slots=True)
class Status:
    """State, switches and what is wrong, as reported at `at_s`.

    `alarms`, `protections`, `faults` are `None` when the source gives no information; an empty set says
    that all is well.
    """

    at_s: float
    state: PackState | None = None
    switches: Switches | None = None
    alarms: frozenset[Condition] | None = None
    protections: frozenset[Condition] | None = None
    faults: frozenset[Fault] | None = None
    balancing: tuple[bool, ...] | None = None
    lamps: Lamps | None = None
    notices: frozenset[Notice] | None = None


@dataclass(frozen=True, slots=True)
class Identity:
    """Who the pack is; changes only when the pack is exchanged."""

    at_s: float
    serial: str | None = None
    manufacturer: str | None = None
    model: str | None = None
    software_version: str | None = None
    part_number: str | None = None


@dataclass(frozen=True, slots=True)
class PackSample:
    """Everything known about pack number `pack` (1 = master); a group not yet heard of is `None`."""

    pack: int
    analog: Analog | None = None
    status: Status | None = None
    limits: Limits | None = None
    identity: Identity | None = None

    @property
    def asleep(self) -> bool:
        """Off or dormant: the pack does not answer, and its silence means no harm."""
        return self.status is not None and self.status.state in (PackState.OFF, PackState.DORMANT)

    @property
    def at_s(self) -> float | None:
        """When the oldest group that control relies on was measured; `None` while there is none."""
        times = [group.at_s for group in (self.analog, self.status, self.limits) if group is not None]
        return min(times, default=None)
