"""The Pylontech console on RS232, both sides: text tables that are read by their headers."""

from openress.protocols.base import Parts
from openress.protocols.battery.pylontech_console.answer import ConsoleSplitter
from openress.protocols.battery.pylontech_console.client import PylontechConsoleClient, PylontechConsoleClock
from openress.protocols.battery.pylontech_console.decode import PylontechConsoleDecoder
from openress.protocols.battery.pylontech_console.server import PylontechConsoleServer

__all__ = [
    "PARTS",
    "PylontechConsoleClient",
    "PylontechConsoleClock",
    "PylontechConsoleDecoder",
    "PylontechConsoleServer",
]

PARTS = Parts(
    decoder=PylontechConsoleDecoder,
    server=PylontechConsoleServer,
    client=PylontechConsoleClient,
    clock=PylontechConsoleClock,
    splitter=lambda _direction: ConsoleSplitter(),
)
