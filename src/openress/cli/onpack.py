"""What the verbs that read and change packs have in common: their options, their session, and asking a person."""

from __future__ import annotations

import asyncio
import signal
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import click

from openress.catalog import load_product
from openress.cli.completing import dialects, products
from openress.cli.numbers import Finite
from openress.clock import unix_s
from openress.errors import ParameterError
from openress.folders import default_folder
from openress.journalling import journal_at, local_user
from openress.ports import open_port, parse_link
from openress.protocols import find_dialect
from openress.rack.poll import Poller, Timing
from openress.rack.session import Author, Reached, Session

__all__ = [
    "Target",
    "agree",
    "author",
    "begin",
    "must_be_able_to_ask",
    "opened",
    "pack_options",
    "say",
    "write_options",
]

DEFAULT_PRODUCT = "syscom-a5l-51v2"
F = TypeVar("F", bound=Callable[..., Any])

_LINE = (
    click.option("--dialect", default="pace", show_default=True, help="What the packs speak.", shell_complete=dialects),
    click.option(
        "--product",
        default=DEFAULT_PRODUCT,
        show_default=True,
        help="What the packs are, or a file.",
        shell_complete=products,
    ),
    click.option("--data", type=click.Path(path_type=Path), help="Data folder with the journal."),
    click.option("--timeout-s", type=Finite(0.01, 60), default=0.6, show_default=True, help="Wait so long."),
    click.option("--json", "as_json", is_flag=True, help="One JSON object."),
)
_PACK = click.option("--pack", type=click.IntRange(0), default=1, show_default=True, help="Number of the pack.")
_YES = click.option("--yes", is_flag=True, help="Do not ask; for scripts.")


@dataclass(frozen=True, slots=True)
class Target:
    """Where a verb works: its common options."""

    link: str
    dialect: str
    product: str
    data: Path | None
    timeout_s: float
    as_json: bool
    pack: int = 1

    @property
    def folder(self) -> Path:
        """The data folder."""
        return self.data or default_folder()


def _gather(function: F) -> F:
    """Hand the common options to a command as one `Target`."""
    names = ("link", "dialect", "product", "data", "timeout_s", "as_json", "pack")

    def gathered(**options: Any) -> Any:
        target = Target(**{name: options.pop(name) for name in names if name in options})
        return function(target, **options)

    gathered.__name__, gathered.__doc__ = function.__name__, function.__doc__
    gathered.__click_params__ = getattr(function, "__click_params__", [])  # type: ignore[attr-defined]
    return gathered  # type: ignore[return-value]


def pack_options(function: F) -> F:
    """LINK, the options of a line and `--pack`; the command gets them as a `Target`."""
    wrapped = _gather(function)
    for option in (*reversed(_LINE), _PACK):
        wrapped = option(wrapped)
    return click.argument("link")(wrapped)


def write_options(function: F) -> F:
    """As `pack_options`, and `--yes`."""
    return pack_options(_YES(function))


def say(text: str) -> None:
    """Tell a person something that is no result."""
    click.echo(f"openress: {text}", err=True)


def author() -> Author:
    """Who sits at this shell; whoever does counts as installer."""
    return Author(local_user())


@asynccontextmanager
async def opened(target: Target, *, writes: bool) -> AsyncIterator[Session]:
    """The line, open, with the journal.

    Raises:
        ParameterError: a name that is none, or a folder that cannot be used.
        PortError: the line cannot be opened, or somebody else writes now.
    """
    found = find_dialect(target.dialect)
    parts = found.parts()
    if parts.client is None:
        raise ParameterError(f"{found.name} cannot be read; `openress dialects` lists what can.")
    client, product, link = parts.client(), load_product(target.product), parse_link(target.link)
    client.address(target.pack)
    with journal_at(target.folder, at_s=unix_s(), say=say, writes=writes) as journal:
        port = await open_port(link)
        try:
            async with Poller(port, client, time.monotonic, Timing(timeout_s=target.timeout_s)) as poller:
                yield Session(
                    poller=poller,
                    client=client,
                    dialect=found,
                    parts=parts,
                    link=port.name,
                    product=product,
                    journal=journal,
                    clock_s=unix_s,
                )
        finally:
            await port.close()


def begin(reached: Reached) -> str:
    """How a sentence about a pack begins."""
    return f"P{str(reached)[1:]}"


def must_be_able_to_ask(*, yes: bool) -> None:
    """Refuse to go on where nobody can be asked and nobody has agreed beforehand.

    Raises:
        ParameterError: there is no terminal, and no --yes.
    """
    if not yes and not sys.stdin.isatty():
        raise ParameterError("Nothing was changed: there is no terminal to ask at; say --yes to agree beforehand.")


def agree(question: str, *, yes: bool, word: str | None = None) -> bool:
    """Ask a person, in the middle of a coroutine.

    Args:
        question: in words.
        yes: agreed beforehand.
        word: must be typed; without it y or n is asked.

    Raises:
        click.Abort: Ctrl-C.
    """
    if yes:
        return True
    with _interruptible():
        if word is None:
            return click.confirm(question, err=True)
        typed: str = click.prompt(f"{question} Type {word} to agree", err=True, default="", show_default=False)
        return typed.strip() == word


@contextmanager
def _interruptible() -> Iterator[None]:
    """Ctrl-C and an order to end are obeyed at a question, while the loop that hears them otherwise stands still."""
    loop, task = asyncio.get_running_loop(), asyncio.current_task()
    replaced = [number for number in (signal.SIGINT, signal.SIGTERM) if _given_back(loop, number)]
    yield
    # Not after a Ctrl-C: the loop, which heard it too, would cancel the task over it.
    if task is not None:
        for number in replaced:
            loop.add_signal_handler(number, task.cancel)


def _given_back(loop: asyncio.AbstractEventLoop, number: int) -> bool:
    """Whether the loop had a signal, and has let Python have it back."""
    try:
        return loop.remove_signal_handler(number)
    except NotImplementedError:
        # Windows: it was never taken from Python.
        return False
