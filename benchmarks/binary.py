"""Reading and answering in the binary dialects: one frame to public keys, and one question to its answer."""

from __future__ import annotations

from benchmarks.timing import microseconds, report
from openress.bms.aggregate import aggregate
from openress.model import Analog, Identity, Limits, PackSample, Status, Switches
from openress.protocols import find_dialect
from openress.protocols.base import Direction, ServerOptions

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
    ),
    Identity(0.0, serial="EXAMPLE-0001", model="A5L", software_version="1.2.3"),
)


def main() -> None:
    """Measure and print."""
    rack = aggregate([PACK], 0.0)
    for name in ("jbd", "jbd-up16s", "daly", "jk-4e57"):
        parts = find_dialect(name).parts()
        assert parts.server is not None
        assert parts.client is not None
        assert parts.decoder is not None
        server, client, decoder = parts.server(ServerOptions(Identity(0.0))), parts.client(), parts.decoder()
        query = client.first(1)
        (answer,) = server.feed(query.frame, rack, 0.0)
        assert client.merge(PackSample(1), query, answer, 0.0).analog is not None
        report(
            f"{name}: {len(answer)} bytes to public keys",
            microseconds(lambda answer=answer, decoder=decoder: decoder.read(answer, Direction.FROM_BATTERY)),
            "us",
        )
        report(
            "  to a pack",
            microseconds(
                lambda answer=answer, client=client, query=query: client.merge(PackSample(1), query, answer, 0.0)
            ),
            "us",
        )
        report(
            "  question to answer",
            microseconds(lambda query=query, server=server: server.feed(query.frame, rack, 0.0)),
            "us",
        )
