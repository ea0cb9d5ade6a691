"""`openress control`: switches of a pack, its clock and its inverter protocols, each confirmed and read back."""

from __future__ import annotations

import json
import re

import click

from openress.cli.onpack import (
    Target,
    agree,
    author,
    begin,
    must_be_able_to_ask,
    opened,
    say,
    write_options,
)
from openress.cli.running import run_until_interrupted
from openress.clock import local_s, unix_s
from openress.errors import ParameterError
from openress.model.change import Outcome
from openress.model.history import Calendar
from openress.protocols.access import Choice, Control
from openress.rack.control import CONTROLS, ControlReport, choice_text, choose, chosen, clock, set_clock, switch
from openress.rack.limiter import LIMITER_START, limiter_start, set_limiter_start
from openress.rack.session import Reached, Session, reach

__all__ = ["command"]

TYPED = frozenset({Control.CHARGE_SWITCH, Control.DISCHARGE_SWITCH, Control.SHUTDOWN})
"""What takes more than a y: the serial number of the pack, typed."""
_TIME = re.compile(r"(\d{4})-(\d\d)-(\d\d)[ T](\d\d):(\d\d):(\d\d)")


class _Verbs(click.Group):
    """LINK stands before the verb, as in `openress control LINK mos charge off`."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Move the verb to the front; LINK and options before it belong to it."""
        at = next((number for number, text in enumerate(args) if text in self.commands), 0)
        args = [*args[at : at + 1], *args[:at], *args[at + 1 :]]
        return super().parse_args(ctx, args)


@click.group("control", cls=_Verbs, options_metavar="", subcommand_metavar="LINK COMMAND [ARGS]...")
def command() -> None:
    """Switch something of a pack on LINK, or set its clock: asked first, read back afterwards, written down."""


_ON = click.argument("state", type=click.Choice(["on", "off"]))
_FORCE = click.option("--force", is_flag=True, help="Also under load.")


@command.command("mos")
@write_options
@click.argument("way", type=click.Choice(["charge", "discharge"]))
@_ON
@_FORCE
def mos_command(target: Target, way: str, state: str, yes: bool, force: bool) -> None:
    """Open the charge or discharge switch of a pack, or let it be: on closes it when no protection says otherwise."""
    control = Control.CHARGE_SWITCH if way == "charge" else Control.DISCHARGE_SWITCH
    _switch(target, control, on=state == "on", yes=yes, force=force)


@command.command("limit")
@write_options
@_ON
def limit_command(target: Target, state: str, yes: bool) -> None:
    """Put the charge current limiter in, or take it out (LIMIT MOS of the service tool)."""
    _switch(target, Control.CHARGE_LIMITER, on=state == "on", yes=yes)


@command.command("limit-start")
@write_options
@click.argument("amperes", required=False, type=click.IntRange(0))
def limit_start_command(target: Target, amperes: int | None, yes: bool) -> None:
    """Tell from which charge current the limiter of a pack comes in, or set it to AMPERES."""
    if amperes is not None:
        must_be_able_to_ask(yes=yes)

    async def main() -> None:
        async with opened(target, writes=amperes is not None) as session:
            reached = await reach(session, target.pack)
            start_a = await limiter_start(session, target.pack)
            if amperes is None:
                _show_start(target, reached, start_a)
                return
            if not agree(f"The limiter of {reached} starts at {start_a:g} A. Set it to {amperes} A?", yes=yes):
                _nothing()
            _tell(target, reached, await set_limiter_start(session, reached, amperes, who=author()))

    run_until_interrupted(main())


def _show_start(target: Target, reached: Reached, start_a: float) -> None:
    if target.as_json:
        click.echo(json.dumps({"pack": reached.pack, "serial": reached.serial, LIMITER_START: start_a}))
        return
    click.echo(f"The limiter of {reached} starts at {start_a:g} A.")


@command.command("gear")
@write_options
@click.argument("gear", type=click.Choice(["low", "high"]))
def gear_command(target: Target, gear: str, yes: bool) -> None:
    """Choose the gear of the charge current limiter."""
    _switch(target, Control.LIMITER_LOW_GEAR, on=gear == "low", yes=yes)


@command.command("buzzer")
@write_options
@_ON
def buzzer_command(target: Target, state: str, yes: bool) -> None:
    """Allow the buzzer, or silence it."""
    _switch(target, Control.BUZZER, on=state == "on", yes=yes)


@command.command("lamp")
@write_options
@_ON
def lamp_command(target: Target, state: str, yes: bool) -> None:
    """Allow the alarm lamp, or keep it dark."""
    _switch(target, Control.LAMP_ALARM, on=state == "on", yes=yes)


@command.command("balancing")
@write_options
@_ON
def balancing_command(target: Target, state: str, yes: bool) -> None:
    """Allow the balancer, or keep it still."""
    _switch(target, Control.BALANCING, on=state == "on", yes=yes)


