"""Listening to JK PB packs on a bus whose master already asks them: nothing is ever sent."""

from __future__ import annotations

from openress.codec.modbus import decode_request
from openress.codec.modbusstream import Side
from openress.errors import FrameError
from openress.model import PackSample
from openress.protocols.battery.jk_pb.frames import HEAD, JkPbSplitter, Kind, Record, triggered
from openress.protocols.battery.jk_pb.values import merge_record

__all__ = ["JkPbListener"]

ANSWERED_WITHIN_S = 1.0
"""A record without an answer behind it belongs to the order before it, if that is no older."""


class JkPbListener:
    """Machine that hears every pack of a bus; a pack's number is its address, 0 the bus master itself."""

    __slots__ = ("_asked", "_packs", "_splitter")

    def __init__(self) -> None:
        self._splitter = JkPbSplitter(Side.BOTH)
        self._packs: dict[int, PackSample] = {}
        self._asked: tuple[float, int, Kind] | None = None

    def feed(self, data: bytes, now_s: float) -> list[tuple[int, PackSample]]:
        """Take bytes from the line; gives for each record heard the address and all that is known of that pack.

        A record of which nothing tells whose it is says nothing and is dropped.
        """
        heard = []
        for frame in self._splitter.feed_at(data, now_s):
            if not frame.startswith(HEAD):
                self._note(frame, now_s)
                continue
            record = Record.decode(frame)
            address = record.address if record.address is not None else self._asker(record.kind, now_s)
            self._asked = None
            if address is None:
                continue
            sample = merge_record(self._packs.get(address, PackSample(address)), record, now_s)
            self._packs[address] = sample
            heard.append((address, sample))
        return heard

    def _note(self, frame: bytes, now_s: float) -> None:
        try:
            request = decode_request(frame)
        except FrameError:
            return
        kind = triggered(request)
        self._asked = None if kind is None else (now_s, request.address, kind)

    def _asker(self, kind: Kind, now_s: float) -> int | None:
        if self._asked is None:
            return None
        asked_s, address, wanted = self._asked
        return address if wanted is kind and 0.0 <= now_s - asked_s <= ANSWERED_WITHIN_S else None
