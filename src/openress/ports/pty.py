"""Pseudo-terminals: a port that other programs on this computer open as if it were a serial port."""

from __future__ import annotations

import asyncio
import os
import re
import struct
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from openress.errors import PortError, reason
from openress.ports.base import CHUNK, STALL_S, SoleReader

if sys.platform != "win32":
    import fcntl
    import termios

    _NAMED_SPEEDS = {
        getattr(termios, name): int(name[1:]) for name in dir(termios) if re.fullmatch("B[1-9][0-9]*", name)
    }

if TYPE_CHECKING:
    from openress.ports.url import PtyLink

__all__ = ["PtyPort", "open_pty"]

# A full pseudo-terminal reports itself writable over and over on Linux (seen on 6.18: 3000 times a
# second), so a write waits by the clock. It holds some 13 kB, hence 1 MB/s at this step.
_RETRY_S = 0.01


def open_pty(link: PtyLink, *, stall_s: float = STALL_S) -> PtyPort:
    """Make a pseudo-terminal and a symbolic link to the side that other programs open.

    A link already at the path is replaced when it points nowhere, or to the very pseudo-terminal just
    made: that is what a run that was killed leaves behind. Anything else there is left alone.

    Args:
        link: where to put the link.
        stall_s: as `STALL_S`.

    Raises:
        PortError: the path is taken or cannot be written, or the system has no pseudo-terminals.
    """
    if sys.platform == "win32":
        raise PortError(
            f"{link} cannot be made: Windows has no pseudo-terminals. Use tcp-listen://127.0.0.1:4196 or a "
            "null-modem driver such as com0com."
        )
    try:
        ours, theirs = os.openpty()
    except OSError as error:
        raise PortError(f"{link} cannot be made: {reason(error)}.") from error
    try:
        _make_raw(theirs)
        os.set_blocking(ours, False)
        _make_link(link, os.ttyname(theirs))
    except BaseException:
        os.close(ours)
        os.close(theirs)
        raise
    return PtyPort(link, ours, theirs, stall_s=stall_s)


def _make_raw(terminal: int) -> None:
    """Switch off everything a terminal does to bytes: echo, line ends, signals, flow control."""
    flags = termios.tcgetattr(terminal)
    input_flags, output_flags, control_flags, local_flags = (
        0,
        0,
        termios.CS8 | termios.CREAD | termios.CLOCAL,
        0,
    )
    flags[:4] = [input_flags, output_flags, control_flags, local_flags]
    termios.tcsetattr(terminal, termios.TCSANOW, flags)


def _make_link(link: PtyLink, device: str) -> None:
    path = Path(link.path)
    try:
        if path.is_symlink() and (not path.exists() or str(path.readlink()) == device):
            path.unlink()
        path.symlink_to(device)
    except FileExistsError as error:
        what = f"a link to {path.readlink()}" if path.is_symlink() else "something else"
        raise PortError(
            f"{link} cannot be made: {path} is already {what}. Remove it if nobody uses it, or choose another path."
        ) from error
    except FileNotFoundError as error:
        raise PortError(f"{link} cannot be made: there is no directory {path.parent}. Create it first.") from error
    except OSError as error:
        raise PortError(f"{link} cannot be made: {reason(error)}. Choose another path.") from error


