"""The file in which a gateway's hand-over outlives the program: in memory, where the system has such a folder.

It is written twice a second, which no flash memory would stand for long, and it is worth nothing after a start of the
computer; so it lies where the system keeps what is gone then. Without such a folder a restarted gateway process is
still handed everything by the program that started it.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from openress.errors import FrameError
from openress.gateway.handover import LONGEST, HandOver, from_text, to_text

__all__ = ["HandOverFile", "boot_id", "hand_over_file"]

_BOOT = Path("/proc/sys/kernel/random/boot_id")
_MINUTE_S = 60


def boot_id() -> str:
    """Which start of the computer this is; where the system does not say, the minute of it."""
    try:
        return _BOOT.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError):
        return f"minute {round((time.time_ns() / 1e9 - time.monotonic()) / _MINUTE_S)}"


class HandOverFile:
    """One file, for one session.

    Args:
        path: of the file.
        session: which inverter, line and rack it is for.
        say: told why a hand-over is not used, or cannot be kept.
        boot: which start of the computer this is.
    """

    def __init__(self, path: Path, session: str, say: Callable[[str], None], boot: str) -> None:
        self.path = path
        self._session = session
        self._say = say
        self._boot = boot
        self._complained = False

    def read(self) -> HandOver | None:
        """What was handed over, if that can be used."""
        try:
            with self.path.open(encoding="utf-8") as file:
                return from_text(file.read(LONGEST), self._session, self._boot)
        except FileNotFoundError:
            return None
        except FrameError as error:
            self._say(str(error))
        except (OSError, UnicodeDecodeError):
            self._say(f"The hand-over {self.path} cannot be read and is not used.")
        return None

    def write(self, found: HandOver) -> None:
        """Keep a hand-over; whoever reads finds the old one or the new one, whole."""
        new = self.path.with_suffix(".new")
        try:
            descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(descriptor, "w", encoding="utf-8") as file:
                file.write(to_text(found, self._session, self._boot))
            new.replace(self.path)
        except OSError as error:
            if not self._complained:
                self._complained = True
                self._say(f"The hand-over {self.path} cannot be written: {error.strerror}.")


def hand_over_file(
    session: str, say: Callable[[str], None], environment: Mapping[str, str] = os.environ
) -> HandOverFile | None:
    """The file of a session; `None` where the system has no folder of its own for what a start may erase."""
    # A service manager gives the first, a login the second; both belong to us alone.
    root = environment.get("RUNTIME_DIRECTORY", "").split(":")[0] or environment.get("XDG_RUNTIME_DIR", "")
    if not root:
        return None
    folder = Path(root) / "openress"
    with contextlib.suppress(OSError):
        folder.mkdir(mode=0o700, exist_ok=True)
    if not folder.is_dir():
        return None
    name = hashlib.sha256(session.encode()).hexdigest()[:16]
    return HandOverFile(folder / f"gateway-{name}.json", session, say, boot_id())
