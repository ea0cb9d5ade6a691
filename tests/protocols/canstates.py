"""Racks in the states that matter to an inverter, and beside each what a person writes down to tell it.

`Paper` holds counts as the documents of the dialects want them, worked out by hand from the state; nothing in it comes
from the package.
"""

from __future__ import annotations

from dataclasses import replace

from tests.protocols.canmaking import (
    ALL_WELL,
    C,
    F,
    Paper,
    State,
    made_analog,
    made_cells,
    made_limits,
    made_pack,
    made_rack,
)

from openress.model import (
    Analog,
    PackSample,
    PackState,
    RackSample,
    Status,
)


def _one() -> State:
    cells = made_cells(3331, low=(5, 3325), high=(12, 3340))
    limits = made_limits(50.0, 100.0)
    rack = made_rack(
        made_analog(53.31, 23.4, 61.37, 61.2, 99.8, 100.0, 87, 99.0),
        limits,
        (made_pack(1, cells, (24.6, 25.1, 25.0, 24.9), limits),),
    )
    # 24.6 + 25.1 + 25.0 + 24.9 = 99.6, a quarter is 24.9. 24.6 and 25.1 degrees are 25 whole ones: 298 K.
    # 0x311 status: charges (2), both outputs on (0x60), inverter charges (2 << 10 = 0x800).
    paper = Paper(
        cvl_d=560, ccl_d=500, dcl_d=1000, dvl_d=464,
        v_c=5331, v_d=533, i_d=234, t_d=249, soc=61, soc_c=6137, soh=99,
        remaining=61, remaining_d=612, remaining_c=6120, full_ah=99, full_d=998, full_c=9980, installed=100, cycles=87,
        low=(3325, 1, 5), high=(3340, 1, 12), cold=(246, 1, 1), hot=(251, 1, 2), cold_k=298, hot_k=298,
        cells=cells, series=16, total_cells=16, cell_limits=(3500, 2900), growatt_status=0x0862, online=0x01,
        **ALL_WELL,
    )  # fmt: skip
    return State("one", rack, paper)


def _cold() -> State:
    cells = made_cells(3203, low=(1, 3199), high=(16, 3206))
    limits = made_limits(0.0, 40.0)
    cold = {C.CHARGE_UNDER_TEMPERATURE}
    rack = made_rack(
        made_analog(51.23, 0.0, 45.4, 45.0, 99.2, 100.0, 87, 98.6),
        limits,
        (made_pack(1, cells, (-12.3, -11.9, -10.5, -12.1), limits, protections=cold),),
        protections=cold,
        alarms=cold | {C.DISCHARGE_UNDER_TEMPERATURE},
    )
    # -12.3 - 11.9 - 10.5 - 12.1 = -46.8, a quarter is -11.7. -12.3 is -12: 261 K; -10.5 is -10 (to the even): 263 K.
    # 0x359: low temperature is bit 4. 0x35A: low T charge is bits 5:4 of byte 1 (01 -> 9A), low T its bits 1:0 (-> 99).
    # SMA takes this protection as a warning. Growatt: charge bit 4, discharge bit 5 of bytes 1 and 3.
    # Afore: cell under-temperature is bit 14 of the second word; warnings bits 5 and 7.
    # 0x311 status: standby (1), error (4), discharge output (0x20), inverter standby (0x400).
    paper = Paper(
        cvl_d=560, ccl_d=0, dcl_d=400, dvl_d=464, held_cvl_d=512,
        v_c=5123, v_d=512, i_d=0, t_d=-117, soc=45, soc_c=4540, soh=99,
        remaining=45, remaining_d=450, remaining_c=4500, full_ah=99, full_d=992, full_c=9920, installed=100, cycles=87,
        blocks_charge=1, faulty=1,
        low=(3199, 1, 1), high=(3206, 1, 16), cold=(-123, 1, 1), hot=(-105, 1, 3), cold_k=261, hot_k=263,
        cells=cells, series=16, total_cells=16, cell_limits=(3500, 2900), growatt_status=0x0425, online=0x01,
        **(ALL_WELL | {
            "bits": "10001000",
            "victron": "AA9AAA02AA99AA0A",
            "sma": "AAAAAA02AA99AA02",
            "growatt": "00100030",
            "afore": "00000040",
            "afore_warnings": "A000",
            "afore_state": 4,
            "level": 2,
        }),
    )  # fmt: skip
    return State("cold", rack, paper)


