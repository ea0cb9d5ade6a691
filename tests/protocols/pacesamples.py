"""What the tests of PACE ask a virtual battery, and how."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from tests.protocols.contract import OPTIONS
from tests.protocols.memory import Chosen, Memory
from tests.samples import rack

from openress.catalog import load_product
from openress.codec import HexFrame
from openress.model import RackSample
from openress.model.history import Calendar
from openress.params import ParameterSet
from openress.protocols.access import Control
from openress.protocols.base import Query
from openress.protocols.battery.pace import PaceAccess, PaceServer

DEFAULTS = ParameterSet.defaults(load_product("syscom-a5l-51v2"))
ACCESS = PaceAccess()


def keeping(**how: Any) -> tuple[Memory, PaceServer]:
    memory = Memory(DEFAULTS, **how)
    return memory, PaceServer(replace(OPTIONS, memory=memory))


def ask(server: PaceServer, query: Query, on: RackSample | None = None) -> bytes:
    (answer,) = server.feed(query.frame, on or rack(), 0.0)
    return answer


def raw(server: PaceServer, code: int, info: bytes = b"", *, adr: int = 1, on: RackSample | None = None) -> HexFrame:
    (answer,) = server.feed(HexFrame(0x25, adr, 0x46, code, info).encode(), on or rack(), 0.0)
    return HexFrame.decode(answer)


ORDERS = [
    ACCESS.read_queries(1, ["cell_ov_alarm_mv"])[0],
    ACCESS.write_queries(1, {"short_circuit_delay_us": 300}, {})[0],
    ACCESS.clock_query(1),
    ACCESS.set_clock_query(1, Calendar(2026, 1, 1, 0, 0, 0)),
    ACCESS.record_query(1, 0),
    ACCESS.control_query(1, Control.BUZZER, on=True),
    ACCESS.control_query(1, Control.CHARGE_SWITCH, on=False),
    ACCESS.control_query(1, Control.SHUTDOWN, on=True),
    ACCESS.choice_query(1),
    ACCESS.choose_query(1, Chosen()),
]
