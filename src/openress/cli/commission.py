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
from openress.errors import ParameterError, PortError
from openress.finite import check_finite
from openress.install import judging as j
from openress.install.commissioning import Check, Step, steps
from openress.install.commissionlog import Done, Log, log_from_mapping, report_lines, state_mapping
from openress.install.connectors import Inverter, find_inverter
from openress.install.dip import switch_of
from openress.paper import Paper
from openress.products import Product

__all__ = ["command"]

Seen = TypeVar("Seen")

OVERRIDABLE = (Check.PART_NUMBERS, Check.ALONE, Check.GATE)
"""What a person may take upon themselves; a rack that does not answer is none of it."""

_FOOT = "Commissioning report made with OpenRESS"


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
    log = _load(state) if known else _begin(battery, packs, inverter, site, scheme)
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
    product = load_battery(battery)
    limit = product.pack_limit
    if limit is not None and packs > limit:
        raise ParameterError(f"A rack of {product.title} has at most {limit} packs, not {packs}.")
    return Log(battery, find_inverter(inverter).key, packs, site, scheme)


def _load(path: Path) -> Log:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ParameterError(f"The commissioning {path} cannot be read: {error.strerror}.") from error
    except ValueError as error:
        raise ParameterError(f"The commissioning {path} is no JSON: {error}.") from error
    if not isinstance(content, dict):
        raise ParameterError(f"The commissioning {path} is no commissioning; name another file.")
    check_finite(content, name=f"The commissioning {path}")
    return log_from_mapping(content, name=path.name)


def _now() -> str:
    return f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S} UTC"  # noqa: TID251  # a person's moment: the shell's clock


class _RefusedError(Exception):
    """A step may not be passed."""

    def __init__(self, sentences: list[str]) -> None:
        super().__init__(" ".join(sentences))
        self.sentences = sentences


