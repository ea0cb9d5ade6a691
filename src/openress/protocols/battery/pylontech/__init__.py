"""Pylontech low-voltage RS485, both sides: V2.8 to V3.5, single packs and the whole group."""

from openress.codec import HexFrameSplitter
from openress.protocols.base import Parts
from openress.protocols.battery.pylontech.client import PylontechClient
from openress.protocols.battery.pylontech.decode import PylontechDecoder
from openress.protocols.battery.pylontech.redact import PylontechRedactor
from openress.protocols.battery.pylontech.server import PylontechServer

__all__ = ["PARTS", "PylontechClient", "PylontechDecoder", "PylontechRedactor", "PylontechServer"]

PARTS = Parts(
    decoder=PylontechDecoder,
    server=PylontechServer,
    client=PylontechClient,
    splitter=lambda _direction: HexFrameSplitter(),
    redactor=PylontechRedactor,
)
