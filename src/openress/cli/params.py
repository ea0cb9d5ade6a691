"""`openress params`: settings of packs, read, changed with read-back and journal, taken back."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Mapping
from pathlib import Path

import click

from openress.cli.completing import assignments, parameters
from openress.cli.onpack import (
    Target,
    agree,
    author,
    begin,
    must_be_able_to_ask,
    opened,
    pack_options,
    say,
    write_options,
)
from openress.cli.paramstext import journal_lines, plan_lines, read_lines
from openress.cli.progress import bar
from openress.cli.running import run_until_interrupted
from openress.errors import ParameterError
from openress.folders import default_folder
from openress.journalling import JOURNAL, LocalJournal
from openress.model.change import Change, ChangeKind, Outcome
from openress.names import hint
from openress.params import BY_KEY, ParameterSet
from openress.rack.parameters import Plan, Report, carry_out, plan, plan_undo, settle, settled, unsettled
from openress.rack.readout import Readout, access_of, read
from openress.rack.session import Reached, Session, reach

__all__ = ["command"]


Wanted = Callable[[Session, frozenset[str]], Mapping[str, float]]
"""Makes the settings to be written, of a line whose dialect has the keys given."""


@click.group("params")
def command() -> None:
    """Read and change settings of packs: checked, shown, confirmed, read back, journalled, put back when it fails."""


def _key(key: str) -> str:
    if key not in BY_KEY:
        raise ParameterError(f"{key} is no parameter; {hint(key, BY_KEY)}")
    return key


def _assignments(texts: Iterable[str]) -> dict[str, float]:
    values: dict[str, float] = {}
    for text in texts:
        key, equals, value = text.partition("=")
        if not equals:
            raise ParameterError(f"{text}: write KEY=VALUE, such as cell_ov_alarm_mv=3600.")
        if key in values:
            raise ParameterError(f"{key} is given twice.")
        _key(key)
        try:
            values[key] = float(value)
        except ValueError:
            raise ParameterError(f"{key}={value}: {value!r} is no number; give it in {BY_KEY[key].unit}.") from None
    return values


def _file(path: Path) -> dict[str, float]:
    """Settings from a file as `params read --json` prints it, or as one object with a number for each key."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ParameterError(f"The file {path} cannot be read: {error.strerror}.") from error
    except ValueError as error:
        raise ParameterError(f"The file {path} is not in JSON: {error}.") from error
    values = content.get("values", content) if isinstance(content, dict) else content
    if not isinstance(values, dict) or not values:
        raise ParameterError(f"The file {path} has no settings: an object with a number for each key is needed.")
    for key, value in values.items():
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise ParameterError(f"The file {path}: {_key(key)} must be a number in {BY_KEY[key].unit}.")
    return {_key(key): float(value) for key, value in values.items()}


@command.command("read")
@pack_options
@click.argument("keys", nargs=-1, shell_complete=parameters)
def read_command(target: Target, keys: tuple[str, ...]) -> None:
    """Read settings of a pack: all, or those named KEYS."""
    wanted = [_key(key) for key in keys] or None

    async def main() -> None:
        async with opened(target, writes=False) as session:
            reached = await _reached(session, target.pack)
            told = await _told(session, target, target.pack, wanted)
            _show(session, reached, told, as_json=target.as_json)

    run_until_interrupted(main())


async def _told(session: Session, target: Target, pack: int, keys: list[str] | None = None) -> Readout:
    """Settings of a pack, with a bar while they are read."""
    with bar(f"reading pack {pack}", as_json=target.as_json) as tell:
        return await read(session, pack, keys, tell)


async def _reached(session: Session, pack: int) -> Reached:
    """A pack, with a word on changes that never ended."""
    reached = await reach(session, pack)
    if session.parts.parameters is not None:
        for sentence in await unsettled(session, reached):
            say(sentence)
    return reached


def _show(session: Session, reached: Reached, told: Readout, *, as_json: bool) -> None:
    defaults = ParameterSet.defaults(session.product)
    for problem in told.problems:
        say(problem)
    if as_json:
        head = {"link": session.link, "dialect": session.dialect.name, "pack": reached.pack, "serial": reached.serial}
        body = {
            "values": dict(told.values),
            "defaults": {key: defaults[key] for key in told.values},
            "not_in_dialect": list(told.missing),
            "unread": list(told.unread),
        }
        click.echo(json.dumps(head | body))
        return
    click.echo(f"{begin(reached)}, {session.dialect.title}")
    for line in read_lines(told, defaults, session.dialect.title):
        click.echo(line)


@command.command("write")
@write_options
@click.argument("settings", nargs=-1, required=True, metavar="KEY=VALUE...", shell_complete=assignments)
def write_command(target: Target, settings: tuple[str, ...], yes: bool) -> None:
    """Write settings into a pack, all of them or none."""
    values = _assignments(settings)
    _run(target, ChangeKind.WRITE, lambda _session, _has: values, yes=yes)


