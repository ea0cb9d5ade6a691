"""A drill with the flight recorder running: its incident is the whole of it."""

from __future__ import annotations

from collections.abc import Sequence

from openress import __version__
from openress.catalog import load_product
from openress.errors import StateError
from openress.gateway.tape import Step
from openress.incidents.flight import Flight, Taken, incident_of
from openress.incidents.incident import About, Chunk, Incident
from openress.params import ParameterSet

__all__ = ["DrillRecorder"]

LONGEST_S = 3600.0


class DrillRecorder:
    """Takes what a drill gives.

    Args:
        product: of its packs.
        dialect: that they speak.
    """

    def __init__(self, product: str, dialect: str) -> None:
        self._product = product
        self._dialect = dialect
        self._flight = Flight(before_s=LONGEST_S, after_s=LONGEST_S)
        self._taken: list[Taken] = []
        self._at_s = 0.0

    def tap(self, steps: Sequence[Step]) -> None:
        """Take the gateway's steps."""
        self._taken += self._flight.add(steps)
        self._at_s = steps[-1].at_s if steps else self._at_s

    def overhear(self, direction: str, data: bytes) -> None:
        """Take what passes on the line to the packs; its time is that of the gateway's last step."""
        self._flight.heard(Chunk(self._at_s, direction, data))

    def incident(self, name: str, title: str, ended_s: float) -> Incident:
        """What was recorded, as if its made time had passed until now: no moment of it is in the future.

        Args:
            name: of the incident.
            title: of the drill.
            ended_s: unix seconds at which the drill was over.

        Raises:
            StateError: nothing has happened.
        """
        found = self._taken + self._flight.end()
        if not found:
            raise StateError(f"Nothing happened in this drill that is worth an incident: {title}.")
        taken = found[0]
        values = dict(ParameterSet.defaults(load_product(self._product)))
        about = About(
            name,
            __version__,
            taken.event,
            (),
            ended_s - self._at_s,
            0.0,
            0.0,
            self._product,
            values,
            battery=self._dialect,
        )
        return incident_of(taken, about)
