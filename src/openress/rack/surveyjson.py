"""What a scan has found as data, under public keys."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from openress.protocols import DIALECTS
from openress.rack.probing import ONLY_BY_NAME, Attempt
from openress.rack.remarks import remarks
from openress.rack.survey import Answerer, Survey
from openress.rack.switchwords import SwitchWords

__all__ = ["counts_from", "has_addresses", "survey_json"]


def counts_from(survey: Survey) -> int:
    """0 for dialects whose master has address 0 on the wire, as its switches are set then."""
    usual = survey.usual or next((entry.attempt for entry in survey.garbled), None)
    make = None if usual is None else DIALECTS[usual.dialect].parts().client
    return 0 if make is not None and make().address(1) == 0 else 1


def survey_json(link: str, survey: Survey, words: SwitchWords, dialects: Sequence[str]) -> dict[str, Any]:
    """What was found on `link`; `dialects` are those that were named."""
    heard = survey.overheard
    overheard = heard and {
        "dialect": heard.dialect,
        "baud": heard.baud,
        "asked": list(heard.asked),
        "answering": list(heard.answering),
        "masters": heard.masters,
    }
    return {
        "link": link,
        "packs": [_pack_json(answerer, words) for answerer in survey.answerers],
        "overheard": overheard,
        "remarks": [
            {"kind": remark.kind.value, "packs": list(remark.packs), "sentence": remark.sentence}
            for remark in remarks(survey, words)
        ],
        "tried": [
            {"dialect": attempt.dialect, "baud": attempt.baud, "packs": list(numbers)}
            for attempt, numbers in survey.tried.items()
        ],
        "not_tried": [{"dialect": attempt.dialect, "baud": attempt.baud} for attempt in survey.skipped]
        + [{"dialect": name, "baud": None} for name in ONLY_BY_NAME if name not in dialects],
    }


def _pack_json(answerer: Answerer, words: SwitchWords) -> dict[str, Any]:
    analog, identity = answerer.sample.analog, answerer.sample.identity
    told = {
        "serial": None if identity is None else identity.serial,
        "manufacturer": None if identity is None else identity.manufacturer,
        "model": None if identity is None else identity.model,
        "pack_voltage_v": None if analog is None else analog.pack_voltage_v,
        "soc_pct": None if analog is None or analog.soc_pct is None else round(analog.soc_pct, 1),
        "switches": words.picture(answerer.pack) if has_addresses(answerer.attempt) else None,
        "address_switches": (words.positions(answerer.pack) or None) if has_addresses(answerer.attempt) else None,
    }
    head = {"pack": answerer.pack, "address": answerer.address, "master": answerer.pack == 1}
    attempt = {"dialect": answerer.attempt.dialect, "baud": answerer.attempt.baud}
    return head | attempt | {key: value for key, value in told.items() if value is not None}


def has_addresses(attempt: Attempt) -> bool:
    """Whether packs that are asked so have addresses of their own."""
    make = DIALECTS[attempt.dialect].parts().client
    return make is not None and make().max_packs > 1
