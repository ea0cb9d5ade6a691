"""What was connected on the page last, kept over a restart.

A program that came back with a virtual rack where packs had been connected would tell a real inverter what no battery
allows; one that came back with packs where they had been disconnected would ask where nobody wants to be asked.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from openress.catalog import product_names
from openress.errors import ParameterError
from openress.ports import SerialLink, TcpLink, parse_link
from openress.protocols import find_dialect
from openress.servicing.line import Wanted

__all__ = ["CONNECTION", "Chosen", "KeptConnection"]

CONNECTION = "connection.json"
_WANTED: TypeAdapter[Wanted | None] = TypeAdapter(Wanted | None)


@dataclass(frozen=True, slots=True)
class Chosen:
    """What somebody chose.

    Attributes:
        wanted: the packs; `None` for nothing.
    """

    wanted: Wanted | None


class KeptConnection:
    """One file in the data folder.

    Args:
        folder: the data folder.
        say: told why a choice is not used, or cannot be kept.
    """

    def __init__(self, folder: Path, say: Callable[[str], None]) -> None:
        self.path = folder / CONNECTION
        self._say = say

    def read(self) -> Chosen | None:
        """What was chosen last; `None` when nobody has ever chosen, or the virtual rack.

        What cannot be read counts as nothing connected: what it was is not known, and a guess would be asked or told.
        """
        try:
            found = _WANTED.validate_python(json.loads(self.path.read_text(encoding="utf-8")))
            _check(found)
        except FileNotFoundError:
            return None
        except (OSError, ValueError, ValidationError, ParameterError):
            self._say(
                f"What was connected last cannot be read from {self.path}, so nothing is connected: choose it again on "
                "the page."
            )
            return Chosen(None)
        return Chosen(found)

    def keep(self, chosen: Chosen) -> None:
        """Begin the next run with this; of a virtual rack nothing needs to be kept."""
        wanted = chosen.wanted
        try:
            if wanted is not None and wanted.link is None:
                self.path.unlink(missing_ok=True)
                return
            new = self.path.with_suffix(".new")
            descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(descriptor, "wb") as file:
                file.write(_WANTED.dump_json(wanted, indent=2))
                file.flush()
                os.fsync(file.fileno())
            new.replace(self.path)
        except OSError as error:
            self._say(
                f"What is connected now cannot be kept in {self.path} ({error.strerror}): the next start begins with "
                "what was connected before."
            )


def _check(wanted: Wanted | None) -> None:
    """Refuse what could not have been chosen on the page.

    Raises:
        ParameterError: why not.
    """
    if wanted is None:
        return
    if wanted.link is None or not isinstance(parse_link(wanted.link), SerialLink | TcpLink):
        raise ParameterError(f"{wanted.link} is no port that can be connected from the page.")
    find_dialect(wanted.dialect)
    if wanted.product is not None and wanted.product not in product_names():
        raise ParameterError(f"There is no battery product {wanted.product}.")
