"""What packs keep besides their values, for tests of answering sides."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from openress.model.history import Calendar, HistoryRecord
from openress.protocols.access import Control, ProtocolChoice

__all__ = ["KeptMemory"]


class KeptMemory:
    """A `PackMemory` in plain sight: the same for every pack; `refuses` is the reason it gives for every change."""

    def __init__(
        self,
        values: Mapping[str, float],
        *,
        history: Sequence[HistoryRecord] = (),
        clock: Calendar | None = None,
        refuses: str | None = None,
    ) -> None:
        self.values = dict(values)
        self.records = history
        self.time = clock
        self.refuses = refuses
        self.switched: dict[Control, bool] = {}

    def parameters(self, _pack: int) -> Mapping[str, float]:
        return self.values

    def write(self, _pack: int, values: Mapping[str, float]) -> str | None:
        if self.refuses is None:
            self.values |= values
        return self.refuses

    def history(self, _pack: int) -> Sequence[HistoryRecord]:
        return self.records

    def clock(self, _pack: int) -> Calendar | None:
        return self.time

    def set_clock(self, _pack: int, now: Calendar) -> str | None:
        if self.refuses is None:
            self.time = now
        return self.refuses

    def control(self, _pack: int, control: Control, *, on: bool) -> str | None:
        if self.refuses is None:
            self.switched[control] = on
        return self.refuses

    def protocol_choice(self, _pack: int) -> ProtocolChoice | None:
        return None

    def choose_protocol(self, _pack: int, _choice: ProtocolChoice) -> str | None:
        return self.refuses
