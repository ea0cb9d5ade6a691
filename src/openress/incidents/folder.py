"""The folder of incidents: each a file that is whole or not there, bounded in number, in size, and a day."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from openress.errors import ParameterError
from openress.incidents.incident import About
from openress.incidents.incidentfile import SUFFIX, about

__all__ = ["A_DAY_BYTES", "FOLDER", "MOST_BYTES", "MOST_FILES", "IncidentFolder"]

FOLDER = "incidents"
"""In the data folder."""
MOST_FILES = 50
MOST_BYTES = 200_000_000
A_DAY_BYTES = 16_000_000
"""Written in a day at most, so that a fault that comes and goes wears out no memory card."""
_DAY_S = 86400.0


class IncidentFolder:
    """See the module.

    Args:
        path: of the folder; it is made when something is written.
        most: incidents that are kept.
        most_bytes: of all of them.
        a_day_bytes: of those of the last 24 hours; the first of them is written in any case.
    """

    def __init__(
        self, path: Path, most: int = MOST_FILES, most_bytes: int = MOST_BYTES, a_day_bytes: int = A_DAY_BYTES
    ) -> None:
        self.path = path
        self._most = most
        self._most_bytes = most_bytes
        self._a_day = a_day_bytes

    def files(self) -> list[Path]:
        """Those that are kept, the newest first; their names begin with their time."""
        try:
            return sorted(self.path.glob(f"*{SUFFIX}"), reverse=True)
        except OSError:
            return []

    def kept(self) -> list[About]:
        """What they are, the newest first; one that cannot be read is left out."""
        found: list[About] = []
        for path in self.files():
            with suppress(ParameterError):
                found.append(about(path))
        return found

    def find(self, name: str) -> Path:
        """The file of an incident.

        Raises:
            ParameterError: there is none.
        """
        for path in self.files():
            if path.name.removesuffix(SUFFIX) == name:
                return path
        raise ParameterError(f"There is no incident {name[:100]!r}; `openress incident list` tells which there are.")

    def has_room(self, now_s: float) -> bool:
        """Whether another one may be written today; `now_s` are unix seconds."""
        return sum(size for at_s, size in self._sizes() if 0.0 <= now_s - at_s < _DAY_S) < self._a_day

    def write(self, name: str, data: bytes) -> Path:
        """Keep an incident, and let go of the oldest where there are too many.

        Raises:
            OSError: it cannot be written.
        """
        self.path.mkdir(parents=True, exist_ok=True)
        path = self.path / f"{name}{SUFFIX}"
        new = self.path / f"{name}.new"
        try:
            with new.open("wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            new.replace(path)
        except OSError:
            with suppress(OSError):
                new.unlink(missing_ok=True)
            raise
        self._prune()
        return path

    def _prune(self) -> None:
        size = 0
        for count, path in enumerate(self.files()):
            with suppress(OSError):
                size += path.stat().st_size
                if count and (count >= self._most or size > self._most_bytes):
                    path.unlink()

    def _sizes(self) -> list[tuple[float, int]]:
        found: list[tuple[float, int]] = []
        for path in self.files():
            with suppress(OSError):
                state = path.stat()
                found.append((state.st_mtime, state.st_size))
        return found
