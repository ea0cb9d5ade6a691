"""What a gateway leaves to its successor, so that a restart is no reason for an inverter to trip.

It is what was told last and how old that was, never a measured value. The successor goes on with it as if no time had
passed for the data: they age on, stale stays stale, and nothing is told that is more than what was told before. What a
first reading says that is not complete yet only restricts; a complete valid one takes over, and from it on limits rise
again as slowly as ever. A hand-over that is not certain to be ours, whole and of this moment is not used at all.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from math import isfinite
from typing import Any

from openress.errors import FrameError
from openress.gateway.caps import Caps
from openress.model import Analog, Limits, PackSample, RackSample

__all__ = ["HandOver", "from_text", "refusal", "to_text"]

VERSION = 1
LONGEST = 20_000
"""Characters; one of 64 packs has a tenth."""
_LIMITS = (
    "charge_voltage_limit_v",
    "charge_current_limit_a",
    "discharge_current_limit_a",
    "discharge_voltage_limit_v",
    "charge_enabled",
    "discharge_enabled",
)


@dataclass(frozen=True, slots=True)
class HandOver:
    """What was told last; all times are seconds of the monotonic clock of this start of the computer.

    Attributes:
        told_s: when.
        data_at_s: when the oldest value was measured that it rests on.
        fresh_for_s: age up to which such values hold.
        limits: as they were told.
        packs: numbers of the packs that were awake.
        remote: a command from afar that still held.
        remote_until_s: and until when.
        full: the window of charge has closed charging.
        empty: likewise discharging.
        dialect: what was recognised and spoken; `None` where it is a setting.
    """

    told_s: float
    data_at_s: float
    fresh_for_s: float
    limits: Limits
    packs: tuple[int, ...]
    remote: Caps | None = None
    remote_until_s: float = 0.0
    full: bool = False
    empty: bool = False
    dialect: str | None = None

    def rack(self) -> RackSample:
        """The rack as far as the hand-over knows it: who was there, what was allowed, nothing that was measured."""
        packs = tuple(PackSample(number) for number in self.packs)
        return RackSample(self.data_at_s, packs, Analog(self.data_at_s), None, self.limits)


def refusal(found: HandOver, now_s: float, silent_s: float) -> str | None:
    """Why a hand-over is not used, in a sentence; `None` when it is.

    Args:
        found: what was handed over.
        now_s: the present.
        silent_s: age of the data from which on nothing may be said anyway.
    """
    if found.told_s > now_s or found.data_at_s > found.told_s:
        return "What the last gateway told lies in the future: its hand-over is not used."
    age_s = now_s - found.data_at_s
    if age_s >= silent_s:
        return f"The last gateway's values are {age_s:.0f} s old: its hand-over is not used."
    return None


def to_text(found: HandOver, session: str, boot: str) -> str:
    """A hand-over as text.

    Args:
        found: what is handed over.
        session: which inverter, line and rack it is for.
        boot: which start of the computer its times belong to.
    """
    body = {
        "session": session,
        "boot": boot,
        **{key: getattr(found, key) for key in ("told_s", "data_at_s", "fresh_for_s", "packs")},
        "limits": {key: getattr(found.limits, key) for key in _LIMITS},
        "remote": None if found.remote is None else asdict(found.remote),
        **{key: getattr(found, key) for key in ("remote_until_s", "full", "empty", "dialect")},
    }
    return json.dumps({"openress_hand_over": VERSION, "check": _check(body), "body": body})


def from_text(text: str, session: str, boot: str) -> HandOver:
    """Read a hand-over.

    Raises:
        FrameError: damaged, of another version, of another session, or of another start of the computer; the sentence
            says which.
    """
    try:
        whole = json.loads(text[:LONGEST])
        body = whole["body"]
        sound = whole["openress_hand_over"] == VERSION and whole["check"] == _check(body)
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise FrameError("The hand-over of the last gateway is damaged and is not used.") from error
    if not sound:
        raise FrameError("The hand-over of the last gateway is damaged or of another version and is not used.")
    if body["session"] != session:
        raise FrameError("The hand-over is of another inverter, line or rack and is not used.")
    if body["boot"] != boot:
        raise FrameError("The hand-over is from before this computer was started and is not used.")
    try:
        return _read(body)
    except (KeyError, TypeError, ValueError) as error:
        raise FrameError("The hand-over of the last gateway makes no sense and is not used.") from error


def _read(body: Mapping[str, Any]) -> HandOver:
    numbers = {key: _number(body[key]) for key in ("told_s", "data_at_s", "fresh_for_s", "remote_until_s")}
    limits = body["limits"]
    known = {key: limits[key] for key in _LIMITS}
    for key, value in known.items():
        if key.endswith("_enabled") and value is not None and not isinstance(value, bool):
            raise ValueError(key)
        if not key.endswith("_enabled") and value is not None and _number(value) < 0.0:
            raise ValueError(key)
    remote, dialect = body["remote"], body.get("dialect")
    if not isinstance(dialect, str | None):
        raise TypeError(dialect)
    return HandOver(
        numbers["told_s"],
        numbers["data_at_s"],
        numbers["fresh_for_s"],
        Limits(numbers["data_at_s"], **known),
        tuple(int(number) for number in body["packs"]),
        None if remote is None else Caps(**{item.name: remote[item.name] for item in fields(Caps)}),
        numbers["remote_until_s"],
        full=body["full"] is True,
        empty=body["empty"] is True,
        dialect=dialect,
    )


def _number(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not isfinite(value):
        raise ValueError(value)
    return float(value)


def _check(body: object) -> str:
    return hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()
