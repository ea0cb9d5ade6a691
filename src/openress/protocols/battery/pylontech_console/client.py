"""Asking the Pylontech console: the pack at the cable answers for its whole stack."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from itertools import groupby

from openress.errors import FrameError, ParameterError
from openress.model import Analog, Identity, PackSample, PackState, Status, Switches
from openress.model.history import Calendar
from openress.protocols.base import Query
from openress.protocols.battery.pylontech_console.answer import Answer, ConsoleSplitter
from openress.protocols.battery.pylontech_console.decode import cell_rows, clock_of, detail_of, events_of, number
from openress.protocols.battery.pylontech_console.words import BASE_STATES

__all__ = ["MAX_PACKS", "PylontechConsoleClient", "PylontechConsoleClock"]

MAX_PACKS = 16
"""Rows of the table that `pwr` prints on newer firmware; older prints 8."""

_NAMES = {"pwr": "values of the pack", "bat": "cells", "info": "who the pack is", "stat": "counters", "time": "clock"}


def _query(command: str, pack: int) -> Query:
    if not 1 <= pack <= MAX_PACKS:
        raise ParameterError(f"The console knows packs 1 to {MAX_PACKS}; there is no pack {pack}.")
    return Query(_NAMES[command], pack, f"{command} {pack}\n".encode())


def _answer(query: Query, reply: bytes) -> Answer:
    """The accepted answer to `query`.

    Raises:
        FrameError: cut off, no text, a refusal, or the answer to another command.
    """
    answer = Answer.read(reply)
    if b"@" not in reply:
        raise FrameError("no answer: it has no '@'", at=0)
    asked = query.frame.decode().strip()
    if answer.command is not None and answer.command != asked:
        raise FrameError(f"the answer to {answer.command!r}, asked was {asked!r}", at=0)
    if answer.refusal is not None:
        raise FrameError(f"the console refuses: {answer.refusal.strip()}", at=0)
    return answer


class PylontechConsoleClient:
    """The asking side; packs have the numbers that the console prints, 1 = master."""

    __slots__ = ()

    max_packs = MAX_PACKS

    def splitter(self) -> ConsoleSplitter:
        """A fresh splitter for the text that comes back."""
        return ConsoleSplitter()

    def address(self, pack: int) -> int:
        """The number of a pack on the console.

        Raises:
            ParameterError: more packs than the console knows.
        """
        _query("pwr", pack)
        return pack

    def first(self, pack: int) -> Query:
        """`pwr N`."""
        return _query("pwr", pack)

    def cycle(self, pack: int) -> tuple[Query, ...]:
        """`pwr N` and `bat N`."""
        return _query("pwr", pack), _query("bat", pack)

    def rarely(self, pack: int) -> tuple[Query, ...]:
        """`info N` and `stat N`."""
        return _query("info", pack), _query("stat", pack)

    def merge(self, sample: PackSample, query: Query, reply: bytes, now_s: float) -> PackSample:
        """Add what `reply` says to `sample`.

        Raises:
            FrameError: cut off, a refusal, or not the answer to `query`.
        """
        answer = _answer(query, reply)
        match query.frame.split()[0]:
            case b"pwr":
                return _with_detail(sample, answer, query.pack, now_s)
            case b"bat":
                return _with_cells(sample, answer, now_s)
            case b"info":
                return _with_identity(sample, answer, now_s)
            case b"stat":
                return _with_counters(sample, answer, now_s)
            case other:
                raise FrameError(f"command {other.decode()!r} is not asked by this client", at=0)


def _with_detail(sample: PackSample, answer: Answer, asked: int, now_s: float) -> PackSample:
    pack, pairs, switches = detail_of(answer)
    if pack not in (None, asked):
        raise FrameError(f"the values of pack {pack}, asked was {asked}", at=0)
    if pairs.get("Basic Status") == "Absent" or number(pairs.get("Voltage")) is None:
        raise FrameError(f"pack {asked} is absent", at=0)
    before = sample.analog or Analog(now_s)
    # What bat tells is asked next; until then its old values do not become young with these.
    analog = Analog(
        now_s,
        pack_voltage_v=_milli(pairs, "Voltage"),
        pack_current_a=_milli(pairs, "Current"),
        env_temperature_c=_milli(pairs, "Temperature"),
        soc_pct=number(pairs.get("Coulomb")),
        design_ah=_milli(pairs, "Total Coulomb"),
        full_ah=_milli(pairs, "Real Coulomb"),
        soh_pct=before.soh_pct,
        cycles=before.cycles,
    )
    events = events_of(pairs) or (None, None, None)
    status = Status(
        now_s,
        state=_state(pairs),
        switches=Switches(
            charge=switches.get("charge"),
            discharge=switches.get("discharge"),
            heating=pairs["Heater Status"] == "ON" if "Heater Status" in pairs else None,
        ),
        alarms=events[0],
        protections=events[1],
        # A pack that does not print its faults has not said that it has none.
        faults=events[2] if "System Fault" in pairs else None,
    )
    return replace(sample, analog=analog, status=status)


def _state(pairs: Mapping[str, str]) -> PackState | None:
    return BASE_STATES.get(pairs.get("Basic Status", ""))


def _with_cells(sample: PackSample, answer: Answer, now_s: float) -> PackSample:
    rows = cell_rows(answer)
    charges = [number(row.get("Coulomb", row.get("AH(mAH)"))) for row in rows]
    warmth = [number(row.get("Tempr")) for row in rows]
    marks = [row.get("BAL", row.get("Bal")) for row in rows]
    known = [charge for charge in charges if charge is not None]
    analog = replace(
        sample.analog or Analog(now_s),
        cell_voltages_mv=tuple(cell for row in rows if (cell := number(row["Volt"])) is not None),
        # Neighbours of the same temperature share a sensor.
        temperatures_c=tuple(value / 1000 for value, _ in groupby(warmth) if value is not None) or None,
        # Cells in series hold what the emptiest one holds.
        remaining_ah=min(known) / 1000 if len(known) == len(rows) else None,
    )
    balancing = None if None in marks else tuple(mark == "Y" for mark in marks)
    status = replace(sample.status or Status(now_s), balancing=balancing)
    return replace(sample, analog=analog, status=status)


def _with_identity(sample: PackSample, answer: Answer, now_s: float) -> PackSample:
    pairs = answer.pairs()
    if "Device name" not in pairs and "Barcode" not in pairs and "Manufacturer" not in pairs:
        raise FrameError("the answer does not say who the pack is", at=0)
    identity = Identity(
        now_s,
        serial=pairs.get("Barcode"),
        manufacturer=pairs.get("Manufacturer"),
        model=pairs.get("Device name"),
        software_version=pairs.get("Main Soft version", pairs.get("Soft version")),
    )
    return replace(sample, identity=identity)


def _with_counters(sample: PackSample, answer: Answer, now_s: float) -> PackSample:
    pairs = answer.pairs()
    counters = {"cycles": number(pairs.get("CYCLE Times")), "soh_pct": number(pairs.get("SOH"))}
    if not any(key in pairs for key in ("CYCLE Times", "SOH", "Pwr Percent")):
        raise FrameError("the answer has no counters", at=0)
    before = sample.analog or Analog(now_s)
    return replace(sample, analog=replace(before, **counters))  # type: ignore[arg-type]  # both are whole numbers


def _milli(pairs: Mapping[str, str], key: str) -> float | None:
    found = number(pairs.get(key))
    return None if found is None else found / 1000


class PylontechConsoleClock:
    """The clock of the pack at the cable; it keeps years from 2000 to 2099."""

    __slots__ = ()

    def clock_query(self, pack: int) -> Query:
        """`time`.

        Raises:
            ParameterError: another pack than the one at the cable.
        """
        return _clock_query(pack, "time\n")

    def clock(self, query: Query, reply: bytes) -> Calendar:
        """What the clock shows.

        Raises:
            FrameError: cut off, a refusal, or no time.
        """
        for line in _answer(query, reply).lines:
            found = clock_of(line)
            if found is not None:
                return found
        raise FrameError("the answer has no time", at=0)

    def set_clock_query(self, pack: int, now: Calendar) -> Query:
        """`time YY MM DD hh mm ss`, every part with two digits.

        Raises:
            ParameterError: another pack, or a year that two digits cannot say.
        """
        if not 2000 <= now.year <= 2099:
            raise ParameterError(f"The year {now.year} does not fit; the console keeps 2000 to 2099.")
        parts = (now.year - 2000, now.month, now.day, now.hour, now.minute, now.second)
        return _clock_query(pack, "time " + " ".join(f"{part:02}" for part in parts) + "\n")

    def written(self, query: Query, reply: bytes) -> None:
        """Accept the answer to a setting of the clock.

        Raises:
            FrameError: cut off, or a refusal.
        """
        _answer(query, reply)


def _clock_query(pack: int, command: str) -> Query:
    if pack > 1:
        raise ParameterError(f"The console shows the clock of the pack at the cable, not of pack {pack}.")
    return Query(_NAMES["time"], pack, command.encode())
