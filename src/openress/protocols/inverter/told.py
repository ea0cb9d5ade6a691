"""What a rack says to an inverter: its sample made safe to send, before any dialect lays it on a wire.

Whatever a sample holds, what comes out here is finite, not negative where it cannot be, and never permits more than
the sample does. A limit that cannot be told allows nothing.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from statistics import fmean

from openress.model import BLOCKS_CHARGE, BLOCKS_DISCHARGE, Condition, Fault, Limits, PackSample, RackSample, Status

__all__ = ["Extreme", "LimitRules", "Permission", "Told", "tell"]

LEAST_A = 0.1
"""One count of current in every dialect: less cannot be told, and is nothing."""

TINY = 1e-6

_MOST = 1e9
"""Whatever is measured is less; more than any wire holds, and far from the end of floating point."""

_SENSOR_C = (-100.0, 200.0)
"""No sensor of a battery measures beyond; Afore's offset begins at -100."""


@dataclass(frozen=True, slots=True)
class LimitRules:
    """What limits an inverter takes.

    Attributes:
        cvl_v: lowest and highest charge voltage limit.
        dvl_v: lowest and highest discharge cut-off.
        current_a: highest current limit.
        dvl_fill_v: cut-off told when the battery has none; `None` where the dialect has a mark for that.
        hold_cvl: while charging is blocked the charge voltage limit goes down to the rack's own voltage.
    """

    cvl_v: tuple[float, float] = (41.0, 63.0)
    dvl_v: tuple[float, float] = (36.0, 60.0)
    current_a: float = 3276.7
    dvl_fill_v: float | None = 48.0
    hold_cvl: bool = False


@dataclass(frozen=True, slots=True)
class Permission:
    """Limits that can go out as they are."""

    cvl_v: float
    ccl_a: float
    dcl_a: float
    dvl_v: float | None

    @property
    def charge(self) -> bool:
        """Whether charging is allowed at all."""
        return self.ccl_a > 0

    @property
    def discharge(self) -> bool:
        """Whether discharging is allowed at all."""
        return self.dcl_a > 0


@dataclass(frozen=True, slots=True)
class Extreme:
    """The lowest or highest value of the rack: which pack, and which of its cells or sensors, both from 1."""

    value: float
    pack: int
    number: int

    def __str__(self) -> str:
        return f"{self.pack:02}.{self.number:02}"


@dataclass(frozen=True, slots=True)
class Told:
    """A rack, safe to send; what is not known is `None`.

    `temperature_c` is the mean of all cell sensors; `online` are the numbers of the packs that take part.
    """

    limits: Permission
    force_charge: bool
    full_charge: bool
    voltage_v: float | None
    current_a: float | None
    temperature_c: float | None
    soc_pct: float | None
    soh_pct: float | None
    remaining_ah: float | None
    full_ah: float | None
    installed_ah: float | None
    cycles: int | None
    protections: frozenset[Condition] | None
    alarms: frozenset[Condition] | None
    faults: frozenset[Fault] | None
    online: tuple[int, ...]
    offline: int
    blocking_charge: int
    blocking_discharge: int
    faulty_pack: int | None
    cell_low_mv: Extreme | None
    cell_high_mv: Extreme | None
    coldest_c: Extreme | None
    hottest_c: Extreme | None
    cells_in_series: int | None
    cells: tuple[int, ...] | None
    balancing: bool
    serial: str | None
    model: str | None

    @property
    def modules(self) -> int:
        """Packs that take part; a rack that speaks has at least one."""
        return max(1, len(self.online))

    @property
    def wrong(self) -> bool:
        """Whether anything has opened a switch or is broken."""
        return bool(self.protections) or bool(self.faults)


def tell(rack: RackSample, rules: LimitRules, rated: Limits | None) -> Told | None:
    """Make `rack` safe to send to an inverter that takes limits as `rules` say.

    Gives `None` when the charge voltage limit can be neither told nor held at the rack's voltage: then silence is the
    only thing that permits nothing.
    """
    analog, status = rack.analog, rack.status
    voltage = _not_negative(analog.pack_voltage_v if analog else None)
    permission = _permission(rack.limits, rules, rated, voltage)
    if permission is None:
        return None
    awake = [pack for pack in rack.packs if not pack.asleep]
    cells = [(mv, pack.pack, at) for pack in awake for mv, at in _numbered(_cells(pack))]
    sensors = [(_within(c, _SENSOR_C), pack.pack, at) for pack in awake for c, at in _numbered(_sensors(pack))]
    full = _not_negative(analog.full_ah if analog else None)
    design = _not_negative(analog.design_ah if analog else None)
    return Told(
        limits=permission,
        # An inverter that is asked to charge may do so whatever the limit beside it says.
        force_charge=permission.charge and bool(rack.limits and rack.limits.charge_immediately),
        full_charge=permission.charge and bool(rack.limits and rack.limits.full_charge_request),
        voltage_v=voltage,
        current_a=_finite(analog.pack_current_a if analog else None),
        temperature_c=fmean(value for value, _, _ in sensors) if sensors else None,
        soc_pct=_share(analog.soc_pct if analog else None),
        soh_pct=_share(analog.soh_pct if analog else None),
        remaining_ah=_not_negative(analog.remaining_ah if analog else None),
        full_ah=full,
        installed_ah=full if design is None else design,
        cycles=None if analog is None or analog.cycles is None else max(0, analog.cycles),
        protections=status.protections if status else None,
        alarms=status.alarms if status else None,
        faults=status.faults if status else None,
        online=tuple(sorted({pack.pack for pack in awake})),
        offline=len(rack.packs) - len(awake),
        blocking_charge=sum(_blocks(pack, charge=True) for pack in awake),
        blocking_discharge=sum(_blocks(pack, charge=False) for pack in awake),
        faulty_pack=next((pack.pack for pack in awake if _wrong(pack.status)), None),
        cell_low_mv=_extreme(cells, min),
        cell_high_mv=_extreme(cells, max),
        coldest_c=_extreme(sensors, min),
        hottest_c=_extreme(sensors, max),
        cells_in_series=max((len(_cells(pack)) for pack in awake), default=0) or None,
        cells=tuple(awake[0].analog.cell_voltages_mv or ()) if len(awake) == 1 and awake[0].analog else None,
        balancing=any(any(pack.status.balancing or ()) for pack in awake if pack.status),
        serial=_first(awake, lambda pack: pack.identity.serial if pack.identity else None),
        model=_first(awake, lambda pack: pack.identity.model if pack.identity else None),
    )


