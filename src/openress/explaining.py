"""Explanations of a running gateway: one a second, the last hour kept in memory, asked for over HTTP."""

from __future__ import annotations

import asyncio
import json
import zlib
from bisect import bisect_right
from collections import deque
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, HTTPException, Query

from openress.config import Config
from openress.sections import NO_INVERTER

__all__ = ["KEPT_S", "Explaining", "Ring", "explaining"]

KEPT_S = 3600
_GAP_S = 3.0
"""Looks that come later leave a time of which nothing is known."""


class Ring:
    """What was explained when, changes only, as long as `kept_s`."""

    def __init__(self, kept_s: float = KEPT_S) -> None:
        self._kept_s = kept_s
        self._rows: deque[tuple[float, bytes]] = deque()
        self._from_s: float | None = None
        self._last_s = 0.0

    def add(self, at_s: float, explanation: dict[str, Any] | None) -> None:
        """Take the explanation of `at_s`, Unix seconds; a clock that was set back begins anew."""
        if self._from_s is None or at_s < self._last_s or at_s - self._last_s > _GAP_S + self._kept_s:
            self._rows.clear()
            self._from_s = at_s
        if self._rows and at_s - self._last_s > _GAP_S:
            self._put(self._last_s + _GAP_S, None)
        self._last_s = at_s
        self._put(at_s, explanation)
        while len(self._rows) > 1 and self._rows[1][0] <= at_s - self._kept_s:
            self._rows.popleft()
        self._from_s = max(self._from_s, at_s - self._kept_s)

    def _put(self, at_s: float, explanation: dict[str, Any] | None) -> None:
        data = zlib.compress(json.dumps(explanation).encode())
        if not self._rows or self._rows[-1][1] != data:
            self._rows.append((at_s, data))

    @property
    def span(self) -> tuple[float, float] | None:
        """First and last moment that can be asked for; `None` before the first."""
        return None if self._from_s is None else (self._from_s, self._last_s)

    def at(self, at_s: float) -> dict[str, Any] | None:
        """What was explained at a moment within the span; `None` where nothing was looked at."""
        place = bisect_right(self._rows, at_s, key=lambda row: row[0]) - 1
        found: dict[str, Any] | None = None if place < 0 else json.loads(zlib.decompress(self._rows[place][1]))
        return found

    def __len__(self) -> int:
        return len(self._rows)


class Explaining:
    """A follower that keeps explanations and answers for them."""

    def __init__(self) -> None:
        self.ring = Ring()
        router = APIRouter()

        @router.get(
            "/api/explain", summary="Why each value is on the wire to the inverter, now or within the last hour"
        )
        async def _explain(
            at: Annotated[float | None, Query(allow_inf_nan=False, description="Unix seconds; now without it")] = None,
        ) -> dict[str, Any]:
            return self.read(at)

        self._routers = (router,)

    @property
    def routers(self) -> Sequence[APIRouter]:
        """What it adds to the API."""
        return self._routers

    def see(self, snapshot: dict[str, Any]) -> None:
        """Take a snapshot; see `Follower.see`."""
        gateway = snapshot.get("gateway")
        self.ring.add(snapshot["time_s"], None if gateway is None else gateway.get("explanation"))

    def read(self, at_s: float | None) -> dict[str, Any]:
        """The explanation of a moment with its time.

        Raises:
            HTTPException: nothing is kept of that moment; the sentence has the span that is.
        """
        span = self.ring.span
        if span is None:
            raise HTTPException(404, "Nothing has been explained yet; ask again in a second.")
        wanted_s = span[1] if at_s is None else at_s
        first, last = (_clock(moment_s) for moment_s in span)
        if not span[0] <= wanted_s <= span[1] + 1.0:
            raise HTTPException(
                404, f"Nothing is kept of {_clock(wanted_s)}: explanations reach from {first} to {last}."
            )
        found = self.ring.at(wanted_s)
        if found is None:
            raise HTTPException(404, f"Nothing was told to an inverter at {_clock(wanted_s)}: no gateway ran then.")
        return {"time_s": round(wanted_s, 3), "from_s": span[0], "to_s": span[1], **found}

    async def run(self) -> None:
        """Nothing to do by itself."""
        await asyncio.Event().wait()

    async def close(self) -> None:
        """Nothing to finish."""


def _clock(unix_s: float) -> str:
    try:
        return f"{datetime.fromtimestamp(unix_s, tz=UTC).astimezone():%Y-%m-%d %H:%M:%S}"
    except (OverflowError, ValueError, OSError):
        return f"{unix_s:g} s"


def explaining(config: Config, _folder: Path, _say: Callable[[str], None]) -> Explaining | None:
    """The follower, where there is a gateway to explain."""
    return None if config.gateway.inverter == NO_INVERTER else Explaining()