def _hot() -> State:
    limits = made_limits(0.0, 0.0)
    hot = {C.CHARGE_OVER_TEMPERATURE, C.DISCHARGE_OVER_TEMPERATURE, C.MOS_OVER_TEMPERATURE}
    packs = (
        made_pack(
            1, made_cells(3300, low=(2, 3296), high=(3, 3304)), (58.0, 59.0, 60.0, 59.0), limits, protections=hot
        ),
        made_pack(
            2, made_cells(3300, low=(2, 3298), high=(3, 3302)), (61.0, 61.5, 62.2, 61.3), limits, protections=hot
        ),
    )
    rack = made_rack(
        made_analog(52.8, -5.5, 57.0, 112.9, 199.0, 200.0, 140, 97.0), limits, packs, protections=hot, alarms=hot
    )
    # (236.0 + 246.0) / 8 = 60.25; 602.5 tenths go to the even 602. 58.0: 331 K, 62.2: 335 K.
    # 0x359: high temperature is bit 3. 0x35A: high T is bits 7:6 of byte 0 (6A), high T charge 3:2 of byte 1 (A6).
    # SMA: the latter is a warning. Growatt: discharge bit 7, charge bit 6. Afore: bit 4, and 13 of the second word.
    # 0x311 status: discharges (3), error (4), parallel (0x100), inverter discharges (0xC00).
    paper = Paper(
        cvl_d=560, ccl_d=0, dcl_d=0, dvl_d=464, held_cvl_d=528,
        v_c=5280, v_d=528, i_d=-55, t_d=602, soc=57, soc_c=5700, soh=97,
        remaining=112, remaining_d=1129, remaining_c=11290, full_ah=199, full_d=1990, full_c=19900, installed=200,
        cycles=140, modules=2, blocks_charge=2, blocks_discharge=2, faulty=1,
        low=(3296, 1, 2), high=(3304, 1, 3), cold=(580, 1, 1), hot=(622, 2, 3), cold_k=331, hot_k=335,
        series=16, total_cells=32, cell_limits=(3500, 2900), growatt_status=0x0D07, online=0x03,
        **(ALL_WELL | {
            "bits": "08000800",
            "victron": "6AA6AA026AA6AA0A",
            "sma": "6AAAAA026AA6AA02",
            "growatt": "00C000C0",
            "afore": "10000020",
            "afore_warnings": "5000",
            "afore_state": 4,
            "level": 2,
        }),
    )  # fmt: skip
    return State("hot", rack, paper)


def _empty() -> State:
    cells = made_cells(2879, low=(9, 2861), high=(4, 2888))
    limits = made_limits(50.0, 0.0, charge_immediately=True)
    rack = made_rack(
        made_analog(46.05, 0.0, 3.2, 3.2, 99.8, 100.0, 88, 99.0),
        limits,
        (made_pack(1, cells, (20.0, 20.4, 20.2, 20.2), limits),),
        alarms={C.CELL_UNDER_VOLTAGE, C.SOC_LOW},
    )
    # 80.8 / 4 = 20.2. 46.05 V is 460.5 tenths: to the even 460. 20.0 and 20.4 degrees: 293 K.
    # 0x359: low voltage is bit 2; 0x35A: bits 5:4 of byte 0 (9A). Growatt: cell under-voltage is bit 3 of byte 2.
    # Afore: warnings bit 1 and bit 10. 0x311 status: standby (1), charge output (0x40), inverter standby (0x400).
    paper = Paper(
        cvl_d=560, ccl_d=500, dcl_d=0, dvl_d=464, force=True,
        v_c=4605, v_d=460, i_d=0, t_d=202, soc=3, soc_c=320, soh=99,
        remaining=3, remaining_d=32, remaining_c=320, full_ah=99, full_d=998, full_c=9980, installed=100, cycles=88,
        blocks_discharge=1,
        low=(2861, 1, 9), high=(2888, 1, 4), cold=(200, 1, 1), hot=(204, 1, 2), cold_k=293, hot_k=293,
        cells=cells, series=16, total_cells=16, cell_limits=(3500, 2900), growatt_status=0x0441, online=0x01,
        **(ALL_WELL | {
            "bits": "00000400",
            "victron": "AAAAAA029AAAAA0A",
            "sma": "AAAAAA029AAAAA02",
            "growatt": "00000800",
            "afore_warnings": "0204",
            "afore_state": 3,
            "level": 1,
        }),
    )  # fmt: skip
    return State("empty", rack, paper)


