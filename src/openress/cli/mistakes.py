"""What a person is told who gave a word where an option wants a number."""

from __future__ import annotations

import re

import click

__all__ = ["plainly"]

_NO_NUMBER = re.compile(r"(.+) is not a valid (integer|float)( range)?\.")


def plainly(error: click.ClickException) -> click.ClickException:
    """A mistake in our words where the library's name the type of an option, which nobody knows; else as it is."""
    found = _NO_NUMBER.fullmatch(error.message)
    if found is None or not isinstance(error, click.BadParameter):
        return error
    number = "whole number" if found[2] == "integer" else "number"
    bounds = "" if error.param is None else _bounds(error.param.type)
    sentence = f"{found[1]} is no {number}; give one{bounds}."
    return click.BadParameter(sentence, error.ctx, error.param, error.param_hint)


def _bounds(wanted: object) -> str:
    if not isinstance(wanted, click.IntRange | click.FloatRange):
        return ""
    low, high = wanted.min, wanted.max
    parts = [
        *([] if low is None else [f"{'above' if wanted.min_open else 'from'} {low:g}"]),
        *([] if high is None else [f"{'below' if wanted.max_open else 'up to'} {high:g}"]),
    ]
    return "".join(f" {part}" for part in parts)
