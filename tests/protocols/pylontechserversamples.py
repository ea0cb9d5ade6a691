"""How the tests of the Pylontech battery side ask it."""

from __future__ import annotations

from typing import Any

from tests.samples import rack

from openress.codec import HexFrame
from openress.model import Identity, Limits, RackSample
from openress.protocols.base import Direction, Reading, ServerOptions
from openress.protocols.battery.pylontech import PylontechDecoder, PylontechServer

OPTIONS = ServerOptions(
    identity=Identity(0.0, manufacturer="OpenRESS", model="A5L-51V2", software_version="0.1.0"),
    parameters={
        "cell_ov_protect_mv": 3650, "cell_uv_alarm_mv": 2800, "cell_uv_protect_mv": 2500, "charge_ot_protect_c": 65,
        "charge_ut_protect_c": -5, "pack_ov_protect_v": 57.6, "pack_uv_alarm_v": 46.4, "pack_uv_protect_v": 44.8,
        "discharge_ot_protect_c": 70, "discharge_ut_protect_c": -20,
    },
    rated=Limits(0.0, charge_current_limit_a=50.0, discharge_current_limit_a=100.0),
)  # fmt: skip


def ask(
    code: int,
    info: bytes = b"",
    *,
    adr: int = 2,
    ver: int = 0x20,
    on: RackSample | None = None,
    server: PylontechServer | None = None,
    now_s: float = 0.0,
) -> list[bytes]:
    server = server or PylontechServer(OPTIONS)
    return server.feed(HexFrame(ver, adr, 0x46, code, info).encode(), on or rack(), now_s)


def reading(code: int, info: bytes = b"", **how: Any) -> Reading:
    (answer,) = ask(code, info, **how)
    decoder = PylontechDecoder()
    decoder.read(HexFrame(0x20, 2, 0x46, code, info).encode())
    return decoder.read(answer, Direction.FROM_BATTERY)
