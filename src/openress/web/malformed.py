"""A request whose form is wrong, in one sentence: which of its fields, and what belongs there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fastapi.exceptions import RequestValidationError

__all__ = ["malformed"]

_WHOLE = frozenset({"int_type", "int_parsing", "int_parsing_size", "int_from_float"})
_NUMBER = frozenset({"float_type", "float_parsing"})
_YES_OR_NO = frozenset({"bool_type", "bool_parsing"})
_OBJECT = frozenset({"dict_type", "model_type", "model_attributes_type"})
_CHOICE = frozenset({"literal_error", "enum"})
_PLACES = frozenset({"body", "path", "query"})


def malformed(error: RequestValidationError) -> str:
    """The first thing that is wrong with a request."""
    found = error.errors()
    if not found:
        return "The request cannot be read."
    first = found[0]
    kind, place = first["type"], first["loc"]
    if kind == "json_invalid":
        return f"The body is no JSON from character {place[-1]} on: send one JSON object."
    # Where a field was sent is told only where nothing else is.
    names = place[1:] if len(place) > 1 and place[0] in _PLACES else place
    field, limits = ".".join(str(name) for name in names), first.get("ctx", {})
    return _lacking(kind, field) or _measured(kind, field, limits) or _another(kind, field, limits, first["msg"])


def _lacking(kind: str, field: str) -> str | None:
    if kind == "missing":
        return f"'{field}' is missing."
    if kind == "extra_forbidden":
        return f"'{field}' is no field of this request."
    if kind in _WHOLE:
        return f"'{field}' must be a whole number."
    if kind in _NUMBER:
        return f"'{field}' must be a number."
    if kind == "finite_number":
        return f"'{field}' must be a finite number."
    if kind in _YES_OR_NO:
        return f"'{field}' must be true or false."
    if kind == "string_type":
        return f"'{field}' must be a text."
    if kind == "list_type":
        return f"'{field}' must be a list."
    if kind in _OBJECT:
        return f"'{field}' must be an object with names and values."
    if kind == "string_pattern_mismatch":
        return f"'{field}' has characters that cannot be used here."
    return None


def _measured(kind: str, field: str, limits: Mapping[str, Any]) -> str | None:
    if kind == "string_too_short":
        return f"'{field}' needs {limits['min_length']} or more characters."
    if kind == "string_too_long":
        return f"'{field}' may have {limits['max_length']} characters at most."
    if kind == "too_short":
        return f"'{field}' needs {limits['min_length']} or more entries."
    if kind == "too_long":
        return f"'{field}' may have {limits['max_length']} entries at most."
    if kind == "greater_than_equal":
        return f"'{field}' must be {_figure(limits['ge'])} at least."
    if kind == "less_than_equal":
        return f"'{field}' must be {_figure(limits['le'])} at most."
    if kind == "greater_than":
        return f"'{field}' must be more than {_figure(limits['gt'])}."
    if kind == "less_than":
        return f"'{field}' must be less than {_figure(limits['lt'])}."
    return None


def _another(kind: str, field: str, limits: Mapping[str, Any], said: str) -> str:
    if kind in _CHOICE:
        return f"'{field}' must be one of these: {limits['expected']}."
    # What is left is rare, and in the words of the library that reads requests.
    return f"'{field}' cannot be used: {said}."


def _figure(limit: float) -> str:
    return str(int(limit)) if limit == int(limit) else str(limit)
