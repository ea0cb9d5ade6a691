"""Daly keeps what every battery dialect promises."""

from __future__ import annotations

from tests.protocols.answeringcontract import AnsweringContract
from tests.protocols.askingcontract import AskingContract
from tests.protocols.contract import Spoken

from openress.model import Condition, Fault
from openress.protocols.battery.daly.frames import Frame

SPOKEN = Spoken(
    "daly",
    carries={
        "pack_voltage_v": 0.05,
        "pack_current_a": 0.05,
        "cell_voltages_mv": 0,
        "temperatures_c": 0.5,
        "soc_pct": 0.05,
        "remaining_ah": 0.0005,
        "design_ah": 0.0005,
        "cycles": 0,
        "serial": 0,
        "switches.charge": 0,
        "switches.discharge": 0,
        "balancing": 0,
    },
    alarms=frozenset(Condition)
    - {Condition.SHORT_CIRCUIT, Condition.AMBIENT_OVER_TEMPERATURE, Condition.AMBIENT_UNDER_TEMPERATURE},
    protections=frozenset(Condition)
    - {
        Condition.MOS_OVER_TEMPERATURE,
        Condition.AMBIENT_OVER_TEMPERATURE,
        Condition.AMBIENT_UNDER_TEMPERATURE,
    },
    faults=frozenset(Fault) - {Fault.CELL, Fault.CHARGER_REVERSED},
    packs=(1,),
    foreign=(Frame(0x01, 0x90).encode(), Frame(0x41, 0x90).encode(), Frame(0x40, 0x00).encode()),
    noise=(b"\x00", b"\xff", b"\r\n", b"\n", b"\x00\xff\x00"),
)


class TestAnswering(AnsweringContract):
    spoken = SPOKEN


class TestAsking(AskingContract):
    spoken = SPOKEN
