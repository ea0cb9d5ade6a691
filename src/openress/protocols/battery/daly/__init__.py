"""Daly A5 frames, both sides: single packs without an address."""

from openress.protocols.base import Parts
from openress.protocols.battery.daly import frames
from openress.protocols.battery.daly.client import DalyClient, DalyControls
from openress.protocols.battery.daly.decode import DalyDecoder, DalyRedactor
from openress.protocols.battery.daly.server import DalyServer

__all__ = ["PARTS", "DalyClient", "DalyControls", "DalyDecoder", "DalyRedactor", "DalyServer"]

PARTS = Parts(
    decoder=DalyDecoder,
    server=DalyServer,
    client=DalyClient,
    controls=DalyControls,
    splitter=lambda _direction: frames.splitter(),
    redactor=DalyRedactor,
)
