"""The wire between a simulated inverter and its gateway: a real one where the system has pseudo-terminals.

On CAN it is an slcan adapter made of a pseudo-terminal, on RS485 the pseudo-terminal itself. Without them it is a bus
or a pair of ends in memory, and the gateway has to live in this process.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol

from openress.codec.canframe import CanFrame
from openress.errors import ParameterError
from openress.gateway.service import GatewayService
from openress.gateway.setup import PackMaxima, SessionSetup, build_serial_session, build_session
from openress.gateway.tape import Step
from openress.gateway.taped import taped
from openress.gateway.wire import ByteWire, CanWire
from openress.inverterchoice import InverterChoice
from openress.ports import BytePort, MemoryCanBus, PtyLink, memory_pair
from openress.ports.canpty import CanPty
from openress.ports.pty import open_pty
from openress.protocols import find_dialect
from openress.protocols.base import Bus
from openress.protocols.serialbus import InverterOptions
from openress.sim.inverter import Behaviour, Quirk, SimInverter
from openress.simulatedinverter import run_inverter

__all__ = ["AnyService", "AnySimInverter", "SimulatedWire", "serial_inverter", "simulated_wire"]

AnySimInverter = SimInverter[CanFrame] | SimInverter[bytes]
Tap = Callable[[Sequence[Step]], None]
AnyService = GatewayService[CanFrame] | GatewayService[bytes]
OWN_MOST_A = 200.0
"""What a simulated inverter can charge and discharge with."""


class SimulatedWire(Protocol):
    """An inverter and its wire. `open` it, `run` it, `close` it."""

    @property
    def inverter(self) -> AnySimInverter:
        """Who is on it."""
        ...

    async def open(self) -> str:
        """Make the wire; gives the link at which another process finds it, empty where there is none.

        Raises:
            PortError: it cannot be made.
        """
        ...

    async def run(self) -> None:
        """Let the inverter live until cancelled."""
        ...

    def service(self, setup: SessionSetup, say: Callable[[str], None], tap: Tap | None = None) -> AnyService:
        """A gateway in this process, at the other end of a wire that is not real; `tap` is given its steps."""
        ...

    async def close(self) -> None:
        """Take the wire away."""
        ...


def simulated_wire(
    choice: InverterChoice, quirks: tuple[Quirk, ...], *, maxima: PackMaxima, packs: int, folder: Path
) -> SimulatedWire:
    """The inverter of `choice` on its kind of wire.

    Args:
        choice: the inverter and its dialect.
        quirks: of it.
        maxima: of one pack: what somebody has set on the inverter where its dialect has no limits.
        packs: of the rack.
        folder: where the wire is found, under the name of its kind.

    Raises:
        ParameterError: no inverter of this dialect can be simulated.
    """
    if choice.bus is Bus.CAN:
        make = find_dialect(choice.speech.dialect).parts().can_inverter
        if make is None:
            raise ParameterError(f"No inverter of {choice.speech.dialect} can be simulated.")
        return _CanWire(SimInverter(make(choice.options), Behaviour.of(quirks)), folder / "can")
    asks = InverterOptions(choice.speech.manner or None, choice.serial.one_byte_counts)
    inverter = serial_inverter(choice.speech.dialect, asks, quirks, maxima=maxima, packs=packs)
    return _SerialWire(inverter, folder / "rs485")


def serial_inverter(
    dialect: str, asks: InverterOptions, quirks: tuple[Quirk, ...], *, maxima: PackMaxima, packs: int
) -> SimInverter[bytes]:
    """A simulated inverter on a serial line; see `simulated_wire`.

    Raises:
        ParameterError: none of this dialect can be simulated, or it has no such manner.
    """
    make = find_dialect(dialect).parts().serial_inverter
    if make is None:
        raise ParameterError(f"{dialect} is no dialect of inverters on RS485; `openress dialects` lists what is.")
    wire = make(asks)
    usual = Behaviour.of(quirks, wire.manner.cuts_off_after_s)
    behaviour = Behaviour(
        charge_a=_set_to(maxima.charge_current_a, packs),
        discharge_a=_set_to(maxima.discharge_current_a, packs),
        silent_after_s=usual.silent_after_s,
        reacts_in_s=usual.reacts_in_s,
        own_limits=True,
        quirks=usual.quirks,
    )
    return SimInverter(wire, behaviour)


def _set_to(of_a_pack_a: float | None, packs: int) -> float:
    return OWN_MOST_A if of_a_pack_a is None else min(OWN_MOST_A, packs * of_a_pack_a)


def _clear(path: Path) -> None:
    """The folder is ours alone, so a link there is what a killed run left."""
    if path.is_symlink():
        path.unlink()


class _CanWire:
    def __init__(self, inverter: SimInverter[CanFrame], path: Path) -> None:
        self.inverter = inverter
        self._path = path
        self._bus = MemoryCanBus()
        self._adapter: CanPty | None = None

    async def open(self) -> str:
        if sys.platform == "win32":
            return ""
        _clear(self._path)
        self._adapter = CanPty(str(self._path), self._bus)
        return f"can:slcan:{self._path}"

    async def run(self) -> None:
        await run_inverter(self.inverter, self._bus.port("can:memory:inverter"))

    def service(self, setup: SessionSetup, say: Callable[[str], None], tap: Tap | None = None) -> AnyService:
        async def join() -> CanWire:
            return CanWire(self._bus.port("can:memory:gateway"))

        start_s = time.monotonic()
        return GatewayService(taped(build_session(setup, start_s), setup, start_s, tap), join, say=say)

    async def close(self) -> None:
        if self._adapter is not None:
            await self._adapter.close()


class _SerialWire:
    def __init__(self, inverter: SimInverter[bytes], path: Path) -> None:
        self.inverter = inverter
        self._path = path
        self._far: BytePort | None = None
        self._near: BytePort | None = None

    async def open(self) -> str:
        if sys.platform == "win32":
            self._near, self._far = memory_pair()
            return ""
        _clear(self._path)
        self._far = open_pty(PtyLink(str(self._path)))
        return f"serial:{self._path}"

    async def run(self) -> None:
        if self._far is not None:
            await run_inverter(self.inverter, self._far)

    def service(self, setup: SessionSetup, say: Callable[[str], None], tap: Tap | None = None) -> AnyService:
        async def join() -> ByteWire:
            if self._near is None:
                raise ParameterError("This wire leads to another process.")
            return ByteWire(self._near)

        start_s = time.monotonic()
        return GatewayService(taped(build_serial_session(setup, start_s), setup, start_s, tap), join, say=say)

    async def close(self) -> None:
        for port in (self._far, self._near):
            if port is not None:
                await port.close()
