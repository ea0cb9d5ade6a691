"""The fields of a battery passport: what Annex VII of Regulation (EU) 2023/1542 and the passport's data model ask for.

`annex` names the line of Annex VII (part A: state of health, part B: expected lifetime) where there is one, `model` the
attribute of BatteryPassDataModel, Performance 1.2.1, with the chapter of DIN DKE SPEC 99100.
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["FIELDS", "Field"]


@dataclass(frozen=True, slots=True)
class Field:
    """One field.

    Attributes:
        key: public.
        title: in words.
        unit: of its value; empty for a date, a count or a list.
        annex: line of Annex VII; empty where the passport alone asks.
        model: attribute of the data model and its chapter.
    """

    key: str
    title: str
    unit: str
    annex: str
    model: str


FIELDS = (
    Field("rated_capacity_ah", "Rated capacity", "Ah", "", "ratedCapacity 6.7.2.2"),
    Field("nominal_voltage_v", "Nominal voltage", "V", "", "nominalVoltage 6.7.2.10"),
    Field("charge_voltage_v", "Highest voltage", "V", "", "maximumVoltage 6.7.2.11"),
    Field("discharge_end_voltage_v", "Lowest voltage", "V", "", "minimumVoltage 6.7.2.9"),
    Field("state_of_charge_pct", "State of charge", "%", "", "stateOfCharge 6.7.2.8"),
    Field("remaining_capacity_ah", "Remaining capacity", "Ah", "A.1", "remainingCapacity 6.7.2.3"),
    Field("capacity_fade_pct", "Capacity fade", "%", "A.1", "capacityFade 6.7.2.4"),
    Field("remaining_power_w", "Remaining power capability", "W", "A.2", "remainingPowerCapability 6.7.3.3"),
    Field(
        "round_trip_efficiency_pct", "Round-trip efficiency", "%", "A.3", "remainingRoundTripEnergyEfficiency 6.7.4.4"
    ),
    Field("self_discharge_pct_per_month", "Self-discharge", "%/month", "A.4", "currentSelfDischargingRate 6.7.4.7"),
    Field("resistance_mohm", "Ohmic resistance of the pack", "mOhm", "A.5", "internalResistance 6.7.5.2"),
    Field("resistance_increase_pct", "Increase of the resistance", "%", "A.5", "internalResistanceIncrease 6.7.5.3"),
    Field("manufactured", "Date of manufacture", "", "B.1", "dateOfManufacture 6.7.6.1"),
    Field("in_service", "Put into service", "", "B.1", "dateOfPuttingIntoService 6.7.6.1"),
    Field("energy_throughput_kwh", "Energy throughput", "kWh", "B.2", "energyThroughput 6.7.6.7"),
    Field("capacity_throughput_ah", "Capacity throughput", "Ah", "B.3", "capacityThroughput 6.7.6.8"),
    Field("negative_events", "Harmful events", "", "B.4", "negativeEvents 6.7.8.4"),
    Field("deep_discharges", "Deep discharges", "", "B.4", "numberOfDeepDischargeEvents 6.7.8.4"),
    Field("temperature_lowest_c", "Lowest temperature", "°C", "B.4", "temperatureInformation 6.7.7.5"),
    Field("temperature_highest_c", "Highest temperature", "°C", "B.4", "temperatureInformation 6.7.7.5"),
    Field("hours_above_bound", "Time above the temperature bound", "h", "B.4", "timeExtremeHighTemp 6.7.7.6"),
    Field("hours_below_bound", "Time below the temperature bound", "h", "B.4", "timeExtremeLowTemp 6.7.7.5"),
    Field("full_cycles", "Full equivalent cycles", "", "B.5", "numberOfFullCycles 6.7.6.4"),
)
