"""Retelling: an English sentence that was made elsewhere, perhaps years ago, in the words of a reader's language.

A catalogue has sentence forms, `{reached}: {count} settings read.`; a sentence is laid over them until one fits, and
what stands in the places is retold in its turn. What the name of a place says of it is in the tables below.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType

from openress.wording import ENGLISH, Wording

__all__ = ["CLAUSES", "FIELDS", "LISTS", "LONGEST", "NAMES", "NUMBERS", "PHRASES", "QUOTED", "Retelling"]

NUMBERS = frozenset({"count", "number", "first", "last"})
"""Places of whole numbers: a form fits nothing else."""
NAMES = frozenset({"who", "name", "link", "text", "path"})
"""Places of names that somebody gave: they stay as they are, even where they look like words."""
QUOTED = frozenset({"error"})
"""Places of what another program says: told where it is known word for word."""
FIELDS = frozenset({"field"})
"""Places of fields of a request, which have words of their own: those of `days` are under `field days`."""
CLAUSES = frozenset(
    {"reached", "sentence", "why", "trouble", "state", "begun", "hint", "insist", "what", "how", "times", "doing"}
    | {"connected", "packs", "wire", "them", "asks", "answers", "ours", "at", "set", "free", "stands", "word", "code"}
)
"""Places of sentences, or pieces of them: a form fits only where these can be retold too."""
LISTS = frozenset({"parts"})
"""Likewise, several with a comma between them."""
PHRASES = frozenset({"spoken", "problem"})
"""Places of what may be a name or have words around it."""

_FIELD = re.compile(r"(?:body|path|query|header|cookie)\.(\S+)")
_PLACE = re.compile(r"\{([a-z_]+)\}")
_FIGURE = re.compile(r"(?:\w+ )?[+-]?\d+\.\d+(?: [^\s\d]{1,3})?")
LONGEST = 2000
"""Characters of a sentence that is looked at; those of the program are shorter."""
_CHINESE = ("\u3002", "", "\u3001", "\uff1b")
_DEEPEST, _MOST_BREAKS, _KEPT = 5, 8, 2048


@dataclass(frozen=True, slots=True)
class _Form:
    """A sentence form: its fixed pieces, the places between them, and what is said instead."""

    pieces: tuple[str, ...]
    places: tuple[str, ...]
    said: str

    def parts(self, text: str) -> dict[str, str] | None:
        """What stands in the places of a sentence; `None` where the form does not fit. Looks at each letter once."""
        first, last = self.pieces[0], self.pieces[-1]
        end = len(text) - len(last)
        if not text.startswith(first) or not text.endswith(last):
            return None
        found: dict[str, str] = {}
        at = len(first)
        for place, piece in zip(self.places, (*self.pieces[1:-1], None), strict=True):
            stop = end if piece is None else text.find(piece, at + 1, end)
            if stop <= at or found.setdefault(place, text[at:stop]) != text[at:stop]:
                return None
            at = stop + len(piece or "")
        return found


class Retelling:
    """Retells the sentences of a program.

    Args:
        wording: the language, and words that may stand in places of forms.
        told: sentence forms, and pieces of them.
    """

    def __init__(self, wording: Wording, told: Mapping[str, str] = MappingProxyType({})) -> None:
        self.wording = wording
        forms = []
        for english, said in told.items():
            pieces = _PLACE.split(english)
            if len(pieces) > 1:
                forms.append(_Form(tuple(pieces[::2]), tuple(pieces[1::2]), said))
        plain = {english: said for english, said in told.items() if not _PLACE.search(english)}
        self._words = {**wording.words, **plain}
        # The one that says the most by itself comes first.
        self._forms = sorted(forms, key=lambda form: -sum(map(len, form.pieces)))
        self._known: Callable[[str, int], str | None] = lru_cache(_KEPT)(self._find)
        chinese = wording.language == "zh"
        self._stop, self._gap, self._comma, self._semicolon = _CHINESE if chinese else (".", " ", ", ", "; ")

    def retell(self, sentence: str) -> str | None:
        """Say it in the language; `None` where the catalogue has no form for it, or for a part that needs one."""
        if self.wording.language == ENGLISH.language or not sentence:
            return sentence
        return self._known(sentence, 0) if len(sentence) <= LONGEST else None

    def told(self, sentence: str) -> str:
        """Say it in the language, or in English where that is not possible."""
        said = self.retell(sentence)
        return sentence if said is None else said

    def lacking(self, sentences: Sequence[str]) -> list[str]:
        """Those that are said in English although another language was wanted."""
        return [sentence for sentence in dict.fromkeys(sentences) if self.retell(sentence) is None]

    def _find(self, text: str, depth: int) -> str | None:
        if depth > _DEEPEST:
            return None
        said = self._whole(text, depth)
        if said is None:
            said = self._row(text, ". ", self._gap, depth)
        if said is None:
            said = self._row(text, "; ", self._semicolon, depth)
        return said

    def _whole(self, text: str, depth: int) -> str | None:
        """A sentence by itself; neither its capital nor its full stop makes another one of it."""
        said = self._one(text, depth)
        if said is None and text[:1].isupper():
            low = self._one(text[:1].lower() + text[1:], depth)
            said = None if low is None else low[:1].upper() + low[1:]
        if said is None and text.endswith("."):
            without = self._one(text[:-1], depth)
            said = None if without is None else without + self._stop
        elif said is None:
            stopped = self._one(f"{text}.", depth)
            said = None if stopped is None else stopped.removesuffix(self._stop)
        return said

    def _one(self, text: str, depth: int) -> str | None:
        if text.isascii() and text.isdigit():
            return text
        said = self._words.get(text)
        if said is not None:
            return said
        for form in self._forms:
            parts = form.parts(text)
            told = None if parts is None else self._parts(parts, depth)
            if told is not None:
                return form.said.format_map(told)
        return None

    def _parts(self, parts: dict[str, str], depth: int) -> dict[str, str] | None:
        told = {}
        for place, text in parts.items():
            said = self._part(place, text, depth)
            if said is None:
                return None
            told[place] = said
        return told

    def _part(self, place: str, text: str, depth: int) -> str | None:
        if place in NUMBERS:
            return text if text.isascii() and text.isdigit() else None
        if place in CLAUSES:
            return self._known(text, depth + 1)
        if place in LISTS:
            items = [self._known(item, depth + 1) for item in text.split(", ")]
            return None if None in items else self._comma.join(item for item in items if item is not None)
        if ". " in text or text != text.strip():
            return None
        if place in QUOTED:
            return self._words.get(text, text)
        if place in FIELDS:
            sent = _FIELD.fullmatch(text)
            return None if sent is None else self._words.get(f"field {sent[1].replace('_', ' ')}", sent[1])
        if place in PHRASES:
            return self._known(text, depth + 1) or text
        # A name does not reach over a colon: what stands before it is a part of its own.
        if ": " in text:
            return None
        if place in NAMES:
            return text
        if "; " in text:
            return None
        first, either, last = text.rpartition(" or ")
        listed = self._comma.join(self._word(item) for item in (first if either else text).split(", "))
        return f"{listed} {self._word('or')} {self._word(last)}" if either else listed

    def _word(self, text: str) -> str:
        """A name of the program, or a figure, in the language; everything else stays as it is."""
        said = self._words.get(text) or self._words.get(text.replace("_", " "))
        if said is not None:
            return said
        return self.wording.figure(text) if _FIGURE.fullmatch(text) else text

    def _row(self, text: str, between: str, joined: str, depth: int) -> str | None:
        """Several sentences one after another, the longest first one that is known, and what follows."""
        breaks = [found.start() for found in re.finditer(re.escape(between), text)]
        if len(breaks) > _MOST_BREAKS:
            return None
        for at in reversed(breaks):
            head = self._whole(text[: at + len(between.rstrip(" ;"))], depth)
            rest = None if head is None else self._known(text[at + len(between) :], depth)
            if rest is not None:
                return f"{head}{joined}{rest}"
        return None
