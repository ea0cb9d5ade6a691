"""The text of the Pylontech console: answers between `@` and `$$`, with tables that are read by their headers.

    pwr 1 LF  CR @ CR CR LF  line CR CR LF ...  CR Command completed successfully CR LF CR $$ CR LF CR pylon>

There is no checksum: an answer is known by the echo of its command, its end and its words alone.
Source: captures in irekzielinski/Pylontech-Battery-Monitoring, esphome/issues 7114 and guybw/PylontechToESPHome.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from openress.errors import FrameError

__all__ = ["DONE", "END", "MAX_ANSWER", "PROMPT", "REFUSED", "START", "Answer", "ConsoleSplitter", "Table"]

START, END = "@", "$$"
PROMPT = "pylon>"
DONE = "Command completed successfully"
REFUSED = "Invalid command or fail to excute."
MAX_ANSWER = 0x8000

_PROMPTS = re.compile(r"^(?:\s*\w*>)+")
_REFUSALS = ("unknown command", "invalid command", "fail to excute", "not found")
_TWO_WORDS = re.compile(r"\b(Base|Volt\.|Curr\.|D?C?Temp\.) State\b")
_DATE = re.compile(r"(\d{4}-\d{2}-\d{2}) +(\d{2}:\d{2}:\d{2})")
_CHARGE = re.compile(r"(-?\d+) +mAH\b")
_PAIR = re.compile(r"\s*(?P<key>[A-Za-z][\w .@/-]*?)\s*:\s*(?P<value>.*?)\s*")


class ConsoleSplitter:
    """Machine that finds whole answers in what the console prints: up to `$$`."""

    __slots__ = ("_buffer",)

    def __init__(self) -> None:
        self._buffer = bytearray()

    def feed(self, data: bytes) -> list[bytes]:
        """Take bytes as they come; gives the answers completed by them, with the echo of their command."""
        answers = []
        self._buffer += data
        while (end := self._buffer.find(END.encode())) >= 0:
            answers.append(bytes(self._buffer[: end + len(END)]))
            del self._buffer[: end + len(END)]
        if len(self._buffer) > MAX_ANSWER:
            self._buffer.clear()
        return answers

    def reset(self) -> None:
        """Forget an answer that has begun."""
        self._buffer.clear()


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of a table under the names of its columns; rows of packs that are not there are kept apart.

    A value that the console prints as `-` is left out.
    """

    rows: tuple[dict[str, str], ...]
    absent: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer: the command that it echoes, if it does, and its lines."""

    command: str | None
    lines: tuple[str, ...]

    @classmethod
    def read(cls, data: bytes) -> Answer:
        """Take an answer apart; a part of one without `@` and `$$` is read as it is.

        Raises:
            FrameError: cut off, not text, or empty.
        """
        text = data.decode("latin-1")
        head, found, body = text.partition(START)
        if not found:
            head, body = "", text
        body, ended, _ = body.partition(END)
        if found and not ended:
            raise FrameError("the answer ends before its '$$'", at=len(data))
        strange = next((at for at, char in enumerate(body) if not (char.isprintable() or char in "\r\n\t")), None)
        if strange is not None:
            raise FrameError(f"byte 0x{ord(body[strange]):02X} is no text", at=strange + len(head) + len(found))
        # The line is ended by CR CR LF and by LF CR, depending on where it comes from.
        lines = [line.rstrip() for line in re.split(r"[\r\n]+", body)]
        lines = [line for line in lines if line]
        if not found and lines and PROMPT[:5] in lines[-1]:
            del lines[-1]
        if not lines:
            raise FrameError("the answer has no text", at=0)
        if found and lines[-1] != DONE and not _refusal(lines):
            raise FrameError(f"the answer ends with {lines[-1]!r}, not with {DONE!r}", at=len(data))
        return cls(_echo(head), tuple(line for line in lines if line != DONE))

    @property
    def refusal(self) -> str | None:
        """What the console says when it does not know or cannot carry out a command."""
        return _refusal(self.lines)

    def pairs(self) -> dict[str, str]:
        """Lines of the form `Key : value`; several blanks in a key count as one."""
        found = {}
        for line in self.lines:
            match = _PAIR.fullmatch(line)
            if match is not None and match["value"] and match["value"] != "-":
                found[" ".join(match["key"].split())] = match["value"]
        return found

    def table(self, first: str) -> Table | None:
        """The table whose first column is called `first` and that has a column `Volt`, read by its header.

        Raises:
            FrameError: a row has another number of columns than the header.
        """
        words = [line.split() for line in self.lines]
        at = next((at for at, found in enumerate(words) if found[0] == first and "Volt" in found), None)
        if at is None:
            return None
        names = _TWO_WORDS.sub(r"\1State", self.lines[at]).split()
        rows, absent = [], []
        for line in self.lines[at + 1 :]:
            cells = _CHARGE.sub(r"\1mAH", _DATE.sub(r"\1T\2", line)).split()
            if not cells[0].isdecimal():
                continue
            if "Absent" in cells:
                absent.append(cells[0])
                continue
            row = {} if len(cells) == len(names) else _spare_percent(cells)
            if len(cells) != len(names):
                raise FrameError(f"row {cells[0]} of {first} has {len(cells)} columns, its header {len(names)}", at=0)
            row |= dict(zip(names, cells, strict=True))
            rows.append({name: value for name, value in row.items() if value != "-"})
        return Table(tuple(rows), tuple(absent))


def _spare_percent(cells: list[str]) -> dict[str, str]:
    """Older firmware prints SOC and charge under one name: take the SOC out."""
    for at, cell in enumerate(cells[:-1]):
        if cell.endswith("%") and cells[at + 1].endswith("mAH"):
            return {"SOC": cells.pop(at)}
    return {}


def _echo(head: str) -> str | None:
    """The command in front of an answer; what was left of the last prompt is not part of it."""
    lines = [re.sub(r"[^ -~]", "", line) for line in re.split("[\r\n]", head)]
    words = [_PROMPTS.sub("", line).strip() for line in lines]
    return next((" ".join(word.split()) for word in reversed(words) if word), None)


def _refusal(lines: list[str] | tuple[str, ...]) -> str | None:
    return next((line for line in lines if any(word in line.lower() for word in _REFUSALS)), None)
