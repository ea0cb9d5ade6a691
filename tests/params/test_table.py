"""The parameter table against the printed one: the A5L guide's defaults, PbmsTools' ranges, PACE's ids."""

from __future__ import annotations

import pytest

from openress.model import Confidence
from openress.params import BY_KEY, FIXED, GROUPS, PARAMETERS, RULES, Access, Parameter
from openress.params.table import NOTES

# Written again from the documents, row by row: key, unit, 15S, 16S, low, high, step, CID2 read, write, register.
PRINTED = """
pack_ov_alarm_v          V   52.50 56.00  20   65    0.01  D5 D4  60
pack_ov_protect_v        V   54.00 57.60  20   65    0.01  D5 D4  61
pack_ov_release_v        V   50.70 54.08  20   65    0.01  D5 D4  62
pack_ov_delay_ms         ms  1000  1000   1000 5000  500   D5 D4  63
cell_ov_alarm_mv         mV  3500  3500   2500 4500  10    D1 D0  64
cell_ov_protect_mv       mV  3650  3650   2500 4500  10    D1 D0  65
cell_ov_release_mv       mV  3380  3380   2500 4500  10    D1 D0  66
cell_ov_delay_ms         ms  1000  1000   1000 5000  500   D1 D0  67
pack_uv_alarm_v          V   43.50 46.40  15   50    0.01  D7 D6  68
pack_uv_protect_v        V   42.00 44.80  15   50    0.01  D7 D6  69
pack_uv_release_v        V   43.50 46.40  15   50    0.01  D7 D6  70
pack_uv_delay_ms         ms  1000  1000   1000 5000  500   D7 D6  71
cell_uv_alarm_mv         mV  2800  2800   2000 3500  10    D3 D2  72
cell_uv_protect_mv       mV  2500  2500   2000 3500  10    D3 D2  73
cell_uv_release_mv       mV  2900  2900   2000 3500  10    D3 D2  74
cell_uv_delay_ms         ms  1000  1000   1000 5000  500   D3 D2  75
charge_oc_alarm_a        A   105   105    1    220   1     D9 D8  76
charge_oc_protect_a      A   110   110    1    220   1     D9 D8  77
charge_oc_delay_ms       ms  1000  1000   500  10000 500   D9 D8  78
charge_ot_alarm_c        °C  60    60     20   100   1     DD DC  84
charge_ot_protect_c      °C  65    65     20   100   1     DD DC  85
charge_ot_release_c      °C  60    60     20   100   1     DD DC  86
discharge_ot_alarm_c     °C  65    65     20   100   1     DD DC  87
discharge_ot_protect_c   °C  70    70     20   100   1     DD DC  88
discharge_ot_release_c   °C  60    60     20   100   1     DD DC  89
charge_ut_alarm_c        °C  0     0      -35  30    1     DF DE  90
charge_ut_protect_c      °C  -5    -5     -35  30    1     DF DE  91
charge_ut_release_c      °C  0     0      -35  30    1     DF DE  92
discharge_oc_alarm_a     A   110   110    1    220   1     DB DA  79
discharge_oc_protect_a   A   120   120    1    220   1     DB DA  80
discharge_oc_delay_ms    ms  1000  1000   500  10000 500   DB DA  81
discharge_oc2_protect_a  A   150   150    5    255   5     E3 E2  82
discharge_oc2_delay_ms   ms  100   100    100  2000  100   E3 E2  83
discharge_ut_alarm_c     °C  -15   -15    -35  30    1     DF DE  93
discharge_ut_protect_c   °C  -20   -20    -35  30    1     DF DE  94
discharge_ut_release_c   °C  -15   -15    -35  30    1     DF DE  95
mos_ot_alarm_c           °C  90    90     30   120   1     E1 E0  96
mos_ot_protect_c         °C  110   110    30   120   1     E1 E0  97
mos_ot_release_c         °C  90    90     30   120   1     E1 E0  98
env_ot_alarm_c           °C  65    65     20   100   1     E7 E6  99
env_ot_protect_c         °C  70    70     20   100   1     E7 E6  100
env_ot_release_c         °C  65    65     20   100   1     E7 E6  101
env_ut_alarm_c           °C  -20   -20    -35  30    1     E7 E6  102
env_ut_protect_c         °C  -25   -25    -35  30    1     E7 E6  103
env_ut_release_c         °C  -20   -20    -35  30    1     E7 E6  104
balance_threshold_mv     mV  3400  3400   3300 4500  10    B6 B5  105
balance_delta_mv         mV  30    30     20   500   5     B6 B5  106
sleep_cell_mv            mV  3100  3100   2000 4000  10    A0 A8  109
sleep_delay_min          min 5     5      1    120   1     A0 A8  110
short_circuit_delay_us   µs  300   300    100  500   50    E5 E4  111
soc_low_alarm_pct        %   5     5      0    100   1     AF AE  112
"""
ROWS = [line.split() for line in PRINTED.strip().splitlines()]

# What a register held on a PACE pack, or what the guide's default makes of it: key, value, count.
COUNTS = [
    ("pack_ov_alarm_v", 57.6, 57600),
    ("cell_ov_protect_mv", 3700, 3700),
    ("cell_ov_delay_ms", 1000, 10),
    ("charge_oc_alarm_a", 104, 104),
    ("discharge_oc2_delay_ms", 100, 4),
    ("short_circuit_delay_us", 300, 12),
    ("mos_ot_release_c", 85, 850),
    ("sleep_delay_min", 5, 5),
]

