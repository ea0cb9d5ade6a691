"""Every dialect, answer by answer: read into public keys (decode), made from a question and a rack (encode)."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from benchmarks.timing import microseconds
from openress.bms.aggregate import aggregate
from openress.codec.canframe import CanFrame
from openress.model import Analog, Identity, Limits, PackSample, PackState, Status, Switches
from openress.protocols import DIALECTS
from openress.protocols.base import Direction, Parts, SerialDecoder, ServerOptions
from openress.protocols.canbus import CanOptions

__all__ = ["main"]

PACK = PackSample(
    1,
    Analog(
        0.0,
        pack_voltage_v=53.1,
        pack_current_a=-45.6,
        cell_voltages_mv=tuple(range(3310, 3326)),
        temperatures_c=(24.5, 25.0, 25.5, 26.0),
        mos_temperature_c=31.0,
        env_temperature_c=28.0,
        soc_pct=61.2,
        soh_pct=99.0,
        remaining_ah=61.2,
        full_ah=100.0,
        design_ah=100.0,
        cycles=170,
    ),
    Status(
        0.0,
        state=PackState.DISCHARGE,
        switches=Switches(charge=True, discharge=True),
        alarms=frozenset(),
        protections=frozenset(),
        faults=frozenset(),
    ),
    Limits(
        0.0,
        charge_voltage_limit_v=56.0,
        charge_current_limit_a=50.0,
        discharge_current_limit_a=100.0,
        discharge_voltage_limit_v=48.0,
        charge_enabled=True,
        discharge_enabled=True,
        charge_immediately=False,
        full_charge_request=False,
    ),
    Identity(0.0, serial="EXAMPLE-0001", manufacturer="OpenRESS", model="A5L", software_version="1.2.3"),
)
RACK = aggregate([PACK], 0.0)


def main() -> None:
    """Measure and print."""
    print(f"{'us per answer':<50} {'bytes':>6} {'frames':>6} {'decode':>9} {'encode':>9}")
    for name, dialect in DIALECTS.items():
        parts = dialect.parts()
        if parts.can_decoder is not None:
            _can(name, parts)
        else:
            _serial(name, parts)


def _can(name: str, parts: Parts) -> None:
    """One burst: everything that a battery of this pack sends within a second."""
    assert parts.can_decoder is not None
    assert parts.can_battery is not None
    assert parts.can_inverter is not None
    decoder, battery = parts.can_decoder(), parts.can_battery(CanOptions(experimental=True))
    questions = parts.can_inverter(CanOptions()).due(0.0)

    def burst() -> list[CanFrame]:
        battery.reset()
        for question in questions:
            battery.feed(question, 0.0)
        return battery.due(RACK, 0.0)

    frames = burst()
    assert frames, f"{name} sends nothing"
    _row(
        f"{name} burst",
        sum(len(frame.data) for frame in frames),
        len(frames),
        _time(lambda: [decoder.read(frame) for frame in frames]),
        _time(burst),
    )


def _serial(name: str, parts: Parts) -> None:
    """The questions of a cycle; each is told to the decoder before its answer, as on a line."""
    assert parts.server is not None
    assert parts.client is not None
    assert parts.decoder is not None
    server, client, decoder = parts.server(ServerOptions(Identity(0.0))), parts.client(), parts.decoder()
    for query in client.cycle(1):
        answer = b"".join(server.feed(query.frame, RACK, 0.0))
        decoder.read(query.frame, Direction.TO_BATTERY)
        frames = _split(parts, answer)
        assert frames, f"{name} does not answer {query.name}"
        assert all(decoder.read(frame, Direction.FROM_BATTERY).values for frame in frames)
        _row(
            f"{name} {query.name}",
            len(answer),
            len(frames),
            _time(partial(_read, decoder, frames)),
            _time(partial(server.feed, query.frame, RACK, 0.0)),
        )


def _split(parts: Parts, answer: bytes) -> list[bytes]:
    """The frames of an answer, one by one where the dialect can tell them; a client's splitter keeps them together."""
    if parts.splitter is not None:
        return parts.splitter(Direction.FROM_BATTERY).feed(answer)
    assert parts.client is not None
    return parts.client().splitter().feed(answer)


def _read(decoder: SerialDecoder, frames: list[bytes]) -> None:
    for frame in frames:
        decoder.read(frame, Direction.FROM_BATTERY)


def _time(operation: Callable[[], object]) -> float:
    """Shorter than elsewhere: there are many."""
    return microseconds(operation, repeats=5, budget_s=0.05)


def _row(what: str, size: int, frames: int, decode_us: float, encode_us: float) -> None:
    print(f"{what:<50} {size:>6} {frames:>6} {decode_us:>9.2f} {encode_us:>9.2f}")
