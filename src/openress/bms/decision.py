"""What the BMS of one pack makes of one measurement."""

from __future__ import annotations

from dataclasses import dataclass

from openress.bms.balance import Balance
from openress.bms.charge import ChargePlan, Stage
from openress.bms.counting import Charge
from openress.bms.protect import Change
from openress.model import Condition, Fault, Lamps, Limits, Notice, PackState, Switches

__all__ = ["Decision"]


@dataclass(frozen=True, slots=True)
class Decision:
    """What the BMS makes of one measurement.

    Attributes:
        switches: what is set from now on.
        soh_pct: capacity as learned over the rated one, 100 at most; a new pack has what its label says.
        plan: where charging and equalisation stand.
        balance: who is ahead and who is bled.
        recovery: a person has decided to charge a deeply discharged pack.
        changes: what happened to protections in this step.
    """

    at_s: float
    state: PackState
    switches: Switches
    alarms: frozenset[Condition]
    protections: frozenset[Condition]
    faults: frozenset[Fault]
    notices: frozenset[Notice]
    limits: Limits
    lamps: Lamps
    balance: Balance
    charge: Charge
    soh_pct: float
    plan: ChargePlan
    recovery: bool
    changes: tuple[Change, ...]

    @property
    def stage(self) -> Stage:
        """Stage of charging."""
        return self.plan.stage

    @property
    def balancing(self) -> tuple[bool, ...]:
        """Cells that are being bled."""
        return self.balance.bleeding
