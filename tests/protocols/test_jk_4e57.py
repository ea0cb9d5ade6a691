"""JK 4E57: captured frames, items that are left out, current, temperatures, settings, switches."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.captured import Captured, captured
from tests.memory import KeptMemory
from tests.protocols.contract import OPTIONS, rich_pack
from tests.protocols.stated import check
from tests.samples import with_analog, with_status

from openress.bms.aggregate import aggregate
from openress.codec.rows import Kind
from openress.errors import FrameError, ParameterError
from openress.model import Condition, Fault, PackSample
from openress.protocols.access import Control
from openress.protocols.base import ServerOptions
from openress.protocols.battery.jk_4e57 import JkClient, JkControls, JkDecoder, JkRedactor, JkServer, JkSettings
from openress.protocols.battery.jk_4e57 import frames as f
from openress.protocols.battery.jk_4e57 import values as v
from openress.protocols.battery.jk_4e57.frames import Command, Message

CAPTURES = captured("jk-4e57.txt")
REPLIES = [known for known in CAPTURES if known.says["kind"] in ("read", "read_all")]


@pytest.mark.parametrize("known", CAPTURES, ids=str)
def test_captured_frame(known: Captured) -> None:
    check(known, JkDecoder(), f.splitter())


@pytest.mark.parametrize("known", REPLIES, ids=str)
def test_a_captured_reply_is_laid_out_by_our_encoder_as_it_was(known: Captured) -> None:
    message = Message.decode(bytes.fromhex(known.frame))
    cells, items = f.decode_items(message.body)
    assert f.encode_items(cells, items) == message.body


@given(
    st.builds(
        Message,
        st.integers(0, 255),
        st.binary(max_size=400),
        st.integers(0, 255),
        st.integers(0, 255),
        st.integers(0, 0xFFFFFFFF),
        st.integers(0, 0xFFFFFFFF),
    )
)
def test_every_message_comes_back_as_it_was_sent(message: Message) -> None:
    frame = message.encode()
    assert Message.decode(frame) == message
    try:
        JkDecoder().read(frame)
    except FrameError as error:
        assert 0 <= error.at <= len(frame)


@given(data=st.data())
def test_every_item_comes_back_as_it_was_sent(data: st.DataObject) -> None:
    item = data.draw(st.sampled_from(list(f.ITEMS.values())))
    raw = data.draw(st.binary(min_size=item.size, max_size=item.size))
    told = f.value_of(item, raw)
    if item.row.kind is Kind.NUMBER:
        assert told is not None
        assert f.raw_of(item, told) == raw
    elif told is not None:
        assert f.value_of(item, f.raw_of(item, told)) == told


@given(st.binary(max_size=300))
def test_arbitrary_items_are_read_or_refused(body: bytes) -> None:
    for command in Command:
        for source in (0, 3):
            try:
                JkDecoder().read(Message(command, body, source).encode())
            except FrameError as error:
                assert error.at >= 0


def ask(message: Message, sample: PackSample | None = None, options: ServerOptions = OPTIONS) -> list[Message]:
    answers = JkServer(options).feed(message.encode(), aggregate([sample or rich_pack(1)], 0.0), 0.0)
    return [Message.decode(answer) for answer in answers]


ALL = Message(Command.READ_ALL, b"\0")


def items_of(sample: PackSample, options: ServerOptions = OPTIONS) -> dict[int, bytes]:
    (reply,) = ask(ALL, sample, options)
    return f.decode_items(reply.body)[1]


@pytest.mark.parametrize(
    ("current_a", "raw"), [(5.0, 0x81F4), (-20.0, 0x07D0), (20.0, 0x87D0), (0.0, 0x0000), (-400.0, 0x7FFF)]
)
def test_trap_the_highest_bit_is_charge(current_a: float, raw: int) -> None:
    """The document's own examples: 20 A of discharge are 07D0, of charge 87D0."""
    items = items_of(with_analog(rich_pack(1), pack_current_a=current_a))
    assert (int.from_bytes(items[0x84], "big"), items[0xC0]) == (raw, b"\x01")


@pytest.mark.parametrize(("raw", "protocol", "current_a"), [(11000, 0, -10.0), (9500, 0, 5.0), (0x8000, 1, 0.0)])
def test_trap_boards_without_protocol_1_count_from_10000(raw: int, protocol: int, current_a: float) -> None:
    assert v.charge_a(raw, protocol) == current_a
    assert str(v.charge_a(0, 1)) == "0.0"


@given(st.integers(-40, 100))
def test_temperatures_below_zero_stand_above_100(value_c: int) -> None:
    raw = v.degrees_raw(value_c)
    assert v.degrees(raw) == value_c
    assert (raw > 100) is (value_c < 0)
    assert (v.degrees_raw(150), v.degrees_raw(-60)) == (100, 140)


