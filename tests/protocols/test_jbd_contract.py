"""JBD keeps what every battery dialect promises."""

from __future__ import annotations

from tests.protocols.answeringcontract import AnsweringContract
from tests.protocols.askingcontract import AskingContract
from tests.protocols.contract import Spoken

from openress.model import Condition, Fault
from openress.protocols.battery.jbd.frames import Reply

SPOKEN = Spoken(
    "jbd",
    carries={
        "pack_voltage_v": 0.005,
        "pack_current_a": 0.005,
        "cell_voltages_mv": 0,
        "temperatures_c": 0.05,
        "soc_pct": 0.5,
        "remaining_ah": 0.005,
        "full_ah": 0.005,
        "cycles": 0,
        "model": 0,
        "switches.charge": 0,
        "switches.discharge": 0,
        "balancing": 0,
    },
    protections=frozenset(Condition)
    - {
        Condition.MOS_OVER_TEMPERATURE,
        Condition.AMBIENT_OVER_TEMPERATURE,
        Condition.AMBIENT_UNDER_TEMPERATURE,
        Condition.SOC_LOW,
    },
    faults=frozenset({Fault.SAMPLING}),
    # The wire has no way to leave these out; what stands in for them is the battery's own name, and no cell balanced.
    cautious={"model": "A5L-51V2", "balancing": (False,) * 16},
    shortened={"software_version": "1.2"},
    packs=(1,),
    foreign=(Reply(0x03, b"\x00" * 23).encode(), bytes.fromhex("DDA60300FFFD77")),
)


class TestAnswering(AnsweringContract):
    spoken = SPOKEN


class TestAsking(AskingContract):
    spoken = SPOKEN
