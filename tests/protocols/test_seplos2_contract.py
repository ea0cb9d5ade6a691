"""Seplos v2 keeps what every battery dialect promises."""

from __future__ import annotations

from tests.protocols.answeringcontract import AnsweringContract
from tests.protocols.askingcontract import AskingContract
from tests.protocols.contract import Spoken, known_values, rich_pack

from openress.codec import HexFrame
from openress.model import Condition, Fault

SPOKEN = Spoken(
    "seplos2",
    carries={
        "pack_voltage_v": 0.005,
        "pack_current_a": 0.005,
        "cell_voltages_mv": 0,
        "temperatures_c": 0.05,
        "mos_temperature_c": 0.05,
        "env_temperature_c": 0.05,
        "soc_pct": 0.05,
        "soh_pct": 0.05,
        "remaining_ah": 0.005,
        "full_ah": 0.005,
        "design_ah": 0.005,
        "cycles": 0,
        "manufacturer": 0,
        "model": 0,
        "state": 0,
        "balancing": 0,
        "switches.charge": 0,
        "switches.discharge": 0,
        "switches.limit": 0,
        "switches.heating": 0,
    },
    alarms=frozenset(Condition) - {Condition.SHORT_CIRCUIT, Condition.DISCHARGE_OVER_CURRENT_2},
    protections=frozenset(Condition),
    faults=frozenset(Fault) - {Fault.SAMPLING, Fault.TEMPERATURE_IMBALANCE, Fault.INTERNAL_COMMUNICATION},
    cautious={
        "switches.charge": False,
        "switches.discharge": False,
        "switches.limit": False,
        "switches.heating": False,
        "balancing": (False,) * 16,
        # 51 has no way to leave these out; the general identity of the battery steps in.
        "manufacturer": "OpenRESS",
        "model": "A5L-51V2",
    },
    foreign=(
        HexFrame(0x25, 0x01, 0x46, 0x42, b"\x01").encode(),
        HexFrame(0x20, 0x01, 0x4A, 0x42).encode(),
        HexFrame(0x20, 0x07, 0x46, 0x42, b"\x07").encode(),
    ),
)


class TestAnswering(AnsweringContract):
    spoken = SPOKEN


class TestAsking(AskingContract):
    spoken = SPOKEN

    def test_no_value_is_read_that_was_not_sent(self) -> None:
        """51 holds two numbers of a version, and the rest of it is lost."""
        for number in self.spoken.packs:
            read = known_values(self.spoken.talk(self.spoken.rack(), number))
            sent = known_values(rich_pack(number)) | {"software_version": "1.2"}
            strange = set(read) - set(self.spoken.carries) - {"alarms", "protections", "faults"}
            assert strange == {"software_version"}
            assert all(read[key] == sent[key] for key in strange)
