"""All twelve inverters of the documents: one line of configuration each, over the right transport."""

from __future__ import annotations

import asyncio
import sys
import time
from math import inf
from pathlib import Path
from typing import Any

import pytest

from openress.capturefile import parse_capture
from openress.config import load_config
from openress.errors import ParameterError
from openress.gateway.caps import Caps
from openress.gateway.hold import State
from openress.gateway.session import Session
from openress.gateway.setup import PackMaxima, SessionSetup, build_serial_session, build_session
from openress.gateway.supervise import Line
from openress.inverterchoice import InverterChoice, session_setup
from openress.inverterlink import InverterLink
from openress.model import RackSample
from openress.ports import BytePort, PtyLink
from openress.ports.pty import open_pty
from openress.protocols.base import Bus
from openress.simulatedwire import AnySimInverter, simulated_wire
from tests.gateway.bench import reading
from tests.protocols.seriallines import reads
from tests.test_invertercatalog import DOCUMENTS

DEADLINE_S = 20.0  # never reached; turns a hang into a failure
MAXIMA = PackMaxima(None, 50.0, 100.0, 16)
needs_pty = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pseudo-terminals")

UNDOCUMENTED = {"opti", "inhenergy", "phocos"}
"""Nothing at all is published of these; they are served in a fallback dialect, and say so."""
FALLS_BACK = UNDOCUMENTED | {"afore-hns"}
"""Of Afore's RS485 dialect nothing is published either; its CAN dialect is known."""
SPOKEN = {
    "victron": "victron-can",
    "sma": "sma-can",
    "megarevo": "pylontech-can",
    "must": "pylontech-can",
    "voltronic": "pylontech",
    "growatt-spf": "growatt-485",
    "opti": "voltronic-485",
    "deye-sg04lp1": "pylontech",
    "inhenergy": "pylontech",
    "afore-hns": "pylontech",
    "phocos": "voltronic-485",
    "sol-ark": "sol-ark-can",
}
MARKS = [
    pytest.param(name, bus, key, marks=pytest.mark.req(f"REQ-{number}"))
    for number, (name, bus, key) in enumerate(DOCUMENTS, start=150)
]


def configured(tmp_path: Path, line: str) -> InverterChoice:
    path = tmp_path / "openress.toml"
    path.write_text(f"[gateway]\n{line}\n")
    return load_config(path).gateway.choose()


def setup_of(choice: InverterChoice) -> SessionSetup:
    return session_setup(choice, maxima=MAXIMA, caps=Caps(), expected=2)


def lives(session: Session[Any], inverter: AnySimInverter, seconds: float) -> float:
    """Both in simulated time with a fresh reading every half a second; gives the current that it charges with."""
    now_s, read_s, flows_a = 0.0, -inf, 0.0
    machine: Any = inverter
    while now_s < seconds:
        due_s = min(session.next_due_s, inf if machine.next_due_s is None else machine.next_due_s)
        now_s = min(max(now_s + 0.005, due_s), now_s + 0.5)
        if now_s - read_s >= 0.5:
            read_s = now_s
            session.see(reading(now_s), now_s, 10.0)
        for message in machine.due(now_s):
            session.hear(message, now_s)
        for message in session.due(Line.WORKS, now_s):
            machine.hear(message, now_s)
        flows_a = machine.demand(40.0, 52.0).current_a
    assert session.report(now_s).told.state is State.LIVE
    assert not session.report(now_s).alarms
    return flows_a


@pytest.mark.parametrize(("name", "bus", "key"), MARKS)
def test_all_twelve_start_from_one_line_and_charge_as_they_are_told(name: str, bus: Bus, key: str, tmp_path: Path):
    choice = configured(tmp_path, f'inverter = "{name}"')
    assert (choice.inverter.key, choice.bus, choice.dialect) == (key, bus, SPOKEN[key])
    setup = setup_of(choice)
    wire = simulated_wire(choice, (), maxima=MAXIMA, packs=2, folder=tmp_path)
    build: Any = build_session if bus is Bus.CAN else build_serial_session
    assert lives(build(setup, 0.0), wire.inverter, 32.0) == pytest.approx(40.0)


@pytest.mark.parametrize(("name", "bus", "key"), MARKS)
def test_where_nothing_is_published_it_says_fallback_dialect_untested(name: str, bus: Bus, key: str, tmp_path: Path):
    told = configured(tmp_path, f'inverter = "{name}"').as_json()
    assert told["evidence"].startswith("fallback dialect, untested") is (key in FALLS_BACK)
    assert "untested" in told["evidence"]
    assert told["bus"] == {Bus.CAN: "CAN", Bus.SERIAL: "RS485"}[bus]


