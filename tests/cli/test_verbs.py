"""All verbs at once: each can be learned, told as JSON, completed, and does what the page does."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from click.shell_completion import BashComplete
from click.testing import CliRunner
from tests.processes import ENVIRONMENT, REPOSITORY

from openress.app import App
from openress.cli.lessons import LESSONS, WITHOUT_JSON
from openress.cli.main import VERBS, program
from openress.cli.parity import EXEMPT, VERB_OF
from openress.config import Config
from openress.drill import DRILLS
from openress.invertercatalog import inverters
from openress.params import BY_KEY
from openress.protocols import DIALECTS
from openress.sections import HttpConfig, LinkConfig


def walk(name: str, command: click.Command) -> Iterator[tuple[str, click.Command]]:
    """All that can be run, with its name as it is typed."""
    if not isinstance(command, click.Group):
        yield name, command
        return
    ctx = click.Context(command)
    if name and command.invoke_without_command:
        yield name, command
    for below in command.list_commands(ctx):
        found = command.get_command(ctx, below)
        assert found is not None
        yield from walk(f"{name} {below}".strip(), found)


RUN = dict(walk("", program))


def test_the_verbs_stand_in_order_of_the_alphabet() -> None:
    assert list(VERBS) == sorted(VERBS)
    assert list(LESSONS) == sorted(LESSONS)


def test_every_verb_has_its_lesson() -> None:
    assert set(LESSONS) == set(RUN), "openress.cli.lessons has a row for each verb"


@pytest.mark.parametrize("name", RUN)
def test_a_verb_can_be_learned_from_its_help(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    command, lesson = RUN[name], LESSONS[name]
    assert command.help
    shown = command.get_help(click.Context(command, info_name=f"openress {name}"))
    assert f"More: docs/{lesson.page}" in shown
    page = REPOSITORY / "docs" / lesson.page
    assert f"openress {name.split(maxsplit=1)[0]}" in page.read_text(encoding="utf-8"), f"{page} does not speak of it"
    assert lesson.examples
    monkeypatch.chdir(tmp_path)
    for example in lesson.examples:
        assert f"openress {example}" in shown
        for word in shlex.split(example):
            if word.endswith((".csv", ".json")):
                Path(word).touch()
        assert parsed(shlex.split(example)) == name


def parsed(words: list[str]) -> str:
    """The verb that would run; refuses what that verb would refuse before it begins."""
    ctx = program.make_context("openress", words)
    name = []
    while isinstance(ctx.command, click.Group):
        rest = [*ctx._protected_args, *ctx.args]
        if not rest:
            assert ctx.command.invoke_without_command
            break
        verb, command, rest = ctx.command.resolve_command(ctx, rest)
        assert verb is not None
        assert command is not None
        name.append(verb)
        ctx = command.make_context(verb, rest, parent=ctx)
    return " ".join(name)


@pytest.mark.parametrize("name", RUN)
def test_a_verb_prints_json_or_says_why_not(name: str) -> None:
    has = any("--json" in parameter.opts for parameter in RUN[name].params)
    assert has is not bool(WITHOUT_JSON.get(name)), "either --json or a reason in openress.cli.lessons"


@pytest.mark.parametrize(
    ("tab", "verb"),
    [
        ("RealTimeMonitoring", "top"),
        ("ParameterSetting", "params write"),
        ("System Settings", "control clock"),
        ("Inverter Protocol Settings", "control protocol"),
        ("Logs", "logs read"),
        ("Help", "help"),
    ],
)
def test_every_tab_of_the_service_tool_has_a_verb(tab: str, verb: str) -> None:
    assert verb in RUN, tab


def test_no_reason_is_left_over() -> None:
    assert set(WITHOUT_JSON) <= set(RUN)


async def test_whatever_the_page_does_a_verb_does(tmp_path: Path) -> None:
    config = Config(data=tmp_path, http=HttpConfig(port=0), links=[LinkConfig(url="tcp-listen://127.0.0.1:0")])
    async with App(config, say=pytest.fail) as app:
        assert app.hub is not None
        paths = app.door.api(app.hub, app.routers()).openapi()["paths"]
    routes = {f"{method.upper()} {path}" for path, methods in paths.items() for method in methods}
    assert not VERB_OF.keys() & EXEMPT.keys()
    assert routes == VERB_OF.keys() | EXEMPT.keys(), "openress.cli.parity names every route"
    for route, words in VERB_OF.items():
        verb = next(name for name in (words, words.rsplit(" ", 1)[0]) if name in RUN)
        option = words.removeprefix(verb).strip()
        assert not option or any(option in parameter.opts for parameter in RUN[verb].params), route
    assert all(EXEMPT.values())


def completed(*words: str) -> list[str]:
    *before, begun = words
    return [item.value for item in BashComplete(program, {}, "openress", "_").get_completions(before, begun)]


def test_names_are_completed() -> None:
    assert completed("up") == ["up", "update-check"]
    assert completed("") == sorted(VERBS)
    assert completed("params", "re") == ["read", "recover", "restore"]
    assert completed("read", "--pa") == ["--pack"]
    assert completed("read", "--dialect", "") == list(DIALECTS)
    assert "syscom-a5l-51v2" in completed("sim", "run", "--product", "sys")
    assert completed("sheet", "vic") == [name for name in inverters() if name.startswith("vic")]
    assert completed("drill", "re") == [name for name in DRILLS if name.startswith("re")]
    assert completed("params", "read", "serial:x", "soc_low") == [key for key in BY_KEY if key.startswith("soc_low")]
    assert completed("params", "write", "serial:x", "soc_low_al") == ["soc_low_alarm_pct="]
    assert completed("nothing", "") == sorted(VERBS)


def asked_by(shell: str, *words: str) -> list[str]:
    """What the script of a shell is given when Tab is pressed behind the last word, without the descriptions."""
    # Fish hands over what stands before, and the word that is begun; zsh all words and which of them that is.
    told = {"COMP_WORDS": " ".join(words), "COMP_CWORD": words[-1] if shell == "fish" else str(len(words) - 1)}
    given = {**told, "_OPENRESS_COMPLETE": f"{shell}_complete"}
    lines = CliRunner().invoke(program, [], prog_name="openress", env=given).stdout.splitlines()
    if shell == "fish":
        return [line.removeprefix("plain,").partition("\t")[0] for line in lines]
    # Kind, value and description, a line each.
    assert set(lines[::3]) <= {"plain"}
    return lines[1::3]


@pytest.mark.parametrize("shell", ["zsh", "fish"])
def test_other_shells_are_given_the_same(shell: str) -> None:
    for words in (
        ("inv",),
        ("params", "re"),
        ("read", "--pa"),
        ("read", "--dialect", "pylontech-c"),
        ("sheet", "vic"),
        ("params", "write", "serial:x", "soc_low_al"),
    ):
        assert asked_by(shell, "openress", *words) == completed(*words) != []


def test_a_key_is_followed_by_its_value_without_a_space() -> None:
    scripts = {shell: here_script(shell) for shell in ("bash", "zsh", "fish")}
    assert "== *= ]] && compopt -o nospace" in scripts["bash"]
    assert "== *= ]] && end=(-S '')" in scripts["zsh"]
    assert all(f"_OPENRESS_COMPLETE={shell}_complete" in script for shell, script in scripts.items())


def here_script(shell: str) -> str:
    done = CliRunner().invoke(program, ["completion", shell], prog_name="openress")
    assert done.exit_code == 0
    return done.output


@pytest.mark.skipif(sys.platform == "win32" or shutil.which("bash") is None, reason="there is no bash")
def test_bash_completes_verbs_without_importing_them() -> None:
    script = (
        'eval "$(openress completion bash)"\n'
        "COMP_WORDS=(openress inv); COMP_CWORD=1; export PYTHONPROFILEIMPORTTIME=1\n"
        "_openress_completion openress\n"
        'echo "${COMPREPLY[@]}"\n'
    )
    environment = {**ENVIRONMENT, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
    done = subprocess.run(["bash", "-c", script], capture_output=True, text=True, check=True, env=environment)
    assert done.stdout.split() == ["inverter", "inverters"]
    assert "openress.cli.main" in done.stderr
    for module in ("openress.cli.inverter\n", "openress.protocols", "openress.config", "asyncio", "pydantic"):
        assert module not in done.stderr
