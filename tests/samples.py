"""Packs and racks for tests."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

from openress.bms.aggregate import aggregate
from openress.model import (
    Analog,
    Condition,
    Fault,
    Identity,
    Limits,
    PackSample,
    PackState,
    RackSample,
    Status,
    Switches,
)


def pack(number: int = 1, *, at_s: float = 0.0, cells: int = 16) -> PackSample:
    """A healthy pack whose values differ from pack to pack."""
    return PackSample(
        number,
        Analog(
            at_s,
            pack_voltage_v=round(52.8 + number / 10, 3),
            pack_current_a=-10.0 - number,
            cell_voltages_mv=tuple(3300 + number + cell for cell in range(cells)),
            temperatures_c=(24.0 + number, 25.0, 25.5, 24.5),
            mos_temperature_c=29.2,
            env_temperature_c=31.0 + number,
            soc_pct=50.0 + number,
            soh_pct=99.0,
            remaining_ah=50.0 + number,
            full_ah=100.0,
            design_ah=100.0,
            cycles=10 * number,
        ),
        Status(
            at_s,
            state=PackState.DISCHARGE,
            switches=Switches(charge=True, discharge=True),
            alarms=frozenset(),
            protections=frozenset(),
            faults=frozenset(),
        ),
        Limits(
            at_s,
            charge_voltage_limit_v=56.0,
            charge_current_limit_a=50.0,
            discharge_current_limit_a=50.0,
            discharge_voltage_limit_v=48.0,
            charge_enabled=True,
            discharge_enabled=True,
            charge_immediately=False,
            full_charge_request=False,
        ),
        Identity(at_s, serial=f"SERIAL-{number:04}", manufacturer="OpenRESS", model="A5L", software_version="1.2.3"),
    )


@lru_cache(maxsize=4096)
def rack(packs: int = 4, *, at_s: float = 0.0) -> RackSample:
    return aggregate([pack(number, at_s=at_s) for number in range(1, packs + 1)], at_s)


def with_status(sample: PackSample, **changes: object) -> PackSample:
    assert sample.status is not None
    return replace(sample, status=replace(sample.status, **changes))  # type: ignore[arg-type]


def with_analog(sample: PackSample, **changes: object) -> PackSample:
    assert sample.analog is not None
    return replace(sample, analog=replace(sample.analog, **changes))  # type: ignore[arg-type]


def with_limits(sample: PackSample, **changes: object) -> PackSample:
    assert sample.limits is not None
    return replace(sample, limits=replace(sample.limits, **changes))  # type: ignore[arg-type]


__all__ = ["Condition", "Fault", "pack", "rack", "with_analog", "with_limits", "with_status"]