SILENT_IN_GUIDE = {
    "discharge_oc2_protect_a",
    "discharge_oc2_delay_ms",
    "balance_threshold_mv",
    "balance_delta_mv",
    "sleep_cell_mv",
    "sleep_delay_min",
    "short_circuit_delay_us",
    "soc_low_alarm_pct",
}


def test_there_are_51_rows_in_screen_order() -> None:
    assert len(PARAMETERS) == 51
    assert [row.key for row in PARAMETERS] == [printed[0] for printed in ROWS]
    assert list(BY_KEY) == [row.key for row in PARAMETERS]


@pytest.mark.parametrize("printed", ROWS, ids=lambda printed: printed[0])
def test_row_says_what_is_printed(printed: list[str]) -> None:
    key, unit, v15, v16, low, high, step, read, write, register = printed
    row = BY_KEY[key]
    assert row.unit == unit
    assert row.default_for(15) == float(v15)
    assert row.default_for(16) == float(v16)
    assert (row.low, row.high, row.step) == (float(low), float(high), float(step))
    assert row.pace is not None
    assert (row.pace.read, row.pace.write, row.pace.register) == (int(read, 16), int(write, 16), int(register))


def test_only_pack_voltages_grow_with_the_cells() -> None:
    growing = {row.key for row in PARAMETERS if row.per_cell}
    assert growing == {f"pack_{side}_{what}_v" for side in ("ov", "uv") for what in ("alarm", "protect", "release")}


@pytest.mark.parametrize(("key", "value", "count"), COUNTS)
def test_worth_of_a_register_count(key: str, value: float, count: int) -> None:
    pace = BY_KEY[key].pace
    assert pace is not None
    assert count * pace.per_count == pytest.approx(value)


def test_registers_are_those_of_the_modbus_map_without_the_full_charge_pair() -> None:
    registers = sorted(row.pace.register for row in PARAMETERS if row.pace is not None)
    assert registers == [*range(60, 107), *range(109, 113)]


def test_groups_are_those_of_the_screen() -> None:
    assert GROUPS == (
        "Pack OV Alarm Protect",
        "Cell OV Alarm Protect",
        "Pack UV Alarm Protect",
        "Cell UV Alarm Protect",
        "CHG OC Alarm Protect",
        "CHG OT Alarm Protect",
        "DSG OT Alarm Protect",
        "CHG UT Alarm Protect",
        "DSG OC Alarm Protect",
        "DSG UT Alarm Protect",
        "MOS OT Alarm Protect",
        "ENV OT Alarm Protect",
        "ENV UT Alarm Protect",
        "Balance",
        "Sleep",
        "Short Circuit",
        "SOC",
    )
    sizes = [sum(row.group == group for row in PARAMETERS) for group in GROUPS]
    assert sizes == [4, 4, 4, 4, 3, 3, 3, 3, 5, 3, 3, 3, 3, 2, 2, 1, 1]


def test_labels_are_unique_within_their_group() -> None:
    assert len({(row.group, row.label) for row in PARAMETERS}) == 51


def test_defaults_not_in_the_guide_are_not_said_to_be() -> None:
    assert {row.key for row in PARAMETERS if row.source.confidence is Confidence.CAPTURE} == SILENT_IN_GUIDE
    assert all(row.source.confidence is Confidence.VENDOR for row in PARAMETERS if row.key not in SILENT_IN_GUIDE)


def test_writing_takes_an_installer() -> None:
    assert all(row.adjustable and row.access is Access.INSTALLER for row in PARAMETERS)
    assert Access.VIEWER < Access.OPERATOR < Access.INSTALLER


def test_fixed_values_are_out_of_the_table() -> None:
    assert {row.key: row.default for row in FIXED} == {
        "ov_release_current_a": 1,
        "oc_release_current_a": 1,
        "oc_auto_release_s": 60,
        "discharge_oc_lock_count": 10,
    }
    assert not any(row.adjustable or row.key in BY_KEY for row in FIXED)


def test_notes_and_rules_speak_of_rows_that_exist() -> None:
    assert set(NOTES) <= set(BY_KEY)
    assert {key for rule in RULES for key in rule.keys} <= set(BY_KEY)
    assert all(BY_KEY[key].note == note for key, note in NOTES.items())


@pytest.mark.parametrize("cells", [8, 13, 14, 15, 16])
@pytest.mark.parametrize("row", PARAMETERS, ids=lambda row: row.key)
def test_defaults_lie_on_their_step_and_in_their_range(row: Parameter, cells: int) -> None:
    default = row.default_for(cells)
    assert row.rounded(default) == default
    assert row.low <= default <= row.high


@pytest.mark.parametrize(
    ("key", "value", "text"),
    [
        ("pack_ov_release_v", 54.08, "54.08 V"),
        ("cell_ov_delay_ms", 1000, "1000 ms"),
        ("charge_ut_protect_c", -5, "-5 °C"),
        ("soc_low_alarm_pct", 5, "5 %"),
    ],
)
def test_text(key: str, value: float, text: str) -> None:
    assert BY_KEY[key].text(value) == text
