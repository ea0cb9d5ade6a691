"""The profile to begin with, where nobody has measured the cells of a pack."""

from __future__ import annotations

from openress.bms.estimator.profile import CellProfile, Doubt

__all__ = ["LFP"]

_SOURCE = (
    "1.2 Ah LiFePO4 cell: open-circuit curves and 25 h of cycling at 25 C, data of T. Tao, Chalmers, "
    "github.com/terencetaothucb/LFP-SOC-Estimation-Fisher-Information-Fusion at 38084a7a (MIT), fitted with "
    "`openress cell fit`"
)

LFP = CellProfile(
    name="lfp",
    source=_SOURCE,
    ocv_v=(
        # Half way between the charge and the discharge curve.
        (0.000, 2.381),
        (0.005, 2.699),
        (0.010, 2.809),
        (0.020, 2.923),
        (0.030, 2.996),
        (0.040, 3.051),
        (0.050, 3.095),
        (0.060, 3.131),
        (0.070, 3.162),
        (0.080, 3.186),
        (0.100, 3.203),
        (0.130, 3.210),
        (0.160, 3.219),
        (0.180, 3.230),
        (0.200, 3.240),
        (0.225, 3.251),
        (0.250, 3.260),
        (0.275, 3.269),
        (0.300, 3.276),
        (0.325, 3.281),
        (0.350, 3.287),
        (0.375, 3.290),
        (0.400, 3.294),
        (0.450, 3.297),
        (0.500, 3.298),
        (0.550, 3.300),
        (0.600, 3.302),
        (0.650, 3.305),
        (0.680, 3.308),
        (0.700, 3.311),
        (0.720, 3.316),
        (0.740, 3.323),
        (0.760, 3.331),
        (0.780, 3.335),
        (0.800, 3.336),
        (0.850, 3.337),
        (0.900, 3.339),
        (0.940, 3.342),
        (0.960, 3.344),
        (0.970, 3.348),
        (0.975, 3.351),
        (0.980, 3.358),
        (0.985, 3.370),
        (0.990, 3.397),
        (0.995, 3.453),
        (1.000, 3.576),
    ),
    hysteresis_v=(
        # Half their distance, times 1.2: what the cycling asks for. Below 5 % and above 98 % the outermost held, as
        # there the distance is that of two slow currents, not of two branches.
        (0.050, 0.055),
        (0.070, 0.046),
        (0.100, 0.027),
        (0.160, 0.030),
        (0.200, 0.031),
        (0.300, 0.035),
        (0.350, 0.031),
        (0.400, 0.024),
        (0.500, 0.022),
        (0.600, 0.023),
        (0.680, 0.025),
        (0.740, 0.028),
        (0.780, 0.022),
        (0.850, 0.019),
        (0.980, 0.020),
    ),
    hysteresis_rate=9.1,
    r0_ohm_ah=0.0258,
    r1_ohm_ah=0.0217,
    tau1_s=12.5,
    r2_ohm_ah=0.0316,
    tau2_s=95.0,
    # Arrhenius lines through an A123 26650 at -5 to 45 C and nothing else: 1 s resistance 30, 17.9, 12.5, 9.9, 8.6,
    # 7.7 mOhm; slow resistance 60, 42, 25, 22, 17, 14 mOhm; distance of the branches 66, 50, 40, 34, 30, 27 mV.
    r0_kelvin=2280.0,
    rc_kelvin=2480.0,
    hysteresis_kelvin=1510.0,
    # Another make: its plateaus lie up to 20 mV higher (A123 at 70 %).
    # That error lasts over a wider range of charge, so the voltage is believed less than with a profile measured on
    # the pack's own cells.
    doubt=Doubt(
        table_v=0.015,
        table_soc=0.015,
        table_travel=0.1,
        reading_v=0.002,
        resistance=0.2,
        hysteresis_var=0.05,
        count_var=0.002,
        offset_c_rate=0.01,
        offset_drift_s=30 * 86400.0,
    ),
)
