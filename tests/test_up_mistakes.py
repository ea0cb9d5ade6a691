"""`openress up` with mistakes: each is told in a sentence, and what is busy is left alone."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.processes import here, openress
from tests.uprig import arguments, config, up

pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning")


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        (["--packs", "0"], "'--packs': 0 is not in the range x>=1."),
        (["--packs", "16"], "openress: 16 packs: a rack of syscom-a5l-51v2 has at most 15 packs.\n"),
        (["--packs", "four"], "'four' is no whole number; give one from 1."),
        (["--product", "syscom-a5l-48"], "There is no battery product syscom-a5l-48; did you mean syscom-a5l-48v?\n"),
        (["--product", "mine.toml"], "The product file mine.toml cannot be read: No such file or directory.\n"),
        (["--speed", "0"], "'--speed': 0.0 is not in the range"),
        (["--speed", "nan"], "'--speed': nan is no number to reckon with; give a finite one."),
        (["--http", "nonsense"], "openress: --http nonsense: write HOST:PORT, such as 127.0.0.1:8080.\n"),
        (["--http", "127.0.0.1:"], "write HOST:PORT"),
        (["--http", ":8080"], "write HOST:PORT"),
        (["--http", "127.0.0.1:65536"], "write HOST:PORT"),
        (["--http", "127.0.0.1:-1"], "write HOST:PORT"),
        (["--http", "0.0.0.0:8080"], "The page would be open to everybody who can reach 0.0.0.0"),
        (["--http", "example.invalid:8080"], "openress accounts add NAME --role installer --data "),
        (["--http", "example.invalid:8080", "--insecure-network"], "there is no host 'example.invalid'.\n"),
        (
            ["--config", "none.toml"],
            "openress: The configuration none.toml cannot be read: No such file or directory.\n",
        ),
        (["--pakcs", "3"], "No such option '--pakcs'"),
    ],
)
def test_a_mistake_is_one_clear_sentence(tmp_path: Path, given: list[str], sentence: str) -> None:
    refused(tmp_path, 2, sentence, *given)


def test_a_mistake_ends_the_program(tmp_path: Path) -> None:
    done = openress(*arguments(tmp_path, "--packs", "16"), cold=True)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "openress: 16 packs: a rack of syscom-a5l-51v2 has at most 15 packs.\n"


def refused(tmp_path: Path, code: int, sentence: str, *given: str) -> None:
    done = here(*arguments(tmp_path, *given))
    assert (done.returncode, done.stdout) == (code, ""), done.stderr
    assert sentence in done.stderr
    assert "Traceback" not in done.stderr
    if done.stderr.startswith("openress: "):
        assert done.stderr.count("\n") == 1
    else:
        assert done.stderr.startswith("Usage: ")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("[rack\n", "own.toml is not in TOML: "),
        ("[rack]\npacks = 3\npakcs = 4\n", "own.toml, line 3: there is no setting 'rack.pakcs'; did you mean packs?\n"),
        ("\n[rak]\npacks = 3\n", "own.toml, line 2: there is no setting 'rak'; did you mean rack?\n"),
        ('[http]\nport = "8080"\n', "own.toml, line 2: [http] port must be a whole number, not '8080'.\n"),
        (
            "[http]\nport = 80800\n",
            "own.toml, line 2: [http] port must be at most 65535, not 80800",
        ),
        ("[rack]\nsoc_pct = []\n", "own.toml, line 2: [rack] soc_pct must be "),
        ("[rack]\npacks = 16\n", "openress: 16 packs: a rack of syscom-a5l-51v2 has at most 15 packs.\n"),
        ('[[links]]\nurl = "tcp:/x"\n', "own.toml, line 2: "),
        ('[[links]]\nurl = "pty:x"\ndialect = "pylontech-can"\n', "pylontech-can cannot be served"),
        ("[parameters]\ncell_ov_alarm_mv = 9999\n", "cell_ov_alarm_mv must be "),
        (
            "[parameters]\ncell_ov_alarm = 3500\n",
            "own.toml, line 2: there is no parameter 'cell_ov_alarm'; did you mean",
        ),
        ('[load]\nkind = "profile"\n', 'openress: [load] kind = "profile" needs file = "PROFILE.csv".\n'),
        ('[load]\nkind = "profile"\nfile = "none.csv"\n', "none.csv cannot be read: No such file or directory.\n"),
    ],
)
def test_a_mistake_in_the_configuration_is_one_clear_sentence(tmp_path: Path, text: str, sentence: str) -> None:
    refused(tmp_path, 2, sentence, "--config", str(config(tmp_path, text)))


def test_a_data_folder_that_cannot_be(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    below = tmp_path / "file" / "data"
    refused(tmp_path, 2, f"The data folder {below} cannot be used: ", "--data", str(below))


def test_what_is_busy_is_named_and_left_alone(tmp_path: Path) -> None:
    with up(tmp_path, "--packs", "1") as rack:
        page = rack.url.removeprefix("http://").rstrip("/")
        host, port = rack.tcp
        refused(tmp_path, 1, f"The data folder {tmp_path / 'data'} is in use by another OpenRESS; stop it, or name")
        other = ["--data", str(tmp_path / "other")]
        refused(tmp_path, 1, f"on {page}: the port is already in use; name another one", *other, "--http", page)
        own = config(tmp_path, f'[[links]]\nurl = "tcp-listen://{host}:{port}"\n')
        refused(tmp_path, 1, f"tcp-listen://{host}:{port} cannot listen: ", *other, "--config", str(own))
        if sys.platform != "win32":
            refused(tmp_path, 1, f"{tmp_path / 'rack'} is already a link to ", *other)
        # The one that was there first did not notice.
        assert rack.get()["rack"]["freshness"] == "fresh"
        assert rack.stop() == ""


@pytest.mark.parametrize(
    ("more", "says"),
    [
        (["--inverter", "viktor"], "There is no inverter 'viktor' here; did you mean victron?"),
        (["--inverter", "voltronic", "--inverter-port", "can:socketcan:can0"], "is not spoken to on CAN"),
        (["--inverter-port", "can:slcam:/dev/x"], "did you mean can:slcan"),
    ],
)
def test_an_inverter_that_cannot_be(tmp_path: Path, more: list[str], says: str) -> None:
    done = here(*arguments(tmp_path, *more))
    assert done.returncode == 2
    assert says in done.stderr
