"""What our console prints: the same words and columns as a Pylontech pack, for what is known.

A line whose value is not known is left out, and so is a column. `Real Coulomb` is printed by packs of a relative only.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from openress.errors import ParameterError
from openress.model import Analog, Condition, Identity, Limits, PackSample, RackSample, Status, Switches
from openress.protocols.battery.pylontech_console.words import ALARMS, BASE_STATES, PROTECTIONS

__all__ = ["bat", "info", "pwr", "pwr_pack", "pwrsys", "stat"]

_STATE_WORDS = {state: word for word, state in BASE_STATES.items()}
"""Other states have no word that a Pylontech pack prints."""
_RULE = " ----------------------------"
_COLUMNS = (
    ("Power", 6), ("Volt", 7), ("Curr", 7), ("Tempr", 7), ("Tlow", 7), ("Thigh", 7), ("Vlow", 7), ("Vhigh", 7),
    ("Base.St", 9), ("Volt.St", 9), ("Curr.St", 9), ("Temp.St", 9), ("Coulomb", 9), ("B.V.St", 9), ("B.T.St", 9),
    ("MosTempr", 9), ("M.T.St", 9),
)  # fmt: skip
_CELLS = {Condition.CELL_UNDER_VOLTAGE: "Low", Condition.CELL_OVER_VOLTAGE: "High"}
_PACK = {Condition.PACK_UNDER_VOLTAGE: "Low", Condition.PACK_OVER_VOLTAGE: "High"}
_CURRENT = dict.fromkeys(
    (
        Condition.CHARGE_OVER_CURRENT,
        Condition.DISCHARGE_OVER_CURRENT,
        Condition.DISCHARGE_OVER_CURRENT_2,
        Condition.SHORT_CIRCUIT,
    ),
    "High",
)
_WARMTH = {
    Condition.CHARGE_UNDER_TEMPERATURE: "Low",
    Condition.DISCHARGE_UNDER_TEMPERATURE: "Low",
    Condition.CHARGE_OVER_TEMPERATURE: "High",
    Condition.DISCHARGE_OVER_TEMPERATURE: "High",
}
_BOARD = {
    Condition.AMBIENT_UNDER_TEMPERATURE: "Low",
    Condition.AMBIENT_OVER_TEMPERATURE: "High",
    Condition.MOS_OVER_TEMPERATURE: "High",
}
_MOS = {Condition.MOS_OVER_TEMPERATURE: "High"}


def _milli(value: float | None) -> str:
    return "-" if value is None else str(round(1000 * value))


def _plain(value: float | None) -> str:
    return "-" if value is None else str(round(value))


def _percent(value: float | None) -> str:
    return "-" if value is None else f"{round(value)}%"


def _word(active: frozenset[Condition] | None, words: Mapping[Condition, str]) -> str:
    if active is None:
        return "-"
    return next((word for condition, word in words.items() if condition in active), "Normal")


def _active(status: Status) -> frozenset[Condition] | None:
    if status.alarms is None or status.protections is None:
        return None
    return status.alarms | status.protections


def pwr(rack: RackSample, fresh: Iterable[int], slots: int) -> list[str]:
    """The table of all packs; one that is not fresh is absent."""
    heard = set(fresh)
    packs = {sample.pack: sample for sample in rack.packs}
    lines = ["".join(f"{name:<{width}}" for name, width in _COLUMNS)]
    for slot in range(1, slots + 1):
        cells = _row(packs[slot]) if slot in packs and slot in heard else {"Base.St": "Absent"}
        cells["Power"] = str(slot)
        lines.append("".join(f"{cells.get(name, '-'):<{width - 1}} " for name, width in _COLUMNS))
    return lines


def _row(sample: PackSample) -> dict[str, str]:
    analog, status = sample.analog or Analog(0.0), sample.status or Status(0.0)
    active = _active(status)
    return {
        "Volt": _milli(analog.pack_voltage_v),
        "Curr": _milli(analog.pack_current_a),
        "Tempr": _milli(analog.env_temperature_c),
        "Tlow": _milli(analog.temperature_min_c),
        "Thigh": _milli(analog.temperature_max_c),
        "Vlow": _plain(analog.cell_voltage_min_mv),
        "Vhigh": _plain(analog.cell_voltage_max_mv),
        "Base.St": _STATE_WORDS.get(status.state, "-") if status.state is not None else "-",
        "Volt.St": _word(active, _PACK),
        "Curr.St": _word(active, _CURRENT),
        "Temp.St": _word(active, _BOARD),
        "Coulomb": _percent(analog.soc_pct),
        "B.V.St": _word(active, _CELLS),
        "B.T.St": _word(active, _WARMTH),
        "MosTempr": _milli(analog.mos_temperature_c),
        "M.T.St": _word(active, _MOS),
    }


def _pair(key: str, value: str, unit: str = "", width: int = 16) -> list[str]:
    return [] if value == "-" else [f" {key:<{width}}: {value:<11} {unit}".rstrip()]


def pwr_pack(sample: PackSample) -> list[str]:
    """One pack in pairs.

    Raises:
        ParameterError: the pack's voltage is not known.
    """
    analog, status = sample.analog or Analog(0.0), sample.status or Status(0.0)
    if analog.pack_voltage_v is None:
        raise ParameterError(f"The voltage of pack {sample.pack} is not known.")
    switches, active = status.switches or Switches(), _active(status)
    fets = (("CFetState", switches.charge), ("DFetState", switches.discharge))
    state = "-" if status.state is None else _STATE_WORDS.get(status.state, "-")
    return [
        *[f" {name}:{'ON' if on else 'OFF'}" for name, on in fets if on is not None],
        _RULE,
        f" Power  {sample.pack}",
        *_pair("Voltage", _milli(analog.pack_voltage_v), "mV"),
        *_pair("Current", _milli(analog.pack_current_a), "mA"),
        *_pair("Temperature", _milli(analog.env_temperature_c), "mC"),
        *_pair("Coulomb", _plain(analog.soc_pct), "%"),
        *_pair("Total Coulomb", _milli(analog.design_ah), "mAH"),
        *_pair("Real Coulomb", _milli(analog.full_ah), "mAH"),
        *_pair("Basic Status", state),
        *_pair("Volt Status", _word(active, _PACK)),
        *_pair("Current Status", _word(active, _CURRENT)),
        *_pair("Tmpr. Status", _word(active, _BOARD)),
        *_pair("Heater Status", "-" if switches.heating is None else "ON" if switches.heating else "OFF"),
        *_events(status),
        _RULE,
    ]


def _events(status: Status) -> list[str]:
    """Masks with the names of what is in them; the numbers of the bits are ours, no source prints them."""
    if status.alarms is None or status.protections is None:
        return []
    alarms, protections = status.alarms, status.protections
    names = [name for name, members in PROTECTIONS.items() if name != "COC2" and not protections.isdisjoint(members)]
    names += [name for name, members in ALARMS.items() if not alarms.isdisjoint(members)]
    battery = [name for name in names if name.startswith(("B", "CB", "DB"))]
    power = [name for name in names if name not in battery]
    order = [*PROTECTIONS, *ALARMS]
    lines = []
    for key, found in (("Bat Events", battery), ("Power Events", power)):
        mask = sum(1 << order.index(name) for name in found)
        lines += [f" {key:<16}: {mask:#x} {' '.join(found)}".rstrip()]
    if status.faults is not None:
        mask = sum(1 << at for at, _ in enumerate(sorted(status.faults)))
        lines.append(f" {'System Fault':<16}: {mask:#x}")
    return lines


def bat(sample: PackSample) -> list[str]:
    """The cells of one pack.

    Raises:
        ParameterError: they are not known.
    """
    analog, status = sample.analog or Analog(0.0), sample.status or Status(0.0)
    cells = analog.cell_voltages_mv
    if not cells:
        raise ParameterError(f"The cells of pack {sample.pack} are not known.")
    warmth, active = analog.temperatures_c or (), _active(status)
    state = "-" if status.state is None else _STATE_WORDS.get(status.state, "-")
    head = f"{'Battery':<9}{'Volt':<9}{'Curr':<9}{'Tempr':<9}{'Base State':<13}{'Volt. State':<13}{'Curr. State':<13}"
    lines = [head + f"{'Temp. State':<13}{'SOC':<13}{'Coulomb':<13}" + ("BAL" if status.balancing else "")]
    for index, cell in enumerate(cells):
        charge = "-" if analog.remaining_ah is None else f"{round(1000 * analog.remaining_ah)} mAH"
        sensor = warmth[index * len(warmth) // len(cells)] if warmth else None
        mark = "" if not status.balancing else "Y" if index < len(status.balancing) and status.balancing[index] else "N"
        words = (_word(active, _cell_words(cells, index)), _word(active, _CURRENT), _word(active, _WARMTH))
        lines.append(
            f"{index:<9}{cell:<9}{_milli(analog.pack_current_a):<9}{_milli(sensor):<9}{state:<13}"
            + "".join(f"{word:<13}" for word in words)
            + f"{_percent(analog.soc_pct):<13}{charge:<13}{mark}"
        )
    return lines


def _cell_words(cells: tuple[int, ...], index: int) -> dict[Condition, str]:
    """Only the lowest cell is low, and only the highest is high."""
    words = {}
    if cells[index] == min(cells):
        words[Condition.CELL_UNDER_VOLTAGE] = "Low"
    if cells[index] == max(cells):
        words[Condition.CELL_OVER_VOLTAGE] = "High"
    return words


def info(sample: PackSample, general: Identity, rated: Limits | None) -> list[str]:
    """Who a pack is."""
    own, analog = sample.identity or Identity(0.0), sample.analog or Analog(0.0)
    cells = len(analog.cell_voltages_mv or ())
    currents = rated or Limits(0.0)
    dsg = currents.discharge_current_limit_a
    values = {
        "Device address": str(sample.pack),
        "Manufacturer": own.manufacturer or general.manufacturer or "-",
        "Device name": own.model or general.model or "-",
        "Main Soft version": own.software_version or general.software_version or "-",
        "Barcode": own.serial or "-",
        "Cell Number": str(cells) if cells else "-",
        "Max Dischg Curr": _milli_amps(None if dsg is None else -dsg),
        "Max Charge Curr": _milli_amps(currents.charge_current_limit_a),
    }
    return [f"{key:<20}: {value}" for key, value in values.items() if value != "-"]


def _milli_amps(value: float | None) -> str:
    return "-" if value is None else f"{_milli(value)}mA"


def stat(sample: PackSample) -> list[str]:
    """Counters of a pack."""
    analog = sample.analog or Analog(0.0)
    values = {
        "CYCLE Times": _plain(analog.cycles),
        "SOH": _plain(analog.soh_pct),
        "Pwr Percent": _plain(analog.soc_pct),
    }
    return [
        f"Device address{sample.pack:>12}",
        *[f"{key:<16}: {value:>8}" for key, value in values.items() if value != "-"],
    ]


def pwrsys(rack: RackSample) -> list[str]:
    """The whole stack.

    Raises:
        ParameterError: the rack's values are not known.
    """
    total, limits = rack.analog, rack.limits or Limits(0.0)
    if total is None or total.pack_voltage_v is None:
        raise ParameterError("The rack has no values.")
    groups = [sample.analog for sample in rack.packs if sample.analog is not None]
    cells = [cell for group in groups for cell in group.cell_voltages_mv or ()]
    warmth = [value for group in groups for value in group.temperatures_c or ()]
    dsg = limits.discharge_current_limit_a
    rows = (
        ("Total Num", str(len(rack.packs)), ""),
        ("Present Num", str(len(rack.packs)), ""),
        ("System Volt", _milli(total.pack_voltage_v), "mV"),
        ("System Curr", _milli(total.pack_current_a), "mA"),
        ("System RC", _milli(total.remaining_ah), "mAH"),
        ("System FCC", _milli(total.full_ah), "mAH"),
        ("System SOC", _plain(total.soc_pct), "%"),
        ("System SOH", _plain(total.soh_pct), "%"),
        ("Highest voltage", _plain(max(cells, default=None)), "mV"),
        ("Lowest voltage", _plain(min(cells, default=None)), "mV"),
        ("Highest temperature", _milli(max(warmth, default=None)), "mC"),
        ("Lowest temperature", _milli(min(warmth, default=None)), "mC"),
        ("Recommend chg voltage", _milli(limits.charge_voltage_limit_v), "mV"),
        ("Recommend dsg voltage", _milli(limits.discharge_voltage_limit_v), "mV"),
        ("Recommend chg current", _milli(limits.charge_current_limit_a), "mA"),
        ("Recommend dsg current", "-" if dsg is None else _milli(-dsg), "mA"),
    )
    pairs = [line for key, value, unit in rows for line in _pair(key, value, unit, 25)]
    return [" Power System Information", " ---------------------------------", *pairs]
