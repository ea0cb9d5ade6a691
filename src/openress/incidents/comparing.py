"""What a replay has shown: whether every byte is the same, and if not, where the first differs and why."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from typing import Any

from openress.codec.canframe import CanFrame
from openress.errors import FrameError
from openress.gateway.tape import Decided
from openress.incidents.running import Moment
from openress.model import Reason
from openress.protocols import find_dialect
from openress.protocols.base import CanDecoder, Direction, SerialDecoder

__all__ = ["Difference", "Outcome", "compared", "message_text"]

_VALUES = {
    "charge_voltage_v": ("charge voltage limit", "V"),
    "charge_a": ("charge current limit", "A"),
    "discharge_a": ("discharge current limit", "A"),
}


@dataclass(frozen=True, slots=True)
class Difference:
    """Where something first differs.

    Attributes:
        at_s: monotonic seconds.
        what: which value or frame, in words.
        was: as it was recorded.
        now: as it is now.
        why: what decides now, and decided then.
    """

    at_s: float
    what: str
    was: str
    now: str
    why: str = ""

    def as_json(self, ahead_s: float) -> dict[str, Any]:
        """Under public keys; the time is in unix seconds."""
        return {
            "time_s": round(self.at_s + ahead_s, 3),
            "what": self.what,
            "was": self.was,
            "now": self.now,
            "why": self.why,
        }


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a replay.

    Attributes:
        moments: times the session was asked.
        frames: that were recorded.
        differing: frames that are not the same, or are missing on either side.
        decisions: moments at which something else was decided.
        first_decision: the first of them.
        first_frame: the first frame that differs.
    """

    moments: int
    frames: int
    differing: int
    decisions: int
    first_decision: Difference | None = None
    first_frame: Difference | None = None

    @property
    def identical(self) -> bool:
        """Whether every byte is the same."""
        return self.differing == 0

    def as_json(self, ahead_s: float) -> dict[str, Any]:
        """Under public keys."""
        return {
            "identical": self.identical,
            "moments": self.moments,
            "frames": self.frames,
            "frames_differing": self.differing,
            "decisions_differing": self.decisions,
            "first_decision": None if self.first_decision is None else self.first_decision.as_json(ahead_s),
            "first_frame": None if self.first_frame is None else self.first_frame.as_json(ahead_s),
        }


def compared(moments: Iterable[Moment]) -> Outcome:
    """Compare every moment with what was recorded."""
    count = frames = differing = decisions = 0
    first_decision: Difference | None = None
    first_frame: Difference | None = None
    for moment in moments:
        count += 1
        frames += len(moment.was_sent)
        if moment.was is not None and moment.was != moment.now:
            decisions += 1
            first_decision = first_decision or _decision(moment.at_s, moment.was, moment.now)
        if moment.was_sent != moment.sent:
            differing += _count(moment.was_sent, moment.sent)
            first_frame = first_frame or _frame(moment)
    return Outcome(count, frames, differing, decisions, first_decision, first_frame)


def message_text(message: CanFrame | bytes) -> str:
    """A frame as people write it."""
    return str(message) if isinstance(message, CanFrame) else message.hex().upper()


def _count(was: Sequence[CanFrame | bytes], now: Sequence[CanFrame | bytes]) -> int:
    pairs = sum(1 for one, other in zip(was, now, strict=False) if one != other)
    return pairs + abs(len(was) - len(now))


def _decision(at_s: float, was: Decided, now: Decided) -> Difference:
    for name, (title, unit) in _VALUES.items():
        one, other = getattr(was, name), getattr(now, name)
        if one != other:
            return Difference(at_s, title, _amount(one, unit), _amount(other, unit), _why(was, now))
    name = next(item.name for item in fields(Decided) if getattr(was, item.name) != getattr(now, item.name))
    one, other = _shown(getattr(was, name)), _shown(getattr(now, name))
    return Difference(at_s, name.replace("_", " "), one, other, _why(was, now))


def _why(was: Decided, now: Decided) -> str:
    return f"{_reasons(now)}; before: {_reasons(was)}"


def _reasons(told: Decided) -> str:
    parts = [told.state, *([", ".join(told.rules)] if told.rules else [])]
    for way, reason in (("charging", told.charge_reason), ("discharging", told.discharge_reason)):
        if reason is not None:
            parts.append(f"{way} by {_reason(reason)}")
    return "; ".join(parts).replace("_", " ")


def _reason(reason: Reason) -> str:
    where = [] if reason.pack is None else [f"pack {reason.pack}"]
    where += [] if reason.cell is None else [f"cell {reason.cell}"]
    where += [] if reason.value is None else [f"at {reason.value:g}"]
    where += list(reason.names)
    about = f" ({' '.join(where)})" if where else ""
    return reason.rule.value + about


def _shown(value: object) -> str:
    if isinstance(value, Reason):
        return _reason(value).replace("_", " ")
    if isinstance(value, tuple):
        return ", ".join(str(one) for one in value) or "nothing"
    return "nothing" if value is None else str(value)


def _amount(value: float | None, unit: str) -> str:
    return "nothing" if value is None else f"{value:.2f} {unit}"


def _frame(moment: Moment) -> Difference:
    was, now = moment.was_sent, moment.sent
    for one, other in zip(was, now, strict=False):
        if one != other:
            what, first, second = _values(one, other, moment.now.dialect)
            before = "" if moment.was is None else _why(moment.was, moment.now)
            return Difference(moment.at_s, what, first, second, before)
    longer = was if len(was) > len(now) else now
    text = message_text(longer[min(len(was), len(now))])
    was_text, now_text = (text, "nothing") if longer is was else ("nothing", text)
    return Difference(
        moment.at_s, "a frame", was_text, now_text, "" if moment.was is None else _why(moment.was, moment.now)
    )


def _values(one: CanFrame | bytes, other: CanFrame | bytes, dialect: str | None) -> tuple[str, str, str]:
    """Which values of a frame differ, by the dialect's own decoder."""
    texts = message_text(one), message_text(other)
    frame = f"frame {texts[0].partition('#')[0]}" if isinstance(one, CanFrame) else "an answer"
    try:
        was, now = _read(one, dialect), _read(other, dialect)
    except FrameError:
        return frame, *texts
    keys = [key for key in was | now if was.get(key) != now.get(key)]
    if not keys:
        return frame, *texts
    first, second = (", ".join(f"{key} {found.get(key)}" for key in keys) for found in (was, now))
    return frame, f"{texts[0]} ({first})", f"{texts[1]} ({second})"


def _read(message: CanFrame | bytes, dialect: str | None) -> dict[str, Any]:
    parts = None if dialect is None else find_dialect(dialect).parts()
    if parts is None:
        return {}
    if isinstance(message, CanFrame):
        can: CanDecoder | None = None if parts.can_decoder is None else parts.can_decoder()
        return {} if can is None else dict(can.read(message).values)
    line: SerialDecoder | None = None if parts.decoder is None else parts.decoder()
    return {} if line is None else dict(line.read(message, Direction.FROM_BATTERY).values)