@command.command("shutdown")
@write_options
@_FORCE
def shutdown_command(target: Target, yes: bool, force: bool) -> None:
    """Turn a pack off; only its button turns it on again."""
    _switch(target, Control.SHUTDOWN, on=True, yes=yes, force=force)


def _switch(target: Target, control: Control, *, on: bool, yes: bool, force: bool = False) -> None:
    must_be_able_to_ask(yes=yes)
    title = CONTROLS[control].title

    async def main() -> None:
        async with opened(target, writes=True) as session:
            reached = await reach(session, target.pack)
            order = "" if control is Control.SHUTDOWN else f" {'on' if on else 'off'}"
            word = (reached.serial if reached.named else control.value) if control in TYPED else None
            if not agree(f"Order {title}{order} of {reached}?", yes=yes, word=word):
                _nothing()
            report = await switch(session, reached, control, on=on, who=author(), forced=force)
            _tell(target, reached, report)

    run_until_interrupted(main())


def _nothing() -> None:
    say("Nothing was changed.")
    raise click.exceptions.Exit(1)


def _tell(target: Target, reached: Reached, report: ControlReport) -> None:
    done = report.outcome is Outcome.DONE
    if target.as_json:
        entry = {"pack": reached.pack, "serial": reached.serial, "outcome": report.outcome.value}
        click.echo(json.dumps(entry | {"sentence": report.sentence}))
    elif done:
        click.echo(f"{begin(reached)}: {report.sentence}")
    else:
        say(f"{begin(reached)}: {report.sentence}")
    if not done:
        raise click.exceptions.Exit(1)


@command.command("clock")
@write_options
@click.option("--set", "wanted", metavar="TIME", help="now, or a time such as '2026-11-20 12:00:00'.")
def clock_command(target: Target, wanted: str | None, yes: bool) -> None:
    """Tell what the clock of a pack shows, or set it."""
    if wanted is not None:
        must_be_able_to_ask(yes=yes)
        _time(wanted)

    async def main() -> None:
        async with opened(target, writes=wanted is not None) as session:
            reached = await reach(session, target.pack)
            shows = await clock(session, target.pack)
            if wanted is None:
                _show_clock(target, reached, shows)
                return
            if not agree(f"The clock of {reached} shows {shows}. Set it to {wanted}?", yes=yes):
                _nothing()
            _tell(target, reached, await set_clock(session, reached, _time(wanted), who=author()))

    run_until_interrupted(main())


def _time(text: str) -> Calendar:
    if text == "now":
        return Calendar.of_seconds(local_s(unix_s()))
    found = _TIME.fullmatch(text)
    at = None if found is None else Calendar(*(int(part) for part in found.groups()))
    if at is None or not at.exists:
        raise ParameterError(f"--set {text}: write now, or a time such as '2026-11-20 12:00:00'.")
    return at


def _show_clock(target: Target, reached: Reached, shows: Calendar) -> None:
    ahead_s = round(shows.seconds - local_s(unix_s()))
    if target.as_json:
        click.echo(
            json.dumps({"pack": reached.pack, "serial": reached.serial, "clock": str(shows), "ahead_s": ahead_s})
        )
        return
    off = "as this computer's" if abs(ahead_s) <= 1 else f"{_span(abs(ahead_s))} {'ahead' if ahead_s > 0 else 'behind'}"
    click.echo(f"The clock of {reached} shows {shows}, {off}.")


def _span(seconds: int) -> str:
    for unit, length in (("days", 86_400), ("h", 3_600), ("min", 60)):
        if seconds >= 2 * length:
            return f"{seconds // length} {unit}"
    return f"{seconds} s"


@command.command("protocol")
@write_options
@click.option("--can", type=click.IntRange(0, 255), help="Number of the protocol on CAN, as its maker counts.")
@click.option("--rs485", type=click.IntRange(0, 255), help="Likewise on RS485.")
@click.option("--auto/--manual", "automatic", default=None, help="Let the pack find the protocol by itself, or not.")
def protocol_command(target: Target, can: int | None, rs485: int | None, automatic: bool | None, yes: bool) -> None:
    """Tell which inverter protocols a pack itself speaks, or choose them."""
    changes = (can, rs485, automatic) != (None, None, None)
    if changes:
        must_be_able_to_ask(yes=yes)

    async def main() -> None:
        async with opened(target, writes=changes) as session:
            reached = await reach(session, target.pack)
            if not changes:
                await _show_choice(session, target, reached)
                return
            if not agree(f"Choose other inverter protocols for {reached}?", yes=yes):
                _nothing()
            _tell(target, reached, await choose(session, reached, Choice(can, rs485, automatic), who=author()))

    run_until_interrupted(main())


async def _show_choice(session: Session, target: Target, reached: Reached) -> None:
    told = await chosen(session, target.pack)
    values = {"can": told.can, "rs485": told.rs485, "automatic": told.automatic}
    if target.as_json:
        click.echo(json.dumps({"pack": reached.pack, "serial": reached.serial} | values))
        return
    click.echo(f"The inverter protocols of {reached}: {choice_text(told)}.")
