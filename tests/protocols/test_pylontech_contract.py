"""Pylontech RS485 keeps what every battery dialect promises."""

from __future__ import annotations

from tests.protocols.answeringcontract import AnsweringContract
from tests.protocols.askingcontract import AskingContract
from tests.protocols.contract import Spoken

from openress.codec import HexFrame
from openress.model import Condition

SPOKEN = Spoken(
    "pylontech",
    carries={
        "pack_voltage_v": 0.0005,
        "pack_current_a": 0.05,
        "cell_voltages_mv": 0,
        "temperatures_c": 0.05,
        "env_temperature_c": 0.05,
        "soc_pct": 0.01,
        "remaining_ah": 0.0005,
        "full_ah": 0.0005,
        "cycles": 0,
        "charge_voltage_limit_v": 0.001,
        "discharge_voltage_limit_v": 0.001,
        "charge_current_limit_a": 0.1,
        "discharge_current_limit_a": 0.1,
        "charge_enabled": 0,
        "discharge_enabled": 0,
        "charge_immediately": 0,
        "full_charge_request": 0,
        "serial": 0,
        "manufacturer": 0,
        "model": 0,
        "software_version": 0,
        "switches.charge": 0,
        "switches.discharge": 0,
    },
    alarms=frozenset(Condition) - {Condition.SOC_LOW, Condition.SHORT_CIRCUIT},
    protections=frozenset(
        {
            Condition.PACK_UNDER_VOLTAGE,
            Condition.CHARGE_OVER_TEMPERATURE,
            Condition.DISCHARGE_OVER_TEMPERATURE,
            Condition.DISCHARGE_OVER_CURRENT,
            Condition.DISCHARGE_OVER_CURRENT_2,
            Condition.SHORT_CIRCUIT,
            Condition.CHARGE_OVER_CURRENT,
            Condition.CELL_UNDER_VOLTAGE,
            Condition.PACK_OVER_VOLTAGE,
            Condition.CELL_OVER_VOLTAGE,
        }
    ),
    cautious={
        "switches.charge": False,
        "switches.discharge": False,
        "charge_enabled": False,
        "discharge_enabled": False,
        "charge_immediately": False,
        "full_charge_request": False,
        # The first sensor is the BMS board; where only the MOS is measured, that is its temperature.
        "env_temperature_c": 29.2,
        # 51 and 96 have no way to leave a version out; the general identity of the battery steps in.
        "manufacturer": "OpenRESS",
        "model": "A5L-51V2",
        "software_version": "0.1.0",
    },
    foreign=(
        HexFrame(0x20, 0x12, 0x46, 0x42, b"\x12").encode(),
        HexFrame(0x20, 0x02, 0x4B, 0x42, b"\x02").encode(),
    ),
)


class TestAnswering(AnsweringContract):
    spoken = SPOKEN


class TestAsking(AskingContract):
    spoken = SPOKEN
