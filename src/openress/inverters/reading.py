"""From the content of an inverter file to an `Inverter`; `docs/inverters.md` shows the same facts as a page."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import TypeVar

from openress.errors import ParameterError
from openress.inverters.failsafe import ChargeStop, DischargeStop, FailSafe
from openress.inverters.inverter import Answer, Evidence, Fact, Inverter, Remark, Setting, Speech, Topic
from openress.model import Confidence, Source
from openress.names import hint
from openress.protocols.base import Bus

__all__ = ["inverter_from_mapping"]

Member = TypeVar("Member", bound=Enum)

TOP = (
    "key",
    "title",
    "maker",
    "also",
    "listed",
    "cable",
    "unknown",
    "sources",
    "dialects",
    "settings",
    "conduct",
    "fail_safe",
    "pace",
    "remarks",
)
FAIL_SAFE = ("charge_stop", "discharge_stop", "raises_fault", "silent_after_s")
BUSES = {"CAN": Bus.CAN, "RS485": Bus.SERIAL}


class Entry:
    """One table of the file; every fact in it is read by its kind, and nothing may be left over."""

    def __init__(self, where: str, table: object, known: tuple[str, ...], sources: Mapping[str, Source]) -> None:
        self.where = where
        self._sources = sources
        if not isinstance(table, Mapping):
            raise ParameterError(f"{where} must be a table of facts, not {table!r}.")
        for key in table:
            if key not in known:
                raise ParameterError(f"{where} has no fact {key}; {hint(str(key), known)}")
        self._table = table

    def text(self, key: str, default: str | None = None) -> str:
        """A text; without a default it must be there."""
        value = self._table.get(key, default)
        if not isinstance(value, str) or (not value.strip() and default is None):
            raise ParameterError(f"{self.where} must say {key}, a text in quotes.")
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of texts, empty if it is not there."""
        value = self._table.get(key, [])
        if not isinstance(value, list) or not all(isinstance(item, str) and item.strip() for item in value):
            raise ParameterError(f"{self.where}, {key} must be a list of texts in quotes.")
        return tuple(value)

    def numbers(self, key: str) -> tuple[int, ...]:
        """A list of whole numbers, empty if it is not there."""
        value = self._table.get(key, [])
        if not isinstance(value, list) or not all(type(item) is int and 0 <= item < 256 for item in value):
            raise ParameterError(f"{self.where}, {key} must be a list of numbers from 0 to 255.")
        return tuple(value)

    def seconds(self, key: str) -> float | None:
        """A time, `None` if it is not there."""
        value = self._table.get(key)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value <= 86400:
            raise ParameterError(f"{self.where}, {key} must be a number of seconds, not {value!r}.")
        return float(value)

    def yes(self, key: str, *, default: bool) -> bool:
        """True or false."""
        value = self._table.get(key, default)
        if not isinstance(value, bool):
            raise ParameterError(f"{self.where}, {key} must be true or false, not {value!r}.")
        return value

    def choice(self, key: str, members: Mapping[str, Member], default: Member | None = None) -> Member:
        """One of a closed set; without a default it must be there."""
        if default is not None and key not in self._table:
            return default
        value = self.text(key)
        if value not in members:
            raise ParameterError(f"{self.where}, {key}: there is no {value!r}; {hint(value, members)}")
        return members[value]

    def source(self) -> Source:
        """The source of the whole entry."""
        name = self.text("source")
        if name not in self._sources:
            raise ParameterError(f"{self.where}: there is no source {name} in [sources]; {hint(name, self._sources)}")
        return self._sources[name]

    def entries(self, key: str, known: tuple[str, ...]) -> list[Entry]:
        """A list of tables, written as [[key]]."""
        rows = self._table.get(key, [])
        if not isinstance(rows, list):
            raise ParameterError(f"{self.where}, {key} must be written as [[{key}]].")
        return [Entry(f"{self.where}, [[{key}]] {n}", row, known, self._sources) for n, row in enumerate(rows, 1)]

    def entry(self, key: str, known: tuple[str, ...]) -> Entry:
        """A table, empty if it is not there."""
        return Entry(f"{self.where}, [{key}]", self._table.get(key, {}), known, self._sources)

    def has(self, key: str) -> bool:
        """Whether something is said of `key`."""
        return key in self._table


