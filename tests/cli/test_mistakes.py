"""Sentences about what a person gave: they name it, where it is and what to do, in words that are no program's."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest
from tests.processes import here

from openress.errors import reason


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("serve", "pace", "pty:x", "--packs", "x"), "'--packs': 'x' is no whole number; give one from 1."),
        (("commission", "f", "--packs", "2.5"), "'--packs': '2.5' is no whole number; give one from 1 up to 64."),
        (("up", "--speed", "fast"), "'--speed': 'fast' is no number; give one above 0 up to 600."),
        (("cell", "soc", "--log", __file__, "--capacity", "full"), "'--capacity': 'full' is no number; give one."),
        (("up", "--packs", "0"), "'--packs': 0 is not in the range x>=1."),
    ],
)
def test_a_word_where_a_number_belongs(words: tuple[str, ...], sentence: str) -> None:
    done = here(*words)
    assert done.returncode == 2
    assert sentence in done.stderr


def test_one_product_is_not_several_variants() -> None:
    meant = here("sheet", "sol-ark", "--battery", "sok").stderr
    assert meant == "openress: sok is no battery product by itself; name sok-sk48v100.\n"
    assert "comes in several variants; name one of" in here("sheet", "sol-ark", "--battery", "powersync-lfp-lv").stderr


def test_no_sentence_has_a_number_of_the_system(tmp_path: Path) -> None:
    none = tmp_path / "none"
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    config = tmp_path / "mqtt.toml"
    config.write_text(f'[mqtt]\nhost = "127.0.0.1"\nport = {port}\n')
    for words in (
        ("storage", "--history", str(none)),
        ("mqtt", "test", "--config", str(config)),
    ):
        done = here(*words)
        assert done.returncode in (1, 2), done
        assert done.stderr.startswith("openress: "), done
        assert done.stderr.endswith(".\n")
        assert "Errno" not in done.stderr


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (FileNotFoundError(2, "No such file or directory"), "No such file or directory"),
        (RuntimeError("[Errno 111] Connection refused"), "Connection refused"),
        (OSError("[WinError -3] [Errno 2] Gone"), "Gone"),
        (TimeoutError(), "TimeoutError"),
    ],
)
def test_a_reason_is_words(error: Exception, words: str) -> None:
    assert reason(error) == words
