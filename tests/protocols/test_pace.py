"""PACE: settings and orders on both sides, the traps of the dialect by name, and every table round."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.layouts import frames
from tests.protocols.contract import OPTIONS
from tests.protocols.memory import Memory
from tests.protocols.pacesamples import ACCESS, DEFAULTS, ask, keeping, raw

from openress.errors import FrameError, ParameterError
from openress.params import BY_KEY, PARAMETERS
from openress.protocols.battery.pace import PaceServer
from openress.protocols.battery.pace import frames as f
from openress.protocols.battery.pace.codes import Command
from openress.protocols.battery.pace.settings import GROUPS, NEIGHBOURS


def read_all(server: PaceServer, number: int = 2) -> dict[str, float]:
    known: dict[str, float] = {}
    for query in ACCESS.read_queries(number, ACCESS.keys):
        known |= ACCESS.read(query, ask(server, query))
    return known


# Settings.


def test_pace_has_every_setting_of_the_table_under_the_commands_that_the_table_names() -> None:
    assert ACCESS.keys == frozenset(BY_KEY)
    home = {key: group for group in GROUPS for key in group.keys}
    for row in PARAMETERS:
        assert row.pace is not None
        assert (home[row.key].read, home[row.key].write) == (row.pace.read, row.pace.write), row.key


def test_every_setting_is_read_as_the_pack_keeps_it() -> None:
    _, server = keeping()
    known = read_all(server)
    assert {key: known[key] for key in BY_KEY} == pytest.approx(dict(DEFAULTS))


@pytest.mark.parametrize("key", sorted(BY_KEY))
@pytest.mark.parametrize("end", ["low", "high"])
def test_every_setting_is_written_from_end_to_end_of_its_range(key: str, end: str) -> None:
    memory, server = keeping()
    known = read_all(server)
    value = BY_KEY[key].low if end == "low" else BY_KEY[key].high
    (query,) = ACCESS.write_queries(2, {key: value}, known)
    ACCESS.written(query, ask(server, query))
    assert memory.kept[2][key] == pytest.approx(value)
    # Its neighbours were sent with it, and are what they were.
    assert {k: v for k, v in memory.kept[2].items() if k != key} == pytest.approx(
        {k: v for k, v in DEFAULTS.items() if k != key}
    )
    assert read_all(server)[key] == pytest.approx(value)
    assert 1 not in memory.kept


@pytest.mark.parametrize("group", GROUPS, ids=lambda group: f"{group.read:02X}")
@given(data=st.data())
def test_a_group_comes_back_as_it_was_written(group: Any, data: st.DataObject) -> None:
    frame = data.draw(frames(group.reply))
    values = {key: getattr(frame, key) for key in group.keys}
    memory = Memory(values)
    server = PaceServer(replace(OPTIONS, memory=memory))
    (query,) = ACCESS.write_queries(1, values, {})
    ACCESS.written(query, ask(server, query))
    (query,) = ACCESS.read_queries(1, [group.keys[0]])
    assert ACCESS.read(query, ask(server, query)) == pytest.approx(values, abs=0.0006)


def test_unknown_keys_are_refused_with_the_nearest() -> None:
    with pytest.raises(ParameterError, match="did you mean cell_ov_alarm_mv"):
        ACCESS.read_queries(1, ["cell_ov_alarm_v"])
    with pytest.raises(ParameterError, match="no setting"):
        ACCESS.write_queries(1, {"password": 1.0}, {})


def test_a_neighbour_that_is_not_known_is_not_made_up() -> None:
    with pytest.raises(ParameterError, match="cell_ov_protect_mv is written together"):
        ACCESS.write_queries(1, {"cell_ov_alarm_mv": 3500}, {})
    with pytest.raises(ParameterError, match="full_charge_v"):
        ACCESS.write_queries(1, {"soc_low_alarm_pct": 5}, dict(DEFAULTS))


@pytest.mark.parametrize("value", [-1.0, 65536.0, float("nan"), float("inf")])
def test_a_value_that_does_not_fit_the_wire_is_refused(value: float) -> None:
    with pytest.raises(ParameterError, match="cell_ov_alarm_mv"):
        ACCESS.write_queries(1, {"cell_ov_alarm_mv": value}, dict(DEFAULTS))


def test_an_order_to_switch_a_protection_off_is_refused() -> None:
    memory, server = keeping()
    (query,) = ACCESS.write_queries(1, {"cell_ov_enabled": 0}, dict(DEFAULTS))
    with pytest.raises(FrameError, match="09: operation refused"):
        ACCESS.written(query, ask(server, query))
    assert memory.done == []


def test_the_limiter_is_told_only_by_a_pack_that_knows_it() -> None:
    _, server = keeping()
    (query,) = ACCESS.read_queries(1, ["limiter_start_a"])
    with pytest.raises(FrameError, match="09"):
        ACCESS.read(query, ask(server, query))
    knows = PaceServer(replace(OPTIONS, memory=Memory({"limiter_start_a": 100.0})))
    assert ACCESS.read(query, ask(knows, query)) == {"limiter_start_a": 100.0}
    (query,) = ACCESS.write_queries(1, {"limiter_start_a": 90.0}, {})
    ACCESS.written(query, ask(knows, query))
    assert "limiter_start_a" in NEIGHBOURS
    # One that was switched off is let in again by a start current, and the control byte says so.
    off, on = (f.SWITCHED.decode(raw(knows, Command.SWITCH, bytes([code])).info) for code in (0x0B, 0x0A))
    assert (off.limiter_off, on.limiter_off) == (True, False)
    raw(knows, Command.SWITCH, b"\x0b")
    ACCESS.written(query, ask(knows, query))
    assert f.SWITCHED.decode(raw(knows, Command.SWITCH, b"\x0d").info).limiter_off is False
