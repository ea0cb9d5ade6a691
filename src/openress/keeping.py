"""What virtual packs remember over a restart: their charge, trips and power state, and the records of their events."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from openress.bms.counting import Charge
from openress.bms.estimator import estimate_from_dict
from openress.bms.gauge import Learned
from openress.bms.health import health_from_dict
from openress.bms.history import record_of
from openress.bms.power import PowerState
from openress.bms.protect import ChangeKind
from openress.bms.settings import Memory
from openress.errors import ParameterError
from openress.model import Condition
from openress.model.history import Calendar
from openress.products import Product
from openress.sim.virtual import VirtualPack
from openress.store import EventKind, PackWriter, Power, SavedState, StoredRecord, StoreThread

__all__ = ["Keeping", "calendar"]

_POWER = {PowerState.AWAKE: Power.ON, PowerState.DORMANT: Power.DORMANT, PowerState.OFF: Power.OFF}
_FROM_POWER = {kept: state for state, kept in _POWER.items()}
_WEIGHT = (ChangeKind.LOCK, ChangeKind.TRIP, ChangeKind.RELEASE, ChangeKind.ALARM, ChangeKind.ALARM_END)
"""Which of several changes of one step names the record: the gravest."""


def calendar(unix_s: float) -> Calendar:
    """Local date and time, as a pack's own clock would show them."""
    now = datetime.fromtimestamp(unix_s, tz=UTC).astimezone()
    return Calendar(now.year, now.month, now.day, now.hour, now.minute, now.second)


class Keeping:
    """The store of a running rack.

    Args:
        path: of the database.
        product: of the packs.
        now_s: unix seconds.
        say: told what could not be kept.
    """

    def __init__(self, path: Path, product: Product, *, now_s: float, say: Callable[[str], None]) -> None:
        self._product = product
        self._say = say
        self._thread = StoreThread(path, at_s=now_s, say=say)
        self._writers: dict[str, PackWriter] = {}

    def _writer(self, serial: str) -> PackWriter:
        if serial not in self._writers:
            self._writers[serial] = self._thread.pack(serial, history_records=self._product.history_records or 500)
        return self._writers[serial]

    def remembered(self, serial: str) -> Memory | None:
        """What the pack with this serial number knew; `None` for a new one, or one of another capacity."""
        saved = self._writer(serial).state().result()
        if saved is None or saved.full_ah != self._product.capacity_ah:
            return None
        charge = Charge(saved.remaining_ah, saved.full_ah, saved.anchored, throughput_ah=saved.throughput_ah)
        ahead_ah = saved.ahead_ah if len(saved.ahead_ah) == self._product.cells_in_series else ()
        return Memory(
            charge,
            ahead_ah=ahead_ah,
            trips=saved.trips,
            locked=saved.locked,
            power=_FROM_POWER[saved.power],
            protections=frozenset(condition for condition in Condition if condition.value in saved.protections),
            learned=self._learned(serial, saved),
        )

    def _learned(self, serial: str, saved: SavedState) -> Learned | None:
        if saved.estimate is None or saved.health is None:
            return None
        try:
            return Learned(estimate_from_dict(saved.estimate), health_from_dict(saved.health))
        except ParameterError as error:
            self._say(f"What {serial} had learned of its charge and health is lost: {error}.")
            return None

    def keep(self, pack: VirtualPack, now_s: float) -> None:
        """Write down what happened to a pack since the last call, and what it knows now."""
        serial = pack.identity.serial
        if serial is None:
            return
        writer = self._writer(serial)
        for measurement, decision in pack.happened():
            record = record_of(
                measurement,
                decision.changes,
                at=calendar(now_s),
                alarms=decision.alarms,
                protections=decision.protections,
                faults=decision.faults,
                remaining_ah=decision.charge.remaining_ah,
                full_ah=decision.charge.full_ah,
            )
            if record is not None:
                kinds = {change.kind for change in decision.changes}
                gravest = next(kind for kind in _WEIGHT if kind in kinds)
                writer.add_record(StoredRecord(now_s, EventKind(gravest.value), record))
        memory = pack.bms.memory()
        learned = memory.learned
        writer.post_state(
            SavedState(
                at_s=now_s,
                remaining_ah=memory.charge.remaining_ah,
                full_ah=memory.charge.full_ah,
                throughput_ah=memory.charge.throughput_ah,
                cycles=memory.charge.cycles,
                anchored=memory.charge.anchored,
                trips=memory.trips,
                locked=memory.locked,
                power=_POWER[memory.power],
                protections=tuple(sorted(condition.value for condition in memory.protections)),
                ahead_ah=memory.ahead_ah,
                estimate=None if learned is None else learned.estimate.to_dict(),
                health=None if learned is None else learned.health.to_dict(),
            )
        )

    def close(self) -> None:
        """Write what waits, and stop."""
        self._thread.close()
