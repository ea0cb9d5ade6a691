"""What virtual packs remember over a restart: their charge, trips and power state, and the records of their events."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

from openress.bms.counting import Charge
from openress.bms.decision import Decision
from openress.bms.estimator import estimate_from_dict
from openress.bms.gauge import Learned
from openress.bms.health import health_from_dict
from openress.bms.power import PowerState
from openress.bms.protect import ChangeKind
from openress.bms.settings import Memory
from openress.clock import local_s
from openress.errors import ParameterError
from openress.model import Condition
from openress.model.history import Calendar
from openress.params import ParameterSet
from openress.products import Product
from openress.protocols.access import Control
from openress.sim.packmemory import Choice, Told
from openress.sim.virtual import VirtualPack
from openress.store import EventKind, Orders, PackWriter, Power, SavedState, StoredRecord, StoreThread

__all__ = ["Keeping", "calendar"]

_POWER = {PowerState.AWAKE: Power.ON, PowerState.DORMANT: Power.DORMANT, PowerState.OFF: Power.OFF}
_FROM_POWER = {kept: state for state, kept in _POWER.items()}
_WEIGHT = (ChangeKind.LOCK, ChangeKind.TRIP, ChangeKind.RELEASE, ChangeKind.ALARM, ChangeKind.ALARM_END)
"""Which of several changes of one step names the record: the gravest."""


def _fault_event(decision: Decision) -> str:
    """What a step has done in which no condition changed: its faults did."""
    return (EventKind.FAULT if decision.faults else EventKind.FAULT_END).value


def calendar(unix_s: float) -> Calendar:
    """Local date and time, as a pack's own clock would show them."""
    return Calendar.of_seconds(local_s(unix_s))


class Keeping:
    """The store of a running rack.

    Args:
        path: of the database.
        product: of the packs.
        now_s: unix seconds.
        say: told what could not be kept.
        clock_s: unix seconds while it runs; `now_s` for ever without one.
    """

    def __init__(
        self,
        path: Path,
        product: Product,
        *,
        now_s: float,
        say: Callable[[str], None],
        clock_s: Callable[[], float] | None = None,
    ) -> None:
        self._product = product
        self._say = say
        self._clock_s = clock_s or (lambda: now_s)
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

    def settings(self, serial: str, initial: Mapping[str, float], named: Mapping[str, float]) -> ParameterSet | None:
        """The settings that the pack with this serial number kept; `None` for a new one, or when they cannot be used.

        Args:
            serial: of the pack.
            initial: those of a new pack.
            named: those that the configuration names; they win.
        """
        kept = self._writer(serial).parameters().result()
        if kept is None:
            return None
        try:
            return ParameterSet(self._product, {**initial, **kept, **named})
        except ParameterError as error:
            self._say(f"The settings that pack {serial} kept are not used: {error}")
            return None

    def kept(self, pack: VirtualPack) -> Mapping[str, float] | None:
        """The settings of a pack that are on the disk."""
        return self._of(pack).parameters().result()

    def told_before(self, serial: str) -> Told:
        """What the pack with this serial number was told to do."""
        orders = self._writer(serial).orders().result()
        if orders is None:
            return Told()
        known = {control.value: control for control in Control}
        switched = {known[name]: on for name, on in orders.switched.items() if name in known}
        choice = Choice(orders.can, orders.rs485, orders.automatic)
        return Told(switched, orders.clock_ahead_s, choice, orders.limiter_start_a)

    def recall(self, pack: VirtualPack) -> None:
        """Give a pack its records of earlier runs."""
        if pack.identity.serial is not None:
            for stored in reversed(self._writer(pack.identity.serial).history().result()):
                pack.records.add(stored.record)

    def set(self, pack: VirtualPack, who: str) -> None:
        """See `Witness.set`."""
        self._of(pack).set_parameters(pack.values, who=who, at_s=self._clock_s())

    def refused(self, pack: VirtualPack, values: Mapping[str, float], who: str, why: str) -> None:
        """See `Witness.refused`."""
        self._of(pack).refuse_parameters(values, who=who, at_s=self._clock_s(), why=why)

    def told(self, pack: VirtualPack, told: Told) -> None:
        """See `Witness.told`."""
        orders = Orders(
            at_s=self._clock_s(),
            switched={control.value: on for control, on in told.switched.items()},
            clock_ahead_s=told.clock_ahead_s,
            can=told.choice.can,
            rs485=told.choice.rs485,
            automatic=told.choice.automatic,
            limiter_start_a=told.limiter_start_a,
        )
        self._of(pack).save_orders(orders)

    def _of(self, pack: VirtualPack) -> PackWriter:
        return self._writer(pack.identity.serial or f"pack {pack.number}")

    def keep(self, pack: VirtualPack, now_s: float) -> None:
        """Write down what happened to a pack since the last call, and what it knows now."""
        serial = pack.identity.serial
        if serial is None:
            return
        writer = self._writer(serial)
        for record, decision in pack.happened():
            kinds = {change.kind for change in decision.changes}
            gravest = next((kind.value for kind in _WEIGHT if kind in kinds), _fault_event(decision))
            timed = record if record.at is not None else replace(record, at=calendar(now_s))
            writer.add_record(StoredRecord(now_s, EventKind(gravest), timed))
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
