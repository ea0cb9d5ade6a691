"""What a value of a file or a request must be, in words for who wrote it, from what the checker of its type says."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

__all__ = ["shown", "wanted"]

_LONGEST_SHOWN = 60
_KINDS = {
    "int": "a whole number",
    "float": "a number",
    "finite": "a finite number",
    "bool": "true or false",
    "string": 'a text, as "text"',
    "list": "a list, as [1, 2]",
    "dict": "a section of settings",
    "model": "a section of settings",
}
"""First word of a checker's error -> what must stand there."""
_BOUNDS = {
    "greater_than_equal": "at least {ge:g}",
    "greater_than": "more than {gt:g}",
    "less_than_equal": "at most {le:g}",
    "less_than": "less than {lt:g}",
    "literal_error": "{expected}",
    "enum": "{expected}",
    "string_too_short": "a text of at least {min_length} characters",
    "string_too_long": "a text of at most {max_length} characters",
}


def wanted(
    error: Mapping[str, Any], patterns: Mapping[str, str] | None = None, kinds: Mapping[str, str] | None = None
) -> str:
    """What must stand there, to follow "must be".

    Args:
        error: the checker's, with its type and context.
        patterns: what a text must be like that is to match a pattern.
        kinds: what kinds of values are called where they are not written in a file, by the first word of an error.
    """
    kind, context = str(error["type"]), error.get("ctx", {})
    if kind in _BOUNDS:
        return _BOUNDS[kind].format_map(context)
    if kind == "string_pattern_mismatch":
        return (patterns or {}).get(context["pattern"], f"a text that matches {context['pattern']}")
    if kind in ("too_short", "too_long"):
        return _size(context, least=kind == "too_short")
    found = {**_KINDS, **(kinds or {})}.get(kind.partition("_")[0])
    if found is None:
        # A kind of check that no file has had so far: better the checker's words than none.
        return f"otherwise ({str(error['msg']).lower()})"
    return found


def _size(context: Mapping[str, Any], *, least: bool) -> str:
    count = context["min_length"] if least else context["max_length"]
    bound = f"at {'least' if least else 'most'} {count}"
    if context.get("field_type") == "Dictionary":
        return f"an object with {bound} {'entry' if count == 1 else 'entries'}"
    return f"a list with {bound}"


def shown(value: object) -> str:
    """What stands there instead, as it may be written in the file."""
    text = str(value).lower() if isinstance(value, bool) else repr(value)
    return text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}..."