class PtyPort:
    """The `BytePort` behind a pseudo-terminal, made by `open_pty`.

    It keeps the other side open itself, so clients come and go without an error here. Without a client
    the system holds what is written, some kilobytes; after a write that nobody takes all of it is
    dropped, so that a later client does not get stale answers.
    """

    def __init__(self, link: PtyLink, ours: int, theirs: int, *, stall_s: float) -> None:
        self._link = link
        self._ours = ours
        self._theirs = theirs
        self._path = Path(link.path).absolute()  # the working directory may change before the end
        self._device = os.ttyname(theirs)
        self._stall_s = stall_s
        self._sole_reader = SoleReader()
        self._waiting: asyncio.Future[None] | None = None
        self._writing = asyncio.Lock()
        self._closed = False

    @property
    def name(self) -> str:
        """The link URL."""
        return str(self._link)

    @property
    def baud(self) -> int | None:
        """The speed that the program at the other side has set; `None` when nobody has, or it cannot be told.

        Bytes pass at once whatever the speed. A new pseudo-terminal has 38400, so that cannot be told from none.
        """
        if self._closed:
            return None
        speed = _speed(self._theirs)
        return None if speed == _SPEED_OF_A_NEW_ONE else speed

    async def read(self) -> bytes:
        """See `BytePort.read`; without a client it waits for one."""
        with self._sole_reader:
            while True:
                self._check_open()
                try:
                    return os.read(self._ours, CHUNK)
                except BlockingIOError:
                    await self._readable()
                except OSError as error:
                    raise PortError(f"{self.name} is gone: {reason(error)}.") from error

    async def _readable(self) -> None:
        loop = asyncio.get_running_loop()
        self._waiting = waiting = loop.create_future()
        loop.add_reader(self._ours, _finish, waiting)
        try:
            await waiting
        finally:
            self._waiting = None
            if not self._closed:
                loop.remove_reader(self._ours)

    async def write(self, data: bytes) -> None:
        """See `BytePort.write`."""
        self._check_open()
        left = memoryview(data)
        clock = asyncio.get_running_loop().time
        async with self._writing:
            moved_s = clock()
            while left:
                self._check_open()
                try:
                    left = left[os.write(self._ours, left) :]
                    moved_s = clock()
                except BlockingIOError:
                    if clock() - moved_s >= self._stall_s:
                        self._drop()
                        raise PortError(
                            f"{self.name} is stuck: nobody has read from it for {self._stall_s:g} s. "
                            "Open it in the program that should."
                        ) from None
                    await asyncio.sleep(_RETRY_S)
                except OSError as error:
                    raise PortError(f"{self.name} is gone: {reason(error)}.") from error

    def _drop(self) -> None:
        # First what has not reached the other side's input queue, then that queue.
        termios.tcflush(self._ours, termios.TCOFLUSH)
        termios.tcflush(self._theirs, termios.TCIFLUSH)

    async def close(self) -> None:
        """See `BytePort.close`; takes the link away if it is still ours."""
        if self._closed:
            return
        self._closed = True
        asyncio.get_running_loop().remove_reader(self._ours)
        if self._waiting:
            _finish(self._waiting)
        os.close(self._ours)
        os.close(self._theirs)
        try:
            self._remove_link()
        except OSError as error:
            raise PortError(f"{self.name} is closed, but its link cannot be removed: {reason(error)}.") from error

    def _remove_link(self) -> None:
        if self._path.is_symlink() and str(self._path.readlink()) == self._device:
            self._path.unlink()

    def _check_open(self) -> None:
        if self._closed:
            raise PortError(f"{self.name} is closed: open it again.")


_SPEED_OF_A_NEW_ONE = 38400
_TCGETS2 = 0x802C542A
"""Linux's request for line settings with the speed as a number (asm-generic/termbits.h), for speeds without a name."""
_TERMIOS2 = struct.Struct("4I20B2I")


def _speed(terminal: int) -> int | None:
    named = termios.tcgetattr(terminal)[5]
    if named in _NAMED_SPEEDS:
        return _NAMED_SPEEDS[named]
    if not sys.platform.startswith("linux"):
        return int(named) or None
    try:
        settings = fcntl.ioctl(terminal, _TCGETS2, bytes(_TERMIOS2.size))
    except OSError:
        # Architectures with another number for it; there such a speed cannot be told.
        return None
    return int(_TERMIOS2.unpack(settings)[-1]) or None


def _finish(waiting: asyncio.Future[None]) -> None:
    if not waiting.done():
        waiting.set_result(None)