def _full() -> State:
    cells = made_cells(3475, low=(7, 3470), high=(8, 3481))
    # It asks for a full charge, but must not charge now: the request is not made.
    limits = made_limits(0.0, 100.0, full_charge_request=True)
    rack = made_rack(
        made_analog(55.61, 0.0, 100.0, 99.8, 99.8, 100.0, 88, 99.0),
        limits,
        (made_pack(1, cells, (27.0, 27.2, 27.2, 27.0), limits),),
    )
    # 55.61 V is 556.1 tenths. 0x311 status: standby (1), discharge output (0x20), inverter standby (0x400).
    paper = Paper(
        cvl_d=560, ccl_d=0, dcl_d=1000, dvl_d=464, held_cvl_d=556,
        v_c=5561, v_d=556, i_d=0, t_d=271, soc=100, soc_c=10000, soh=99,
        remaining=99, remaining_d=998, remaining_c=9980, full_ah=99, full_d=998, full_c=9980, installed=100, cycles=88,
        blocks_charge=1,
        low=(3470, 1, 7), high=(3481, 1, 8), cold=(270, 1, 1), hot=(272, 1, 2), cold_k=300, hot_k=300,
        cells=cells, series=16, total_cells=16, cell_limits=(3500, 2900), growatt_status=0x0421, online=0x01,
        **ALL_WELL,
    )  # fmt: skip
    return State("full", rack, paper)


def _over_voltage() -> State:
    cells = made_cells(3562, low=(1, 3555), high=(11, 3668))
    limits = made_limits(0.0, 100.0)
    over = {C.CELL_OVER_VOLTAGE}
    rack = made_rack(
        made_analog(57.12, -0.4, 100.0, 99.8, 99.8, 100.0, 88, 99.0),
        limits,
        (made_pack(1, cells, (28.0, 28.0, 28.0, 28.0), limits, protections=over),),
        protections=over,
        alarms=over | {C.PACK_OVER_VOLTAGE},
    )
    # The rack stands above its limit of 56.0 V, which is told as it is. 28 degrees: 301 K.
    # 0x359: high voltage is bit 1. 0x35A: bits 3:2 of byte 0 (A6). Growatt: cell bit 4, module bit 2.
    # 0x311 status: discharges (3), error (4), discharge output (0x20), inverter discharges (0xC00).
    # Luxpower: the hottest sensor is told 0.1 degree above the coldest.
    paper = Paper(
        cvl_d=560, ccl_d=0, dcl_d=1000, dvl_d=464,
        v_c=5712, v_d=571, i_d=-4, t_d=280, soc=100, soc_c=10000, soh=99,
        remaining=99, remaining_d=998, remaining_c=9980, full_ah=99, full_d=998, full_c=9980, installed=100, cycles=88,
        blocks_charge=1, faulty=1,
        low=(3555, 1, 1), high=(3668, 1, 11), cold=(280, 1, 1), hot=(280, 1, 1), cold_k=301, hot_k=301,
        cells=cells, series=16, total_cells=16, cell_limits=(3500, 2900), growatt_status=0x0C27, online=0x01,
        **(ALL_WELL | {
            "bits": "02000200",
            "victron": "A6AAAA02A6AAAA0A",
            "sma": "A6AAAA02A6AAAA02",
            "growatt": "10001400",
            "afore": "01000000",
            "afore_warnings": "0500",
            "afore_state": 4,
            "level": 2,
        }),
    )  # fmt: skip
    return State("over-voltage", rack, paper)


