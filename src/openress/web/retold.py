"""Answers whose sentences were made in English, in the language of whoever asks; those that stay English are named."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from openress.retelling import Retelling

__all__ = ["told_job", "told_table"]


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
