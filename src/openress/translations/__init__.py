"""The languages that the web interface speaks besides English: their words, and which of them a reader wants.

A catalogue is a file of its own: tables of English sentences, each with the sentence of that language. A second one,
under `told`, has the forms of sentences that are made elsewhere and retold.
"""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from types import MappingProxyType

from openress.retelling import Retelling
from openress.wording import ENGLISH, Wording

__all__ = ["LANGUAGES", "preferred", "retelling_of", "wording_of"]

LANGUAGES = ("en", "de", "es", "zh")
"""As the page names them in its address."""


@cache
def wording_of(language: str) -> Wording:
    """The words of one of `LANGUAGES`."""
    if language == ENGLISH.language:
        return ENGLISH
    tables = _tables(f"{language}.toml")
    return Wording(language, MappingProxyType({key: said for table in tables.values() for key, said in table.items()}))


@cache
def retelling_of(language: str) -> Retelling:
    """Retells what is made in English, in one of `LANGUAGES`."""
    if language == ENGLISH.language:
        return Retelling(ENGLISH)
    tables = (_tables(f"{language}.toml")["settings"], *_tables(f"told/{language}.toml").values())
    return Retelling(wording_of(language), {key: said for table in tables for key, said in table.items()})


def _tables(name: str) -> dict[str, dict[str, str]]:
    return tomllib.loads((files("openress.translations") / name).read_text(encoding="utf-8"))


def preferred(asked: str | None, accepted: str | None) -> str:
    """The language that a reader wants most among those that are spoken; English where none of them is.

    Args:
        asked: a tag that comes before everything else.
        accepted: an `Accept-Language` header (RFC 9110, 12.5.4); what cannot be read in it is passed over.
    """
    wanted = [asked or "", *_by_weight(accepted or "")]
    primary = (tag.strip().partition("-")[0].lower() for tag in wanted)
    return next((tag for tag in primary if tag in LANGUAGES), ENGLISH.language)


def _by_weight(accepted: str) -> list[str]:
    """The tags of an `Accept-Language`, the most wanted first; those with weight 0 are not wanted."""
    weighed = []
    for part in accepted.split(","):
        tag, _, weight = part.partition(";")
        number = weight.strip().removeprefix("q=")
        weighed.append((tag, _thousandths(number) if weight else 1000))
    return [tag for tag, weight in sorted(weighed, key=lambda one: -one[1]) if weight > 0]


def _thousandths(number: str) -> int:
    """A weight such as `0.8` in thousandths; one that is none counts nothing."""
    whole, _, decimals = number.partition(".")
    digits = whole + decimals[:3].ljust(3, "0")
    return int(digits) if digits.isascii() and digits.isdigit() and len(whole) == 1 else 0
