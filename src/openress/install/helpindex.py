"""What the help's search finds beside guides and the tree: every setting, and every fault number of an inverter.

Both come from the tables that the program runs on, so that nothing that is shown anywhere is missing here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from openress.params import BY_KEY, Parameter
from openress.wording import Wording

__all__ = ["NumberFact", "help_index", "numbers_in"]

_NUMBER = re.compile(r"\b[FWE]\d{2,3}\b")


@dataclass(frozen=True, slots=True)
class NumberFact:
    """What is known of an inverter, with a number that its display shows.

    Attributes:
        inverter: its title.
        topic: what it is about.
        says: the sentence that has the number.
    """

    inverter: str
    topic: str
    says: str


def numbers_in(text: str) -> list[str]:
    """Fault and warning numbers, as `F58` and `W31`, in their order and each once."""
    return list(dict.fromkeys(_NUMBER.findall(text)))


def help_index(facts: Iterable[NumberFact], wording: Wording) -> list[dict[str, Any]]:
    """Entries with `name`, which is no language's, `title` in the words of `wording`, or empty, and `lines`.

    Args:
        facts: what is known of inverters; sentences without a number are passed over.
        wording: the language.
    """
    settings = [_setting(row, wording) for row in BY_KEY.values()]
    with_number: dict[str, list[NumberFact]] = {}
    for fact in facts:
        if numbers_in(fact.says):
            with_number.setdefault(fact.inverter, []).append(fact)
    return settings + [_numbers(title, found, wording) for title, found in with_number.items()]


def _setting(row: Parameter, wording: Wording) -> dict[str, Any]:
    reason = "" if row.envelope is None else row.envelope.reason
    lines = [wording.say(text) for text in (row.group, row.note, reason) if text]
    return {"name": f"{row.label}, {row.key}", "title": wording.say(row.label), "lines": lines}


def _numbers(title: str, facts: Sequence[NumberFact], wording: Wording) -> dict[str, Any]:
    numbers = ", ".join(dict.fromkeys(number for fact in facts for number in numbers_in(fact.says)))
    lines = [wording.say(text) for fact in facts for text in (fact.topic, fact.says)]
    return {"name": f"{numbers}: {title}", "title": "", "lines": lines}
