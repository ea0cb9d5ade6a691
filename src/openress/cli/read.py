"""`openress read`: packs over a link, as a table or as JSON."""

from __future__ import annotations

import asyncio
import json
import time
from typing import Any

import click

from openress.bms.aggregate import aggregate
from openress.cli.completing import dialects
from openress.cli.numbers import Finite
from openress.cli.progress import working
from openress.cli.running import run_until_interrupted
from openress.errors import ParameterError
from openress.model import PackSample
from openress.model.flat import rack_json
from openress.ports import open_port, parse_link
from openress.protocols import find_dialect
from openress.protocols.base import BatteryClient
from openress.rack.poll import NoAnswerError, Poller, Timing

__all__ = ["command"]


@click.command("read")
@click.argument("link")
@click.option(
    "--dialect", default="pylontech", show_default=True, help="What the packs speak.", shell_complete=dialects
)
@click.option("--pack", type=click.IntRange(1), help="Only this pack; 1 is the master.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object for each reading.")
@click.option("--watch", is_flag=True, help="Read again and again until Ctrl-C.")
@click.option("--timeout-s", type=Finite(0.01, 60), default=0.6, show_default=True, help="Wait so long.")
def command(link: str, dialect: str, pack: int | None, as_json: bool, watch: bool, timeout_s: float) -> None:
    """Read packs over LINK: serial:/dev/ttyUSB0?baud=9600, tcp://HOST:PORT or pty:PATH.

    Without --pack the packs are looked for from 1 on.
    """
    found = find_dialect(dialect)
    make = found.parts().client
    if make is None:
        raise ParameterError(f"{found.name} cannot be read; `openress dialects` lists what can.")
    client = make()
    target = parse_link(link)
    if pack is not None:
        client.address(pack)

    async def main() -> None:
        port = await open_port(target)
        try:
            async with Poller(port, client, time.monotonic, Timing(timeout_s=timeout_s)) as poller:
                head = {"link": port.name, "dialect": found.name}
                await _read(poller, client, pack, head, as_json=as_json, watch=watch)
        finally:
            await port.close()

    run_until_interrupted(main())


async def _read(
    poller: Poller, client: BatteryClient, pack: int | None, head: dict[str, str], *, as_json: bool, watch: bool
) -> None:
    with working("looking for packs and reading them" if pack is None else f"reading pack {pack}", as_json=as_json):
        numbers = [pack] if pack is not None else await poller.find(range(1, client.max_packs + 1))
        samples = {number: PackSample(number) for number in numbers}
        problems = await _round(poller, samples, everything=True)
        if problems and len(problems) == len(numbers):
            raise problems[0]
    while True:
        for problem in problems:
            click.echo(f"openress: {problem}", err=True)
        _show(list(samples.values()), client, head, as_json=as_json)
        if not watch:
            if problems:
                raise problems[0]
            return
        await asyncio.sleep(1.0)
        problems = await _round(poller, samples, everything=False)


async def _round(poller: Poller, samples: dict[int, PackSample], *, everything: bool) -> list[NoAnswerError]:
    """Read each pack once into `samples`; who did not answer."""
    problems = []
    for number, sample in samples.items():
        try:
            samples[number] = await poller.read_pack(sample, everything=everything)
        except NoAnswerError as error:
            problems.append(error)
    return problems


def _show(samples: list[PackSample], client: BatteryClient, head: dict[str, str], *, as_json: bool) -> None:
    now_s = time.monotonic()
    values = rack_json(aggregate(samples, now_s), now_s)
    for entry in values["packs"]:
        entry["address"] = client.address(entry["pack"])
    if as_json:
        click.echo(json.dumps(head | values))
        return
    for entry in values["packs"]:
        click.echo(_text(entry))


_LINES = (
    ("Voltage, current", "{pack_voltage_v:.3f} V  {pack_current_a:+.1f} A"),
    ("SOC", "{soc_pct:.1f} %  {remaining_ah:.3f} of {full_ah:.3f} Ah  {cycles} cycles"),
    ("Cells", "{cell_voltage_min_mv} to {cell_voltage_max_mv} mV"),
    ("Temperatures", "{temperature_min_c:.1f} to {temperature_max_c:.1f} C"),
    ("Charge limit", "{charge_voltage_limit_v:.1f} V  {charge_current_limit_a:.1f} A"),
    ("Discharge limit", "{discharge_voltage_limit_v:.1f} V  {discharge_current_limit_a:.1f} A"),
)


def _text(entry: dict[str, Any]) -> str:
    name = " ".join(str(entry[key]) for key in ("manufacturer", "model", "serial") if key in entry)
    lines = [f"Pack {entry['pack']} (address {entry['address']})  {name}  {entry['freshness']}"]
    for label, form in _LINES:
        try:
            lines.append(f"  {label:<17} {form.format_map(entry)}")
        except KeyError:
            lines.append(f"  {label:<17} -")
    lines.append(f"  {'Cell voltages':<17} " + " ".join(str(mv) for mv in entry.get("cell_voltages_mv", ["-"])))
    for label, key in (("Alarms", "alarms"), ("Protections", "protections"), ("Faults", "faults")):
        lines.append(f"  {label:<17} {', '.join(entry[key]) or 'none' if key in entry else '-'}")
    switches = [f"{key} {'ON' if on else 'OFF'}" for key, on in entry.get("switches", {}).items()]
    lines.append(f"  {'Switches':<17} {', '.join(switches) or '-'}")
    return "\n".join(lines)
