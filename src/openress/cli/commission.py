"""`openress commission`: step by step from the crate to the first cycle, with a state file and a report."""

from __future__ import annotations

import asyncio
import json
import re
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

import click

from openress.catalog import load_battery
from openress.cli.completing import dialects, inverters, products, schemes
from openress.cli.numbers import Finite
from openress.cli.output import write_text
from openress.cli.packread import PackReader, pack_reader
from openress.cli.progress import working
from openress.commissionfile import load_log, save_log
from openress.errors import ParameterError, PortError
from openress.install.commissioning import Check, Step
from openress.install.commissionlog import Log, state_mapping
from openress.install.commissionrun import REPORT_FOOT, CommissionRun, Judged, check_packs, confirmed
from openress.install.connectors import find_inverter
from openress.install.judging import Alone
from openress.paper import Paper

__all__ = ["command"]

Seen = TypeVar("Seen")


@click.command("commission")
@click.argument("state", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--battery", help="Battery product; given once, when the file is begun.", shell_complete=products)
@click.option("--packs", type=click.IntRange(1, 64), help="How many packs; given once.")
@click.option("--inverter", help="The inverter; given once.", shell_complete=inverters)
@click.option("--site", default="", help="Where; given once.")
@click.option(
    "--scheme",
    help="Scheme of the switches where the product's table is not published; given once.",
    shell_complete=schemes,
)
@click.option("--link", help="Line to the packs, as for `openress read`; without it you enter what you see.")
@click.option("--dialect", default="pace", show_default=True, help="What the packs speak.", shell_complete=dialects)
@click.option("--timeout-s", type=Finite(0.01, 60), default=0.6, show_default=True, help="Wait so long.")
@click.option("--override", help="Pass the step that is refused, for this reason; the report shows it.")
@click.option("--sign", "signed_by", help="Sign off when every step is done; your name.")
@click.option("--report", type=click.Path(path_type=Path), help="Write the report, as .pdf or as .txt.")
@click.option("--json", "as_json", is_flag=True, help="Ask nothing: one JSON object with how far it is.")
def command(
    state: Path,
    battery: str | None,
    packs: int | None,
    inverter: str | None,
    site: str,
    scheme: str | None,
    link: str | None,
    dialect: str,
    timeout_s: float,
    override: str | None,
    signed_by: str | None,
    report: Path | None,
    as_json: bool,
) -> None:
    """Commission a rack, and keep in the file STATE what is done; run it again to go on.

    A step that is refused says what to put right, and ends the run with exit code 1.
    """
    known = state.exists()
    log = load_log(state) if known else _begin(battery, packs, inverter, site, scheme)
    run = _Run(state, log, link, dialect, timeout_s)
    if not known:
        # What is given once is kept before the first question, which may never be answered.
        run.save()
    if as_json or signed_by is not None or report is not None:
        run.finish(signed_by, report, as_json=as_json)
        return
    try:
        run.go(override)
    except click.Abort as abort:
        if isinstance(abort.__context__, EOFError):
            click.echo()
            raise ParameterError(
                f"Nobody is there to answer: run `openress commission {state}` on a terminal; it goes on with what was "
                "given and entered."
            ) from abort
        raise


def _begin(battery: str | None, packs: int | None, inverter: str | None, site: str, scheme: str | None) -> Log:
    if battery is None or packs is None or inverter is None:
        raise ParameterError("A new commissioning needs --battery, --packs and --inverter.")
    check_packs(load_battery(battery), packs)
    return Log(battery, find_inverter(inverter).key, packs, site, scheme)


def _now() -> str:
    return f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S} UTC"  # noqa: TID251  # a person's moment: the shell's clock


