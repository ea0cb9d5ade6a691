"""Sentences in a reader's language: what the program says in English, in the words of a catalogue where it has them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

__all__ = ["ENGLISH", "Wording"]

_DECIMAL_COMMA = frozenset({"de", "es"})
_POINT = re.compile(r"(?<=\d)\.(?=\d)")
_NOTHING: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Wording:
    """The words of one language.

    A reworded English sentence is one that the catalogue does not have: it is said in English until somebody has
    translated it anew, so that no translation says something else than the program.

    Attributes:
        language: its tag, as of BCP 47.
        words: each English sentence, with `{names}` for what is put into it, and the sentence of this language.
    """

    language: str
    words: Mapping[str, str]

    def say(self, english: str, parts: Mapping[str, str] = _NOTHING) -> str:
        """Say a sentence; without `parts` its braces stay as they are."""
        said = self.words.get(english, english)
        return said.format_map(parts) if parts else said

    def figure(self, text: str) -> str:
        """A number with its unit as the language writes it: 54.08 V is 54,08 V in German and Spanish."""
        return _POINT.sub(",", text) if self.language in _DECIMAL_COMMA else text

    def lacking(self, sentences: Iterable[str]) -> list[str]:
        """Those of the English sentences that are said in English although another language was wanted."""
        if self.language == ENGLISH.language:
            return []
        return [sentence for sentence in dict.fromkeys(sentences) if sentence and sentence not in self.words]


ENGLISH = Wording("en", _NOTHING)
"""What the program is written in."""
