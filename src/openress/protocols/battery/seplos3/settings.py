"""Seplos v3: its settings (SPA, 0x1300 to 0x1367).

Those that the parameter table knows carry its keys and may be written. The rest is read; a pack of ours, which does
not have them, answers 0xFFFF (0x7FFF where the register is signed), never 0.
"""

from __future__ import annotations

from openress.model import Confidence, Source
from openress.params.table import BY_KEY
from openress.protocols.registers import Register, setting

__all__ = ["SETTINGS"]

NOT_SET, NOT_SET_SIGNED = 0xFFFF, 0x7FFF
KELVIN = 2731
CAPTURE = Source("SG16S200A-SP57B-A, syssi/esphome-seplos-bms", Confidence.CAPTURE)

_KINDS = {
    "v": ("H", 0.01, 0),
    "mv": ("H", 1, 0),
    "a": ("h", 1, 0),
    "-a": ("h", -1, 0),
    "ma": ("h", 1, 0),
    "0.1s": ("H", 100, 0),
    "ms": ("H", 1, 0),
    "us": ("H", 1, 0),
    "c": ("H", 0.1, KELVIN),
    "pct": ("H", 0.1, 0),
    "ah": ("H", 0.01, 0),
    "n": ("H", 1, 0),
}
"""Type, value of one count and zero; a delay in 0.1 s is told in ms, a discharge current counts below 0."""

