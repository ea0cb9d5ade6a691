"""Snapshots of the rack, the differences between them, and the last fifteen minutes for the charts."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Callable, Sequence
from dataclasses import dataclass
from typing import Any

from openress.web.exchanged import Exchanges

__all__ = ["HISTORY_S", "Event", "Hub", "Recent", "difference"]

HISTORY_S = 900
_GAP_S = 3.0
"""Looks that come later are told as a gap in the charts."""
_MISSED = 60
"""A reader that is this many events behind starts again with a snapshot."""

RACK_SERIES = ("pack_voltage_v", "pack_current_a", "soc_pct", "cell_voltage_min_mv", "cell_voltage_max_mv")
PACK_SERIES = (*RACK_SERIES, "temperature_max_c")


@dataclass(frozen=True, slots=True)
class Event:
    """One server-sent event."""

    kind: str
    seq: int
    data: dict[str, Any]


def difference(old: dict[str, Any], new: dict[str, Any]) -> dict[str, Any]:
    """Keys of `new` that differ from `old`; a key that is gone is `None`."""
    changed = {key: value for key, value in new.items() if key not in old or old[key] != value}
    return changed | {key: None for key in old if key not in new}


class Recent:
    """What the charts show: one value a second for each series, gaps as `None`.

    Other packs have another past: with them it begins anew.
    """

    def __init__(self) -> None:
        self._exchanges = Exchanges()
        self._rows: deque[dict[str, Any]] = deque(maxlen=HISTORY_S)
        self._last_s = 0.0

    def add(self, snapshot: dict[str, Any]) -> None:
        """Note the chart values of a snapshot."""
        if self._exchanges.see(snapshot) is not None or self._exchanges.unsure:
            self._rows.clear()
        row = {f"rack.{name}": snapshot["rack"].get(name) for name in RACK_SERIES}
        for number, pack in snapshot["packs"].items():
            row |= {f"pack.{number}.{name}": pack.get(name) for name in PACK_SERIES}
        time_s = snapshot["time_s"]
        silence_s = time_s - self._last_s
        if self._rows and silence_s >= _GAP_S:
            self._rows.extend({} for _ in range(min(HISTORY_S, round(silence_s) - 1)))
        self._rows.append(row)
        self._last_s = time_s

    def read(self) -> dict[str, Any]:
        """All series, oldest first."""
        names = sorted({name for row in self._rows for name in row})
        return {
            "interval_s": 1.0,
            "start_s": self._last_s - max(0, len(self._rows) - 1),
            "series": {name: [row.get(name) for row in self._rows] for name in names},
        }


class Hub:
    """Makes a snapshot every second and tells every browser what changed.

    Args:
        make: forms the snapshot, without its sequence number.
        followers: are handed each new snapshot.
    """

    def __init__(
        self, make: Callable[[], dict[str, Any]], followers: Sequence[Callable[[dict[str, Any]], None]] = ()
    ) -> None:
        self._make = make
        self._followers = followers
        self._snapshot: dict[str, Any] = {"seq": 0, **make()}
        self._readers: set[asyncio.Queue[Event | None]] = set()
        self._closed = False
        self.recent = Recent()
        self.recent.add(self._snapshot)
        self._hand_on()

    @property
    def snapshot(self) -> dict[str, Any]:
        """The last one."""
        return self._snapshot

    async def run(self) -> None:
        """Look once a second, for ever; closes the hub when it is cancelled, so that no stream outlives it."""
        clock = asyncio.get_running_loop().time
        next_s = clock()
        try:
            while True:
                # By the clock, not by the pause, or the seconds of the charts would grow longer than seconds.
                next_s = max(next_s + 1.0, clock())
                await asyncio.sleep(next_s - clock())
                self.look()
        finally:
            self.close()

    def look(self) -> None:
        """Take a new snapshot and tell the differences."""
        old, new = self._snapshot, {"seq": self._snapshot["seq"] + 1, **self._make()}
        packs = {
            number: self._pack_change(old["packs"].get(number), new["packs"].get(number))
            for number in sorted(old["packs"].keys() | new["packs"].keys())
            if old["packs"].get(number) != new["packs"].get(number)
        }
        rest = difference(
            {key: value for key, value in old.items() if key not in ("rack", "packs")},
            {key: value for key, value in new.items() if key not in ("rack", "packs")},
        )
        delta = rest | {"rack": difference(old["rack"], new["rack"]), "packs": packs}
        self._snapshot = new
        self.recent.add(new)
        self._tell(Event("delta", new["seq"], delta))
        self._hand_on()

    def _hand_on(self) -> None:
        for see in self._followers:
            see(self._snapshot)

    @staticmethod
    def _pack_change(old: dict[str, Any] | None, new: dict[str, Any] | None) -> dict[str, Any] | None:
        if new is None:
            return None
        return new if old is None else difference(old, new)

    def _tell(self, event: Event) -> None:
        for reader in self._readers:
            if reader.qsize() >= _MISSED:
                while not reader.empty():
                    reader.get_nowait()
                reader.put_nowait(Event("snapshot", self._snapshot["seq"], self._snapshot))
            else:
                reader.put_nowait(event)

    async def events(self) -> AsyncGenerator[Event, None]:
        """A snapshot, then every difference, until the hub closes."""
        if self._closed:
            return
        queue: asyncio.Queue[Event | None] = asyncio.Queue()
        self._readers.add(queue)
        try:
            yield Event("snapshot", self._snapshot["seq"], self._snapshot)
            while (event := await queue.get()) is not None:
                yield event
        finally:
            self._readers.discard(queue)

    def close(self) -> None:
        """End every stream, so that the server can stop."""
        self._closed = True
        for reader in self._readers:
            reader.put_nowait(None)
