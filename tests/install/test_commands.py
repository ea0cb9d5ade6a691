"""The commands as an installer types them."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from tests.ports.multicast import free_udp_port, multicast_works
from tests.processes import openress, running

from openress.cli.main import program
from openress.codec.canframe import CanFrame
from openress.errors import ParameterError
from openress.ports import open_can, parse_can_link

pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning")


def run(*arguments: str, typed: str | None = None, code: int = 0) -> str:
    result: Result = CliRunner().invoke(program, arguments, input=typed, catch_exceptions=True)
    if isinstance(result.exception, ParameterError):
        raise result.exception
    assert result.exit_code == code, (result.output, result.exception)
    return result.output


def told(*arguments: str, code: int = 0) -> Any:
    return json.loads(run(*arguments, "--json", code=code))


def refused(*arguments: str) -> str:
    with pytest.raises(ParameterError) as caught:
        run(*arguments)
    return str(caught.value)


def test_dip_shows_an_address_and_reads_pictures() -> None:
    text = run("dip", "5")
    assert "they count 1, 2, 4, 8, the smallest first." in text
    assert "Address 5 = 1 + 4, slave: ON OFF ON OFF" in text
    assert told("dip", "1010")["packs"][0]["address"] == 5


@pytest.mark.req("REQ-103")
def test_dip_takes_several_as_one_rack() -> None:
    assert [one["code"] for one in told("dip", "1", "2", "2", "5", code=1)["findings"]] == [
        "duplicate-address",
        "address-gap",
    ]
    assert "! Packs 2 and 3 have the same address 2" in run("dip", "1", "OFF ON OFF OFF", "2", code=1)


def test_dip_says_what_is_not_confirmed_and_what_is_printed_twice(tmp_path: Path) -> None:
    given = ("dip", "0", "1", "--product", "powersync-lfp-lv-51v2-8bit", "--scheme", "seplos-8bit")
    assert "! Not confirmed by the maker: Seplos 48 V 200 A BMS manual" in run(*given)
    assert "not a plain number: follow the picture" in run(*given)
    own = tmp_path / "fuji.toml"
    own.write_text(
        'key = "fuji"\ntitle = "FJ-5120LV"\nplanning_only = true\n'
        '[sources]\nmanual = { title = "FJ-5120LV manual, page 8", confidence = "vendor document" }\n'
        '[pack]\nsource = "manual"\nmaker = "Fujifilm"\n[rack]\nsource = "manual"\n'
        'address_switch = [[1, "ON OFF OFF OFF", "master"], [5, "OFF ON ON OFF", "slave"], '
        '[13, "OFF ON ON OFF", "slave"]]\n'
    )
    assert "! The printed table has the same positions for 5 and 13" in run("dip", "5", "--product", str(own))
    assert "prints OFF ON ON OFF for 5 and 13" in refused("dip", "OFF ON ON OFF", "--product", str(own))


@pytest.mark.req("REQ-165", "REQ-177")
def test_cable_tells_how_to_make_one_and_refuses_a_straight_one() -> None:
    text = run("cable", "sma")
    assert "pin 7 of the battery to pin 4 of the inverter, white/brown: CAN_H" in text
    assert "BATTERY CABLE - NOT FOR A NETWORK" in text
    assert run("cable", "victron", "--straight") == (
        "A straight T-568B cable may be used from Syscom A5L 51.2 V to Victron with CCGX.\n"
    )
    for name in ("phocos", "afore", "sol-ark", "sma", "must"):
        assert run("cable", name, "--straight", code=1).startswith("No straight cable: pin")
    assert told("cable", "afore")["wires"] == [
        {"battery": 1, "inverter": 6, "colour": "white/orange"},
        {"battery": 2, "inverter": 3, "colour": "orange"},
    ]
    assert "A straight T-568B cable: all eight wires, pin to pin." in run("cable", "growatt")
    assert told("cable", "deye", "--bus", "can")["wires"][0] == {"battery": 7, "inverter": 4, "colour": "white/brown"}


@pytest.mark.req("REQ-113")
def test_cable_alone_lists_inverters_and_hazards() -> None:
    text = run("cable")
    assert re.search(r"^opti .*pins not published$", text, re.MULTILINE)
    assert "! No socket of the battery has a ground pin" in text


def test_pages_are_written(tmp_path: Path) -> None:
    run("cable", "sma", "--svg", str(tmp_path / "c.svg"), "--pdf", str(tmp_path / "c.pdf"))
    run("plan", "--packs", "8", "--inverter", "sma", "--svg", str(tmp_path / "p.svg"), "--pdf", str(tmp_path / "p.pdf"))
    run("sheet", "sma", "--pdf", str(tmp_path / "s.pdf"))
    assert (tmp_path / "c.svg").read_text().startswith("<svg")
    assert "Pack 8" in (tmp_path / "p.svg").read_text()
    for name in "cps":
        assert (tmp_path / f"{name}.pdf").read_bytes().startswith(b"%PDF-")
    assert "cannot be written" in refused("cable", "sma", "--svg", str(tmp_path / "no" / "c.svg"))
    assert "cannot be written" in refused("cable", "sma", "--pdf", str(tmp_path / "no" / "c.pdf"))


def test_a_plan_may_be_written_changed_and_checked(tmp_path: Path) -> None:
    file = tmp_path / "site.toml"
    run("plan", "--packs", "4", "--inverter", "sma", "--write", str(file))
    assert run("plan", "--check", str(file)) == f"{file}: 4 packs, nothing wrong was found.\n"
    file.write_text(file.read_text().replace('"4 LINK-IN"', '"1 LINK-IN"'))
    text = run("plan", "--check", str(file), code=1)
    assert "closes a loop" in text
    assert told("plan", "--check", str(file), code=1)["findings"][0]["code"] == "link-loop"
    other = tmp_path / "site.json"
    other.write_text('{"product": "powersync-lfp-lv-51v2-8bit", "packs": [{}]}')
    assert "table of its 8 toggle switches is not published" in run("plan", "--check", str(other))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("product =", "is not in TOML"),
        ("[[packs]]", "must name its battery"),
        ('product = "no"\n[[packs]]', "There is no battery product no"),
    ],
)
def test_a_wiring_file_that_cannot_be_used(tmp_path: Path, content: str, message: str) -> None:
    file = tmp_path / "site.toml"
    file.write_text(content)
    assert message in refused("plan", "--check", str(file))
    assert "cannot be read" in refused("plan", "--check", str(tmp_path / "none.toml"))


def test_a_json_wiring_must_be_a_table(tmp_path: Path) -> None:
    file = tmp_path / "site.json"
    file.write_text("[1]")
    assert "describes no wiring" in refused("plan", "--check", str(file))
    file.write_text("{")
    assert "is not in JSON" in refused("plan", "--check", str(file))


def test_plan_as_json_and_its_refusals() -> None:
    made = told("plan", "--packs", "2", "--inverter", "sma", "--breaker-a", "100", code=1)
    assert made["packs"][1] == {"pack": 2, "role": "slave", "address": 2, "switches": "OFF ON OFF OFF"}
    assert made["links"] == [{"from": [1, "LINK-OUT"], "to": [2, "LINK-IN"]}]
    assert {one["code"] for one in made["findings"] if one["weight"] == "refused"} == {"breaker-small"}
    assert "needs --packs and --inverter" in refused("plan", "--packs", "2")
    assert "use 6-bit modules only" in refused(
        "plan", "--packs", "17", "--battery", "powersync-lfp-lv-48v-8bit", "--inverter", "sol-ark"
    )


@pytest.mark.req("REQ-182")
def test_sheets_with_and_without_communication() -> None:
    assert "With communication: set on the inverter" in run("sheet", "must")
    assert "Without communication: set on the inverter" in run("sheet", "must", "--open-loop")
    opti = run("sheet", "opti")
    assert "No communication is planned: OPTI SP5000 Handy Plus: the pins of its battery socket" in opti
    assert "56.0 V" in opti
    assert "BMS Lithium Batt" in run("sheet", "sol-ark", "--battery", "discover-lynk")
    assert "not published: ask the maker" in run("sheet", "sol-ark", "--battery", "sok-sk48v100", "--open-loop")
    assert told("sheet", "sma", "--open-loop", "--packs", "3")["rows"][4]["value"] == "150 A"


def test_lamps() -> None:
    assert "3 states look like this; begin with the first." in run("lamps", *["off"] * 6)
    assert told("lamps", "F1 off on on off off")["states"][0]["soc_pct"] == [25, 50]
    assert "With this RUN and ALM: standby." in run("lamps", "F1 off off off off on", code=1)


@pytest.mark.req("REQ-136", "REQ-137", "REQ-140")
def test_storage_reminds_and_warns(tmp_path: Path) -> None:
    given = ("storage", "--charged", "2026-05-01", "--temperature-c", "25", "--today", "2026-08-01")
    assert "Charge it again by 2026-10-28." in run(*given)
    assert told(*given) == {"battery": "syscom-a5l-51v2", "recharge": "2026-10-28", "overdue": False, "findings": []}
    calendar = tmp_path / "a.ics"
    run(*given, "--ics", str(calendar), "--name", "rack 2")
    assert "DTSTART;VALUE=DATE:20261028" in calendar.read_text()
    assert "SUMMARY:Charge rack 2" in calendar.read_text()
    assert "at once: it was due 2026-07-30" in run(*given[:3], "--temperature-c", "45", "--today", "2026-08-01", code=1)
    assert "[ ] The ON/OFF button is at OFF on the way." in run("storage", "--ship", "52")
    assert "discharge it to 50 %" in run("storage", "--ship", "62", code=1)
    assert "never store it so hot" in run("storage", "--temperature-c", "70", code=1)
    assert "needs the day of the last charge" in refused("storage", "--ics", str(calendar))


def test_storage_takes_a_history(tmp_path: Path) -> None:
    history = tmp_path / "h.csv"
    history.write_text("date,temperature_c\n2026-01-01,20\n\n2026-02-15,45\n")
    given = ("storage", "--charged", "2026-01-01", "--history", str(history), "--today", "2026-03-01")
    assert told(*given)["recharge"] == "2026-04-23"
    assert told(*given, "--temperature-c", "20")["recharge"] == "2026-06-16"
    history.write_text("2026-01-01;20\n")
    assert "line 1: write the date and the temperature" in refused(*given)
    assert "cannot be read" in refused("storage", "--history", str(tmp_path / "none"))


@pytest.mark.req("REQ-001")
def test_help_has_topics() -> None:
    assert "safety     Hazards" in run("help")
    assert "A battery can give an electric shock." in run("help", "safety")
    assert refused("help", "safty") == "There is no help on safty; did you mean safety?"


def answers(*lines: str) -> str:
    return "".join(f"{line}\n" for line in lines)


PACK = ("y", "54.0", "98")


@pytest.fixture
def begin(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[..., str]:
    """A commissioning of two packs without a line; waiting is skipped."""
    monkeypatch.setattr("openress.cli.commission.time.sleep", lambda _: None)
    state = tmp_path / "site.json"

    def go(*more: str, typed: str = "", code: int = 0) -> str:
        new = () if state.exists() else ("--battery", "syscom-a5l-51v2", "--packs", "2", "--inverter", "sma")
        return run("commission", str(state), *new, *more, typed=typed, code=code)

    return go


@pytest.mark.req("REQ-006", "REQ-288")
def test_commissioning_without_a_line(begin: Callable[..., str], tmp_path: Path) -> None:
    text = begin(typed=answers("y", "A5L", "A5L-B"), code=1)
    assert "! Pack 2 has part number A5L-B, others have A5L" in text
    begin("--override", "the maker says they match", typed=answers("A5L", "A5L-B", "n"), code=1)
    text = begin(typed=answers("y", "y", *PACK, "y", "53,3", "97"), code=1)
    assert "Leave the breakers off for 20 s more" in text
    assert "! Pack 1 has 54.00 V and pack 2 53.30 V, 0.70 V apart" in text
    text = begin("--override", "charger broke", typed=answers(*["y"] * 8))
    assert "All steps are done." in text
    report = begin("--report", str(tmp_path / "r.txt"))
    assert "written" in report
    lines = (tmp_path / "r.txt").read_text()
    assert "passed against the refusal, for this reason: charger broke" in lines
    assert "done, 2 steps passed against a refusal" in lines
    assert "Not signed." in lines
    assert "Signed off by B. Jones" in begin("--sign", "B. Jones")


def test_a_number_is_asked_for_again_when_it_is_none(begin: Callable[..., str]) -> None:
    text = begin(typed=answers("y", "A", "A", "y", "y", "y", "fifty", "54.0", "30"), code=1)
    assert "Write a number, as 53.4." in text
    assert "! Pack 1 is at 30 %" in text


def test_an_open_commissioning_is_not_signed(begin: Callable[..., str], tmp_path: Path) -> None:
    begin(typed=answers("n"), code=1)
    with pytest.raises(ParameterError, match="It cannot be signed off: the step 'Safety' is open"):
        begin("--sign", "B. Jones")
    begin("--report", str(tmp_path / "r.txt"))
    assert "open, next: Safety" in (tmp_path / "r.txt").read_text()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("{", "is no JSON"),
        ("[]", "is no commissioning"),
        ('{"version": 7}', "no commissioning of version 1"),
        ('{"version": 1, "product": "x"}', "is damaged"),
    ],
)
def test_a_state_file_that_cannot_be_used(tmp_path: Path, content: str, message: str) -> None:
    state = tmp_path / "site.json"
    state.write_text(content)
    assert message in refused("commission", str(state))


def test_a_new_commissioning_needs_to_know_what() -> None:
    assert "needs --battery, --packs and --inverter" in refused("commission", "none.json")
    assert "at most 15 packs, not 16" in refused(
        "commission", "none.json", "--battery", "syscom-a5l-48v", "--packs", "16", "--inverter", "sma"
    )


@pytest.mark.req("REQ-006")
def test_what_was_given_once_is_kept_though_nobody_answers(tmp_path: Path) -> None:
    state = tmp_path / "site.json"
    given = ("commission", str(state), "--battery", "syscom-a5l-51v2", "--packs", "2", "--inverter", "sma")
    nobody = f"Nobody is there to answer: run `openress commission {state}` on a terminal"
    with pytest.raises(ParameterError, match=re.escape(nobody)):
        run(*given, "--site", "Mill Lane 4", typed="")
    with pytest.raises(ParameterError, match=re.escape(nobody)):
        run("commission", str(state), typed="y\nA5L-5120\n")
    found = told("commission", str(state))
    assert (found["product"], found["packs"], found["inverter"]) == ("syscom-a5l-51v2", 2, "sma")
    assert found["site"] == "Mill Lane 4"
    assert found["part_numbers"] == {"1": "A5L-5120"}
    assert found["next"] == "part-numbers"
    assert [step["key"] for step in found["steps"] if step["done"] is not None] == ["safety"]


@pytest.mark.req("REQ-004")
def test_update_check_refuses_while_current_flows_and_writes_it_down(tmp_path: Path) -> None:
    state = tmp_path / "state.json"
    pack = {"cell_voltages_mv": [3300] * 16, "pack_current_a": 0.0, "temperatures_c": [25.0] * 4, "soc_pct": 50}
    state.write_text(json.dumps(pack))
    log = tmp_path / "log" / "checks.jsonl"
    with running("serve", "pace", "tcp-listen://127.0.0.1:0", "--state", str(state), "--json") as battery:
        served = json.loads(battery.line())
        assert (served["dialect"], served["product"], served["packs"]) == ("pace", "syscom-a5l-51v2", 1)
        link = served["link"].replace("tcp-listen://", "tcp://")
        given = ("update-check", link, "--packs", "1", "--seconds", "0.2", "--log", str(log))
        done = openress(*given, "--json")
        assert done.returncode == 0, done.stdout + done.stderr
        assert json.loads(done.stdout) == {"link": given[1], "may_update": True, "problems": [], "notes": []}
        assert not log.exists()
        state.write_text(json.dumps(pack | {"pack_current_a": -3.0}))
        done = openress(*given)
    assert done.returncode == 1
    assert (
        done.stdout == "! Pack 1 is being discharged with 3.0 A: disconnect every inverter, charger and load first.\n"
    )
    (line,) = log.read_text().splitlines()
    assert json.loads(line)["refused"] == [done.stdout.removeprefix("! ").rstrip("\n")]


async def _talking(link: str, frames: list[CanFrame], *given: str) -> Result:
    """Run a command in a thread of its own while these frames pass on a bus."""
    port = await open_can(parse_can_link(link))
    command = asyncio.create_task(asyncio.to_thread(CliRunner().invoke, program, given))
    try:
        while not command.done():
            for frame in frames:
                await port.write(frame)
            await asyncio.sleep(0.02)
        return await command
    finally:
        await port.close()


@pytest.mark.req("REQ-004")
@pytest.mark.skipif(not multicast_works(), reason="no network interface takes multicast")
def test_update_check_hears_an_inverter_on_a_can_bus(tmp_path: Path) -> None:
    link = f"can:udp:239.74.163.2:{free_udp_port()}"
    given = ("update-check", link, "--seconds", "0.3", "--log", str(tmp_path / "checks.jsonl"))
    battery = [CanFrame.parse("351#3002E803E803E001"), CanFrame.parse("356#B8140000FA00")]
    calm = asyncio.run(_talking(link, battery, *given))
    assert calm.exit_code == 0, calm.output
    assert calm.output.startswith(f"The battery itself talks on {link} (351, 356), and no inverter answers it.\n")
    alive = asyncio.run(_talking(link, [*battery, CanFrame.parse("305#0000000000000000")], *given))
    assert alive.exit_code == 1
    assert alive.output == f"! An inverter is alive on {link} (305): switch it off and unplug its cable.\n"
    (line,) = (tmp_path / "checks.jsonl").read_text().splitlines()
    assert json.loads(line)["link"] == link
