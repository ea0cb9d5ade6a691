"""JK PB (inverter series) RS485, both sides, and listening to a bus whose master already asks."""

from openress.protocols.base import Parts
from openress.protocols.battery.jk_pb.access import JkPbControls, JkPbParameters
from openress.protocols.battery.jk_pb.client import JkPbClient
from openress.protocols.battery.jk_pb.decode import JkPbDecoder
from openress.protocols.battery.jk_pb.frames import JkPbSplitter
from openress.protocols.battery.jk_pb.listener import JkPbListener
from openress.protocols.battery.jk_pb.server import JkPbServer
from openress.protocols.modbus import side_of

__all__ = [
    "PARTS",
    "JkPbClient",
    "JkPbControls",
    "JkPbDecoder",
    "JkPbListener",
    "JkPbParameters",
    "JkPbServer",
]

PARTS = Parts(
    decoder=JkPbDecoder,
    server=JkPbServer,
    client=JkPbClient,
    parameters=JkPbParameters,
    controls=JkPbControls,
    splitter=lambda direction: JkPbSplitter(side_of(direction)),
)
