"""Values as rows of the database and back: sets by the names of their members, lists as JSON, blocks with a check sum.

What an old or damaged row says that is not known here is kept out and told, one sentence each; it never stops a read.
"""

from __future__ import annotations

import json
import re
from base64 import b85decode, b85encode
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, fields
from enum import StrEnum
from math import isfinite
from typing import Any, TypeVar
from zlib import compress, crc32, decompress

from openress.errors import ParameterError
from openress.model import Condition, Fault
from openress.model.change import Change, ChangeKind, Outcome
from openress.model.history import Calendar, HistoryRecord
from openress.params import BY_KEY
from openress.store.values import EventKind, JournalEntry, Orders, Power, SavedState, StoredRecord

__all__ = [
    "JOURNAL_COLUMNS",
    "RECORD_COLUMNS",
    "Block",
    "Say",
    "change",
    "change_block",
    "end_block",
    "is_sound",
    "journal_entry",
    "journal_row",
    "orders",
    "orders_block",
    "parameters",
    "parameters_block",
    "record",
    "record_row",
    "state",
    "state_block",
]

Name = TypeVar("Name", bound=StrEnum)
Say = Callable[[str], None]
"""Takes one sentence for the person who runs this."""

Block = tuple[str, int]
"""A JSON text and its check sum."""

_SETS: Mapping[str, type[StrEnum]] = {"conditions": Condition, "protections": Condition, "faults": Fault}
_LISTS: Mapping[str, type[int] | type[float]] = {"cell_voltages_mv": int, "temperatures_c": float}
_DEFLATED = "deflated:"
_MEASURED = tuple(item.name for item in fields(HistoryRecord))
_CALENDAR = re.compile(r"(\d{4,})-(\d\d)-(\d\d) (\d\d):(\d\d):(\d\d)")

RECORD_COLUMNS = ("at_s", "event", *_MEASURED)
JOURNAL_COLUMNS = ("at_s", "who", "key", "old_value", "new_value", "result")


def record_row(stored: StoredRecord) -> tuple[object, ...]:
    """The columns of a record, in the order of `RECORD_COLUMNS`."""
    event = "" if stored.event is None else stored.event.value
    return (stored.at_s, event, *[_column(name, getattr(stored.record, name)) for name in _MEASURED])


def _column(name: str, value: Any) -> object:
    if value is None:
        return None
    if name in _SETS:
        return json.dumps(sorted(value))
    if name in _LISTS:
        return json.dumps(value)
    return str(value) if isinstance(value, Calendar) else value


def record(row: Sequence[object], say: Say) -> StoredRecord:
    """A record from its columns."""
    at_s, event, *measured = row
    values = {name: _field(name, value, say) for name, value in zip(_MEASURED, measured, strict=True)}
    return StoredRecord(_number(at_s) or 0.0, _named(EventKind, event, say), HistoryRecord(**values))


def _field(name: str, value: object, say: Say) -> Any:
    if value is None:
        return None
    if name == "at":
        return _calendar(value)
    if name in _SETS:
        known = _json_list(value)
        return None if known is None else frozenset(_known(_SETS[name], known, say))
    if name in _LISTS:
        return _numbers(value, _LISTS[name])
    return _number(value)


def _calendar(value: object) -> Calendar | None:
    match = _CALENDAR.fullmatch(value) if isinstance(value, str) else None
    return None if match is None else Calendar(*(int(part) for part in match.groups()))


def _json_list(value: object) -> list[Any] | None:
    try:
        found = json.loads(value) if isinstance(value, str) else None
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, list) else None


def _numbers(value: object, kind: type[int] | type[float]) -> tuple[float, ...] | None:
    found = _json_list(value)
    if found is None or not all(isinstance(item, kind) and not isinstance(item, bool) for item in found):
        return None
    return tuple(found)


def _number(value: object) -> Any:
    return value if isinstance(value, int | float) else None


def _known(kind: type[StrEnum], names: Iterable[object], say: Say) -> list[StrEnum]:
    return [known for name in names if (known := _named(kind, name, say)) is not None]


def _named(kind: type[Name], name: object, say: Say) -> Name | None:
    if isinstance(name, str):
        with suppress(ValueError):
            return kind(name)
    if name != "":
        say(f"The store holds {str(name)[:60]!r}, which this OpenRESS does not know as {_WORDS[kind]}; it is left out.")
    return None


_WORDS: Mapping[type[StrEnum], str] = {
    Condition: "a condition",
    Fault: "a fault",
    EventKind: "a kind of event",
    Power: "a power state",
    ChangeKind: "a kind of change",
    Outcome: "the end of a change",
}


def journal_row(entry: JournalEntry) -> tuple[object, ...]:
    """The columns of a journal entry, in the order of `JOURNAL_COLUMNS`."""
    return (entry.at_s, entry.who, entry.key, entry.old, entry.new, entry.result)


def journal_entry(row: Sequence[Any]) -> JournalEntry:
    """A journal entry from its columns; the journal keeps what it was told, known or not."""
    at_s, who, key, old, new, result = row
    return JournalEntry(_number(at_s) or 0.0, str(who), str(key), _number(old), _number(new), str(result))