def _permission(
    limits: Limits | None, rules: LimitRules, rated: Limits | None, voltage_v: float | None
) -> Permission | None:
    given, most = limits or Limits(0.0), rated or Limits(0.0)
    ccl = _current(given.charge_current_limit_a, most.charge_current_limit_a, rules, off=given.charge_enabled is False)
    dcl = _current(
        given.discharge_current_limit_a, most.discharge_current_limit_a, rules, off=given.discharge_enabled is False
    )
    dvl = _most(_not_negative(given.discharge_voltage_limit_v), _not_negative(most.discharge_voltage_limit_v))
    dvl = rules.dvl_fill_v if dvl is None else max(dvl, rules.dvl_v[0])
    if dvl is not None and dvl > rules.dvl_v[1] + TINY:
        # A cut-off that cannot be told would be kept by nobody.
        dcl, dvl = 0.0, rules.dvl_v[1]
    cvl = _least(_finite(given.charge_voltage_limit_v), _not_negative(most.charge_voltage_limit_v))
    if cvl is None or cvl < rules.cvl_v[0]:
        return None if voltage_v is None else Permission(_within(voltage_v, rules.cvl_v), 0.0, dcl, dvl)
    cvl = min(cvl, rules.cvl_v[1])
    if ccl == 0 and rules.hold_cvl and voltage_v is not None:
        cvl = min(cvl, _within(voltage_v, rules.cvl_v))
    return Permission(cvl, ccl, dcl, dvl)


def _current(limit_a: float | None, rated_a: float | None, rules: LimitRules, *, off: bool) -> float:
    found = _least(_not_negative(limit_a), _not_negative(rated_a))
    if off or found is None or _not_negative(limit_a) is None or found < LEAST_A - TINY:
        return 0.0
    return min(found, rules.current_a)


def _finite(value: float | None) -> float | None:
    return _within(value, (-_MOST, _MOST)) if value is not None and math.isfinite(value) else None


def _not_negative(value: float | None) -> float | None:
    found = _finite(value)
    return None if found is None else max(0.0, found)


def _share(value: float | None) -> float | None:
    found = _finite(value)
    return None if found is None else _within(found, (0.0, 100.0))


def _within(value: float, ends: tuple[float, float]) -> float:
    return max(ends[0], min(ends[1], value))


def _least(*values: float | None) -> float | None:
    return min((value for value in values if value is not None), default=None)


def _most(*values: float | None) -> float | None:
    return max((value for value in values if value is not None), default=None)


def _cells(pack: PackSample) -> tuple[int, ...]:
    return pack.analog.cell_voltages_mv or () if pack.analog else ()


def _sensors(pack: PackSample) -> tuple[float, ...]:
    return pack.analog.temperatures_c or () if pack.analog else ()


def _numbered(values: Iterable[float]) -> Iterator[tuple[float, int]]:
    """The values that are numbers, with their places from 1."""
    return ((value, place) for place, value in enumerate(values, start=1) if math.isfinite(value))


_Place = tuple[float, int, int]


def _extreme(places: list[_Place], choose: Callable[..., _Place]) -> Extreme | None:
    return Extreme(*choose(places, key=lambda place: place[0])) if places else None


def _blocks(pack: PackSample, *, charge: bool) -> bool:
    """Whether a pack refuses one direction: by its own limits, its switch, or what is wrong with it."""
    limits, status = pack.limits, pack.status
    if limits is not None:
        enabled = limits.charge_enabled if charge else limits.discharge_enabled
        current = limits.charge_current_limit_a if charge else limits.discharge_current_limit_a
        if enabled is False or current == 0:
            return True
    if status is None:
        return False
    switch = status.switches and (status.switches.charge if charge else status.switches.discharge)
    blocking = BLOCKS_CHARGE if charge else BLOCKS_DISCHARGE
    return switch is False or bool(status.faults) or not blocking.isdisjoint(status.protections or frozenset())


def _wrong(status: Status | None) -> bool:
    return status is not None and (bool(status.faults) or bool(status.protections))


def _first(packs: list[PackSample], get: Callable[[PackSample], str | None]) -> str | None:
    return next((found for pack in packs if (found := get(pack)) is not None), None)
