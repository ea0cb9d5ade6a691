"""The session in words and as JSON: what the inverter is told, why, and what is wrong."""

from __future__ import annotations

from typing import Any, cast

from openress.codec.canframe import CanFrame
from openress.errors import FrameError
from openress.gateway.caps import Rule, Step
from openress.gateway.hold import State, Told
from openress.gateway.session import Report
from openress.gateway.voice import Exchange, Frame
from openress.model import Limits
from openress.protocols.base import CanDecoder, Direction, Reading, SerialDecoder
from openress.protocols.inverter.recognise import Verdict

__all__ = ["bytes_text", "chain", "report_json", "standing"]

_RULES = {
    Rule.PACKS: "the packs allow",
    Rule.INVALID: "a value is not known or is none",
    Rule.PRODUCT: "the data sheet allows no more than",
    Rule.USER: "you allow no more than",
    Rule.REMOTE: "a remote command allows no more than",
    Rule.WINDOW: "the state of charge is at an end of your window",
    Rule.CONTRADICTION: "the charge voltage limit lies below the end of discharge",
    Rule.RISING: "rising slowly",
    Rule.STALE: "the values are old",
    Rule.HANDED_OVER: "as the last gateway told",
    Rule.ENDING: "the gateway is about to stop",
}


def standing(report: Report) -> str:
    """Where the session stands, in one sentence."""
    told = report.told
    if report.shadow is not None:
        return report.shadow.sentence
    if report.verdict is not None and (report.dialect is None or report.trying):
        return _recognising(report, report.verdict)
    if told.rack is not None and not report.talks:
        return "Nothing is said: it is listened whether somebody else talks to the inverter, or the line is not there."
    match told.state:
        case State.WAITING:
            lack = f": {told.lack} missing" if told.lack else ""
            return f"Nothing is said until the battery has been read completely{lack}."
        case State.LIVE:
            return f"The inverter is told {_limits(told)}."
        case State.FADING:
            return f"The values are {told.age_s or 0.0:.0f} s old: the limits fall to 0 ({_limits(told)})."
        case State.STOPPED:
            return f"The values are {told.age_s or 0.0:.0f} s old: the inverter is told to stop."
        case State.ENDING:
            return "The gateway is about to stop: the inverter is told to stop."
        case State.SILENT:
            return "Nothing is said any more."


def _recognising(report: Report, verdict: Verdict) -> str:
    if report.trying:
        return f"It is tried whether an inverter answers: it is told limits of 0 in {report.dialect}."
    if len(verdict.family) > 1:
        return f"An inverter talks; say which dialect is its own: {', '.join(verdict.family)}. Nothing is said."
    if verdict.strange and not verdict.family:
        return "What is asked on the line is of no dialect known here: nothing is said."
    return "It is listened what the inverter says; nothing is said until its dialect is recognised."


def _limits(told: Told) -> str:
    limits = None if told.rack is None else told.rack.limits
    if limits is None:
        return "nothing"
    parts = [f"{limits.charge_current_limit_a or 0.0:.1f} A in", f"{limits.discharge_current_limit_a or 0.0:.1f} A out"]
    if limits.charge_voltage_limit_v is not None:
        parts.insert(0, f"{limits.charge_voltage_limit_v:.1f} V")
    return ", ".join(parts)


def chain(told: Told) -> list[str]:
    """The chain of reasons, each with what it leaves."""
    return [f"{_RULES[step.rule]}: {_left(step)}" for step in told.steps]


def _left(step: Step) -> str:
    values = (
        (step.charge_voltage_v, "V", ""),
        (step.charge_current_a, "A", " in"),
        (step.discharge_current_a, "A", " out"),
    )
    return ", ".join(f"{value:.1f} {unit}{way}" for value, unit, way in values if value is not None) or "nothing"


def _step(step: Step) -> dict[str, Any]:
    values = {
        "charge_voltage_v": step.charge_voltage_v,
        "charge_current_a": step.charge_current_a,
        "discharge_current_a": step.discharge_current_a,
    }
    return {"rule": step.rule.value} | {key: round(value, 2) for key, value in values.items() if value is not None}


def report_json(report: Report, decoder: CanDecoder | SerialDecoder | None) -> dict[str, Any]:
    """The session under public keys; `decoder` reads what it sends."""
    told, now_s = report.told, report.at_s
    said = report.said
    heard = report.heard
    return {
        "state": _state(report),
        "sentence": standing(report),
        "age_s": None if told.age_s is None else round(told.age_s),
        "told": None if said is None else _told(said),
        "why": chain(told) if report.talks else [],
        "chain": [_step(step) for step in told.steps] if report.talks else [],
        "alarms": [
            {"trouble": alarm.trouble.value, "sentence": alarm.sentence, "for_s": round(now_s - alarm.since_s)}
            for alarm in report.alarms
        ],
        "inverter_heard_s": None if heard.alive_at_s is None else round(now_s - heard.alive_at_s),
        "inverter_says": dict(heard.values),
        "frames": [
            _frame(frame, decoder) | {"age_s": round(age_s, 1)}
            for frame, age_s in zip(report.frames, report.frame_ages_s, strict=True)
        ],
        "shadow": None if report.shadow is None else report.shadow.as_json(),
    }


def _state(report: Report) -> str:
    if report.verdict is not None and (report.dialect is None or report.trying):
        return "trying" if report.trying else "recognising"
    return report.told.state.value if report.talks or report.told.rack is None else "listening"


def _told(limits: Limits) -> dict[str, float | None]:
    values = {
        "charge_voltage_limit_v": limits.charge_voltage_limit_v,
        "charge_current_limit_a": limits.charge_current_limit_a,
        "discharge_current_limit_a": limits.discharge_current_limit_a,
        "discharge_voltage_limit_v": limits.discharge_voltage_limit_v,
    }
    return {key: None if value is None else round(value, 2) for key, value in values.items()}


def _frame(frame: Frame, decoder: CanDecoder | SerialDecoder | None) -> dict[str, Any]:
    text = {"frame": str(frame)} if isinstance(frame, CanFrame) else _exchanged(frame)
    if decoder is None:
        return text
    try:
        reading = _read(frame, decoder)
    except FrameError as error:
        return text | {"problem": str(error)}
    values = {key: value for key, value in reading.values.items() if key != "id"}
    return {**text, "kind": reading.kind, "values": values}


def _read(frame: Frame, decoder: CanDecoder | SerialDecoder) -> Reading:
    """An answer is read after its question, which tells what is in it."""
    if isinstance(frame, CanFrame):
        return cast("CanDecoder", decoder).read(frame)
    serial = cast("SerialDecoder", decoder)
    serial.read(frame.question, Direction.TO_BATTERY)
    return serial.read(frame.answer, Direction.FROM_BATTERY)


def _exchanged(exchange: Exchange) -> dict[str, str]:
    return {"question": bytes_text(exchange.question), "frame": bytes_text(exchange.answer)}


def bytes_text(data: bytes) -> str:
    """Bytes as people write them: letters where a dialect uses letters, otherwise hexadecimal digits."""
    letters = data.rstrip(b"\r")
    if letters.startswith(b"~") and letters.isascii():
        return letters.decode("ascii")
    return data.hex(" ").upper()