class _Run:
    """One sitting at a commissioning."""

    def __init__(self, state: Path, log: Log, link: str | None, dialect: str, timeout_s: float) -> None:
        self._state = state
        self._log = log
        self._line = (link, dialect, timeout_s)
        self._product: Product = load_battery(log.product)
        self._inverter: Inverter = find_inverter(log.inverter)
        self._steps = steps(self._product, self._inverter, log.packs, log.scheme)
        known = self._product.address_switch is not None or log.scheme is not None
        self._switch = switch_of(self._product, log.packs, log.scheme) if known else None

    def go(self, override: str | None) -> None:
        """Do steps until one is refused, the person stops, or all are done."""
        while (step := self._log.next_step(self._steps)) is not None:
            number = self._steps.index(step) + 1
            click.echo(f"\nStep {number} of {len(self._steps)}: {step.title}")
            for line in step.lines:
                click.echo(f"  - {line}")
            try:
                found = self._judged(step)
            except _RefusedError as refused:
                if override is None or step.check not in OVERRIDABLE:
                    self._refuse(step, refused)
                    raise click.exceptions.Exit(1) from refused
                self._record(step, Done(_now(), " ".join(refused.sentences), override))
                override = None
                continue
            self._record(step, Done(_now(), found))
            click.echo(f"  done: {found}")
        click.echo("\nAll steps are done. Sign off with --sign NAME, and write the report with --report FILE.pdf.")

    def finish(self, signed_by: str | None, report: Path | None, *, as_json: bool) -> None:
        """Sign, and write the report or print how far it is."""
        following = self._log.next_step(self._steps)
        if signed_by is not None:
            if following is not None:
                raise ParameterError(f"It cannot be signed off: the step '{following.title}' is open.")
            self._log.signed_by, self._log.signed_at = signed_by, _now()
            self.save()
        lines = report_lines(self._log, self._steps, (self._product.title, self._inverter.title))
        if as_json:
            click.echo(json.dumps(state_mapping(self._log, self._steps)))
        if report is None:
            if not as_json:
                click.echo("\n".join(lines))
        elif report.suffix == ".pdf":
            paper = Paper(f"Commissioning {self._log.site}".rstrip(), _FOOT)
            paper.add(lines)
            paper.write(report)
        else:
            write_text(report, "\n".join(lines) + "\n")
        if report is not None:
            click.echo(f"written: {report}", err=True)

    def _refuse(self, step: Step, refused: _RefusedError) -> None:
        for sentence in refused.sentences:
            self._log.refusals.append((_now(), step.key, sentence))
            click.echo(f"  ! {sentence}")
        self.save()
        click.echo("  Put it right, and run the same command again.")

    def _record(self, step: Step, done: Done) -> None:
        self._log.done[step.key] = done
        self.save()

    def save(self) -> None:
        """Write the state file, as a whole or not at all."""
        text = json.dumps(self._log.as_mapping(), indent=1)
        part = self._state.with_name(f"{self._state.name}.part")
        write_text(part, text)
        part.replace(self._state)

    def _judged(self, step: Step) -> str:
        """Ask, read and judge; what was found, in a few words.

        Raises:
            _RefusedError: the step may not be passed.
        """
        match step.check:
            case Check.PART_NUMBERS:
                return self._part_numbers()
            case Check.SWITCHES:
                return self._switches()
            case Check.ALONE:
                return self._alone(step.pack or 1)
            case Check.GATE:
                _pass(j.judge_gate(self._log.alone, self._log.packs))
                return "full, and of one voltage"
            case Check.RACK:
                return self._rack()
            case Check.CHARGE | Check.DISCHARGE:
                return self._cycle(charging=step.check is Check.CHARGE)
            case Check.CONFIRM:
                return self._confirmed("Is this done?")

    def _confirmed(self, question: str) -> str:
        if not click.confirm(f"  {question}"):
            raise _RefusedError(["It is not done yet."])
        return "confirmed"

    def _part_numbers(self) -> str:
        numbers = self._log.part_numbers
        for pack in range(1, self._log.packs + 1):
            numbers[pack] = click.prompt(f"  Part number of pack {pack}", default=numbers.get(pack)).strip()
            self.save()
        _pass(j.judge_part_numbers(numbers))
        return numbers[1]

    def _switches(self) -> str:
        self._confirmed("Is every breaker off?")
        since = time.monotonic()
        self._confirmed("Are all switches set?")
        left = (self._product.address_wait_s or j.WAIT_S) - (time.monotonic() - since)
        if left > 0:
            click.echo(f"  Leave the breakers off for {left:.0f} s more ...")
            time.sleep(left)
        return "set while off"

    def _alone(self, pack: int) -> str:
        self._confirmed(f"Is pack {pack} alone, full and without a charger?")
        others = {number: one for number, one in self._log.alone.items() if number != pack}
        if self._line[0] is None:
            seen = j.Alone(pack, (), _number("Voltage at its terminals, V"), _number("State of charge, %"))
        else:
            seen = self._asked(lambda reader: reader.alone(pack, self._log.packs))
        self._log.alone[pack] = seen
        self.save()
        _pass(j.judge_alone(seen, self._product, self._switch, others))
        return f"{seen.voltage_v:.2f} V, {seen.soc_pct:.0f} %"

    def _rack(self) -> str:
        if self._line[0] is None:
            return self._confirmed("Does every pack show standby, and none ALM?")
        seen = self._asked(lambda reader: reader.rack(self._log.packs))
        _pass(j.judge_rack(seen, self._log.packs, self._log.alone))
        return f"{len(seen)} packs answer"

    def _cycle(self, *, charging: bool) -> str:
        verb = "charge" if charging else "discharge"
        if self._line[0] is None:
            return self._confirmed(f"Do all packs {verb}, with about the same current?")
        self._confirmed(f"Does the battery {verb} now?")
        seen = self._asked(lambda reader: reader.rack(self._log.packs))
        _pass(j.judge_cycle(seen, charging=charging))
        return ", ".join(f"{one.current_a:+.1f} A" for one in seen if one.current_a is not None)

    def _asked(self, ask: Callable[[PackReader], Awaitable[Seen]]) -> Seen:
        """Read over the line; a line that is dead or silent is a refusal, not an end."""
        link, dialect, timeout_s = self._line

        async def main() -> Seen:
            with working("  asking packs", as_json=False):
                async with pack_reader(link or "", dialect, timeout_s) as reader:
                    return await ask(reader)

        try:
            return asyncio.run(main())
        except PortError as error:
            raise _RefusedError([str(error)]) from error


def _pass(problems: list[str]) -> None:
    if problems:
        raise _RefusedError(problems)


def _number(question: str) -> float:
    while True:
        text = click.prompt(f"  {question}")
        if re.fullmatch(r"\s*[0-9]+([.,][0-9]+)?\s*", text):
            return float(text.replace(",", "."))
        click.echo("  Write a number, as 53.4.")
