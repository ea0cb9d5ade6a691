"""JBD UP16S: captured frames, limits of pack and rack, switches, and what is never answered."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.captured import Captured, captured
from tests.layouts import frames
from tests.memory import KeptMemory
from tests.protocols.contract import OPTIONS, rich_pack
from tests.protocols.stated import check
from tests.samples import with_analog, with_limits, with_status

from openress.bms.aggregate import aggregate
from openress.codec import Layout
from openress.errors import FrameError, ParameterError
from openress.model import Condition, Fault, PackSample, RackSample, Switches
from openress.model.history import Calendar
from openress.protocols.access import Control
from openress.protocols.battery.jbd_up16s import Up16sClient, Up16sControls, Up16sDecoder, Up16sRedactor, Up16sServer
from openress.protocols.battery.jbd_up16s import frames as f
from openress.protocols.battery.jbd_up16s.frames import Block, Function, Message

CAPTURES = captured("jbd-up16s.txt")
LIVE = Message.ask(1, Block.LIVE)


@pytest.mark.parametrize("known", CAPTURES, ids=str)
def test_captured_frame(known: Captured) -> None:
    check(known, Up16sDecoder(), f.splitter())


@pytest.mark.parametrize("layout", [f.LIVE, f.OWN, f.PRODUCT, f.CLOCK, f.WORDS], ids=lambda one: one.frame.__name__)
@given(data=st.data())
def test_every_table_comes_back_as_it_was_sent(layout: Layout[Any], data: st.DataObject) -> None:
    frame = data.draw(frames(layout))
    assert layout.decode(layout.encode(frame)) == frame


@given(
    st.builds(
        Message,
        st.integers(0, 255),
        st.sampled_from(Function),
        st.integers(0, 0xFFFF),
        st.integers(0, 0xFFFF),
        st.binary(max_size=300),
    )
)
def test_every_message_comes_back_as_it_was_sent(message: Message) -> None:
    frame = message.encode()
    assert Message.decode(frame) == message
    try:
        Up16sDecoder().read(frame)
    except FrameError as error:
        assert 0 <= error.at <= len(frame)


def ask(request: Message, rack: RackSample | None = None, options: Any = OPTIONS) -> list[Message]:
    on = rack or aggregate([rich_pack(1)], 0.0)
    return [Message.decode(answer) for answer in Up16sServer(options).feed(request.encode(), on, 0.0)]


def test_the_master_tells_the_racks_limits_and_its_own_apart() -> None:
    rack = aggregate([rich_pack(1), rich_pack(2)], 0.0)
    (live,), (own,), (slave,) = (
        ask(Message.ask(address, block), rack) for address, block in ((1, Block.LIVE), (1, Block.OWN), (2, Block.LIVE))
    )
    assert f.LIVE.decode(live.data).charge_current_limit_a == 100.0
    assert f.OWN.decode(own.data).charge_current_limit_a == 50.0
    assert f.LIVE.decode(slave.data).charge_current_limit_a == 50.0


def test_a_client_never_takes_the_racks_limits_for_the_masters() -> None:
    rack = aggregate([rich_pack(1), rich_pack(2)], 0.0)
    client = Up16sClient()
    live, own = client.cycle(1)
    sample = PackSample(1)
    server = Up16sServer(OPTIONS)
    for query, limit in ((live, None), (own, 50.0)):
        (answer,) = server.feed(query.frame, rack, 0.0)
        sample = client.merge(sample, query, answer, 0.0)
        assert sample.limits is not None
        assert sample.limits.charge_current_limit_a == limit


@pytest.mark.parametrize("block", [Block.LIVE, Block.OWN])
def test_a_direction_that_is_not_allowed_is_told_as_no_current(block: Block) -> None:
    """There is no enable flag on this wire."""
    rack = aggregate([with_limits(rich_pack(1), charge_enabled=False)], 0.0)
    (reply,) = ask(Message.ask(1, block), rack)
    told = f.LIVE.decode(reply.data) if block is Block.LIVE else f.OWN.decode(reply.data)
    assert (told.charge_current_limit_a, told.discharge_current_limit_a) == (0.0, 50.0)


def test_a_fault_without_a_bit_is_told_as_one_of_the_system() -> None:
    rack = aggregate([with_status(rich_pack(1), faults=frozenset({Fault.CURRENT_SENSOR}))], 0.0)
    (reply,) = ask(LIVE, rack)
    assert f.LIVE.decode(reply.data).protections == {Fault.SYSTEM}


@pytest.mark.parametrize("bit", [25, 18])
def test_trap_fully_charged_is_no_alarm(bit: int) -> None:
    (reply,) = ask(LIVE)
    at = 24 if bit == 25 else 28
    data = bytearray(reply.data)
    data[at : at + 4] = (1 << bit).to_bytes(4, "big")
    if bit == 25:
        assert f.LIVE.decode(bytes(data)).protections == frozenset()
    else:
        assert f.LIVE.decode(bytes(data)).alarms == frozenset()


def test_a_second_stage_of_charge_over_current_is_charge_over_current() -> None:
    (reply,) = ask(LIVE)
    data = bytearray(reply.data)
    data[24:28] = (1 << 5).to_bytes(4, "big")
    assert f.LIVE.decode(bytes(data)).protections == {Condition.CHARGE_OVER_CURRENT}


@pytest.mark.parametrize(("current_a", "raw"), [(0.0, 300_000), (12.3, 301_230), (-45.6, 295_440)])
def test_trap_plus_is_charge(current_a: float, raw: int) -> None:
    (reply,) = ask(LIVE, aggregate([with_analog(rich_pack(1), pack_current_a=current_a)], 0.0))
    assert int.from_bytes(reply.data[4:8], "big") == raw


def test_trap_two_zeros_of_temperature_in_one_protocol() -> None:
    """78 1000 counts from -50.0 C, 45 from 0 K: 25.5 C is 755 there and 2986 here."""
    (live,), (own,) = ask(LIVE), ask(Message.ask(1, Block.OWN))
    assert live.data[50:52] == (755).to_bytes(2, "big")
    assert own.data[44:46] == (2986).to_bytes(2, "big")


def test_a_sensor_that_is_not_there_reads_as_absent() -> None:
    rack = aggregate([with_analog(rich_pack(1), mos_temperature_c=None, temperatures_c=None)], 0.0)
    (reply,) = ask(LIVE, rack)
    values = Up16sDecoder().read(reply.encode()).values
    assert not {"mos_temperature_c", "temperature_max_c", "temperature_average_c"} & set(values)
    assert values["env_temperature_c"] == 32.0


def test_what_is_not_known_is_not_answered() -> None:
    for name in ("soc_pct", "pack_current_a", "soh_pct", "cell_voltages_mv"):
        assert ask(LIVE, aggregate([with_analog(rich_pack(1), **{name: None})], 0.0)) == []


def test_the_clock_is_told_by_a_pack_that_keeps_one() -> None:
    assert ask(Message.ask(1, Block.CLOCK)) == []
    memory = KeptMemory({}, clock=Calendar(2026, 6, 6, 17, 6, 56))
    (reply,) = ask(Message.ask(1, Block.CLOCK), options=replace(OPTIONS, memory=memory))
    assert reply.encode() == bytes.fromhex(CAPTURES[11].frame)


@pytest.mark.parametrize("start", [0x1800, 0x2000, 0x2006, 0x2400, 0x2900, 0x3000])
def test_settings_and_memory_are_neither_told_nor_taken(start: int) -> None:
    memory = KeptMemory({"cell_ov_protect_mv": 3650})
    options = replace(OPTIONS, memory=memory)
    assert ask(Message(1, Function.READ, start, start + 2), options=options) == []
    assert ask(Message(1, Function.WRITE, start, start + 2, f.WRITE_MARK + b"\x00\x00"), options=options) == []
    assert memory.switched == {}


def test_switches_are_set_together_and_never_by_guessing() -> None:
    controls, memory = Up16sControls(), KeptMemory({})
    with pytest.raises(ParameterError, match="read first how the others stand"):
        controls.control_query(2, Control.CHARGE_SWITCH, on=False)
    controls.learn(2, Switches(charge=True, discharge=True, precharge=False, heating=True))
    query = controls.control_query(2, Control.CHARGE_SWITCH, on=False)
    order = Message.decode(query.frame)
    assert (order.address, order.start, order.data) == (2, 0x2902, b"\x11JBD\x00\x09")
    rack = aggregate([rich_pack(1), rich_pack(2)], 0.0)
    assert Up16sServer(OPTIONS).feed(query.frame, rack, 0.0) == []
    (answer,) = Up16sServer(replace(OPTIONS, memory=memory)).feed(query.frame, rack, 0.0)
    controls.written(query, answer)
    assert memory.switched == {Control.CHARGE_SWITCH: False, Control.DISCHARGE_SWITCH: True}
    with pytest.raises(FrameError):
        controls.written(query, query.frame)
    with pytest.raises(ParameterError, match="cannot switch"):
        controls.control_query(2, Control.SHUTDOWN, on=True)
    assert Up16sServer(replace(OPTIONS, memory=KeptMemory({}, refuses="no"))).feed(query.frame, rack, 0.0) == []


def test_an_order_reads_as_what_it_does() -> None:
    controls = Up16sControls()
    controls.learn(1, Switches(charge=True, discharge=True, precharge=False, heating=False))
    query = controls.control_query(1, Control.DISCHARGE_SWITCH, on=False)
    reading = Up16sDecoder().read(query.frame)
    assert (reading.kind, reading.values["switches"]) == ("mos_block_write", {"charge": True, "discharge": False})
    done = Message(1, Function.WRITE, Block.MOS, 0x2904)
    assert Up16sDecoder().read(done.encode()).kind == "written"
    with pytest.raises(FrameError, match="begins with 11"):
        Up16sDecoder().read(Message(1, Function.WRITE, Block.MOS, 0x2904, b"\x00\x01").encode())


def test_packs_beyond_the_addresses() -> None:
    for pack in (-1, 16):
        with pytest.raises(ParameterError, match="addresses 1 to 15"):
            Up16sClient().address(pack)


def test_a_decoder_that_expects_one_block_refuses_others() -> None:
    decoder = Up16sDecoder()
    decoder.expect("1c00")
    with pytest.raises(FrameError, match="block at 1000, expected is 1C00"):
        decoder.read(bytes.fromhex(CAPTURES[1].frame))
    with pytest.raises(ParameterError, match="no block '1234'"):
        decoder.expect("1234")


@pytest.mark.parametrize("number", [2, 4, 16, 17])
def test_texts_are_taken_out_and_nothing_else(number: int) -> None:
    frame = bytes.fromhex(CAPTURES[number - 1].frame)
    hidden = Up16sRedactor().redact(frame)
    assert len(hidden) == len(frame)
    before, after = dict(Up16sDecoder().read(frame).values), dict(Up16sDecoder().read(hidden).values)
    texts = {"serial", "board", "model"} & before.keys()
    for key in texts:
        assert set(after.pop(key)) == {"X"}
        before.pop(key)
    assert before == after
    for secret in (b"JBD48", b"UP16S", b"ECO-", b"BJ4D"):
        assert secret not in hidden


def test_what_does_not_fit_is_neither_sent_nor_taken() -> None:
    with pytest.raises(ParameterError, match="at most 512 bytes"):
        Message(1, Function.WRITE, 0x1800, 0x1900, bytes(513)).encode()
    options = replace(OPTIONS, memory=KeptMemory({}))
    for data in (b"\x00\x01", f.WRITE_MARK + b"\x01", b"\x11JBX\x00\x01"):
        assert ask(Message(1, Function.WRITE, Block.MOS, 0x2904, data), options=options) == []


def test_writes_to_other_blocks_read_as_what_they_carry() -> None:
    reading = Up16sDecoder().read(Message(1, Function.WRITE, 0x2006, 0x2008, f.WRITE_MARK + b"\x27\x10").encode())
    assert (reading.kind, reading.values["data"]) == ("block_write", "2710")


def test_a_version_that_is_not_told_is_absent() -> None:
    sample = replace(rich_pack(1), identity=None)
    options = replace(OPTIONS, identity=replace(OPTIONS.identity, software_version=None))
    (reply,) = ask(LIVE, aggregate([sample], 0.0), options)
    assert not {"software_version", "serial"} & set(Up16sDecoder().read(reply.encode()).values)
