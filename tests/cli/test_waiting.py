"""Verbs that let a person wait say so, on standard error, and only there."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.processes import here

SHORT = ("--timeout-s", "0.02")


@pytest.fixture
def silent() -> Iterator[str]:
    """A link on which nobody answers."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"tcp://127.0.0.1:{server.getsockname()[1]}"


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """Standard error is one."""
    monkeypatch.setattr("openress.cli.progress._watched", lambda *, as_json: not as_json)


@pytest.mark.usefixtures("terminal")
def test_update_check_says_that_it_listens_and_asks(silent: str, tmp_path: Path) -> None:
    given = ("update-check", silent, "--packs", "2", "--seconds", "0.1", *SHORT, "--log", str(tmp_path / "log"))
    done = here(*given)
    assert "listening for 0.1 s ..." in done.stderr
    assert "asking packs" in done.stderr
    assert "listening" not in done.stdout
    quiet = here(*given, "--json")
    assert quiet.stderr == ""
    assert json.loads(quiet.stdout)["link"] == silent


@pytest.mark.usefixtures("terminal")
def test_who_asks_a_broker_says_so(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    config = tmp_path / "mqtt.toml"
    config.write_text(f'[mqtt]\nhost = "127.0.0.1"\nport = {port}\n')
    assert here("mqtt", "test", "--config", str(config)).stderr.startswith(f"asking 127.0.0.1:{port} ...")
    assert "asking" not in here("mqtt", "test", "--config", str(config), "--json").stderr


@pytest.mark.usefixtures("terminal")
def test_read_says_that_it_looks_for_packs(silent: str) -> None:
    done = here("read", silent, *SHORT)
    assert done.stderr.startswith("looking for packs and reading them ...")
    assert done.stdout == ""
    assert "looking for" not in here("read", silent, *SHORT, "--json").stderr
    assert here("read", silent, "--pack", "3", *SHORT).stderr.startswith("reading pack 3 ...")
