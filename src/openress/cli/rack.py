"""`openress rack`: the packs of a line together, told line by line as something changes."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import click

from openress.catalog import load_product
from openress.cli.completing import dialects, products
from openress.cli.numbers import Finite
from openress.cli.running import run_until_interrupted
from openress.errors import ParameterError
from openress.model import LimitRule, Reason
from openress.model.flat import rack_json
from openress.ports import open_listener, parse_link
from openress.protocols import find_dialect
from openress.rack.addresses import require_room
from openress.rack.poll import Timing
from openress.rack.service import QUIET_AFTER_S, RackService
from openress.rack.standing import Change, Finding, Member, RackView, Trouble
from openress.rack.timing import timing_of

__all__ = ["command"]

LOOK_EVERY_S = 0.5
RISEN_BY = 0.1
"""While limits rise a line is worth it every tenth of what they rise to."""


@click.command("rack")
@click.argument("link")
@click.option(
    "--dialect", default="pylontech", show_default=True, help="What the packs speak.", shell_complete=dialects
)
@click.option(
    "--product",
    "product_name",
    default="syscom-a5l-51v2",
    show_default=True,
    help="What the packs are.",
    shell_complete=products,
)
@click.option(
    "--packs", "numbers", help="The packs that must be there: 4, 1-4 or 1,2,5. Without it: those that answer."
)
@click.option(
    "--accept", "accepted", multiple=True, type=click.IntRange(0), help="Let this pack join though it differs."
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object for each change.")
@click.option("--keep-awake", is_flag=True, help="Go on asking when no current flows; packs then never sleep.")
@click.option("--timeout-s", type=Finite(0.01, 60), help="Wait so long for an answer.")
def command(
    link: str,
    dialect: str,
    product_name: str,
    numbers: str | None,
    accepted: tuple[int, ...],
    as_json: bool,
    keep_awake: bool,
    timeout_s: float | None,
) -> None:
    """Watch the packs on LINK: serial:/dev/ttyUSB0?baud=9600, tcp://HOST:PORT or pty:PATH.

    Only reads. Prints a line when something changes: who counts, who is lost, what the rack allows. Ctrl-C stops.
    """
    found = find_dialect(dialect)
    make = found.parts().client
    if make is None:
        raise ParameterError(f"{found.name} cannot be read; `openress dialects` lists what can.")
    client, product = make(), load_product(product_name)
    expected = None if numbers is None else parse_numbers(numbers)
    require_room(expected or (), product=product.title, pack_limit=product.pack_limit, dialect_limit=client.max_packs)
    timing = timing_of(found.name) if timeout_s is None else Timing(timeout_s=timeout_s)
    target = parse_link(link)

    async def main() -> None:
        listener = await open_listener(target)
        try:
            rack = RackService(
                await listener.accept(),
                client,
                product=product,
                expected=expected,
                timing=timing,
                again=listener.accept,
                quiet_after_s=None if keep_awake else QUIET_AFTER_S,
            )
            async with rack:
                for pack in accepted:
                    rack.accept(pack)
                if not as_json:
                    click.echo(f"{product.title}, {found.title}, on {listener.name}. Ctrl-C stops.")
                running = asyncio.create_task(rack.run())
                try:
                    await _tell(rack, running, Teller(as_json=as_json))
                finally:
                    running.cancel()
                    await asyncio.gather(running, return_exceptions=True)
        finally:
            await listener.close()

    run_until_interrupted(main())


async def _tell(rack: RackService, running: asyncio.Task[None], teller: Teller) -> None:
    while True:
        for line in teller.lines(rack.view(), rack.changes(), _local_now()):
            click.echo(line)
        done, _ = await asyncio.wait([running], timeout=LOOK_EVERY_S)
        for task in done:
            await task


def parse_numbers(text: str) -> frozenset[int]:
    """Numbers of packs: `4` is 1 to 4, `1-4` and `1,2,5` are what they say.

    Raises:
        ParameterError: anything else.
    """
    found: set[int] = set()
    try:
        for part in text.split(","):
            first, dash, last = part.partition("-")
            found |= set(range(int(first), int(last) + 1)) if dash else {int(first)}
    except ValueError as error:
        raise ParameterError(f"--packs {text}: write a number, 1-4 or 1,2,5.") from error
    if len(found) == 1 and "," not in text and "-" not in text:
        found = set(range(1, max(found) + 1))
    if not found or min(found) < 0:
        raise ParameterError(f"--packs {text}: write a number, 1-4 or 1,2,5.")
    return frozenset(found)


class Teller:
    """Machine that finds what is worth a line: each change and finding once, and the rack when it has changed.

    Args:
        as_json: whole objects instead of sentences.
    """

    def __init__(self, *, as_json: bool) -> None:
        self._as_json = as_json
        self._findings: dict[tuple[Trouble, tuple[int, ...]], Finding] = {}
        self._rack: tuple[object, ...] = ()

    def lines(self, view: RackView, changes: Sequence[Change], now: datetime) -> list[str]:
        """What to print now."""
        findings = {(finding.trouble, finding.packs): finding for finding in view.findings}
        news = [finding.sentence for key, finding in findings.items() if key not in self._findings]
        over = [finding for key, finding in self._findings.items() if key not in findings]
        said = [change.sentence for change in changes]
        sentences = said + news + [f"Over: {_plain(finding)}." for finding in over]
        self._findings = findings
        rack = _worth(view)
        changed, self._rack = rack != self._rack, rack
        if self._as_json:
            return [json.dumps(_json(view, said, now))] if changed or sentences else []
        if changed and (summary := _summary(view)):
            sentences.append(summary)
        return [f"{now:%H:%M:%S}  {sentence}" for sentence in sentences]


def _plain(finding: Finding) -> str:
    packs = f" (pack {', '.join(str(number) for number in finding.packs)})" if finding.packs else ""
    return finding.trouble.value.replace("_", " ") + packs


def _worth(view: RackView) -> tuple[object, ...]:
    """What of a rack is worth a line when it changes: not every ampere."""
    sample = view.sample
    standing = tuple((member.pack, member.standing) for member in view.members)
    soc = None if sample.analog is None or sample.analog.soc_pct is None else round(sample.analog.soc_pct)
    if sample.limits is None:
        return view.ready, standing, soc
    limits = sample.limits
    return (
        view.ready,
        standing,
        soc,
        _step(limits.charge_current_limit_a, limits.charge_reason),
        _step(limits.discharge_current_limit_a, limits.discharge_reason),
    )


def _step(limit_a: float | None, reason: Reason | None) -> object:
    if reason is not None and reason.rule is LimitRule.RISING and reason.value and limit_a is not None:
        return LimitRule.RISING, int(limit_a / reason.value / RISEN_BY)
    return None if limit_a is None else round(limit_a)


def _summary(view: RackView) -> str:
    sample = view.sample
    if sample.analog is None:
        return ""
    analog, limits = sample.analog, sample.limits
    parts = [f"Rack: {sum(not pack.asleep for pack in sample.packs)} packs"]
    if analog.pack_voltage_v is not None and analog.pack_current_a is not None:
        parts.append(f"{analog.pack_voltage_v:.1f} V {analog.pack_current_a:+.1f} A")
    if analog.soc_pct is not None:
        parts.append(f"{analog.soc_pct:.0f} %")
    if limits is not None:
        charge, discharge = limits.charge_current_limit_a, limits.discharge_current_limit_a
        parts.append(f"charge up to {_amps(charge, limits.charge_reason)}")
        parts.append(f"discharge up to {_amps(discharge, limits.discharge_reason)}")
    return ", ".join(parts) + "."


def _amps(limit_a: float | None, reason: Reason | None) -> str:
    if limit_a is None:
        return "an unknown current"
    why = ""
    if reason is not None and reason.rule is not LimitRule.RATED:
        pack = "" if reason.pack is None else f", pack {reason.pack}"
        why = f" ({reason.rule.value.replace('_', ' ')}{pack})"
    return f"{limit_a:.0f} A{why}"


def _json(view: RackView, said: Sequence[str], now: datetime) -> dict[str, Any]:
    whole = rack_json(view.sample, view.at_s, fresh_for_s=view.fresh_for_s)
    return {
        "time": now.isoformat(timespec="seconds"),
        "ready": view.ready,
        "changes": list(said),
        "findings": [
            {"trouble": finding.trouble.value, "packs": list(finding.packs), "sentence": finding.sentence}
            for finding in view.findings
        ],
        "members": [_member(member) for member in view.members],
        **whole,
    }


def _member(member: Member) -> dict[str, Any]:
    values = {
        "pack": member.pack,
        "state": member.state.value,
        "standing": member.standing.value,
        "serial": member.serial,
        "age_s": None if member.age_s is None else round(member.age_s, 1),
        "objections": [objection.value for objection in member.objections],
        "equalising_a": None if member.equalising_a is None else round(member.equalising_a, 1),
    }
    return {key: value for key, value in values.items() if value is not None and value != []}


def _local_now() -> datetime:
    return datetime.fromtimestamp(time.time_ns() / 1e9, tz=UTC).astimezone()
