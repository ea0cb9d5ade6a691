"""JBD: captured frames, settings in factory mode, switches, and the traps of its relatives."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.captured import Captured, captured
from tests.layouts import frames
from tests.memory import KeptMemory
from tests.protocols.contract import OPTIONS, rich_pack
from tests.protocols.stated import check
from tests.samples import with_analog, with_status

from openress.bms.aggregate import aggregate
from openress.codec import Layout
from openress.errors import FrameError, ParameterError
from openress.model import Condition, Fault, PackSample, Switches
from openress.model.history import HistoryRecord
from openress.protocols.access import Control
from openress.protocols.base import Query, ServerOptions
from openress.protocols.battery.jbd import PARTS, JbdControls, JbdDecoder, JbdRedactor, JbdServer, JbdSettings
from openress.protocols.battery.jbd import frames as f
from openress.protocols.battery.jbd.frames import Reply, Request
from openress.protocols.battery.settings import Setting, SettingsTable

CAPTURES = captured("jbd.txt")
ENTER = Request(0x00, f.ENTER_FACTORY, write=True)
LEAVE = Request(0x01, f.LEAVE_FACTORY, write=True)


@pytest.mark.parametrize("known", CAPTURES, ids=str)
def test_captured_frame(known: Captured) -> None:
    check(known, JbdDecoder(), f.splitter())


@pytest.mark.parametrize("known", [k for k in CAPTURES if k.says["kind"] != "error"], ids=str)
def test_the_direction_needs_not_be_told(known: Captured) -> None:
    JbdDecoder().read(bytes.fromhex(known.frame))


def ask(server: JbdServer, *requests: Request, sample: PackSample | None = None) -> list[Reply]:
    rack = aggregate([sample or rich_pack(1)], 0.0)
    return [Reply.decode(answer) for request in requests for answer in server.feed(request.encode(), rack, 0.0)]


def with_memory(memory: KeptMemory) -> ServerOptions:
    return replace(OPTIONS, memory=memory)


@pytest.mark.parametrize("layout", [f.BASIC, f.CELLS, f.ERROR_COUNTS], ids=lambda layout: layout.frame.__name__)
@given(data=st.data())
def test_every_table_comes_back_as_it_was_sent(layout: Layout[object], data: st.DataObject) -> None:
    frame = data.draw(frames(layout))
    assert layout.decode(layout.encode(frame)) == frame


@given(st.integers(0, 255), st.binary(max_size=255), st.booleans())
def test_every_request_and_reply_comes_back_as_it_was_sent(register: int, data: bytes, flagged: bool) -> None:
    request = Request(register, data, write=flagged)
    assert Request.decode(request.encode()) == request
    if register not in (0xA5, 0x5A):
        reply = Reply(register, data, status=0x80 if flagged else 0)
        assert Reply.decode(reply.encode()) == reply


@given(st.binary(max_size=64), st.integers(0, 255), st.booleans())
def test_arbitrary_data_are_read_or_refused(data: bytes, register: int, write: bool) -> None:
    for frame in (Request(register, data, write=write).encode(), Reply(register, data).encode(), data):
        try:
            JbdDecoder().read(frame)
        except FrameError as error:
            assert 0 <= error.at <= len(frame)


def test_settings_are_told_in_factory_mode_only() -> None:
    server = JbdServer(OPTIONS)
    refused, entered, told, left, again = ask(server, Request(0x24), ENTER, Request(0x24), LEAVE, Request(0x24))
    assert (refused.status, again.status) == (f.REFUSED, f.REFUSED)
    assert (entered.status, left.status) == (f.DONE, f.DONE)
    assert told.data == (3650).to_bytes(2, "big")


def test_a_wrong_word_does_not_open_the_factory_mode() -> None:
    server = JbdServer(OPTIONS)
    answers = ask(server, Request(0x00, b"\x12\x34", write=True), Request(0x24))
    assert [answer.status for answer in answers] == [f.REFUSED, f.REFUSED]


def settle(queries: tuple[Query, ...], options: ServerOptions) -> dict[str, float]:
    """Put questions of the settings to a battery and give what it told."""
    server, access = JbdServer(options), JbdSettings()
    told: dict[str, float] = {}
    for query in queries:
        (answer,) = server.feed(query.frame, aggregate([rich_pack(1)], 0.0), 0.0)
        if query.name.startswith("setting") and Request.decode(query.frame).write:
            access.written(query, answer)
        else:
            told |= access.read(query, answer)
    return told


def test_settings_are_read_as_they_are_kept() -> None:
    told = settle(JbdSettings().read_queries(1, JbdSettings.keys), OPTIONS)
    assert told.keys() == JbdSettings.keys
    for key, value in told.items():
        assert value == pytest.approx(OPTIONS.parameters[key]), key


def test_settings_are_written_with_their_neighbours_and_read_back() -> None:
    memory = KeptMemory(OPTIONS.parameters)
    access = JbdSettings()
    queries = access.write_queries(1, {"cell_ov_delay_ms": 2000, "discharge_oc_protect_a": 80}, memory.parameters(1))
    assert [query.name for query in queries] == ["factory mode", "setting 29", "setting 3D", "end of factory mode"]
    # Discharge currents are negative on the wire; both delays of the cells share 3D.
    assert Request.decode(queries[1].frame).data == (-8000).to_bytes(2, "big", signed=True)
    assert Request.decode(queries[2].frame).data == b"\x01\x02"
    settle(queries, with_memory(memory))
    assert memory.values["cell_ov_delay_ms"] == 2000
    assert memory.values["discharge_oc_protect_a"] == pytest.approx(80)
    assert memory.values["cell_uv_delay_ms"] == 1000


@pytest.mark.parametrize(
    ("values", "known", "sentence"),
    [
        ({"cell_ov_delay_ms": 2000}, {}, "cell_uv_delay_ms shares a register"),
        ({"cell_ov_delay_ms": 1500, "cell_uv_delay_ms": 1000}, {}, "the nearest this pack can keep is 2000"),
        ({"mos_ot_protect_c": 100}, {}, "cannot reach mos_ot_protect_c"),
        ({"charge_oc_protect_a": 400.0}, {}, "fits on the wire"),
    ],
)
def test_what_cannot_be_written_is_refused_before_it_leaves(
    values: dict[str, float], known: dict[str, float], sentence: str
) -> None:
    with pytest.raises(ParameterError, match=sentence):
        JbdSettings().write_queries(1, values, known)


def test_what_the_pack_refuses_is_an_error() -> None:
    memory = KeptMemory(OPTIONS.parameters, refuses="out of range")
    with pytest.raises(FrameError, match="refuses register 24 with status 80"):
        settle(JbdSettings().write_queries(1, {"cell_ov_protect_mv": 3650}, {}), with_memory(memory))


def test_switches_are_set_together_and_never_by_guessing() -> None:
    memory, controls = KeptMemory(OPTIONS.parameters), JbdControls()
    with pytest.raises(ParameterError, match="read first how the other one stands"):
        controls.control_query(1, Control.CHARGE_SWITCH, on=False)
    controls.learn(1, Switches(charge=True, discharge=False))
    query = controls.control_query(1, Control.CHARGE_SWITCH, on=False)
    assert query.frame == bytes.fromhex("DD5AE1020003FF1A77")
    server = JbdServer(with_memory(memory))
    (answer,) = server.feed(query.frame, aggregate([rich_pack(1)], 0.0), 0.0)
    JbdSettings().written(query, answer)
    assert memory.switched == {Control.CHARGE_SWITCH: False, Control.DISCHARGE_SWITCH: False}
    query = controls.control_query(1, Control.DISCHARGE_SWITCH, on=True)
    assert Request.decode(query.frame).data == b"\x00\x01"
    with pytest.raises(ParameterError, match="cannot switch buzzer"):
        controls.control_query(1, Control.BUZZER, on=True)


@pytest.mark.parametrize(
    "register", [0x06, 0x07, 0x09, 0x0A, 0xAD, 0xAE, 0xAF, 0xB0, 0xCF, 0xD0, 0xE0, 0xE1, 0xE2, 0xE3]
)
def test_calibration_passwords_and_switches_are_not_taken_from_the_line(register: int) -> None:
    """Even in factory mode; without a memory nothing can be switched either."""
    answers = ask(
        JbdServer(OPTIONS), ENTER, Request(register, b"\x00\x01", write=True), Request(0x24, b"\x0e\x42", write=True)
    )
    assert [answer.status for answer in answers] == [f.DONE, f.REFUSED, f.REFUSED]


def test_who_the_pack_is_in_factory_mode() -> None:
    server = JbdServer(OPTIONS)
    _, maker, model, code, cells = ask(server, ENTER, Request(0xA0), Request(0xA1), Request(0xA2), Request(0x2F))
    readings = [JbdDecoder().read(reply.encode()).values for reply in (maker, model, code)]
    assert [reading.get(key) for reading, key in zip(readings, ("manufacturer", "model", "serial"), strict=True)] == [
        "OpenRESS",
        "A5L",
        "SERIAL-0001",
    ]
    assert cells.data == b"\x00\x10"


def test_error_counts_are_those_of_the_history() -> None:
    record = HistoryRecord(protections=frozenset({Condition.CELL_OVER_VOLTAGE}))
    memory = KeptMemory(OPTIONS.parameters, history=(record, record, HistoryRecord()))
    (reply,) = ask(JbdServer(with_memory(memory)), Request(0xAA))
    values = JbdDecoder().read(reply.encode()).values
    assert (values["cell_over_voltage"], values["cell_under_voltage"]) == (2, 0)
    assert ask(JbdServer(OPTIONS), Request(0xAA))[0].status == f.REFUSED


@pytest.mark.parametrize(("current_a", "raw"), [(12.3, "04CE"), (-45.6, "EE30"), (0.0, "0000"), (400.0, "7FFF")])
def test_trap_plus_is_charge(current_a: float, raw: str) -> None:
    (reply,) = ask(JbdServer(OPTIONS), Request(0x03), sample=with_analog(rich_pack(1), pack_current_a=current_a))
    assert reply.data[2:4].hex().upper() == raw


def test_trap_zero_of_the_temperatures_is_2731() -> None:
    (reply,) = ask(JbdServer(OPTIONS), Request(0x03), sample=with_analog(rich_pack(1), temperatures_c=(25.0,)))
    assert reply.data[-2:] == (2981).to_bytes(2, "big")


def test_trap_locked_switches_are_no_protection() -> None:
    basic = f.BASIC.decode(bytes.fromhex("1700000002D003E800002078000000001000104803040 0".replace(" ", "")))
    assert basic.protections == frozenset()


def test_values_that_are_missing_are_refused_and_never_zero() -> None:
    for key in ("pack_current_a", "soc_pct", "full_ah", "cycles"):
        (reply,) = ask(JbdServer(OPTIONS), Request(0x03), sample=with_analog(rich_pack(1), **{key: None}))
        assert (reply.status, reply.data) == (f.REFUSED, b"")
    (reply,) = ask(JbdServer(OPTIONS), Request(0x03), sample=with_status(rich_pack(1), protections=None))
    assert reply.status == f.REFUSED


def test_a_decoder_that_expects_one_register_refuses_others() -> None:
    decoder = JbdDecoder()
    decoder.expect("04")
    with pytest.raises(FrameError, match="reply of register 03, expected is 04"):
        decoder.read(bytes.fromhex(CAPTURES[1].frame))
    with pytest.raises(ParameterError, match="no register 'AB'"):
        decoder.expect("AB")


def test_texts_are_taken_out_and_nothing_else() -> None:
    hidden = JbdRedactor().redact(bytes.fromhex(CAPTURES[5].frame))
    assert JbdDecoder().read(hidden).values["model"] == "X" * 25
    (_, code) = ask(JbdServer(OPTIONS), ENTER, Request(0xA2))
    assert JbdDecoder().read(JbdRedactor().redact(code.encode())).values["serial"] == "X" * 11
    secret = Request(0x06, b"\x06123456", write=True).encode()
    assert b"1234" not in JbdRedactor().redact(secret)
    untouched = bytes.fromhex(CAPTURES[1].frame)
    assert JbdRedactor().redact(untouched) == untouched
    with pytest.raises(FrameError):
        JbdRedactor().redact(untouched[:-1])


def test_the_parts_are_complete() -> None:
    assert PARTS.client is not None
    with pytest.raises(ParameterError, match="JBD has no pack addresses"):
        PARTS.client().first(2)


def test_what_does_not_fit_is_neither_sent_nor_read() -> None:
    with pytest.raises(ParameterError, match="at most 255 bytes"):
        Reply(0x05, bytes(256)).encode()
    with pytest.raises(FrameError, match="order to the switches has 2 bytes, not 1"):
        JbdDecoder().read(Request(0xE1, b"\x00", write=True).encode())


def test_questions_that_the_client_never_puts_have_no_answer() -> None:
    assert PARTS.client is not None
    query = Query("error counts", 1, Request(0xAA).encode())
    with pytest.raises(FrameError, match="register AA is not asked by this client"):
        PARTS.client().merge(PackSample(1), query, Reply(0xAA, bytes(22)).encode(), 0.0)


def test_a_pack_that_does_not_know_who_it_is_has_the_batterys_name_and_no_serial_number() -> None:
    server = JbdServer(OPTIONS)
    _, model, code = ask(server, ENTER, Request(0x05), Request(0xA2), sample=replace(rich_pack(1), identity=None))
    assert (model.data, code.status) == (b"A5L-51V2", f.REFUSED)


def test_a_settings_table_names_keys_once_and_knows_them() -> None:
    for keys in (("cell_ov_protect_mv", "cell_ov_protect_mv"), ("cell_over_voltage",)):
        with pytest.raises(ParameterError, match="names a key twice"):
            SettingsTable([Setting(key, at, "H") for at, key in enumerate(keys)], source=f.MAP)


@pytest.mark.parametrize("condition", Condition)
def test_a_pack_that_protects_itself_never_looks_well(condition: Condition) -> None:
    sample = with_status(rich_pack(1), protections=frozenset({condition}))
    (reply,) = ask(JbdServer(OPTIONS), Request(0x03), sample=sample)
    assert f.BASIC.decode(reply.data).protections


@pytest.mark.parametrize("fault", Fault)
def test_a_pack_with_a_fault_never_looks_well(fault: Fault) -> None:
    sample = with_status(rich_pack(1), faults=frozenset({fault}))
    (reply,) = ask(JbdServer(OPTIONS), Request(0x03), sample=sample)
    assert f.BASIC.decode(reply.data).protections == {Fault.SAMPLING}
