"""Our frames on CAN equal bytes that were worked out by hand, and the exported DBC reads them to the same values."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

import cantools
import pytest
from cantools.database.can import Database
from tests.captured import HERE
from tests.protocols.canmaking import Paper, State
from tests.protocols.canpaper import ON_PAPER
from tests.protocols.canstates import STATES

from openress.codec.canframe import CanFrame
from openress.protocols import DIALECTS, find_dialect
from openress.protocols.base import Bus
from openress.protocols.canbus import CanOptions
from openress.protocols.inverter.dbc import dbc
from openress.protocols.inverter.table import CanTable

CAN = [dialect.name for dialect in DIALECTS.values() if dialect.bus is Bus.CAN]
LINE = re.compile(r"(?P<dialect>\S+) (?P<state>\S+) (?P<frame>\S+) = (?P<words>.+)")

every_dialect = pytest.mark.parametrize("dialect", CAN)
every_state = pytest.mark.parametrize("state", STATES, ids=str)


@cache
def golden() -> dict[tuple[str, str], list[tuple[str, str]]]:
    found: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for line in (HERE / "can-golden.txt").read_text().splitlines():
        if line and not line.startswith("#"):
            match = LINE.fullmatch(line)
            assert match is not None, line
            found.setdefault((match["dialect"], match["state"]), []).append((match["frame"], match["words"]))
    return found


def table(dialect: str) -> CanTable:
    made = find_dialect(dialect).parts().can_table
    assert made is not None
    return made()


@cache
def database(dialect: str) -> Database:
    loaded = cantools.database.load_string(dbc(dialect, table(dialect)), "dbc", strict=True)
    assert isinstance(loaded, Database)
    return loaded


def sent(dialect: str, state: State) -> list[CanFrame]:
    """One burst, after the inverter has asked for it."""
    parts = find_dialect(dialect).parts()
    assert parts.can_battery is not None
    assert parts.can_inverter is not None
    battery = parts.can_battery(CanOptions(experimental=True))
    for frame in parts.can_inverter(CanOptions()).due(0.0):
        battery.feed(frame, 0.0)
    return battery.due(state.rack, 0.0)


def test_every_dialect_and_state_is_on_paper() -> None:
    assert set(ON_PAPER) == set(CAN)
    assert set(golden()) == {(dialect, state.name) for dialect in CAN for state in STATES}


@every_dialect
@every_state
def test_the_file_holds_what_the_documents_say(dialect: str, state: State) -> None:
    paper = [
        (str(CanFrame(identifier, data, dialect == "megarevo-can")), words)
        for identifier, data, words in ON_PAPER[dialect](state.paper)
    ]
    assert golden()[dialect, state.name] == paper


@every_dialect
@every_state
def test_our_frames_are_the_golden_ones(dialect: str, state: State) -> None:
    assert [str(frame) for frame in sent(dialect, state)] == [frame for frame, _ in golden()[dialect, state.name]]


@pytest.mark.parametrize(
    ("dialect", "state", "frames"),
    [
        # 560 is 0230, 500 is 01F4, 1000 is 03E8, 464 is 01D0; 61 is 3D, 99 is 63; 5331 is 14D3, 234 is EA, 249 is F9.
        ("pylontech-can", "one", "351#3002F401E803D001 355#3D006300 356#D314EA00F900 359#0000000001504E 35C#C000"),
        # 400 is 0190; 5123 is 1403; -117 is 10000 - 75 = FF8B; low temperature is bit 4.
        ("pylontech-can", "cold", "351#300200009001D001 356#031400008BFF 359#1000100001504E 35C#4000"),
        ("pylontech-can", "fifteen", "359#000000000F504E"),
        ("pylontech-can", "eighteen", "359#0000800012504E 35C#C800"),
        # 7500 is 1D4C, 15000 is 3A98; 5248 is 1480, -6123 is 10000 - 17EB = E815, 300 is 012C; 1482 is 05CA.
        ("pylontech-can-v13", "fifteen", "351#30024C1D983AD001 356#801415E82C01 35F#4C490103CA050000"),
        # The rack's own 51.2 V: 512 is 0200; 45 is 2D, 4540 is 11BC; 3199 is 0C7F, 3206 is 0C86; 261 is 0105.
        ("victron-can", "cold", "351#000200009001D001 355#2D006300BC11 373#7F0C860C05010701 374#30312E3031000000"),
        ("victron-can", "eighteen", "372#1200000000000100"),
        ("victron-can", "empty", "360#FF00000000000000"),
        # 9000 is 2328, 1200.0 A is 12000 is 2EE0.
        ("sma-can", "eighteen", "351#30022823E02ED001"),
        # 552 is 0228, 300 is 012C, 600 is 0258; 5240 is 1478; what is not known is 8000 or FFFF.
        ("sma-can", "unknown", "351#28022C015802FFFF 356#781400800080 35F#FFFF0100FFFFFFFF"),
        ("sol-ark-can", "eighteen", "35C#C800000000000000 379#0807000000000000"),
        # 55.6 V: 556 is 022C.
        ("deye-can", "full", "351#2C020000E803D001 35C#4000 35E#4445594520202020"),
        # 3340 is 0D0C, 3325 is 0CFD.
        ("luxpower-can", "one", "355#3D0063000C0DFD0C 35C#C000570000000000"),
        # 5712 is 1650, -4 is FFFC, 281 is 0119, 280 is 0118.
        ("luxpower-can", "over-voltage", "356#5016FCFF19011801"),
        ("luxpower-can", "hot", "359#0800080002C80000"),
        # High byte first. 5280 is 14A0, -55 is FFC9, 622 is 026E, 57 is 39, 97 is 61.
        ("growatt-can", "hot", "311#0230000000000D07 312#00C000C002AABB20 313#14A0FFC9026E3961"),
        # 6120 is 17E8, 9980 is 26FC, 15 mV apart, 87 cycles; 3331 is 0D03, the fifth cell 3325 is 0CFD.
        ("growatt-can", "one", "314#17E826FC000F0057 315#0D030D030D030D03 316#0CFD0D030D030D03"),
        # 2888 is 0B48 in cell 4, 2861 is 0B2D in cell 9.
        ("growatt-can", "empty", "319#A00B480B2D040900"),
        # -105 is FF97, -123 is FF85.
        ("seplos-can", "cold", "370#97FF85FF860C7F0C 371#0301010110010101"),
        # 525 is 020D, -612.3 A does not fit above an offset of 500 A, 1300 is 0514.
        ("afore-can", "fifteen", "350#0D02000014050000"),
        # Discharge only (2) in state 4 (80); 895 is 037F, 877 is 036D; 3500 is 0DAC, 2900 is 0B54.
        ("afore-can", "cold", "351#2D63640182001000 355#7F036D0303000100 356#AC0D540B00000000"),
        ("afore-can", "fault", "353#0001008A00000000"),
        # Cut-off second; 200 is C8; 432 is 01B0, 50 is 32.
        (
            "megarevo-can",
            "under-voltage",
            "1F000300#3002D001C8000000 1F000301#00006300B0013200 1F000303#0200000002000000",
        ),
    ],
)
def test_frames_turned_into_bytes_by_hand(dialect: str, state: str, frames: str) -> None:
    held = [frame for frame, _ in golden()[dialect, state]]
    assert set(frames.split()) <= set(held)


def signals(dialect: str, frame: CanFrame) -> dict[str, Any]:
    identifier = frame.id
    return dict(database(dialect).get_message_by_frame_id(identifier).decode(frame.data, decode_choices=False))  # type: ignore[arg-type, call-overload, unused-ignore]


@every_dialect
@every_state
def test_cantools_reads_the_golden_frames_to_the_values_of_the_state(dialect: str, state: State) -> None:
    everything: dict[str, Any] = {}
    for line, _ in golden()[dialect, state.name]:
        frame = CanFrame.parse(line)
        everything |= {name: value for name, value in signals(dialect, frame).items() if name != "unused"}
    for name, wanted in expected(dialect, state.paper).items():
        assert everything[name] == pytest.approx(wanted, abs=1e-9), name


def expected(dialect: str, paper: Paper) -> dict[str, float]:
    """Physical values of a state by their names in the DBC, as far as a dialect has them."""
    cvl = paper.held_cvl_d if dialect in ("victron-can", "deye-can") and paper.held_cvl_d else paper.cvl_d
    sma = dialect == "sma-can"
    wanted: dict[str, float] = {
        "charge_voltage_limit_v": cvl / 10,
        "charge_current_limit_a": (paper.sma_ccl_d if sma and paper.sma_ccl_d is not None else paper.ccl_d) / 10,
        "discharge_current_limit_a": (paper.sma_dcl_d if sma and paper.sma_dcl_d is not None else paper.dcl_d) / 10,
    }
    if paper.dvl_d is not None and dialect != "growatt-can":
        wanted["discharge_voltage_limit_v"] = paper.dvl_d / 10
    if paper.soc is None or paper.soh is None or paper.v_c is None or paper.v_d is None or paper.i_d is None:
        return wanted
    tenths = dialect in ("afore-can", "megarevo-can")
    # Afore's current has an offset of 500 A below which nothing can be told.
    current = max(paper.i_d, -5000) if dialect == "afore-can" else paper.i_d
    wanted |= {
        "soc_pct": paper.soc,
        "soh_pct": paper.soh,
        "pack_voltage_v": paper.v_d / 10 if tenths else paper.v_c / 100,
        "pack_current_a": current / 10,
    }
    return wanted


def test_the_dbc_names_its_bits() -> None:
    message = database("growatt-can").get_message_by_name("alarms_312")
    named = {signal.name: signal.comment for signal in message.signals}
    assert named["protections_12_cell_over_voltage"] == "cell_over_voltage"
    assert named["protections_15_discharge_over_cu"] == "discharge_over_current or discharge_over_current_2"
    pairs = database("sma-can").get_message_by_frame_id(0x35A).get_signal_by_name("alarms_12_cell_imbalance")
    assert pairs.choices is not None
    assert {number: str(word) for number, word in pairs.choices.items()} == {
        0: "not said",
        1: "raised",
        2: "cleared",
        3: "not said",
    }
    assert pairs.start == 56


def test_the_dbc_tells_direction_period_and_width_of_identifiers() -> None:
    found = database("growatt-can")
    assert found.get_message_by_frame_id(0x301).senders == ["INVERTER"]
    assert found.get_message_by_frame_id(0x311).senders == ["BATTERY"]
    assert found.get_message_by_frame_id(0x311).cycle_time == 1000
    assert all(message.is_extended_frame for message in database("megarevo-can").messages)