def test_one_place_for_the_cell_sensors_tells_the_one_in_danger() -> None:
    for warmth, told in (((25.0, 31.0, 28.0), 31), ((25.0, -4.0, 28.0), 104)):
        items = items_of(with_analog(rich_pack(1), temperatures_c=warmth))
        assert int.from_bytes(items[0x82], "big") == told


def test_what_is_not_known_is_left_out() -> None:
    sample = with_analog(rich_pack(1), mos_temperature_c=None, temperatures_c=None, full_ah=None, cycles=None)
    items = items_of(with_status(sample, switches=None))
    assert not {0x80, 0x82, 0x86, 0x87, 0x8C, 0xB9} & items.keys()
    (reply,) = ask(ALL, with_status(sample, switches=None))
    read = JkClient().merge(PackSample(1), JkClient().first(1), reply.encode(), 0.0)
    assert read.analog is not None
    assert (read.analog.mos_temperature_c, read.analog.temperatures_c, read.analog.full_ah) == (None, None, None)
    assert read.status is not None
    assert read.status.switches is None


def test_what_cannot_be_left_out_silences_the_pack() -> None:
    assert ask(ALL, with_analog(rich_pack(1), pack_current_a=None)) == []
    assert ask(ALL, with_status(rich_pack(1), protections=None)) == []


@pytest.mark.parametrize("condition", Condition)
def test_a_pack_that_protects_itself_never_looks_well(condition: Condition) -> None:
    items = items_of(with_status(rich_pack(1), protections=frozenset({condition})))
    assert condition in v.warned(int.from_bytes(items[0x8B], "big"))


@pytest.mark.parametrize("fault", Fault)
def test_a_pack_with_a_fault_never_looks_well(fault: Fault) -> None:
    items = items_of(with_status(rich_pack(1), faults=frozenset({fault})))
    assert any(isinstance(one, Fault) for one in v.warned(int.from_bytes(items[0x8B], "big")))


def test_a_warning_of_ours_is_no_protection_of_theirs() -> None:
    """JK stops charging when a bit is set; what only warns must not look so."""
    items = items_of(with_status(rich_pack(1), alarms=frozenset({Condition.CELL_OVER_VOLTAGE, Condition.SOC_LOW})))
    assert items[0x8B] == b"\x00\x01"


def test_no_password_is_told() -> None:
    assert items_of(rich_pack(1))[0xB2] == bytes(10)


def test_every_item_of_a_real_board_is_there_for_readers_that_count_bytes() -> None:
    real = f.decode_items(Message.decode(bytes.fromhex(REPLIES[0].frame)).body)[1]
    assert items_of(rich_pack(1)).keys() == real.keys()


@pytest.mark.parametrize(("command", "body"), [(Command.READ_ALL, b"\0"), (Command.READ, b"\0"), (Command.READ, b"")])
def test_everything_is_told_to_06_and_to_03_without_an_item(command: Command, body: bytes) -> None:
    (reply,) = ask(Message(command, body))
    assert reply.command == command
    assert reply.body[:2] == bytes((f.CELLS, 48))


def test_single_items_are_told_to_03() -> None:
    (reply,) = ask(Message(Command.READ, b"\x85"))
    assert reply.body == b"\x85\x33"
    (reply,) = ask(Message(Command.READ, b"\x79"))
    assert len(reply.body) == 50
    assert ask(Message(Command.READ, b"\xbb")) == []


def test_waking_is_answered_and_passwords_are_not() -> None:
    (reply,) = ask(Message(Command.ACTIVATE, b"\0"))
    assert (reply.source, reply.kind) == (f.PACK, f.REPLY)
    assert ask(Message(Command.PASSWORD, b"123456")) == []


def test_settings_are_read_as_they_are_kept() -> None:
    access = JkSettings()
    (query,) = access.read_queries(1, ["cell_ov_protect_mv"])
    (reply,) = ask(Message.decode(query.frame))
    told = access.read(query, reply.encode())
    assert told.keys() == JkSettings.keys
    for key, value in told.items():
        assert value == OPTIONS.parameters[key], key


def test_settings_are_written_one_by_one_and_read_back() -> None:
    access, memory = JkSettings(), KeptMemory(OPTIONS.parameters)
    wanted = {"cell_ov_protect_mv": 3600.0, "charge_ut_protect_c": -10.0, "cell_ov_delay_ms": 3000.0}
    queries = access.write_queries(1, wanted, {})
    assert [query.name for query in queries] == ["item 90", "item 92", "item A5"]
    assert Message.decode(queries[2].frame).body == bytes.fromhex("A5FFF6")
    for query in queries:
        (answer,) = ask(Message.decode(query.frame), options=replace(OPTIONS, memory=memory))
        access.written(query, answer.encode())
        with pytest.raises(FrameError):
            access.written(query, Message(Command.WRITE, b"\x8e", f.PACK, f.REPLY).encode())
        assert ask(Message.decode(query.frame)) == []
    assert {key: memory.values[key] for key in wanted} == wanted


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"cell_ov_delay_ms": 1500}, "the nearest this pack can keep is 2000"),
        ({"pack_ov_alarm_v": 56}, "cannot reach pack_ov_alarm_v"),
        ({"soc_low_alarm_pct": 300}, "fits on the wire"),
    ],
)
def test_what_cannot_be_written_is_refused_before_it_leaves(values: dict[str, float], sentence: str) -> None:
    with pytest.raises(ParameterError, match=sentence):
        JkSettings().write_queries(1, values, {})


