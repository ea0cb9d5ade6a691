"""The parameter table: 51 settings in the order of the service tool's ParameterSetting screen.

How to read a row, left to right:

- key (its suffix is the unit), words beside the input on the screen
- default; `Each(3.5)` is 3.5 V x cells in series, 56.0 V with 16 cells and 52.5 V with 15
- least and greatest value accepted, and the step it is rounded to
- hard limit that nobody can pass (`NOLIMIT` where the row has none)
- who says the default: the A5L guide, or frames read from PACE packs where the guide is silent
- on a PACE bus: Modbus register, and what one count of it is worth

Above a group stand its heading on the screen and its PACE commands, read and write.

Ranges and steps are those which PbmsTools enforces. Two readings of that tool are published; for delays the
narrower is kept (5 s and 10 s instead of 20 s and 25 s). For currents the wider is kept, because the published
maximum of the product bounds them anyway. Pack ranges are printed in volts and do not scale with the cells.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from openress.model import Confidence, Source
from openress.params.parameter import Each, Envelope, Pace, Parameter

__all__ = ["BY_KEY", "FIXED", "GROUPS", "NOTES", "PARAMETERS", "RANGES"]

GUIDE = Source("Syscom A5L RESS user's guide Rev 1.1", Confidence.VENDOR)
PACE = Source("PbmsTools 2.4 reading a PACE pack, frames in nkinnan/esphome-pace-bms", Confidence.CAPTURE)
RANGES = Source("PbmsTools 2.4, ranges noted in nkinnan/esphome-pace-bms and syssi/esphome-pace-bms", Confidence.OPEN)
"""Where every range and step of the table comes from."""

# The hard limits of LiFePO4 and of the product.
CELL_HI = Envelope("an LFP cell is damaged above 3.65 V", high=3650)
PACK_HI = Envelope("an LFP cell is damaged above 3.65 V", high=Each(3.65))
CELL_LO = Envelope("an LFP cell is damaged below 2.0 V", low=2000)
PACK_LO = Envelope("an LFP cell is damaged below 2.0 V", low=Each(2.0))
CHG_ICE = Envelope("charging an LFP cell in frost plates lithium", low=-5)
CHG_HOT = Envelope("an LFP cell must not be charged hotter", high=65)
DSG_HOT = Envelope("an LFP cell must not be discharged hotter", high=70)
CHG_MAX = Envelope("it is the product's published maximum while charging", rating="charge_current_max_a")
DSG_MAX = Envelope("it is the product's published maximum while discharging", rating="discharge_current_max_a")
DSG_TOP = Envelope("it is the product's published short-time maximum", rating="discharge_peak_max_a")
NOLIMIT = None

NOTES = {
    "cell_ov_alarm_mv": "The maker's program shows volts here; the guide and the wire have millivolts, as here.",
    "pack_uv_alarm_v": "On a balanced pack the pack protection (2.8 V a cell) trips where the cell alarm begins.",
    "pack_uv_release_v": "Equals its own alarm, as the guide prints it; the alarm clears later, with its hysteresis.",
    "pack_ov_alarm_v": "The recommended charge voltage is exactly this; an alarm needs strictly more.",
    "mos_ot_release_c": "Equals the alarm, as the guide prints it; 85 °C, seen on PACE packs, is the better value.",
    "discharge_ot_release_c": "5 °C below its alarm, unlike every other row: as the guide prints it.",
    "charge_ut_protect_c": "Between this and 0 °C the advertised charge current is 0 A all the same.",
    "discharge_oc2_protect_a": "Not in the guide, whose S/N 7 is missing. PACE accepts 300 A, but some tools write one "
    "byte, hence 255 A.",
    "discharge_oc2_delay_ms": "Not in the guide, whose S/N 7 is missing.",
    "short_circuit_delay_us": "The guide prints no number. The protection itself cannot be switched off.",
    "sleep_cell_mv": "Sleep at low voltage is off until it has been verified on a device.",
    "sleep_delay_min": "The guide's screen says seconds, PACE devices keep minutes.",
    "soc_low_alarm_pct": "0 switches the alarm off.",
}


class _R(NamedTuple):
    """A row as written below; the group supplies the rest of a `Parameter`."""

    key: str
    label: str
    default: float
    low: float
    high: float
    step: float
    envelope: Envelope | None
    source: Source
    register: int
    per_count: float


def _group(heading: str, read: int, write: int, *rows: _R) -> tuple[Parameter, ...]:
    return tuple(
        Parameter(
            group=heading,
            key=row.key,
            label=row.label,
            default=row.default,
            low=row.low,
            high=row.high,
            step=row.step,
            envelope=row.envelope,
            source=row.source,
            pace=Pace(read, write, row.register, row.per_count),
            note=NOTES.get(row.key, ""),
        )
        for row in rows
    )


def _fixed(key: str, label: str, value: float) -> Parameter:
    return Parameter("Fixed", key, label, value, value, value, 1, None, GUIDE, None, adjustable=False)


# fmt: off
PARAMETERS: tuple[Parameter, ...] = (
    *_group("Pack OV Alarm Protect", 0xD5, 0xD4,
        _R("pack_ov_alarm_v",         "Pack OV Alarm",       Each(3.50),   20,    65, 0.01, NOLIMIT, GUIDE,  60, 0.001),
        _R("pack_ov_protect_v",       "Pack OV Protect",     Each(3.60),   20,    65, 0.01, PACK_HI, GUIDE,  61, 0.001),
        _R("pack_ov_release_v",       "Pack OVP Release",    Each(3.38),   20,    65, 0.01, NOLIMIT, GUIDE,  62, 0.001),
        _R("pack_ov_delay_ms",        "Pack OVP Delay Time",       1000, 1000,  5000,  500, NOLIMIT, GUIDE,  63,   100),
    ),
    *_group("Cell OV Alarm Protect", 0xD1, 0xD0,
        _R("cell_ov_alarm_mv",        "Cell OV Alarm",             3500, 2500,  4500,   10, NOLIMIT, GUIDE,  64,     1),
        _R("cell_ov_protect_mv",      "Cell OV Protect",           3650, 2500,  4500,   10, CELL_HI, GUIDE,  65,     1),
        _R("cell_ov_release_mv",      "Cell OVP Release",          3380, 2500,  4500,   10, NOLIMIT, GUIDE,  66,     1),
        _R("cell_ov_delay_ms",        "Cell OVP Delay Time",       1000, 1000,  5000,  500, NOLIMIT, GUIDE,  67,   100),
    ),
    *_group("Pack UV Alarm Protect", 0xD7, 0xD6,
        _R("pack_uv_alarm_v",         "Pack UV Alarm",       Each(2.90),   15,    50, 0.01, NOLIMIT, GUIDE,  68, 0.001),
        _R("pack_uv_protect_v",       "Pack UV Protect",     Each(2.80),   15,    50, 0.01, PACK_LO, GUIDE,  69, 0.001),
        _R("pack_uv_release_v",       "Pack UVP Release",    Each(2.90),   15,    50, 0.01, NOLIMIT, GUIDE,  70, 0.001),
        _R("pack_uv_delay_ms",        "Pack UVP Delay Time",       1000, 1000,  5000,  500, NOLIMIT, GUIDE,  71,   100),
    ),
    *_group("Cell UV Alarm Protect", 0xD3, 0xD2,
        _R("cell_uv_alarm_mv",        "Cell UV Alarm",             2800, 2000,  3500,   10, NOLIMIT, GUIDE,  72,     1),
        _R("cell_uv_protect_mv",      "Cell UV Protect",           2500, 2000,  3500,   10, CELL_LO, GUIDE,  73,     1),
        _R("cell_uv_release_mv",      "Cell UVP Release",          2900, 2000,  3500,   10, NOLIMIT, GUIDE,  74,     1),
        _R("cell_uv_delay_ms",        "Cell UVP Delay Time",       1000, 1000,  5000,  500, NOLIMIT, GUIDE,  75,   100),
    ),
    *_group("CHG OC Alarm Protect", 0xD9, 0xD8,
        _R("charge_oc_alarm_a",       "CHG OC Alarm",               105,    1,   220,    1, CHG_MAX, GUIDE,  76,     1),
        _R("charge_oc_protect_a",     "CHG OC Protect",             110,    1,   220,    1, CHG_MAX, GUIDE,  77,     1),
        _R("charge_oc_delay_ms",      "CHG OC Delay Time",         1000,  500, 10000,  500, NOLIMIT, GUIDE,  78,   100),
    ),
    *_group("CHG OT Alarm Protect", 0xDD, 0xDC,
        _R("charge_ot_alarm_c",       "CHG OT Alarm",                60,   20,   100,    1, NOLIMIT, GUIDE,  84,   0.1),
        _R("charge_ot_protect_c",     "CHG OT Protect",              65,   20,   100,    1, CHG_HOT, GUIDE,  85,   0.1),
        _R("charge_ot_release_c",     "CHG OTP Release",             60,   20,   100,    1, NOLIMIT, GUIDE,  86,   0.1),
    ),
    *_group("DSG OT Alarm Protect", 0xDD, 0xDC,
        _R("discharge_ot_alarm_c",    "DSG OT Alarm",                65,   20,   100,    1, NOLIMIT, GUIDE,  87,   0.1),
        _R("discharge_ot_protect_c",  "DSG OT Protect",              70,   20,   100,    1, DSG_HOT, GUIDE,  88,   0.1),
        _R("discharge_ot_release_c",  "DSG OTP Release",             60,   20,   100,    1, NOLIMIT, GUIDE,  89,   0.1),
    ),
    *_group("CHG UT Alarm Protect", 0xDF, 0xDE,
        _R("charge_ut_alarm_c",       "CHG UT Alarm",                 0,  -35,    30,    1, NOLIMIT, GUIDE,  90,   0.1),
        _R("charge_ut_protect_c",     "CHG UT Protect",              -5,  -35,    30,    1, CHG_ICE, GUIDE,  91,   0.1),
        _R("charge_ut_release_c",     "CHG UTP Release",              0,  -35,    30,    1, NOLIMIT, GUIDE,  92,   0.1),
    ),
    *_group("DSG OC Alarm Protect", 0xDB, 0xDA,
        _R("discharge_oc_alarm_a",    "DSG OC Alarm",               110,    1,   220,    1, DSG_MAX, GUIDE,  79,     1),
        _R("discharge_oc_protect_a",  "DSG OC 1 Protect",           120,    1,   220,    1, DSG_MAX, GUIDE,  80,     1),
        _R("discharge_oc_delay_ms",   "DSG OC 1 Delay Time",       1000,  500, 10000,  500, NOLIMIT, GUIDE,  81,   100),
    ),
    *_group("DSG OC Alarm Protect", 0xE3, 0xE2,
        _R("discharge_oc2_protect_a", "DSG OC 2 Protect",           150,    5,   255,    5, DSG_TOP, PACE,   82,     1),
        _R("discharge_oc2_delay_ms",  "DSG OC 2 Delay Time",        100,  100,  2000,  100, NOLIMIT, PACE,   83,    25),
    ),
    *_group("DSG UT Alarm Protect", 0xDF, 0xDE,
        _R("discharge_ut_alarm_c",    "DSG UT Alarm",               -15,  -35,    30,    1, NOLIMIT, GUIDE,  93,   0.1),
        _R("discharge_ut_protect_c",  "DSG UT Protect",             -20,  -35,    30,    1, NOLIMIT, GUIDE,  94,   0.1),
        _R("discharge_ut_release_c",  "DSG UTP Release",            -15,  -35,    30,    1, NOLIMIT, GUIDE,  95,   0.1),
    ),
    *_group("MOS OT Alarm Protect", 0xE1, 0xE0,
        _R("mos_ot_alarm_c",          "MOS OT Alarm",                90,   30,   120,    1, NOLIMIT, GUIDE,  96,   0.1),
        _R("mos_ot_protect_c",        "MOS OT Protect",             110,   30,   120,    1, NOLIMIT, GUIDE,  97,   0.1),
        _R("mos_ot_release_c",        "MOS OTP Release",             90,   30,   120,    1, NOLIMIT, GUIDE,  98,   0.1),
    ),
    *_group("ENV OT Alarm Protect", 0xE7, 0xE6,
        _R("env_ot_alarm_c",          "ENV OT Alarm",                65,   20,   100,    1, NOLIMIT, GUIDE,  99,   0.1),
        _R("env_ot_protect_c",        "ENV OT Protect",              70,   20,   100,    1, NOLIMIT, GUIDE, 100,   0.1),
        _R("env_ot_release_c",        "ENV OTP Release",             65,   20,   100,    1, NOLIMIT, GUIDE, 101,   0.1),
    ),
    *_group("ENV UT Alarm Protect", 0xE7, 0xE6,
        _R("env_ut_alarm_c",          "ENV UT Alarm",               -20,  -35,    30,    1, NOLIMIT, GUIDE, 102,   0.1),
        _R("env_ut_protect_c",        "ENV UT Protect",             -25,  -35,    30,    1, NOLIMIT, GUIDE, 103,   0.1),
        _R("env_ut_release_c",        "ENV UTP Release",            -20,  -35,    30,    1, NOLIMIT, GUIDE, 104,   0.1),
    ),
    *_group("Balance", 0xB6, 0xB5,
        _R("balance_threshold_mv",    "Balance Threshold",         3400, 3300,  4500,   10, NOLIMIT, PACE,  105,     1),
        _R("balance_delta_mv",        "Balance ΔCell",               30,   20,   500,    5, NOLIMIT, PACE,  106,     1),
    ),
    *_group("Sleep", 0xA0, 0xA8,
        _R("sleep_cell_mv",           "Sleep Vcell",               3100, 2000,  4000,   10, NOLIMIT, PACE,  109,     1),
        _R("sleep_delay_min",         "Delay Time",                   5,    1,   120,    1, NOLIMIT, PACE,  110,     1),
    ),
    *_group("Short Circuit", 0xE5, 0xE4,
        _R("short_circuit_delay_us",  "SCP Delay Time",             300,  100,   500,   50, NOLIMIT, PACE,  111,    25),
    ),
    *_group("SOC", 0xAF, 0xAE,
        _R("soc_low_alarm_pct",       "SOC Low Alarm",                5,    0,   100,    1, NOLIMIT, PACE,  112,     1),
    ),
)
"""All adjustable settings, in screen order."""

FIXED: tuple[Parameter, ...] = (
    _fixed("ov_release_current_a",       "discharge current that releases an over-voltage protection",     1),
    _fixed("oc_release_current_a",       "opposite current that releases an over-current protection",      1),
    _fixed("oc_auto_release_s",          "time after which an over-current protection releases by itself", 60),
    _fixed("discharge_oc_lock_count",    "repeats after which a discharge over-current stays locked",      10),
)
"""Values the guide prints without the word Adjustable; nobody can write them."""
# fmt: on

BY_KEY: Mapping[str, Parameter] = MappingProxyType({row.key: row for row in PARAMETERS})
"""The adjustable settings by key, in screen order."""

GROUPS: tuple[str, ...] = tuple(dict.fromkeys(row.group for row in PARAMETERS))
"""The headings of the screen, in its order."""
