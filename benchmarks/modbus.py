"""Reading and answering Modbus dialects: one frame of each, wire to public keys and back."""

from __future__ import annotations

from benchmarks.timing import microseconds, report
from openress.codec.modbus import crc16
from openress.model import Analog, Identity, Limits, PackSample, PackState, RackSample, Status, Switches
from openress.protocols import find_dialect
from openress.protocols.base import Direction, ServerOptions

__all__ = ["main"]

PACK = PackSample(
    1,
    Analog(
        0.0,
        pack_voltage_v=52.8,
        pack_current_a=-11.0,
        cell_voltages_mv=tuple(range(3300, 3316)),
        temperatures_c=(25.0, 25.0, 25.5, 24.5),
        mos_temperature_c=29.2,
        env_temperature_c=32.0,
        soc_pct=51.0,
        soh_pct=99.0,
        remaining_ah=51.0,
        full_ah=100.0,
        design_ah=100.0,
        cycles=10,
    ),
    Status(
        0.0,
        state=PackState.DISCHARGE,
        switches=Switches(charge=True, discharge=True),
        alarms=frozenset(),
        protections=frozenset(),
        faults=frozenset(),
    ),
    Limits(0.0, 56.0, 50.0, 50.0, 48.0, charge_enabled=True, discharge_enabled=True),
    Identity(0.0, serial="SERIAL-0001", model="A5L", software_version="1.2.3"),
)


def main() -> None:
    """Measure and print."""
    rack = RackSample(0.0, (PACK,), PACK.analog, PACK.status, PACK.limits)
    options = ServerOptions(identity=Identity(0.0, manufacturer="OpenRESS", model="A5L"))
    report("Modbus CRC of 79 bytes", microseconds(lambda: crc16(bytes(79))), "us")
    for name in ("pace-modbus", "seplos3", "jk-pb", "daly-modbus", "daly-ess"):
        parts = find_dialect(name).parts()
        assert parts.decoder is not None
        assert parts.server is not None
        assert parts.client is not None
        client, server, decoder = parts.client(), parts.server(options), parts.decoder()
        for query in client.cycle(1):
            (answer,) = server.feed(query.frame, rack, 0.0)
            decoder.read(query.frame, Direction.TO_BATTERY)
            title = f"{name} {query.name}, {len(answer)} bytes"
            splitter = client.splitter()
            report(f"{title}: frame to public keys", microseconds(lambda: decoder.read(answer)), "us")  # noqa: B023  # measured at once
            report("  stream to pack", microseconds(lambda: _merged(client, splitter, query, answer)), "us")  # noqa: B023
            report("  question to answer", microseconds(lambda: server.feed(query.frame, rack, 0.0)), "us")  # noqa: B023


def _merged(client: object, splitter: object, query: object, answer: bytes) -> object:
    (frame,) = splitter.feed(answer)  # type: ignore[attr-defined]
    return client.merge(PACK, query, frame, 0.0)  # type: ignore[attr-defined]
