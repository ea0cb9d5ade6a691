"""JBD (Xiaoxiang, LLT) DD-A5, both sides: single packs without an address."""

from openress.protocols.base import Parts
from openress.protocols.battery.jbd import frames
from openress.protocols.battery.jbd.client import JbdClient, JbdControls, JbdSettings
from openress.protocols.battery.jbd.decode import JbdDecoder, JbdRedactor
from openress.protocols.battery.jbd.server import JbdServer

__all__ = ["PARTS", "JbdClient", "JbdControls", "JbdDecoder", "JbdRedactor", "JbdServer", "JbdSettings"]

PARTS = Parts(
    decoder=JbdDecoder,
    server=JbdServer,
    client=JbdClient,
    parameters=JbdSettings,
    controls=JbdControls,
    splitter=lambda _direction: frames.splitter(),
    redactor=JbdRedactor,
)