def inverter_from_mapping(mapping: Mapping[str, object], *, name: str) -> Inverter:
    """Make an inverter of the content of a file; `name` is what errors call the file.

    Raises:
        ParameterError: a key is unknown (with the one that was probably meant), a fact is missing, of the wrong
            kind or without a source.
    """
    file = Entry(name, mapping, TOP, _sources(name, mapping.get("sources")))
    speeches = tuple(map(_speech, file.entries("dialects", ("name", "bus", "evidence", "source", "note", "manner"))))
    if not speeches:
        raise ParameterError(f"{name} must have at least one entry [[dialects]].")
    inverter = Inverter(
        key=file.text("key"),
        title=file.text("title"),
        maker=file.text("maker", ""),
        also=file.texts("also"),
        listed=file.text("listed", ""),
        speeches=speeches,
        settings=tuple(map(_setting, file.entries("settings", ("what", "value", "source", "note", "dialect")))),
        facts=_facts(file.entry("conduct", tuple(topic.key for topic in Topic))),
        fail_safe=_fail_safe(
            file.entry("fail_safe", ("charge_stop", "discharge_stop", "raises_fault", "silent_after_s"))
        ),
        cable=file.text("cable", "") or None,
        pace=_pace(file.entry("pace", ("can", "rs485", "source"))),
        remarks=tuple(Remark(e.text("says"), e.source()) for e in file.entries("remarks", ("says", "source"))),
        unknown=file.texts("unknown"),
    )
    known = {speech.dialect for speech in speeches}
    for setting in inverter.settings:
        if setting.speech and setting.speech not in known:
            raise ParameterError(
                f"{name}, [[settings]]: it has no dialect {setting.speech}; {hint(setting.speech, known)}"
            )
    return inverter


def _sources(file: str, table: object) -> dict[str, Source]:
    levels = {level.value: level for level in Confidence}
    if not isinstance(table, Mapping):
        raise ParameterError(f"{file} must have a table [sources].")
    found = {}
    for short, content in table.items():
        entry = Entry(f"{file}, [sources] {short}", content, ("title", "confidence"), {})
        found[str(short)] = Source(entry.text("title"), entry.choice("confidence", levels))
    return found


def _speech(entry: Entry) -> Speech:
    return Speech(
        entry.text("name"),
        entry.choice("bus", BUSES),
        entry.choice("evidence", {level.value: level for level in Evidence}),
        entry.source(),
        entry.text("note", ""),
        entry.text("manner", ""),
    )


def _setting(entry: Entry) -> Setting:
    return Setting(
        entry.text("what"), entry.text("value"), entry.source(), entry.text("note", ""), entry.text("dialect", "")
    )


def _facts(conduct: Entry) -> dict[Topic, Fact]:
    found = {}
    for topic in Topic:
        if conduct.has(topic.key):
            fact = conduct.entry(topic.key, ("answer", "says", "seconds", "source"))
            answer = fact.choice("answer", {member.value: member for member in Answer}, Answer.SEE)
            says = fact.text("says", "")
            if answer is Answer.SEE and not says:
                raise ParameterError(f"{fact.where} must have an answer, or say something.")
            found[topic] = Fact(answer, says, fact.source(), fact.seconds("seconds"))
    return found


def _fail_safe(entry: Entry) -> FailSafe:
    silent_s = entry.seconds("silent_after_s")
    usual = FailSafe()
    return FailSafe(
        charge_stop=entry.choice("charge_stop", {m.value: m for m in ChargeStop}, usual.charge_stop),
        discharge_stop=entry.choice("discharge_stop", {m.value: m for m in DischargeStop}, usual.discharge_stop),
        raises_fault=entry.yes("raises_fault", default=usual.raises_fault),
        silent_after_s=usual.silent_after_s if silent_s is None else silent_s,
    )


def _pace(entry: Entry) -> dict[Bus, tuple[int, ...]]:
    numbers = {Bus.CAN: entry.numbers("can"), Bus.SERIAL: entry.numbers("rs485")}
    if any(numbers.values()):
        entry.source()
    return {bus: found for bus, found in numbers.items() if found}