@command.command("restore")
@write_options
@click.argument("keys", nargs=-1, shell_complete=parameters)
@click.option("--file", "path", type=click.Path(path_type=Path), help="Settings saved by `params read --json`.")
def restore_command(target: Target, keys: tuple[str, ...], path: Path | None, yes: bool) -> None:
    """Set a pack back to the factory settings of its product, or to those in a file; all, or those named KEYS."""
    wanted = [_key(key) for key in keys]
    saved = None if path is None else _file(path)

    def values(session: Session, has: frozenset[str]) -> Mapping[str, float]:
        whole: Mapping[str, float] = ParameterSet.defaults(session.product) if saved is None else saved
        absent = [key for key in wanted if key not in whole]
        if absent:
            raise ParameterError(f"The file {path} does not have {', '.join(absent)}.")
        chosen = {key: whole[key] for key in wanted or whole}
        left = [key for key in chosen if key not in has]
        if left and not wanted:
            say(f"{session.dialect.title} does not have these, which stay as they are: {', '.join(left)}.")
        return {key: value for key, value in chosen.items() if key in has or wanted}

    _run(target, ChangeKind.RESTORE, values, yes=yes)


def _run(target: Target, kind: ChangeKind, values: Wanted, *, yes: bool) -> None:
    must_be_able_to_ask(yes=yes)

    async def main() -> None:
        async with opened(target, writes=True) as session:
            reached = await _taken_up(session, target.pack)
            has = access_of(session).keys
            planned = await plan(session, reached, values(session, has), who=author(), kind=kind)
            await _change(session, planned, target, yes=yes)

    run_until_interrupted(main())


async def _taken_up(session: Session, pack: int) -> Reached:
    """A pack all of whose earlier changes have ended."""
    reached = await reach(session, pack)
    if session.parts.parameters is not None:
        for report in await settled(session, reached):
            _tell(report)
    return reached


def _tell(report: Report) -> None:
    change = report.change
    state = "is left open" if change.outcome is None else f"ends as {change.outcome.value}"
    say(f"Change {change.number} of {report.reached}, begun by {change.who}, {state}: {report.sentence}")


async def _change(session: Session, planned: Plan, target: Target, *, yes: bool) -> None:
    """Show, ask, carry out, tell."""
    for rounded in planned.rounded:
        say(str(rounded))
    if not planned.new:
        _result(target, planned.reached, None)
        return
    shown = plan_lines(planned)
    click.echo("\n".join([f"{begin(planned.reached)}:", *shown]), err=target.as_json)
    if not agree(f"Write this into {planned.reached}?", yes=yes):
        say("Nothing was changed.")
        raise click.exceptions.Exit(1)
    sent: set[str] = set()
    with bar(f"writing {planned.reached}", as_json=target.as_json) as tell:

        def ordered(keys: Collection[str]) -> None:
            tell(len(sent), len(planned.new))
            sent.update(keys)

        report = await carry_out(session, planned, who=author(), ordered=ordered)
    _result(target, planned.reached, report)
    if not report.done:
        raise click.exceptions.Exit(1)


def _result(target: Target, reached: Reached, report: Report | None) -> None:
    if report is None:
        sentence, outcome, number = f"{begin(reached)} has these settings already; nothing was changed.", "same", None
    else:
        change = report.change
        outcome = "open" if change.outcome is None else change.outcome.value
        number = change.number
        words = {
            Outcome.DONE: f"Written and read back: {len(change.new)} of {len(change.new)}; change {number}.",
            Outcome.RESTORED: f"Not written, {report.sentence}",
        }
        sentence = words.get(change.outcome, report.sentence) if change.outcome else report.sentence
    if target.as_json:
        entry = {"pack": reached.pack, "serial": reached.serial, "outcome": outcome, "change": number}
        click.echo(json.dumps(entry | {"sentence": sentence}))
    elif outcome in ("same", "done"):
        click.echo(sentence)
    else:
        say(sentence)


@command.command("diff")
@pack_options
@click.option("--file", "path", type=click.Path(path_type=Path), help="Compare with a file instead of the factory.")
@click.option("--with-pack", type=click.IntRange(0), help="Compare with another pack on the line.")
def diff_command(target: Target, path: Path | None, with_pack: int | None) -> None:
    """Tell in which settings a pack differs from the factory's, from a file or from another pack."""
    if path is not None and with_pack is not None:
        raise ParameterError("Compare with --file or with --with-pack, not with both.")
    saved = None if path is None else _file(path)

    async def main() -> None:
        async with opened(target, writes=False) as session:
            reached = await _reached(session, target.pack)
            told = await _told(session, target, target.pack)
            name, other = "factory", dict(ParameterSet.defaults(session.product))
            if saved is not None:
                name, other = str(path), saved
            elif with_pack is not None:
                name, other = f"pack {with_pack}", dict((await _told(session, target, with_pack)).values)
            _show_diff(session, reached, told, name, other, as_json=target.as_json)

    run_until_interrupted(main())


