"""What the A5L guide prints for each protection, and our decisions where it is silent: written a second time, in plain
numbers, so that the rows of the program can be compared with them.
"""

from __future__ import annotations

from dataclasses import dataclass

from openress.model import Condition

C = Condition


@dataclass(frozen=True, slots=True)
class Printed:
    """One protection with its numbers for 15 and 16 cells.

    Attributes:
        side: +1 when too much is bad, -1 when too little is.
        quantity: field of `World` that sets what it watches.
        alarm, trip, release: for (15, 16) cells; `None` where there is none.
        calm: where the alarm ends.
        delay_ms: of the trip.
        charge, discharge: whether it opens that switch.
        released_by: circumstances that let it go, beside its release value.
    """

    side: int
    quantity: str
    alarm: tuple[float, float] | None
    trip: tuple[float, float] | None
    release: tuple[float, float] | None
    calm: tuple[float, float] | None
    delay_ms: int
    charge: bool
    discharge: bool
    released_by: frozenset[str]
    reqs: tuple[str, ...]


def _same(value: float) -> tuple[float, float]:
    return value, value


def _row(
    side: int,
    quantity: str,
    alarm: tuple[float, float] | None,
    trip: tuple[float, float] | None,
    release: tuple[float, float] | None,
    calm: tuple[float, float] | None,
    delay_ms: int,
    opens: str,
    released_by: str,
    reqs: str,
) -> Printed:
    return Printed(
        side,
        quantity,
        alarm,
        trip,
        release,
        calm,
        delay_ms,
        "CHG" in opens,
        "DSG" in opens,
        frozenset(released_by.split()),
        tuple(f"REQ-{number}" for number in reqs.split()),
    )


_CHARGED = "charger charging"

# fmt: off
PRINTED = {
    C.CELL_OVER_VOLTAGE:
        _row(+1, "highest_mv", _same(3500), _same(3650), _same(3380), _same(3480), 1000, "CHG", "discharging", "020"),
    C.CELL_UNDER_VOLTAGE:
        _row(-1, "lowest_mv", _same(2800), _same(2500), _same(2900), _same(2820), 1000, "DSG", _CHARGED, "026"),
    C.PACK_OVER_VOLTAGE:
        _row(+1, "pack_v", (52.5, 56.0), (54.0, 57.6), (50.7, 54.08), (52.2, 55.68), 1000, "CHG", "discharging", "031"),
    C.PACK_UNDER_VOLTAGE:
        _row(-1, "pack_v", (43.5, 46.4), (42.0, 44.8), (43.5, 46.4), (43.8, 46.72), 1000, "DSG", _CHARGED, "036"),
    C.CHARGE_OVER_CURRENT:
        _row(+1, "charge_a", _same(105), _same(110), None, _same(103), 1000, "CHG", "discharging minute", "041"),
    C.DISCHARGE_OVER_CURRENT:
        _row(+1, "discharge_a", _same(110), _same(120), None, _same(108), 1000, "DSG", "charging minute", "046"),
    C.DISCHARGE_OVER_CURRENT_2:
        _row(+1, "discharge_a", None, _same(150), None, None, 100, "DSG", "charging minute", "052"),
    C.SHORT_CIRCUIT:
        _row(+1, "short", None, _same(1), None, None, 0, "DSG", "charging load_removed", "053"),
    C.MOS_OVER_TEMPERATURE:
        _row(+1, "mos_c", _same(90), _same(110), _same(90), _same(88), 2000, "CHG DSG", "", "056"),
    C.CHARGE_UNDER_TEMPERATURE:
        _row(-1, "coldest_c", _same(0), _same(-5), _same(0), _same(2), 2000, "CHG", "", "058"),
    C.CHARGE_OVER_TEMPERATURE:
        _row(+1, "hottest_c", _same(60), _same(65), _same(60), _same(58), 2000, "CHG", "", "059"),
    C.DISCHARGE_UNDER_TEMPERATURE:
        _row(-1, "coldest_c", _same(-15), _same(-20), _same(-15), _same(-13), 2000, "DSG", "", "060"),
    C.DISCHARGE_OVER_TEMPERATURE:
        _row(+1, "hottest_c", _same(65), _same(70), _same(60), _same(63), 2000, "DSG", "", "061"),
    C.AMBIENT_UNDER_TEMPERATURE:
        _row(-1, "env_c", _same(-20), _same(-25), _same(-20), _same(-18), 2000, "CHG DSG", "", "066"),
    C.AMBIENT_OVER_TEMPERATURE:
        _row(+1, "env_c", _same(65), _same(70), _same(65), _same(63), 2000, "CHG DSG", "", "067"),
    C.SOC_LOW:
        _row(-1, "soc_pct", _same(5), None, None, _same(7), 0, "", "", "204"),
}
# fmt: on
