"""An inverter as a value: which dialects it understands, what to set on it, and what is known of its conduct."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from openress.inverters.failsafe import FailSafe
from openress.model import Source
from openress.protocols import DIALECTS
from openress.protocols.base import Bus, Dialect

__all__ = ["Answer", "Evidence", "Fact", "Inverter", "Setting", "Speech", "Topic"]

TO_INVERTERS = frozenset({"battery", "serve"})
"""What a dialect of the registry must do before an inverter can be served in it: on CAN and on a serial line."""


class Evidence(StrEnum):
    """How it is known that an inverter understands a dialect; shown wherever the two are named together."""

    CAPTURE = "capture"
    VENDOR = "vendor document"
    OPEN = "open implementation"
    FALLBACK = "fallback"

    @property
    def sentence(self) -> str:
        """In words, with what we have not done."""
        if self is Evidence.FALLBACK:
            return "fallback dialect, untested"
        what = "captures of real devices" if self is Evidence.CAPTURE else self.value
        return f"{what}; untested on hardware by us"


class Topic(StrEnum):
    """What one would like to know of an inverter's conduct; values are the words of the question."""

    CHARGE_VOLTAGE = "Keeps the charge voltage limit"
    CHARGE_CURRENT = "Keeps the charge current limit"
    CHARGE_STOP = "Stops charging at a charge limit of 0"
    DISCHARGE_CURRENT = "Keeps the discharge current limit"
    DISCHARGE_STOP = "Stops discharging at a discharge limit of 0"
    ENABLE_BITS = "Heeds the bits that permit charging and discharging"
    SOC_ONLY = "Goes by the state of charge alone"
    SIGN_OF_LIFE = "Sends a sign of life"
    SMALLEST = "Smallest and largest values it takes"
    REACTION = "Time it takes to follow a limit"
    TIME_OUT = "Time after which it misses the battery"
    ON_SILENCE = "What it does when the battery falls silent"

    @property
    def key(self) -> str:
        """As data files and JSON write it."""
        return self.name.lower()


class Answer(StrEnum):
    """A short answer to a topic."""

    YES = "yes"
    NO = "no"
    PARTLY = "partly"
    SEE = "see"
    """A topic that is no yes-or-no question."""


@dataclass(frozen=True, slots=True)
class Fact:
    """What is known about a topic.

    Attributes:
        answer: in a word.
        says: in a sentence, may be empty.
        source: who says so.
        seconds: the time that the topic is about.
    """

    answer: Answer
    says: str
    source: Source
    seconds: float | None = None

    def __str__(self) -> str:
        words = [] if self.answer is Answer.SEE else [self.answer.value]
        if self.seconds is not None:
            words.append(f"{self.seconds:g} s")
        if self.says:
            words.append(self.says)
        return ", ".join(words)


@dataclass(frozen=True, slots=True)
class Speech:
    """A dialect that an inverter understands, or may understand.

    Attributes:
        dialect: name in the registry of dialects, which may not have it yet.
        bus: the line it is spoken on.
        evidence: how that is known.
        source: who says so.
        note: what goes with it: a menu entry, a model.
        manner: on a serial line, which manner of asking a simulated one has; the dialect's first where it is empty.
    """

    dialect: str
    bus: Bus
    evidence: Evidence
    source: Source
    note: str = ""
    manner: str = ""

    @property
    def found(self) -> Dialect | None:
        """The dialect, if OpenRESS has it."""
        return DIALECTS.get(self.dialect)

    @property
    def spoken(self) -> bool:
        """Whether OpenRESS can be the battery of this dialect."""
        return self.found is not None and not TO_INVERTERS.isdisjoint(self.found.does)

    @property
    def sentence(self) -> str:
        """The evidence in words, and what stands in the way."""
        words = [self.evidence.sentence]
        if not self.spoken:
            words.append("not spoken yet")
        elif self.found is not None and self.found.experimental:
            words.append("experimental, off until consented to")
        return "; ".join(words)


@dataclass(frozen=True, slots=True)
class Setting:
    """Something to set on the inverter.

    Attributes:
        what: the menu entry, in the maker's words.
        value: what to choose.
        source: who says so.
        note: when, or what for.
        speech: the dialect that it belongs to; empty for all.
    """

    what: str
    value: str
    source: Source
    note: str = ""
    speech: str = ""


@dataclass(frozen=True, slots=True)
class Remark:
    """Something else worth knowing, with its source."""

    says: str
    source: Source


@dataclass(frozen=True, slots=True, kw_only=True)
class Inverter:
    """One inverter, or a series that behaves alike.

    Attributes:
        key: name in commands.
        title: as a person calls it.
        maker: company on the label; empty for a family of several.
        also: models and other names that people type.
        listed: where the two source documents list it; empty for others.
        speeches: its dialects, the one to try first at the front.
        settings: to make on it.
        facts: what is known of its conduct.
        fail_safe: what it is told when data stop.
        cable: key in the table of cables; `None` where no pins are published.
        pace: numbers that packs with a PACE board give its protocols, by bus.
        remarks: what else is worth knowing.
        unknown: what nobody has published, besides the topics without a fact.
    """

    key: str
    title: str
    maker: str
    also: tuple[str, ...]
    listed: str = ""
    speeches: tuple[Speech, ...]
    settings: tuple[Setting, ...] = ()
    facts: Mapping[Topic, Fact] = field(default_factory=dict)
    fail_safe: FailSafe = field(default_factory=FailSafe)
    cable: str | None = None
    pace: Mapping[Bus, tuple[int, ...]] = field(default_factory=dict)
    remarks: tuple[Remark, ...] = ()
    unknown: tuple[str, ...] = ()

    @property
    def bus(self) -> Bus:
        """The line it is usually connected by."""
        return self.speeches[0].bus

    @property
    def documented(self) -> bool:
        """Whether anything at all is published of a dialect it understands."""
        return any(speech.evidence is not Evidence.FALLBACK for speech in self.speeches)

    @property
    def evidence(self) -> str:
        """How well its first dialect is known, in words."""
        return self.speeches[0].sentence

    def on(self, bus: Bus) -> tuple[Speech, ...]:
        """Its dialects on one kind of line."""
        return tuple(speech for speech in self.speeches if speech.bus is bus)

    def spoken(self, bus: Bus | None = None) -> Speech | None:
        """The first dialect that OpenRESS can speak to it, on `bus` if that is given."""
        return next((s for s in self.speeches if s.spoken and bus in {None, s.bus}), None)

    @property
    def open_questions(self) -> tuple[str, ...]:
        """What is not known: topics without a fact, and what the file names."""
        return (*(topic.value for topic in Topic if topic not in self.facts), *self.unknown)
