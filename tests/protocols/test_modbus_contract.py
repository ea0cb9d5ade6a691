"""What every battery dialect promises, held to the Modbus dialects."""

from __future__ import annotations

from tests.protocols.answeringcontract import AnsweringContract
from tests.protocols.askingcontract import AskingContract
from tests.protocols.contract import Spoken

from openress.codec.modbus import Function, ReadRequest, RegistersReply, encode
from openress.model import Condition, Fault
from openress.protocols.battery.jk_pb.frames import Kind, trigger

ALL = frozenset(Condition)
EXACT = {"cell_voltages_mv": 0, "cycles": 0, "switches.charge": 0, "switches.discharge": 0, "state": 0}
NO_BALANCING = {"balancing": (False,) * 16}
OTHERS = (
    encode(ReadRequest(0x77, Function.READ_HOLDING, 0, 37)),
    encode(RegistersReply(0x01, Function.READ_HOLDING, bytes(74))),
    trigger(9, Kind.LIVE),
)


PACE = Spoken(
    "pace-modbus",
    carries={
        **EXACT, "pack_voltage_v": 0.005, "pack_current_a": 0.005, "soc_pct": 0.5, "soh_pct": 0.5,
        "remaining_ah": 0.005, "full_ah": 0.005, "design_ah": 0.005, "temperatures_c": 0.05, "mos_temperature_c": 0.05,
        "env_temperature_c": 0.05, "balancing": 0, "switches.limit": 0, "switches.heating": 0,
        "serial": 0, "software_version": 0,
    },
    alarms=ALL - {Condition.SHORT_CIRCUIT},
    protections=ALL - {Condition.SOC_LOW},
    faults=frozenset({
        Fault.CHARGE_SWITCH, Fault.DISCHARGE_SWITCH, Fault.TEMPERATURE_SENSOR, Fault.CELL, Fault.SAMPLING,
        Fault.CHARGER_REVERSED,
    }),
    cautious=NO_BALANCING
    | {"switches.limit": False, "switches.heating": False, "software_version": "0.1.0"},
    foreign=OTHERS,
)  # fmt: skip

SEPLOS = Spoken(
    "seplos3",
    carries={
        **EXACT, "pack_voltage_v": 0.005, "pack_current_a": 0.005, "soc_pct": 0.05, "soh_pct": 0.05,
        "remaining_ah": 0.005, "full_ah": 0.005, "temperatures_c": 0.05, "mos_temperature_c": 0.05,
        "env_temperature_c": 0.05, "charge_current_limit_a": 1, "discharge_current_limit_a": 1, "balancing": 0,
        "switches.limit": 0, "switches.heating": 0, "serial": 0, "model": 0, "manufacturer": 0,
    },
    alarms=ALL - {Condition.SHORT_CIRCUIT},
    protections=ALL,
    faults=frozenset(Fault) - {
        Fault.TEMPERATURE_IMBALANCE, Fault.CURRENT_SENSOR, Fault.INTERNAL_COMMUNICATION,
    },
    cautious=NO_BALANCING | {"switches.limit": False, "switches.heating": False, "manufacturer": "OpenRESS",
                             "model": "A5L-51V2"},
    shortened={"software_version": "12"},
    foreign=OTHERS,
)  # fmt: skip

JK = Spoken(
    "jk-pb",
    carries={
        **EXACT, "pack_voltage_v": 0.0005, "pack_current_a": 0.0005, "soc_pct": 0.5, "soh_pct": 0.5,
        "remaining_ah": 0.0005, "full_ah": 0.0005, "temperatures_c": 0.05, "mos_temperature_c": 0.05,
        "switches.precharge": 0, "serial": 0, "model": 0, "software_version": 0,
    },
    protections=ALL - {
        Condition.SOC_LOW, Condition.DISCHARGE_UNDER_TEMPERATURE, Condition.AMBIENT_OVER_TEMPERATURE,
        Condition.AMBIENT_UNDER_TEMPERATURE,
    },
    faults=frozenset({
        Fault.CELL_SENSOR, Fault.SYSTEM, Fault.CURRENT_SENSOR, Fault.INTERNAL_COMMUNICATION, Fault.CHARGE_SWITCH,
        Fault.DISCHARGE_SWITCH, Fault.TEMPERATURE_SENSOR,
    }),
    cautious={"switches.precharge": False, "model": "A5L-51V2", "software_version": "0.1.0"},
    foreign=OTHERS,
)  # fmt: skip

DALY = Spoken(
    "daly-modbus",
    carries={
        **EXACT, "pack_voltage_v": 0.05, "pack_current_a": 0.05, "soc_pct": 0.05, "remaining_ah": 0.05,
        "temperatures_c": 0.5, "software_version": 0,
    },
    alarms=ALL - {
        Condition.SHORT_CIRCUIT, Condition.AMBIENT_OVER_TEMPERATURE, Condition.AMBIENT_UNDER_TEMPERATURE,
    },
    protections=ALL - {
        Condition.SHORT_CIRCUIT, Condition.AMBIENT_OVER_TEMPERATURE, Condition.AMBIENT_UNDER_TEMPERATURE,
        Condition.MOS_OVER_TEMPERATURE,
    },
    faults=frozenset(Fault) - {Fault.CHARGER_REVERSED, Fault.CELL, Fault.CELL_SENSOR, Fault.CURRENT_SENSOR},
    cautious={"software_version": "0.1.0"},
    packs=(1,),
    foreign=OTHERS,
)  # fmt: skip

ESS = Spoken(
    "daly-ess",
    carries={
        **EXACT, "pack_voltage_v": 0.05, "pack_current_a": 0.05, "soc_pct": 0.05, "remaining_ah": 0.05,
        "temperatures_c": 0.5, "mos_temperature_c": 0.5, "env_temperature_c": 0.5, "switches.precharge": 0,
        "switches.heating": 0, "serial": 0, "model": 0, "software_version": 0,
    },
    cautious={
        "switches.precharge": False, "switches.heating": False, "model": "A5L-51V2", "software_version": "0.1.0",
    },
    foreign=OTHERS,
)  # fmt: skip


class TestPaceAnswering(AnsweringContract):
    spoken = PACE


class TestPaceAsking(AskingContract):
    spoken = PACE


class TestSeplosAnswering(AnsweringContract):
    spoken = SEPLOS


class TestSeplosAsking(AskingContract):
    spoken = SEPLOS


class TestJkAnswering(AnsweringContract):
    spoken = JK


class TestJkAsking(AskingContract):
    spoken = JK


class TestDalyAnswering(AnsweringContract):
    spoken = DALY


class TestDalyAsking(AskingContract):
    spoken = DALY


class TestEssAnswering(AnsweringContract):
    spoken = ESS


class TestEssAsking(AskingContract):
    spoken = ESS
