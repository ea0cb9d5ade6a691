"""JK PB: its three records as tables; an address is a byte offset behind the record's head, low byte first.

The same offsets, added to 0x1000 (settings) and 0x1200 (live), are the register numbers of its Modbus view.
"""

from __future__ import annotations

from openress.model import Condition, Confidence, Fault, Source
from openress.params.table import BY_KEY
from openress.protocols.registers import (
    Block,
    Register,
    alarm,
    bits,
    fault,
    flag,
    measured,
    protection,
    setting,
    switch,
    text,
)
from openress.protocols.registertable import RegisterTable

__all__ = ["ABOUT", "LIVE", "SETTINGS"]

V11 = Source("JK PB series RS485 Modbus V1.1", Confidence.VENDOR)
PB2A = Source("JK_PB2A16S15P with 8 cells, mpp-solar", Confidence.CAPTURE)

NO_SENSOR = -2000
UNKNOWN, UNKNOWN_SIGNED = 0xFFFFFFFF, 0x7FFFFFFF
"""What a pack of ours sends for a value it cannot tell (our decision: the document has no such mark)."""
C = Condition

ALARMS = (
    fault(0, Fault.CELL_SENSOR, also=(Fault.CELL, Fault.CELL_IMBALANCE), note="resistance of a wire"),
    protection(1, C.MOS_OVER_TEMPERATURE, also=(C.AMBIENT_OVER_TEMPERATURE,)),
    fault(2, Fault.SYSTEM, also=(Fault.CHARGER_REVERSED,), note="number of cells"),
    fault(3, Fault.CURRENT_SENSOR),
    protection(4, C.CELL_OVER_VOLTAGE),
    protection(5, C.PACK_OVER_VOLTAGE),
    protection(6, C.CHARGE_OVER_CURRENT),
    protection(7, C.SHORT_CIRCUIT, sent=False, note="while charging"),
    protection(8, C.CHARGE_OVER_TEMPERATURE),
    protection(9, C.CHARGE_UNDER_TEMPERATURE, also=(C.DISCHARGE_UNDER_TEMPERATURE, C.AMBIENT_UNDER_TEMPERATURE)),
    fault(10, Fault.INTERNAL_COMMUNICATION, also=(Fault.SAMPLING,)),
    protection(11, C.CELL_UNDER_VOLTAGE),
    protection(12, C.PACK_UNDER_VOLTAGE),
    protection(13, C.DISCHARGE_OVER_CURRENT, C.DISCHARGE_OVER_CURRENT_2),
    protection(14, C.SHORT_CIRCUIT, note="while discharging"),
    protection(15, C.DISCHARGE_OVER_TEMPERATURE),
    fault(16, Fault.CHARGE_SWITCH),
    fault(17, Fault.DISCHARGE_SWITCH),
    flag(18, "gps_lost"),
    flag(19, "password_unchanged"),
    fault(20, Fault.DISCHARGE_SWITCH, sent=False, note="discharging could not start"),
    alarm(21, C.CHARGE_OVER_TEMPERATURE, C.DISCHARGE_OVER_TEMPERATURE, note="the battery is hot"),
    fault(22, Fault.TEMPERATURE_SENSOR, also=(Fault.TEMPERATURE_IMBALANCE,)),
    fault(23, Fault.INTERNAL_COMMUNICATION, sent=False, note="parallel module"),
)
"""Bits of 0xA0 in the order of the maker's document; another published list differs and is not used."""

LIVE = RegisterTable(
    "jk-pb live record",
    (
        measured(0x00, "cell_voltages_mv", "H", count=32, filler=0, source=PB2A),
        measured(0x40, "cells_present", "I", source=PB2A, note="one bit for each cell"),
        measured(0x44, "cell_voltage_average_mv", "H", source=PB2A),
        measured(0x46, "cell_voltage_difference_mv", "H", source=PB2A),
        measured(0x48, "cell_voltage_max_index", "B", note="0 = first cell"),
        measured(0x49, "cell_voltage_min_index", "B", note="0 = first cell"),
        measured(0x8A, "mos_temperature_c", "h", step=0.1, absent=NO_SENSOR, source=PB2A),
        measured(0x90, "pack_voltage_v", "I", step=0.001, source=PB2A),
        measured(0x94, "power_w", "I", step=0.001, source=PB2A, note="without sign"),
        measured(0x98, "pack_current_a", "i", step=0.001, source=PB2A, note="+ charges"),
        measured(0x9C, "temperatures_c", "h", step=0.1, count=2, absent=NO_SENSOR, source=PB2A),
        bits(0xA0, *ALARMS, code="I"),
        measured(0xA4, "balance_current_a", "h", step=0.001),
        measured(0xA6, "balance_state", "B", note="0 off, 1 charging, 2 discharging cells"),
        measured(0xA7, "soc_pct", "B", source=PB2A),
        measured(0xA8, "remaining_ah", "I", step=0.001, source=PB2A),
        measured(0xAC, "full_ah", "I", step=0.001, source=PB2A),
        measured(0xB0, "cycles", "I", absent=UNKNOWN, source=PB2A),
        measured(0xB4, "discharged_ah", "I", step=0.001, absent=UNKNOWN, source=PB2A, note="over all cycles"),
        measured(0xB8, "soh_pct", "B", absent=0xFF, source=PB2A),
        bits(0xB9, switch(0, "precharge"), code="B"),
        measured(0xBC, "runtime_s", "I", absent=UNKNOWN, source=PB2A),
        bits(0xC0, switch(0, "charge", needed=True), code="B", source=PB2A),
        bits(0xC1, switch(0, "discharge", needed=True), code="B", source=PB2A),
        measured(0xE4, "battery_voltage_v", "H", step=0.01, source=PB2A),
        measured(
            0xF8, "temperature_5_c", "h", step=0.1, absent=NO_SENSOR, source=PB2A, note="equals the MOS's in captures"
        ),
        measured(0xFA, "more_temperatures_c", "h", step=0.1, count=2, absent=NO_SENSOR, source=PB2A),
    ),
    blocks=(Block("live", 0x00, 0x124),),
    unit=1,
    order="<",
    source=V11,
)

