"""JBD UP16S rack packs, both sides: live values of every pack through the master, by address."""

from openress.protocols.base import Parts
from openress.protocols.battery.jbd_up16s import frames
from openress.protocols.battery.jbd_up16s.client import Up16sClient, Up16sControls
from openress.protocols.battery.jbd_up16s.decode import Up16sDecoder, Up16sRedactor
from openress.protocols.battery.jbd_up16s.server import Up16sServer

__all__ = ["PARTS", "Up16sClient", "Up16sControls", "Up16sDecoder", "Up16sRedactor", "Up16sServer"]

PARTS = Parts(
    decoder=Up16sDecoder,
    server=Up16sServer,
    client=Up16sClient,
    controls=Up16sControls,
    splitter=lambda _direction: frames.splitter(),
    redactor=Up16sRedactor,
)
