"""A pack that shares its line with others answers for itself and for nobody else, in every dialect with addresses."""

from __future__ import annotations

import pytest
from tests.samples import pack

from openress.bms.aggregate import aggregate
from openress.codec import HexFrame
from openress.model import Identity
from openress.protocols import DIALECTS
from openress.protocols.base import ServerOptions

ON_A_SHARED_LINE = [
    name
    for name, dialect in DIALECTS.items()
    if (parts := dialect.parts()).client is not None
    and parts.server is not None
    and parts.client().max_packs > 1
    # The console is a cable to one pack, which knows the others.
    and name != "pylontech-console"
]


@pytest.mark.parametrize("dialect", ON_A_SHARED_LINE)
@pytest.mark.parametrize("own", [1, 3])
def test_silent_unless_asked_itself(dialect: str, own: int) -> None:
    parts = DIALECTS[dialect].parts()
    assert parts.client is not None
    assert parts.server is not None
    client, rack = parts.client(), aggregate([pack(own)], 0.0)
    for asked in (1, 2, 3):
        for query in (client.first(asked), *client.cycle(asked), *client.rarely(asked)):
            server = parts.server(ServerOptions(Identity(0.0, manufacturer="OpenRESS", model="A5L")))
            assert bool(server.feed(query.frame, rack, 0.0)) is (asked == own), (asked, query.name)


def test_a_pylontech_slave_leaves_what_is_for_anybody_and_for_the_group_to_the_master() -> None:
    parts = DIALECTS["pylontech"].parts()
    assert parts.server is not None
    options = ServerOptions(Identity(0.0, manufacturer="OpenRESS", model="A5L", software_version="1.2.3"))
    for code, address in ((0x4F, 0), (0x51, 0), (0x61, 2)):
        question = HexFrame(0x20, address, 0x46, code, bytes([address]) if address else b"").encode()
        assert parts.server(options).feed(question, aggregate([pack(1)], 0.0), 0.0)
        assert parts.server(options).feed(question, aggregate([pack(3)], 0.0), 0.0) == []
