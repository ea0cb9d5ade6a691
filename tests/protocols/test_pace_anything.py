"""PACE: arbitrary frames and bytes are read or refused."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.layouts import frames
from tests.protocols.memory import record
from tests.protocols.pacesamples import ACCESS, ORDERS, ask, keeping
from tests.samples import rack

from openress.codec import HexFrame
from openress.errors import FrameError, ParameterError
from openress.model import PackSample
from openress.protocols.base import Direction, Query
from openress.protocols.battery.pace import PaceClient, PaceDecoder
from openress.protocols.battery.pace import frames as f
from openress.protocols.battery.pace.codes import Command
from openress.protocols.battery.pace.settings import GROUPS

# Tables.

LAYOUTS = [getattr(f, name) for name in f.__all__ if name.isupper() and hasattr(getattr(f, name), "rows")]
LAYOUTS += [group.reply for group in GROUPS] + [group.order for group in GROUPS if group.order is not group.reply]


@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda layout: layout.frame.__name__)
@given(data=st.data())
def test_every_frame_comes_back_as_it_was_sent(layout: Any, data: st.DataObject) -> None:
    frame = data.draw(frames(layout))
    assert layout.decode(layout.encode(frame)) == frame


@given(
    st.binary(max_size=200), st.sampled_from([None, *Command]), st.sampled_from([0x00, 0x09, 0x42, 0xA1, 0xD0, 0x99])
)
def test_arbitrary_info_is_read_or_refused(info: bytes, asked: Command | None, code: int) -> None:
    decoder = PaceDecoder()
    if asked is not None:
        decoder.expect(f"{asked:02X}")
    try:
        decoder.read(HexFrame(0x25, 2, 0x46, code, info).encode())
    except FrameError as error:
        assert 0 <= error.at <= 13 + 2 * len(info) + 5


@given(st.binary(max_size=200), st.sampled_from(ORDERS))
def test_arbitrary_answers_are_accepted_or_refused(info: bytes, query: Query) -> None:
    reply = HexFrame(0x25, 1, 0x46, 0, info).encode()
    for accept in (ACCESS.read, ACCESS.clock, ACCESS.record, ACCESS.choice, ACCESS.written):
        try:
            accept(query, reply)
        except FrameError as error:
            assert error.at >= 0


@given(st.sampled_from(list(Command)), st.binary(max_size=20))
def test_arbitrary_orders_never_stop_the_battery(command: Command, info: bytes) -> None:
    _, server = keeping(records=[record(0)])
    answers = server.feed(HexFrame(0x25, 1, 0x46, command, info).encode(), rack(), 0.0)
    assert len(answers) == 1


def test_a_client_takes_no_answer_to_what_it_does_not_ask() -> None:
    _, server = keeping()
    query = ACCESS.clock_query(1)
    with pytest.raises(FrameError, match="B1 is not asked by this client"):
        PaceClient().merge(PackSample(1), query, ask(server, query), 0.0)
    with pytest.raises(FrameError, match="B1 reads no settings"):
        ACCESS.read(query, ask(server, query))
    with pytest.raises(FrameError, match="A1 was to be read"):
        ACCESS.record(query, ask(server, query))
    with pytest.raises(FrameError, match="where none is due"):
        ACCESS.written(query, ask(server, query))


@pytest.mark.parametrize("length", [10, 41])
def test_an_internal_version_of_another_length_is_refused(length: int) -> None:
    decoder = PaceDecoder()
    decoder.expect("C6")
    with pytest.raises(FrameError, match="11 to 40 are due"):
        decoder.read(HexFrame(0x25, 1, 0x46, 0, bytes(length)).encode())


def test_a_command_is_no_return_code() -> None:
    with pytest.raises(FrameError, match="RTN 42 is no return code of PACE"):
        PaceDecoder().read(b"~25014642E00201FD30", Direction.FROM_BATTERY)


def test_an_unknown_command_to_expect_is_refused() -> None:
    with pytest.raises(ParameterError, match="did you mean"):
        PaceDecoder().expect("d0f")
    with pytest.raises(FrameError, match="CID2 77"):
        PaceDecoder().read(HexFrame(0x25, 1, 0x46, 0x77).encode())
