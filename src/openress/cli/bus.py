"""`openress bus`: virtual packs that share one half-duplex line, with everything that can be wrong with it."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TextIO

import click

from openress.answering import answer_on, server_options
from openress.bms.aggregate import aggregate
from openress.busfile import BusFile, BusPack, load_bus
from openress.catalog import load_product
from openress.cli.running import run_until_interrupted
from openress.config import Config
from openress.errors import ParameterError
from openress.live import LiveRack
from openress.model import PackSample, RackSample
from openress.ports import (
    Faults,
    LiveBus,
    PackSpeaker,
    PtyLink,
    Said,
    SharedBus,
    TcpListenLink,
    open_listener,
    parse_link,
)
from openress.ports.base import Listener
from openress.ports.pty import open_pty
from openress.products import Product
from openress.protocols import find_dialect
from openress.protocols.base import BatteryClient, BatteryServer
from openress.sections import RackConfig
from openress.sim.master import VirtualMaster, told_upstream
from openress.sites.build import build_rack

__all__ = ["command"]


@click.command("bus")
@click.argument("file", type=click.Path(path_type=Path))
@click.argument("link")
@click.option("--record", "record_path", type=click.Path(path_type=Path), help="Write down who says what, and when.")
@click.option("--json", "as_json", is_flag=True, help="Say what is where as one JSON object, once it is.")
def command(file: Path, link: str, record_path: Path | None, as_json: bool) -> None:
    """Let the packs that FILE describes share one line, and give it to other programs on LINK.

    LINK is pty:PATH or tcp-listen://HOST:PORT. Bytes take their time at the speed of the line, packs that talk at once
    garble each other, and a program that opens the line at another speed hears what it would really hear.
    """
    wanted = load_bus(file)
    target = parse_link(link)
    if not isinstance(target, PtyLink | TcpListenLink):
        raise ParameterError(f"{link}: a shared line is given to others as pty:PATH or tcp-listen://HOST:PORT.")
    product = load_product(wanted.product)
    rack = build_rack(Config(rack=RackConfig(product=wanted.product, packs=max(1, len(wanted.pack)))))
    live = LiveRack(rack)
    makers = [(_server(pack.dialect), _client(pack) if pack.asks else None) for pack in wanted.pack]

    async def main() -> None:
        with _Record(record_path) as record:
            bus = SharedBus(seed=wanted.seed, noise=wanted.noise, on_said=record.said, at_s=time.monotonic())
            async with LiveBus(bus, time.monotonic) as line, asyncio.TaskGroup() as tasks:
                tasks.create_task(live.run())
                upstream: dict[int, str] = {}
                for place, (pack, (server, client)) in enumerate(zip(wanted.pack, makers, strict=True)):
                    where = await _connect(bus, tasks, pack, _Known(live, place, pack), server, client, product)
                    if where is not None:
                        upstream[pack.number] = where
                _tell(await _give(line, target, wanted, tasks), wanted, upstream, as_json=as_json)

    run_until_interrupted(main())


def _tell(link: str, wanted: BusFile, upstream: dict[int, str], *, as_json: bool) -> None:
    """Where the line is, and where packs tell inverters of their rack."""
    if as_json:
        told = [{"pack": number, "link": where} for number, where in upstream.items()]
        click.echo(json.dumps({"link": link, "packs": len(wanted.pack), "upstream": told}))
        return
    for number, where in upstream.items():
        click.echo(f"Pack {number} tells inverters of its rack on {where}.")
    click.echo(f"{len(wanted.pack)} packs on one line, on {link}. Ctrl-C stops.")


def _server(dialect: str) -> Callable[..., BatteryServer]:
    make = find_dialect(dialect).parts().server
    if make is None:
        raise ParameterError(f"{dialect} cannot be served; `openress dialects` lists what can.")
    return make


def _client(pack: BusPack) -> BatteryClient:
    make = find_dialect(pack.dialect).parts().client
    if make is None:
        raise ParameterError(f"{pack.dialect} cannot be asked; `openress dialects` lists what can.")
    return make()


class _Known:
    """What one pack knows: itself."""

    def __init__(self, live: LiveRack, place: int, pack: BusPack) -> None:
        self._live = live
        self._place = place
        self._pack = pack

    def sample(self, _now_s: float) -> PackSample:
        told = self._live.rack().packs[self._place]
        identity = told.identity
        if identity is not None and self._pack.serial is not None:
            identity = replace(identity, serial=self._pack.serial)
        return replace(told, pack=self._pack.number, identity=identity)

    def rack(self, now_s: float) -> RackSample:
        self._live.heard()
        return aggregate([self.sample(now_s)], now_s)


async def _connect(
    bus: SharedBus,
    tasks: asyncio.TaskGroup,
    pack: BusPack,
    known: _Known,
    server: Callable[..., BatteryServer],
    client: BatteryClient | None,
    product: Product,
) -> str | None:
    """Put a pack on the line; where it tells inverters of its rack, if it does."""
    options = server_options(product)
    speaker: PackSpeaker | VirtualMaster = PackSpeaker(server(options), known.rack)
    master = None
    if client is not None:
        speaker = master = VirtualMaster(client, known.sample, answer=speaker.feed, begins_s=time.monotonic() + 0.5)
    bus.attach(
        f"pack {pack.number}",
        speaker,
        baud=pack.baud,
        swapped=pack.swapped,
        turnaround_s=pack.turnaround_ms / 1000,
        faults=Faults(pack.loses, pack.cuts),
    )
    if pack.upstream is None:
        return None
    make = _server(pack.upstream_dialect)
    listener = await open_listener(parse_link(pack.upstream), on_wait=lambda error: _say(str(error)))
    source = _Upstream(pack.number, known, master)
    tasks.create_task(_serve_upstream(listener, lambda: make(options), source))
    return listener.name


async def _serve_upstream(listener: Listener, make: Callable[[], BatteryServer], source: _Upstream) -> None:
    try:
        await answer_on(listener, make, source, say=_say)
    finally:
        await listener.close()


class _Upstream:
    """What a master, or a pack alone, tells an inverter; a `RackSource`."""

    def __init__(self, number: int, known: _Known, master: VirtualMaster | None) -> None:
        self._number = number
        self._known = known
        self._master = master

    def refresh(self, now_s: float) -> None:
        """Nothing to look up."""

    def heard(self) -> None:
        """The pack has woken with the question."""

    def rack(self) -> RackSample:
        """The rack as the pack knows it now."""
        now_s = time.monotonic()
        told = told_upstream(self._number, self._known.sample(now_s), self._master, now_s)
        return RackSample(now_s) if told is None else told


async def _give(line: LiveBus, target: PtyLink | TcpListenLink, wanted: BusFile, tasks: asyncio.TaskGroup) -> str:
    """Hand the line out, and say where: a pseudo-terminal is one end for ever, each TCP client gets one of its own."""
    if isinstance(target, PtyLink):
        terminal = open_pty(target)
        end = line.end("program", swapped=wanted.swapped, echo=wanted.echo, speed=lambda: terminal.baud or wanted.baud)
        line.join(terminal, end)
        return terminal.name
    listener = await open_listener(target)
    tasks.create_task(_give_to_clients(line, listener, wanted))
    return listener.name


async def _give_to_clients(line: LiveBus, listener: Listener, wanted: BusFile) -> None:
    number = 0
    try:
        while True:
            port = await listener.accept()
            number += 1
            end = line.end(f"client {number}", baud=wanted.baud, swapped=wanted.swapped, echo=wanted.echo)
            line.join(port, end)
    finally:
        await listener.close()


class _Record:
    """The record of a line: seconds, who, speed and bytes, one line for each time somebody talks."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._file: TextIO | None = None
        self._began_s = time.monotonic()

    def __enter__(self) -> _Record:
        if self._path is not None:
            try:
                self._file = self._path.open("w", encoding="utf-8", buffering=1)
            except OSError as error:
                raise ParameterError(f"--record {self._path}: it cannot be written: {error.strerror}.") from error
        return self

    def __exit__(self, *_: object) -> None:
        if self._file is not None:
            self._file.close()

    def said(self, said: Said) -> None:
        if self._file is not None:
            at_s = said.start_s - self._began_s
            self._file.write(f"{at_s:.6f} {said.baud} {said.station}: {said.data.hex().upper()}\n")


def _say(text: str) -> None:
    click.echo(f"openress: {text}", err=True)
