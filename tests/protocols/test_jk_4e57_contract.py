"""JK 4E57 keeps what every battery dialect promises."""

from __future__ import annotations

from tests.protocols.answeringcontract import AnsweringContract
from tests.protocols.askingcontract import AskingContract
from tests.protocols.contract import Spoken
from tests.samples import with_analog

from openress.model import Condition, Fault, PackSample
from openress.protocols.battery.jk_4e57.frames import Message


def adapt(sample: PackSample) -> PackSample:
    """JK has one place for the cell sensors."""
    return with_analog(sample, temperatures_c=(-4.0,))


SPOKEN = Spoken(
    "jk-4e57",
    carries={
        "pack_voltage_v": 0.005,
        "pack_current_a": 0.005,
        "cell_voltages_mv": 0,
        "temperatures_c": 0.5,
        "mos_temperature_c": 0.5,
        "env_temperature_c": 0.5,
        "soc_pct": 0.5,
        "full_ah": 0.5,
        "design_ah": 0.5,
        "cycles": 0,
        "serial": 0,
        "software_version": 0,
        "switches.charge": 0,
        "switches.discharge": 0,
    },
    alarms=frozenset({Condition.SOC_LOW}),
    protections=frozenset(Condition) - {Condition.SOC_LOW},
    faults=frozenset({Fault.CELL_IMBALANCE, Fault.SAMPLING}),
    cautious={"software_version": "0.1.0"},
    adapt=adapt,
    packs=(1,),
    foreign=(Message(0x06, b"\0", source=0).encode(), Message(0x07, b"\0").encode(), Message(0x05, b"\0").encode()),
)


class TestAnswering(AnsweringContract):
    spoken = SPOKEN


class TestAsking(AskingContract):
    spoken = SPOKEN
