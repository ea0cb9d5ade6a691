"""`openress up`: packs, virtual or real, their links and their page."""

from __future__ import annotations

import json
import os
import sys
import webbrowser
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from openress import __version__
from openress.cli.completing import inverters, products
from openress.cli.numbers import Finite
from openress.cli.running import run_until_interrupted
from openress.config import Config, load_config
from openress.errors import ParameterError
from openress.inverterchoice import check_port
from openress.ports import parse_link
from openress.ports.url import PtyLink, TcpListenLink
from openress.sections import HttpConfig

if TYPE_CHECKING:
    from openress.app import App
    from openress.inverterlink import InverterLink

__all__ = ["command"]


@click.command("up")
@click.option("--config", "config_path", type=click.Path(path_type=Path), help="Configuration file in TOML.")
@click.option("--packs", type=click.IntRange(1), help="Number of packs; 4 without a configuration.")
@click.option("--product", help="Battery product, or a file that describes one.", shell_complete=products)
@click.option("--http", "http", metavar="HOST:PORT", help="Where the page is; 127.0.0.1:8080 without a configuration.")
@click.option("--data", type=click.Path(path_type=Path), help="Data folder.")
@click.option("--speed", type=Finite(0, 600, min_open=True), help="Simulated seconds for each real one.")
@click.option(
    "--inverter",
    metavar="NAME",
    help="Inverter of the rack; auto recognises it, none for no gateway.",
    shell_complete=inverters,
)
@click.option("--inverter-port", metavar="LINK", help="Link of an inverter that is not simulated: CAN or RS485.")
@click.option("--virtual", is_flag=True, help="Begin with the virtual rack, whatever was connected before.")
@click.option("--no-browser", is_flag=True, help="Do not open the page in a browser.")
@click.option(
    "--insecure-network",
    is_flag=True,
    help="Let everybody on the network reach the page: no TLS, and no account needed to read.",
)
@click.option("--json", "as_json", is_flag=True, help="Say what runs where as one JSON object, once it does.")
def command(
    config_path: Path | None,
    packs: int | None,
    product: str | None,
    http: str | None,
    data: Path | None,
    speed: float | None,
    inverter: str | None,
    inverter_port: str | None,
    virtual: bool,
    no_browser: bool,
    insecure_network: bool,
    as_json: bool,
) -> None:
    """Run a virtual rack: packs that charge and discharge, a link that answers as they do, and a page that shows them.

    With a [battery] section in the configuration the packs are real. So they are when packs were connected on the page:
    what was connected there last is connected again. Options win over the configuration file.
    """
    config = Config() if config_path is None else load_config(config_path)
    changes = {"packs": packs, "product": product, "speed": speed}
    config.rack = config.rack.model_copy(update={key: value for key, value in changes.items() if value is not None})
    gateway = {"inverter": inverter, "port": None if inverter_port is None else check_port(inverter_port)}
    config.gateway = config.gateway.model_copy(update={key: v for key, v in gateway.items() if v is not None})
    if http is not None:
        config.http = _http(http, config.http)
    if data is not None:
        config = replace(config, data=data)
    if virtual:
        config = replace(config, battery=None)
    from openress.app import App  # noqa: PLC0415  # takes longer than everything before it, which may be wrong

    async def main() -> None:
        said = partial(click.echo, err=True)
        app = App(config, insecure=insecure_network, virtual=virtual, say=lambda text: said(f"openress: {text}"))
        async with app:
            if as_json:
                click.echo(json.dumps(_mapping(app)))
            else:
                _summary(app)
            if not no_browser and _has_screen():
                webbrowser.open(app.door.url)
            await app.run()

    run_until_interrupted(main())


def _http(text: str, configured: HttpConfig) -> HttpConfig:
    host, colon, port = text.rpartition(":")
    if not colon or not port.isdecimal() or int(port) > 65535 or not host:
        raise ParameterError(f"--http {text}: write HOST:PORT, such as 127.0.0.1:8080.")
    return configured.model_copy(update={"host": host.strip("[]"), "port": int(port)})


def _summary(app: App) -> None:
    site = app.current.site
    link = site.connection().link
    packs = f"packs on {link}, {site.product.title}" if link else "nothing is connected, as it was left on the page"
    if site.virtual:
        packs = f"a virtual rack of {site.expected} x {site.product.title}"
    click.echo(f"OpenRESS {__version__}: {packs}")
    if app.as_left:
        click.echo("  packs  as left on the page; --virtual begins with the virtual rack")
    click.echo(f"  page  {app.door.url}")
    for line in app.door.told:
        click.echo(f"        {line}")
    for served in app.links:
        click.echo(f"  link  {served.listener.name}")
        click.echo(f"        {served.title}; try: openress read {_client_link(served.listener.name)}")
    if app.gateway is not None:
        _inverter(app.gateway)
    click.echo("Ctrl-C stops.")


def _mapping(app: App) -> dict[str, object]:
    """The same for programs."""
    site, gateway = app.current.site, app.gateway
    return {
        "version": __version__,
        "url": app.door.url,
        "notes": app.door.told,
        "virtual": site.virtual,
        "product": site.product.key,
        "packs": site.expected if site.virtual else None,
        "link": site.connection().link or None,
        "as_left": app.as_left,
        "links": [{"link": served.listener.name, "dialect": served.config.dialect} for served in app.links],
        "inverter": None
        if gateway is None
        else {
            "inverter": gateway.choice.inverter.key,
            "dialect": gateway.choice.dialect,
            "simulated": gateway.simulated is not None,
            "link": gateway.link or None,
        },
    }


def _inverter(gateway: InverterLink) -> None:
    choice = gateway.choice
    what = "simulated" if gateway.simulated is not None else "not simulated"
    click.echo(f"  inverter  {choice.inverter.title}, {what}, on {gateway.link or 'a wire in memory'}")
    click.echo(f"        {choice.dialect or 'not known yet'}: {choice.evidence()}")


def _client_link(name: str) -> str:
    """How another program reaches a link of ours, wherever it is started."""
    link = parse_link(name)
    if isinstance(link, PtyLink):
        return f"serial:{Path(link.path).absolute()}"
    return name.replace("tcp-listen://", "tcp://") if isinstance(link, TcpListenLink) else name


def _has_screen() -> bool:
    return sys.platform in ("win32", "darwin") or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
