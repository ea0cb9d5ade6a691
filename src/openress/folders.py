"""The data folder: where OpenRESS keeps what outlives a run, for one instance at a time."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from openress.errors import ParameterError, PortError

__all__ = ["DataFolder", "FileLock", "default_folder"]

_LOCK = "in-use"


def default_folder() -> Path:
    """Where a program of this kind keeps its data on this system."""
    home = Path.home()
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA", home / "AppData" / "Local")) / "openress"
    if sys.platform == "darwin":
        return home / "Library" / "Application Support" / "openress"
    return Path(os.environ.get("XDG_DATA_HOME", home / ".local" / "share")) / "openress"


class DataFolder:
    """A folder that is there, can be written, and is nobody else's while this object lives.

    Raises:
        ParameterError: it cannot be made or written.
        PortError: another OpenRESS uses it.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            path.mkdir(parents=True, exist_ok=True)
            self._lock = FileLock(path / _LOCK)
        except OSError as error:
            raise ParameterError(
                f"The data folder {path} cannot be used: {error.strerror}; name another one with --data."
            ) from error
        if not self._lock.held:
            self._lock.close()
            raise PortError(
                f"The data folder {path} is in use by another OpenRESS; stop it, or name another one with --data."
            )

    def close(self) -> None:
        """Let others have it."""
        self._lock.close()


class FileLock:
    """A file that one program holds; it goes with the program, even when that is killed.

    Attributes:
        held: whether this object has it.

    Raises:
        OSError: the file cannot be made.
    """

    def __init__(self, path: Path) -> None:
        self._file = path.open("a+", encoding="ascii")
        self.held = _locked(self._file.fileno())

    def close(self) -> None:
        """Let others have it."""
        self._file.close()


def _locked(number: int) -> bool:
    """Take the lock of an open file; it goes with the file, even when the process is killed."""
    if sys.platform == "win32":
        import msvcrt  # noqa: PLC0415  # exists there only

        try:
            msvcrt.locking(number, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True
    import fcntl  # noqa: PLC0415  # exists there only

    try:
        fcntl.flock(number, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
