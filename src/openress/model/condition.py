"""What can be wrong with a pack, in the field's standard terms."""

from __future__ import annotations

from enum import StrEnum

__all__ = ["BLOCKS_CHARGE", "BLOCKS_DISCHARGE", "Condition", "Fault", "Notice", "PackState"]


class Condition(StrEnum):
    """A measurement outside its limits.

    The same condition is an *alarm* while it only warns and a *protection* once it has opened a switch.
    The order is that of the A5L guide's parameter table (S/N 1 to 11).
    """

    CELL_OVER_VOLTAGE = "cell_over_voltage"
    CELL_UNDER_VOLTAGE = "cell_under_voltage"
    PACK_OVER_VOLTAGE = "pack_over_voltage"
    PACK_UNDER_VOLTAGE = "pack_under_voltage"
    CHARGE_OVER_CURRENT = "charge_over_current"
    DISCHARGE_OVER_CURRENT = "discharge_over_current"
    DISCHARGE_OVER_CURRENT_2 = "discharge_over_current_2"
    SHORT_CIRCUIT = "short_circuit"
    MOS_OVER_TEMPERATURE = "mos_over_temperature"
    CHARGE_UNDER_TEMPERATURE = "charge_under_temperature"
    CHARGE_OVER_TEMPERATURE = "charge_over_temperature"
    DISCHARGE_UNDER_TEMPERATURE = "discharge_under_temperature"
    DISCHARGE_OVER_TEMPERATURE = "discharge_over_temperature"
    AMBIENT_UNDER_TEMPERATURE = "ambient_under_temperature"
    AMBIENT_OVER_TEMPERATURE = "ambient_over_temperature"
    SOC_LOW = "soc_low"


class Fault(StrEnum):
    """Something of the pack itself that does not work: a part, a sensor, a link inside."""

    CELL = "cell"
    CELL_IMBALANCE = "cell_imbalance"
    TEMPERATURE_IMBALANCE = "temperature_imbalance"
    CELL_SENSOR = "cell_sensor"
    TEMPERATURE_SENSOR = "temperature_sensor"
    CURRENT_SENSOR = "current_sensor"
    SAMPLING = "sampling"
    CHARGE_SWITCH = "charge_switch"
    DISCHARGE_SWITCH = "discharge_switch"
    CHARGER_REVERSED = "charger_reversed"
    INTERNAL_COMMUNICATION = "internal_communication"
    SYSTEM = "system"


class Notice(StrEnum):
    """Something a person should know that opens no switch."""

    ABOVE_OPERATING_LIMIT = "above_operating_limit"
    """A cell is hotter than the product may be in use (REQ-008)."""
    ABOVE_STORAGE_LIMIT = "above_storage_limit"
    """A cell of a pack that is off or dormant is hotter than the product may be stored (REQ-008)."""
    ABOVE_CHARGE_LIMIT = "above_charge_limit"
    """More current flows in than was allowed."""
    ABOVE_DISCHARGE_LIMIT = "above_discharge_limit"
    """More current flows out than was allowed."""
    DEEPLY_DISCHARGED = "deeply_discharged"
    """A cell is so low that charging needs a person's decision."""
    LOCKED = "locked"
    """Discharge over-current has tripped ten times in a row; charging unlocks."""
    EQUALISATION_DUE = "equalisation_due"
    EQUALISATION_OVERDUE = "equalisation_overdue"
    PACK_LOST = "pack_lost"
    """A pack of the rack has fallen silent and may still be on the busbar; told of the rack."""


class PackState(StrEnum):
    """PACK STATUS of the service tool (the guide shows STANDBY, the rest is ours)."""

    OFF = "OFF"
    DORMANT = "DORMANT"
    STANDBY = "STANDBY"
    CHARGE = "CHARGE"
    DISCHARGE = "DISCHARGE"
    PROTECT = "PROTECT"
    FAULT = "FAULT"


BLOCKS_CHARGE = frozenset(
    {
        Condition.CELL_OVER_VOLTAGE,
        Condition.PACK_OVER_VOLTAGE,
        Condition.CHARGE_OVER_CURRENT,
        Condition.MOS_OVER_TEMPERATURE,
        Condition.CHARGE_UNDER_TEMPERATURE,
        Condition.CHARGE_OVER_TEMPERATURE,
        Condition.AMBIENT_UNDER_TEMPERATURE,
        Condition.AMBIENT_OVER_TEMPERATURE,
    }
)
"""Protections under which a pack must not be charged (A5L guide, S/N 1, 3, 5 and 9 to 11; both MOS for S/N 9 and 11).
A short circuit opens the discharge switch alone: charging is what releases it."""

BLOCKS_DISCHARGE = frozenset(
    {
        Condition.CELL_UNDER_VOLTAGE,
        Condition.PACK_UNDER_VOLTAGE,
        Condition.DISCHARGE_OVER_CURRENT,
        Condition.DISCHARGE_OVER_CURRENT_2,
        Condition.SHORT_CIRCUIT,
        Condition.MOS_OVER_TEMPERATURE,
        Condition.DISCHARGE_UNDER_TEMPERATURE,
        Condition.DISCHARGE_OVER_TEMPERATURE,
        Condition.AMBIENT_UNDER_TEMPERATURE,
        Condition.AMBIENT_OVER_TEMPERATURE,
    }
)
"""Protections under which a pack must not be discharged (S/N 2, 4, 6 to 11)."""
