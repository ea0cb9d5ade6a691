"""System settings of a pack: who it is, its switches, its clock and its inverter protocols, read and ordered."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from openress.errors import ParameterError
from openress.model.change import Outcome
from openress.model.flat import pack_json
from openress.model.history import Calendar
from openress.protocols.access import Control, ProtocolChoice
from openress.rack.control import CONTROLS, ControlReport, choose, chosen, clock, hardware_version, set_clock, switch
from openress.rack.limiter import limiter_span_a, limiter_start, set_limiter_start
from openress.rack.poll import NoAnswerError
from openress.rack.session import Author, Reached, Session

__all__ = ["TYPED", "Choice", "order", "read_settings", "set_clock_to", "set_limiter", "set_protocol"]
__all__ += ["typed_word"]

TYPED = frozenset({Control.CHARGE_SWITCH, Control.DISCHARGE_SWITCH, Control.SHUTDOWN})
"""What takes more than a click: the serial number of the pack, typed."""
_TIME = re.compile(r"(\d{4})-(\d\d)-(\d\d)[ T](\d\d):(\d\d):(\d\d)")
_TOLD = (
    *("manufacturer", "model", "serial", "software_version", "part_number"),
    *("remaining_ah", "full_ah", "design_ah", "cycles", "state"),
)
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Choice:
    """Inverter protocols that somebody asks for; what is `None` stays as it is."""

    can: int | None = None
    rs485: int | None = None
    automatic: bool | None = None


def typed_word(reached: Reached, control: Control) -> str:
    """What must be typed: the serial number, or the control where the pack tells none."""
    return reached.serial if reached.named else control.value


async def read_settings(session: Session, reached: Reached, now_s: float, local_s: float) -> dict[str, Any]:
    """All that System Settings and Inverter Protocol Settings show; what a dialect does not have is `None`."""
    told = pack_json(reached.sample, 0.0)
    switches: dict[str, bool] = told.get("switches", {})
    make = session.parts.controls
    able = frozenset[Control]() if make is None else make().controls
    shows = await _if_told(clock(session, reached.pack)) if session.parts.clock is not None else None
    choice = await _if_told(chosen(session, reached.pack)) if session.parts.protocol_choice is not None else None
    start_a = await _if_told(limiter_start(session, reached.pack)) if session.parts.limiter is not None else None
    hardware = await _if_told(hardware_version(session, reached.pack))
    return {
        "pack": reached.pack,
        "serial": reached.serial,
        "read_s": now_s,
        "identity": {key: told[key] for key in _TOLD if key in told}
        | ({} if hardware is None else {"hardware_version": hardware}),
        "clock": None if shows is None else str(shows),
        "clock_ahead_s": None if shows is None else round(shows.seconds - local_s),
        "controls": [
            {
                "control": control.value,
                "title": row.title,
                "role": row.access.name.lower(),
                "on": switches.get(row.reads) if row.reads else None,
                "typed": typed_word(reached, control) if control in TYPED else None,
            }
            for control, row in CONTROLS.items()
            if control in able
        ],
        "switches": switches,
        "limiter": None if start_a is None else _limiter_json(start_a, *limiter_span_a(session)),
        "protocol": None
        if choice is None
        else {"can": choice.can, "rs485": choice.rs485, "automatic": choice.automatic},
    }


def _limiter_json(start_a: float, low_a: int, high_a: int) -> dict[str, float]:
    return {"start_a": start_a, "low_a": low_a, "high_a": high_a}


async def _if_told(asked: Awaitable[T]) -> T | None:
    try:
        return await asked
    except NoAnswerError:
        # Not every firmware knows every question.
        return None


async def order(
    session: Session, reached: Reached, control: Control, *, on: bool, forced: bool, typed: str | None, who: Author
) -> tuple[bool, str]:
    """Switch something, if what was typed is right.

    Raises:
        ParameterError: it is not, or the order is refused.
        PortError: the journal cannot be kept; nothing was sent.
    """
    if control in TYPED and typed != typed_word(reached, control):
        raise ParameterError(
            f"To order {CONTROLS[control].title}, type {typed_word(reached, control)} to confirm; nothing was sent."
        )
    return _ended(await switch(session, reached, control, on=on, who=who, forced=forced))


async def set_clock_to(
    session: Session, reached: Reached, wanted: str, local_s: Callable[[], float], who: Author
) -> tuple[bool, str]:
    """Set the clock of a pack.

    Raises:
        ParameterError: no such time, or the dialect has no clock.
        PortError: see `set_clock`.
    """
    return _ended(await set_clock(session, reached, time_of(wanted, local_s), who=who))


def time_of(text: str, local_s: Callable[[], float]) -> Calendar:
    """What a clock shall show: `now`, or a date and time.

    Raises:
        ParameterError: there is no such time.
    """
    if text == "now":
        return Calendar.of_seconds(local_s())
    found = _TIME.fullmatch(text)
    at = None if found is None else Calendar(*(int(part) for part in found.groups()))
    if at is None or not at.exists:
        raise ParameterError(f"{text}: write now, or a time such as 2026-11-20 12:00:00.")
    return at


async def set_protocol(session: Session, reached: Reached, choice: ProtocolChoice, who: Author) -> tuple[bool, str]:
    """Choose inverter protocols.

    Raises:
        ParameterError: the dialect cannot.
        PortError: see `choose`.
    """
    return _ended(await choose(session, reached, choice, who=who))


async def set_limiter(session: Session, reached: Reached, start_a: float, who: Author) -> tuple[bool, str]:
    """Set the charge current from which the limiter comes in.

    Raises:
        ParameterError: the dialect cannot, or there is no such current.
        PortError: see `set_limiter_start`.
    """
    return _ended(await set_limiter_start(session, reached, start_a, who=who))


def _ended(report: ControlReport) -> tuple[bool, str]:
    return report.outcome is Outcome.DONE, report.sentence
