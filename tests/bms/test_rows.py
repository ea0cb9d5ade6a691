"""Every row of the protections, for 15 and 16 cells: alarm, delay, trip, switches, each release.

The tests are made from the rows; the numbers come from the second writing of the guide in `printed`.
"""

from __future__ import annotations

import pytest
from tests.bms.printed import PRINTED, Printed
from tests.bms.streams import PRODUCTS, Stream, remembering

from openress.bms.protect import ChangeKind
from openress.bms.rows import ROWS, Path, Row
from openress.model import Condition
from openress.params import ParameterSet
from openress.products import Product

STEPS = {"highest_mv": 1, "lowest_mv": 1, "pack_v": 0.01, "soc_pct": 0.1, "short": 1}
"""Smallest difference of a quantity; a tenth where nothing is said."""

COLUMN = {15: 0, 16: 1}
OF_CURRENT = ("charge_a", "discharge_a")
CURRENTS = {"discharging": -1.1, "charging": 1.1}

products = pytest.mark.parametrize("product", PRODUCTS, ids=lambda product: f"{product.cells_in_series}S")
every_row = pytest.mark.parametrize("row", ROWS, ids=lambda row: row.condition.value)


def rows_with(field: str, *, quantities: tuple[str, ...] = ()) -> pytest.MarkDecorator:
    """The rows that have a printed alarm, trip or release, or of them those that watch one of `quantities`."""
    found = [
        row
        for row in ROWS
        if getattr(PRINTED[row.condition], field) is not None
        and (not quantities or PRINTED[row.condition].quantity in quantities)
    ]
    return pytest.mark.parametrize("row", found, ids=lambda row: row.condition.value)


MEASURED = tuple({printed.quantity: None for printed in PRINTED.values() if printed.quantity != "soc_pct"})
"""A counted state of charge moves slowly; its alarm has tests of its own."""


class Case:
    """One row on one product, with the printed numbers of its column."""

    def __init__(self, product: Product, row: Row) -> None:
        self.printed: Printed = PRINTED[row.condition]
        self.condition = row.condition
        self.product = product
        self.column = COLUMN[product.cells_in_series]
        self.stream = Stream(product)
        if self.printed.quantity != "soc_pct":
            self.stream.settled()

    def value(self, field: str, steps: int = 0) -> float:
        """A printed number, moved by so many steps to the bad side."""
        step = STEPS.get(self.printed.quantity, 0.1)
        return round(float(getattr(self.printed, field)[self.column]) + self.printed.side * steps * step, 2)

    def put(self, value: float) -> dict[str, object]:
        """The world in which the watched quantity has that value."""
        quantity, n = self.printed.quantity, self.product.cells_in_series
        if quantity == "pack_v":
            return {"pack_v": value, "cell_mv": 1000 * value / n}
        if quantity in OF_CURRENT:
            return {"current_a": value if quantity == "charge_a" else 0.0 - value}
        if quantity == "short":
            return {"short": bool(value), "terminal_v": 0.0 if value else 51.0}
        return {quantity: value}

    def hold(self, seconds: float, value: float, dt_ms: int = 125) -> None:
        if self.printed.quantity == "soc_pct":
            self.stream = Stream(self.product, memory=remembering(self.product, value))
            self.stream.hold(seconds, dt_ms)
        else:
            self.stream.hold(seconds, dt_ms, **self.put(value))

    @property
    def pack_v(self) -> float:
        """As measured now."""
        pack_v = self.stream.world.measured(self.product.cells_in_series, 0).pack_voltage_v
        assert pack_v is not None
        return pack_v

    @property
    def alarmed(self) -> bool:
        return self.condition in self.stream.last.alarms

    @property
    def tripped(self) -> bool:
        return self.condition in self.stream.last.protections

    def trip(self) -> None:
        """Trip it and keep it from releasing: just inside the release, no current, nothing at the terminals."""
        self.hold(self.printed.delay_ms / 1000 + 0.25, self.value("trip"), dt_ms=25)
        assert self.tripped
        self.rest()

    def rest(self) -> None:
        if self.printed.release is not None:
            self.stream.step(**self.put(self.value("release", +1)), terminal_v=0.0)
        elif self.printed.quantity == "short":
            self.stream.step(short=False, terminal_v=0.0)
        else:
            self.stream.step(current_a=0.0, terminal_v=0.0)
        assert self.tripped