class _Run:
    """One sitting at a commissioning."""

    def __init__(self, state: Path, log: Log, link: str | None, dialect: str, timeout_s: float) -> None:
        self._state = state
        self._line = (link, dialect, timeout_s)
        self._run = CommissionRun(log, load_battery(log.product), find_inverter(log.inverter))

    def go(self, override: str | None) -> None:
        """Do steps until one is refused, the person stops, or all are done."""
        run = self._run
        while (step := run.present) is not None:
            number = run.steps.index(step) + 1
            click.echo(f"\nStep {number} of {len(run.steps)}: {step.title}")
            for line in step.lines:
                click.echo(f"  - {line}")
            judged = self._judged(step)
            passed = run.settle(step, judged, _now(), override)
            self.save()
            if not passed:
                for sentence in judged.problems:
                    click.echo(f"  ! {sentence}")
                click.echo("  Put it right, and run the same command again.")
                raise click.exceptions.Exit(1)
            if judged.problems:
                override = None
            else:
                click.echo(f"  done: {judged.found}")
        click.echo("\nAll steps are done. Sign off with --sign NAME, and write the report with --report FILE.pdf.")

    def finish(self, signed_by: str | None, report: Path | None, *, as_json: bool) -> None:
        """Sign, and write the report or print how far it is."""
        run = self._run
        if signed_by is not None:
            run.sign(signed_by, _now())
            self.save()
        lines = run.report()
        if as_json:
            click.echo(json.dumps(state_mapping(run.log, run.steps)))
        if report is None:
            if not as_json:
                click.echo("\n".join(lines))
        elif report.suffix == ".pdf":
            paper = Paper(run.report_title, REPORT_FOOT)
            paper.add(lines)
            paper.write(report)
        else:
            write_text(report, "\n".join(lines) + "\n")
        if report is not None:
            click.echo(f"written: {report}", err=True)

    def save(self) -> None:
        """Write the state file, as a whole or not at all."""
        save_log(self._state, self._run.log)

    def _judged(self, step: Step) -> Judged:
        """Ask, read and judge."""
        match step.check:
            case Check.PART_NUMBERS:
                return self._part_numbers()
            case Check.SWITCHES:
                return self._switches()
            case Check.ALONE:
                return self._alone(step.pack or 1)
            case Check.GATE:
                return self._run.gate()
            case Check.RACK:
                return self._rack()
            case Check.CHARGE | Check.DISCHARGE:
                return self._cycle(charging=step.check is Check.CHARGE)
            case Check.CONFIRM:
                return _confirmed("Is this done?")

    def _part_numbers(self) -> Judged:
        log = self._run.log
        for pack in range(1, log.packs + 1):
            known = log.part_numbers.get(pack)
            log.part_numbers[pack] = click.prompt(f"  Part number of pack {pack}", default=known).strip()
            self.save()
        return self._run.part_numbers()

    def _switches(self) -> Judged:
        if (off := _confirmed("Is every breaker off?")).problems:
            return off
        since = time.monotonic()
        if (set_ := _confirmed("Are all switches set?")).problems:
            return set_
        left = self._run.address_wait_s - (time.monotonic() - since)
        if left > 0:
            click.echo(f"  Leave the breakers off for {left:.0f} s more ...")
            time.sleep(left)
        return self._run.switches()

    def _alone(self, pack: int) -> Judged:
        if (ready := _confirmed(f"Is pack {pack} alone, full and without a charger?")).problems:
            return ready
        if self._line[0] is None:
            seen = Alone(pack, (), _number("Voltage at its terminals, V"), _number("State of charge, %"))
            return self._run.alone(seen)
        return self._asked(lambda reader: reader.alone(pack, self._run.log.packs), self._run.alone)

    def _rack(self) -> Judged:
        if self._line[0] is None:
            return _confirmed("Does every pack show standby, and none ALM?")
        return self._asked(lambda reader: reader.rack(self._run.log.packs), self._run.rack)

    def _cycle(self, *, charging: bool) -> Judged:
        verb = "charge" if charging else "discharge"
        if self._line[0] is None:
            return _confirmed(f"Do all packs {verb}, with about the same current?")
        if (flows := _confirmed(f"Does the battery {verb} now?")).problems:
            return flows
        return self._asked(
            lambda reader: reader.rack(self._run.log.packs), lambda seen: self._run.cycle(seen, charging=charging)
        )

    def _asked(self, ask: Callable[[PackReader], Awaitable[Seen]], judge: Callable[[Seen], Judged]) -> Judged:
        """Read over the line, and judge what was read; a line that is dead or silent is a refusal, not an end."""
        link, dialect, timeout_s = self._line

        async def main() -> Seen:
            with working("  asking packs", as_json=False):
                async with pack_reader(link or "", dialect, timeout_s) as reader:
                    return await ask(reader)

        try:
            return judge(asyncio.run(main()))
        except PortError as error:
            return Judged("", (str(error),))


def _confirmed(question: str) -> Judged:
    return confirmed(done=click.confirm(f"  {question}"))


def _number(question: str) -> float:
    while True:
        text = click.prompt(f"  {question}")
        if re.fullmatch(r"\s*[0-9]+([.,][0-9]+)?\s*", text):
            return float(text.replace(",", "."))
        click.echo("  Write a number, as 53.4.")
