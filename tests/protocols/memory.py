"""A memory of packs for tests of the answering side: keeps what is written, refuses what it is told to refuse."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from openress.model import Condition, Fault
from openress.model.history import Calendar, HistoryRecord
from openress.params import ParameterSet
from openress.protocols.access import Control, ProtocolChoice

__all__ = ["Chosen", "Memory", "record"]


@dataclass(frozen=True)
class Chosen:
    can: int | None = 1
    rs485: int | None = 3
    automatic: bool | None = False


def record(number: int) -> HistoryRecord:
    """A rich record."""
    return HistoryRecord(
        at=Calendar(2026, 11, 20, 12, 34, number),
        conditions=frozenset({Condition.CELL_OVER_VOLTAGE, Condition.SOC_LOW}),
        protections=frozenset({Condition.CELL_OVER_VOLTAGE}),
        faults=frozenset({Fault.CELL}),
        pack_voltage_v=53.2,
        pack_current_a=-12.34,
        remaining_ah=50.12,
        full_ah=100.0,
        cell_voltage_max_mv=3316,
        cell_voltage_min_mv=3301,
        cell_voltages_mv=tuple(3301 + cell for cell in range(16)),
        temperatures_c=(-4.5, 25.0, 25.5, 24.5),
        mos_temperature_c=30.1,
        env_temperature_c=27.0,
    )


@dataclass
class Memory:
    settings: Mapping[str, float] | ParameterSet
    refuses: str | None = None
    records: Sequence[HistoryRecord] = ()
    now: Calendar | None = Calendar(2026, 11, 20, 23, 59, 58)
    chosen: ProtocolChoice | None = field(default_factory=Chosen)
    done: list[tuple[int, object]] = field(default_factory=list)
    kept: dict[int, dict[str, float]] = field(default_factory=dict)

    def parameters(self, pack: int) -> Mapping[str, float]:
        return self.kept.setdefault(pack, dict(self.settings))

    def _note(self, pack: int, what: object) -> str | None:
        if self.refuses is None:
            self.done.append((pack, what))
        return self.refuses

    def write(self, pack: int, values: Mapping[str, float]) -> str | None:
        if self.refuses is None:
            self.kept.setdefault(pack, dict(self.settings)).update(values)
        return self._note(pack, dict(values))

    def history(self, pack: int) -> Sequence[HistoryRecord]:
        assert pack >= 0
        return self.records

    def clock(self, pack: int) -> Calendar | None:
        assert pack >= 0
        return self.now

    def set_clock(self, pack: int, now: Calendar) -> str | None:
        return self._note(pack, now)

    def control(self, pack: int, control: Control, *, on: bool) -> str | None:
        return self._note(pack, (control, on))

    def protocol_choice(self, pack: int) -> ProtocolChoice | None:
        assert pack >= 0
        return self.chosen

    def choose_protocol(self, pack: int, choice: ProtocolChoice) -> str | None:
        return self._note(pack, (choice.can, choice.rs485, choice.automatic))
