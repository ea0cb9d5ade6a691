"""Answers whose sentences were made in English, in the language of whoever asks; those that stay English are named."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from openress.retelling import Retelling
from openress.wording import ENGLISH

__all__ = ["told_job", "told_live", "told_table"]


def told_job(job: Mapping[str, Any], retelling: Retelling) -> dict[str, Any]:
    """A job: its title, what it does, its notes, how it ended, and the remarks that a scan has found."""
    result = job["result"]
    remarks = [] if result is None else result.get("remarks", [])
    texts = [job["title"], job["doing"], job["sentence"], *job["notes"], *(one["sentence"] for one in remarks)]
    told = {key: retelling.told(job[key]) for key in ("title", "doing", "sentence")}
    if remarks:
        result = {**result, "remarks": [_sentence(one, retelling) for one in remarks]}
    return {
        **job,
        **told,
        "notes": [retelling.told(note) for note in job["notes"]],
        "result": result,
        "language": retelling.wording.language,
        "untranslated": retelling.lacking(texts),
    }


def told_table(table: Mapping[str, Any], retelling: Retelling) -> dict[str, Any]:
    """A table of settings, its names told already: what others have changed, and changes that never ended."""
    texts = [*table["open_changes"], *(one["sentence"] for one in table["drift"])]
    groups = [
        {
            **group,
            "rows": [
                row if row["drift"] is None else {**row, "drift": _sentence(row["drift"], retelling)}
                for row in group["rows"]
            ],
        }
        for group in table["groups"]
    ]
    return {
        **table,
        "groups": groups,
        "open_changes": [retelling.told(sentence) for sentence in table["open_changes"]],
        "drift": [_sentence(one, retelling) for one in table["drift"]],
        "untranslated": [*table["untranslated"], *retelling.lacking(texts)],
    }


def _sentence(one: Mapping[str, Any], retelling: Retelling) -> dict[str, Any]:
    return {**one, "sentence": retelling.told(one["sentence"])}


def told_live(values: Mapping[str, Any], retelling: Retelling) -> dict[str, Any]:
    """A snapshot, or what has changed of one: how the connection stands, what is wrong, and who does what on the line.

    What was told has `spoken` beside it, the language; everything else is in English, or in no language.
    """
    found = dict(values)
    if retelling.wording.language == ENGLISH.language:
        return found
    for part, key in (("connection", "sentence"), ("job", "title")):
        if found.get(part) is not None:
            found[part] = _spoken(found[part], key, retelling)
    for part, troubles in (("rack", "findings"), ("gateway", "alarms")):
        if (found.get(part) or {}).get(troubles):
            told = [_spoken(one, "sentence", retelling) for one in found[part][troubles]]
            found[part] = {**found[part], troubles: told}
    if found.get("gateway") is not None:
        found["gateway"] = _told_gateway(found["gateway"], retelling)
    return found


def _told_gateway(gateway: Mapping[str, Any], retelling: Retelling) -> dict[str, Any]:
    """How it is known that the inverter understands us, and how another battery's values differ from ours."""
    told = dict(gateway)
    if "title" in told:
        told["title"] = retelling.told(told["title"])
    if "evidence" in told:
        told |= _spoken({"evidence": told["evidence"]}, "evidence", retelling)
    if told.get("shadow") is not None:
        told["shadow"] = _spoken(told["shadow"], "sentence", retelling)
    if told.get("frames"):
        told["frames"] = [
            _spoken(frame, "problem", retelling) if "problem" in frame else frame for frame in told["frames"]
        ]
    return told


def _spoken(one: Mapping[str, Any], key: str, retelling: Retelling) -> dict[str, Any]:
    said = retelling.retell(one[key])
    return dict(one) if said is None else {**one, key: said, "spoken": retelling.wording.language}
