"""`openress lamps`: from the lamps on the front panel to what to do."""

from __future__ import annotations

import json

import click

from openress.install.lampguide import explain, nearest, seen_of, shown

__all__ = ["command"]


@click.command("lamps")
@click.argument("picture", nargs=-1, required=True)
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
@click.pass_context
def command(ctx: click.Context, picture: tuple[str, ...], as_json: bool) -> None:
    """Tell what the lamps of an A5L mean.

    PICTURE names RUN, ALM and the four charge lamps, lowest first: on, off, F1, F2 or F3, as in `F1 off on on off off`.
    F1 is a short flash every 4 s, F2 flashes every second, F3 every 2 s. The exit code is 1 for a picture that no state
    shows.
    """
    seen = seen_of(" ".join(picture))
    found = explain(seen)
    if as_json:
        told = [
            {
                "state": state.state,
                "soc_pct": state.soc_pct,
                "meaning": state.meaning.meaning,
                "next_step": state.meaning.next_step,
            }
            for state in found
        ]
        click.echo(json.dumps({"seen": shown(seen), "states": told}))
    else:
        click.echo(shown(seen))
        if len(found) > 1:
            click.echo(f"{len(found)} states look like this; begin with the first.")
        for state in found:
            bar = "" if state.soc_pct is None else f", {state.soc_pct[0]} to {state.soc_pct[1]} % charge"
            click.echo(f"\n{state.state}{bar}\n  {state.meaning.meaning}\n  Next: {state.meaning.next_step}")
        if not found:
            alike = ", ".join(row.value[0] for row in nearest(seen)) or "none"
            click.echo(f"No state shows these lamps. With this RUN and ALM: {alike}. Watch the panel for 10 s again.")
    if not found:
        ctx.exit(1)
