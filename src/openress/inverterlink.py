"""The gateway of a rack that runs here: which inverter, in which dialect, on which wire.

Without a port of its own the inverter is simulated, and the wire between the two is a real one all the same: an slcan
adapter made of a pseudo-terminal, with the gateway in a process of its own at the other end.
"""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from openress.errors import ParameterError
from openress.gateway.caps import Caps
from openress.gateway.process import GatewayProcess, Source
from openress.gateway.service import GatewayService
from openress.gateway.session import LOOK_EVERY_S, Report
from openress.gateway.setup import PackMaxima, SessionSetup, build_session, habits_of
from openress.gateway.words import report_json
from openress.invertercatalog import find_inverter
from openress.inverters import Inverter, Speech
from openress.inverters.failsafe import FRESH_AT_LEAST_S
from openress.ports import CanPort, MemoryCanBus
from openress.ports.canpty import CanPty
from openress.protocols import find_dialect
from openress.protocols.base import Bus, CanDecoder
from openress.protocols.canbus import CanOptions
from openress.sim.inverter import Behaviour, Quirk, SimInverter
from openress.simulatedinverter import run_inverter, seen_json

__all__ = ["InverterChoice", "InverterLink", "choose", "session_setup"]

_WIRE = "can"


@dataclass(frozen=True, slots=True)
class InverterChoice:
    """An inverter and the dialect that is spoken to it.

    Attributes:
        inverter: what is known of it.
        speech: the dialect, with its evidence.
        experimental: consent to a dialect that nothing confirms.
    """

    inverter: Inverter
    speech: Speech
    experimental: bool = False

    @property
    def options(self) -> CanOptions:
        """Of the dialect."""
        return CanOptions(experimental=self.experimental)

    def as_json(self) -> dict[str, Any]:
        """Under public keys."""
        return {
            "inverter": self.inverter.key,
            "title": self.inverter.title,
            "dialect": self.speech.dialect,
            "evidence": self.speech.sentence,
        }


def choose(name: str, dialect: str | None = None, *, experimental: bool = False) -> InverterChoice:
    """The inverter called `name` and its CAN dialect: `dialect`, or the first of its own that is spoken here.

    Raises:
        ParameterError: no such inverter, none that is spoken to on CAN, or a dialect that is not its own.
    """
    inverter = find_inverter(name)
    own = [speech for speech in inverter.on(Bus.CAN) if speech.spoken]
    if not own:
        raise ParameterError(
            f"{inverter.title} is not spoken to on CAN; `openress inverters show {inverter.key}` tells what is known."
        )
    chosen = [speech for speech in own if dialect in (None, speech.dialect)]
    if not chosen:
        names = " or ".join(speech.dialect for speech in own)
        raise ParameterError(f"{inverter.title} does not understand {dialect}: it is {names}.")
    return InverterChoice(inverter, chosen[0], experimental)


def session_setup(choice: InverterChoice, *, maxima: PackMaxima, caps: Caps, expected: int) -> SessionSetup:
    """The session with an inverter.

    Args:
        choice: the inverter and its dialect.
        maxima: of one pack.
        caps: a person's own.
        expected: packs that a first set must have.
    """
    return SessionSetup(
        choice.speech.dialect,
        choice.options,
        choice.inverter.fail_safe,
        habits_of(choice.inverter),
        caps,
        maxima,
        expected,
    )


class InverterLink:
    """A gateway that is fed from a source here. `open` it, `run` it, `close` it.

    Args:
        choice: the inverter and its dialect.
        setup: the session.
        source: where readings come from.
        port: CAN link of a real inverter; without one it is simulated.
        quirks: of the simulated one.
        folder: where its wire is found.
        say: told sentences.
        fresh_for_s: how long the source's values hold.

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
    ) -> None:
        build_session(setup, 0.0)
        self.choice = choice
        self.link = port or ""
        self.simulated: SimInverter | None = None
        self._setup = setup
        self._source = source
        self._path = (folder / _WIRE).absolute()
        self._say = say
        self._quirks = quirks
        self._fresh_for_s = fresh_for_s
        self._decoder = _decoder(choice.speech.dialect)
        self._bus = MemoryCanBus()
        self._adapter: CanPty | None = None
        self._process: GatewayProcess | None = None
        self._service: GatewayService | None = None
        if port is None:
            make = find_dialect(choice.speech.dialect).parts().can_inverter
            if make is None:
                raise ParameterError(f"No inverter of {choice.speech.dialect} can be simulated.")
            self.simulated = SimInverter(make(choice.options), Behaviour.of(quirks))

    async def open(self) -> None:
        """Make the wire.

        Raises:
            PortError: it cannot be made.
        """
        if self.simulated is not None and sys.platform != "win32":
            if self._path.is_symlink():
                # The folder is ours alone, so this is what a killed run left.
                self._path.unlink()
            self._adapter = CanPty(str(self._path), self._bus)
            self.link = f"can:slcan:{self._path}"
        if self.link:
            self._process = GatewayProcess(
                self._setup,
                self.link,
                self._source,
                clock=time.monotonic,
                say=lambda text: self._say(f"gateway: {text}"),
                fresh_for_s=self._fresh_for_s,
                orderly=self.simulated is None,
            )

    async def run(self) -> None:
        """Serve until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            if self.simulated is not None:
                tasks.create_task(run_inverter(self.simulated, self._bus.port("can:memory:inverter")))
            if self._process is not None:
                tasks.create_task(self._process.run())
            else:
                # Without pseudo-terminals there is no wire to another process; the bus in memory is one to ourselves.
                self.link = "can:memory"
                self._service = GatewayService(build_session(self._setup, time.monotonic()), self._join, say=self._say)
                tasks.create_task(self._service.run())
                tasks.create_task(self._feed(self._service))

    async def _join(self) -> CanPort:
        return self._bus.port("can:memory:gateway")

    async def _feed(self, service: GatewayService) -> None:
        while True:
            service.session.see(self._source.rack(), time.monotonic(), self._fresh_for_s())
            await asyncio.sleep(LOOK_EVERY_S)

    def set_remote(self, caps: Caps | None) -> None:
        """Hand on caps from afar; they lapse within a minute, see `openress.gateway.hold.Hold.set_remote`."""
        if self._service is not None:
            self._service.session.set_remote(caps, time.monotonic())
        elif self._process is not None:
            self._process.set_remote(caps)

    async def close(self) -> None:
        """Take the wire away."""
        if self._adapter is not None:
            await self._adapter.close()

    @property
    def report(self) -> Report | None:
        """How the session stands; `None` before it does."""
        if self._service is not None:
            return self._service.report()
        state = None if self._process is None else self._process.state
        return None if state is None else state.report

    def as_json(self) -> dict[str, Any]:
        """The gateway under public keys."""
        report = self.report
        found = {
            **self.choice.as_json(),
            "link": self.link,
            "simulated": self.simulated is not None,
            "quirks": [quirk.value for quirk in self._quirks],
        }
        if report is None:
            return found | {"state": "starting", "sentence": "The gateway is starting.", "alarms": [], "why": []}
        found |= report_json(report, self._decoder)
        if self.simulated is not None:
            found["inverter_sees"] = seen_json(self.simulated.seen)
        return found


def _decoder(dialect: str) -> CanDecoder | None:
    make = find_dialect(dialect).parts().can_decoder
    return None if make is None else make()
