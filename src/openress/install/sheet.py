"""The settings of an inverter for a battery: without communication all of them, with it those that remain."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from openress.errors import ParameterError
from openress.install.connectors import Inverter
from openress.model import Confidence, Source
from openress.products import Loop, PortUse, Product

__all__ = ["Entered", "Sheet", "SheetRow", "make_sheet"]

UNKNOWN = "not published: ask the maker of the battery, and enter it"
_PRINTED = "printed for this inverter"
CELL_LIMIT_V = 3.65
"""No voltage of a sheet is above it for each cell: the hard limit of iron-phosphate cells."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entered:
    """What the person knows from a label or a manual and enters; it stands before what the product file says."""

    charge_voltage_v: float | None = None
    float_voltage_v: float | None = None
    charge_current_a: float | None = None
    discharge_end_voltage_v: float | None = None
    equalise_voltage_v: float | None = None


@dataclass(frozen=True, slots=True)
class SheetRow:
    """One field to set; `value` is `None` where nobody has published it."""

    name: str
    value: str | None
    why: str = ""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet of settings.

    Attributes:
        title: battery and inverter.
        loop: open or closed.
        rows: fields to set, in the order of the menu.
        notes: what else to do.
    """

    title: str
    loop: Loop
    rows: tuple[SheetRow, ...]
    notes: tuple[str, ...]

    @property
    def complete(self) -> bool:
        """Whether every field has a value."""
        return all(row.value is not None for row in self.rows)


_SOLARK = ("sol-ark", "sol-ark-indoor")
_SOLARK_MANUAL = Source("Sol-Ark 12K and 15K manuals, page 34", Confidence.VENDOR)

_PROTOCOL: Mapping[str, tuple[tuple[str, str], ...]] = MappingProxyType(
    {
        # Sol-Ark help desk, pages Powersync and SOK.
        "sol-ark": (("BMS Lithium Batt", "00"),),
        "sol-ark-indoor": (("BMS Lithium Batt", "00"),),
        # Public register notes for the PV18/PH18 series.
        "must": (("Program 41, BMS protocol", "8 (Pylontech, CAN)"),),
        # Axpert MAX protocol papers 2021: PYL is Pylontech on RS485, LIb the Voltronic one.
        "voltronic": (("Battery type", "PYL (Pylontech, RS485), or LIb for the Voltronic protocol"),),
        # Growatt SPF: list of compatible batteries.
        "growatt": (("Battery type", "Lithium, L01"),),
        # OpenEMS and two register transcripts: value 5 is Pylontech on RS485, 0 on CAN.
        "deye": (("Lithium battery type", "Pylontech: 5 on RS485, 0 (Lithium 00) on CAN"),),
    }
)
"""Field and value by which an inverter learns what its battery speaks."""


def make_sheet(product: Product, inverter: Inverter, packs: int, loop: Loop, entered: Entered | None = None) -> Sheet:
    """Make the sheet.

    Args:
        product: the battery.
        inverter: the inverter.
        packs: how many.
        loop: `OPEN` or `CLOSED`.
        entered: what the person has entered.

    Raises:
        ParameterError: a voltage that was entered would harm the cells.
    """
    entered = entered or Entered()
    _check(product, entered)
    title = f"{packs} x {product.title} with {inverter.title}"
    if loop is Loop.CLOSED:
        return Sheet(title, loop, tuple(_closed(product, inverter)), _closed_notes(product, inverter))
    rows = _solark_open(product, packs, entered) if inverter.key in _SOLARK else _open(product, packs, entered)
    return Sheet(title, loop, tuple(_with_printed(product, inverter, rows)), _open_notes(product))


def _check(product: Product, entered: Entered) -> None:
    if product.cells is None:
        return
    alarm_v = product.cells * (CELL_LIMIT_V if product.planning_only else 3.5)
    what = "the over-voltage alarm" if not product.planning_only else f"{CELL_LIMIT_V:g} V for each cell"
    for name in ("charge_voltage_v", "float_voltage_v", "equalise_voltage_v"):
        value = getattr(entered, name)
        if value is not None and value > alarm_v:
            raise ParameterError(
                f"{name} of {value:g} V is above {what} ({alarm_v:g} V for {product.cells} cells); no sheet is made."
            )


def _volts(value: float | None) -> str | None:
    return None if value is None else f"{value:.1f} V"


def _capacity(product: Product, packs: int) -> SheetRow:
    if product.capacity_ah is None:
        return SheetRow("Battery capacity", None)
    source = product.sources.get("capacity_ah")
    assumed = source is not None and source.confidence is Confidence.OURS
    why = "assumed: read the capacity from the label" if assumed else ""
    return SheetRow("Battery capacity", f"{product.capacity_ah * packs:g} Ah", why)


def _charge_current(product: Product, packs: int, entered: Entered) -> SheetRow:
    one_a = entered.charge_current_a or product.charge_current_a
    if one_a is None:
        return SheetRow("Largest charge current", None)
    why = f"{one_a:g} A for each pack"
    if entered.charge_current_a is None and product.charge_rate_c is not None:
        why += f", {product.charge_rate_c:g} C"
    return SheetRow("Largest charge current", f"{one_a * packs:g} A", why)


def _open(product: Product, packs: int, entered: Entered) -> list[SheetRow]:
    discharge_a = product.discharge_current_max_a
    return [
        SheetRow("Battery type", "user-defined, lithium without communication"),
        _capacity(product, packs),
        SheetRow("Absorption (bulk, equalised charging)", _volts(entered.charge_voltage_v or product.charge_voltage_v)),
        SheetRow("Float", _volts(entered.float_voltage_v or product.float_voltage_v)),
        _charge_current(product, packs, entered),
        SheetRow(
            "Largest discharge current",
            None if discharge_a is None else f"below {discharge_a * packs:g} A",
            "" if discharge_a is None else f"each pack opens at {discharge_a:g} A",
        ),
        SheetRow("End of discharge", _volts(entered.discharge_end_voltage_v or product.discharge_end_voltage_v)),
        _equalisation(product, entered),
        SheetRow("Temperature compensation", "off", "not for lithium cells"),
    ]


def _equalisation(product: Product, entered: Entered) -> SheetRow:
    """Off unless the product asks for it, and its voltage is known."""
    days, minutes = product.equalise_every_days, product.equalise_minutes
    if days is None or minutes is None:
        return SheetRow("Periodic equalisation", "off", "nothing published asks for it")
    volts = _volts(entered.equalise_voltage_v or product.equalise_voltage_v)
    rhythm = f"{minutes:g} minutes every {days:g} days"
    if volts is None:
        return SheetRow("Periodic equalisation", None, f"{rhythm}, off until its voltage is entered")
    return SheetRow("Periodic equalisation", f"{volts}, {rhythm}")


def _solark_open(product: Product, packs: int, entered: Entered) -> list[SheetRow]:
    """Fields of the battery menu, page by page. Source: Sol-Ark 12K and 15K manuals, page 34."""
    general = {row.name: row for row in _open(product, packs, entered)}

    def named(name: str, row: str) -> SheetRow:
        return SheetRow(name, general[row].value, general[row].why)

    return [
        named("Batt: capacity", "Battery capacity"),
        named("Batt: Max A Charge", "Largest charge current"),
        named("Batt: Max A Discharge", "Largest discharge current"),
        SheetRow("Batt: TEMPCO", "0", "not for lithium cells"),
        SheetRow("Batt: Use Batt V Charged", "on", "without communication there is no percentage"),
        named("Charge: Float V", "Float"),
        named("Charge: Absorption V", "Absorption (bulk, equalised charging)"),
        named("Charge: Equalization V, days, hours", "Periodic equalisation"),
        SheetRow("Charge: Start V", "choose: where charging from grid or generator begins"),
        SheetRow("Charge: Start %", "not used"),
        SheetRow("Charge: A", "choose: charge current from grid or generator"),
        named("Discharge: Shutdown", "End of discharge"),
        SheetRow("Discharge: Low Batt", "choose: above Shutdown"),
        SheetRow("Discharge: Restart", "choose: above Low Batt"),
        SheetRow("Discharge: Batt resistance", "of the battery and its cables, if known"),
        SheetRow("Discharge: Batt charge efficiency", "of the battery, if known"),
        named("Discharge: Batt Empty V", "End of discharge"),
        SheetRow("Discharge: BMS_Err_Stop", "off", "there is no communication that could fail"),
    ]


def _with_printed(product: Product, inverter: Inverter, rows: list[SheetRow]) -> list[SheetRow]:
    """Put what the battery's maker prints for this inverter in the place of what follows from the product."""
    printed = {
        setting.name: setting.value
        for setting in product.settings or ()
        if setting.inverter in (inverter.key, inverter.key.removesuffix("-indoor"))
        and setting.loop in (Loop.OPEN, Loop.EITHER)
    }
    used: set[str] = set()
    result = []
    for row in rows:
        found = next((name for name in printed if _same(name, row.name)), None)
        if found is None or found in used:
            result.append(row)
            continue
        used.add(found)
        value = printed[found]
        if value is not None:
            result.append(SheetRow(row.name, value, _PRINTED))
        elif row.value == "off":
            result.append(SheetRow(row.name, None, "there is a value for this inverter, and it is lost"))
        else:
            result.append(row)
    more = [name for name, value in printed.items() if name not in used and value is not None]
    return [*result, *(SheetRow(name, printed[name], _PRINTED) for name in more)]