def _under_voltage() -> State:
    cells = made_cells(2701, low=(16, 2688), high=(2, 2720))
    limits = made_limits(20.0, 0.0, charge_immediately=True)
    under = {C.CELL_UNDER_VOLTAGE, C.PACK_UNDER_VOLTAGE}
    rack = made_rack(
        made_analog(43.21, 4.96, 0.4, 0.4, 99.8, 100.0, 88, 99.0),
        limits,
        (made_pack(1, cells, (0.0, -0.4, 0.3, 0.1), limits, protections=under),),
        protections=under,
        alarms=under | {C.SOC_LOW},
    )
    # 4.96 A is 49.6 tenths: 50. 0.0 - 0.4 + 0.3 + 0.1 = 0. -0.4 and 0.3 degrees: 273 K.
    # 0x359: bit 2. 0x35A: 9A. Growatt: cell bit 3, module bit 1. Afore: bits 1 and 3; warnings also bit 10.
    # 0x311 status: charges (2), error (4), charge output (0x40), inverter charges (0x800).
    paper = Paper(
        cvl_d=560, ccl_d=200, dcl_d=0, dvl_d=464, force=True,
        v_c=4321, v_d=432, i_d=50, t_d=0, soc=0, soc_c=40, soh=99,
        remaining=0, remaining_d=4, remaining_c=40, full_ah=99, full_d=998, full_c=9980, installed=100, cycles=88,
        blocks_discharge=1, faulty=1,
        low=(2688, 1, 16), high=(2720, 1, 2), cold=(-4, 1, 2), hot=(3, 1, 3), cold_k=273, hot_k=273,
        cells=cells, series=16, total_cells=16, cell_limits=(3500, 2900), growatt_status=0x0846, online=0x01,
        **(ALL_WELL | {
            "bits": "04000400",
            "victron": "9AAAAA029AAAAA0A",
            "sma": "9AAAAA029AAAAA02",
            "growatt": "0A000A00",
            "afore": "0A000000",
            "afore_warnings": "0A04",
            "afore_state": 4,
            "level": 2,
        }),
    )  # fmt: skip
    return State("under-voltage", rack, paper)


def _fifteen() -> State:
    each = made_limits(50.0, 100.0)
    packs = tuple(
        made_pack(
            number,
            made_cells(3280, low=(3, 3278 - number), high=(4, 3282 + number)),
            (30.0 + number / 10, 30.0, 30.0, 30.0 - number / 10),
            each,
        )
        for number in range(1, 16)
    )
    rack = made_rack(
        made_analog(52.48, -612.3, 54.2, 803.9, 1482.7, 1500.0, 412, 98.8), made_limits(750.0, 1500.0), packs
    )
    # The sensors of each pack cancel out: 30.0. The fifteenth has the extremes: 3263 and 3297 mV, 28.5 and 31.5
    # degrees; 28.5 is 28 (to the even): 301 K, 31.5 is 32: 305 K. SMA takes 1200 A at most.
    # 0x311 status: discharges (3), outputs (0x60), parallel (0x100), inverter discharges (0xC00).
    paper = Paper(
        cvl_d=560, ccl_d=7500, dcl_d=15000, dvl_d=464, sma_dcl_d=12000,
        v_c=5248, v_d=525, i_d=-6123, t_d=300, soc=54, soc_c=5420, soh=99,
        remaining=803, remaining_d=8039, remaining_c=65535, full_ah=1482, full_d=14827, full_c=65535, installed=1500,
        cycles=412, modules=15,
        low=(3263, 15, 3), high=(3297, 15, 4), cold=(285, 15, 4), hot=(315, 15, 1), cold_k=301, hot_k=305,
        series=16, total_cells=240, cell_limits=(3500, 2900), growatt_status=0x0D63, online=0xFF,
        **ALL_WELL,
    )  # fmt: skip
    return State("fifteen", rack, paper)


def _eighteen() -> State:
    each = made_limits(50.0, 100.0)
    awake = tuple(
        made_pack(
            number, made_cells(3345, low=(1, 3340), high=(2, 3350 + number)), (22.0, 22.0, 22.0, 22.0 + number), each
        )
        for number in range(1, 19)
    )
    asleep = PackSample(19, status=Status(0.0, state=PackState.OFF))
    rack = made_rack(
        made_analog(53.52, 88.8, 66.66, 1188.8, 1781.1, 1800.0, 36, 98.9),
        made_limits(900.0, 1800.0, full_charge_request=True),
        (*awake, asleep),
        alarms={C.DISCHARGE_OVER_CURRENT},
    )
    # 1 + 2 + ... + 18 = 171 above 22.0, over 72 sensors 2.375: 24.375, 243.75 tenths: 244. 40 degrees: 313 K, 22: 295.
    # 0x359: discharge current is bit 7. 0x35A: bits 7:6 of byte 1 (6A). Growatt: bit 7. Afore has no warning for it.
    # 0x311 status: charges (2), outputs (0x60), parallel (0x100), inverter charges (0x800).
    paper = Paper(
        cvl_d=560, ccl_d=9000, dcl_d=18000, dvl_d=464, sma_dcl_d=12000, full=True,
        v_c=5352, v_d=535, i_d=888, t_d=244, soc=67, soc_c=6666, soh=99,
        remaining=1188, remaining_d=11888, remaining_c=65535, full_ah=1781, full_d=17811, full_c=65535,
        installed=1800, cycles=36, modules=18, offline=1,
        low=(3340, 1, 1), high=(3368, 18, 2), cold=(220, 1, 1), hot=(400, 18, 4), cold_k=295, hot_k=313,
        series=16, total_cells=254, cell_limits=(3500, 2900), growatt_status=0x0962, online=0xFF,
        **(ALL_WELL | {
            "bits": "00008000",
            "victron": "AAAAAA02AA6AAA0A",
            "sma": "AAAAAA02AA6AAA02",
            "growatt": "00008000",
            "afore_state": 3,
            "level": 1,
        }),
    )  # fmt: skip
    return State("eighteen", rack, paper)


