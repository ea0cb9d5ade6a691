"""`openress`: finds the verb, runs it, and turns errors into one sentence and an exit code.

Exit codes: 0 done; 1 it was tried and failed (no answer, a bad frame, a dead line); 2 it could not be tried (a wrong
argument, file or name).
"""

from __future__ import annotations

import importlib
import sys
from typing import Any

import click
from click.shell_completion import CompletionItem

from openress import __version__
from openress.cli.lessons import teach
from openress.cli.mistakes import plainly
from openress.cli.outlet import NoOutletError, give_up_output, outlet
from openress.errors import OpenRESSError, ParameterError
from openress.names import hint

__all__ = ["main"]

PROGRAM = "openress"
VERBS = {
    "accounts": "Say who may do what on the page, and read who did what.",
    "bms": "Ask what the BMS would have done with a recording.",
    "bus": "Let virtual packs share one line, with everything that can be wrong with it.",
    "cable": "Make the cable between a battery and an inverter.",
    "capture": "Record what passes on a line, with its timing.",
    "cell": "Fit a cell's profile, run the state-of-charge estimator over a log.",
    "commission": "Commission a rack, step by step.",
    "completion": "Print what makes a shell complete the verbs, options and names.",
    "control": "Switch something of a pack, set its clock.",
    "dbc": "Print a CAN dialect as DBC, for the tools of others.",
    "decode": "Read frames of a serial line or a CAN bus, one JSON line for each.",
    "dialects": "List the dialects and how well each is known.",
    "dip": "Set the address switches of packs, or read them.",
    "drill": "Make a fault on purpose, and see what goes on the wire.",
    "explain": "Tell why each value is on the wire to the inverter.",
    "gateway": "Tell an inverter on CAN what packs on another link allow.",
    "help": "Tell what to know before touching a battery.",
    "history": "Print what was measured and what happened.",
    "incident": "Look at what was recorded around an event, and run it again.",
    "inverter": "Be an inverter on a CAN link, and print what its owner would see.",
    "inverters": "List inverters: how each is spoken to, set, and told to stop.",
    "lamps": "Tell what the lamps of a pack mean.",
    "logs": "Read the records of packs.",
    "mqtt": "Look at what a broker and Home Assistant are told, and try the broker.",
    "notify": "Try the ways by which troubles are told.",
    "params": "Read and change settings of packs.",
    "passport": "Print a pack's battery passport: health and life, with method and date.",
    "plan": "Plan the wiring of a rack, or check it.",
    "playback": "Play a recording back on a link, or print it.",
    "ports": "List the serial ports that are plugged in.",
    "rack": "Watch the packs of a line together: who counts, who is lost, what they allow.",
    "read": "Read packs over a link.",
    "scan": "Find out who is on a line and what is wrong with the rack.",
    "serve": "Be a battery: answer on a link.",
    "sheet": "Tell what to set on an inverter.",
    "sim": "Run packs over simulated days, months, years.",
    "storage": "Check stored packs, and when to charge them again.",
    "top": "Show the rack in the terminal, second by second.",
    "up": "Run a virtual rack with its links and its page.",
    "update-check": "Tell whether BMS software may be changed now.",
}


class Verbs(click.Group):
    """Imports a verb when it is used, so that each starts quickly."""

    def make_context(
        self, info_name: str | None, args: list[str], parent: click.Context | None = None, **extra: Any
    ) -> click.Context:
        """As the base class; the help is printed here."""
        with outlet():
            return super().make_context(info_name, args, parent, **extra)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the verb that was asked for."""
        with outlet():
            return super().invoke(ctx)

    def list_commands(self, _ctx: click.Context) -> list[str]:
        """All verbs."""
        return sorted(VERBS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        """The verb called `name`."""
        if name not in VERBS:
            if ctx.resilient_parsing:
                # The shell asks what may follow a word that is none of ours: nothing.
                return None
            ctx.fail(f"There is no command {name!r}; {hint(name, VERBS)}")
        command: click.Command = importlib.import_module(f"openress.cli.{name.replace('-', '_')}").command
        teach(name, command)
        return command

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Verbs by name, without importing them, and the options of the program."""
        verbs = [CompletionItem(name, help=VERBS[name]) for name in sorted(VERBS) if name.startswith(incomplete)]
        return verbs + click.Command.shell_complete(self, ctx, incomplete)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The list of verbs, without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, VERBS[name]) for name in self.list_commands(ctx)])


@click.command(cls=Verbs, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name=PROGRAM)
def program() -> None:
    """The open battery-side stack for rack-type 48 V / 51.2 V LiFePO4 storage.

    `openress up` starts a virtual rack with its page, `openress scan LINK` looks for packs on a line, and
    `openress VERB --help` explains a verb with examples. `openress completion` lets the shell complete them.
    """


def main() -> None:
    """Run the program with the arguments of the process."""
    try:
        code = program.main(prog_name=PROGRAM, standalone_mode=False)
    except click.ClickException as error:
        plainly(error).show()
        code = error.exit_code
    except click.Abort:
        code = 130
    except OpenRESSError as error:
        click.echo(f"openress: {error}", err=True)
        code = 2 if isinstance(error, ParameterError) else 1
    except NoOutletError as error:
        give_up_output()
        if error.sentence:
            click.echo(f"openress: {error.sentence}", err=True)
        code = error.code
    sys.exit(code or 0)
