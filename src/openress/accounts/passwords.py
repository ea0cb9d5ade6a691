"""Which passwords are accepted: long enough, and none that somebody would try first."""

from __future__ import annotations

import unicodedata
from functools import cache
from itertools import product

from openress.errors import ParameterError

__all__ = ["LONGEST", "SHORTEST", "check_password", "why_weak"]

SHORTEST = 12
"""ASVS 6.2.1 asks for 8 and recommends 15; there is no second factor here."""
LONGEST = 256
"""Longer ones would only cost time: ASVS 6.2.9 asks for 64 at least."""
_DIFFERENT = 5
"""Characters that a password must have at least of different kinds."""

_WORDS = (
    "password", "passwort", "passwd", "admin", "administrator", "root", "user", "guest", "default", "service",
    "install", "installer", "operator", "viewer", "engineer", "factory", "support", "welcome", "letmein", "changeme",
    "secret", "qwerty", "qwertz", "qwertyuiop", "asdfgh", "asdfghjkl", "zxcvbnm", "iloveyou", "monkey", "dragon",
    "football", "baseball", "sunshine", "princess", "superman", "batman", "master", "shadow", "login", "test",
    "abc", "abcd", "abcdef",
)  # fmt: skip
"""Those that lists of stolen passwords begin with, and those of service software."""
_PRODUCTS = (
    "openress", "battery", "batterie", "lifepo", "lithium", "inverter", "energy", "solar", "storage", "rack", "bms",
    "bmstool", "pbmstools", "pace", "pylontech", "pylon", "seplos", "daly", "jikong", "jbd", "syscom", "powersync",
    "a5l", "victron", "growatt", "deye", "sofar", "goodwe", "solis", "sungrow", "huawei", "voltronic", "luxpower",
    "solark", "sma", "eg4",
)  # fmt: skip
"""Names on the devices around."""
_LEET = str.maketrans({"@": "a", "4": "a", "3": "e", "1": "i", "!": "i", "0": "o", "$": "s", "5": "s", "7": "t"})
_RUNS = ("0123456789" * 4, "9876543210" * 4, "abcdefghijklmnopqrstuvwxyz" * 2, "zyxwvutsrqponmlkjihgfedcba" * 2)
_ROWS = ("qwertyuiopasdfghjklzxcvbnm", "qwertzuiopasdfghjklyxcvbnm", "1qaz2wsx3edc4rfv5tgb6yhn7ujm")


@cache
def _blocked() -> frozenset[str]:
    """Letters only, of every word and every pair of them."""
    words = [_letters(word) for word in (*_WORDS, *_PRODUCTS)]
    return frozenset(words) | {first + second for first, second in product(words, words)}


def why_weak(password: str, name: str = "") -> str | None:
    """Why a password is not accepted, as a sentence; `None` when it is.

    Any characters may be used and none must be (ASVS 6.2.5).

    Args:
        password: as typed.
        name: of the account, which may not be most of it.
    """
    text = unicodedata.normalize("NFKC", password)
    if min(len(password), len(text)) < SHORTEST:
        return f"The password needs {SHORTEST} characters at least; a few words that do not belong together will do."
    if max(len(password), len(text)) > LONGEST:
        return f"The password may have {LONGEST} characters at most."
    if len(set(text)) < _DIFFERENT or _repeats(text):
        return "The password repeats the same few characters; anybody would try that."
    small = text.casefold()
    if any(small in run for run in (*_RUNS, *_ROWS)):
        return "The password is a run of neighbouring keys; anybody would try that."
    plain = {_letters(small), _letters(_inside(small).translate(_LEET))}
    if name:
        plain |= {letters.replace(_letters(name) or "\0", "") for letters in plain}
    if any(letters in _blocked() or len(letters) < 3 for letters in plain):
        return "The password is made of words and numbers that anybody would try first."
    return None


def _letters(text: str) -> str:
    return "".join(filter(str.isalpha, text))


def _inside(text: str) -> str:
    """Without figures and signs at its ends: there they are a year, not letters in disguise."""
    places = [place for place, sign in enumerate(text) if sign.isalpha()]
    return text[places[0] : places[-1] + 1] if places else ""


def _repeats(text: str) -> bool:
    """Whether it is one short piece again and again."""
    return any(text == (text[:size] * len(text))[: len(text)] for size in range(1, len(text) // 2 + 1) if size <= 6)


def check_password(password: str, name: str = "") -> None:
    """Refuse a weak password.

    Raises:
        ParameterError: it is weak; the message is that of `why_weak`.
    """
    why = why_weak(password, name)
    if why is not None:
        raise ParameterError(why)