def parameters_block(serial: str, values: Mapping[str, float]) -> Block:
    """A complete set as a block.

    Raises:
        ParameterError: a setting is missing or unknown, or its value is no number.
    """
    if values.keys() != BY_KEY.keys():
        odd = min(values.keys() ^ BY_KEY.keys())
        what = "is no setting" if odd in values else "has no value"
        raise ParameterError(f"{odd} {what}; a set to be kept has all {len(BY_KEY)} settings and no other.")
    for key in BY_KEY:
        if not isfinite(values[key]):
            raise ParameterError(f"{key} is {values[key]}, which is no value to be kept.")
    return _block(serial, {key: float(values[key]) for key in BY_KEY})


def parameters(serial: str, block: Block, say: Say) -> dict[str, float] | None:
    """A set from its block, in the order of the table; `None` when the block is damaged.

    Settings that are not known here are left out and told.
    """
    content = _opened(serial, block)
    if content is None:
        return None
    for key in content.keys() - BY_KEY.keys():
        say(f"The store holds the setting {str(key)[:60]!r}, which this OpenRESS does not know; it is left out.")
    return {key: content[key] for key in BY_KEY if key in content}


def state_block(serial: str, saved: SavedState) -> Block:
    """A state as a block; deflated, because it is the one that is written again and again."""
    text = json.dumps(asdict(saved), separators=(",", ":"))
    packed = _DEFLATED + b85encode(compress(text.encode(), 9)).decode("ascii")
    return packed, _check_sum(serial, packed)


def state(serial: str, block: Block, say: Say) -> SavedState | None:
    """A state from its block; `None` when the block is damaged or lacks a value.

    A power state that is not known here reads as on: a pack that is awake shows what it is.
    """
    content = _opened(serial, block)
    if content is None:
        return None
    known = {item.name: content[item.name] for item in fields(SavedState) if item.name in content}
    known["power"] = _named(Power, known.get("power", ""), say) or Power.ON
    try:
        for name in ("protections", "ahead_ah"):
            known[name] = tuple(known.get(name, ()))
        return SavedState(**known)
    except (TypeError, ParameterError):
        return None


def orders_block(serial: str, told: Orders) -> Block:
    """What a pack was told, as a block."""
    return _block(serial, asdict(told))


def orders(serial: str, block: Block) -> Orders | None:
    """What a pack was told, from its block; `None` when the block is damaged."""
    content = _opened(serial, block)
    if content is None:
        return None
    try:
        return Orders(**{item.name: content[item.name] for item in fields(Orders) if item.name in content})
    except TypeError:
        return None


_INTENT = ("who", "link", "kind", "old", "new", "undoes")
_END = ("outcome", "result")


def change_block(intent: Change) -> Block:
    """What was asked for, as a block."""
    content = {name: getattr(intent, name) for name in _INTENT}
    return _block(intent.serial, content | {"pack": intent.pack, "old": dict(intent.old), "new": dict(intent.new)})


def end_block(serial: str, outcome: Outcome, result: str) -> Block:
    """How it ended, as a block."""
    return _block(serial, {"outcome": outcome, "result": result})


def change(
    serial: str, number: int, at_s: float, block: Block, end: tuple[float, Block] | None, say: Say
) -> Change | None:
    """A change from its blocks; `None` when what was asked for is damaged or of a kind that is not known here.

    A damaged end reads as none: what may be unfinished is looked at again.
    """
    content = _opened(serial, block)
    kind = None if content is None else _named(ChangeKind, content.get("kind", ""), say)
    if content is None or kind is None:
        return None
    told = None if end is None else _opened(serial, end[1])
    outcome = None if told is None else _named(Outcome, told.get("outcome", ""), say)
    return Change(
        number=number,
        serial=serial,
        at_s=at_s,
        kind=kind,
        who=str(content["who"]),
        link=str(content["link"]),
        pack=int(content["pack"]),
        old=content["old"],
        new=content["new"],
        undoes=content["undoes"],
        ended_s=None if end is None or outcome is None else end[0],
        outcome=outcome,
        result="" if told is None else str(told["result"]),
    )


def is_sound(serial: object, block: Block) -> bool:
    """Whether a block is as it was written, and of this pack; a damaged column may hold anything."""
    text, check_sum = block
    return _check_sum(str(serial), str(text)) == check_sum


def _block(serial: str, content: Mapping[str, object]) -> Block:
    text = json.dumps(content, separators=(",", ":"))
    return text, _check_sum(serial, text)


def _check_sum(serial: str, text: str) -> int:
    return crc32(f"{serial}\n{text}".encode())


def _opened(serial: str, block: Block) -> dict[str, Any] | None:
    if not is_sound(serial, block):
        return None
    text = block[0]
    if text.startswith(_DEFLATED):
        text = decompress(b85decode(text.removeprefix(_DEFLATED))).decode()
    content = json.loads(text)
    return content if isinstance(content, dict) else None
