"""Settings of packs as a form shows them, and the checks that need no pack: every row, its bounds, and what differs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from openress.params import BY_KEY, Parameter, ParameterSet, accepted, bounds
from openress.products import Product
from openress.rack.session import Reached
from openress.rack.values import same
from openress.servicing.drift import Drift
from openress.wording import ENGLISH, Wording

__all__ = ["KnownPack", "check_json", "table_json"]


@dataclass(slots=True)
class KnownPack:
    """What was read of a pack last.

    Attributes:
        reached: who it is.
        values: its settings.
        read_s: unix seconds of the reading; `None` before the first.
        missing: keys that its dialect does not have.
        unread: keys that it did not tell.
        drift: settings that differ from the journal.
        open_changes: sentences on changes that never ended.
        settings: what System Settings show, as it was read.
        records: what Logs show, as it was read.
    """

    reached: Reached
    values: dict[str, float] = field(default_factory=dict)
    read_s: float | None = None
    missing: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()
    drift: list[Drift] = field(default_factory=list)
    open_changes: list[str] = field(default_factory=list)
    settings: dict[str, Any] | None = None
    records: dict[str, Any] | None = None


def table_json(pack: int, product: Product, known: KnownPack | None, wording: Wording = ENGLISH) -> dict[str, Any]:
    """All rows of the parameter table in their groups, with what was read of a pack.

    Names, notes and reasons are in the words of `wording`, all but those that are `untranslated`; `name` stays what
    the maker's tool and guide call a row.
    """
    defaults = ParameterSet.defaults(product)
    drift = {} if known is None else {one.key: one for one in known.drift}
    values = {} if known is None else known.values
    missing = () if known is None else known.missing

    def row_json(key: str) -> dict[str, Any]:
        row, span = BY_KEY[key], bounds(BY_KEY[key], product)
        told = drift.get(key)
        return {
            "key": key,
            "name": row.label,
            "label": wording.say(row.label),
            "unit": row.unit,
            "default": defaults[key],
            "low": span.low,
            "high": span.high,
            "step": row.step,
            "note": wording.say(row.note),
            "reason": wording.say(_reason(row)),
            "writable": row.adjustable and key not in missing,
            "in_dialect": key not in missing,
            "value": values.get(key),
            "differs": key in values and not same(values[key], defaults[key]),
            "drift": None if told is None else _drift_json(told),
        }

    groups = [
        {"group": wording.say(group), "rows": [row_json(row.key) for row in BY_KEY.values() if row.group == group]}
        for group in dict.fromkeys(row.group for row in BY_KEY.values())
    ]
    texts = (text for row in BY_KEY.values() for text in (row.group, row.label, row.note, _reason(row)))
    return {
        "language": wording.language,
        "untranslated": wording.lacking(texts),
        "pack": pack,
        "serial": None if known is None else known.reached.serial,
        "product": product.key,
        "read_s": None if known is None else known.read_s,
        "system_read_s": _read_s(None if known is None else known.settings),
        "records_read_s": _read_s(None if known is None else known.records),
        "groups": groups,
        "unread": [] if known is None else list(known.unread),
        "open_changes": [] if known is None else known.open_changes,
        "drift": [_drift_json(one) for one in drift.values()],
    }


def _reason(row: Parameter) -> str:
    return "" if row.envelope is None else row.envelope.reason


def _read_s(told: Mapping[str, Any] | None) -> float | None:
    return None if told is None else told["read_s"]


def _drift_json(one: Drift) -> dict[str, Any]:
    row = BY_KEY[one.key]
    return {
        "key": one.key,
        "written": one.written,
        "now": one.now,
        "change": one.change.number,
        "who": one.change.who,
        "at_s": one.change.at_s,
        "sentence": f"{row.label} of {row.group} is {row.text(one.now)} and not the {row.text(one.written)} that "
        f"{one.change.who} wrote (change {one.change.number}); somebody else has changed it since.",
    }


def check_json(
    product: Product, known: Mapping[str, float], asked: Mapping[str, float], wording: Wording = ENGLISH
) -> dict[str, Any]:
    """What a change would do to settings that are known, and everything wrong with it.

    Args:
        product: what the pack is.
        known: its settings as they were read.
        asked: the settings that are wanted.
        wording: the language in which it is told what is wrong.
    """
    defaults = ParameterSet.defaults(product)
    stored, problems = accepted(product, known, asked, wording)
    meant = problems if wording is ENGLISH else accepted(product, known, asked)[1]
    unsaid = [said.sentence for said, english in zip(problems, meant, strict=True) if said == english]
    different = [key for key in BY_KEY if key in stored and not same(known.get(key), stored[key])]
    return {
        "language": wording.language,
        "untranslated": [] if wording is ENGLISH else unsaid,
        "changes": [
            {
                "key": key,
                "label": wording.say(BY_KEY[key].label),
                "group": wording.say(BY_KEY[key].group),
                "unit": BY_KEY[key].unit,
                "old": known.get(key),
                "new": stored[key],
                "default": defaults[key],
            }
            for key in different
        ],
        "problems": [{"keys": list(problem.keys), "sentence": problem.sentence} for problem in problems],
        "rounded": [
            {"key": key, "asked": float(asked[key]), "stored": stored[key]}
            for key in stored
            if not same(float(asked[key]), stored[key])
        ],
    }
