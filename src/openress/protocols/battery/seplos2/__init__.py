"""Seplos v2 ASCII (VER 20) and Boqiang (VER 26), both sides: measured values, alarms, reading of settings."""

from openress.codec import HexFrameSplitter
from openress.protocols.base import Parts
from openress.protocols.battery.seplos2.client import Seplos2Client, Seplos2Parameters
from openress.protocols.battery.seplos2.decode import Seplos2Decoder
from openress.protocols.battery.seplos2.server import Seplos2Server

__all__ = ["PARTS", "Seplos2Client", "Seplos2Decoder", "Seplos2Parameters", "Seplos2Server"]

PARTS = Parts(
    decoder=Seplos2Decoder,
    server=Seplos2Server,
    client=Seplos2Client,
    parameters=Seplos2Parameters,
    splitter=lambda _direction: HexFrameSplitter(),
)
