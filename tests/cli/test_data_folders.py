"""Verbs that only read a data folder: one that is not there is a sentence, and stays not there."""

from __future__ import annotations

from pathlib import Path

import click
import pytest
from tests.cli.test_verbs import RUN
from tests.processes import here

SILENT = "tcp://127.0.0.1:1"
READ = {
    "accounts audit": (),
    "accounts list": (),
    "accounts password": ("ines", "--password-stdin"),
    "accounts remove": ("ines",),
    "accounts role": ("ines", "viewer"),
    "accounts token add": ("ines",),
    "accounts token revoke": ("3f9a",),
    "history": ("soc_pct",),
    "incident export": ("--out", "pull.jsonl.gz"),
    "incident list": (),
    "incident replay": (),
    "incident show": (),
    "logs verify": (),
    "params journal": (),
}
"""Verb -> what it needs besides."""
LINE = {
    "logs export": (SILENT, "-", "--format", "csv"),
    "logs read": (SILENT,),
    "params diff": (SILENT,),
    "params read": (SILENT,),
    "params recover": (SILENT,),
}
"""Likewise for verbs that read packs, here over a line that is dead."""
WRITES = {
    *("accounts add", "accounts claim-code", "up"),
    *("params clone", "params restore", "params undo", "params write"),
    *(name for name in RUN if name.startswith("control ")),
}


def with_data(command: click.Command) -> bool:
    return any("--data" in parameter.opts for parameter in command.params)


def test_each_verb_with_a_data_folder_is_known_to_read_or_to_write() -> None:
    assert {name for name, command in RUN.items() if with_data(command)} == READ.keys() | LINE.keys() | WRITES


@pytest.mark.parametrize("json", [(), ("--json",)], ids=["text", "json"])
@pytest.mark.parametrize("verb", READ)
def test_what_is_not_there_is_a_sentence_and_is_not_made(tmp_path: Path, verb: str, json: tuple[str, ...]) -> None:
    typo = tmp_path / "typo"
    done = here(*verb.split(), *READ[verb], "--data", str(typo), *json)
    assert done.returncode == 2, done
    assert str(typo) in done.stderr
    assert "--data" in done.stderr
    assert done.stderr.count("\n") == 1
    assert not done.stdout
    assert not typo.exists()


@pytest.mark.parametrize("verb", LINE)
def test_packs_are_read_without_a_data_folder(tmp_path: Path, verb: str) -> None:
    typo = tmp_path / "typo"
    done = here(*verb.split(), *LINE[verb], "--data", str(typo))
    assert done.returncode == 1, done
    assert "nobody listens there" in done.stderr
    assert not typo.exists()
