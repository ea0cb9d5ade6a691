"""What a pack should keep by its journal: a setting that is otherwise was changed by somebody else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from openress.model.change import Change, ChangeKind, Outcome
from openress.rack.values import same

__all__ = ["Drift", "drifts"]


@dataclass(frozen=True, slots=True)
class Drift:
    """A setting that is not as it was written from here last.

    Attributes:
        key: of the setting.
        written: what was written.
        now: what the pack has.
        change: the change that wrote it.
    """

    key: str
    written: float
    now: float
    change: Change


def drifts(changes: Sequence[Change], now: Mapping[str, float]) -> list[Drift]:
    """The settings of a pack that differ from its journal.

    Args:
        changes: of the pack, newest first.
        now: what it tells of its settings.
    """
    found: list[Drift] = []
    settled: set[str] = set()
    for change in changes:
        if change.kind is ChangeKind.CONTROL or change.outcome is not Outcome.DONE:
            continue
        for key, written in change.new.items():
            if key in settled or written is None:
                continue
            settled.add(key)
            if key in now and not same(now[key], written):
                found.append(Drift(key, written, now[key], change))
    return found
