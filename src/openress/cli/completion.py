"""`openress completion`: the few lines of shell that ask this program what may follow."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

__all__ = ["command"]

SHELLS = ("bash", "zsh", "fish")
_NO_SPACE = {
    "bash": ("    return 0\n", '    [[ "${COMPREPLY[*]}" == *= ]] && compopt -o nospace\n\n    return 0\n'),
    "zsh": (
        "        compadd -U -V unsorted -a completions\n",
        """\
        local -a end
        [[ "${completions[1]}" == *= ]] && end=(-S '')
        compadd -U -V unsorted "${end[@]}" -a completions
""",
    ),
}
"""A line of click's script and what stands in its place: KEY= is followed by a value at once. Fish sees that itself."""


@click.command("completion")
@click.argument("shell", type=click.Choice(SHELLS))
@click.pass_context
def command(ctx: click.Context, shell: str) -> None:
    """Print the script that lets SHELL complete verbs, options, dialects, products, inverters, drills and parameters.

    For good, once: in bash put `eval "$(openress completion bash)"` into ~/.bashrc, in zsh
    `eval "$(openress completion zsh)"` into ~/.zshrc, for fish write the script into
    ~/.config/fish/completions/openress.fish. Then open a new shell, and press Tab.
    """
    root = ctx.find_root()
    name = root.info_name or "openress"
    make = get_completion_class(shell)
    if make is None:
        # Click knows every shell of the choice above.
        raise click.UsageError(f"There is no completion for {shell}.", ctx)
    script = make(root.command, {}, name, f"_{name.upper()}_COMPLETE").source()
    click.echo(script.replace(*_NO_SPACE.get(shell, ("", ""))))
