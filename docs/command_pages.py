"""The page of the command line: every verb, and the verb for every route of the API."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
from tables import table

from openress.app import App
from openress.cli.lessons import LESSONS, WITHOUT_JSON
from openress.cli.main import VERBS, program
from openress.cli.parity import EXEMPT, VERB_OF
from openress.config import Config
from openress.errors import StateError
from openress.sections import HttpConfig, LinkConfig

HERE = Path(__file__).parent
TEXT = HERE / "command_line_head.txt"


def command_page() -> Iterator[str]:
    """The written part, then the tables."""
    yield TEXT.read_text(encoding="utf-8").rstrip()
    yield ""
    yield "## Verbs"
    yield ""
    yield "`openress VERB --help` has the options and examples."
    yield ""
    rows = [[f"`{name}`", sentence, _json(name), f"[{page}]({page})"] for name, sentence, page in _verbs()]
    yield from table(["Verb", "What it does", "`--json`", "More"], rows)
    yield ""
    yield "Without `--json`, and why:"
    yield ""
    for name, reason in WITHOUT_JSON.items():
        yield f"- `{name}` {reason}."
    yield ""
    yield "## The page, the API and the verbs"
    yield ""
    yield "Whatever the page has done over the API a verb does too, under the same keys."
    yield ""
    found = [(route, summary) for route, summary in _routes() if route in VERB_OF]
    yield from table(["Route", "What it gives", "Verb"], [[f"`{r}`", s, f"`{VERB_OF[r]}`"] for r, s in found])
    yield ""
    yield "Routes without a verb:"
    yield ""
    for route, reason in EXEMPT.items():
        yield f"- `{route}`: {reason}."


def _verbs() -> Iterator[tuple[str, str, str]]:
    ctx = click.Context(program)
    for name, lesson in LESSONS.items():
        verb, _, below = name.partition(" ")
        command, sentence = program.get_command(ctx, verb), VERBS[verb]
        for word in below.split():
            if isinstance(command, click.Group):
                command = command.commands[word]
                sentence = (command.help or "").strip().split("\n\n")[0]
        yield name, " ".join(sentence.split()), lesson.page


def _json(name: str) -> str:
    return "" if name in WITHOUT_JSON else "yes"


def _routes() -> Iterator[tuple[str, str]]:
    """The routes of an OpenRESS as it comes, with what each is."""

    async def description(folder: Path) -> dict[str, Any]:
        config = Config(data=folder, http=HttpConfig(port=0), links=[LinkConfig(url="tcp-listen://127.0.0.1:0")])
        async with App(config, say=print) as app:
            if app.hub is None:
                raise StateError("An OpenRESS that has begun has no snapshots.")
            found: dict[str, Any] = app.door.api(app.hub, app.routers()).openapi()["paths"]
            return found

    with tempfile.TemporaryDirectory() as made:
        paths = asyncio.run(description(Path(made)))
    for path, methods in paths.items():
        for method, told in methods.items():
            yield f"{method.upper()} {path}", told["summary"]