def _same(printed: str, field: str) -> bool:
    plain = field.partition(": ")[2].replace(" ", "").casefold()
    return bool(plain) and plain.startswith(printed.replace(" ", "").casefold())


def _closed(product: Product, inverter: Inverter) -> list[SheetRow]:
    key = inverter.key
    printed = [
        SheetRow(setting.name, setting.value, _PRINTED)
        for setting in product.settings or ()
        if setting.inverter in (key, key.removesuffix("-indoor")) and setting.loop in (Loop.CLOSED, Loop.EITHER)
    ]
    have = {row.name for row in printed}
    rows = [SheetRow(name, value) for name, value in _PROTOCOL.get(key, ()) if name not in have]
    if not rows and not printed:
        rows = [SheetRow("Battery type / BMS protocol", None, f"choose the one for {inverter.bus}")]
    if key in _SOLARK and "BMS_Err_Stop" not in have:
        rows.append(
            SheetRow("BMS_Err_Stop", "on, if the system shall fault when the battery falls silent", "Sol-Ark help desk")
        )
    return [*rows, *printed]


def _closed_notes(product: Product, inverter: Inverter) -> tuple[str, ...]:
    notes = [_CLOSED_NOTE]
    if inverter.key in _SOLARK:
        socket = "Battery CANBus" if inverter.key == "sol-ark" else "CAN"
        notes.append(_ERR_STOP_NOTE)
        if product.port(PortUse.INVERTER_CAN) is not None:
            notes.append(f"Plug the master's CAN socket into {socket} of the inverter.")
    return (*notes, *(product.notes or ()))


def _open_notes(product: Product) -> tuple[str, ...]:
    notes = [_OPEN_NOTE, "Use constant current, then constant voltage (CC/CV)."]
    if product.planning_only:
        notes.append("What is not published must come from the label or the maker; this sheet gives no default for it.")
    return (*notes, *(product.notes or ()))


_CLOSED_NOTE = (
    "The BMS tells the inverter its charge voltage, its charge and discharge currents and its lowest voltage, again "
    "and again; leave the voltages of the menu alone, or at the values of the sheet without communication."
)
_OPEN_NOTE = (
    "Without communication the inverter knows nothing of cells, temperatures and alarms: the BMS opens its switches "
    "instead, and the house may go dark."
)
# Discover 805-0038, and Pytes, which advise to keep it on.
_ERR_STOP_NOTE = (
    "With BMS_Err_Stop on, more than 10 s of silence stop the inverter with fault F58, and it looks again every 5 "
    "minutes; with it off it goes on with the last values."
)