def opened_at(case: Case, value: float) -> tuple[bool, bool]:
    """Which switches must be open: those of every printed row that watches the same and has reached its protection."""
    charge = discharge = False
    for other in PRINTED.values():
        same = other.quantity == case.printed.quantity and other.trip is not None
        if same and other.side == case.printed.side and other.side * value >= other.side * other.trip[case.column]:
            charge, discharge = charge or other.charge, discharge or other.discharge
    return charge, discharge


def test_every_row_is_printed_once() -> None:
    assert [row.condition for row in ROWS] == list(PRINTED)


@pytest.mark.req("REQ-011", "REQ-021", "REQ-022", "REQ-027", "REQ-028", "REQ-033", "REQ-038", "REQ-063")
@products
@every_row
def test_a_row_reads_the_parameters_that_the_guide_prints(product: Product, row: Row) -> None:
    printed, values = PRINTED[row.condition], ParameterSet.defaults(product)
    column = COLUMN[product.cells_in_series]
    for key, wanted in ((row.alarm, printed.alarm), (row.trip, printed.trip), (row.release, printed.release)):
        if printed.quantity != "short":
            assert (key is None) == (wanted is None)
        if key is not None and wanted is not None:
            assert values[key] == wanted[column]
    delay_ms = values[row.delay] if isinstance(row.delay, str) else 1000 * row.delay
    assert delay_ms == printed.delay_ms


@pytest.mark.req(
    "REQ-011", "REQ-020", "REQ-026", "REQ-031", "REQ-036", "REQ-041", "REQ-046",
    "REQ-056", "REQ-058", "REQ-059", "REQ-060", "REQ-061", "REQ-066", "REQ-067",
)  # fmt: skip
@products
@rows_with("alarm")
def test_an_alarm_needs_more_than_its_threshold(product: Product, row: Row) -> None:
    case = Case(product, row)
    for steps in (-1, 0):
        case.hold(5.0, case.value("alarm", steps))
        assert not case.alarmed
    case.hold(0.0, case.value("alarm", +1))
    assert case.alarmed
    assert not case.tripped


@pytest.mark.req("REQ-073")
@products
@rows_with("alarm", quantities=MEASURED)
def test_an_alarm_ends_only_a_hysteresis_away(product: Product, row: Row) -> None:
    case = Case(product, row)
    case.hold(0.0, case.value("alarm", +1))
    for field, steps in (("alarm", 0), ("alarm", -1), ("alarm", 1), ("calm", +1)):
        case.hold(1.0, case.value(field, steps))
        assert case.alarmed
    case.hold(0.0, case.value("calm", -1))
    assert not case.alarmed
    kinds = [change.kind for change in case.stream.changes if change.condition is row.condition]
    assert kinds == [ChangeKind.ALARM, ChangeKind.ALARM_END]


@pytest.mark.req("REQ-064")
@products
@rows_with("alarm", quantities=("coldest_c", "hottest_c"))
def test_temperature_alarms_of_a_direction_are_silent_in_the_other(product: Product, row: Row) -> None:
    case = Case(product, row)
    against = -5.0 if case.printed.charge else 5.0
    case.stream.hold(1.0, current_a=against)
    case.hold(1.0, case.value("alarm", +1))
    assert not case.alarmed
    case.stream.hold(0.0, current_a=0.0)
    assert case.alarmed
    case.stream.hold(0.0, current_a=-against)
    assert case.alarmed
    case.stream.hold(0.0, current_a=against)
    assert not case.alarmed


@pytest.mark.req("REQ-022", "REQ-028", "REQ-033", "REQ-038", "REQ-042", "REQ-047", "REQ-052", "REQ-063")
@products
@rows_with("trip")
def test_a_protection_trips_when_its_threshold_has_held_for_the_delay(product: Product, row: Row) -> None:
    case = Case(product, row)
    delay_s, trip = case.printed.delay_ms / 1000, case.value("trip")
    if case.printed.quantity != "short":
        case.hold(20.0, case.value("trip", -1))
        assert not case.tripped
    if delay_s:
        short_s = 0.4 * delay_s
        for _ in range(4):
            case.hold(short_s, trip, dt_ms=20)
            assert not case.tripped
            case.hold(0.0, case.value("trip", -1))
    began_s = case.stream.now_s
    case.hold(1.6 * delay_s, trip, dt_ms=20)
    assert case.tripped
    (tripped_s,) = case.stream.times(ChangeKind.TRIP, row.condition)
    assert delay_s - 0.001 <= tripped_s - began_s <= delay_s + 0.041


