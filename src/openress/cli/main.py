"""`openress`: finds the verb, runs it, and turns errors into one sentence and an exit code.

Exit codes: 0 done; 1 it was tried and failed (no answer, a bad frame, a dead line); 2 it could not be tried (a wrong
argument, file or name).
"""

from __future__ import annotations

import importlib
import sys

import click

from openress import __version__
from openress.errors import OpenRESSError, ParameterError
from openress.names import hint

__all__ = ["main"]

VERBS = {
    "accounts": "Say who may do what on the page, and read who did what.",
    "bms": "Ask what the BMS would have done with a recording.",
    "cable": "Make the cable between a battery and an inverter.",
    "bus": "Let virtual packs share one line, with everything that can be wrong with it.",
    "capture": "Record what passes on a line, with its timing.",
    "cell": "Fit a cell's profile, run the state-of-charge estimator over a log.",
    "control": "Switch something of a pack, set its clock.",
    "dbc": "Print a CAN dialect as DBC, for the tools of others.",
    "commission": "Commission a rack, step by step.",
    "decode": "Read frames of a serial line or a CAN bus, one JSON line for each.",
    "drill": "Make a fault on purpose, and see what goes on the wire.",
    "dip": "Set the address switches of packs, or read them.",
    "dialects": "List the dialects and how well each is known.",
    "explain": "Tell why each value is on the wire to the inverter.",
    "gateway": "Tell an inverter on CAN what packs on another link allow.",
    "incident": "Look at what was recorded around an event, and run it again.",
    "history": "Print what was measured and what happened.",
    "inverter": "Be an inverter on a CAN link, and print what its owner would see.",
    "inverters": "List inverters: how each is spoken to, set, and told to stop.",
    "help": "Tell what to know before touching a battery.",
    "lamps": "Tell what the lamps of a pack mean.",
    "mqtt": "Look at what a broker and Home Assistant are told, and try the broker.",
    "notify": "Try the ways by which troubles are told.",
    "passport": "Print a pack's battery passport: health and life, with method and date.",
    "plan": "Plan the wiring of a rack, or check it.",
    "logs": "Read the records of packs.",
    "params": "Read and change settings of packs.",
    "playback": "Play a recording back on a link, or print it.",
    "rack": "Watch the packs of a line together: who counts, who is lost, what they allow.",
    "read": "Read packs over a link.",
    "scan": "Find out who is on a line and what is wrong with the rack.",
    "serve": "Be a battery: answer on a link.",
    "sheet": "Tell what to set on an inverter.",
    "sim": "Run packs over simulated days, months, years.",
    "storage": "Check stored packs, and when to charge them again.",
    "up": "Run a virtual rack with its links and its page.",
    "update-check": "Tell whether BMS software may be changed now.",
}


class Verbs(click.Group):
    """Imports a verb when it is used, so that each starts quickly."""

    def list_commands(self, _ctx: click.Context) -> list[str]:
        """All verbs."""
        return sorted(VERBS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        """The verb called `name`."""
        if name not in VERBS:
            ctx.fail(f"There is no command {name!r}; {hint(name, VERBS)}")
        command: click.Command = importlib.import_module(f"openress.cli.{name.replace('-', '_')}").command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The list of verbs, without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, VERBS[name]) for name in self.list_commands(ctx)])


@click.command(cls=Verbs, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="openress")
def program() -> None:
    """The open battery-side stack for rack-type 48 V / 51.2 V LiFePO4 storage."""


def main() -> None:
    """Run the program with the arguments of the process."""
    try:
        code = program.main(standalone_mode=False)
    except click.ClickException as error:
        error.show()
        code = error.exit_code
    except click.Abort:
        code = 130
    except OpenRESSError as error:
        click.echo(f"openress: {error}", err=True)
        code = 2 if isinstance(error, ParameterError) else 1
    except BrokenPipeError:
        # The reader of our output went away, as `head` does.
        sys.stderr.close()
        code = 0
    sys.exit(code or 0)
