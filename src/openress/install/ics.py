"""A calendar file (RFC 5545) of whole-day reminders."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

__all__ = ["Reminder", "calendar_text"]

_LONGEST_OCTETS = 74


@dataclass(frozen=True, slots=True)
class Reminder:
    """One reminder; `day` is written as 20261121, `key` stays the same when the reminder is moved."""

    key: str
    day: str
    title: str
    text: str


def calendar_text(reminders: Sequence[Reminder], stamp: str) -> str:
    """Write the file; `stamp` is when, in UTC, as 20261121T120000Z."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//OpenRESS//storage//EN", "CALSCALE:GREGORIAN"]
    for reminder in reminders:
        lines += [
            "BEGIN:VEVENT",
            f"UID:{_escaped(reminder.key)}@openress",
            f"DTSTAMP:{stamp}",
            f"DTSTART;VALUE=DATE:{reminder.day}",
            f"SUMMARY:{_escaped(reminder.title)}",
            f"DESCRIPTION:{_escaped(reminder.text)}",
            "TRANSP:TRANSPARENT",
            "BEGIN:VALARM",
            "ACTION:DISPLAY",
            f"DESCRIPTION:{_escaped(reminder.title)}",
            "TRIGGER:-P7D",
            "END:VALARM",
            "END:VEVENT",
        ]
    lines.append("END:VCALENDAR")
    return "".join(f"{piece}\r\n" for line in lines for piece in _folded(line))


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n")


def _folded(line: str) -> list[str]:
    """Lines of at most 75 octets, continued after a blank; no letter is torn apart."""
    pieces, current = [], ""
    for letter in line:
        if len((current + letter).encode()) > _LONGEST_OCTETS:
            pieces.append(current)
            current = " "
        current += letter
    return [*pieces, current]
