"""The gateway of a rack that runs here: which inverter, in which dialect, on which wire.

Without a port of its own the inverter is simulated, and the wire between the two is a real one all the same, with the
gateway in a process of its own at the other end.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from openress.gateway.caps import Caps
from openress.gateway.explain import explained
from openress.gateway.handoverfile import hand_over_file
from openress.gateway.process import GatewayProcess, Source
from openress.gateway.session import LOOK_EVERY_S, Report
from openress.gateway.setup import SessionSetup, check_session
from openress.gateway.words import report_json
from openress.inverterchoice import InverterChoice, choose, session_setup
from openress.model import FRESH_AT_LEAST_S
from openress.protocols import find_dialect
from openress.protocols.base import CanDecoder, SerialDecoder
from openress.sim.inverter import Quirk
from openress.simulatedinverter import seen_json
from openress.simulatedwire import AnyService, AnySimInverter, SimulatedWire, Tap, simulated_wire
from openress.unknownpolls import UnknownPolls

__all__ = ["InverterChoice", "InverterLink", "choose", "session_setup"]


class InverterLink:
    """A gateway that is fed from a source here. `open` it, `run` it, `close` it.

    Args:
        choice: the inverter and its dialect.
        setup: the session.
        source: where readings come from.
        port: link of a real inverter; without one it is simulated.
        quirks: of the simulated one.
        folder: where its wire is found, and what an inverter asks that nobody recognises.
        say: told sentences.
        fresh_for_s: how long the source's values hold.
        tap: given every step of the session, see `openress.gateway.tape`.
        remote: caps from afar that stand already.

    Raises:
        ParameterError: no session can be made of the set-up.
    """

    def __init__(
        self,
        choice: InverterChoice,
        setup: SessionSetup,
        source: Source,
        *,
        port: str | None,
        folder: Path,
        say: Callable[[str], None],
        quirks: tuple[Quirk, ...] = (),
        fresh_for_s: Callable[[], float] = lambda: FRESH_AT_LEAST_S,
        tap: Tap | None = None,
        remote: Caps | None = None,
    ) -> None:
        check_session(setup)
        self.choice = choice
        self.link = port or ""
        self._setup = setup
        self._source = source
        self._say = say
        self._quirks = quirks
        self._fresh_for_s = fresh_for_s
        self._tap = tap
        self._remote = remote
        self._unknown = UnknownPolls(folder, say)
        self._process: GatewayProcess | None = None
        self._service: AnyService | None = None
        self._wire: SimulatedWire | None = None
        if port is None:
            self._wire = simulated_wire(
                choice, quirks, maxima=setup.maxima, packs=setup.expected, folder=folder.absolute()
            )

    @property
    def simulated(self) -> AnySimInverter | None:
        """The inverter, where it is simulated."""
        return None if self._wire is None else self._wire.inverter

    async def open(self) -> None:
        """Make the wire.

        Raises:
            PortError: it cannot be made.
        """
        if self._wire is not None:
            self.link = await self._wire.open()
        if self.link:
            self._process = GatewayProcess(
                self._setup,
                self.link,
                self._source,
                clock=time.monotonic,
                say=lambda text: self._say(f"gateway: {text}"),
                fresh_for_s=self._fresh_for_s,
                orderly=self._wire is None,
                overheard=self._unknown.take,
                tap=self._tap,
                kept=None
                if self._wire is not None
                else hand_over_file(_session_name(self._setup, self.link), self._say),
            )
            self.set_remote(self._remote)

    async def run(self) -> None:
        """Serve until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            if self._wire is not None:
                tasks.create_task(self._wire.run())
            if self._process is not None:
                tasks.create_task(self._process.run())
            elif self._wire is not None:
                # Without pseudo-terminals there is no wire to another process; one in memory is for ourselves.
                self.link = "memory"
                self._service = self._wire.service(self._setup, self._say, self._tap)
                self.set_remote(self._remote)
                tasks.create_task(self._service.run())
                tasks.create_task(self._feed(self._service))

    async def _feed(self, service: AnyService) -> None:
        while True:
            service.session.see(self._source.rack(), time.monotonic(), self._fresh_for_s())
            await asyncio.sleep(LOOK_EVERY_S)

    def set_remote(self, caps: Caps | None) -> None:
        """Hand on caps from afar; they lapse within a minute, see `openress.gateway.hold.Hold.set_remote`."""
        self._remote = caps
        if self._service is not None:
            self._service.session.set_remote(caps, time.monotonic())
        elif self._process is not None:
            self._process.set_remote(caps)

    async def close(self) -> None:
        """Take the wire away."""
        self._unknown.close()
        if self._wire is not None:
            await self._wire.close()

    @property
    def report(self) -> Report | None:
        """How the session stands; `None` before it does."""
        if self._service is not None:
            return self._service.report()
        state = None if self._process is None else self._process.state
        return None if state is None else state.report

    def as_json(self) -> dict[str, Any]:
        """The gateway under public keys."""
        report, unknown = self.report, self._unknown.path
        found = {
            **self.choice.as_json(None if report is None else report.dialect),
            "link": self.link,
            "simulated": self._wire is not None,
            "quirks": [quirk.value for quirk in self._quirks],
            "unknown_polls": None if unknown is None else str(unknown),
            "fail_safe": self._setup.fail_safe.as_json(self._fresh_for_s()),
        }
        if report is None:
            return found | {"state": "starting", "sentence": "The gateway is starting.", "alarms": [], "why": []}
        found |= report_json(report, _decoder(report.dialect))
        found["explanation"] = explained(report, self._source.rack()).as_json()
        if self._wire is not None:
            found["inverter_sees"] = seen_json(self._wire.inverter.seen)
        return found


def _session_name(setup: SessionSetup, link: str) -> str:
    """Which inverter, line and rack a hand-over is for; who has changed a cap begins anew."""
    rack = f"{setup.expected} packs, {setup.maxima}, {setup.caps}"
    return f"{setup.habits.name} in {setup.dialect} on {link}: {rack}"


def _decoder(dialect: str | None) -> CanDecoder | SerialDecoder | None:
    parts = None if dialect is None else find_dialect(dialect).parts()
    make = None if parts is None else parts.can_decoder or parts.decoder
    return None if make is None else make()
