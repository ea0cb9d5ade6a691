"""A commissioning as a person does it, with a virtual rack of three on the line and two faults in it."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from importlib.resources import files
from pathlib import Path

import pytest
from tests.install.bench import Bench
from tests.processes import ENVIRONMENT, openress

from openress.catalog import load_product
from openress.ports import open_listener, parse_link

pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning")


class Person:
    """Types answers when the program asks, after doing what it says."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self._answered = 0
        self.heard = ""

    async def answer(self, question: str, text: str = "y", *, after: Callable[[], None] = lambda: None) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        async with asyncio.timeout(30):
            while (at := self.heard.find(question, self._answered)) < 0:
                part = await self._process.stdout.read(4096)
                assert part, f"no {question!r} in {self.heard}"
                self.heard += part.decode()
        self._answered = at + len(question)
        after()
        self._process.stdin.write(f"{text}\n".encode())
        await self._process.stdin.drain()

    async def end(self) -> int:
        assert self._process.stdout is not None
        async with asyncio.timeout(30):
            self.heard += (await self._process.stdout.read()).decode()
            return await self._process.wait()


@asynccontextmanager
async def commission(*arguments: str) -> AsyncIterator[Person]:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "openress",
        "commission",
        *arguments,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        env=ENVIRONMENT,
    )
    try:
        yield Person(process)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


@pytest.fixture
def battery(tmp_path: Path) -> Path:
    """The A5L, with a wait for its switches that is named and short."""
    data = files("openress.products") / "data" / "syscom-a5l-51v2.toml"
    file = tmp_path / "a5l.toml"
    file.write_text(data.read_text(encoding="utf-8").replace("[rack]\n", "[rack]\naddress_wait_s = 0.2\n"))
    return file


@pytest.mark.req("REQ-006", "REQ-283", "REQ-284", "REQ-288")
@pytest.mark.skipif(sys.platform == "win32", reason="the bench's line is read in a loop that Windows lacks")
async def test_three_packs_of_which_one_is_empty_and_one_has_a_wrong_address(tmp_path: Path, battery: Path) -> None:
    bench = Bench(load_product("syscom-a5l-51v2"), [98.5, 30.0, 98.5])
    bench.connect(3)
    bench.set_switches(3, 2)
    listener = await open_listener(parse_link("tcp-listen://127.0.0.1:0"))
    serving = asyncio.create_task(bench.serve(listener))
    link = f"tcp://{listener.name.removeprefix('tcp-listen://')}"
    state = tmp_path / "site.json"
    again = (str(state), "--link", link, "--timeout-s", "0.2")
    try:
        begun = ("--battery", str(battery), "--packs", "3", "--inverter", "sma", "--site", "Mill Lane 4")
        async with commission(*again, *begun) as person:
            await person.answer("Is this done?")
            for pack in (1, 2, 3):
                await person.answer(f"Part number of pack {pack}", "A5L-5120")
            await person.answer("Is every breaker off?")
            await person.answer("Are all switches set?")
            await person.answer("Is pack 1 alone, full and without a charger?", after=lambda: bench.connect(1))
            await person.answer("Is pack 2 alone, full and without a charger?", after=lambda: bench.connect(2))
            assert await person.end() == 1
            assert (
                "! Pack 2 is at 30 %: charge it alone to 56 V with a CC/CV charger until it is full; below 95 % it may "
                "not join the others." in person.heard
            )

        await asyncio.to_thread(bench.charge_alone, 2)
        async with commission(*again) as person:
            await person.answer("Is pack 2 alone, full and without a charger?")
            await person.answer("Is pack 3 alone, full and without a charger?", after=lambda: bench.connect(3))
            assert await person.end() == 1
            assert (
                "! Pack 3 answers as pack 2, and that address is taken: both would answer at once. Breaker off, set "
                "its switches to ON ON OFF OFF, wait 0.2 s, breaker on." in person.heard
            )

        bench.set_switches(3, 3)
        async with commission(*again) as person:
            await person.answer("Is pack 3 alone, full and without a charger?")
            await person.answer("Is this done?")  # links and power cables
            await person.answer("Is this done?", after=lambda: bench.connect(1, 2, 3))  # switching on
            await person.answer("Is this done?")  # settings
            await person.answer("Is this done?")  # inverter
            await person.answer("Does the battery charge now?", after=lambda: bench.run(60.0, 30.0))
            await person.answer("Does the battery discharge now?", after=lambda: bench.run(60.0, -30.0))
            assert await person.end() == 0, person.heard
            assert "All steps are done." in person.heard
    finally:
        serving.cancel()
        await asyncio.gather(serving, return_exceptions=True)
        await listener.close()

    done = json.loads(state.read_text())["done"]
    assert done["alone-3"]["found"].startswith("54.")
    assert done["rack"]["found"] == "3 packs answer"
    report = tmp_path / "report.pdf"
    signed = await asyncio.to_thread(openress, "commission", str(state), "--sign", "A. Smith", "--report", str(report))
    assert signed.returncode == 0, signed.stderr
    assert report.read_bytes().startswith(b"%PDF-")
    text = (await asyncio.to_thread(openress, "commission", str(state), "--report", str(tmp_path / "r.txt"))).stderr
    assert text == f"written: {tmp_path / 'r.txt'}\n"
    lines = (tmp_path / "r.txt").read_text()
    assert "Result    done, every step passed" in lines
    assert "Signed off by A. Smith" in lines
    assert "Pack 2 alone: Pack 2 is at 30 %" in lines
    assert "Pack 3 alone: Pack 3 answers as pack 2" in lines
    assert "VIRTUAL-0003" in lines
