"""How the tests of Seplos v3 ask a virtual battery."""

from __future__ import annotations

from typing import Any

from tests.samples import rack

from openress.codec.modbus import (
    Function,
    ReadRequest,
    decode_reply,
    encode,
)
from openress.protocols.battery.seplos3 import (
    Seplos3Server,
)


def ask(server: Seplos3Server, message: Any, *, on: Any = None, now_s: float = 0.0) -> Any:
    answers = server.feed(encode(message), on or rack(), now_s)
    return decode_reply(answers[0]) if answers else None


def read(start: int, count: int, address: int = 0) -> ReadRequest:
    return ReadRequest(address, Function.READ_INPUT, start, count)
