"""How far something is, for a person who waits: on standard error, only where that is a terminal, never beside JSON."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager

import click
from click.termui import progressbar

__all__ = ["bar", "counted", "working"]

_EVERY_S = 0.5
_CLEAR = "\r\x1b[K"


def _watched(*, as_json: bool) -> bool:
    """Whether a person sees what is written about progress."""
    return not as_json and sys.stderr.isatty()


@contextmanager
def bar(label: str, *, as_json: bool) -> Iterator[Callable[[int, int], None]]:
    """A bar; the function given is told how much is done, of how much.

    Args:
        label: what is being done.
        as_json: the result is for a program.
    """
    if not _watched(as_json=as_json):
        yield lambda _done, _of: None
        return
    with progressbar(length=1, label=label, file=sys.stderr) as shown:

        def tell(done: int, of: int) -> None:
            shown.length = max(1, of)
            shown.update(min(done, of) - shown.pos)

        yield tell
        shown.update((shown.length or 1) - shown.pos)


@contextmanager
def working(label: str, *, as_json: bool) -> Iterator[None]:
    """A line that stands while something runs that cannot tell how far it is."""
    watched = _watched(as_json=as_json)
    if watched:
        click.echo(f"{label} ...", err=True, nl=False)
    try:
        yield
    finally:
        if watched:
            click.echo(_CLEAR, err=True, nl=False)


@asynccontextmanager
async def counted(count: Callable[[], str], *, as_json: bool) -> AsyncIterator[Callable[[str], None]]:
    """A line that counts while something runs whose end is not known.

    The function given prints other lines for people, so that the two do not mix.
    """
    watched = _watched(as_json=as_json)

    def say(text: str) -> None:
        click.echo(f"{_CLEAR}{text}" if watched else text, err=True)

    if not watched:
        yield say
        return

    async def tell() -> None:
        while True:
            await asyncio.sleep(_EVERY_S)
            click.echo(f"{_CLEAR}{count()}", err=True, nl=False)

    telling = asyncio.create_task(tell())
    try:
        yield say
    finally:
        telling.cancel()
        await asyncio.gather(telling, return_exceptions=True)
        click.echo(_CLEAR, err=True, nl=False)
