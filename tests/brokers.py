"""A real Mosquitto for a test: on a free port, with a configuration of its own, to be stopped, frozen and killed."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path

import pytest

from tests.fixedports import free_port

_PLACES = os.pathsep.join((os.environ.get("PATH", ""), "/usr/sbin", "/usr/local/sbin"))
MOSQUITTO = shutil.which("mosquitto", path=_PLACES)


class Mosquitto:
    """One broker; `start` and `kill` it as often as needed, its port stays."""

    def __init__(self, folder: Path, *lines: str) -> None:
        if MOSQUITTO is None:
            if os.environ.get("CI"):
                pytest.fail("there is no mosquitto, and this is continuous integration")
            pytest.skip("there is no mosquitto here")
        folder.mkdir(parents=True, exist_ok=True)
        self.port = free_port()
        self._config = folder / "mosquitto.conf"
        self._log = folder / "mosquitto.log"
        own = (f"listener {self.port} 127.0.0.1", "persistence false", *lines)
        if not any(line.startswith("allow_anonymous") for line in lines):
            own = (*own, "allow_anonymous true")
        if os.geteuid() == 0:
            own = (*own, "user root")
        self._config.write_text("\n".join(own) + "\n")
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> Mosquitto:
        assert MOSQUITTO is not None
        with self._log.open("ab") as log:
            self._process = subprocess.Popen([MOSQUITTO, "-c", str(self._config)], stdout=log, stderr=log)
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return self
            assert self._process.poll() is None, self._log.read_text()
            time.sleep(0.02)
        raise AssertionError(self._log.read_text())

    def signal(self, number: signal.Signals) -> None:
        assert self._process is not None
        self._process.send_signal(number)

    def kill(self) -> None:
        if self._process is not None and self._process.poll() is None:
            self._process.kill()
        if self._process is not None:
            self._process.wait(timeout=10)
            self._process = None
