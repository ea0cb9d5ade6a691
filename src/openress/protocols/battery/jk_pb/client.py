"""Asking JK PB packs for their records."""

from __future__ import annotations

from openress.codec.modbus import decode_request
from openress.codec.modbusstream import Side
from openress.errors import FrameError
from openress.model import PackSample
from openress.protocols.base import Query
from openress.protocols.battery.jk_pb.frames import (
    MAX_PACKS,
    JkPbSplitter,
    Kind,
    Record,
    address_of,
    trigger,
    triggered,
)
from openress.protocols.battery.jk_pb.values import merge_record

__all__ = ["JkPbClient", "open_record", "record_query"]


def record_query(pack: int, kind: Kind) -> Query:
    """Ask for a record."""
    return Query(f"{kind.name.lower()} record", pack, trigger(address_of(pack), kind))


def open_record(query: Query, reply: bytes) -> Record:
    """The record that answers `query`.

    Raises:
        FrameError: damaged, another record, another pack's, or without the answer that tells whose it is.
    """
    record = Record.decode(reply)
    asked = decode_request(query.frame)
    if record.kind is not triggered(asked):
        raise FrameError(f"a record of kind {record.kind.name.lower()} was not asked for", at=4)
    if record.address is None:
        raise FrameError("nothing behind the record tells whose it is", at=len(reply))
    if record.address != asked.address:
        raise FrameError(f"the record of address {record.address:02X}, asked was {asked.address:02X}", at=300)
    return record


class JkPbClient:
    """The asking side; pack number n has address n. Address 0 is the bus master, which asks the others."""

    __slots__ = ()

    max_packs = MAX_PACKS

    def splitter(self) -> JkPbSplitter:
        """A fresh splitter for the bytes that come back."""
        return JkPbSplitter(Side.REPLIES)

    def address(self, pack: int) -> int:
        """The address at which a pack is asked."""
        return address_of(pack)

    def first(self, pack: int) -> Query:
        """1620: live values."""
        return record_query(pack, Kind.LIVE)

    def cycle(self, pack: int) -> tuple[Query, ...]:
        """1620."""
        return (record_query(pack, Kind.LIVE),)

    def rarely(self, pack: int) -> tuple[Query, ...]:
        """161C."""
        return (record_query(pack, Kind.ABOUT),)

    def merge(self, sample: PackSample, query: Query, reply: bytes, now_s: float) -> PackSample:
        """Add what `reply` says to `sample`.

        Raises:
            FrameError: see `open_record`.
        """
        return merge_record(sample, open_record(query, reply), now_s)
