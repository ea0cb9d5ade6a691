"""A password or token out of a file or the environment, so that no configuration file has to hold one."""

from __future__ import annotations

import os
from pathlib import Path

from openress.errors import ParameterError

__all__ = ["read_secret"]


def read_secret(what: str, *, text: str | None, file: str | None, variable: str | None) -> str | None:
    """The secret from wherever the configuration says it is; `None` when it says nothing.

    Args:
        what: names it in a message, such as "[mqtt] password".
        text: the secret itself.
        file: holds it in its first line.
        variable: of the environment, holds it.

    Raises:
        ParameterError: two places are named, or the one that is has nothing in it.
    """
    if sum(place is not None for place in (text, file, variable)) > 1:
        raise ParameterError(f"{what} is given more than once: keep one of the text, the file and the variable.")
    if variable is not None:
        found = os.environ.get(variable)
        if not found:
            raise ParameterError(f"{what}: the environment has no variable {variable}, or nothing in it.")
        return found
    if file is not None:
        try:
            lines = Path(file).read_text(encoding="utf-8").splitlines()
        except (OSError, UnicodeDecodeError) as error:
            raise ParameterError(f"{what}: the file {file} cannot be read as text.") from error
        if not lines or not lines[0]:
            raise ParameterError(f"{what}: the file {file} has nothing in its first line.")
        return lines[0]
    return text
