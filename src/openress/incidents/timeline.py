"""An incident moment by moment: cells, limits, bytes and marks, for a page with a slider and for a table of text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Annotated

from pydantic import BaseModel, Field

from openress.codec.canframe import CanFrame
from openress.gateway.tape import Came, Decided, Due, Looked, Saw
from openress.incidents.comparing import message_text
from openress.incidents.incident import Incident
from openress.model import PackSample, RackSample

__all__ = ["IncidentAnswer", "Mark", "MomentAnswer", "PackAnswer", "Summary", "ToldAnswer", "timeline"]


class Summary(BaseModel):
    """An incident in a list; times are unix seconds, `missed` is empty where it can be run again.

    One that is being recorded still has no file: it can be opened when it is complete.
    `language` is that of its sentences, but for those in `untranslated`, which are English.
    """

    id: str
    version: str
    time_s: float
    kind: str
    what: str
    pack: int | None
    sentence: str
    from_s: float
    to_s: float
    redacted: bool
    missed: str
    recording: bool = False
    language: str = "en"
    untranslated: list[str] = []


class Mark(BaseModel):
    """Something that happened; `opens` tells what an incident is recorded for from what only ends."""

    time_s: float
    kind: str
    what: str
    pack: int | None
    sentence: str
    opens: bool


class PackAnswer(BaseModel):
    """A pack at a moment; `null` is not known."""

    pack: int
    cell_voltages_mv: list[int] | None
    pack_voltage_v: float | None
    pack_current_a: float | None
    soc_pct: float | None
    temperatures_c: list[float] | None
    charge_current_limit_a: float | None
    discharge_current_limit_a: float | None
    alarms: list[str]
    protections: list[str]
    faults: list[str]


class ToldAnswer(BaseModel):
    """What was decided; values are `null` in silence."""

    state: str
    sent: bool
    charge_voltage_limit_v: float | None
    charge_current_limit_a: float | None
    discharge_current_limit_a: float | None
    rules: list[str]
    charge_reason: str | None
    discharge_reason: str | None
    troubles: list[str]


class BytesAnswer(BaseModel):
    """A frame, as `351#1402C012` or in hexadecimal; `to` is `inverter`, `us`, `packs` or `from_packs`."""

    time_s: float
    to: str
    text: str


class MomentAnswer(BaseModel):
    """The second that ends at `time_s`."""

    time_s: float
    packs: list[PackAnswer]
    told: ToldAnswer | None
    bytes: list[BytesAnswer]


class IncidentAnswer(BaseModel):
    """An incident as a page shows it, one moment a second; `bytes` are cut at `most` of a second.

    `language` is that of the sentences of its marks, but for those in `untranslated`, which are English.
    """

    incident: Summary
    product: str
    links: list[str]
    marks: list[Mark]
    moments: list[MomentAnswer]
    most: Annotated[int, Field(description="Frames of a second that are given at most")]
    language: str = "en"
    untranslated: list[str] = []


MOST_BYTES_A_SECOND = 200
EVERY_S = 1.0


def timeline(incident: Incident) -> IncidentAnswer:
    """The incident, a moment for every second."""
    about = incident.about
    marks = [
        Mark(
            time_s=round(event.at_s + about.ahead_s, 3),
            kind=event.kind.value,
            what=event.what,
            pack=event.pack,
            sentence=event.sentence,
            opens=event.opens,
        )
        for event in about.events
    ]
    return IncidentAnswer(
        incident=Summary(**about.as_json()),
        product=about.product,
        links=list(about.links),
        marks=marks,
        moments=list(_moments(incident)),
        most=MOST_BYTES_A_SECOND,
    )


def _moments(incident: Incident) -> Iterator[MomentAnswer]:
    ahead_s = incident.about.ahead_s
    line = _Line(incident, ahead_s)
    rack: RackSample | None = None
    told: Decided | None = None
    passed: list[BytesAnswer] = []
    end_s: float | None = None
    for step in incident.steps:
        end_s = step.at_s + EVERY_S if end_s is None else end_s
        while step.at_s >= end_s:
            yield _moment(end_s, ahead_s, rack, told, passed + line.until(end_s))
            passed, end_s = [], end_s + EVERY_S
        if isinstance(step, Saw):
            rack = step.rack or rack
        elif isinstance(step, Due | Looked):
            told = step.decided or told
            sent = step.sent if isinstance(step, Due) else ()
            passed += [_bytes(step.at_s, ahead_s, "inverter", message) for message in sent]
        elif isinstance(step, Came):
            passed.append(_bytes(step.at_s, ahead_s, "us", step.message))
    if end_s is not None:
        yield _moment(end_s, ahead_s, rack, told, passed + line.until(end_s))


class _Line:
    """The bytes on the packs' line, taken second by second."""

    def __init__(self, incident: Incident, ahead_s: float) -> None:
        self._chunks = incident.line
        self._place = 0
        self._ahead_s = ahead_s
        if incident.steps:
            self.until(incident.steps[0].at_s)

    def until(self, end_s: float) -> list[BytesAnswer]:
        found = []
        while self._place < len(self._chunks) and self._chunks[self._place].at_s < end_s:
            chunk = self._chunks[self._place]
            found.append(
                _bytes(chunk.at_s, self._ahead_s, "packs" if chunk.direction == ">" else "from_packs", chunk.data)
            )
            self._place += 1
        return found


def _bytes(at_s: float, ahead_s: float, to: str, message: CanFrame | bytes) -> BytesAnswer:
    return BytesAnswer(time_s=round(at_s + ahead_s, 3), to=to, text=message_text(message))


def _moment(
    end_s: float, ahead_s: float, rack: RackSample | None, told: Decided | None, passed: Sequence[BytesAnswer]
) -> MomentAnswer:
    return MomentAnswer(
        time_s=round(end_s + ahead_s, 3),
        packs=[] if rack is None else [_pack(pack) for pack in rack.packs],
        told=None if told is None else _told(told),
        bytes=sorted(passed, key=lambda one: one.time_s)[:MOST_BYTES_A_SECOND],
    )


def _pack(pack: PackSample) -> PackAnswer:
    analog, status, limits = pack.analog, pack.status, pack.limits
    cells = None if analog is None else analog.cell_voltages_mv
    warmth = None if analog is None else analog.temperatures_c
    return PackAnswer(
        pack=pack.pack,
        cell_voltages_mv=None if cells is None else list(cells),
        pack_voltage_v=None if analog is None else analog.pack_voltage_v,
        pack_current_a=None if analog is None else analog.pack_current_a,
        soc_pct=None if analog is None else analog.soc_pct,
        temperatures_c=None if warmth is None else list(warmth),
        charge_current_limit_a=None if limits is None else limits.charge_current_limit_a,
        discharge_current_limit_a=None if limits is None else limits.discharge_current_limit_a,
        alarms=[] if status is None else sorted(one.value for one in status.alarms or ()),
        protections=[] if status is None else sorted(one.value for one in status.protections or ()),
        faults=[] if status is None else sorted(one.value for one in status.faults or ()),
    )


def _told(told: Decided) -> ToldAnswer:
    return ToldAnswer(
        state=told.state,
        sent=told.talks,
        charge_voltage_limit_v=told.charge_voltage_v,
        charge_current_limit_a=told.charge_a,
        discharge_current_limit_a=told.discharge_a,
        rules=list(told.rules),
        charge_reason=None if told.charge_reason is None else told.charge_reason.rule.value,
        discharge_reason=None if told.discharge_reason is None else told.discharge_reason.rule.value,
        troubles=list(told.troubles),
    )