_KINDS = {
    "mv": ("I", 1.0),
    "v": ("I", 0.001),
    "a": ("I", 0.001),
    "s": ("I", 1.0),
    "s as ms": ("I", 1000.0),
    "us": ("I", 1.0),
    "c": ("i", 0.1),
    "n": ("I", 1.0),
    "ah": ("I", 0.001),
}

# fmt: off
_SETTINGS = (
    (0x00, "sleep_cell_mv", "mv"),
    (0x04, "cell_uv_protect_mv", "mv"), (0x08, "cell_uv_release_mv", "mv"),
    (0x0C, "cell_ov_protect_mv", "mv"), (0x10, "cell_ov_release_mv", "mv"),
    (0x14, "balance_delta_mv", "mv"),
    (0x18, "full_cell_mv", "mv"), (0x1C, "empty_cell_mv", "mv"),
    (0x20, "charge_request_cell_mv", "mv"), (0x24, "float_cell_mv", "mv"), (0x28, "power_off_cell_mv", "mv"),
    (0x2C, "charge_oc_protect_a", "a"), (0x30, "charge_oc_delay_ms", "s as ms"), (0x34, "charge_oc_release_s", "s"),
    (0x38, "discharge_oc_protect_a", "a"), (0x3C, "discharge_oc_delay_ms", "s as ms"),
    (0x40, "discharge_oc_release_s", "s"), (0x44, "short_circuit_release_s", "s"),
    (0x48, "balance_current_max_a", "a"),
    (0x4C, "charge_ot_protect_c", "c"), (0x50, "charge_ot_release_c", "c"),
    (0x54, "discharge_ot_protect_c", "c"), (0x58, "discharge_ot_release_c", "c"),
    (0x5C, "charge_ut_protect_c", "c"), (0x60, "charge_ut_release_c", "c"),
    (0x64, "mos_ot_protect_c", "c"), (0x68, "mos_ot_release_c", "c"),
    (0x6C, "cells_in_series", "n"),
    (0x70, "charge_allowed", "n"), (0x74, "discharge_allowed", "n"), (0x78, "balance_allowed", "n"),
    (0x7C, "rated_ah", "ah"),
    (0x80, "short_circuit_delay_us", "us"), (0x84, "balance_threshold_mv", "mv"),
    (0x108, "bus_address", "n"), (0x10C, "precharge_s", "s"),
)
# fmt: on


def _setting(at: int, key: str, kind: str) -> Register:
    code, step = _KINDS[kind]
    return setting(
        at,
        key,
        code,
        step=step,
        absent=UNKNOWN if code == "I" else UNKNOWN_SIGNED,
        writable=key in BY_KEY,
        note="" if key in BY_KEY else "a setting of the maker's own",
        source=PB2A,
    )


SETTINGS = RegisterTable(
    "jk-pb settings record",
    tuple(_setting(*row) for row in _SETTINGS),
    blocks=(Block("settings", 0x00, 0x124, live=False),),
    unit=1,
    order="<",
    source=V11,
)

ABOUT = RegisterTable(
    "jk-pb about record",
    (
        text(0x00, "model", 16),
        text(0x10, "hardware_version", 8),
        text(0x18, "software_version", 8),
        measured(0x20, "uptime_s", "I", absent=UNKNOWN),
        measured(0x24, "power_ons", "I", absent=UNKNOWN),
        text(0x28, "name", 16),
        text(0x48, "made", 8, note="year, month, day"),
        text(0x50, "serial", 12),
    ),
    blocks=(Block("about", 0x00, 0x124, live=False),),
    unit=1,
    order="<",
    source=PB2A,
)
"""The pass codes that lie between and behind these are neither told nor sent."""