def _show_diff(
    session: Session, reached: Reached, told: Readout, name: str, other: Mapping[str, float], *, as_json: bool
) -> None:
    differs = {key: (value, other[key]) for key, value in told.values.items() if key in other and value != other[key]}
    absent = [key for key in other if key not in told.values]
    if as_json:
        pairs = {key: {"pack": here, "other": there} for key, (here, there) in differs.items()}
        click.echo(json.dumps({"pack": reached.pack, "serial": reached.serial, "with": name, "differs": pairs}))
        return
    click.echo(f"{begin(reached)} differs from {name} in {len(differs)} of {len(told.values)} settings.")
    for key, (here, there) in differs.items():
        row = BY_KEY[key]
        click.echo(f"  {key:<24} {row.text(here):>10}   {name}: {row.text(there)}")
    if absent:
        say(f"{session.dialect.title} does not tell {', '.join(absent)}.")


@command.command("clone")
@write_options
@click.option("--to", "targets", type=click.IntRange(0), multiple=True, required=True, help="Pack to be written.")
def clone_command(target: Target, targets: tuple[int, ...], yes: bool) -> None:
    """Write the settings of one pack (--pack) into others (--to, several times), one after another."""
    must_be_able_to_ask(yes=yes)
    if target.pack in targets:
        raise ParameterError(f"Pack {target.pack} cannot be cloned into itself.")

    async def main() -> None:
        async with opened(target, writes=True) as session:
            told = await _told(session, target, target.pack)
            if told.unread:
                raise ParameterError(f"Pack {target.pack} does not tell its {', '.join(told.unread)}; not cloned.")
            for number in dict.fromkeys(targets):
                reached = await _taken_up(session, number)
                planned = await plan(session, reached, told.values, who=author(), kind=ChangeKind.CLONE)
                await _change(session, planned, target, yes=yes)

    run_until_interrupted(main())


@command.command("undo")
@write_options
def undo_command(target: Target, yes: bool) -> None:
    """Take back the last change of a pack that was carried out from here."""
    must_be_able_to_ask(yes=yes)

    async def main() -> None:
        async with opened(target, writes=True) as session:
            reached = await _taken_up(session, target.pack)
            await _change(session, await plan_undo(session, reached, who=author()), target, yes=yes)

    run_until_interrupted(main())


@command.command("recover")
@pack_options
def recover_command(target: Target) -> None:
    """Take up changes of a pack that never ended: put the old values back, or note that all new ones are there."""

    async def main() -> None:
        # Without a journal there is nothing to take up, and none is made for that.
        async with opened(target, writes=(target.folder / JOURNAL).exists()) as session:
            reached = await reach(session, target.pack)
            reports = await settle(session, reached)
            for report in reports:
                _tell(report)
            if target.as_json:
                head = {"pack": reached.pack, "serial": reached.serial}
                click.echo(json.dumps(head | {"changes": [_settled(report) for report in reports]}))
            elif not reports:
                click.echo(f"{begin(reached)} has no change that never ended.")
            if any(report.change.outcome in (None, Outcome.FAILED) for report in reports):
                raise click.exceptions.Exit(1)

    run_until_interrupted(main())


def _settled(report: Report) -> dict[str, object]:
    change = report.change
    outcome = "open" if change.outcome is None else change.outcome.value
    return {"change": change.number, "who": change.who, "outcome": outcome, "sentence": report.sentence}


@command.command("journal")
@click.option("--pack", type=click.IntRange(0), help="Only changes of the pack with this number.")
@click.option("--serial", help="Only changes of the pack with this serial number.")
@click.option("--data", type=click.Path(path_type=Path), help="Data folder with the journal.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object for each change.")
def journal_command(pack: int | None, serial: str | None, data: Path | None, as_json: bool) -> None:
    """Tell who changed what from this computer, oldest first."""
    from openress.clock import unix_s  # noqa: PLC0415  # only where a clock is needed

    folder = data or default_folder()
    if not (folder / JOURNAL).exists():
        raise ParameterError(
            f"There is no journal in {folder}: nothing was changed from here, or name another data folder with --data."
        )

    async def main() -> None:
        found: list[Change] = []
        with LocalJournal(folder, at_s=unix_s(), say=say, writes=False) as journal:
            for known in await journal.serials():
                if serial is None or known == serial:
                    found += await journal.changes(known)
            under_way = not journal.alone
        found = sorted((c for c in found if pack is None or c.pack == pack), key=lambda c: (c.at_s, c.number))
        for line in journal_lines(found, as_json=as_json, under_way=under_way):
            click.echo(line)

    run_until_interrupted(main())