def test_switches_are_ordered_as_working_programs_do() -> None:
    controls, memory = JkControls(), KeptMemory({})
    query = controls.control_query(1, Control.CHARGE_SWITCH, on=True)
    assert query.frame == bytes.fromhex(CAPTURES[5].frame)
    assert controls.control_query(1, Control.CHARGE_SWITCH, on=False).frame == bytes.fromhex(CAPTURES[6].frame)
    for control in JkControls.controls:
        query = controls.control_query(1, control, on=False)
        (answer,) = ask(Message.decode(query.frame), options=replace(OPTIONS, memory=memory))
        controls.written(query, answer.encode())
    assert memory.switched == dict.fromkeys(JkControls.controls, False)
    with pytest.raises(ParameterError, match="cannot switch shutdown"):
        controls.control_query(1, Control.SHUTDOWN, on=True)
    refusing = replace(OPTIONS, memory=KeptMemory({}, refuses="no"))
    assert ask(Message.decode(query.frame), options=refusing) == []


@pytest.mark.parametrize("item", ["AD0411", "B801", "BB01", "BC01", "B231323334353600000000", "AE01", "AB02", "A90F"])
def test_calibration_password_restart_and_board_data_are_not_taken_from_the_line(item: str) -> None:
    memory = KeptMemory({})
    assert ask(Message(Command.WRITE, bytes.fromhex(item)), options=replace(OPTIONS, memory=memory)) == []
    assert (memory.values, memory.switched) == ({}, {})


def test_a_reply_without_the_values_that_matter_is_none() -> None:
    client = JkClient()
    poor = Message(Command.READ_ALL, f.encode_items((3300,), {0x85: b"\x32"}), f.PACK, f.REPLY)
    with pytest.raises(FrameError, match="lacks cells, voltage"):
        client.merge(PackSample(1), client.first(1), poor.encode(), 0.0)


def test_a_decoder_that_expects_one_command_refuses_others() -> None:
    decoder = JkDecoder()
    decoder.expect("03")
    with pytest.raises(FrameError, match="reply to 06, expected is 03"):
        decoder.read(bytes.fromhex(CAPTURES[1].frame))
    with pytest.raises(ParameterError, match="no command '07'"):
        decoder.expect("07")


@pytest.mark.parametrize("known", REPLIES, ids=str)
def test_texts_are_taken_out_and_nothing_else(known: Captured) -> None:
    frame = bytes.fromhex(known.frame)
    hidden = JkRedactor().redact(frame)
    before, after = dict(JkDecoder().read(frame).values), dict(JkDecoder().read(hidden).values)
    texts = {"serial", "model", "device_id"}
    assert {key: value for key, value in before.items() if key not in texts} == {
        key: value for key, value in after.items() if key not in texts
    }
    for secret in (b"123456", b"BT30", b"JK_B", b"JK-B", b"Input"):
        assert secret not in hidden


def test_a_password_on_its_way_is_taken_out() -> None:
    assert b"123456" not in JkRedactor().redact(Message(Command.PASSWORD, b"123456").encode())
    request = bytes.fromhex(CAPTURES[0].frame)
    assert JkRedactor().redact(request) == request


def test_what_does_not_fit_is_neither_sent_nor_taken() -> None:
    with pytest.raises(ParameterError, match="at most 1024 bytes"):
        Message(Command.READ_ALL, bytes(1100)).encode()
    with pytest.raises(ParameterError, match="86 cell voltages do not fit"):
        f.encode_items((3300,) * 86, {})
    memory = KeptMemory({})
    for body in (b"", b"\x90\x0e\x10\x91\x0d\x48", bytes.fromhex("7903010CE4")):
        assert ask(Message(Command.WRITE, body), options=replace(OPTIONS, memory=memory)) == []
    assert memory.values == {}


def test_the_reply_to_another_command_is_no_answer() -> None:
    client = JkClient()
    (reply,) = ask(Message(Command.READ, b"\0"))
    with pytest.raises(FrameError, match="reply to 03, asked was 06"):
        client.merge(PackSample(1), client.first(1), reply.encode(), 0.0)
