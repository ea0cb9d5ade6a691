"""The data folder: made, writable, and one's own."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from openress.errors import ParameterError, PortError
from openress.folders import DataFolder, default_folder
from tests.processes import ENVIRONMENT


def test_it_is_made_with_its_parents(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path / "a" / "b")
    assert folder.path.is_dir()
    folder.close()


def test_one_at_a_time(tmp_path: Path) -> None:
    first = DataFolder(tmp_path)
    with pytest.raises(PortError, match=r"is in use by another OpenRESS; stop it, or name another one with --data\.$"):
        DataFolder(tmp_path)
    first.close()
    DataFolder(tmp_path).close()


HOLD = """
import sys, time
from pathlib import Path
from openress.folders import DataFolder
folder = DataFolder(Path(sys.argv[1]))
print("held", flush=True)
time.sleep(60)
"""


def test_a_killed_holder_leaves_it_free(tmp_path: Path) -> None:
    command = [sys.executable, "-c", HOLD, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=ENVIRONMENT) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(PortError, match="in use"):
            DataFolder(tmp_path)
        holder.kill()
        holder.wait(timeout=20)
    DataFolder(tmp_path).close()


def test_a_place_that_cannot_be_a_folder(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for path in (tmp_path / "file", tmp_path / "file" / "below"):
        with pytest.raises(ParameterError, match=r"cannot be used: .+; name another one with --data\.$"):
            DataFolder(path)


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="these systems have places of their own")
def test_the_usual_place_follows_the_desktop_standard(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    assert default_folder() == tmp_path / "openress"
