"""`openress gateway` and `openress inverter` as a person runs them."""

from __future__ import annotations

import json
import re
import sys
import time

import pytest
from tests.ports.multicast import free_udp_port, multicast_works
from tests.processes import Running, openress, running

from openress.cli.main import program
from openress.errors import ParameterError, PortError

needs_multicast = pytest.mark.skipif(not multicast_works(), reason="no network interface takes multicast")
needs_pty = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pseudo-terminals")
pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning")

BATTERY = ["--battery", "tcp://127.0.0.1:1"]
WIRE = ["--port", "can:virtual:x"]


def refused(arguments: list[str], says: str) -> None:
    """A mistake of the user's, told before anything is opened."""
    with pytest.raises(ParameterError, match=re.escape(says)):
        program.main(arguments, standalone_mode=False)


def until(running: Running, pattern: str, *, within_s: float = 60.0) -> str:
    """The first line that has `pattern`."""
    end_s = time.monotonic() + within_s
    seen = []
    while time.monotonic() < end_s:
        seen.append(line := running.line(within_s))
        if re.search(pattern, line):
            return line
    raise AssertionError(seen)


@needs_multicast
def test_a_rack_a_gateway_and_an_inverter_each_in_a_process_of_its_own():
    wire = f"can:udp:239.74.163.2:{free_udp_port()}"
    with (
        running("serve", "pylontech", "tcp-listen://127.0.0.1:0", "--packs", "2") as battery,
        running("inverter", wire, "--inverter", "pylontech", "--wants", "40") as inverter,
    ):
        link = "tcp://" + until(battery, "tcp-listen://").split("tcp-listen://")[1].split(". ")[0]
        assert until(inverter, "no battery")
        arguments = ["--inverter", "pylontech", "--port", wire, "--packs", "2"]
        arguments += ["--ccl", "10", "--dcl", "10", "--cvl", "55"]
        with running("gateway", "--battery", link, *arguments) as gateway:
            assert "Ctrl-C stops." in gateway.line()
            assert "untested on hardware by us" in gateway.line()
            until(gateway, r"The inverter is told 55\.0 V")
            until(inverter, r"may charge 10 A to 55\.0 V.*charges with 10 A, wants \+40 A")
            assert gateway.stop() == 0
        # The orderly end: zeros have been heard, not just silence.
        until(inverter, r"may charge 0 A to 55\.0 V, discharge 0 A.*rests")


@needs_multicast
@needs_pty
@pytest.mark.soak
def test_on_rs485_an_inverter_is_recognised_and_obeys(tmp_path):
    line = tmp_path / "line"
    with (
        running("serve", "pylontech", "tcp-listen://127.0.0.1:0", "--packs", "2") as battery,
        running("inverter", f"pty:{line}", "--inverter", "deye-sg04lp1", "--wants", "40") as inverter,
    ):
        link = "tcp://" + until(battery, "tcp-listen://").split("tcp-listen://")[1].split(". ")[0]
        assert until(inverter, "no battery")
        wire = ["--port", f"serial:{line}?baud=9600", "--packs", "2", "--ccl", "10", "--turnaround-s", "0.01"]
        with running("gateway", "--battery", link, "--inverter", "auto", *wire) as gateway:
            assert "Ctrl-C stops." in gateway.line()
            assert "not known yet: recognised by what the inverter says" in gateway.line()
            until(gateway, r"The inverter is told .* 10\.0 A in")
            until(inverter, r"may charge 10 A .*charges with 10 A, wants \+40 A")
            assert gateway.stop() == 0
        until(inverter, r"may charge 0 A .*discharge 0 A.*rests")


def test_an_inverter_that_hears_nothing_in_json():
    done = openress("inverter", f"can:udp:239.74.163.2:{free_udp_port()}", "--json", "--for", "1.5", "--wants", "-5")
    assert done.returncode == 0
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    # One a second; a computer that is busy may be late with the second.
    assert len(lines) in (1, 2)
    assert lines[0]["battery"] == "none"
    assert (lines[0]["wanted_a"], lines[0]["set_a"]) == (-5.0, 0.0)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--inverter", "viktor", *WIRE], "There is no inverter 'viktor' here; did you mean victron?"),
        (["--inverter", "voltronic", *WIRE], "is not spoken to on CAN"),
        (["--inverter", "victron", "--inverter-dialect", "sma-can", *WIRE], "does not understand sma-can"),
        (["--inverter", "victron", "--port", "can:slcam:/dev/x"], "did you mean can:slcan"),
        (["--inverter", "victron", "--port", "serial:/dev/ttyUSB0"], "is not spoken to on RS485"),
        (["--inverter", "growatt-spf", "--port", "tcp-listen://0.0.0.0:4196"], "waits for others to connect"),
        (["--inverter", "voltronic", "--port", "pty:/tmp/x", "--turnaround-s", "0.001"], "(3.5 characters)"),
        (["--inverter", "auto", "--inverter-dialect", "nothing", *WIRE], "There is no dialect"),
        (["--inverter", "victron", *WIRE, "--dialect", "victron-can"], "cannot be read"),
        (["--inverter", "victron", *WIRE, "--soc-min", "60", "--soc-max", "61"], "has no room in it"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_sentence(arguments: list[str], says: str):
    refused(["gateway", *BATTERY, *arguments], says)


def test_an_experimental_dialect_wants_consent():
    arguments = ["gateway", *BATTERY, "--inverter", "megarevo", "--inverter-dialect", "megarevo-can", *WIRE]
    refused(arguments, "is experimental")
    with pytest.raises(PortError):
        program.main([*arguments, "--experimental"], standalone_mode=False)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--dialect", "pylontech"], "is no dialect of inverters on CAN"),
        (["--dialect", "victron-cam"], "did you mean victron-can?"),
    ],
)
def test_an_inverter_that_cannot_be(arguments: list[str], says: str):
    refused(["inverter", "can:virtual:x", *arguments], says)
