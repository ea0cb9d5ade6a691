"""A virtual rack: simulated packs, each with its own BMS, behind an inverter: one on a wire, or one that simply obeys.

Pure given its seed. The BMS sees what the front ends measure and switches what the plant obeys; nothing else passes
between them.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from openress.bms.aggregate import aggregate, allowed
from openress.bms.core import Bms
from openress.bms.decision import Decision
from openress.bms.history import HistoryRing, record_of
from openress.bms.measure import Measurement
from openress.bms.power import PowerState
from openress.bms.settings import BmsSettings, Memory, charge_of_a_new_pack
from openress.errors import ParameterError
from openress.model import Analog, Fault, Identity, Limits, PackSample, PackState, RackSample, Status
from openress.model.history import Calendar, HistoryRecord
from openress.params import stricter
from openress.products import Product
from openress.sim.inverter import Orders, SimInverter
from openress.sim.loads import Load
from openress.sim.pack import PackBuild, SwitchCommand
from openress.sim.panel import AddSwitch, Panel
from openress.sim.plant import Plant
from openress.sim.rack import Demand
from openress.sim.sensors import PackSense

__all__ = ["VirtualPack", "VirtualRack", "virtual_serial"]


LIMITER_A = 10.0
"""What the plant's limiter lets through; the BMS allows no more while it is in."""

SETTLED_S = 10.0
"""A change of settings comes in several orders; so long after the last of them it counts as whole. Until then the
stricter of old and new holds."""
MOST_HAPPENED = 1000
"""Events of a pack that wait for somebody to write them down."""


def virtual_serial(number: int) -> str:
    """Serial number of virtual pack `number`."""
    return f"VIRTUAL-{number:04}"


