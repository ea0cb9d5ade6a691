"""An output that is full is told in one sentence; a reader that goes away, as `head` does, is no failure."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from openress.cli.main import main

VERBS = [
    "help safety",
    "help --json",
    "plan --packs 4 --inverter victron",
    "dialects",
    "inverters",
    "dbc victron-can",
    "sheet victron --json",
    "--help",
    "plan --help",
]
FULL = Path("/dev/full")


def run(words: str, output: int, monkeypatch: pytest.MonkeyPatch) -> int:
    """The exit code of the program with its standard output there."""
    with os.fdopen(output, "w", encoding="utf-8") as stream:
        monkeypatch.setattr(sys, "argv", ["openress", *words.split()])
        monkeypatch.setattr(sys, "stdout", stream)
        with pytest.raises(SystemExit) as ended:
            main()
    return int(ended.value.code or 0)


@pytest.mark.skipif(not FULL.exists(), reason="only some systems have a device that is always full")
@pytest.mark.parametrize("words", VERBS)
def test_a_full_disk_is_one_sentence(
    words: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(words, os.open(FULL, os.O_WRONLY), monkeypatch) == 1
    told = capsys.readouterr().err
    assert told == "openress: The output cannot be written: No space left on device; give it another place.\n"


@pytest.mark.skipif(sys.platform == "win32", reason="Windows tells a broken pipe otherwise")
@pytest.mark.parametrize("words", VERBS)
def test_a_reader_that_has_gone_is_no_failure(
    words: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    assert run(words, writer, monkeypatch) == 0
    assert capsys.readouterr().err == ""


def test_a_program_without_an_output_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["openress", "dialects"])
    monkeypatch.setattr(sys, "stdout", None)
    with pytest.raises(SystemExit) as ended:
        main()
    assert not ended.value.code
