"""What a drill has shown: second by second what was on the wire, every byte of it, and the verdicts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from openress.checker.telling import Sent

__all__ = ["DrillRun", "Row", "Verdict"]


@dataclass(frozen=True, slots=True)
class Row:
    """One second.

    Attributes:
        at_s: since the drill began.
        state: where the gateway's contract stands; `down` while there is no gateway.
        charge_voltage_v: as decoded from the frames of this second, where an inverter asks bit by bit from the last
            that told it; `None` in a second in which nothing came, as all that follow.
        charge_a: likewise.
        discharge_a: likewise.
        charge_enabled: likewise.
        discharge_enabled: likewise.
        frames: how many went out.
        age_s: of the values they rest on.
        counted: packs that take part.
        flows_a: through the rack, + charges.
        alarms: what the gateway says is wrong.
        events: what happened, in sentences.
    """

    at_s: float
    state: str
    charge_voltage_v: float | None = None
    charge_a: float | None = None
    discharge_a: float | None = None
    charge_enabled: bool | None = None
    discharge_enabled: bool | None = None
    frames: int = 0
    age_s: float | None = None
    counted: int = 0
    flows_a: float = 0.0
    alarms: tuple[str, ...] = ()
    events: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Under public keys."""
        return {
            "at_s": self.at_s,
            "state": self.state,
            "charge_voltage_limit_v": self.charge_voltage_v,
            "charge_current_limit_a": self.charge_a,
            "discharge_current_limit_a": self.discharge_a,
            "charge_enabled": self.charge_enabled,
            "discharge_enabled": self.discharge_enabled,
            "frames": self.frames,
            "age_s": None if self.age_s is None else round(self.age_s, 1),
            "packs": self.counted,
            "pack_current_a": round(self.flows_a, 1),
            "alarms": list(self.alarms),
            "events": list(self.events),
        }


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether one invariant held.

    Attributes:
        invariant: its number.
        title: what it asks.
        breaches: how often it was broken.
        first: the first breach in a sentence.
    """

    invariant: str
    title: str
    breaches: int = 0
    first: str = ""

    @property
    def held(self) -> bool:
        """Whether it was never broken."""
        return not self.breaches

    def as_json(self) -> dict[str, Any]:
        """Under public keys."""
        return {
            "invariant": self.invariant,
            "title": self.title,
            "held": self.held,
            "breaches": self.breaches,
            "first": self.first,
        }


@dataclass(frozen=True, slots=True)
class DrillRun:
    """A drill that has been run.

    Attributes:
        frames: every frame of the gateway, in order; an answer on a serial line has the identifier -1.
        longest_gap_s: without a frame, between the first and the last.
    """

    name: str
    title: str
    dialect: str
    rows: tuple[Row, ...]
    frames: tuple[Sent, ...]
    verdicts: tuple[Verdict, ...]
    longest_gap_s: float

    @property
    def held(self) -> bool:
        """Whether every invariant did."""
        return all(verdict.held for verdict in self.verdicts)

    def as_json(self) -> dict[str, Any]:
        """Under public keys."""
        return {
            "drill": self.name,
            "title": self.title,
            "dialect": self.dialect,
            "held": self.held,
            "longest_gap_s": round(self.longest_gap_s, 2),
            "rows": [row.as_json() for row in self.rows],
            "frames": [
                {"at_s": round(sent.at_s, 3), "id": None if sent.id < 0 else sent.id, "data": sent.data.hex()}
                for sent in self.frames
            ],
            "verdicts": [verdict.as_json() for verdict in self.verdicts],
        }
