"""Reading console answers: each kind into values under the public keys."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from openress.errors import FrameError, ParameterError
from openress.model import Condition, Fault
from openress.model.history import Calendar
from openress.names import hint
from openress.protocols.base import Direction, Reading, Value
from openress.protocols.battery.pylontech_console.answer import Answer, Table
from openress.protocols.battery.pylontech_console.words import (
    ALARMS,
    BASE_STATES,
    PROTECTIONS,
    event_names,
    word_conditions,
)
from openress.protocols.present import in_order

__all__ = ["COMMANDS", "PylontechConsoleDecoder", "cell_rows", "clock_of", "detail_of", "events_of", "number"]

_NUMBER = re.compile(r"(-?\d+)\s*(?:mV|mA|mAH|mC|s|%)?")
_RTC = re.compile(r"(\d{4})-(\d{2})-(\d{2})[ T](\d{2}):(\d{2}):(\d{2})")
_POWER = re.compile(r"\s*Power\s+(\d+)\s*")
_ADDRESS = re.compile(r"\s*Device address\s*:?\s+(\d+)\s*")
_FET = re.compile(r"\s*(C|D)FetState\s*:\s*(ON|OFF)\s*")

Values = dict[str, Value]


def number(text: str | None) -> int | None:
    """The whole number that a text is, such as `49280       mV` or `93%`.

    Raises:
        FrameError: something else stands there; without a checksum this is how damage shows.
    """
    if text is None:
        return None
    found = _NUMBER.fullmatch(text)
    if found is None:
        raise FrameError(f"{text!r} is no number", at=0)
    return int(found[1])


def _milli(text: str | None) -> float | None:
    found = number(text)
    return None if found is None else found / 1000


def _known(values: Mapping[str, Value]) -> Values:
    return {key: value for key, value in values.items() if value is not None}


def _state(word: str | None) -> str | None:
    state = BASE_STATES.get(word or "")
    return word if state is None else state.value


def clock_of(text: str) -> Calendar | None:
    """A date and time anywhere in a text."""
    match = _RTC.search(text)
    return None if match is None else Calendar(*(int(part) for part in match.groups()))


def events_of(pairs: Mapping[str, str]) -> tuple[frozenset[Condition], frozenset[Condition], frozenset[Fault]] | None:
    """Alarms, protections and faults of `pwr N`; `None` when it tells no events."""
    masks = [pairs[key] for key in ("Bat Events", "Power Events", "System Alarm") if key in pairs]
    if not masks:
        return None
    told = [event_names(mask) for mask in masks]
    names = {name for found, _ in told for name in found}
    protections = {condition for name in names for condition in PROTECTIONS.get(name, ())}
    alarms = {condition for name in names for condition in ALARMS.get(name, ())}
    broken = any(unnamed for _, unnamed in told) or event_names(pairs.get("System Fault", "0x0"))[1]
    alarms |= word_conditions(pairs, alarms | protections)
    return frozenset(alarms), frozenset(protections), frozenset({Fault.SYSTEM} if broken else ())


def detail_of(answer: Answer) -> tuple[int | None, dict[str, str], dict[str, bool]]:
    """Pack number, pairs and switches of `pwr N`."""
    numbers = [match[1] for line in answer.lines if (match := _POWER.fullmatch(line))]
    switches = {
        ("charge" if match[1] == "C" else "discharge"): match[2] == "ON"
        for line in answer.lines
        if (match := _FET.fullmatch(line))
    }
    return (int(numbers[0]) if numbers else None), answer.pairs(), switches


def _cell_table(answer: Answer) -> Table | None:
    """The table of `bat N`, as low-voltage and as high-voltage packs print it."""
    return answer.table("Battery") or answer.table("Bat")


def cell_rows(answer: Answer) -> tuple[dict[str, str], ...]:
    """Rows of `bat N`, cell 1 first.

    Raises:
        FrameError: no such table, or a row without a voltage.
    """
    return _cells(_cell_table(answer))


def _cells(table: Table | None) -> tuple[dict[str, str], ...]:
    if table is None or not table.rows:
        raise FrameError("the answer has no table of cells", at=0)
    if any(number(row.get("Volt")) is None for row in table.rows):
        raise FrameError("a cell has no voltage", at=0)
    return table.rows


def _pwr(answer: Answer) -> Values | None:
    table = answer.table("Power")
    if table is None:
        return None
    packs: list[Value] = [_pack_row(row) for row in table.rows]
    return {"packs": packs, "absent_packs": [int(name) for name in table.absent]}


def _pack_row(row: Mapping[str, str]) -> Values:
    system = row.get("SysAlarm.St", "Normal")
    clock = clock_of(row.get("Time", ""))
    return _known(
        {
            "pack": number(row.get("Power")),
            "pack_voltage_v": _milli(row.get("Volt")),
            "pack_current_a": _milli(row.get("Curr")),
            "env_temperature_c": _milli(row.get("Tempr")),
            "temperature_min_c": _milli(row.get("Tlow")),
            "temperature_max_c": _milli(row.get("Thigh")),
            "cell_voltage_min_mv": number(row.get("Vlow")),
            "cell_voltage_max_mv": number(row.get("Vhigh")),
            "mos_temperature_c": _milli(row.get("MosTempr")),
            "soc_pct": number(row.get("Coulomb")),
            "state": _state(row.get("Base.St")),
            "clock": None if clock is None else str(clock),
            "alarms": in_order(word_conditions(row)),
            "faults": in_order({Fault.SYSTEM} if system != "Normal" else ()),
        }
    )


def _detail(answer: Answer) -> Values | None:
    pack, pairs, switches = detail_of(answer)
    if "Voltage" not in pairs or (pack is None and "Basic Status" not in pairs):
        return None
    events = events_of(pairs)
    told: Values = {}
    if events is not None:
        names = ("alarms", "protections", "faults")
        told = {name: in_order(members) for name, members in zip(names, events, strict=True)}
    heating = {"heating": pairs["Heater Status"] == "ON"} if "Heater Status" in pairs else {}
    all_switches: dict[str, Value] = {**switches, **heating}
    return _known(
        {
            "pack": pack,
            "pack_voltage_v": _milli(pairs.get("Voltage")),
            "pack_current_a": _milli(pairs.get("Current")),
            "env_temperature_c": _milli(pairs.get("Temperature")),
            "soc_pct": number(pairs.get("Coulomb")),
            "design_ah": _milli(pairs.get("Total Coulomb")),
            "full_ah": _milli(pairs.get("Real Coulomb")),
            "charge_voltage_max_v": _milli(pairs.get("Max Voltage")),
            "state": _state(pairs.get("Basic Status")),
            "switches": all_switches or None,
            **told,
        }
    )


def _bat(answer: Answer) -> Values | None:
    table = _cell_table(answer)
    if table is None:
        return None
    rows = _cells(table)
    charges = [number(row.get("Coulomb", row.get("AH(mAH)"))) for row in rows]
    balancing = [row.get("BAL", row.get("Bal")) for row in rows]
    alarms = frozenset(condition for row in rows for condition in word_conditions(row))
    return _known(
        {
            "cell_voltages_mv": [number(row["Volt"]) for row in rows],
            "cell_temperatures_c": [_milli(row.get("Tempr")) for row in rows],
            "cell_soc_pct": [number(row.get("SOC")) for row in rows],
            "cell_remaining_ah": [None if charge is None else charge / 1000 for charge in charges],
            "balancing": [mark == "Y" for mark in balancing] if None not in balancing else None,
            "alarms": in_order(alarms),
        }
    )


def _info(answer: Answer) -> Values | None:
    pairs = answer.pairs()
    if "Device name" not in pairs and "Barcode" not in pairs:
        return None
    return _known(
        {
            "pack": number(pairs.get("Device address")),
            "manufacturer": pairs.get("Manufacturer"),
            "model": pairs.get("Device name"),
            "serial": pairs.get("Barcode"),
            "software_version": pairs.get("Main Soft version", pairs.get("Soft version")),
            "board_version": pairs.get("Board version"),
            "release_date": pairs.get("Release Date"),
            "specification": pairs.get("Specification"),
            "cells_in_series": number(pairs.get("Cell Number")),
            "charge_current_max_a": _milli(pairs.get("Max Charge Curr")),
            "discharge_current_max_a": _magnitude(_milli(pairs.get("Max Dischg Curr"))),
        }
    )


def _magnitude(value: float | None) -> float | None:
    return None if value is None else abs(value)


def _stat(answer: Answer) -> Values | None:
    pairs = answer.pairs()
    if "CYCLE Times" not in pairs and "SOH" not in pairs:
        return None
    addresses = [int(match[1]) for line in answer.lines if (match := _ADDRESS.fullmatch(line))]
    counters: Values = {key: number(value) for key, value in pairs.items() if _NUMBER.fullmatch(value)}
    return _known(
        {
            "pack": addresses[0] if addresses else None,
            "cycles": number(pairs.get("CYCLE Times")),
            "soh_pct": number(pairs.get("SOH")),
            "counters": counters,
        }
    )


def _pwrsys(answer: Answer) -> Values | None:
    pairs = answer.pairs()
    wanted = {
        "pack_voltage_v": _milli(pairs.get("System Volt")),
        "pack_current_a": _milli(pairs.get("System Curr")),
        "remaining_ah": _milli(pairs.get("System RC")),
        "full_ah": _milli(pairs.get("System FCC")),
        "soc_pct": number(pairs.get("System SOC")),
        "soh_pct": number(pairs.get("System SOH")),
        "modules": number(pairs.get("Present Num")),
        "cell_voltage_max_mv": number(pairs.get("Highest voltage")),
        "cell_voltage_mv": number(pairs.get("Average voltage")),
        "cell_voltage_min_mv": number(pairs.get("Lowest voltage")),
        "temperature_max_c": _milli(pairs.get("Highest temperature")),
        "temperature_c": _milli(pairs.get("Average temperature")),
        "temperature_min_c": _milli(pairs.get("Lowest temperature")),
        "charge_voltage_limit_v": _milli(pairs.get("Recommend chg voltage")),
        "discharge_voltage_limit_v": _milli(pairs.get("Recommend dsg voltage")),
        "charge_current_limit_a": _milli(pairs.get("Recommend chg current")),
        "discharge_current_limit_a": _magnitude(_milli(pairs.get("Recommend dsg current"))),
    }
    values = _known(wanted)
    return values or None


def _time(answer: Answer) -> Values | None:
    line = next((line for line in answer.lines if "RTC" in line), "")
    clock = clock_of(line)
    return None if clock is None else {"clock": str(clock)}


def _log(answer: Answer) -> Values | None:
    """No source prints a whole answer to `log`: its lines are told as they are."""
    return {"lines": list(answer.lines)} if (answer.command or "").split()[:1] == ["log"] else None


COMMANDS: Mapping[str, tuple[tuple[str, Callable[[Answer], Values | None]], ...]] = {
    "pwr": (("pwr", _pwr), ("pwr_pack", _detail)),
    "bat": (("bat", _bat),),
    "info": (("info", _info),),
    "stat": (("stat", _stat),),
    "pwrsys": (("pwrsys", _pwrsys),),
    "time": (("time", _time),),
    "log": (("log", _log),),
}
"""What can be asked, and the forms that answers have. The forms are told apart by their words."""


class PylontechConsoleDecoder:
    """Machine that reads console answers, each as a whole; a line without answer is a command."""

    __slots__ = ("_asked",)

    def __init__(self) -> None:
        self._asked: str | None = None

    def expect(self, command: str) -> None:
        """Read every answer as that to `command`, such as `pwr`.

        Raises:
            ParameterError: no such command.
        """
        if command not in COMMANDS:
            raise ParameterError(f"The Pylontech console has no command {command!r}; {hint(command, COMMANDS)}")
        self._asked = command

    def read(self, frame: bytes, direction: Direction | None = None) -> Reading:
        """Read one command or one answer.

        Raises:
            FrameError: cut off, no text, or an answer that cannot be understood.
        """
        answer = Answer.read(frame)
        if not answer.lines:
            return Reading("done", {})
        words = answer.lines[0].split()
        single = len(answer.lines) == 1 and answer.command is None and words[0] in COMMANDS and len(words) <= 7
        if direction is Direction.TO_BATTERY or (direction is None and single):
            return _request(words)
        if answer.refusal is not None:
            return Reading("refusal", {"reason": answer.refusal.strip()})
        asked = self._asked or (answer.command or "").split(" ")[0]
        forms = COMMANDS.get(asked) or tuple(form for all_forms in COMMANDS.values() for form in all_forms)
        for kind, read in forms:
            values = read(answer)
            if values is not None:
                return Reading(kind, values)
        raise FrameError(f"the answer has none of the words of {asked or 'any command'}", at=0)


def _request(words: list[str]) -> Reading:
    if words[0] not in COMMANDS:
        raise FrameError(f"{words[0]!r} is no command of the console that is known here", at=0)
    values: Values = {"command": words[0]}
    if words[0] == "time" and len(words) == 7:
        return Reading("time_request", values | {"clock": " ".join(words[1:])})
    pack = int(words[1]) if len(words) == 2 and words[1].isdecimal() else None
    return Reading(f"{words[0]}_request", values if pack is None else values | {"pack": pack})