def test_the_port_decides_between_can_and_rs485(tmp_path: Path):
    deye = 'inverter = "deye-sg04lp1"\nport = '
    assert configured(tmp_path, deye + '"can:socketcan:can0"').dialect == "deye-can"
    for port in ("serial:/dev/ttyUSB0?baud=9600", "tcp://10.0.0.1:4196", "pty:/tmp/inverter"):
        assert configured(tmp_path, f'{deye}"{port}"').dialect == "pylontech"
        assert configured(tmp_path, f'{deye}"{port}"\ndialect = "tianbangda"').dialect == "tianbangda"


def test_a_slow_line_asks_for_a_longer_turnaround(tmp_path: Path):
    slow = 'inverter = "voltronic"\nport = "serial:/dev/ttyUSB0?baud=2400"\n'
    with pytest.raises(ParameterError, match=r"3\.5 characters take 0\.0146 s"):
        configured(tmp_path, slow)
    assert configured(tmp_path, slow + "turnaround_s = 0.02").serial.turnaround_s == 0.02
    with pytest.raises(ParameterError, match=r"line 4.*3\.5 characters"):
        configured(tmp_path, 'inverter = "voltronic"\n\nturnaround_s = 0.001')


class Source:
    def refresh(self, now_s: float) -> None:
        assert now_s >= 0.0

    def rack(self) -> RackSample:
        return reading(time.monotonic())


@needs_pty
@pytest.mark.soak
async def test_a_stranger_on_the_line_is_recorded_and_hears_nothing(tmp_path):
    far = open_pty(PtyLink(str(tmp_path / "line")))
    port = f"serial:{tmp_path}/line"
    choice = configured(tmp_path, f'inverter = "auto"\nport = "{port}"')
    said: list[str] = []
    link = InverterLink(choice, setup_of(choice), Source(), port=port, folder=tmp_path, say=said.append)
    await link.open()
    task = asyncio.create_task(link.run())
    heard: list[bytes] = []
    listening = asyncio.create_task(_hear(far, heard))
    try:
        async with asyncio.timeout(2 * DEADLINE_S):
            while link.as_json()["unknown_polls"] is None:
                await far.write(reads(0x1200, 1))
                await asyncio.sleep(0.5)
        state = link.as_json()
    finally:
        for one in (task, listening):
            one.cancel()
        await asyncio.gather(task, listening, return_exceptions=True)
        await link.close()
        await far.close()
    assert heard == []
    assert (state["state"], state["dialect"]) == ("recognising", None)
    path = Path(state["unknown_polls"])
    assert path.parent == tmp_path
    chunks = parse_capture((await asyncio.to_thread(path.read_text)).splitlines()).chunks
    # All that was heard in the ten seconds before it was clear, too.
    assert len(chunks) >= 15
    assert {chunk.data for chunk in chunks} == {reads(0x1200, 1)}
    assert str(path) in said[0]


async def _hear(port: BytePort, heard: list[bytes]) -> None:
    while True:
        heard.append(await port.read())


@needs_pty
@pytest.mark.parametrize(
    ("line", "dialect"), [('inverter = "growatt-spf"', "growatt-485"), ('inverter = "auto"', None)]
)
async def test_with_the_gateway_in_a_process_of_its_own_behind_a_pseudo_terminal(line, dialect, tmp_path):
    choice = configured(tmp_path, line)
    said: list[str] = []
    link = InverterLink(choice, setup_of(choice), Source(), port=None, folder=tmp_path, say=said.append)
    await link.open()
    assert link.link == f"serial:{tmp_path}/rs485"
    assert link.as_json()["dialect"] == dialect
    task = asyncio.create_task(link.run())
    assert link.simulated is not None
    try:
        async with asyncio.timeout(DEADLINE_S):
            while link.simulated.demand(40.0, 52.0).current_a < 5.0 or link.as_json()["state"] != "live":  # noqa: ASYNC110 - it has no event to wait for
                await asyncio.sleep(0.05)
        state = link.as_json()
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await link.close()
    assert (state["bus"], state["dialect"]) == ("RS485", dialect or "pylontech")
    assert state["frames"]
    assert state["frames"][0]["values"]
    assert state["inverter_sees"]["battery"] == "heard"
    assert said == []
    assert not (tmp_path / "rs485").is_symlink()
