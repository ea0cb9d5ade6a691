"""Who says what on the wire: one module for each dialect, found here by name and imported when used."""

from __future__ import annotations

from openress.errors import ParameterError
from openress.names import hint
from openress.protocols.base import Dialect
from openress.protocols.registry import DIALECTS

__all__ = ["DIALECTS", "Dialect", "find_dialect"]


def find_dialect(name: str) -> Dialect:
    """The dialect called `name`.

    Raises:
        ParameterError: there is none; the message has the nearest name.
    """
    if name in DIALECTS:
        return DIALECTS[name]
    raise ParameterError(f"There is no dialect {name!r}; {hint(name, DIALECTS)}")
