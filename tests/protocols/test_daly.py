"""Daly: captured frames, answers in several frames, the sign of the current, alarms, switches."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.captured import Captured, captured
from tests.layouts import frames
from tests.memory import KeptMemory
from tests.protocols.contract import OPTIONS, accept, rich_pack
from tests.protocols.stated import check
from tests.samples import with_analog, with_status

from openress.bms.aggregate import aggregate
from openress.codec import Layout
from openress.errors import FrameError, ParameterError
from openress.model import Condition, Fault, PackSample
from openress.protocols.access import Control
from openress.protocols.battery.daly import DalyClient, DalyControls, DalyDecoder, DalyRedactor, DalyServer
from openress.protocols.battery.daly import frames as f
from openress.protocols.battery.daly.alarms import alarm_bytes, wrong
from openress.protocols.battery.daly.frames import Command, Frame, Level

CAPTURES = captured("daly.txt")
LAYOUTS = [f.TOTALS, f.EXTREME_CELLS, f.EXTREME_TEMPERATURES, f.STATE, f.COUNTS, f.RATED]


@pytest.mark.parametrize("known", CAPTURES, ids=str)
def test_captured_frame(known: Captured) -> None:
    check(known, DalyDecoder(), f.splitter())


@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda layout: layout.frame.__name__)
@given(data=st.data())
def test_every_table_comes_back_as_it_was_sent(layout: Layout[Any], data: st.DataObject) -> None:
    frame = data.draw(frames(layout))
    raw = layout.encode(frame)
    assert len(raw) == f.DATA
    assert layout.decode(raw) == frame


@given(st.integers(0, 255), st.integers(0, 255), st.binary(min_size=8, max_size=8))
def test_every_frame_comes_back_as_it_was_sent(address: int, command: int, data: bytes) -> None:
    frame = Frame(address, command, data)
    assert Frame.decode(frame.encode()) == frame
    try:
        DalyDecoder().read(frame.encode())
    except FrameError as error:
        assert 0 <= error.at <= f.SIZE


@given(st.binary(max_size=60))
def test_arbitrary_bytes_are_read_or_refused(data: bytes) -> None:
    with pytest.raises(FrameError):
        DalyDecoder().read(data)


def ask(
    command: int, data: bytes = bytes(8), *, host: int = f.PC, sample: PackSample | None = None, **how: Any
) -> list[Frame]:
    server = DalyServer(how.get("options", OPTIONS))
    answers = server.feed(Frame(host, command, data).encode(), aggregate([sample or rich_pack(1)], 0.0), 0.0)
    return [Frame.decode(answer) for answer in answers]


def test_a_pack_captured_frame_by_frame_is_read_as_a_whole() -> None:
    """94, then the sixteen frames of 95 of one capture, in chunks that know nothing of frames."""
    client, sample = DalyClient(), PackSample(1)
    by_name = {query.name: query for query in client.cycle(1)}
    counts = bytes.fromhex(next(k.frame for k in CAPTURES if k.says["kind"] == "counts"))
    cells = b"".join(bytes.fromhex(k.frame) for k in CAPTURES if "16-cell" in k.origin and k.says["kind"] == "cells")
    cell_query = by_name["cell voltages"]
    assert accept(client, sample, cell_query, cells) is None
    sample = accept(client, sample, by_name["numbers of cells and sensors"], counts) or sample
    read = accept(client, sample, cell_query, cells, chunk=5)
    assert read is not None
    assert read.analog is not None
    assert read.analog.cell_voltages_mv == (
        3325, 3326, 3326, 3326, 3326, 3326, 3326, 3326, 3326, 3326, 3324, 3326, 3326, 3327, 3326, 3324,
    )  # fmt: skip
    assert read.analog.cycles == 3


def test_a_series_with_a_frame_missing_or_out_of_order_is_no_answer() -> None:
    client = DalyClient()
    rack = aggregate([rich_pack(1)], 0.0)
    queries = {query.name: query for query in client.cycle(1)}
    server = DalyServer(OPTIONS)
    counted = client.merge(
        PackSample(1),
        queries["numbers of cells and sensors"],
        server.feed(queries["numbers of cells and sensors"].frame, rack, 0.0)[0],
        0.0,
    )
    answers = server.feed(queries["cell voltages"].frame, rack, 0.0)
    assert len(answers) == 6
    for spoilt in (answers[1:], answers[:2] + answers[3:], answers[:5], [*reversed(answers)]):
        assert accept(client, counted, queries["cell voltages"], b"".join(spoilt)) is None


def test_a_series_counted_from_zero_as_in_the_document_is_read_too() -> None:
    client, sample = DalyClient(), PackSample(1)
    queries = {query.name: query for query in client.cycle(1)}
    (counts,) = ask(Command.COUNTS)
    sample = client.merge(sample, queries["numbers of cells and sensors"], counts.encode(), 0.0)
    shifted = [replace(part, data=bytes((part.data[0] - 1,)) + part.data[1:]) for part in ask(Command.CELLS)]
    read = accept(client, sample, queries["cell voltages"], b"".join(part.encode() for part in shifted))
    assert read is not None
    assert read.analog is not None
    assert read.analog.cell_voltages_mv == (rich_pack(1).analog or read.analog).cell_voltages_mv


def test_bluetooth_gets_every_frame_and_a_wire_those_in_use() -> None:
    assert [len(ask(Command.CELLS, host=host)) for host in (f.PC, f.GPRS, f.BLUETOOTH)] == [6, 6, 16]
    assert [len(ask(Command.TEMPERATURES, host=host)) for host in (f.PC, f.BLUETOOTH)] == [1, 3]
    assert ask(Command.CELLS, host=f.BLUETOOTH)[6].data == bytes((7,)) + bytes(7)


@pytest.mark.parametrize(("current_a", "raw"), [(12.3, 29877), (-45.6, 30456), (0.0, 30000), (9999.0, 0)])
def test_trap_plus_is_discharge_on_the_wire(current_a: float, raw: int) -> None:
    (reply,) = ask(Command.TOTALS, sample=with_analog(rich_pack(1), pack_current_a=current_a))
    assert int.from_bytes(reply.data[4:6], "big") == raw


def test_trap_no_current_is_not_minus_zero() -> None:
    (reply,) = ask(Command.TOTALS, sample=with_analog(rich_pack(1), pack_current_a=0.0))
    assert str(DalyDecoder().read(reply.encode()).values["pack_current_a"]) == "0.0"


def test_temperatures_count_from_minus_forty() -> None:
    (reply,) = ask(Command.TEMPERATURES)
    assert list(reply.data) == [1, 36, 65, 66, 64, 0, 0, 0]  # -4.5 and 25.5 go to the even degree
    assert ask(Command.EXTREME_TEMPERATURES)[0].data[:4] == bytes((66, 3, 36, 1))


@pytest.mark.parametrize("level", [Level.ALARM, Level.PROTECTION])
@given(data=st.data())
def test_conditions_come_back_with_those_that_share_their_bits(level: Level, data: st.DataObject) -> None:
    own = {member for row in f.ALARM_BITS if row.level is level for member in row.members}
    sent = frozenset(data.draw(st.sets(st.sampled_from(sorted(own)))))
    calm: frozenset[Any] = frozenset()
    raw = alarm_bytes(sent, calm, calm) if level is Level.ALARM else alarm_bytes(calm, sent, calm)
    read = wrong(raw)[level]
    assert sent <= read
    assert all(any(other in row.members for row in f.ALARM_BITS if sent & set(row.members)) for other in read - sent)


@pytest.mark.parametrize("condition", Condition)
def test_a_pack_that_protects_itself_never_looks_well(condition: Condition) -> None:
    (reply,) = ask(Command.ALARMS, sample=with_status(rich_pack(1), protections=frozenset({condition})))
    assert wrong(reply.data)[Level.PROTECTION]


@pytest.mark.parametrize("fault", Fault)
def test_a_pack_with_a_fault_never_looks_well(fault: Fault) -> None:
    (reply,) = ask(Command.ALARMS, sample=with_status(rich_pack(1), faults=frozenset({fault})))
    assert wrong(reply.data)[Level.FAULT]


def test_trap_fully_charged_is_no_alarm() -> None:
    assert not any(wrong(bytes((0, 0, 0x30, 0, 0, 0, 0, 0))).values())


def test_a_pack_without_sensors_answers_and_tells_no_temperature() -> None:
    bare = with_analog(rich_pack(1), temperatures_c=None)
    (counts,), (warmth,) = ask(Command.COUNTS, sample=bare), ask(Command.TEMPERATURES, sample=bare)
    client = DalyClient()
    queries = {query.name: query for query in client.cycle(1)}
    read = client.merge(PackSample(1), queries["numbers of cells and sensors"], counts.encode(), 0.0)
    read = client.merge(read, queries["temperatures"], warmth.encode(), 0.0)
    assert read.analog is not None
    assert read.analog.temperatures_c is None


def test_balancing_that_is_not_known_is_not_told_and_stops_no_reading() -> None:
    assert ask(Command.BALANCE, sample=with_status(rich_pack(1), balancing=None)) == []
    assert "balancing" not in {query.name for query in DalyClient().cycle(1)}


def test_balancing_counts_from_the_lowest_bit_of_the_first_byte() -> None:
    (reply,) = ask(Command.BALANCE)
    assert reply.data == bytes((0x44,)) + bytes(7)
    decoder = DalyDecoder()
    assert len(decoder.read(reply.encode()).values["balancing"]) == 48  # type: ignore[arg-type]
    decoder.read(ask(Command.COUNTS)[0].encode())
    values = decoder.read(reply.encode()).values
    assert values["balancing"] == [cell in (2, 6) for cell in range(16)]


def test_a_decoder_that_knows_the_counts_leaves_unused_places_out() -> None:
    decoder = DalyDecoder()
    decoder.read(ask(Command.COUNTS)[0].encode())
    parts = [decoder.read(part.encode()).values["cell_voltages_mv"] for part in ask(Command.CELLS, host=f.BLUETOOTH)]
    assert [len(part) for part in parts] == [3] * 5 + [1] + [0] * 10  # type: ignore[arg-type]


@pytest.mark.parametrize(("control", "command"), [(Control.CHARGE_SWITCH, 0xDA), (Control.DISCHARGE_SWITCH, 0xD9)])
@pytest.mark.parametrize("on", [True, False])
def test_switches(control: Control, command: int, on: bool) -> None:
    memory, controls = KeptMemory({}), DalyControls()
    query = controls.control_query(1, control, on=on)
    assert Frame.decode(query.frame) == Frame(0x40, command, bytes((int(on),)) + bytes(7))
    rack = aggregate([rich_pack(1)], 0.0)
    assert DalyServer(OPTIONS).feed(query.frame, rack, 0.0) == []
    (answer,) = DalyServer(replace(OPTIONS, memory=memory)).feed(query.frame, rack, 0.0)
    controls.written(query, answer)
    assert memory.switched == {control: on}
    assert DalyServer(replace(OPTIONS, memory=KeptMemory({}, refuses="no"))).feed(query.frame, rack, 0.0) == []
    reading = DalyDecoder().read(query.frame)
    assert reading.kind == f"{control.value}_write"
    assert reading.values["switches"] == {control.value.removesuffix("_switch"): on}


def test_a_switch_that_stands_otherwise_is_an_error() -> None:
    query = DalyControls().control_query(1, Control.CHARGE_SWITCH, on=True)
    with pytest.raises(FrameError, match="says 00, ordered was 01"):
        DalyControls().written(query, Frame(1, 0xDA).encode())
    with pytest.raises(ParameterError, match="cannot switch buzzer"):
        DalyControls().control_query(1, Control.BUZZER, on=True)
    with pytest.raises(ParameterError, match="no pack addresses"):
        DalyControls().control_query(2, Control.CHARGE_SWITCH, on=True)


@pytest.mark.parametrize("command", [0x00, 0x01, 0x21, 0x53, 0x99, 0xD8])
def test_restart_state_of_charge_and_the_unknown_are_not_taken_from_the_line(command: int) -> None:
    memory = KeptMemory({})
    assert ask(command, b"\x01" + bytes(7), options=replace(OPTIONS, memory=memory)) == []
    assert memory.switched == {}


def test_an_order_that_is_neither_on_nor_off_is_not_taken() -> None:
    memory = KeptMemory({})
    assert ask(0xDA, b"\xaa" * 8, options=replace(OPTIONS, memory=memory)) == []
    assert memory.switched == {}


def test_a_new_cycle_forgets_what_is_not_told_any_more() -> None:
    """Cells that were read an hour ago do not live on under the time of a fresh voltage."""
    client = DalyClient()
    (totals,) = ask(Command.TOTALS)
    read = client.merge(rich_pack(1), client.first(1), totals.encode(), 3600.0)
    assert read.analog is not None
    assert (read.analog.at_s, read.analog.cell_voltages_mv) == (3600.0, None)


def test_a_decoder_that_expects_one_command_refuses_others() -> None:
    decoder = DalyDecoder()
    decoder.expect("95")
    with pytest.raises(FrameError, match="reply to 90, expected is 95"):
        decoder.read(bytes.fromhex(CAPTURES[0].frame))
    with pytest.raises(ParameterError, match="no command '99'"):
        decoder.expect("99")


def test_the_battery_code_is_taken_out_and_nothing_else() -> None:
    hidden = [DalyRedactor().redact(part.encode()) for part in ask(Command.CODE)]
    assert b"".join(part[5:12] for part in hidden) == b"X" * 11 + b" " * 24
    for known in CAPTURES:
        if known.says["kind"] != "error":
            assert DalyRedactor().redact(bytes.fromhex(known.frame)) == bytes.fromhex(known.frame)


def test_frames_of_other_sizes_are_neither_sent_nor_read() -> None:
    with pytest.raises(ParameterError, match="holds 8 bytes, not 7"):
        Frame(0x40, 0x90, bytes(7)).encode()
    with pytest.raises(FrameError, match="length byte is 07"):
        Frame.decode(bytes.fromhex("A54090070000000000000000 7C"))
    with pytest.raises(FrameError, match="98 has 8 bytes"):
        wrong(bytes(7))


def test_two_frames_where_one_is_due_are_no_answer() -> None:
    (totals,) = ask(Command.TOTALS)
    with pytest.raises(FrameError, match="2 frames where one is due"):
        DalyClient().merge(PackSample(1), DalyClient().first(1), 2 * totals.encode(), 0.0)


def test_a_splitter_that_is_reset_forgets_its_series() -> None:
    parts = [part.encode() for part in ask(Command.CELLS)]
    splitter = DalyClient().splitter()
    assert splitter.feed(parts[0] + parts[1]) == [parts[0], parts[0] + parts[1]]
    splitter.reset()
    assert splitter.feed(parts[2]) == [parts[2]]


def test_alarms_switches_and_codes_read_as_what_they_say() -> None:
    protecting = with_status(rich_pack(1), protections=frozenset({Condition.CELL_OVER_VOLTAGE}))
    decoder = DalyDecoder()
    values = decoder.read(ask(Command.ALARMS, sample=protecting)[0].encode()).values
    assert (values["alarms"], values["protections"], values["faults"]) == ([], ["cell_over_voltage"], [])
    assert decoder.read(Frame(0x01, 0xDA, b"\x01" + bytes(7)).encode()).values["switches"] == {"charge": True}
    assert decoder.read(ask(Command.CODE)[0].encode()).values["letters"] == "SERIAL-"


def test_extremes_and_a_pack_at_rest() -> None:
    (cells,) = ask(Command.EXTREME_CELLS)
    assert f.EXTREME_CELLS.decode(cells.data) == f.ExtremeCells(3316, 16, 3301, 1, 0)
    (state,) = ask(Command.STATE, sample=with_analog(rich_pack(1), pack_current_a=0.0))
    assert DalyDecoder().read(state.encode()).values["operation"] == "idle"
