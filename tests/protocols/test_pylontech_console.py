"""The Pylontech console: captured answers, what our own prints, and what a client makes of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.captured import Captured, captured
from tests.protocols.contract import OPTIONS, AnsweringContract, AskingContract, Spoken, accept, rich_pack
from tests.protocols.memory import Memory
from tests.protocols.replay import agrees
from tests.samples import pack, rack, with_analog, with_status

from openress.bms.aggregate import aggregate
from openress.errors import FrameError, ParameterError
from openress.model import Condition, Fault, PackSample, PackState, RackSample
from openress.model.history import Calendar
from openress.protocols.base import Direction, Reading
from openress.protocols.battery.pylontech_console import (
    PylontechConsoleClient,
    PylontechConsoleClock,
    PylontechConsoleDecoder,
    PylontechConsoleServer,
)
from openress.protocols.battery.pylontech_console.answer import MAX_ANSWER, Answer, ConsoleSplitter
from openress.protocols.battery.pylontech_console.words import ALARMS, PROTECTIONS, event_names, word_conditions

KNOWN = captured("pylontech-console.txt")
GOOD = [one for one in KNOWN if one.says["kind"] != "error"]
BAD = [one for one in KNOWN if one.says["kind"] == "error"]


def text(known: Captured) -> bytes:
    return known.frame.encode().decode("unicode_escape").encode("latin-1")


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


def say(command: bytes, on: RackSample | None = None, *, now_s: float = 0.0, **options: Any) -> list[bytes]:
    server = PylontechConsoleServer(replace(OPTIONS, **options))
    return server.feed(command, on or rack(), now_s)


def read(command: bytes, on: RackSample | None = None, **options: Any) -> Reading:
    (answer,) = say(command, on, **options)
    return PylontechConsoleDecoder().read(answer)


def learned(on: RackSample, number: int = 1) -> PackSample:
    client, server = PylontechConsoleClient(), PylontechConsoleServer(OPTIONS)
    sample = PackSample(number)
    for query in (*client.cycle(number), *client.rarely(number)):
        (answer,) = server.feed(query.frame, on, 0.0)
        sample = client.merge(sample, query, answer, 0.0)
    return sample


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


# Words.


@pytest.mark.parametrize(
    ("words", "raised"),
    [
        ({"Volt.St": "Normal"}, set()),
        ({"Volt.St": "Low"}, {Condition.PACK_UNDER_VOLTAGE}),
        ({"B.V.St": "High"}, {Condition.CELL_OVER_VOLTAGE}),
        ({"B.V.St": "Strange"}, {Condition.CELL_OVER_VOLTAGE, Condition.CELL_UNDER_VOLTAGE}),
        ({"DTemp.State": "OT"}, {Condition.DISCHARGE_OVER_TEMPERATURE}),
        ({"CTemp.State": "Low"}, {Condition.CHARGE_UNDER_TEMPERATURE}),
        ({"M.T.St": "High"}, {Condition.MOS_OVER_TEMPERATURE}),
    ],
)
def test_words(words: dict[str, str], raised: set[Condition]) -> None:
    assert word_conditions(words) == raised


def test_a_named_event_makes_the_word_precise() -> None:
    assert word_conditions({"Curr.St": "High"}, {Condition.CHARGE_OVER_CURRENT}) == frozenset()


@pytest.mark.parametrize(
    ("mask", "names", "unnamed"),
    [
        ("0x0", (), False),
        ("0x2000     COULFULL", ("COULFULL",), False),
        ("0x41 BOV COC", ("BOV", "COC"), False),
        ("0x40", (), True),
        ("0x40 WHAT", (), True),
        ("many", (), True),
    ],
)
def test_event_masks(mask: str, names: tuple[str, ...], unnamed: bool) -> None:
    assert event_names(mask) == (names, unnamed)


def test_events_without_names_are_a_fault() -> None:
    lines = [" Power  1", " Voltage : 49280 mV", " Bat Events : 0x8", " System Fault : 0x0"]
    answer = ("pwr 1\n\r@\r\r\n" + "\r\r\n".join(lines) + "\r\r\n\rCommand completed successfully\r\n\r$$").encode()
    client = PylontechConsoleClient()
    status = client.merge(PackSample(1), client.first(1), answer, 0.0).status
    assert status is not None
    assert status.faults == {Fault.SYSTEM}
    assert status.alarms == frozenset()


@pytest.mark.parametrize("condition", [Condition.AMBIENT_OVER_TEMPERATURE, Condition.DISCHARGE_OVER_CURRENT_2])
def test_alarms_without_an_event_of_their_own(condition: Condition) -> None:
    sample = learned(aggregate([with_status(rich_pack(1), alarms=frozenset({condition}))], 0.0))
    assert sample.status is not None
    assert sample.status.alarms


# The client.


def test_old_cells_do_not_grow_young_with_a_new_voltage() -> None:
    client, server = PylontechConsoleClient(), PylontechConsoleServer(OPTIONS)
    sample = learned(rack())
    (answer,) = server.feed(client.first(1).frame, rack(at_s=5.0), 5.0)
    analog = client.merge(sample, client.first(1), answer, 5.0).analog
    assert analog is not None
    assert analog.at_s == 5.0
    assert analog.cell_voltages_mv is None
    assert (analog.cycles, analog.soh_pct) == (10, 99)


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (b"pwr 2\n\r@\r\r\n Power  2\r\r\n\rCommand completed successfully\r\n\r$$", "the answer to 'pwr 2'"),
        (b"\n\r@\r\r\n Power  2\r\r\n\rCommand completed successfully\r\n\r$$", "the values of pack 2"),
        (b"pwr 1\n\r@\r\r\n Power  1\r\r\n\rCommand completed successfully\r\n\r$$", "pack 1 is absent"),
        (
            b"pwr 1\n\r@\r\r\n Power  1\r\r\n Voltage : 49x mV\r\r\n\rCommand completed successfully\r\n\r$$",
            "no number",
        ),
        (b"pwr 1\n\r@\r\r\nPower 1 not found\r\r\n\r$$", "the console refuses: Power 1 not found"),
        (b"Command completed successfully\r\n\r$$", "no '@'"),
        (b"pwr 1\n\r@\r\r\n Power  1\r\r\n", "ends before"),
    ],
)
def test_answers_that_are_none(answer: bytes, reason: str) -> None:
    client = PylontechConsoleClient()
    with pytest.raises(FrameError, match=reason):
        client.merge(PackSample(1), client.first(1), answer, 0.0)


def test_a_cell_without_a_voltage_is_refused() -> None:
    head = "Battery  Volt     Curr"
    answer = f"bat 1\n\r@\r\r\n{head}\r\r\n0        -        0\r\r\n\rCommand completed successfully\r\n\r$$"
    with pytest.raises(FrameError, match="a cell has no voltage"):
        PylontechConsoleDecoder().read(answer.encode())


@pytest.mark.parametrize("command", [1, 2, 3])
def test_an_answer_that_has_nothing_to_say_is_refused(command: int) -> None:
    client = PylontechConsoleClient()
    query = (*client.cycle(1), *client.rarely(1))[command]
    answer = query.frame + b"\r@\r\r\nnothing\r\r\n\rCommand completed successfully\r\n\r$$"
    with pytest.raises(FrameError):
        client.merge(PackSample(1), query, answer, 0.0)


def test_what_was_typed_before_an_answer_does_not_matter() -> None:
    splitter, client = ConsoleSplitter(), PylontechConsoleClient()
    (answer,) = say(b"pwr 1\n")
    first, second = splitter.feed(b"\r\n\rpylon>" + answer + answer)
    for frame in (first, second):
        assert client.merge(PackSample(1), client.first(1), frame, 0.0).analog is not None
    splitter.feed(b"half an ans")
    splitter.reset()
    assert splitter.feed(answer) == [answer[: answer.index(b"$$") + 2]]


def test_a_client_takes_no_answer_to_what_it_does_not_ask() -> None:
    query = PylontechConsoleClock().clock_query(1)
    (answer,) = say(query.frame, memory=Memory({}))
    with pytest.raises(FrameError, match="'time' is not asked by this client"):
        PylontechConsoleClient().merge(PackSample(1), query, answer, 0.0)


def test_text_without_anything_is_refused() -> None:
    with pytest.raises(FrameError, match="has no text"):
        Answer.read(b"pylon>")


def test_an_answer_without_end_is_dropped() -> None:
    splitter = ConsoleSplitter()
    assert splitter.feed(b"x" * (MAX_ANSWER + 1)) == []
    assert splitter.feed(b"@$$") == [b"@$$"]


def test_packs_have_the_numbers_of_the_console() -> None:
    client = PylontechConsoleClient()
    assert client.address(16) == 16
    for number in (0, 17):
        with pytest.raises(ParameterError, match="packs 1 to 16"):
            client.address(number)


# The clock.


def test_the_clock_is_read_and_set() -> None:
    clock, memory = PylontechConsoleClock(), Memory({})
    query = clock.clock_query(1)
    (answer,) = say(query.frame, memory=memory)
    assert clock.clock(query, answer) == Calendar(2026, 11, 20, 23, 59, 58)
    now = Calendar(2022, 4, 11, 9, 59, 0)
    query = clock.set_clock_query(1, now)
    assert query.frame == b"time 22 04 11 09 59 00\n"
    (answer,) = say(query.frame, memory=memory)
    clock.written(query, answer)
    assert PylontechConsoleDecoder().read(answer).kind == "done"
    assert memory.done == [(1, now)]


@pytest.mark.parametrize("order", [b"time 22 4 11 09 59 00\n", b"time 22 13 11 09 59 00\n", b"time 1 2\n"])
def test_a_time_that_is_none_is_refused(order: bytes) -> None:
    memory = Memory({})
    assert read(order, memory=memory).kind == "refusal"
    assert memory.done == []


def test_a_clock_that_cannot_be_set_is_an_error() -> None:
    clock = PylontechConsoleClock()
    query = clock.set_clock_query(1, Calendar(2022, 4, 11, 9, 59, 0))
    for options in ({"memory": None}, {"memory": Memory({}, refuses="no")}):
        (answer,) = say(query.frame, **options)
        with pytest.raises(FrameError, match="refuses"):
            clock.written(query, answer)
    with pytest.raises(FrameError, match="ends with 'Perhaps'"):
        clock.written(query, b"\r@\r\r\nPerhaps\r\n\r$$")
    (answer,) = say(b"time\n", memory=Memory({}, now=None))
    with pytest.raises(FrameError, match="refuses"):
        clock.clock(clock.clock_query(1), answer)
    with pytest.raises(FrameError, match="no time"):
        clock.clock(clock.clock_query(1), b"time\n\r@\r\r\nRTC\r\r\n\rCommand completed successfully\r\n\r$$")


def test_only_the_pack_at_the_cable_shows_its_clock() -> None:
    with pytest.raises(ParameterError, match="at the cable"):
        PylontechConsoleClock().clock_query(2)
    with pytest.raises(ParameterError, match="2000 to 2099"):
        PylontechConsoleClock().set_clock_query(1, Calendar(1999, 1, 1, 0, 0, 0))


# The decoder.


def test_expecting_a_command() -> None:
    decoder = PylontechConsoleDecoder()
    decoder.expect("bat")
    with pytest.raises(FrameError, match="none of the words of bat"):
        decoder.read(say(b"stat 1\n")[0])
    with pytest.raises(ParameterError, match="did you mean pwr"):
        decoder.expect("pwrs")


def test_the_lines_of_a_log_are_told_as_they_are() -> None:
    answer = b"log\n\r@\r\r\nanything\r\r\n\rCommand completed successfully\r\n\r$$"
    assert PylontechConsoleDecoder().read(answer).values == {"lines": ["anything"]}


def test_a_command_that_is_not_known_is_refused() -> None:
    with pytest.raises(FrameError, match="'shut' is no command"):
        PylontechConsoleDecoder().read(b"shut\n", Direction.TO_BATTERY)


PRINTABLE = st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E), max_size=40)


COMMANDS = st.sampled_from(["pwr", "pwr 1", "bat 1", "info 1", "stat 1", "time", "log", ""])
DONE = "\r\r\n\rCommand completed successfully\r\n\r$$"


@given(st.lists(PRINTABLE, max_size=8), COMMANDS)
def test_arbitrary_lines_are_read_or_refused(lines: list[str], command: str) -> None:
    answer = (command + "\n\r@\r\r\n" + "\r\r\n".join(lines) + DONE).encode()
    client, clock = PylontechConsoleClient(), PylontechConsoleClock()
    queries = (*client.cycle(1), *client.rarely(1))
    readers: list[Callable[[], object]] = [
        lambda: PylontechConsoleDecoder().read(answer),
        lambda: clock.clock(clock.clock_query(1), answer),
        *[partial(client.merge, PackSample(1), query, answer, 0.0) for query in queries],
    ]
    for reader in readers:
        try:
            reader()
        except FrameError as error:
            assert error.at >= 0


@given(st.sampled_from(GOOD), st.data())
def test_spoilt_captures_are_read_or_refused(known: Captured, data: st.DataObject) -> None:
    spoilt = bytearray(text(known))
    for _ in range(data.draw(st.integers(1, 5))):
        at = data.draw(st.integers(0, len(spoilt) - 1))
        spoilt[at : at + data.draw(st.integers(0, 3))] = data.draw(st.binary(max_size=3))
        spoilt = spoilt or bytearray(b"@")
    try:
        PylontechConsoleDecoder().read(bytes(spoilt))
    except FrameError as error:
        assert error.at >= 0


@given(st.binary(max_size=300))
def test_arbitrary_bytes_are_read_or_refused(noise: bytes) -> None:
    try:
        PylontechConsoleDecoder().read(noise)
    except FrameError as error:
        assert error.at >= 0
