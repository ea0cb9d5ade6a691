"""What the history gathers of one source between two writes: its minute, its samples as they came, its health."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from openress.bms.energy import GAP_S, Reading, flows
from openress.store.bucket import Bucket
from openress.store.happened import HealthNote, Minute, Piece, Source
from openress.store.quantities import CELLS, GAUGES
from openress.store.rawchunk import encode
from openress.store.retention import MINUTE_S, QUARTER_S
from openress.telemetry.energy import reading_of

__all__ = ["Line"]

LEAST_STEP_C_RATE = 0.05
"""A smaller step of the current drowns in the noise of the voltage; as in openress.bms.health.resistance."""
STEP_WITHIN_S = 3.0
"""Two samples further apart show the slow drift of the voltage, not the resistance."""
_KEYS = (*(quantity.key for quantity in GAUGES), CELLS)


@dataclass(frozen=True, slots=True)
class _Point:
    clock_s: float
    reading: Reading


def _sample(at_s: float, values: Mapping[str, Any]) -> tuple[float, dict[str, Any]]:
    return at_s, {key: values[key] for key in _KEYS if key in values}


class Line:
    """One source.

    Args:
        source: which.
        raw_every_s: seconds between samples that are kept as they came.
    """

    def __init__(self, source: Source, raw_every_s: int) -> None:
        self.source = source
        self._raw_every_s = raw_every_s
        self._minute = -1
        self._bucket = Bucket()
        self._before: _Point | None = None
        self._raw: list[tuple[float, dict[str, Any]]] = []
        self._raw_start_s = 0
        self._latest: tuple[float, dict[str, Any]] | None = None
        self._health: dict[str, Any] = {}
        self._steps, self._volt_amperes, self._ampere_squares = 0, 0.0, 0.0
        self.minutes: list[Minute] = []
        self.pieces: list[Piece] = []

    def add(self, at_s: float, clock_s: float, values: Mapping[str, Any], *, jumped: bool, speed: float = 1.0) -> None:
        """Take a sample.

        Args:
            at_s: unix seconds.
            clock_s: of a clock that nobody sets.
            values: under the public keys; what is not known is not there.
            jumped: the unix clock was set since the sample before.
            speed: simulated seconds for each real one.
        """
        self._flow(at_s, clock_s, values, jumped=jumped, speed=speed)
        self.turn(at_s)
        self._minute = int(at_s // MINUTE_S)
        self._bucket.add(values)
        self._keep_raw(at_s, values)
        self._latest = _sample(at_s, values)
        self._health = {key: values[key] for key in ("soh_pct", "full_ah", "design_ah", "cycles") if key in values}

    def _flow(self, at_s: float, clock_s: float, values: Mapping[str, Any], *, jumped: bool, speed: float) -> None:
        before, self._before = self._before, None
        reading = reading_of(values, at_s)
        if reading is None:
            return
        now = self._before = _Point(clock_s, reading)
        if before is None or jumped or not 0 < clock_s - before.clock_s <= GAP_S or at_s <= before.reading.at_s:
            return
        minute_s = at_s // MINUTE_S * MINUTE_S
        for flow in flows(before.reading, reading, cut_s=minute_s, speed=speed):
            if flow.begin_s >= minute_s:
                self.turn(at_s)
                self._minute = int(at_s // MINUTE_S)
            self._bucket.flow(flow.charge_ah, flow.energy_wh, flow.during_s)
        self._step(before, now, values.get("design_ah"))

    def _step(self, before: _Point, now: _Point, capacity_ah: float | None) -> None:
        rise_a = now.reading.current_a - before.reading.current_a
        if (
            capacity_ah
            and now.clock_s - before.clock_s <= STEP_WITHIN_S
            and abs(rise_a) >= LEAST_STEP_C_RATE * capacity_ah
        ):
            self._steps += 1
            self._volt_amperes += (now.reading.voltage_v - before.reading.voltage_v) * rise_a
            self._ampere_squares += rise_a * rise_a

    def turn(self, at_s: float) -> None:
        """Close what does not reach up to `at_s`."""
        if self._minute not in (-1, int(at_s // MINUTE_S)):
            self._close_minute()
        if self._raw and int(at_s // QUARTER_S) != self._raw_start_s // QUARTER_S:
            self._close_raw()

    def close(self) -> None:
        """Close everything."""
        self._close_minute()
        self._close_raw()

    def cut(self) -> None:
        """What follows is about somebody else: the minute that is not over is left out, and nothing flows across."""
        self._close_raw()
        self._bucket, self._minute = Bucket(), -1
        self._before = self._latest = None
        self._health = {}

    def _close_minute(self) -> None:
        if self._bucket.samples or self._bucket.known_s:
            self.minutes.append(Minute(self._minute * MINUTE_S, self.source, self._bucket.row()))
        self._bucket, self._minute = Bucket(), -1

    def _close_raw(self) -> None:
        if self._raw:
            last_s = int(self._raw[-1][0]) + 1
            self.pieces.append(Piece(self._raw_start_s, self.source, last_s, encode(self._raw_start_s, self._raw)))
            self._raw = []

    def _keep_raw(self, at_s: float, values: Mapping[str, Any]) -> None:
        slot = int(at_s // self._raw_every_s)
        if self._raw:
            last_s = self._raw[-1][0]
            if at_s <= last_s:
                # The clock was set back: from here it is another piece.
                self._close_raw()
            elif int(last_s // self._raw_every_s) == slot:
                return
        if not self._raw:
            self._raw_start_s = int(at_s)
        self._raw.append(_sample(at_s, values))

    def newest(self) -> tuple[list[Minute], list[Piece], list[tuple[float, dict[str, Any]]]]:
        """What is in no batch yet: minutes and pieces, also the minute that is not over, and the open piece's samples.

        The very newest sample is among them, though it may be none of those that are kept.
        """
        minutes = list(self.minutes)
        if self._bucket.samples or self._bucket.known_s:
            minutes.append(Minute(self._minute * MINUTE_S, self.source, self._bucket.row()))
        samples = list(self._raw)
        if self._latest is not None and (not samples or samples[-1][0] < self._latest[0]):
            samples.append(self._latest)
        return minutes, list(self.pieces), samples

    def note(self, at_s: float) -> HealthNote | None:
        """The health since the note before; `None` when nothing is known of it."""
        if not self._health and not self._steps:
            return None
        note = HealthNote(
            at_s=at_s,
            source=self.source,
            steps=self._steps,
            volt_amperes=self._volt_amperes,
            ampere_squares=self._ampere_squares,
            **self._health,
        )
        self._steps, self._volt_amperes, self._ampere_squares = 0, 0.0, 0.0
        return note
