"""Reading the records that packs keep of their alarms and protections, newest first, and printing them as a table."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields

from openress.model.history import Calendar, HistoryRecord
from openress.protocols.access import HistoryAccess, SelectingHistoryAccess
from openress.protocols.base import Value
from openress.protocols.present import in_order
from openress.rack.poll import NoAnswerError
from openress.rack.session import Session, needed

__all__ = ["COLUMNS", "Records", "as_csv", "as_json", "read_records"]

COLUMNS = tuple(item.name for item in fields(HistoryRecord))
RESTARTS = 3
"""How often records that a pack counts through itself are begun anew after a lost answer."""
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
"""With these a text begins that a spreadsheet would carry out."""


@dataclass(frozen=True, slots=True)
class Records:
    """What a pack remembers.

    Attributes:
        records: newest first.
        notes: what a reader of them should know, in sentences.
    """

    records: tuple[HistoryRecord, ...]
    notes: tuple[str, ...] = ()


async def read_records(
    session: Session, pack: int, *, most: int, progress: Callable[[int], None] = lambda _: None
) -> Records:
    """Read the newest records of a pack.

    Args:
        session: the line.
        pack: number of the pack.
        most: how many at most.
        progress: told how many have been read.

    Raises:
        ParameterError: the dialect has no records.
        NoAnswerError: the pack fell silent.
    """
    make = needed(session, session.parts.history, "read records")
    access = make()
    found: list[HistoryRecord] = []
    for restart in range(RESTARTS + 1):
        found = []
        try:
            while len(found) < most:
                record = await _record(session, access, pack, len(found))
                if record is None:
                    break
                found.append(record)
                progress(len(found))
        except NoAnswerError:
            if not access.in_order or restart == RESTARTS:
                raise
            # Whether the pack has counted on cannot be known: from the first one again.
            continue
        break
    return await _without_shifted(session, access, pack, found)


async def _record(session: Session, access: HistoryAccess, pack: int, index: int) -> HistoryRecord | None:
    poller = session.poller
    if isinstance(access, SelectingHistoryAccess):
        order = access.select_query(pack, index)
        await poller.put(order, lambda reply: access.selected(order, reply))
    query = access.record_query(pack, index)
    tries = 1 if access.in_order else None
    return await poller.put(query, lambda reply: access.record(query, reply), tries=tries)


async def _without_shifted(
    session: Session, access: HistoryAccess, pack: int, found: Sequence[HistoryRecord]
) -> Records:
    """A record that is written while they are read moves all others: one is then read twice."""
    if not found or await _record(session, access, pack, 0) == found[0]:
        return Records(tuple(found))
    once = tuple(record for at, record in enumerate(found) if at == 0 or record != found[at - 1])
    return Records(once, ("The pack wrote a new record meanwhile; read again to have it.",))


def as_json(record: HistoryRecord) -> dict[str, Value]:
    """A record under its keys; what the pack does not keep is absent."""
    values: dict[str, Value] = {}
    for name in COLUMNS:
        value = getattr(record, name)
        if value is None:
            continue
        if isinstance(value, frozenset):
            values[name] = in_order(value)
        elif isinstance(value, tuple):
            values[name] = list(value)
        else:
            values[name] = str(value) if isinstance(value, Calendar) else value
    return values


def as_csv(head: Mapping[str, str], records: Sequence[HistoryRecord]) -> str:
    """Records as a table that a spreadsheet opens without carrying anything out.

    Args:
        head: columns that are the same in every row, such as the serial number.
        records: one in a row; several values in a cell are separated by blanks.
    """
    sink = io.StringIO()
    writer = csv.writer(sink, lineterminator="\r\n")
    writer.writerow([*head, *COLUMNS])
    for record in records:
        values = as_json(record)
        writer.writerow([*(_harmless(text) for text in head.values()), *(_cell(values.get(name)) for name in COLUMNS)])
    return sink.getvalue()


def _cell(value: Value) -> str | float:
    if value is None:
        return ""
    if isinstance(value, list):
        return _harmless(" ".join(str(item) for item in value)) if value else "none"
    return value if isinstance(value, int | float) else _harmless(str(value))


def _harmless(text: str) -> str:
    """A text that a spreadsheet takes for a text; numbers never come here."""
    if not text.startswith(_FORMULA) or _is_number(text):
        return text
    return f"'{text}"


def _is_number(text: str) -> bool:
    return all(part.lstrip("-").replace(".", "", 1).isdecimal() for part in text.split(" "))