@pytest.mark.req("REQ-022", "REQ-033", "REQ-028", "REQ-038", "REQ-042", "REQ-047", "REQ-069")
@products
@pytest.mark.parametrize(
    "row", [row for row in ROWS if isinstance(row.delay, str)], ids=lambda row: row.condition.value
)
def test_a_longer_delay_is_kept_as_well(product: Product, row: Row) -> None:
    assert isinstance(row.delay, str)
    case = Case(product, row)
    case.stream.bms.set_values(ParameterSet.defaults(product).with_values({row.delay: 2000}))
    case.hold(1.95, case.value("trip"), dt_ms=50)
    assert not case.tripped
    case.stream.step(0)
    case.stream.step(0)
    assert case.tripped


@pytest.mark.req(
    "REQ-021", "REQ-025", "REQ-027", "REQ-032", "REQ-037", "REQ-042", "REQ-047", "REQ-052",
    "REQ-056", "REQ-058", "REQ-059", "REQ-060", "REQ-061", "REQ-066", "REQ-067", "REQ-068",
)  # fmt: skip
@products
@rows_with("trip")
def test_a_trip_opens_its_switches_and_no_other(product: Product, row: Row) -> None:
    case = Case(product, row)
    before = case.stream.last.switches if case.stream.decisions else case.stream.step().switches
    assert (before.charge, before.discharge) == (True, True)
    trip = case.value("trip")
    case.hold(case.printed.delay_ms / 1000 + 0.1, trip, dt_ms=25)
    charge, discharge = opened_at(case, trip)
    switches = case.stream.last.switches
    assert (switches.charge, switches.discharge) == (not charge, not discharge)
    assert charge >= case.printed.charge
    assert discharge >= case.printed.discharge
    limits = case.stream.last.limits
    assert (limits.charge_enabled, limits.discharge_enabled) == (not charge, not discharge)
    assert limits.charge_current_limit_a == 0.0 or not charge
    assert limits.discharge_current_limit_a == 0.0 or not discharge


@pytest.mark.req(
    "REQ-023", "REQ-029", "REQ-034", "REQ-039", "REQ-057", "REQ-058", "REQ-059", "REQ-060", "REQ-061",
    "REQ-066", "REQ-067",
)  # fmt: skip
@products
@rows_with("release")
def test_a_release_value_lets_go_and_one_step_before_it_does_not(product: Product, row: Row) -> None:
    case = Case(product, row)
    case.trip()
    case.hold(120.0, case.value("release", +1), dt_ms=1000)
    assert case.tripped
    case.hold(0.0, case.value("release"))
    assert not case.tripped
    last = [change for change in case.stream.changes if change.condition is row.condition][-1]
    assert last.kind in (ChangeKind.RELEASE, ChangeKind.ALARM_END)
    (released,) = [c for c in case.stream.changes if c.kind is ChangeKind.RELEASE and c.condition is row.condition]
    assert released.path == Path.VALUE
    assert released.signal == pytest.approx(case.value("release"))


def alone(case: Case, circumstance: str) -> None:
    """Let one circumstance come, and nothing else."""
    match circumstance:
        case "discharging" | "charging":
            case.stream.step(current_a=CURRENTS[circumstance])
        case "charger":
            case.stream.step(charger=True)
        case "load_removed":
            case.stream.hold(1.25, terminal_v=case.pack_v)
        case "minute":
            case.stream.hold(60.0, 500)


def nearly(case: Case, circumstance: str) -> None:
    """The same, by a hair too little."""
    match circumstance:
        case "discharging" | "charging":
            for share in (0.9, 1.0):
                case.stream.hold(2.0, current_a=share if circumstance == "charging" else -share)
        case "load_removed":
            case.stream.hold(0.75, terminal_v=case.pack_v)
            case.stream.hold(5.0, terminal_v=0.89 * case.pack_v)


@pytest.mark.req(
    "REQ-024", "REQ-030", "REQ-035", "REQ-040", "REQ-043", "REQ-044", "REQ-048", "REQ-050", "REQ-051", "REQ-052",
    "REQ-054", "REQ-057",
)  # fmt: skip
@pytest.mark.parametrize("circumstance", ["discharging", "charging", "charger", "load_removed", "minute"])
@products
@rows_with("trip")
def test_each_circumstance_alone_releases_exactly_the_rows_that_name_it(
    product: Product, row: Row, circumstance: str
) -> None:
    case = Case(product, row)
    case.trip()
    nearly(case, circumstance)
    assert case.tripped
    alone(case, circumstance)
    assert case.tripped == (circumstance not in case.printed.released_by)


