"""What state a pack is in, and which row of the lamp table it shows."""

from __future__ import annotations

from openress.bms.lamps import LampRow
from openress.bms.measure import CURRENT_EFFECTIVE_A
from openress.model import Condition, Fault, PackState

__all__ = ["lamp_row", "pack_state"]

_OVER_CHARGE = frozenset({Condition.CELL_OVER_VOLTAGE, Condition.PACK_OVER_VOLTAGE})
_UNDER_VOLTAGE = frozenset({Condition.CELL_UNDER_VOLTAGE, Condition.PACK_UNDER_VOLTAGE})
_BOTH = frozenset(
    {Condition.MOS_OVER_TEMPERATURE, Condition.AMBIENT_UNDER_TEMPERATURE, Condition.AMBIENT_OVER_TEMPERATURE}
)
_CHARGE = _BOTH | {
    Condition.CHARGE_OVER_CURRENT,
    Condition.CHARGE_UNDER_TEMPERATURE,
    Condition.CHARGE_OVER_TEMPERATURE,
}
_DISCHARGE = _BOTH | {
    Condition.DISCHARGE_OVER_CURRENT,
    Condition.DISCHARGE_OVER_CURRENT_2,
    Condition.SHORT_CIRCUIT,
    Condition.DISCHARGE_UNDER_TEMPERATURE,
    Condition.DISCHARGE_OVER_TEMPERATURE,
}


def pack_state(current_a: float | None, protections: frozenset[Condition], faults: frozenset[Fault]) -> PackState:
    """PACK STATUS of a pack that is awake.

    A protection shows as PROTECT while no current flows; a full pack that is being discharged is in DISCHARGE.
    """
    if faults or current_a is None:
        return PackState.FAULT
    if current_a > CURRENT_EFFECTIVE_A:
        return PackState.CHARGE
    if current_a < -CURRENT_EFFECTIVE_A:
        return PackState.DISCHARGE
    return PackState.PROTECT if protections else PackState.STANDBY


def lamp_row(
    state: PackState,
    *,
    charger: bool,
    alarms: frozenset[Condition],
    protections: frozenset[Condition],
    faults: frozenset[Fault],
) -> LampRow:
    """The row that a pack shows: failure before short, over-current and temperature, before voltage, before warnings.

    The guide's "charge" rows are shown while the pack charges or a charger is there, its "discharge" rows while it
    discharges or a discharge protection holds with no charger there. A full pack without a charger is in standby.
    """
    if state in (PackState.OFF, PackState.DORMANT):
        return LampRow.SHUT_DOWN
    if faults or state is PackState.FAULT:
        return LampRow.FAILURE
    charging = state is PackState.CHARGE or (charger and state is not PackState.DISCHARGE)
    if charging:
        return _charge_row(alarms, protections)
    return _discharge_row(state, alarms, protections)


def _charge_row(alarms: frozenset[Condition], protections: frozenset[Condition]) -> LampRow:
    if protections & _CHARGE:
        return LampRow.CHARGE_PROTECTION
    if protections & _OVER_CHARGE:
        return LampRow.OVER_CHARGE
    return LampRow.CHARGE_WARNING if alarms else LampRow.CHARGE


def _discharge_row(state: PackState, alarms: frozenset[Condition], protections: frozenset[Condition]) -> LampRow:
    if protections & _DISCHARGE:
        return LampRow.DISCHARGE_PROTECTION
    if protections & _UNDER_VOLTAGE:
        return LampRow.UNDER_VOLTAGE
    if state is PackState.DISCHARGE:
        return LampRow.DISCHARGE_WARNING if alarms else LampRow.DISCHARGE
    return LampRow.STANDBY_WARNING if alarms or protections else LampRow.STANDBY
