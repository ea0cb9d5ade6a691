"""An incident as a file: a line that says what it is, then step by step what went in and what came out.

    {"openress_incident": 1, "version": "...", "id": "...", "sentence": "...", ...}
    {"began": ..., "mark": ...}
    {"step": ...}
    {"line": [12.25, "<", "7E32..."]}
    {"end": 1234}

Lines of JSON under gzip. The first can be read without the others; the last tells that none is missing.
"""

from __future__ import annotations

import gzip
import json
import re
import zlib
from collections.abc import Iterable, Iterator, Mapping
from io import BytesIO
from pathlib import Path
from typing import Any

from openress.errors import ParameterError
from openress.gateway.tape import Step
from openress.incidents.coding import decode, encode
from openress.incidents.events import Event, Kind
from openress.incidents.incident import About, Chunk, Incident
from openress.incidents.ring import Head

__all__ = ["FORMAT", "SUFFIX", "about", "from_bytes", "read", "to_bytes"]

FORMAT = 1
SUFFIX = ".jsonl.gz"
MOST_BYTES = 500_000_000
"""Of an incident without its compression; a quarter of an hour of 64 packs has a third of that."""
_LONGEST_HEAD = 1_000_000
_ID = re.compile(r"[0-9A-Za-z_-]{1,100}")


def to_bytes(incident: Incident) -> bytes:
    """The file.

    Raises:
        ParameterError: something in it cannot be kept.
    """
    sink = BytesIO()
    # Without a time of its own the same incident is the same file.
    with gzip.GzipFile(filename="", mode="wb", compresslevel=6, fileobj=sink, mtime=0) as file:
        for line in _lines(incident):
            file.write(json.dumps(line, separators=(",", ":")).encode() + b"\n")
    return sink.getvalue()


def _lines(incident: Incident) -> Iterator[dict[str, Any]]:
    about = incident.about
    own = ("id", "version", "ahead_s", "from_s", "to_s", "product", "battery", "redacted", "missed")
    yield {
        "openress_incident": FORMAT,
        **{key: getattr(about, key) for key in own},
        "values": dict(about.values),
        "links": list(about.links),
        "event": _event_json(about.event),
        "events": [_event_json(event) for event in about.events],
    }
    head = incident.head
    yield {"began": encode(head.began), "mark": encode(head.mark)} if head is not None else {"began": None}
    for place, step in enumerate(incident.steps):
        line = {"step": encode(step)}
        yield line | {"summed": True} if place in incident.summed else line
    for chunk in incident.line:
        yield {"line": [chunk.at_s, chunk.direction, chunk.data.hex().upper()]}
    yield {"end": len(incident.steps)}


def about(path: Path) -> About:
    """What a file is, from its first line.

    Raises:
        ParameterError: it cannot be read, or is no incident.
    """
    try:
        with gzip.open(path) as file:
            return _about(json.loads(file.readline(_LONGEST_HEAD)), path.name)
    except ParameterError:
        raise
    except OSError as error:
        raise ParameterError(_unreadable(path, error)) from error
    except (EOFError, zlib.error, ValueError, RecursionError) as error:
        raise ParameterError(_damaged(path.name)) from error


def read(path: Path) -> Incident:
    """A whole incident.

    Raises:
        ParameterError: it cannot be read, is damaged, or of another version.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise ParameterError(f"The incident {path} cannot be read: {error.strerror}.") from error
    return from_bytes(data, path.name)


def from_bytes(data: bytes, name: str) -> Incident:
    """A whole incident.

    Args:
        data: the file.
        name: of the file, for errors.

    Raises:
        ParameterError: it is damaged, no incident, or of another version.
    """
    try:
        with gzip.open(BytesIO(data)) as file:
            return _incident(_parsed(file), name)
    except ParameterError:
        raise
    except (OSError, EOFError, zlib.error, ValueError, RecursionError) as error:
        raise ParameterError(_damaged(name)) from error


def _parsed(file: gzip.GzipFile) -> Iterator[Any]:
    left = MOST_BYTES
    while line := file.readline(left):
        left -= len(line)
        if left <= 0:
            raise ValueError(left)
        yield json.loads(line)


def _incident(lines: Iterable[Any], name: str) -> Incident:
    found = iter(lines)
    about = _about(next(found, None), name)
    steps: list[Step] = []
    chunks: list[Chunk] = []
    summed: set[int] = set()
    head: Head | None = None
    count = None
    try:
        for line in found:
            if "step" in line:
                if line.get("summed"):
                    summed.add(len(steps))
                steps.append(_step(line["step"]))
            elif "line" in line:
                at_s, direction, text = line["line"]
                chunks.append(Chunk(float(at_s), "<" if direction == "<" else ">", bytes.fromhex(text)))
            elif "began" in line and line["began"] is not None:
                head = Head(decode(line["began"]), decode(line["mark"]))
            elif "end" in line:
                count = line["end"]
    except (KeyError, TypeError, AttributeError) as error:
        raise ParameterError(_damaged(name)) from error
    except ParameterError as error:
        raise ParameterError(f"The incident {name} cannot be used. {error}") from error
    if count != len(steps):
        raise ParameterError(_damaged(name))
    return Incident(about, head, tuple(steps), tuple(chunks), frozenset(summed))


def _step(found: Any) -> Step:
    step = decode(found)
    if not isinstance(step, Step):
        raise ParameterError("It holds a step that is none.")
    return step


def _about(found: Any, name: str) -> About:
    try:
        _check_format(found, name)
        return About(
            _id(found["id"]),
            str(found["version"])[:40],
            _event(found["event"]),
            tuple(_event(event) for event in found["events"]),
            float(found["ahead_s"]),
            float(found["from_s"]),
            float(found["to_s"]),
            str(found["product"]),
            {str(key): float(value) for key, value in found["values"].items()},
            tuple(str(link) for link in found["links"]),
            str(found["battery"]),
            found["redacted"] is True,
            str(found["missed"]),
        )
    except ParameterError:
        raise
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise ParameterError(f"{name} is no incident that OpenRESS has recorded, or it is damaged.") from error


def _check_format(found: Mapping[str, Any], name: str) -> None:
    if found["openress_incident"] > FORMAT:
        by = str(found["version"])[:20]
        raise ParameterError(f"The incident {name} was recorded by a newer OpenRESS, {by}; update this one.")


def _id(text: str) -> str:
    if not _ID.fullmatch(text):
        raise ValueError(text)
    return text


def _event_json(event: Event) -> dict[str, Any]:
    return {
        "at_s": event.at_s,
        "kind": event.kind.value,
        "what": event.what,
        "sentence": event.sentence,
        "pack": event.pack,
    }


def _event(found: Mapping[str, Any]) -> Event:
    pack = found["pack"]
    return Event(
        float(found["at_s"]),
        Kind(found["kind"]),
        str(found["what"]),
        str(found["sentence"]),
        None if pack is None else int(pack),
    )


def _damaged(name: str) -> str:
    return f"The incident {name} is damaged: it ends too early or has been changed; take another copy."


def _unreadable(path: Path, error: OSError) -> str:
    if isinstance(error, gzip.BadGzipFile):
        return f"{path.name} is no incident that OpenRESS has recorded, or it is damaged."
    return f"The incident {path} cannot be read: {error.strerror}."
