"""Single keys of a terminal, without Enter."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

__all__ = ["until_key"]

_LOOK_S = 0.05


@asynccontextmanager
async def until_key(key: str) -> AsyncIterator[asyncio.Event]:
    """An event that is set when `key` is pressed; where standard input is no terminal it never is.

    The terminal is given back as it was.
    """
    pressed = asyncio.Event()
    if not sys.stdin.isatty():
        yield pressed
        return
    if sys.platform == "win32":
        watching = asyncio.create_task(_windows(key, pressed))
        try:
            yield pressed
        finally:
            watching.cancel()
        return
    import termios  # noqa: PLC0415  # not on Windows
    import tty  # noqa: PLC0415  # likewise

    descriptor, loop = sys.stdin.fileno(), asyncio.get_running_loop()

    def look() -> None:
        if key in os.read(descriptor, 64).decode(errors="replace").lower():
            pressed.set()

    before = termios.tcgetattr(descriptor)
    tty.setcbreak(descriptor)
    loop.add_reader(descriptor, look)
    try:
        yield pressed
    finally:
        loop.remove_reader(descriptor)
        termios.tcsetattr(descriptor, termios.TCSADRAIN, before)


async def _windows(key: str, pressed: asyncio.Event) -> None:
    if sys.platform == "win32":
        import msvcrt  # noqa: PLC0415  # only there

        while True:
            while msvcrt.kbhit():
                if msvcrt.getwch().lower() == key:
                    pressed.set()
            await asyncio.sleep(_LOOK_S)
