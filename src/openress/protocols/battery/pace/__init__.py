"""PACE v25 ASCII ("paceic"), both sides: measured values, settings, clock, records and switches of rack packs."""

from openress.codec import HexFrameSplitter
from openress.protocols.base import Parts
from openress.protocols.battery.pace.access import PaceAccess
from openress.protocols.battery.pace.client import PaceClient
from openress.protocols.battery.pace.decode import PaceDecoder
from openress.protocols.battery.pace.server import PaceServer

__all__ = ["PARTS", "PaceAccess", "PaceClient", "PaceDecoder", "PaceServer"]

PARTS = Parts(
    decoder=PaceDecoder,
    server=PaceServer,
    client=PaceClient,
    parameters=PaceAccess,
    clock=PaceAccess,
    history=PaceAccess,
    controls=PaceAccess,
    protocol_choice=PaceAccess,
    limiter=PaceAccess,
    hardware=PaceAccess,
    splitter=lambda _direction: HexFrameSplitter(),
)
