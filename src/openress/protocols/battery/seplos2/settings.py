"""Settings of a Seplos v2 pack (reply to 47): 60 words, 27 bytes, 8 bytes of switches and the model, as one table.

Their order is that of the Bluetooth document's table 21; the one captured reply has plausible values in it. Writing is
left out: the layout of 49 is printed nowhere, and A1 was never seen on RS485.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from openress.codec import Layout, text, wire
from openress.errors import FrameError
from openress.model import Confidence, Source

__all__ = ["SETTINGS", "Settings", "read_settings"]

BLUETOOTH = Source("Seplos Bluetooth protocol V2.0, table 21, and the reply of a 1101-ZH26", Confidence.CAPTURE)

WORDS, BYTES, SWITCHES = 60, 27, 8


def _mv() -> Any:
    return wire("H")


def _v() -> Any:
    return wire("H", step=0.01)


def _c() -> Any:
    return wire("H", step=0.1, zero=2731)


def _byte(note: str = "") -> Any:
    return wire("B", note=note)


@dataclass(frozen=True, slots=True)
class Settings:
    """Fields named by the keys of the parameter table where the meaning is the same."""

    group: int = wire("B", key="")
    words: int = wire("B", key="")
    cell_ov_alarm_mv: int = _mv()
    cell_ov_alarm_release_mv: int = _mv()
    cell_uv_alarm_mv: int = _mv()
    cell_uv_alarm_release_mv: int = _mv()
    cell_ov_protect_mv: int = _mv()
    cell_ov_release_mv: int = _mv()
    cell_uv_protect_mv: int = _mv()
    cell_uv_release_mv: int = _mv()
    balance_threshold_mv: int = _mv()
    charge_forbidden_cell_mv: int = _mv()
    pack_ov_alarm_v: float = _v()
    pack_ov_alarm_release_v: float = _v()
    pack_uv_alarm_v: float = _v()
    pack_uv_alarm_release_v: float = _v()
    pack_ov_protect_v: float = _v()
    pack_ov_release_v: float = _v()
    pack_uv_protect_v: float = _v()
    pack_uv_release_v: float = _v()
    charger_ov_protect_v: float = _v()
    charger_ov_release_v: float = _v()
    charge_ot_alarm_c: float = _c()
    charge_ot_alarm_release_c: float = _c()
    charge_ut_alarm_c: float = _c()
    charge_ut_alarm_release_c: float = _c()
    charge_ot_protect_c: float = _c()
    charge_ot_release_c: float = _c()
    charge_ut_protect_c: float = _c()
    charge_ut_release_c: float = _c()
    discharge_ot_alarm_c: float = _c()
    discharge_ot_alarm_release_c: float = _c()
    discharge_ut_alarm_c: float = _c()
    discharge_ut_alarm_release_c: float = _c()
    discharge_ot_protect_c: float = _c()
    discharge_ot_release_c: float = _c()
    discharge_ut_protect_c: float = _c()
    discharge_ut_release_c: float = _c()
    heating_on_c: float = _c()
    heating_off_c: float = _c()
    env_ot_alarm_c: float = _c()
    env_ot_alarm_release_c: float = _c()
    env_ut_alarm_c: float = _c()
    env_ut_alarm_release_c: float = _c()
    env_ot_protect_c: float = _c()
    env_ot_release_c: float = _c()
    env_ut_protect_c: float = _c()
    env_ut_release_c: float = _c()
    mos_ot_alarm_c: float = _c()
    mos_ot_alarm_release_c: float = _c()
    mos_ot_protect_c: float = _c()
    mos_ot_release_c: float = _c()
    charge_oc_alarm_a: float = wire("h", step=0.01, magnitude=True)
    charge_oc_alarm_release_a: float = wire("h", step=0.01, magnitude=True)
    discharge_oc_alarm_a: float = wire("h", step=-0.01, magnitude=True, note="negative on the wire")
    discharge_oc_alarm_release_a: float = wire("h", step=-0.01, magnitude=True, note="negative on the wire")
    charge_oc_protect_a: float = wire("h", step=0.01, magnitude=True)
    discharge_oc_protect_a: float = wire("h", step=-0.01, magnitude=True, note="negative on the wire")
    discharge_oc2_protect_a: float = wire("h", step=-0.01, magnitude=True, note="transient; negative on the wire")
    soft_start_ms: int = wire("H")
    design_ah: float = wire("H", step=0.01)
    remaining_ah: float = wire("H", step=0.01)
    bytes_: int = wire("B", key="")
    cell_fault_delta_mv: int = wire("B", step=10)
    cell_fault_release_mv: int = wire("B", step=10)
    balance_delta_mv: int = _byte()
    balance_end_delta_mv: int = _byte()
    static_balance_h: int = _byte()
    cells_in_series: int = _byte()
    charge_oc_delay_ms: int = wire("B", step=1000, note="whole seconds")
    discharge_oc_delay_ms: int = wire("B", step=1000, note="whole seconds")
    discharge_oc2_delay_ms: int = _byte("transient")
    oc_auto_release_s: int = _byte()
    oc_release_count: int = _byte()
    limiter_min: int = _byte()
    charge_activation_min: int = _byte()
    charge_activation_h: int = _byte()
    charge_activation_count: int = _byte()
    record_interval_1: int = _byte("unit not published")
    record_interval_2: int = _byte("unit not published")
    standby_off_h: int = _byte()
    soc_low_alarm_pct: int = _byte()
    soc_low_protect_pct: int = _byte()
    intermittent_charge_pct: int = _byte()
    cycle_count_pct: int = _byte("remaining capacity at which a cycle is counted")
    connection_resistance: int = _byte("unit not published")
    compensation_1_cell: int = _byte()
    compensation_1_resistance: int = _byte("unit not published")
    compensation_2_cell: int = _byte()
    compensation_2_resistance: int = _byte("unit not published")
    switches: int = wire("B", key="")
    switch_bytes_1: int = wire("I", key="", note="function switches, not named")
    switch_bytes_2: int = wire("I", key="", note="function switches, not named")
    model: str | None = text(10)


SETTINGS = Layout(Settings, source=BLUETOOTH)


def read_settings(info: bytes) -> Settings:
    """Read INFO of a reply to 47.

    Raises:
        FrameError: another number of settings than the known 60, 27 and 8.
    """
    settings = SETTINGS.decode(info)
    found = (settings.words, settings.bytes_, settings.switches)
    if found != (WORDS, BYTES, SWITCHES):
        raise FrameError(f"{found[0]} words, {found[1]} bytes and {found[2]} switches, known are 60, 27 and 8", at=1)
    return settings