class VirtualPack:
    """One pack: its BMS, what it measured last and what it decided.

    Attributes:
        values: the settings that it keeps and tells.
        in_force: those that its BMS works with; see `set_values`.
        clock: its calendar clock, where somebody has given it one.
        records: what it remembers of alarms and protections.
    """

    __slots__ = (
        "_changed_s",
        "_happened",
        "bms",
        "clock",
        "decision",
        "identity",
        "in_force",
        "measurement",
        "number",
        "panel",
        "records",
        "sense",
        "values",
    )

    def __init__(
        self,
        number: int,
        product: Product,
        values: Mapping[str, float],
        soc_pct: float,
        memory: Memory | None = None,
        settings: BmsSettings | None = None,
    ) -> None:
        self.number = number
        self._happened: deque[tuple[HistoryRecord, Decision]] = deque(maxlen=MOST_HAPPENED)
        self.values = self.in_force = values
        self._changed_s: float | None = None
        self.clock: Callable[[], Calendar] | None = None
        self.records = HistoryRing(product.history_records or 500)
        self.measurement: Measurement | None = None
        self.bms = Bms(product, values, memory or Memory(charge_of_a_new_pack(product, soc_pct)), settings)
        self.sense: PackSense | None = None
        self.decision: Decision | None = None
        self.panel = Panel(_add_switch(product, number))
        self.panel.set_breaker(closed=True, now_s=0.0)
        if self.bms.memory().power is not PowerState.OFF:
            self.panel.press_button(now_s=0.0)
        self.identity = Identity(
            0.0,
            serial=virtual_serial(number),
            manufacturer=product.maker,
            model=product.key.upper()[:10],
            part_number=product.key,
        )

    def press_button(self, now_s: float) -> None:
        """The ON/OFF button."""
        self.panel.press_button(now_s=now_s, asleep=self._state is PackState.DORMANT)
        self.bms.press_button(now_s)

    def shut_down(self, now_s: float) -> None:
        """Forced shutdown: as the button does, but never on."""
        self.bms.shut_down()
        if self.panel.supplied:
            self.panel.press_button(now_s=now_s)

    def set_values(self, values: Mapping[str, float], now_s: float) -> None:
        """Keep new settings; what is stricter of them holds at once, the rest once no other has come for a while."""
        self.values = values
        self._changed_s = now_s
        self._hold(stricter(self.in_force, values))

    def _hold(self, values: Mapping[str, float]) -> None:
        self.in_force = values
        self.bms.set_values(values)

    @property
    def _state(self) -> PackState | None:
        return None if self.decision is None else self.decision.state

    def step(self, sense: PackSense, now_s: float, *, communication: bool = False) -> SwitchCommand:
        """Let the BMS see `sense` and give its switches."""
        if self._changed_s is not None and now_s - self._changed_s >= SETTLED_S:
            self._changed_s = None
            self._hold(self.values)
        self.sense = sense
        self.measurement = Measurement(
            sense.cell_voltages_mv,
            sense.pack_voltage_v,
            sense.terminal_voltage_v,
            sense.pack_current_a,
            sense.temperatures_c,
            sense.mos_temperature_c,
            sense.env_temperature_c,
            communication=communication,
        )
        before = frozenset[Fault]() if self.decision is None else self.decision.faults
        self.decision = decision = self.bms.step(self.measurement, now_s)
        resting = decision.state in (PackState.OFF, PackState.DORMANT)
        if decision.changes or (decision.faults != before and not resting):
            self._remember(self.measurement, decision, before)
        switches = decision.switches
        return SwitchCommand(
            charge=bool(switches.charge),
            discharge=bool(switches.discharge),
            precharge=bool(switches.precharge),
            limiter_a=LIMITER_A if switches.limit else None,
            bleed=decision.balancing,
            main=self.panel.on,
            awake=not resting,
        )

    def _remember(self, now: Measurement, decision: Decision, faults_before: frozenset[Fault]) -> None:
        record = record_of(
            now,
            decision.changes,
            at=None if self.clock is None else self.clock(),
            alarms=decision.alarms,
            protections=decision.protections,
            faults=decision.faults,
            remaining_ah=decision.charge.remaining_ah,
            full_ah=decision.charge.full_ah,
            faults_before=faults_before,
        )
        if record is not None:
            self.records.add(record)
            self._happened.append((record, decision))

    def happened(self) -> list[tuple[HistoryRecord, Decision]]:
        """Records that were written since this was asked last, with the step that wrote them."""
        events = list(self._happened)
        self._happened.clear()
        return events

    def permission(self, at_s: float) -> PackSample:
        """Of `sample`, what decides how much the rack may take and give: it is formed in every step."""
        decision = self.decision
        if decision is None:
            return PackSample(self.number)
        status = Status(
            at_s,
            state=decision.state,
            switches=decision.switches,
            protections=decision.protections,
            faults=decision.faults,
        )
        asleep = decision.state in (PackState.OFF, PackState.DORMANT)
        return PackSample(self.number, status=status, limits=None if asleep else decision.limits)

    def sample(self, at_s: float) -> PackSample:
        """What the pack would tell, measured at `at_s`.

        Before its first step it has nothing to tell.
        """
        sense, decision = self.sense, self.decision
        if sense is None or decision is None:
            return PackSample(self.number)
        charge = decision.charge
        if decision.state in (PackState.OFF, PackState.DORMANT):
            # A pack that is off or asleep measures nothing for others.
            dark = Status(at_s, state=decision.state, switches=decision.switches, lamps=decision.lamps)
            return PackSample(self.number, status=dark, identity=self.identity)
        return PackSample(
            self.number,
            Analog(
                at_s,
                pack_voltage_v=sense.pack_voltage_v,
                pack_current_a=sense.pack_current_a,
                cell_voltages_mv=sense.cell_voltages_mv,
                temperatures_c=sense.temperatures_c,
                mos_temperature_c=sense.mos_temperature_c,
                env_temperature_c=sense.env_temperature_c,
                soc_pct=charge.soc_pct,
                soc_low_pct=charge.low_pct,
                soc_high_pct=charge.high_pct,
                soh_pct=decision.soh_pct,
                remaining_ah=charge.remaining_ah,
                full_ah=charge.full_ah,
                design_ah=self.bms.product.capacity_ah,
                cycles=charge.cycles,
            ),
            Status(
                at_s,
                state=decision.state,
                switches=decision.switches,
                alarms=decision.alarms,
                protections=decision.protections,
                faults=decision.faults,
                balancing=decision.balancing,
                lamps=decision.lamps,
                notices=decision.notices,
            ),
            replace(decision.limits, at_s=at_s),
            self.identity,
        )


