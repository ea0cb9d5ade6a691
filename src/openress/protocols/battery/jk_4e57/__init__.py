"""JK 4E57 (JK-B, JK-BD), both sides: single packs without an address."""

from openress.protocols.base import Parts
from openress.protocols.battery.jk_4e57 import frames
from openress.protocols.battery.jk_4e57.client import JkClient, JkControls, JkSettings
from openress.protocols.battery.jk_4e57.decode import JkDecoder, JkRedactor
from openress.protocols.battery.jk_4e57.server import JkServer

__all__ = ["PARTS", "JkClient", "JkControls", "JkDecoder", "JkRedactor", "JkServer", "JkSettings"]

PARTS = Parts(
    decoder=JkDecoder,
    server=JkServer,
    client=JkClient,
    parameters=JkSettings,
    controls=JkControls,
    splitter=lambda _direction: frames.splitter(),
    redactor=JkRedactor,
)
