"""One scenario that makes every protection of a pack trip and let go, told like the guide."""

from __future__ import annotations

from tests.checker.packs import Stream, one_after_another, seen

from openress.bms.measure import Measurement

REST = seen()


def warm(*celsius: float) -> tuple[float, ...]:
    return tuple(celsius)


def charger(cell_mv: int) -> Measurement:
    """A pack at rest whose terminals stand a volt above it."""
    now = seen(cell_mv)
    assert now.pack_voltage_v is not None
    return seen(cell_mv, terminal_voltage_v=now.pack_voltage_v + 1.0)


OVER_VOLTAGE = (
    (REST, 5),
    (seen(3400, odd_mv=3660), 3),  # trips
    (seen(3400, odd_mv=3420), 3),  # stays
    (seen(3370), 3),  # lets go by value
    (seen(3400, odd_mv=3660), 3),
    (seen(3400, odd_mv=3655, current_a=-5.0), 3),  # lets go by discharging
    (seen(3400, odd_mv=3655), 3),  # trips again
    (seen(3370), 3),
    (seen(3610), 3),  # the pack's protection
    (seen(3420), 3),
    (seen(3370), 3),
)
UNDER_VOLTAGE = (
    (REST, 5),
    (seen(3000, odd_mv=2490), 3),
    (seen(3000, odd_mv=2850), 3),
    (charger(2950), 3),  # lets go by the charger
    (seen(2790), 3),  # the pack's protection
    (seen(2850), 3),
    (seen(2950), 3),
    (REST, 3),
)
CHARGE_OVER_CURRENT = ((REST, 5), (seen(current_a=115.0), 3), (REST, 62))
DISCHARGE_OVER_CURRENT = ((REST, 5), *[(seen(current_a=-125.0), 3), (REST, 62)] * 9)
LOCKED = (*DISCHARGE_OVER_CURRENT, (seen(current_a=-125.0), 3), (REST, 200), (seen(current_a=2.0), 3), (REST, 5))
LEVEL_2 = ((REST, 5), (seen(current_a=-160.0), 1), (REST, 5), (seen(current_a=2.0), 3), (REST, 5))
SHORT = (
    (REST, 5),
    (seen(short_circuit=True, terminal_voltage_v=0.0), 1),
    (seen(terminal_voltage_v=0.0), 90),  # time alone does not let go
    (seen(current_a=2.0), 3),
    (REST, 3),
    (seen(short_circuit=True, terminal_voltage_v=0.0), 1),
    (REST, 5),  # the load is gone
)
TEMPERATURES = (
    (REST, 5),
    *[(seen(mos_temperature_c=c), 4) for c in (112.0, 91.0, 90.0)],
    *[(seen(temperatures_c=warm(c, 5.0, 5.0, 5.0)), 4) for c in (-6.0, -1.0, 0.0)],
    *[(seen(temperatures_c=warm(50.0, c, 50.0, 50.0)), 4) for c in (66.0, 61.0, 60.0)],
    *[(seen(temperatures_c=warm(c, -10.0, -10.0, -10.0)), 4) for c in (-21.0, -16.0, -15.0)],
    *[(seen(temperatures_c=warm(50.0, c, 50.0, 50.0)), 4) for c in (71.0, 62.0, 60.0)],
    *[(seen(env_temperature_c=c), 4) for c in (-26.0, -21.0, -20.0, 25.0, 71.0, 66.0, 65.0)],
    (REST, 5),
)
SENSORS = (
    (REST, 5),
    (seen(pack_voltage_v=None), 4),
    (REST, 5),
    (seen(current_a=None), 4),
    (REST, 5),
    (seen(mos_temperature_c=None), 4),
    (seen(temperatures_c=(25.0, None, 25.0, 25.0)), 4),
    (seen(cell_voltages_mv=(None, *REST.cell_voltages_mv[1:])), 4),
    (REST, 60),
)

TOUR: Stream = one_after_another(*OVER_VOLTAGE, *UNDER_VOLTAGE, *CHARGE_OVER_CURRENT, *LOCKED)
TOUR += one_after_another(*LEVEL_2, start_s=TOUR[-1][0] + 0.5, dt_s=0.2)
TOUR += one_after_another(*SHORT, *TEMPERATURES, *SENSORS, start_s=TOUR[-1][0] + 0.5)
