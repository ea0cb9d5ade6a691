"""PACE keeps what every battery dialect promises."""

from __future__ import annotations

from tests.protocols.answeringcontract import AnsweringContract
from tests.protocols.askingcontract import AskingContract
from tests.protocols.contract import Spoken

from openress.codec import HexFrame
from openress.model import Condition, Fault

SPOKEN = Spoken(
    "pace",
    carries={
        "pack_voltage_v": 0.0005,
        "pack_current_a": 0.005,
        "cell_voltages_mv": 0,
        "temperatures_c": 0.05,
        "mos_temperature_c": 0.05,
        "env_temperature_c": 0.05,
        "soc_pct": 0.01,
        "remaining_ah": 0.005,
        "full_ah": 0.005,
        "design_ah": 0.005,
        "cycles": 0,
        "serial": 0,
        "software_version": 0,
        "state": 0,
        "balancing": 0,
        "switches.charge": 0,
        "switches.discharge": 0,
        "switches.limit": 0,
        "switches.heating": 0,
    },
    alarms=frozenset(Condition) - {Condition.SHORT_CIRCUIT},
    protections=frozenset(Condition) - {Condition.SOC_LOW},
    faults=frozenset(Fault)
    - {
        Fault.CELL_IMBALANCE,
        Fault.CELL_SENSOR,
        Fault.CURRENT_SENSOR,
        Fault.TEMPERATURE_IMBALANCE,
        Fault.SYSTEM,
    },
    cautious={
        "switches.charge": False,
        "switches.discharge": False,
        "switches.limit": False,
        "switches.heating": False,
        "balancing": (False,) * 16,
        # C1 has no way to leave the version out; the general identity of the battery steps in.
        "software_version": "0.1.0",
    },
    foreign=(
        HexFrame(0x20, 0x01, 0x46, 0x42, b"\x01").encode(),
        HexFrame(0x25, 0x01, 0x4B, 0x42, b"\x01").encode(),
        HexFrame(0x25, 0x07, 0x46, 0x42, b"\x07").encode(),
        HexFrame(0x25, 0x00, 0x46, 0x42, b"\x01").encode(),
    ),
    # A reply does not say what it answers: both are 20 or 40 characters.
    alike=frozenset({frozenset({"version", "serial number"})}),
)


class TestAnswering(AnsweringContract):
    spoken = SPOKEN


class TestAsking(AskingContract):
    spoken = SPOKEN
