"""The Pylontech console: captured answers, what our own prints, and what a client makes of it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from tests.captured import Captured
from tests.protocols.answeringcontract import AnsweringContract
from tests.protocols.askingcontract import AskingContract
from tests.protocols.consolesamples import GOOD, KNOWN, learned, read, say, text
from tests.protocols.contract import OPTIONS, Spoken, accept, rich_pack
from tests.protocols.replay import agrees
from tests.samples import pack, rack, with_analog, with_status

from openress.bms.aggregate import aggregate
from openress.errors import FrameError
from openress.model import Condition, Fault, PackState, RackSample
from openress.protocols.base import Direction
from openress.protocols.battery.pylontech_console import (
    PylontechConsoleDecoder,
    PylontechConsoleServer,
)
from openress.protocols.battery.pylontech_console.answer import Answer
from openress.protocols.battery.pylontech_console.words import ALARMS, PROTECTIONS

BAD = [one for one in KNOWN if one.says["kind"] == "error"]


@pytest.mark.parametrize("told", [True, False], ids=["direction-told", "direction-found"])
@pytest.mark.parametrize("known", GOOD, ids=str)
def test_captured_text(known: Captured, told: bool) -> None:
    says = dict(known.says)
    kind = says.pop("kind")
    reading = PylontechConsoleDecoder().read(text(known), Direction(known.mark) if told else None)
    assert reading.kind == kind
    values: dict[str, Any] = dict(reading.values)
    if "first" in says:
        assert len(values["packs"]) == says.pop("count")
        agrees(values["packs"][0], says.pop("first"))
    agrees(values, says)


@pytest.mark.parametrize("known", BAD, ids=str)
def test_what_is_no_answer_is_refused_with_the_reason(known: Captured) -> None:
    with pytest.raises(FrameError) as caught:
        PylontechConsoleDecoder().read(text(known))
    assert (str(caught.value), caught.value.at) == (known.says["error"], known.says["at"])


SPOKEN = Spoken(
    "pylontech-console",
    carries={
        "pack_voltage_v": 0.0005,
        "pack_current_a": 0.0005,
        "cell_voltages_mv": 0,
        "temperatures_c": 0.0005,
        "env_temperature_c": 0.0005,
        "soc_pct": 0.5,
        "soh_pct": 0.5,
        "remaining_ah": 0.0005,
        "full_ah": 0.0005,
        "design_ah": 0.0005,
        "cycles": 0,
        "serial": 0,
        "manufacturer": 0,
        "model": 0,
        "software_version": 0,
        "state": 0,
        "balancing": 0,
        "switches.charge": 0,
        "switches.discharge": 0,
        "switches.heating": 0,
    },
    alarms=frozenset(member for members in ALARMS.values() for member in members),
    protections=frozenset(member for members in PROTECTIONS.values() for member in members),
    faults=frozenset({Fault.SYSTEM}),
    # The general identity of the battery steps in for what a pack does not know of itself.
    cautious={"manufacturer": "OpenRESS", "model": "A5L-51V2", "software_version": "0.1.0"},
    foreign=(b"~20014682C0048520FCC3\r",),
    noise=(b"\x00", b"\xff", b"\x00\xff\x00"),
)


class TestAnswering(AnsweringContract):
    spoken = SPOKEN

    def test_a_question_with_one_wrong_bit_gets_no_answer(self) -> None:
        """A console has no checksum: a wrong letter is another command, and is answered as such."""
        (answer,) = self.spoken.server().feed(b"pws 1\n", self.spoken.rack(), 0.0)
        assert b"Unknown command 'pws 1' - try 'help'" in answer

    def test_a_question_for_somebody_else_gets_no_answer(self) -> None:
        """There is nobody else on the cable: a pack that is not there is refused."""
        server = self.spoken.server()
        for question in (b"pwr 9\n", b"bat 0\n", b"info x\n"):
            (answer,) = server.feed(question, self.spoken.rack(), 0.0)
            assert PylontechConsoleDecoder().read(answer).kind == "refusal"
        for frame in self.spoken.foreign:
            assert server.feed(frame, self.spoken.rack(), 0.0) == []

    def test_its_own_echo_gets_no_answer_and_costs_none(self) -> None:
        """RS232 has a wire for each direction; what is printed never comes back."""
        server, query = self.spoken.server(), self.spoken.client().first(1)
        assert server.feed(query.frame, self.spoken.rack(), 0.0) == server.feed(query.frame, self.spoken.rack(), 1.0)


class TestAsking(AskingContract):
    spoken = SPOKEN

    def test_an_answer_with_one_wrong_bit_is_refused(self) -> None:
        """Without a checksum only the frame and the words can be checked; whatever comes, it is read or refused."""
        for client, query, answer, sample in self.exchanges():
            for at in range(len(answer)):
                spoilt = bytearray(answer)
                spoilt[at] ^= 0x01
                after = accept(client, sample, query, bytes(spoilt))
                assert after is None or after.pack == sample.pack


def test_the_frame_is_printed_byte_for_byte_as_captured() -> None:
    (answer,) = say(b"nonsense\n")
    assert answer == b"nonsense\n\r@\r\r\nUnknown command 'nonsense' - try 'help'\r\r\n\r$$\r\n\rpylon>"
    (answer,) = say(b"stat 1\n")
    assert answer.endswith(b"\r\r\n\rCommand completed successfully\r\n\r$$\r\n\rpylon>")


def test_an_empty_line_wakes_the_prompt() -> None:
    """CR LF is two empty lines, and two prompts (captured)."""
    assert say(b"\r\n") == [b"\n\rpylon>", b"\n\rpylon>"]
    server = PylontechConsoleServer(OPTIONS, prompt="pylon_debug>")
    assert server.feed(b"\n", rack(), 0.0) == [b"\n\rpylon_debug>"]


def test_the_table_of_all_packs() -> None:
    alarm = with_status(pack(2), alarms=frozenset({Condition.CELL_OVER_VOLTAGE}))
    bare = replace(with_analog(pack(4), mos_temperature_c=None), status=None)
    values = read(b"pwr\n", aggregate([pack(1), alarm, bare], 0.0)).values
    packs: Any = values["packs"]
    assert [one["pack"] for one in packs] == [1, 2, 4]
    assert values["absent_packs"] == [3, *range(5, 17)]
    assert (packs[0]["pack_voltage_v"], packs[0]["mos_temperature_c"], packs[0]["soc_pct"]) == (52.9, 29.2, 51)
    assert (packs[0]["temperature_min_c"], packs[0]["cell_voltage_max_mv"]) == (24.5, 3316)
    assert [one["alarms"] for one in packs] == [[], ["cell_over_voltage"], []]
    assert "mos_temperature_c" not in packs[2]
    assert "state" not in packs[2]


def test_packs_that_are_not_fresh_are_absent_and_silence_the_sums() -> None:
    mixed = aggregate([pack(1), pack(2, at_s=-20.0)], 0.0)
    values: Any = read(b"pwr\n", mixed).values
    assert [one["pack"] for one in values["packs"]] == [1]
    assert say(b"pwrsys\n", mixed) == []
    assert say(b"pwr 2\n", mixed) == []
    assert say(b"pwr\n", rack(at_s=-20.0)) == []
    assert say(b"info 2\n", mixed)


def test_the_whole_stack() -> None:
    values = read(b"pwrsys\n").values
    assert (values["modules"], values["charge_current_limit_a"], values["discharge_current_limit_a"]) == (4, 200, 200)
    assert (values["pack_current_a"], values["cell_voltage_min_mv"], values["temperature_max_c"]) == (-50.0, 3301, 28.0)
    empty = RackSample(0.0, (pack(1),))
    assert read(b"pwrsys\n", empty).kind == "refusal"


def test_without_a_number_the_pack_at_the_cable_is_meant() -> None:
    assert read(b"info\n").values["pack"] == 1
    assert read(b"stat\n").values["pack"] == 1
    assert read(b"bat\n").values["cell_voltages_mv"] == list(range(3301, 3317))


def test_help_names_what_there_is() -> None:
    (answer,) = say(b"help\n")
    assert Answer.read(answer).lines == ("bat", "help", "info", "pwr", "pwrsys", "stat", "time")


@pytest.mark.parametrize(
    "command", [b"log\n", b"shut\n", b"reset\n", b"login debug\n", b"pwr 1 2\n", b"config\n", b"x" * 300 + b"\n"]
)
def test_nothing_else_can_be_done(command: bytes) -> None:
    answers = say(command)
    assert all(PylontechConsoleDecoder().read(answer).kind == "refusal" for answer in answers)
    assert len(answers) == (0 if len(command) > 256 else 1)


def test_what_is_not_known_is_not_printed() -> None:
    silent = replace(pack(1), status=None, identity=None)
    (answer,) = say(b"pwr 1\n", aggregate([silent], 0.0))
    assert not any(word in answer for word in (b"Status", b"Events", b"Fault", b"FetState"))
    assert read(b"pwr 1\n", aggregate([with_analog(pack(1), pack_voltage_v=None)], 0.0)).kind == "refusal"
    assert read(b"bat 1\n", aggregate([with_analog(pack(1), cell_voltages_mv=None)], 0.0)).kind == "refusal"
    (answer,) = say(b"info 1\n", aggregate([silent], 0.0), rated=None)
    assert b"Barcode" not in answer
    assert b"Curr" not in answer


def test_a_state_without_a_word_is_not_printed() -> None:
    assert learned(aggregate([with_status(rich_pack(1), state=PackState.PROTECT)], 0.0)).status is not None
    assert b"Basic Status" not in say(b"pwr 1\n", aggregate([with_status(pack(1), state=PackState.OFF)], 0.0))[0]


def test_cells_tell_which_is_low_and_which_is_high() -> None:
    bad = frozenset({Condition.CELL_UNDER_VOLTAGE, Condition.CHARGE_UNDER_TEMPERATURE})
    values = read(b"bat 1\n", aggregate([with_status(pack(1), alarms=bad)], 0.0)).values
    assert values["alarms"] == [
        "cell_under_voltage",
        "charge_under_temperature",
        "discharge_under_temperature",
    ]
