"""What the tests of the Pylontech console say to it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from tests.captured import Captured, captured
from tests.protocols.contract import OPTIONS
from tests.samples import rack

from openress.model import PackSample, RackSample
from openress.protocols.base import Reading
from openress.protocols.battery.pylontech_console import (
    PylontechConsoleClient,
    PylontechConsoleDecoder,
    PylontechConsoleServer,
)

KNOWN = captured("pylontech-console.txt")
GOOD = [one for one in KNOWN if one.says["kind"] != "error"]


def text(known: Captured) -> bytes:
    return known.frame.encode().decode("unicode_escape").encode("latin-1")


def say(command: bytes, on: RackSample | None = None, *, now_s: float = 0.0, **options: Any) -> list[bytes]:
    server = PylontechConsoleServer(replace(OPTIONS, **options))
    return server.feed(command, on or rack(), now_s)


def read(command: bytes, on: RackSample | None = None, **options: Any) -> Reading:
    (answer,) = say(command, on, **options)
    return PylontechConsoleDecoder().read(answer)


def learned(on: RackSample, number: int = 1) -> PackSample:
    client, server = PylontechConsoleClient(), PylontechConsoleServer(OPTIONS)
    sample = PackSample(number)
    for query in (*client.cycle(number), *client.rarely(number)):
        (answer,) = server.feed(query.frame, on, 0.0)
        sample = client.merge(sample, query, answer, 0.0)
    return sample
