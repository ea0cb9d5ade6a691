"""Every number of the plant: its value, how far specimens scatter around it, and where it comes from.

Resistances, leakage and heat capacity are those of a 100 Ah prismatic LiFePO4 cell at 25 C and 50 % SOC; a
pack of another capacity scales them (resistances with the inverse). An estimator must not import this module:
a plant and an estimator that share parameters agree by construction.
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = [
    "BLEED_OHM",
    "BODY_DIODE_V",
    "CASE_HEAT_J_PER_K",
    "CASE_TO_AMBIENT_W_PER_K",
    "CELL_CAPACITY",
    "CELL_HEAT_J_PER_K",
    "CELL_TO_CASE_W_PER_K",
    "CELL_TO_CELL_W_PER_K",
    "CHARGER_CEILING_V_PER_CELL",
    "COULOMBIC_EFFICIENCY",
    "CURRENT_SENSOR",
    "DRAW_ASLEEP_A",
    "DRAW_AWAKE_A",
    "END_FACE_TO_CASE_W_PER_K",
    "HYSTERESIS_BY_TEMPERATURE",
    "HYSTERESIS_MV",
    "HYSTERESIS_RATE",
    "JOINT_OHM",
    "MOS_HEAT_J_PER_K",
    "MOS_SHARE_OF_PATH_HEAT",
    "MOS_TO_CASE_W_PER_K",
    "OCV_V",
    "PACK_VOLTAGE_SENSOR",
    "PATH_OHM",
    "PRECHARGE_OHM",
    "R0_BY_TEMPERATURE",
    "R0_OHM",
    "R1_OHM",
    "R2_OHM",
    "RC_BY_TEMPERATURE",
    "REFERENCE_CAPACITY_AH",
    "SELF_DISCHARGE_PER_MONTH",
    "TAU1_S",
    "TAU2_S",
    "TEMPERATURE_SENSOR",
    "VOLTAGE_SENSOR",
    "Parameter",
    "SensorErrors",
]

REFERENCE_CAPACITY_AH = 100.0


@dataclass(frozen=True, slots=True)
class Parameter:
    """A nominal value, its relative standard deviation between specimens, and its source."""

    value: float
    spread: float
    source: str


@dataclass(frozen=True, slots=True)
class SensorErrors:
    """What a measuring channel adds to the truth, and its resolution.

    Args:
        offset: standard deviation between channels of the constant error, in the channel's unit.
        gain: standard deviation between channels of the relative error.
        noise: standard deviation between readings, in the channel's unit.
        step: resolution of the reading, in the channel's unit.
        source: where the figures come from.
    """

    offset: float
    gain: float
    noise: float
    step: float
    source: str


# Cells, electrical.
CELL_CAPACITY = Parameter(1.0, 0.007, "fraction of the rated capacity; spread assumed")
R0_OHM = Parameter(0.30e-3, 0.04, "1 s resistance; A123 26650 and 1.2 Ah cells scaled by capacity give 0.20-0.31 mOhm")
R1_OHM = Parameter(0.15e-3, 0.10, "same cells scaled by capacity: 0.11-0.18 mOhm; spread assumed")
R2_OHM = Parameter(0.40e-3, 0.10, "same cells scaled by capacity: 0.34-0.42 mOhm; spread assumed")
TAU1_S = Parameter(10.0, 0.10, "drive-cycle fit of the A123 cell; spread assumed")
TAU2_S = Parameter(120.0, 0.15, "drive-cycle fit of the A123 cell; spread assumed")
HYSTERESIS_RATE = Parameter(7.0, 0.10, "per unit of SOC moved: e-fold after 14 % (fits: 10-20 %); spread assumed")
COULOMBIC_EFFICIENCY = Parameter(0.998, 0.0002, "A123 at 25 C measured 0.996 with tester error; assumed")
SELF_DISCHARGE_PER_MONTH = Parameter(0.01, 0.30, "fraction of capacity per 730 h; assumed, no reliable source")

OCV_V = (
    # Mean of charge and discharge at C/27, 25 C, measured on an A123 26650 (ESC toolbox data): 5 % to 95 %.
    # 97 % to 100 %: shape of the knee assumed so that it ends at the measured 3.57-3.60 V.
    # Below 5 % and above 100 %: assumed, steep, as over-discharge and overcharge of LiFePO4 are.
    (-0.50, -9.0),
    (-0.10, -0.60),
    (-0.05, 0.80),
    (-0.02, 1.80),
    (-0.01, 2.20),
    (0.00, 2.50),
    (0.01, 2.68),
    (0.02, 2.80),
    (0.03, 2.895),
    (0.05, 3.023),
    (0.10, 3.178),
    (0.20, 3.245),
    (0.30, 3.280),
    (0.40, 3.301),
    (0.50, 3.308),
    (0.60, 3.317),
    (0.70, 3.331),
    (0.80, 3.345),
    (0.90, 3.352),
    (0.95, 3.370),
    (0.97, 3.386),
    (0.98, 3.402),
    (0.99, 3.450),
    (1.00, 3.580),
    (1.01, 3.780),
    (1.02, 4.000),
    (1.05, 4.500),
    (1.10, 4.900),
    (1.50, 6.900),
)

HYSTERESIS_MV = (
    # Half the gap between the charge and the discharge curve of the same cell, less 2.4 mV of resistance at
    # C/27. 0 % and 100 %: the outermost measured value held.
    (0.00, 36.0),
    (0.05, 36.0),
    (0.10, 25.0),
    (0.20, 22.0),
    (0.30, 28.0),
    (0.40, 17.0),
    (0.50, 15.0),
    (0.60, 18.0),
    (0.70, 18.0),
    (0.80, 12.0),
    (0.90, 10.0),
    (0.95, 14.0),
    (1.00, 14.0),
)

HYSTERESIS_BY_TEMPERATURE = (
    # Gap at 50 % SOC of the same cell at each temperature, less twice C/27 times its resistance there, over
    # 25 C. 60 C: assumed.
    (-25.0, 4.2),
    (-15.0, 2.6),
    (-5.0, 1.8),
    (5.0, 1.4),
    (15.0, 1.18),
    (25.0, 1.0),
    (35.0, 0.90),
    (45.0, 0.81),
    (60.0, 0.72),
)

R0_BY_TEMPERATURE = (
    # Drive-cycle fits of the A123 cell: 133, 61, 30, 17.9, 12.5, 9.9, 8.6, 7.7 mOhm. 60 C: assumed.
    (-25.0, 13.4),
    (-15.0, 6.2),
    (-5.0, 3.0),
    (5.0, 1.8),
    (15.0, 1.26),
    (25.0, 1.0),
    (35.0, 0.87),
    (45.0, 0.78),
    (60.0, 0.70),
)

RC_BY_TEMPERATURE = (
    # The same fits, R1 + R2: 182, 92, 60, 42, 25, 22, 17, 14 mOhm. 60 C: assumed.
    (-25.0, 8.3),
    (-15.0, 4.1),
    (-5.0, 2.7),
    (5.0, 1.9),
    (15.0, 1.1),
    (25.0, 1.0),
    (35.0, 0.75),
    (45.0, 0.62),
    (60.0, 0.52),
)

# Cells and case, thermal.
CELL_HEAT_J_PER_K = Parameter(
    1950.0, 0.02, "1.95 kg (Lishen 3.95 kg at 202 Ah, scaled) at about 1 kJ/kgK; spread assumed"
)
CELL_TO_CELL_W_PER_K = Parameter(0.5, 0.0, "face to face through foil and half a cell either side; assumed")
CELL_TO_CASE_W_PER_K = Parameter(
    0.8, 0.10, "with the case's own step gives 0.4 W/K from each of 16 cells to the air; assumed"
)
END_FACE_TO_CASE_W_PER_K = Parameter(0.3, 0.0, "additional path of the first and last cell; assumed")
CASE_TO_AMBIENT_W_PER_K = Parameter(12.8, 0.10, "about 1 m2 of sheet steel at 10-13 W/m2K; assumed")
CASE_HEAT_J_PER_K = Parameter(4000.0, 0.0, "8 kg of steel at 0.49 kJ/kgK; assumed")
MOS_HEAT_J_PER_K = Parameter(150.0, 0.0, "FETs and their plate; assumed")
MOS_TO_CASE_W_PER_K = Parameter(1.0, 0.10, "assumed: 100 A gives 6 K of rise")
MOS_SHARE_OF_PATH_HEAT = Parameter(0.4, 0.0, "share of the path's resistance that sits on the FET board; assumed")

# Pack.
JOINT_OHM = Parameter(0.05e-3, 0.30, "one busbar joint per cell; assumed")
PATH_OHM = Parameter(1.5e-3, 0.15, "cable, breaker, FETs and shunt; assumed")
BODY_DIODE_V = Parameter(0.7, 0.0, "forward drop of a silicon body diode")
PRECHARGE_OHM = Parameter(50.0, 0.0, "about 1 A from a 51.2 V pack; assumed")
BLEED_OHM = Parameter(34.0, 0.01, "100 mA at 3.45 V; spread of a 1 % resistor")
DRAW_AWAKE_A = Parameter(0.015, 0.10, "hobby 12 V bank measured 13.3 +/- 4.5 mA; spread assumed")
DRAW_ASLEEP_A = Parameter(0.0005, 0.10, "assumed: regulator and wake-up circuit only")
CHARGER_CEILING_V_PER_CELL = Parameter(
    3.75, 0.0, "a charger without a stated limit rises to this when blocked; assumed"
)

# Front end.
VOLTAGE_SENSOR = SensorErrors(1.0e-3, 0.0002, 0.3e-3, 1e-3, "cell, V; assumed, a calibrated multi-cell front end")
PACK_VOLTAGE_SENSOR = SensorErrors(5.0e-3, 0.0003, 2.0e-3, 1e-3, "pack and terminals, V; assumed, divider and ADC")
CURRENT_SENSOR = SensorErrors(0.05, 0.003, 0.03, 0.1, "A; assumed, calibrated shunt; step as packs report")
TEMPERATURE_SENSOR = SensorErrors(0.3, 0.0, 0.03, 0.1, "C; assumed, 1 % thermistor; step as packs report")
