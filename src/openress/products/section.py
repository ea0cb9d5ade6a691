"""One section of a product file: its facts, each checked for its kind, and where they come from."""

from __future__ import annotations

import math
from collections.abc import Mapping

from openress.errors import ParameterError, StateError
from openress.model import Source
from openress.names import hint

__all__ = ["Section"]

NOT_FACTS = ("source", "source_of")


class Section:
    """Reads facts out of one table of a product file.

    Args:
        file: what errors call the file.
        name: the section's name.
        table: its content; `None` where the file has no such section, which leaves every fact unknown.
        known: the facts it may have; `None` leaves that to whoever reads them.
        sources: the file's sources by their short names.

    Raises:
        ParameterError: the section is no table, has an unknown key, or names no source or an unknown one.
    """

    def __init__(
        self, file: str, name: str, table: object, known: tuple[str, ...] | None, sources: Mapping[str, Source]
    ) -> None:
        self.where = f"{file}, [{name}]"
        self.known = known
        if table is not None and not isinstance(table, Mapping):
            raise ParameterError(f"{self.where} must be a table of facts, not {table!r}.")
        self.table: Mapping[str, object] = table or {}
        for key in self.table:
            if known is not None and key not in (*known, *NOT_FACTS):
                raise ParameterError(f"{self.where} has no fact {key}; {hint(key, known)}")
        self.sources = self._cited(sources)

    def text(self, key: str) -> str | None:
        """A line of text."""
        value = self._fact(key)
        if value is not None and (not isinstance(value, str) or not value.strip()):
            raise self._wrong(key, "a text in quotes", value)
        return value

    def texts(self, key: str) -> tuple[str, ...] | None:
        """Several lines of text."""
        value = self._fact(key)
        if value is None:
            return None
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise self._wrong(key, "a list of texts in quotes", value)
        return tuple(value)

    def number(self, key: str, low: float, high: float) -> float | None:
        """A number from `low` to `high`."""
        value = self._fact(key)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
            raise self._wrong(key, f"a number from {low:g} to {high:g}", value)
        return value

    def positive(self, key: str) -> float | None:
        """A number above zero, of a size that a battery has."""
        value = self._fact(key)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < 1e5:
            raise self._wrong(key, "a number above 0", value)
        return value

    def whole(self, key: str, low: int, high: int) -> int | None:
        """A whole number from `low` to `high`."""
        value = self._fact(key)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            raise self._wrong(key, f"a whole number from {low} to {high}", value)
        return value

    def flag(self, key: str) -> bool | None:
        """True or false."""
        value = self._fact(key)
        if value is not None and not isinstance(value, bool):
            raise self._wrong(key, "true or false", value)
        return value

    def rows(self, key: str) -> list[list[object]] | None:
        """A table written as a list of lists."""
        value = self._fact(key)
        if value is None:
            return None
        if not isinstance(value, list) or not value or not all(isinstance(row, list) for row in value):
            raise self._wrong(key, "a list of rows", value)
        return value

    def numbers(self) -> dict[str, float]:
        """All facts of a section that holds nothing but numbers."""
        found: dict[str, float] = {}
        for key in self._keys():
            value = self.table[key]
            if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
                raise self._wrong(key, "a number", value)
            found[key] = value
        return found

    def required_text(self, key: str) -> str:
        """A line of text that the file must have."""
        value = self.text(key)
        if value is None:
            raise ParameterError(f"{self.where} must say {key}.")
        return value

    def required_whole(self, key: str, low: int, high: int) -> int:
        """A whole number that the file must have."""
        value = self.whole(key, low, high)
        if value is None:
            raise ParameterError(f"{self.where} must say {key}.")
        return value

    def _fact(self, key: str) -> object:
        if self.known is not None and key not in self.known:
            raise StateError(f"{self.where}: {key} is read but not listed as a fact.")
        return self.table.get(key)

    def _keys(self) -> list[str]:
        return [key for key in self.table if key not in NOT_FACTS]

    def _cited(self, sources: Mapping[str, Source]) -> dict[str, Source]:
        if not self._keys():
            return {}
        general = self._source(self.table.get("source"), "source", sources)
        special = self.table.get("source_of", {})
        if not isinstance(special, Mapping):
            raise self._wrong("source_of", "a table of facts and their sources", special)
        for key in special:
            if key not in self._keys():
                raise ParameterError(f"{self.where} source_of names no fact with {key}; {hint(key, self._keys())}")
        return {key: self._source(special[key], key, sources) if key in special else general for key in self._keys()}

    def _source(self, name: object, key: str, sources: Mapping[str, Source]) -> Source:
        if not isinstance(name, str):
            raise ParameterError(f'{self.where} must say where its facts come from, as in source = "guide".')
        if name not in sources:
            raise ParameterError(f"{self.where} {key}: there is no source {name} in [sources]; {hint(name, sources)}")
        return sources[name]

    def _wrong(self, key: str, wanted: str, value: object) -> ParameterError:
        return ParameterError(f"{self.where} {key} must be {wanted}, not {value!r}.")
