"""`openress up` on a network: TLS and accounts, or neither on purpose."""

from __future__ import annotations

import json
import ssl
import sys
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from tests.processes import openress
from tests.uprig import up

pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning")


def test_it_can_be_opened_to_the_network_without_protection_on_purpose(tmp_path: Path) -> None:
    with up(tmp_path, "--packs", "1", "--http", "0.0.0.0:0", "--insecure-network") as rack:
        port = rack.url.rpartition(":")[2].rstrip("/")
        assert any("everybody on the network can read this page" in line for line in rack.lines)
        for host, status in (("192.0.2.7", 200), ("battery.example", 400)):
            request = urllib.request.Request(f"http://127.0.0.1:{port}/api/snapshot", headers={"Host": host})
            assert status_of(request) == status


def status_of(request: urllib.request.Request, context: ssl.SSLContext | None = None) -> int:
    try:
        with urllib.request.urlopen(request, timeout=20, context=context) as answer:  # noqa: S310  # our own address
            return int(answer.status)
    except urllib.error.HTTPError as error:
        with error:
            return error.code


@pytest.mark.req("REQ-205")
def test_on_the_network_it_speaks_tls_and_asks_for_an_account(tmp_path: Path) -> None:
    data = tmp_path / "data"
    added = openress(
        *("accounts", "add", "anna", "--role", "installer", "--password-stdin", "--data", str(data)),
        stdin="four words not together\n",
    )
    assert added.stdout == "anna is an installer now.\n"
    token = json.loads(openress("accounts", "token", "add", "anna", "--json", "--data", str(data)).stdout)["secret"]
    with up(tmp_path, "--packs", "1", "--http", "0.0.0.0:0") as rack:
        assert any("SHA-256 " in line for line in rack.lines)
        port = rack.url.removeprefix("https://").rpartition(":")[2].rstrip("/")
        context = ssl.create_default_context(cafile=str(data / "certificate.pem"))
        url = f"https://127.0.0.1:{port}/api/snapshot"
        assert status_of(urllib.request.Request(url), context) == 401
        asked = urllib.request.Request(url, headers={"Authorization": f"Bearer {token}"})
        assert status_of(asked, context) == 200
        # What a person at the computer takes back holds no longer, while the page runs.
        changed = openress(
            *("accounts", "password", "anna", "--password-stdin", "--data", str(data)),
            stdin="four others not together\n",
        )
        assert changed.returncode == 0
        assert status_of(asked, context) == 401
        assert rack.stop() == ""
    if sys.platform != "win32":
        for name in ("accounts.db", "certificate-key.pem"):
            assert (data / name).stat().st_mode & 0o777 == 0o600
