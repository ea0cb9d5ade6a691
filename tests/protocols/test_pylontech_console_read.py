"""The Pylontech console: words, events and the clock as they are read, and arbitrary text."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.captured import Captured
from tests.protocols.consolesamples import GOOD, learned, read, say, text
from tests.protocols.contract import OPTIONS, rich_pack
from tests.protocols.memory import Memory
from tests.samples import rack, with_status

from openress.bms.aggregate import aggregate
from openress.errors import FrameError, ParameterError
from openress.model import Condition, Fault, PackSample
from openress.model.history import Calendar
from openress.protocols.base import Direction
from openress.protocols.battery.pylontech_console import (
    PylontechConsoleClient,
    PylontechConsoleClock,
    PylontechConsoleDecoder,
    PylontechConsoleServer,
)
from openress.protocols.battery.pylontech_console.answer import MAX_ANSWER, Answer, ConsoleSplitter
from openress.protocols.battery.pylontech_console.words import event_names, word_conditions

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
