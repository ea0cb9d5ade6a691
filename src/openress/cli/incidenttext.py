"""Incidents as lines of text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from openress.incidents.comparing import Difference, Outcome
from openress.incidents.incident import About
from openress.incidents.timeline import IncidentAnswer, MomentAnswer

__all__ = ["list_lines", "outcome_lines", "show_lines"]


def list_lines(found: Sequence[About]) -> Iterator[str]:
    """One line each."""
    if not found:
        yield "Nothing has been recorded."
    for about in found:
        yield f"{about.id}  {_clock(about.event.at_s + about.ahead_s, date=True)}  {about.event.sentence}"


def show_lines(found: IncidentAnswer, *, every_s: int, with_bytes: bool) -> Iterator[str]:
    """What it is, then a table with the marks between its rows."""
    about = found.incident
    yield f"{about.id}: {about.sentence}"
    span = f"{_clock(about.from_s, date=True)} to {_clock(about.to_s)}"
    yield f"{span}, {found.product}, recorded by OpenRESS {about.version}"
    if about.missed:
        yield about.missed
    yield ""
    yield "time      gateway     CVL       CCL       DCL   highest cell  lowest cell   current  frames"
    marks = list(found.marks)
    frames = 0
    for count, moment in enumerate(found.moments):
        while marks and marks[0].time_s <= moment.time_s:
            mark = marks.pop(0)
            yield f"{_clock(mark.time_s)}  {'*' if mark.opens else '-'} {mark.sentence}"
        frames += sum(1 for one in moment.bytes if one.to == "inverter")
        if count % every_s == 0 or count == len(found.moments) - 1:
            yield _row(moment, frames)
            frames = 0
        if with_bytes:
            for one in moment.bytes:
                yield f"{_clock(one.time_s)}    {_ARROWS[one.to]} {one.text}"


_ARROWS = {"inverter": "to inverter  ", "us": "from inverter", "packs": "to packs     ", "from_packs": "from packs   "}


def _row(moment: MomentAnswer, frames: int) -> str:
    told = moment.told
    cells = [cell for pack in moment.packs for cell in pack.cell_voltages_mv or ()]
    currents = [pack.pack_current_a for pack in moment.packs if pack.pack_current_a is not None]
    columns = [
        f"{'' if told is None else told.state:<9}",
        _value(None if told is None else told.charge_voltage_limit_v, "V", 8),
        _value(None if told is None else told.charge_current_limit_a, "A", 8),
        _value(None if told is None else told.discharge_current_limit_a, "A", 8),
        _value(float(max(cells)) if cells else None, "mV", 13, 0),
        _value(float(min(cells)) if cells else None, "mV", 12, 0),
        _value(sum(currents) if currents else None, "A", 8),
        f"{frames:7d}",
    ]
    return f"{_clock(moment.time_s)}  " + "  ".join(columns)


def _value(value: float | None, unit: str, width: int, digits: int = 1) -> str:
    return f"{'-' if value is None else f'{value:.{digits}f} {unit}':>{width}}"


def outcome_lines(about: About, outcome: Outcome, *, version: str) -> Iterator[str]:
    """What a replay has shown."""
    yield f"{about.id}: {about.event.sentence}"
    yield f"Recorded by OpenRESS {about.version}, run again by {version}."
    if outcome.identical:
        yield f"All {outcome.frames} frames are the same, byte by byte."
        if outcome.decisions:
            yield f"Other reasons at {outcome.decisions} of {outcome.moments} moments."
    else:
        yield (
            f"{outcome.differing} of {outcome.frames} frames differ; at {outcome.decisions} of {outcome.moments} "
            "moments something else is decided."
        )
    for title, difference in (("First decision", outcome.first_decision), ("First frame", outcome.first_frame)):
        if difference is not None:
            yield from _difference(title, difference, about)


def _difference(title: str, found: Difference, about: About) -> Iterator[str]:
    yield f"{title} that differs: {_clock(found.at_s + about.ahead_s)}, {_after(found, about)}: {found.what}"
    yield f"  recorded: {found.was}"
    yield f"  now:      {found.now}"
    if found.why:
        now, _, before = found.why.partition("; before: ")
        yield f"  because:  {now}"
        yield f"  before:   {before}"


def _after(found: Difference, about: About) -> str:
    seconds = found.at_s - about.event.at_s
    return f"{abs(seconds):.1f} s {'before' if seconds < 0 else 'after'} the event"


def _clock(unix_s: float, *, date: bool = False) -> str:
    try:
        then = datetime.fromtimestamp(unix_s, tz=UTC).astimezone()
    except (OverflowError, ValueError, OSError):
        return f"{unix_s:g} s"
    return f"{then:%Y-%m-%d %H:%M:%S}" if date else f"{then:%H:%M:%S}"
