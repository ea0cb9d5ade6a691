"""JBD UP16S keeps what every battery dialect promises."""

from __future__ import annotations

from tests.protocols.answeringcontract import AnsweringContract
from tests.protocols.askingcontract import AskingContract
from tests.protocols.contract import Spoken

from openress.model import Condition, Fault
from openress.protocols.battery.jbd_up16s.frames import Block, Function, Message

SPOKEN = Spoken(
    "jbd-up16s",
    carries={
        "pack_voltage_v": 0.005,
        "pack_current_a": 0.005,
        "cell_voltages_mv": 0,
        "temperatures_c": 0.05,
        "mos_temperature_c": 0.05,
        "env_temperature_c": 0.05,
        "soc_pct": 0.005,
        "soh_pct": 0.5,
        "remaining_ah": 0.005,
        "full_ah": 0.005,
        "design_ah": 0.005,
        "cycles": 0,
        "charge_voltage_limit_v": 0.1,
        "charge_current_limit_a": 0.1,
        "discharge_voltage_limit_v": 0.1,
        "discharge_current_limit_a": 0.1,
        "serial": 0,
        "model": 0,
        "switches.charge": 0,
        "switches.discharge": 0,
        "switches.precharge": 0,
        "switches.heating": 0,
        "balancing": 0,
    },
    alarms=frozenset(Condition) - {Condition.SHORT_CIRCUIT},
    protections=frozenset(Condition),
    faults=frozenset(Fault) - {Fault.CELL, Fault.CURRENT_SENSOR, Fault.INTERNAL_COMMUNICATION},
    cautious={
        # One flag for each, without a way to leave it out: not pre-charging, not heating, no cell balanced.
        "switches.precharge": False,
        "switches.heating": False,
        "balancing": (False,) * 16,
        # The general identity of the battery steps in.
        "model": "A5L-51V2",
    },
    shortened={"software_version": "1.2"},
    foreign=(
        Message(1, Function.READ, Block.LIVE, 0x10A0, b"\x00\x01").encode(),
        Message(1, Function.READ, 0x3000, 0x3010).encode(),
        bytes.fromhex("010300000025840F"),
    ),
)


class TestAnswering(AnsweringContract):
    spoken = SPOKEN


class TestAsking(AskingContract):
    spoken = SPOKEN
