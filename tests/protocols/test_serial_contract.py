"""What every battery dialect promises, held to the serial dialects that batteries speak to inverters."""

from __future__ import annotations

from tests.protocols.answeringcontract import AnsweringContract
from tests.protocols.askingcontract import AskingContract
from tests.protocols.contract import Spoken

from openress.codec.modbus import Function, ReadRequest, RegistersReply, encode
from openress.model import Condition

ALL = frozenset(Condition)
AMBIENT = frozenset({Condition.AMBIENT_OVER_TEMPERATURE, Condition.AMBIENT_UNDER_TEMPERATURE})
"""Told as the nearest: the temperature of charging and discharging."""
OTHERS = (
    encode(ReadRequest(0x77, Function.READ_HOLDING, 0x10, 19)),
    encode(RegistersReply(0x01, Function.READ_HOLDING, bytes(38))),
    b"~20024642E00202FD33\r",
)
REFUSED = {
    # A limit that is not known allows nothing.
    "charge_voltage_limit_v": 52.9,
    "charge_current_limit_a": 0.0,
    "discharge_current_limit_a": 0.0,
    "charge_enabled": False,
    "discharge_enabled": False,
    "charge_immediately": False,
    "full_charge_request": False,
}

VOLTRONIC = Spoken(
    "voltronic-485",
    carries={
        "pack_voltage_v": 0.05, "pack_current_a": 0.05, "soc_pct": 0.5, "remaining_ah": 0.0005, "full_ah": 0.0005,
        "design_ah": 0.0005, "cell_voltages_mv": 50, "temperatures_c": 0.05, "mos_temperature_c": 0.05,
        "charge_voltage_limit_v": 0.1, "discharge_voltage_limit_v": 0.1, "charge_current_limit_a": 0.1,
        "discharge_current_limit_a": 0.1, "charge_enabled": 0, "discharge_enabled": 0, "charge_immediately": 0,
        "full_charge_request": 0,
    },
    protections=ALL - AMBIENT - {Condition.SOC_LOW},
    cautious=REFUSED | {"charge_voltage_limit_v": 52.9, "discharge_voltage_limit_v": 48.0, "design_ah": 100.0},
    packs=(1,),
    foreign=OTHERS,
)  # fmt: skip

GROWATT = Spoken(
    "growatt-485",
    carries={
        "pack_voltage_v": 0.005, "pack_current_a": 0.005, "soc_pct": 0.5, "soh_pct": 0.5, "remaining_ah": 0.005,
        "full_ah": 0.005, "cell_voltages_mv": 0, "cycles": 0, "charge_voltage_limit_v": 0.01,
        "charge_current_limit_a": 0.01, "discharge_current_limit_a": 0.01, "charge_enabled": 0,
        "discharge_enabled": 0, "charge_immediately": 0,
    },
    protections=ALL - {Condition.SOC_LOW},
    # Seven bits have no mark for a state of health that is not known; on CAN 100 % is the default, so here.
    cautious=REFUSED | {"soh_pct": 100},
    packs=(1,),
    foreign=OTHERS,
)  # fmt: skip

TIANBANGDA = Spoken(
    "tianbangda",
    carries={
        "pack_voltage_v": 0.005, "pack_current_a": 0.005, "soc_pct": 0.05, "soh_pct": 0.05, "remaining_ah": 0.005,
        "full_ah": 0.005, "cycles": 0, "env_temperature_c": 0.05, "charge_current_limit_a": 0.01,
    },
    protections=ALL - AMBIENT - {Condition.SOC_LOW, Condition.MOS_OVER_TEMPERATURE},
    cautious=REFUSED,
    packs=(1,),
    foreign=OTHERS,
)  # fmt: skip


class TestVoltronicAnswering(AnsweringContract):
    spoken = VOLTRONIC


class TestVoltronicAsking(AskingContract):
    spoken = VOLTRONIC


class TestGrowattAnswering(AnsweringContract):
    spoken = GROWATT


class TestGrowattAsking(AskingContract):
    spoken = GROWATT


class TestTianbangdaAnswering(AnsweringContract):
    spoken = TIANBANGDA


class TestTianbangdaAsking(AskingContract):
    spoken = TIANBANGDA
