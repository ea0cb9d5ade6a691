"""What racks in a certain state are made of, and the paper on which a person writes down what to tell of one.

`Paper` holds counts as the documents of the dialects want them, worked out by hand; nothing in it comes from the
package.
"""

from __future__ import annotations

from dataclasses import dataclass

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

C, F = Condition, Fault


@dataclass(frozen=True)
class Paper:
    """Counts by hand: `_d` tenths, `_c` hundredths, places are (value, pack, number). `None` is not known."""

    cvl_d: int
    ccl_d: int
    dcl_d: int
    dvl_d: int | None
    held_cvl_d: int | None = None  # where Victron and Deye are told the rack's own voltage instead
    sma_ccl_d: int | None = None  # where SMA's range cuts a current
    sma_dcl_d: int | None = None
    force: bool = False
    full: bool = False
    v_c: int | None = None
    v_d: int | None = None
    i_d: int | None = None
    t_d: int | None = None
    soc: int | None = None
    soc_c: int | None = None
    soh: int | None = None
    remaining: int | None = None  # whole Ah, cut off
    remaining_d: int | None = None
    remaining_c: int | None = None
    full_ah: int | None = None
    full_d: int | None = None
    full_c: int | None = None
    installed: int | None = None
    cycles: int | None = None
    modules: int = 1
    offline: int = 0
    blocks_charge: int = 0
    blocks_discharge: int = 0
    faulty: int = 0
    low: tuple[int, int, int] | None = None
    high: tuple[int, int, int] | None = None
    cold: tuple[int, int, int] | None = None  # tenths of a degree
    hot: tuple[int, int, int] | None = None
    cold_k: int | None = None
    hot_k: int | None = None
    cells: tuple[int, ...] | None = None
    series: int | None = None
    total_cells: int = 0
    cell_limits: tuple[int, int] | None = None
    bits: str | None = None  # 0x359 bytes 0 to 3
    victron: str = "0000000000000000"  # 0x35A
    sma: str = "0000000000000000"
    growatt: str | None = None  # 0x312 bytes 0 to 3
    growatt_status: int = 0  # 0x311 bytes 6 and 7
    afore: str | None = None  # 0x353 bytes 0 to 3
    afore_warnings: str | None = None  # 0x357 bytes 0 and 1
    afore_state: int = 1
    level: int = 0  # Megarevo
    online: int = 0  # SEPLOS 0x359 byte 7
    serial: str = "OpenRESS"
    model: str | None = None


@dataclass(frozen=True)
class State:
    name: str
    rack: RackSample
    paper: Paper

    def __str__(self) -> str:
        return self.name


def made_pack(
    number: int,
    cells: tuple[int, ...],
    temperatures: tuple[float, ...],
    limits: Limits,
    *,
    protections: set[Condition] = set(),  # noqa: B006  # never changed
    faults: set[Fault] = set(),  # noqa: B006
) -> PackSample:
    return PackSample(
        number,
        Analog(0.0, cell_voltages_mv=cells, temperatures_c=temperatures),
        Status(
            0.0,
            state=PackState.STANDBY,
            switches=Switches(charge=True, discharge=True),
            alarms=frozenset(),
            protections=frozenset(protections),
            faults=frozenset(faults),
        ),
        limits,
        Identity(0.0, serial=f"ORS{number:04}A2B", manufacturer="OpenRESS", model="A5L-51V2"),
    )


def made_limits(ccl: float, dcl: float, *, cvl: float = 56.0, dvl: float = 46.4, **asks: bool) -> Limits:
    return Limits(
        0.0,
        charge_voltage_limit_v=cvl,
        charge_current_limit_a=ccl,
        discharge_current_limit_a=dcl,
        discharge_voltage_limit_v=dvl,
        charge_enabled=ccl > 0,
        discharge_enabled=dcl > 0,
        **asks,
    )


def made_rack(
    analog: Analog,
    limits: Limits,
    packs: tuple[PackSample, ...],
    *,
    protections: set[Condition] = set(),  # noqa: B006
    alarms: set[Condition] = set(),  # noqa: B006
    faults: set[Fault] = set(),  # noqa: B006
) -> RackSample:
    status = Status(0.0, alarms=frozenset(alarms), protections=frozenset(protections), faults=frozenset(faults))
    return RackSample(0.0, packs, analog, status, limits)


def made_analog(
    v: float, i: float, soc: float, rem: float, full: float, design: float, cycles: int, soh: float
) -> Analog:
    return Analog(
        0.0,
        pack_voltage_v=v,
        pack_current_a=i,
        soc_pct=soc,
        soh_pct=soh,
        remaining_ah=rem,
        full_ah=full,
        design_ah=design,
        cycles=cycles,
    )


def made_cells(base: int, *, low: tuple[int, int], high: tuple[int, int], count: int = 16) -> tuple[int, ...]:
    """Cells at `base` but for the lowest and the highest, each a number from 1 and its voltage."""
    cells = [base] * count
    cells[low[0] - 1], cells[high[0] - 1] = low[1], high[1]
    return tuple(cells)


ALL_WELL = {
    "bits": "00000000",
    "victron": "AAAAAA02AAAAAA0A",
    "sma": "AAAAAA02AAAAAA02",
    "growatt": "00000000",
    "afore": "00000000",
    "afore_warnings": "0000",
    "serial": "ORS0001A2B",
    "model": "A5L-51V2",
}
"""0x35A: every pair 10 except the reserved ones, and Victron's 13th of the warnings, which says online."""
