"""`openress incident`: what was recorded around events, and what the same code makes of it again."""

from __future__ import annotations

import json
from pathlib import Path

import click

from openress import __version__
from openress.cli.incidenttext import list_lines, outcome_lines, show_lines
from openress.cli.numbers import Finite
from openress.cli.progress import working
from openress.errors import ParameterError, StateError
from openress.folders import default_folder
from openress.gateway.caps import Caps
from openress.incidents.folder import FOLDER, IncidentFolder
from openress.incidents.incident import Incident
from openress.incidents.incidentfile import SUFFIX, read, to_bytes
from openress.incidents.redacting import redacted
from openress.incidents.replaying import Changes, replayed
from openress.incidents.timeline import timeline

__all__ = ["command"]

_data = click.option("--data", type=click.Path(path_type=Path), help="The data folder; the usual one without it.")
_which = click.argument("incident", metavar="[INCIDENT|FILE]", required=False)
_json = click.option("--json", "as_json", is_flag=True, help="JSON instead of text.")


@click.group("incident")
def command() -> None:
    """Look at recorded incidents, share them, run them again.

    An incident is named as `list` prints it, or by a file; without a name it is the newest.
    """


@command.command("list")
@_data
@_json
def _list(data: Path | None, as_json: bool) -> None:
    """List what was recorded, the newest first."""
    folder = data or default_folder()
    if not folder.is_dir():
        raise ParameterError(f"There is no data folder {folder}: name that of `openress up` with --data.")
    found = _folder(data).kept()
    if as_json:
        click.echo(json.dumps([about.as_json() for about in found]))
        return
    for line in list_lines(found):
        click.echo(line)


@command.command("show")
@_which
@_data
@click.option("--every", "every_s", type=click.IntRange(1, 3600), default=10, show_default=True, help="Seconds a row.")
@click.option("--bytes", "with_bytes", is_flag=True, help="Also every frame.")
@_json
def _show(incident: str | None, data: Path | None, every_s: int, with_bytes: bool, as_json: bool) -> None:
    """Show an incident: what happened, what the packs told, what the inverter was told."""
    found = timeline(_read(incident, data))
    if as_json:
        click.echo(found.model_dump_json())
        return
    for line in show_lines(found, every_s=every_s, with_bytes=with_bytes):
        click.echo(line)


@command.command("export")
@_which
@_data
@click.option("--out", type=click.Path(path_type=Path), required=True, help=f"The file to write, as NAME{SUFFIX}.")
@click.option("--redact", is_flag=True, help="Without serial numbers, link addresses and the time of day.")
@_json
def _export(incident: str | None, data: Path | None, out: Path, redact: bool, as_json: bool) -> None:
    """Write an incident to a file that can be shared."""
    found = _read(incident, data)
    name = found.about.id
    if redact:
        found = redacted(found)
    try:
        out.write_bytes(to_bytes(found))
    except OSError as error:
        raise ParameterError(f"The file {out} cannot be written: {error.strerror}.") from error
    if as_json:
        click.echo(json.dumps({"incident": name, "file": str(out), "redacted": redact}))
        return
    click.echo(f"{out}: {found.about.event.sentence}{' Redacted.' if redact else ''}")


@command.command("replay")
@_which
@_data
@click.option("--set", "settings", multiple=True, metavar="KEY=VALUE", help="A setting of the packs, otherwise.")
@click.option("--product", help="Another battery product, or its file.")
@click.option("--cvl", type=Finite(min=0), metavar="V", help="Your own cap of the charge voltage.")
@click.option("--ccl", type=Finite(min=0), metavar="A", help="Your own cap of the charge current.")
@click.option("--dcl", type=Finite(min=0), metavar="A", help="Your own cap of the discharge current.")
@_json
def _replay(
    incident: str | None,
    data: Path | None,
    settings: tuple[str, ...],
    product: str | None,
    cvl: float | None,
    ccl: float | None,
    dcl: float | None,
    as_json: bool,
) -> None:
    """Run an incident again and compare every byte with what was recorded.

    Without a change, another byte is exit code 1. With one, the first difference is told and the exit code is 0.
    """
    found = _read(incident, data)
    changes = Changes(dict(_setting(text) for text in settings), product, Caps(cvl, ccl, dcl))
    with working("running it again", as_json=as_json):
        outcome = replayed(found, changes)
    if as_json:
        told = {"recorded_by": found.about.version, "run_by": __version__, **outcome.as_json(found.about.ahead_s)}
        click.echo(json.dumps({"incident": found.about.id, **told}))
    else:
        for line in outcome_lines(found.about, outcome, version=__version__):
            click.echo(line)
    if not changes.any and not outcome.identical:
        raise StateError("The incident runs otherwise than it was recorded.")


def _folder(data: Path | None) -> IncidentFolder:
    return IncidentFolder((data or default_folder()) / FOLDER)


def _read(incident: str | None, data: Path | None) -> Incident:
    if incident is not None and (incident.endswith(SUFFIX) or Path(incident).is_file()):
        return read(Path(incident))
    folder = _folder(data)
    if incident is not None:
        return read(folder.find(incident))
    files = folder.files()
    if not files:
        raise ParameterError(f"Nothing has been recorded in {folder.path}; name a file, or another folder with --data.")
    return read(files[0])


def _setting(text: str) -> tuple[str, float]:
    key, equals, value = text.partition("=")
    try:
        if equals:
            return key.strip(), float(value)
    except ValueError:
        pass
    raise ParameterError(f"--set {text}: write KEY=VALUE, such as cell_ov_alarm_mv=3500.")