def _fault() -> State:
    cells = made_cells(3250, low=(6, 3110), high=(10, 3399))
    limits = made_limits(0.0, 0.0)
    short, broken = {C.SHORT_CIRCUIT}, {F.CELL_IMBALANCE, F.CHARGE_SWITCH}
    rack = made_rack(
        made_analog(52.0, 0.0, 50.0, 49.9, 99.8, 100.0, 88, 99.0),
        limits,
        (made_pack(1, cells, (25.0, 25.0, 25.0, 25.4), limits, protections=short, faults=broken),),
        protections=short,
        faults=broken,
    )
    # 100.4 / 4 = 25.1. 0x359: a short circuit has no bit and goes out as discharge current (bit 7); system is bit 3 of
    # byte 1. 0x35A: general (A9), discharge current (6A), contactor, short circuit and BMS (byte 2: 01 01 01 10 = 56),
    # imbalance (01). Growatt: bits 7 and 5 of byte 0, system bit 3 and imbalance bit 2 of byte 1.
    # Afore: discharge current bit 8; in the second word system 9, charge MOS 11, imbalance 15.
    # 0x311 status: standby (1), error (4), inverter standby (0x400).
    paper = Paper(
        cvl_d=560, ccl_d=0, dcl_d=0, dvl_d=464, held_cvl_d=520,
        v_c=5200, v_d=520, i_d=0, t_d=251, soc=50, soc_c=5000, soh=99,
        remaining=49, remaining_d=499, remaining_c=4990, full_ah=99, full_d=998, full_c=9980, installed=100, cycles=88,
        blocks_charge=1, blocks_discharge=1, faulty=1,
        low=(3110, 1, 6), high=(3399, 1, 10), cold=(250, 1, 1), hot=(254, 1, 4), cold_k=298, hot_k=298,
        cells=cells, series=16, total_cells=16, cell_limits=(3500, 2900), growatt_status=0x0405, online=0x01,
        **(ALL_WELL | {
            "bits": "80080000",
            "victron": "A96A5601AAAAAA0A",
            "sma": "A96A5601AAAAAA02",
            "growatt": "A00C0000",
            "afore": "0001008A",
            "afore_state": 4,
            "level": 2,
        }),
    )  # fmt: skip
    return State("fault", rack, paper)


def _unknown() -> State:
    rack = RackSample(
        0.0,
        (PackSample(1),),
        Analog(0.0, pack_voltage_v=52.4),
        None,
        replace(made_limits(30.0, 60.0, cvl=55.2), discharge_voltage_limit_v=None),
    )
    # Nothing but voltage and limits is known. What is wrong is not known either: pairs say nothing, Megarevo's level is
    # the worst. The cut-off goes out as 48.0 V, to SMA as its mark for "invalid".
    # 0x311 status: standby (1), outputs (0x60), inverter standby (0x400).
    paper = Paper(
        cvl_d=552, ccl_d=300, dcl_d=600, dvl_d=None, v_c=5240, v_d=524, growatt_status=0x0461, level=2, online=0x01
    )
    return State("unknown", rack, paper)


STATES = (
    _one(),
    _cold(),
    _hot(),
    _empty(),
    _full(),
    _over_voltage(),
    _under_voltage(),
    _fifteen(),
    _eighteen(),
    _fault(),
    _unknown(),
)