@pytest.mark.req("REQ-043", "REQ-048", "REQ-052")
@products
@pytest.mark.parametrize(
    "row", [row for row in ROWS if "minute" in PRINTED[row.condition].released_by], ids=lambda row: row.condition.value
)
def test_over_current_releases_itself_after_a_minute(product: Product, row: Row) -> None:
    case = Case(product, row)
    case.trip()
    case.stream.hold(61.0, 100)
    (tripped_s,) = case.stream.times(ChangeKind.TRIP, row.condition)
    (released_s,) = case.stream.times(ChangeKind.RELEASE, row.condition)
    assert released_s - tripped_s == pytest.approx(60.0, abs=0.2)
    switches = case.stream.last.switches
    assert (switches.charge, switches.discharge) == (True, True)


@pytest.mark.req("REQ-024", "REQ-030", "REQ-035", "REQ-040")
@products
@pytest.mark.parametrize(
    "row",
    [row for row in ROWS if PRINTED[row.condition].release and PRINTED[row.condition].released_by],
    ids=lambda row: row.condition.value,
)
def test_after_a_release_by_circumstance_the_delay_starts_again(product: Product, row: Row) -> None:
    case = Case(product, row)
    trip = case.put(case.value("trip"))
    case.hold(1.5, case.value("trip"))
    assert case.tripped
    away = "discharging" if case.printed.side > 0 else "charging"
    case.stream.hold(30.0, 500, current_a=CURRENTS[away], **trip)
    assert not case.tripped
    assert (case.stream.last.switches.charge, case.stream.last.switches.discharge) == (True, True)
    ended_s = case.stream.now_s
    case.stream.hold(0.75, current_a=0.0)
    assert not case.tripped
    case.stream.hold(0.5)
    assert case.tripped
    assert case.stream.times(ChangeKind.TRIP, row.condition)[-1] - ended_s == pytest.approx(1.0, abs=0.13)


def overload(case: Case, current_a: float) -> None:
    """One over-current that trips, and the switch that ends it."""
    case.stream.hold(case.printed.delay_ms / 1000, 50, current_a=current_a)
    case.stream.hold(1.0, current_a=0.0)


@pytest.mark.req("REQ-048", "REQ-049", "REQ-050", "REQ-052")
@pytest.mark.parametrize("unlock", ["charging", "button"])
@products
@pytest.mark.parametrize("row", [row for row in ROWS if row.locks], ids=lambda row: row.condition.value)
def test_the_tenth_discharge_over_current_in_a_row_locks(product: Product, row: Row, unlock: str) -> None:
    case = Case(product, row)
    stream, condition = case.stream, row.condition
    amps = -case.value("trip")
    for _ in range(9):
        overload(case, amps)
        assert case.tripped
        stream.hold(60.0, 1000)
        assert not case.tripped
    overload(case, amps)
    stream.hold(3600.0, 10_000)
    assert case.tripped
    assert [change.condition for change in stream.changes if change.kind is ChangeKind.LOCK] == [condition]
    assert "locked" in {notice.value for notice in stream.last.notices}
    if unlock == "charging":
        stream.step(current_a=1.0)
        assert case.tripped
        stream.step(current_a=1.1)
    else:
        stream.bms.press_button(stream.now_s)
        stream.hold(61.0, 1000)
        stream.bms.press_button(stream.now_s)
        stream.hold(5.0)
    assert not case.tripped
    assert "locked" not in {notice.value for notice in stream.last.notices}
    assert stream.bms.memory().trips == 0
    stream.hold(1.0, current_a=0.0)
    for _ in range(2):
        overload(case, amps)
        stream.hold(60.0, 1000)
        assert not case.tripped


@pytest.mark.req("REQ-045")
@products
def test_charge_over_current_never_locks(product: Product) -> None:
    row = next(row for row in ROWS if row.condition is Condition.CHARGE_OVER_CURRENT)
    case = Case(product, row)
    for _ in range(20):
        overload(case, case.value("trip"))
        assert case.tripped
        case.stream.hold(60.0, 1000)
        assert not case.tripped