class VirtualRack:
    """Packs 1 to n of one product on one bus.

    Args:
        product: what the packs are.
        values: their parameters.
        builds: how each is built; pack 1 first.
        load: the household or profile behind the inverter.
        settings: what a person chose for every pack.
        memories: what the packs remember, by number; the others are new.
        own_values: complete parameters of packs that have their own, by number.
        seed: of everything random.

    Attributes:
        inverter: takes what its household wants within what it has understood on its wire, which somebody else carries;
            without one the rack's own limits are kept, as if by an inverter that reads thoughts.

    Raises:
        ParameterError: no pack, or more than the product's rack can have.
    """

    def __init__(
        self,
        product: Product,
        values: Mapping[str, float],
        builds: Sequence[PackBuild],
        *,
        load: Load,
        seed: int,
        settings: BmsSettings | None = None,
        memories: Mapping[int, Memory] = MappingProxyType({}),
        own_values: Mapping[int, Mapping[str, float]] = MappingProxyType({}),
    ) -> None:
        limit = product.pack_limit
        if not builds or (limit is not None and len(builds) > limit):
            raise ParameterError(f"A rack of {product.key} has 1 to {limit} packs, not {len(builds)}.")
        self.product = product
        self.values = values
        self.load = load
        self.packs = [
            VirtualPack(
                number, product, own_values.get(number, values), build.initial_soc_pct, memories.get(number), settings
            )
            for number, build in enumerate(builds, start=1)
        ]
        self.plant = Plant(builds, seed=seed)
        self.wanted_a = 0.0
        self.inverter: SimInverter[Any] | None = None
        self._limits: Limits | None = None
        self._senses: Sequence[PackSense] = ()
        self._heard = False
        self.on_step: Callable[[VirtualPack, float], None] | None = None

    def step(self, dt_s: float) -> None:
        """Advance by `dt_s`: the BMS of every pack looks once, then physics runs on with what they decided."""
        now_s = self.plant.now_s
        self._senses = senses = self.plant.sense()
        heard, self._heard = self._heard, False
        commands = [
            pack.step(sense, now_s, communication=heard) for pack, sense in zip(self.packs, senses, strict=True)
        ]
        if self.on_step is not None:
            for pack in self.packs:
                self.on_step(pack, now_s)
        self._limits = allowed([pack.permission(now_s) for pack in self.packs])
        self.plant.step(dt_s, self._demand(now_s), commands)

    def heard(self) -> None:
        """Somebody talked to the packs since the last step."""
        self._heard = True

    def _demand(self, now_s: float) -> Demand:
        """What the inverter puts on the bus."""
        self.wanted_a = wanted = self.load.current_at(now_s)
        bus_v = max(sense.terminal_voltage_v for sense in self._senses)
        if self.inverter is not None:
            return self.inverter.demand(wanted, bus_v)
        limits = self._limits
        if limits is None:
            return Demand(0.0)
        orders = Orders(
            limits.charge_current_limit_a or 0.0,
            limits.discharge_current_limit_a or 0.0,
            limits.charge_voltage_limit_v,
            limits.discharge_voltage_limit_v,
        )
        return orders.demand(wanted, bus_v)

    def rack(self, at_s: float) -> RackSample:
        """What all packs tell, and their sum."""
        return aggregate([pack.sample(at_s) for pack in self.packs], at_s)


def _add_switch(product: Product, number: int) -> AddSwitch:
    """The switch positions of pack `number`; all off where the product has no table."""
    positions = (False,) * 4 if product.address_switch is None else product.address_switch.row(number).positions
    one, two, three, four = (*positions, False, False, False, False)[:4]
    return one, two, three, four