# fmt: off
_ROWS = (
    (0x1300, "sensors", "n"), (0x1301, "cells_in_series", "n"),
    (0x1302, "pack_ov_alarm_release_v", "v"), (0x1303, "pack_ov_alarm_v", "v"),
    (0x1304, "pack_ov_release_v", "v"), (0x1305, "pack_ov_protect_v", "v"),
    (0x1306, "pack_uv_alarm_release_v", "v"), (0x1307, "pack_uv_alarm_v", "v"),
    (0x1308, "pack_uv_release_v", "v"), (0x1309, "pack_uv_protect_v", "v"),
    (0x130A, "cell_ov_alarm_release_mv", "mv"), (0x130B, "cell_ov_alarm_mv", "mv"),
    (0x130C, "cell_ov_release_mv", "mv"), (0x130D, "cell_ov_protect_mv", "mv"),
    (0x130E, "cell_uv_alarm_release_mv", "mv"), (0x130F, "cell_uv_alarm_mv", "mv"),
    (0x1310, "cell_uv_release_mv", "mv"), (0x1311, "cell_uv_protect_mv", "mv"),
    (0x1312, "cell_uv_failure_mv", "mv"),
    (0x1313, "cell_difference_protect_mv", "mv"), (0x1314, "cell_difference_release_mv", "mv"),
    (0x1315, "charge_oc_alarm_release_a", "a"), (0x1316, "charge_oc_alarm_a", "a"),
    (0x1317, "charge_oc_protect_a", "a"), (0x1318, "charge_oc_delay_ms", "0.1s"),
    (0x1319, "charge_oc2_protect_a", "a"), (0x131A, "charge_oc2_delay_ms", "ms"),
    (0x131B, "discharge_oc_alarm_release_a", "-a"), (0x131C, "discharge_oc_alarm_a", "-a"),
    (0x131D, "discharge_oc_protect_a", "-a"), (0x131E, "discharge_oc_delay_ms", "0.1s"),
    (0x131F, "discharge_oc2_protect_a", "-a"), (0x1320, "discharge_oc2_delay_ms", "ms"),
    (0x1321, "short_circuit_protect_a", "-a"), (0x1322, "short_circuit_delay_us", "us"),
    (0x1323, "oc_release_delay_ms", "0.1s"), (0x1324, "oc_lock_count", "n"),
    (0x1325, "charge_limit_duration_ms", "0.1s"), (0x1326, "pulse_limit_current_a", "a"),
    (0x1327, "pulse_limit_duration_ms", "0.1s"),
    (0x1328, "float_lock_mv", "mv"), (0x1329, "float_release_mv", "mv"), (0x132A, "float_lock_current_ma", "ma"),
    (0x132B, "precharge_short_pct", "pct"), (0x132C, "precharge_normal_pct", "pct"),
    (0x132D, "precharge_abnormal_pct", "pct"), (0x132E, "precharge_timeout_ms", "0.1s"),
    (0x132F, "charge_ot_alarm_release_c", "c"), (0x1330, "charge_ot_alarm_c", "c"),
    (0x1331, "charge_ot_release_c", "c"), (0x1332, "charge_ot_protect_c", "c"),
    (0x1333, "charge_ut_alarm_release_c", "c"), (0x1334, "charge_ut_alarm_c", "c"),
    (0x1335, "charge_ut_release_c", "c"), (0x1336, "charge_ut_protect_c", "c"),
    (0x1337, "discharge_ot_alarm_release_c", "c"), (0x1338, "discharge_ot_alarm_c", "c"),
    (0x1339, "discharge_ot_release_c", "c"), (0x133A, "discharge_ot_protect_c", "c"),
    (0x133B, "discharge_ut_alarm_release_c", "c"), (0x133C, "discharge_ut_alarm_c", "c"),
    (0x133D, "discharge_ut_release_c", "c"), (0x133E, "discharge_ut_protect_c", "c"),
    (0x133F, "env_ot_alarm_release_c", "c"), (0x1340, "env_ot_alarm_c", "c"),
    (0x1341, "env_ot_release_c", "c"), (0x1342, "env_ot_protect_c", "c"),
    (0x1343, "env_ut_alarm_release_c", "c"), (0x1344, "env_ut_alarm_c", "c"),
    (0x1345, "env_ut_release_c", "c"), (0x1346, "env_ut_protect_c", "c"),
    (0x1347, "mos_ot_alarm_release_c", "c"), (0x1348, "mos_ot_alarm_c", "c"),
    (0x1349, "mos_ot_release_c", "c"), (0x134A, "mos_ot_protect_c", "c"),
    (0x134B, "heating_stop_c", "c"), (0x134C, "heating_start_c", "c"),
    (0x134D, "balance_ot_c", "c"), (0x134E, "balance_ut_c", "c"), (0x134F, "static_balance_h", "n"),
    (0x1350, "balance_threshold_mv", "mv"), (0x1351, "balance_delta_mv", "mv"), (0x1352, "balance_stop_delta_mv", "mv"),
    (0x1353, "top_up_pct", "pct"), (0x1354, "soc_low_alarm_release_pct", "pct"), (0x1355, "soc_low_alarm_pct", "pct"),
    (0x1356, "soc_low_release_pct", "pct"), (0x1357, "soc_low_protect_pct", "pct"),
    (0x1358, "rated_ah", "ah"), (0x1359, "set_full_ah", "ah"), (0x135A, "set_remaining_ah", "ah"),
    (0x135B, "standby_sleep_h", "n"), (0x135C, "forced_output_delay_ms", "0.1s"),
    (0x135D, "forced_output_interval_min", "n"), (0x135E, "forced_output_count", "n"),
    (0x135F, "compensation_1_cell", "n"), (0x1360, "compensation_1_tenth_mohm", "n"),
    (0x1361, "compensation_2_cell", "n"), (0x1362, "compensation_2_tenth_mohm", "n"),
    (0x1363, "cell_difference_alarm_mv", "mv"), (0x1364, "cell_difference_alarm_release_mv", "mv"),
    (0x1365, "charge_request_v", "v"), (0x1366, "charge_request_a", "a"), (0x1367, "discharge_request_a", "-a"),
)
# fmt: on

_CAPTURED_LAST = 0x1334
"""A captured reply holds 0x1300 to 0x1334; it settles that 0x1314 is the release of 0x1313."""


def _setting(at: int, key: str, kind: str) -> Register:
    code, step, zero = _KINDS[kind]
    return setting(
        at,
        key,
        code,
        step=step,
        zero=zero,
        absent=NOT_SET if code == "H" else NOT_SET_SIGNED,
        writable=key in BY_KEY,
        note="a setting of the maker's own" if key not in BY_KEY else "",
        source=CAPTURE if at <= _CAPTURED_LAST else None,
    )


SETTINGS = tuple(_setting(*row) for row in _ROWS)
